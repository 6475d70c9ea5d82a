/* /system-info: what the service is and is at. Nothing of other processes or of the environment. */
#include "serve/server.h"
#include "serve/text.h"

#include <imgloom/version.h>
#include <stdio.h>
#include <unistd.h>

serve_memory serve_memory_of_this(void)
{
    const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    unsigned long total = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");

    if (file != NULL && fscanf(file, "%lu %lu", &total, &resident) != 2)
        total = resident = 0;
    if (file != NULL)
        (void)fclose(file);
    return (serve_memory){.total = total * page, .resident = resident * page};
}

static void add_libraries(GString *out, serve_server *server)
{
    serve_text_member(out, "libvips", server->vips_version);
    serve_text_member(out, "libjpeg", loom_engine_jpeg_version());
    serve_text_member(out, "libmicrohttpd", serve_http_version());
}

static void add_machine(GString *out, serve_server *server)
{
    serve_text_member(out, "isolation", loom_isolate_name(loom_engine_isolation(server->engine)));
    g_string_append(out, ",\"sandbox\":");
    serve_text_list(out, loom_engine_sandbox());
    g_string_append_printf(out, ",\"confined\":%s", server->confined ? "true" : "false");
    serve_text_number(out, "cpus", loom_cpu_count());
    serve_text_number(out, "memoryLimit", (int64_t)loom_memory_limit());
    serve_text_number(out, "residentBytes", (int64_t)serve_memory_of_this().resident);
    serve_text_number(out, "bodiesBytes", (int64_t)server->bodies);
    serve_text_ms(out, "uptimeMs", serve_now() - server->started_ns);
}

static void add_queue(GString *out, serve_server *server)
{
    const loom_service_counts *counts = loom_service_counts_of(server->service);

    serve_text_number(out, "threads", counts->threads);
    serve_text_number(out, "queueLimit", server->settings->batch->queue);
    serve_text_number(out, "waiting", (int64_t)counts->waiting);
    serve_text_number(out, "running", (int64_t)counts->running);
    serve_text_number(out, "connections", server->peer_count);
}

/* A row for each that is alive, and how many have ended of what. */
static void add_workers(GString *out, serve_server *server)
{
    const loom_worker_info *worker;

    g_string_append(out, ",\"workers\":[");
    for (size_t i = 0; (worker = loom_engine_worker(server->engine, i)) != NULL; i++) {
        g_string_append_printf(out, "%s{\"pid\":%" G_GINT64_FORMAT, i > 0 ? "," : "", worker->pid);
        serve_text_member(out, "state", loom_worker_state_name(worker->state));
        serve_text_number(out, "images", (int64_t)worker->images);
        serve_text_number(out, "residentBytes", (int64_t)worker->resident);
        g_string_append_c(out, '}');
    }
    g_string_append(out, "],\"workersEnded\":{");
    const loom_worker_counts *counts = loom_engine_worker_counts(server->engine);
    for (unsigned i = 0; i < LOOM_WORKER_ENDS; i++)
        g_string_append_printf(out, "%s\"%s\":%" G_GUINT64_FORMAT, i > 0 ? "," : "",
                               loom_worker_end_name((loom_worker_end)i), counts->ended[i]);
    g_string_append_c(out, '}');
}

char *serve_system_text(serve_server *server)
{
    GString *out = g_string_new("{\"imgloom\":");

    serve_text_string(out, loom_version());
    add_libraries(out, server);
    add_machine(out, server);
    add_queue(out, server);
    add_workers(out, server);
    g_string_append(out, "}\n");
    return g_string_free(out, FALSE);
}
