/*
 * LD_PRELOAD: makes one call of imgloom's own code fail (calls.h). A call counts when its return
 * address lies in the program: what libraries call for themselves is theirs to answer for, and GLib
 * ends the process when it gets no memory. SQLite's count as ours, which must answer for the state.
 */
#include "faults/calls.h"

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

static fault_state *state;
static enum fault_program program;
static struct code {
    uintptr_t start, end;
} program_code, module_code, database_code;

static void note_code(const struct dl_phdr_info *info, struct code *part_of_ours)
{
    for (unsigned i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        if (part->p_type != PT_LOAD || !(part->p_flags & PF_X))
            continue;
        part_of_ours->end = info->dlpi_addr + part->p_vaddr + part->p_memsz;
        part_of_ours->start = info->dlpi_addr + part->p_vaddr;
    }
}

/* The first object is the program; its own module comes later. */
static int find_code(struct dl_phdr_info *info, size_t size, void *found)
{
    const char *base = strrchr(info->dlpi_name, '/');
    size_t *count = found;

    (void)size;
    if ((*count)++ == 0)
        note_code(info, &program_code);
    else if (base != NULL && strcmp(base, "/imgloom-vips.so") == 0)
        note_code(info, &module_code);
    else if (base != NULL && strncmp(base, "/libsqlite3.so", 14) == 0)
        note_code(info, &database_code);
    return 0;
}

static void find_ours(void)
{
    size_t count = 0;

    (void)dl_iterate_phdr(find_code, &count);
}

static bool is_in(const struct code *code, const void *caller)
{
    return (uintptr_t)caller >= code->start && (uintptr_t)caller < code->end;
}

/* SQLite does not look at what pthread_mutex_init says, which cannot fail there with glibc. */
static bool is_ours(enum fault_call call, const void *caller)
{
    return is_in(&program_code, caller) || is_in(&module_code, caller) ||
           (call != CALL_pthread_mutex_init && is_in(&database_code, caller));
}

__attribute__((constructor)) static void start(void)
{
    const char *path = getenv("IMGLOOM_FAULTS");
    extern char *program_invocation_short_name;

    if (path == NULL)
        return;
    if (strcmp(program_invocation_short_name, "imgloom-worker") == 0)
        program = FAULT_WORKER;
    else if (strcmp(program_invocation_short_name, "imgloom") != 0)
        return;
    find_ours();
    int (*real_open)(const char *, int, ...) =
        (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open");
    int (*real_close)(int) = (int (*)(int))dlsym(RTLD_NEXT, "close");
    const int file = real_open(path, O_RDWR | O_CLOEXEC);
    void *mapped = file < 0
                       ? MAP_FAILED
                       : mmap(NULL, sizeof *state, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (mapped == MAP_FAILED)
        abort();
    (void)real_close(file);
    state = mapped;
}

/* 0, or how this call is to fail. */
static int fault(enum fault_call call, const void *caller)
{
    if (state == NULL || !is_ours(call, caller))
        return 0;
    const unsigned long number = atomic_fetch_add(&state->counts[program][call], 1) + 1;
    if (number != state->number || state->call != (int)call || state->program != (int)program)
        return 0;
    atomic_fetch_add(&state->hits, 1);
    return state->errnum;
}

#define WRAP_AS(type, name, parameters, arguments, ON_FAULT)                                       \
    EXPORT type name parameters;                                                                   \
    EXPORT type name parameters                                                                    \
    {                                                                                              \
        static type(*real) parameters;                                                             \
        if (real == NULL)                                                                          \
            *(void **)&real = dlsym(RTLD_NEXT, #name);                                             \
        const int errnum = fault(CALL_##name, __builtin_return_address(0));                        \
        if (errnum != 0) {                                                                         \
            ON_FAULT                                                                               \
        }                                                                                          \
        return real arguments;                                                                     \
    }

/* Those that answer -1, NULL, or an error number. */
#define WRAP(type, failure, name, parameters, arguments)                                           \
    WRAP_AS(type, name, parameters, arguments, errno = errnum; return failure;)
#define WRAP_NUMBER(name, parameters, arguments)                                                   \
    WRAP_AS(int, name, parameters, arguments, return errnum;)

/* Those that may do a part. */
#define WRAP_PART(name, parameters, arguments)                                                     \
    WRAP_AS(                                                                                       \
        ssize_t, name, parameters, arguments, if (errnum != FAULT_SHORT) {                         \
            errno = errnum;                                                                        \
            return -1;                                                                             \
        } size = size > 1 ? size / 2 : size;)

WRAP(int, -1, access, (const char *path, int mode), (path, mode))
WRAP(int, -1, faccessat, (int folder, const char *path, int mode, int flags),
     (folder, path, mode, flags))
WRAP(int, -1, fallocate64, (int file, int mode, off_t from, off_t size), (file, mode, from, size))
WRAP(int, -1, fchmod, (int file, mode_t mode), (file, mode))
WRAP(DIR *, NULL, fdopendir, (int file), (file))
WRAP(int, -1, flock, (int file, int operation), (file, operation))
WRAP(FILE *, NULL, fopen64, (const char *path, const char *mode), (path, mode))
WRAP(int, -1, fstat64, (int file, struct stat64 *info), (file, info))
WRAP(int, -1, fstatat64, (int folder, const char *path, struct stat64 *info, int flags),
     (folder, path, info, flags))
WRAP(int, -1, fstatfs64, (int file, struct statfs64 *info), (file, info))
WRAP(int, -1, fsync, (int file), (file))
WRAP(int, -1, fdatasync, (int file), (file))
WRAP(int, -1, ftruncate64, (int file, off_t size), (file, size))
WRAP(int, -1, futimens, (int file, const struct timespec times[2]), (file, times))
WRAP(char *, NULL, getcwd, (char *path, size_t size), (path, size))
WRAP(ssize_t, -1, getdelim, (char **line, size_t *size, int end, FILE *file),
     (line, size, end, file))
WRAP(ssize_t, -1, getrandom, (void *data, size_t size, unsigned flags), (data, size, flags))
WRAP(int, -1, getrlimit64, (__rlimit_resource_t which, struct rlimit64 *limit), (which, limit))
WRAP(int, -1, linkat, (int from, const char *old, int to, const char *path, int flags),
     (from, old, to, path, flags))
WRAP(int, -1, lstat64, (const char *path, struct stat64 *info), (path, info))
WRAP(int, -1, memfd_create, (const char *name, unsigned flags), (name, flags))
WRAP(int, -1, mkdirat, (int folder, const char *path, mode_t mode), (folder, path, mode))
WRAP(DIR *, NULL, opendir, (const char *path), (path))
WRAP(int, -1, pipe2, (int pair[2], int flags), (pair, flags))
WRAP(int, -1, poll, (struct pollfd * list, nfds_t count, int timeout), (list, count, timeout))
WRAP(struct dirent64 *, NULL, readdir64, (DIR * listing), (listing))
WRAP(char *, NULL, realpath, (const char *path, char *resolved), (path, resolved))
WRAP(ssize_t, -1, recvmsg, (int socket, struct msghdr *message, int flags),
     (socket, message, flags))
WRAP(int, -1, renameat, (int from, const char *old, int to, const char *path),
     (from, old, to, path))
WRAP(int, -1, renameat2, (int from, const char *old, int to, const char *path, unsigned flags),
     (from, old, to, path, flags))
WRAP(int, -1, sched_getaffinity, (pid_t process, size_t size, cpu_set_t *set), (process, size, set))
WRAP(ssize_t, -1, sendmsg, (int socket, const struct msghdr *message, int flags),
     (socket, message, flags))
WRAP(int, -1, setrlimit64, (__rlimit_resource_t which, const struct rlimit64 *limit),
     (which, limit))
WRAP(int, -1, socketpair, (int domain, int type, int protocol, int pair[2]),
     (domain, type, protocol, pair))
WRAP(int, -1, stat64, (const char *path, struct stat64 *info), (path, info))
WRAP(int, -1, statx, (int folder, const char *path, int flags, unsigned mask, struct statx *info),
     (folder, path, flags, mask, info))
WRAP(int, -1, symlinkat, (const char *target, int folder, const char *path), (target, folder, path))
WRAP(int, -1, syncfs, (int file), (file))
WRAP(int, -1, unlinkat, (int folder, const char *path, int flags), (folder, path, flags))
WRAP(int, -1, utimensat, (int folder, const char *path, const struct timespec times[2], int flags),
     (folder, path, times, flags))
WRAP(pid_t, -1, waitpid, (pid_t process, int *status, int flags), (process, status, flags))

WRAP_PART(read, (int file, void *data, size_t size), (file, data, size))
WRAP_PART(pread64, (int file, void *data, size_t size, off_t at), (file, data, size, at))
WRAP_PART(write, (int file, const void *data, size_t size), (file, data, size))
WRAP_PART(pwrite64, (int file, const void *data, size_t size, off_t at), (file, data, size, at))

/* A close that fails has closed. */
WRAP_AS(int, close, (int file), (file), (void)real(file); errno = errnum; return -1;)

WRAP_NUMBER(posix_spawn,
            (pid_t *restrict process, const char *restrict path,
             const posix_spawn_file_actions_t *restrict actions,
             const posix_spawnattr_t *restrict attributes, char *const words[restrict],
             char *const environment[restrict]),
            (process, path, actions, attributes, words, environment))
WRAP_NUMBER(posix_spawnattr_init, (posix_spawnattr_t * attributes), (attributes))
WRAP_NUMBER(posix_spawnattr_setflags, (posix_spawnattr_t * attributes, short flags),
            (attributes, flags))
WRAP_NUMBER(posix_spawn_file_actions_init, (posix_spawn_file_actions_t * actions), (actions))
WRAP_NUMBER(posix_spawn_file_actions_adddup2,
            (posix_spawn_file_actions_t * actions, int from, int to), (actions, from, to))
WRAP_NUMBER(posix_spawn_file_actions_addopen,
            (posix_spawn_file_actions_t *restrict actions, int to, const char *restrict path,
             int flags, mode_t mode),
            (actions, to, path, flags, mode))
WRAP_NUMBER(pthread_create,
            (pthread_t *restrict thread, const pthread_attr_t *restrict attributes,
             void *(*start_routine)(void *), void *restrict argument),
            (thread, attributes, start_routine, argument))
WRAP_NUMBER(pthread_mutex_init, (pthread_mutex_t * mutex, const pthread_mutexattr_t *attributes),
            (mutex, attributes))
WRAP_NUMBER(pthread_cond_init,
            (pthread_cond_t *restrict condition, const pthread_condattr_t *restrict attributes),
            (condition, attributes))

WRAP(void *, NULL, malloc, (size_t size), (size))
WRAP(void *, NULL, calloc, (size_t count, size_t size), (count, size))
WRAP(void *, NULL, realloc, (void *data, size_t size), (data, size))
WRAP(void *, NULL, aligned_alloc, (size_t alignment, size_t size), (alignment, size))
WRAP_NUMBER(posix_memalign, (void **data, size_t alignment, size_t size), (data, alignment, size))
#undef strdup
#undef strndup
WRAP(char *, NULL, strdup, (const char *text), (text))
WRAP(char *, NULL, strndup, (const char *text, size_t size), (text, size))

/* What it opens may be the module. */
EXPORT void *dlopen(const char *path, int flags)
{
    static void *(*real)(const char *, int);
    const int errnum = fault(CALL_dlopen, __builtin_return_address(0));

    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "dlopen");
    if (errnum != 0)
        return NULL;
    void *opened = real(path, flags);
    if (state != NULL)
        find_ours();
    return opened;
}

/* ---- with arguments that may be there or not ----------------------------- */

#define LAST_ARGUMENT(type, before, value)                                                         \
    va_list more;                                                                                  \
    va_start(more, before);                                                                        \
    const type value = va_arg(more, type);                                                         \
    va_end(more)

EXPORT int open64(const char *path, int flags, ...)
{
    static int (*real)(const char *, int, ...);
    LAST_ARGUMENT(mode_t, flags, mode);
    const int errnum = fault(CALL_open64, __builtin_return_address(0));

    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "open64");
    if (errnum == 0)
        return real(path, flags, mode);
    errno = errnum;
    return -1;
}

EXPORT int openat64(int folder, const char *path, int flags, ...)
{
    static int (*real)(int, const char *, int, ...);
    LAST_ARGUMENT(mode_t, flags, mode);
    const int errnum = fault(CALL_openat64, __builtin_return_address(0));

    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "openat64");
    if (errnum == 0)
        return real(folder, path, flags, mode);
    errno = errnum;
    return -1;
}

EXPORT int fcntl64(int file, int command, ...)
{
    static int (*real)(int, int, ...);
    LAST_ARGUMENT(long, command, value);
    const int errnum = fault(CALL_fcntl64, __builtin_return_address(0));

    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "fcntl64");
    if (errnum == 0)
        return real(file, command, value);
    errno = errnum;
    return -1;
}

EXPORT long syscall(long number, ...)
{
    static long (*real)(long, ...);
    long a[6];
    va_list more;
    va_start(more, number);
    for (int i = 0; i < 6; i++)
        a[i] = va_arg(more, long);
    va_end(more);
    const int errnum = fault(CALL_syscall, __builtin_return_address(0));

    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "syscall");
    if (errnum == 0)
        return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
    errno = errnum;
    return -1;
}
