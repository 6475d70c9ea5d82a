#include "cli/bench/page.h"

#include "cli/bench/bench.h"

/*
 * The JSON stands in an element that is not run; `<`, which could end it, can only be a part of
 * strings there, and is written as an escape.
 */
char *bench_page_text(const bench *b)
{
    GString *page = g_string_new_len(loom_html_bench_head, (gssize)loom_html_bench_head_size);
    char *json = bench_json_text(b);

    if (json == NULL) {
        g_string_free(page, TRUE);
        return NULL;
    }
    g_string_append(page, "<script type=\"application/json\" id=\"bench\">");
    for (const char *c = json; *c != '\0'; c++)
        if (*c == '<')
            g_string_append(page, "\\u003C");
        else
            g_string_append_c(page, *c);
    g_string_append(page, "</script>\n");
    g_string_append_len(page, loom_html_bench_tail, (gssize)loom_html_bench_tail_size);
    free(json);
    return g_string_free(page, FALSE);
}
