/*
 * Maps the members of a JSON object to those of a struct, by a table (loom_field) that describes
 * each. The same table serves for reading and writing.
 */
#ifndef LOOM_REPORT_JSON_FIELDS_H
#define LOOM_REPORT_JSON_FIELDS_H

#include "report/json.h"
#include <imgloom/reader.h>
#include <jansson.h>

#define LOOM_FIELDS_PATHS_MAX 2 /* paths in a table */

/* Called for a field that no table has, with the names of its parents: "hue", "tool.hue". */
typedef void loom_field_unknown(void *user, const char *name);

/* Owns the strings of an object that was read. Zero-initialise. */
typedef struct loom_field_store {
    json_t *object;                           /* owned */
    loom_strbuf paths[LOOM_FIELDS_PATHS_MAX]; /* the bytes of paths that came in Base64 */
    const char **texts;          /* owned: of LOOM_FIELD_TEXTS; a table has at most one */
    size_t capacity;             /* of texts */
    loom_field_unknown *unknown; /* NULL: no call */
    void *user;                  /* for `unknown` */
} loom_field_store;

void loom_field_store_clear(loom_field_store *store);

/*
 * Sets all fields of `target` to the values for null, then fills them in from store->object. The
 * member "type" belongs to the record and is skipped. LOOM_ERR_CORRUPT, with a message that names
 * the field: it has the wrong type, or its word is not in the set.
 */
loom_status loom_fields_read(const loom_field *table, size_t count, loom_field_store *store,
                             void *target, loom_error *err);

/* Calls store->unknown for each member of the object `name` within store->object whose name `known`
 * does not know. Other values than objects have no members. */
void loom_fields_check(const loom_field_store *store, const char *name, const json_t *object,
                       bool (*known)(const char *name));

bool loom_field_find(const loom_field *table, size_t count, const char *name);

/* Stores the value that stands for null. */
void loom_field_reset(const loom_field *field, void *target);
/* Stores the index of a word of the field's closed set. False: it is none. */
bool loom_field_read_word(const loom_field *field, const char *text, unsigned *place);

/* Writes the fields of `source`, in the order of the table. */
void loom_fields_write(loom_json *json, const loom_field *table, size_t count, const void *source);

/*
 * Writes a path, or null for NULL. A path that is not UTF-8 is also written in Base64, under `name`
 * followed by "Base64", because a string cannot hold it.
 */
void loom_field_write_path(loom_json *json, const char *name, const char *path);

/* Parses an RFC 3339 time to ns since the epoch. False: it is invalid. */
bool loom_instant_read(const char *text, int64_t *wall_ns);

#endif
