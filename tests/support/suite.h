/* Runs one Check suite as a program: every tests/test_NAME.c ends in a call of it. */
#ifndef TESTS_SUPPORT_SUITE_H
#define TESTS_SUPPORT_SUITE_H

#include "support/check.h"
#include <stdbool.h>
#include <stdlib.h>

/* Of an array's elements. */
#define COUNT(array) (sizeof(array) / sizeof *(array))

/*
 * Whether the long form of a test is wanted (IMGLOOM_LONG in the environment): the same test over
 * more, which is too slow for every day.
 */
static inline bool suite_long(void)
{
    return getenv("IMGLOOM_LONG") != NULL;
}

/*
 * Whether one of many like cases, the nth, is tried: in the short form one in `every` is, which
 * should be prime to the lengths of the loops that count, or some of their values are never met.
 */
static inline bool suite_takes(unsigned long nth, unsigned every)
{
    return suite_long() || nth % every == 0;
}

/*
 * How much slower than usual the machine may be: CK_TIMEOUT_MULTIPLIER of the environment, by which
 * Check multiplies its own timeouts (an emulator is 20 times slower, say). At least 1.
 */
static inline int suite_patience(void)
{
    const char *text = getenv("CK_TIMEOUT_MULTIPLIER");
    const int times = text != NULL ? (int)strtol(text, NULL, 10) : 1;

    return times > 1 && times <= 1000 ? times : 1;
}

/* Runs all tests, prints Check's closing line, and returns the program's exit status. */
static inline int suite_run(Suite *suite)
{
    SRunner *runner = srunner_create(suite);

    srunner_run_all(runner, CK_NORMAL);
    const bool good = srunner_ntests_failed(runner) == 0;
    srunner_free(runner);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
