/*
 * Outputs whose input is gone.
 *
 * Records are read in the order of their paths. Of those that belong to this run's folders, most
 * are outputs of its tasks, which a set of them tells; the others are looked at one by one.
 */
#include "state/record.h"

#include "base/error.h"
#include "base/index_set.h"
#include "base/memory.h"
#include "files/planner.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { DEFAULT_PERCENT = 50 };

/* An input of this run. */
typedef struct place {
    char *path;        /* owned: absolute, with a final slash; NULL: it is no folder */
    const char *named; /* as the user did: belongs to the scan */
    bool has_files;
} place;

typedef struct search {
    loom_state *state;
    const loom_plan *plan;
    char *root; /* of the outputs, as a place's path; NULL: they lie beside their inputs */
    place *places;
    size_t place_count, last_place;
    loom_index_set outputs, inputs; /* tasks by their absolute paths */
    bool inputs_known;
    char **unread; /* paths with a final slash */
    size_t unread_count, unread_capacity;
    loom_strbuf one, other;
    loom_lost *found;
    size_t count, capacity;
    loom_arena arena; /* the paths of those found */
} search;

/* ---- the run's tasks by their paths -------------------------------------- */

typedef struct path_key {
    search *s;
    const char *path; /* absolute */
    bool input;
} path_key;

static const char *path_of(const loom_task *task, bool input)
{
    return input ? task->input_path : task->output_path;
}

static bool same_path(const void *context, uint32_t item, const void *wanted)
{
    const loom_plan *plan = context;
    const path_key *key = wanted;
    loom_strbuf *other = &key->s->other;

    loom_strbuf_clear(other);
    loom_state_add_absolute(key->s->state, other, path_of(&plan->tasks[item], key->input));
    return strcmp(loom_strbuf_str(other), key->path) == 0;
}

static uint64_t hash_of(const char *path)
{
    return loom_hash_bytes(0, path, strlen(path));
}

static bool has_path(search *s, const loom_index_set *set, const char *path, bool input)
{
    const path_key key = {s, path, input};

    return loom_index_set_find(set, hash_of(path), same_path, s->plan, &key) != LOOM_INDEX_SET_NONE;
}

/* Tasks that failed in the plan stand for no output, but their paths are theirs all the same. */
static bool index_tasks(search *s, loom_index_set *set, bool input)
{
    for (size_t i = 0; i < s->plan->count; i++) {
        const loom_task *task = &s->plan->tasks[i];
        if (task->output_path == NULL || (input && (task->size > 0 || task->error != NULL)))
            continue;
        loom_strbuf_clear(&s->one);
        loom_state_add_absolute(s->state, &s->one, path_of(task, input));
        if (s->one.failed || !loom_index_set_add(set, hash_of(s->one.data), (uint32_t)i))
            return false;
    }
    return true;
}

/* ---- the run's folders --------------------------------------------------- */

static char *folder_path(const loom_state *state, const char *path)
{
    loom_strbuf folder = LOOM_STRBUF_INIT;

    loom_state_add_absolute(state, &folder, path);
    if (folder.size > 1)
        loom_strbuf_add_char(&folder, '/');
    return loom_strbuf_take(&folder);
}

static bool starts_with(const char *path, const char *start)
{
    return strncmp(path, start, strlen(start)) == 0;
}

static bool lies_in(const place *in, const char *path)
{
    return in->path != NULL && starts_with(path, in->path);
}

/* Neighbouring records mostly lie in the same one. */
static const place *place_of(search *s, const char *path)
{
    if (s->last_place < s->place_count && lies_in(&s->places[s->last_place], path))
        return &s->places[s->last_place];
    for (size_t i = 0; i < s->place_count; i++)
        if (lies_in(&s->places[i], path)) {
            s->last_place = i;
            return &s->places[i];
        }
    return NULL;
}

static bool set_root(search *s)
{
    if (s->plan->root_path != NULL)
        s->root = folder_path(s->state, s->plan->root_path);
    return s->plan->root_path == NULL || s->root != NULL;
}

static bool set_places(search *s)
{
    const loom_scan *scan = s->plan->scan;
    const size_t inputs = loom_scan_input_count(scan);

    s->places = calloc(inputs > 0 ? inputs : 1, sizeof *s->places);
    if (s->places == NULL)
        return false;
    s->place_count = inputs;
    for (unsigned i = 0; i < inputs; i++) {
        place *input = &s->places[i];
        input->named = loom_scan_input_path(scan, i);
        if (loom_scan_input_kind(scan, i) == LOOM_INPUT_FOLDER &&
            (input->path = folder_path(s->state, input->named)) == NULL)
            return false;
    }
    for (size_t n = 0; n < loom_scan_count(scan); n++) {
        const loom_entry *entry = loom_scan_entry(scan, n);
        if (entry->error == NULL && entry->input < inputs)
            s->places[entry->input].has_files = true;
    }
    return true;
}

/* Paths that the scan could not read: it does not know what is below. */
static bool set_unread(search *s)
{
    const loom_scan *scan = s->plan->scan;

    for (size_t i = 0; i < loom_scan_count(scan); i++) {
        const loom_entry *entry = loom_scan_entry(scan, i);
        if (entry->error == NULL)
            continue;
        if (!loom_grow((void **)&s->unread, &s->unread_capacity, s->unread_count + 1,
                       sizeof *s->unread))
            return false;
        char *path = folder_path(s->state, entry->path);
        if (path == NULL)
            return false;
        s->unread[s->unread_count++] = path;
    }
    return true;
}

static bool is_unread(const search *s, const char *path)
{
    for (size_t i = 0; i < s->unread_count; i++)
        if (starts_with(path, s->unread[i]))
            return true;
    return false;
}

/* ---- finding ------------------------------------------------------------- */

/* Why no input stands behind an output of this run's folders; NULL: one does, or may. */
static const char *find_reason(search *s, const char *input)
{
    struct stat info;

    if (is_unread(s, input))
        return NULL;
    if (lstat(input, &info) != 0)
        return errno == ENOENT || errno == ENOTDIR ? "input is gone" : NULL;
    if (!s->inputs_known) {
        s->inputs_known = true;
        if (!index_tasks(s, &s->inputs, true)) {
            (void)loom_state_no_memory(s->state, NULL);
            return NULL;
        }
    }
    return has_path(s, &s->inputs, input, true) ? "its outputs have other names now" : NULL;
}

static char *keep_path(search *s, const char *path)
{
    return loom_arena_copy(&s->arena, path, strlen(path));
}

/* Reads the rest of a record. False: out of memory, or it cannot be read. */
static bool keep_lost(search *s, sqlite3_stmt *row, const loom_lost *seen)
{
    sqlite3_stmt *all = s->state->statements[STATEMENT_FIND];

    if (!loom_grow((void **)&s->found, &s->capacity, s->count + 1, sizeof *s->found))
        return false;
    loom_lost *kept = &s->found[s->count++];
    *kept = *seen;
    kept->input = keep_path(s, seen->input);
    kept->output = keep_path(s, seen->output);
    (void)sqlite3_bind_value(all, 1, sqlite3_column_value(row, COLUMN_PATH));
    if (sqlite3_step(all) == SQLITE_ROW) {
        kept->written = loom_state_has(all, COLUMN_OUT_SIZE);
        kept->size = (uint64_t)loom_state_number(all, COLUMN_OUT_SIZE);
        kept->mtime_ns = loom_state_number(all, COLUMN_OUT_MTIME);
        kept->hashed = loom_state_hash(all, COLUMN_OUT_HASH, &kept->hash);
    }
    (void)sqlite3_reset(all);
    return kept->input != NULL && kept->output != NULL;
}

static bool set_path(const search *s, loom_strbuf *to, sqlite3_stmt *row, loom_column column)
{
    const char *bytes = sqlite3_column_blob(row, (int)column);
    const int size = sqlite3_column_bytes(row, (int)column);

    loom_strbuf_clear(to);
    if (bytes == NULL || size <= 0)
        return false;
    if (bytes[0] != '/')
        loom_strbuf_add_str(to, s->state->folder);
    loom_strbuf_add(to, bytes, (size_t)size);
    return !to->failed;
}

/* False: out of memory. */
static bool look_at_record(search *s, sqlite3_stmt *row)
{
    loom_strbuf *input = &s->state->input, *output = &s->state->output;

    if (!set_path(s, input, row, COLUMN_INPUT) || !set_path(s, output, row, COLUMN_PATH))
        return !input->failed && !output->failed;
    const place *below = place_of(s, input->data);
    if (below == NULL || !(s->root != NULL ? starts_with(output->data, s->root)
                                           : starts_with(output->data, below->path)))
        return true;
    s->state->gone.outputs++;
    if (has_path(s, &s->outputs, output->data, false))
        return true;
    const char *reason = find_reason(s, input->data);
    const loom_lost seen = {.input = input->data,
                            .output = output->data,
                            .reason = reason,
                            .folder = s->root == NULL ? below->path : NULL};
    return reason == NULL || keep_lost(s, row, &seen);
}

static void look_at_records(search *s)
{
    sqlite3_stmt *rows = NULL;
    int code = sqlite3_prepare_v2(s->state->db, "SELECT path, input FROM output ORDER BY path", -1,
                                  &rows, NULL);

    while (code == SQLITE_OK && (code = sqlite3_step(rows)) == SQLITE_ROW)
        code = look_at_record(s, rows) ? SQLITE_OK : SQLITE_NOMEM;
    (void)sqlite3_finalize(rows);
    if (code != SQLITE_DONE)
        (void)loom_state_fail(s->state, code, NULL);
}

/* ---- what becomes of it --------------------------------------------------- */

/* Whether so much is gone that a disk may not be mounted, or a folder be the wrong one. */
static void check_limits(search *s)
{
    const loom_error_limit *max = &s->state->max_prune;
    loom_gone *gone = &s->state->gone;
    const uint64_t percent = max->percent ? max->max : DEFAULT_PERCENT;
    const uint64_t limit = max->given && !max->percent ? max->max
                                                       : gone->outputs / 100 * percent +
                                                             gone->outputs % 100 * percent / 100;

    for (size_t i = 0; i < s->place_count && gone->empty_input == NULL; i++)
        if (s->places[i].path != NULL && !s->places[i].has_files)
            gone->empty_input = s->places[i].named;
    gone->too_many = s->count > limit;
}

/* The path as a user in the current folder would write it. */
static const char *shown(const loom_state *state, const char *path)
{
    return starts_with(path, state->here) ? path + strlen(state->here) : path;
}

/* Removes one, or says why it stays. */
static void decide(search *s, const loom_lost *lost, loom_removed *removed)
{
    const loom_gone *gone = &s->state->gone;

    if (!s->state->prune || s->state->dry_run)
        return;
    if (gone->empty_input != NULL)
        removed->kept = "an input folder has no files left";
    else if (gone->too_many)
        removed->kept = "too many are gone";
    else
        removed->kept = loom_state_prune(s->state, s->plan, s->root, lost);
    removed->pruned = removed->kept == NULL;
}

static void report(search *s, void (*found)(void *user, const loom_removed *removed), void *user)
{
    loom_state *state = s->state;

    if (state->prune && !state->dry_run && s->count > 0)
        check_limits(s);
    state->gone.removed = s->count;
    for (size_t i = 0; i < s->count; i++) {
        const loom_lost *lost = &s->found[i];
        loom_removed removed = {.original_path = shown(state, lost->input),
                                .output_path = shown(state, lost->output),
                                .reason = lost->reason};
        decide(s, lost, &removed);
        state->gone.pruned += removed.pruned;
        if (found != NULL)
            found(user, &removed);
    }
    if (state->changing && state->failure.code == LOOM_OK)
        (void)loom_state_commit(state, NULL);
}

static void release(search *s)
{
    for (size_t i = 0; i < s->place_count; i++)
        free(s->places[i].path);
    for (size_t i = 0; i < s->unread_count; i++)
        free(s->unread[i]);
    free(s->places);
    free(s->unread);
    free(s->root);
    free(s->found);
    loom_index_set_release(&s->outputs);
    loom_index_set_release(&s->inputs);
    loom_strbuf_release(&s->one);
    loom_strbuf_release(&s->other);
    loom_arena_release(&s->arena);
}

/* The number of records before those of this run; -1 and a failure: unknown. */
static int64_t count_records(loom_state *state)
{
    sqlite3_stmt *row = NULL;
    int64_t count = -1;
    int code = sqlite3_prepare_v2(state->db, "SELECT count(*) FROM output", -1, &row, NULL);

    if (code == SQLITE_OK && (code = sqlite3_step(row)) == SQLITE_ROW)
        count = sqlite3_column_int64(row, 0);
    (void)sqlite3_finalize(row);
    if (count < 0)
        (void)loom_state_fail(state, code, NULL);
    return count;
}

/* If the plan has an output for each record, none is gone, and most runs end here. */
static void search_records(search *s)
{
    loom_state *state = s->state;
    const int64_t count = count_records(state);

    if (count < 0 || (uint64_t)count == state->known)
        return;
    if (!state->dry_run && loom_state_fold(state, NULL) != LOOM_OK)
        return;
    if (set_root(s) && set_places(s) && set_unread(s) && index_tasks(s, &s->outputs, false))
        look_at_records(s);
    else
        (void)loom_state_no_memory(state, NULL);
}

loom_status loom_state_find_gone(loom_state *state, const loom_plan *plan,
                                 void (*found)(void *user, const loom_removed *removed), void *user,
                                 const loom_gone **gone, loom_error *err)
{
    search s = {.state = state, .plan = plan};

    state->gone = (loom_gone){.outputs = 0};
    if (state->failure.code == LOOM_OK && state->db != NULL)
        search_records(&s);
    if (state->failure.code == LOOM_OK)
        report(&s, found, user);
    release(&s);
    *gone = &state->gone;
    return loom_error_copy(err, &state->failure);
}
