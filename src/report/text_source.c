#include "report/text_source.h"

#include "base/error.h"
#include "base/read_at.h"
#include "files/path.h"
#include "report/json_scan.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BUFFER_SIZE = 256 * 1024 };

static loom_status cannot_read(loom_error *err)
{
    return loom_error_set_errno(err, LOOM_STAGE_NONE, errno, "cannot read it");
}

/* read() that is not disturbed by signals. */
static ssize_t read_some(int file, char *data, size_t size)
{
    ssize_t n;

    do
        n = read(file, data, size);
    while (n < 0 && errno == EINTR);
    return n;
}

static bool write_all(FILE *file, int from, char *buffer)
{
    ssize_t n;

    while ((n = read_some(from, buffer, BUFFER_SIZE)) > 0)
        if (fwrite(buffer, 1, (size_t)n, file) != (size_t)n)
            return false;
    return n == 0 && fflush(file) == 0;
}

/* Replaces the descriptor of what cannot be read twice by that of a nameless copy. */
static loom_status make_seekable(loom_text_source *source, loom_error *err)
{
    loom_status status = LOOM_OK;

    if (lseek(source->file, 0, SEEK_CUR) == 0)
        return LOOM_OK;
    FILE *copy = tmpfile();
    if (copy == NULL || !write_all(copy, source->file, source->buffer)) {
        status =
            loom_error_set_errno(err, LOOM_STAGE_NONE, errno, "cannot copy it to a temporary file");
    } else {
        const int file = fcntl(fileno(copy), F_DUPFD_CLOEXEC, 3);
        if (file < 0 || lseek(file, 0, SEEK_SET) != 0) {
            status = cannot_read(err);
            if (file >= 0)
                (void)close(file);
        } else {
            if (source->file != STDIN_FILENO)
                (void)close(source->file);
            source->file = file;
        }
    }
    if (copy != NULL)
        (void)fclose(copy);
    return status;
}

/* Reads on, behind what was not taken yet. */
static loom_status fill(loom_text_source *source, loom_error *err)
{
    const size_t left = source->limit - source->at;

    memmove(source->buffer, source->buffer + source->at, left);
    source->at = 0;
    source->limit = left;
    const ssize_t n = read_some(source->file, source->buffer + left, BUFFER_SIZE - left);
    if (n < 0)
        return cannot_read(err);
    source->limit += (size_t)n;
    return LOOM_OK;
}

static loom_status begin(loom_text_source *source, loom_error *err)
{
    static const char mark[] = "\xEF\xBB\xBF";
    const size_t size = sizeof mark - 1;

    source->at = source->limit = 0;
    source->offset = 0;
    source->line = 1;
    if (fill(source, err) != LOOM_OK)
        return err->code;
    if (source->limit >= size && memcmp(source->buffer, mark, size) == 0)
        source->at = source->offset = size;
    return LOOM_OK;
}

loom_status loom_text_source_open(loom_text_source *source, const char *path, bool seekable,
                                  loom_error *err)
{
    loom_text_source opened = {.file = STDIN_FILENO};
    loom_status status;

    if (strcmp(path, "-") != 0)
        opened.file = loom_path_open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (opened.file < 0)
        return loom_error_set_errno(err, LOOM_STAGE_NONE, errno, "cannot open it");
    opened.buffer = malloc(BUFFER_SIZE);
    status = opened.buffer == NULL ? loom_no_memory(err, LOOM_STAGE_NONE, "to read it") : LOOM_OK;
    if (status == LOOM_OK && seekable)
        status = make_seekable(&opened, err);
    if (status == LOOM_OK)
        status = begin(&opened, err);
    if (status != LOOM_OK)
        loom_text_source_close(&opened);
    else
        *source = opened;
    return status;
}

void loom_text_source_close(loom_text_source *source)
{
    if (source->file > STDIN_FILENO)
        (void)close(source->file);
    free(source->buffer);
    *source = (loom_text_source){.file = -1};
}

loom_status loom_text_source_rewind(loom_text_source *source, loom_error *err)
{
    if (lseek(source->file, 0, SEEK_SET) != 0)
        return cannot_read(err);
    return begin(source, err);
}

loom_status loom_text_source_seek(loom_text_source *source, uint64_t offset, uint64_t line,
                                  loom_error *err)
{
    if (lseek(source->file, (off_t)offset, SEEK_SET) != (off_t)offset)
        return cannot_read(err);
    source->at = source->limit = 0;
    source->offset = offset;
    source->line = line;
    return LOOM_OK;
}

loom_status loom_text_source_peek_ahead(loom_text_source *source, size_t ahead, int *byte,
                                        loom_error *err)
{
    while (source->limit - source->at <= ahead) {
        const size_t before = source->limit - source->at;
        if (fill(source, err) != LOOM_OK)
            return err->code;
        if (source->limit == before) {
            *byte = LOOM_TEXT_SOURCE_END;
            return LOOM_OK;
        }
    }
    *byte = (unsigned char)source->buffer[source->at + ahead];
    return LOOM_OK;
}

loom_status loom_text_source_peek(loom_text_source *source, int *byte, loom_error *err)
{
    return loom_text_source_peek_ahead(source, 0, byte, err);
}

/* Takes `size` bytes of the buffer. */
static void consume(loom_text_source *source, size_t size)
{
    const char *from = source->buffer + source->at, *const end = from + size;

    while (from < end && (from = memchr(from, '\n', (size_t)(end - from))) != NULL) {
        source->line++;
        from++;
    }
    source->at += size;
    source->offset += size;
}

void loom_text_source_skip(loom_text_source *source)
{
    consume(source, 1);
}

loom_status loom_text_source_peek_value(loom_text_source *source, int *byte, loom_error *err)
{
    loom_status status;

    while ((status = loom_text_source_peek(source, byte, err)) == LOOM_OK &&
           *byte != LOOM_TEXT_SOURCE_END && loom_json_is_space((char)*byte))
        loom_text_source_skip(source);
    return status;
}

/* Takes `size` bytes of the buffer and appends them, as long as *left lasts. */
static void move(loom_text_source *source, size_t size, loom_strbuf *out, size_t *left)
{
    if (out != NULL && size <= *left)
        loom_strbuf_add(out, source->buffer + source->at, size);
    *left = size <= *left ? *left - size : 0;
    consume(source, size);
}

loom_status loom_text_source_value(loom_text_source *source, loom_strbuf *out, size_t limit,
                                   loom_error *err)
{
    loom_json_scan scan = {.depth = 0};
    size_t left = limit;
    bool large = false;
    int byte;

    while (!scan.done) {
        if (loom_text_source_peek(source, &byte, err) != LOOM_OK)
            return err->code;
        if (byte == LOOM_TEXT_SOURCE_END && scan.scalar)
            break;
        if (byte == LOOM_TEXT_SOURCE_END)
            return loom_error_set(err, LOOM_ERR_TRUNCATED, LOOM_STAGE_NONE, "it is cut short");
        const size_t size =
            loom_json_scan_feed(&scan, source->buffer + source->at, source->limit - source->at);
        large = large || (out != NULL && size > left);
        move(source, size, large ? NULL : out, &left);
    }
    if (large)
        return loom_error_set(err, LOOM_ERR_TOO_LARGE, LOOM_STAGE_NONE,
                              "a value is too long for a report");
    return out != NULL && out->failed ? loom_no_memory(err, LOOM_STAGE_NONE, "to read it")
                                      : LOOM_OK;
}

loom_status loom_text_source_line(loom_text_source *source, loom_strbuf *out, size_t limit,
                                  bool *ended, loom_error *err)
{
    size_t left = limit, length = 0;
    int byte;

    *ended = false;
    while (!*ended) {
        if (loom_text_source_peek(source, &byte, err) != LOOM_OK)
            return err->code;
        if (byte == LOOM_TEXT_SOURCE_END)
            break;
        const char *from = source->buffer + source->at;
        const char *end = memchr(from, '\n', source->limit - source->at);
        const size_t size = end != NULL ? (size_t)(end - from) : source->limit - source->at;
        move(source, size, out, &left);
        length += size;
        *ended = end != NULL;
        if (*ended)
            loom_text_source_skip(source);
    }
    if (length > limit)
        return loom_error_set(err, LOOM_ERR_TOO_LARGE, LOOM_STAGE_NONE,
                              "the line is too long for a report");
    return out->failed ? loom_no_memory(err, LOOM_STAGE_NONE, "to read it") : LOOM_OK;
}

loom_status loom_text_source_read_at(const loom_text_source *source, uint64_t offset, size_t size,
                                     loom_strbuf *out, loom_error *err)
{
    char block[16 * 1024];

    while (size > 0) {
        const size_t wanted = size < sizeof block ? size : sizeof block;
        size_t got;
        if (!loom_read_at(source->file, block, wanted, offset, &got))
            return cannot_read(err);
        if (got < wanted)
            return loom_error_set(err, LOOM_ERR_IO, LOOM_STAGE_NONE,
                                  "it became shorter while it was read");
        loom_strbuf_add(out, block, got);
        offset += got;
        size -= got;
    }
    return out->failed ? loom_no_memory(err, LOOM_STAGE_NONE, "to read it") : LOOM_OK;
}
