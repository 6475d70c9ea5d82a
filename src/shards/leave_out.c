/* What an attempt need not make, because an earlier one has made it, and what is told of it. */
#include "shards/work.h"

#include "base/error.h"
#include "files/path.h"
#include "files/planner.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char skip_failed[] = "it failed in an earlier attempt"; /* recall makes it an error */

/* ---- whether files stand as a row says ----------------------------------- */

/* Of an output folder, the last that was looked into: neighbours share one. */
typedef struct open_folder {
    const char *path; /* one that begins with it; NULL: none is open */
    size_t size;      /* bytes of it that name the folder */
    int descriptor;   /* -1: it cannot be entered */
} open_folder;

static void close_folder(open_folder *folder)
{
    if (folder->path != NULL && folder->descriptor >= 0)
        (void)close(folder->descriptor);
    folder->path = NULL;
}

static int enter_folder(open_folder *folder, const loom_task *task)
{
    const char *path = task->output_path;
    const size_t size = (size_t)(loom_path_base(path) - path);

    if (folder->path != NULL && folder->size == size && memcmp(folder->path, path, size) == 0)
        return folder->descriptor;
    close_folder(folder);
    *folder = (open_folder){path, size, loom_output_tree_open(task->tree, path, size, false)};
    return folder->descriptor;
}

/* Network file systems and archives round times down. */
static bool is_version(const struct stat *info, int64_t size, int64_t modified_ns)
{
    const int64_t mtime_ns = loom_path_time(info->st_mtim);

    return S_ISREG(info->st_mode) && size >= 0 && (int64_t)info->st_size == size &&
           modified_ns != INT64_MIN &&
           (mtime_ns == modified_ns || loom_planner_is_rounded(mtime_ns, modified_ns));
}

static bool is_input_as(const loom_task *task, const loom_row *row)
{
    struct stat info;

    return loom_path_stat(task->input_path, &info) == 0 &&
           is_version(&info, row->original_size, row->original_modified_ns);
}

static bool is_output_as(open_folder *folder, const loom_task *task, const loom_row *row)
{
    const int descriptor = enter_folder(folder, task);
    struct stat info;

    return descriptor >= 0 &&
           fstatat(descriptor, loom_path_base(task->output_path), &info, AT_SYMLINK_NOFOLLOW) ==
               0 &&
           is_version(&info, row->processed_size, row->processed_modified_ns);
}

/* ---- what is left out ---------------------------------------------------- */

/* Whether the row tells that its output was made, by its attempt or by one that it repeats. */
static bool tells_made(const loom_row *row)
{
    return loom_row_rank_of(row) == LOOM_ROW_MADE ||
           (row->result == LOOM_RESULT_SKIPPED && row->skip_reason != NULL &&
            strcmp(row->skip_reason, LOOM_SKIP_EARLIER) == 0);
}

static void decide(loom_shard_work *work, loom_retry retry, open_folder *folder, loom_task *task,
                   const loom_row *row)
{
    if (tells_made(row)) {
        if (!is_input_as(task, row) || !is_output_as(folder, task, row))
            return;
        task->skip_reason = LOOM_SKIP_EARLIER;
        work->made++;
    } else if (row->result == LOOM_RESULT_SKIPPED) { /* as its output was larger than its input */
        if (is_input_as(task, row))
            task->skip_reason = row->skip_reason;
    } else if (retry == LOOM_RETRY_NEVER && row->result == LOOM_RESULT_ERROR &&
               loom_status_is_of_input(row->code) && is_input_as(task, row)) {
        task->skip_reason = skip_failed;
    }
}

void loom_shard_work_leave_out(loom_shard_work *work, loom_retry retry, const loom_stop *stop)
{
    open_folder folder = {.path = NULL};

    for (size_t i = 0; i < work->plan->count; i++) {
        loom_task *task = &work->plan->tasks[i];
        const loom_row *row = loom_shard_rows_get(work->rows, i)->row;
        if (stop != NULL && loom_stop_requests(stop) > 0)
            break; /* the rest ends as cancelled */
        if (row != NULL && task->error == NULL && task->skip_reason == NULL)
            decide(work, retry, &folder, task, row);
    }
    close_folder(&folder);
}

/* ---- what is told of it -------------------------------------------------- */

/* In rows -1 is what 0 is in outcomes: unknown. */
static uint64_t known(int64_t number)
{
    return number > 0 ? (uint64_t)number : 0;
}

static loom_format format_of(const char *name)
{
    return name != NULL ? loom_format_by_name(name) : LOOM_FORMAT_UNKNOWN;
}

static loom_presence presence_of(int64_t answer)
{
    return answer < 0    ? LOOM_PRESENCE_UNKNOWN
           : answer == 0 ? LOOM_PRESENCE_ABSENT
                         : LOOM_PRESENCE_PRESENT;
}

static loom_stamp stamp_of(int64_t size, int64_t modified_ns)
{
    return modified_ns == INT64_MIN ? (loom_stamp){.size = 0}
                                    : (loom_stamp){.size = known(size), .mtime_ns = modified_ns};
}

static void recall_original(const loom_row *row, loom_outcome *outcome)
{
    outcome->original_size = known(row->original_size);
    outcome->original_stamp = stamp_of(row->original_size, row->original_modified_ns);
    outcome->original_format = format_of(row->original_format);
    outcome->original_width = (uint32_t)known(row->original_width);
    outcome->original_height = (uint32_t)known(row->original_height);
    outcome->orientation = (int)known(row->orientation);
    outcome->original_traits = (loom_traits){.alpha = presence_of(row->original_alpha),
                                             .bits = (unsigned)known(row->original_bits),
                                             .frames = (unsigned)known(row->original_frames),
                                             .dpi = (unsigned)known(row->original_dpi)};
    outcome->lane = row->lane;
    (void)snprintf(outcome->decoder, sizeof outcome->decoder, "%s",
                   row->decoder != NULL ? row->decoder : "");
}

static void recall_output(const loom_row *row, loom_outcome *outcome)
{
    outcome->format = format_of(row->format);
    outcome->processed_size = known(row->processed_size);
    outcome->processed_stamp = stamp_of(row->processed_size, row->processed_modified_ns);
    outcome->width = (uint32_t)known(row->width);
    outcome->height = (uint32_t)known(row->height);
    outcome->channels = (int)known(row->channels);
    outcome->quality = (int)known(row->quality);
    outcome->ssim = (uint32_t)known(row->ssim);
    outcome->copied = row->copied;
    (void)snprintf(outcome->preview_of, sizeof outcome->preview_of, "%s",
                   row->preview_of != NULL ? row->preview_of : "");
    (void)snprintf(outcome->extracted, sizeof outcome->extracted, "%s",
                   row->extracted != NULL ? row->extracted : "");
    outcome->traits = (loom_traits){.alpha = presence_of(row->alpha),
                                    .bits = (unsigned)known(row->bits),
                                    .frames = (unsigned)known(row->frames),
                                    .dpi = (unsigned)known(row->dpi)};
}

static void recall_error(const loom_row *row, loom_outcome *outcome)
{
    outcome->result = LOOM_RESULT_ERROR;
    outcome->skip_reason = NULL;
    loom_error_clear(&outcome->error);
    (void)loom_error_set(&outcome->error, row->code, row->stage, "%s",
                         row->error != NULL ? row->error : skip_failed);
}

void loom_shard_work_recall(void *user, const loom_task *task, loom_outcome *outcome)
{
    const loom_shard_work *work = user;
    const size_t index = (size_t)(task - work->plan->tasks);

    if (loom_shard_list_items(work->list)[index].skip_reason != NULL)
        return; /* by the plan, which knows nothing of it */
    const loom_row *row = loom_shard_rows_get(work->rows, index)->row;
    recall_original(row, outcome);
    for (size_t i = 0; i < row->warning_count; i++)
        loom_outcome_warn(outcome, "%s", row->warnings[i]);
    if (task->skip_reason == skip_failed)
        recall_error(row, outcome);
    else
        recall_output(row, outcome);
}

/* ---- inputs -------------------------------------------------------------- */

bool loom_shard_work_is_input(const loom_shard_work *work, const char *path)
{
    struct stat info, input;

    if (loom_path_stat(path, &info) != 0)
        return false;
    for (size_t i = 0; i < work->plan->count; i++)
        if (loom_path_stat(work->plan->tasks[i].input_path, &input) == 0 &&
            loom_path_same(loom_path_id(&input), loom_path_id(&info)))
            return true;
    return false;
}
