/*
 * The quarantine: a folder of symbolic links to the inputs that failed, for a person to look at. It
 * mirrors the tree of the outputs; each link has the name of its input, and leads to it by an
 * absolute path. So links also work across file systems, and removing the whole folder removes no
 * input. Main thread only.
 */
#ifndef IMGLOOM_QUARANTINE_H
#define IMGLOOM_QUARANTINE_H

#include <imgloom/plan.h>

LOOM_BEGIN_DECLS

typedef struct loom_quarantine loom_quarantine;

/*
 * Prepares a quarantine in `folder` for tasks that were planned from `scan`, which must outlive it.
 * The folder is made with the first link. `output_root` is that of the plan, or NULL.
 *
 * LOOM_ERR_USAGE: the folder is the output folder, lies in it or contains it; or an input lies in
 * the folder; or it does not exist and looks like the name of an image. Other errors: links cannot
 * be made there; see loom_output_root_check. *quarantine is set on LOOM_OK only.
 */
LOOM_API loom_status loom_quarantine_create(loom_quarantine **quarantine, const char *folder,
                                            const loom_scan *scan, const char *output_root,
                                            loom_error *err) LOOM_NODISCARD;

/*
 * The same for the tasks of a plan of items (loom_plan_create_of_items). Their links go to the
 * folders of their outputs; those of outputs beside inputs to the folders of their inputs.
 */
LOOM_API loom_status loom_quarantine_create_of_items(loom_quarantine **quarantine,
                                                     const char *folder, const loom_plan *plan,
                                                     const char *output_root,
                                                     loom_error *err) LOOM_NODISCARD;

/*
 * Links the input of a task that failed. Nothing is replaced: if the name is taken, the link gets a
 * number ("a-2.jpg"), unless an earlier task or run made this very link. An input that is gone or
 * is not a regular file gets no link, and the result is LOOM_OK. Errors: as the system says, stage
 * `write`.
 */
LOOM_API loom_status loom_quarantine_add(loom_quarantine *quarantine, const loom_task *task,
                                         loom_error *err) LOOM_NODISCARD;

/* The number of inputs linked, including those that an earlier run had linked. */
LOOM_API uint64_t loom_quarantine_count(const loom_quarantine *quarantine);

LOOM_API void loom_quarantine_free(loom_quarantine *quarantine); /* NULL is allowed */

LOOM_END_DECLS

#endif
