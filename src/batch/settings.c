#include <imgloom/engine.h>

#include "base/strbuf.h"
#include "base/text.h"

void loom_settings_init(loom_settings *settings)
{
    *settings = (loom_settings){
        .fail_on = LOOM_FAIL_ON_ERROR,
        .if_exists = LOOM_IF_EXISTS_REPLACE,
        .max_pixels = LOOM_DEFAULT_MAX_PIXELS,
        .dry_run = false,
    };
}

/* The place of `word` among `words` in *index. */
static loom_status parse_word(const char *word, const char *const *words, size_t count,
                              unsigned *index, loom_error *err)
{
    int found = loom_word_find(word, words, count);

    if (found < 0) {
        loom_strbuf allowed = LOOM_STRBUF_INIT;
        loom_words_join(&allowed, words, count);
        loom_status status = loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "'%s' is not %s",
                                            word, loom_strbuf_str(&allowed));
        loom_strbuf_release(&allowed);
        return status;
    }
    *index = (unsigned)found;
    return LOOM_OK;
}

loom_status loom_fail_on_parse(const char *word, loom_fail_on *fail_on, loom_error *err)
{
    static const char *const words[] = {
        [LOOM_FAIL_ON_NONE] = "none",
        [LOOM_FAIL_ON_TRUNCATED] = "truncated",
        [LOOM_FAIL_ON_ERROR] = "error",
        [LOOM_FAIL_ON_WARNING] = "warning",
    };
    unsigned index;
    loom_status status = parse_word(word, words, sizeof words / sizeof *words, &index, err);

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
    unsigned index;
    loom_status status = parse_word(word, words, sizeof words / sizeof *words, &index, err);

    if (status == LOOM_OK)
        *if_exists = (loom_if_exists)index;
    return status;
}
