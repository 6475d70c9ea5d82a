/*
 * Paths, and the files that they lead to. Paths are NUL-terminated bytes of any length. All
 * functions may be called from any thread.
 */
#ifndef LOOM_FILES_PATH_H
#define LOOM_FILES_PATH_H

#include <imgloom/task.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

/* The part after the last slash: a pointer into `path`, to its end if it ends in a slash. */
const char *loom_path_base(const char *path);

/*
 * The number of leading bytes, out of the first `size` of `path`, that name the parent of its last
 * component, including the slashes: "a/" for "a/b//". 0: a single component, or the root.
 */
size_t loom_path_above(const char *path, size_t size);

/*
 * open() and stat() for paths that may exceed PATH_MAX. Results are the same: a descriptor
 * (close-on-exec) or 0, and -1 with errno. O_CREAT is not allowed.
 */
int loom_path_open(const char *path, int flags);
int loom_path_stat(const char *path, struct stat *info);

/* Whether symbolic links on the way are followed, or refused below a folder that others can write
 * to. */
typedef enum loom_path_links { LOOM_PATH_FOLLOW = 0, LOOM_PATH_NO_LINKS } loom_path_links;

/*
 * Walks from a folder (AT_FDCWD, or a descriptor, which is taken over; -1 is passed through) along
 * `path`, component by component; with `make` it makes missing ones. `path` may have any length; it
 * is modified. Returns the last folder, opened O_PATH, or -1 with errno: with LOOM_PATH_NO_LINKS,
 * ELOOP for a link and EXDEV for "..".
 */
int loom_path_walk(int folder, char *path, loom_path_links links, bool make);

/*
 * Opens (O_PATH) the folder that is the first `size` bytes of `path`, and makes it and its parents
 * if missing. No bytes: the current folder. Several threads may make the same folders. -1 with
 * errno on failure; also ENOTDIR for a dangling link on the way.
 */
int loom_path_make_folders(const char *path, size_t size);

/*
 * The path, without links, of a folder that may not exist yet: resolved as far as it exists, the
 * rest unchanged, without final slashes. NULL with errno; the caller frees it.
 */
char *loom_path_real(const char *path);

/* Sets the error of a file that stat did not find: in plain words if there is none. */
loom_status loom_path_lost(int errnum, loom_stage stage, loom_error *err);

/* Names the type of a file that is not a regular one: "a FIFO", "a folder" …. Static. */
const char *loom_path_kind(mode_t mode);

loom_file_id loom_path_id(const struct stat *info);
loom_stamp loom_path_stamp(const struct stat *info);
static inline bool loom_path_same(loom_file_id a, loom_file_id b)
{
    return a.inode == b.inode && a.device == b.device;
}

/* Nanoseconds since the epoch; times beyond the range of int64_t become its nearest end. */
int64_t loom_path_time(struct timespec instant);

#endif
