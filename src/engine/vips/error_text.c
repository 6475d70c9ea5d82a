#include "engine/vips/error_text.h"

#include "base/text.h"
#include <stdio.h>
#include <string.h>
#include <vips/vips.h>

void loom_vips_error_clear(void)
{
    vips_error_clear();
}

/* libvips' lines, each once, joined by "; ". */
static void join_lines(loom_strbuf *out, const char *lines)
{
    while (*lines != '\0') {
        const size_t length = strcspn(lines, "\n");
        const char *known = loom_strbuf_str(out);
        if (length > 0 && memmem(known, strlen(known), lines, length) == NULL) {
            loom_strbuf_add_str(out, out->size > 0 ? "; " : "");
            loom_utf8_append_valid(out, lines, length);
        }
        lines += length + (lines[length] == '\n');
    }
}

void loom_vips_error_take(char text[LOOM_VIPS_ERROR_TEXT])
{
    loom_strbuf joined = LOOM_STRBUF_INIT;
    char *lines =
        loom_worker_hooks_get() != NULL ? vips_error_buffer_copy() : NULL; /* empties it, too */

    text[0] = '\0';
    if (lines != NULL)
        join_lines(&joined, lines);
    else
        vips_error_clear();
    const char *all = loom_strbuf_str(&joined);
    const size_t kept = loom_utf8_cut(all, strlen(all), LOOM_VIPS_ERROR_TEXT - 1);
    memcpy(text, all, kept);
    text[kept] = '\0';
    loom_strbuf_release(&joined);
    g_free(lines);
}

loom_status loom_vips_error_set(loom_error *err, loom_status code, loom_stage stage,
                                const char *format, ...)
{
    char text[LOOM_VIPS_ERROR_TEXT], sentence[sizeof err->message];
    va_list args;

    loom_vips_error_take(text);
    va_start(args, format);
    (void)vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    return loom_error_set(err, loom_error_text_code(text, code), stage, "%s%s%s", sentence,
                          text[0] != '\0' ? ": " : "", text);
}
