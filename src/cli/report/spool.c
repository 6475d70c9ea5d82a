#include "cli/report/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    WRITE_SIZE = 256 * 1024,
    READ_SIZE_MIN = 4 * 1024,
    READ_SIZE_MAX = 64 * 1024,
    READ_SIZE_ALL = 16 * 1024 * 1024 /* of all parts together, while READ_SIZE_MIN allows it */
};

/* What stands before each record in the file. */
typedef struct record_head {
    uint64_t number;
    uint32_t size;
} record_head;

/* A part, and what is read of it. */
typedef struct part {
    uint64_t at, end; /* in the file: what was not read yet */
    char *buffer;     /* owned */
    size_t capacity, begin, limit;
    record_head head; /* of the record that begins the buffer */
} part;

struct report_spool {
    int file;
    uint64_t size; /* of the file, with `written` */
    GString *unsaved;
    GArray *parts; /* of part */
};

/* ---- the file ------------------------------------------------------------ */

static int open_nameless(const char *folder)
{
    int file = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

    if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT))
        return file;
    /* A file system that makes no files without names. */
    char *path = g_build_filename(folder, ".imgloom-spool.XXXXXX", NULL);
    file = g_mkstemp_full(path, O_RDWR | O_CLOEXEC, 0600);
    if (file >= 0)
        (void)unlink(path);
    g_free(path);
    return file;
}

loom_status report_spool_open(report_spool **spool, const char *folder, loom_error *err)
{
    int file = folder != NULL ? open_nameless(folder) : -1;

    if (file < 0)
        file = open_nameless(g_get_tmp_dir());
    if (file < 0)
        return loom_error_set_errno(err, LOOM_STAGE_NONE, errno,
                                    "cannot make a temporary file in %s", g_get_tmp_dir());
    *spool = g_new0(report_spool, 1);
    (*spool)->file = file;
    (*spool)->unsaved = g_string_sized_new(WRITE_SIZE);
    (*spool)->parts = g_array_new(FALSE, TRUE, sizeof(part));
    return LOOM_OK;
}

void report_spool_free(report_spool *spool)
{
    if (spool == NULL)
        return;
    for (guint i = 0; i < spool->parts->len; i++)
        g_free(g_array_index(spool->parts, part, i).buffer);
    g_array_free(spool->parts, TRUE);
    g_string_free(spool->unsaved, TRUE);
    (void)close(spool->file);
    g_free(spool);
}

/* ---- writing ------------------------------------------------------------- */

static loom_status save(report_spool *spool, loom_error *err)
{
    const char *data = spool->unsaved->str;
    size_t left = spool->unsaved->len;

    while (left > 0) {
        const ssize_t n = write(spool->file, data, left);
        if (n < 0 && errno != EINTR)
            return loom_error_set_errno(err, LOOM_STAGE_NONE, errno,
                                        "cannot write to a temporary file");
        data += MAX(n, 0);
        left -= (size_t)MAX(n, 0);
    }
    g_string_truncate(spool->unsaved, 0);
    return LOOM_OK;
}

void report_spool_begin_part(report_spool *spool)
{
    const part next = {.at = spool->size, .end = spool->size};

    g_array_append_val(spool->parts, next);
}

loom_status report_spool_add(report_spool *spool, uint64_t number, const char *data, size_t size,
                             loom_error *err)
{
    record_head head;

    memset(&head, 0, sizeof head); /* its padding is written, too */
    head.number = number;
    head.size = (uint32_t)size;
    g_string_append_len(spool->unsaved, (const char *)&head, sizeof head);
    g_string_append_len(spool->unsaved, data, (gssize)size);
    spool->size += sizeof head + size;
    g_array_index(spool->parts, part, spool->parts->len - 1).end = spool->size;
    return spool->unsaved->len >= WRITE_SIZE ? save(spool, err) : LOOM_OK;
}

/* ---- reading ------------------------------------------------------------- */

/* Makes the buffer hold `size` bytes of the part. */
static loom_status fill(const report_spool *spool, part *from, size_t size, loom_error *err)
{
    if (from->limit - from->begin >= size)
        return LOOM_OK;
    memmove(from->buffer, from->buffer + from->begin, from->limit - from->begin);
    from->limit -= from->begin;
    from->begin = 0;
    if (from->capacity < size) {
        from->capacity = size;
        from->buffer = g_realloc(from->buffer, from->capacity + 1);
    }
    while (from->limit < size) {
        const size_t most = MIN(from->capacity - from->limit, from->end - from->at);
        const ssize_t n = pread(spool->file, from->buffer + from->limit, most, (off_t)from->at);
        if (n == 0 || (n < 0 && errno != EINTR))
            return loom_error_set_errno(err, LOOM_STAGE_NONE, n == 0 ? EIO : errno,
                                        "cannot read a temporary file");
        from->limit += (size_t)MAX(n, 0);
        from->at += (uint64_t)MAX(n, 0);
    }
    return LOOM_OK;
}

static bool is_through(const part *from)
{
    return from->at == from->end && from->begin == from->limit;
}

/* Reads the head of the next record; there must be one. */
static loom_status read_head(const report_spool *spool, part *from, loom_error *err)
{
    if (fill(spool, from, sizeof from->head, err) != LOOM_OK)
        return err->code;
    memcpy(&from->head, from->buffer + from->begin, sizeof from->head);
    return LOOM_OK;
}

/* ---- the smallest number of all parts: a heap ----------------------------- */

static bool is_before(const report_spool *spool, const guint *heap, size_t a, size_t b)
{
    return g_array_index(spool->parts, part, heap[a]).head.number <
           g_array_index(spool->parts, part, heap[b]).head.number;
}

static void sink(const report_spool *spool, guint *heap, size_t count, size_t at)
{
    for (;;) {
        size_t least = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < count; child++)
            if (is_before(spool, heap, child, least))
                least = child;
        if (least == at)
            return;
        const guint other = heap[at];
        heap[at] = heap[least];
        heap[least] = other;
        at = least;
    }
}

/* Hands out the record that begins a part, and reads the head of the next. */
static loom_status hand_out(const report_spool *spool, part *from, report_spool_take *take,
                            void *user, loom_error *err)
{
    const size_t size = from->head.size, whole = sizeof from->head + size;

    if (fill(spool, from, whole, err) != LOOM_OK)
        return err->code;
    char *data = from->buffer + from->begin + sizeof from->head, *end = data + size;
    const char next = *end;
    *end = '\0';
    const loom_status status = take(user, data, size, err);
    *end = next;
    from->begin += whole;
    return status != LOOM_OK || is_through(from) ? status : read_head(spool, from, err);
}

static loom_status each(report_spool *spool, guint *heap, report_spool_take *take, void *user,
                        loom_error *err)
{
    const size_t share = READ_SIZE_ALL / MAX(spool->parts->len, 1);
    size_t count = 0;

    for (guint i = 0; i < spool->parts->len; i++) {
        part *from = &g_array_index(spool->parts, part, i);
        if (is_through(from))
            continue;
        from->capacity = CLAMP(share, READ_SIZE_MIN, READ_SIZE_MAX);
        from->buffer = g_malloc(from->capacity + 1); /* a NUL may follow what it holds */
        if (read_head(spool, from, err) != LOOM_OK)
            return err->code;
        heap[count++] = i;
    }
    for (size_t i = count / 2; i > 0; i--)
        sink(spool, heap, count, i - 1);
    while (count > 0) {
        part *from = &g_array_index(spool->parts, part, heap[0]);
        if (hand_out(spool, from, take, user, err) != LOOM_OK)
            return err->code;
        if (is_through(from))
            heap[0] = heap[--count];
        sink(spool, heap, count, 0);
    }
    return LOOM_OK;
}

loom_status report_spool_each(report_spool *spool, report_spool_take *take, void *user,
                              loom_error *err)
{
    if (save(spool, err) != LOOM_OK)
        return err->code;
    guint *heap = g_new(guint, spool->parts->len + 1);
    const loom_status status = each(spool, heap, take, user, err);
    g_free(heap);
    return status;
}
