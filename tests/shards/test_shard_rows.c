/* Which row of an item counts, among those of all attempts: reports made by hand. */
#include "support/shards_run.h"

#include "base/strbuf.h"
#include "support/suite.h"
#include "support/tmpdir.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static loom_shards *shards;
static loom_shard_list *list;
static loom_shard_rows *rows;
static loom_strbuf report; /* that is being written */

static void setup(void)
{
    plan_setup();
    tmpdir_touch("in/a.jpg");
    tmpdir_touch("in/b\xFF.jpg");
    tmpdir_touch("in/c.jpg");
    scan_add("in");
    plan_options.output_root = "out";
    shards_write(1);
    shards = shards_open();
    list = shards_list(0);
    rows = NULL;
}

static void teardown(void)
{
    loom_shard_rows_free(rows);
    loom_shard_list_free(list);
    loom_shards_free(shards);
    loom_strbuf_release(&report);
    plan_teardown();
}

/* ---- making reports ------------------------------------------------------ */

static void add_header_of(const char *id, unsigned shard, const char *started_at)
{
    loom_strbuf_add_format(&report,
                           "{\"type\":\"run\",\"schemaVersion\":1,\"workingDirectory\":\"/w\","
                           "\"startedAt\":\"%s\",\"jobs\":1,\"plan\":{\"id\":\"%s\",\"shard\":%u,"
                           "\"shards\":1,\"attempt\":\"x\",\"job\":\"4711_0\"}}\n",
                           started_at, id, shard);
}

static void add_header(const char *started_at)
{
    add_header_of(loom_shards_get_info(shards)->id, 0, started_at);
}

/* `more` begins with the status. */
static void add_row(unsigned item, const char *more)
{
    static const char *const names[] = {
        "\"originalPath\":\"in/a.jpg\",\"outputPath\":\"out/a.jpg\"",
        ("\"originalPath\":\"in/b\xEF\xBF\xBD.jpg\",\"originalPathBase64\":\"aW4vYv8uanBn\","
         "\"outputPath\":\"out/b\xEF\xBF\xBD.jpg\",\"outputPathBase64\":\"b3V0L2L/LmpwZw==\""),
        "\"originalPath\":\"in/c.jpg\",\"outputPath\":\"out/c.jpg\""};

    loom_strbuf_add_format(&report, "{\"type\":\"image\",\"seq\":%u,%s,\"status\":%s}\n", item,
                           names[item], more);
}

static void add_summary(unsigned count, const char *interrupted, const char *too_many)
{
    loom_strbuf_add_format(
        &report, "{\"type\":\"summary\",\"rows\":%u,\"interrupted\":%s,\"tooManyErrors\":%s}\n",
        count, interrupted, too_many);
}

static void save_as(const char *path)
{
    tmpdir_write(path, report.data, report.size);
    loom_strbuf_clear(&report);
}

static void read_rows(void)
{
    loom_shard_rows_free(rows);
    rows = NULL;
    ck_assert_int_eq(loom_shards_find_attempts(shards, NULL), LOOM_OK);
    ck_assert_int_eq(loom_shard_rows_read(&rows, shards, list, NULL), LOOM_OK);
}

static const loom_shard_row *row(size_t item)
{
    return loom_shard_rows_get(rows, item);
}

static const loom_attempt *attempt(size_t index)
{
    ck_assert_uint_lt(index, loom_shards_attempt_count(shards, 0));
    return loom_shards_attempt(shards, 0, index);
}

#define OK(size)     "\"ok\",\"processedSize\":" #size
#define SKIPPED      "\"skipped\",\"skipReason\":\"made by an earlier attempt\""
#define FAILED       "\"error\",\"errorCode\":\"corrupt\",\"errorStage\":\"decode\",\"error\":\"no\""
#define CANCELLED    "\"error\",\"errorCode\":\"cancelled\",\"errorStage\":\"worker\",\"error\":\"x\""
#define PLANNED      "\"planned\""
#define AT(ms)       ",\"startMs\":" #ms ".000"
#define FIRST        "2026-11-20T09:00:00.000Z"
#define LATER        "2026-11-20T10:00:00.000Z"
#define REPORT(name) "run/reports/00000." name ".ndjson"

/* ---- which counts -------------------------------------------------------- */

START_TEST(none_yet)
{
    read_rows();
    for (size_t i = 0; i < 3; i++) {
        ck_assert_ptr_null(row(i)->row);
        ck_assert_uint_eq(row(i)->rows, 0);
    }
    ck_assert_int_eq(loom_row_rank_of(NULL), LOOM_ROW_NONE);
}
END_TEST

/* Each pair, in both orders of time: the better rank counts, among equals the later. */
START_TEST(better_first_then_later)
{
    static const struct {
        const char *text;
        loom_row_rank rank;
    } kinds[] = {
        {PLANNED, LOOM_ROW_NONE},  {CANCELLED, LOOM_ROW_CANCELLED},
        {FAILED, LOOM_ROW_FAILED}, {SKIPPED, LOOM_ROW_SKIPPED},
        {OK(5), LOOM_ROW_MADE},    {"\"warning\"", LOOM_ROW_MADE},
    };

    for (size_t early = 0; early < COUNT(kinds); early++)
        for (size_t late = 0; late < COUNT(kinds); late++) {
            add_header(FIRST);
            add_row(0, kinds[early].text);
            save_as(REPORT("b")); /* names do not decide where times do */
            add_header(LATER);
            add_row(0, kinds[late].text);
            save_as(REPORT("a"));
            read_rows();
            const bool later = kinds[late].rank >= kinds[early].rank;
            const loom_row_rank rank = later ? kinds[late].rank : kinds[early].rank;
            ck_assert_uint_eq(row(0)->rows, 2);
            ck_assert_int_eq(loom_row_rank_of(row(0)->row), rank);
            if (rank != LOOM_ROW_NONE)
                ck_assert_str_eq(row(0)->attempt->name, later ? "a" : "b");
            else
                ck_assert_ptr_null(row(0)->row);
        }
}
END_TEST

START_TEST(later_within_runs)
{
    add_header(FIRST);
    add_row(0, OK(1) AT(3600001));
    add_row(1, OK(1) AT(3599999));
    add_row(2, OK(1) AT(3600000));
    save_as(REPORT("a"));
    add_header(LATER);
    add_row(0, OK(1) AT(0));
    add_row(1, OK(1) AT(0));
    add_row(2, OK(1)); /* no thread had it: since the run began */
    save_as(REPORT("b"));
    read_rows();
    ck_assert_str_eq(row(0)->attempt->name, "a");
    ck_assert_str_eq(row(1)->attempt->name, "b");
    ck_assert_str_eq(row(2)->attempt->name, "b"); /* equal: by the name */
}
END_TEST

START_TEST(sizes_that_differ)
{
    add_header(FIRST);
    add_row(0, OK(5));
    add_row(1, OK(5));
    add_row(2, OK(5));
    save_as(REPORT("a"));
    add_header(LATER);
    add_row(0, OK(5));
    add_row(1, OK(6));
    add_row(2, SKIPPED ",\"processedSize\":7");
    save_as(REPORT("b"));
    read_rows();
    ck_assert(!row(0)->differs && row(1)->differs && !row(2)->differs);
    ck_assert_int_eq(row(1)->row->processed_size, 6);
}
END_TEST

/* ---- what a row has ------------------------------------------------------ */

START_TEST(rows_are_kept_whole)
{
    static const char more[] =
        "\"warning\",\"warnings\":[\"one\",\"two\"],\"originalSize\":9,\"processedSize\":8,"
        "\"originalModified\":\"2026-11-20T09:00:00.123456789Z\",\"originalFormat\":\"jpeg\","
        "\"format\":\"jpeg\",\"lane\":\"jpeg\",\"decoder\":\"imgloom\",\"hue\":7";
    const char *text;

    add_header(FIRST);
    add_row(1, more);
    add_row(2, FAILED ",\"format\":\"later\"");
    add_row(0, SKIPPED);
    save_as(REPORT("a"));
    read_rows();
    const loom_row *kept = row(1)->row;
    ck_assert_str_eq(kept->original_path, "in/b\xFF.jpg");
    ck_assert_str_eq(kept->output_path, "out/b\xFF.jpg");
    ck_assert_str_eq(kept->folder, "/w");
    ck_assert_int_eq(kept->started_ns, INT64_C(1795165200000000000));
    ck_assert_int_eq(kept->run, -1);
    ck_assert_uint_eq(kept->warning_count, 2);
    ck_assert_str_eq(kept->warnings[0], "one");
    ck_assert_str_eq(kept->warnings[1], "two");
    ck_assert_int_eq(kept->original_modified_ns, INT64_C(1795165200123456789));
    ck_assert_str_eq(kept->original_format, "jpeg");
    ck_assert_str_eq(kept->lane, "jpeg");
    ck_assert_str_eq(kept->decoder, "imgloom");
    ck_assert_str_eq(row(2)->row->error, "no");
    ck_assert_str_eq(row(2)->row->format, "later");
    ck_assert_str_eq(row(0)->row->skip_reason, "made by an earlier attempt");
    ck_assert_int_eq(loom_shard_rows_text(rows, 1, &text, NULL), LOOM_OK);
    ck_assert_ptr_nonnull(strstr(text, "\"hue\":7}"));
    ck_assert_ptr_nonnull(strstr(text, "{\"seq\":1,"));
    ck_assert_int_eq(loom_shard_rows_text(rows, 2, &text, NULL), LOOM_OK);
    ck_assert_ptr_nonnull(strstr(text, "{\"seq\":2,"));
    tmpdir_write_text(REPORT("a"), "");
    ck_assert_int_eq(loom_shard_rows_text(rows, 1, &text, NULL), LOOM_ERR_IO);
}
END_TEST

START_TEST(what_an_attempt_tells)
{
    add_header(FIRST);
    add_row(0, OK(1));
    add_summary(1, "false", "false");
    save_as(REPORT("a"));
    add_header(LATER);
    add_summary(0, "true", "false");
    save_as(REPORT("b"));
    add_header(LATER);
    add_summary(0, "false", "true");
    save_as(REPORT("c"));
    add_header(LATER);
    save_as(REPORT("d"));
    read_rows();
    ck_assert_uint_eq(loom_shards_attempt_count(shards, 0), 4);
    ck_assert(attempt(0)->whole && !attempt(1)->whole && !attempt(2)->whole && !attempt(3)->whole);
    ck_assert(attempt(2)->summary != NULL && attempt(3)->summary == NULL);
    ck_assert_ptr_nonnull(strstr(attempt(0)->run, "\"job\":\"4711_0\""));
    ck_assert_str_eq(attempt(0)->job, "4711_0");
    ck_assert_int_eq(attempt(0)->started_ns, INT64_C(1795165200000000000));
    ck_assert_uint_eq(attempt(0)->rows, 1);
    ck_assert_ptr_null(attempt(0)->problem);
    read_rows(); /* the same again, and no more */
    ck_assert_uint_eq(attempt(0)->rows, 1);
}
END_TEST

/* ---- what is damaged, or foreign ----------------------------------------- */

START_TEST(torn_ends_are_forgiven)
{
    size_t size;
    add_header(FIRST);
    add_row(0, OK(1));
    add_row(1, OK(1));
    save_as(REPORT("a"));
    char *text = tmpdir_read(REPORT("a"), &size);
    const size_t header = (size_t)(strchr(text, '\n') - text) + 1;
    const size_t first = (size_t)(strchr(text + header, '\n') - text) + 1;
    for (size_t cut = 0; cut <= size; cut++) {
        tmpdir_write(REPORT("a"), text, cut);
        read_rows();
        /* A line counts when it is whole but for its end. */
        ck_assert_int_eq(row(0)->row != NULL, cut + 1 >= first);
        ck_assert_int_eq(row(1)->row != NULL, cut + 1 >= size);
        ck_assert_int_eq(attempt(0)->problem != NULL, cut + 1 < header);
    }
    free(text);
}
END_TEST

START_TEST(foreign_reports)
{
    add_header_of("00000000000000000000000000000000", 0, FIRST);
    add_row(0, OK(1));
    save_as(REPORT("id"));
    add_header_of(loom_shards_get_info(shards)->id, 1, FIRST);
    add_row(0, OK(1));
    save_as(REPORT("shard"));
    add_row(0, OK(1));
    save_as(REPORT("headless"));
    add_header(FIRST);
    add_header(LATER);
    add_row(0, OK(1));
    save_as(REPORT("two"));
    tmpdir_write_text(REPORT("text"), "no report\n");
    tmpdir_write_text(REPORT("empty"), "");
    tmpdir_mkdir(REPORT("folder"));
    tmpdir_write_text("run/reports/00001.a.ndjson", ""); /* the plan has no such shard */
    tmpdir_write_text("run/reports/0000.a.ndjson", "");  /* no name of a report, as those below */
    tmpdir_write_text("run/reports/000000.a.ndjson", "");
    tmpdir_write_text("run/reports/00000..ndjson", "");
    tmpdir_write_text("run/reports/00000.a.json", "");
    tmpdir_write_text("run/reports/notes.txt", "");
    read_rows();
    ck_assert_ptr_null(row(0)->row);
    ck_assert_uint_eq(loom_shards_attempt_count(shards, 0), 6);
    for (size_t i = 0; i < 6; i++)
        ck_assert_msg(attempt(i)->problem != NULL, "%s", attempt(i)->name);
}
END_TEST

START_TEST(rows_of_other_things)
{
    add_header(FIRST);
    loom_strbuf_add_str(&report, "{\"type\":\"image\",\"seq\":0,\"originalPath\":\"in/c.jpg\","
                                 "\"outputPath\":\"out/c.jpg\",\"status\":\"ok\"}\n"
                                 "{\"type\":\"image\",\"seq\":3,\"originalPath\":\"in/c.jpg\","
                                 "\"outputPath\":\"out/c.jpg\",\"status\":\"ok\"}\n"
                                 "{\"type\":\"image\",\"originalPath\":\"in/c.jpg\","
                                 "\"outputPath\":\"out/c.jpg\",\"status\":\"ok\"}\n"
                                 "{\"type\":\"image\",\"seq\":2,\"originalPath\":\"in/c.jpg\","
                                 "\"outputPath\":null,\"status\":\"ok\"}\n"
                                 "{\"type\":\"image\",\"seq\":2,\"originalPath\":\"in/c.jpg\","
                                 "\"outputPath\":\"out/c.jpg\",\"status\":\"fine\"}\n"
                                 "nonsense\n");
    add_row(2, OK(7));
    save_as(REPORT("a"));
    read_rows();
    ck_assert_ptr_null(row(0)->row);
    ck_assert_int_eq(row(2)->row->processed_size, 7);
    ck_assert_uint_eq(attempt(0)->rows, 1);
    ck_assert_uint_eq(attempt(0)->damaged, 6);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("shard rows");
    TCase *c = tcase_create("shard rows");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, none_yet);
    tcase_add_test(c, better_first_then_later);
    tcase_add_test(c, later_within_runs);
    tcase_add_test(c, sizes_that_differ);
    tcase_add_test(c, rows_are_kept_whole);
    tcase_add_test(c, what_an_attempt_tells);
    tcase_add_test(c, torn_ends_are_forgiven);
    tcase_add_test(c, foreign_reports);
    tcase_add_test(c, rows_of_other_things);
    suite_add_tcase(suite, c);
    return suite_run(suite);
}
