/*
 * What earlier runs made, as a plan and its batch ask for it. A table of functions, because who
 * knows it stands above them (state/). Main thread only.
 */
#ifndef LOOM_FILES_HISTORY_H
#define LOOM_FILES_HISTORY_H

#include <imgloom/outcome.h>
#include <imgloom/plan.h>

/* What is known of the files of a task with `check`. */
typedef struct loom_expected {
    bool known;          /* else its content tells nothing, and the output is made */
    bool compare_output; /* the output's content must be the recorded one, too */
    uint64_t output_size;
    loom_content_hash input, output;
} loom_expected;

struct loom_history {
    void *user; /* passed to each function */

    /*
     * Decides about a task whose output has a path: sets its `because`, `check` and `owned`, and
     * skip_reason, with which `because` is NONE. `standing`: the file that stands there; NULL:
     * none.
     */
    void (*find)(void *user, loom_task *task, const loom_entry *entry, const loom_stamp *standing);

    /* Sets what the record of a task with `check` expects of its files. */
    void (*expect)(void *user, const loom_task *task, loom_expected *expected);

    /*
     * Adds what is known of the output of a task that was left out. Where it is not tried again,
     * the outcome becomes the recorded error.
     */
    void (*recall)(void *user, const loom_task *task, loom_outcome *outcome);
};

#endif
