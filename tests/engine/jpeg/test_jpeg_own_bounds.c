/*
 * What a JPEG costs that our own decoder gives up late, so that libjpeg decodes it again: one pass
 * of each, and no more; and a stop is seen within the first. Time is told by the checks for a stop,
 * of which our own decoder makes one in each row of MCUs, and of samples.
 */
#include "batch/pool.h"
#include "engine/jpeg/own.h"
#include "engine/jpeg/planes.h"
#include "picture/recipe_fields.h"
#include "support/jpeg_kinds.h"
#include "support/suite.h"

#include <string.h>

enum { WIDTH = 150, HEIGHT = 230, SURPLUS = 500, POSITIONS = 40, COMPONENTS = 3 };

/* Counts the checks, and stops the job at one of them. */
typedef struct watch {
    loom_cancel cancel;
    unsigned checks, stop_at; /* stop_at 0: never */
    loom_status reason;
} watch;

static void count_check(void *front)
{
    watch *w = front;

    if (++w->checks == w->stop_at)
        atomic_store(&w->cancel.reason, (int)w->reason);
}

static void watch_begin(watch *w, unsigned stop_at, loom_status reason)
{
    memset(w, 0, sizeof *w);
    atomic_init(&w->cancel.reason, LOOM_OK);
    w->cancel.poll = count_check;
    w->cancel.front = w;
    w->stop_at = stop_at;
    w->reason = reason;
}

/* ---- a file, and our own decoder alone ------------------------------------------- */

typedef struct sample {
    unsigned char *data;
    size_t size, intact; /* with surplus data at its end; without */
    unsigned scans;
} sample;

static sample sample_make(int kind)
{
    sample made = {.scans = 0};
    loom_bytes segment;
    size_t at = 2;
    unsigned marker;

    made.data = jpeg_kind_make(&jpeg_kinds[kind], WIDTH, HEIGHT, &made.intact);
    while ((marker = loom_jpeg_walk((loom_bytes){made.data, made.intact}, &at, &segment)) != 0 &&
           marker != LOOM_JPEG_EOI)
        made.scans += marker == LOOM_JPEG_SOS;
    made.size = made.intact + SURPLUS;
    made.data = realloc(made.data, made.size);
    ck_assert_ptr_nonnull(made.data);
    return made;
}

/* Moves the end marker behind zeros: libjpeg skips them with a warning, whose picture is whole. */
static void add_surplus(sample *s)
{
    memset(s->data + s->intact - 2, 0, SURPLUS);
    s->data[s->size - 2] = 0xFF;
    s->data[s->size - 1] = LOOM_JPEG_EOI;
}

/* The checks of our own decoder. */
static unsigned count_own(const unsigned char *data, size_t size, bool *taken)
{
    loom_jpeg_own *own = loom_jpeg_own_create();
    watch w;
    loom_jpeg_wish wish = {.file = {data, size},
                           .width = WIDTH,
                           .height = HEIGHT,
                           .k = {8, 8, 8},
                           .cancel = &w.cancel};

    ck_assert_ptr_nonnull(own);
    watch_begin(&w, 0, LOOM_OK);
    *taken = loom_jpeg_own_decode(own, &wish);
    loom_jpeg_own_free(own);
    return w.checks;
}

/* ---- both of them ------------------------------------------------------------------ */

typedef struct attempt {
    loom_lane_result result;
    loom_status code;
    loom_stage stage;
    unsigned checks;
    char decoder[16];
} attempt;

static attempt try_planes(const unsigned char *data, size_t size, loom_jpeg_decoder decoder,
                          unsigned stop_at, loom_status reason)
{
    watch w;
    loom_recipe recipe;
    loom_settings settings;
    loom_outcome common, outcome;
    loom_error err = LOOM_ERROR_INIT;
    loom_jpeg_planes planes = {.count = 0};
    loom_jpeg_own *own = NULL;
    const loom_task task = {.format = LOOM_FORMAT_JPEG};
    const loom_job job = {.recipe = &recipe, .settings = &settings, .cancel = &w.cancel};
    loom_lane_job asked = {.job = &job, .common = &common, .count = 1};

    watch_begin(&w, stop_at, reason);
    loom_recipe_init(&recipe);
    loom_settings_init(&settings);
    settings.jpeg_decoder = decoder;
    settings.fail_on = LOOM_FAIL_ON_NONE;
    loom_outcome_init(&common);
    loom_outcome_init(&outcome);
    ck_assert(loom_jpeg_header_read((loom_bytes){data, size}, &asked.header.jpeg));
    asked.header.format = LOOM_FORMAT_JPEG;
    asked.header.has_jpeg = true;
    asked.header.width = WIDTH;
    asked.header.height = HEIGHT;
    asked.input.data = (unsigned char *)(uintptr_t)data; /* nobody writes to it */
    asked.input.size = size;
    asked.outputs[0] = (loom_lane_output){.task = &task,
                                          .outcome = &outcome,
                                          .geometry = {.source = {0, 0, WIDTH, HEIGHT},
                                                       .resize_width = WIDTH,
                                                       .resize_height = HEIGHT}};
    attempt made = {.result = loom_jpeg_read_planes(&asked, false, &own, &planes, &err)};
    made.code = err.code;
    made.stage = err.stage;
    made.checks = w.checks;
    memcpy(made.decoder, common.decoder, sizeof made.decoder);
    for (unsigned i = 0; i < LOOM_JPEG_PLANES; i++)
        loom_plane_release(&planes.planes[i]);
    loom_jpeg_own_free(own);
    loom_error_clear(&err);
    loom_outcome_release(&outcome);
    loom_outcome_release(&common);
    return made;
}

/* ---- tests --------------------------------------------------------------------------- */

START_TEST(what_is_given_up_late_takes_a_pass_of_each)
{
    sample s = sample_make(_i);
    const unsigned rows = (HEIGHT + 7) / 8;
    bool taken;
    const unsigned pass = count_own(s.data, s.intact, &taken);

    ck_assert(taken);
    ck_assert_uint_gt(pass, 0);
    ck_assert_uint_le(pass, (s.scans + COMPONENTS) * rows); /* and then the samples of each */
    if (jpeg_kinds[_i].components == 1 && s.scans > 1)      /* progressive: each scan is needed */
        ck_assert_uint_eq(pass, (s.scans + 1) * rows);
    for (size_t i = 0; i < POSITIONS; i++) {
        const size_t at = s.intact - 3 - i * s.intact / 20 / POSITIONS; /* of the last 5 % */
        s.data[at] ^= 0x55;
        ck_assert_uint_le(count_own(s.data, s.intact, &taken), pass);
        s.data[at] ^= 0x55;
    }
    add_surplus(&s);
    ck_assert_uint_le(count_own(s.data, s.size, &taken), pass);
    ck_assert(!taken);
    const attempt alone = try_planes(s.data, s.size, LOOM_JPEG_DECODER_LIBJPEG, 0, LOOM_OK);
    const attempt both = try_planes(s.data, s.size, LOOM_JPEG_DECODER_IMGLOOM, 0, LOOM_OK);
    ck_assert_int_eq(alone.result, LOOM_LANE_DONE);
    ck_assert_int_eq(both.result, LOOM_LANE_DONE);
    ck_assert_uint_gt(both.checks, alone.checks);
    ck_assert_uint_le(both.checks, alone.checks + pass);
    ck_assert(strncmp(both.decoder, "libjpeg", 7) == 0);
    free(s.data);
}
END_TEST

/* Wherever it comes, in a file that is right or given up: it is no damage, nor does libjpeg begin.
 */
START_TEST(a_stop_is_seen_in_our_own_decoder)
{
    sample s = sample_make(_i);
    bool taken;

    for (int surplus = 0; surplus < 2; surplus++) {
        const size_t size = surplus == 1 ? s.size : s.intact;
        if (surplus == 1)
            add_surplus(&s);
        const unsigned own = count_own(s.data, size, &taken);
        ck_assert(taken == (surplus == 0));
        for (unsigned n = 1; n <= own; n++) {
            const loom_status reason = n % 2 == 0 ? LOOM_ERR_TIMEOUT : LOOM_ERR_CANCELLED;
            const attempt made = try_planes(s.data, size, LOOM_JPEG_DECODER_IMGLOOM, n, reason);
            ck_assert_int_eq(made.result, LOOM_LANE_FAILED);
            ck_assert_int_eq(made.code, reason);
            ck_assert_int_eq(made.stage, LOOM_STAGE_DECODE);
            ck_assert_uint_le(made.checks, n + 1);
            ck_assert_str_eq(made.decoder, "imgloom");
        }
    }
    free(s.data);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("jpeg_own_bounds");
    TCase *tcase = tcase_create("bounds");
    const int kinds = (int)jpeg_kinds_count;

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, what_is_given_up_late_takes_a_pass_of_each, 0, kinds);
    tcase_add_loop_test(tcase, a_stop_is_seen_in_our_own_decoder, 0, kinds);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
