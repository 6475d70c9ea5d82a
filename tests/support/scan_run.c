#include "support/scan_run.h"

#include "base/strbuf.h"
#include "support/check.h"
#include "support/tmpdir.h"

loom_scan_options scan_options;
loom_scan *scan;

void scan_setup(void)
{
    tmpdir_enter();
    scan_options = (loom_scan_options){0};
    scan = NULL;
}

void scan_teardown(void)
{
    loom_scan_free(scan);
    tmpdir_leave();
}

void scan_again(void)
{
    loom_scan_free(scan);
    scan = NULL;
}

static void begin(void)
{
    if (scan == NULL)
        scan = loom_scan_create(&scan_options);
    ck_assert_ptr_nonnull(scan);
}

void scan_add(const char *path)
{
    begin();
    ck_assert_int_eq(loom_scan_add(scan, path, NULL), LOOM_OK);
}

loom_status scan_add_list(const char *path, bool null, loom_error *error)
{
    begin();
    return loom_scan_add_list(scan, path, null, error);
}

void scan_expect(const char *text)
{
    loom_strbuf found = LOOM_STRBUF_INIT;

    for (size_t i = 0; i < loom_scan_count(scan); i++) {
        const loom_entry *entry = loom_scan_entry(scan, i);
        loom_strbuf_add_str(&found, entry->path);
        if (entry->error != NULL) {
            ck_assert_int_eq(entry->error->stage, LOOM_STAGE_SCAN);
            loom_strbuf_add_format(&found, "!%s", loom_status_name(entry->error->code));
        }
        loom_strbuf_add_char(&found, '|');
    }
    ck_assert_str_eq(loom_strbuf_str(&found), text);
    loom_strbuf_release(&found);
}

void scan_expect_relative(const char *text)
{
    loom_strbuf found = LOOM_STRBUF_INIT;

    for (size_t i = 0; i < loom_scan_count(scan); i++)
        loom_strbuf_add_format(&found, "%s|", loom_scan_entry(scan, i)->relative);
    ck_assert_str_eq(loom_strbuf_str(&found), text);
    loom_strbuf_release(&found);
}
