/* How options of `run` take their words, if no general function fits. */
#include "cli/run/apply.h"

#include "options/missing.h"
#include <string.h>

loom_status run_apply_affix(const options_row *row, options_target *target, const char *word,
                            loom_error *err)
{
    if (strchr(word, '/') != NULL)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "'%s' contains a slash; it must be part of a file name", word);
    char *named = g_strconcat("x", word, NULL);
    const bool extended =
        strcmp(row->name, "suffix") == 0 && loom_format_by_path(named) != LOOM_FORMAT_UNKNOWN;
    g_free(named);
    if (extended)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "'%s' has an extension, and each output gets its own", word);
    return options_apply_text(row, target, word, err);
}

loom_status run_apply_name(const options_row *row, options_target *target, const char *word,
                           loom_error *err)
{
    if (strstr(word, "%s") != NULL && strchr(word, '{') == NULL) /* else it is meant so */
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "'%s' has %%s, which stays as it is: say {stem}", word);
    if (loom_name_template_check(word, err) != LOOM_OK)
        return err->code;
    return options_apply_text(row, target, word, err);
}

loom_status run_apply_files_from(const options_row *row, options_target *target, const char *word,
                                 loom_error *err)
{
    const char *before;

    memcpy(&before, options_place(row, target), sizeof before);
    if (before != NULL)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "given twice; join the lists first");
    return options_apply_text(row, target, word, err);
}

loom_status run_apply_recipe(const options_row *row, options_target *target, const char *word,
                             loom_error *err)
{
    GString *text = options_read_file(word, err);
    loom_error cause = LOOM_ERROR_INIT;

    (void)row;
    ((run_options *)target->objects[OPTIONS_PROGRAM])->recipe_given = true;
    if (text == NULL)
        return err->code;
    if (loom_recipe_from_json(target->objects[OPTIONS_RECIPE], text->str, text->len, &cause) !=
        LOOM_OK)
        loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "'%s': %s", word, cause.message);
    g_string_free(text, TRUE);
    return err->code;
}

loom_status run_apply_if_exists(const options_row *row, options_target *target, const char *word,
                                loom_error *err)
{
    return loom_if_exists_parse(word, options_place(row, target), err);
}

loom_status run_apply_limit(const options_row *row, options_target *target, const char *word,
                            loom_error *err)
{
    return loom_error_limit_parse(word, options_place(row, target), err);
}

loom_status run_apply_unchanged_by(const options_row *row, options_target *target, const char *word,
                                   loom_error *err)
{
    return loom_unchanged_by_parse(word, options_place(row, target), err);
}

loom_status run_apply_retry(const options_row *row, options_target *target, const char *word,
                            loom_error *err)
{
    return loom_retry_parse(word, options_place(row, target), err);
}
