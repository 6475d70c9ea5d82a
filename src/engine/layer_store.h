/*
 * The layers that an engine has: watermarks, each decoded once, and texts; and those of the sizes
 * that were used last. In the process that starts workers; all its threads share it.
 */
#ifndef LOOM_ENGINE_LAYER_STORE_H
#define LOOM_ENGINE_LAYER_STORE_H

#include "batch/job.h"
#include "isolation/spawn.h"

typedef struct loom_layer_store loom_layer_store;

/* *setup must outlive it. NULL: out of memory. */
loom_layer_store *loom_layer_store_create(const loom_spawn_setup *setup);
void loom_layer_store_free(loom_layer_store *store); /* NULL is allowed */

/*
 * Decodes the recipe's watermark, unless that was done: before a job takes a worker, because that
 * needs one of its own. A failure is that of later calls, too. Checks the fields of its text.
 * Stage `transform`: an error of loom_watermark_load; or LOOM_ERR_UNSUPPORTED. Any thread.
 */
loom_status loom_layer_store_load(loom_layer_store *store, const loom_recipe *recipe,
                                  loom_error *err);

/* Also finds out whether the recipe's text can be written: its font is known. */
loom_status loom_layer_store_prepare(loom_layer_store *store, const loom_recipe *recipe,
                                     loom_error *err);

/* What jobs get their layers from. */
const loom_layers *loom_layer_store_layers(const loom_layer_store *store);

#endif
