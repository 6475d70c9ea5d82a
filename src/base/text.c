#include "base/text.h"

#include <string.h>
#include <strings.h>

size_t loom_utf8_decode(const char *text, size_t size, uint32_t *code)
{
    const unsigned char *b = (const unsigned char *)text;
    uint32_t c = b[0], low;
    size_t length;

    if (c < 0x80) {
        *code = c;
        return 1;
    }
    if (c >= 0xC2 && c <= 0xDF) {
        length = 2, low = 0x80, c &= 0x1F;
    } else if ((c & 0xF0) == 0xE0) {
        length = 3, low = 0x800, c &= 0x0F;
    } else if (c >= 0xF0 && c <= 0xF4) {
        length = 4, low = 0x10000, c &= 0x07;
    } else {
        return 0;
    }
    if (length > size)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if ((b[i] & 0xC0) != 0x80)
            return 0;
        c = (c << 6) | (b[i] & 0x3F);
    }
    if (c < low || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        return 0;
    *code = c;
    return length;
}

bool loom_utf8_valid(const char *text, size_t size)
{
    uint32_t code;

    for (size_t i = 0; i < size;) {
        size_t n = loom_utf8_decode(text + i, size - i, &code);
        if (n == 0)
            return false;
        i += n;
    }
    return true;
}

void loom_utf8_append_valid(loom_strbuf *out, const char *text, size_t size)
{
    uint32_t code;

    for (size_t i = 0; i < size;) {
        size_t n = loom_utf8_decode(text + i, size - i, &code);
        if (n == 0) {
            loom_strbuf_add_str(out, "\xEF\xBF\xBD");
            i++;
        } else {
            loom_strbuf_add(out, text + i, n);
            i += n;
        }
    }
}

size_t loom_utf8_cut(const char *text, size_t size, size_t limit)
{
    if (size <= limit)
        return size;
    size_t n = limit;
    while (n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80)
        n--;
    /* A run of continuation bytes is no character; then cut where asked. */
    return limit - n < 4 ? n : limit;
}

int loom_word_find(const char *word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (words[i] != NULL && strcasecmp(word, words[i]) == 0)
            return (int)i;
    return -1;
}

void loom_words_join(loom_strbuf *out, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            loom_strbuf_add_str(out, i + 1 == count ? " or " : ", ");
        loom_strbuf_add_str(out, words[i]);
    }
}
