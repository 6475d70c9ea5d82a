#include "serve/settings.h"

#include "options/missing.h"
#include <imgloom/batch.h>
#include <string.h>

#define SECONDS INT64_C(1000000000) /* ns */
#define MIB     (UINT64_C(1) << 20)

enum { QUEUE_PER_JOB = 16, PRESET_MAX = 1 << 16 };

static void release_preset(void *preset)
{
    g_free(((serve_preset *)preset)->name);
    loom_recipe_free(((serve_preset *)preset)->recipe);
}

bool serve_settings_init(serve_settings *s)
{
    *s = (serve_settings){.batch = loom_batch_create(NULL),
                          .settings = loom_settings_create(),
                          .engine = loom_engine_options_create(),
                          .socket_mode = 0660,
                          .max_output_pixels = 50000000,
                          .max_effort = 6,
                          .max_body = 32 * MIB,
                          .max_bodies = 256 * MIB,
                          .connections = 1024,
                          .header_ns = 5 * SECONDS,
                          .body_ns = 20 * SECONDS,
                          .idle_ns = 15 * SECONDS,
                          .min_rate = 16 << 10,
                          .max_age = 3600,
                          .log = "-",
                          .drain_ns = 30 * SECONDS};
    s->listen = g_ptr_array_new_with_free_func(g_free);
    s->roots = g_ptr_array_new_with_free_func(g_free);
    s->accept_words = g_ptr_array_new_with_free_func(g_free);
    s->hosts = g_ptr_array_new_with_free_func(g_free);
    s->origins = g_ptr_array_new_with_free_func(g_free);
    s->preset_words = g_ptr_array_new_with_free_func(g_free);
    s->presets = g_array_new(FALSE, TRUE, sizeof(serve_preset));
    g_array_set_clear_func(s->presets, release_preset);
    s->target = (options_target){.objects = {[OPTIONS_PROGRAM] = s,
                                             [OPTIONS_SETTINGS] = s->settings,
                                             [OPTIONS_BATCH] = s->batch,
                                             [OPTIONS_ENGINE] = s->engine}};
    if (s->batch == NULL || s->settings == NULL || s->engine == NULL)
        return false;
    s->batch->timeout_ns = 30 * SECONDS;
    s->settings->max_pixels = 100000000;
    s->engine->isolate = LOOM_ISOLATE_ALL;
    return true;
}

void serve_settings_release(serve_settings *s)
{
    loom_batch_free(s->batch);
    loom_settings_free(s->settings);
    loom_engine_options_free(s->engine);
    g_ptr_array_free(s->listen, TRUE);
    g_ptr_array_free(s->roots, TRUE);
    g_ptr_array_free(s->accept_words, TRUE);
    g_ptr_array_free(s->hosts, TRUE);
    g_ptr_array_free(s->origins, TRUE);
    g_ptr_array_free(s->preset_words, TRUE);
    g_array_free(s->presets, TRUE);
}

/* ---- presets ------------------------------------------------------------- */

const loom_recipe *serve_settings_preset(const serve_settings *s, const char *name)
{
    for (guint i = 0; i < s->presets->len; i++)
        if (strcmp(g_array_index(s->presets, serve_preset, i).name, name) == 0)
            return g_array_index(s->presets, serve_preset, i).recipe;
    return NULL;
}

static loom_status refuse_preset(const char *word, const char *why, loom_error *err)
{
    return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "--preset: '%s' %s", word, why);
}

/* Reads the recipe of a preset. */
static loom_status read_recipe(const serve_preset *preset, const char *path, loom_error *err)
{
    loom_error cause = LOOM_ERROR_INIT;
    GString *text = options_read_file(path, &cause);

    if (text == NULL)
        return loom_error_set(err, cause.code, LOOM_STAGE_NONE, "--preset %s: %s", preset->name,
                              cause.message);
    if (loom_recipe_from_json(preset->recipe, text->str, text->len, &cause) != LOOM_OK)
        (void)loom_error_set(err, cause.code, LOOM_STAGE_NONE, "--preset %s: %s: %s", preset->name,
                             path, cause.message);
    g_string_free(text, TRUE);
    return cause.code;
}

static loom_status read_preset(serve_settings *s, const char *word, loom_error *err)
{
    const char *equals = strchr(word, '=');

    if (equals == NULL || equals == word || equals[1] == '\0')
        return refuse_preset(word, "is not NAME=FILE", err);
    serve_preset preset = {.name = g_strndup(word, (gsize)(equals - word)),
                           .recipe = loom_recipe_create()};
    loom_status status;
    if (preset.recipe == NULL)
        status = loom_error_set(err, LOOM_ERR_OUT_OF_MEMORY, LOOM_STAGE_NONE, "out of memory");
    else if (serve_settings_preset(s, preset.name) != NULL)
        status = refuse_preset(word, "has a name that was given before", err);
    else
        status = read_recipe(&preset, equals + 1, err);
    if (status == LOOM_OK)
        g_array_append_val(s->presets, preset);
    else
        release_preset(&preset);
    return status;
}

/* ---- formats for clients that take them ---------------------------------- */

static loom_status add_accepted(serve_settings *s, const char *name, loom_error *err)
{
    const loom_format_info *info = loom_format_get(loom_format_by_name(name));
    size_t count = 0;

    if (!info->writable || !info->alpha)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "--accept: '%s' is not a format that is written and has alpha", name);
    while (s->accept[count] != LOOM_FORMAT_UNKNOWN)
        if (s->accept[count++] == info->format)
            return LOOM_OK; /* named before: so there is room for each */
    s->accept[count] = info->format;
    s->accept[count + 1] = LOOM_FORMAT_UNKNOWN;
    return LOOM_OK;
}

static loom_status read_accept(serve_settings *s, loom_error *err)
{
    if (s->accept_words->len == 0)
        g_ptr_array_add(s->accept_words, g_strdup("avif,webp"));
    for (guint i = 0; i < s->accept_words->len; i++) {
        char **names = g_strsplit(g_ptr_array_index(s->accept_words, i), ",", -1);
        loom_status status = LOOM_OK;
        for (size_t n = 0; status == LOOM_OK && names[n] != NULL; n++)
            status = add_accepted(s, names[n], err);
        g_strfreev(names);
        if (status != LOOM_OK)
            return status;
    }
    return LOOM_OK;
}

/* ---- the whole ----------------------------------------------------------- */

static loom_status settle(serve_settings *s, const options_line *line, loom_error *err)
{
    if (line->input_count > 0)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "'%s' is not a switch",
                              line->inputs[0]);
    for (guint i = 0; i < s->preset_words->len; i++)
        if (read_preset(s, g_ptr_array_index(s->preset_words, i), err) != LOOM_OK)
            return err->code;
    if (read_accept(s, err) != LOOM_OK)
        return err->code;
    if (s->presets_only && s->presets->len == 0)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "--presets-only needs a --preset");
    if (s->roots->len == 0 && options_line_has(line, "max-age"))
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "--max-age needs a --root");
    if (s->engine->require_sandbox && s->engine->isolate == LOOM_ISOLATE_NEVER)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "--require-sandbox cannot be combined with --isolate never");
    if (s->batch->jobs == 0)
        s->batch->jobs = loom_cpu_count();
    if (s->batch->queue == 0)
        s->batch->queue = s->batch->jobs * QUEUE_PER_JOB;
    s->engine->allow_untrusted = s->settings->allow_untrusted;
    s->settings->max_output_pixels = s->max_output_pixels;
    return LOOM_OK;
}

options_result serve_settings_read(serve_settings *s, char **argv, options_line *line,
                                   loom_error *err)
{
    options_result result = options_read(serve_groups, argv, &s->target, line, err);

    if (result == OPTIONS_GO &&
        options_read_environment(serve_groups, "IMGLOOM_SERVE_", line, &s->target, err) != LOOM_OK)
        result = OPTIONS_WRONG;
    if (result == OPTIONS_GO && settle(s, line, err) != LOOM_OK)
        result = OPTIONS_WRONG;
    return result;
}
