/* What is missing of a GIF, or damaged, at every level of --fail-on, with one frame and with all.
 */
#include "support/engine_run.h"
#include "support/gif_file.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <stdio.h>
#include <string.h>

enum { SIDE = 20 };

static unsigned char indices[SIDE * SIDE];

static const gif_picture whole = {.width = SIDE, .height = SIDE, .indices = indices};

/* ---- files --------------------------------------------------------------- */

static void begin(gif_file *f)
{
    for (size_t i = 0; i < sizeof indices; i++)
        indices[i] = (unsigned char)(i * i / 3 % 4);
    gif_begin(f, SIDE, SIDE, 4, 0);
}

static void still(gif_file *f, const gif_picture *picture)
{
    begin(f);
    gif_add(f, picture);
    gif_end(f);
}

static void make_whole(gif_file *f)
{
    still(f, &whole);
}

static void make_codes_end(gif_file *f)
{
    gif_picture p = whole;

    p.coded = sizeof indices / 2;
    still(f, &p);
}

static void make_data_end(gif_file *f)
{
    gif_picture p = whole;

    p.coded = sizeof indices - 1;
    p.no_end = true;
    still(f, &p);
}

static void make_no_data(gif_file *f)
{
    begin(f);
    gif_put(f, "\x2C\0\0\0\0\x14\0\x14\0\0\x02\0", 12);
    gif_end(f);
}

static void make_no_size(gif_file *f)
{
    const gif_picture p = {.height = SIDE, .coded = 1};

    still(f, &p);
}

static void make_no_screen(gif_file *f)
{
    const gif_picture p = {.coded = 1};

    gif_begin(f, 0, 0, 4, 0);
    gif_add(f, &p);
    gif_end(f);
}

static void make_bad_code(gif_file *f)
{
    begin(f);
    gif_put(f, "\x2C\0\0\0\0\x14\0\x14\0\0\x02\x02\x3C\x07\0", 15); /* 4, 7: 6 is the last */
    gif_end(f);
}

static void make_long_codes(gif_file *f)
{
    begin(f);
    gif_put(f, "\x2C\0\0\0\0\x14\0\x14\0\0\x0C\x02\0\x10\0", 15);
    gif_end(f);
}

static void make_foreign_colour(gif_file *f)
{
    static const unsigned char table[6] = {0, 0, 0, 9, 9, 9};
    gif_picture p = whole;

    p.table = table;
    p.colours = 2;
    still(f, &p);
}

static void make_cut_within(gif_file *f)
{
    make_whole(f);
    f->size -= 20;
}

/* All pixels are there: only the last sub-block and the trailer are not. */
static void make_cut_behind_pixels(gif_file *f)
{
    make_whole(f);
    f->size -= 2;
}

static void make_no_trailer(gif_file *f)
{
    make_whole(f);
    f->size -= 1;
}

static void make_garbage_behind(gif_file *f)
{
    make_no_trailer(f);
    gif_put(f, "\0\0garbage", 9);
}

static void make_nothing(gif_file *f)
{
    begin(f);
    gif_end(f);
}

static void animate(gif_file *f, const gif_picture *second)
{
    begin(f);
    gif_loop(f, 0);
    gif_add(f, &whole);
    gif_control(f, 1, -1, 5);
    gif_add(f, second);
    gif_end(f);
}

static void make_animation(gif_file *f)
{
    animate(f, &whole);
}

static void make_second_cut(gif_file *f)
{
    make_animation(f);
    f->size -= 20;
}

static void make_second_short(gif_file *f)
{
    gif_picture p = whole;

    p.coded = 3;
    animate(f, &p);
}

static void make_second_without_size(gif_file *f)
{
    const gif_picture p = {.width = 3, .coded = 1};

    animate(f, &p);
}

static void make_second_bad(gif_file *f)
{
    gif_picture p = whole;

    p.code_size = 3;
    for (size_t i = 0; i < sizeof indices; i++)
        indices[i] = 0;
    animate(f, &p);
    /* 8, 15: 8 is the clear code, 10 the first string */
    for (size_t i = 100; i + 1 < f->size; i++)
        if (f->bytes[i] == 3 && f->bytes[i - 1] == 0 && f->bytes[i + 2] % 16 == 8)
            f->bytes[i + 2] = 0xF8;
}

static void make_second_descriptor_cut(gif_file *f)
{
    const size_t descriptor = 5;

    begin(f);
    gif_loop(f, 0);
    gif_add(f, &whole);
    gif_put(f, "\x2C\0\0\0\0", descriptor);
}

static void make_garbage_between(gif_file *f)
{
    begin(f);
    gif_add(f, &whole);
    gif_add(f, &whole);
    gif_put(f, "\0", 1);
    gif_add(f, &whole);
    gif_end(f);
}

/* ---- verdicts ------------------------------------------------------------ */

/* From which level on it is an error, and which; below it is a warning. */
typedef struct verdict {
    int from; /* a loom_fail_on, or NEVER, or FINE */
    loom_status code;
} verdict;

enum { ALWAYS = LOOM_FAIL_ON_NONE, FINE = 100 };

#define OK                                                                                         \
    {                                                                                              \
        FINE, LOOM_OK                                                                              \
    }
#define MISSING                                                                                    \
    {                                                                                              \
        LOOM_FAIL_ON_TRUNCATED, LOOM_ERR_TRUNCATED                                                 \
    }
#define DAMAGED                                                                                    \
    {                                                                                              \
        LOOM_FAIL_ON_ERROR, LOOM_ERR_CORRUPT                                                       \
    }
#define NO_END                                                                                     \
    {                                                                                              \
        LOOM_FAIL_ON_WARNING, LOOM_ERR_TRUNCATED                                                   \
    }
#define NOT_A_GIF                                                                                  \
    {                                                                                              \
        ALWAYS, LOOM_ERR_CORRUPT                                                                   \
    }

static const struct {
    void (*make)(gif_file *);
    verdict one, all;
} files[] = {
    {make_whole, OK, OK},
    {make_codes_end, MISSING, MISSING},
    {make_data_end, MISSING, MISSING},
    {make_no_data, MISSING, MISSING},
    {make_no_size, MISSING, MISSING},
    {make_no_screen, NOT_A_GIF, NOT_A_GIF},
    {make_bad_code, DAMAGED, DAMAGED},
    {make_long_codes, DAMAGED, DAMAGED},
    {make_foreign_colour, DAMAGED, DAMAGED},
    {make_cut_within, MISSING, MISSING},
    {make_cut_behind_pixels, NO_END, MISSING},
    {make_no_trailer, NO_END, NO_END},
    {make_garbage_behind, NO_END, NO_END},
    {make_nothing, NOT_A_GIF, NOT_A_GIF},
    {make_animation, OK, OK},
    {make_second_cut, NO_END, MISSING},
    {make_second_short, OK, MISSING},
    {make_second_without_size, OK, MISSING},
    {make_second_bad, OK, DAMAGED},
    {make_second_descriptor_cut, NO_END, MISSING},
    {make_garbage_between, NO_END, DAMAGED},
};

static void assert_verdict(int file, loom_fail_on level, bool all)
{
    const verdict expected = all ? files[file].all : files[file].one;
    engine_request request = engine_request_default();

    request.settings.fail_on = level;
    request.recipe.animated = all;
    request.format = all ? LOOM_FORMAT_GIF : LOOM_FORMAT_PNG;
    loom_outcome outcome = engine_run(&request, "in.gif", "out");
    const loom_result result = expected.from == FINE         ? LOOM_RESULT_OK
                               : (int)level >= expected.from ? LOOM_RESULT_ERROR
                                                             : LOOM_RESULT_WARNING;
    ck_assert_msg(outcome.result == result, "%d, level %d, %s: %s %s", file, (int)level,
                  all ? "all" : "one", loom_result_name(outcome.result), outcome.error.message);
    ck_assert_int_eq(outcome.error.code, result == LOOM_RESULT_ERROR ? (int)expected.code : 0);
    ck_assert_int_eq(tmpdir_exists("out"), result != LOOM_RESULT_ERROR);
    if (result != LOOM_RESULT_ERROR)
        ck_assert_int_eq(remove("out"), 0);
    loom_outcome_release(&outcome);
}

START_TEST(damage_is_judged_by_the_level)
{
    gif_file f;

    files[_i].make(&f);
    tmpdir_write("in.gif", f.bytes, f.size);
    gif_release(&f);
    for (int level = LOOM_FAIL_ON_NONE; level <= LOOM_FAIL_ON_WARNING; level++)
        for (int all = 0; all < 2; all++)
            assert_verdict(_i, (loom_fail_on)level, all);
}
END_TEST

/* What is missing of it is transparent; the rest is as it should be. */
START_TEST(what_is_there_is_shown)
{
    engine_request request = engine_request_default();
    gif_file f;

    make_codes_end(&f);
    tmpdir_write("in.gif", f.bytes, f.size);
    gif_release(&f);
    request.settings.fail_on = LOOM_FAIL_ON_NONE;
    loom_outcome outcome = engine_run_written(&request, "in.gif", "out.png", LOOM_RESULT_WARNING);
    ck_assert_int_eq(outcome.channels, 4);
    oracle_image made = oracle_read("out.png");
    for (unsigned i = 0; i < sizeof indices; i++)
        oracle_assert_pixel(&made, i % SIDE, i / SIDE, 0,
                            i < sizeof indices / 2 ? gif_colour(indices[i]) : 0);
    oracle_release(&made);
    loom_outcome_release(&outcome);
}
END_TEST

/* Whole files, cut at each place: an error, or the same picture with a warning. */
START_TEST(a_cut_is_told_or_harmless)
{
    const engine_request request = engine_request_default();
    gif_file f;
    size_t harmless = 0;

    make_animation(&f);
    for (size_t size = f.size - 1; size > 13; size -= 3) {
        tmpdir_write("in.gif", f.bytes, size);
        loom_outcome outcome = engine_run(&request, "in.gif", "out.png");
        if (outcome.result == LOOM_RESULT_WARNING) {
            oracle_image made = oracle_read("out.png");
            ck_assert_uint_eq(made.channels, 3);
            for (unsigned i = 0; i < sizeof indices; i += 7)
                oracle_assert_pixel(&made, i % SIDE, i / SIDE, 0, gif_colour(indices[i]));
            oracle_release(&made);
            harmless++;
        } else {
            ck_assert_int_eq(outcome.error.code, LOOM_ERR_TRUNCATED);
        }
        loom_outcome_release(&outcome);
    }
    ck_assert(harmless * 3 > f.size / 3 && harmless * 3 < f.size / 2 + 20);
    gif_release(&f);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("gif_damage");
    TCase *tests = engine_case("gif_damage");

    tcase_add_loop_test(tests, damage_is_judged_by_the_level, 0, (int)COUNT(files));
    tcase_add_test(tests, what_is_there_is_shown);
    tcase_add_test(tests, a_cut_is_told_or_harmless);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
