/*
 * Whole runs with a state, as a program makes them: scan, plan, batch, what is gone, end. Every
 * function asserts that it works. engine_setup of engine_run.h must have been called.
 */
#ifndef TESTS_SUPPORT_STATE_RUN_H
#define TESTS_SUPPORT_STATE_RUN_H

#include "support/check.h"
#include <imgloom/state.h>

typedef struct state_request {
    const char *inputs[4];   /* NULL after the last */
    const char *excluded[4]; /* globs, likewise */
    const char *output_root, *name_template;
    loom_recipe recipe;
    loom_settings settings;
    loom_state_options options; /* its recipe and settings are those above */
    unsigned stop_after;        /* outcomes; 0: nothing stops the run */
} state_request;

/* in/ to out/, 16 px wide, with the state "s.db". */
state_request state_request_default(void);

/*
 * Runs a suite as suite_run does. Each test begins in a temporary folder with in/a.jpg and
 * in/b.jpg, with the engine started, *request as the default, and after `more` (NULL: nothing).
 */
int state_suite_run(const char *name, state_request *request, void (*more)(void),
                    const TTest *const *tests, size_t count);

/*
 * Makes a run, and compares what happened to each output, in the order of the plan, as text:
 * "NAME:WHAT ", the NAME of the output without its folder, and WHAT is
 *
 * - its because, if it was made; also with "planned " before it
 * - "unchanged", "content" (is unchanged), or another reason for which it was skipped
 * - "!CODE" for an error, with the because before it if it was tried
 *
 * then "-PATH:REASON" for outputs whose input is gone, with "+" for one that was pruned and
 * "(KEPT)" for one that was not.
 */
void state_expect(const state_request *request, const char *text);

/* Makes a run, whatever happens. Returns the number of outputs that were made. */
unsigned state_run(const state_request *request);

/* The last run's count of outputs that were considered for pruning, and whether none was pruned. */
extern loom_gone state_gone;

/* A small JPEG as in/NAME, an hour old. Different `kind`s have different content of the same size.
 */
void state_make_input(const char *path, int kind);

/* Sets modification and access time: now, and so many ns more. */
void state_set_time(const char *path, int64_t ns_from_now);

/* Overwrites the last byte of a file, and leaves its size and modification time as they were. */
void state_edit_in_place(const char *path);

/* Runs SQL on the database at `path`. */
void state_change(const char *path, const char *sql);

/* The number that the SQL of a question to "s.db" answers. */
int64_t state_count(const char *sql);

/* Opens a state that is expected to fail, and asserts code and part of the message. */
void state_assert_refused(const char *path, loom_status code, const char *words);

#endif
