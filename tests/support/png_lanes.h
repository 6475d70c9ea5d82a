/* One PNG in the png lane and in the vips lane, which must agree. All functions assert. */
#ifndef TESTS_SUPPORT_PNG_LANES_H
#define TESTS_SUPPORT_PNG_LANES_H

#include "support/engine_run.h"

/*
 * Whether the file that the png lane makes, of any format, is the vips lane's, byte by byte; but
 * libvips writes no JFIF segment.
 */
void png_lanes_assert_same(const engine_request *request, const char *input);

/* Whether the outcome is the one that the vips lane has, with the same warnings and the same file.
 */
void png_lanes_assert_agree(const engine_request *request, const char *input);

/* Whether the lane takes it, and then as above. */
void png_lanes_assert_taken(const engine_request *request, const char *input, bool taken);

#endif
