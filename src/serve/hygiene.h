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
    const char *method, *version;
    const serve_field *fields;
    size_t count;
    /* Set by serve_hygiene_check. */
    int64_t length; /* of the body; -1: chunked */
} serve_head;

/* The value of the first field of this name; NULL: there is none. */
const char *serve_head_get(const serve_head *head, const char *name);

/* SERVE_BAD_REQUEST, with what is wrong. */
bool serve_hygiene_check(serve_head *head, serve_fault *fault);

#endif
