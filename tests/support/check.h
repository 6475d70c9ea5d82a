/*
 * Check, without what makes it slow: it writes down each assertion that holds, to tell after a crash
 * which was the last, and in a loop over samples that is nearly all its time. Here a line that
 * asserts again and again is written down once.
 */
#ifndef TESTS_SUPPORT_CHECK_H
#define TESTS_SUPPORT_CHECK_H

#include <check.h> /* IWYU pragma: export */

static inline void check_mark(const char *file, int line)
{
    static _Thread_local int last;

    if (line == last)
        return;
    last = line;
    _mark_point(file, line);
}

/* What all of its macros call where the condition holds. */
#define _mark_point(file, line) check_mark(file, line)

#endif
