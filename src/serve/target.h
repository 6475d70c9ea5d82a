/* Request targets (RFC 9112 section 3.2): a path and parameters. */
#ifndef SERVE_TARGET_H
#define SERVE_TARGET_H

#include "serve/fault.h"
#include <glib.h>

/* One parameter. */
typedef struct serve_pair {
    char *name;
    char *value; /* NULL: without `=` */
} serve_pair;

/* Parameters in the order given; a GArray that owns its pairs. */
typedef GArray serve_pairs;

serve_pairs *serve_pairs_new(void);
void serve_pairs_add(serve_pairs *pairs, char *name, char *value); /* takes both over */
void serve_pairs_free(serve_pairs *pairs);                         /* NULL is allowed */
/* The value of the first pair of this name, "" if it has none; NULL: there is no such pair. */
const char *serve_pairs_get(const serve_pairs *pairs, const char *name);

typedef struct serve_target {
    char *authority;    /* of the absolute form; NULL: it is of the origin form */
    char *path;         /* decoded: "/process-image"; never has empty, "." or ".." segments */
    serve_pairs *query; /* decoded */
} serve_target;

enum { SERVE_PARAMETERS_MAX = 64 };

/*
 * Parses a target, as its bytes came: each %XX is decoded once. SERVE_BAD_REQUEST: it is neither of
 * the origin nor of the absolute form, an escape is wrong or is of a slash, backslash or control
 * character in the path, a parameter is not UTF-8, or there are more than SERVE_PARAMETERS_MAX.
 * SERVE_NO_ENDPOINT: a segment of the path is empty, "." or "..". Release *target in all cases.
 */
bool serve_target_parse(serve_target *target, const char *text, serve_fault *fault);
void serve_target_release(serve_target *target);

#endif
