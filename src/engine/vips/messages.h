/*
 * libvips' words: its error buffer, of which there is one for all threads, so that only a worker
 * process, which has one image at a time, may believe it (see worker_hooks.h); and its warnings
 * (GLib log, domain VIPS), which are sent to the outcome of the image that caused them.
 *
 * libvips logs on whichever of its threads computes. A thread is bound to an image by a ticket: by
 * loom_vips_log_begin for the pool's thread itself, and by loom_vips_log_adopt from within the
 * pipeline for libvips' own threads, for as long as they compute in it: a thread that is free again
 * may be taken by a pipeline of libvips' own, within a loader, which nobody binds. A warning
 * without a valid ticket is dropped: better none than on the wrong image.
 */
#ifndef LOOM_ENGINE_VIPS_MESSAGES_H
#define LOOM_ENGINE_VIPS_MESSAGES_H

#include "engine/worker_hooks.h"
#include <imgloom/outcome.h>
#include <stdbool.h>
#include <stdint.h>

/* A new image: what libvips said until now is not about it. */
void loom_vips_error_clear(void);

/*
 * Empties libvips' error buffer. In a worker process `text` gets what was in it, on one
 * line; elsewhere, and when there was nothing, "".
 */
#define LOOM_VIPS_ERROR_TEXT 320
void loom_vips_error_take(char text[LOOM_VIPS_ERROR_TEXT]);

/* As loom_error_set, with that text, if there is any, behind the sentence: "SENTENCE: TEXT". */
loom_status loom_vips_error_set(loom_error *err, loom_status code, loom_stage stage,
                                const char *format, ...) LOOM_PRINTF(4, 5);

enum { LOOM_VIPS_COMPLAINT = 512 }; /* bytes for it, with its NUL */

/* On the thread's stack while it has an image in libvips. Guarded by the lock in messages.c. */
typedef struct loom_vips_log {
    struct loom_vips_log *next;
    uint64_t ticket;
    loom_outcome *outcome;
    unsigned damage; /* libjpeg's warnings, and libtiff's of pixels: each is about damaged data */
    bool text_next;  /* the next message is text from libvips' error buffer */
    /* That text, as loom_vips_error_take gives it, or libtiff's; "" elsewhere. */
    char words[LOOM_VIPS_ERROR_TEXT];
    /* The last warning, as long as libtiff may say more of it; "": none. */
    char pending[LOOM_VIPS_COMPLAINT];
} loom_vips_log;

/* Our words for what libvips may say, or not say, of such a profile. */
#define LOOM_VIPS_BROKEN_PROFILE "the embedded colour profile is broken and was ignored"

void loom_vips_log_install(void); /* once, before the first image */

void loom_vips_log_begin(loom_vips_log *log, loom_outcome *outcome);
/*
 * What libtiff says on this thread: libvips has logged it before where it is a warning, and not
 * where it is an error. `of_pixels`: the picture is damaged, although libtiff may go on.
 */
void loom_vips_log_complaint(bool of_pixels, bool error, const char *text);

/* Binds the calling thread; returns what it was bound to, which it is to be bound to again. */
uint64_t loom_vips_log_adopt(uint64_t ticket);
unsigned loom_vips_log_damage(loom_vips_log *log); /* so far */
void loom_vips_log_end(loom_vips_log *log);

#endif
