/*
 * How a worker process, which has one image at a time, talks to its parent. In it libvips' error
 * text is this image's; everywhere else the text is dropped.
 */
#ifndef LOOM_ENGINE_WORKER_HOOKS_H
#define LOOM_ENGINE_WORKER_HOOKS_H

#include <imgloom/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What such a process is told by, and answers to, its parent. */
typedef struct loom_worker_hooks {
    void (*stage)(loom_stage stage);      /* the image has come to this stage */
    loom_status (*admit)(uint64_t bytes); /* asks for memory, as loom_admit */
    bool later_modules;                   /* libvips starts without its modules: see loom_plugin */
} loom_worker_hooks;

/* Makes this process a worker: once, before the first image. */
void loom_worker_hooks_set(const loom_worker_hooks *hooks);

/* NULL: this process is no worker. */
const loom_worker_hooks *loom_worker_hooks_get(void);

/* Tells the stage, where there is somebody to tell. */
void loom_worker_hooks_stage(loom_stage stage);

/*
 * LOOM_ERR_OUT_OF_MEMORY or LOOM_ERR_IO where a decoder's or libvips' text says that the system
 * had no room for memory or a thread, which is no fault of the image; else `otherwise`.
 */
loom_status loom_error_text_code(const char *text, loom_status otherwise);

#endif
