/*
 * Shards: one batch on many machines. A plan folder holds a frozen list of what is to be made, cut
 * into parts, the shards. One process at one shard is an attempt; each writes a report of its own
 * into the folder, and no other file of it ever has two writers:
 *
 *     RUN/plan.json                      what the plan is. Written last: without it there is no
 * plan RUN/shards/00017.ndjson            the items of shard 17, one a line
 *     RUN/reports/00017.ATTEMPT.ndjson   what an attempt at shard 17 made of them
 *     RUN/log/                           for the output of what runs the attempts
 *
 * An item is one output, numbered from 0 in the order of the scan; its number is the `seq` of each
 * row about it. Items of one input are adjacent, in one shard. Any number of attempts at a shard,
 * at once or one after another, is allowed: for each item one of their rows counts.
 *
 * Each object is used by one thread at a time.
 */
#ifndef IMGLOOM_SHARDS_H
#define IMGLOOM_SHARDS_H

#include <imgloom/plan.h>
#include <imgloom/reader.h>
#include <stddef.h>
#include <stdint.h>

LOOM_BEGIN_DECLS

#define LOOM_SHARDS_MAX         10000u
#define LOOM_DEFAULT_SHARDS_MAX 1000u

/* The default: as many shards as give each so much, by what gives more of them. */
#define LOOM_SHARD_BYTES UINT64_C(10000000000)
#define LOOM_SHARD_ITEMS UINT64_C(50000)

/* ---- making a plan folder ------------------------------------------------ */

typedef struct loom_shards_options {
    unsigned shards; /* 1..LOOM_SHARDS_MAX; 0: the default */
    /* As in loom_run_info: attempts of other versions are refused. NULL: unknown. */
    const char *vips_version, *jpeg_version;
} loom_shards_options;

LOOM_API loom_shards_options *loom_shards_options_create(void); /* all zero; NULL: out of memory */
LOOM_API void loom_shards_options_free(loom_shards_options *options); /* NULL is allowed */

/*
 * Whether a plan folder can be made at `path`: nothing is there, or an empty folder.
 * LOOM_ERR_EXISTS: it is not empty; the message says whether it holds a plan. LOOM_ERR_NOT_A_FILE:
 * it is no folder. Others as the system says. Changes nothing.
 */
LOOM_API loom_status loom_shards_check_new(const char *path, loom_error *err) LOOM_NODISCARD;

/*
 * Whether the folders that the outputs of a plan go to tell names apart that differ by case alone;
 * they are asked by a temporary file where the system does not tell. Makes the output folder, with
 * its parents, as loom_plan_enter does, whose errors it has. LOOM_ERR_UNSUPPORTED: one does not.
 * Attempts replace what stands at an output, so there each would take another's output for its own.
 */
LOOM_API loom_status loom_shards_check_outputs(loom_plan *plan, loom_error *err) LOOM_NODISCARD;

/*
 * Makes a plan folder, with its parents, of a plan; `ignored` is the number of files that its scan
 * passed over. What the plan does not run (errors, skipped ones) are items, too. On failure nothing
 * of it is left, but for folders above it. A stop that is requested ends it early, with
 * LOOM_ERR_CANCELLED; NULL: none. Other errors: as loom_shards_check_new; LOOM_ERR_USAGE: `shards`
 * is out of range, or the plan has no tasks; LOOM_ERR_OUT_OF_MEMORY; as the system says.
 */
LOOM_API loom_status loom_shards_write(const char *path, const loom_plan *plan, uint64_t ignored,
                                       const loom_shards_options *options, const loom_stop *stop,
                                       loom_error *err) LOOM_NODISCARD;

/* The JSON Schema (draft 2020-12) of plan.json and of the lines of lists: *size bytes, not
 * NUL-terminated. Static. */
LOOM_API const char *loom_shards_schema(size_t *size);

/* ---- an open plan folder ------------------------------------------------- */

/* An entry of the table of shards. This struct never grows. */
typedef struct loom_shard {
    uint64_t items, bytes; /* bytes of inputs, each counted once */
    char sha256[65];       /* of the bytes of its list, in lower-case hex */
} loom_shard;

typedef struct loom_shards loom_shards;

/* What a plan says of itself. Owned by the loom_shards. */
typedef struct loom_shards_info {
    const char *path; /* of the folder: absolute, so that the current folder may change */
    const char *id;   /* 32 hex digits, random */
    /* What made it, as JSON (`tool` of a state and of reports, without its sandbox); versions are
     * NULL where they are unknown. */
    const char *tool, *tool_version, *vips_version, *jpeg_version;
    const loom_recipe *recipe;
    const char *recipe_text; /* the same as JSON */
    /* Of these, what a plan decides: how inputs are judged, preserve_timestamps, if_larger; outputs
     * are replaced, as if_exists was decided by the plan. */
    const loom_settings *settings;
    const char *working_directory; /* relative paths are below it; bytes */
    const char *output_root;       /* NULL: beside inputs; bytes */
    const char *created_at;        /* RFC 3339 */
    int64_t created_ns;            /* the same, ns since the epoch */
    uint64_t inputs, items, bytes; /* bytes of inputs, each counted once */
    uint64_t ignored;              /* files that the scan passed over */
    uint64_t failed, skipped;      /* items that the plan has in error, or skips */
    unsigned shards;
    const loom_shard *shard; /* `shards` of them */
} loom_shards_info;

/*
 * Opens a plan folder. *shards is set on LOOM_OK only. Errors: LOOM_ERR_NOT_FOUND: there is no
 * plan.json, so it is no plan folder, or one that was never finished; LOOM_ERR_UNSUPPORTED: another
 * schemaVersion, or something in recipe or judgement that this version does not know;
 * LOOM_ERR_CORRUPT: plan.json is damaged; LOOM_ERR_OUT_OF_MEMORY; as the system says.
 */
LOOM_API loom_status loom_shards_open(loom_shards **shards, const char *path,
                                      loom_error *err) LOOM_NODISCARD;
LOOM_API void loom_shards_free(loom_shards *shards); /* NULL is allowed */

LOOM_API const loom_shards_info *loom_shards_get_info(const loom_shards *shards);

/* ---- the items of a shard ------------------------------------------------ */

typedef struct loom_shard_list loom_shard_list;

/*
 * Reads the list of a shard (< info->shards) whole; about 100 bytes an item and its paths. *list is
 * set on LOOM_OK only. Errors: LOOM_ERR_CORRUPT: it is not the list that was planned (its SHA-256
 * is another), or is damaged; LOOM_ERR_NOT_FOUND: it is missing; LOOM_ERR_OUT_OF_MEMORY; as the
 * system says. The list may outlive the loom_shards.
 */
LOOM_API loom_status loom_shard_list_read(loom_shard_list **list, const loom_shards *shards,
                                          unsigned shard, loom_error *err) LOOM_NODISCARD;
LOOM_API void loom_shard_list_free(loom_shard_list *list); /* NULL is allowed */

LOOM_API size_t loom_shard_list_count(const loom_shard_list *list);

/* The items, in rising order of `item`. Whoever runs them may set `error` and `skip_reason`. */
LOOM_API loom_item *loom_shard_list_items(loom_shard_list *list);

/* The index of the item with this number; SIZE_MAX: the shard has none. */
LOOM_API size_t loom_shard_list_find(const loom_shard_list *list, uint64_t item);

/* ---- attempts ------------------------------------------------------------ */

/* Owned by the loom_shards, until it looks for attempts again. */
typedef struct loom_attempt {
    unsigned shard;
    const char *name; /* ATTEMPT in the name of its report */
    const char *path; /* of its report; absolute */
    /*
     * The following are set once its rows were read (loom_shard_rows_read). `problem`: why its
     * report is left out as a whole, a clause: it has no header, is of another plan … NULL: none.
     */
    const char *problem;
    int64_t started_ns;  /* since the epoch; 0: unknown */
    const char *run;     /* JSON of its header; NULL: none */
    const char *summary; /* JSON; NULL: it was killed, or is still going on */
    const char *job;     /* the words of what ran it; NULL: none */
    bool whole;       /* it has a row of each item: its summary says that nothing ended it early */
    uint64_t rows;    /* of items of the shard */
    uint64_t damaged; /* lines that are no such rows */
} loom_attempt;

/* Lists RUN/reports anew. Call it before the functions below. Other files there are left alone. */
LOOM_API loom_status loom_shards_find_attempts(loom_shards *shards, loom_error *err) LOOM_NODISCARD;

/* The attempts at a shard, by name, thus by time; index < their number. */
LOOM_API size_t loom_shards_attempt_count(const loom_shards *shards, unsigned shard);
LOOM_API const loom_attempt *loom_shards_attempt(const loom_shards *shards, unsigned shard,
                                                 size_t index);

/* The path of an attempt's report, whether it exists or not; the caller releases it with free().
 * NULL: out of memory. */
LOOM_API char *loom_shards_report_path(const loom_shards *shards, unsigned shard,
                                       const char *attempt);

/* ---- which row of an item counts ----------------------------------------- */

/* How much a row says; a better one counts, whatever its time. */
typedef enum loom_row_rank {
    LOOM_ROW_NONE = 0, /* there is none, or one of a dry run */
    LOOM_ROW_CANCELLED,
    LOOM_ROW_FAILED,
    LOOM_ROW_SKIPPED,
    LOOM_ROW_MADE /* ok or warning */
} loom_row_rank;

LOOM_API loom_row_rank loom_row_rank_of(const loom_row *row); /* NULL: LOOM_ROW_NONE */

/* Of an item. */
typedef struct loom_shard_row {
    /*
     * The row that counts: of the best rank, then by the latest start of the image (startedAt and
     * startMs), then by the name of the attempt. NULL: there is none. Its paths are the item's, its
     * `run` is -1.
     */
    const loom_row *row;
    const loom_attempt *attempt; /* that wrote it */
    uint64_t offset, length;     /* of its JSON text in the report of the attempt */
    uint32_t rows;               /* of the item, in all attempts; of a dry run, too */
    bool differs;                /* two attempts made it, with different sizes */
} loom_shard_row;

typedef struct loom_shard_rows loom_shard_rows;

/*
 * Reads the reports of all attempts at the shard of a list, and keeps the row that counts of each
 * item: about 600 bytes a row. A row counts only if item and paths are those of the list, and its
 * report is of this plan and shard. What damages a report, be it torn, is never an error: the
 * attempt tells it, and a row that cannot be read is none. Needs loom_shards_find_attempts, and
 * sets the loom_attempt of the shard; the list and the loom_shards must outlive *rows, which is set
 * on LOOM_OK only. The only error is LOOM_ERR_OUT_OF_MEMORY.
 */
LOOM_API loom_status loom_shard_rows_read(loom_shard_rows **rows, loom_shards *shards,
                                          const loom_shard_list *list,
                                          loom_error *err) LOOM_NODISCARD;
LOOM_API void loom_shard_rows_free(loom_shard_rows *rows); /* NULL is allowed */

/* By the index of the item in the list. Never NULL. */
LOOM_API const loom_shard_row *loom_shard_rows_get(const loom_shard_rows *rows, size_t index);

/*
 * The JSON text of the row that counts (there must be one), as its report has it, without the
 * member "type". *text is owned by *rows, and valid until the next call. Errors as the system says;
 * LOOM_ERR_IO also if the report has become shorter.
 */
LOOM_API loom_status loom_shard_rows_text(loom_shard_rows *rows, size_t index, const char **text,
                                          loom_error *err) LOOM_NODISCARD;

LOOM_END_DECLS

#endif
