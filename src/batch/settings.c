#include "batch/job.h"

#include "base/array.h"
#include "base/text.h"
#include <stdlib.h>

void loom_settings_init(loom_settings *settings)
{
    *settings = (loom_settings){
        .fail_on = LOOM_FAIL_ON_ERROR,
        .if_exists = LOOM_IF_EXISTS_REPLACE,
        .if_larger = LOOM_IF_LARGER_WRITE,
        .max_pixels = LOOM_DEFAULT_MAX_PIXELS,
        .dry_run = false,
    };
}

loom_settings *loom_settings_create(void)
{
    loom_settings *settings = malloc(sizeof *settings);

    if (settings != NULL)
        loom_settings_init(settings);
    return settings;
}

loom_settings *loom_settings_copy(const loom_settings *settings)
{
    loom_settings *copy = malloc(sizeof *copy);

    if (copy != NULL)
        *copy = *settings;
    return copy;
}

void loom_settings_free(loom_settings *settings)
{
    free(settings);
}

loom_engine_options *loom_engine_options_create(void)
{
    return calloc(1, sizeof(loom_engine_options));
}

void loom_engine_options_free(loom_engine_options *options)
{
    free(options);
}

loom_status loom_fail_on_parse(const char *word, loom_fail_on *fail_on, loom_error *err)
{
    static const char *const words[] = {
        [LOOM_FAIL_ON_NONE] = "none",
        [LOOM_FAIL_ON_TRUNCATED] = "truncated",
        [LOOM_FAIL_ON_ERROR] = "error",
        [LOOM_FAIL_ON_WARNING] = "warning",
    };
    size_t index = 0;
    loom_status status =
        loom_word_parse(word, "a damage level", words, LOOM_COUNT(words), &index, err);

    if (status == LOOM_OK)
        *fail_on = (loom_fail_on)index;
    return status;
}

loom_status loom_if_exists_parse(const char *word, loom_if_exists *if_exists, loom_error *err)
{
    static const char *const words[] = {
        [LOOM_IF_EXISTS_REPLACE] = "replace",
        [LOOM_IF_EXISTS_SKIP] = "skip",
        [LOOM_IF_EXISTS_ERROR] = "error",
        [LOOM_IF_EXISTS_NEWER] = "newer",
    };
    size_t index = 0;
    loom_status status =
        loom_word_parse(word, "a rule for existing outputs", words, LOOM_COUNT(words), &index, err);

    if (status == LOOM_OK)
        *if_exists = (loom_if_exists)index;
    return status;
}

static const char *const isolate_words[] = {
    [LOOM_ISOLATE_AUTO] = "auto",
    [LOOM_ISOLATE_ALL] = "all",
    [LOOM_ISOLATE_NEVER] = "never",
};

loom_status loom_isolate_parse(const char *word, loom_isolate *isolate, loom_error *err)
{
    size_t index = 0;
    loom_status status = loom_word_parse(word, "an isolation mode", isolate_words,
                                         LOOM_COUNT(isolate_words), &index, err);

    if (status == LOOM_OK)
        *isolate = (loom_isolate)index;
    return status;
}

const char *loom_isolate_name(loom_isolate isolate)
{
    return (size_t)isolate < LOOM_COUNT(isolate_words) ? isolate_words[isolate] : "auto";
}

loom_status loom_error_limit_parse(const char *word, loom_error_limit *limit, loom_error *err)
{
    loom_error_limit read = {.given = true};
    char shown[LOOM_SHOWN_SIZE];
    const char *rest = word;
    bool good = loom_read_digits(&rest, &read.max);

    if (good && *rest == '%') {
        read.percent = true;
        good = read.max <= 100;
        rest++;
    }
    if (!good || *rest != '\0')
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "'%s' is neither a number of images nor 0%% to 100%%",
                              loom_text_show(shown, word));
    *limit = read;
    return LOOM_OK;
}
