#include "report/json_flat.h"

#include "base/clock.h"
#include "base/text.h"
#include <string.h>

/* What is read; `at` stands behind what was taken. */
typedef struct flat_text {
    char *at, *end;
} flat_text;

static bool take(flat_text *text, const char *word)
{
    const size_t size = strlen(word);

    if ((size_t)(text->end - text->at) < size || memcmp(text->at, word, size) != 0)
        return false;
    text->at += size;
    return true;
}

/* A string without escapes, which gets a NUL in place of its closing quote; NULL: it is none. */
static char *take_string(flat_text *text, size_t *size)
{
    bool ascii = true;

    if (text->at == text->end || *text->at != '"')
        return NULL;
    char *begin = ++text->at;
    for (; text->at < text->end && *text->at != '"'; text->at++) {
        const unsigned char c = (unsigned char)*text->at;
        if (c < 0x20 || c == '\\')
            return NULL;
        ascii = ascii && c < 0x80;
    }
    if (text->at == text->end)
        return NULL;
    *size = (size_t)(text->at - begin);
    *text->at++ = '\0';
    return ascii || loom_utf8_valid(begin, *size) ? begin : NULL;
}

/* Digits of a number, as JSON has them; at most `limit` of them. */
static bool take_digits(flat_text *text, size_t limit, bool whole, int64_t *number, size_t *count)
{
    const char *begin = text->at;

    for (; text->at < text->end && *text->at >= '0' && *text->at <= '9'; text->at++) {
        if ((size_t)(text->at - begin) == limit)
            return false;
        *number = *number * 10 + (*text->at - '0');
    }
    *count = (size_t)(text->at - begin);
    return *count > 0 && (!whole || *count == 1 || *begin != '0');
}

static bool take_integer(flat_text *text, bool sign, int64_t *number)
{
    const bool minus = sign && take(text, "-");
    size_t count;

    *number = 0;
    if (!take_digits(text, 18, true, number, &count))
        return false;
    if (minus)
        *number = -*number;
    return true;
}

/* A number of at least 0 with `decimals` at most, as a multiple of its last decimal. So few digits
 * that a double has them exactly. */
static bool take_decimal(flat_text *text, size_t decimals, int64_t *number)
{
    size_t count = 0;

    *number = 0;
    if (!take_digits(text, 9, true, number, &count))
        return false;
    count = 0;
    if (take(text, ".") && !take_digits(text, decimals, false, number, &count))
        return false;
    for (; count < decimals; count++)
        *number *= 10;
    return true;
}

static bool take_text(flat_text *text, const loom_field *field, void *place)
{
    size_t size;
    const char *string = take_string(text, &size);

    if (string == NULL)
        return false;
    if (field->kind == LOOM_FIELD_WORD)
        return loom_field_read_word(field, string, place);
    if (field->kind == LOOM_FIELD_INSTANT)
        return loom_instant_read(string, place);
    *(const char **)place = string;
    return true;
}

static bool take_answer(flat_text *text, bool *answer)
{
    *answer = take(text, "true");
    return *answer || take(text, "false");
}

/* A value that is not null. */
static bool take_value(flat_text *text, const loom_field *field, void *place)
{
    bool answer;

    switch (field->kind) {
    case LOOM_FIELD_COUNT:
    case LOOM_FIELD_BYTES:
        return take_integer(text, false, place);
    case LOOM_FIELD_SIGNED:
        return take_integer(text, true, place);
    case LOOM_FIELD_MS:
    case LOOM_FIELD_SHARE:
        return take_decimal(text, 6, place) &&
               (field->kind == LOOM_FIELD_MS || *(int64_t *)place <= 1000000);
    case LOOM_FIELD_DECIMAL:
        return take_decimal(text, 3, place);
    case LOOM_FIELD_FLAG:
        return take_answer(text, place);
    case LOOM_FIELD_ANSWER:
        if (!take_answer(text, &answer))
            return false;
        *(int64_t *)place = answer;
        return true;
    case LOOM_FIELD_TEXT:
    case LOOM_FIELD_PATH:
    case LOOM_FIELD_WORD:
    case LOOM_FIELD_INSTANT:
        return take_text(text, field, place);
    case LOOM_FIELD_TEXTS:
        return take(text, "[]");
    case LOOM_FIELD_ANY:
    case LOOM_FIELD_OBJECT:
    case LOOM_FIELD_ARRAY:
        break;
    }
    return false;
}

/* The index of a field; `count`: there is none. Records usually have the order of the table. */
static size_t find(const loom_field *table, size_t count, size_t next, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        const size_t at = next + i < count ? next + i : next + i - count;
        if (strcmp(table[at].name, name) == 0)
            return at;
    }
    return count;
}

bool loom_flat_read(const loom_field *table, size_t count, char *text, size_t size, void *target,
                    uint64_t *valued)
{
    flat_text rest = {.at = text, .end = text + size};
    uint64_t seen = 0;
    size_t next = 0, length;

    *valued = 0;
    for (size_t i = 0; i < count; i++)
        loom_field_reset(&table[i], target);
    do {
        const char *name = take_string(&rest, &length);
        if (name == NULL || !take(&rest, ":"))
            return false;
        const size_t at = find(table, count, next, name);
        if (at == count || (seen >> at & 1) != 0)
            return false;
        seen |= UINT64_C(1) << at;
        next = at + 1;
        if (take(&rest, "null"))
            continue;
        if (!take_value(&rest, &table[at], (char *)target + table[at].offset))
            return false;
        *valued |= UINT64_C(1) << at;
    } while (take(&rest, ","));
    return take(&rest, "}") && rest.at == rest.end;
}
