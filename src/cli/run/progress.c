#include "cli/run/progress.h"

#include "cli/run/summary.h"
#include "cli/signals.h"
#include "cli/terminal.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* ---- the time that is left ----------------------------------------------- */

/*
 * Speeds are exponential averages over the last seconds. The time shown counts down like a clock,
 * and moves towards the estimate with time constant SHOWN_SECONDS, so it stays steady if the
 * estimate wavers. Near the beginning and the end, where that is too slow, it moves faster.
 */
static const double WORK_SECONDS = 10, IMAGE_SECONDS = 3, SHOWN_SECONDS = 3, SECONDS_MIN = 0.5,
                    FIRST_LOOK_SECONDS = 0.5;

/* Images that hold up the threads lengthen the estimate for the rest by this factor at most. */
static const double SLOWER_MAX = 4;

/*
 * Work is an image's known size in advance; if less than this share is left, images count instead.
 */
static const double LAST_SHARE = 0.15;

/* The weight of the last `seconds` in an exponential average. */
static double share(double seconds, double constant)
{
    return 1 - exp(-seconds / constant);
}

/* Until the average has its full length, all moments weigh the same. */
static double follow(double speed, double done, double passed, double elapsed, double constant)
{
    return speed + (done / passed - speed) * share(passed, fmin(elapsed, constant));
}

/*
 * Estimates by work. The last images are small, and each takes a minimum time; so the closer the
 * end, the more the estimate goes by their number.
 */
static double estimate(const cli_eta *eta, double elapsed, cli_work total)
{
    const cli_work done = eta->done, left = {total.work - done.work, total.images - done.images};
    const double seconds = left.work / fmax(eta->speed.work, done.work / elapsed / SLOWER_MAX);
    const double part = 1 - left.work / total.work / LAST_SHARE;

    if (left.work <= 0)
        return 0;
    if (part <= 0 || done.images <= 0)
        return seconds;
    const double by_images =
        left.images / fmax(eta->speed.images, done.images / elapsed / SLOWER_MAX);
    return seconds + fmax(0, by_images - seconds) * part;
}

double cli_eta_look(cli_eta *eta, int64_t elapsed_ns, cli_work done, cli_work total)
{
    const double elapsed = (double)elapsed_ns / 1e9;
    const double passed = (double)(elapsed_ns - eta->at_ns) / 1e9;
    cli_work *speed = &eta->speed;

    if (elapsed < FIRST_LOOK_SECONDS || done.work <= 0 || passed <= 0)
        return eta->seconds;
    if (eta->at_ns == 0) {
        *speed = (cli_work){done.work / elapsed, done.images / elapsed};
    } else {
        speed->work =
            follow(speed->work, done.work - eta->done.work, passed, elapsed, WORK_SECONDS);
        speed->images =
            follow(speed->images, done.images - eta->done.images, passed, elapsed, IMAGE_SECONDS);
    }
    eta->at_ns = elapsed_ns;
    eta->done = done;
    const double seconds = estimate(eta, elapsed, total);
    eta->seconds = eta->seconds < 0 ? seconds : fmax(0, eta->seconds - passed);
    const double soon = fmax(SECONDS_MIN, fmin(eta->seconds, elapsed) / 4);
    eta->seconds += (seconds - eta->seconds) * share(passed, fmin(SHOWN_SECONDS, soon));
    return eta->seconds;
}

/* ---- the work ------------------------------------------------------------ */

#define NS_PER_SECOND INT64_C(1000000000)
#define NS_PER_MINUTE (60 * NS_PER_SECOND)

enum { PLAIN_COLUMNS = 120, BAR_MIN = 10, BAR_MAX = 30, BETWEEN = 2 };

/*
 * A task's share of the remaining time: its input's bytes, since the largest images go first, plus
 * a constant. Tasks of one input end together.
 */
static void add_work(cli_work *work, const loom_task *task)
{
    if (task->error != NULL || task->skip_reason != NULL)
        return;
    work->work += (double)task->input_size + 16384;
    work->images += 1;
}

void cli_progress_init(cli_progress *progress, cli_terminal *terminal, cli_when when, bool quiet,
                       const loom_totals *totals, const loom_plan *plan)
{
    *progress = (cli_progress){.terminal = terminal, .totals = totals, .eta = CLI_ETA_INIT};
    progress->shown = !quiet && when != CLI_NEVER;
    progress->redrawn = when == CLI_ALWAYS || terminal->redraws;
    progress->failures = progress->shown && progress->redrawn;
    for (size_t i = 0; i < loom_plan_count(plan); i++)
        add_work(&progress->total, loom_plan_task(plan, i));
}

/* Prints a line, once where several outputs of one image fail alike. */
static void show_failure(cli_progress *progress, const loom_task *task, const loom_outcome *outcome)
{
    GString *line = g_string_new(NULL);

    cli_append_outcome(progress->terminal, line, task, outcome, (cli_telling){.all = false});
    if (g_strcmp0(progress->last_failure, line->str) != 0)
        cli_terminal_print(progress->terminal, line->str);
    g_free(progress->last_failure);
    progress->last_failure = g_string_free(line, FALSE);
}

void cli_progress_release(cli_progress *progress)
{
    g_clear_pointer(&progress->last_failure, g_free);
}

void cli_progress_add(cli_progress *progress, const loom_task *task, const loom_outcome *outcome)
{
    if (outcome->error.code == LOOM_ERR_CANCELLED && outcome->thread < 0) {
        progress->not_begun++;
        return;
    }
    add_work(&progress->done, task);
    if (outcome->result == LOOM_RESULT_ERROR && progress->failures)
        show_failure(progress, task, outcome);
}

/* ---- the line ------------------------------------------------------------ */

/* The images that are done, without those that Ctrl-C has kept from beginning. */
static uint64_t begun_of(const cli_progress *progress, const loom_progress *state)
{
    return state->done > progress->not_begun ? state->done - progress->not_begun : 0;
}

/* How much of the work is done, 0 to 1. */
static double done_share(const cli_progress *progress, const loom_progress *state)
{
    if (progress->total.work > 0)
        return progress->done.work / progress->total.work;
    return state->tasks > 0 ? (double)begun_of(progress, state) / (double)state->tasks : 1;
}

/* The parts of the line by importance: without room for all, the last ones are left out. */
enum { PERCENT, COUNT, FAILED, ETA, IMAGES, BYTES, PARTS };

static void compose_parts(const cli_progress *progress, const loom_progress *state, GString **parts)
{
    const loom_totals *totals = progress->totals;
    const uint64_t failed = totals->by_result[LOOM_RESULT_ERROR] - progress->not_begun;
    const double seconds = (double)state->elapsed_ns / (double)NS_PER_SECOND;

    g_string_printf(parts[PERCENT], "%.0f%%", 100 * done_share(progress, state));
    g_string_printf(parts[COUNT], "%" PRIu64 "/%" PRIu64, begun_of(progress, state), state->tasks);
    if (seconds > 0 && totals->processed > 0) {
        g_string_printf(parts[IMAGES], "%.1f images/s", (double)totals->processed / seconds);
        g_string_printf(parts[BYTES], "%.1f MB/s", (double)totals->bytes_in / seconds / 1e6);
    }
    /* After Ctrl-C few are to come, and not all that it was reckoned for. */
    if (progress->eta.seconds >= 0 && state->done < state->tasks && progress->not_begun == 0) {
        g_string_assign(parts[ETA], "ETA ");
        cli_append_clock(parts[ETA], (int64_t)(progress->eta.seconds * 1e9));
    }
    if (failed > 0)
        g_string_printf(parts[FAILED], "%" PRIu64 " failed", failed);
}

static void append_bar(const cli_progress *progress, GString *out, size_t columns, double share)
{
    const char *const full = progress->terminal->unicode ? "\u2501" : "=";
    const char *const empty = progress->terminal->unicode ? "\u2500" : "-";
    const size_t done = (size_t)((double)columns * (share < 1 ? share : 1));

    g_string_append_c(out, '[');
    for (size_t i = 0; i < columns; i++)
        g_string_append(out, i < done ? full : empty);
    g_string_append(out, "]  ");
}

char *cli_progress_line(const cli_progress *progress, const loom_progress *state, size_t columns,
                        bool plain)
{
    static const int shown_order[PARTS] = {PERCENT, COUNT, IMAGES, BYTES, ETA, FAILED};
    GString *parts[PARTS], *line = g_string_new(NULL);
    size_t used = 0;
    int kept = 0;

    for (int i = 0; i < PARTS; i++)
        parts[i] = g_string_new(NULL);
    compose_parts(progress, state, parts);
    for (; kept < PARTS; kept++) {
        const size_t more = parts[kept]->len > 0 ? parts[kept]->len + (used > 0 ? BETWEEN : 0) : 0;
        if (used + more > columns)
            break;
        used += more;
    }
    const size_t frame = strlen("[]") + BETWEEN;
    if (!plain && columns >= used + frame + BAR_MIN) {
        const size_t left = columns - used - frame;
        append_bar(progress, line, left < BAR_MAX ? left : BAR_MAX, done_share(progress, state));
    }
    const size_t start = line->len;
    for (int i = 0; i < PARTS; i++) {
        const int part = shown_order[i];
        if (part >= kept || parts[part]->len == 0)
            continue;
        g_string_append_printf(line, "%s%s", line->len > start ? "  " : "", parts[part]->str);
    }
    for (int i = 0; i < PARTS; i++)
        g_string_free(parts[i], TRUE);
    return g_string_free(line, FALSE);
}

/* ---- drawing ------------------------------------------------------------- */

static void print_plain(cli_progress *progress, const loom_progress *state)
{
    char *line = cli_progress_line(progress, state, PLAIN_COLUMNS, true);
    char *whole = g_strconcat(line, "\n", NULL);

    cli_terminal_print(progress->terminal, whole);
    g_free(whole);
    g_free(line);
}

bool cli_progress_is_due(int64_t last_ns, int64_t elapsed_ns)
{
    return elapsed_ns - last_ns >=
           (elapsed_ns <= NS_PER_MINUTE ? 5 * NS_PER_SECOND : NS_PER_MINUTE);
}

void cli_progress_tick(cli_progress *progress, const loom_progress *state)
{
    (void)cli_eta_look(&progress->eta, state->elapsed_ns, progress->done, progress->total);
    if (cli_signals_status_wanted())
        print_plain(progress, state);
    if (!progress->shown)
        return;
    if (progress->redrawn) {
        char *line = cli_progress_line(progress, state, cli_terminal_columns(), false);
        cli_terminal_status(progress->terminal, line);
        g_free(line);
    } else if (cli_progress_is_due(progress->last_ns, state->elapsed_ns)) {
        print_plain(progress, state);
        progress->last_ns = state->elapsed_ns;
    }
}
