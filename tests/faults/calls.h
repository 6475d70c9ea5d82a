/*
 * The calls that the shim (shim.c) can make fail, and how each may: what the driver and the shim
 * share. Both programs of imgloom are counted apart.
 */
#ifndef TESTS_FAULTS_CALLS_H
#define TESTS_FAULTS_CALLS_H

#include <errno.h>
#include <stdatomic.h>

/* Instead of an errno: only a part of what was asked for is read or written. */
#define FAULT_SHORT (-1)

/* X(name, errno…): up to six, the likeliest first. */
#define FAULT_CALLS(X)                                                                             \
    X(access, EACCES, EIO)                                                                         \
    X(close, EIO, EINTR)                                                                           \
    X(dlopen, ENOENT)                                                                              \
    X(faccessat, EACCES, EIO, EPERM)                                                               \
    X(fallocate64, ENOSPC, EIO, EOPNOTSUPP, EINTR)                                                 \
    X(fchmod, EPERM, EIO)                                                                          \
    X(fcntl64, EMFILE, EINVAL)                                                                     \
    X(fdopendir, ENOMEM, EMFILE)                                                                   \
    X(flock, EWOULDBLOCK, ENOLCK, EINTR)                                                           \
    X(fopen64, EACCES, EMFILE)                                                                     \
    X(fstat64, EIO, EOVERFLOW)                                                                     \
    X(fstatat64, EIO, EACCES, ENOENT)                                                              \
    X(fstatfs64, EIO, ENOSYS)                                                                      \
    X(fsync, EIO, ENOSPC, EINVAL)                                                                  \
    X(fdatasync, EIO, ENOSPC)                                                                      \
    X(ftruncate64, ENOSPC, EIO)                                                                    \
    X(futimens, EPERM, EIO)                                                                        \
    X(getcwd, ENOENT, EACCES)                                                                      \
    X(getdelim, ENOMEM, EIO)                                                                       \
    X(getrandom, ENOSYS)                                                                           \
    X(getrlimit64, EPERM)                                                                          \
    X(linkat, EIO, ENOSPC, EMLINK, EEXIST)                                                         \
    X(lstat64, EIO, EACCES, ENOENT)                                                                \
    X(memfd_create, EMFILE, ENOSYS, ENOMEM)                                                        \
    X(mkdirat, ENOSPC, EACCES, EROFS, EEXIST)                                                      \
    X(open64, EIO, EACCES, EMFILE, ENOENT, EINTR)                                                  \
    X(openat64, EIO, EACCES, EMFILE, ENOSPC, EINTR)                                                \
    X(opendir, EACCES, EMFILE)                                                                     \
    X(pipe2, EMFILE)                                                                               \
    X(poll, ENOMEM, EINTR)                                                                         \
    X(pread64, EIO, EINTR, FAULT_SHORT)                                                            \
    X(pwrite64, EIO, ENOSPC, EINTR, FAULT_SHORT)                                                   \
    X(read, EIO, EINTR, FAULT_SHORT)                                                               \
    X(readdir64, EIO)                                                                              \
    X(realpath, ENOENT, ENOMEM)                                                                    \
    X(recvmsg, EIO, ECONNRESET, EINTR)                                                             \
    X(renameat, EIO, ENOSPC, EACCES)                                                               \
    X(renameat2, EIO, ENOSPC, ENOSYS, EINVAL)                                                      \
    X(sched_getaffinity, EINVAL)                                                                   \
    X(sendmsg, EPIPE, ENOBUFS, EINTR)                                                              \
    X(setrlimit64, EPERM)                                                                          \
    X(socketpair, EMFILE, ENFILE)                                                                  \
    X(stat64, EIO, EACCES, ENOENT)                                                                 \
    X(statx, EIO, ENOSYS)                                                                          \
    X(symlinkat, EIO, EPERM)                                                                       \
    X(syncfs, EIO, ENOSPC)                                                                         \
    X(syscall, ENOSYS, EIO, EACCES, EMFILE, EINTR)                                                 \
    X(unlinkat, EIO, EACCES)                                                                       \
    X(utimensat, EPERM, EIO)                                                                       \
    X(waitpid, EINTR, ECHILD)                                                                      \
    X(write, EIO, ENOSPC, EINTR, FAULT_SHORT)                                                      \
    X(posix_spawn, ENOMEM, EAGAIN)                                                                 \
    X(posix_spawnattr_init, ENOMEM)                                                                \
    X(posix_spawnattr_setflags, EINVAL)                                                            \
    X(posix_spawn_file_actions_init, ENOMEM)                                                       \
    X(posix_spawn_file_actions_adddup2, ENOMEM)                                                    \
    X(posix_spawn_file_actions_addopen, ENOMEM)                                                    \
    X(pthread_create, EAGAIN)                                                                      \
    X(pthread_mutex_init, ENOMEM)                                                                  \
    X(pthread_cond_init, ENOMEM)                                                                   \
    X(malloc, ENOMEM)                                                                              \
    X(calloc, ENOMEM)                                                                              \
    X(realloc, ENOMEM)                                                                             \
    X(aligned_alloc, ENOMEM)                                                                       \
    X(posix_memalign, ENOMEM)                                                                      \
    X(strdup, ENOMEM)                                                                              \
    X(strndup, ENOMEM)

#define FAULT_ENUM(name, ...) CALL_##name,
enum fault_call { FAULT_CALLS(FAULT_ENUM) FAULT_CALL_COUNT };

enum fault_program { FAULT_MAIN, FAULT_WORKER, FAULT_PROGRAM_COUNT };

/* The file named by IMGLOOM_FAULTS, mapped by the driver and by every process under the shim. */
typedef struct fault_state {
    atomic_ulong counts[FAULT_PROGRAM_COUNT][FAULT_CALL_COUNT]; /* calls so far */
    int program, call, errnum;                                  /* what is to fail */
    unsigned long number; /* the how manyth call, from 1; 0: none */
    atomic_ulong hits;    /* it did */
} fault_state;

#endif
