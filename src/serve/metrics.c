#include "serve/metrics.h"

#include "serve/server.h"
#include <dirent.h>
#include <string.h>
#include <sys/resource.h>

/* Upper bounds, ns. */
static const int64_t bounds[SERVE_BUCKETS] = {1000000,    2500000,    5000000,    10000000,
                                              25000000,   50000000,   100000000,  250000000,
                                              1000000000, 2500000000, 5000000000, 30000000000};

static const char *const times[SERVE_TIMES] = {"upload", "queue", "process", "send"};

static void observe(serve_histogram *histogram, int64_t ns)
{
    size_t i = 0;

    while (i < SERVE_BUCKETS && ns > bounds[i])
        i++;
    histogram->counts[i]++;
    histogram->sum_ns += ns;
}

static int64_t span(int64_t from, int64_t to)
{
    return from > 0 && to > from ? to - from : 0;
}

void serve_metrics_exchange(serve_metrics *m, const serve_exchange *e)
{
    const int64_t now = serve_now();
    const unsigned status = e->reply.status;

    m->requests[serve_endpoint_index(e->endpoint)][status < SERVE_STATUSES_MAX ? status : 0]++;
    m->gone += e->gone;
    m->bytes_out += serve_exchange_bytes(e);
    if (e->fault.code == SERVE_TARGET_TOO_LONG) /* of the same name */
        m->rejected[SERVE_HEAD_TOO_LARGE]++;
    else if (e->fault.code != SERVE_FINE && e->fault.code != SERVE_LIBRARY)
        m->rejected[e->fault.code]++;
    observe(&m->whole, now - e->began_ns);
    if (!e->facts.known)
        return;
    observe(&m->times[SERVE_TIME_UPLOAD], span(e->head_ns, e->whole_ns));
    observe(&m->times[SERVE_TIME_QUEUE], e->facts.queue_ns);
    observe(&m->times[SERVE_TIME_PROCESS],
            MAX(span(e->whole_ns, e->done_ns) - e->facts.queue_ns, 0));
    observe(&m->times[SERVE_TIME_SEND], span(e->done_ns, now));
}

uint64_t serve_metrics_requests(const serve_metrics *m)
{
    uint64_t count = 0;

    for (size_t i = 0; i <= SERVE_BUCKETS; i++)
        count += m->whole.counts[i];
    return count;
}

void serve_metrics_image(serve_metrics *m, const loom_outcome *outcome)
{
    if (outcome->result == LOOM_RESULT_ERROR)
        m->errors[outcome->error.code]++;
    else
        m->images[outcome->result]++;
    if (outcome->thread < 0)
        return;
    m->processed++;
    m->process_ns += outcome->elapsed_ns;
    if (loom_result_decoded(outcome->result, outcome->error.stage))
        m->pixels += (uint64_t)outcome->original_width * outcome->original_height;
}

/* ---- the text ------------------------------------------------------------ */

static void head(GString *out, const char *name, const char *type, const char *help)
{
    g_string_append_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void number(GString *out, const char *name, const char *type, const char *help,
                   uint64_t value)
{
    head(out, name, type, help);
    g_string_append_printf(out, "%s %" G_GUINT64_FORMAT "\n", name, value);
}

/* `labels` begin the label set: "" or "stage=\"queue\",". */
static void histogram(GString *out, const char *name, const char *labels, const serve_histogram *h)
{
    uint64_t count = 0;

    for (size_t i = 0; i < SERVE_BUCKETS; i++) {
        count += h->counts[i];
        g_string_append_printf(out, "%s_bucket{%sle=\"%g\"} %" G_GUINT64_FORMAT "\n", name, labels,
                               (double)bounds[i] / 1e9, count);
    }
    count += h->counts[SERVE_BUCKETS];
    char *set = labels[0] != '\0' ? g_strdup_printf("{%.*s}", (int)strlen(labels) - 1, labels)
                                  : g_strdup("");
    g_string_append_printf(out,
                           "%s_bucket{%sle=\"+Inf\"} %" G_GUINT64_FORMAT "\n"
                           "%s_sum%s %.6f\n%s_count%s %" G_GUINT64_FORMAT "\n",
                           name, labels, count, name, set, (double)h->sum_ns / 1e9, name, set,
                           count);
    g_free(set);
}

static void add_requests(GString *out, const serve_metrics *m)
{
    head(out, "imgloom_requests_total", "counter", "Requests that have ended, by HTTP status.");
    for (size_t i = 0; i < SERVE_ENDPOINTS_MAX; i++)
        for (unsigned status = 0; status < SERVE_STATUSES_MAX; status++) {
            const serve_endpoint *endpoint = serve_endpoint_at(i);
            if (m->requests[i][status] > 0)
                g_string_append_printf(
                    out,
                    "imgloom_requests_total{endpoint=\"%s\",code=\"%u\"} %" G_GUINT64_FORMAT "\n",
                    endpoint != NULL ? endpoint->path : "", status, m->requests[i][status]);
        }
    head(out, "imgloom_request_seconds", "histogram", "From the request line to the last byte.");
    histogram(out, "imgloom_request_seconds", "", &m->whole);
    head(out, "imgloom_stage_seconds", "histogram", "The steps of requests with a picture.");
    for (size_t i = 0; i < SERVE_TIMES; i++) {
        char labels[32];
        (void)g_snprintf(labels, sizeof labels, "stage=\"%s\",", times[i]);
        histogram(out, "imgloom_stage_seconds", labels, &m->times[i]);
    }
}

static void add_images(GString *out, const serve_metrics *m)
{
    static const char name[] = "imgloom_images_total";

    head(out, name, "counter", "Outputs, by what became of them.");
    for (unsigned i = 0; i < LOOM_RESULT_COUNT; i++)
        if (i != LOOM_RESULT_ERROR)
            g_string_append_printf(out, "%s{result=\"%s\",error_code=\"\"} %" G_GUINT64_FORMAT "\n",
                                   name, loom_result_name((loom_result)i), m->images[i]);
    for (unsigned i = 0; i < LOOM_STATUS_COUNT; i++)
        if (m->errors[i] > 0)
            g_string_append_printf(out,
                                   "%s{result=\"error\",error_code=\"%s\"} %" G_GUINT64_FORMAT "\n",
                                   name, loom_status_name((loom_status)i), m->errors[i]);
    head(out, "imgloom_rejected_total", "counter", "Requests that the service refused by itself.");
    for (unsigned i = SERVE_LIBRARY + 1; i < SERVE_CODES; i++) {
        const serve_fault fault = {.code = (serve_code)i};
        if (i != SERVE_TARGET_TOO_LONG)
            g_string_append_printf(out,
                                   "imgloom_rejected_total{reason=\"%s\"} %" G_GUINT64_FORMAT "\n",
                                   serve_fault_code(&fault), m->rejected[i]);
    }
}

static void add_state(GString *out, serve_server *server)
{
    const loom_service_counts *counts = loom_service_counts_of(server->service);

    number(out, "imgloom_queue_length", "gauge", "Pictures that wait for a thread.",
           counts->waiting);
    number(out, "imgloom_queue_limit", "gauge", "Pictures that may wait.",
           server->settings->batch->queue);
    number(out, "imgloom_running", "gauge", "Pictures that a thread has.", counts->running);
    number(out, "imgloom_threads", "gauge", "Threads for pictures.", counts->threads);
    number(out, "imgloom_connections", "gauge", "Open connections.", server->peer_count);
    number(out, "imgloom_bodies_bytes", "gauge", "Bytes of bodies that are held.", server->bodies);
    number(out, "imgloom_bodies_limit_bytes", "gauge", "Bytes of bodies that may be held.",
           server->settings->max_bodies);
}

static void add_workers(GString *out, serve_server *server)
{
    const loom_worker_counts *counts = loom_engine_worker_counts(server->engine);

    head(out, "imgloom_workers", "gauge", "Worker processes.");
    g_string_append_printf(out,
                           "imgloom_workers{state=\"idle\"} %u\n"
                           "imgloom_workers{state=\"busy\"} %u\n"
                           "imgloom_workers{state=\"starting\"} %u\n",
                           counts->idle, counts->busy, counts->starting);
    head(out, "imgloom_worker_ends_total", "counter", "Worker processes that have ended.");
    for (unsigned i = 0; i < LOOM_WORKER_ENDS; i++)
        g_string_append_printf(out,
                               "imgloom_worker_ends_total{cause=\"%s\"} %" G_GUINT64_FORMAT "\n",
                               loom_worker_end_name((loom_worker_end)i), counts->ended[i]);
}

static uint64_t count_descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    uint64_t count = 0;

    if (folder == NULL)
        return 0;
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;)
        count += entry->d_name[0] != '.';
    (void)closedir(folder);
    return count - 1; /* that of the folder */
}

static uint64_t limit_descriptors(void)
{
    struct rlimit limit;

    return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? (uint64_t)limit.rlim_cur : 0;
}

/* What Prometheus expects of any process. */
static void add_process(GString *out, const serve_server *server)
{
    struct rusage own, children;
    const serve_memory memory = serve_memory_of_this();

    (void)getrusage(RUSAGE_SELF, &own);
    (void)getrusage(RUSAGE_CHILDREN, &children);
    head(out, "process_cpu_seconds_total", "counter", "CPU time, with workers that have ended.");
    g_string_append_printf(out, "process_cpu_seconds_total %.6f\n",
                           (double)(own.ru_utime.tv_sec + own.ru_stime.tv_sec +
                                    children.ru_utime.tv_sec + children.ru_stime.tv_sec) +
                               (double)(own.ru_utime.tv_usec + own.ru_stime.tv_usec +
                                        children.ru_utime.tv_usec + children.ru_stime.tv_usec) /
                                   1e6);
    number(out, "process_resident_memory_bytes", "gauge", "Resident memory, without workers.",
           memory.resident);
    number(out, "process_virtual_memory_bytes", "gauge", "Address space, without workers.",
           memory.total);
    number(out, "process_open_fds", "gauge", "Open descriptors.", count_descriptors());
    number(out, "process_max_fds", "gauge", "Descriptors that may be open.", limit_descriptors());
    head(out, "process_start_time_seconds", "gauge", "Start, in seconds since the epoch.");
    g_string_append_printf(out, "process_start_time_seconds %.3f\n",
                           (double)g_get_real_time() / 1e6 -
                               (double)(serve_now() - server->started_ns) / 1e9);
}

char *serve_metrics_text(serve_server *server)
{
    const serve_metrics *m = &server->metrics;
    GString *out = g_string_new(NULL);

    add_requests(out, m);
    add_images(out, m);
    add_state(out, server);
    add_workers(out, server);
    number(out, "imgloom_clients_gone_total", "counter", "Requests whose client left early.",
           m->gone);
    number(out, "imgloom_coalesced_total", "counter",
           "Requests that waited for the picture of another request.", m->coalesced);
    number(out, "imgloom_not_modified_total", "counter", "Requests answered 304.", m->not_modified);
    number(out, "imgloom_late_total", "counter", "Connections closed because they were late.",
           m->late);
    number(out, "imgloom_pixels_total", "counter", "Pixels of pictures that were decoded.",
           m->pixels);
    number(out, "imgloom_log_lost_total", "counter", "Lines that the log's reader did not take.",
           server->log.lost);
    head(out, "imgloom_bytes_total", "counter", "Bytes of bodies.");
    g_string_append_printf(out,
                           "imgloom_bytes_total{direction=\"in\"} %" G_GUINT64_FORMAT "\n"
                           "imgloom_bytes_total{direction=\"out\"} %" G_GUINT64_FORMAT "\n",
                           m->bytes_in, m->bytes_out);
    add_process(out, server);
    return g_string_free(out, FALSE);
}
