/* Records of what a run has done. */
#include "state/record.h"

#include "base/error.h"
#include "files/path.h"
#include "report/json.h"

/* ---- binding ------------------------------------------------------------- */

/* Paths, texts and hashes must last until the record is ended. */
static void bind_path(sqlite3_stmt *row, loom_column column, const loom_strbuf *path)
{
    (void)sqlite3_bind_blob64(row, (int)column + 1, path->data, path->size, SQLITE_STATIC);
}

static void bind_number(sqlite3_stmt *row, loom_column column, int64_t number)
{
    (void)sqlite3_bind_int64(row, (int)column + 1, number);
}

/* 0 is unknown, and takes no room as NULL. */
static void bind_known(sqlite3_stmt *row, loom_column column, int64_t number)
{
    if (number != 0)
        bind_number(row, column, number);
}

static void bind_text(sqlite3_stmt *row, loom_column column, const char *text)
{
    if (text != NULL && text[0] != '\0')
        (void)sqlite3_bind_text(row, (int)column + 1, text, -1, SQLITE_STATIC);
}

static void bind_format(sqlite3_stmt *row, loom_column column, loom_format format)
{
    if (format != LOOM_FORMAT_UNKNOWN)
        bind_text(row, column, loom_format_get(format)->name);
}

static void bind_hash(sqlite3_stmt *row, loom_column column, const loom_content_hash *hash)
{
    (void)sqlite3_bind_blob(row, (int)column + 1, hash->bytes, sizeof hash->bytes, SQLITE_STATIC);
}

static void bind_input(sqlite3_stmt *row, const loom_stamp *stamp, int64_t opened_ns)
{
    bind_number(row, COLUMN_IN_SIZE, (int64_t)stamp->size);
    bind_number(row, COLUMN_IN_MTIME, stamp->mtime_ns);
    bind_number(row, COLUMN_IN_CTIME, stamp->ctime_ns);
    bind_number(row, COLUMN_IN_INODE, (int64_t)stamp->inode);
    bind_number(row, COLUMN_OPENED, opened_ns);
}

static void bind_output(sqlite3_stmt *row, const loom_stamp *stamp)
{
    bind_number(row, COLUMN_OUT_SIZE, (int64_t)stamp->size);
    bind_number(row, COLUMN_OUT_MTIME, stamp->mtime_ns);
}

static void bind_warnings(sqlite3_stmt *row, const loom_outcome *outcome)
{
    loom_strbuf text = LOOM_STRBUF_INIT;
    loom_json json = LOOM_JSON_INIT(&text);

    if (outcome->warning_count == 0 && outcome->warnings_dropped == 0)
        return;
    loom_json_begin(&json, '[');
    for (size_t i = 0; i < outcome->warning_count; i++)
        loom_json_string(&json, outcome->warnings[i]);
    if (outcome->warnings_dropped > 0)
        loom_json_uint(&json, outcome->warnings_dropped);
    loom_json_end(&json, ']');
    (void)sqlite3_bind_text(row, COLUMN_WARNINGS + 1, loom_strbuf_str(&text), -1, SQLITE_TRANSIENT);
    loom_strbuf_release(&text);
}

static void bind_traits(sqlite3_stmt *row, loom_column column, const loom_traits *traits)
{
    bind_known(row, column, traits->alpha);
    bind_known(row, column + 1, traits->bits);
    bind_known(row, column + 2, traits->frames);
    bind_known(row, column + 3, traits->dpi);
}

static void bind_facts(sqlite3_stmt *row, const loom_outcome *outcome)
{
    bind_format(row, COLUMN_ORIGINAL_FORMAT, outcome->original_format);
    bind_known(row, COLUMN_ORIGINAL_WIDTH, outcome->original_width);
    bind_known(row, COLUMN_ORIGINAL_HEIGHT, outcome->original_height);
    bind_known(row, COLUMN_ORIENTATION, outcome->orientation);
    bind_format(row, COLUMN_FORMAT, outcome->format);
    bind_known(row, COLUMN_WIDTH, outcome->width);
    bind_known(row, COLUMN_HEIGHT, outcome->height);
    bind_known(row, COLUMN_CHANNELS, outcome->channels);
    bind_known(row, COLUMN_QUALITY, outcome->quality);
    bind_text(row, COLUMN_LANE, outcome->lane);
    bind_text(row, COLUMN_DECODER, outcome->decoder);
    bind_known(row, COLUMN_CROPPED, outcome->cropped);
    bind_known(row, COLUMN_COPIED, outcome->copied);
    bind_traits(row, COLUMN_ORIGINAL_TRAITS, &outcome->original_traits);
    bind_traits(row, COLUMN_TRAITS, &outcome->traits);
    bind_warnings(row, outcome);
}

static void bind_error(sqlite3_stmt *row, const loom_error *error)
{
    bind_number(row, COLUMN_CODE, error->code);
    bind_number(row, COLUMN_STAGE, error->stage);
    bind_text(row, COLUMN_ERROR, error->message);
}

/* ---- writing ------------------------------------------------------------- */

/* The statement for a new record of the task, with what identifies it. NULL: see state->failure. */
static sqlite3_stmt *begin_record(loom_state *state, const loom_task *task, loom_result result)
{
    const loom_making *making = loom_state_making(state, task, LOOM_MAKING_OWN);
    sqlite3_stmt *row = state->statements[STATEMENT_ADD];

    if (making == NULL || state->failure.code != LOOM_OK ||
        !loom_state_set_paths(state, task->input_path, task->output_path) ||
        loom_state_begin(state, NULL) != LOOM_OK)
        return NULL;
    (void)sqlite3_clear_bindings(row);
    bind_path(row, COLUMN_PATH, &state->output);
    bind_path(row, COLUMN_INPUT, &state->input);
    bind_number(row, COLUMN_MAKING, making->id);
    bind_number(row, COLUMN_STATUS, result);
    return row;
}

static void end_record(loom_state *state, sqlite3_stmt *row)
{
    (void)sqlite3_step(row);
    const int code = sqlite3_reset(row);

    if (code != SQLITE_OK) {
        (void)loom_state_fail(state, code, NULL);
        loom_state_roll_back(state);
        return;
    }
    state->pending++;
    state->fresh++;
    (void)loom_state_tick(state, NULL);
}

/* What an earlier run wrote for a task. */
typedef struct standing {
    bool written, hashed;
    loom_stamp stamp; /* size and time alone */
    loom_content_hash hash;
} standing;

static standing find_standing(loom_state *state, const loom_task *task)
{
    sqlite3_stmt *before = loom_state_look_up(state, task);
    standing found = {.written = false};

    if (before != NULL && loom_state_has(before, COLUMN_OUT_SIZE)) {
        found.written = true;
        found.stamp = (loom_stamp){.size = (uint64_t)loom_state_number(before, COLUMN_OUT_SIZE),
                                   .mtime_ns = loom_state_number(before, COLUMN_OUT_MTIME)};
        found.hashed = loom_state_hash(before, COLUMN_OUT_HASH, &found.hash);
    }
    (void)sqlite3_reset(before);
    return found;
}

static void add_new(loom_state *state, const loom_task *task, const loom_outcome *outcome)
{
    standing before = {.written = false};

    /* It stands still, though this run failed to replace it, or left it. */
    if (outcome->result == LOOM_RESULT_ERROR || outcome->result == LOOM_RESULT_SKIPPED)
        before = find_standing(state, task);
    sqlite3_stmt *row = begin_record(state, task, outcome->result);
    if (row == NULL)
        return;
    if (outcome->opened_ns != 0)
        bind_input(row, &outcome->original_stamp, outcome->opened_ns);
    if (outcome->original_hashed)
        bind_hash(row, COLUMN_IN_HASH, &outcome->original_hash);
    if (before.written)
        bind_output(row, &before.stamp);
    if (before.hashed)
        bind_hash(row, COLUMN_OUT_HASH, &before.hash);
    if (outcome->result == LOOM_RESULT_ERROR) {
        bind_error(row, &outcome->error);
    } else if (outcome->processed_stamp.inode != 0 || outcome->processed_stamp.mtime_ns != 0) {
        bind_output(row, &outcome->processed_stamp);
        if (outcome->processed_hashed)
            bind_hash(row, COLUMN_OUT_HASH, &outcome->processed_hash);
    }
    bind_facts(row, outcome);
    end_record(state, row);
}

/* The content is what it was: the record gets the new stamp. */
static void refresh(loom_state *state, const loom_task *task, const loom_outcome *outcome)
{
    sqlite3_stmt *row = state->statements[STATEMENT_REFRESH];
    const loom_stamp *stamp = &outcome->original_stamp;

    if (!loom_state_set_paths(state, task->input_path, task->output_path) ||
        loom_state_begin(state, NULL) != LOOM_OK)
        return;
    bind_path(row, COLUMN_PATH, &state->output);
    (void)sqlite3_bind_int64(row, 2, (int64_t)stamp->size);
    (void)sqlite3_bind_int64(row, 3, stamp->mtime_ns);
    (void)sqlite3_bind_int64(row, 4, stamp->ctime_ns);
    (void)sqlite3_bind_int64(row, 5, (int64_t)stamp->inode);
    (void)sqlite3_bind_int64(row, 6, outcome->opened_ns);
    end_record(state, row);
}

/*
 * Records that an output of unknown making, which is not older than its input, counts as made. What
 * has changed since the plan is not known to be so.
 */
static void adopt(loom_state *state, const loom_task *task)
{
    struct stat input, output;

    if (loom_path_stat(task->input_path, &input) != 0 ||
        loom_path_stat(task->output_path, &output) != 0 || !S_ISREG(output.st_mode))
        return;
    const loom_stamp original = loom_path_stamp(&input), made = loom_path_stamp(&output);
    if (original.size != task->input_size || original.mtime_ns != task->input_mtime_ns)
        return;
    sqlite3_stmt *row = begin_record(state, task, LOOM_RESULT_OK);
    if (row == NULL)
        return;
    bind_input(row, &original, state->opened_ns); /* the scan looked at it after that */
    bind_output(row, &made);
    end_record(state, row);
}

static bool is_recorded(const loom_task *task, const loom_outcome *outcome)
{
    if (task->error != NULL || task->skip_reason != NULL || task->output_path == NULL)
        return false;
    return outcome->result == LOOM_RESULT_OK || outcome->result == LOOM_RESULT_WARNING ||
           outcome->left_out ||
           (outcome->result == LOOM_RESULT_ERROR && outcome->error.code != LOOM_ERR_CANCELLED);
}

loom_status loom_state_add(loom_state *state, const loom_task *task, const loom_outcome *outcome,
                           loom_error *err)
{
    if (state->failure.code == LOOM_OK && state->db != NULL && !state->dry_run) {
        if (outcome->content_unchanged)
            refresh(state, task, outcome);
        else if (task->adopted)
            adopt(state, task);
        else if (is_recorded(task, outcome))
            add_new(state, task, outcome);
    }
    return loom_error_copy(err, &state->failure);
}
