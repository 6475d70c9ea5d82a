#include "base/strbuf.h"
#include "support/suite.h"
#include "support/tmpdir.h"
#include <fcntl.h>
#include <imgloom/reader.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define RUN                                                                                        \
    "\"schemaVersion\":1,\"startedAt\":\"1970-01-01T00:00:02.500Z\",\"workingDirectory\":\"/w\""
#define ROW(p)     "{\"originalPath\":\"" p "\",\"outputPath\":null,\"status\":\"ok\"}"
#define LINE(p)    "{\"type\":\"image\",\"originalPath\":\"" p "\",\"status\":\"ok\"}\n"
#define SUM(n)     "{\"rows\":" n "}"
#define DOC        "{" RUN ",\"results\":[" ROW("a") ",\n" ROW("b") "],\"summary\":" SUM("2") "}"
#define RUNLINE    "{\"type\":\"run\"," RUN "}\n"
#define SUMLINE(n) "{\"type\":\"summary\",\"rows\":" n "}\n"

static loom_strbuf log_text;

static void setup(void)
{
    tmpdir_enter();
    log_text = (loom_strbuf)LOOM_STRBUF_INIT;
}

static void teardown(void)
{
    loom_strbuf_release(&log_text);
    tmpdir_leave();
}

static void on_notice(void *user, uint64_t line, const char *message)
{
    (void)user;
    loom_strbuf_add_format(&log_text, "?%d(%s) ", (int)line, message);
}

static void log_record(const loom_record *record)
{
    switch (record->kind) {
    case LOOM_RECORD_RUN:
        loom_strbuf_add_format(&log_text, "run ");
        break;
    case LOOM_RECORD_ROW:
        loom_strbuf_add_format(&log_text, "%s:%d ", record->row->original_path, (int)record->line);
        break;
    case LOOM_RECORD_SUMMARY:
        loom_strbuf_add_format(&log_text, record->text != NULL ? "sum " : "open ");
        break;
    case LOOM_RECORD_END:
        loom_strbuf_add_format(&log_text, "end");
        break;
    }
}

/* What the reader makes of a file: its records, and errors as !code:line(message). */
static const char *read_file(const char *path, bool messages)
{
    loom_reader *reader = NULL;
    loom_record record = {.kind = LOOM_RECORD_RUN};
    loom_error err = LOOM_ERROR_INIT;

    loom_strbuf_clear(&log_text);
    ck_assert_msg(loom_reader_open(&reader, path, false, on_notice, NULL, &err) == LOOM_OK, "%s",
                  err.message);
    do {
        loom_error_clear(&err);
        if (loom_reader_next(reader, &record, &err) == LOOM_OK) {
            log_record(&record);
        } else {
            ck_assert_int_ne(err.code, LOOM_OK);
            loom_strbuf_add_format(&log_text, "!%s:%d", loom_status_name(err.code),
                                   (int)loom_reader_line(reader));
            loom_strbuf_add_format(&log_text, messages ? "(%s) " : " ", err.message);
        }
    } while (err.code != LOOM_OK || record.kind != LOOM_RECORD_END);
    loom_reader_close(reader);
    return loom_strbuf_str(&log_text);
}

static const char *read_text(const char *text)
{
    tmpdir_write_text("r", text);
    return read_file("r", false);
}

static const char *read_said(const char *text)
{
    tmpdir_write_text("r", text);
    return read_file("r", true);
}

START_TEST(test_whole)
{
    ck_assert_str_eq(read_text(DOC), "run a:1 b:2 sum end");
    ck_assert_str_eq(read_text(DOC DOC), "run a:1 b:2 sum run a:2 b:3 sum end");
    ck_assert_str_eq(read_text("{" RUN ",\"results\":[],\"summary\":" SUM("0") "}\n"),
                     "run sum end");
    ck_assert_str_eq(read_text(RUNLINE LINE("a") LINE("b") SUMLINE("2")), "run a:2 b:3 sum end");
    ck_assert_str_eq(read_text(RUNLINE LINE("a") SUMLINE("1") RUNLINE "\r\n\n" SUMLINE("0")),
                     "run a:2 sum run sum end");
    /* As other programs write it: a mark in front, white space, members sorted. */
    ck_assert_str_eq(read_text("\xEF\xBB\xBF\n" DOC), "run a:2 b:3 sum end");
    ck_assert_str_eq(read_text("{ \"results\" :\n [ " ROW("a") "\n,\n" ROW(
                         "b") "\n] , " RUN "\n, \"summary\" : " SUM("2") " } "),
                     "run a:2 b:4 sum end");
}
END_TEST

START_TEST(test_cut_anywhere)
{
    static const char *const whole[] = {DOC, RUNLINE LINE("a") LINE("b") SUMLINE("2")};

    for (size_t kind = 0; kind < 2; kind++) {
        char *text = strdup(whole[kind]);
        for (size_t size = strlen(text) - (kind == 1 ? 2 : 1); size > 0; size--) {
            text[size] = '\0';
            const char *said = read_text(text);
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
    ck_assert_str_eq(read_text(RUNLINE LINE("a") "{\"type\":\"ima"),
                     "run a:2 !truncated:3 open end");
    ck_assert_str_eq(read_text(RUNLINE LINE("a")), "run a:2 open end");
    ck_assert_str_eq(read_text(RUNLINE LINE("a") RUNLINE), "run a:2 open run open end");
    ck_assert_str_eq(read_text(""), "!empty:1 end");
    ck_assert_str_eq(read_text(" \n"), "!empty:2 end");
}
END_TEST

START_TEST(test_damage)
{
    /* A damaged row is one error, and the others are read. */
    ck_assert_str_eq(
        read_said(RUNLINE "nonsense\n" LINE("b") SUMLINE("2")),
        "run !corrupt:2(it is not JSON: '[' or '{' expected near 'nonsense') b:3 sum end");
    ck_assert_str_eq(read_text("{" RUN ",\"results\":[" ROW("a") ",\n{\"x\" 1},\n" ROW(
                         "c") "],\"summary\":" SUM("3") "}"),
                     "run a:1 !corrupt:2 c:3 sum end");
    ck_assert_str_eq(read_text("{" RUN ",\"results\":[" ROW("a") "\n" ROW("c") "],\"summary\":{}}"),
                     "run a:1 !corrupt:2 open end");
    ck_assert_str_eq(read_text("{" RUN ",\"results\":[" ROW("a") ",\n],\"summary\":{}}"),
                     "run a:1 !corrupt:2 open end");
    ck_assert_str_eq(read_text("{" RUN ",\"results\":[]}"), "run !corrupt:1 open end");
    ck_assert_str_eq(read_text(DOC "x"), "run a:1 b:2 sum !corrupt:2 end");
    /* Rows that are missing are missed. */
    ck_assert_str_eq(read_said(RUNLINE LINE("a") SUMLINE("2")),
                     "run a:2 !corrupt:3(the summary tells of 2 rows, the report holds 1) sum end");
    /* So is the run's line; the rows are read all the same. */
    ck_assert_str_eq(read_text(LINE("a") LINE("b") SUMLINE("2")), "!corrupt:1 run a:1 b:2 sum end");
    ck_assert_str_eq(read_said(RUNLINE "{}\n{\"type\":\"x\"}\n" SUMLINE("0")),
                     "run !corrupt:2(a line without a type) !corrupt:3(a line of no known type) "
                     "sum end");
}
END_TEST

START_TEST(test_nul)
{
    /* Behind a number, where jansson would pass over it. */
    static const char text[] = RUNLINE "{\"type\":\"image\",\"seq\":8\0,\"originalPath\":\"a\"}\n";

    tmpdir_write("r", text, sizeof text - 1);
    ck_assert_str_eq(read_file("r", true),
                     "run !corrupt:2(it is not JSON: it holds a NUL byte) open end");
}
END_TEST

START_TEST(test_not_a_report)
{
    ck_assert_str_eq(read_text("hello"), "!unsupported:1 end");
    ck_assert_str_eq(read_text("[1]"), "!unsupported:1 end");
    ck_assert_str_eq(read_text("{}"), "!unsupported:1 end");
    ck_assert_str_eq(read_text("{\"a\":1}"), "!unsupported:1 end");
    ck_assert_str_eq(read_text("{a}"), "!corrupt:1 end");
    ck_assert_str_eq(read_text("{\"results\":[]}"), "!unsupported:1 end");
    ck_assert_str_eq(read_said("{\"schemaVersion\":2,\"results\":[" ROW("a") "]}"),
                     "!unsupported:1(it is of schemaVersion 2, and this imgloom reads 1) end");
    ck_assert_str_eq(read_text("{\"type\":\"run\",\"schemaVersion\":\"1\"}\n" LINE("a")),
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
        {"\"originalPath\":\"a\",\"status\":\"ok\",\"warnings\":[1]",
         "the field 'warnings' holds what is not a string"},
        {"\"originalPath\":\"a\",\"status\":\"ok\",\"originalPathBase64\":\"AA==\"",
         "the field 'originalPathBase64' is not a string in base64"},
        {"\"originalPath\":\"a\",\"status\":\"ok\",\"run\":0",
         "the field 'run' is beyond the report's 'runs'"},
        {"\"originalPath\":\"a\",\"status\":\"ok\",\"status\":\"ok\"", "a field is given twice"},
        {"\"originalPath\":\"a\",\"status\":\"ok\",\"width\":99999999999999999999",
         "it is not JSON: too big integer"},
        {"\"originalPath\":\"a\\u0000b\",\"status\":\"ok\"", "it is not JSON: \\u0000"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        loom_strbuf text = LOOM_STRBUF_INIT;
        loom_strbuf_add_format(&text, RUNLINE "{\"type\":\"image\",%s}\n" SUMLINE("1"),
                               cases[i].row);
        const char *said = read_said(loom_strbuf_str(&text));
        ck_assert_msg(strstr(said, cases[i].message) != NULL, "%s: %s", cases[i].message, said);
        ck_assert_msg(strncmp(said, "run !corrupt:2(", 15) == 0, "%s", said);
        ck_assert_msg(strstr(said, ") sum end") != NULL, "%s", said);
        loom_strbuf_release(&text);
    }
}
END_TEST

START_TEST(test_unknown_fields)
{
    ck_assert_str_eq(
        read_text("{" RUN ",\"new\":{},\"results\":[{\"hue\":1,\"originalPath\":\"a\",\"status\":"
                  "\"ok\"},{\"hue\":1,\"originalPath\":\"b\",\"status\":\"ok\"}],\"summary\":"
                  "{\"rows\":2}}"),
        "?1(the field 'new' is not known; it is passed over) run "
        "?1(the field 'hue' is not known; it is passed over) a:1 b:1 sum end");
}
END_TEST

/* Deep and huge values are refused, whatever they are in. */
START_TEST(test_excess)
{
    const size_t deep = 100000, huge = LOOM_MAX_RECORD_SIZE + 1;
    char *block = calloc(1, huge);
    loom_strbuf text = LOOM_STRBUF_INIT;

    loom_strbuf_add_str(&text, "{" RUN ",\"results\":[" ROW("a") ",");
    for (size_t i = 0; i < deep; i++)
        loom_strbuf_add_char(&text, '[');
    ck_assert_str_eq(read_text(loom_strbuf_str(&text)), "run a:1 !too-large:1 open end");
    loom_strbuf_clear(&text);
    loom_strbuf_add_str(&text, RUNLINE "{\"type\":\"image\",\"originalPath\":\"");
    memset(block, 'x', huge);
    loom_strbuf_add(&text, block, huge);
    free(block);
    loom_strbuf_add_str(&text, "\"}\n" LINE("b") SUMLINE("2"));
    ck_assert_str_eq(read_text(loom_strbuf_str(&text)), "run !too-large:2 b:3 sum end");
    /* Of many members none of which is too large. */
    loom_strbuf_clear(&text);
    loom_strbuf_add_char(&text, '{');
    for (int i = 0; text.size <= huge; i++)
        loom_strbuf_add_format(&text, "\"m%d\":\"%01000d\",", i, 0);
    loom_strbuf_add_str(&text, RUN ",\"results\":[" ROW("a") "],\"summary\":" SUM("1") "}");
    ck_assert_str_eq(read_text(loom_strbuf_str(&text)), "!too-large:1 end");
    loom_strbuf_release(&text);
}
END_TEST

/* The run that a record belongs to is the one that began before it. */
START_TEST(test_run_of_each_record)
{
    static const char second[] = "{\"type\":\"run\",\"schemaVersion\":1,"
                                 "\"startedAt\":\"1970-01-01T00:00:09Z\"}\n";
    static const int64_t started_ms[] = {2500, 2500, 2500, 9000, 9000, 9000};
    loom_reader *reader = NULL;
    loom_record record;
    loom_error err = LOOM_ERROR_INIT;
    loom_strbuf text = LOOM_STRBUF_INIT;

    loom_strbuf_add_format(&text, "%s%s%s", RUNLINE LINE("a"), second, LINE("b"));
    tmpdir_write_text("r", loom_strbuf_str(&text));
    loom_strbuf_release(&text);
    ck_assert_int_eq(loom_reader_open(&reader, "r", false, NULL, NULL, &err), LOOM_OK);
    for (size_t i = 0; i < sizeof started_ms / sizeof *started_ms; i++) {
        ck_assert_msg(loom_reader_next(reader, &record, &err) == LOOM_OK, "%s", err.message);
        ck_assert_int_eq(record.run->started_ns / 1000000, started_ms[i]);
    }
    ck_assert_int_eq(record.kind, LOOM_RECORD_SUMMARY);
    loom_reader_close(reader);
}
END_TEST

START_TEST(test_row)
{
    static const char text[] =
        RUNLINE "{\"seq\":17,\"type\":\"image\",\"originalPath\":\"p\xEF\xBF\xBD.jpg\","
                "\"originalPathBase64\":\"cP8uanBn\",\"outputPath\":\"out/a.jpg\",\"success\":"
                "false,\"status\":\"error\",\"error\":\"no\",\"errorCode\":\"io\",\"errorStage\":"
                "\"open\",\"skipReason\":null,\"warnings\":[\"x\",\"y\"],\"originalSize\":1834021,"
                "\"processedSize\":null,\"originalFormat\":\"jpeg\",\"originalWidth\":4032,"
                "\"originalHeight\":3024,\"orientation\":6,\"format\":\"webp\",\"width\":600,"
                "\"height\":800,\"channels\":3,\"quality\":80,\"lane\":\"vips\",\"worker\":2,"
                "\"startMs\":1042.120,\"queueMs\":12.031,\"elapsedMs\":31.377}\n";
    loom_reader *reader = NULL;
    loom_record record;
    loom_error err = LOOM_ERROR_INIT;
    const char *again;

    tmpdir_write_text("r", text);
    ck_assert_int_eq(loom_reader_open(&reader, "r", true, NULL, NULL, &err), LOOM_OK);
    ck_assert_int_eq(loom_reader_next(reader, &record, &err), LOOM_OK);
    ck_assert_str_eq(record.run->folder, "/w");
    ck_assert_int_eq(record.run->started_ns, 2500000000);
    ck_assert_str_eq(record.text, "{" RUN "}");
    ck_assert_int_eq(loom_reader_next(reader, &record, &err), LOOM_OK);
    const loom_row *row = record.row;
    ck_assert_int_eq(row->seq, 17);
    ck_assert_str_eq(row->original_path, "p\xFF.jpg");
    ck_assert_str_eq(row->output_path, "out/a.jpg");
    ck_assert_str_eq(row->folder, "/w");
    ck_assert_int_eq(row->started_ns, 2500000000);
    ck_assert_int_eq(row->result, LOOM_RESULT_ERROR);
    ck_assert_int_eq(row->code, LOOM_ERR_IO);
    ck_assert_int_eq(row->stage, LOOM_STAGE_OPEN);
    ck_assert_str_eq(row->error, "no");
    ck_assert_ptr_null(row->skip_reason);
    ck_assert_uint_eq(row->warning_count, 2);
    ck_assert_str_eq(row->warnings[1], "y");
    ck_assert_int_eq(row->original_size, 1834021);
    ck_assert_int_eq(row->processed_size, -1);
    ck_assert_str_eq(row->original_format, "jpeg");
    ck_assert_str_eq(row->format, "webp");
    ck_assert_int_eq(row->original_width, 4032);
    ck_assert_int_eq(row->original_height, 3024);
    ck_assert_int_eq(row->orientation, 6);
    ck_assert_int_eq(row->width, 600);
    ck_assert_int_eq(row->height, 800);
    ck_assert_int_eq(row->channels, 3);
    ck_assert_int_eq(row->quality, 80);
    ck_assert_str_eq(row->lane, "vips");
    ck_assert_int_eq(row->worker, 2);
    ck_assert_int_eq(row->start_ns, 1042120000);
    ck_assert_int_eq(row->queue_ns, 12031000);
    ck_assert_int_eq(row->elapsed_ns, 31377000);
    /* Once more, from where it stood. */
    ck_assert_int_eq(loom_reader_text_at(reader, record.offset, record.length, &again, &err),
                     LOOM_OK);
    ck_assert_str_eq(again, record.text);
    ck_assert(strncmp(again, "{\"seq\":17,\"originalPath\"", 24) == 0);
    ck_assert_int_eq(loom_reader_rewind(reader, &err), LOOM_OK);
    ck_assert_int_eq(loom_reader_next(reader, &record, &err), LOOM_OK);
    ck_assert_int_eq(record.kind, LOOM_RECORD_RUN);
    loom_reader_close(reader);
}
END_TEST

/* The text of each record is one line, whatever the report looks like. */
START_TEST(test_texts)
{
    static const char text[] = "{\n \"schemaVersion\": 1,\n \"results\": [\n  {\n   \"status\": "
                               "\"ok\",\n   \"originalPath\": \"a \\\" b\"\n  }\n ],\n"
                               " \"finishedAt\": \"z\",\n \"summary\": {\n \"rows\": 1\n }\n}\n";
    static const char *const expected[] = {
        "{\"schemaVersion\":1}",
        "{\"status\":\"ok\",\"originalPath\":\"a \\\" b\"}",
        "{\"rows\":1,\"finishedAt\":\"z\"}",
    };
    loom_reader *reader = NULL;
    loom_record record;
    loom_error err = LOOM_ERROR_INIT;

    tmpdir_write_text("r", text);
    ck_assert_int_eq(loom_reader_open(&reader, "r", false, NULL, NULL, &err), LOOM_OK);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_msg(loom_reader_next(reader, &record, &err) == LOOM_OK, "%s", err.message);
        ck_assert_str_eq(record.text, expected[i]);
        ck_assert_uint_eq(record.size, strlen(expected[i]));
    }
    loom_reader_close(reader);
}
END_TEST

START_TEST(test_pipe)
{
    int ends[2];
    loom_reader *reader = NULL;
    loom_record record;
    loom_error err = LOOM_ERROR_INIT;
    const char *again;

    for (int seekable = 0; seekable < 2; seekable++) {
        ck_assert_int_eq(pipe(ends), 0);
        ck_assert_int_eq(write(ends[1], DOC, strlen(DOC)), (ssize_t)strlen(DOC));
        close(ends[1]);
        ck_assert_int_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
        close(ends[0]);
        ck_assert_msg(loom_reader_open(&reader, "-", seekable == 1, NULL, NULL, &err) == LOOM_OK,
                      "%s", err.message);
        for (int i = 0; i < 3; i++)
            ck_assert_int_eq(loom_reader_next(reader, &record, &err), LOOM_OK);
        ck_assert_str_eq(record.row->original_path, "b");
        if (seekable == 1) {
            ck_assert_int_eq(
                loom_reader_text_at(reader, record.offset, record.length, &again, &err), LOOM_OK);
            ck_assert_str_eq(again, ROW("b"));
        }
        loom_reader_close(reader);
    }
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
        const char *said = read_text(text);
        ck_assert_msg(strcmp(said + strlen(said) - 3, "end") == 0, "%s: %s", text, said);
        free(text);
    }
}
END_TEST

START_TEST(test_cannot_open)
{
    loom_reader *reader = NULL;
    loom_error err = LOOM_ERROR_INIT;

    ck_assert_int_eq(loom_reader_open(&reader, "none", false, NULL, NULL, &err),
                     LOOM_ERR_NOT_FOUND);
    loom_error_clear(&err);
    tmpdir_mkdir("folder");
    ck_assert_int_eq(loom_reader_open(&reader, "folder", false, NULL, NULL, &err),
                     LOOM_ERR_NOT_A_FILE);
    ck_assert_ptr_null(reader);
    loom_reader_close(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("reader");
    TCase *tests = tcase_create("reader");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 240);
    tcase_add_test(tests, test_whole);
    tcase_add_test(tests, test_cut_anywhere);
    tcase_add_test(tests, test_damage);
    tcase_add_test(tests, test_nul);
    tcase_add_test(tests, test_not_a_report);
    tcase_add_test(tests, test_wrong_fields);
    tcase_add_test(tests, test_unknown_fields);
    tcase_add_test(tests, test_excess);
    tcase_add_test(tests, test_run_of_each_record);
    tcase_add_test(tests, test_row);
    tcase_add_test(tests, test_texts);
    tcase_add_test(tests, test_pipe);
    tcase_add_test(tests, test_mutations);
    tcase_add_test(tests, test_cannot_open);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
