/*
 * Rows that are read without a parser of JSON are the rows that the parser reads: each line is read
 * as it is, and with a space that only the parser takes.
 */
#include "support/suite.h"
#include "support/tmpdir.h"
#include <imgloom/reader.h>
#include <stdio.h>
#include <string.h>

#define HEAD "{\"type\":\"run\",\"schemaVersion\":1,\"startedAt\":\"1970-01-01T00:00:02.500Z\"}\n"
#define FULL                                                                                       \
    "\"seq\":17,\"originalPath\":\"a/b.jpg\",\"outputPath\":\"\xC3\xA4.jpg\",\"success\":true,"    \
    "\"status\":\"ok\",\"error\":null,\"errorCode\":null,\"errorStage\":null,\"skipReason\":null," \
    "\"warnings\":[],\"originalSize\":1834021,\"processedSize\":40211,\"savedBytes\":-1793810,"    \
    "\"originalModified\":\"2026-05-02T08:14:09.120000000Z\",\"processedModified\":null,"          \
    "\"originalHasAlpha\":false,\"hasAlpha\":true,\"dpi\":72.5,\"cropped\":0.250001,"              \
    "\"copied\":false,\"lane\":\"jpeg\",\"worker\":0,\"startMs\":1042.120,\"queueMs\":0.0,"        \
    "\"elapsedMs\":31"

/* What stands behind the type of a row: of every kind of value, with and without what is strange.
 */
static const char *const lines[] = {
    FULL "}",
    ("\"status\":\"error\",\"errorCode\":\"io\",\"errorStage\":\"decode\",\"error\":\"failed\","
     "\"originalPath\":\"x\"}"),
    "\"originalPath\":\"x\",\"status\":\"ok\"}",
    "\"status\":\"ok\"}",
    "\"originalPath\":null,\"status\":\"ok\"}",
    "\"originalPath\":\"x\"}",
    "\"originalPath\":\"x\",\"status\":null}",
    "\"originalPath\":\"x\",\"status\":\"bad\"}",
    "\"originalPath\":\"x\",\"status\":\"error\"}",
    "\"originalPath\":\"x\",\"status\":\"ok\",\"errorCode\":\"io\"}",
    "\"originalPath\":\"x\",\"status\":\"ok\",\"run\":0}",
    "\"originalPath\":\"x\\n\",\"status\":\"ok\"}",
    "\"originalPath\":\"x\x01\",\"status\":\"ok\"}",
    "\"originalPath\":\"x\xFF\",\"status\":\"ok\"}",
    "\"originalPath\":\"x\",\"originalPathBase64\":\"eP8=\",\"status\":\"ok\"}",
    "\"originalPath\":\"x\",\"status\":\"ok\",\"originalPath\":\"y\"}",
    "\"originalPath\":\"x\",\"status\":\"ok\",\"type\":\"image\"}",
    "\"originalPath\":\"x\",\"status\":\"ok\",\"hue\":1}",
    "\"originalPath\":\"x\",\"status\":\"ok\",\"warnings\":[\"a\",\"b\"]}",
    "\"originalPath\":\"x\",\"status\":\"ok\",\"seq\":9223372036854775807}",
    "\"originalPath\":\"x\",\"status\":\"ok\",\"seq\":9223372036854775808}",
    "\"originalPath\":\"x\",\"status\":\"ok\",\"seq\":-1}",
    "\"originalPath\":\"x\",\"status\":\"ok\",\"seq\":01}",
    "\"originalPath\":\"x\",\"status\":\"ok\",\"seq\":1.0}",
    "\"originalPath\":\"x\",\"status\":\"ok\",\"seq\":\"1\"}",
    "\"originalPath\":\"x\",\"status\":\"ok\",\"startMs\":1e3}",
    "\"originalPath\":\"x\",\"status\":\"ok\",\"startMs\":-1.5}",
    "\"originalPath\":\"x\",\"status\":\"ok\",\"startMs\":1.}",
    "\"originalPath\":\"x\",\"status\":\"ok\",\"startMs\":0.0000004}",
    "\"originalPath\":\"x\",\"status\":\"ok\",\"startMs\":999999999.999999}",
    "\"originalPath\":\"x\",\"status\":\"ok\",\"startMs\":123456789012.5}",
    "\"originalPath\":\"x\",\"status\":\"ok\",\"cropped\":1}",
    "\"originalPath\":\"x\",\"status\":\"ok\",\"cropped\":1.000001}",
    "\"originalPath\":\"x\",\"status\":\"ok\",\"ssim\":0.980123}",
    "\"originalPath\":\"x\",\"status\":\"ok\",\"dpi\":0.001}",
    "\"originalPath\":\"x\",\"status\":\"ok\",\"dpi\":72.0005}",
    "\"originalPath\":\"x\",\"status\":\"ok\",\"copied\":1}",
    "\"originalPath\":\"x\",\"status\":\"ok\",\"hasAlpha\":\"true\"}",
    "\"originalPath\":\"x\",\"status\":\"ok\",\"processedModified\":\"yesterday\"}",
    "\"originalPath\":\"x\",\"status\":\"ok\"",
    "\"originalPath\":\"x\",\"status\":\"ok\",}",
    "\"originalPath\":\"x\",\"status\":\"ok\"}}",
    "\"originalPath\":\"x\",\"status\":\"ok\"} ",
    "\"originalPath\":\"x\" ,\"status\":\"ok\"}",
    "}",
};

static void append_texts(char *out, size_t size, const loom_field *field, const loom_row *row)
{
    const size_t count = *(const size_t *)(const void *)((const char *)row + field->count);
    const char *const *texts =
        *(const char *const *const *)(const void *)((const char *)row + field->offset);

    for (size_t i = 0; i < count; i++)
        (void)snprintf(out + strlen(out), size - strlen(out), "<%s>", texts[i]);
}

/* A value of a row, as text. */
static void append_value(char *out, size_t size, const loom_field *field, const loom_row *row)
{
    const void *place = (const char *)row + field->offset;
    char *end = out + strlen(out);
    const size_t rest = size - strlen(out);

    if (field->kind == LOOM_FIELD_TEXTS)
        append_texts(out, size, field, row);
    else if (field->kind == LOOM_FIELD_TEXT || field->kind == LOOM_FIELD_PATH)
        (void)snprintf(end, rest, "%s ", *(const char *const *)place);
    else if (field->kind == LOOM_FIELD_FLAG)
        (void)snprintf(end, rest, "%d ", *(const bool *)place);
    else if (field->kind == LOOM_FIELD_WORD)
        (void)snprintf(end, rest, "%u ", *(const unsigned *)place);
    else
        (void)snprintf(end, rest, "%lld ", (long long)*(const int64_t *)place);
}

static void on_notice(void *user, uint64_t line, const char *message)
{
    char *out = user;

    (void)snprintf(out + strlen(out), 256, "?%d %s|", (int)line, message);
}

/* All that the reader tells of a report with this line. */
static void read_line(char *out, size_t size, const char *between, const char *line)
{
    loom_reader *reader = NULL;
    const loom_record *record;
    loom_status status;
    FILE *file = fopen("r.ndjson", "we");

    ck_assert_ptr_nonnull(file);
    ck_assert_int_gt(fprintf(file, "%s{%s\"type\":\"image\",%s\n", HEAD, between, line), 0);
    ck_assert_int_eq(fclose(file), 0);
    out[0] = '\0';
    ck_assert_int_eq(loom_reader_open(&reader, "r.ndjson", false, on_notice, out, NULL), LOOM_OK);
    do {
        loom_error err = LOOM_ERROR_INIT;
        status = loom_reader_next(reader, &record, &err);
        if (status != LOOM_OK && err.code != LOOM_OK)
            (void)snprintf(out + strlen(out), size - strlen(out), "!%d|", (int)err.code);
        if (status == LOOM_OK && record->kind == LOOM_RECORD_ROW) {
            const loom_field *field;
            for (size_t i = 0; (field = loom_row_field_get(i)) != NULL; i++)
                append_value(out, size, field, record->row);
            (void)snprintf(out + strlen(out), size - strlen(out), "%d %lld|", record->row->success,
                           (long long)record->row->started_ns);
        }
    } while (status != LOOM_OK || record->kind != LOOM_RECORD_END);
    loom_reader_close(reader);
}

START_TEST(as_the_parser)
{
    static char flat[8192], parsed[8192];

    read_line(flat, sizeof flat, "", lines[_i]);
    read_line(parsed, sizeof parsed, " ", lines[_i]);
    ck_assert_str_eq(flat, parsed);
    ck_assert_uint_gt(strlen(flat), 0);
}
END_TEST

/* The first is of the form that is read so, and all its values are known. */
START_TEST(values)
{
    static char flat[8192];

    read_line(flat, sizeof flat, "", lines[0]);
    ck_assert_ptr_nonnull(strstr(flat, "17 a/b.jpg \xC3\xA4.jpg 1 0 "));
    ck_assert_ptr_nonnull(strstr(flat, " 1834021 40211 -1793810 1777709649120000000 "));
    ck_assert_ptr_nonnull(strstr(flat, " 250001 (null) 0 jpeg "));
    ck_assert_ptr_nonnull(strstr(flat, " 0 1042120000 0 31000000 "));
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("reader_flat");
    TCase *tests = tcase_create("rows");

    tcase_add_checked_fixture(tests, tmpdir_enter, tmpdir_leave);
    tcase_add_loop_test(tests, as_the_parser, 0, (int)COUNT(lines));
    tcase_add_test(tests, values);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
