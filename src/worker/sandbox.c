#include "worker/sandbox.h"

#include "base/array.h"
#include "isolation/protocol.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The macros of <seccomp.h> leave fields uninitialised; clang warns about it. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#ifndef AT_EMPTY_PATH
#define AT_EMPTY_PATH 0x1000
#endif

enum { DESCRIPTORS = 64 };

/* Sanitizers map terabytes of address space. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED true
#endif
#endif
#ifndef SANITIZED
#define SANITIZED false
#endif

/* ---- limits -------------------------------------------------------------- */

static bool limit(__rlimit_resource_t resource, rlim_t value)
{
    const struct rlimit both = {value, value};

    return setrlimit(resource, &both) == 0;
}

static bool enter_limits(uint64_t memory)
{
    bool ok = limit(RLIMIT_CORE, 0) && limit(RLIMIT_NOFILE, DESCRIPTORS);

    if (memory > 0)
        ok = ok && limit(RLIMIT_FSIZE, (rlim_t)memory);
    if (memory > 0 && !SANITIZED)
        ok = ok && limit(RLIMIT_AS, (rlim_t)memory);
    return ok;
}

/* ---- Landlock: no file access at all ------------------------------------- */

static bool enter_landlock(void)
{
    /* All rights of the file system that the kernel's Landlock version knows. */
    const long version =
        syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1)
        return false;
    uint64_t rights = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
    if (version >= 2)
        rights |= UINT64_C(1) << 13; /* LANDLOCK_ACCESS_FS_REFER */
    if (version >= 3)
        rights |= UINT64_C(1) << 14; /* LANDLOCK_ACCESS_FS_TRUNCATE */
    const struct landlock_ruleset_attr rules = {.handled_access_fs = rights};
    const long ruleset = syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0);
    if (ruleset < 0)
        return false;
    const bool ok = syscall(SYS_landlock_restrict_self, (int)ruleset, 0) == 0;
    (void)close((int)ruleset);
    return ok;
}

/* ---- seccomp ------------------------------------------------------------- */

/* Needed for computing, threads, time and messages with the parent. */
static const int allowed[] = {
    SCMP_SYS(read),
    SCMP_SYS(readv),
    SCMP_SYS(pread64),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(pwrite64),
    SCMP_SYS(lseek),
    SCMP_SYS(close),
    SCMP_SYS(fstat),
    SCMP_SYS(dup),
    SCMP_SYS(ftruncate),
    SCMP_SYS(fallocate),
    SCMP_SYS(mmap),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(mprotect),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(futex),
    SCMP_SYS(futex_waitv),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(get_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(membarrier),
    SCMP_SYS(set_tid_address),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(sched_getparam),
    SCMP_SYS(sched_getscheduler),
    SCMP_SYS(sched_get_priority_max),
    SCMP_SYS(sched_get_priority_min),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getppid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(uname),
    SCMP_SYS(sysinfo),
    SCMP_SYS(getrlimit),
    SCMP_SYS(getrusage),
    SCMP_SYS(times),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(getcpu),
    SCMP_SYS(getrandom),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(recvmsg),
    SCMP_SYS(sendmsg),
    SCMP_SYS(eventfd2),
    SCMP_SYS(umask),
};

/* Libraries try these and can do without them. */
static const struct {
    int call, error;
} refused[] = {
    {SCMP_SYS(open), EACCES},
    {SCMP_SYS(openat), EACCES},
    {SCMP_SYS(openat2), EACCES},
    {SCMP_SYS(creat), EACCES},
    {SCMP_SYS(stat), EACCES},
    {SCMP_SYS(lstat), EACCES},
    {SCMP_SYS(statx), EACCES},
    {SCMP_SYS(access), EACCES},
    {SCMP_SYS(faccessat), EACCES},
    {SCMP_SYS(faccessat2), EACCES},
    {SCMP_SYS(readlink), EACCES},
    {SCMP_SYS(readlinkat), EACCES},
    {SCMP_SYS(getcwd), EACCES},
    {SCMP_SYS(unlink), EACCES},
    {SCMP_SYS(unlinkat), EACCES},
    {SCMP_SYS(mkdir), EACCES},
    {SCMP_SYS(mkdirat), EACCES},
    {SCMP_SYS(statfs), EACCES},
    {SCMP_SYS(fstatfs), EACCES},
    {SCMP_SYS(clone3), ENOSYS},
    {SCMP_SYS(ioctl), ENOTTY},
    {SCMP_SYS(getpeername), ENOTSOCK}, /* GLib, before it writes a message */
    {SCMP_SYS(getsockname), ENOTSOCK},
    {SCMP_SYS(sched_setaffinity), EPERM},
    {SCMP_SYS(sched_setscheduler), EPERM},
    {SCMP_SYS(setpriority), EPERM},
    {SCMP_SYS(get_mempolicy), ENOSYS},
    {SCMP_SYS(mbind), ENOSYS},
    {SCMP_SYS(set_mempolicy), ENOSYS},
    {SCMP_SYS(memfd_create), EACCES},
};

/* Allowed with certain arguments only. */
static bool add_conditional(scmp_filter_ctx filter)
{
    const scmp_datum_t thread = CLONE_VM | CLONE_THREAD;
    int failed = 0;

    /* Threads, but no processes; if clone3 gives ENOSYS, glibc uses clone. */
    failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
                               SCMP_A0(SCMP_CMP_MASKED_EQ, thread, thread));
    /* fstat in current glibc. */
    failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
                               SCMP_A3(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, AT_EMPTY_PATH));
    failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(newfstatat), 1,
                               SCMP_A3(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, 0));
    /* Thread names. */
    failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1,
                               SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME));
    failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1,
                               SCMP_A0(SCMP_CMP_EQ, PR_SET_VMA));
    /* Signals to this process: abort. */
    failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                               SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
    /* Limits may be read, not set. */
    failed |=
        seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, SCMP_A2(SCMP_CMP_EQ, 0));
    failed |=
        seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, SCMP_A1(SCMP_CMP_EQ, F_GETFL));
    failed |=
        seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, SCMP_A1(SCMP_CMP_EQ, F_GETFD));
    failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
                               SCMP_A1(SCMP_CMP_EQ, F_DUPFD_CLOEXEC));
    return failed == 0;
}

static bool enter_seccomp(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    int failed = 0;

    if (filter == NULL)
        return false;
    failed |= seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    for (size_t i = 0; i < LOOM_COUNT(allowed); i++)
        failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
    for (size_t i = 0; i < LOOM_COUNT(refused); i++)
        failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO((uint32_t)refused[i].error),
                                   refused[i].call, 0);
    const bool ok = failed == 0 && add_conditional(filter) && seccomp_load(filter) == 0;
    seccomp_release(filter);
    return ok;
}

uint32_t loom_sandbox_enter(uint64_t memory)
{
    uint32_t parts = 0;

    (void)signal(SIGXFSZ, SIG_IGN); /* a file that grows past its limit: EFBIG instead */
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
        parts |= LOOM_SANDBOX_NO_NEW_PRIVS;
    if (enter_landlock())
        parts |= LOOM_SANDBOX_LANDLOCK;
    if (enter_limits(memory))
        parts |= LOOM_SANDBOX_RLIMITS;
    if (enter_seccomp())
        parts |= LOOM_SANDBOX_SECCOMP;
    return parts;
}
