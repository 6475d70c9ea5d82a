/* Reading the members of a JSON object into a struct, by a table of what each has to be. */
#ifndef LOOM_REPORT_JSON_FIELDS_H
#define LOOM_REPORT_JSON_FIELDS_H

#include "base/strbuf.h"
#include <imgloom/error.h>
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

/* What a field may be, and what stands at its offset. null is the same as not given. */
typedef enum loom_field_kind {
    LOOM_FIELD_COUNT,  /* a whole number, 0 or more: int64_t, else untouched */
    LOOM_FIELD_MS,     /* milliseconds: int64_t of ns, else untouched */
    LOOM_FIELD_TEXT,   /* a string: const char *, of the object's */
    LOOM_FIELD_BASE64, /* bytes without a NUL: loom_strbuf, appended to */
    LOOM_FIELD_FLAG,   /* true or false: bool */
    LOOM_FIELD_OBJECT, /* const json_t * */
    LOOM_FIELD_ARRAY,  /* const json_t * */
    LOOM_FIELD_ANY     /* known, and left alone */
} loom_field_kind;

typedef struct loom_field {
    const char *name;
    loom_field_kind kind;
    size_t offset;
} loom_field;

/* Told of a field that the table does not have. */
typedef void loom_field_unknown(void *user, const char *name);

/*
 * Fills in `target` by the `count` rows of the table, which are sorted by name (strcmp). A field of
 * another kind is LOOM_ERR_CORRUPT with a message that names it. `unknown` may be NULL.
 */
loom_status loom_fields_read(const loom_field *table, size_t count, const json_t *object,
                             void *target, loom_field_unknown *unknown, void *user,
                             loom_error *err);

/* An instant of RFC 3339 in ns since the epoch. False where it is none. */
bool loom_instant_read(const char *text, int64_t *wall_ns);

#endif
