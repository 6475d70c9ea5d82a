/*
 * How a worker process, which has one image at a time, talks to its parent. In a worker libvips'
 * error text belongs to that image; in any other process the text is discarded.
 */
#ifndef LOOM_ENGINE_WORKER_HOOKS_H
#define LOOM_ENGINE_WORKER_HOOKS_H

#include "picture/layer.h"
#include <imgloom/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The calls by which a worker process talks to its parent. */
typedef struct loom_worker_hooks {
    void (*stage)(loom_stage stage);      /* the image has come to this stage */
    loom_status (*admit)(uint64_t bytes); /* asks for memory, as loom_admit */
    /* Asks for a layer, as loom_layers.get. */
    loom_status (*layer)(size_t output, loom_layer_kind kind, uint32_t width, uint32_t height,
                         loom_picture *layer, loom_error *err);
    bool later_modules; /* libvips starts without its modules: see loom_plugin */
} loom_worker_hooks;

/* Makes this process a worker, before the first image. */
void loom_worker_hooks_set(const loom_worker_hooks *hooks);

/* NULL: this process is not a worker. */
const loom_worker_hooks *loom_worker_hooks_get(void);

/* Reports the stage to the parent, if there is one. */
void loom_worker_hooks_stage(loom_stage stage);

/*
 * LOOM_ERR_OUT_OF_MEMORY or LOOM_ERR_IO if the text of a decoder or libvips says that the system
 * had no memory or thread left, which is no fault of the image; else `otherwise`.
 */
loom_status loom_error_text_code(const char *text, loom_status otherwise);

#endif
