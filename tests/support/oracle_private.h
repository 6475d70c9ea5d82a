/* What the oracle's two halves share. */
#ifndef TESTS_SUPPORT_ORACLE_PRIVATE_H
#define TESTS_SUPPORT_ORACLE_PRIVATE_H

#include "support/oracle.h"

/* All samples 0. */
oracle_image oracle_create(uint32_t width, uint32_t height, uint32_t channels, uint32_t max);

/* The first sample of a pixel; not checked. */
uint16_t *oracle_pixel(const oracle_image *image, uint32_t x, uint32_t y);

#endif
