#include "serve/text.h"

static void append_character(GString *out, gunichar c)
{
    if (c == '"' || c == '\\')
        g_string_append_printf(out, "\\%c", (char)c);
    else if (c < 0x20 || c == 0x7F)
        g_string_append_printf(out, "\\u%04x", c);
    else
        g_string_append_unichar(out, c);
}

void serve_text_string(GString *out, const char *text)
{
    if (text == NULL) {
        g_string_append(out, "null");
        return;
    }
    g_string_append_c(out, '"');
    while (*text != '\0') {
        const gunichar c = g_utf8_get_char_validated(text, -1);
        const bool valid = c != (gunichar)-1 && c != (gunichar)-2;
        append_character(out, valid ? c : 0xFFFD);
        text += valid ? g_utf8_skip[(guchar)*text] : 1;
    }
    g_string_append_c(out, '"');
}

void serve_text_list(GString *out, const char *const *words)
{
    g_string_append_c(out, '[');
    for (size_t i = 0; words != NULL && words[i] != NULL; i++) {
        if (i > 0)
            g_string_append_c(out, ',');
        serve_text_string(out, words[i]);
    }
    g_string_append_c(out, ']');
}

void serve_text_member(GString *out, const char *name, const char *text)
{
    g_string_append_printf(out, ",\"%s\":", name);
    serve_text_string(out, text);
}

void serve_text_number(GString *out, const char *name, int64_t value)
{
    g_string_append_printf(out, ",\"%s\":%" G_GINT64_FORMAT, name, value);
}

void serve_text_ms(GString *out, const char *name, int64_t ns)
{
    const int64_t us = ns / 1000;

    g_string_append_printf(out, ",\"%s\":%" G_GINT64_FORMAT ".%03d", name, us / 1000,
                           (int)(us % 1000));
}

char *serve_text_ascii(const char *json)
{
    GString *out = g_string_new(NULL);

    for (; *json != '\0'; json += g_utf8_skip[(guchar)*json]) {
        const gunichar c = g_utf8_get_char(json);
        if (c < 0x80)
            g_string_append_c(out, (char)c);
        else if (c < 0x10000)
            g_string_append_printf(out, "\\u%04x", c);
        else
            g_string_append_printf(out, "\\u%04x\\u%04x", 0xD800 + ((c - 0x10000) >> 10),
                                   0xDC00 + ((c - 0x10000) & 0x3FF));
    }
    return g_string_free(out, FALSE);
}
