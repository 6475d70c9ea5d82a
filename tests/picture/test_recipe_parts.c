/* Parts of a picture, ratios, edges, borders and radii, as words and in JSON. */
#include "picture/recipe_fields.h"
#include "support/fresh_recipe.h"
#include "support/suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct words {
    const char *name, *word;
    const char *written; /* in JSON; of a word that is refused, a part of the message */
} words;

static const words taken[] = {
    {"extract", "10,20,300x200", "10,20,300x200"},
    {"extract", "0,0,1x1", "0,0,1x1"},
    {"extract", "10%,5%,80%x90%", "10%,5%,80%x90%"},
    {"extract", "33.33%,0,33.3%x100%", "33.33%,0,33.30%x100%"},
    {"extract", "0.5%,0%,0.01%x7", "0.50%,0%,0.01%x7"},
    {"extract", "2147483647,0,1x2147483647", "2147483647,0,1x2147483647"},
    {"aspect", "16:9", "16:9"},
    {"aspect", "32:18", "16:9"},
    {"aspect", "1.91:1", "191:100"},
    {"aspect", "1:1.414", "500:707"},
    {"aspect", "65500:65500", "1:1"},
    {"aspect", "65500:0.001", "65500000:1"},
    {"extend", "7", "7,7,7,7"},
    {"extend", "7,8", "7,8,7,8"},
    {"extend", "1,0,65500,4", "1,0,65500,4"},
    {"border", "7", "7x7"},
    {"border", "7X0", "7x0"},
    {"radius", "12", "12"},
    {"radius", "50%", "50%"},
    {"radius", "0.25%", "0.25%"},
};

static const words refused[] = {
    {"extract", "", NULL},
    {"extract", "10,20", NULL},
    {"extract", "300x200", NULL},
    {"extract", "10,20,300", NULL},
    {"extract", "10,20,300x200,", NULL},
    {"extract", "10,20,300x200x", NULL},
    {"extract", "-10,20,300x200", NULL},
    {"extract", "+10,20,300x200", NULL},
    {"extract", "10,20,0x200", NULL},
    {"extract", "10,20,300x0%", NULL},
    {"extract", "10,20,300x0.001%", NULL},
    {"extract", "1.5,20,300x200", NULL},
    {"extract", "10,20,300.0x200", NULL},
    {"extract", "10,20,101%x200", NULL},
    {"extract", "100.01%,20,10x200", NULL},
    {"extract", "10, 20,300x200", NULL},
    {"extract", "10,20,300X200", NULL},
    {"extract", "2147483648,20,300x200", NULL},
    {"extract", "99999999999999999999,20,300x200", NULL},
    {"aspect", "", NULL},
    {"aspect", "16", NULL},
    {"aspect", "16:", NULL},
    {"aspect", ":9", NULL},
    {"aspect", "16:9:", NULL},
    {"aspect", "16x9", NULL},
    {"aspect", "0:9", NULL},
    {"aspect", "16:0.000", NULL},
    {"aspect", "16:0.0001", NULL},
    {"aspect", "-16:9", NULL},
    {"aspect", "65500001:1", NULL},
    {"aspect", "1.:1", NULL},
    {"aspect", "nan:1", NULL},
    {"extend", "", "px for each side"},
    {"extend", "1,2,3", "px for each side"},
    {"extend", "1,2,3,4,5", "px for each side"},
    {"extend", "1,2,", "px for each side"},
    {"extend", "-1", "px for each side"},
    {"extend", "65501", "px for each side"},
    {"extend", "10%", "px for each side"},
    {"border", "", "a border"},
    {"border", "x7", "a border"},
    {"border", "7x", "a border"},
    {"border", "7x8x9", "a border"},
    {"border", "1000000000", "a border"},
    {"radius", "", "a radius"},
    {"radius", "51%", "a radius"},
    {"radius", "1.5", "a radius"},
    {"radius", "65501", "a radius"},
    {"radius", "-1", "a radius"},
};

/* Back from JSON it is the same, as null it is nothing. */
START_TEST(word_is_taken)
{
    const words *w = &taken[_i];
    loom_recipe recipe = recipe_fresh(), read = recipe_fresh();
    char expected[100];
    loom_error err = LOOM_ERROR_INIT;

    ck_assert_msg(loom_recipe_set(&recipe, w->name, w->word, &err) == LOOM_OK, "%s", err.message);
    ck_assert_int_eq(loom_recipe_check(&recipe, &err), LOOM_OK);
    (void)snprintf(expected, sizeof expected, "{\"%s\":\"%s\"}", w->name, w->written);
    char *json = loom_recipe_to_json(&recipe);
    ck_assert_str_eq(json, expected);
    ck_assert_int_eq(loom_recipe_from_json(&read, json, strlen(json), &err), LOOM_OK);
    ck_assert_mem_eq(&read, &recipe, sizeof read);
    free(json);
    (void)snprintf(expected, sizeof expected, "{\"%s\":null}", w->name);
    ck_assert_int_eq(loom_recipe_from_json(&read, expected, strlen(expected), &err), LOOM_OK);
    ck_assert_uint_eq(loom_recipe_needs(&read), 0);
}
END_TEST

START_TEST(word_is_refused)
{
    const words *w = &refused[_i];
    loom_recipe recipe = recipe_fresh();
    const loom_recipe before = recipe;
    loom_error err = LOOM_ERROR_INIT;

    ck_assert_int_eq(loom_recipe_set(&recipe, w->name, w->word, &err), LOOM_ERR_USAGE);
    const char *part = w->written != NULL                ? w->written
                       : strcmp(w->name, "extract") == 0 ? "a part of a picture: X,Y,WxH"
                                                         : "a ratio: W:H, such as 16:9";
    ck_assert_ptr_nonnull(strstr(err.message, part));
    ck_assert_mem_eq(&recipe, &before, sizeof recipe);
}
END_TEST

START_TEST(combination_is_refused)
{
    static const struct {
        const char *json, *message;
    } rows[] = {
        {"{\"extract\":\"0,0,9x9\",\"autoOrient\":false}",
         "an extract or aspect needs auto-orientation, because it is a part of the upright "
         "picture"},
        {"{\"aspect\":\"1:1\",\"autoOrient\":false}",
         "an extract or aspect needs auto-orientation, because it is a part of the upright "
         "picture"},
        {"{\"aspect\":\"1:1\",\"position\":\"entropy\",\"width\":9,\"height\":9}",
         "the position entropy is for the fit cover: an aspect keeps the centre or a side"},
        {"{\"extract\":7}", "the recipe's 'extract' is not a string or null"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        loom_recipe recipe = recipe_fresh();
        loom_error err = LOOM_ERROR_INIT;
        ck_assert_int_eq(loom_recipe_from_json(&recipe, rows[i].json, strlen(rows[i].json), &err),
                         LOOM_ERR_USAGE);
        ck_assert_str_eq(err.message, rows[i].message);
    }
}
END_TEST

/* A program may set what no word says. */
START_TEST(values_are_checked)
{
    loom_recipe recipe = recipe_fresh();
    loom_error err = LOOM_ERROR_INIT;

    recipe.extract = (loom_extract){.width = {10001, 1}, .height = {1, 0}};
    ck_assert_int_eq(loom_recipe_check(&recipe, &err), LOOM_ERR_USAGE);
    recipe.extract = (loom_extract){.width = {1, 0}};
    ck_assert_int_eq(loom_recipe_check(&recipe, &err), LOOM_ERR_USAGE);
    recipe.extract = (loom_extract){.width = {0, 0}};
    ck_assert_int_eq(loom_recipe_check(&recipe, &err), LOOM_OK);
    recipe.aspect = (loom_ratio){2, 0};
    ck_assert_int_eq(loom_recipe_check(&recipe, &err), LOOM_ERR_USAGE);
    recipe.aspect = (loom_ratio){UINT32_MAX, 1};
    ck_assert_int_eq(loom_recipe_check(&recipe, &err), LOOM_ERR_USAGE);
    recipe.aspect = (loom_ratio){0, 0};
    ck_assert_int_eq(loom_recipe_check(&recipe, &err), LOOM_OK);
    recipe.extend.left = LOOM_EDGE_MAX + 1;
    ck_assert_int_eq(loom_recipe_check(&recipe, &err), LOOM_ERR_USAGE);
    recipe.extend.left = 0;
    recipe.border = (loom_edges){1, 2, 2, 2};
    ck_assert_int_eq(loom_recipe_check(&recipe, &err), LOOM_ERR_USAGE);
    recipe.border = (loom_edges){1, 2, 1, 2};
    recipe.radius = (loom_length){5001, 1};
    ck_assert_int_eq(loom_recipe_check(&recipe, &err), LOOM_ERR_USAGE);
    recipe.radius = (loom_length){50, 2};
    ck_assert_int_eq(loom_recipe_check(&recipe, &err), LOOM_ERR_USAGE);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("recipe_parts");
    TCase *tests = tcase_create("words");

    tcase_add_loop_test(tests, word_is_taken, 0, COUNT(taken));
    tcase_add_loop_test(tests, word_is_refused, 0, COUNT(refused));
    tcase_add_test(tests, combination_is_refused);
    tcase_add_test(tests, values_are_checked);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
