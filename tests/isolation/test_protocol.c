/* What worker and parent say to each other: round trips, and every lie refused. */
#include "batch/job.h"
#include "isolation/protocol.h"

#include "base/text.h"
#include "support/random.h"
#include "support/suite.h"

#include <string.h>

enum { TICKET = 7, MUTATIONS = 50000 };

static char message[LOOM_MESSAGE_MAX];
static const char *const lanes[] = {"jpeg", "vips", NULL};

/* ---- outcomes to send ---------------------------------------------------- */

static loom_outcome written_outcome(void)
{
    loom_outcome outcome;

    loom_outcome_init(&outcome);
    outcome.result = LOOM_RESULT_WARNING;
    outcome.original_size = UINT64_C(5000000001);
    outcome.original_format = LOOM_FORMAT_TIFF;
    outcome.original_width = 4032;
    outcome.original_height = 3024;
    outcome.orientation = 6;
    outcome.format = LOOM_FORMAT_WEBP;
    outcome.width = 600;
    outcome.height = 800;
    outcome.channels = 4;
    outcome.quality = 80;
    outcome.ssim = 980123;
    outcome.lane = "vips";
    strcpy(outcome.decoder, "libtiff");
    outcome.cropped = 999999;
    strcpy(outcome.extracted, "1,2,3x4");
    strcpy(outcome.preview_of, "nef");
    loom_outcome_warn(&outcome, "the colour profile is broken");
    loom_outcome_warn(&outcome, "Größe: naïve");
    return outcome;
}

static loom_outcome failed_outcome(void)
{
    loom_outcome outcome;

    loom_outcome_init(&outcome);
    outcome.result = LOOM_RESULT_ERROR;
    outcome.original_format = LOOM_FORMAT_PNG;
    outcome.format = LOOM_FORMAT_PNG;
    (void)loom_error_set(&outcome.error, LOOM_ERR_CORRUPT, LOOM_STAGE_DECODE,
                         "the picture data is damaged: ß");
    return outcome;
}

/* Writes one outcome and reads it back into *back; whether the reader believed it. */
static bool pass(const loom_outcome *outcome, size_t encoded, loom_outcome *back)
{
    size_t read_size;
    const size_t size = loom_answer_write(message, TICKET, outcome, &encoded, 1);

    ck_assert_uint_le(size, LOOM_MESSAGE_MAX);
    loom_outcome_init(back);
    return loom_answer_read(message, size, TICKET, lanes, back, &read_size, 1);
}

static bool is_believed(const loom_outcome *outcome, size_t encoded)
{
    loom_outcome back;
    const bool believed = pass(outcome, encoded, &back);

    loom_outcome_release(&back);
    return believed;
}

/* ---- round trips --------------------------------------------------------- */

static void assert_same(const loom_outcome *a, const loom_outcome *b)
{
    ck_assert_int_eq(a->result, b->result);
    ck_assert_int_eq(a->error.code, b->error.code);
    ck_assert_int_eq(a->error.stage, b->error.stage);
    ck_assert_str_eq(a->error.message, b->error.message);
    ck_assert_uint_eq(a->original_size, b->original_size);
    ck_assert_int_eq(a->original_format, b->original_format);
    ck_assert_uint_eq(a->original_width, b->original_width);
    ck_assert_uint_eq(a->original_height, b->original_height);
    ck_assert_int_eq(a->orientation, b->orientation);
    ck_assert_int_eq(a->format, b->format);
    ck_assert_uint_eq(a->width, b->width);
    ck_assert_uint_eq(a->height, b->height);
    ck_assert_int_eq(a->channels, b->channels);
    ck_assert_int_eq(a->quality, b->quality);
    ck_assert_uint_eq(a->ssim, b->ssim);
    ck_assert_pstr_eq(a->lane, b->lane);
    ck_assert_str_eq(a->decoder, b->decoder);
    ck_assert_uint_eq(a->cropped, b->cropped);
    ck_assert_str_eq(a->extracted, b->extracted);
    ck_assert_str_eq(a->preview_of, b->preview_of);
    ck_assert_uint_eq(a->warnings_dropped, b->warnings_dropped);
    ck_assert_uint_eq(a->warning_count, b->warning_count);
    for (size_t i = 0; i < a->warning_count; i++)
        ck_assert_str_eq(a->warnings[i], b->warnings[i]);
}

START_TEST(answers_come_through_unchanged)
{
    loom_outcome sent[3] = {written_outcome(), failed_outcome(), written_outcome()}, back[3];
    const size_t sizes[3] = {40211, 0, SIZE_MAX / 2};
    size_t back_sizes[3];

    sent[2].result = LOOM_RESULT_OK;
    loom_outcome_release(&sent[2]);
    sent[2] = (loom_outcome){
        .format = LOOM_FORMAT_PNG, .width = 1, .height = 1, .channels = 1, .decoder = "x"};
    for (int i = 0; i < 3; i++)
        loom_outcome_init(&back[i]);
    const size_t size = loom_answer_write(message, TICKET, sent, sizes, 3);
    ck_assert(loom_answer_read(message, size, TICKET, lanes, back, back_sizes, 3));
    for (int i = 0; i < 3; i++) {
        assert_same(&sent[i], &back[i]);
        ck_assert_uint_eq(back_sizes[i], sizes[i]);
        ck_assert_uint_eq(back[i].processed_size, sizes[i]);
        loom_outcome_release(&sent[i]);
        loom_outcome_release(&back[i]);
    }
}
END_TEST

START_TEST(warnings_without_room_are_counted)
{
    loom_outcome sent[LOOM_SIZES_MAX], back[LOOM_SIZES_MAX];
    size_t sizes[LOOM_SIZES_MAX], back_sizes[LOOM_SIZES_MAX], kept = 0, dropped = 0;
    char text[480];

    memset(text, 'w', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    for (size_t i = 0; i < LOOM_SIZES_MAX; i++) {
        sent[i] = written_outcome();
        sizes[i] = 100;
        loom_outcome_init(&back[i]);
        for (char c = 'a'; c < 'a' + LOOM_WARNINGS_MAX - 2; c++) {
            text[0] = c;
            loom_outcome_warn(&sent[i], "%s", text);
        }
        ck_assert_uint_eq(sent[i].warning_count, LOOM_WARNINGS_MAX);
    }
    const size_t size = loom_answer_write(message, TICKET, sent, sizes, LOOM_SIZES_MAX);
    ck_assert_uint_le(size, LOOM_MESSAGE_MAX);
    ck_assert(loom_answer_read(message, size, TICKET, lanes, back, back_sizes, LOOM_SIZES_MAX));
    for (size_t i = 0; i < LOOM_SIZES_MAX; i++) {
        ck_assert_uint_eq(back[i].warning_count + back[i].warnings_dropped, LOOM_WARNINGS_MAX);
        kept += back[i].warning_count;
        dropped += back[i].warnings_dropped;
        loom_outcome_release(&sent[i]);
        loom_outcome_release(&back[i]);
    }
    ck_assert_uint_gt(kept, 0);
    ck_assert_uint_gt(dropped, 0);
}
END_TEST

/* ---- lies ---------------------------------------------------------------- */

/* Each sets one field of an answer that is true otherwise. */
#define LIE(name, statement)                                                                       \
    static void lie_##name(loom_outcome *o)                                                        \
    {                                                                                              \
        statement;                                                                                 \
    }
LIE(result, o->result = (loom_result)LOOM_RESULT_COUNT)
LIE(negative_result, o->result = (loom_result)-1)
LIE(skipped, o->result = LOOM_RESULT_SKIPPED)
LIE(ok_with_warnings, o->result = LOOM_RESULT_OK)
LIE(error_without_code, o->result = LOOM_RESULT_ERROR)
LIE(code, o->error.code = LOOM_ERR_CORRUPT)
LIE(stage, o->error.stage = LOOM_STAGE_DECODE)
LIE(message, o->error.message[0] = 'x')
LIE(original_format, o->original_format = LOOM_FORMAT_COUNT)
LIE(format, o->format = LOOM_FORMAT_COUNT)
LIE(negative_format, o->format = (loom_format)-1)
LIE(orientation, o->orientation = 9)
LIE(negative_orientation, o->orientation = -1)
LIE(channels, o->channels = 5)
LIE(no_channels, o->channels = 0)
LIE(quality, o->quality = LOOM_QUALITY_MAX + 1)
LIE(negative_quality, o->quality = -1)
LIE(more_than_the_same, o->ssim = 1000001)
LIE(no_width, o->width = 0)
LIE(no_height, o->height = 0)
LIE(lane, o->lane = "jpg")
LIE(long_lane, o->lane = "vips-and-more-than-fits")
LIE(binary_lane, o->lane = "\xFF")
LIE(no_decoder, o->decoder[0] = '\0')
LIE(cropped_away, o->cropped = 1000000)
LIE(endless_extract, memset(o->extracted, '1', sizeof o->extracted))
LIE(endless_preview, memset(o->preview_of, 'n', sizeof o->preview_of))
LIE(binary_preview, o->preview_of[0] = '\n')
LIE(binary_extract, o->extracted[0] = '\n')
LIE(endless_decoder, memset(o->decoder, 'x', sizeof o->decoder))
LIE(binary_decoder, o->decoder[0] = '\xC3')
LIE(decoder_of_words, o->decoder[3] = ' ')
LIE(binary_warning, o->warnings[0][0] = '\xC3')
LIE(warning_without_words, o->warning_count = 0)

static void (*const written_lies[])(loom_outcome *) = {
    lie_result,
    lie_negative_result,
    lie_skipped,
    lie_ok_with_warnings,
    lie_warning_without_words,
    lie_error_without_code,
    lie_code,
    lie_stage,
    lie_message,
    lie_original_format,
    lie_format,
    lie_negative_format,
    lie_orientation,
    lie_negative_orientation,
    lie_channels,
    lie_no_channels,
    lie_quality,
    lie_negative_quality,
    lie_more_than_the_same,
    lie_no_width,
    lie_no_height,
    lie_lane,
    lie_long_lane,
    lie_binary_lane,
    lie_no_decoder,
    lie_cropped_away,
    lie_endless_decoder,
    lie_endless_extract,
    lie_binary_extract,
    lie_endless_preview,
    lie_binary_preview,
    lie_binary_decoder,
    lie_decoder_of_words,
    lie_binary_warning,
};

enum { WRITTEN_LIES = sizeof written_lies / sizeof *written_lies };

START_TEST(a_lie_about_a_written_picture_is_refused)
{
    loom_outcome outcome = written_outcome();
    const size_t count = outcome.warning_count;

    ck_assert(is_believed(&outcome, 100));
    written_lies[_i](&outcome);
    ck_assert(!is_believed(&outcome, 100));
    outcome.warning_count = count;
    loom_outcome_release(&outcome);
}
END_TEST

LIE(unknown_code, o->error.code = (loom_status)LOOM_STATUS_COUNT)
LIE(usage, o->error.code = LOOM_ERR_USAGE)
LIE(no_code, o->error.code = LOOM_OK)
LIE(unknown_stage, o->error.stage = (loom_stage)(LOOM_STAGE_WORKER + 1))
LIE(no_stage, o->error.stage = LOOM_STAGE_NONE)
LIE(no_message, o->error.message[0] = '\0')
LIE(binary_message, o->error.message[1] = '\xFE')
LIE(half_character, strcpy(o->error.message, "\xE2\x82"))
LIE(width, o->width = 1)
LIE(height, o->height = 1)
LIE(some_channels, o->channels = 3)
LIE(some_quality, o->quality = 80)
LIE(ok, o->result = LOOM_RESULT_OK)

static void (*const failed_lies[])(loom_outcome *) = {
    lie_unknown_code, lie_usage,      lie_no_code,        lie_unknown_stage,
    lie_no_stage,     lie_no_message, lie_binary_message, lie_half_character,
    lie_width,        lie_height,     lie_some_channels,  lie_some_quality,
    lie_ok,
};

enum { FAILED_LIES = sizeof failed_lies / sizeof *failed_lies };

START_TEST(a_lie_about_an_error_is_refused)
{
    loom_outcome outcome = failed_outcome();

    ck_assert(is_believed(&outcome, 0));
    failed_lies[_i](&outcome);
    ck_assert(!is_believed(&outcome, 0));
}
END_TEST

START_TEST(bytes_and_result_must_agree)
{
    loom_outcome written = written_outcome(), failed = failed_outcome();

    ck_assert(!is_believed(&written, 0));
    ck_assert(!is_believed(&written, SIZE_MAX / 2 + 1));
    ck_assert(!is_believed(&failed, 1));
    loom_outcome_release(&written);
}
END_TEST

START_TEST(a_message_without_end_is_refused)
{
    loom_outcome outcome = failed_outcome(), back;
    size_t none = 0, read_size;
    const size_t size = loom_answer_write(message, TICKET, &outcome, &none, 1);
    char *text = memmem(message, size, outcome.error.message, strlen(outcome.error.message));

    ck_assert_ptr_nonnull(text);
    memset(text, 'x', sizeof outcome.error.message);
    loom_outcome_init(&back);
    ck_assert(!loom_answer_read(message, size, TICKET, lanes, &back, &read_size, 1));
    loom_outcome_release(&back);
}
END_TEST

START_TEST(an_answer_must_be_this_jobs)
{
    loom_outcome outcome = failed_outcome(), back[2];
    size_t none = 0, sizes[2];
    const size_t size = loom_answer_write(message, TICKET, &outcome, &none, 1);

    loom_outcome_init(&back[0]);
    loom_outcome_init(&back[1]);
    ck_assert(loom_message_is(message, size, LOOM_MESSAGE_ANSWER));
    ck_assert(!loom_message_is(message, size, LOOM_MESSAGE_STAGE));
    ck_assert(!loom_answer_read(message, size, TICKET + 1, lanes, back, sizes, 1));
    ck_assert(!loom_answer_read(message, size, TICKET, lanes, back, sizes, 2));
    ck_assert(!loom_answer_read(message, size - 1, TICKET, lanes, back, sizes, 1));
    ck_assert(!loom_answer_read(message, size + 1, TICKET, lanes, back, sizes, 1));
    for (size_t cut = 0; cut < size; cut++)
        ck_assert(!loom_answer_read(message, cut, TICKET, lanes, back, sizes, 1));
    loom_outcome_release(&back[0]);
    loom_outcome_release(&back[1]);
}
END_TEST

/* ---- random changes ------------------------------------------------------ */

static void assert_in_range(const loom_outcome *o, size_t size)
{
    const bool failed = o->result == LOOM_RESULT_ERROR;

    ck_assert(o->result != LOOM_RESULT_SKIPPED && (unsigned)o->result < LOOM_RESULT_COUNT);
    ck_assert((unsigned)o->error.code < LOOM_ERR_USAGE);
    ck_assert_int_eq(failed, o->error.code != LOOM_OK);
    ck_assert((unsigned)o->error.stage <= LOOM_STAGE_WORKER);
    const size_t length = strnlen(o->error.message, sizeof o->error.message);
    ck_assert_uint_lt(length, sizeof o->error.message);
    ck_assert(loom_utf8_valid(o->error.message, length));
    ck_assert((unsigned)o->format < LOOM_FORMAT_COUNT);
    ck_assert((unsigned)o->original_format < LOOM_FORMAT_COUNT);
    ck_assert(o->orientation >= 0 && o->orientation <= 8);
    ck_assert(o->channels >= 0 && o->channels <= 4);
    ck_assert(o->quality >= 0 && o->quality <= LOOM_QUALITY_MAX);
    ck_assert(o->lane == NULL || strcmp(o->lane, "vips") == 0 || strcmp(o->lane, "jpeg") == 0);
    ck_assert_uint_lt(strnlen(o->decoder, sizeof o->decoder), sizeof o->decoder);
    ck_assert(strpbrk(o->decoder, " \t\x7F") == NULL);
    ck_assert_uint_eq(o->processed_size, size);
    ck_assert_uint_le(o->warning_count, LOOM_WARNINGS_MAX);
    for (size_t i = 0; i < o->warning_count; i++)
        ck_assert(loom_utf8_valid(o->warnings[i], strlen(o->warnings[i])));
}

/* Changes some bytes, and now and then the length: honestly told, so that it gets further. */
static size_t mutate(char *copy, size_t size, uint64_t *state)
{
    for (unsigned n = random_next(state) % 4 + 1; n > 0; n--)
        copy[random_next(state) % size] =
            (char)(random_next(state) % 3 ? random_next(state) : random_next(state) % 4);
    if (random_next(state) % 8 == 0) {
        loom_message_head head;
        size = sizeof head + random_next(state) % (size - sizeof head);
        loom_message_start(&head, LOOM_MESSAGE_ANSWER, size, TICKET);
        memcpy(copy, &head, sizeof head);
    }
    return size;
}

START_TEST(changed_answers_are_refused_or_in_range)
{
    loom_outcome sent[2] = {written_outcome(), failed_outcome()};
    const size_t sizes[2] = {40211, 0};
    const size_t size = loom_answer_write(message, TICKET, sent, sizes, 2);
    uint64_t state = 4;
    unsigned believed = 0;

    for (int i = 0; i < MUTATIONS; i++) {
        loom_outcome back[2];
        size_t back_sizes[2];
        char *copy = malloc(size);
        ck_assert_ptr_nonnull(copy);
        memcpy(copy, message, size);
        const size_t length = mutate(copy, size, &state);
        loom_outcome_init(&back[0]);
        loom_outcome_init(&back[1]);
        char *exact = malloc(length); /* so that a byte read beyond it is found */
        ck_assert_ptr_nonnull(exact);
        memcpy(exact, copy, length);
        if (loom_answer_read(exact, length, TICKET, lanes, back, back_sizes, 2)) {
            believed++;
            for (int j = 0; j < 2; j++)
                assert_in_range(&back[j], back_sizes[j]);
        }
        loom_outcome_release(&back[0]);
        loom_outcome_release(&back[1]);
        free(exact);
        free(copy);
    }
    ck_assert_uint_gt(believed, 0); /* sizes and texts can change and still be in range */
    ck_assert_uint_lt(believed, MUTATIONS);
    loom_outcome_release(&sent[0]);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("protocol");
    TCase *answers = tcase_create("answers");

    tcase_set_timeout(answers, 60);
    tcase_add_test(answers, answers_come_through_unchanged);
    tcase_add_test(answers, warnings_without_room_are_counted);
    tcase_add_loop_test(answers, a_lie_about_a_written_picture_is_refused, 0, WRITTEN_LIES);
    tcase_add_loop_test(answers, a_lie_about_an_error_is_refused, 0, FAILED_LIES);
    tcase_add_test(answers, bytes_and_result_must_agree);
    tcase_add_test(answers, a_message_without_end_is_refused);
    tcase_add_test(answers, an_answer_must_be_this_jobs);
    tcase_add_test(answers, changed_answers_are_refused_or_in_range);
    suite_add_tcase(suite, answers);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
