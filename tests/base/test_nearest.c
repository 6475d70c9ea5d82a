/* Words that are nearly another, and numbers with units. */
#include "support/suite.h"

#include <imgloom/parse.h>
#include <stdint.h>
#include <string.h>

static const char *const words[] = {"size", "fit",    "quality", "progress", "progressive",
                                    NULL,   "report", "flip",    "flop",     "grayscale"};

/* By hand: letters missing, too many, other ones, swapped; starts of words. */
static const struct {
    const char *word, *meant;
} near[] = {
    {"sise", "size"},        {"siz", "size"},       {"sizee", "size"},
    {"szie", "size"},        {"SIZE", "size"},      {"quailty", "quality"},
    {"qualty", "quality"},   {"gray", "grayscale"}, {"progressiv", "progressive"},
    {"progres", "progress"}, {"repotr", "report"},  {"flp", "flip"},
    {"flap", "flip"},        {"re", "report"},      {"grayscales", "grayscale"},
};

START_TEST(near_words_are_found)
{
    const int found = loom_word_nearest(near[_i].word, words, COUNT(words));

    ck_assert_msg(found >= 0, "%s", near[_i].word);
    ck_assert_str_eq(words[found], near[_i].meant);
}
END_TEST

/* Of two that are as near, the one with the first letter; fingers rarely miss it. */
START_TEST(the_first_letter_decides)
{
    static const char *const shells[] = {"bash", "zsh", "fish", "zish"};

    ck_assert_int_eq(loom_word_nearest("fsh", shells, COUNT(shells)), 2);
    ck_assert_int_eq(loom_word_nearest("dish", shells, COUNT(shells)), 2); /* else the first */
}
END_TEST

/* Too far, too short, too long, or the start of several. */
static const char *const far[] = {"",
                                  "s",
                                  "f",
                                  "prog",
                                  "wat",
                                  "xyzzy",
                                  "side-effect",
                                  "quantum",
                                  "fl",
                                  "wide",
                                  "grayscalegrayscalegrayscalegrayscalegrayscale"};

START_TEST(far_words_are_not)
{
    ck_assert_int_eq(loom_word_nearest(far[_i], words, COUNT(words)), -1);
}
END_TEST

/* ---- units ---------------------------------------------------------------- */

static const struct {
    const char *word;
    uint64_t bytes;
} sizes[] = {
    {"512B", 512},         {"2k", 2000},
    {"2kB", 2000},         {"2KB", 2000},
    {"2 kB", 2000},        {"40.2 kB", 40200},
    {"1.8MB", 1800000},    {"0.5K", 500},
    {"2KiB", 2048},        {"1.5Ki", 1536},
    {"1.5KiB", 1536},      {"3MiB", 3145728},
    {"1T", 1000000000000}, {"1TiB", UINT64_C(1) << 40},
    {".5M", 500000},       {"1.0000000019K", 1000},
};

START_TEST(sizes_as_they_are_printed)
{
    uint64_t bytes;

    ck_assert_int_eq(loom_parse_bytes(sizes[_i].word, &bytes, NULL), LOOM_OK);
    ck_assert_uint_eq(bytes, sizes[_i].bytes);
}
END_TEST

static const char *const bad_sizes[] = {
    "1.5", "1.5B", "1Kib", "1kk", "1BK", "1  K", "1 ",
    "1iB", "1e3",  "K",    "20m", "1P",  "1,5K", "99999999999999T"};

START_TEST(other_sizes_are_refused)
{
    uint64_t bytes = 7;

    ck_assert_int_eq(loom_parse_bytes(bad_sizes[_i], &bytes, NULL), LOOM_ERR_USAGE);
    ck_assert_uint_eq(bytes, 7);
}
END_TEST

START_TEST(times)
{
    static const struct {
        const char *word;
        int64_t ns;
    } good[] = {{"2s", 2000000000},    {"500ms", 500000000}, {"2m", 120000000000},
                {"1.5m", 90000000000}, {"0.25 ms", 250000},  {"1000000000s", 1000000000000000000}};
    static const char *const bad[] = {"1d",  "1 ",          "2ns",       "s",
                                      "2mm", "1000000001s", "16666667m", "277778h"};
    int64_t ns = 7;

    for (size_t i = 0; i < COUNT(bad); i++)
        ck_assert_int_eq(loom_parse_seconds(bad[i], &ns, NULL), LOOM_ERR_USAGE);
    ck_assert_int_eq(ns, 7);
    for (size_t i = 0; i < COUNT(good); i++) {
        ck_assert_int_eq(loom_parse_seconds(good[i].word, &ns, NULL), LOOM_OK);
        ck_assert_int_eq(ns, good[i].ns);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("nearest");
    TCase *tests = tcase_create("nearest");

    tcase_add_test(tests, the_first_letter_decides);
    tcase_add_loop_test(tests, near_words_are_found, 0, (int)COUNT(near));
    tcase_add_loop_test(tests, far_words_are_not, 0, (int)COUNT(far));
    tcase_add_loop_test(tests, sizes_as_they_are_printed, 0, (int)COUNT(sizes));
    tcase_add_loop_test(tests, other_sizes_are_refused, 0, (int)COUNT(bad_sizes));
    tcase_add_test(tests, times);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
