/* Pages of a TIFF through the real engine, in threads and in worker processes. */
#include "support/engine_run.h"
#include "support/raw_file.h"
#include "support/suite.h"
#include "support/tmpdir.h"
#include <stdlib.h>
#include <string.h>

enum { FIRST = 4, PAGES = 4, SIDE_MAX = 64 };

static const loom_isolate isolations[] = {LOOM_ISOLATE_AUTO, LOOM_ISOLATE_ALL, LOOM_ISOLATE_NEVER};

static void start(loom_isolate isolate)
{
    const loom_engine_options options = {.isolate = isolate,
                                         .worker_path = getenv("IMGLOOM_WORKER")};
    loom_error err = LOOM_ERROR_INIT;

    tmpdir_enter();
    ck_assert_msg(loom_engine_start(&engine_started, &options, &err) == LOOM_OK, "%s", err.message);
}

static void stop(void)
{
    engine_thread_exit();
    loom_engine_stop(engine_started);
    engine_started = NULL;
    tmpdir_leave();
}

/* A gray page, of one value; what a field is not given for (0) has the usual value. */
typedef struct page {
    uint32_t width, height;
    unsigned value;
    unsigned numbers; /* SampleFormat */
    unsigned orientation, subfile;
    bool cut; /* its samples are beyond the end */
} page;

static void write_pages(const page *pages, size_t count)
{
    raw_file file = {.out = LOOM_STRBUF_INIT};
    unsigned char samples[SIDE_MAX * SIDE_MAX];
    uint32_t next = 0;

    (void)raw_put(&file, "II*\0\0\0\0\0", 8);
    for (size_t i = count; i-- > 0;) {
        const page *p = &pages[i];
        const uint32_t size = p->width * p->height;
        memset(samples, (int)p->value, sizeof samples);
        const uint32_t place = raw_put(&file, samples, size);
        const raw_field fields[] = {{254, 4, 1, p->subfile, NULL, 0},
                                    {256, 4, 1, p->width, NULL, 0},
                                    {257, 4, 1, p->height, NULL, 0},
                                    {258, 3, 1, 8, NULL, 0},
                                    {259, 3, 1, 1, NULL, 0},
                                    {262, 3, 1, 1, NULL, 0},
                                    {273, 4, 1, p->cut ? 1u << 30 : place, NULL, 0},
                                    {274, 3, 1, p->orientation > 0 ? p->orientation : 1, NULL, 0},
                                    {277, 3, 1, 1, NULL, 0},
                                    {278, 4, 1, p->height, NULL, 0},
                                    {279, 4, 1, size, NULL, 0},
                                    {339, 3, 1, p->numbers > 0 ? p->numbers : 1, NULL, 0}};
        next = raw_put_directory(&file, fields, COUNT(fields), next);
    }
    raw_set32(&file, FIRST, next);
    tmpdir_write("in.tif", file.out.data, file.out.size);
    loom_strbuf_release(&file.out);
}

static engine_request request_for(int number)
{
    engine_request request = engine_request_default();

    request.recipe.page = number;
    return request;
}

static void assert_page(int number, const page *p)
{
    const engine_request request = request_for(number);
    const bool turned = p->orientation >= 5;
    oracle_image made = engine_render(&request, "in.tif");

    ck_assert_uint_eq(made.width, turned ? p->height : p->width);
    ck_assert_uint_eq(made.height, turned ? p->width : p->height);
    for (size_t i = 0; i < (size_t)made.width * made.height * made.channels; i++)
        ck_assert_uint_eq(made.samples[i], p->value);
    oracle_release(&made);
}

START_TEST(each_page)
{
    static const page pages[PAGES] = {{.width = 10, .height = 8, .value = 20},
                                      {.width = 12, .height = 9, .value = 60, .orientation = 6},
                                      {.width = 40, .height = 50, .value = 100},
                                      {.width = 7, .height = 7, .value = 140}};

    start(isolations[_i]);
    write_pages(pages, PAGES);
    for (int number = 1; number <= PAGES; number++)
        assert_page(number, &pages[number - 1]);
    const engine_request beyond = request_for(PAGES + 1);
    engine_assert_error(&beyond, "in.tif", LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PROBE);
    stop();
}
END_TEST

/* Each page is judged by what it is, not by what others are. */
START_TEST(kinds_of_pages)
{
    static const page pages[PAGES] = {{.width = 10, .height = 8, .value = 20, .numbers = 2},
                                      {.width = 12, .height = 9, .value = 60},
                                      {.width = 14, .height = 9, .value = 90, .numbers = 2},
                                      {.width = 12, .height = 9, .value = 60, .subfile = 4}};

    start(isolations[_i]);
    write_pages(pages, PAGES);
    assert_page(2, &pages[1]);
    for (int number = 1; number <= PAGES; number++) {
        const engine_request request = request_for(number);
        if (number != 2)
            engine_assert_error(&request, "in.tif", LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PROBE);
    }
    stop();
}
END_TEST

/* A smaller version of another page is what was asked for, if its number was. */
START_TEST(smaller_versions)
{
    static const page pages[3] = {{.width = 10, .height = 8, .value = 20, .subfile = 1},
                                  {.width = 12, .height = 9, .value = 60, .subfile = 1},
                                  {.width = 20, .height = 16, .value = 90}};
    const engine_request first = request_for(1);

    start(isolations[_i]);
    write_pages(pages, 3);
    engine_assert_error(&first, "in.tif", LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PROBE);
    assert_page(2, &pages[1]);
    assert_page(3, &pages[2]);
    stop();
}
END_TEST

/* What lacks before the page does not matter; what lacks of it, and behind it, does. */
START_TEST(cut_pages)
{
    static const page pages[3] = {{.width = 10, .height = 8, .value = 20},
                                  {.width = 12, .height = 9, .value = 60, .cut = true},
                                  {.width = 20, .height = 16, .value = 90}};

    start(isolations[_i]);
    write_pages(pages, 3);
    assert_page(3, &pages[2]);
    for (int number = 1; number <= 2; number++) {
        const engine_request request = request_for(number);
        engine_assert_error(&request, "in.tif", LOOM_ERR_TRUNCATED, LOOM_STAGE_DECODE);
    }
    stop();
}
END_TEST

START_TEST(others_have_no_pages)
{
    static const char *const inputs[] = {"photos/scene-1.jpg", "formats/palette.png",
                                         "formats/animated.gif", "formats/quadrants.webp",
                                         "formats/quadrants.psd"};
    const engine_request first = request_for(1), second = request_for(2);

    start(isolations[_i]);
    for (size_t i = 0; i < COUNT(inputs); i++) {
        loom_outcome outcome = engine_run(&first, engine_testdata(inputs[i]), "out.png");
        ck_assert_int_eq(outcome.result, LOOM_RESULT_OK);
        loom_outcome_release(&outcome);
        engine_assert_error(&second, engine_testdata(inputs[i]), LOOM_ERR_UNSUPPORTED,
                            LOOM_STAGE_PROBE);
    }
    stop();
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine_pages");
    TCase *tests = tcase_create("pages");
    const int modes = (int)COUNT(isolations);

    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, each_page, 0, modes);
    tcase_add_loop_test(tests, kinds_of_pages, 0, modes);
    tcase_add_loop_test(tests, smaller_versions, 0, modes);
    tcase_add_loop_test(tests, cut_pages, 0, modes);
    tcase_add_loop_test(tests, others_have_no_pages, 0, modes);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
