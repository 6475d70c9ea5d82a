/* For tests of missing rights: root has them all, so a test must first become somebody else. */
#ifndef TESTS_SUPPORT_USER_H
#define TESTS_SUPPORT_USER_H

#include "support/check.h"
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum { USER_NOBODY = 65534 };

/* Drops root's rights until user_restore; the current folder is opened to all first. */
static inline void user_drop(void)
{
    if (geteuid() == 0) {
        ck_assert_int_eq(chmod(".", 0777), 0);
        ck_assert_int_eq(seteuid(USER_NOBODY), 0);
    }
}

static inline void user_restore(void)
{
    ck_assert_int_eq(seteuid(getuid()), 0);
}

#endif
