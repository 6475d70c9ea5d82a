/* Values of a JSON text. All functions assert that they are there. */
#ifndef TESTS_SUPPORT_JSON_VALUE_H
#define TESTS_SUPPORT_JSON_VALUE_H

#include "support/check.h"
#include <jansson.h>

/* A text that is one value, of any kind, and gives no member twice; to be freed by json_decref. */
static inline json_t *value_parse(const char *text)
{
    json_error_t error;
    json_t *value = json_loads(text, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);

    ck_assert_msg(value != NULL, "%s in line %d at %d of %.200s", error.text, error.line,
                  error.position, text);
    return value;
}

static inline long long value_number(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    ck_assert_msg(json_is_integer(value), "no number %s", key);
    return json_integer_value(value);
}

/* As long as the object. */
static inline const char *value_string(const json_t *object, const char *key)
{
    const char *found = json_string_value(json_object_get(object, key));

    ck_assert_msg(found != NULL, "no string %s", key);
    return found;
}

#endif
