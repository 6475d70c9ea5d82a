/* A state: its errors and transactions, and its life. */
#include "state/record.h"

#include "base/array.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "files/path.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COMMIT_ROWS = 1000, FOLD_ROWS = 1000000 };

#define BEAT_NS (30 * LOOM_NS_PER_SECOND)

/*
 * What is not committed when a run is killed is made again. So a commit comes as soon as the last
 * one is PAUSE_SHARE times as old as commits take: most of them take a two hundredth of the time.
 * They are cheap where the file is in the system's cache, which need not be synced. What they take
 * is the median of the last three: now and then one has to wait, for a CPU on a busy machine or for
 * the log to be written back, which says nothing about the next.
 */
enum { PAUSE_SHARE = 200 };
#define PAUSE_NS_MIN (LOOM_NS_PER_SECOND / 100)
#define PAUSE_NS_MAX LOOM_NS_PER_SECOND

/* ---- words --------------------------------------------------------------- */

loom_status loom_unchanged_by_parse(const char *word, loom_unchanged_by *unchanged_by,
                                    loom_error *err)
{
    static const char *const words[] = {[LOOM_UNCHANGED_BY_STAT] = "stat",
                                        [LOOM_UNCHANGED_BY_MTIME] = "mtime",
                                        [LOOM_UNCHANGED_BY_HASH] = "hash"};
    size_t index = 0;
    const loom_status status = loom_word_parse(word, "a way to tell that an input is unchanged",
                                               words, LOOM_COUNT(words), &index, err);

    if (status == LOOM_OK)
        *unchanged_by = (loom_unchanged_by)index;
    return status;
}

loom_status loom_retry_parse(const char *word, loom_retry *retry, loom_error *err)
{
    static const char *const words[] = {
        [LOOM_RETRY_FAILED] = "failed", [LOOM_RETRY_NEVER] = "never"};
    size_t index = 0;
    const loom_status status =
        loom_word_parse(word, "what to try again", words, LOOM_COUNT(words), &index, err);

    if (status == LOOM_OK)
        *retry = (loom_retry)index;
    return status;
}

loom_state_options *loom_state_options_create(void)
{
    return calloc(1, sizeof(loom_state_options));
}

void loom_state_options_free(loom_state_options *options)
{
    free(options);
}

/* ---- errors -------------------------------------------------------------- */

/* The low byte of a result is its kind. Errors of reading are damage, as far as anyone can tell. */
static loom_status status_of(int code)
{
    switch (code) {
    case SQLITE_IOERR_WRITE:
    case SQLITE_IOERR_FSYNC:
    case SQLITE_IOERR_DIR_FSYNC:
    case SQLITE_IOERR_TRUNCATE:
        return LOOM_ERR_IO;
    case SQLITE_IOERR_NOMEM:
        return LOOM_ERR_OUT_OF_MEMORY;
    default:
        break;
    }
    switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return LOOM_ERR_BUSY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_IOERR:
    case SQLITE_ERROR: /* its tables are not ours */
        return LOOM_ERR_CORRUPT;
    case SQLITE_FULL:
        return LOOM_ERR_NO_SPACE;
    case SQLITE_NOMEM:
        return LOOM_ERR_OUT_OF_MEMORY;
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_AUTH:
        return LOOM_ERR_PERMISSION;
    default:
        return LOOM_ERR_IO;
    }
}

loom_status loom_state_fail(loom_state *state, int code, loom_error *err)
{
    const loom_status status = status_of(code);
    loom_error *failure = &state->failure;

    if (status == LOOM_ERR_BUSY)
        (void)loom_error_set(failure, status, LOOM_STAGE_NONE, "another run uses the state");
    else if (status == LOOM_ERR_CORRUPT)
        (void)loom_error_set(failure, status, LOOM_STAGE_NONE,
                             "it is damaged (%s); " LOOM_STATE_MOVE_AWAY, sqlite3_errstr(code));
    else
        (void)loom_error_set(failure, status, LOOM_STAGE_NONE, "it cannot be read or written: %s",
                             sqlite3_errstr(code));
    return loom_error_copy(err, failure);
}

loom_status loom_state_no_memory(loom_state *state, loom_error *err)
{
    (void)loom_no_memory(&state->failure, LOOM_STAGE_NONE, "for the state");
    return loom_error_copy(err, &state->failure);
}

loom_status loom_state_check(const loom_state *state, loom_error *err)
{
    return loom_error_copy(err, &state->failure);
}

/* ---- transactions -------------------------------------------------------- */

loom_status loom_state_execute(loom_state *state, const char *sql, loom_error *err)
{
    const int code = sqlite3_exec(state->db, sql, NULL, NULL, NULL);

    return code == SQLITE_OK ? LOOM_OK : loom_state_fail(state, code, err);
}

loom_status loom_state_begin(loom_state *state, loom_error *err)
{
    if (state->changing)
        return LOOM_OK;
    loom_state_rewind(state);
    const loom_status status = loom_state_execute(state, "BEGIN IMMEDIATE", err);
    state->changing = status == LOOM_OK;
    return status;
}

void loom_state_rewind(loom_state *state)
{
    (void)sqlite3_reset(state->statements[STATEMENT_NEXT]);
    state->at_record = false;
}

void loom_state_roll_back(loom_state *state)
{
    if (state->changing)
        (void)sqlite3_exec(state->db, "ROLLBACK", NULL, NULL, NULL);
    state->changing = false;
    state->pending = 0;
}

/* A sign of life, unless there was one a moment ago. */
static loom_status beat(loom_state *state, int64_t now, loom_error *err)
{
    sqlite3_stmt *statement = state->statements[STATEMENT_BEAT];

    if (state->beat_ns != 0 && now - state->beat_ns < LOOM_NS_PER_SECOND)
        return LOOM_OK;
    (void)sqlite3_bind_int64(statement, 1, loom_clock_wall());
    (void)sqlite3_step(statement);
    const int code = sqlite3_reset(statement);
    state->beat_ns = now;
    return code == SQLITE_OK ? LOOM_OK : loom_state_fail(state, code, err);
}

/* How long the next commit may wait, after one that took so long. */
static int64_t next_pause(loom_state *state, int64_t took_ns)
{
    const int64_t a = state->took_ns[0], b = state->took_ns[1], c = took_ns;
    const int64_t low = a < b ? a : b, high = a < b ? b : a;
    const int64_t median = c < low ? low : c > high ? high : c;
    const int64_t pause = median > PAUSE_NS_MAX / PAUSE_SHARE ? PAUSE_NS_MAX : PAUSE_SHARE * median;

    state->took_ns[0] = b;
    state->took_ns[1] = c;
    return pause < PAUSE_NS_MIN ? PAUSE_NS_MIN : pause;
}

loom_status loom_state_commit(loom_state *state, loom_error *err)
{
    const int64_t began = loom_clock_now();
    loom_status status = beat(state, began, err);

    if (status == LOOM_OK)
        status = loom_state_execute(state, "COMMIT", err);
    if (status != LOOM_OK)
        loom_state_roll_back(state);
    state->changing = false;
    state->pending = 0;
    state->committed_ns = loom_clock_now();
    state->pause_ns = next_pause(state, state->committed_ns - began);
    return status;
}

loom_status loom_state_fold(loom_state *state, loom_error *err)
{
    loom_status status = loom_state_begin(state, err);

    loom_state_rewind(state);
    if (status == LOOM_OK)
        status = loom_state_execute(state,
                                    "INSERT OR REPLACE INTO output SELECT " LOOM_STATE_COLUMNS
                                    " FROM fresh ORDER BY path, rowid; DELETE FROM fresh",
                                    err);
    if (status == LOOM_OK)
        status = loom_state_commit(state, err);
    if (status == LOOM_OK)
        status = loom_state_execute(state, "PRAGMA wal_checkpoint(TRUNCATE)", err);
    if (status == LOOM_OK)
        state->fresh = 0;
    return status;
}

loom_status loom_state_tick(loom_state *state, loom_error *err)
{
    const int64_t now = loom_clock_now();
    loom_status status = loom_error_copy(err, &state->failure);

    if (status != LOOM_OK || state->dry_run || state->db == NULL)
        return status;
    if (!state->changing && now - state->beat_ns >= BEAT_NS)
        status = loom_state_begin(state, err);
    else if (!state->changing ||
             (state->pending < COMMIT_ROWS && now - state->committed_ns < state->pause_ns))
        return LOOM_OK;
    if (status == LOOM_OK)
        status = loom_state_commit(state, err);
    if (status == LOOM_OK && state->fresh >= FOLD_ROWS)
        status = loom_state_fold(state, err);
    return status;
}

/* ---- its life ------------------------------------------------------------ */

static loom_status set_places(loom_state *state, const char *path, loom_error *err)
{
    loom_strbuf text = LOOM_STRBUF_INIT;
    char *here = getcwd(NULL, 0);

    if (here == NULL || here[0] != '/') {
        free(here);
        return loom_error_set_errno(err, LOOM_STAGE_NONE, errno != 0 ? errno : ENOENT,
                                    "the current folder is not known");
    }
    loom_strbuf_add_str(&text, strcmp(here, "/") == 0 ? "" : here);
    loom_strbuf_add_char(&text, '/');
    free(here);
    if ((state->here = loom_strbuf_take(&text)) == NULL)
        return loom_state_no_memory(state, err);
    loom_state_add_absolute(state, &text, path);
    if ((state->path = loom_strbuf_take(&text)) == NULL)
        return loom_state_no_memory(state, err);
    state->folder = strndup(state->path, (size_t)(loom_path_base(state->path) - state->path));
    return state->folder != NULL ? LOOM_OK : loom_state_no_memory(state, err);
}

static loom_status look(loom_state *state, bool *exists, bool *empty, loom_error *err)
{
    (void)loom_state_look_at_file(state->path, exists, empty, &state->failure);
    return loom_error_copy(err, &state->failure);
}

loom_status loom_state_open(loom_state **state, const char *path, const loom_state_options *options,
                            loom_error *err)
{
    loom_state *opened = calloc(1, sizeof *opened);
    bool exists = false, empty;

    if (opened == NULL)
        return loom_no_memory(err, LOOM_STAGE_NONE, "for the state");
    opened->history = (loom_history){.user = opened,
                                     .find = loom_state_find,
                                     .expect = loom_state_expect,
                                     .recall = loom_state_recall};
    opened->unchanged_by = options->unchanged_by;
    opened->retry = options->retry;
    opened->keep_versions = options->keep_versions;
    opened->no_facts = options->no_facts;
    opened->prune = options->prune;
    opened->max_prune = options->max_prune;
    opened->dry_run = options->settings != NULL && options->settings->dry_run;
    opened->opened_ns = loom_clock_wall();
    loom_status status = set_places(opened, path, err);
    if (status == LOOM_OK)
        status = loom_state_set_making(opened, options, err);
    if (status == LOOM_OK)
        status = look(opened, &exists, &empty, err);
    if (status == LOOM_OK && exists)
        status = loom_state_enter(opened, err);
    if (status == LOOM_OK)
        *state = opened;
    else
        loom_state_free(opened);
    return status;
}

loom_status loom_state_prepare(loom_state *state, loom_error *err)
{
    loom_status status = loom_error_copy(err, &state->failure);
    bool exists, empty;

    if (status != LOOM_OK || state->db != NULL || state->dry_run)
        return status;
    status = look(state, &exists, &empty, err);
    if (status == LOOM_OK && !exists) {
        (void)loom_state_make_file(state->path, empty, &state->failure);
        status = loom_error_copy(err, &state->failure);
    }
    return status == LOOM_OK ? loom_state_enter(state, err) : status;
}

const loom_history *loom_state_history(loom_state *state)
{
    return &state->history;
}

loom_status loom_state_finish(loom_state *state, loom_error *err)
{
    const loom_status status = loom_error_copy(err, &state->failure);

    if (status != LOOM_OK || state->dry_run || state->db == NULL)
        return status;
    return loom_state_fold(state, err);
}

void loom_state_free(loom_state *state)
{
    if (state == NULL)
        return;
    loom_state_leave(state);
    loom_strbuf_release(&state->input);
    loom_strbuf_release(&state->output);
    loom_strbuf_release(&state->judge);
    loom_strbuf_release(&state->tool);
    loom_recipe_free(state->recipe);
    for (size_t i = 0; i < LOOM_COUNT(state->lanes); i++)
        free(state->lanes[i]);
    free(state->makings);
    free(state->path);
    free(state->folder);
    free(state->here);
    free(state);
}
