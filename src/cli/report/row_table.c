#include "cli/report/row_table.h"

#include <string.h>

enum { BLOCK = 4096 };

static guint hash_id(gconstpointer entry)
{
    guint hash;

    memcpy(&hash, ((const row_entry *)entry)->id.bytes, sizeof hash);
    return hash;
}

static gboolean equal_ids(gconstpointer a, gconstpointer b)
{
    return memcmp(&((const row_entry *)a)->id, &((const row_entry *)b)->id, sizeof(row_id)) == 0;
}

void row_table_init(row_table *table, bool compared)
{
    const loom_field *field;

    *table = (row_table){.entries = g_hash_table_new(hash_id, equal_ids),
                         .blocks = g_ptr_array_new_with_free_func(g_free),
                         .compared = g_ptr_array_new(),
                         .checksum = g_checksum_new(G_CHECKSUM_SHA256),
                         .key = g_string_new(NULL)};
    for (size_t i = 0; compared && (field = loom_row_field_get(i)) != NULL; i++)
        if (field->compared != NULL)
            g_ptr_array_add(table->compared, (gpointer)(uintptr_t)field);
    table->entry_size = sizeof(row_entry) + table->compared->len * sizeof(int64_t);
}

void row_table_release(row_table *table)
{
    g_hash_table_destroy(table->entries);
    g_ptr_array_free(table->blocks, TRUE);
    g_ptr_array_free(table->compared, TRUE);
    g_checksum_free(table->checksum);
    g_string_free(table->key, TRUE);
}

static row_id digest(row_table *table)
{
    guint8 bytes[32];
    gsize size = sizeof bytes;
    row_id id;

    g_checksum_reset(table->checksum);
    g_checksum_update(table->checksum, (const guchar *)table->key->str, (gssize)table->key->len);
    g_checksum_get_digest(table->checksum, bytes, &size);
    memcpy(id.bytes, bytes, sizeof id.bytes);
    return id;
}

/* A path and the NUL that ends it. */
static void add_path(GString *key, const char *folder, const char *path)
{
    if (path != NULL && path[0] != '/' && folder != NULL)
        g_string_append_printf(key, "%s/", folder);
    g_string_append(key, path != NULL ? path : "");
    g_string_append_c(key, '\0');
}

static row_id id_of(row_table *table, const loom_row *row, const char *folder)
{
    g_string_truncate(table->key, 0);
    add_path(table->key, folder, row->original_path);
    add_path(table->key, folder, row->output_path);
    return digest(table);
}

row_id row_table_id(row_table *table, const loom_row *row)
{
    return id_of(table, row, row->folder);
}

uint64_t row_table_input(const row_table *table)
{
    return cli_hash(0, table->key->str);
}

row_id row_table_id_written(row_table *table, const loom_row *row)
{
    return id_of(table, row, NULL);
}

row_id row_table_id_nth(row_table *table, const loom_row *row, unsigned nth)
{
    g_string_truncate(table->key, 0);
    add_path(table->key, NULL, row->original_path);
    g_string_append_printf(table->key, "%u", nth);
    return digest(table);
}

row_entry *row_table_find(const row_table *table, const row_id *id)
{
    const row_entry key = {.id = *id};

    return g_hash_table_lookup(table->entries, &key);
}

row_entry *row_table_add(row_table *table, const row_id *id)
{
    if (table->count % BLOCK == 0)
        g_ptr_array_add(table->blocks, g_malloc0_n(BLOCK, table->entry_size));
    row_entry *entry = row_table_at(table, table->count++);
    entry->id = *id;
    g_hash_table_add(table->entries, entry);
    return entry;
}

row_entry *row_table_at(const row_table *table, size_t n)
{
    char *block = g_ptr_array_index(table->blocks, n / BLOCK);

    return (row_entry *)(void *)(block + n % BLOCK * table->entry_size);
}

/* Its start, or that of its run, ns since the epoch. */
static int64_t time_of(const loom_row *row)
{
    return cli_sum(row->started_ns, MAX(row->start_ns, 0));
}

void row_table_set(const row_table *table, row_entry *entry, const loom_record *record)
{
    const loom_row *row = record->row;

    entry->offset = record->offset;
    entry->length = (uint32_t)record->length; /* at most LOOM_RECORD_SIZE_MAX */
    entry->result = (uint8_t)row->result;
    entry->code = (uint8_t)row->code;
    entry->worked = row->thread >= 0;
    entry->merged = row->run >= 0;
    entry->when_ns = time_of(row);
    entry->original_size = row->original_size;
    entry->processed_size = row->processed_size;
    entry->pixels = loom_result_decoded(row->result, row->stage) && row->original_width > 0 &&
                            row->original_height > 0
                        ? (uint64_t)row->original_width * (uint64_t)row->original_height
                        : 0;
    for (guint i = 0; i < table->compared->len; i++)
        entry->compared[i] = row_number(row, g_ptr_array_index(table->compared, i));
}

bool row_entry_is_undone(const row_entry *entry)
{
    return entry->result == LOOM_RESULT_PLANNED ||
           (entry->result == LOOM_RESULT_ERROR && entry->code == LOOM_ERR_CANCELLED);
}

static unsigned rank(const row_entry *entry)
{
    return row_entry_is_undone(entry) ? 0 : entry->result == LOOM_RESULT_SKIPPED ? 1 : 2;
}

bool row_entry_yields(const row_entry *entry, const loom_row *row)
{
    const row_entry now = {.result = (uint8_t)row->result, .code = (uint8_t)row->code};

    return rank(&now) != rank(entry) ? rank(&now) > rank(entry) : time_of(row) >= entry->when_ns;
}

gint row_compare_inputs(gconstpointer a, gconstpointer b)
{
    const row_entry *one = *(row_entry *const *)a, *other = *(row_entry *const *)b;

    return (one->input > other->input) - (one->input < other->input);
}

gint row_compare_places(gconstpointer a, gconstpointer b)
{
    const row_entry *one = *(row_entry *const *)a, *other = *(row_entry *const *)b;

    if (one->file != other->file)
        return one->file < other->file ? -1 : 1;
    return (one->offset > other->offset) - (one->offset < other->offset);
}

int64_t row_number(const loom_row *row, const loom_field *field)
{
    return *(const int64_t *)(const void *)((const char *)row + field->offset);
}

int64_t cli_sum(int64_t a, int64_t b)
{
    int64_t sum;

    if (__builtin_add_overflow(a, b, &sum))
        return a < 0 ? INT64_MIN : INT64_MAX;
    return sum;
}

uint64_t cli_hash(uint64_t seed, const char *text)
{
    uint64_t hash = seed ^ UINT64_C(0xcbf29ce484222325);

    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return hash;
}
