/* An attempt of this process at a shard: its name, its plan, its report. */
#include "shards/work.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "files/planner.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

enum { HOST_MAX = 64 };

/* ---- its name ------------------------------------------------------------ */

/* Appends the name of this machine as it may stand in the name of a file. */
static void add_host(loom_strbuf *out)
{
    char host[HOST_MAX + 1] = "";

    if (gethostname(host, HOST_MAX) != 0 || host[0] == '\0')
        (void)strcpy(host, "unknown");
    host[HOST_MAX] = '\0'; /* a longer one may have been cut without it */
    for (char *c = host; *c != '\0'; c++)
        if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') ||
              *c == '.' || *c == '-'))
            *c = '_';
    loom_strbuf_add_str(out, host);
}

/* The random number is for hosts of one name, and for processes of one number on one host. */
static loom_status make_name(loom_shard_work *work, loom_error *err)
{
    const int64_t now = loom_clock_wall();
    const time_t seconds = (time_t)(now / LOOM_NS_PER_SECOND);
    loom_strbuf name = LOOM_STRBUF_INIT;
    char start[32];
    struct tm utc;
    uint32_t random;

    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
        return loom_error_set(err, LOOM_ERR_IO, LOOM_STAGE_NONE,
                              "no random number for the name of the attempt");
    if (gmtime_r(&seconds, &utc) == NULL ||
        strftime(start, sizeof start, "%Y%m%dT%H%M%S", &utc) == 0)
        return loom_error_set(err, LOOM_ERR_IO, LOOM_STAGE_NONE, "the clock cannot be told");
    loom_strbuf_add_format(&name, "%s.%03dZ-", start,
                           (int)(now % LOOM_NS_PER_SECOND / LOOM_NS_PER_MS));
    add_host(&name);
    loom_strbuf_add_format(&name, "-%ld-%08" PRIx32, (long)getpid(), random);
    work->name = loom_strbuf_take(&name);
    return work->name != NULL ? LOOM_OK : loom_no_memory(err, LOOM_STAGE_NONE, NULL);
}

/* ---- those before it ----------------------------------------------------- */

/*
 * The attempts that may have left temporary files: one that came to its end has removed them. The
 * names are copied, because the next look for attempts frees those of this one.
 */
static loom_status list_earlier(loom_shard_work *work, loom_error *err)
{
    const size_t count = loom_shards_attempt_count(work->shards, work->shard);
    loom_temporaries *temporaries = &work->temporaries;

    work->earlier = calloc(count + 1, sizeof *work->earlier);
    if (work->earlier == NULL)
        return loom_no_memory(err, LOOM_STAGE_NONE, NULL);
    temporaries->earlier = (const char *const *)work->earlier;
    for (size_t i = 0; i < count; i++) {
        const loom_attempt *attempt = loom_shards_attempt(work->shards, work->shard, i);
        if (attempt->summary != NULL)
            continue;
        char *name = strdup(attempt->name);
        if (name == NULL)
            return loom_no_memory(err, LOOM_STAGE_NONE, NULL);
        work->earlier[temporaries->earlier_count++] = name;
    }
    return LOOM_OK;
}

static loom_status read_earlier(loom_shard_work *work, loom_error *err)
{
    loom_status status = loom_shards_find_attempts(work->shards, err);

    if (status != LOOM_OK || loom_shards_attempt_count(work->shards, work->shard) == 0)
        return status;
    status = loom_shard_rows_read(&work->rows, work->shards, work->list, err);
    return status == LOOM_OK ? list_earlier(work, err) : status;
}

/* ---- its plan ------------------------------------------------------------ */

static loom_status make_plan(loom_shard_work *work, bool dry_run, loom_error *err)
{
    loom_settings *settings = loom_settings_copy(work->info->settings);

    if (settings == NULL)
        return loom_no_memory(err, LOOM_STAGE_PLAN, NULL);
    settings->dry_run = dry_run;
    work->history = (loom_history){.user = work, .recall = loom_shard_work_recall};
    const loom_status status = loom_plan_create_of_items(
        &work->plan, loom_shard_list_items(work->list), loom_shard_list_count(work->list),
        work->info->recipe, work->info->output_root, settings, &work->history, err);
    loom_settings_free(settings);
    return status;
}

static loom_status begin(loom_shard_work *work, const loom_shard_work_options *options,
                         loom_error *err)
{
    loom_status status = loom_shard_list_read(&work->list, work->shards, work->shard, err);

    if (status == LOOM_OK)
        status = make_name(work, err);
    if (status == LOOM_OK)
        status = make_plan(work, options->dry_run, err);
    if (status == LOOM_OK)
        status = read_earlier(work, err);
    if (status != LOOM_OK)
        return status;
    work->temporaries.plan = work->info->id;
    work->temporaries.attempt = work->name;
    loom_plan_name_temporaries(work->plan, &work->temporaries);
    if (work->rows != NULL)
        loom_shard_work_leave_out(work, options->retry, options->stop);
    return LOOM_OK;
}

/* ---- public -------------------------------------------------------------- */

loom_shard_work_options *loom_shard_work_options_create(void)
{
    return calloc(1, sizeof(loom_shard_work_options));
}

void loom_shard_work_options_free(loom_shard_work_options *options)
{
    free(options);
}

loom_status loom_shard_work_create(loom_shard_work **work, loom_shards *shards, unsigned shard,
                                   const loom_shard_work_options *options, loom_error *err)
{
    loom_shard_work *made = calloc(1, sizeof *made);

    if (made == NULL)
        return loom_no_memory(err, LOOM_STAGE_NONE, NULL);
    made->shards = shards;
    made->shard = shard;
    made->info = loom_shards_get_info(shards);
    loom_status status = LOOM_OK;
    if (options->job != NULL && (made->job = strdup(options->job)) == NULL)
        status = loom_no_memory(err, LOOM_STAGE_NONE, NULL);
    if (status == LOOM_OK)
        status = begin(made, options, err);
    if (status == LOOM_OK)
        *work = made;
    else
        loom_shard_work_free(made);
    return status;
}

void loom_shard_work_free(loom_shard_work *work)
{
    if (work == NULL)
        return;
    loom_plan_free(work->plan);
    loom_shard_rows_free(work->rows);
    loom_shard_list_free(work->list);
    for (size_t i = 0; i < work->temporaries.earlier_count; i++)
        free(work->earlier[i]);
    free(work->earlier);
    free(work->name);
    free(work->job);
    free(work);
}

loom_plan *loom_shard_work_plan(loom_shard_work *work)
{
    return work->plan;
}

const char *loom_shard_work_name(const loom_shard_work *work)
{
    return work->name;
}

size_t loom_shard_work_made(const loom_shard_work *work)
{
    return work->made;
}

loom_status loom_shard_work_open_report(loom_shard_work *work, loom_run_info *info,
                                        loom_report **report, loom_error *err)
{
    const loom_run_attempt attempt = {.plan = work->info->id,
                                      .shard = work->shard,
                                      .shards = work->info->shards,
                                      .name = work->name,
                                      .job = work->job};
    char *path = loom_shards_report_path(work->shards, work->shard, work->name);

    if (path == NULL)
        return loom_no_memory(err, LOOM_STAGE_WRITE, "for the report");
    info->attempt = &attempt;
    const loom_status status = loom_report_open_new_lines(report, path, info, err);
    info->attempt = NULL;
    free(path);
    return status;
}
