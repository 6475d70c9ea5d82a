/* Counters, and their text for Prometheus. All labels come from closed sets. */
#ifndef SERVE_METRICS_H
#define SERVE_METRICS_H

#include "serve/fault.h"
#include <imgloom/outcome.h>

struct serve_server;
struct serve_exchange;

enum { SERVE_BUCKETS = 12, SERVE_ENDPOINTS_MAX = 16, SERVE_STATUSES_MAX = 600 };

typedef struct serve_histogram {
    uint64_t counts[SERVE_BUCKETS + 1]; /* the last: beyond the last bound */
    int64_t sum_ns;
} serve_histogram;

typedef enum serve_time {
    SERVE_TIME_UPLOAD = 0,
    SERVE_TIME_QUEUE,
    SERVE_TIME_PROCESS,
    SERVE_TIME_SEND,
    SERVE_TIMES
} serve_time;

typedef struct serve_metrics {
    uint64_t requests[SERVE_ENDPOINTS_MAX][SERVE_STATUSES_MAX]; /* by HTTP status */
    serve_histogram whole, times[SERVE_TIMES];
    uint64_t images[LOOM_RESULT_COUNT]; /* but errors */
    uint64_t errors[LOOM_STATUS_COUNT];
    uint64_t rejected[SERVE_CODES]; /* by the service itself */
    uint64_t late;                  /* connections that were closed because they were late */
    uint64_t gone, not_modified, coalesced;
    uint64_t bytes_in, bytes_out, pixels;
    int64_t process_ns; /* of all images, for the mean */
    uint64_t processed;
} serve_metrics;

/* Counts a request that has ended. */
void serve_metrics_exchange(serve_metrics *metrics, const struct serve_exchange *exchange);
/* How many requests have ended. */
uint64_t serve_metrics_requests(const serve_metrics *metrics);
void serve_metrics_image(serve_metrics *metrics, const loom_outcome *outcome);
/* The text; freed with g_free. */
char *serve_metrics_text(struct serve_server *server);

#endif
