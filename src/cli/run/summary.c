#include "cli/run/summary.h"

#include <inttypes.h>
#include <math.h>

/* "PATH: MESSAGE", for those who want to know it with the stage */
static void append_failure(GString *out, const char *path, const loom_error *error, bool stage)
{
    cli_append_escaped(out, path);
    g_string_append(out, ": ");
    cli_append_escaped(out, error->message);
    if (stage && error->stage != LOOM_STAGE_NONE)
        g_string_append_printf(out, " (%s)", loom_stage_name(error->stage));
}

void cli_summary_add_failure(cli_summary *summary, const char *path, const loom_error *error)
{
    char **examples = summary->examples[error->code];

    for (size_t i = 0; i < CLI_EXAMPLES; i++)
        if (examples[i] == NULL) {
            GString *text = g_string_new(NULL);
            append_failure(text, path, error, summary->stages);
            examples[i] = g_string_free(text, FALSE);
            return;
        }
}

/* Rounding alone may cut a row of pixels, which is no news at the end. */
enum { CROPPED_MIN = 10000, CROPPED_SHOWN_MIN = 1000 };

void cli_summary_add(cli_summary *summary, const loom_task *task, const loom_outcome *outcome)
{
    summary->copied += outcome->copied;
    if (outcome->result != LOOM_RESULT_ERROR && outcome->cropped >= CROPPED_MIN) {
        summary->cropped++;
        summary->cropped_sum += outcome->cropped;
    }
    if (outcome->result == LOOM_RESULT_OK || outcome->result == LOOM_RESULT_WARNING) {
        summary->bytes_before += outcome->original_size;
        summary->bytes_after += outcome->processed_size;
    }
    if (outcome->result == LOOM_RESULT_ERROR)
        cli_summary_add_failure(summary, task->input_path, &outcome->error);
}

void cli_summary_release(cli_summary *summary)
{
    for (size_t code = 0; code < LOOM_STATUS_COUNT; code++)
        for (size_t i = 0; i < CLI_EXAMPLES; i++)
            g_clear_pointer(&summary->examples[code][i], g_free);
}

static cli_colour result_colour(loom_result result)
{
    switch (result) {
    case LOOM_RESULT_OK:
        return CLI_GREEN;
    case LOOM_RESULT_WARNING:
        return CLI_YELLOW;
    case LOOM_RESULT_ERROR:
        return CLI_RED;
    case LOOM_RESULT_SKIPPED:
    case LOOM_RESULT_PLANNED:
        break;
    }
    return CLI_PLAIN;
}

static void append_percent(GString *out, double millionths)
{
    g_string_append_printf(out, "%.*f %%", millionths < 100000 ? 1 : 0, millionths / 1e4);
}

/* The result of one image: paths, dimensions, sizes, time. */
static void append_success(GString *out, const loom_task *task, const loom_outcome *outcome)
{
    cli_append_escaped(out, task->input_path);
    if (task->output_path != NULL) {
        g_string_append(out, " -> ");
        cli_append_escaped(out, task->output_path);
    }
    if (outcome->result == LOOM_RESULT_SKIPPED) {
        g_string_append_printf(out, ": %s", outcome->skip_reason);
        return;
    }
    if (outcome->original_width > 0)
        g_string_append_printf(out, "  %" PRIu32 "x%" PRIu32, outcome->original_width,
                               outcome->original_height);
    if (outcome->width > 0)
        g_string_append_printf(out, " -> %" PRIu32 "x%" PRIu32, outcome->width, outcome->height);
    if (outcome->copied)
        g_string_append(out, ", the original kept");
    if (outcome->cropped >= CROPPED_SHOWN_MIN) {
        g_string_append(out, ", cropped ");
        append_percent(out, outcome->cropped);
    }
    if (outcome->processed_size > 0) {
        g_string_append(out, "  ");
        cli_append_bytes(out, outcome->original_size);
        g_string_append(out, " -> ");
        cli_append_bytes(out, outcome->processed_size);
        g_string_append_printf(out, "  %.0f ms", (double)outcome->elapsed_ns / 1e6);
    }
}

void cli_print_outcome(cli_terminal *terminal, const loom_task *task, const loom_outcome *outcome,
                       bool stage)
{
    GString *out = g_string_new(NULL);
    char *result = g_strdup_printf("%-8s", loom_result_name(outcome->result));

    cli_paint(terminal, out, result_colour(outcome->result), result);
    if (outcome->result == LOOM_RESULT_ERROR) {
        g_string_append_printf(out, "%s: ", loom_status_name(outcome->error.code));
        append_failure(out, task->input_path, &outcome->error, stage);
    } else {
        append_success(out, task, outcome);
    }
    g_string_append_c(out, '\n');
    for (size_t i = 0; i < outcome->warning_count; i++) {
        g_string_append(out, "        ");
        cli_append_escaped(out, outcome->warnings[i]);
        g_string_append_c(out, '\n');
    }
    cli_terminal_print(terminal, out->str);
    g_string_free(out, TRUE);
    g_free(result);
}

/* "2 failed", unless there are none. */
static void append_count(const cli_terminal *terminal, GString *out, uint64_t count,
                         const char *what, cli_colour colour)
{
    if (count == 0)
        return;
    char *text = g_strdup_printf("%" PRIu64 " %s", count, what);
    g_string_append(out, ", ");
    cli_paint(terminal, out, colour, text);
    g_free(text);
}

void cli_append_counts(const cli_terminal *terminal, GString *out, const loom_totals *totals)
{
    static const char *const words[LOOM_RESULT_COUNT] = {
        [LOOM_RESULT_OK] = "ok",           [LOOM_RESULT_WARNING] = "with warnings",
        [LOOM_RESULT_SKIPPED] = "skipped", [LOOM_RESULT_PLANNED] = "planned",
        [LOOM_RESULT_ERROR] = "failed",
    };

    g_string_append_printf(out, "%" PRIu64 " image%s", totals->inputs,
                           totals->inputs == 1 ? "" : "s");
    if (totals->rows != totals->inputs)
        g_string_append_printf(out, ", %" PRIu64 " outputs", totals->rows);
    for (unsigned i = 0; i < LOOM_RESULT_COUNT; i++)
        append_count(terminal, out, totals->by_result[i], words[i], result_colour((loom_result)i));
    append_count(terminal, out, totals->ignored, "ignored", CLI_PLAIN);
    g_string_append_c(out, '\n');
}

void cli_summary_append_failures(const cli_summary *summary, const cli_terminal *terminal,
                                 GString *out, const loom_totals *totals)
{
    for (unsigned code = 0; code < LOOM_STATUS_COUNT; code++) {
        uint64_t count = totals->by_code[code], shown = 0;
        if (count == 0)
            continue;
        g_string_append(out, "  ");
        cli_paint(terminal, out, CLI_RED, loom_status_name((loom_status)code));
        if (count == 1 && summary->examples[code][0] != NULL) {
            g_string_append_printf(out, ": %s\n", summary->examples[code][0]);
            continue;
        }
        g_string_append_printf(out, ": %" PRIu64 "\n", count);
        for (; shown < CLI_EXAMPLES && summary->examples[code][shown] != NULL; shown++)
            g_string_append_printf(out, "    %s\n", summary->examples[code][shown]);
        if (count > shown)
            g_string_append_printf(out, "    and %" PRIu64 " more\n", count - shown);
    }
}

/* "12 originals kept, as their outputs would be larger" */
static void append_copied(const cli_summary *summary, GString *out)
{
    if (summary->copied > 0)
        g_string_append_printf(out, "%" PRIu64 " original%s kept, as %s would be larger\n",
                               summary->copied, summary->copied == 1 ? "" : "s",
                               summary->copied == 1 ? "its output" : "their outputs");
}

/* "46 images cropped, 25 % on average; --fit inside keeps them whole" */
static void append_cropped(const cli_summary *summary, GString *out, const loom_totals *totals)
{
    if (summary->cropped == 0)
        return;
    g_string_append_printf(out, "%" PRIu64 " %s%s %scropped, ", summary->cropped,
                           totals->rows == totals->inputs ? "image" : "output",
                           summary->cropped == 1 ? "" : "s",
                           totals->by_result[LOOM_RESULT_PLANNED] > 0 ? "would be " : "");
    append_percent(out, (double)summary->cropped_sum / (double)summary->cropped);
    g_string_append_printf(out, "%s%s\n", summary->cropped == 1 ? "" : " on average",
                           summary->fit_chosen    ? ""
                           : summary->cropped > 1 ? "; --fit inside keeps them whole"
                                                  : "; --fit inside keeps it whole");
}

/* " (84 % less) to out", where it can be said: several outputs of one image are no change of it. */
static void append_result(const cli_summary *summary, GString *out, const loom_totals *totals)
{
    const double before = (double)summary->bytes_before, after = (double)summary->bytes_after;
    const double percent = before > 0 ? 100 * (after - before) / before : 0;

    if (totals->rows == totals->inputs && after > 0 && fabs(percent) >= 0.5)
        g_string_append_printf(out, " (%.0f %% %s)", fabs(percent), percent < 0 ? "less" : "more");
    if (after <= 0 || summary->discarded)
        return;
    g_string_append(out, summary->root != NULL ? " to " : " next to the inputs");
    if (summary->root != NULL)
        cli_append_escaped(out, summary->root);
}

void cli_summary_print(const cli_summary *summary, cli_terminal *terminal,
                       const loom_totals *totals)
{
    GString *out = g_string_new(NULL);
    double seconds = (double)totals->elapsed_ns / 1e9;

    cli_append_counts(terminal, out, totals);
    cli_summary_append_failures(summary, terminal, out, totals);
    append_cropped(summary, out, totals);
    append_copied(summary, out);
    g_string_append(out, "read ");
    cli_append_bytes(out, totals->bytes_in);
    g_string_append(out, summary->discarded ? ", made and discarded " : ", wrote ");
    cli_append_bytes(out, totals->bytes_out);
    append_result(summary, out, totals);
    g_string_append_printf(out, " in %.2f s", seconds);
    if (seconds > 0)
        g_string_append_printf(out, ", %.1f images/s", (double)totals->processed / seconds);
    g_string_append_c(out, '\n');
    cli_terminal_print(terminal, out->str);
    g_string_free(out, TRUE);
}
