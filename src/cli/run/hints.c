#include "cli/run/hints.h"

#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char larger[] = "the output is larger than the original";

static const struct hint {
    loom_status code;  /* LOOM_OK: a warning */
    const char *words; /* part of the message */
    const char *option;
} hints[] = {
    {LOOM_ERR_TIMEOUT, "than its timeout allows", "--timeout"},
    {LOOM_ERR_TOO_LARGE, " are allowed", "--max-pixels"},
    {LOOM_ERR_UNSUPPORTED, " is an untrusted format", "--allow-untrusted"},
    {LOOM_ERR_UNSUPPORTED, "embedded preview can be used", "--raw preview"},
    {LOOM_ERR_UNSUPPORTED, "there is no page ", "--page"},
    {LOOM_ERR_UNSUPPORTED, "a smaller picture, or a mask, of another", "--page"},
    {LOOM_ERR_UNSUPPORTED, " lane does not take this image", "--lane"},
    {LOOM_ERR_CANCELLED, "too many images failed", "--max-errors"},
    {LOOM_ERR_CORRUPT, "the decoder complains", "--fail-on warning"},
    {LOOM_ERR_TRUNCATED, "the decoder complains", "--fail-on warning"},
    {LOOM_ERR_USAGE, "the list contains a NUL byte", "is --null missing?"},
    {LOOM_ERR_USAGE, "%s", "--prefix and --suffix put text around names"},
    {LOOM_ERR_USAGE, " looks like the name of an image", "for one image: -f FORMAT -o - > FILE"},
    {LOOM_ERR_WOULD_OVERWRITE_INPUT, "replace its own input",
     "another folder for -o, or --prefix or --suffix"},
    {LOOM_ERR_UNSAFE_PATH, "would leave the output folder",
     "--flatten, or its folder as INPUT instead of in a list"},
    {LOOM_ERR_COLLISION, " in the name would separate them", "--name"},
    {LOOM_OK, " bytes, more than the ", "--max-bytes"},
    {LOOM_OK, " has a similarity of ", "--ssim"},
    {LOOM_OK, "no similarity was looked for", "--ssim"},
    {LOOM_OK, " has no lossless mode", "-f webp or png has one"},
    {LOOM_OK, " has no near-lossless mode", "-f webp has one"},
    {LOOM_OK, " holds it in EXIF alone", "--metadata exif keeps that"},
    {LOOM_OK, larger, "--if-larger copy or skip"},
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

/*
 * More pixels take more bytes, and so does a lossless format after one that may not be so: neither
 * is news.
 */
static bool is_larger(const loom_outcome *outcome)
{
    const uint64_t before = (uint64_t)outcome->original_width * outcome->original_height;
    const uint64_t after = (uint64_t)outcome->width * outcome->height;
    const bool written =
        outcome->result == LOOM_RESULT_OK || outcome->result == LOOM_RESULT_WARNING;

    return written && outcome->processed_size > outcome->original_size &&
           outcome->original_size > 0 && (before == 0 || after <= before) &&
           (!loom_format_get(outcome->format)->always_lossless ||
            loom_format_get(outcome->original_format)->always_lossless);
}

static void warn_larger(loom_outcome *outcome)
{
    loom_outcome_warn(outcome, "%s: %" PRIu64 " bytes, from %" PRIu64, larger,
                      outcome->processed_size, outcome->original_size);
    outcome->result = LOOM_RESULT_WARNING;
}

void cli_hint_outcome(loom_outcome *outcome)
{
    if (is_larger(outcome))
        warn_larger(outcome);
    cli_hint_error(&outcome->error);
    for (size_t i = 0; i < outcome->warning_count; i++)
        hint_warning(&outcome->warnings[i]);
}
