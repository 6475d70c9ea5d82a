#include "files/naming.h"

#include "base/text.h"
#include "files/path.h"
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

loom_format loom_naming_format(const char *path, loom_format wanted)
{
    return loom_naming_format_for(loom_format_by_path(path), wanted);
}

loom_format loom_naming_format_for(loom_format input, loom_format wanted)
{
    return wanted != LOOM_FORMAT_SAME ? wanted : loom_format_get(input)->same_as;
}

void loom_naming_file(loom_strbuf *out, const char *name, loom_format format, const char *prefix,
                      const char *suffix)
{
    const char *dot = strrchr(name, '.');
    bool extended = dot != NULL && dot != name;
    const char *extension = extended && loom_format_by_path(name) == format
                                ? dot + 1
                                : loom_format_get(format)->extensions[0];

    loom_strbuf_add_str(out, prefix);
    loom_strbuf_add(out, name, extended ? (size_t)(dot - name) : strlen(name));
    loom_strbuf_add_str(out, suffix);
    loom_strbuf_add_char(out, '.');
    loom_strbuf_add_str(out, extension);
}

/* Removes the last "/component", down to `start`; false: there is none. */
static bool drop_last(loom_strbuf *out, size_t start)
{
    size_t end = out->size;

    while (end > start && out->data[end - 1] != '/')
        end--;
    if (end == start)
        return false;
    loom_strbuf_truncate(out, end - 1);
    return true;
}

bool loom_naming_tree(loom_strbuf *out, const char *folder, size_t size)
{
    const size_t start = out->size;

    for (size_t at = 0; at < size;) {
        const char *part = folder + at, *slash = memchr(part, '/', size - at);
        size_t length = slash != NULL ? (size_t)(slash - part) : size - at;
        at += length + 1;
        if (length == 0 || (length == 1 && part[0] == '.'))
            continue;
        if (length == 2 && memcmp(part, "..", 2) == 0) {
            if (out->failed)
                return true;
            if (!drop_last(out, start)) {
                loom_strbuf_truncate(out, start);
                return false;
            }
            continue;
        }
        loom_strbuf_add_char(out, '/');
        loom_strbuf_add(out, part, length);
    }
    return true;
}

bool loom_naming_folder_base(loom_strbuf *out, const char *folder)
{
    size_t end = strlen(folder), start;

    while (end > 0 && folder[end - 1] == '/')
        end--;
    for (start = end; start > 0 && folder[start - 1] != '/';)
        start--;
    size_t length = end - start;
    bool dots = (length == 1 && folder[start] == '.') ||
                (length == 2 && memcmp(folder + start, "..", 2) == 0);
    if (!dots) {
        loom_strbuf_add(out, folder + start, length);
        return true;
    }
    char *real = realpath(folder, NULL);
    if (real == NULL)
        return false;
    loom_strbuf_add_str(out, loom_path_base(real));
    free(real);
    return true;
}

/* RFC 3629, section 3. */
static void add_utf8(loom_strbuf *out, uint32_t code)
{
    if (code < 0x80) {
        loom_strbuf_add_char(out, (char)code);
        return;
    }
    unsigned tail = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    const unsigned char lead[] = {0, 0xC0, 0xE0, 0xF0};
    loom_strbuf_add_char(out, (char)(lead[tail] | code >> (6 * tail)));
    while (tail-- > 0)
        loom_strbuf_add_char(out, (char)(0x80 | (code >> (6 * tail) & 0x3F)));
}

/* By way of upper case, so that both small sigmas are equal. */
static uint32_t lower(uint32_t code, locale_t unicode)
{
    return (uint32_t)towlower_l(towupper_l((wint_t)code, unicode), unicode);
}

void loom_naming_fold(loom_strbuf *out, const char *text, size_t size)
{
    locale_t unicode = (locale_t)0; /* created only when needed: it may be read from a file */

    for (size_t at = 0; at < size;) {
        uint32_t code;
        size_t length = loom_utf8_decode(text + at, size - at, &code);
        if (length == 0) {
            loom_strbuf_add_char(out, text[at++]);
            continue;
        }
        if (code >= 0x80 && unicode == (locale_t)0) {
            unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
            if (unicode == (locale_t)0 && errno == ENOMEM)
                out->failed = true;
        }
        if (code >= 'A' && code <= 'Z')
            code += 'a' - 'A';
        else if (code >= 0x80 && unicode != (locale_t)0)
            code = lower(code, unicode);
        add_utf8(out, code);
        at += length;
    }
    if (unicode != (locale_t)0)
        freelocale(unicode);
}
