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

static bool has_type(const json_t *property, const char *type)
{
    const json_t *types = json_object_get(property, "type");

    return json_is_array(types)
               ? has(types, type)
               : json_is_string(types) && strcmp(json_string_value(types), type) == 0;
}

/* Keywords by their words, but that an option without one is true, and its absence false. */
static void check_keywords(const loom_recipe_field *field)
{
    const json_t *list = words("recipe", field->name);
    size_t count = 0;

    for (size_t n = (size_t)field->low; field->keywords[n] != NULL; n++, count++) {
        const bool plain =
            field->implied == NULL || (n > 0 && strcmp(field->keywords[n], field->implied) != 0);
        ck_assert_msg(has(list, field->keywords[n]) == plain, "%s: %s", field->name,
                      field->keywords[n]);
    }
    ck_assert_uint_eq(json_array_size(list), count + (field->low > 0));
    for (size_t i = 0; field->implied != NULL && i < json_array_size(list); i++)
        ck_assert(!json_is_null(json_array_get(list, i)));
}

static void check_range(const loom_recipe_field *field, const json_t *property)
{
    const json_t *high = json_object_get(property, "maximum");

    ck_assert(has_type(property, "integer") && has_type(property, "null"));
    ck_assert_int_eq(json_integer_value(json_object_get(property, "minimum")), field->low);
    if (high != NULL)
        ck_assert_int_eq(json_integer_value(high), field->high);
    ck_assert_msg(high != NULL || field->kind != LOOM_VALUE_NUMBER, "%s", field->name);
}

/* A number in hundredths in the row; LOOM_AUTO makes it one of several things. */
static void check_real(const loom_recipe_field *field, const json_t *property)
{
    const json_t *number = property;

    if (field->implied != NULL) {
        const json_t *any = json_object_get(property, "anyOf");
        ck_assert(has_type(json_array_get(any, 0), "boolean"));
        ck_assert(has_type(json_array_get(any, 0), "null"));
        number = json_array_get(any, 1);
    }
    ck_assert_msg(has_type(number, "number"), "%s", field->name);
    ck_assert(field->implied != NULL || has_type(number, "null"));
    const double low = json_number_value(json_object_get(number, "minimum"));
    const double high = json_number_value(json_object_get(number, "maximum"));
    ck_assert_double_eq_tol(low * 100, (double)field->low, 1e-9);
    ck_assert_double_eq_tol(high * 100, (double)field->high, 1e-9);
}

/* A path, or an object; or null. */
static void check_file(const json_t *property)
{
    const json_t *any = json_object_get(property, "anyOf");

    ck_assert(has_type(json_array_get(any, 0), "string"));
    ck_assert(has_type(json_array_get(any, 0), "null"));
    ck_assert(has_type(json_array_get(any, 1), "object"));
}

/* The recipe's fields are those of the rows, with their types, ranges and keywords. */
START_TEST(fields_of_a_recipe)
{
    static const char *const types[] = {
        [LOOM_VALUE_FLAG] = "boolean",   [LOOM_VALUE_ANGLE] = "number",
        [LOOM_VALUE_COLOUR] = "string",  [LOOM_VALUE_METADATA] = "string",
        [LOOM_VALUE_EXTRACT] = "string", [LOOM_VALUE_RATIO] = "string",
        [LOOM_VALUE_EDGES] = "string",   [LOOM_VALUE_BORDER] = "string",
        [LOOM_VALUE_LENGTH] = "string",  [LOOM_VALUE_PLACE] = "string",
        [LOOM_VALUE_TEXT] = "string",    [LOOM_VALUE_SIZES] = "array"};
    const json_t *fields = properties("recipe");

    ck_assert_uint_eq(json_object_size(fields), LOOM_RECIPE_COUNT);
    for (unsigned i = 0; i < LOOM_RECIPE_COUNT; i++) {
        const loom_recipe_field *field = loom_recipe_field_get((loom_recipe_field_id)i);
        const json_t *property = json_object_get(fields, field->name);
        ck_assert_msg(json_is_object(property), "%s", field->name);
        if (field->kind == LOOM_VALUE_KEYWORD)
            check_keywords(field);
        else if (field->kind == LOOM_VALUE_NUMBER || field->kind == LOOM_VALUE_BYTES ||
                 field->kind == LOOM_VALUE_SIDE)
            check_range(field, property);
        else if (field->kind == LOOM_VALUE_FILE)
            check_file(property);
        else if (field->kind == LOOM_VALUE_REAL)
            check_real(field, property);
        else if (field->kind != LOOM_VALUE_FORMAT)
            ck_assert_msg(has_type(property, types[field->kind]), "%s", field->name);
    }
}
END_TEST

/* ---- the fields of a row ------------------------------------------------- */

static const loom_field *field_of_row(const char *name, size_t size)
{
    const loom_field *field;

    for (size_t i = 0; (field = loom_row_field_get(i)) != NULL; i++)
        if (strlen(field->name) == size && strncmp(field->name, name, size) == 0)
            return field;
    return NULL;
}

/* The words of a closed set, and null where there may be none. */
static void check_words(const loom_field *field)
{
    const json_t *list = words("row", field->name);
    size_t count = 0;
    bool none = field->kind == LOOM_FIELD_TEXT;

    for (unsigned i = 0; field->word(i) != NULL; i++) {
        const bool empty = field->word(i)[0] == '\0';
        none = none || empty;
        count += empty ? 0 : 1;
        ck_assert_msg(empty || has(list, field->word(i)), "%s: %s", field->name, field->word(i));
    }
    ck_assert_msg(has(list, NULL) == none, "%s", field->name);
    ck_assert_uint_eq(json_array_size(list), count + (none ? 1 : 0));
}

START_TEST(fields_of_a_row)
{
    static const char *const types[] = {
        [LOOM_FIELD_COUNT] = "integer",  [LOOM_FIELD_BYTES] = "integer",
        [LOOM_FIELD_MS] = "number",      [LOOM_FIELD_FLAG] = "boolean",
        [LOOM_FIELD_TEXT] = "string",    [LOOM_FIELD_PATH] = "string",
        [LOOM_FIELD_TEXTS] = "array",    [LOOM_FIELD_SIGNED] = "integer",
        [LOOM_FIELD_DECIMAL] = "number", [LOOM_FIELD_INSTANT] = "string",
        [LOOM_FIELD_ANSWER] = "boolean", [LOOM_FIELD_SHARE] = "number"};
    const json_t *row = json_object_get(json_object_get(schema, "$defs"), "row");
    const json_t *required = json_object_get(row, "required");
    const loom_field *field;
    size_t expected = 0, always = 0;

    for (size_t i = 0; (field = loom_row_field_get(i)) != NULL; i++) {
        const json_t *property = json_object_get(properties("row"), field->name);
        const json_t *type = json_object_get(property, "type");
        char twin[64];
        ck_assert_msg(json_is_object(property), "%s", field->name);
        ck_assert_msg(json_is_string(json_object_get(property, "description")), "%s", field->name);
        ck_assert_msg(has(required, field->name) == !field->optional, "%s", field->name);
        if (field->word != NULL)
            check_words(field);
        else
            ck_assert_msg(json_is_array(type)
                              ? has(type, types[field->kind])
                              : strcmp(json_string_value(type), types[field->kind]) == 0,
                          "%s", field->name);
        (void)snprintf(twin, sizeof twin, "%sBase64", field->name);
        ck_assert_msg((json_object_get(properties("row"), twin) != NULL) ==
                          (field->kind == LOOM_FIELD_PATH),
                      "%s", twin);
        expected += field->kind == LOOM_FIELD_PATH ? 2 : 1;
        always += field->optional ? 0 : 1;
    }
    ck_assert_uint_eq(json_object_size(properties("row")), expected);
    ck_assert_uint_eq(json_array_size(required), always);
}
END_TEST

/* Columns are numbered without a gap, and what is compared is a number. */
START_TEST(columns_and_comparisons)
{
    const loom_field *field;
    size_t columns = 0;
    uint64_t seen = 0;

    for (size_t i = 0; (field = loom_row_field_get(i)) != NULL; i++) {
        ck_assert_uint_lt(field->column, 63);
        ck_assert_msg(field->column == 0 || (seen >> field->column & 1) == 0, "%s", field->name);
        seen |= UINT64_C(1) << field->column;
        columns += field->column > 0 ? 1 : 0;
        ck_assert(field->compared == NULL || field->kind == LOOM_FIELD_COUNT ||
                  field->kind == LOOM_FIELD_BYTES || field->kind == LOOM_FIELD_MS);
    }
    ck_assert_uint_eq(seen | 1, (UINT64_C(2) << columns) - 1);
}
END_TEST

/* ---- the fields of a row that the page names ----------------------------- */

extern const char loom_html_report_head[], loom_html_report_tail[];
extern const size_t loom_html_report_head_size, loom_html_report_tail_size;

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* The length of the name at `text`, which must be that of a field, or of its twin in base64. */
static size_t check_name(const char *text)
{
    static const char suffix[] = "Base64";
    size_t size = 0, cut = sizeof suffix - 1;

    while (is_letter(text[size]))
        size++;
    const bool twin = size > cut && strncmp(text + size - cut, suffix, cut) == 0;
    const loom_field *field = field_of_row(text, twin ? size - cut : size);
    ck_assert_msg(field != NULL && (!twin || field->kind == LOOM_FIELD_PATH), "row.%.*s", (int)size,
                  text);
    return size;
}

/* Counts, and checks, the fields that the script takes from a row: row.lane. */
static size_t check_uses(const char *page)
{
    size_t count = 0;

    for (const char *at = page; (at = strstr(at, "row.")) != NULL; at++)
        if (at > page && !is_letter(at[-1]) && strchr("_.-'\"`", at[-1]) == NULL && ++count > 0)
            check_name(at + 4);
    return count;
}

/* Those that the viewer has a place for; others it shows by their names. */
static size_t check_placed(const char *page)
{
    const char *at = strstr(page, "const PLACED = new Set([");
    size_t count = 0;

    if (at == NULL)
        return 0;
    for (const char *end = strchr(at, ']'); (at = strchr(at, '\'')) != NULL && at < end; count++)
        at += check_name(at + 1) + 2;
    return count;
}

START_TEST(fields_of_the_page)
{
    char *page = calloc(1, loom_html_report_head_size + loom_html_report_tail_size + 1);

    ck_assert_ptr_nonnull(page);
    memcpy(page, loom_html_report_head, loom_html_report_head_size);
    memcpy(page + loom_html_report_head_size, loom_html_report_tail, loom_html_report_tail_size);
    ck_assert_uint_gt(check_uses(page), 50);
    ck_assert_uint_gt(check_placed(page), 20);
    free(page);
}
END_TEST

START_TEST(formats)
{
    const size_t count = LOOM_FORMAT_COUNT - 1; /* but for the unknown one */

    const json_t *one = json_array_get(
        json_object_get(json_object_get(properties("recipe"), "format"), "anyOf"), 0);

    ck_assert_uint_eq(json_array_size(json_object_get(one, "enum")), count + 1); /* and "same" */
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
    tcase_add_test(tests, fields_of_a_row);
    tcase_add_test(tests, columns_and_comparisons);
    tcase_add_test(tests, fields_of_the_page);
    tcase_add_test(tests, formats);
    tcase_add_test(tests, reader_knows_all_fields);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
