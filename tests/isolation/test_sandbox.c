/* What a worker that was taken over cannot do: attempts from inside, each of which must fail. */
#include "isolation/protocol.h"
#include "isolation/spawn.h"
#include "support/engine_run.h"
#include "support/isolated.h"
#include "support/sanitized.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

enum { NOT_RUN = 77 }; /* ctest's SKIP_RETURN_CODE */

#define KILLED "SIGSYS"

/* The errno that refuses it, or KILLED: the process is ended by the filter. */
static const struct {
    const char *name, *end;
} probes[] = {
    {"open", "EACCES"},
    {"open-own-memory", "EACCES"},
    {"open-others-memory", "EACCES"},
    {"creat", "EACCES"},
    {"tmpfile", "EACCES"},
    {"unlink", "EACCES"},
    {"mkdir", "EACCES"},
    {"rename", KILLED},
    {"chmod", KILLED},
    {"chmod-input", KILLED},
    {"truncate", KILLED},
    {"write-input", "EBADF"},
    {"cut-input", "EINVAL"},
    {"reopen-input", "EACCES"},
    {"large-output", "EFBIG"},
    {"socket-inet", KILLED},
    {"socket-unix", KILLED},
    {"connect", KILLED},
    {"execve", KILLED},
    {"execveat", KILLED},
    {"fork", KILLED},
    {"clone3", "ENOSYS"},
    {"ptrace", KILLED},
    {"read-parent", KILLED},
    {"kill", KILLED},
    {"tgkill", KILLED},
    {"pidfd", KILLED},
    {"mount", KILLED},
    {"unshare", KILLED},
    {"chroot", KILLED},
    {"io-uring", KILLED},
    {"bpf", KILLED},
    {"userfaultfd", KILLED},
    {"memfd", "EACCES"},
    {"terminal", "ENOTTY"},
    {"raise-limit", KILLED},
    {"outlive", KILLED},
    {"memory", "ENOMEM"},
    {"inherited", "EBADF"},
};

enum { PROBES = sizeof probes / sizeof *probes };

/*
 * All in one batch: each that ends its worker has the next one start. In workers that have libvips,
 * and in such that are given PNGs and have not.
 */
START_TEST(no_attempt_succeeds)
{
    const char *png = engine_testdata("formats/quadrants.png");
    isolated_run run;

    isolated_init(&run);
    run.engine.require_sandbox = true;
    tmpdir_write_text("victim", "whole");
    ck_assert_int_ge(open("victim", O_RDWR), 0); /* for "inherited": not close-on-exec */
    for (size_t i = 0; i < PROBES; i++) {
        char words[64];
        (void)snprintf(words, sizeof words, "probe %s", probes[i].name);
        if (_i == 0)
            (void)isolated_add_play(&run, words);
        else
            (void)isolated_add_picture_play(&run, png, words);
    }
    isolated_go(&run);
    for (size_t i = 0; i < PROBES; i++) {
        char words[64];
        const bool killed = strcmp(probes[i].end, KILLED) == 0;
        if (TEST_SANITIZED && strcmp(probes[i].name, "memory") == 0)
            continue; /* which knows no limit there */
        (void)snprintf(words, sizeof words, killed ? "signal 31 (%s)" : "%s: %s",
                       killed ? KILLED : probes[i].name, probes[i].end);
        isolated_assert_error(&run, i, killed ? LOOM_ERR_CRASHED : LOOM_ERR_UNSUPPORTED, words);
    }
    size_t size;
    char *victim = tmpdir_read("victim", &size);
    ck_assert_str_eq(victim, "whole");
    free(victim);
    ck_assert_uint_eq(tmpdir_count("."), 3); /* in, out, victim */
    ck_assert_uint_eq(tmpdir_count("out"), 0);
    isolated_release(&run);
}
END_TEST

START_TEST(all_parts_are_named)
{
    static const char *const names[] = {"no-new-privs", "rlimits", "landlock", "seccomp"};
    const char *const *parts = loom_engine_sandbox();

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        ck_assert_str_eq(parts[i], names[i]);
    ck_assert_ptr_null(parts[sizeof names / sizeof *names]);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("sandbox");
    TCase *tcase = tcase_create("sandbox");

    tcase_add_checked_fixture(tcase, tmpdir_enter, tmpdir_leave);
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, no_attempt_succeeds, 0, 2);
    tcase_add_test(tcase, all_parts_are_named);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    const uint32_t needed = LOOM_SANDBOX_LANDLOCK | LOOM_SANDBOX_SECCOMP;

    if ((loom_sandbox_support() & needed) != needed) {
        (void)printf("not run: this kernel lacks Landlock or seccomp\n");
        return NOT_RUN;
    }
    return suite_run(make_suite());
}
