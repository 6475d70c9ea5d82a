#include "cli/columns.h"

#include <string.h>

static size_t columns_of(gunichar c)
{
    if (g_unichar_iszerowidth(c))
        return 0;
    return g_unichar_iswide(c) ? 2 : 1;
}

static const char *next(const char *c)
{
    return c + g_utf8_skip[(unsigned char)*c];
}

size_t cli_columns_cut(const char *text, size_t columns)
{
    const char *at = text;
    size_t used = 0;

    while (*at != '\0') {
        used += columns_of(g_utf8_get_char(at));
        if (used > columns)
            break;
        at = next(at);
    }
    return (size_t)(at - text);
}

size_t cli_columns(const char *text)
{
    size_t used = 0;

    for (; *text != '\0'; text = next(text))
        used += columns_of(g_utf8_get_char(text));
    return used;
}
