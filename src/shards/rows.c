/*
 * Which row of an item counts. The reports of a shard are read one after another; of each item the
 * best row so far is kept, as a copy, with the place of its text.
 */
#include "shards/folder.h"

#include "base/error.h"
#include <stdlib.h>
#include <string.h>

struct loom_shard_rows {
    loom_shards *shards;
    const loom_shard_list *list;
    const loom_item *items;
    loom_shard_row *rows; /* of each item of the list */
    int64_t *started_ns;  /* when the image of the row that counts was started */
    loom_arena arena;
    const char *folder;       /* of the attempt that is read; NULL: unknown */
    const char *lane, *codec; /* the last ones that were kept: there are few */

    loom_reader *reader;        /* of the report whose texts were asked for last; NULL: none */
    const loom_attempt *opened; /* what wrote that */
};

static loom_status no_memory(loom_error *err)
{
    return loom_no_memory(err, LOOM_STAGE_NONE, "for the rows of a shard");
}

loom_row_rank loom_row_rank_of(const loom_row *row)
{
    if (row == NULL)
        return LOOM_ROW_NONE;
    switch (row->result) {
    case LOOM_RESULT_OK:
    case LOOM_RESULT_WARNING:
        return LOOM_ROW_MADE;
    case LOOM_RESULT_SKIPPED:
        return LOOM_ROW_SKIPPED;
    case LOOM_RESULT_ERROR:
        return row->code == LOOM_ERR_CANCELLED ? LOOM_ROW_CANCELLED : LOOM_ROW_FAILED;
    case LOOM_RESULT_PLANNED:
        break;
    }
    return LOOM_ROW_NONE;
}

/* ---- copies -------------------------------------------------------------- */

/* Replaces a string of the reader by a copy; `last`: the one before, which may be equal, or NULL.
 * False: out of memory. */
static bool keep(loom_shard_rows *r, const char **text, const char **last)
{
    if (*text == NULL)
        return true;
    if (last != NULL && *last != NULL && strcmp(*last, *text) == 0) {
        *text = *last;
        return true;
    }
    *text = loom_arena_copy(&r->arena, *text, strlen(*text));
    if (last != NULL)
        *last = *text;
    return *text != NULL;
}

/* The words of known formats are static. */
static bool keep_format(loom_shard_rows *r, const char **word)
{
    const loom_format format = *word != NULL ? loom_format_by_name(*word) : LOOM_FORMAT_UNKNOWN;

    if (format != LOOM_FORMAT_UNKNOWN && strcmp(loom_format_get(format)->name, *word) == 0) {
        *word = loom_format_get(format)->name;
        return true;
    }
    return keep(r, word, NULL);
}

static bool keep_warnings(loom_shard_rows *r, loom_row *row)
{
    const char **warnings;

    if (row->warning_count == 0) {
        row->warnings = NULL;
        return true;
    }
    warnings = loom_arena_alloc(&r->arena, row->warning_count * sizeof *warnings);
    if (warnings == NULL)
        return false;
    for (size_t i = 0; i < row->warning_count; i++) {
        warnings[i] = row->warnings[i];
        if (!keep(r, &warnings[i], NULL))
            return false;
    }
    row->warnings = warnings;
    return true;
}

/* Keeps a row of an item in place of the one that counted so far. False: out of memory. */
static bool keep_row(loom_shard_rows *r, size_t index, const loom_row *from)
{
    loom_shard_row *place = &r->rows[index];
    /* Nobody else has seen it yet. */
    loom_row *row = place->row != NULL ? (loom_row *)(uintptr_t)place->row
                                       : loom_arena_alloc(&r->arena, sizeof *row);

    if (row == NULL)
        return false;
    *row = *from;
    row->original_path = r->items[index].input_path;
    row->output_path = r->items[index].output_path;
    row->folder = r->folder;
    row->run = -1;
    place->row = row;
    return keep(r, &row->error, NULL) && keep(r, &row->skip_reason, NULL) &&
           keep_warnings(r, row) && keep_format(r, &row->original_format) &&
           keep_format(r, &row->format) && keep(r, &row->lane, &r->lane) &&
           keep(r, &row->decoder, &r->codec) && keep(r, &row->extracted, NULL) &&
           keep(r, &row->preview_of, NULL);
}

/* ---- a row --------------------------------------------------------------- */

static bool same(const char *one, const char *other)
{
    return one == NULL || other == NULL ? one == other : strcmp(one, other) == 0;
}

/* The index of the item that a row is about; SIZE_MAX: it is of no item of the list. */
static size_t find_item(const loom_shard_rows *r, const loom_row *row)
{
    const size_t index =
        row->seq >= 0 ? loom_shard_list_find(r->list, (uint64_t)row->seq) : SIZE_MAX;

    return index != SIZE_MAX && same(row->original_path, r->items[index].input_path) &&
                   same(row->output_path, r->items[index].output_path)
               ? index
               : SIZE_MAX;
}

/* Attempts are read in the order of their names: of what is equal the later row counts. */
static bool is_better(const loom_shard_rows *r, size_t index, const loom_row *row,
                      int64_t started_ns)
{
    const loom_row_rank rank = loom_row_rank_of(row), before = loom_row_rank_of(r->rows[index].row);

    return rank != before ? rank > before
                          : rank != LOOM_ROW_NONE && started_ns >= r->started_ns[index];
}

static loom_status take_row(loom_shard_rows *r, loom_attempt *attempt, const loom_record *record,
                            loom_error *err)
{
    const loom_row *row = record->row;
    const size_t index = find_item(r, row);
    int64_t started_ns;

    if (index == SIZE_MAX) {
        attempt->damaged++;
        return LOOM_OK;
    }
    loom_shard_row *place = &r->rows[index];
    attempt->rows++;
    place->rows += place->rows < UINT32_MAX;
    if (loom_row_rank_of(row) == LOOM_ROW_MADE && loom_row_rank_of(place->row) == LOOM_ROW_MADE &&
        row->processed_size != place->row->processed_size)
        place->differs = true;
    if (__builtin_add_overflow(row->started_ns, row->start_ns > 0 ? row->start_ns : 0, &started_ns))
        started_ns = INT64_MAX;
    if (!is_better(r, index, row, started_ns))
        return LOOM_OK;
    if (!keep_row(r, index, row))
        return no_memory(err);
    r->started_ns[index] = started_ns;
    place->attempt = attempt;
    place->offset = record->offset;
    place->length = record->length;
    return LOOM_OK;
}

/* ---- a report ------------------------------------------------------------ */

/* Whether the header of a report says that it is of this plan and shard; sets *job. */
static bool is_of_plan(const loom_shard_rows *r, const json_t *run, const char **job)
{
    const json_t *plan = json_object_get(run, "plan");
    const json_t *shard = json_object_get(plan, "shard");
    const char *id = json_string_value(json_object_get(plan, "id"));

    *job = json_string_value(json_object_get(plan, "job"));
    return id != NULL && strcmp(id, r->shards->info.id) == 0 && json_is_integer(shard) &&
           json_integer_value(shard) == (json_int_t)loom_shard_list_shard(r->list);
}

static loom_status take_run(loom_shard_rows *r, loom_attempt *attempt, const loom_record *record,
                            loom_error *err)
{
    json_t *run = json_loadb(record->text, record->size, 0, NULL);
    const char *job = NULL, *text = record->text, *folder = record->run->folder;
    const bool own = is_of_plan(r, run, &job);

    if (own && attempt->run != NULL)
        attempt->problem = "it has two headers";
    else if (!own)
        attempt->problem = record->size > 2 ? "it is of another plan or shard" : "it has no header";
    bool kept = attempt->problem != NULL;
    if (!kept) {
        loom_arena *arena = &r->shards->arena;
        attempt->run = loom_arena_copy(arena, text, record->size);
        attempt->job = job != NULL ? loom_arena_copy(arena, job, strlen(job)) : NULL;
        attempt->started_ns = record->run->started_ns;
        r->folder = folder;
        kept = attempt->run != NULL && (job == NULL || attempt->job != NULL) &&
               keep(r, &r->folder, NULL);
    }
    json_decref(run);
    return kept ? LOOM_OK : no_memory(err);
}

static loom_status take_summary(loom_shard_rows *r, loom_attempt *attempt,
                                const loom_record *record, loom_error *err)
{
    if (record->text == NULL)
        return LOOM_OK;
    attempt->whole = !record->summary->interrupted && !record->summary->too_many_errors;
    attempt->summary = loom_arena_copy(&r->shards->arena, record->text, record->size);
    return attempt->summary != NULL ? LOOM_OK : no_memory(err);
}

/* Reads until the end, or until it is known to be of no use. */
static loom_status read_records(loom_shard_rows *r, loom_attempt *attempt, loom_reader *reader,
                                loom_error *err)
{
    const loom_record *record;
    loom_status status = LOOM_OK;

    while (status == LOOM_OK && attempt->problem == NULL) {
        loom_error damage = LOOM_ERROR_INIT;
        if (loom_reader_next(reader, &record, &damage) == LOOM_ERR_OUT_OF_MEMORY)
            return no_memory(err);
        if (damage.code != LOOM_OK) {
            attempt->damaged++;
            continue;
        }
        if (record->kind == LOOM_RECORD_END)
            break;
        if (record->kind == LOOM_RECORD_RUN)
            status = take_run(r, attempt, record, err);
        else if (record->kind == LOOM_RECORD_ROW)
            status = take_row(r, attempt, record, err);
        else
            status = take_summary(r, attempt, record, err);
    }
    if (status == LOOM_OK && attempt->run == NULL && attempt->problem == NULL)
        attempt->problem = "it has no header";
    return status;
}

static loom_status read_report(loom_shard_rows *r, loom_attempt *attempt, loom_error *err)
{
    const loom_attempt fresh = {
        .shard = attempt->shard, .name = attempt->name, .path = attempt->path};
    loom_reader *reader = NULL;

    *attempt = fresh;
    r->folder = NULL;
    loom_status status = loom_reader_open(&reader, attempt->path, false, NULL, NULL, NULL);
    if (status == LOOM_ERR_OUT_OF_MEMORY)
        return no_memory(err);
    if (status != LOOM_OK) {
        attempt->problem = "it cannot be opened";
        return LOOM_OK;
    }
    status = read_records(r, attempt, reader, err);
    loom_reader_close(reader);
    return status;
}

/* ---- all of a shard ------------------------------------------------------ */

static loom_status read_reports(loom_shard_rows *r, loom_error *err)
{
    const unsigned shard = loom_shard_list_shard(r->list);
    const size_t count = loom_shards_attempt_count(r->shards, shard);
    loom_status status = LOOM_OK;

    for (size_t i = 0; i < count && status == LOOM_OK; i++)
        status = read_report(r, &r->shards->attempts[r->shards->ranges[shard].first + i], err);
    return status;
}

loom_status loom_shard_rows_read(loom_shard_rows **rows, loom_shards *shards,
                                 const loom_shard_list *list, loom_error *err)
{
    const size_t count = loom_shard_list_count(list);
    loom_shard_rows *made = calloc(1, sizeof *made);

    if (made == NULL)
        return no_memory(err);
    made->shards = shards;
    made->list = list;
    made->items = loom_shard_list_items((loom_shard_list *)(uintptr_t)list); /* only read here */
    made->rows = calloc(count > 0 ? count : 1, sizeof *made->rows);
    made->started_ns = calloc(count > 0 ? count : 1, sizeof *made->started_ns);
    const loom_status status =
        made->rows != NULL && made->started_ns != NULL ? read_reports(made, err) : no_memory(err);
    if (status == LOOM_OK)
        *rows = made;
    else
        loom_shard_rows_free(made);
    return status;
}

void loom_shard_rows_free(loom_shard_rows *rows)
{
    if (rows == NULL)
        return;
    loom_reader_close(rows->reader);
    loom_arena_release(&rows->arena);
    free(rows->rows);
    free(rows->started_ns);
    free(rows);
}

const loom_shard_row *loom_shard_rows_get(const loom_shard_rows *rows, size_t index)
{
    return &rows->rows[index];
}

loom_status loom_shard_rows_text(loom_shard_rows *rows, size_t index, const char **text,
                                 loom_error *err)
{
    const loom_shard_row *row = &rows->rows[index];

    if (rows->opened != row->attempt) {
        loom_reader_close(rows->reader);
        rows->reader = NULL;
        rows->opened = NULL;
        const loom_status status =
            loom_reader_open(&rows->reader, row->attempt->path, true, NULL, NULL, err);
        if (status != LOOM_OK)
            return status;
        rows->opened = row->attempt;
    }
    return loom_reader_text_at(rows->reader, row->offset, row->length, text, err);
}
