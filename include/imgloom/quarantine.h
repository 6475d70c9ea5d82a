/*
 * The quarantine: a folder of symbolic links to the inputs that failed, for a person to look at. A
 * link stands where the output would, mirrored below the folder, under the input's own name, and
 * leads to the input by an absolute path: so it holds on another file system, too, and removing the
 * folder with all that is in it removes no input. Main thread only.
 */
#ifndef IMGLOOM_QUARANTINE_H
#define IMGLOOM_QUARANTINE_H

#include <imgloom/plan.h>

LOOM_BEGIN_DECLS

typedef struct loom_quarantine loom_quarantine;

/*
 * Prepares a quarantine in `folder`, which is made with the first link, for the tasks of plans of
 * `scan`, which must outlive it. `output_root`: as it was planned with, or NULL.
 *
 * LOOM_ERR_USAGE when the folder is the output folder, lies in it or holds it; when an input lies
 * in it; when its name looks like an image's and it does not exist. Others when links cannot be
 * made in it, as loom_output_root_check. *quarantine is set on LOOM_OK only.
 */
LOOM_API loom_status loom_quarantine_create(loom_quarantine **quarantine, const char *folder,
                                            const loom_scan *scan, const char *output_root,
                                            loom_error *err) LOOM_NODISCARD;

/*
 * Links the input of a task that failed. What stands under the link's name is never replaced: the
 * link takes a name with a number then ("a-2.jpg"), unless it is this very link, of an earlier task
 * or run. An input that is gone, or is no regular file, gets none. LOOM_OK also then; else as the
 * system says, stage `write`.
 */
LOOM_API loom_status loom_quarantine_add(loom_quarantine *quarantine, const loom_task *task,
                                         loom_error *err) LOOM_NODISCARD;

/* Inputs that are linked, also those that an earlier run had linked. */
LOOM_API uint64_t loom_quarantine_count(const loom_quarantine *quarantine);

LOOM_API void loom_quarantine_free(loom_quarantine *quarantine); /* NULL is allowed */

LOOM_END_DECLS

#endif
