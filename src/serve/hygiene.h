/*
 * Request heads that two programs might read differently, such as a proxy and this service: these
 * are refused, and their connection is closed.
 */
#ifndef SERVE_HYGIENE_H
#define SERVE_HYGIENE_H

#include "serve/fault.h"
#include <stddef.h>
#include <stdint.h>

typedef struct serve_field {
    const char *name, *value; /* value NULL: none */
} serve_field;

/* A head as libmicrohttpd has read it. */
typedef struct serve_head {
    const char *method, *target, *version;
    const serve_field *fields;
    size_t count;
    /* Set by serve_hygiene_check. */
    int64_t length; /* of the body; -1: chunked */
} serve_head;

/* The value of the first field of this name; NULL: there is none. */
const char *serve_head_get(const serve_head *head, const char *name);

/* At most so many bytes of a target, and of all fields together. */
enum { SERVE_TARGET_MAX = 8 << 10, SERVE_FIELDS_MAX = 16 << 10 };

/* SERVE_BAD_REQUEST, with what is wrong; or SERVE_TARGET_TOO_LONG, SERVE_HEAD_TOO_LARGE. */
bool serve_hygiene_check(serve_head *head, serve_fault *fault);

#endif
