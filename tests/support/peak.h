/*
 * What one image takes of memory, as it is measured and as it is estimated. It is converted in a
 * process of its own, as a worker would: the caller must not have started libvips.
 */
#ifndef TESTS_SUPPORT_PEAK_H
#define TESTS_SUPPORT_PEAK_H

#include <imgloom/format.h>
#include <imgloom/recipe.h>

typedef struct peak {
    uint64_t estimate; /* bytes; 0: it was not asked for */
    uint64_t measured; /* bytes at the highest, beyond what the process had before */
    loom_status code;  /* of the first output that failed */
    char message[512];
} peak;

/* As many outputs as the recipe has sizes. False: there is no such process, or it died. */
bool peak_measure(const char *input, const loom_recipe *recipe, loom_format format, peak *found);

#endif
