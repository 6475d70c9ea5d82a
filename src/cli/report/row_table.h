/* Compact hash table of report rows, keyed by path; sized for millions. */
#ifndef CLI_REPORT_ROW_TABLE_H
#define CLI_REPORT_ROW_TABLE_H

#include <glib.h>
#include <imgloom/reader.h>

/* A digest that identifies a row: half a SHA-256, so collisions do not occur. */
typedef struct row_id {
    guint8 bytes[16];
} row_id;

typedef struct row_entry {
    row_id id;
    uint64_t offset; /* of its text in its report */
    uint32_t length;
    uint32_t file; /* index of the report */
    uint32_t run;  /* set by the owner */
    uint8_t result, code;
    bool worked;                           /* a thread had it */
    bool merged;                           /* its text names its run in a merged report */
    bool seen;                             /* set by the owner */
    int64_t when_ns;                       /* since the epoch: its start, or that of its run */
    int64_t original_size, processed_size; /* -1: not stated */
    uint64_t pixels;
    uint64_t input;     /* hash of the original path, set by the owner */
    int64_t compared[]; /* for the table's fields: the row's values; -1: none */
} row_entry;

typedef struct row_table {
    GHashTable *entries;
    GPtrArray *blocks; /* of row_entry */
    size_t count, entry_size;
    GPtrArray *compared; /* of loom_field: the number fields that entries store */
    GChecksum *checksum;
    GString *key;
} row_table;

/* With `compared`, entries store the fields that loom_field marks for comparison. */
void row_table_init(row_table *table, bool compared);
void row_table_release(row_table *table);

/* By the absolute paths of the original and the output. */
row_id row_table_id(row_table *table, const loom_row *row);
/* The hash of the original path of the last id. */
uint64_t row_table_input(const row_table *table);
/* By the two paths as written in the report. */
row_id row_table_id_written(row_table *table, const loom_row *row);
/* By the original as written, and the index of the row among those of the same original. */
row_id row_table_id_nth(row_table *table, const loom_row *row, unsigned nth);

row_entry *row_table_find(const row_table *table, const row_id *id); /* NULL: none */
/* Adds an entry that is not in the table; everything except the id is zero. Its address stays
 * valid. */
row_entry *row_table_add(row_table *table, const row_id *id);
/* Fills in the record's data, except `file` and `run`. */
void row_table_set(const row_table *table, row_entry *entry, const loom_record *record);

/* Whether its run has not come to the image, so that any other row of it says more. */
bool row_entry_is_undone(const row_entry *entry);

/*
 * Whether an entry yields to another row of the same output. One that tells of what was done (ok,
 * warning or error) counts before one that was skipped, and that before one that is undone; of the
 * same kind the newer counts, or the later of two.
 */
bool row_entry_yields(const row_entry *entry, const loom_row *row);

/* For arrays of row_entry *: by their inputs, or by file and position. */
gint row_compare_inputs(gconstpointer a, gconstpointer b);
gint row_compare_places(gconstpointer a, gconstpointer b);

/* The row's value of a number field; -1: none. */
int64_t row_number(const loom_row *row, const loom_field *field);

row_entry *row_table_at(const row_table *table, size_t n); /* in the order they were added */

/* Saturating sum: reports are untrusted input. */
int64_t cli_sum(int64_t a, int64_t b);

/* FNV-1a of 64 bits, continued from `seed`; begin with 0. */
uint64_t cli_hash(uint64_t seed, const char *text);

#endif
