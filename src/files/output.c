#include "files/output.h"

#include "base/clock.h"
#include "base/content_hash.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "files/path.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * The life of a temporary file, and who may remove it.
 *
 * Its maker holds an exclusive flock on it until it is renamed or removed; the kernel drops the
 * lock when the maker dies. So a process that gets the lock knows that the maker is dead. A sweep
 * may come between the creation and the lock: then the lock fails, or the locked file no longer has
 * a name (st_nlink 0), and the maker makes another one.
 */
#define TEMPORARY_START ".imgloom-"
#define TEMPORARY_END   ".tmp"

enum { TEMPORARY_DIGITS = 16, TEMPORARY_SIZE = 64, MAX_ATTEMPTS = 100 };

static loom_status fail(loom_error *err, int errnum, const char *what)
{
    return loom_output_tree_fail(err, LOOM_STAGE_WRITE, errnum, what);
}

static bool is_temporary_name(const char *name)
{
    size_t start = strlen(TEMPORARY_START);

    return strncmp(name, TEMPORARY_START, start) == 0 &&
           strspn(name + start, "0123456789abcdef") == TEMPORARY_DIGITS &&
           strcmp(name + start + TEMPORARY_DIGITS, TEMPORARY_END) == 0;
}

static int lock(int file)
{
    int result;

    do
        result = flock(file, LOCK_EX | LOCK_NB);
    while (result != 0 && errno == EINTR);
    return result;
}

/* For calls that create a name: also covers names that the file system does not allow (FAT: colons,
 * invalid UTF-8 …). */
static loom_status fail_name(loom_error *err, int errnum, const char *what)
{
    if (errnum != EINVAL && errnum != EILSEQ)
        return fail(err, errnum, what);
    return loom_error_set(err, LOOM_ERR_UNSAFE_PATH, LOOM_STAGE_WRITE,
                          "%s: the file system does not allow this name (%s)", what,
                          errnum == EINVAL ? "EINVAL" : "EILSEQ");
}

/* Whether this process now holds the file's lock, and the file still has its name. */
static bool own(int file)
{
    struct stat info;

    if (lock(file) != 0)
        return errno != EWOULDBLOCK; /* no locks here, so no process can sweep it */
    return fstat(file, &info) == 0 && info.st_nlink > 0;
}

static void name_temporary(char name[TEMPORARY_SIZE], uint64_t digits)
{
    (void)snprintf(name, TEMPORARY_SIZE, TEMPORARY_START "%016" PRIx64 TEMPORARY_END, digits);
}

static loom_status make_temporary(loom_output *output, loom_error *err)
{
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        uint64_t random;
        if (!output->named) {
            if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
                return fail(err, errno, "no random number for a temporary name");
            name_temporary(output->temporary, random);
        }
        int file = openat(output->folder, output->temporary,
                          O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (file < 0 && errno != EEXIST && errno != EINTR)
            return loom_output_fail_in(output->folder, errno, err);
        if (file < 0 && errno == EEXIST && output->named) /* the name is ours alone */
            (void)unlinkat(output->folder, output->temporary, 0);
        if (file < 0)
            continue;
        if (own(file)) {
            output->file = file;
            return LOOM_OK;
        }
        (void)unlinkat(output->folder, output->temporary, 0);
        (void)close(file);
    }
    return loom_error_set(err, LOOM_ERR_IO, LOOM_STAGE_WRITE,
                          "cannot make a temporary file in the output folder");
}

/* Opens the folder of an output, without a temporary file. */
static loom_status open_folder(loom_output *output, const loom_output_tree *tree, const char *path,
                               loom_error *err)
{
    *output = (loom_output)LOOM_OUTPUT_INIT;
    output->name = loom_path_base(path);
    if (*output->name == '\0' || strcmp(output->name, ".") == 0 || strcmp(output->name, "..") == 0)
        return loom_error_set(err, LOOM_ERR_UNSAFE_PATH, LOOM_STAGE_WRITE,
                              "the output path does not end in a file name");
    output->folder = loom_output_tree_open(tree, path, (size_t)(output->name - path), true);
    return output->folder >= 0 ? LOOM_OK : fail_name(err, errno, "cannot make the output folder");
}

loom_status loom_output_open(loom_output *output, const loom_output_tree *tree, const char *path,
                             loom_error *err)
{
    loom_status status = open_folder(output, tree, path, err);

    if (status == LOOM_OK)
        status = make_temporary(output, err);
    if (status != LOOM_OK)
        loom_output_abort(output);
    return status;
}

loom_status loom_output_write(loom_output *output, const void *data, size_t size, loom_error *err)
{
    const unsigned char *rest = data;

    while (size > 0) {
        ssize_t n = write(output->file, rest, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) /* 0 is unexpected for a regular file; avoid an endless loop */
            return fail(err, n < 0 ? errno : ENOSPC, "cannot write the output");
        rest += n;
        size -= (size_t)n;
    }
    return LOOM_OK;
}

static struct timespec instant(int64_t ns)
{
    int64_t seconds = ns / LOOM_NS_PER_SECOND, rest = ns % LOOM_NS_PER_SECOND;

    if (rest < 0) {
        seconds--;
        rest += LOOM_NS_PER_SECOND;
    }
    return (struct timespec){.tv_sec = (time_t)seconds, .tv_nsec = (long)rest};
}

loom_status loom_output_set_times(loom_output *output, int64_t atime_ns, int64_t mtime_ns,
                                  loom_error *err)
{
    const struct timespec times[2] = {instant(atime_ns), instant(mtime_ns)};

    if (futimens(output->file, times) != 0)
        return fail(err, errno, "cannot set the output's times");
    return LOOM_OK;
}

/* Network file systems report a failed write when a descriptor is closed, not before. */
static int flush(int file)
{
    int copy = fcntl(file, F_DUPFD_CLOEXEC, 0);

    return copy < 0 || (close(copy) != 0 && errno != EINTR) ? -1 : 0;
}

/* 0, or -1 with errno. */
static int rename_to_name(loom_output *output, bool replace)
{
    int folder = output->folder;
    int result = replace
                     ? renameat(folder, output->temporary, folder, output->name)
                     : renameat2(folder, output->temporary, folder, output->name, RENAME_NOREPLACE);

    if (result == 0)
        output->temporary[0] = '\0';
    return result;
}

/*
 * For file systems that cannot rename without replacing: a link never replaces. Without links too
 * (FAT and others behind FUSE), it can only check just before. Results as publish.
 */
static int publish_anew(loom_output *output)
{
    int folder = output->folder;
    struct stat info;

    if (linkat(folder, output->temporary, folder, output->name, 0) == 0)
        return 0;
    if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS && errno != EINVAL)
        return -1;
    if (fstatat(folder, output->name, &info, AT_SYMLINK_NOFOLLOW) == 0)
        errno = EEXIST;
    else if (errno == ENOENT || errno == EINVAL || errno == EILSEQ)
        return rename_to_name(output, true);
    return -1;
}

/*
 * Returns 0, or -1 with errno. If a link gave the file its name, the temporary's name is left to
 * loom_output_abort: the output exists then, even if that name remains for a later sweep.
 */
static int publish(loom_output *output, bool replace)
{
    int folder = output->folder;
    struct stat info;

    int result = rename_to_name(output, replace);
    if (result != 0 && !replace && (errno == EINVAL || errno == ENOSYS))
        result = publish_anew(output);
    if (result == 0 || replace)
        return result;
    if (errno == EEXIST && fstatat(folder, output->name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISDIR(info.st_mode))
        errno = EISDIR;
    return -1;
}

/*
 * Whether the name leads to the temporary file: a network file system repeats a call whose answer
 * was lost, and the answer to the second is that there is no such file, or that the name is taken.
 */
static bool is_published(const loom_output *output)
{
    struct stat own, named;

    return fstat(output->file, &own) == 0 &&
           fstatat(output->folder, output->name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           loom_path_same(loom_path_id(&own), loom_path_id(&named));
}

/* *vanished: somebody else has removed the temporary file, or its folder. */
static loom_status give_name(loom_output *output, bool replace, bool *vanished, loom_error *err)
{
    *vanished = false;
    if (flush(output->file) != 0)
        return fail(err, errno, "cannot write the output");
    if (publish(output, replace) == 0)
        return LOOM_OK;
    const int errnum = errno;
    if ((errnum == ENOENT || errnum == EEXIST) && is_published(output))
        return LOOM_OK;
    *vanished = errnum == ENOENT;
    if (errnum == EEXIST)
        return loom_error_set(err, LOOM_ERR_EXISTS, LOOM_STAGE_WRITE, "the output exists");
    if (errnum == EISDIR)
        return loom_error_set(err, LOOM_ERR_NOT_A_FILE, LOOM_STAGE_WRITE,
                              "the output path is a folder");
    return fail_name(err, errnum, "cannot give the output its name");
}

loom_status loom_output_commit(loom_output *output, bool replace, loom_error *err)
{
    bool vanished;
    const loom_status status = give_name(output, replace, &vanished, err);

    loom_output_abort(output);
    return status;
}

/* ---- temporary files that others know ------------------------------------- */

/* False: out of memory. */
static bool tell_name(char name[TEMPORARY_SIZE], const char *plan, const char *attempt,
                      uint64_t item)
{
    loom_strbuf text = LOOM_STRBUF_INIT;

    loom_strbuf_add_format(&text, "%s/%s/%" PRIu64, plan, attempt, item);
    if (!text.failed)
        name_temporary(name, loom_hash_word(text.data, text.size));
    const bool told = !text.failed;
    loom_strbuf_release(&text);
    return told;
}

/* Names the output's temporary file, and removes those of its item that others have left. */
static loom_status settle_temporaries(loom_output *output, const loom_temporaries *known,
                                      uint64_t item, loom_error *err)
{
    char other[TEMPORARY_SIZE];

    for (size_t i = 0; i < known->earlier_count; i++)
        if (tell_name(other, known->plan, known->earlier[i], item))
            (void)unlinkat(output->folder, other, 0);
    output->named = tell_name(output->temporary, known->plan, known->attempt, item);
    return output->named ? LOOM_OK : loom_no_memory(err, LOOM_STAGE_WRITE, "for its name");
}

/* As loom_output_open, for an output whose temporary file may have a name that others know. */
static loom_status open_store(loom_output *output, const loom_output_tree *tree, const char *path,
                              uint64_t item, loom_error *err)
{
    loom_status status = open_folder(output, tree, path, err);

    if (status == LOOM_OK && tree != NULL && tree->temporaries != NULL)
        status = settle_temporaries(output, tree->temporaries, item, err);
    if (status == LOOM_OK)
        status = make_temporary(output, err);
    if (status != LOOM_OK)
        loom_output_abort(output);
    return status;
}

static loom_status fill(loom_output *output, const loom_output_content *content, loom_error *err)
{
    const loom_status status = loom_output_write(output, content->data, content->size, err);

    return status == LOOM_OK && content->timed
               ? loom_output_set_times(output, content->atime_ns, content->mtime_ns, err)
               : status;
}

/* After the rename, because network file systems set times late. */
static loom_stamp stamp_of(int file)
{
    struct stat info;

    return fstat(file, &info) == 0 ? loom_path_stamp(&info) : (loom_stamp){.size = 0};
}

loom_status loom_output_store(const loom_output_tree *tree, const char *path,
                              const loom_output_content *content, bool replace, loom_stamp *stamp,
                              loom_error *err)
{
    loom_output output;
    bool vanished = true;
    loom_status status = open_store(&output, tree, path, content->item, err);

    for (int left = LOOM_OUTPUT_TRIES; status == LOOM_OK && vanished; left--) {
        loom_error failure = LOOM_ERROR_INIT;
        vanished = false;
        status = fill(&output, content, &failure);
        if (status == LOOM_OK)
            status = give_name(&output, replace, &vanished, &failure);
        if (status == LOOM_OK) {
            *stamp = stamp_of(output.file);
        } else if (vanished && left > 1) {
            (void)close(output.file);
            output.file = -1;
            status = make_temporary(&output, err); /* fails if it was the folder that vanished */
        } else {
            (void)loom_error_copy(err, &failure);
        }
    }
    loom_output_abort(&output);
    return status;
}

bool loom_output_has_content(int folder, const char *name, uint64_t size,
                             const loom_content_hash *hash)
{
    const int file =
        openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    loom_content_hash found;
    struct stat info;

    if (file < 0)
        return false;
    const bool same = fstat(file, &info) == 0 && S_ISREG(info.st_mode) &&
                      (uint64_t)info.st_size == size &&
                      loom_hash_file(file, (size_t)size, &found) && loom_hash_same(&found, hash);
    (void)close(file);
    return same;
}

bool loom_output_is(const loom_output_tree *tree, const char *path, uint64_t size,
                    const loom_content_hash *hash)
{
    const char *name = loom_path_base(path);
    const int folder = loom_output_tree_open(tree, path, (size_t)(name - path), false);

    if (folder < 0)
        return false;
    const bool is = loom_output_has_content(folder, name, size, hash);
    (void)close(folder);
    return is;
}

void loom_output_abort(loom_output *output)
{
    if (output->file >= 0) {
        if (output->temporary[0] != '\0') /* while the lock is held */
            (void)unlinkat(output->folder, output->temporary, 0);
        (void)close(output->file);
    }
    if (output->folder >= 0)
        (void)close(output->folder);
    *output = (loom_output)LOOM_OUTPUT_INIT;
}

/* Whether the temporary's maker was dead and it has been removed. */
static bool sweep_one(int folder, const char *name)
{
    const int flags = O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    struct stat info;
    bool removed = false;

    if (fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(info.st_mode))
        return false;
    int file = openat(folder, name, O_RDWR | flags); /* NFS locks require write access */
    if (file < 0 && errno == EACCES)
        file = openat(folder, name, O_RDONLY | flags);
    if (file < 0)
        return false;
    if (fstat(file, &info) == 0 && S_ISREG(info.st_mode) && lock(file) == 0)
        removed = unlinkat(folder, name, 0) == 0;
    (void)close(file);
    return removed;
}

size_t loom_output_sweep(int folder)
{
    int readable = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *listing = readable >= 0 ? fdopendir(readable) : NULL;
    size_t removed = 0;

    if (listing == NULL) {
        if (readable >= 0)
            (void)close(readable);
        return 0;
    }
    for (const struct dirent *entry; (entry = readdir(listing)) != NULL;)
        if (is_temporary_name(entry->d_name) && sweep_one(dirfd(listing), entry->d_name))
            removed++;
    (void)closedir(listing);
    return removed;
}
