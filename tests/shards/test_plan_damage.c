/* Plan folders that are damaged, or of somebody else: each is refused, with its reason. */
#include "support/shards_run.h"

#include "shards/folder.h"
#include "support/suite.h"
#include "support/tmpdir.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void setup(void)
{
    plan_setup();
    tmpdir_touch("in/a.jpg");
    tmpdir_touch("in/b.jpg");
    tmpdir_touch("in/c.jpg");
    scan_add("in");
    plan_options.output_root = "out";
}

/* ---- plan.json ----------------------------------------------------------- */

START_TEST(no_plan)
{
    shards_assert_refused(LOOM_ERR_NOT_FOUND, "no such folder");
    tmpdir_mkdir("run");
    shards_assert_refused(LOOM_ERR_NOT_FOUND, "no plan folder");
    tmpdir_mkdir("run/shards");
    shards_assert_refused(LOOM_ERR_NOT_FOUND, "never finished");
    tmpdir_write_text("run/plan.json", "");
    shards_assert_refused(LOOM_ERR_CORRUPT, "not JSON");
    tmpdir_write_text("run/plan.json", "[1]");
    shards_assert_refused(LOOM_ERR_CORRUPT, "not a JSON object");
    tmpdir_write("run/plan.json", "{\"a\":1\0}", 8);
    shards_assert_refused(LOOM_ERR_CORRUPT, "NUL");
}
END_TEST

START_TEST(wrong_members)
{
    static const struct {
        const char *member, *value;
        loom_status code;
        const char *words;
    } cases[] = {
        {"type", "\"run\"", LOOM_ERR_CORRUPT, "not a plan"},
        {"type", NULL, LOOM_ERR_CORRUPT, "not a plan"},
        {"schemaVersion", "2", LOOM_ERR_UNSUPPORTED, "is 2, not 1"},
        {"schemaVersion", "\"1\"", LOOM_ERR_CORRUPT, "schemaVersion"},
        {"id", "\"0123\"", LOOM_ERR_CORRUPT, "32 hex digits"},
        {"id", "\"0123456789ABCDEF0123456789ABCDEF\"", LOOM_ERR_CORRUPT, "32 hex digits"},
        {"id", "7", LOOM_ERR_CORRUPT, "'id' is not a string"},
        {"id", NULL, LOOM_ERR_CORRUPT, "'id' is missing"},
        {"tool", "{\"name\":\"imgloom\"}", LOOM_ERR_CORRUPT, "tool has no version"},
        {"tool", "null", LOOM_ERR_CORRUPT, "'tool' is missing"},
        {"recipe", "{\"shear\":3}", LOOM_ERR_UNSUPPORTED, "the recipe cannot be used"},
        {"recipe", "{\"quality\":300}", LOOM_ERR_UNSUPPORTED, "the recipe cannot be used"},
        {"recipe", "[]", LOOM_ERR_CORRUPT, "'recipe' is not an object"},
        {"judge", "{\"hue\":3}", LOOM_ERR_UNSUPPORTED, "'hue', or its value"},
        {"judge", "{\"failOn\":\"hope\"}", LOOM_ERR_UNSUPPORTED, "'failOn', or its value"},
        {"judge", "{\"maxPixels\":-1}", LOOM_ERR_UNSUPPORTED, "'maxPixels', or its value"},
        {"judge", "{\"allowUntrusted\":1}", LOOM_ERR_UNSUPPORTED, "'allowUntrusted', or its value"},
        {"judge", "{\"lane\":null}", LOOM_ERR_UNSUPPORTED, "'lane', or its value"},
        {"judge", NULL, LOOM_ERR_CORRUPT, "'judge' is missing"},
        {"workingDirectory", "\"photos\"", LOOM_ERR_CORRUPT, "not an absolute path"},
        {"workingDirectory", NULL, LOOM_ERR_CORRUPT, "'workingDirectory' is missing"},
        {"createdAt", "\"yesterday\"", LOOM_ERR_CORRUPT, "'createdAt' is not a time"},
        {"items", "-3", LOOM_ERR_CORRUPT, "'items' is not a whole number"},
        {"items", "4", LOOM_ERR_CORRUPT, "do not add up"},
        {"bytes", "4", LOOM_ERR_CORRUPT, "do not add up"},
        {"failed", NULL, LOOM_ERR_CORRUPT, "'failed' is missing"},
        {"shards", "[]", LOOM_ERR_CORRUPT, "number of shards"},
        {"shards", "[1]", LOOM_ERR_CORRUPT, "table of shards is damaged"},
        {"shards", "[{\"items\":3,\"bytes\":3,\"sha256\":\"12\"}]", LOOM_ERR_CORRUPT, "damaged"},
        {"shards", NULL, LOOM_ERR_CORRUPT, "'shards' is missing"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        shards_write(1);
        shards_change(cases[i].member, cases[i].value);
        shards_assert_refused(cases[i].code, cases[i].words);
    }
    shards_write(1);
    shards_change("hue", "{\"later\":true}"); /* a later version may add fields */
    shards_change("outputRoot", NULL);
    loom_shards *open = shards_open();
    ck_assert_ptr_null(loom_shards_get_info(open)->output_root);
    loom_shards_free(open);
}
END_TEST

/* Wherever it was cut, it is no plan; the last byte is the end of the line. */
START_TEST(cut_plans)
{
    size_t size;
    shards_write(2);
    char *text = tmpdir_read("run/plan.json", &size);
    for (size_t cut = 0; cut + 1 < size; cut += 1 + cut % 7) {
        tmpdir_write("run/plan.json", text, cut);
        shards_assert_refused(LOOM_ERR_CORRUPT, "");
    }
    free(text);
}
END_TEST

/* ---- lists --------------------------------------------------------------- */

static void assert_list(loom_status code, const char *words)
{
    loom_error error = LOOM_ERROR_INIT;
    loom_shards *open = shards_open();
    loom_shard_list *list = NULL;

    ck_assert_int_eq(loom_shard_list_read(&list, open, 0, &error), code);
    ck_assert_ptr_null(list);
    ck_assert_msg(strstr(error.message, words) != NULL, "%s", error.message);
    loom_shards_free(open);
}

START_TEST(damaged_lists)
{
    size_t size;
    shards_write(1);
    char *text = tmpdir_read("run/shards/00000.ndjson", &size);
    for (size_t i = 0; i < size; i += 5) {
        tmpdir_write("run/shards/00000.ndjson", text, i);
        assert_list(LOOM_ERR_CORRUPT, "SHA-256");
        text[i] ^= 1;
        tmpdir_write("run/shards/00000.ndjson", text, size);
        assert_list(LOOM_ERR_CORRUPT, "SHA-256");
        text[i] ^= 1;
    }
    ck_assert_int_eq(unlink("run/shards/00000.ndjson"), 0);
    assert_list(LOOM_ERR_NOT_FOUND, "the list of shard 0");
    free(text);
}
END_TEST

/* Puts the list in place of the one that was planned, with its sum. */
static void replace_list(const char *text, unsigned items)
{
    char hex[LOOM_SHA256_SIZE + 1], table[256];
    SHA2_CTX sum;

    SHA256Init(&sum);
    SHA256Update(&sum, (const uint8_t *)text, strlen(text));
    loom_sha256_end(&sum, hex);
    tmpdir_write_text("run/shards/00000.ndjson", text);
    (void)snprintf(table, sizeof table, "[{\"items\":%u,\"bytes\":3,\"sha256\":\"%s\"}]", items,
                   hex);
    shards_change("shards", table);
}

#define PATHS "\"originalPath\":\"a\",\"outputPath\":\"out/a\""

START_TEST(lines_that_are_no_items)
{
    static const struct {
        const char *line, *words;
    } cases[] = {
        {"{\"item\":0,\"originalPath\":\"a\"", "not JSON"},
        {"", "not JSON"},
        {"7", "not JSON"},
        {"[]", "not a JSON object"},
        {"{" PATHS ",\"outputIndex\":0,\"format\":\"jpeg\",\"bytes\":1}", "is missing"},
        {"{\"item\":0,\"originalPath\":\"\",\"outputPath\":\"out/a\",\"outputIndex\":0,"
         "\"format\":\"jpeg\",\"bytes\":1}",
         "is missing"},
        {"{\"item\":3," PATHS ",\"outputIndex\":0,\"format\":\"jpeg\",\"bytes\":1}",
         "out of order"},
        {"{\"item\":-1," PATHS ",\"outputIndex\":0,\"format\":\"jpeg\",\"bytes\":1}",
         "'item' is not a whole number"},
        {"{\"item\":0," PATHS ",\"outputIndex\":1,\"format\":\"jpeg\",\"bytes\":1}",
         "no such output"},
        {"{\"item\":0," PATHS ",\"outputIndex\":0,\"format\":\"rpeg\",\"bytes\":1}", "'rpeg'"},
        {"{\"item\":0," PATHS ",\"outputIndex\":0,\"format\":null,\"bytes\":1}", "is missing"},
        {"{\"item\":0,\"originalPath\":\"a\",\"outputPath\":null,\"outputIndex\":0,"
         "\"format\":\"jpeg\",\"bytes\":1}",
         "is missing"},
        {"{\"item\":0," PATHS ",\"outputIndex\":0,\"format\":\"jpeg\",\"bytes\":1,"
         "\"errorCode\":\"io\"}",
         "contradict"},
        {"{\"item\":0," PATHS ",\"outputIndex\":0,\"format\":\"jpeg\",\"bytes\":1,"
         "\"error\":\"no\"}",
         "contradict"},
        {"{\"item\":0,\"item\":1," PATHS ",\"outputIndex\":0,\"format\":\"jpeg\",\"bytes\":1}",
         "not JSON"},
    };
    char text[512];

    shards_write(1);
    for (size_t i = 0; i < COUNT(cases); i++) {
        (void)snprintf(text, sizeof text, "%s\n", cases[i].line);
        replace_list(text, 3);
        assert_list(LOOM_ERR_CORRUPT, cases[i].words);
    }
}
END_TEST

START_TEST(lists_that_do_not_fit)
{
    static const char good[] =
        "{\"item\":0," PATHS ",\"outputIndex\":0,\"format\":\"jpeg\",\"bytes\":1}\n";
    char text[1024];

    shards_write(1);
    (void)snprintf(text, sizeof text, "%s%s", good, good);
    replace_list(text, 3);
    assert_list(LOOM_ERR_CORRUPT, "line 2: the item is out of order");
    replace_list(good, 3);
    assert_list(LOOM_ERR_CORRUPT, "as many items");
    (void)snprintf(text, sizeof text, "%.*s", (int)sizeof good - 2, good);
    replace_list(text, 3);
    assert_list(LOOM_ERR_CORRUPT, "no end");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("plan damage");
    TCase *c = tcase_create("plan damage");
    tcase_add_checked_fixture(c, setup, plan_teardown);
    tcase_add_test(c, no_plan);
    tcase_add_test(c, wrong_members);
    tcase_add_test(c, cut_plans);
    tcase_add_test(c, damaged_lists);
    tcase_add_test(c, lines_that_are_no_items);
    tcase_add_test(c, lists_that_do_not_fit);
    suite_add_tcase(suite, c);
    return suite_run(suite);
}
