/*
 * A plan of the scan of scan_run.h, and what is expected of it. All functions assert that they
 * work.
 */
#ifndef TESTS_SUPPORT_PLAN_RUN_H
#define TESTS_SUPPORT_PLAN_RUN_H

#include "support/scan_run.h"
#include <imgloom/plan.h>

/* Read by plan_make. */
extern loom_plan_options plan_options;
extern loom_settings plan_settings; /* of the options */
extern loom_recipe plan_recipe;
/* NULL: not made yet. */
extern loom_plan *plan;

/* The one folder that takes no notice of case, whatever its file system does. NULL: none. */
extern const char *plan_folding;

/* A checked fixture: a scan without inputs, no options, the default recipe. */
void plan_setup(void);
void plan_teardown(void);

/* Makes the plan anew. */
void plan_make(void);

const loom_task *plan_task(size_t index);

/*
 * Makes the plan, and compares it as text: "output", "output!code" or "output?reason", each ended
 * by "|".
 */
void plan_expect(const char *text);

#endif
