/* The list of a shard: read, checked, and held in memory. */
#include "shards/folder.h"

#include "base/array.h"
#include "base/error.h"
#include "files/error_pool.h"
#include "files/path.h"
#include "picture/recipe_fields.h"
#include "report/json_flat.h"
#include "report/records.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PIECE = 256 * 1024 }; /* bytes read at once */

/* A line has two paths, perhaps twice, and a message: far less than this. */
#define LINE_SIZE_MAX ((size_t)1 << 20)

struct loom_shard_list {
    unsigned shard;
    loom_item *items;
    size_t count, capacity;
    loom_arena arena;        /* their strings */
    loom_error_pool errors;  /* their errors */
    loom_field_store fields; /* of the line that is read */
    loom_strbuf text;        /* the same, where it needs no parser of JSON */
};

loom_shard_list *loom_shard_list_create(unsigned shard)
{
    loom_shard_list *list = calloc(1, sizeof *list);

    if (list != NULL)
        list->shard = shard;
    return list;
}

void loom_shard_list_free(loom_shard_list *list)
{
    if (list == NULL)
        return;
    loom_field_store_clear(&list->fields);
    loom_strbuf_release(&list->text);
    loom_error_pool_release(&list->errors);
    loom_arena_release(&list->arena);
    free(list->items);
    free(list);
}

unsigned loom_shard_list_shard(const loom_shard_list *list)
{
    return list->shard;
}

size_t loom_shard_list_count(const loom_shard_list *list)
{
    return list->count;
}

loom_item *loom_shard_list_items(loom_shard_list *list)
{
    return list->items;
}

size_t loom_shard_list_find(const loom_shard_list *list, uint64_t item)
{
    size_t low = 0, high = list->count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (list->items[middle].item < item)
            low = middle + 1;
        else
            high = middle;
    }
    return low < list->count && list->items[low].item == item ? low : SIZE_MAX;
}

/* ---- an item ------------------------------------------------------------- */

typedef struct item_fields {
    int64_t item, output, bytes;
    const char *original_path, *output_path, *error, *skip_reason;
    unsigned format, code, stage;
} item_fields;

#define ITEM(key, of, member, ...)                                                                 \
    {                                                                                              \
        .name = key, .kind = LOOM_FIELD_##of, .offset = offsetof(item_fields, member), __VA_ARGS__ \
    }

static const loom_field item_table[] = {
    ITEM("item", COUNT, item, .word = NULL),
    ITEM("originalPath", PATH, original_path, .word = NULL),
    ITEM("outputPath", PATH, output_path, .word = NULL),
    ITEM("outputIndex", COUNT, output, .word = NULL),
    ITEM("format", WORD, format, .word = loom_format_word),
    ITEM("bytes", BYTES, bytes, .word = NULL),
    ITEM("errorCode", WORD, code, .word = loom_code_word),
    ITEM("errorStage", WORD, stage, .word = loom_stage_word),
    ITEM("error", TEXT, error, .word = NULL),
    ITEM("skipReason", TEXT, skip_reason, .word = NULL),
};

static loom_status corrupt(loom_error *err, const char *message)
{
    return loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_NONE, "%s", message);
}

static loom_status no_memory(loom_error *err)
{
    return loom_no_memory(err, LOOM_STAGE_NONE, "for the list of a shard");
}

/* Checks that the fields agree with one another, with the plan, and with the item before. */
static loom_status check(const loom_shard_list *list, const loom_shards_info *info,
                         const item_fields *f, loom_error *err)
{
    const loom_item *last = list->count > 0 ? &list->items[list->count - 1] : NULL;

    if (f->item < 0 || f->original_path == NULL || f->original_path[0] == '\0' || f->output < 0 ||
        f->bytes < 0)
        return corrupt(err, "item, originalPath, outputIndex or bytes is missing");
    if ((uint64_t)f->item >= info->items || (last != NULL && (uint64_t)f->item <= last->item))
        return corrupt(err, "the item is out of order");
    if ((uint64_t)f->output >= loom_recipe_outputs(info->recipe))
        return corrupt(err, "the recipe has no such output");
    if (f->code == LOOM_OK && (f->output_path == NULL || f->format == LOOM_FORMAT_UNKNOWN))
        return corrupt(err, "outputPath or format is missing");
    if ((f->code != LOOM_OK) != (f->error != NULL))
        return corrupt(err, "the fields 'error' and 'errorCode' contradict each other");
    return LOOM_OK;
}

/* A copy of a text; an equal one that is there already is shared. NULL: out of memory. */
static const char *keep(loom_shard_list *list, const char *text, const char *there)
{
    if (there != NULL && strcmp(text, there) == 0)
        return there;
    return loom_arena_copy(&list->arena, text, strlen(text));
}

/* False: out of memory. */
static bool keep_error(loom_shard_list *list, loom_item *item, const item_fields *f)
{
    loom_error error = LOOM_ERROR_INIT;

    if (f->code == LOOM_OK)
        return true;
    (void)loom_error_set(&error, (loom_status)f->code, (loom_stage)f->stage, "%s", f->error);
    item->error = loom_error_pool_keep(&list->errors, &error);
    return item->error != NULL;
}

static bool add(loom_shard_list *list, const item_fields *f)
{
    const loom_item none = {.item = 0};

    if (!loom_grow((void **)(void *)&list->items, &list->capacity, list->count + 1,
                   sizeof *list->items))
        return false;
    const loom_item *last = list->count > 0 ? &list->items[list->count - 1] : &none;
    loom_item *item = &list->items[list->count];
    *item = (loom_item){.item = (uint64_t)f->item,
                        .input_path = keep(list, f->original_path, last->input_path),
                        .bytes = (uint64_t)f->bytes,
                        .output = (unsigned)f->output,
                        .format = (loom_format)f->format};
    if (item->input_path == NULL || !keep_error(list, item, f))
        return false;
    if (f->output_path != NULL &&
        (item->output_path =
             loom_arena_copy(&list->arena, f->output_path, strlen(f->output_path))) == NULL)
        return false;
    if (f->skip_reason != NULL &&
        (item->skip_reason = keep(list, f->skip_reason, last->skip_reason)) == NULL)
        return false;
    list->count++;
    return true;
}

/* Takes a line as we write it. False: another form, or no item. */
static bool scan(loom_shard_list *list, const char *line, size_t size, item_fields *fields)
{
    loom_strbuf *text = &list->text;
    uint64_t valued;

    if (size == 0 || line[0] != '{')
        return false;
    loom_strbuf_clear(text);
    loom_strbuf_add(text, line + 1, size - 1);
    return !text->failed && loom_flat_read(item_table, LOOM_COUNT(item_table), text->data,
                                           text->size, fields, &valued);
}

static loom_status parse(loom_shard_list *list, const char *line, size_t size, item_fields *fields,
                         loom_error *err)
{
    loom_field_store *store = &list->fields;
    json_error_t error;

    if (memchr(line, '\0', size) != NULL) /* jansson takes it for a space after a number */
        return corrupt(err, "it holds a NUL byte");
    json_decref(store->object);
    store->object = json_loadb(line, size, JSON_REJECT_DUPLICATES, &error);
    if (store->object == NULL)
        return json_error_code(&error) == json_error_out_of_memory ? no_memory(err)
                                                                   : corrupt(err, "it is not JSON");
    if (!json_is_object(store->object))
        return corrupt(err, "it is not a JSON object");
    return loom_fields_read(item_table, LOOM_COUNT(item_table), store, fields, err);
}

loom_status loom_shard_list_add(loom_shard_list *list, const loom_shards *shards, const char *line,
                                size_t size, loom_error *err)
{
    loom_status status = LOOM_OK;
    item_fields fields;

    if (!scan(list, line, size, &fields))
        status = parse(list, line, size, &fields, err);
    if (status == LOOM_OK)
        status = check(list, &shards->info, &fields, err);
    return status == LOOM_OK && !add(list, &fields) ? no_memory(err) : status;
}

/* ---- the file ------------------------------------------------------------ */

typedef struct list_source {
    loom_shard_list *list;
    const loom_shards *shards;
    loom_strbuf line; /* the beginning of a line */
    uint64_t lines;
    SHA2_CTX sum;
    loom_error damage; /* of the first line that is no item */
} list_source;

static loom_status take_line(list_source *s, const char *line, size_t size)
{
    loom_error why = LOOM_ERROR_INIT;

    s->lines++;
    if (s->damage.code != LOOM_OK) /* the rest is for the sum */
        return LOOM_OK;
    if (loom_shard_list_add(s->list, s->shards, line, size, &why) == LOOM_ERR_OUT_OF_MEMORY)
        return why.code;
    if (why.code != LOOM_OK)
        (void)loom_error_set(&s->damage, why.code, LOOM_STAGE_NONE, "line %" PRIu64 ": %s",
                             s->lines, why.message);
    return LOOM_OK;
}

/* Takes the lines that end in a piece of the file, and keeps the rest. */
static loom_status take_piece(list_source *s, const char *piece, size_t size)
{
    while (size > 0) {
        const char *end = memchr(piece, '\n', size);
        const size_t length = end != NULL ? (size_t)(end - piece) : size;
        if (s->line.size + length > LINE_SIZE_MAX)
            return loom_error_set(&s->damage, LOOM_ERR_CORRUPT, LOOM_STAGE_NONE,
                                  "line %" PRIu64 " is too long", s->lines + 1);
        loom_status status = LOOM_OK;
        if (end == NULL || s->line.size > 0)
            loom_strbuf_add(&s->line, piece, length);
        if (s->line.failed)
            return LOOM_ERR_OUT_OF_MEMORY;
        if (end == NULL)
            return LOOM_OK;
        if (s->line.size > 0)
            status = take_line(s, s->line.data, s->line.size);
        else
            status = take_line(s, piece, length);
        if (status != LOOM_OK)
            return status;
        loom_strbuf_clear(&s->line);
        size -= length + 1;
        piece = end + 1;
    }
    return LOOM_OK;
}

/* Reads all; *err is set for what is not damage. */
static loom_status read_all(list_source *s, int file, loom_error *err)
{
    char *piece = malloc(PIECE);
    loom_status status = piece != NULL ? LOOM_OK : no_memory(err);
    ssize_t got = 1;

    SHA256Init(&s->sum);
    while (status == LOOM_OK && got > 0) {
        do
            got = read(file, piece, PIECE);
        while (got < 0 && errno == EINTR);
        if (got < 0) {
            status = loom_error_set_errno(err, LOOM_STAGE_NONE, errno, "cannot read the list");
            break;
        }
        SHA256Update(&s->sum, (const uint8_t *)piece, (size_t)got);
        status = take_piece(s, piece, (size_t)got);
        if (status == LOOM_ERR_OUT_OF_MEMORY)
            status = no_memory(err);
    }
    free(piece);
    return status;
}

/* Whether what was read is what was planned. */
static loom_status judge(list_source *s, loom_error *err)
{
    const loom_shard *shard = &s->shards->info.shard[s->list->shard];
    char hex[LOOM_SHA256_SIZE + 1];

    loom_sha256_end(&s->sum, hex);
    if (strcmp(hex, shard->sha256) != 0)
        return loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_NONE,
                              "the list of shard %u is not the one that was planned: its SHA-256 "
                              "is another",
                              s->list->shard);
    if (s->damage.code == LOOM_OK && (s->line.size > 0 || s->list->count != shard->items))
        (void)corrupt(&s->damage, s->line.size > 0 ? "its last line has no end"
                                                   : "it has not as many items as the plan says");
    if (s->damage.code != LOOM_OK)
        return loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_NONE, "the list of shard %u: %s",
                              s->list->shard, s->damage.message);
    return LOOM_OK;
}

static loom_status read_list(loom_shard_list *list, const loom_shards *shards, loom_error *err)
{
    list_source source = {.list = list, .shards = shards};
    char *path = loom_shards_path(shards, "%s/" LOOM_SHARD_FORMAT LOOM_LIST_END, LOOM_LISTS_NAME,
                                  list->shard);

    if (path == NULL)
        return no_memory(err);
    const int file = loom_path_open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    const int errnum = errno;
    free(path);
    if (file < 0)
        return loom_error_set_errno(err, LOOM_STAGE_NONE, errnum,
                                    "cannot open the list of shard %u", list->shard);
    loom_status status = read_all(&source, file, err);
    (void)close(file);
    if (status == LOOM_OK || status == LOOM_ERR_CORRUPT)
        status = judge(&source, err);
    loom_strbuf_release(&source.line);
    return status;
}

loom_status loom_shard_list_read(loom_shard_list **list, const loom_shards *shards, unsigned shard,
                                 loom_error *err)
{
    if (shard >= shards->info.shards)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "the plan has no shard %u",
                              shard);
    loom_shard_list *made = loom_shard_list_create(shard);
    if (made == NULL)
        return no_memory(err);
    const loom_status status = read_list(made, shards, err);
    loom_field_store_clear(&made->fields);
    loom_strbuf_release(&made->text);
    if (status == LOOM_OK)
        *list = made;
    else
        loom_shard_list_free(made);
    return status;
}
