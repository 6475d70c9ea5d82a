/*
 * Batches whose images are converted by worker processes: real ones, or those that misbehave on
 * request (tests/worker). As with engine_run.h the engine is started within the test.
 */
#ifndef TESTS_SUPPORT_ISOLATED_H
#define TESTS_SUPPORT_ISOLATED_H

#include "batch/job.h"
#include <sys/types.h>

typedef struct isolated_run {
    /* Set by isolated_init; may be changed before isolated_go. */
    loom_engine_options engine;
    loom_batch *batch; /* owned; without a timeout */
    loom_recipe recipe;
    loom_settings settings;
    /* Called with each outcome, on the caller's thread. May be NULL. */
    void (*watch)(struct isolated_run *run, const loom_task *task, const loom_outcome *outcome);
    void *user;

    loom_task *tasks; /* owned, with their paths */
    size_t count;
    loom_outcome *outcomes; /* as the tasks; after isolated_go */
    size_t done;
} isolated_run;

/* Everything isolated in the workers that misbehave, four jobs, 1 GiB for each, 60 px wide. */
void isolated_init(isolated_run *run);
void isolated_release(isolated_run *run);

/* Adds an image, to be written as "out/N.EXT", N being its number, which is returned. */
size_t isolated_add(isolated_run *run, const char *input, loom_format format);

/* Adds one that has the worker do what `words` say, to be written as PNG. */
size_t isolated_add_play(isolated_run *run, const char *words);

/* The same, the picture of a file coming before the words. */
size_t isolated_add_picture_play(isolated_run *run, const char *picture, const char *words);

/* Starts the engine, runs the batch, stops the engine. */
void isolated_go(isolated_run *run);

/* Asserts that the image is in error, and that its message holds `words`. */
void isolated_assert_error(const isolated_run *run, size_t image, loom_status code,
                           const char *words);

/* The processes that `parent` has started and that have not ended: at most `max` into `pids`. */
size_t isolated_children(pid_t parent, pid_t *pids, size_t max);

/* Those of them that are workers, once they are there, and the zygote (0: there is none). */
size_t isolated_workers(pid_t parent, pid_t *pids, size_t max);
pid_t isolated_zygote(pid_t parent);

/* Whether a process has ended, waited for or not. */
bool isolated_is_gone(pid_t pid);

/* Whether a process has mapped a file whose path holds the words. */
bool isolated_has_mapped(pid_t pid, const char *words);

/* Descriptors that this process has open. */
size_t isolated_descriptors(void);

/* Kilobytes of memory that a process holds. */
unsigned long isolated_resident(pid_t pid);

void isolated_pause(unsigned ms);

#endif
