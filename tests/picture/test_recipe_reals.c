/* Factors, sigmas and angles: as words and in JSON. */
#include "picture/recipe_fields.h"
#include "support/fresh_recipe.h"
#include "support/suite.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct words {
    const char *name, *word;
    const char *written; /* in JSON; NULL: it is at its default, and left out */
} words;

static const words taken[] = {
    {"blur", "0.3", "0.3"},        {"blur", "2.75", "2.75"},
    {"blur", "100", "100"},        {"sharpen", NULL, "true"},
    {"sharpen", "auto", "true"},   {"sharpen", "AUTO", "true"},
    {"sharpen", "1", "1"},         {"sharpen", "0.3", "0.3"},
    {"gamma", "2.2", "2.2"},       {"gamma", "1", NULL},
    {"contrast", "0", "0"},        {"contrast", "120%", "1.2"},
    {"brightness", "1000%", "10"}, {"brightness", "100%", NULL},
    {"brightness", "0.5", "0.5"},  {"saturation", "33.5%", "0.335"},
    {"hue", "-90", "270"},         {"hue", "720", NULL},
    {"median", "3", "3"},          {"median", "15", "15"},
    {"normalize", NULL, "true"},   {"normalise", NULL, "true"},
    {"ssim", "0.5", "0.5"},        {"ssim", "1", "1"},
    {"ssim", "98.5%", "0.985"},    {"ssim", "0.9875", "0.9875"},
    {"negate", NULL, "true"},      {"tint", "red", "\"#ff0000ff\""},
};

static const words refused[] = {
    {"blur", "0", "'0' is not a sigma: pixels, 0.3 to 100"},
    {"blur", "0.29", NULL},
    {"blur", "100.01", NULL},
    {"blur", "-1", NULL},
    {"blur", "50%", NULL},
    {"blur", "auto", NULL},
    {"blur", "nan", NULL},
    {"blur", "inf", NULL},
    {"blur", "", NULL},
    {"blur", NULL, "'blur' needs a value"},
    {"sharpen", "-1", "'-1' is not a sigma: pixels, 0.3 to 10, or auto"},
    {"sharpen", "11", NULL},
    {"sharpen", "true", NULL},
    {"gamma", "0", "'0' is not a gamma: 0.1 to 10"},
    {"gamma", "10.5", NULL},
    {"gamma", "1e1", NULL},
    {"contrast", "-0.1", "'-0.1' is not a factor: 0 to 10, or 0% to 1000%"},
    {"contrast", "1001%", NULL},
    {"contrast", "%", NULL},
    {"contrast", "1%%", NULL},
    {"brightness", "99999999999999999999999999", NULL},
    {"saturation", "10.1", NULL},
    {"hue", "red", NULL},
    {"ssim", "98", "'98' is not a similarity: 0.5 to 1, or 50% to 100%"},
    {"ssim", "0.49", NULL},
    {"ssim", "1.001", NULL},
    {"ssim", "0", NULL},
    {"ssim", NULL, "'ssim' needs a value"},
    {"median", "2", NULL},
    {"median", "17", NULL},
    {"tint", "reddish", NULL},
};

START_TEST(word_is_taken)
{
    const words *w = &taken[_i];
    const char *name = strcmp(w->name, "normalise") == 0 ? "normalize" : w->name;
    loom_recipe recipe = recipe_fresh(), read = recipe_fresh();
    char expected[100] = "{}";
    loom_error err = LOOM_ERROR_INIT;

    ck_assert_msg(loom_recipe_set(&recipe, w->name, w->word, &err) == LOOM_OK, "%s", err.message);
    ck_assert_int_eq(loom_recipe_check(&recipe, &err), LOOM_OK);
    if (w->written != NULL)
        (void)snprintf(expected, sizeof expected, "{\"%s\":%s}", name, w->written);
    char *json = loom_recipe_to_json(&recipe);
    ck_assert_str_eq(json, expected);
    ck_assert_int_eq(loom_recipe_from_json(&read, json, strlen(json), &err), LOOM_OK);
    ck_assert_mem_eq(&read, &recipe, sizeof read);
    free(json);
    ck_assert_int_eq(loom_recipe_needs(&recipe) == 0, w->written == NULL);
}
END_TEST

START_TEST(word_is_refused)
{
    const words *w = &refused[_i];
    loom_recipe recipe = recipe_fresh();
    const loom_recipe before = recipe;
    loom_error err = LOOM_ERROR_INIT;

    ck_assert_int_eq(loom_recipe_set(&recipe, w->name, w->word, &err), LOOM_ERR_USAGE);
    if (w->written != NULL)
        ck_assert_str_eq(err.message, w->written);
    ck_assert_mem_eq(&recipe, &before, sizeof recipe);
}
END_TEST

START_TEST(json_is_taken_or_refused)
{
    static const struct {
        const char *json, *message; /* NULL: it is taken */
    } rows[] = {
        {"{\"sharpen\":\"auto\"}", NULL},
        {"{\"sharpen\":false,\"blur\":null,\"gamma\":null}", NULL},
        {"{\"contrast\":1}", NULL},
        {"{\"contrast\":\"120%\"}", "the recipe's 'contrast' is not a number from 0 to 10 or null"},
        {"{\"contrast\":-1}", "the recipe's 'contrast' is not a number from 0 to 10 or null"},
        {"{\"sharpen\":-1}",
         "the recipe's 'sharpen' is not a number from 0.3 to 10, true, false or null"},
        {"{\"sharpen\":\"some\"}", "'some' is not a sigma: pixels, 0.3 to 10, or auto"},
        {"{\"blur\":true}", "the recipe's 'blur' is not a number from 0.3 to 100 or null"},
        {"{\"median\":4}", "a median of 4 has no middle: the number must be odd"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        loom_recipe recipe = recipe_fresh();
        loom_error err = LOOM_ERROR_INIT;
        const loom_status status =
            loom_recipe_from_json(&recipe, rows[i].json, strlen(rows[i].json), &err);
        ck_assert_int_eq(status, rows[i].message == NULL ? LOOM_OK : LOOM_ERR_USAGE);
        if (rows[i].message != NULL)
            ck_assert_str_eq(err.message, rows[i].message);
    }
}
END_TEST

/* A program may set what no word says. */
START_TEST(values_are_checked)
{
    static const double wrong[] = {-1, 0.2, 101, NAN, INFINITY};

    for (size_t i = 0; i < COUNT(wrong); i++) {
        loom_recipe recipe = recipe_fresh();
        loom_error err = LOOM_ERROR_INIT;
        recipe.blur = wrong[i];
        ck_assert_int_eq(loom_recipe_check(&recipe, &err), LOOM_ERR_USAGE);
        ck_assert_str_eq(err.message, "the recipe's 'blur' is not a number from 0.3 to 100");
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("recipe_reals");
    TCase *tests = tcase_create("words");

    tcase_add_loop_test(tests, word_is_taken, 0, COUNT(taken));
    tcase_add_loop_test(tests, word_is_refused, 0, COUNT(refused));
    tcase_add_test(tests, json_is_taken_or_refused);
    tcase_add_test(tests, values_are_checked);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
