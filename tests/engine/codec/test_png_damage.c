/* Damage of PNG, of every kind that differs in how it is read: the verdict is ours on all of it. */
#include "support/engine_run.h"
#include "support/make_png.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <stdlib.h>
#include <string.h>

static const char no_end[] = "the file lacks its end marker";
static const char damaged[] = "the picture data is damaged";
static const char more[] = "the file holds more picture data than its pixels take";

/* Plain, deep, a palette, a key; the second half of them interlaced. */
static const png_plan plans[] = {
    {.width = 31, .height = 40, .depth = 8, .colour = 2},
    {.width = 31, .height = 40, .depth = 16, .colour = 6},
    {.width = 31,
     .height = 40,
     .depth = 4,
     .colour = 3,
     .colours = 16,
     .trns = "\0\x80",
     .trns_size = 2},
    {.width = 31, .height = 40, .depth = 8, .colour = 2, .interlaced = true},
    {.width = 31, .height = 40, .depth = 1, .colour = 0, .interlaced = true},
    {.width = 31, .height = 40, .depth = 8, .colour = 3, .colours = 90, .interlaced = true},
};

enum { PLANS = sizeof plans / sizeof *plans };

/* ---- verdicts ------------------------------------------------------------ */

static void assert_warns(const loom_outcome *outcome, const char *warning)
{
    bool found = false;

    for (size_t i = 0; i < outcome->warning_count; i++)
        found = found || strcmp(outcome->warnings[i], warning) == 0;
    ck_assert_msg(found, "no \"%s\", but %s", warning,
                  outcome->warning_count > 0 ? outcome->warnings[0] : "nothing");
}

/*
 * Whether the file gets the code from `first` on, and below is written with the warning, with all
 * pixels where `plan` is not NULL. The lane's crop must not matter.
 */
static void assert_verdict(const loom_strbuf *file, loom_fail_on first, loom_status code,
                           const char *warning, const png_plan *plan)
{
    engine_request request = engine_request_default();

    tmpdir_write("damaged.png", file->data, file->size);
    for (int level = LOOM_FAIL_ON_NONE; level <= LOOM_FAIL_ON_WARNING; level++) {
        request.settings.fail_on = (loom_fail_on)level;
        if (level >= (int)first) {
            engine_assert_error(&request, "damaged.png", code, LOOM_STAGE_DECODE);
            continue;
        }
        loom_outcome outcome =
            engine_run_written(&request, "damaged.png", "out.png", LOOM_RESULT_WARNING);
        assert_warns(&outcome, warning);
        if (plan != NULL) {
            oracle_image made = oracle_read("out.png"), want = png_expected(plan);
            ck_assert_double_lt(oracle_compare(&made, &want).max, 1);
            oracle_release(&made);
            oracle_release(&want);
        }
        loom_outcome_release(&outcome);
    }
}

/* ---- checksums ----------------------------------------------------------- */

START_TEST(a_wrong_checksum_of_a_needed_chunk_is_damage)
{
    static const char *const types[] = {"IHDR", "PLTE", "tRNS", "IDAT", "IEND"};
    const png_plan *plan = &plans[_i];
    loom_strbuf file = LOOM_STRBUF_INIT;

    for (size_t i = 0; i < COUNT(types); i++) {
        if ((i == 1 && plan->colours == 0) || (i == 2 && plan->trns == NULL))
            continue;
        png_make(&file, plan);
        const size_t data = png_find(&file, types[i]);
        const unsigned char *length = (unsigned char *)file.data + data - 8;
        file.data[data + (size_t)(length[2] << 8 | length[3])] ^= 4;
        assert_verdict(&file, LOOM_FAIL_ON_ERROR, LOOM_ERR_CORRUPT, damaged, plan);
    }
    loom_strbuf_release(&file);
}
END_TEST

/* The file with `stream` as its picture data, in one chunk or two. */
static void make_around(loom_strbuf *file, const png_plan *plan, const loom_strbuf *stream,
                        size_t first)
{
    loom_strbuf_clear(file);
    png_begin(file, plan);
    png_chunk(file, "IDAT", stream->data, first);
    if (first < stream->size)
        png_chunk(file, "IDAT", stream->data + first, stream->size - first);
    png_chunk(file, "IEND", "", 0);
}

static void make_stream(loom_strbuf *stream, const png_plan *plan)
{
    loom_strbuf raw = LOOM_STRBUF_INIT;

    png_raw(&raw, plan);
    png_deflate(stream, raw.data, raw.size);
    loom_strbuf_release(&raw);
}

START_TEST(a_wrong_checksum_of_the_stream_is_damage)
{
    loom_strbuf file = LOOM_STRBUF_INIT, stream = LOOM_STRBUF_INIT;

    make_stream(&stream, &plans[_i]);
    for (size_t i = 1; i <= 4; i++) {
        stream.data[stream.size - i] ^= 1;
        make_around(&file, &plans[_i], &stream, stream.size - (i & 1));
        assert_verdict(&file, LOOM_FAIL_ON_ERROR, LOOM_ERR_CORRUPT, damaged, &plans[_i]);
        stream.data[stream.size - i] ^= 1;
    }
    stream.size -= 4; /* and none at all */
    make_around(&file, &plans[_i], &stream, stream.size);
    assert_verdict(&file, LOOM_FAIL_ON_ERROR, LOOM_ERR_CORRUPT, damaged, &plans[_i]);
    loom_strbuf_release(&file);
    loom_strbuf_release(&stream);
}
END_TEST

/* Any bit of the stream changed, with chunks whose checksums are right. */
START_TEST(no_bit_of_the_stream_may_be_another)
{
    engine_request request = engine_request_box(7, 0, LOOM_FIT_COVER);
    loom_strbuf file = LOOM_STRBUF_INIT, stream = LOOM_STRBUF_INIT;

    make_stream(&stream, &plans[_i]);
    for (size_t bit = 0; bit < stream.size * 8; bit += suite_long() ? 1 : stream.size / 5) {
        stream.data[bit / 8] ^= (char)(1 << bit % 8);
        make_around(&file, &plans[_i], &stream, stream.size);
        tmpdir_write("bit.png", file.data, file.size);
        stream.data[bit / 8] ^= (char)(1 << bit % 8);
        request.settings.fail_on = LOOM_FAIL_ON_ERROR;
        loom_outcome strict = engine_run(&request, "bit.png", "out.png");
        ck_assert_msg(strict.error.code == LOOM_ERR_CORRUPT ||
                          strict.error.code == LOOM_ERR_TRUNCATED,
                      "bit %zu: %s", bit, strict.error.message);
        request.settings.fail_on = LOOM_FAIL_ON_NONE;
        loom_outcome_release(&strict);
        loom_outcome lenient =
            engine_run_written(&request, "bit.png", "out.png", LOOM_RESULT_WARNING);
        loom_outcome_release(&lenient);
    }
    loom_strbuf_release(&file);
    loom_strbuf_release(&stream);
}
END_TEST

/* ---- rows ---------------------------------------------------------------- */

START_TEST(rows_may_not_be_missing_and_may_be_too_many)
{
    loom_strbuf file = LOOM_STRBUF_INIT, raw = LOOM_STRBUF_INIT, stream = LOOM_STRBUF_INIT;
    const png_plan *plan = &plans[_i];

    png_raw(&raw, plan);
    png_deflate(&stream, raw.data, raw.size - 1);
    make_around(&file, plan, &stream, stream.size);
    assert_verdict(&file, LOOM_FAIL_ON_TRUNCATED, LOOM_ERR_TRUNCATED,
                   "the file is cut short: picture data is missing", NULL);

    for (size_t extra = 1; extra <= 500; extra += 499) {
        for (size_t i = 0; i < extra; i++)
            loom_strbuf_add(&raw, "x", 1);
        loom_strbuf_clear(&stream);
        png_deflate(&stream, raw.data, raw.size);
        make_around(&file, plan, &stream, stream.size);
        assert_verdict(&file, LOOM_FAIL_ON_WARNING, LOOM_ERR_CORRUPT, more, plan);
    }
    loom_strbuf_clear(&stream);
    make_stream(&stream, plan);
    loom_strbuf_add(&stream, "xyz", 3); /* behind the stream */
    make_around(&file, plan, &stream, stream.size);
    assert_verdict(&file, LOOM_FAIL_ON_WARNING, LOOM_ERR_CORRUPT, more, plan);
    loom_strbuf_release(&file);
    loom_strbuf_release(&raw);
    loom_strbuf_release(&stream);
}
END_TEST

START_TEST(a_filter_that_there_is_none_of_is_damage)
{
    loom_strbuf file = LOOM_STRBUF_INIT, raw = LOOM_STRBUF_INIT, stream = LOOM_STRBUF_INIT;

    png_raw(&raw, &plans[_i]);
    raw.data[0] = 5;
    png_deflate(&stream, raw.data, raw.size);
    make_around(&file, &plans[_i], &stream, stream.size);
    assert_verdict(&file, LOOM_FAIL_ON_ERROR, LOOM_ERR_CORRUPT, damaged, NULL);
    loom_strbuf_release(&file);
    loom_strbuf_release(&raw);
    loom_strbuf_release(&stream);
}
END_TEST

/* A palette cut to half of what the pixels name; black is what they are then. */
START_TEST(a_pixel_beyond_the_palette_is_damage)
{
    for (size_t i = 0; i < COUNT(plans); i++) {
        png_plan plan = plans[i];
        loom_strbuf file = LOOM_STRBUF_INIT, stream = LOOM_STRBUF_INIT;
        if (plan.colours == 0)
            continue;
        make_stream(&stream, &plan);
        plan.colours /= 2;
        make_around(&file, &plan, &stream, stream.size);
        assert_verdict(&file, LOOM_FAIL_ON_ERROR, LOOM_ERR_CORRUPT, damaged, NULL);
        loom_strbuf_release(&file);
        loom_strbuf_release(&stream);
    }
}
END_TEST

/* ---- nothing is missing where nothing is --------------------------------- */

/* The file up to IEND, with more of these chunks, cut at every byte from the last row on. */
static void assert_cuts(const png_plan *plan, const char *const *types)
{
    loom_strbuf file = LOOM_STRBUF_INIT;
    engine_request request = engine_request_default();
    oracle_image want = png_expected(plan);

    png_make(&file, plan);
    file.size -= 12;
    const size_t pixels_end = file.size - 8; /* less the CRC and Adler-32 */
    for (; *types != NULL; types++)
        png_chunk(&file, *types, "a\0bcdefghijklmnopqrstuvwxyz", 26);
    for (size_t size = pixels_end; size <= file.size; size++) {
        tmpdir_write("cut.png", file.data, size);
        loom_outcome outcome =
            engine_run_written(&request, "cut.png", "out.png", LOOM_RESULT_WARNING);
        ck_assert_uint_eq(outcome.warning_count, 1);
        assert_warns(&outcome, no_end);
        oracle_image made = oracle_read("out.png");
        ck_assert_double_lt(oracle_compare(&made, &want).max, 1);
        oracle_release(&made);
        loom_outcome_release(&outcome);
    }
    oracle_release(&want);
    loom_strbuf_release(&file);
}

START_TEST(what_is_cut_behind_the_pixels_is_not_missing)
{
    static const char *const texts[] = {"tEXt", "eXIf", NULL};
    static const char *const frames[] = {"fcTL", "fdAT", NULL};
    png_plan plan = plans[_i];

    assert_cuts(&plan, texts);
    plan.between = "acTL";
    assert_cuts(&plan, frames);
}
END_TEST

/* ---- what is dropped ----------------------------------------------------- */

/* A chunk put behind IHDR, or where `before` stands, with a wrong checksum or with the right one.
 */
static void add_chunk(loom_strbuf *file, const char *before, const char *type, const void *data,
                      size_t size, bool wrong)
{
    loom_strbuf out = LOOM_STRBUF_INIT;
    const size_t at = before != NULL ? png_find(file, before) - 8 : 33;

    loom_strbuf_add(&out, file->data, at);
    png_chunk(&out, type, data, size);
    if (wrong)
        out.data[out.size - 1] ^= 1;
    loom_strbuf_add(&out, file->data + at, file->size - at);
    loom_strbuf_clear(file);
    loom_strbuf_add(file, out.data, out.size);
    loom_strbuf_release(&out);
}

/* Nothing that a pixel needs: the picture is written as it is, and the row says so. */
START_TEST(damaged_chunks_that_no_pixel_needs_are_dropped)
{
    static const struct {
        const char *before, *type, *data;
        size_t size;
        bool wrong;
    } rows[] = {
        {NULL, "tEXt", "a\0b", 3, true},
        {"IEND", "tEXt", "a\0b", 3, true},
        {NULL, "gAMA", "\0\0\x10\0", 4, true},
        {NULL, "cHRM", "", 0, true},
        {NULL, "sRGB", "\0", 1, true},
        {NULL, "eXIf", "MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0", 26, true},
        {NULL, "iCCP", "a\0\0not packed", 13, false},
        {NULL, "iCCP", "no name", 7, false},
        {NULL, "iCCP", "a\0\0", 3, false},
        {NULL, "zTXt", "a\0\0not packed", 13, false},
        {NULL, "tRNS", "\0", 1, false},             /* of no size that it may have */
        {"IEND", "tRNS", "\0\0\0\0\0\0", 6, false}, /* too late */
        {NULL, "PLTE", "1234", 4, false},           /* of RGB a hint alone */
        {"IEND", "PLTE", "123", 3, false},
        {"IDAT", "PLTE", "123", 3, false}, /* libpng ends at one behind tRNS */
    };
    loom_strbuf file = LOOM_STRBUF_INIT;

    for (size_t i = 0; i < COUNT(rows); i++) {
        char warning[80] = "the chunk ";
        png_plan plan = plans[0];
        if (i + 1 == COUNT(rows)) {
            plan.trns = "\0\1\0\2\0\3";
            plan.trns_size = 6;
        }
        png_make(&file, &plan);
        add_chunk(&file, rows[i].before, rows[i].type, rows[i].data, rows[i].size, rows[i].wrong);
        strcat(strcat(warning, rows[i].type), " is damaged or out of place, and was ignored");
        assert_verdict(&file, LOOM_FAIL_ON_WARNING, LOOM_ERR_CORRUPT, warning, &plan);
    }
    loom_strbuf_release(&file);
}
END_TEST

START_TEST(chunks_that_pixels_need_stand_in_their_places)
{
    loom_strbuf file = LOOM_STRBUF_INIT, stream = LOOM_STRBUF_INIT;

    png_make(&file, &plans[2]);
    add_chunk(&file, "IEND", "PLTE", "123", 3, false); /* a second palette */
    assert_verdict(&file, LOOM_FAIL_ON_ERROR, LOOM_ERR_CORRUPT, damaged, &plans[2]);
    png_make(&file, &plans[0]);
    add_chunk(&file, "IDAT", "IHDR", "1234567890123", 13, false);
    assert_verdict(&file, LOOM_FAIL_ON_ERROR, LOOM_ERR_CORRUPT, damaged, &plans[0]);

    make_stream(&stream, &plans[0]);
    make_around(&file, &plans[0], &stream, stream.size);
    add_chunk(&file, "IEND", "tEXt", "a\0b", 3, false);
    add_chunk(&file, "IEND", "IDAT", "more", 4, false);
    assert_verdict(&file, LOOM_FAIL_ON_ERROR, LOOM_ERR_CORRUPT, damaged, &plans[0]);
    loom_strbuf_release(&file);
    loom_strbuf_release(&stream);
}
END_TEST

/* ---- animations ---------------------------------------------------------- */

/* ImageMagick writes it there. */
START_TEST(exif_behind_the_pixels_counts)
{
    static const unsigned char turned[] = {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3,
                                           0,   1,   0,  0, 0, 6, 0, 0, 0, 0, 0,    0, 0};
    const png_plan plan = {.width = 5, .height = 3, .depth = 8, .colour = 2};
    engine_request request = engine_request_default();
    loom_strbuf file = LOOM_STRBUF_INIT, with = LOOM_STRBUF_INIT;

    png_make(&file, &plan);
    const size_t end = png_find(&file, "IEND") - 8;
    loom_strbuf_add(&with, file.data, end);
    png_chunk(&with, "eXIf", turned, sizeof turned);
    loom_strbuf_add(&with, file.data + end, file.size - end);
    loom_strbuf_release(&file);
    sample_write("in.png", &with);
    loom_outcome outcome = engine_run_written(&request, "in.png", "out.png", LOOM_RESULT_OK);
    ck_assert_int_eq(outcome.orientation, 6);
    ck_assert_uint_eq(outcome.width, 3);
    ck_assert_uint_eq(outcome.height, 5);
    loom_outcome_release(&outcome);
    png_make(&file, &plan); /* what follows the end is no part of it */
    png_chunk(&file, "eXIf", turned, sizeof turned);
    sample_write("in.png", &file);
    outcome = engine_run_written(&request, "in.png", "out.png", LOOM_RESULT_OK);
    ck_assert_int_eq(outcome.orientation, 1);
    loom_outcome_release(&outcome);
}
END_TEST

START_TEST(an_animation_is_told_where_it_was_asked_for)
{
    static const char one[8] = {0, 0, 0, 1}, three[8] = {0, 0, 0, 3};
    loom_strbuf file = LOOM_STRBUF_INIT;

    for (int i = 0; i < 4; i++) {
        engine_request request = engine_request_default();
        const bool told = i == 3;
        png_make(&file, &plans[0]);
        add_chunk(&file, "IDAT", "acTL", (i & 1) != 0 ? three : one, 8, false);
        tmpdir_write("moving.png", file.data, file.size);
        request.recipe.animated = (i & 2) != 0;
        loom_outcome outcome = engine_run_written(&request, "moving.png", "out.png",
                                                  told ? LOOM_RESULT_WARNING : LOOM_RESULT_OK);
        ck_assert_uint_eq(outcome.warning_count, told);
        loom_outcome_release(&outcome);
    }
    loom_strbuf_release(&file);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("png_damage");
    TCase *tests = engine_case("damage");

    tcase_add_loop_test(tests, a_wrong_checksum_of_a_needed_chunk_is_damage, 0, PLANS);
    tcase_add_loop_test(tests, a_wrong_checksum_of_the_stream_is_damage, 0, PLANS);
    tcase_add_loop_test(tests, no_bit_of_the_stream_may_be_another, 0, PLANS);
    tcase_add_loop_test(tests, rows_may_not_be_missing_and_may_be_too_many, 0, PLANS);
    tcase_add_loop_test(tests, a_filter_that_there_is_none_of_is_damage, 0, PLANS);
    tcase_add_test(tests, a_pixel_beyond_the_palette_is_damage);
    tcase_add_loop_test(tests, what_is_cut_behind_the_pixels_is_not_missing, 0, PLANS);
    tcase_add_test(tests, damaged_chunks_that_no_pixel_needs_are_dropped);
    tcase_add_test(tests, chunks_that_pixels_need_stand_in_their_places);
    tcase_add_test(tests, an_animation_is_told_where_it_was_asked_for);
    tcase_add_test(tests, exif_behind_the_pixels_counts);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
