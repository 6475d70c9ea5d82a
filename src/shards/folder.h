/* The inside of a plan folder: its names, and what is shared by those who write and read it. */
#ifndef LOOM_SHARDS_FOLDER_H
#define LOOM_SHARDS_FOLDER_H

#include "base/memory.h"
#include "report/json_fields.h"
#include <imgloom/shards.h>
#include <sha2.h>

#define LOOM_PLAN_NAME     "plan.json"
#define LOOM_LISTS_NAME    "shards"
#define LOOM_REPORTS_NAME  "reports"
#define LOOM_LOG_NAME      "log"
#define LOOM_PLAN_VERSION  1                  /* schemaVersion */
#define LOOM_PLAN_SIZE_MAX ((size_t)16 << 20) /* bytes of plan.json; ours are far smaller */

/* The name of a shard's list, and what the names of its reports begin with: "00017". */
#define LOOM_SHARD_DIGITS 5
#define LOOM_SHARD_FORMAT "%05u"
#define LOOM_LIST_END     ".ndjson"

enum { LOOM_PLAN_ID_SIZE = 32, LOOM_SHA256_SIZE = 64 }; /* hex digits */

/* Writes the digest as hex; ends the sum. */
void loom_sha256_end(SHA2_CTX *sum, char hex[LOOM_SHA256_SIZE + 1]);

/* The attempts at one shard: attempts[first..first + count) of the folder. */
typedef struct loom_attempt_range {
    uint32_t first, count;
} loom_attempt_range;

struct loom_shards {
    loom_shards_info info;
    loom_field_store store; /* owns strings of `info` */
    char *path, *tool, *recipe_text;
    loom_recipe *recipe;
    loom_settings *settings;
    loom_shard *table;

    loom_attempt *attempts; /* sorted by shard, then by name; attempt_count of them */
    size_t attempt_count, attempt_capacity;
    loom_attempt_range *ranges; /* one for each shard; NULL: never looked for */
    loom_arena arena;           /* their strings */
};

/* A relative path in the folder, as an absolute one; NULL: out of memory. The caller frees it. */
char *loom_shards_path(const loom_shards *shards, const char *format, ...) LOOM_PRINTF(2, 3);

/* Reads a plan.json from its text into *shards, whose `path` is set. For loom_shards_open. */
loom_status loom_shards_parse(loom_shards *shards, const char *text, size_t size, loom_error *err);

/* ---- a list -------------------------------------------------------------- */

/* An empty list of a shard; NULL: out of memory. */
loom_shard_list *loom_shard_list_create(unsigned shard);

/*
 * Parses one line of a list, without its end, and adds the item. LOOM_ERR_CORRUPT: it is no item
 * that may follow there; LOOM_ERR_OUT_OF_MEMORY. For loom_shard_list_read.
 */
loom_status loom_shard_list_add(loom_shard_list *list, const loom_shards *shards, const char *line,
                                size_t size, loom_error *err);

unsigned loom_shard_list_shard(const loom_shard_list *list);

#endif
