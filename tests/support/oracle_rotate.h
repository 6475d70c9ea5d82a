/* The oracle's rotation by any angle: the whole picture at its full size, in double precision. */
#ifndef TESTS_SUPPORT_ORACLE_ROTATE_H
#define TESTS_SUPPORT_ORACLE_ROTATE_H

#include "support/oracle.h"

/* Width and height of a rectangle turned by so many degrees, rounded half up. */
void oracle_turned_bounds(uint32_t width, uint32_t height, double degrees, uint32_t bounds[2]);

/*
 * The picture turned clockwise about its centre, as RGBA with transparent corners on a canvas of
 * those bounds. Sampled by the cubic of Catmull and Rom, premultiplied; outside is transparent.
 */
oracle_image oracle_rotate(const oracle_image *image, double degrees);

#endif
