/* Why a request is not answered with what it asks for: HTTP status, code, stage and a sentence. */
#ifndef SERVE_FAULT_H
#define SERVE_FAULT_H

#include <imgloom/error.h>
#include <stdbool.h>

/* The codes that are the service's alone; the others are those of a report. */
typedef enum serve_code {
    SERVE_FINE = 0,
    SERVE_LIBRARY, /* `error` has the code */
    SERVE_BAD_REQUEST,
    SERVE_HEAD_TOO_LARGE,
    SERVE_TARGET_TOO_LONG, /* has the name of the former */
    SERVE_UNAUTHORIZED,
    SERVE_FORBIDDEN,
    SERVE_NO_ENDPOINT,
    SERVE_METHOD,
    SERVE_WRONG_HOST,
    SERVE_OVERLOADED,
    SERVE_DRAINING,
    SERVE_CLIENT_GONE, /* for log and metrics */
    SERVE_CODES
} serve_code;

typedef struct serve_fault {
    serve_code code;
    loom_error error; /* its sentence; code and stage for SERVE_LIBRARY */
} serve_fault;

#define SERVE_FAULT_INIT                                                                           \
    {                                                                                              \
        SERVE_FINE, LOOM_ERROR_INIT                                                                \
    }

/* Sets the fault, unless there is one, and returns false. */
bool serve_refuse(serve_fault *fault, serve_code code, const char *format, ...) LOOM_PRINTF(3, 4);
/* The same with a code of the library. */
bool serve_refuse_as(serve_fault *fault, loom_status code, const char *format, ...)
    LOOM_PRINTF(3, 4);
bool serve_refuse_error(serve_fault *fault, const loom_error *error);

/* The HTTP status: 200 for SERVE_FINE. */
unsigned serve_fault_status(const serve_fault *fault);
/* The errorCode; static. NULL: there is no fault. */
const char *serve_fault_code(const serve_fault *fault);

#endif
