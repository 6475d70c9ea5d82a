/* Reports as they should be: their records, rows and texts. */
#include "base/strbuf.h"
#include "support/reader_log.h"
#include "support/suite.h"
#include "support/tmpdir.h"
#include <imgloom/reader.h>
#include <string.h>
#include <unistd.h>

START_TEST(test_whole)
{
    ck_assert_str_eq(reader_log(DOC), "run a:1 b:2 sum end");
    ck_assert_str_eq(reader_log(DOC DOC), "run a:1 b:2 sum run a:2 b:3 sum end");
    ck_assert_str_eq(reader_log("{" RUN ",\"results\":[],\"summary\":" SUM("0") "}\n"),
                     "run sum end");
    ck_assert_str_eq(reader_log(RUNLINE LINE("a") LINE("b") SUMLINE("2")), "run a:2 b:3 sum end");
    ck_assert_str_eq(reader_log(RUNLINE LINE("a") SUMLINE("1") RUNLINE "\r\n\n" SUMLINE("0")),
                     "run a:2 sum run sum end");
    /* As other programs write it: a mark in front, white space, members sorted. */
    ck_assert_str_eq(reader_log("\xEF\xBB\xBF\n" DOC), "run a:2 b:3 sum end");
    ck_assert_str_eq(reader_log("{ \"results\" :\n [ " ROW("a") "\n,\n" ROW(
                         "b") "\n] , " RUN "\n, \"summary\" : " SUM("2") " } "),
                     "run a:2 b:4 sum end");
}
END_TEST

/* Reports of both kinds in one stream; a run that has no summary is told to end. */
START_TEST(test_documents_behind_lines)
{
    ck_assert_str_eq(reader_log(RUNLINE LINE("a") SUMLINE("1") DOC RUNLINE SUMLINE("0")),
                     "run a:2 sum run a:4 b:5 sum run sum end");
    ck_assert_str_eq(reader_log(RUNLINE LINE("a") "\n" DOC), "run a:2 open run a:4 b:5 sum end");
    ck_assert_str_eq(reader_log(RUNLINE SUMLINE("0") " {\n \"results\": [\n" ROW(
                         "a") "\n], " RUN ", \"summary\": " SUM("1") "\n}\n" DOC),
                     "run sum run a:5 sum run a:8 b:9 sum end");
    /* Members sorted, in one line. */
    ck_assert_str_eq(reader_log(RUNLINE SUMLINE("0") "{\"finishedAt\":\"z\",\"results\":[" ROW(
                         "a") "]," RUN ",\"summary\":" SUM("1") "}\n"),
                     "run sum run a:3 sum end");
}
END_TEST

/* The run that a record belongs to is the one that began before it. */
START_TEST(test_run_of_each_record)
{
    static const char second[] = "{\"type\":\"run\",\"schemaVersion\":1,"
                                 "\"startedAt\":\"1970-01-01T00:00:09Z\"}\n";
    static const int64_t started_ms[] = {2500, 2500, 2500, 9000, 9000, 9000};
    loom_reader *reader = NULL;
    const loom_record *record;
    loom_error err = LOOM_ERROR_INIT;
    loom_strbuf text = LOOM_STRBUF_INIT;

    loom_strbuf_add_format(&text, "%s%s%s", RUNLINE LINE("a"), second, LINE("b"));
    tmpdir_write_text("r", loom_strbuf_str(&text));
    loom_strbuf_release(&text);
    ck_assert_int_eq(loom_reader_open(&reader, "r", false, NULL, NULL, &err), LOOM_OK);
    for (size_t i = 0; i < sizeof started_ms / sizeof *started_ms; i++) {
        ck_assert_msg(loom_reader_next(reader, &record, &err) == LOOM_OK, "%s", err.message);
        ck_assert_int_eq(record->run->started_ns / 1000000, started_ms[i]);
    }
    ck_assert_int_eq(record->kind, LOOM_RECORD_SUMMARY);
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
                "\"height\":800,\"channels\":3,\"quality\":80,\"ssim\":0.980123,\"cropped\":0.125,"
                "\"extracted\":\"1,"
                "2,3x4\",\"copied\":true,"
                "\"lane\":\"vips\","
                "\"decoder\":\"libtiff\",\"worker\":2,"
                "\"startMs\":1042.120,\"queueMs\":12.031,\"elapsedMs\":31.377,\"savedBytes\":-7,"
                "\"originalModified\":\"1969-12-31T23:59:59.999999999Z\","
                "\"processedModified\":\"2026-11-20T10:15:00.123456789+01:00\","
                "\"originalHasAlpha\":true,\"originalBitDepth\":16,\"originalFrames\":3,"
                "\"originalDpi\":71.9836,\"hasAlpha\":false,\"bitDepth\":8,\"frames\":1,"
                "\"dpi\":300,\"previewOf\":\"nef\"}\n"
                "{\"type\":\"image\",\"originalPath\":\"a\",\"status\":\"ok\",\"savedBytes\":null,"
                "\"hasAlpha\":null}\n";
    loom_reader *reader = NULL;
    const loom_record *record;
    loom_error err = LOOM_ERROR_INIT;
    const char *again;

    tmpdir_write_text("r", text);
    ck_assert_int_eq(loom_reader_open(&reader, "r", true, NULL, NULL, &err), LOOM_OK);
    ck_assert_int_eq(loom_reader_next(reader, &record, &err), LOOM_OK);
    ck_assert_str_eq(record->run->folder, "/w");
    ck_assert_int_eq(record->run->started_ns, 2500000000);
    ck_assert_str_eq(record->text, "{" RUN "}");
    ck_assert_int_eq(loom_reader_next(reader, &record, &err), LOOM_OK);
    const loom_row *row = record->row;
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
    ck_assert_int_eq(row->ssim, 980123);
    ck_assert_str_eq(row->lane, "vips");
    ck_assert_str_eq(row->decoder, "libtiff");
    ck_assert_int_eq(row->cropped, 125000);
    ck_assert_str_eq(row->extracted, "1,2,3x4");
    ck_assert_str_eq(row->preview_of, "nef");
    ck_assert(row->copied);
    ck_assert_int_eq(row->thread, 2);
    ck_assert_int_eq(row->start_ns, 1042120000);
    ck_assert_int_eq(row->queue_ns, 12031000);
    ck_assert_int_eq(row->elapsed_ns, 31377000);
    ck_assert_int_eq(row->saved_size, -7);
    ck_assert_int_eq(row->original_modified_ns, -1);
    ck_assert_int_eq(row->processed_modified_ns, INT64_C(1795166100123456789));
    ck_assert_int_eq(row->original_alpha, 1);
    ck_assert_int_eq(row->original_bits, 16);
    ck_assert_int_eq(row->original_frames, 3);
    ck_assert_int_eq(row->original_dpi, 71984);
    ck_assert_int_eq(row->alpha, 0);
    ck_assert_int_eq(row->bits, 8);
    ck_assert_int_eq(row->frames, 1);
    ck_assert_int_eq(row->dpi, 300000);
    /* Once more, from where it stood. */
    ck_assert_int_eq(loom_reader_text_at(reader, record->offset, record->length, &again, &err),
                     LOOM_OK);
    ck_assert_str_eq(again, record->text);
    ck_assert(strncmp(again, "{\"seq\":17,\"originalPath\"", 24) == 0);
    ck_assert_int_eq(loom_reader_next(reader, &record, &err), LOOM_OK);
    row = record->row;
    ck_assert(row->saved_size == INT64_MIN && row->original_modified_ns == INT64_MIN);
    ck_assert(row->alpha == -1 && row->original_alpha == -1 && row->bits == -1 && row->dpi == -1);
    ck_assert_int_eq(loom_reader_rewind(reader, &err), LOOM_OK);
    ck_assert_int_eq(loom_reader_next(reader, &record, &err), LOOM_OK);
    ck_assert_int_eq(record->kind, LOOM_RECORD_RUN);
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
    const loom_record *record;
    loom_error err = LOOM_ERROR_INIT;

    tmpdir_write_text("r", text);
    ck_assert_int_eq(loom_reader_open(&reader, "r", false, NULL, NULL, &err), LOOM_OK);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_msg(loom_reader_next(reader, &record, &err) == LOOM_OK, "%s", err.message);
        ck_assert_str_eq(record->text, expected[i]);
        ck_assert_uint_eq(record->size, strlen(expected[i]));
    }
    loom_reader_close(reader);
}
END_TEST

START_TEST(test_pipe)
{
    int ends[2];
    loom_reader *reader = NULL;
    const loom_record *record;
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
        ck_assert_str_eq(record->row->original_path, "b");
        if (seekable == 1) {
            ck_assert_int_eq(
                loom_reader_text_at(reader, record->offset, record->length, &again, &err), LOOM_OK);
            ck_assert_str_eq(again, ROW("b"));
        }
        loom_reader_close(reader);
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

static Suite *make_suite(void)
{
    Suite *suite = suite_create("reader");
    TCase *tests = tcase_create("reader");

    tcase_add_checked_fixture(tests, reader_setup, reader_teardown);
    tcase_set_timeout(tests, 240);
    tcase_add_test(tests, test_whole);
    tcase_add_test(tests, test_documents_behind_lines);
    tcase_add_test(tests, test_run_of_each_record);
    tcase_add_test(tests, test_row);
    tcase_add_test(tests, test_texts);
    tcase_add_test(tests, test_pipe);
    tcase_add_test(tests, test_cannot_open);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
