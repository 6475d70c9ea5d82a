#include <imgloom/plan.h>

#include "base/memory.h"
#include "files/folder_set.h"
#include "picture/recipe_fields.h"
#include "support/suite.h"
#include "support/tmpdir.h"

enum { MANY = 100000 };

/* Takes the place of the library's: no folder takes notice of case. */
loom_folding loom_folder_folding(int folder)
{
    return folder >= 0 ? LOOM_FOLDING_CASE : LOOM_FOLDING_NONE;
}

/* The linker puts these in the place of the library's (--wrap). */
bool __real_loom_grow(void **items, size_t *capacity, size_t needed, size_t size);
bool __wrap_loom_grow(void **items, size_t *capacity, size_t needed, size_t size);

static size_t calls_until_failure; /* 0: none fails */

bool __wrap_loom_grow(void **items, size_t *capacity, size_t needed, size_t size)
{
    if (calls_until_failure > 0 && --calls_until_failure == 0)
        return false;
    return __real_loom_grow(items, capacity, needed, size);
}

static size_t count_errors(const loom_plan *plan, loom_status code)
{
    size_t errors = 0;

    for (size_t i = 0; i < loom_plan_count(plan); i++)
        errors +=
            loom_plan_task(plan, i)->error != NULL && loom_plan_task(plan, i)->error->code == code;
    return errors;
}

/* Whichever growth fails: the plan has it all, or there is none. */
START_TEST(test_no_collision_is_missed)
{
    const loom_scan_options scan_options = {0};
    const loom_plan_options options = {.output_root = "out", .flatten = true};
    loom_scan *scan = loom_scan_create(&scan_options);
    size_t failures = 0;
    loom_recipe recipe;

    tmpdir_write_text("in/a.bmp", "x");
    tmpdir_write_text("in/A.bmp", "x");
    tmpdir_write_text("in/sub/A.tga", "x");
    tmpdir_write_text("in/sub/b.tga", "x");
    ck_assert_ptr_nonnull(scan);
    ck_assert_int_eq(loom_scan_add(scan, "in", NULL), LOOM_OK);
    loom_recipe_init(&recipe);
    for (size_t n = 1; n < MANY; n++) {
        loom_error error = LOOM_ERROR_INIT;
        loom_plan *plan = NULL;
        calls_until_failure = n;
        loom_status status = loom_plan_create(&plan, scan, &recipe, &options, &error);
        const bool failed = calls_until_failure == 0;
        calls_until_failure = 0;
        failures += failed;
        if (failed)
            ck_assert_int_eq(status, LOOM_ERR_OUT_OF_MEMORY);
        else
            ck_assert_uint_eq(count_errors(plan, LOOM_ERR_COLLISION), 2);
        loom_plan_free(plan);
        if (!failed)
            break;
    }
    ck_assert_uint_gt(failures, 10);
    loom_scan_free(scan);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("plan_memory");
    TCase *memory = tcase_create("memory");

    tcase_add_checked_fixture(memory, tmpdir_enter, tmpdir_leave);
    tcase_add_test(memory, test_no_collision_is_missed);
    suite_add_tcase(suite, memory);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
