/*
 * What only a process knows that carries one image at a time: that libvips' error text is this
 * image's. A worker child says so of itself; everywhere else the text is dropped.
 */
#ifndef LOOM_ENGINE_ALONE_H
#define LOOM_ENGINE_ALONE_H

#include <imgloom/error.h>
#include <stddef.h>
#include <stdint.h>

/* What such a process is told by, and answers to, its parent. */
typedef struct loom_alone_hooks {
    void (*stage)(loom_stage stage);      /* the image has come to this stage */
    loom_status (*admit)(uint64_t bytes); /* asks for memory, as loom_admit */
    uint64_t memory;                      /* bytes this process may have; 0: no limit */
} loom_alone_hooks;

/* Says so, once, before the first image. */
void loom_alone_start(const loom_alone_hooks *hooks);

/* NULL: the process is not alone. */
const loom_alone_hooks *loom_alone(void);

/* Tells the stage, where there is somebody to tell. */
void loom_alone_stage(loom_stage stage);

/*
 * LOOM_ERR_OUT_OF_MEMORY or LOOM_ERR_IO where a decoder's or libvips' text says that the system
 * had no room for memory or a thread, which is no fault of the image; else `otherwise`.
 */
loom_status loom_alone_code(const char *text, loom_status otherwise);

#endif
