#include "worker/probes.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* Each answers what the call did: -1 with errno when it was refused. Straight to the kernel. */

static long try_open(const probe_context *c)
{
    (void)c;
    return syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY);
}

static long try_open_own_memory(const probe_context *c)
{
    (void)c;
    return syscall(SYS_openat, AT_FDCWD, "/proc/self/mem", O_RDWR);
}

static long try_open_parents_memory(const probe_context *c)
{
    (void)c;
    return syscall(SYS_openat, AT_FDCWD, "/proc/1/mem", O_RDONLY);
}

static long try_creat(const probe_context *c)
{
    (void)c;
    return syscall(SYS_openat, AT_FDCWD, "made-by-a-worker", O_CREAT | O_WRONLY, 0600);
}

static long try_tmpfile(const probe_context *c)
{
    (void)c;
    return syscall(SYS_openat, AT_FDCWD, "/tmp", O_TMPFILE | O_RDWR, 0600);
}

static long try_unlink(const probe_context *c)
{
    (void)c;
    return syscall(SYS_unlinkat, AT_FDCWD, "victim", 0);
}

static long try_mkdir(const probe_context *c)
{
    (void)c;
    return syscall(SYS_mkdirat, AT_FDCWD, "made-by-a-worker", 0700);
}

static long try_rename(const probe_context *c)
{
    (void)c;
    return syscall(SYS_renameat2, AT_FDCWD, "victim", AT_FDCWD, "made-by-a-worker", 0);
}

static long try_chmod(const probe_context *c)
{
    (void)c;
    return syscall(SYS_fchmodat, AT_FDCWD, "victim", 0777);
}

static long try_chmod_input(const probe_context *c)
{
    return syscall(SYS_fchmod, c->files[0], 0777);
}

static long try_truncate(const probe_context *c)
{
    (void)c;
    return syscall(SYS_truncate, "victim", 0);
}

static long try_write_input(const probe_context *c)
{
    return pwrite(c->files[0], "x", 1, 0);
}

static long try_cut_input(const probe_context *c)
{
    return ftruncate(c->files[0], 0);
}

static long try_reopen_input(const probe_context *c)
{
    return syscall(SYS_openat, c->files[0], "", O_RDWR);
}

static long try_large_output(const probe_context *c)
{
    return ftruncate(c->files[1], (off_t)1 << 40);
}

static long try_socket_inet(const probe_context *c)
{
    (void)c;
    return socket(AF_INET, SOCK_STREAM, 0);
}

static long try_socket_unix(const probe_context *c)
{
    (void)c;
    return socket(AF_UNIX, SOCK_STREAM, 0);
}

static long try_connect(const probe_context *c)
{
    const struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(9)};

    return connect(c->parent, (const struct sockaddr *)&address, sizeof address);
}

static long try_execve(const probe_context *c)
{
    char name[] = "true", *const words[] = {name, NULL}, *const none[] = {NULL};

    (void)c;
    return syscall(SYS_execve, "/bin/true", words, none);
}

static long try_execveat(const probe_context *c)
{
    char name[] = "true", *const words[] = {name, NULL}, *const none[] = {NULL};

    return syscall(SYS_execveat, c->files[1], "", words, none, AT_EMPTY_PATH);
}

static long try_fork(const probe_context *c)
{
    (void)c;
    const long pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (pid == 0)
        _exit(0);
    return pid;
}

static long try_clone3(const probe_context *c)
{
    uint64_t arguments[8] = {0, 0, 0, 0, SIGCHLD};

    (void)c;
    const long pid = syscall(SYS_clone3, arguments, sizeof arguments);
    if (pid == 0)
        _exit(0);
    return pid;
}

static long try_ptrace(const probe_context *c)
{
    (void)c;
    return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
}

static long try_read_parent(const probe_context *c)
{
    char byte;
    struct iovec here = {&byte, 1}, there = {(void *)(uintptr_t)0x10000, 1};

    (void)c;
    return process_vm_readv(getppid(), &here, 1, &there, 1, 0);
}

static long try_kill(const probe_context *c)
{
    (void)c;
    return kill(getppid(), SIGCONT);
}

static long try_tgkill(const probe_context *c)
{
    (void)c;
    return syscall(SYS_tgkill, getppid(), getppid(), SIGCONT);
}

static long try_pidfd(const probe_context *c)
{
    (void)c;
    return syscall(SYS_pidfd_open, getppid(), 0);
}

static long try_mount(const probe_context *c)
{
    (void)c;
    return syscall(SYS_mount, "none", "/tmp", "tmpfs", 0, NULL);
}

static long try_unshare(const probe_context *c)
{
    (void)c;
    return syscall(SYS_unshare, CLONE_NEWUSER);
}

static long try_chroot(const probe_context *c)
{
    (void)c;
    return syscall(SYS_chroot, "/");
}

static long try_io_uring(const probe_context *c)
{
    struct io_uring_params parameters;

    (void)c;
    memset(&parameters, 0, sizeof parameters);
    return syscall(SYS_io_uring_setup, 1, &parameters);
}

static long try_bpf(const probe_context *c)
{
    (void)c;
    return syscall(SYS_bpf, 0, NULL, 0);
}

static long try_userfaultfd(const probe_context *c)
{
    (void)c;
    return syscall(SYS_userfaultfd, 0);
}

static long try_memfd(const probe_context *c)
{
    (void)c;
    return syscall(SYS_memfd_create, "more", 0);
}

static long try_terminal(const probe_context *c)
{
    char key = 'x';

    (void)c;
    return ioctl(0, TIOCSTI, &key);
}

static long try_raise_limit(const probe_context *c)
{
    const struct rlimit limit = {4096, 4096};

    (void)c;
    return syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, &limit, NULL);
}

static long try_outlive(const probe_context *c)
{
    (void)c;
    return prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0);
}

static long try_memory(const probe_context *c)
{
    (void)c;
    void *all = mmap(NULL, (size_t)4 << 30, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return all == MAP_FAILED ? -1 : 0;
}

/* Any descriptor beyond the streams, the socket, and those that came with the job. */
static long try_inherited(const probe_context *c)
{
    for (int fd = c->parent + 1; fd < 1024; fd++) {
        bool own = false;
        for (size_t i = 0; i < c->count; i++)
            own = own || fd == c->files[i];
        if (!own && (fcntl(fd, F_GETFD) != -1 || errno != EBADF))
            return 0;
    }
    errno = EBADF;
    return -1;
}

static const struct {
    const char *name;
    long (*attempt)(const probe_context *);
} probes[] = {
    {"open", try_open},
    {"open-own-memory", try_open_own_memory},
    {"open-others-memory", try_open_parents_memory},
    {"creat", try_creat},
    {"tmpfile", try_tmpfile},
    {"unlink", try_unlink},
    {"mkdir", try_mkdir},
    {"rename", try_rename},
    {"chmod", try_chmod},
    {"chmod-input", try_chmod_input},
    {"truncate", try_truncate},
    {"write-input", try_write_input},
    {"cut-input", try_cut_input},
    {"reopen-input", try_reopen_input},
    {"large-output", try_large_output},
    {"socket-inet", try_socket_inet},
    {"socket-unix", try_socket_unix},
    {"connect", try_connect},
    {"execve", try_execve},
    {"execveat", try_execveat},
    {"fork", try_fork},
    {"clone3", try_clone3},
    {"ptrace", try_ptrace},
    {"read-parent", try_read_parent},
    {"kill", try_kill},
    {"tgkill", try_tgkill},
    {"pidfd", try_pidfd},
    {"mount", try_mount},
    {"unshare", try_unshare},
    {"chroot", try_chroot},
    {"io-uring", try_io_uring},
    {"bpf", try_bpf},
    {"userfaultfd", try_userfaultfd},
    {"memfd", try_memfd},
    {"terminal", try_terminal},
    {"raise-limit", try_raise_limit},
    {"outlive", try_outlive},
    {"memory", try_memory},
    {"inherited", try_inherited},
};

const char *probe_run(const char *name, const probe_context *context)
{
    for (size_t i = 0; i < sizeof probes / sizeof *probes; i++)
        if (strcmp(name, probes[i].name) == 0) {
            errno = 0;
            if (probes[i].attempt(context) != -1)
                return "allowed";
            const char *why = strerrorname_np(errno);
            return why != NULL ? why : "?";
        }
    return "no such probe";
}
