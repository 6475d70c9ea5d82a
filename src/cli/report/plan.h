/*
 * imgloom report --plan: of each item of a plan the row that counts, a shard at a time. Lists and
 * reports of one shard are in memory, and figures for each shard and attempt.
 */
#ifndef CLI_REPORT_PLAN_H
#define CLI_REPORT_PLAN_H

#include "cli/report/command.h"
#include "cli/report/spool.h"
#include "cli/run/summary.h"
#include <imgloom/report.h>
#include <imgloom/shards.h>

/* What a shard came to. */
typedef struct plan_part {
    uint64_t items;
    uint64_t missing;   /* no attempt has done them */
    uint64_t to_retry;  /* failed, and not by the plan itself */
    size_t first, last; /* its attempts: from `first` to before `last` in those of the plan */
} plan_part;

/* An attempt whose report is one of the plan. */
typedef struct plan_attempt {
    const loom_attempt *attempt; /* owned by the plan */
    int64_t last_ns;             /* when its last row that counts was done, since it began */
} plan_attempt;

/* What all items came to. */
typedef struct plan_count {
    loom_totals *totals; /* of the rows that count; owned */
    cli_summary summary; /* failures by code */
    GArray *parts;       /* of plan_part, by shard */
    GArray *attempts;    /* of plan_attempt, by shard and then by name */
    uint64_t cancelled;  /* items whose row that counts is cancelled */
    uint64_t absent;     /* items without a row */
    uint64_t lost;       /* with --verify: whose output is not there as it was written */
    uint64_t differing;  /* items that two attempts made with different sizes */
    unsigned said;       /* messages about reports */

    /* The input whose items come now. */
    const char *input; /* owned by the list; NULL: none yet */
    uint64_t input_bytes, input_pixels;
    bool input_worked;
} plan_count;

typedef struct plan_reading {
    const report_options *options;
    loom_shards *shards; /* owned */
    const loom_shards_info *info;
    const char *folder; /* of relative paths */
    plan_count count;
    GString *path; /* for those who make one */
} plan_reading;

/* ---- counting (plan_count.c) ---------------------------------------------- */

bool plan_count_init(plan_count *count); /* false: out of memory; release it anyway */
void plan_count_release(plan_count *count);

/* Begin and end a shard, whose rows were read. */
void plan_count_begin(plan_reading *reading, unsigned shard);
void plan_count_end(plan_reading *reading);
/* Counts an item. True: its row counts, and is handed on. */
bool plan_count_item(plan_reading *reading, unsigned shard, const loom_item *item,
                     const loom_shard_row *row);
/* Sets what all shards together tell. */
void plan_count_finish(plan_reading *reading);

/* Items that no attempt has done. */
uint64_t plan_count_missing(const plan_count *count);
/* The index of an attempt, which has a row that counts, among those of the plan. */
size_t plan_count_find(const plan_count *count, unsigned shard, const loom_attempt *attempt);

/* Appends the shards for which `wanted` is true, as "2,5-7". */
void plan_append_shards(const plan_count *count, GString *out,
                        bool (*wanted)(const plan_part *part));
bool plan_part_misses(const plan_part *part);

/* ---- reading (plan.c) ----------------------------------------------------- */

typedef enum plan_written {
    PLAN_NOTHING = 0, /* nothing is to be written */
    PLAN_RECORD,
    PLAN_FAILED /* after a message */
} plan_written;

/* Appends what is to be written of a row that counts. */
typedef plan_written plan_write(plan_reading *reading, loom_shard_rows *rows, unsigned shard,
                                size_t index, GString *out, void *user);

/* Where records of rows go. */
typedef struct plan_sink {
    report_spool *spool;
    plan_write *write;
    void *user;
} plan_sink;

/* Reads all shards, and counts; `sink` may be NULL. False, after a message: a list cannot be read,
 * or memory or disk is short. */
bool plan_read(plan_reading *reading, const plan_sink *sink);

/* ---- what is made of it (plan_merge.c) ------------------------------------ */

/* Writes rows: as a report, a page, CSV, or the list of what failed. Returns an exit status, of
 * which CLI_EXIT_OK says nothing about missing items. */
int plan_merge(plan_reading *reading);
int plan_print_csv(plan_reading *reading);
int plan_print_failed(plan_reading *reading);

#endif
