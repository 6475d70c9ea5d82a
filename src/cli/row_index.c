#include "cli/row_index.h"

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

void row_index_init(row_index *index)
{
    *index = (row_index){.table = g_hash_table_new(hash_id, equal_ids),
                         .blocks = g_ptr_array_new_with_free_func(g_free),
                         .checksum = g_checksum_new(G_CHECKSUM_SHA256),
                         .key = g_string_new(NULL)};
}

void row_index_release(row_index *index)
{
    g_hash_table_destroy(index->table);
    g_ptr_array_free(index->blocks, TRUE);
    g_checksum_free(index->checksum);
    g_string_free(index->key, TRUE);
}

static row_id digest(row_index *index)
{
    guint8 bytes[32];
    gsize size = sizeof bytes;
    row_id id;

    g_checksum_reset(index->checksum);
    g_checksum_update(index->checksum, (const guchar *)index->key->str, (gssize)index->key->len);
    g_checksum_get_digest(index->checksum, bytes, &size);
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

static row_id id_of(row_index *index, const loom_row *row, const char *folder)
{
    g_string_truncate(index->key, 0);
    add_path(index->key, folder, row->original_path);
    add_path(index->key, folder, row->output_path);
    return digest(index);
}

row_id row_index_id(row_index *index, const loom_row *row)
{
    return id_of(index, row, row->folder);
}

uint64_t row_index_input(const row_index *index)
{
    return cli_hash(0, index->key->str);
}

row_id row_index_id_written(row_index *index, const loom_row *row)
{
    return id_of(index, row, NULL);
}

row_id row_index_id_nth(row_index *index, const loom_row *row, unsigned nth)
{
    g_string_truncate(index->key, 0);
    add_path(index->key, NULL, row->original_path);
    g_string_append_printf(index->key, "%u", nth);
    return digest(index);
}

row_entry *row_index_find(const row_index *index, const row_id *id)
{
    const row_entry key = {.id = *id};

    return g_hash_table_lookup(index->table, &key);
}

row_entry *row_index_add(row_index *index, const row_id *id)
{
    if (index->count % BLOCK == 0)
        g_ptr_array_add(index->blocks, g_new0(row_entry, BLOCK));
    row_entry *entry = row_index_at(index, index->count++);
    entry->id = *id;
    g_hash_table_add(index->table, entry);
    return entry;
}

row_entry *row_index_at(const row_index *index, size_t n)
{
    row_entry *block = g_ptr_array_index(index->blocks, n / BLOCK);

    return &block[n % BLOCK];
}

void row_entry_set(row_entry *entry, const loom_record *record)
{
    const loom_row *row = record->row;

    entry->offset = record->offset;
    entry->length = (uint32_t)record->length; /* at most LOOM_MAX_RECORD_SIZE */
    entry->result = (uint8_t)row->result;
    entry->code = (uint8_t)row->code;
    entry->worked = row->worker >= 0;
    entry->merged = row->run >= 0;
    entry->when_ns = cli_sum(row->started_ns, MAX(row->start_ns, 0));
    entry->original_size = row->original_size;
    entry->processed_size = row->processed_size;
    entry->elapsed_ns = row->elapsed_ns;
    entry->pixels = loom_result_decoded(row->result, row->stage) && row->original_width > 0 &&
                            row->original_height > 0
                        ? (uint64_t)row->original_width * (uint64_t)row->original_height
                        : 0;
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
