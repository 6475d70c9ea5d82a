/* How the options of `run` take their words. */
#include "cli/run/apply.h"

#include "cli/run/options.h"
#include <errno.h>
#include <imgloom/parse.h>
#include <stdio.h>
#include <string.h>

#define MAX_RECIPE_SIZE (1u << 20) /* bytes */

static loom_status usage(loom_error *err, const char *message)
{
    return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "%s", message);
}

loom_status run_apply_list(const cli_option *option, void *target, const char *word,
                           loom_error *err)
{
    GPtrArray *list;

    (void)err;
    memcpy(&list, cli_option_place(option, target), sizeof list);
    g_ptr_array_add(list, g_strdup(word));
    return LOOM_OK;
}

loom_status run_apply_output(const cli_option *option, void *target, const char *word,
                             loom_error *err)
{
    if (*word == '\0')
        return usage(err, "the name of the folder is empty");
    return cli_apply_text(option, target, word, err);
}

loom_status run_apply_affix(const cli_option *option, void *target, const char *word,
                            loom_error *err)
{
    if (strchr(word, '/') != NULL)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "'%s' holds a slash; it is a part of a file's name", word);
    return cli_apply_text(option, target, word, err);
}

loom_status run_apply_name(const cli_option *option, void *target, const char *word,
                           loom_error *err)
{
    if (loom_name_template_check(word, err) != LOOM_OK)
        return err->code;
    return cli_apply_text(option, target, word, err);
}

loom_status run_apply_files_from(const cli_option *option, void *target, const char *word,
                                 loom_error *err)
{
    if (((run_options *)target)->files_from != NULL)
        return usage(err, "given twice; join the lists first");
    return cli_apply_text(option, target, word, err);
}

/* ---- the picture --------------------------------------------------------- */

static loom_recipe *recipe_of(void *target)
{
    return ((run_options *)target)->recipe;
}

/* The whole of a small file; NULL: *err says why. */
static GString *read_small_file(const char *path, loom_error *err)
{
    FILE *file = fopen(path, "rbe");
    GString *text = NULL;
    char block[4096];
    size_t size;

    if (file != NULL) {
        text = g_string_new(NULL);
        while (text->len <= MAX_RECIPE_SIZE && (size = fread(block, 1, sizeof block, file)) > 0)
            g_string_append_len(text, block, (gssize)size);
    }
    if (file == NULL || ferror(file))
        loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "'%s' cannot be read: %s", path,
                       strerror(errno));
    else if (text->len > MAX_RECIPE_SIZE)
        loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "'%s' is too long for a recipe", path);
    if (file != NULL)
        fclose(file);
    if (err->code != LOOM_OK && text != NULL) {
        g_string_free(text, TRUE);
        text = NULL;
    }
    return text;
}

loom_status run_apply_recipe(const cli_option *option, void *target, const char *word,
                             loom_error *err)
{
    GString *text = read_small_file(word, err);
    loom_error cause = LOOM_ERROR_INIT;

    (void)option;
    if (text == NULL)
        return err->code;
    if (loom_recipe_from_json(recipe_of(target), text->str, text->len, &cause) != LOOM_OK)
        loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "'%s': %s", word, cause.message);
    g_string_free(text, TRUE);
    return err->code;
}

loom_status run_apply_field(const cli_option *option, void *target, const char *word,
                            loom_error *err)
{
    run_options *options = target;
    const loom_status status = loom_recipe_field_set(option->field, options->recipe, word, err);

    if (status != LOOM_OK)
        return status;
    options->side = options->side || option->field->kind == LOOM_VALUE_SIDE;
    if (option->field->kind == LOOM_VALUE_SIZES)
        options->size_list = options->recipe->size_count > 1;
    return LOOM_OK;
}

/* ---- running ------------------------------------------------------------- */

loom_status run_apply_if_exists(const cli_option *option, void *target, const char *word,
                                loom_error *err)
{
    run_options *options = target;
    loom_status status = loom_if_exists_parse(word, &options->settings->if_exists, err);

    (void)option;
    if (status == LOOM_OK)
        options->plan->if_exists = options->settings->if_exists;
    return status;
}

loom_status run_apply_timeout(const cli_option *option, void *target, const char *word,
                              loom_error *err)
{
    (void)option;
    return loom_parse_seconds(word, &((run_options *)target)->batch->timeout_ns, err);
}

loom_status run_apply_max_pixels(const cli_option *option, void *target, const char *word,
                                 loom_error *err)
{
    (void)option;
    return loom_parse_count(word, 0, UINT64_MAX, &((run_options *)target)->settings->max_pixels,
                            err);
}

loom_status run_apply_fail_on(const cli_option *option, void *target, const char *word,
                              loom_error *err)
{
    (void)option;
    return loom_fail_on_parse(word, &((run_options *)target)->settings->fail_on, err);
}

loom_status run_apply_memory(const cli_option *option, void *target, const char *word,
                             loom_error *err)
{
    uint64_t bytes;
    loom_status status = loom_parse_bytes(word, &bytes, err);

    (void)option;
    if (status == LOOM_OK && bytes == 0)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "'%s' is no memory at all",
                              word);
    if (status == LOOM_OK)
        ((run_options *)target)->batch->memory = bytes;
    return status;
}

loom_status run_apply_max_errors(const cli_option *option, void *target, const char *word,
                                 loom_error *err)
{
    (void)option;
    return loom_error_limit_parse(word, &((run_options *)target)->batch->max_errors, err);
}

loom_status run_apply_isolate(const cli_option *option, void *target, const char *word,
                              loom_error *err)
{
    (void)option;
    return loom_isolate_parse(word, &((run_options *)target)->engine->isolate, err);
}

loom_status run_apply_when(const cli_option *option, void *target, const char *word,
                           loom_error *err)
{
    static const char *const words[] = {"auto", "always", "never"};

    for (int i = 0; i < (int)G_N_ELEMENTS(words); i++)
        if (strcmp(word, words[i]) == 0) {
            *(cli_when *)cli_option_place(option, target) = (cli_when)i;
            return LOOM_OK;
        }
    return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "'%s' is not auto, always or never",
                          word);
}
