#include "cli/run/hints.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct hint {
    loom_status code;  /* LOOM_OK: a warning */
    const char *words; /* part of the message */
    const char *option;
} hints[] = {
    {LOOM_ERR_TIMEOUT, "than its timeout allows", "--timeout"},
    {LOOM_ERR_TOO_LARGE, " are allowed", "--max-pixels"},
    {LOOM_ERR_UNSUPPORTED, " is an untrusted format", "--allow-untrusted"},
    {LOOM_ERR_UNSUPPORTED, " lane does not take this image", "--lane"},
    {LOOM_ERR_CANCELLED, "too many images failed", "--max-errors"},
    {LOOM_ERR_CORRUPT, "the decoder complains", "--fail-on warning"},
    {LOOM_ERR_TRUNCATED, "the decoder complains", "--fail-on warning"},
    {LOOM_ERR_USAGE, "the list contains a NUL byte", "is --null missing?"},
    {LOOM_ERR_COLLISION, " in the name would separate them", "--name"},
    {LOOM_OK, " bytes, more than the ", "--max-bytes"},
};

/* NULL: no option decides this. */
static const char *find_option(loom_status code, const char *message)
{
    for (size_t i = 0; i < G_N_ELEMENTS(hints); i++)
        if (hints[i].code == code && strstr(message, hints[i].words) != NULL)
            return hints[i].option;
    return NULL;
}

void cli_hint_error(loom_error *err)
{
    const char *option = find_option(err->code, err->message);
    const loom_error plain = *err;

    if (err->code == LOOM_OK || option == NULL)
        return;
    loom_error_clear(err);
    loom_error_set(err, plain.code, plain.stage, "%s (%s)", plain.message, option);
}

/* Uses malloc, because the library frees the warning. If memory runs out, it stays unchanged. */
static void hint_warning(char **warning)
{
    const char *option = find_option(LOOM_OK, *warning);

    if (option == NULL)
        return;
    const size_t size = strlen(*warning) + strlen(option) + sizeof " ()";
    char *hinted = malloc(size);
    if (hinted == NULL)
        return;
    (void)snprintf(hinted, size, "%s (%s)", *warning, option);
    free(*warning);
    *warning = hinted;
}

void cli_hint_outcome(loom_outcome *outcome)
{
    cli_hint_error(&outcome->error);
    for (size_t i = 0; i < outcome->warning_count; i++)
        hint_warning(&outcome->warnings[i]);
}
