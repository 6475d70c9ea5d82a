/* Reports of later versions and of other programs: what is not known is named once, and no damage.
 */
#include "base/strbuf.h"
#include "support/reader_log.h"
#include "support/suite.h"
#include "support/tmpdir.h"
#include <imgloom/reader.h>
#include <string.h>

#define FIELD(name) "(the field '" name "' is not known; it is skipped) "
#define TYPE(name)  "(records of the type '" name "' are not known; they are skipped) "

static loom_strbuf text = LOOM_STRBUF_INIT;

static void teardown(void)
{
    loom_strbuf_release(&text);
    reader_teardown();
}

static void add(const char *part)
{
    loom_strbuf_add_str(&text, part);
}

static void add_many(const char *part, size_t times)
{
    for (size_t i = 0; i < times; i++)
        add(part);
}

/* What the reader says of the text, which is emptied. */
static const char *said(void)
{
    const char *log = reader_log_said(loom_strbuf_str(&text));

    loom_strbuf_clear(&text);
    return log;
}

START_TEST(records)
{
    static const char shard[] = "{\"type\":\"shard\",\"n\":1}\n", plan[] = "{\"type\":\"plan\"}\n";

    loom_strbuf_add_format(&text, "%s%s%s%s%s%s%s", RUNLINE, shard, LINE("a"), shard, plan,
                           LINE("b"), SUMLINE("2"));
    ck_assert_str_eq(said(), "run ?2" TYPE("shard") "a:3 ?5" TYPE("plan") "b:6 sum end");
    /* Before the run, behind the summary, between two runs and as the last line, without its end.
     */
    loom_strbuf_add_format(&text, "%s%s%s%s%s%s", plan, RUNLINE LINE("a") SUMLINE("1"), plan,
                           RUNLINE SUMLINE("0"), shard, "{\"type\":\"x\"}");
    ck_assert_str_eq(said(),
                     "?1" TYPE("plan") "run a:3 sum run sum ?8" TYPE("shard") "?9" TYPE("x") "end");
    /* Before a document. */
    loom_strbuf_add_format(&text, "%s%s", plan, DOC);
    ck_assert_str_eq(said(), "?1" TYPE("plan") "run a:2 b:3 sum end");
    /* What it is when nothing else is there. */
    loom_strbuf_add_format(&text, "%s%s", plan, plan);
    ck_assert_str_eq(said(),
                     "?1" TYPE("plan") "!unsupported:3(it is not a report: none of its records "
                                       "is of a known type) end");
}
END_TEST

/* A type must be a name; what a known record lacks is damage as ever. */
START_TEST(damage_is_still_damage)
{
    add(RUNLINE
        "{\"type\":7}\n{\"x\":1}\n{\"type\":\"new\",}\n{\"type\":\"image\"}\n" SUMLINE("2"));
    const char *log = said();
    ck_assert_ptr_nonnull(strstr(log, "!corrupt:2(a line without a type) !corrupt:3(a line without "
                                      "a type) !corrupt:4(it is not JSON"));
    ck_assert_ptr_nonnull(strstr(log, "!corrupt:5(the field 'originalPath' is missing) sum end"));
}
END_TEST

START_TEST(fields_of_every_record)
{
    static const char runs[] =
        "\"runs\":[{\"schemaVersion\":1,\"hue\":1,\"part\":2,\"tool\":{\"os\":1},"
        "\"summary\":{\"rows\":1,\"gpu\":1}}]";

    add("{\"type\":\"run\",\"schemaVersion\":1,\"hue\":{},\"tool\":{\"name\":\"imgloom\",\"os\":"
        "\"x\"},\"recipe\":{\"fit\":\"cover\",\"shear\":2}}\n");
    add_many("{\"type\":\"image\",\"originalPath\":\"a\",\"status\":\"ok\",\"hue\":1,\"sat\":[{}]}"
             "\n",
             2);
    add("{\"type\":\"summary\",\"rows\":2,\"watts\":5,\"errorsByCode\":{\"io\":1,\"fire\":1}}\n");
    ck_assert_str_eq(said(),
                     "?1" FIELD("hue") "?1" FIELD("tool.os") "?1" FIELD(
                         "recipe.shear") "run ?2" FIELD("sat") "a:2 a:3 ?4" FIELD("watts") //
                     "?4" FIELD("errorsByCode.fire") "sum end");
    /* Of the runs of a merged report, and of a document before and behind its results. */
    loom_strbuf_add_format(
        &text,
        "{" RUN ",\"new\":[],%s,\"results\":[" ROW("a") "],\"late\":{},"
                                                        "\"summary\":" SUM("1") ",\"later\":1}",
        runs);
    ck_assert_str_eq(said(), "?1" FIELD("new") "?1" FIELD("hue") "?1" FIELD("part") "?1" FIELD(
                                 "tool.os") "?1" FIELD("summary.gpu") "run a:1 ?1" //
                     FIELD("late") "?1" FIELD("later") "sum end");
}
END_TEST

/* Names are shown on one line, and there is an end to them. */
START_TEST(names)
{
    add(RUNLINE "{\"type\":\"a\\nb\\u001b\"}\n" SUMLINE("0"));
    ck_assert_str_eq(said(), "run ?2" TYPE("a?b?") "sum end");
    add(RUNLINE);
    for (int i = 0; i < 1000; i++)
        loom_strbuf_add_format(&text, "{\"type\":\"t%d\",\"f%d\":1}\n", i, i);
    add(SUMLINE("0"));
    const char *log = said(), *last = strstr(log, "?100(records of the type 't98' are not");
    ck_assert_ptr_nonnull(last);
    ck_assert_str_eq(strchr(last, ')'), ") ?101(there are more unknown fields or records; they are "
                                        "skipped, and not named) sum end");
}
END_TEST

static void count_notice(void *user, uint64_t line, const char *message)
{
    ck_assert_uint_eq(line, 2);
    ck_assert_ptr_nonnull(message);
    ++*(int *)user;
}

START_TEST(once_in_each_reading)
{
    int notices = 0;
    loom_reader *reader = NULL;
    const loom_record *record = NULL;
    loom_error err = LOOM_ERROR_INIT;

    add(RUNLINE "{\"type\":\"new\"}\n" LINE("a") SUMLINE("1"));
    tmpdir_write_text("r", loom_strbuf_str(&text));
    ck_assert_int_eq(loom_reader_open(&reader, "r", true, count_notice, &notices, &err), LOOM_OK);
    for (int reading = 1; reading <= 2; reading++) {
        do
            ck_assert_int_eq(loom_reader_next(reader, &record, &err), LOOM_OK);
        while (record->kind != LOOM_RECORD_END);
        ck_assert_int_eq(notices, reading);
        ck_assert_int_eq(loom_reader_rewind(reader, &err), LOOM_OK);
    }
    loom_reader_close(reader);
}
END_TEST

/* Neither calls that nest nor memory that grows. */
START_TEST(very_many)
{
    const size_t many = suite_long() ? 1000000 : 200000;

    add(RUNLINE);
    add_many("{\"type\":\"new\",\"a\":{\"b\":[1,2,3]}}\n", many);
    add(LINE("a") SUMLINE("1"));
    ck_assert_msg(strncmp(said(), "run ?2" TYPE("new") "a:", strlen("run ?2" TYPE("new") "a:")) ==
                      0,
                  "%zu", many);
}
END_TEST

/* What is JSON although jansson has no place for it is no damage where nobody knows it, and damage
 * where the field is known. */
START_TEST(values_without_a_place)
{
    static const char *const values[] = {"18446744073709551615", "\"a\\u0000b\"",
                                         "{\"x\":1,\"x\":2}"};

    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        const char *value = values[i];
        loom_strbuf_add_format(&text,
                               "{\"type\":\"run\"," RUN
                               ",\"hue\":%s}\n{\"type\":\"new\",\"x\":%s}\n"
                               "{\"type\":\"image\",\"originalPath\":\"a\",\"hue\":%s,\"status\":"
                               "\"ok\"}\n{\"type\":\"summary\",\"watts\":%s,\"rows\":1}\n",
                               value, value, value, value);
        ck_assert_str_eq(said(), "?1" FIELD("hue") "run ?2" TYPE("new") "a:3 ?4" FIELD("watts") //
                         "sum end");
        loom_strbuf_add_format(
            &text,
            "{" RUN ",\"new\":{\"y\":[%s]},\"results\":[{\"hue\":{\"y\":[%s]},\"originalPath\":"
            "\"a\",\"status\":\"ok\"}],\"summary\":{\"rows\":1,\"watts\":{\"y\":[%s]}}}",
            value, value, value);
        ck_assert_str_eq(said(), "?1" FIELD("new") "run ?1" FIELD("hue") "a:1 ?1" FIELD("watts") //
                         "sum end");
        loom_strbuf_add_format(&text,
                               RUNLINE "{\"type\":\"image\",\"originalPath\":\"a\",\"seq\":%s,"
                                       "\"status\":\"ok\"}\n",
                               value);
        ck_assert_ptr_nonnull(strstr(said(), "run !corrupt:2("));
    }
    add(RUNLINE "{\"type\":\"image\",\"hue\":1,\"hue\":2,\"originalPath\":\"a\",\"status\":\"ok\"}"
                "\n" SUMLINE("1"));
    ck_assert_str_eq(said(), "run ?2" FIELD("hue") "a:2 sum end");
    add(RUNLINE "{\"type\":\"image\",\"hue\":18446744073709551615,\"x\":[1,}\n");
    ck_assert_ptr_nonnull(strstr(said(), "!corrupt:2(it is not JSON"));
}
END_TEST

static void add_deep(size_t depth)
{
    for (size_t i = 0; i < depth; i++)
        add(i % 2 == 0 ? "[" : "{\"x\":");
    add("1");
    for (size_t i = depth; i > 0; i--)
        add((i - 1) % 2 == 0 ? "]" : "}");
}

/* Values nested as deep as a parser goes, and deeper, in all places. */
START_TEST(deep)
{
    static const size_t depths[] = {60, 100, 999, 1000, 1001, 2047, 2048, 2049, 100000};

    for (size_t i = 0; i < sizeof depths / sizeof *depths; i++) {
        add("{\"type\":\"run\"," RUN ",\"hue\":");
        add_deep(depths[i]);
        add("}\n{\"type\":\"new\",\"x\":");
        add_deep(depths[i]);
        add("}\n{\"type\":\"image\",\"hue\":");
        add_deep(depths[i]);
        add(",\"originalPath\":\"a\",\"status\":\"ok\"}\n{\"type\":\"summary\",\"rows\":1,"
            "\"hue\":");
        add_deep(depths[i]);
        add("}\n");
        ck_assert_str_eq(said(), "?1" FIELD("hue") "run ?2" TYPE("new") "a:3 sum end");

        add("{" RUN ",\"hue\":");
        add_deep(depths[i]);
        add(",\"results\":[{\"hue\":");
        add_deep(depths[i]);
        add(",\"originalPath\":\"a\",\"status\":\"ok\"}],\"sat\":");
        add_deep(depths[i]);
        add(",\"summary\":{\"rows\":1,\"hue\":");
        add_deep(depths[i]);
        add("}}");
        ck_assert_str_eq(said(), "?1" FIELD("hue") "run a:1 ?1" FIELD("sat") "sum end");
    }
}
END_TEST

/* What is too deep is not handed on: the text has null there, whenever it is asked for. */
START_TEST(deep_texts)
{
    loom_reader *reader = NULL;
    const loom_record *record = NULL;
    loom_error err = LOOM_ERROR_INIT;
    const char *again;

    for (int kind = 0; kind < 2; kind++) {
        loom_strbuf_clear(&text);
        add(kind == 0 ? RUNLINE "{\"type\":\"image\"," : "{" RUN ",\"results\":[{");
        add("\"originalPath\":\"a\",\"status\":\"ok\",\"hue\":");
        add_deep(3000);
        add(kind == 0 ? "}\n" SUMLINE("1") : "}],\"summary\":{}}");
        tmpdir_write_text("r", loom_strbuf_str(&text));
        ck_assert_int_eq(loom_reader_open(&reader, "r", true, NULL, NULL, &err), LOOM_OK);
        for (int i = 0; i < 2; i++)
            ck_assert_int_eq(loom_reader_next(reader, &record, &err), LOOM_OK);
        ck_assert_int_eq(record->kind, LOOM_RECORD_ROW);
        const char *null = strstr(record->text, "null");
        ck_assert_ptr_nonnull(null);
        ck_assert_ptr_null(strstr(null + 4, "null"));
        ck_assert_uint_lt(record->size, 6000);
        ck_assert_int_eq(loom_reader_text_at(reader, record->offset, record->length, &again, &err),
                         LOOM_OK);
        ck_assert_str_eq(again, record->text);
        loom_reader_close(reader);
    }
}
END_TEST

/* Longer than any record. */
START_TEST(very_long)
{
    const size_t size = LOOM_RECORD_SIZE_MAX + 100000;
    char *block = calloc(1, size + 1);

    ck_assert_ptr_nonnull(block);
    memset(block, 'x', size);
    loom_strbuf_add_format(
        &text, RUNLINE "{\"type\":\"new\",\"x\":\"%s\"}\n" LINE("a") SUMLINE("1"), block);
    ck_assert_str_eq(said(), "run ?2" TYPE("new") "a:3 sum end");
    loom_strbuf_add_format(&text, "{\"type\":\"new\",\"x\":\"%s\"}\n" RUNLINE SUMLINE("0"), block);
    ck_assert_str_eq(said(), "?1" FIELD("x") "?1" TYPE("new") "run sum end");
    loom_strbuf_add_format(&text,
                           "{" RUN
                           ",\"hue\":\"%s\",\"results\":[" ROW("a") "],\"sat\":\"%s\""
                                                                    ",\"summary\":" SUM("1") "}",
                           block, block);
    ck_assert_str_eq(said(), "?1" FIELD("hue") "run a:1 ?1" FIELD("sat") "sum end");
    /* A record that is known has its limit, which is that record's damage alone. */
    loom_strbuf_add_format(
        &text, "{" RUN ",\"results\":[{\"hue\":\"%s\"}," ROW("a") "],\"summary\":" SUM("2") "}",
        block);
    ck_assert_str_eq(said(), "run !too-large:1(a value is too long for a report) a:1 sum end");
    free(block);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("reader_foreign");
    TCase *tests = tcase_create("reader_foreign");

    tcase_add_checked_fixture(tests, reader_setup, teardown);
    tcase_set_timeout(tests, 240);
    tcase_add_test(tests, records);
    tcase_add_test(tests, damage_is_still_damage);
    tcase_add_test(tests, fields_of_every_record);
    tcase_add_test(tests, names);
    tcase_add_test(tests, once_in_each_reading);
    tcase_add_test(tests, very_many);
    tcase_add_test(tests, values_without_a_place);
    tcase_add_test(tests, deep);
    tcase_add_test(tests, deep_texts);
    tcase_add_test(tests, very_long);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
