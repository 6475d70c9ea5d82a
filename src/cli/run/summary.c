#include "cli/run/summary.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

char *cli_make_sentence(const loom_error *error, bool all)
{
    const char *more = all ? NULL : strstr(error->message, ": libvips says: ");

    return more != NULL ? g_strndup(error->message, (gsize)(more - error->message))
                        : g_strdup(error->message);
}

/* "PATH: MESSAGE"; with `stage` it is for those who want to know it all. */
static void append_failure(GString *out, const char *path, const loom_error *error, bool stage)
{
    char *message = cli_make_sentence(error, stage);

    cli_append_escaped(out, path);
    g_string_append(out, ": ");
    cli_append_escaped(out, message);
    g_free(message);
    if (stage && error->stage != LOOM_STAGE_NONE)
        g_string_append_printf(out, " (%s)", loom_stage_name(error->stage));
}

void cli_summary_add_failure(cli_summary *summary, const char *path, const loom_error *error,
                             int64_t thread)
{
    cli_failure *examples = summary->examples[error->code];
    size_t free_place = 0;

    if (error->code == LOOM_ERR_CANCELLED && thread < 0) {
        summary->not_begun++;
        return;
    }
    while (free_place < CLI_EXAMPLES && examples[free_place].text != NULL)
        free_place++;
    if (summary->last == NULL && free_place == CLI_EXAMPLES)
        return;
    GString *text = g_string_new(NULL);
    append_failure(text, path, error, summary->stages);
    if (summary->last != NULL && strcmp(summary->last->text, text->str) == 0) {
        summary->last->outputs++;
        (void)g_string_free(text, TRUE);
        return;
    }
    summary->last = free_place < CLI_EXAMPLES ? &examples[free_place] : NULL;
    if (summary->last == NULL) {
        (void)g_string_free(text, TRUE);
        return;
    }
    *summary->last = (cli_failure){g_string_free(text, FALSE), 1};
}

static void add_warning(cli_summary *summary, const char *path, const char *warning)
{
    GString *text;

    if (summary->warning != NULL)
        return;
    text = g_string_new(NULL);
    cli_append_escaped(text, path);
    g_string_append(text, ": ");
    cli_append_escaped(text, warning);
    summary->warning = g_string_free(text, FALSE);
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
    if (outcome->result == LOOM_RESULT_WARNING && outcome->warning_count > 0)
        add_warning(summary, task->input_path, outcome->warnings[0]);
    if (outcome->result == LOOM_RESULT_ERROR)
        cli_summary_add_failure(summary, task->input_path, &outcome->error, outcome->thread);
}

void cli_summary_release(cli_summary *summary)
{
    for (size_t code = 0; code < LOOM_STATUS_COUNT; code++)
        for (size_t i = 0; i < CLI_EXAMPLES; i++)
            g_clear_pointer(&summary->examples[code][i].text, g_free);
    summary->last = NULL;
    g_clear_pointer(&summary->warning, g_free);
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
static void append_success(GString *out, const loom_task *task, const loom_outcome *outcome,
                           bool upright)
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
    if (upright && outcome->orientation > 1)
        g_string_append_printf(out, ", turned upright (EXIF orientation %d)", outcome->orientation);
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

void cli_append_outcome(const cli_terminal *terminal, GString *out, const loom_task *task,
                        const loom_outcome *outcome, cli_telling telling)
{
    char *result = g_strdup_printf("%-8s", loom_result_name(outcome->result));

    cli_paint(terminal, out, result_colour(outcome->result), result);
    if (outcome->result == LOOM_RESULT_ERROR) {
        g_string_append_printf(out, "%s: ", loom_status_name(outcome->error.code));
        append_failure(out, task->input_path, &outcome->error, telling.all);
    } else {
        append_success(out, task, outcome, telling.upright);
    }
    g_string_append_c(out, '\n');
    for (size_t i = 0; i < outcome->warning_count; i++) {
        g_string_append(out, "        ");
        cli_append_escaped(out, outcome->warnings[i]);
        g_string_append_c(out, '\n');
    }
    g_free(result);
}

void cli_print_outcome(cli_terminal *terminal, const loom_task *task, const loom_outcome *outcome,
                       cli_telling telling)
{
    GString *out = g_string_new(NULL);

    cli_append_outcome(terminal, out, task, outcome, telling);
    cli_terminal_print(terminal, out->str);
    g_string_free(out, TRUE);
}

/* ---- ignored files ------------------------------------------------------- */

/* Why a file was ignored: after a number, in the line of a file, and after 1, if that differs. */
static const struct {
    const char *some, *one, *after_one;
} ignored_words[LOOM_IGNORED_COUNT] = {
    [LOOM_IGNORED_KIND] = {.some = "of other kinds", .one = "another kind of file"},
    [LOOM_IGNORED_UNTRUSTED] = {.some = "untrusted",
                                .one = "an untrusted format (--allow-untrusted)"},
    [LOOM_IGNORED_OUTPUT] = {.some = "made by earlier runs", .one = "made by an earlier run"},
    [LOOM_IGNORED_EXCLUDED] = {.some = "excluded", .one = "excluded (--exclude)"},
    [LOOM_IGNORED_NOT_INCLUDED] = {.some = "not included", .one = "not included (--include)"},
    [LOOM_IGNORED_HIDDEN] = {.some = "hidden", .one = "hidden (--hidden)"},
    [LOOM_IGNORED_LINKED_FOLDER] = {.some = "linked folders",
                                    .one = "a linked folder (--follow)",
                                    .after_one = "linked folder"},
    [LOOM_IGNORED_RAW] = {.some = "raw files of cameras",
                          .one = "a camera's raw file (--raw preview)",
                          .after_one = "raw file of a camera"},
};

void cli_print_ignored(cli_terminal *terminal, const loom_scan *scan)
{
    for (size_t i = 0; i < loom_scan_ignored_count(scan); i++) {
        const loom_ignored_file *file = loom_scan_ignored_file(scan, i);
        GString *out = g_string_new("ignored ");
        cli_append_escaped(out, file->path);
        g_string_append_printf(out, ": %s\n", ignored_words[file->reason].one);
        cli_terminal_print(terminal, out->str);
        g_string_free(out, TRUE);
    }
}

void cli_append_reasons(GString *out, const loom_totals *totals)
{
    const char *before = " (";

    for (unsigned i = 0; i < LOOM_IGNORED_COUNT; i++) {
        if (totals->ignored_for[i] == 0)
            continue;
        const bool one = totals->ignored_for[i] == 1 && ignored_words[i].after_one != NULL;
        g_string_append_printf(out, "%s%" PRIu64 " %s", before, totals->ignored_for[i],
                               one ? ignored_words[i].after_one : ignored_words[i].some);
        before = ", ";
    }
    if (before[0] == ',')
        g_string_append_c(out, ')');
}

/* ---- the summary --------------------------------------------------------- */

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

/* What the rows of a result are; in a dry run, what they would be. */
static const char *count_words(loom_result result, bool dry_run)
{
    static const char *const words[LOOM_RESULT_COUNT][2] = {
        [LOOM_RESULT_OK] = {"ok", "ok"},
        [LOOM_RESULT_WARNING] = {"with warnings", "with warnings"},
        [LOOM_RESULT_SKIPPED] = {"skipped", "would be skipped"},
        [LOOM_RESULT_PLANNED] = {"planned", "would be written"},
        [LOOM_RESULT_ERROR] = {"failed", "would fail"},
    };

    return words[result][dry_run];
}

void cli_summary_append_counts(const cli_summary *summary, const cli_terminal *terminal,
                               GString *out, const loom_totals *totals)
{
    g_string_append_printf(out, "%" PRIu64 " image%s", totals->inputs,
                           totals->inputs == 1 ? "" : "s");
    if (totals->rows != totals->inputs)
        g_string_append_printf(out, ", %" PRIu64 " outputs", totals->rows);
    for (unsigned i = 0; i < LOOM_RESULT_COUNT; i++)
        append_count(terminal, out,
                     totals->by_result[i] - (i == LOOM_RESULT_ERROR ? summary->not_begun : 0),
                     count_words((loom_result)i, summary->dry_run), result_colour((loom_result)i));
    append_count(terminal, out, summary->not_begun, "not begun", CLI_YELLOW);
    append_count(terminal, out, totals->ignored, "ignored", CLI_PLAIN);
    cli_append_reasons(out, totals);
    g_string_append_c(out, '\n');
}

/* "PATH: MESSAGE (2 outputs)" */
static void append_example(GString *out, const cli_failure *example)
{
    g_string_append(out, example->text);
    if (example->outputs > 1)
        g_string_append_printf(out, " (%" PRIu64 " outputs)", example->outputs);
    g_string_append_c(out, '\n');
}

void cli_summary_append_failures(const cli_summary *summary, const cli_terminal *terminal,
                                 GString *out, const loom_totals *totals)
{
    for (unsigned code = 0; code < LOOM_STATUS_COUNT; code++) {
        const cli_failure *examples = summary->examples[code];
        uint64_t count = totals->by_code[code], shown = 0;
        count -= code == LOOM_ERR_CANCELLED ? summary->not_begun : 0;
        if (count == 0)
            continue;
        g_string_append(out, "  ");
        cli_paint(terminal, out, CLI_RED, loom_status_name((loom_status)code));
        g_string_append(out, ": ");
        if (examples[0].outputs == count && !summary->failures_shown) {
            append_example(out, &examples[0]);
            continue;
        }
        g_string_append_printf(out, "%" PRIu64 "\n", count);
        if (summary->failures_shown)
            continue;
        for (size_t i = 0; i < CLI_EXAMPLES && examples[i].text != NULL; i++) {
            g_string_append(out, "    ");
            append_example(out, &examples[i]);
            shown += examples[i].outputs;
        }
        if (count > shown)
            g_string_append_printf(out, "    and %" PRIu64 " more\n", count - shown);
    }
}

/* Names one image with a warning, and says how to see those of the others. */
static void append_warnings(const cli_summary *summary, const cli_terminal *terminal, GString *out,
                            const loom_totals *totals)
{
    const uint64_t count = totals->by_result[LOOM_RESULT_WARNING];

    if (summary->warning == NULL || summary->warnings_shown)
        return;
    g_string_append(out, "  ");
    cli_paint(terminal, out, CLI_YELLOW, "warning");
    g_string_append_printf(out, ": %s\n", summary->warning);
    if (count > 1)
        g_string_append_printf(out, "    and %" PRIu64 " more; -v shows the warnings of all\n",
                               count - 1);
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
        g_string_append_printf(out, " (%.0f %% %s)", percent < 0 ? fmin(-percent, 99) : percent,
                               percent < 0 ? "less" : "more"); /* something is left */
    if (after <= 0 || summary->discarded)
        return;
    g_string_append(out, summary->root != NULL ? " to " : " next to the inputs");
    if (summary->root != NULL)
        cli_append_escaped(out, summary->root);
}

/* "read 1.8 MB, wrote 40.2 kB in 0.31 s, 3.2 images/s"; of a dry run what would be read. */
static void append_amounts(const cli_summary *summary, GString *out, const loom_totals *totals)
{
    const double seconds = (double)totals->elapsed_ns / 1e9;

    if (summary->dry_run) {
        g_string_append(out, "dry run: nothing was written; the inputs take ");
        cli_append_bytes(out, totals->bytes_in);
        g_string_append_c(out, '\n');
        return;
    }
    g_string_append(out, "read ");
    cli_append_bytes(out, totals->bytes_in);
    g_string_append(out, summary->discarded ? ", made and discarded " : ", wrote ");
    cli_append_bytes(out, totals->bytes_out);
    append_result(summary, out, totals);
    g_string_append_printf(out, " in %.2f s", seconds);
    if (seconds > 0)
        g_string_append_printf(out, ", %.1f images/s", (double)totals->processed / seconds);
    g_string_append_c(out, '\n');
}

void cli_summary_print(const cli_summary *summary, cli_terminal *terminal,
                       const loom_totals *totals)
{
    GString *out = g_string_new(NULL);

    cli_summary_append_counts(summary, terminal, out, totals);
    cli_summary_append_failures(summary, terminal, out, totals);
    append_warnings(summary, terminal, out, totals);
    append_cropped(summary, out, totals);
    append_copied(summary, out);
    append_amounts(summary, out, totals);
    cli_terminal_print(terminal, out->str);
    g_string_free(out, TRUE);
}
