/* The three records of a report, as members of a JSON object that the caller begins and ends. */
#ifndef LOOM_REPORT_WRITE_H
#define LOOM_REPORT_WRITE_H

#include "report/json.h"
#include <imgloom/report.h>

#define LOOM_SCHEMA_VERSION 1u

/* The code of an outcome in error. A result without a code of its own is a bug: `internal`. */
loom_status loom_write_code(const loom_outcome *outcome);

/*
 * A path, or null for NULL. Paths are bytes: one that is not UTF-8 stands in base64 under
 * `base64_key` beside the string, which cannot hold it.
 */
void loom_write_path(loom_json *json, const char *key, const char *base64_key, const char *path);

/* schemaVersion, tool, recipe, workingDirectory, startedAt, jobs. */
void loom_write_run(loom_json *json, const loom_run_info *info);

/* One row: every field, null where there is nothing to say. */
void loom_write_row(loom_json *json, const loom_task *task, const loom_outcome *outcome);

/* The summary's members. */
void loom_write_summary(loom_json *json, const loom_totals *totals);

#endif
