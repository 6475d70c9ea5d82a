/* What the records say of a task: whether its output is made, and why it is to be made. */
#include "state/record.h"

#include "base/array.h"
#include "base/clock.h"
#include "base/error.h"
#include "files/planner.h"
#include <string.h>

#define RACY_NS (2 * LOOM_NS_PER_SECOND)

enum { ASKED_PER_TICK = 4096, STEPS_MAX = 3 };

/* ---- reading a record ---------------------------------------------------- */

sqlite3_stmt *loom_state_look_up(loom_state *state, const loom_task *task)
{
    sqlite3_stmt *row = state->statements[STATEMENT_FIND];

    if (row == NULL || state->failure.code != LOOM_OK)
        return NULL;
    if (!loom_state_set_paths(state, task->input_path, task->output_path))
        return NULL;
    (void)sqlite3_bind_blob64(row, 1, state->output.data, state->output.size, SQLITE_STATIC);
    const int code = sqlite3_step(row);
    if (code == SQLITE_ROW)
        return row;
    (void)sqlite3_reset(row);
    if (code != SQLITE_DONE)
        (void)loom_state_fail(state, code, NULL);
    return NULL;
}

bool loom_state_has(sqlite3_stmt *row, loom_column column)
{
    return sqlite3_column_type(row, (int)column) != SQLITE_NULL;
}

int64_t loom_state_number(sqlite3_stmt *row, loom_column column)
{
    return sqlite3_column_int64(row, (int)column);
}

const char *loom_state_text(sqlite3_stmt *row, loom_column column)
{
    return (const char *)sqlite3_column_text(row, (int)column);
}

bool loom_state_hash(sqlite3_stmt *row, loom_column column, loom_content_hash *hash)
{
    const void *bytes = sqlite3_column_blob(row, (int)column);

    if (bytes == NULL || sqlite3_column_bytes(row, (int)column) != (int)sizeof hash->bytes)
        return false;
    memcpy(hash->bytes, bytes, sizeof hash->bytes);
    return true;
}

/* ---- the records in their order ------------------------------------------ */

/* A plan mostly comes in the order of the records, so the next one is often near. */
static bool advance(loom_state *state, sqlite3_stmt *next)
{
    const int code = sqlite3_step(next);

    state->at_record = code == SQLITE_ROW;
    if (code != SQLITE_ROW)
        loom_state_rewind(state);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        (void)loom_state_fail(state, code, NULL);
    return state->at_record;
}

/* How the output's path stands to that of the record: as memcmp does. */
static int compare_path(const loom_state *state, sqlite3_stmt *next)
{
    const void *bytes = sqlite3_column_blob(next, COLUMN_PATH);
    const size_t size = (size_t)sqlite3_column_bytes(next, COLUMN_PATH);
    const size_t least = size < state->output.size ? size : state->output.size;
    const int order = least > 0 ? memcmp(state->output.data, bytes, least) : 0;

    if (order != 0)
        return order;
    return state->output.size < size ? -1 : state->output.size > size;
}

/* The head of the record of a task's output, until the next call; NULL as loom_state_look_up. */
static sqlite3_stmt *seek(loom_state *state, const loom_task *task)
{
    sqlite3_stmt *next = state->statements[STATEMENT_NEXT];
    int order = 1;

    if (next == NULL || state->failure.code != LOOM_OK ||
        !loom_state_set_paths(state, task->input_path, task->output_path))
        return NULL;
    for (int steps = 0; state->at_record && steps <= STEPS_MAX; steps++) {
        order = compare_path(state, next);
        if (order == 0)
            return next;
        if (order < 0 && steps > 0)
            return NULL; /* it would stand between the last two */
        if (order < 0 || !advance(state, next))
            break;
    }
    loom_state_rewind(state);
    (void)sqlite3_bind_blob64(next, 1, state->output.data, state->output.size, SQLITE_TRANSIENT);
    return state->failure.code == LOOM_OK && advance(state, next) && compare_path(state, next) == 0
               ? next
               : NULL;
}

static bool is_same_input(const loom_state *state, sqlite3_stmt *row)
{
    const void *bytes = sqlite3_column_blob(row, COLUMN_INPUT);

    return bytes != NULL && (size_t)sqlite3_column_bytes(row, COLUMN_INPUT) == state->input.size &&
           memcmp(bytes, state->input.data, state->input.size) == 0;
}

/* ---- comparing ----------------------------------------------------------- */

bool loom_state_is_time(int64_t on_disk_ns, int64_t recorded_ns)
{
    return on_disk_ns == recorded_ns || loom_planner_is_rounded(on_disk_ns, recorded_ns);
}

/* A write within the tick of the clock in which we read would leave no trace. */
static bool is_racy(sqlite3_stmt *row)
{
    int64_t settled;

    return __builtin_sub_overflow(loom_state_number(row, COLUMN_OPENED), RACY_NS, &settled) ||
           loom_state_number(row, COLUMN_IN_MTIME) > settled;
}

/* Devices are never compared: their numbers change with mounts. */
static bool is_same_input_version(const loom_state *state, sqlite3_stmt *row,
                                  const loom_entry *entry)
{
    if (!loom_state_has(row, COLUMN_IN_SIZE) ||
        loom_state_number(row, COLUMN_IN_SIZE) != (int64_t)entry->size ||
        !loom_state_is_time(entry->mtime_ns, loom_state_number(row, COLUMN_IN_MTIME)))
        return false;
    if (is_racy(row))
        return false;
    return state->unchanged_by == LOOM_UNCHANGED_BY_MTIME ||
           (loom_state_is_time(entry->ctime_ns, loom_state_number(row, COLUMN_IN_CTIME)) &&
            loom_state_number(row, COLUMN_IN_INODE) == (int64_t)entry->id.inode);
}

static bool is_as_written(sqlite3_stmt *row, const loom_stamp *standing)
{
    return standing != NULL && loom_state_has(row, COLUMN_OUT_SIZE) &&
           loom_state_has(row, COLUMN_OUT_MTIME) &&
           loom_state_number(row, COLUMN_OUT_SIZE) == (int64_t)standing->size &&
           loom_state_is_time(standing->mtime_ns, loom_state_number(row, COLUMN_OUT_MTIME));
}

/* Whether the recorded error is the input's own. */
static bool is_of_input(loom_state *state, const loom_task *task)
{
    sqlite3_stmt *row = loom_state_look_up(state, task);
    const int64_t code = row != NULL ? loom_state_number(row, COLUMN_CODE) : -1;

    (void)sqlite3_reset(row);
    return code >= 0 && code < LOOM_STATUS_COUNT && loom_status_is_of_input((loom_status)code);
}

/* ---- the history --------------------------------------------------------- */

/*
 * How it is found out whether an input is what it was: by its stamp, or by its content, which a
 * thread reads. *leave: it is, and the task need not run.
 */
static void compare_input(const loom_state *state, sqlite3_stmt *row, const loom_entry *entry,
                          loom_task *task, bool *leave)
{
    *leave =
        state->unchanged_by != LOOM_UNCHANGED_BY_HASH && is_same_input_version(state, row, entry);
    task->check = !*leave && !state->dry_run && loom_state_has(row, COLUMN_IN_HASH) &&
                  loom_state_number(row, COLUMN_IN_SIZE) == (int64_t)entry->size;
}

static void decide(loom_state *state, sqlite3_stmt *row, const loom_entry *entry,
                   const loom_stamp *standing, loom_task *task)
{
    const loom_making *making =
        loom_state_making(state, task, loom_state_number(row, COLUMN_MAKING));
    bool leave = false;

    task->owned = is_as_written(row, standing);
    if (!is_same_input(state, row)) {
        task->because = LOOM_BECAUSE_NEW;
    } else if (making == NULL) {
        task->because = LOOM_BECAUSE_RECIPE;
    } else if (!making->own && !state->keep_versions) {
        task->because = LOOM_BECAUSE_VERSION;
    } else if (loom_state_number(row, COLUMN_STATUS) == LOOM_RESULT_ERROR) {
        task->because = LOOM_BECAUSE_FAILED;
        if (state->retry == LOOM_RETRY_NEVER && is_of_input(state, task))
            compare_input(state, row, entry, task, &leave);
        if (leave) /* recall makes it an error */
            task->skip_reason = "it failed before";
    } else if (!task->owned && loom_state_number(row, COLUMN_STATUS) != LOOM_RESULT_SKIPPED) {
        task->because = LOOM_BECAUSE_OUTPUT;
    } else {
        task->because = LOOM_BECAUSE_INPUT;
        compare_input(state, row, entry, task, &leave);
        if (leave)
            task->skip_reason = LOOM_SKIP_UNCHANGED;
    }
    if (leave)
        task->because = LOOM_BECAUSE_NONE;
}

void loom_state_find(void *user, loom_task *task, const loom_entry *entry,
                     const loom_stamp *standing)
{
    loom_state *state = user;
    sqlite3_stmt *row = seek(state, task);

    task->because = LOOM_BECAUSE_NEW;
    if (row != NULL) {
        state->known++;
        decide(state, row, entry, standing, task);
    }
    if (++state->asked % ASKED_PER_TICK == 0) /* a plan may take minutes */
        (void)loom_state_tick(state, NULL);
}
