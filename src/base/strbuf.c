#include "base/strbuf.h"

#include "base/memory.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void loom_strbuf_release(loom_strbuf *buf)
{
    free(buf->data);
    *buf = (loom_strbuf)LOOM_STRBUF_INIT;
}

void loom_strbuf_clear(loom_strbuf *buf)
{
    loom_strbuf_truncate(buf, 0);
    buf->failed = false;
}

void loom_strbuf_truncate(loom_strbuf *buf, size_t n)
{
    if (n < buf->size) {
        buf->size = n;
        buf->data[n] = '\0';
    }
}

/* Makes space for `more` bytes and the NUL. */
static bool reserve(loom_strbuf *buf, size_t more)
{
    size_t needed;

    if (!buf->failed && loom_size_add(buf->size, more, &needed) &&
        loom_size_add(needed, 1, &needed)) {
        void *data = buf->data;
        if (loom_grow(&data, &buf->capacity, needed, 1)) {
            buf->data = data;
            return true;
        }
    }
    buf->failed = true;
    return false;
}

void loom_strbuf_add(loom_strbuf *buf, const void *bytes, size_t size)
{
    if (!reserve(buf, size))
        return;
    if (size > 0)
        memcpy(buf->data + buf->size, bytes, size);
    buf->size += size;
    buf->data[buf->size] = '\0';
}

void loom_strbuf_add_str(loom_strbuf *buf, const char *text)
{
    loom_strbuf_add(buf, text, strlen(text));
}

void loom_strbuf_add_char(loom_strbuf *buf, char c)
{
    loom_strbuf_add(buf, &c, 1);
}

void loom_strbuf_add_format(loom_strbuf *buf, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0) {
        buf->failed = true;
        return;
    }
    if (!reserve(buf, (size_t)length))
        return;
    va_start(args, format);
    (void)vsnprintf(buf->data + buf->size, (size_t)length + 1, format, args);
    va_end(args);
    buf->size += (size_t)length;
}

const char *loom_strbuf_str(const loom_strbuf *buf)
{
    return buf->data != NULL && !buf->failed ? buf->data : "";
}

char *loom_strbuf_take(loom_strbuf *buf)
{
    if (buf->data == NULL)
        loom_strbuf_add(buf, "", 0);
    char *text = buf->data;
    if (buf->failed) {
        free(text);
        text = NULL;
    }
    *buf = (loom_strbuf)LOOM_STRBUF_INIT;
    return text;
}
