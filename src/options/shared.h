/* Rows that every command which runs the engine may have, and where the rows of such commands put
 * their values. */
#ifndef OPTIONS_SHARED_H
#define OPTIONS_SHARED_H

#include "options/options.h"
#include <imgloom/batch.h>
#include <imgloom/plan.h>
#include <imgloom/scan.h>

#define OPTIONS_IN_SETTINGS(member) OPTIONS_AT(OPTIONS_SETTINGS, loom_settings, member)
#define OPTIONS_IN_BATCH(member)    OPTIONS_AT(OPTIONS_BATCH, loom_batch, member)
#define OPTIONS_IN_ENGINE(member)   OPTIONS_AT(OPTIONS_ENGINE, loom_engine_options, member)
#define OPTIONS_IN_SCAN(member)     OPTIONS_AT(OPTIONS_SCAN, loom_scan_options, member)
#define OPTIONS_IN_PLAN(member)     OPTIONS_AT(OPTIONS_PLAN, loom_plan_options, member)

extern const options_row options_jobs[];
extern const options_row options_untrusted[];
extern const options_row options_limits[]; /* queue, time, pixels, damage, memory */
extern const options_row options_isolate[];
extern const options_row options_sandbox[];

#endif
