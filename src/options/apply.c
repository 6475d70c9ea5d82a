/* Applies the words of options. */
#include "options/options.h"

#include <imgloom/parse.h>
#include <inttypes.h>
#include <string.h>

void *options_place(const options_row *row, const options_target *target)
{
    return (char *)target->objects[row->object] + row->offset;
}

static loom_status refuse(loom_error *err, const char *word, const char *allowed)
{
    return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "'%s' is not %s", word, allowed);
}

/* A command line has no word for a flag; a request may have one. */
loom_status options_apply_flag(const options_row *row, options_target *target, const char *word,
                               loom_error *err)
{
    const bool off = g_strcmp0(word, "false") == 0 || g_strcmp0(word, "0") == 0;

    if (word != NULL && !off && strcmp(word, "true") != 0 && strcmp(word, "1") != 0)
        return refuse(err, word, "a flag: true, 1, false or 0");
    *(bool *)options_place(row, target) = !off;
    return LOOM_OK;
}

loom_status options_apply_text(const options_row *row, options_target *target, const char *word,
                               loom_error *err)
{
    (void)err;
    memcpy(options_place(row, target), &word, sizeof word);
    return LOOM_OK;
}

loom_status options_apply_list(const options_row *row, options_target *target, const char *word,
                               loom_error *err)
{
    GPtrArray *list;

    (void)err;
    memcpy(&list, options_place(row, target), sizeof list);
    g_ptr_array_add(list, g_strdup(word));
    return LOOM_OK;
}

loom_status options_apply_path(const options_row *row, options_target *target, const char *word,
                               loom_error *err)
{
    if (*word == '\0')
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "the name of the %s is empty",
                              row->path == OPTIONS_FOLDER ? "folder" : "file");
    if (row->path == OPTIONS_FILE && g_str_has_suffix(word, "/"))
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "%s is a folder, not a file",
                              word);
    return options_apply_text(row, target, word, err);
}

loom_status options_apply_number(const options_row *row, options_target *target, const char *word,
                                 loom_error *err)
{
    return loom_parse_count(word, row->low, row->high, options_place(row, target), err);
}

loom_status options_apply_count(const options_row *row, options_target *target, const char *word,
                                loom_error *err)
{
    uint64_t value;

    if (loom_parse_count(word, row->low, row->high, &value, err) != LOOM_OK)
        return LOOM_ERR_USAGE;
    *(unsigned *)options_place(row, target) = (unsigned)value;
    return LOOM_OK;
}

loom_status options_apply_seconds(const options_row *row, options_target *target, const char *word,
                                  loom_error *err)
{
    return loom_parse_seconds(word, options_place(row, target), err);
}

loom_status options_apply_bytes(const options_row *row, options_target *target, const char *word,
                                loom_error *err)
{
    uint64_t bytes;

    if (loom_parse_bytes(word, &bytes, err) != LOOM_OK)
        return LOOM_ERR_USAGE;
    if (bytes < row->low)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "'%s' is less than %" PRIu64 " byte%s", word, row->low,
                              row->low == 1 ? "" : "s");
    *(uint64_t *)options_place(row, target) = bytes;
    return LOOM_OK;
}

/* "auto, always or never" */
static char *list_keywords(const char *const *keywords)
{
    GString *text = g_string_new(keywords[0]);

    for (size_t i = 1; keywords[i] != NULL; i++)
        g_string_append_printf(text, "%s%s", keywords[i + 1] != NULL ? ", " : " or ", keywords[i]);
    return g_string_free(text, FALSE);
}

loom_status options_apply_keyword(const options_row *row, options_target *target, const char *word,
                                  loom_error *err)
{
    for (unsigned i = 0; row->keywords[i] != NULL; i++)
        if (strcmp(word, row->keywords[i]) == 0) {
            *(unsigned *)options_place(row, target) = i;
            return LOOM_OK;
        }
    char *allowed = list_keywords(row->keywords);
    const int near =
        loom_word_nearest(word, row->keywords, g_strv_length((gchar **)(gsize)row->keywords));
    char *text = near < 0 ? g_strdup(allowed)
                          : g_strdup_printf("%s; did you mean %s?", allowed, row->keywords[near]);
    const loom_status status = refuse(err, word, text);
    g_free(text);
    g_free(allowed);
    return status;
}
