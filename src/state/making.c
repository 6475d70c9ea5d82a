/*
 * The making of an output: its recipe, how its input was judged, and the versions that made it,
 * each as text. What is at its default is left out, so that a field of a later version, or one more
 * size, makes nothing else anew.
 */
#include "state/record.h"

#include "base/error.h"
#include "base/memory.h"
#include "picture/recipe_fields.h"
#include "report/making.h"
#include <stdlib.h>

loom_status loom_state_set_making(loom_state *state, const loom_state_options *options,
                                  loom_error *err)
{
    state->recipe = loom_recipe_copy(options->recipe);
    loom_write_judge(&state->judge, options->settings);
    loom_write_tool(&state->tool, options->vips_version, options->jpeg_version);
    return state->recipe != NULL && !state->judge.failed && !state->tool.failed
               ? LOOM_OK
               : loom_no_memory(err, LOOM_STAGE_NONE, "for the state");
}

/* ---- of an output -------------------------------------------------------- */

static bool add(loom_state *state, const loom_making *making)
{
    if (!loom_grow((void **)&state->makings, &state->making_capacity, state->making_count + 1,
                   sizeof *state->makings))
        return false;
    state->makings[state->making_count++] = *making;
    return true;
}

/* Runs a statement about a recipe, the judgement and the versions; its rows are makings. */
static int ask(loom_state *state, const char *sql, const char *recipe, loom_making *making)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(state->db, sql, -1, &statement, NULL);

    if (code == SQLITE_OK) {
        (void)sqlite3_bind_text(statement, 1, recipe, -1, SQLITE_STATIC);
        (void)sqlite3_bind_text(statement, 2, state->judge.data, -1, SQLITE_STATIC);
        (void)sqlite3_bind_text(statement, 3, state->tool.data, -1, SQLITE_STATIC);
        while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
            making->id = sqlite3_column_int64(statement, 0);
            making->own = sqlite3_column_int(statement, 1) != 0;
            if (!add(state, making)) {
                code = SQLITE_NOMEM;
                break;
            }
        }
    }
    (void)sqlite3_finalize(statement);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

/* Of a file that the recipe names its content counts, and not its path. */
static loom_recipe *recipe_of(const loom_recipe *recipe, unsigned size, loom_format format)
{
    loom_recipe *one = loom_recipe_of_output(recipe, size, format);

    if (one != NULL && one->watermark.hashed)
        one->watermark.path[0] = '\0';
    if (one != NULL && one->font.hashed && loom_font_is_file(one->font.path))
        one->font.path[0] = '\0'; /* but a name also says which face of the file */
    return one;
}

/* Finds all makings with one recipe and judgement, whatever their versions. */
static void learn(loom_state *state, unsigned size, loom_format format)
{
    loom_making making = {.id = -1, .size = size, .format = format};
    loom_recipe *one = recipe_of(state->recipe, size, format);
    char *recipe = one != NULL ? loom_recipe_to_json(one) : NULL;
    int code = recipe != NULL && add(state, &making) ? SQLITE_OK : SQLITE_NOMEM;

    if (code == SQLITE_OK && !state->dry_run)
        code = ask(state, "INSERT OR IGNORE INTO making(recipe, judge, tool) VALUES(?1, ?2, ?3)",
                   recipe, &making);
    if (code == SQLITE_OK)
        code = ask(state, "SELECT id, tool = ?3 FROM making WHERE recipe = ?1 AND judge = ?2",
                   recipe, &making);
    if (code != SQLITE_OK)
        (void)loom_state_fail(state, code, NULL);
    free(recipe);
    loom_recipe_free(one);
}

static const loom_making *first_of(const loom_state *state, unsigned size, loom_format format)
{
    for (size_t i = 0; i < state->making_count; i++)
        if (state->makings[i].size == size && state->makings[i].format == format)
            return &state->makings[i];
    return NULL;
}

const loom_making *loom_state_making(loom_state *state, const loom_task *task, sqlite3_int64 id)
{
    const loom_making *making = first_of(state, task->size, task->format);

    if (making == NULL) {
        learn(state, task->size, task->format);
        if ((making = first_of(state, task->size, task->format)) == NULL)
            return NULL;
    }
    for (; making < state->makings + state->making_count && making->size == task->size &&
           making->format == task->format;
         making++)
        if (id == LOOM_MAKING_OWN ? making->own : making->id == id)
            return making;
    return NULL;
}
