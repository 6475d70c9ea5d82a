/*
 * Records that come in several parts, each in rising order of their numbers, and are handed out in
 * the order of all numbers. They wait in a temporary file without a name, so memory holds a buffer
 * a part: 16 MB at most, but 4 kB a part where there are thousands, and the record at work.
 */
#ifndef CLI_REPORT_SPOOL_H
#define CLI_REPORT_SPOOL_H

#include <glib.h>
#include <imgloom/error.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct report_spool report_spool;

/* Makes the file in `folder`, or where temporary files go if that is NULL or cannot hold it. *spool
 * is set on LOOM_OK only. */
loom_status report_spool_open(report_spool **spool, const char *folder,
                              loom_error *err) LOOM_NODISCARD;
void report_spool_free(report_spool *spool); /* NULL is allowed */

/* Begins the next part. */
void report_spool_begin_part(report_spool *spool);
/* Adds a record to the part: its number must exceed that of the one before. `size` < 4 GiB. */
loom_status report_spool_add(report_spool *spool, uint64_t number, const char *data, size_t size,
                             loom_error *err) LOOM_NODISCARD;

/* Called with a record, which ends with a NUL that `size` does not count. Any other status than
 * LOOM_OK ends the handing out. */
typedef loom_status report_spool_take(void *user, const char *data, size_t size, loom_error *err);

/* Hands out all records, once. Returns the first error, also that of `take`. */
loom_status report_spool_each(report_spool *spool, report_spool_take *take, void *user,
                              loom_error *err) LOOM_NODISCARD;

#endif
