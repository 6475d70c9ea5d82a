/* What a record tells of an output that is left out. */
#include "state/record.h"

#include "base/array.h"
#include <jansson.h>
#include <stdio.h>
#include <string.h>

static void recall_warnings(const char *json, loom_outcome *outcome)
{
    json_t *array = json != NULL ? json_loads(json, 0, NULL) : NULL;

    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *item = json_array_get(array, i);
        if (json_is_string(item))
            loom_outcome_warn(outcome, "%s", json_string_value(item));
        else if (json_integer_value(item) > 0) /* the number of those that were dropped */
            outcome->warnings_dropped += (size_t)json_integer_value(item);
    }
    json_decref(array);
}

/* Outcomes do not own the names of lanes; the state keeps each that it has met. */
static const char *lane_name(loom_state *state, const char *name)
{
    size_t i = 0;

    if (name == NULL)
        return NULL;
    for (; i < LOOM_COUNT(state->lanes) && state->lanes[i] != NULL; i++)
        if (strcmp(state->lanes[i], name) == 0)
            return state->lanes[i];
    return i < LOOM_COUNT(state->lanes) ? state->lanes[i] = strdup(name) : NULL;
}

static loom_format format_of(sqlite3_stmt *row, loom_column column)
{
    const char *name = loom_state_text(row, column);

    return name != NULL ? loom_format_by_name(name) : LOOM_FORMAT_UNKNOWN;
}

static loom_traits recall_traits(sqlite3_stmt *row, loom_column column)
{
    return (loom_traits){.alpha = (loom_presence)loom_state_number(row, column),
                         .bits = (uint32_t)loom_state_number(row, column + 1),
                         .frames = (uint32_t)loom_state_number(row, column + 2),
                         .dpi = (uint32_t)loom_state_number(row, column + 3)};
}

static void recall_facts(loom_state *state, sqlite3_stmt *row, loom_outcome *outcome)
{
    const char *decoder = loom_state_text(row, COLUMN_DECODER);

    if (outcome->opened_ns == 0) { /* else a thread has just looked at it */
        outcome->original_size = (uint64_t)loom_state_number(row, COLUMN_IN_SIZE);
        outcome->original_stamp =
            (loom_stamp){.size = outcome->original_size,
                         .mtime_ns = loom_state_number(row, COLUMN_IN_MTIME),
                         .ctime_ns = loom_state_number(row, COLUMN_IN_CTIME),
                         .inode = (uint64_t)loom_state_number(row, COLUMN_IN_INODE)};
    }
    outcome->original_format = format_of(row, COLUMN_ORIGINAL_FORMAT);
    outcome->original_width = (uint32_t)loom_state_number(row, COLUMN_ORIGINAL_WIDTH);
    outcome->original_height = (uint32_t)loom_state_number(row, COLUMN_ORIGINAL_HEIGHT);
    outcome->orientation = (int)loom_state_number(row, COLUMN_ORIENTATION);
    outcome->format = format_of(row, COLUMN_FORMAT);
    outcome->width = (uint32_t)loom_state_number(row, COLUMN_WIDTH);
    outcome->height = (uint32_t)loom_state_number(row, COLUMN_HEIGHT);
    outcome->channels = (int)loom_state_number(row, COLUMN_CHANNELS);
    outcome->quality = (int)loom_state_number(row, COLUMN_QUALITY);
    outcome->lane = lane_name(state, loom_state_text(row, COLUMN_LANE));
    (void)snprintf(outcome->decoder, sizeof outcome->decoder, "%s", decoder != NULL ? decoder : "");
    outcome->cropped = (uint32_t)loom_state_number(row, COLUMN_CROPPED);
    outcome->copied = loom_state_number(row, COLUMN_COPIED) != 0;
    outcome->original_traits = recall_traits(row, COLUMN_ORIGINAL_TRAITS);
    outcome->traits = recall_traits(row, COLUMN_TRAITS);
    recall_warnings(loom_state_text(row, COLUMN_WARNINGS), outcome);
}

static void recall_error(sqlite3_stmt *row, loom_outcome *outcome)
{
    const int64_t code = loom_state_number(row, COLUMN_CODE);
    const char *message = loom_state_text(row, COLUMN_ERROR);

    outcome->result = LOOM_RESULT_ERROR;
    loom_error_clear(&outcome->error);
    (void)loom_error_set(&outcome->error,
                         code > LOOM_OK && code < LOOM_STATUS_COUNT ? (loom_status)code
                                                                    : LOOM_ERR_INTERNAL,
                         (loom_stage)loom_state_number(row, COLUMN_STAGE), "%s",
                         message != NULL ? message : "it failed before");
}

void loom_state_recall(void *user, const loom_task *task, loom_outcome *outcome)
{
    loom_state *state = user;
    const bool unchanged =
        task->skip_reason != NULL && strcmp(task->skip_reason, LOOM_SKIP_UNCHANGED) == 0;
    sqlite3_stmt *row = state->no_facts && unchanged ? NULL : loom_state_look_up(state, task);

    if (row == NULL)
        return;
    recall_facts(state, row, outcome);
    if (loom_state_number(row, COLUMN_STATUS) == LOOM_RESULT_ERROR) {
        recall_error(row, outcome);
    } else {
        outcome->processed_size = (uint64_t)loom_state_number(row, COLUMN_OUT_SIZE);
        outcome->processed_stamp = (loom_stamp){
            .size = outcome->processed_size, .mtime_ns = loom_state_number(row, COLUMN_OUT_MTIME)};
    }
    (void)sqlite3_reset(row);
}

void loom_state_expect(void *user, const loom_task *task, loom_expected *expected)
{
    const loom_state *state = user;
    sqlite3_stmt *row = loom_state_look_up(user, task);

    *expected = (loom_expected){.known = false};
    if (row == NULL)
        return;
    expected->known = loom_state_hash(row, COLUMN_IN_HASH, &expected->input);
    expected->compare_output = state->unchanged_by == LOOM_UNCHANGED_BY_HASH &&
                               loom_state_has(row, COLUMN_OUT_SIZE) &&
                               loom_state_number(row, COLUMN_STATUS) != LOOM_RESULT_ERROR;
    if (expected->compare_output) {
        expected->output_size = (uint64_t)loom_state_number(row, COLUMN_OUT_SIZE);
        expected->known =
            loom_state_hash(row, COLUMN_OUT_HASH, &expected->output) && expected->known;
    }
    (void)sqlite3_reset(row);
}
