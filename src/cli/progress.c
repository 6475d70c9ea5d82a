#include "cli/progress.h"

#include <inttypes.h>

#define NS_PER_SECOND  INT64_C(1000000000)
#define PLAIN_INTERVAL (5 * NS_PER_SECOND)

/*
 * What a task counts for in the remaining time: its input's bytes, since the largest images go
 * first, and a little for being there at all. Tasks of one input end together.
 */
static uint64_t task_work(const loom_task *task)
{
    return task->error != NULL || task->skip_reason != NULL ? 0 : task->input_size + 16384;
}

void cli_progress_init(cli_progress *progress, cli_terminal *terminal, cli_when when, bool quiet,
                       const loom_totals *totals, const loom_task *tasks, size_t count)
{
    *progress = (cli_progress){.terminal = terminal, .totals = totals};
    progress->shown = !quiet && when != CLI_NEVER;
    progress->redrawn = when == CLI_ALWAYS || terminal->redraws;
    for (size_t i = 0; i < count; i++)
        progress->work_total += task_work(&tasks[i]);
}

void cli_progress_add(cli_progress *progress, const loom_task *task)
{
    progress->work += task_work(task);
}

static char *compose(const cli_progress *progress, const loom_progress *state)
{
    const loom_totals *totals = progress->totals;
    uint64_t failed = totals->by_result[LOOM_RESULT_ERROR];
    GString *line = g_string_new(NULL);
    double seconds = (double)state->elapsed_ns / (double)NS_PER_SECOND;

    g_string_append_printf(line, "%" PRIu64 "/%" PRIu64, state->done, state->tasks);
    if (seconds > 0)
        g_string_append_printf(line, "  %.1f images/s  %.1f MB/s",
                               (double)totals->processed / seconds,
                               (double)totals->bytes_in / seconds / 1e6);
    if (progress->work > 0 && progress->work < progress->work_total) {
        double left = (double)(progress->work_total - progress->work) / (double)progress->work;
        g_string_append(line, "  ETA ");
        cli_append_clock(line, (int64_t)((double)state->elapsed_ns * left));
    }
    if (failed > 0)
        g_string_append_printf(line, "  %" PRIu64 " failed", failed);
    return g_string_free(line, FALSE);
}

void cli_progress_tick(cli_progress *progress, const loom_progress *state)
{
    if (!progress->shown)
        return;
    if (!progress->redrawn && state->elapsed_ns - progress->last_ns < PLAIN_INTERVAL)
        return;
    char *line = compose(progress, state);
    if (progress->redrawn) {
        cli_terminal_status(progress->terminal, line);
    } else {
        char *whole = g_strconcat(line, "\n", NULL);
        cli_terminal_print(progress->terminal, whole);
        g_free(whole);
        progress->last_ns = state->elapsed_ns;
    }
    g_free(line);
}
