#include "report/json_fields.h"

#include "base/base64.h"
#include "base/clock.h"
#include "base/text.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *const kind_names[] = {
    [LOOM_FIELD_COUNT] = "a whole number, 0 or more",
    [LOOM_FIELD_MS] = "a time in milliseconds",
    [LOOM_FIELD_TEXT] = "a string",
    [LOOM_FIELD_BASE64] = "a string in base64",
    [LOOM_FIELD_FLAG] = "true or false",
    [LOOM_FIELD_OBJECT] = "an object",
    [LOOM_FIELD_ARRAY] = "an array",
};

static bool read_ms(const json_t *value, int64_t *ns)
{
    const double max_ms = 9e12; /* ms whose ns fit in int64_t */

    if (!json_is_number(value) || !(fabs(json_number_value(value)) <= max_ms))
        return false;
    *ns = llround(json_number_value(value) * (double)LOOM_NS_PER_MS);
    return true;
}

/* Reads one field into `place`. False: it is not of its kind. */
static bool read_field(loom_field_kind kind, const json_t *value, void *place)
{
    switch (kind) {
    case LOOM_FIELD_COUNT:
        if (!json_is_integer(value) || json_integer_value(value) < 0)
            return false;
        *(int64_t *)place = json_integer_value(value);
        return true;
    case LOOM_FIELD_MS:
        return read_ms(value, place);
    case LOOM_FIELD_TEXT:
        *(const char **)place = json_string_value(value);
        return json_is_string(value);
    case LOOM_FIELD_BASE64: {
        loom_strbuf *bytes = place;
        return json_is_string(value) &&
               loom_base64_decode(bytes, json_string_value(value), json_string_length(value)) &&
               bytes->size > 0 && memchr(bytes->data, '\0', bytes->size) == NULL;
    }
    case LOOM_FIELD_FLAG:
        *(bool *)place = json_is_true(value);
        return json_is_boolean(value);
    case LOOM_FIELD_OBJECT:
        *(const json_t **)place = value;
        return json_is_object(value);
    case LOOM_FIELD_ARRAY:
        *(const json_t **)place = value;
        return json_is_array(value);
    case LOOM_FIELD_ANY:
        break;
    }
    return true;
}

static int compare_name(const void *name, const void *field)
{
    return strcmp(name, ((const loom_field *)field)->name);
}

loom_status loom_fields_read(const loom_field *table, size_t count, const json_t *object,
                             void *target, loom_field_unknown *unknown, void *user, loom_error *err)
{
    for (void *at = json_object_iter((json_t *)(uintptr_t)object); at != NULL;
         at = json_object_iter_next((json_t *)(uintptr_t)object, at)) {
        const char *name = json_object_iter_key(at);
        const json_t *value = json_object_iter_value(at);
        const loom_field *field = bsearch(name, table, count, sizeof *table, compare_name);

        if (field == NULL) {
            if (unknown != NULL)
                unknown(user, name);
        } else if (!json_is_null(value) &&
                   !read_field(field->kind, value, (char *)target + field->offset)) {
            return loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_NONE,
                                  "the field '%s' is not %s", name, kind_names[field->kind]);
        }
    }
    return LOOM_OK;
}

/* Reads ".123" into nanoseconds; returns what is behind it. */
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
