/*
 * A folder with a few pictures, runs of imgloom over them, and what must hold after each, whatever
 * happened: the inputs are as they were, every file under a final name is whole, as a run that
 * nobody disturbed makes it, by its bytes or by its pixels in the eyes of another decoder, and
 * reports say so. One scene at a time.
 */
#ifndef TESTS_FAULTS_SCENE_H
#define TESTS_FAULTS_SCENE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum { SCENE_INPUTS = 5, SCENE_MAX_WORDS = 32 };

/*
 * Makes the folder below $TMPDIR, with in/ and a list of what is in it, and changes into it.
 * TESTDATA and IMGLOOM (the program) come from the environment. Anything that goes wrong ends the
 * program.
 */
void scene_enter(void);
void scene_leave(void);

/* What the undisturbed run of `words` makes becomes the measure; files in old/ are put into out/
 * before each run. Its exit status must be `expected`. */
void scene_take_measure(const char *const *words, int expected);

/* From now on nothing stands in out/ before a run. */
void scene_forget_old(void);

/* Removes what a run has made, and puts back what stood there before the first. */
void scene_clear(void);

typedef struct scene_run {
    const char *const *words; /* after "imgloom" */
    const char *preload;      /* LD_PRELOAD; NULL: none */
    int signal, signal_us;    /* sent after so many µs; 0: none */
    /* Set by scene_run_it: */
    int exit_status; /* as a shell has it: 128 + a signal */
    bool hung;       /* had to be killed */
    bool orphans;    /* a worker outlived it */
} scene_run;

void scene_run_it(scene_run *run);

/* Whether the last run said so, on standard output or error. */
bool scene_said(const char *words);

/* A sentence for each thing that is not as it must be, through scene_complain. */
void scene_check_inputs(void);
void scene_check_outputs(const scene_run *run); /* each whole, or as it stood before */
void scene_check_no_left_over(void);
size_t scene_left_over(void); /* how many temporary files */

/*
 * The report, to be released; NULL when there is none. One that is there must be valid and have a
 * row for each output expected; its rows must agree with the files; and the exit status with it.
 */
json_t *scene_check_report(const scene_run *run);

/* Notes what is wrong, in printf's manner; it is told with what the driver says of the run. */
void scene_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Tells what was complained of since the last call, below `title`; answers whether there was any.
 */
bool scene_tell(const char *title);

#endif
