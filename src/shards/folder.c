/* Opening a plan folder: plan.json, read and checked as a whole. */
#include "shards/folder.h"

#include "base/array.h"
#include "base/error.h"
#include "base/read_at.h"
#include "files/path.h"
#include "report/making.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static loom_status corrupt(loom_error *err, const char *message)
{
    return loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_NONE, "%s: %s", LOOM_PLAN_NAME,
                          message);
}

static loom_status no_memory(loom_error *err)
{
    return loom_no_memory(err, LOOM_STAGE_NONE, "for the plan");
}

void loom_sha256_end(SHA2_CTX *sum, char hex[LOOM_SHA256_SIZE + 1])
{
    uint8_t digest[SHA256_DIGEST_LENGTH];

    SHA256Final(digest, sum);
    for (size_t i = 0; i < sizeof digest; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

char *loom_shards_path(const loom_shards *shards, const char *format, ...)
{
    loom_strbuf path = LOOM_STRBUF_INIT;
    char name[NAME_MAX + 64];
    va_list args;

    va_start(args, format);
    const int size = vsnprintf(name, sizeof name, format, args);
    va_end(args);
    if (size < 0 || (size_t)size >= sizeof name)
        return NULL;
    loom_strbuf_add_format(&path, "%s/%s", shards->path, name);
    return loom_strbuf_take(&path);
}

/* ---- plan.json ----------------------------------------------------------- */

typedef struct plan_fields {
    int64_t version, inputs, items, bytes, ignored, failed, skipped;
    const char *id, *working_directory, *output_root, *created_at;
    bool preserve_timestamps;
    const json_t *tool, *recipe, *judge, *shards;
} plan_fields;

#define PLAN(key, of, member)                                                                      \
    {                                                                                              \
        .name = key, .kind = LOOM_FIELD_##of, .offset = offsetof(plan_fields, member)              \
    }

static const loom_field plan_table[] = {
    PLAN("schemaVersion", COUNT, version),
    PLAN("id", TEXT, id),
    PLAN("tool", OBJECT, tool),
    PLAN("recipe", OBJECT, recipe),
    PLAN("judge", OBJECT, judge),
    PLAN("preserveTimestamps", FLAG, preserve_timestamps),
    PLAN("workingDirectory", PATH, working_directory),
    PLAN("outputRoot", PATH, output_root),
    PLAN("createdAt", TEXT, created_at),
    PLAN("inputs", COUNT, inputs),
    PLAN("items", COUNT, items),
    PLAN("bytes", COUNT, bytes),
    PLAN("ignored", COUNT, ignored),
    PLAN("failed", COUNT, failed),
    PLAN("skipped", COUNT, skipped),
    PLAN("shards", ARRAY, shards),
};

static bool is_hex(const char *text, size_t size)
{
    return strlen(text) == size && strspn(text, "0123456789abcdef") == size;
}

/* The version comes first: what another one says of the rest is not ours to judge. */
static loom_status check_kind(const json_t *object, loom_error *err)
{
    const char *type = json_string_value(json_object_get(object, "type"));
    const json_t *version = json_object_get(object, "schemaVersion");

    if (type == NULL || strcmp(type, "plan") != 0)
        return corrupt(err, "it is not a plan");
    if (!json_is_integer(version))
        return corrupt(err, "the field 'schemaVersion' is missing");
    if (json_integer_value(version) != LOOM_PLAN_VERSION)
        return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_NONE,
                              "the plan was made by another version of imgloom: its schemaVersion "
                              "is %" JSON_INTEGER_FORMAT ", not %d",
                              json_integer_value(version), LOOM_PLAN_VERSION);
    return LOOM_OK;
}

/* The first field without a value that must have one; NULL: none. */
static const char *find_missing(const plan_fields *fields)
{
    const struct {
        const char *name;
        bool missing;
    } needed[] = {
        {"id", fields->id == NULL},
        {"tool", fields->tool == NULL},
        {"recipe", fields->recipe == NULL},
        {"judge", fields->judge == NULL},
        {"workingDirectory", fields->working_directory == NULL},
        {"createdAt", fields->created_at == NULL},
        {"inputs", fields->inputs < 0},
        {"items", fields->items < 0},
        {"bytes", fields->bytes < 0},
        {"ignored", fields->ignored < 0},
        {"failed", fields->failed < 0},
        {"skipped", fields->skipped < 0},
        {"shards", fields->shards == NULL},
    };

    for (size_t i = 0; i < LOOM_COUNT(needed); i++)
        if (needed[i].missing)
            return needed[i].name;
    return NULL;
}

/* Whether an entry of the table is one; sets *shard. */
static bool read_entry(const json_t *entry, loom_shard *shard)
{
    const json_t *items = json_object_get(entry, "items"), *bytes = json_object_get(entry, "bytes");
    const char *sum = json_string_value(json_object_get(entry, "sha256"));

    if (!json_is_integer(items) || json_integer_value(items) < 0 || !json_is_integer(bytes) ||
        json_integer_value(bytes) < 0 || sum == NULL || !is_hex(sum, LOOM_SHA256_SIZE))
        return false;
    shard->items = (uint64_t)json_integer_value(items);
    shard->bytes = (uint64_t)json_integer_value(bytes);
    memcpy(shard->sha256, sum, sizeof shard->sha256);
    return true;
}

static loom_status read_table(loom_shards *shards, const json_t *array, loom_error *err)
{
    const size_t count = json_array_size(array);
    uint64_t items = 0, bytes = 0;

    if (count < 1 || count > LOOM_SHARDS_MAX)
        return corrupt(err, "its number of shards is out of range");
    shards->table = loom_alloc_array(count, sizeof *shards->table);
    if (shards->table == NULL)
        return no_memory(err);
    for (size_t i = 0; i < count; i++) {
        loom_shard *shard = &shards->table[i];
        if (!read_entry(json_array_get(array, i), shard))
            return corrupt(err, "the table of shards is damaged");
        if (__builtin_add_overflow(items, shard->items, &items) ||
            __builtin_add_overflow(bytes, shard->bytes, &bytes))
            return corrupt(err, "the sizes of the shards are out of range");
    }
    if (items != shards->info.items || bytes != shards->info.bytes)
        return corrupt(err, "the sizes of the shards do not add up");
    shards->info.shard = shards->table;
    shards->info.shards = (unsigned)count;
    return LOOM_OK;
}

static loom_status read_recipe(loom_shards *shards, const json_t *object, loom_error *err)
{
    loom_error why = LOOM_ERROR_INIT;
    /* 17 digits tell each double; the text goes through the checks of every recipe. */
    char *text = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(17));
    loom_status status = LOOM_OK;

    shards->recipe = loom_recipe_create();
    if (text == NULL || shards->recipe == NULL)
        status = no_memory(err);
    else if (loom_recipe_from_json(shards->recipe, text, strlen(text), &why) != LOOM_OK)
        status = loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_NONE,
                                "%s: the recipe cannot be used: %s", LOOM_PLAN_NAME, why.message);
    free(text);
    if (status == LOOM_OK && (shards->recipe_text = loom_recipe_to_json(shards->recipe)) == NULL)
        status = no_memory(err);
    return status;
}

static loom_status read_settings(loom_shards *shards, const plan_fields *fields, loom_error *err)
{
    loom_error why = LOOM_ERROR_INIT;

    shards->settings = loom_settings_create();
    if (shards->settings == NULL)
        return no_memory(err);
    if (loom_read_judge(shards->settings, fields->judge, &why) != LOOM_OK)
        return loom_error_set(err, why.code, LOOM_STAGE_NONE, "%s: judge: %s", LOOM_PLAN_NAME,
                              why.message);
    shards->settings->preserve_timestamps = fields->preserve_timestamps;
    return LOOM_OK;
}

static loom_status read_tool(loom_shards *shards, const json_t *tool, loom_error *err)
{
    loom_shards_info *info = &shards->info;

    info->tool_version = json_string_value(json_object_get(tool, "version"));
    info->vips_version = json_string_value(json_object_get(tool, "libvips"));
    info->jpeg_version = json_string_value(json_object_get(tool, "libjpeg"));
    if (info->tool_version == NULL)
        return corrupt(err, "its tool has no version");
    shards->tool = json_dumps(tool, JSON_COMPACT);
    return shards->tool != NULL ? LOOM_OK : no_memory(err);
}

static loom_status read_counts(loom_shards_info *info, const plan_fields *fields, loom_error *err)
{
    const char *missing = find_missing(fields);

    if (missing != NULL)
        return loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_NONE,
                              "%s: the field '%s' is missing", LOOM_PLAN_NAME, missing);
    if (!is_hex(fields->id, LOOM_PLAN_ID_SIZE))
        return corrupt(err, "its id is not 32 hex digits");
    if (!loom_instant_read(fields->created_at, &info->created_ns))
        return corrupt(err, "the field 'createdAt' is not a time");
    if (fields->working_directory[0] != '/')
        return corrupt(err, "the field 'workingDirectory' is not an absolute path");
    info->id = fields->id;
    info->working_directory = fields->working_directory;
    info->output_root = fields->output_root;
    info->created_at = fields->created_at;
    info->inputs = (uint64_t)fields->inputs;
    info->items = (uint64_t)fields->items;
    info->bytes = (uint64_t)fields->bytes;
    info->ignored = (uint64_t)fields->ignored;
    info->failed = (uint64_t)fields->failed;
    info->skipped = (uint64_t)fields->skipped;
    return LOOM_OK;
}

/* Parses the text of an object into shards->store. */
static loom_status parse(loom_shards *shards, const char *text, size_t size, loom_error *err)
{
    json_error_t error;

    if (memchr(text, '\0', size) != NULL) /* jansson takes it for a space after a number */
        return corrupt(err, "it is not JSON: it holds a NUL byte");
    shards->store.object = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    if (shards->store.object == NULL)
        return json_error_code(&error) == json_error_out_of_memory
                   ? no_memory(err)
                   : loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_NONE,
                                    "%s: it is not JSON: %s", LOOM_PLAN_NAME, error.text);
    return json_is_object(shards->store.object) ? LOOM_OK : corrupt(err, "it is not a JSON object");
}

loom_status loom_shards_parse(loom_shards *shards, const char *text, size_t size, loom_error *err)
{
    loom_error why = LOOM_ERROR_INIT;
    plan_fields fields;

    loom_status status = parse(shards, text, size, err);
    if (status == LOOM_OK)
        status = check_kind(shards->store.object, err);
    if (status == LOOM_OK && loom_fields_read(plan_table, LOOM_COUNT(plan_table), &shards->store,
                                              &fields, &why) != LOOM_OK)
        status = corrupt(err, why.message);
    if (status == LOOM_OK)
        status = read_counts(&shards->info, &fields, err);
    if (status == LOOM_OK)
        status = read_tool(shards, fields.tool, err);
    if (status == LOOM_OK)
        status = read_recipe(shards, fields.recipe, err);
    if (status == LOOM_OK)
        status = read_settings(shards, &fields, err);
    if (status == LOOM_OK)
        status = read_table(shards, fields.shards, err);
    shards->info.tool = shards->tool;
    shards->info.recipe = shards->recipe;
    shards->info.recipe_text = shards->recipe_text;
    shards->info.settings = shards->settings;
    return status;
}

/* ---- opening ------------------------------------------------------------- */

static loom_status read_plan(int file, loom_strbuf *text, loom_error *err)
{
    char piece[16384];
    size_t got = 0;

    do {
        if (!loom_read_at(file, piece, sizeof piece, text->size, &got))
            return loom_error_set_errno(err, LOOM_STAGE_NONE, errno, "cannot read %s",
                                        LOOM_PLAN_NAME);
        loom_strbuf_add(text, piece, got);
    } while (got > 0 && text->size <= LOOM_PLAN_SIZE_MAX && !text->failed);
    if (text->failed)
        return no_memory(err);
    return text->size <= LOOM_PLAN_SIZE_MAX ? LOOM_OK : corrupt(err, "it is too long for a plan");
}

/* Says why plan.json cannot be opened. */
static loom_status refuse(const loom_shards *shards, int errnum, loom_error *err)
{
    char *lists = loom_shards_path(shards, "%s", LOOM_LISTS_NAME);
    const bool begun = lists != NULL && access(lists, F_OK) == 0;

    free(lists);
    if (errnum != ENOENT && errnum != ENOTDIR)
        return loom_error_set_errno(err, LOOM_STAGE_NONE, errnum, "cannot open %s", LOOM_PLAN_NAME);
    return loom_error_set(err, LOOM_ERR_NOT_FOUND, LOOM_STAGE_NONE,
                          begun ? "its plan was never finished: it has no %s"
                                : "it is no plan folder: it has no %s",
                          LOOM_PLAN_NAME);
}

static loom_status open_plan(loom_shards *shards, const char *path, loom_error *err)
{
    loom_strbuf text = LOOM_STRBUF_INIT;

    shards->path = realpath(path, NULL);
    if (shards->path == NULL)
        return errno == ENOENT ? loom_error_set(err, LOOM_ERR_NOT_FOUND, LOOM_STAGE_NONE,
                                                "there is no such folder")
                               : loom_error_set_errno(err, LOOM_STAGE_NONE, errno,
                                                      "cannot find the plan folder");
    shards->info.path = shards->path;
    char *plan = loom_shards_path(shards, "%s", LOOM_PLAN_NAME);
    const int file = plan != NULL ? loom_path_open(plan, O_RDONLY | O_CLOEXEC | O_NOCTTY) : -1;
    const int errnum = plan != NULL ? errno : ENOMEM;
    free(plan);
    if (file < 0)
        return refuse(shards, errnum, err);
    loom_status status = read_plan(file, &text, err);
    (void)close(file);
    if (status == LOOM_OK)
        status = loom_shards_parse(shards, loom_strbuf_str(&text), text.size, err);
    loom_strbuf_release(&text);
    return status;
}

loom_status loom_shards_open(loom_shards **shards, const char *path, loom_error *err)
{
    loom_shards *opened = calloc(1, sizeof *opened);

    if (opened == NULL)
        return no_memory(err);
    const loom_status status = open_plan(opened, path, err);
    if (status == LOOM_OK)
        *shards = opened;
    else
        loom_shards_free(opened);
    return status;
}

void loom_shards_free(loom_shards *shards)
{
    if (shards == NULL)
        return;
    loom_field_store_clear(&shards->store);
    loom_recipe_free(shards->recipe);
    loom_settings_free(shards->settings);
    free(shards->path);
    free(shards->tool);
    free(shards->recipe_text);
    free(shards->table);
    free(shards->attempts);
    free(shards->ranges);
    loom_arena_release(&shards->arena);
    free(shards);
}

const loom_shards_info *loom_shards_get_info(const loom_shards *shards)
{
    return &shards->info;
}
