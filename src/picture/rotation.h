/* Angles of the recipe. */
#ifndef LOOM_PICTURE_ROTATION_H
#define LOOM_PICTURE_ROTATION_H

/* Any finite number of degrees, brought into 0 <= result < 360; never -0. */
double loom_rotation_normalise(double degrees);

#endif
