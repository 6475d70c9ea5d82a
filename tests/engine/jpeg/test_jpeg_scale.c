/* At which scale a JPEG is decoded. */
#include "engine/jpeg/planes.h"
#include "engine/lane.h"
#include "support/suite.h"

#include "picture/recipe_fields.h"

typedef struct scale_case {
    uint32_t width, height, made_width, made_height;
    bool progressive, gray;
    int shrink;
} scale_case;

/* Of the whole picture. */
static loom_lane_output output_of(const loom_header *header, uint32_t width, uint32_t height,
                                  loom_outcome *outcome)
{
    return (loom_lane_output){.outcome = outcome,
                              .geometry = {.source = {0, 0, header->width, header->height},
                                           .resize_width = width,
                                           .resize_height = height}};
}

START_TEST(the_resize_keeps_enough_to_do)
{
    static const scale_case cases[] = {
        {1000, 1000, 1000, 1000, false, false, 1}, {1000, 1000, 2000, 2000, false, false, 1},
        {319, 319, 100, 100, false, false, 1},     {320, 320, 100, 100, false, false, 2},
        {639, 639, 100, 100, false, false, 2},     {640, 640, 100, 100, false, false, 4},
        {1279, 1279, 100, 100, false, false, 4},   {1280, 1280, 100, 100, false, false, 8},
        {65500, 65500, 1, 1, false, false, 8},     {5120, 640, 100, 100, false, false, 4},
        {640, 5120, 100, 100, false, false, 4},    {9, 7, 1, 1, false, false, 4},
        {999, 999, 100, 100, true, false, 4},      {1000, 1000, 100, 100, true, false, 8},
        {1000, 1000, 100, 100, true, true, 4},     {1280, 1280, 100, 100, true, true, 8},
        {500, 500, 100, 100, true, false, 2},      {640, 640, 100, 100, false, true, 4},
    };
    loom_recipe recipe;
    loom_outcome outcome;
    const loom_job job = {.recipe = &recipe};

    loom_recipe_init(&recipe);
    loom_outcome_init(&outcome);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const scale_case *c = &cases[i];
        loom_lane_job asked = {.job = &job, .count = 1};
        asked.header = (loom_header){.format = LOOM_FORMAT_JPEG,
                                     .width = c->width,
                                     .height = c->height,
                                     .whole = c->progressive,
                                     .has_jpeg = true,
                                     .jpeg = {.count = c->gray && i % 2 == 0 ? 1 : 3}};
        asked.outputs[0] = output_of(&asked.header, c->made_width, c->made_height, &outcome);
        recipe.grayscale = c->gray && i % 2 == 1 ? LOOM_GRAYSCALE_LUMA : LOOM_GRAYSCALE_NONE;
        ck_assert_msg(loom_lane_shrink(&asked) == c->shrink, "%u x %u to %u x %u: 1/%d", c->width,
                      c->height, c->made_width, c->made_height, loom_lane_shrink(&asked));
    }
    loom_outcome_release(&outcome);
}
END_TEST

/* The largest output that is still wanted decides. */
START_TEST(the_most_demanding_output_decides)
{
    loom_recipe recipe;
    loom_outcome outcomes[2];
    const loom_job job = {.recipe = &recipe};
    loom_lane_job asked = {.job = &job, .count = 2};

    loom_recipe_init(&recipe);
    for (int i = 0; i < 2; i++)
        loom_outcome_init(&outcomes[i]);
    asked.header = (loom_header){.format = LOOM_FORMAT_JPEG, .width = 1600, .height = 1600};
    asked.outputs[0] = output_of(&asked.header, 100, 100, &outcomes[0]);
    asked.outputs[1] = output_of(&asked.header, 400, 400, &outcomes[1]);
    ck_assert_int_eq(loom_lane_shrink(&asked), 2);
    asked.outputs[1].geometry.source.width = 800; /* of an extract, of which half as much is left */
    ck_assert_int_eq(loom_lane_shrink(&asked), 1);
    asked.outputs[1].geometry.source.width = 1600;
    (void)!loom_error_set(&outcomes[1].error, LOOM_ERR_EXISTS, LOOM_STAGE_PLAN, "it is there");
    ck_assert_int_eq(loom_lane_shrink(&asked), 8);
    recipe.trim = 10;
    ck_assert_int_eq(loom_lane_shrink(&asked), 1);
    for (int i = 0; i < 2; i++)
        loom_outcome_release(&outcomes[i]);
}
END_TEST

/* ---- each component's own, by our own decoder ---------------------------------- */

typedef struct own_case {
    uint32_t width, height, made_width, made_height;
    unsigned count, h, v;   /* components; the luma's sampling factors */
    bool gray, full_chroma; /* of the output */
    int luma, chroma;       /* expected */
} own_case;

/* 8/5 of what is made is left, of luma and of chroma, in the direction that wants more. */
START_TEST(each_component_has_its_own_scale)
{
    static const own_case cases[] = {
        {1000, 1000, 1000, 1000, 3, 1, 1, false, false, 8, 7},
        {1000, 1000, 2000, 2000, 3, 1, 1, false, false, 8, 8},
        {1600, 1600, 1000, 1000, 3, 2, 2, false, false, 8, 8},
        {1829, 1829, 1000, 1000, 3, 2, 2, false, false, 7, 7},
        {1828, 1829, 1000, 1000, 3, 2, 2, false, false, 8, 8},
        {12800, 12800, 1000, 1000, 3, 2, 2, false, false, 1, 1},
        {12800, 12799, 1000, 1000, 3, 2, 2, false, false, 2, 2},
        {6400, 6400, 1000, 1000, 3, 1, 1, false, false, 2, 1},
        {6400, 6400, 1000, 1000, 3, 2, 2, false, true, 2, 4},
        {3200, 3200, 1000, 1000, 3, 2, 1, false, false, 4, 4},
        {6400, 3200, 1000, 1000, 3, 2, 1, false, false, 4, 2},
        {6400, 6400, 1000, 1000, 3, 2, 2, true, false, 2, 0},
        {6400, 6400, 1000, 1000, 1, 1, 1, false, false, 2, 0},
        {65500, 65500, 1, 1, 3, 2, 2, false, false, 1, 1},
        {1, 1, 1, 1, 3, 2, 2, false, false, 8, 8},
    };
    loom_recipe recipe;
    loom_outcome outcome;
    const loom_job job = {.recipe = &recipe};

    loom_recipe_init(&recipe);
    loom_outcome_init(&outcome);
    for (size_t i = 0; i < COUNT(cases); i++) {
        const own_case *c = &cases[i];
        loom_lane_job asked = {.job = &job, .count = 1};
        int k[LOOM_JPEG_PLANES];
        asked.header = (loom_header){
            .format = LOOM_FORMAT_JPEG,
            .width = c->width,
            .height = c->height,
            .has_jpeg = true,
            .jpeg = {.count = c->count, .components = {{1, c->h, c->v}, {2, 1, 1}, {3, 1, 1}}}};
        asked.outputs[0] = output_of(&asked.header, c->made_width, c->made_height, &outcome);
        recipe.chroma = c->full_chroma ? LOOM_CHROMA_444 : LOOM_CHROMA_DEFAULT;
        loom_jpeg_scales(&asked, c->gray, k);
        ck_assert_msg(k[0] == c->luma && k[1] == c->chroma && k[2] == c->chroma,
                      "case %zu: %d %d %d", i, k[0], k[1], k[2]);
    }
    loom_outcome_release(&outcome);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("jpeg_scale");
    TCase *rule = tcase_create("rule");

    tcase_add_test(rule, the_resize_keeps_enough_to_do);
    tcase_add_test(rule, the_most_demanding_output_decides);
    tcase_add_test(rule, each_component_has_its_own_scale);
    suite_add_tcase(suite, rule);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
