/* What stands at which path; the small ones are answered here. */
#include "serve/exchange.h"
#include "serve/text.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The page, made from html/. */
extern const char loom_html_serve_head[], loom_html_serve_tail[];
extern const size_t loom_html_serve_head_size, loom_html_serve_tail_size;

static const char json_type[] = "application/json";

static void answer_health(serve_exchange *e)
{
    serve_answer_text(e, 200, "text/plain; charset=utf-8", g_strdup("ok\n"));
}

/* Why no picture should be sent; NULL: they may. */
static const char *find_hindrance(const serve_server *server)
{
    if (server->life != SERVE_RUNNING)
        return "draining";
    if (!server->ready)
        return "starting";
    return loom_service_counts_of(server->service)->room == 0 ? "full" : NULL;
}

static void answer_ready(serve_exchange *e)
{
    const char *why = find_hindrance(e->server);

    serve_answer_text(e, why == NULL ? 200 : 503, "text/plain; charset=utf-8",
                      g_strconcat(why != NULL ? why : "ready", "\n", NULL));
}

static void answer_metrics(serve_exchange *e)
{
    serve_answer_text(e, 200, "text/plain; version=0.0.4; charset=utf-8",
                      serve_metrics_text(e->server));
}

static void answer_formats(serve_exchange *e)
{
    if (e->server->formats != NULL) {
        serve_answer_text(e, 200, json_type, g_strdup(e->server->formats));
        return;
    }
    (void)serve_refuse_as(&e->fault, LOOM_ERR_INTERNAL, "the formats could not be found out");
    serve_answer_fault(e);
}

/* Its own policy allows its own script and style alone, by their hashes. */
static void answer_page(serve_exchange *e)
{
    GString *page = g_string_new_len(loom_html_serve_head, (gssize)loom_html_serve_head_size);

    g_string_append_len(page, loom_html_serve_tail, (gssize)loom_html_serve_tail_size);
    e->reply.policy = "frame-ancestors 'none'";
    serve_answer_text(e, 200, "text/html; charset=utf-8", g_string_free(page, FALSE));
}

static void answer_system(serve_exchange *e)
{
    serve_answer_text(e, 200, json_type, serve_system_text(e->server));
}

static const serve_endpoint endpoints[] = {
    {.path = "/process-image", .methods = "POST, OPTIONS", .need = SERVE_PICTURE},
    {.path = "/info", .methods = "POST, OPTIONS", .need = SERVE_PICTURE, .probes = true},
    {.path = "/image/", .methods = "GET, HEAD, OPTIONS", .need = SERVE_PICTURE},
    {.path = "/info/", .methods = "GET, HEAD, OPTIONS", .need = SERVE_PICTURE, .probes = true},
    {.path = "/formats", .methods = "GET, HEAD, OPTIONS", .answer = answer_formats},
    {.path = "/health", .methods = "GET, HEAD, OPTIONS", .answer = answer_health},
    {.path = "/ready", .methods = "GET, HEAD, OPTIONS", .answer = answer_ready},
    {.path = "/", .methods = "GET, HEAD, OPTIONS", .need = SERVE_PAGE, .answer = answer_page},
    {.path = "/metrics",
     .methods = "GET, HEAD, OPTIONS",
     .need = SERVE_ADMIN,
     .answer = answer_metrics},
    {.path = "/system-info",
     .methods = "GET, HEAD, OPTIONS",
     .need = SERVE_ADMIN,
     .answer = answer_system},
};

const serve_endpoint *serve_endpoint_find(const char *path)
{
    for (size_t i = 0; i < G_N_ELEMENTS(endpoints); i++) {
        const char *own = endpoints[i].path;
        const bool begins = own[1] != '\0' && own[strlen(own) - 1] == '/';
        if (begins ? g_str_has_prefix(path, own) : strcmp(own, path) == 0)
            return &endpoints[i];
    }
    return NULL;
}

const serve_endpoint *serve_endpoint_at(size_t index)
{
    return index < G_N_ELEMENTS(endpoints) ? &endpoints[index] : NULL;
}

size_t serve_endpoint_index(const serve_endpoint *endpoint)
{
    return endpoint != NULL ? (size_t)(endpoint - endpoints) : G_N_ELEMENTS(endpoints);
}

/* ---- formats ------------------------------------------------------------- */

static void append_format(GString *out, loom_engine *engine, const loom_format_info *info)
{
    const loom_codec_info *codec = loom_engine_codec(engine, info->format);

    if (codec->reader == NULL && codec->writer == NULL)
        return;
    g_string_append(out, out->str[out->len - 1] == '[' ? "{\"name\":" : ",{\"name\":");
    serve_text_string(out, info->name);
    g_string_append(out, ",\"extensions\":");
    serve_text_list(out, info->extensions);
    serve_text_member(out, "readBy", codec->reader);
    serve_text_member(out, "writtenBy", codec->writer);
    g_string_append_printf(out, ",\"untrusted\":%s}", info->untrusted ? "true" : "false");
}

static char *make_formats(void)
{
    GString *out = g_string_new("{\"formats\":[");
    loom_engine *engine;

    if (loom_engine_start(&engine, NULL, NULL) != LOOM_OK)
        return g_string_free(out, TRUE);
    for (int i = LOOM_FORMAT_UNKNOWN + 1; i < LOOM_FORMAT_COUNT; i++)
        append_format(out, engine, loom_format_get((loom_format)i));
    loom_engine_stop(engine);
    g_string_append(out, "]}\n");
    return g_string_free(out, FALSE);
}

/* In a child, so that libvips, which it needs, is not loaded into the service. */
static void write_formats(int file)
{
    char *text = make_formats();
    const size_t size = text != NULL ? strlen(text) : 0;

    _exit(size > 0 && write(file, text, size) == (ssize_t)size ? 0 : 1);
}

char *serve_formats_text(void)
{
    GString *text = g_string_new(NULL);
    char buffer[4096];
    int ends[2], status = 1;
    ssize_t got;

    if (pipe(ends) != 0)
        return g_string_free(text, TRUE);
    const pid_t child = fork();
    if (child == 0)
        write_formats(ends[1]);
    (void)close(ends[1]);
    while (child > 0 && (got = TEMP_FAILURE_RETRY(read(ends[0], buffer, sizeof buffer))) > 0)
        g_string_append_len(text, buffer, got);
    (void)close(ends[0]);
    if (child > 0)
        (void)TEMP_FAILURE_RETRY(waitpid(child, &status, 0));
    return g_string_free(text, status != 0);
}
