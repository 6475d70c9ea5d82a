/* Attempts to get out of the sandbox, made from inside. */
#ifndef TESTS_WORKER_PROBES_H
#define TESTS_WORKER_PROBES_H

#include <stddef.h>

typedef struct probe_context {
    int parent;       /* the socket */
    const int *files; /* input and output */
    size_t count;     /* of files */
} probe_context;

/*
 * Tries what `name` says. "allowed", or the name of the errno that refused it: "EACCES". Does not
 * return where the process is ended for it. Static storage.
 */
const char *probe_run(const char *name, const probe_context *context);

#endif
