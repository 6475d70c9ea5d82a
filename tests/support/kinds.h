/* Walks the list of the kinds of a format: each row has a picture, and none is forgotten. */
#ifndef TESTS_SUPPORT_KINDS_H
#define TESTS_SUPPORT_KINDS_H

#include "format/container.h"
#include <stdbool.h>

/* A row of the list, with the function that tries a file of this kind and asserts what comes. */
typedef struct kind_trial {
    const char *aspect;
    uint32_t value;
    void (*try)(const loom_kind *kind);
} kind_trial;

/* Asserts that there is one trial for each row of the format's kinds, and runs each. */
void kinds_walk(loom_format format, const kind_trial *trials, size_t count);

#endif
