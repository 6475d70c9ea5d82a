/*
 * Messages of libvips. All threads share its one error buffer, so only a worker process, which has
 * one image at a time, may use the text (see worker_hooks.h). Warnings (GLib log, domain VIPS) go
 * to the outcome of the image that caused them.
 *
 * libvips logs on whichever of its threads computes. A ticket binds a thread to an image:
 * loom_vips_log_begin binds the pool's thread, and loom_vips_log_adopt, called from within the
 * pipeline, binds libvips' own threads while they compute in it. Afterwards such a thread may work
 * for a pipeline within a loader of libvips, which nobody binds. A warning without a valid ticket
 * is dropped: a missing warning is better than one on the wrong image.
 */
#ifndef LOOM_ENGINE_VIPS_MESSAGES_H
#define LOOM_ENGINE_VIPS_MESSAGES_H

#include "engine/worker_hooks.h"
#include <imgloom/outcome.h>
#include <stdbool.h>
#include <stdint.h>

/* Starts a new image: earlier messages do not concern it. */
void loom_vips_error_clear(void);

/*
 * Empties libvips' error buffer. In a worker process `text` receives "libvips says: " and its
 * contents, on one line; elsewhere, or if it was empty, "".
 */
#define LOOM_VIPS_ERROR_TEXT 320
void loom_vips_error_take(char text[LOOM_VIPS_ERROR_TEXT]);

/* As loom_error_set, with that text, if any, appended to the sentence: "SENTENCE: TEXT". */
loom_status loom_vips_error_set(loom_error *err, loom_status code, loom_stage stage,
                                const char *format, ...) LOOM_PRINTF(4, 5);

enum { LOOM_VIPS_COMPLAINT = 512 }; /* bytes for it, with its NUL */

/* On the thread's stack while its image is in libvips. Guarded by the lock in messages.c. */
typedef struct loom_vips_log {
    struct loom_vips_log *next;
    uint64_t ticket;
    loom_outcome *outcome;
    unsigned damage; /* libjpeg's warnings, and libtiff's about pixels: each means damaged data */
    bool text_next;  /* the next message is text from libvips' error buffer */
    /* That text alone, or libtiff's; "" elsewhere. */
    char words[LOOM_VIPS_ERROR_TEXT];
    /* The last warning, while libtiff may add to it; "": none. */
    char pending[LOOM_VIPS_COMPLAINT];
} loom_vips_log;

/* Our own message for such a profile, whatever libvips logs. */
#define LOOM_VIPS_BROKEN_PROFILE "the embedded colour profile is broken and was ignored"

void loom_vips_log_install(void); /* once, before the first image */

void loom_vips_log_begin(loom_vips_log *log, loom_outcome *outcome);
/*
 * Records libtiff's message on this thread. libvips has already logged it if it is a warning, but
 * not if it is an error. `of_pixels`: the picture is damaged, although libtiff may go on.
 */
void loom_vips_log_complaint(bool of_pixels, bool error, const char *text);

/* Binds the calling thread; returns its previous binding, which the caller must restore. */
uint64_t loom_vips_log_adopt(uint64_t ticket);
unsigned loom_vips_log_damage(loom_vips_log *log); /* so far */
void loom_vips_log_end(loom_vips_log *log);

#endif
