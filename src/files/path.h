/*
 * Paths and what stands behind them. Paths are bytes ended by NUL, of any length. Every function
 * here may be called from any thread.
 */
#ifndef LOOM_FILES_PATH_H
#define LOOM_FILES_PATH_H

#include <imgloom/task.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

/* What follows the last slash: a pointer into `path`, at its end when it ends in a slash. */
const char *loom_path_base(const char *path);

/*
 * Of the first `size` bytes of `path` those that name what its last component lies in, with the
 * slashes behind that: of "a/b//" "a/". 0: it is one component, or the root.
 */
size_t loom_path_above(const char *path, size_t size);

/*
 * open() and stat() of paths that may be longer than PATH_MAX. They answer as those do: a
 * descriptor (close-on-exec) or 0, and -1 with errno. O_CREAT is not allowed.
 */
int loom_path_open(const char *path, int flags);
int loom_path_stat(const char *path, struct stat *info);

/* Whether symbolic links on the way are followed, or refused: below a folder that others write to.
 */
typedef enum loom_path_links { LOOM_PATH_FOLLOW = 0, LOOM_PATH_NO_LINKS } loom_path_links;

/*
 * Goes from a folder (AT_FDCWD, or a descriptor, which is taken over; -1 is passed on) along
 * `path`, component by component, and with `make` makes those that are missing. `path` may be of
 * any length and is cut to pieces. The last folder, opened O_PATH, or -1 with errno: with
 * LOOM_PATH_NO_LINKS ELOOP for a link and EXDEV for "..".
 */
int loom_path_walk(int folder, char *path, loom_path_links links, bool make);

/*
 * Opens (O_PATH) the folder that is the first `size` bytes of `path`, making it and its parents
 * where they are missing. No bytes: the current folder. Many threads may make the same folders.
 * -1 with errno on failure; ENOTDIR also where a dangling link stands in the way.
 */
int loom_path_make_folders(const char *path, size_t size);

/*
 * The path without links of a folder that may be yet to be made: what exists of it, and the rest as
 * it is written, without final slashes. NULL with errno; to be freed.
 */
char *loom_path_real(const char *path);

/* "a FIFO", "a folder" …: what a file is that is not a regular one. Static. */
const char *loom_path_kind(mode_t mode);

loom_file_id loom_path_id(const struct stat *info);
static inline bool loom_path_same(loom_file_id a, loom_file_id b)
{
    return a.inode == b.inode && a.device == b.device;
}

/* Nanoseconds since the epoch; instants beyond the range of int64_t become its nearest end. */
int64_t loom_path_time(struct timespec instant);

#endif
