#include "base/text.h"

#include <imgloom/parse.h>
#include <string.h>

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

size_t loom_utf8_copy_valid(char *out, size_t size, const char *text, size_t length)
{
    static const char replacement[] = "\xEF\xBF\xBD";
    size_t used = 0, i = 0;
    uint32_t code;

    while (i < length) {
        size_t n = loom_utf8_decode(text + i, length - i, &code);
        size_t added = n > 0 ? n : sizeof replacement - 1;
        if (added >= size - used)
            break;
        memcpy(out + used, n > 0 ? text + i : replacement, added);
        used += added;
        i += n > 0 ? n : 1;
    }
    out[used] = '\0';
    return i;
}

size_t loom_utf8_cut(const char *text, size_t size, size_t limit)
{
    if (size <= limit)
        return size;
    size_t n = limit;
    while (n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80)
        n--;
    /* A run of continuation bytes is not a character; then cut at the limit. */
    return limit - n < 4 ? n : limit;
}

const char *loom_text_show(char out[LOOM_SHOWN_SIZE], const char *text)
{
    static const char more[] = "...";
    size_t used = 0, length = strlen(text);
    uint32_t code;

    if (loom_utf8_copy_valid(out, LOOM_SHOWN_SIZE, text, length) < length) {
        size_t kept = loom_utf8_cut(out, strlen(out), LOOM_SHOWN_SIZE - sizeof more);
        memcpy(out + kept, more, sizeof more);
    }
    for (char *p = out; *p != '\0'; p += used) {
        used = loom_utf8_decode(p, strlen(p), &code);
        if (code < 0x20 || (code >= 0x7F && code < 0xA0))
            memset(p, '?', used);
    }
    return out;
}

static int ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

int loom_ascii_casecmp(const char *a, const char *b)
{
    while (*a != '\0' && ascii_lower(*a) == ascii_lower(*b))
        a++, b++;
    return ascii_lower(*a) - ascii_lower(*b);
}

int loom_word_find(const char *word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (words[i] != NULL && loom_ascii_casecmp(word, words[i]) == 0)
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

loom_status loom_word_parse(const char *word, const char *kind, const char *const *words,
                            size_t count, size_t *index, loom_error *err)
{
    int found = loom_word_find(word, words, count);

    if (found >= 0) {
        *index = (size_t)found;
        return LOOM_OK;
    }
    char shown[LOOM_SHOWN_SIZE];
    loom_strbuf allowed = LOOM_STRBUF_INIT;
    loom_words_join(&allowed, words, count);
    const int near = loom_word_nearest(word, words, count);
    loom_status status = loom_error_set(
        err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "'%s' is not %s: %s%s%s%s",
        loom_text_show(shown, word), kind, loom_strbuf_str(&allowed),
        near >= 0 ? "; did you mean " : "", near >= 0 ? words[near] : "", near >= 0 ? "?" : "");
    loom_strbuf_release(&allowed);
    return status;
}

/* ---- digits -------------------------------------------------------------- */

bool loom_read_digits(const char **text, uint64_t *value)
{
    const char *p = *text;
    uint64_t n = 0;

    if (*p < '0' || *p > '9')
        return false;
    for (; *p >= '0' && *p <= '9'; p++)
        if (__builtin_mul_overflow(n, 10u, &n) ||
            __builtin_add_overflow(n, (unsigned)(*p - '0'), &n))
            return false;
    *text = p;
    *value = n;
    return true;
}
