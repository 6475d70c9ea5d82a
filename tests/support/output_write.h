/* A whole output file, from its opening to its commit. */
#ifndef TESTS_SUPPORT_OUTPUT_WRITE_H
#define TESTS_SUPPORT_OUTPUT_WRITE_H

#include "files/output.h"

#include <string.h>

/* What the first call that fails says; tree may be NULL. */
static inline loom_status output_write(const loom_output_tree *tree, const char *path,
                                       const char *text, bool replace, loom_error *error)
{
    loom_output output = LOOM_OUTPUT_INIT;

    loom_error_clear(error);
    loom_status status = loom_output_open(&output, tree, path, error);
    if (status == LOOM_OK)
        status = loom_output_write(&output, text, strlen(text), error);
    if (status == LOOM_OK)
        return loom_output_commit(&output, replace, error);
    loom_output_abort(&output);
    return status;
}

#endif
