#include "report/json_fields.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *const kind_names[] = {
    [LOOM_FIELD_COUNT] = "a whole number, 0 or more",
    [LOOM_FIELD_BYTES] = "a whole number, 0 or more",
    [LOOM_FIELD_MS] = "a time in milliseconds",
    [LOOM_FIELD_SHARE] = "a number from 0 to 1",
    [LOOM_FIELD_FLAG] = "true or false",
    [LOOM_FIELD_TEXT] = "a string",
    [LOOM_FIELD_PATH] = "a string",
    [LOOM_FIELD_TEXTS] = "an array",
    [LOOM_FIELD_WORD] = "a string",
    [LOOM_FIELD_OBJECT] = "an object",
    [LOOM_FIELD_ARRAY] = "an array",
    [LOOM_FIELD_SIGNED] = "a whole number",
    [LOOM_FIELD_DECIMAL] = "a number, 0 or more",
    [LOOM_FIELD_INSTANT] = "a time",
    [LOOM_FIELD_ANSWER] = "true or false",
};

static const char base64_suffix[] = "Base64";

void loom_field_store_clear(loom_field_store *store)
{
    json_decref(store->object);
    for (size_t i = 0; i < LOOM_FIELDS_PATHS_MAX; i++)
        loom_strbuf_release(&store->paths[i]);
    free(store->texts);
    *store = (loom_field_store){.object = NULL};
}

/* ---- reading ------------------------------------------------------------- */

/* Whether C has it as int64_t. */
static bool is_number(loom_field_kind kind)
{
    return kind == LOOM_FIELD_COUNT || kind == LOOM_FIELD_BYTES || kind == LOOM_FIELD_MS ||
           kind == LOOM_FIELD_SHARE || kind == LOOM_FIELD_SIGNED || kind == LOOM_FIELD_DECIMAL ||
           kind == LOOM_FIELD_INSTANT || kind == LOOM_FIELD_ANSWER;
}

/* Whether such a number stands for null. */
static bool is_null(loom_field_kind kind, int64_t number)
{
    const bool any = kind == LOOM_FIELD_SIGNED || kind == LOOM_FIELD_INSTANT;

    return any ? number == INT64_MIN : number < 0;
}

/* Whether an optional field is left out. */
static bool is_absent(loom_field_kind kind, const void *place)
{
    if (kind == LOOM_FIELD_WORD)
        return *(const unsigned *)place == 0;
    if (kind == LOOM_FIELD_TEXT)
        return *(const char *const *)place == NULL;
    return is_number(kind) && is_null(kind, *(const int64_t *)place);
}

void loom_field_reset(const loom_field *field, void *target)
{
    char *place = (char *)target + field->offset;

    if (is_number(field->kind)) {
        *(int64_t *)(void *)place = is_null(field->kind, -1) ? -1 : INT64_MIN;
    } else if (field->kind == LOOM_FIELD_FLAG) {
        *(bool *)place = false;
    } else if (field->kind == LOOM_FIELD_WORD) {
        *(unsigned *)(void *)place = 0;
    } else if (field->kind != LOOM_FIELD_ANY) {
        *(const void **)(void *)place = NULL;
        if (field->kind == LOOM_FIELD_TEXTS)
            *(size_t *)(void *)((char *)target + field->count) = 0;
    }
}

static bool read_ms(const json_t *value, int64_t *ns)
{
    const double max_ms = 9e12; /* ms whose ns fit in int64_t */

    if (!json_is_number(value) || !(fabs(json_number_value(value)) <= max_ms))
        return false;
    *ns = llround(json_number_value(value) * (double)LOOM_NS_PER_MS);
    return true;
}

static bool read_share(const json_t *value, int64_t *millionths)
{
    const double share = json_is_number(value) ? json_number_value(value) : -1;

    if (!(share >= 0 && share <= 1))
        return false;
    *millionths = llround(share * 1e6);
    return true;
}

static bool read_decimal(const json_t *value, int64_t *thousandths)
{
    const double number = json_number_value(value);

    if (!json_is_number(value) || !(number >= 0 && number <= 9e15))
        return false;
    *thousandths = llround(number * 1000);
    return true;
}

bool loom_field_read_word(const loom_field *field, const char *text, unsigned *place)
{
    const char *word;

    for (unsigned i = 0; (word = field->word(i)) != NULL; i++)
        if (word[0] != '\0' && strcmp(word, text) == 0) {
            *place = i;
            return true;
        }
    return false;
}

/* Reads one value into `place`. False: it has the wrong type. */
static bool read_value(loom_field_kind kind, const json_t *value, void *place)
{
    switch (kind) {
    case LOOM_FIELD_COUNT:
    case LOOM_FIELD_BYTES:
        if (!json_is_integer(value) || json_integer_value(value) < 0)
            return false;
        *(int64_t *)place = json_integer_value(value);
        return true;
    case LOOM_FIELD_MS:
        return read_ms(value, place);
    case LOOM_FIELD_SHARE:
        return read_share(value, place);
    case LOOM_FIELD_SIGNED:
        *(int64_t *)place = json_integer_value(value);
        return json_is_integer(value);
    case LOOM_FIELD_DECIMAL:
        return read_decimal(value, place);
    case LOOM_FIELD_INSTANT:
        return json_is_string(value) && loom_instant_read(json_string_value(value), place);
    case LOOM_FIELD_ANSWER:
        *(int64_t *)place = json_is_true(value);
        return json_is_boolean(value);
    case LOOM_FIELD_FLAG:
        *(bool *)place = json_is_true(value);
        return json_is_boolean(value);
    case LOOM_FIELD_TEXT:
    case LOOM_FIELD_PATH:
        *(const char **)place = json_string_value(value);
        return json_is_string(value);
    case LOOM_FIELD_WORD:
        return json_is_string(value);
    case LOOM_FIELD_OBJECT:
        *(const json_t **)place = value;
        return json_is_object(value);
    case LOOM_FIELD_TEXTS:
        return json_is_array(value);
    case LOOM_FIELD_ARRAY:
        *(const json_t **)place = value;
        return json_is_array(value);
    case LOOM_FIELD_ANY:
        break;
    }
    return true;
}

static loom_status read_texts(const loom_field *field, loom_field_store *store, const json_t *array,
                              void *target, loom_error *err)
{
    const size_t count = json_array_size(array);

    if (count == 0)
        return LOOM_OK;
    if (!loom_grow((void **)(void *)&store->texts, &store->capacity, count, sizeof *store->texts))
        return loom_no_memory(err, LOOM_STAGE_NONE, "to read it");
    for (size_t i = 0; i < count; i++) {
        store->texts[i] = json_string_value(json_array_get(array, i));
        if (store->texts[i] == NULL)
            return loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_NONE,
                                  "the field '%s' contains a value that is not a string",
                                  field->name);
    }
    *(const char ***)(void *)((char *)target + field->offset) = store->texts;
    *(size_t *)(void *)((char *)target + field->count) = count;
    return LOOM_OK;
}

static loom_status read_field(const loom_field *field, loom_field_store *store, const json_t *value,
                              void *target, loom_error *err)
{
    void *place = (char *)target + field->offset;
    char shown[LOOM_SHOWN_SIZE];

    if (!read_value(field->kind, value, place))
        return loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_NONE, "the field '%s' is not %s",
                              field->name, kind_names[field->kind]);
    if (field->kind == LOOM_FIELD_TEXTS)
        return read_texts(field, store, value, target, err);
    if (field->kind == LOOM_FIELD_WORD &&
        !loom_field_read_word(field, json_string_value(value), place))
        return loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_NONE, "'%s' is not %s %s",
                              loom_text_show(shown, json_string_value(value)),
                              strchr("aeiou", field->name[0]) != NULL ? "an" : "a", field->name);
    return LOOM_OK;
}

/* The index of a field among the table's paths. */
static size_t path_index(const loom_field *table, const loom_field *field)
{
    size_t index = 0;

    for (; table < field; table++)
        index += table->kind == LOOM_FIELD_PATH;
    return index;
}

static loom_status read_bytes(const char *name, loom_strbuf *bytes, const json_t *value,
                              loom_error *err)
{
    if (json_is_string(value) &&
        loom_json_base64_decode(bytes, json_string_value(value), json_string_length(value)) &&
        bytes->size > 0 && memchr(bytes->data, '\0', bytes->size) == NULL)
        return LOOM_OK;
    if (bytes->failed)
        return loom_no_memory(err, LOOM_STAGE_NONE, "to read it");
    return loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_NONE,
                          "the field '%s' is not a string in base64", name);
}

/* The field with this name; *twin: the name is that of its Base64 form. NULL: there is none. */
static const loom_field *find(const loom_field *table, size_t count, size_t *next, const char *name,
                              bool *twin)
{
    for (size_t i = 0; i < count; i++) {
        const size_t at = (*next + i) % count; /* records usually have the order of the table */
        const size_t length = strlen(table[at].name);
        if (strncmp(table[at].name, name, length) != 0)
            continue;
        *twin = table[at].kind == LOOM_FIELD_PATH && strcmp(name + length, base64_suffix) == 0;
        if (name[length] == '\0' || *twin) {
            *next = at + !*twin;
            return &table[at];
        }
    }
    return NULL;
}

bool loom_field_find(const loom_field *table, size_t count, const char *name)
{
    size_t next = 0;
    bool twin;

    return find(table, count, &next, name, &twin) != NULL;
}

/* Reads the member `name`, which has a value. */
static loom_status read_member(const loom_field *table, size_t count, size_t *next,
                               loom_field_store *store, const char *name, void *target,
                               loom_error *err)
{
    const json_t *value = json_object_get(store->object, name);
    bool twin;
    const loom_field *field = find(table, count, next, name, &twin);

    if (field == NULL) {
        if (store->unknown != NULL && strcmp(name, "type") != 0)
            store->unknown(store->user, name);
        return LOOM_OK;
    }
    if (json_is_null(value))
        return LOOM_OK;
    return twin ? read_bytes(name, &store->paths[path_index(table, field)], value, err)
                : read_field(field, store, value, target, err);
}

loom_status loom_fields_read(const loom_field *table, size_t count, loom_field_store *store,
                             void *target, loom_error *err)
{
    loom_status status = LOOM_OK;
    size_t next = 0, path = 0;

    for (size_t i = 0; i < count; i++)
        loom_field_reset(&table[i], target);
    for (size_t i = 0; i < LOOM_FIELDS_PATHS_MAX; i++)
        loom_strbuf_clear(&store->paths[i]);
    for (void *at = json_object_iter(store->object); at != NULL && status == LOOM_OK;
         at = json_object_iter_next(store->object, at))
        status = read_member(table, count, &next, store, json_object_iter_key(at), target, err);
    for (size_t i = 0; i < count; i++)
        if (table[i].kind == LOOM_FIELD_PATH) {
            if (store->paths[path].size > 0)
                *(const char **)(void *)((char *)target + table[i].offset) =
                    store->paths[path].data;
            path++;
        }
    return status;
}

void loom_fields_check(const loom_field_store *store, const char *name, const json_t *object,
                       bool (*known)(const char *name))
{
    if (store->unknown == NULL)
        return;
    for (void *at = json_object_iter((json_t *)(uintptr_t)object); at != NULL;
         at = json_object_iter_next((json_t *)(uintptr_t)object, at)) {
        loom_strbuf full = LOOM_STRBUF_INIT;
        if (known(json_object_iter_key(at)))
            continue;
        loom_strbuf_add_format(&full, "%s.%.100s", name, json_object_iter_key(at));
        store->unknown(store->user, loom_strbuf_str(&full));
        loom_strbuf_release(&full);
    }
}

/* ---- writing ------------------------------------------------------------- */

void loom_field_write_path(loom_json *json, const char *name, const char *path)
{
    loom_json_key(json, name);
    loom_json_string(json, path);
    if (path == NULL)
        return;
    const size_t size = strlen(path);
    if (!loom_utf8_valid(path, size)) {
        char twin[64];
        (void)snprintf(twin, sizeof twin, "%s%s", name, base64_suffix);
        loom_json_key(json, twin);
        loom_json_base64(json, path, size);
    }
}

static void write_texts(loom_json *json, const char *const *texts, size_t count)
{
    loom_json_begin(json, '[');
    for (size_t i = 0; i < count; i++)
        loom_json_string(json, texts[i]);
    loom_json_end(json, ']');
}

static void write_number(loom_json *json, loom_field_kind kind, int64_t number)
{
    if (is_null(kind, number))
        loom_json_null(json);
    else if (kind == LOOM_FIELD_MS)
        loom_json_ms(json, number);
    else if (kind == LOOM_FIELD_SHARE)
        loom_json_millionths(json, (uint64_t)number);
    else if (kind == LOOM_FIELD_DECIMAL)
        loom_json_decimal(json, number);
    else if (kind == LOOM_FIELD_INSTANT)
        loom_json_file_time(json, number);
    else if (kind == LOOM_FIELD_ANSWER)
        loom_json_bool(json, number != 0);
    else
        loom_json_int(json, number);
}

static const char *word_or_null(const char *word)
{
    return word != NULL && word[0] != '\0' ? word : NULL;
}

static void write_field(loom_json *json, const loom_field *field, const void *source)
{
    const void *place = (const char *)source + field->offset;

    if (field->optional && is_absent(field->kind, place))
        return;
    if (field->kind == LOOM_FIELD_PATH) {
        loom_field_write_path(json, field->name, *(const char *const *)place);
        return;
    }
    loom_json_key(json, field->name);
    if (is_number(field->kind))
        write_number(json, field->kind, *(const int64_t *)place);
    else if (field->kind == LOOM_FIELD_FLAG)
        loom_json_bool(json, *(const bool *)place);
    else if (field->kind == LOOM_FIELD_WORD)
        loom_json_string(json, word_or_null(field->word(*(const unsigned *)place)));
    else if (field->kind == LOOM_FIELD_TEXTS)
        write_texts(json, *(const char *const *const *)place,
                    *(const size_t *)(const void *)((const char *)source + field->count));
    else
        loom_json_string(json, *(const char *const *)place);
}

void loom_fields_write(loom_json *json, const loom_field *table, size_t count, const void *source)
{
    for (size_t i = 0; i < count; i++)
        write_field(json, &table[i], source);
}

/* ---- instants ------------------------------------------------------------ */

/* Reads ".123" as nanoseconds; returns the rest. */
static const char *read_fraction(const char *text, int64_t *ns)
{
    int64_t unit = LOOM_NS_PER_SECOND;

    if (*text != '.')
        return text;
    for (text++; *text >= '0' && *text <= '9'; text++) {
        unit /= 10;
        *ns += (*text - '0') * unit;
    }
    return text;
}

bool loom_instant_read(const char *text, int64_t *wall_ns)
{
    struct tm utc = {.tm_sec = 0}, offset = {.tm_sec = 0};
    int64_t ns = 0, shift = 0;
    const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &utc);

    if (rest == NULL)
        return false;
    rest = read_fraction(rest, &ns);
    if (*rest == '+' || *rest == '-') {
        const int64_t sign = *rest == '+' ? -1 : 1;
        rest = strptime(rest + 1, "%H:%M", &offset);
        shift = sign * (offset.tm_hour * 3600 + offset.tm_min * 60);
    } else {
        rest = *rest == 'Z' ? rest + 1 : NULL;
    }
    if (rest == NULL || *rest != '\0')
        return false;
    const int64_t seconds = (int64_t)timegm(&utc) + shift;
    if (seconds < INT64_MIN / LOOM_NS_PER_SECOND + 1 ||
        seconds > INT64_MAX / LOOM_NS_PER_SECOND - 1)
        return false;
    *wall_ns = seconds * LOOM_NS_PER_SECOND + ns;
    return true;
}
