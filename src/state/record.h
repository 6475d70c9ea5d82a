/*
 * The inside of a state, for the files of this room.
 *
 * Records stand in the table `output`, by path. New ones are appended to `fresh`, and folded into
 * `output` in the order of the paths at the end, or after FOLD_ROWS: pictures are done in random
 * order, and each random insertion would rewrite a page of the tree. Lookups see `output` alone,
 * which does not change while a plan is made or its tasks are run.
 */
#ifndef LOOM_STATE_RECORD_H
#define LOOM_STATE_RECORD_H

#include "base/strbuf.h"
#include "files/history.h"
#include <imgloom/state.h>
#include <sqlite3.h>

#define LOOM_STATE_APPLICATION 0x4C4F4F4D /* "LOOM" */
#define LOOM_STATE_VERSION     1

#define LOOM_STATE_MOVE_AWAY "move it and its -wal file away, and everything is made anew"

/* The columns of `output` and `fresh`, in their order. */
typedef enum loom_column {
    COLUMN_PATH = 0,
    COLUMN_INPUT,
    COLUMN_MAKING,
    COLUMN_STATUS,
    COLUMN_IN_SIZE,
    COLUMN_IN_MTIME,
    COLUMN_IN_CTIME,
    COLUMN_IN_INODE,
    COLUMN_IN_HASH,
    COLUMN_OPENED,
    COLUMN_OUT_SIZE,
    COLUMN_OUT_MTIME,
    COLUMN_OUT_HASH,
    COLUMN_ORIGINAL_FORMAT,
    COLUMN_ORIGINAL_WIDTH,
    COLUMN_ORIGINAL_HEIGHT,
    COLUMN_ORIENTATION,
    COLUMN_FORMAT,
    COLUMN_WIDTH,
    COLUMN_HEIGHT,
    COLUMN_CHANNELS,
    COLUMN_QUALITY,
    COLUMN_LANE,
    COLUMN_DECODER,
    COLUMN_CROPPED,
    COLUMN_COPIED,
    COLUMN_ORIGINAL_TRAITS, /* this and the next three: loom_traits, member by member */
    COLUMN_TRAITS = COLUMN_ORIGINAL_TRAITS + 4,
    COLUMN_WARNINGS = COLUMN_TRAITS + 4,
    COLUMN_CODE,
    COLUMN_STAGE,
    COLUMN_ERROR,
    COLUMN_COUNT
} loom_column;

/* Those that tell whether an output is made, as far as COLUMN_OUT_MTIME: SQLite decodes each column
 * that a statement names, whether it is asked for or not. */
#define LOOM_STATE_HEAD                                                                            \
    "path, input, making, status, in_size, in_mtime, in_ctime, in_inode, in_hash, opened, "        \
    "out_size, out_mtime"

/* Those that only reports want. */
#define LOOM_STATE_FACTS                                                                           \
    "out_hash, original_format, original_width, original_height, orientation, format, width, "     \
    "height, channels, quality, lane, decoder, cropped, copied, original_alpha, original_bits, "   \
    "original_frames, original_dpi, alpha, bits, frames, dpi, warnings, code, stage, error"

#define LOOM_STATE_COLUMNS LOOM_STATE_HEAD ", " LOOM_STATE_FACTS

/*
 * A making that gives the same picture, but for the versions. Those of one size and format stand
 * together, behind one of id -1.
 */
typedef struct loom_making {
    sqlite3_int64 id;
    unsigned size; /* index in the recipe's sizes */
    loom_format format;
    bool own; /* the versions are those of this run */
} loom_making;

typedef enum loom_statement {
    STATEMENT_NEXT = 0, /* the head of each record, from a path on */
    STATEMENT_FIND,     /* a record by its path, all columns */
    STATEMENT_ADD,      /* to fresh, all columns */
    STATEMENT_REFRESH,  /* a record to fresh, with another stamp of its input */
    STATEMENT_FORGET,   /* a record by its path */
    STATEMENT_BEAT,
    STATEMENT_COUNT
} loom_statement;

struct loom_state {
    loom_history history;
    sqlite3 *db; /* NULL: there is no file yet, or none for a dry run */
    sqlite3_stmt *statements[STATEMENT_COUNT];

    loom_unchanged_by unchanged_by;
    loom_retry retry;
    loom_error_limit max_prune;
    bool keep_versions, prune, dry_run, no_facts;
    bool at_record;          /* STATEMENT_NEXT is at one; it begins anew otherwise */
    loom_recipe *recipe;     /* owned */
    loom_strbuf judge, tool; /* of a making, see making.c */
    loom_making *makings;    /* owned */
    size_t making_count, making_capacity;

    char *lanes[16];            /* owned; those of records, NULL after the last */
    char *path, *folder, *here; /* owned, absolute; the folders end in a slash */
    loom_strbuf input, output;  /* the paths of a record, see loom_state_set_paths */

    int64_t opened_ns;       /* CLOCK_REALTIME */
    bool changing;           /* there is a transaction */
    int64_t committed_ns;    /* the last one's end, loom_clock_now */
    int64_t took_ns[2];      /* by the last two, the newer one last */
    int64_t pause_ns;        /* until the next commit */
    int64_t beat_ns;         /* of the last beat, loom_clock_now */
    uint64_t pending, fresh; /* rows of the transaction, and in the table fresh */
    uint64_t asked, known;   /* by the plan: outputs, and those that have a record */
    loom_error failure;      /* the first; LOOM_OK: none */
    loom_gone gone;
};

/* ---- file.c -------------------------------------------------------------- */

/* Refuses what is no state, without a change. *exists: there is one; else nothing, or an empty file
 * (*empty). */
loom_status loom_state_look_at_file(const char *path, bool *exists, bool *empty, loom_error *err);

/*
 * Makes a new state at `path`, with its folder. It appears complete or not at all. With `replace`
 * it replaces a file, which is empty; else another run may be faster, and its file is used then.
 */
loom_status loom_state_make_file(const char *path, bool replace, loom_error *err);

/* Opens the database for this run alone, and says so in it. Errors are kept as failures. */
loom_status loom_state_enter(loom_state *state, loom_error *err);

/* Closes it, so that the next run, on whatever host, gets in at once. */
void loom_state_leave(loom_state *state);

/* ---- state.c ------------------------------------------------------------- */

/* Keeps the error of a call that returned `code` (SQLITE_…), says what it means, returns it. */
loom_status loom_state_fail(loom_state *state, int code, loom_error *err);

/* Keeps that memory ran out. */
loom_status loom_state_no_memory(loom_state *state, loom_error *err);

/* Runs SQL without results; LOOM_OK or the failure, which is kept. */
loom_status loom_state_execute(loom_state *state, const char *sql, loom_error *err);

/* Begins a transaction unless there is one; ends it, with a sign of life; drops it. */
loom_status loom_state_begin(loom_state *state, loom_error *err);
loom_status loom_state_commit(loom_state *state, loom_error *err);
void loom_state_roll_back(loom_state *state);

/* Ends STATEMENT_NEXT, which would stand in the way of a write to output. */
void loom_state_rewind(loom_state *state);

/* Moves what is in fresh to output. */
loom_status loom_state_fold(loom_state *state, loom_error *err);

/* ---- making.c ------------------------------------------------------------ */

/* Sets what all outputs of this run share. */
loom_status loom_state_set_making(loom_state *state, const loom_state_options *options,
                                  loom_error *err);

#define LOOM_MAKING_OWN (-2) /* as an id: that of this run */

/* The making of this id, if it is of this task's recipe and judgement; else NULL. A dry run has
 * none of its own before a real one had it. */
const loom_making *loom_state_making(loom_state *state, const loom_task *task, sqlite3_int64 id);

/* ---- paths.c ------------------------------------------------------------- */

/* Appends the path, absolute by the current folder, with // and /./ folded; no link is resolved. */
void loom_state_add_absolute(const loom_state *state, loom_strbuf *out, const char *path);

/*
 * Sets state->input and state->output to the paths as a record has them: absolute, or both relative
 * to the folder of the state, if both lie below it. False: out of memory, which is kept.
 */
bool loom_state_set_paths(loom_state *state, const char *input, const char *output);

/* ---- find.c -------------------------------------------------------------- */

/* The record of a task's output, in the statement, which the caller resets; NULL: there is none, or
 * it cannot be read. */
sqlite3_stmt *loom_state_look_up(loom_state *state, const loom_task *task);

/* Whether a time on disk is the recorded one, or that as the file system can store it. */
bool loom_state_is_time(int64_t on_disk_ns, int64_t recorded_ns);

/* The columns of a row. */
bool loom_state_has(sqlite3_stmt *row, loom_column column);
int64_t loom_state_number(sqlite3_stmt *row, loom_column column);
const char *loom_state_text(sqlite3_stmt *row, loom_column column); /* NULL: none */
bool loom_state_hash(sqlite3_stmt *row, loom_column column, loom_content_hash *hash);

void loom_state_find(void *user, loom_task *task, const loom_entry *entry,
                     const loom_stamp *standing);

/* ---- recall.c ------------------------------------------------------------ */

void loom_state_recall(void *user, const loom_task *task, loom_outcome *outcome);
void loom_state_expect(void *user, const loom_task *task, loom_expected *expected);

/* ---- gone.c and prune.c -------------------------------------------------- */

/* A record that no input stands behind. */
typedef struct loom_lost {
    const char *input, *output; /* absolute */
    const char *reason;         /* static */
    const char *folder; /* outputs beside inputs: the input folder above both; NULL: the root's */
    bool written;       /* size and time are known */
    bool hashed;
    uint64_t size;
    int64_t mtime_ns;
    loom_content_hash hash;
} loom_lost;

/*
 * Removes an output that is as it was written, then its record. `root`: the output folder,
 * absolute, with a final slash; NULL: outputs lie beside inputs. NULL: it is gone; else why not.
 */
const char *loom_state_prune(loom_state *state, const loom_plan *plan, const char *root,
                             const loom_lost *lost);

#endif
