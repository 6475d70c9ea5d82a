#include "serve/accept.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

enum { FULL = 1000 };

/* "1", "0.5", "0.125": thousandths; -1: it is no quality. */
static int parse_quality(const char *text, size_t size)
{
    int value = 0, scale = FULL;

    for (size_t i = 0; i < size; i++) {
        if (i == 1 && text[i] == '.')
            continue;
        if (!g_ascii_isdigit(text[i]) || (i == 0 && text[i] > '1') || scale == 0 ||
            (i > 0 && text[1] != '.'))
            return -1;
        value += (text[i] - '0') * scale;
        scale /= 10;
    }
    return size > 0 && value <= FULL ? value : -1;
}

/* The quality by a range's parameters: FULL if there is none, 0 if it is wrong. */
static int quality_of(const char *parameters, size_t size)
{
    const char *end = parameters + size;

    for (const char *at = parameters; at < end;) {
        at += strspn(at, "; \t");
        if (at >= end)
            break;
        const size_t left = (size_t)(end - at);
        const char *stop = memchr(at, ';', left);
        size_t length = stop != NULL ? (size_t)(stop - at) : left;
        const size_t whole = length;
        while (length > 0 && (at[length - 1] == ' ' || at[length - 1] == '\t'))
            length--;
        if (length >= 2 && g_ascii_tolower(at[0]) == 'q' && at[1] == '=')
            return MAX(parse_quality(at + 2, length - 2), 0);
        at += whole;
    }
    return FULL;
}

/* How closely a range covers the type: 3 the type itself, 2 "image/ *", 1 any; 0 not at all. */
static int closeness(const char *range, size_t size, const char *type)
{
    const size_t main_size = strcspn(type, "/") + 1;

    if (size == strlen(type) && g_ascii_strncasecmp(range, type, size) == 0)
        return 3;
    if (size == main_size + 1 && range[main_size] == '*' &&
        g_ascii_strncasecmp(range, type, main_size) == 0)
        return 2;
    return size == 3 && memcmp(range, "*/*", 3) == 0;
}

/* By the closest range that is at least so close. Without any range: FULL. */
static int find_quality(const char *accept, const char *type, int least)
{
    int best = least - 1, quality = 0;
    bool any = false;

    for (const char *at = accept != NULL ? accept : ""; *at != '\0';) {
        at += strspn(at, ", \t");
        const size_t size = strcspn(at, ",");
        const size_t name = strcspn(at, ";, \t");
        const int close = closeness(at, MIN(name, size), type);
        any = any || size > 0;
        if (close > best) {
            best = close;
            quality = quality_of(at + MIN(name, size), size - MIN(name, size));
        }
        at += size;
    }
    return any ? quality : FULL;
}

int serve_accept_quality(const char *accept, const char *type)
{
    return find_quality(accept, type, 1);
}

bool serve_accept_names(const char *accept, const char *type)
{
    return accept != NULL && accept[strspn(accept, ", \t")] != '\0' &&
           find_quality(accept, type, 3) > 0;
}
