#include "files/input.h"

#include "base/array.h"
#include "base/clock.h"
#include "base/content_hash.h"
#include "base/error.h"
#include "base/read_at.h"
#include "files/path.h"
#include "format/container.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

static loom_status fail(loom_error *err, int errnum, const char *what)
{
    return loom_error_set_errno(err, LOOM_STAGE_OPEN, errnum, "%s", what);
}

static loom_status check_kind(const struct stat *info, loom_error *err)
{
    if (S_ISREG(info->st_mode))
        return LOOM_OK;
    return loom_error_set(err, LOOM_ERR_NOT_A_FILE, LOOM_STAGE_OPEN, "it is %s, not a regular file",
                          loom_path_kind(info->st_mode));
}

/*
 * Files of /proc, /sys and the like look regular, but are interfaces of the kernel: opening one may
 * act, and reading one may block. Only file systems without a device have such files.
 */
static loom_status check_system(const char *path, const struct stat *info, loom_error *err)
{
    static const uint32_t kernel[] = {PROC_SUPER_MAGIC, SYSFS_MAGIC,        DEBUGFS_MAGIC,
                                      TRACEFS_MAGIC,    CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC,
                                      SECURITYFS_MAGIC, SELINUX_MAGIC,      BPF_FS_MAGIC,
                                      PSTOREFS_MAGIC,   EFIVARFS_MAGIC,     BINFMTFS_MAGIC};
    struct statfs system;

    if (major(info->st_dev) != 0 || statfs(path, &system) != 0)
        return LOOM_OK;
    for (size_t i = 0; i < LOOM_COUNT(kernel); i++)
        if ((uint32_t)system.f_type == kernel[i])
            return loom_error_set(err, LOOM_ERR_NOT_A_FILE, LOOM_STAGE_OPEN,
                                  "it is an interface of the kernel, not a regular file");
    return LOOM_OK;
}

/*
 * Checks before opening: opening a FIFO would wake its writer, and opening a device may act on it.
 * The second check catches a file that was swapped in between, and O_NONBLOCK keeps that open from
 * blocking.
 */
static loom_status open_regular(const char *path, int *file, struct stat *info, loom_error *err)
{
    if (loom_path_stat(path, info) != 0)
        return loom_path_lost(errno, LOOM_STAGE_OPEN, err);
    loom_status status = check_kind(info, err);
    if (status == LOOM_OK)
        status = check_system(path, info, err);
    if (status != LOOM_OK)
        return status;
    int opened = loom_path_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (opened < 0)
        return fail(err, errno, "cannot open the file");
    if (fstat(opened, info) != 0)
        status = fail(err, errno, "cannot look at the file");
    else
        status = check_kind(info, err);
    if (status == LOOM_OK)
        *file = opened;
    else
        (void)close(opened);
    return status;
}

static loom_status changed(loom_error *err, const char *how)
{
    return loom_error_set(err, LOOM_ERR_IO, LOOM_STAGE_OPEN, "the file %s while it was read", how);
}

/* A file that another program is writing is not a picture: half of it may be old. */
static loom_status check_unchanged(const loom_input_file *file, loom_error *err)
{
    struct stat after;

    if (fstat(file->descriptor, &after) != 0)
        return fail(err, errno, "cannot look at the file");
    if ((uintmax_t)after.st_size < file->size)
        return changed(err, "was cut short");
    if ((uintmax_t)after.st_size > file->size)
        return changed(err, "grew");
    if (loom_path_time(after.st_mtim) != file->mtime_ns)
        return changed(err, "was changed");
    return LOOM_OK;
}

loom_status loom_input_check(const loom_input_file *file, const char *path, loom_error *err)
{
    struct stat now;

    if (file->bytes != NULL)
        return LOOM_OK;
    loom_status status = check_unchanged(file, err);
    if (status != LOOM_OK || path == NULL ||
        loom_path_stat(path, &now) != 0) /* removed: the bytes that were read are whole */
        return status;
    const loom_file_id id = loom_path_id(&now);
    return id.inode == file->id.inode && id.device == file->id.device
               ? LOOM_OK
               : changed(err, "was replaced by another");
}

static loom_status check_size(uintmax_t size, loom_error *err)
{
    if (size == 0)
        return loom_error_set(err, LOOM_ERR_EMPTY, LOOM_STAGE_OPEN, "the file is empty");
    if (size > SSIZE_MAX - LOOM_INPUT_SLACK)
        return loom_error_set(err, LOOM_ERR_TOO_LARGE, LOOM_STAGE_OPEN,
                              "the file is larger than a memory block can be");
    return LOOM_OK;
}

static loom_status take_file(int descriptor, const struct stat *info, loom_input_file *file,
                             loom_error *err)
{
    const loom_status status = check_size((uintmax_t)info->st_size, err);

    if (status != LOOM_OK && status != LOOM_ERR_EMPTY)
        return status;
    *file = (loom_input_file){.descriptor = status == LOOM_OK ? descriptor : -1,
                              .size = (size_t)info->st_size,
                              .mtime_ns = loom_path_time(info->st_mtim),
                              .atime_ns = loom_path_time(info->st_atim),
                              .ctime_ns = loom_path_time(info->st_ctim),
                              .id = loom_path_id(info),
                              .opened_ns = loom_clock_wall()};
    return status;
}

loom_status loom_input_open(const char *path, loom_input_file *file, loom_error *err)
{
    struct stat info;
    int descriptor = -1;

    loom_status status = open_regular(path, &descriptor, &info, err);
    if (status != LOOM_OK)
        return status;
    status = take_file(descriptor, &info, file, err);
    if (status != LOOM_OK)
        (void)close(descriptor);
    return status;
}

loom_status loom_input_adopt(int descriptor, loom_input_file *file, loom_error *err)
{
    struct stat info;

    if (fstat(descriptor, &info) != 0)
        return fail(err, errno, "cannot look at the file");
    loom_status status = check_kind(&info, err);
    return status == LOOM_OK ? take_file(descriptor, &info, file, err) : status;
}

loom_status loom_input_open_source(const loom_source *source, loom_input_file *file,
                                   loom_error *err)
{
    loom_status status;

    if (source->bytes != NULL) {
        if ((status = check_size(source->size, err)) == LOOM_OK)
            *file = (loom_input_file){.descriptor = -1,
                                      .size = source->size,
                                      .bytes = source->bytes,
                                      .padded = source->padded};
        return status;
    }
    const int own = fcntl(source->descriptor, F_DUPFD_CLOEXEC, 0);
    if (own < 0)
        return fail(err, errno, "cannot open the file");
    if ((status = loom_input_adopt(own, file, err)) != LOOM_OK)
        (void)close(own);
    return status;
}

bool loom_input_peek(const loom_input_file *file, void *start, size_t size, size_t *got)
{
    if (file->bytes == NULL)
        return loom_read_at(file->descriptor, start, size, 0, got);
    *got = size < file->size ? size : file->size;
    memcpy(start, file->bytes, *got);
    return true;
}

/* Makes a nameless file of these bytes, for another process; -1 with *err. */
static int share(const unsigned char *bytes, size_t size, loom_error *err)
{
    const int file = loom_nameless_file("imgloom-input");

    if (file < 0 || !loom_write_at_start(file, bytes, size)) {
        const int failed = errno;
        if (file >= 0)
            (void)close(file);
        (void)loom_error_set_errno(err, LOOM_STAGE_WORKER, failed,
                                   "cannot hand the image over to a worker");
        return -1;
    }
    /* Without seals the other process could change it. A file on disk cannot be sealed. */
    (void)fcntl(file, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
    return file;
}

loom_status loom_input_share(loom_input_file *file, loom_error *err)
{
    loom_error why = LOOM_ERROR_INIT;

    if (file->descriptor < 0)
        file->descriptor = share(file->bytes, file->size, &why);
    return file->descriptor >= 0 ? LOOM_OK : loom_error_copy(err, &why);
}

loom_status loom_input_hand_over(const loom_input *input, loom_input_file *shared, loom_error *err)
{
    loom_error why = LOOM_ERROR_INIT;

    *shared =
        (loom_input_file){.descriptor = share(input->data, input->size, &why), .size = input->size};
    return shared->descriptor >= 0 ? LOOM_OK : loom_error_copy(err, &why);
}

/* ---- reading ------------------------------------------------------------- */

/* Restores borrowed bytes: an end marker may have been appended. */
static void give_back(loom_input *input)
{
    if (input->size > input->borrowed)
        memset(input->data + input->borrowed, 0, input->size - input->borrowed);
}

static loom_status no_memory(const loom_input_file *file, loom_error *err)
{
    return loom_error_set(err, LOOM_ERR_OUT_OF_MEMORY, LOOM_STAGE_OPEN,
                          "out of memory for the %zu bytes of the file", file->size);
}

/* Whether bytes can be used in place: there is slack after them, and nobody writes to them. */
static bool may_borrow(const loom_input_file *file)
{
    const loom_bytes bytes = {file->bytes, file->size};

    return file->padded &&
           loom_format_is_only_read(loom_format_sniff(bytes.data, bytes.size), bytes);
}

/* Bytes in memory: in place, as a start always is, or a copy that may be written to. */
static loom_status read_bytes(const loom_input_file *file, size_t size, loom_input *input,
                              loom_error *err)
{
    if (size < file->size || may_borrow(file)) {
        *input = (loom_input){.data = (unsigned char *)(uintptr_t)file->bytes,
                              .size = size,
                              .borrowed = file->size,
                              .read = size};
        return LOOM_OK;
    }
    unsigned char *data = malloc(size + LOOM_INPUT_SLACK);
    if (data == NULL)
        return no_memory(file, err);
    memcpy(data, file->bytes, size);
    memset(data + size, 0, LOOM_INPUT_SLACK);
    *input = (loom_input){.data = data, .size = size, .read = size};
    return LOOM_OK;
}

/* Reads from the end of the input's bytes up to `size`. */
static loom_status read_more(const loom_input_file *file, size_t size, loom_input *input,
                             loom_error *err)
{
    unsigned char *data = realloc(input->data, size + LOOM_INPUT_SLACK);
    size_t got = 0;

    if (data == NULL)
        return no_memory(file, err);
    input->data = data;
    const size_t from = input->size;
    const bool read = loom_read_at(file->descriptor, data + from, size - from, from, &got);
    const int failed = errno;
    memset(data + (read && got == size - from ? size : from), 0, LOOM_INPUT_SLACK);
    if (!read)
        return fail(err, failed, "cannot read the file");
    loom_status status = size == file->size ? check_unchanged(file, err) : LOOM_OK;
    if (status == LOOM_OK && got < size - from)
        status = changed(err, "ended early");
    if (status != LOOM_OK) {
        memset(data + from, 0, LOOM_INPUT_SLACK);
        return status;
    }
    input->size = input->read = size;
    return LOOM_OK;
}

loom_status loom_input_read_on(const loom_input_file *file, size_t size, loom_input *input,
                               loom_error *err)
{
    const size_t wanted = size < file->size ? size : file->size;

    if (wanted <= input->read)
        return LOOM_OK;
    if (file->bytes != NULL)
        return read_bytes(file, wanted, input, err);
    const loom_status status = read_more(file, wanted, input, err);
    if (status == LOOM_OK) {
        input->mtime_ns = file->mtime_ns;
        input->atime_ns = file->atime_ns;
        input->id = file->id;
    }
    return status;
}

loom_status loom_input_read(const loom_input_file *file, loom_input *input, loom_error *err)
{
    loom_input read = {.data = NULL};
    const loom_status status = loom_input_read_on(file, file->size, &read, err);

    if (status == LOOM_OK)
        *input = read;
    else
        loom_input_release(&read);
    return status;
}

/* ---- changes ------------------------------------------------------------- */

void loom_input_replace(loom_input *input, unsigned char *data, size_t size)
{
    if (input->origin == NULL) {
        input->origin = input->data;
        input->before = input->edits;
        input->edits = (loom_edits){0};
    } else {
        free(input->data);
        loom_edits_release(&input->edits);
    }
    input->data = data;
    input->size = size;
}

/* Puts the bytes that were read back in place, and drops their replacement. */
static void put_back(loom_input *input)
{
    if (input->origin == NULL)
        return;
    free(input->data);
    loom_edits_release(&input->edits);
    input->edits = input->before;
    input->before = (loom_edits){0};
    input->data = input->origin;
    input->size = input->read;
    input->origin = NULL;
}

bool loom_input_restore(loom_input *input)
{
    put_back(input);
    if (!loom_edits_undo(&input->edits))
        return false;
    input->size = input->read;
    memset(input->data + input->size, 0, LOOM_INPUT_SLACK);
    return true;
}

/* ---- telling versions apart ---------------------------------------------- */

loom_stamp loom_input_stamp(const loom_input_file *file)
{
    if (file->opened_ns == 0)
        return (loom_stamp){.size = 0};
    return (loom_stamp){.size = file->size,
                        .mtime_ns = file->mtime_ns,
                        .ctime_ns = file->ctime_ns,
                        .inode = file->id.inode};
}

void loom_input_hash(loom_input_file *file, const loom_input *input)
{
    const unsigned char *bytes = file->bytes;

    if (input != NULL && loom_input_is_whole(file, input) && input->size == input->read &&
        input->origin == NULL && input->edits.old.size == 0 && !input->edits.old.failed)
        bytes = input->data;
    if (file->hashed)
        return;
    if (bytes != NULL) {
        file->hash = loom_hash_content(bytes, file->size);
        file->hashed = true;
    } else if (file->descriptor >= 0) {
        file->hashed = loom_hash_file(file->descriptor, file->size, &file->hash);
    }
}

/* ---- closing ------------------------------------------------------------- */

void loom_input_expect(const char *path)
{
    loom_input_file file;

    if (loom_input_open(path, &file, NULL) != LOOM_OK)
        return;
    (void)posix_fadvise(file.descriptor, 0, 0, POSIX_FADV_WILLNEED);
    loom_input_close(&file);
}

void loom_input_close(loom_input_file *file)
{
    if (file->descriptor >= 0)
        (void)close(file->descriptor);
    file->descriptor = -1;
}

void loom_input_release(loom_input *input)
{
    put_back(input);
    if (input->borrowed > 0)
        give_back(input);
    else
        free(input->data);
    loom_edits_release(&input->edits);
    *input = (loom_input){0};
}
