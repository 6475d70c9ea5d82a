/* How a worker ended, and what that means for its image. */
#include "isolation/workers.h"

#include "base/array.h"
#include "base/error.h"
#include "isolation/protocol.h"
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

const char *loom_worker_end_name(loom_worker_end end)
{
    static const char *const names[] = {[LOOM_WORKER_REPLACED] = "replaced",
                                        [LOOM_WORKER_CRASHED] = "crashed",
                                        [LOOM_WORKER_KILLED] = "killed",
                                        [LOOM_WORKER_LATE] = "late"};

    return (unsigned)end < LOOM_WORKER_ENDS ? names[end] : "unknown";
}

const char *loom_worker_state_name(loom_worker_state state)
{
    static const char *const names[] = {[LOOM_WORKER_STARTING] = "starting",
                                        [LOOM_WORKER_IDLE] = "idle",
                                        [LOOM_WORKER_BUSY] = "busy"};

    return (unsigned)state < LOOM_COUNT(names) ? names[state] : "unknown";
}

/*
 * Why a library could not be loaded: the message of the dynamic loader, if the worker needs it to
 * start, or of the worker, if it needs it for this image. False: that is not what happened.
 */
static bool report_unloaded(char *message, int status, loom_stage stage, loom_error *err)
{
    static const struct {
        const char *start, *sentence;
    } known[] = {{"error while loading shared libraries: ", "the worker program cannot be loaded"},
                 {LOOM_PROGRAM_UNLOADED, "the worker program cannot go on"}};

    if (!WIFEXITED(status) || WEXITSTATUS(status) != LOOM_PROGRAM_EXIT_UNLOADED)
        return false;
    for (size_t i = 0; i < LOOM_COUNT(known); i++) {
        char *words = strstr(message, known[i].start);
        if (words == NULL)
            continue;
        words += strlen(known[i].start);
        words[strcspn(words, "\n")] = '\0';
        const bool memory =
            strstr(words, "map segment") != NULL || strstr(words, strerror(ENOMEM)) != NULL;
        (void)loom_error_set(err, memory ? LOOM_ERR_OUT_OF_MEMORY : LOOM_ERR_IO, stage, "%s: %s",
                             known[i].sentence, words);
        return true;
    }
    return false;
}

/* Whether it was ended by somebody else, such as the kernel when memory runs out: no picture sends
 * these signals. */
static bool is_foreign(int status)
{
    const int number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

    return number == SIGKILL || number == SIGTERM || number == SIGHUP;
}

loom_status loom_worker_report_death(loom_worker *worker, loom_stage stage, const char *otherwise,
                                     loom_error *err)
{
    const bool exited = otherwise == NULL; /* it ended by itself */

    loom_process_read_messages(&worker->process, worker->message, LOOM_MESSAGE_MAX);
    const int status = loom_process_end(&worker->process, !exited);
    worker->end = exited && is_foreign(status) ? LOOM_WORKER_KILLED : LOOM_WORKER_CRASHED;
    if (strstr(worker->message, "failed to allocate") != NULL) /* GLib's last message */
        return loom_error_set(err, LOOM_ERR_OUT_OF_MEMORY, stage,
                              "the image needs more memory than a worker may have");
    if (!exited)
        return loom_error_set(err, LOOM_ERR_CRASHED, stage, "%s", otherwise);
    loom_error unloaded = LOOM_ERROR_INIT;
    if (report_unloaded(worker->message, status, stage, &unloaded))
        return loom_error_copy(err, &unloaded);
    if (WIFSIGNALED(status)) {
        const char *name = sigabbrev_np(WTERMSIG(status));
        return loom_error_set(err, LOOM_ERR_CRASHED, stage,
                              "the worker process was killed by signal %d (SIG%s)",
                              WTERMSIG(status), name != NULL ? name : "?");
    }
    return loom_error_set(err, LOOM_ERR_CRASHED, stage, "the worker process exited with status %d",
                          WEXITSTATUS(status));
}

loom_status loom_worker_kill_late(loom_worker *worker, loom_status reason, loom_stage stage,
                                  loom_error *err)
{
    (void)loom_process_end(&worker->process, true);
    worker->end = LOOM_WORKER_LATE;
    return loom_error_set(err, reason, stage,
                          reason == LOOM_ERR_TIMEOUT
                              ? "the image took longer than its timeout allows"
                              : "the run was interrupted");
}
