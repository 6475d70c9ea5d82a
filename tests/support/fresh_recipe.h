/* Recipes to begin a test with, and what their sizes are. */
#ifndef TESTS_SUPPORT_FRESH_RECIPE_H
#define TESTS_SUPPORT_FRESH_RECIPE_H

#include "picture/recipe_fields.h"
#include "support/check.h"
#include <string.h>

/* As loom_recipe_init makes it; two of them are equal byte by byte. */
static inline loom_recipe recipe_fresh(void)
{
    loom_recipe recipe;

    memset(&recipe, 0, sizeof recipe); /* padding too, for memcmp */
    loom_recipe_init(&recipe);
    return recipe;
}

static inline void recipe_assert_size(const loom_size *size, uint32_t width, uint32_t height,
                                      uint32_t percent)
{
    ck_assert_uint_eq(size->width, width);
    ck_assert_uint_eq(size->height, height);
    ck_assert_uint_eq(size->percent, percent);
}

#endif
