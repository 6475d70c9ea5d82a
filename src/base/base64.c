#include "base/base64.h"

#include <stdint.h>

/* The six bits of a character; -1: it has none. */
static int bits_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool loom_base64_decode(loom_strbuf *out, const char *text, size_t size)
{
    size_t padding = 0;

    if (size % 4 != 0)
        return false;
    while (padding < 2 && padding < size && text[size - 1 - padding] == '=')
        padding++;
    for (size_t i = 0; i < size; i += 4) {
        const size_t used = i + 4 == size ? 4 - padding : 4;
        uint32_t group = 0;
        for (size_t n = 0; n < 4; n++) {
            const int bits = n < used ? bits_of(text[i + n]) : 0;
            if (bits < 0)
                return false;
            group = group << 6 | (uint32_t)bits;
        }
        const char bytes[3] = {(char)(group >> 16), (char)(group >> 8), (char)group};
        if ((group & ((UINT32_C(1) << (8 * (4 - used))) - 1)) != 0)
            return false;
        loom_strbuf_add(out, bytes, used - 1);
    }
    return true;
}
