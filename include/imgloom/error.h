/*
 * Status codes, stages and the error record.
 *
 * A function that can fail returns a loom_status and, if its caller passes a loom_error, fills it
 * in. The caller owns the loom_error (usually on its stack). The first error that is set wins and
 * later ones are dropped, so that the record names the cause and not its consequences.
 *
 * The status codes are the closed set of a report's `errorCode`, except LOOM_ERR_USAGE and those
 * after it: these answer a call and never appear in a row.
 */
#ifndef IMGLOOM_ERROR_H
#define IMGLOOM_ERROR_H

#include <imgloom/export.h>
#include <stdarg.h>

LOOM_BEGIN_DECLS

typedef enum loom_status {
    LOOM_OK = 0,
    LOOM_ERR_NOT_FOUND,             /* missing, dangling link, link loop */
    LOOM_ERR_PERMISSION,            /* EACCES, EPERM, EROFS */
    LOOM_ERR_NOT_A_FILE,            /* FIFO, socket, device, folder where a file was expected */
    LOOM_ERR_EMPTY,                 /* 0 bytes */
    LOOM_ERR_UNSUPPORTED,           /* no lane reads it, or its output format cannot hold it */
    LOOM_ERR_CORRUPT,               /* damaged data */
    LOOM_ERR_TRUNCATED,             /* cut short */
    LOOM_ERR_TOO_LARGE,             /* beyond max_pixels of the settings or another limit */
    LOOM_ERR_OUT_OF_MEMORY,         /* an allocation failed */
    LOOM_ERR_TIMEOUT,               /* deadline passed */
    LOOM_ERR_CRASHED,               /* the worker that had the image died */
    LOOM_ERR_CANCELLED,             /* interrupted, or never started */
    LOOM_ERR_COLLISION,             /* another task has the same output path */
    LOOM_ERR_EXISTS,                /* output exists, and LOOM_IF_EXISTS_ERROR */
    LOOM_ERR_WOULD_OVERWRITE_INPUT, /* the output is an input, by device and inode */
    LOOM_ERR_UNSAFE_PATH,           /* leaves the output folder, or too long */
    LOOM_ERR_NO_SPACE,              /* ENOSPC, EDQUOT, EFBIG */
    LOOM_ERR_IO,                    /* any other failing system call */
    LOOM_ERR_INTERNAL,              /* a bug of ours */
    LOOM_ERR_CHECK_FAILED,          /* the output is not the picture that was to be made */
    LOOM_ERR_USAGE,                 /* bad option or argument; never in a row */
    LOOM_ERR_BUSY                   /* a service is full at the moment; never in a row */
} loom_status;

#define LOOM_STATUS_COUNT ((unsigned)LOOM_ERR_BUSY + 1)

/* The step at which a task failed: a report's `errorStage`. */
typedef enum loom_stage {
    LOOM_STAGE_NONE = 0,
    LOOM_STAGE_SCAN,
    LOOM_STAGE_PLAN,
    LOOM_STAGE_OPEN,
    LOOM_STAGE_PROBE,
    LOOM_STAGE_DECODE,
    LOOM_STAGE_TRANSFORM,
    LOOM_STAGE_ENCODE,
    LOOM_STAGE_WRITE,
    LOOM_STAGE_WORKER
} loom_stage;

/* This struct never grows, so it may be used by value. */
typedef struct loom_error {
    loom_status code;
    loom_stage stage;
    char message[512]; /* a sentence, without the path and the final full stop; UTF-8 */
} loom_error;

#define LOOM_ERROR_INIT                                                                            \
    {                                                                                              \
        LOOM_OK, LOOM_STAGE_NONE, ""                                                               \
    }

/* "ok", "not-found", … "usage". Never NULL; static. Any thread. */
LOOM_API const char *loom_status_name(loom_status status);

/* "scan", "plan", … ; "" for LOOM_STAGE_NONE. Never NULL; static. Any thread. */
LOOM_API const char *loom_stage_name(loom_stage stage);

/* Empties *err. NULL is allowed. */
LOOM_API void loom_error_clear(loom_error *err);

/*
 * Sets *err unless it holds an error already, and returns `code`, so that callers can write
 * `return loom_error_set(err, …)`. err may be NULL. A message that is too long is cut between two
 * characters; bytes that are not UTF-8 become U+FFFD. errno is preserved.
 */
LOOM_API loom_status loom_error_set(loom_error *err, loom_status code, loom_stage stage,
                                    const char *format, ...) LOOM_PRINTF(4, 5);
LOOM_API loom_status loom_error_set_v(loom_error *err, loom_status code, loom_stage stage,
                                      const char *format, va_list args) LOOM_PRINTF(4, 0);

/*
 * As loom_error_set, for a failed system call. `errnum` gives the code (ENOENT is not-found, EACCES
 * permission, ENOSPC no-space, …; any other is io), and the message is "WHAT: text of errnum
 * (NAME)".
 */
LOOM_API loom_status loom_error_set_errno(loom_error *err, loom_stage stage, int errnum,
                                          const char *format, ...) LOOM_PRINTF(4, 5);

LOOM_END_DECLS

#endif
