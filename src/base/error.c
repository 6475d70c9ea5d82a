#include "base/error.h"

#include "base/array.h"
#include "base/text.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *const status_names[LOOM_STATUS_COUNT] = {
    [LOOM_OK] = "ok",
    [LOOM_ERR_NOT_FOUND] = "not-found",
    [LOOM_ERR_PERMISSION] = "permission",
    [LOOM_ERR_NOT_A_FILE] = "not-a-file",
    [LOOM_ERR_EMPTY] = "empty",
    [LOOM_ERR_UNSUPPORTED] = "unsupported",
    [LOOM_ERR_CORRUPT] = "corrupt",
    [LOOM_ERR_TRUNCATED] = "truncated",
    [LOOM_ERR_TOO_LARGE] = "too-large",
    [LOOM_ERR_OUT_OF_MEMORY] = "out-of-memory",
    [LOOM_ERR_TIMEOUT] = "timeout",
    [LOOM_ERR_CRASHED] = "crashed",
    [LOOM_ERR_CANCELLED] = "cancelled",
    [LOOM_ERR_COLLISION] = "collision",
    [LOOM_ERR_EXISTS] = "exists",
    [LOOM_ERR_WOULD_OVERWRITE_INPUT] = "would-overwrite-input",
    [LOOM_ERR_UNSAFE_PATH] = "unsafe-path",
    [LOOM_ERR_NO_SPACE] = "no-space",
    [LOOM_ERR_IO] = "io",
    [LOOM_ERR_INTERNAL] = "internal",
    [LOOM_ERR_CHECK_FAILED] = "check-failed",
    [LOOM_ERR_USAGE] = "usage",
    [LOOM_ERR_BUSY] = "busy",
};

static const char *const stage_names[] = {
    [LOOM_STAGE_NONE] = "",
    [LOOM_STAGE_SCAN] = "scan",
    [LOOM_STAGE_PLAN] = "plan",
    [LOOM_STAGE_OPEN] = "open",
    [LOOM_STAGE_PROBE] = "probe",
    [LOOM_STAGE_DECODE] = "decode",
    [LOOM_STAGE_TRANSFORM] = "transform",
    [LOOM_STAGE_ENCODE] = "encode",
    [LOOM_STAGE_WRITE] = "write",
    [LOOM_STAGE_WORKER] = "worker",
};

const char *loom_status_name(loom_status status)
{
    return (unsigned)status < LOOM_STATUS_COUNT ? status_names[status] : "internal";
}

const char *loom_stage_name(loom_stage stage)
{
    return (size_t)stage < LOOM_COUNT(stage_names) ? stage_names[stage] : "";
}

void loom_error_clear(loom_error *err)
{
    if (err != NULL)
        *err = (loom_error)LOOM_ERROR_INIT;
}

/*
 * vsnprintf whose result is valid UTF-8 and ends between two characters. It does not allocate: a
 * message must also work when memory has run out.
 */
static LOOM_PRINTF(3, 0) void format_valid(char *out, size_t size, const char *format, va_list args)
{
    /* A character that ends beyond raw would begin where out is already full. */
    char raw[sizeof((loom_error *)NULL)->message + 3];
    int length = vsnprintf(raw, sizeof raw, format, args);
    size_t used = length < 0 ? 0 : (size_t)length < sizeof raw ? (size_t)length : sizeof raw - 1;

    (void)loom_utf8_copy_valid(out, size, raw, used);
}

loom_status loom_error_set_v(loom_error *err, loom_status code, loom_stage stage,
                             const char *format, va_list args)
{
    if (err == NULL || err->code != LOOM_OK)
        return code;
    int saved = errno;
    format_valid(err->message, sizeof err->message, format, args);
    err->code = code;
    err->stage = stage;
    errno = saved;
    return code;
}

loom_status loom_error_set(loom_error *err, loom_status code, loom_stage stage, const char *format,
                           ...)
{
    va_list args;

    va_start(args, format);
    loom_status status = loom_error_set_v(err, code, stage, format, args);
    va_end(args);
    return status;
}

static loom_status status_of_errno(int errnum)
{
    switch (errnum) {
    case ENOENT:
    case ELOOP:
    case ENOTDIR:
        return LOOM_ERR_NOT_FOUND;
    case EACCES:
    case EPERM:
    case EROFS:
        return LOOM_ERR_PERMISSION;
    case EISDIR:
    case ENXIO:
        return LOOM_ERR_NOT_A_FILE;
    case ENAMETOOLONG:
        return LOOM_ERR_UNSAFE_PATH;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return LOOM_ERR_NO_SPACE;
    case ENOMEM:
        return LOOM_ERR_OUT_OF_MEMORY;
    case EEXIST:
        return LOOM_ERR_EXISTS;
    default:
        return LOOM_ERR_IO;
    }
}

loom_status loom_error_copy(loom_error *err, const loom_error *from)
{
    return from->code == LOOM_OK
               ? LOOM_OK
               : loom_error_set(err, from->code, from->stage, "%s", from->message);
}

loom_status loom_error_set_errno(loom_error *err, loom_stage stage, int errnum, const char *format,
                                 ...)
{
    loom_status code = status_of_errno(errnum);

    if (err == NULL || err->code != LOOM_OK)
        return code;
    char what[256];
    int saved = errno;
    va_list args;
    va_start(args, format);
    format_valid(what, sizeof what, format, args);
    va_end(args);
    errno = saved;
    /* The _np functions are glibc's: thread-safe, and in English whatever the locale. */
    const char *text = strerrordesc_np(errnum), *name = strerrorname_np(errnum);
    return loom_error_set(err, code, stage, "%s: %s (%s)", what,
                          text != NULL ? text : "unknown error", name != NULL ? name : "?");
}

loom_status loom_no_memory(loom_error *err, loom_stage stage, const char *what)
{
    return what == NULL
               ? loom_error_set(err, LOOM_ERR_OUT_OF_MEMORY, stage, "out of memory")
               : loom_error_set(err, LOOM_ERR_OUT_OF_MEMORY, stage, "not enough memory %s", what);
}

loom_status loom_usage(loom_error *err, const char *message)
{
    return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "%s", message);
}

bool loom_status_is_of_input(loom_status code)
{
    switch (code) {
    case LOOM_ERR_EMPTY:
    case LOOM_ERR_UNSUPPORTED:
    case LOOM_ERR_CORRUPT:
    case LOOM_ERR_TRUNCATED:
    case LOOM_ERR_TOO_LARGE:
    case LOOM_ERR_TIMEOUT:
    case LOOM_ERR_CRASHED:
    case LOOM_ERR_OUT_OF_MEMORY:
        return true;
    default:
        return false;
    }
}
