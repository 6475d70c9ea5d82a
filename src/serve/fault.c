#include "serve/fault.h"

#include <stddef.h>

static const struct {
    unsigned status;
    const char *name;
} codes[SERVE_CODES] = {
    [SERVE_FINE] = {200, NULL},
    [SERVE_LIBRARY] = {500, NULL},
    [SERVE_BAD_REQUEST] = {400, "bad-request"},
    [SERVE_HEAD_TOO_LARGE] = {431, "head-too-large"},
    [SERVE_TARGET_TOO_LONG] = {414, "head-too-large"},
    [SERVE_UNAUTHORIZED] = {401, "unauthorized"},
    [SERVE_FORBIDDEN] = {403, "forbidden"},
    [SERVE_NO_ENDPOINT] = {404, "no-endpoint"},
    [SERVE_METHOD] = {405, "method"},
    [SERVE_WRONG_HOST] = {421, "wrong-host"},
    [SERVE_OVERLOADED] = {503, "overloaded"},
    [SERVE_DRAINING] = {503, "draining"},
    [SERVE_CLIENT_GONE] = {499, "client-gone"},
};

/* What the picture or the request is to blame for is 4xx, what we are to blame for 5xx. */
static unsigned status_of(loom_status code)
{
    switch (code) {
    case LOOM_OK:
        return 200;
    case LOOM_ERR_USAGE:
    case LOOM_ERR_EMPTY:
        return 400;
    case LOOM_ERR_PERMISSION:
        return 403;
    case LOOM_ERR_NOT_FOUND:
    case LOOM_ERR_NOT_A_FILE:
    case LOOM_ERR_UNSAFE_PATH:
        return 404;
    case LOOM_ERR_TOO_LARGE:
        return 413;
    case LOOM_ERR_UNSUPPORTED:
        return 415;
    case LOOM_ERR_CORRUPT:
    case LOOM_ERR_TRUNCATED:
        return 422;
    case LOOM_ERR_OUT_OF_MEMORY:
    case LOOM_ERR_CANCELLED:
    case LOOM_ERR_BUSY:
        return 503;
    case LOOM_ERR_TIMEOUT:
        return 504;
    case LOOM_ERR_NO_SPACE:
        return 507;
    default:
        return 500;
    }
}

bool serve_refuse(serve_fault *fault, serve_code code, const char *format, ...)
{
    va_list args;

    if (fault->code != SERVE_FINE)
        return false;
    fault->code = code;
    va_start(args, format);
    (void)loom_error_set_v(&fault->error, LOOM_ERR_INTERNAL, LOOM_STAGE_NONE, format, args);
    va_end(args);
    return false;
}

bool serve_refuse_as(serve_fault *fault, loom_status code, const char *format, ...)
{
    va_list args;

    if (fault->code != SERVE_FINE)
        return false;
    fault->code = SERVE_LIBRARY;
    va_start(args, format);
    (void)loom_error_set_v(&fault->error, code, LOOM_STAGE_NONE, format, args);
    va_end(args);
    return false;
}

bool serve_refuse_error(serve_fault *fault, const loom_error *error)
{
    if (fault->code == SERVE_FINE) {
        fault->code = SERVE_LIBRARY;
        fault->error = *error;
    }
    return false;
}

unsigned serve_fault_status(const serve_fault *fault)
{
    return fault->code == SERVE_LIBRARY ? status_of(fault->error.code) : codes[fault->code].status;
}

const char *serve_fault_code(const serve_fault *fault)
{
    return fault->code == SERVE_LIBRARY ? loom_status_name(fault->error.code)
                                        : codes[fault->code].name;
}
