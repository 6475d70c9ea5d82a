/*
 * Single tests that are known to fail: IMGLOOM_KNOWN_FAILURES in the environment holds their names
 * and numbers (0 but for loops), NAME:NUMBER, with spaces between. See tests/known_failures.cmake.
 */
#ifndef TESTS_SUPPORT_KNOWN_H
#define TESTS_SUPPORT_KNOWN_H

#include <check.h>
#include <stdbool.h>

/* Runs all tests. True: what is known to fail has failed, by an assertion, and nothing else has. */
bool known_run(SRunner *runner, const char *known);

#endif
