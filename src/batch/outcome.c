#include "batch/job.h"

#include "base/memory.h"
#include "base/strbuf.h"
#include "base/text.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WARNING_LIMIT = 500 }; /* bytes */

const char *loom_result_name(loom_result result)
{
    static const char *const names[LOOM_RESULT_COUNT] = {
        [LOOM_RESULT_OK] = "ok",           [LOOM_RESULT_WARNING] = "warning",
        [LOOM_RESULT_SKIPPED] = "skipped", [LOOM_RESULT_PLANNED] = "planned",
        [LOOM_RESULT_ERROR] = "error",
    };

    return (unsigned)result < LOOM_RESULT_COUNT ? names[result] : "error";
}

const char *loom_because_name(loom_because because)
{
    static const char *const names[LOOM_BECAUSE_COUNT] = {
        [LOOM_BECAUSE_NONE] = "",           [LOOM_BECAUSE_NEW] = "new",
        [LOOM_BECAUSE_INPUT] = "input",     [LOOM_BECAUSE_RECIPE] = "recipe",
        [LOOM_BECAUSE_VERSION] = "version", [LOOM_BECAUSE_OUTPUT] = "output",
        [LOOM_BECAUSE_FAILED] = "failed",
    };

    return (unsigned)because < LOOM_BECAUSE_COUNT ? names[because] : "";
}

loom_because loom_outcome_because(const loom_task *task, const loom_outcome *outcome)
{
    const bool tried = outcome->result == LOOM_RESULT_ERROR
                           ? outcome->thread >= 0 && !outcome->content_unchanged &&
                                 outcome->error.code != LOOM_ERR_CANCELLED
                           : outcome->result != LOOM_RESULT_SKIPPED;

    if (!tried)
        return LOOM_BECAUSE_NONE;
    return outcome->output_changed ? LOOM_BECAUSE_OUTPUT : task->because;
}

bool loom_result_decoded(loom_result result, loom_stage stage)
{
    return result != LOOM_RESULT_ERROR || stage == LOOM_STAGE_TRANSFORM ||
           stage == LOOM_STAGE_ENCODE || stage == LOOM_STAGE_WRITE;
}

void loom_outcome_init(loom_outcome *outcome)
{
    memset(outcome, 0, sizeof *outcome);
    outcome->thread = -1;
}

void loom_outcome_unwrite(loom_outcome *outcome)
{
    outcome->result = LOOM_RESULT_ERROR;
    outcome->processed_size = 0;
    outcome->width = outcome->height = 0;
    outcome->channels = outcome->quality = 0;
    outcome->ssim = 0;
    outcome->processed_stamp = (loom_stamp){.size = 0};
    outcome->processed_hashed = false;
    outcome->cropped = 0;
    outcome->extracted[0] = '\0';
    outcome->copied = false;
    outcome->traits = (loom_traits){.bits = 0};
}

void loom_outcome_release(loom_outcome *outcome)
{
    for (size_t i = 0; i < outcome->warning_count; i++)
        free(outcome->warnings[i]);
    free(outcome->warnings);
    free(outcome->picture);
    loom_outcome_init(outcome);
}

static bool has_warning(const loom_outcome *outcome, const char *text)
{
    for (size_t i = 0; i < outcome->warning_count; i++)
        if (strcmp(outcome->warnings[i], text) == 0)
            return true;
    return false;
}

/* Takes ownership of `text`, which may be NULL. */
static void store_warning(loom_outcome *outcome, char *text)
{
    if (text != NULL && has_warning(outcome, text)) {
        free(text);
        return;
    }
    if (outcome->warnings == NULL)
        outcome->warnings = loom_alloc_array(LOOM_WARNINGS_MAX, sizeof *outcome->warnings);
    if (text == NULL || outcome->warnings == NULL || outcome->warning_count == LOOM_WARNINGS_MAX) {
        outcome->warnings_dropped++;
        free(text);
        return;
    }
    outcome->warnings[outcome->warning_count++] = text;
}

void loom_outcome_warn(loom_outcome *outcome, const char *format, ...)
{
    /*
     * Making text valid never shortens it, so everything cut off here lies beyond the limit, even a
     * character that is cut in two.
     */
    char raw[WARNING_LIMIT + 12];
    loom_strbuf text = LOOM_STRBUF_INIT;
    va_list args;

    va_start(args, format);
    int length = vsnprintf(raw, sizeof raw, format, args);
    va_end(args);
    if (length < 0) {
        store_warning(outcome, NULL);
        return;
    }
    loom_utf8_append_valid(&text, raw, strlen(raw));
    loom_strbuf_truncate(&text, loom_utf8_cut(loom_strbuf_str(&text), text.size, WARNING_LIMIT));
    store_warning(outcome, loom_strbuf_take(&text));
}
