/*
 * The members of a JSON object and of a struct, by a table (loom_field) of what each has to be: one
 * table is for reading and for writing.
 */
#ifndef LOOM_REPORT_JSON_FIELDS_H
#define LOOM_REPORT_JSON_FIELDS_H

#include "report/json.h"
#include <imgloom/reader.h>
#include <jansson.h>

#define LOOM_FIELDS_PATHS_MAX 2 /* paths in a table */

/* Told of a field that no table has, with the fields it is in: "hue", "tool.hue". */
typedef void loom_field_unknown(void *user, const char *name);

/* What the strings of an object that was read live in. Zero-initialise. */
typedef struct loom_field_store {
    json_t *object;                           /* owned */
    loom_strbuf paths[LOOM_FIELDS_PATHS_MAX]; /* the bytes of those that came in base64 */
    const char **texts;                       /* owned: of LOOM_FIELD_TEXTS, of which a table has
                                                 one at most */
    size_t capacity;                          /* of texts */
    loom_field_unknown *unknown;              /* NULL: nobody is told */
    void *user;                               /* of `unknown` */
} loom_field_store;

void loom_field_store_clear(loom_field_store *store);

/*
 * Sets all fields of `target` to what stands for null, then fills them in from store->object. The
 * member "type" is the record's and passed over. LOOM_ERR_CORRUPT with a message that names the
 * field: it is of another kind, or no word of its set.
 */
loom_status loom_fields_read(const loom_field *table, size_t count, loom_field_store *store,
                             void *target, loom_error *err);

/* Tells store->unknown of each member of an object within store->object, called `name`, of which
 * `known` does not know the name. What is no object has none. */
void loom_fields_check(const loom_field_store *store, const char *name, const json_t *object,
                       bool (*known)(const char *name));

bool loom_field_find(const loom_field *table, size_t count, const char *name);

/* Writes what `source` holds, in the order of the table. */
void loom_fields_write(loom_json *json, const loom_field *table, size_t count, const void *source);

/*
 * A path, or null for NULL. Paths are bytes: one that is not UTF-8 stands in base64 under
 * `name` with "Base64" behind it, beside the string, which cannot hold it.
 */
void loom_field_write_path(loom_json *json, const char *name, const char *path);

/* An instant of RFC 3339 in ns since the epoch. False where it is none. */
bool loom_instant_read(const char *text, int64_t *wall_ns);

#endif
