/* Whose warning it is that libvips logs on one of its threads. */
#include "engine/vips/messages.h"
#include "engine/vips/ops.h"
#include "engine/worker_hooks.h"
#include "support/engine_run.h"
#include "support/suite.h"

/* Computes gray 0, and says so. */
static int complain(VipsRegion *out, void *sequence, void *a, void *b, gboolean *stop)
{
    (void)sequence, (void)b, (void)stop;
    vips_region_black(out);
    g_log("VIPS", G_LOG_LEVEL_WARNING, "%s", (const char *)a);
    return 0;
}

static VipsImage *complaining(const char *words)
{
    VipsImage *image = vips_image_new();

    vips_image_init_fields(image, 8, 8, 1, VIPS_FORMAT_UCHAR, VIPS_CODING_NONE,
                           VIPS_INTERPRETATION_B_W, 1, 1);
    ck_assert_int_eq(vips_image_pipelinev(image, VIPS_DEMAND_STYLE_ANY, NULL), 0);
    ck_assert_int_eq(vips_image_generate(image, NULL, complain, NULL, (void *)(size_t)words, NULL),
                     0);
    return image;
}

/* Computes and unrefs it, on a thread of libvips. */
static void compute(VipsImage *image)
{
    size_t size;
    void *pixels = vips_image_write_to_memory(image, &size);

    ck_assert_ptr_nonnull(pixels);
    g_free(pixels);
    g_object_unref(image);
}

static void compute_watched(VipsImage *image, const loom_vips_log *log)
{
    VipsImage *watched = loom_vips_watch(image, NULL, log->ticket);

    ck_assert_ptr_nonnull(watched);
    compute(watched);
    g_object_unref(image);
}

START_TEST(a_watched_pipeline_warns_its_image)
{
    loom_outcome one, two;
    loom_vips_log first, second;

    loom_outcome_init(&one);
    loom_outcome_init(&two);
    loom_vips_log_begin(&first, &one);
    loom_vips_log_begin(&second, &two);
    compute_watched(complaining("of the first"), &first);
    compute_watched(complaining("of the second"), &second);
    loom_vips_log_end(&second);
    loom_vips_log_end(&first);

    ck_assert_uint_eq(one.warning_count, 1);
    ck_assert_str_eq(one.warnings[0], "of the first");
    ck_assert_uint_eq(two.warning_count, 1);
    ck_assert_str_eq(two.warnings[0], "of the second");
    loom_outcome_release(&one);
    loom_outcome_release(&two);
}
END_TEST

/* As when the loader of another image decodes into memory, on a thread that was ours before. */
START_TEST(a_thread_that_is_free_again_is_nobodys)
{
    loom_outcome outcome;
    loom_vips_log log;

    loom_outcome_init(&outcome);
    loom_vips_log_begin(&log, &outcome);
    compute_watched(complaining("ours"), &log);
    compute(complaining("of another"));
    loom_vips_log_end(&log);

    ck_assert_uint_eq(outcome.warning_count, 1);
    ck_assert_str_eq(outcome.warnings[0], "ours");
    loom_outcome_release(&outcome);
}
END_TEST

/* The other lanes do not look at it, and it says nothing of the pixels. */
START_TEST(metadata_that_nobody_uses_is_no_warning)
{
    loom_outcome outcome;
    loom_vips_log log;

    loom_outcome_init(&outcome);
    loom_vips_log_begin(&log, &outcome);
    compute_watched(complaining("unknown EXIF resolution unit"), &log);
    compute_watched(complaining("unknown JFIF resolution unit"), &log);
    loom_vips_log_end(&log);
    ck_assert_uint_eq(outcome.warning_count, 0);
    loom_outcome_release(&outcome);
}
END_TEST

START_TEST(what_the_decoder_finds_too_large_is_not_corrupt)
{
    static const char claims[] = "Memory allocation error: Security limit exceeded: ";
    char text[200];

    (void)snprintf(text, sizeof text, "%sImage size 17000x17000 exceeds the maximum", claims);
    ck_assert_int_eq(loom_error_text_code(text, LOOM_ERR_CORRUPT), LOOM_ERR_TOO_LARGE);
    (void)snprintf(text, sizeof text, "%sNumber of references exceeds the maximum", claims);
    ck_assert_int_eq(loom_error_text_code(text, LOOM_ERR_CORRUPT), LOOM_ERR_CORRUPT);
}
END_TEST

START_TEST(an_image_that_is_done_is_warned_no_more)
{
    loom_outcome outcome;
    loom_vips_log log;

    loom_outcome_init(&outcome);
    loom_vips_log_begin(&log, &outcome);
    loom_vips_log_end(&log);
    compute_watched(complaining("too late"), &log);

    ck_assert_uint_eq(outcome.warning_count, 0);
    loom_outcome_release(&outcome);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("vips_messages");
    TCase *tests = tcase_create("threads");

    tcase_add_checked_fixture(tests, engine_setup, engine_teardown);
    tcase_add_test(tests, a_watched_pipeline_warns_its_image);
    tcase_add_test(tests, a_thread_that_is_free_again_is_nobodys);
    tcase_add_test(tests, an_image_that_is_done_is_warned_no_more);
    tcase_add_test(tests, metadata_that_nobody_uses_is_no_warning);
    tcase_add_test(tests, what_the_decoder_finds_too_large_is_not_corrupt);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
