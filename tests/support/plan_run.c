#include "support/plan_run.h"

#include "base/strbuf.h"
#include "batch/job.h"
#include "files/folder_set.h"
#include "picture/recipe_fields.h"
#include "support/check.h"
#include "support/tmpdir.h"
#include <sys/stat.h>

loom_plan_options plan_options;
loom_settings plan_settings;
loom_recipe plan_recipe;
loom_plan *plan;
const char *plan_folding;

/* Takes the place of the library's. */
loom_folding loom_folder_folding(int folder)
{
    struct stat wanted, info;

    return plan_folding != NULL && stat(plan_folding, &wanted) == 0 && fstat(folder, &info) == 0 &&
                   wanted.st_ino == info.st_ino && wanted.st_dev == info.st_dev
               ? LOOM_FOLDING_CASE
               : LOOM_FOLDING_NONE;
}

void plan_setup(void)
{
    scan_setup();
    scan = loom_scan_create(&scan_options);
    ck_assert_ptr_nonnull(scan);
    loom_settings_init(&plan_settings);
    plan_options = (loom_plan_options){.settings = &plan_settings};
    loom_recipe_init(&plan_recipe);
    plan = NULL;
    plan_folding = NULL;
}

void plan_teardown(void)
{
    loom_plan_free(plan);
    scan_teardown();
}

void plan_make(void)
{
    loom_plan_free(plan);
    plan = NULL;
    ck_assert_int_eq(loom_plan_create(&plan, scan, &plan_recipe, &plan_options, NULL), LOOM_OK);
}

const loom_task *plan_task(size_t index)
{
    return loom_plan_task(plan, index);
}

void plan_expect(const char *text)
{
    loom_strbuf found = LOOM_STRBUF_INIT;

    plan_make();
    size_t entries = 0;
    for (size_t i = 0; i < loom_plan_count(plan); i++) {
        const loom_task *task = plan_task(i);
        entries += task->output == 0;
        ck_assert_uint_eq(task->seq, i);
        ck_assert_uint_eq(task->output, task->output == 0 ? 0 : plan_task(i - 1)->output + 1);
        ck_assert_ptr_eq(task->input_path, loom_scan_entry(scan, entries - 1)->path);
        loom_strbuf_add_str(&found, task->output_path != NULL ? task->output_path : "-");
        if (task->error != NULL)
            loom_strbuf_add_format(&found, "!%s", loom_status_name(task->error->code));
        if (task->skip_reason != NULL)
            loom_strbuf_add_format(&found, "?%s", task->skip_reason);
        loom_strbuf_add_char(&found, '|');
    }
    ck_assert_str_eq(loom_strbuf_str(&found), text);
    ck_assert_uint_eq(entries, loom_scan_count(scan));
    loom_strbuf_release(&found);
}
