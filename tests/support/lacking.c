/*
 * lacking NAME[=ERRNO]... -- COMMAND [ARG...]: runs a command on a system that lacks something.
 * NAME is a system call, which then fails with that error (ENOSYS), or one of
 *   processes  no new process can be started, threads can (EAGAIN)
 *   threads    no thread can be started, processes can (EAGAIN)
 *   siblings   no process can be started that is a child of the caller's parent (EPERM)
 *   processes-beyond=N  no more than N processes of this user, which becomes a nameless one
 * What is lacking is lacking to the command's children, too.
 */
#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { NOT_RUN = 127, FIRST_USER = 1000000 };

static const struct {
    const char *name;
    int number;
} errors[] = {{"ENOSYS", ENOSYS}, {"EPERM", EPERM},           {"EAGAIN", EAGAIN},
              {"EMFILE", EMFILE}, {"EOPNOTSUPP", EOPNOTSUPP}, {"EINVAL", EINVAL}};

static int error_of(const char *word)
{
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (strcmp(word, errors[i].name) == 0)
            return errors[i].number;
    (void)fprintf(stderr, "lacking: no such error: %s\n", word);
    exit(NOT_RUN);
}

/*
 * Those that are made with CLONE_THREAD, or those without. clone3 keeps its flags in memory, where
 * a filter cannot look: glibc then falls back to clone.
 */
static int lack_clones(scmp_filter_ctx filter, unsigned long threads)
{
    if (seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) != 0)
        return -1;
    return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EAGAIN), SCMP_SYS(clone), 1,
                            SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, threads));
}

static int lack_processes(scmp_filter_ctx filter)
{
    return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EAGAIN), SCMP_SYS(vfork), 0) == 0
               ? lack_clones(filter, 0)
               : -1;
}

static int lack_siblings(scmp_filter_ctx filter)
{
    return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
                            SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_PARENT, CLONE_PARENT));
}

/* The limit counts threads, too, but does not hold for root. */
static int limit_processes(const char *most)
{
    const rlim_t value = strtoul(most, NULL, 10);
    const struct rlimit limit = {value, value};
    const uid_t user = FIRST_USER + (uid_t)getpid();

    return setrlimit(RLIMIT_NPROC, &limit) == 0 && setresgid(user, user, user) == 0 &&
                   setresuid(user, user, user) == 0
               ? 0
               : -1;
}

static int lack(scmp_filter_ctx filter, char *word)
{
    char *value = strchr(word, '=');

    if (value != NULL)
        *value++ = '\0';
    if (strcmp(word, "processes") == 0)
        return lack_processes(filter);
    if (strcmp(word, "threads") == 0)
        return lack_clones(filter, CLONE_THREAD);
    if (strcmp(word, "siblings") == 0)
        return lack_siblings(filter);
    if (strcmp(word, "processes-beyond") == 0)
        return limit_processes(value != NULL ? value : "0");
    const int call = seccomp_syscall_resolve_name(word);
    const int failure = value != NULL ? error_of(value) : ENOSYS;
    if (call == __NR_SCMP_ERROR)
        return -1;
    return seccomp_rule_add(filter, SCMP_ACT_ERRNO((unsigned)failure), call, 0);
}

int main(int argc, char **argv)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    int i = 1;

    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    for (; filter != NULL && i < argc && strcmp(argv[i], "--") != 0; i++)
        if (lack(filter, argv[i]) != 0) {
            (void)fprintf(stderr, "lacking: cannot take away %s\n", argv[i]);
            return NOT_RUN;
        }
    if (filter == NULL || i + 1 >= argc || seccomp_load(filter) != 0) {
        (void)fprintf(stderr, "lacking: no command, or no seccomp here\n");
        return NOT_RUN;
    }
    seccomp_release(filter);
    (void)execvp(argv[i + 1], argv + i + 1);
    perror(argv[i + 1]);
    return NOT_RUN;
}
