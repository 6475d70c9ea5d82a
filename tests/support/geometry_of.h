/* What a recipe of one size makes of a picture. */
#ifndef TESTS_SUPPORT_GEOMETRY_OF_H
#define TESTS_SUPPORT_GEOMETRY_OF_H

#include "picture/geometry.h"
#include "support/check.h"

/* Width and height as stored. */
static inline loom_geometry geometry_of(const loom_recipe *recipe, uint32_t width, uint32_t height,
                                        int orientation)
{
    loom_geometry g;

    ck_assert_int_eq(
        loom_geometry_compute(recipe, &recipe->sizes[0], width, height, orientation, &g, NULL),
        LOOM_OK);
    return g;
}

#endif
