/* Reports that are cut, damaged, excessive or no reports: each error is told, and reading ends. */
#include "base/strbuf.h"
#include "support/reader_log.h"
#include "support/suite.h"
#include "support/tmpdir.h"
#include <imgloom/reader.h>
#include <string.h>

START_TEST(test_cut_anywhere)
{
    static const char *const whole[] = {DOC, RUNLINE LINE("a") LINE("b") SUMLINE("2")};

    for (size_t kind = 0; kind < 2; kind++) {
        char *text = strdup(whole[kind]);
        for (size_t size = strlen(text) - (kind == 1 ? 2 : 1); size > 0; size--) {
            text[size] = '\0';
            const char *said = reader_log(text);
            ck_assert_msg(strstr(said, "sum") == NULL && strstr(said, "end") != NULL, "%s: %s",
                          text, said);
            const char *last = strrchr(text, '\n');
            const bool between = kind == 1 && last != NULL && (last[1] == '\0');
            const bool complete = kind == 1 && text[size - 1] == '}';
            ck_assert_msg((strstr(said, "!truncated") != NULL) == !(between || complete), "%s: %s",
                          text, said);
        }
        free(text);
    }
    ck_assert_str_eq(reader_log(RUNLINE LINE("a") "{\"type\":\"ima"),
                     "run a:2 !truncated:3 open end");
    ck_assert_str_eq(reader_log(RUNLINE LINE("a")), "run a:2 open end");
    ck_assert_str_eq(reader_log(RUNLINE LINE("a") RUNLINE), "run a:2 open run open end");
    ck_assert_str_eq(reader_log(""), "!empty:1 end");
    ck_assert_str_eq(reader_log(" \n"), "!empty:2 end");
}
END_TEST

START_TEST(test_damage)
{
    /* A damaged row is one error, and the others are read. */
    ck_assert_str_eq(
        reader_log_said(RUNLINE "nonsense\n" LINE("b") SUMLINE("2")),
        "run !corrupt:2(it is not JSON: '[' or '{' expected near 'nonsense') b:3 sum end");
    ck_assert_str_eq(reader_log("{" RUN ",\"results\":[" ROW("a") ",\n{\"x\" 1},\n" ROW(
                         "c") "],\"summary\":" SUM("3") "}"),
                     "run a:1 !corrupt:2 c:3 sum end");
    ck_assert_str_eq(
        reader_log("{" RUN ",\"results\":[" ROW("a") "\n" ROW("c") "],\"summary\":{}}"),
        "run a:1 !corrupt:2 open end");
    ck_assert_str_eq(reader_log("{" RUN ",\"results\":[" ROW("a") ",\n],\"summary\":{}}"),
                     "run a:1 !corrupt:2 open end");
    ck_assert_str_eq(reader_log("{" RUN ",\"results\":[]}"), "run !corrupt:1 open end");
    ck_assert_str_eq(reader_log(DOC "x"), "run a:1 b:2 sum !corrupt:2 end");
    /* Rows that are missing are missed. */
    ck_assert_str_eq(reader_log_said(RUNLINE LINE("a") SUMLINE("2")),
                     "run a:2 !corrupt:3(the summary counts 2 rows, but the report has 1) sum end");
    /* So is the run's line; the rows are read all the same. */
    ck_assert_str_eq(reader_log(LINE("a") LINE("b") SUMLINE("2")),
                     "!corrupt:1 run a:1 b:2 sum end");
    ck_assert_str_eq(reader_log_said(RUNLINE "{}\n" SUMLINE("0")),
                     "run !corrupt:2(a line without a type) sum end");
}
END_TEST

START_TEST(test_nul)
{
    /* Behind a number, where jansson would pass over it. */
    static const char text[] = RUNLINE "{\"type\":\"image\",\"seq\":8\0,\"originalPath\":\"a\"}\n";

    tmpdir_write("r", text, sizeof text - 1);
    ck_assert_str_eq(reader_log_file("r", true),
                     "run !corrupt:2(it is not JSON: it holds a NUL byte) open end");
}
END_TEST

START_TEST(test_not_a_report)
{
    ck_assert_str_eq(reader_log("hello"), "!unsupported:1 end");
    ck_assert_str_eq(reader_log("[1]"), "!unsupported:1 end");
    ck_assert_str_eq(reader_log("{}"), "!unsupported:1 end");
    ck_assert_str_eq(reader_log("{\"a\":1}"), "!unsupported:1 end");
    ck_assert_str_eq(reader_log("{a}"), "!corrupt:1 end");
    ck_assert_str_eq(reader_log("{\"results\":[]}"), "!unsupported:1 end");
    ck_assert_str_eq(reader_log_said("{\"schemaVersion\":2,\"results\":[" ROW("a") "]}"),
                     "!unsupported:1(it is of schemaVersion 2; this imgloom reads 1) end");
    ck_assert_str_eq(reader_log("{\"type\":\"run\",\"schemaVersion\":\"1\"}\n" LINE("a")),
                     "!unsupported:1 end");
}
END_TEST

START_TEST(test_wrong_fields)
{
    static const struct {
        const char *row, *message;
    } cases[] = {
        {"\"status\":\"ok\"", "the field 'originalPath' is missing"},
        {"\"originalPath\":\"a\"", "the field 'status' is missing"},
        {"\"originalPath\":\"a\",\"status\":\"fine\"", "'fine' is not a status"},
        {"\"originalPath\":\"a\",\"status\":\"error\",\"errorCode\":\"bad\"",
         "'bad' is not an errorCode"},
        {"\"originalPath\":\"a\",\"status\":\"error\",\"errorCode\":\"io\",\"errorStage\":\"x\"",
         "'x' is not an errorStage"},
        {"\"originalPath\":\"a\",\"status\":\"error\"",
         "the fields 'status' and 'errorCode' contradict each other"},
        {"\"originalPath\":7,\"status\":\"ok\"", "the field 'originalPath' is not a string"},
        {"\"originalPath\":\"a\",\"status\":\"ok\",\"originalSize\":-1",
         "the field 'originalSize' is not a whole number, 0 or more"},
        {"\"originalPath\":\"a\",\"status\":\"ok\",\"originalSize\":1.5",
         "the field 'originalSize' is not a whole number, 0 or more"},
        {"\"originalPath\":\"a\",\"status\":\"ok\",\"elapsedMs\":1e300",
         "the field 'elapsedMs' is not a time in milliseconds"},
        {"\"originalPath\":\"a\",\"status\":\"ok\",\"cropped\":1.5",
         "the field 'cropped' is not a number from 0 to 1"},
        {"\"originalPath\":\"a\",\"status\":\"ok\",\"cropped\":\"x\"",
         "the field 'cropped' is not a number from 0 to 1"},
        {"\"originalPath\":\"a\",\"status\":\"ok\",\"warnings\":[1]",
         "the field 'warnings' contains a value that is not a string"},
        {"\"originalPath\":\"a\",\"status\":\"ok\",\"originalPathBase64\":\"AA==\"",
         "the field 'originalPathBase64' is not a string in base64"},
        {"\"originalPath\":\"a\",\"status\":\"ok\",\"run\":0",
         "the field 'run' is beyond the report's 'runs'"},
        {"\"originalPath\":\"a\",\"status\":\"ok\",\"status\":\"ok\"", "a field is given twice"},
        {"\"originalPath\":\"a\",\"status\":\"ok\",\"width\":99999999999999999999",
         "it is not JSON: too big integer"},
        {"\"originalPath\":\"a\\u0000b\",\"status\":\"ok\"", "a text holds the character U+0000"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        loom_strbuf text = LOOM_STRBUF_INIT;
        loom_strbuf_add_format(&text, RUNLINE "{\"type\":\"image\",%s}\n" SUMLINE("1"),
                               cases[i].row);
        const char *said = reader_log_said(loom_strbuf_str(&text));
        ck_assert_msg(strstr(said, cases[i].message) != NULL, "%s: %s", cases[i].message, said);
        ck_assert_msg(strncmp(said, "run !corrupt:2(", 15) == 0, "%s", said);
        ck_assert_msg(strstr(said, ") sum end") != NULL, "%s", said);
        loom_strbuf_release(&text);
    }
}
END_TEST

/* Values that never end, and huge ones in records that are known. */
START_TEST(test_excess)
{
    const size_t deep = 100000, huge = LOOM_RECORD_SIZE_MAX + 1;
    char *block = calloc(1, huge);
    loom_strbuf text = LOOM_STRBUF_INIT;

    loom_strbuf_add_str(&text, "{" RUN ",\"results\":[" ROW("a") ",");
    for (size_t i = 0; i < deep; i++)
        loom_strbuf_add_char(&text, '[');
    ck_assert_str_eq(reader_log(loom_strbuf_str(&text)), "run a:1 !truncated:1 open end");
    loom_strbuf_clear(&text);
    loom_strbuf_add_str(&text, RUNLINE "{\"type\":\"image\",\"originalPath\":\"");
    memset(block, 'x', huge);
    loom_strbuf_add(&text, block, huge);
    free(block);
    loom_strbuf_add_str(&text, "\"}\n" LINE("b") SUMLINE("2"));
    ck_assert_str_eq(reader_log(loom_strbuf_str(&text)), "run !too-large:2 b:3 sum end");
    /* Of many members none of which is too large, and none known. */
    loom_strbuf_clear(&text);
    loom_strbuf_add_char(&text, '{');
    for (int i = 0; text.size <= huge; i++)
        loom_strbuf_add_format(&text, "\"m%d\":\"%01000d\",", i, 0);
    loom_strbuf_add_str(&text, RUN ",\"results\":[" ROW("a") "],\"summary\":" SUM("1") "}");
    const char *said = reader_log(loom_strbuf_str(&text));
    ck_assert_msg(strstr(said, " run a:1 sum end") != NULL, "%s", said);
    loom_strbuf_release(&text);
}
END_TEST

/* Whatever is changed, reading comes to an end, and rows are those that were there. */
START_TEST(test_mutations)
{
    static const char *const whole[] = {DOC, RUNLINE LINE("a") LINE("b") SUMLINE("2")};
    static const char bytes[] = "{}[]\",:\\ \n0a\x01\xFF";
    const unsigned rounds = suite_long() ? 20000 : 600;
    unsigned seed = 1;

    for (unsigned round = 0; round < rounds; round++) {
        const char *from = whole[round % 2];
        const size_t size = strlen(from);
        char *text = strdup(from);
        for (unsigned n = 0; n <= round % 3; n++) {
            seed = seed * 1103515245u + 12345u;
            text[(seed >> 8) % size] = bytes[(seed >> 3) % (sizeof bytes - 1)];
        }
        const char *said = reader_log(text);
        ck_assert_msg(strcmp(said + strlen(said) - 3, "end") == 0, "%s: %s", text, said);
        free(text);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("reader_damage");
    TCase *tests = tcase_create("reader_damage");

    tcase_add_checked_fixture(tests, reader_setup, reader_teardown);
    tcase_set_timeout(tests, 240);
    tcase_add_test(tests, test_cut_anywhere);
    tcase_add_test(tests, test_damage);
    tcase_add_test(tests, test_nul);
    tcase_add_test(tests, test_not_a_report);
    tcase_add_test(tests, test_wrong_fields);
    tcase_add_test(tests, test_excess);
    tcase_add_test(tests, test_mutations);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
