/* The schema and the program's own tables say the same; real reports are tried by tests/node. */
#include "support/suite.h"
#include "support/tmpdir.h"
#include <imgloom/engine.h>
#include <imgloom/format.h>
#include <imgloom/reader.h>
#include <imgloom/recipe.h>
#include <imgloom/report.h>
#include <jansson.h>
#include <string.h>

static json_t *schema;

static void setup(void)
{
    size_t size;
    const char *text = loom_report_schema(&size);

    tmpdir_enter();
    schema = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_ptr_nonnull(schema);
}

static void teardown(void)
{
    json_decref(schema);
    tmpdir_leave();
}

static const json_t *properties(const char *definition)
{
    const json_t *all = json_object_get(schema, "$defs");

    return json_object_get(json_object_get(all, definition), "properties");
}

static const json_t *words(const char *definition, const char *property)
{
    const json_t *found =
        json_object_get(json_object_get(properties(definition), property), "enum");

    ck_assert_msg(json_is_array(found), "%s", property);
    return found;
}

static bool has(const json_t *list, const char *word)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (word == NULL ? json_is_null(json_array_get(list, i))
                         : strcmp(json_string_value(json_array_get(list, i)) != NULL
                                      ? json_string_value(json_array_get(list, i))
                                      : "",
                                  word) == 0)
            return true;
    return false;
}

/* The recipe's fields are those of the rows, with their keywords. */
START_TEST(fields_of_a_recipe)
{
    const json_t *fields = properties("recipe");

    ck_assert_uint_eq(json_object_size(fields), LOOM_RECIPE_COUNT);
    for (unsigned i = 0; i < LOOM_RECIPE_COUNT; i++) {
        const loom_recipe_field *field = loom_recipe_field_get((loom_recipe_field_id)i);
        ck_assert_msg(json_is_object(json_object_get(fields, field->name)), "%s", field->name);
        if (field->kind != LOOM_VALUE_KEYWORD || field->implied != NULL)
            continue;
        const json_t *list = words("recipe", field->name);
        size_t count = 0;
        for (size_t n = (size_t)field->low; field->keywords[n] != NULL; n++, count++)
            ck_assert_msg(has(list, field->keywords[n]), "%s: %s", field->name, field->keywords[n]);
        ck_assert_uint_eq(json_array_size(list), count + (field->low > 0));
    }
}
END_TEST

START_TEST(names_of_lanes)
{
    const json_t *list = words("row", "lane");

    for (unsigned i = 0; i < LOOM_LANE_COUNT; i++)
        ck_assert(has(list, loom_engine_lanes()[i]));
    ck_assert_uint_eq(json_array_size(list), LOOM_LANE_COUNT + 1); /* and null */
    ck_assert_ptr_null(loom_engine_lanes()[LOOM_LANE_COUNT]);
}
END_TEST

START_TEST(closed_sets)
{
    const json_t *codes = words("row", "errorCode"), *stages = words("row", "errorStage");
    const json_t *results = words("row", "status");
    size_t count = 0;

    for (unsigned i = LOOM_OK + 1; i < LOOM_ERR_USAGE; i++, count++)
        ck_assert_msg(has(codes, loom_status_name((loom_status)i)), "%s",
                      loom_status_name((loom_status)i));
    ck_assert_uint_eq(json_array_size(codes), count + 1);
    ck_assert(has(codes, NULL));
    for (count = 1; loom_stage_name((loom_stage)count)[0] != '\0'; count++)
        ck_assert_msg(has(stages, loom_stage_name((loom_stage)count)), "%zu", count);
    ck_assert_uint_eq(json_array_size(stages), count);
    for (unsigned i = 0; i < LOOM_RESULT_COUNT; i++)
        ck_assert(has(results, loom_result_name((loom_result)i)));
    ck_assert_uint_eq(json_array_size(results), LOOM_RESULT_COUNT);
}
END_TEST

START_TEST(formats)
{
    static const char *const names[] = {"format", "originalFormat"};
    const size_t count = LOOM_FORMAT_COUNT - 1; /* but for the unknown one, which is null */

    for (size_t n = 0; n < 2; n++) {
        const json_t *list = words("row", names[n]);
        for (int i = LOOM_FORMAT_UNKNOWN + 1; i < LOOM_FORMAT_COUNT; i++)
            ck_assert_msg(has(list, loom_format_get((loom_format)i)->name), "%s",
                          loom_format_get((loom_format)i)->name);
        ck_assert_uint_eq(json_array_size(list), count + 1);
    }
    ck_assert_uint_eq(json_array_size(words("recipe", "format")), count + 1); /* and "same" */
}
END_TEST

/* An object with all properties that a definition tells, null but for those given. */
static json_t *object_of(const char *definition, json_t *given)
{
    json_t *object = json_object();
    const char *name;
    const json_t *value;

    json_object_foreach((json_t *)(uintptr_t)properties(definition), name, value)(void)
        json_object_set_new(object, name, json_null());
    (void)json_object_update(object, given);
    json_decref(given);
    return object;
}

static void add_line(json_t *object, const char *path)
{
    FILE *file = fopen(path, "ae");

    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(json_dumpf(object, file, JSON_COMPACT), 0);
    ck_assert_int_eq(fputc('\n', file), '\n');
    ck_assert_int_eq(fclose(file), 0);
    json_decref(object);
}

static void on_notice(void *user, uint64_t line, const char *message)
{
    (void)user;
    ck_abort_msg("line %d: %s", (int)line, message);
}

START_TEST(reader_knows_all_fields)
{
    loom_reader *reader = NULL;
    const loom_record *record = NULL;
    loom_error err = LOOM_ERROR_INIT;

    add_line(object_of("run", json_pack("{sssi}", "type", "run", "schemaVersion", 1)), "r");
    add_line(object_of("row",
                       json_pack("{ssssss}", "type", "image", "originalPath", "a", "status", "ok")),
             "r");
    add_line(object_of("summary", json_pack("{ss}", "type", "summary")), "r");
    ck_assert_int_eq(loom_reader_open(&reader, "r", false, on_notice, NULL, &err), LOOM_OK);
    do
        ck_assert_msg(loom_reader_next(reader, &record, &err) == LOOM_OK, "%s", err.message);
    while (record->kind != LOOM_RECORD_END);
    loom_reader_close(reader);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("schema");
    TCase *tests = tcase_create("schema");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, fields_of_a_recipe);
    tcase_add_test(tests, names_of_lanes);
    tcase_add_test(tests, closed_sets);
    tcase_add_test(tests, formats);
    tcase_add_test(tests, reader_knows_all_fields);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
