#include "serve/parameters.h"

#include "serve/accept.h"
#include <imgloom/parse.h>
#include <string.h>

static const char *const answers[] = {
    [SERVE_ANSWER_PICTURE] = "picture", [SERVE_ANSWER_JSON] = "json", [SERVE_ANSWER_ROW] = "row"};

typedef struct reading {
    serve_wish *wish;
    const serve_settings *settings;
    options_target target;
    GHashTable *seen; /* names of the rows that were given */
    const char *accept;
    serve_fault *fault;
} reading;

static bool refuse(reading *r, const char *name, const char *why)
{
    char *shown = g_strescape(name, NULL);

    (void)serve_refuse_as(r->fault, LOOM_ERR_USAGE, "'%s' %s", shown, why);
    g_free(shown);
    return false;
}

/* Counts a name. False: it was given before. */
static bool count_name(reading *r, const char *given, const char *name)
{
    return g_hash_table_add(r->seen, (gpointer)(gsize)name) || refuse(r, given, "is given twice");
}

static bool read_answer(reading *r, const char *word)
{
    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++)
        if (word != NULL && strcmp(word, answers[i]) == 0) {
            r->wish->answer = (serve_answer)i;
            return true;
        }
    return refuse(r, word != NULL ? word : "", "is not an answer: picture, json or row");
}

static bool read_expires(reading *r, const char *word)
{
    uint64_t seconds;

    if (word == NULL || loom_parse_count(word, 0, INT64_MAX, &seconds, NULL) != LOOM_OK)
        return refuse(r, "expires", "is not a number of seconds since 1970");
    r->wish->expires_s = (int64_t)seconds;
    return true;
}

/*
 * The first format that the client names: with a wildcard alone it does not say that it knows it.
 * An animation is not lost by it.
 */
static loom_format negotiate(const reading *r)
{
    for (const loom_format *format = r->settings->accept; *format != LOOM_FORMAT_UNKNOWN;
         format++) {
        const loom_format_info *info = loom_format_get(*format);
        char *type = g_strconcat("image/", info->name, NULL);
        const bool taken = serve_accept_names(r->accept, type);
        g_free(type);
        if (taken && (info->animation || !r->wish->recipe->animated))
            return *format;
    }
    return LOOM_FORMAT_SAME;
}

static bool read_parameter(reading *r, const serve_pair *pair)
{
    const options_row *rows = options_rows(serve_parameter_groups);
    loom_error error = LOOM_ERROR_INIT;

    if (strcmp(pair->name, "preset") == 0) /* it came first */
        return count_name(r, pair->name, "preset");
    if (strcmp(pair->name, "answer") == 0)
        return count_name(r, pair->name, "answer") && read_answer(r, pair->value);
    if (strcmp(pair->name, "expires") == 0)
        return count_name(r, pair->name, "expires") && read_expires(r, pair->value);
    const options_row *row = options_find(rows, pair->name);
    if (r->settings->presets_only && row != NULL)
        return refuse(r, pair->name, "is not allowed here: ask for a preset");
    if (row != NULL && !count_name(r, pair->name, row->name))
        return false;
    if (strcmp(pair->name, "format") == 0 && g_strcmp0(pair->value, "auto") == 0) {
        r->wish->negotiated = true;
        return true;
    }
    if (options_set(rows, pair->name, pair->value, &r->target, &error) != LOOM_OK)
        return serve_refuse_error(r->fault, &error);
    return true;
}

static bool read_pairs(reading *r, const serve_pairs *pairs)
{
    for (guint i = 0; i < pairs->len; i++)
        if (!read_parameter(r, &g_array_index(pairs, serve_pair, i)))
            return false;
    return true;
}

static bool read_preset(reading *r, const serve_pairs *pairs)
{
    const char *name = serve_pairs_get(pairs, "preset");

    if (name == NULL)
        return true;
    const loom_recipe *preset = serve_settings_preset(r->settings, name);
    if (preset == NULL)
        return refuse(r, name, "is not a preset of this service");
    loom_recipe_free(r->wish->recipe);
    r->wish->recipe = loom_recipe_copy(preset);
    return true;
}

static bool refuse_memory(serve_fault *fault)
{
    return serve_refuse_as(fault, LOOM_ERR_OUT_OF_MEMORY, "there is no memory for the request");
}

/* Whether the recipe names other files than the preset that it starts from. */
static bool names_files(const loom_recipe *recipe, const loom_recipe *before)
{
    for (unsigned i = 0; i < LOOM_RECIPE_COUNT; i++) {
        const loom_recipe_field *field = loom_recipe_field_get((loom_recipe_field_id)i);
        if (field->names_file &&
            memcmp((const char *)recipe + field->offset, (const char *)before + field->offset,
                   sizeof(loom_recipe_file)) != 0)
            return true;
    }
    return false;
}

static bool read_recipe(reading *r, const char *text)
{
    loom_error error = LOOM_ERROR_INIT;
    loom_recipe *before;
    bool named;

    if (r->settings->presets_only)
        return refuse(r, "recipe", "is not allowed here: ask for a preset");
    before = loom_recipe_copy(r->wish->recipe);
    if (before == NULL)
        return refuse_memory(r->fault);
    const loom_status status = loom_recipe_from_json(r->wish->recipe, text, strlen(text), &error);
    named = names_files(r->wish->recipe, before);
    loom_recipe_free(before);
    if (status != LOOM_OK)
        return serve_refuse_as(r->fault, error.code, "recipe: %s", error.message);
    return named ? refuse(r, "recipe", "names a file, which a request must not do") : true;
}

/* What goes together, and what the service allows. */
static bool settle(reading *r)
{
    loom_recipe *recipe = r->wish->recipe;
    loom_error error = LOOM_ERROR_INIT;

    if (r->target.several && r->target.sides)
        return serve_refuse_as(r->fault, LOOM_ERR_USAGE,
                               "a side cannot be combined with several sizes; give all by size");
    if (loom_recipe_outputs(recipe) > 1 && r->wish->answer == SERVE_ANSWER_PICTURE)
        return serve_refuse_as(r->fault, LOOM_ERR_USAGE,
                               "several outputs need answer=json or answer=row");
    if (r->wish->negotiated)
        recipe->format = negotiate(r);
    if (recipe->effort > (int)r->settings->max_effort)
        recipe->effort = (int)r->settings->max_effort;
    return (loom_recipe_check(recipe, &error) == LOOM_OK &&
            loom_text_check(recipe->text, &error) == LOOM_OK) ||
           serve_refuse_error(r->fault, &error);
}

/* Whether Accept asks for JSON rather than a picture. */
static bool prefers_json(const char *accept)
{
    return serve_accept_quality(accept, "application/json") >
           MAX(serve_accept_quality(accept, "image/jpeg"),
               serve_accept_quality(accept, "image/webp"));
}

bool serve_wish_read(serve_wish *wish, const serve_settings *settings, const serve_pairs *query,
                     const serve_form *form, const char *accept, serve_fault *fault)
{
    reading r = {.wish = wish, .settings = settings, .accept = accept, .fault = fault};

    *wish = (serve_wish){.recipe = loom_recipe_create(),
                         .expires_s = INT64_MAX,
                         .answer = prefers_json(accept) ? SERVE_ANSWER_JSON : SERVE_ANSWER_PICTURE};
    r.seen = g_hash_table_new(g_str_hash, g_str_equal);
    bool good = read_preset(&r, query) && (form == NULL || read_preset(&r, form->fields));
    if (good && wish->recipe == NULL)
        good = refuse_memory(fault);
    r.target.objects[OPTIONS_RECIPE] = wish->recipe;
    good = good && (form == NULL || form->recipe == NULL || read_recipe(&r, form->recipe)) &&
           read_pairs(&r, query) && (form == NULL || read_pairs(&r, form->fields)) && settle(&r);
    g_hash_table_destroy(r.seen);
    return good;
}

void serve_wish_release(serve_wish *wish)
{
    loom_recipe_free(wish->recipe);
    wish->recipe = NULL;
}
