/* How inputs are dealt to shards: against a simulation without any cleverness, and in figures. */
#include "shards/deal.h"

#include "picture/recipe_fields.h"
#include "support/random.h"
#include "support/suite.h"
#include <imgloom/shards.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INPUTS_MAX = 3000 };

static char paths[INPUTS_MAX][24];
static loom_item items[2 * INPUTS_MAX];
static loom_plan *plan;

/* A plan of inputs with these sizes, every third one with two outputs; returns their number. */
static size_t make_plan(const uint64_t *sizes, size_t inputs)
{
    loom_recipe recipe;
    size_t count = 0;

    loom_recipe_init(&recipe);
    recipe.format = recipe.formats[0] = LOOM_FORMAT_JPEG;
    recipe.formats[1] = LOOM_FORMAT_PNG;
    recipe.format_count = 2;
    for (size_t i = 0; i < inputs; i++) {
        (void)snprintf(paths[i], sizeof paths[i], "%zu", i);
        for (unsigned output = 0; output < (i % 3 == 0 ? 2 : 1); output++, count++)
            items[count] = (loom_item){.item = count,
                                       .input_path = paths[i],
                                       .output_path = "out",
                                       .bytes = sizes[i],
                                       .output = output,
                                       .format = LOOM_FORMAT_JPEG};
    }
    loom_plan_free(plan);
    plan = NULL;
    ck_assert_int_eq(
        loom_plan_create_of_items(&plan, items, count, &recipe, NULL, NULL, NULL, NULL), LOOM_OK);
    return count;
}

static void teardown(void)
{
    loom_plan_free(plan);
    plan = NULL;
}

/* Sets the shard of each input, as the rule says. */
static void simulate(const uint64_t *sizes, size_t inputs, unsigned shards, unsigned *of)
{
    uint64_t *costs = calloc(shards, sizeof *costs);
    size_t each = inputs / shards;

    ck_assert_ptr_nonnull(costs);
    each = each > 8 ? 8 : each == 0 ? 1 : each;
    for (size_t from = 0; from < inputs; from += each) {
        unsigned least = 0;
        for (unsigned i = 1; i < shards; i++)
            if (costs[i] < costs[least])
                least = i;
        for (size_t i = from; i < from + each && i < inputs; i++) {
            of[i] = least;
            costs[least] += sizes[i] + 28000;
        }
    }
    free(costs);
}

static void compare(const uint64_t *sizes, size_t inputs, unsigned shards)
{
    static unsigned wanted[INPUTS_MAX];
    const size_t count = make_plan(sizes, inputs);
    loom_deal deal = {.shards = 0};
    size_t seen = 0;

    simulate(sizes, inputs, shards, wanted);
    ck_assert(loom_deal_make(&deal, plan, shards));
    ck_assert_uint_eq(deal.inputs, inputs);
    for (unsigned shard = 0; shard < shards; shard++) {
        size_t last = 0;
        for (uint32_t group = deal.heads[shard]; group != LOOM_GROUP_NONE; group = deal.next[group])
            for (uint32_t i = deal.first[group]; i < deal.first[group + 1]; i++) {
                const size_t input = strtoul(loom_plan_task(plan, i)->input_path, NULL, 10);
                ck_assert_uint_eq(wanted[input], shard);
                ck_assert_uint_ge(i, last); /* in order */
                last = i;
                seen++;
            }
    }
    ck_assert_uint_eq(seen, count);
    loom_deal_release(&deal);
}

START_TEST(as_the_rule_says)
{
    static uint64_t sizes[INPUTS_MAX];
    static const unsigned shards[] = {1, 2, 3, 7, 8, 64, 375, 1000, 5000};
    static const size_t inputs[] = {1, 7, 8, 9, 63, 64, 100, 1000, INPUTS_MAX};
    uint64_t random = 1;

    for (size_t i = 0; i < INPUTS_MAX; i++)
        sizes[i] = random_next(&random) % (i % 10 == 0 ? 50000000 : 500000);
    for (size_t i = 0; i < COUNT(inputs); i++)
        for (size_t n = 0; n < COUNT(shards); n++)
            compare(sizes, inputs[i], shards[n]);
}
END_TEST

/* Those of equal size go round; one that weighs as much as nine others has a shard for itself. */
START_TEST(in_figures)
{
    static uint64_t sizes[48];
    loom_deal deal = {.shards = 0};

    for (size_t i = 0; i < COUNT(sizes); i++)
        sizes[i] = 72000; /* with its cost 100,000 */
    sizes[0] = 972000;
    make_plan(sizes, COUNT(sizes));
    ck_assert(loom_deal_make(&deal, plan, 3));
    ck_assert_uint_eq(deal.groups, 6);
    ck_assert_uint_eq(deal.bytes, 47 * 72000 + 972000);
    /* Group by group: 0, 1, 2; then 1 and 2, which have 800,000; then 1, which has 1,600,000 as 2,
     * while 0 has 1,700,000. */
    ck_assert_uint_eq(deal.heads[0], 0);
    ck_assert_uint_eq(deal.next[0], LOOM_GROUP_NONE);
    ck_assert_uint_eq(deal.heads[1], 1);
    ck_assert_uint_eq(deal.next[1], 3);
    ck_assert_uint_eq(deal.next[3], 5);
    ck_assert_uint_eq(deal.heads[2], 2);
    ck_assert_uint_eq(deal.next[2], 4);
    loom_deal_release(&deal);
}
END_TEST

START_TEST(how_many_by_default)
{
    static const struct {
        uint64_t bytes, items;
        unsigned shards;
    } cases[] = {
        {0, 0, 1},
        {1, 1, 1},
        {UINT64_C(10000000000), 50000, 1},
        {UINT64_C(10000000001), 50000, 2},
        {UINT64_C(10000000000), 50001, 2},
        {UINT64_C(100000000000), 100001, 10},
        {UINT64_C(20000000000), 1000000, 20},
        {0, 50000000, 1000},
        {UINT64_MAX, 1, 1000},
    };
    const uint64_t sizes[3] = {UINT64_C(9000000000), UINT64_C(9000000000), UINT64_C(9000000000)};
    loom_deal deal = {.shards = 0};

    for (size_t i = 0; i < COUNT(cases); i++)
        ck_assert_uint_eq(loom_deal_default(cases[i].bytes, cases[i].items), cases[i].shards);
    make_plan(sizes, 3);
    ck_assert(loom_deal_make(&deal, plan, 0));
    ck_assert_uint_eq(deal.shards, 3);
    loom_deal_release(&deal);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("deal");
    TCase *c = tcase_create("deal");
    tcase_add_checked_fixture(c, NULL, teardown);
    tcase_add_test(c, as_the_rule_says);
    tcase_add_test(c, in_figures);
    tcase_add_test(c, how_many_by_default);
    suite_add_tcase(suite, c);
    return suite_run(suite);
}
