#include "cli/run/pictures.h"

#include <imgloom/service.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>

enum { SIDE = 320, QUALITY = 70, TICK_MS = 100 };

typedef struct maker {
    cli_pictures *pictures;
    const loom_stop *stop;
    cli_terminal *terminal;
    bool shown;
    loom_recipe *recipe;
    loom_settings *settings;
    GPtrArray *requests; /* all of them; `user` is the path of the picture, owned */
    GPtrArray *idle;     /* those that are not in progress */
    guint next, done;    /* tasks submitted, and made or failed */
} maker;

loom_status cli_pictures_prepare(cli_pictures *pictures, GArray *wanted, bool written,
                                 loom_error *err)
{
    for (guint i = 0; i < wanted->len; i++) {
        cli_wanted *file = &g_array_index(wanted, cli_wanted, i);
        if (file->open != loom_report_open_page || !g_str_has_suffix(file->path, "/"))
            continue;
        if (pictures->folder != NULL)
            return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                                  "%s: only one page can be a folder", file->option);
        pictures->folder = g_strdup(file->path);
        pictures->page = g_strconcat(file->path, "index.html", NULL);
        pictures->name = g_strdup_printf("pictures-%" PRIx64, (uint64_t)g_get_real_time());
        pictures->tasks = g_ptr_array_new();
        file->path = pictures->page;
        file->pictures = written ? pictures->name : NULL;
    }
    return LOOM_OK;
}

void cli_pictures_add(cli_pictures *pictures, const loom_task *task, const loom_outcome *outcome)
{
    if (pictures->folder != NULL && task->output_path != NULL &&
        (outcome->result == LOOM_RESULT_OK || outcome->result == LOOM_RESULT_WARNING))
        g_ptr_array_add(pictures->tasks, (gpointer)(uintptr_t)task);
}

/* ---- requests ------------------------------------------------------------ */

/* As the page looks for it: a thousand in a folder. */
static char *path_of(const cli_pictures *pictures, const loom_task *task)
{
    return g_strdup_printf("%s%s/%03" PRIu64 "/%06" PRIu64 ".webp", pictures->folder,
                           pictures->name, (uint64_t)task->seq / 1000, (uint64_t)task->seq);
}

static loom_request *take_idle(maker *m)
{
    if (m->idle->len > 0)
        return g_ptr_array_steal_index_fast(m->idle, m->idle->len - 1);
    loom_request *request = loom_request_create();
    if (request != NULL)
        g_ptr_array_add(m->requests, request);
    return request;
}

static void put_idle(maker *m, loom_request *request)
{
    g_free(request->user);
    request->user = NULL;
    g_ptr_array_add(m->idle, request);
}

/* False: no more can be submitted now. */
static bool submit(maker *m, loom_service *service)
{
    const loom_task *task = g_ptr_array_index(m->pictures->tasks, m->next);
    loom_error err = LOOM_ERROR_INIT;
    loom_request *request = take_idle(m);

    if (request == NULL)
        return false;
    request->path = task->output_path;
    request->recipe = m->recipe;
    request->settings = m->settings;
    request->user = path_of(m->pictures, task);
    request->output_path = request->user;
    if (loom_service_submit(service, request, &err) == LOOM_OK) {
        m->next++;
        return true;
    }
    put_idle(m, request);
    if (err.code == LOOM_ERR_BUSY)
        return false;
    m->next++;
    m->done++;
    m->pictures->failed++;
    return true;
}

static void take_done(maker *m, loom_service *service)
{
    loom_request *request;

    while ((request = loom_service_next(service)) != NULL) {
        const loom_outcome *outcome = loom_request_outcome(request, 0);
        m->pictures->failed += outcome == NULL || outcome->result == LOOM_RESULT_ERROR;
        m->done++;
        put_idle(m, request);
    }
}

static void show(const maker *m)
{
    char *line;

    if (!m->shown)
        return;
    line = g_strdup_printf("small pictures for the page  %u/%u", m->done, m->pictures->tasks->len);
    cli_terminal_status(m->terminal, line);
    g_free(line);
}

static void front(void *user, loom_service *service)
{
    maker *m = user;
    const guint count = m->pictures->tasks->len;

    while (m->done < count && loom_stop_requests(m->stop) == 0) {
        struct pollfd ready = {.fd = loom_service_fd(service), .events = POLLIN};
        while (m->next < count && submit(m, service))
            continue;
        (void)poll(&ready, 1, TICK_MS);
        take_done(m, service);
        show(m);
    }
}

/* ---- all of it ----------------------------------------------------------- */

static bool prepare(maker *m, bool allow_untrusted)
{
    m->recipe = loom_recipe_create();
    m->settings = loom_settings_create();
    m->requests = g_ptr_array_new();
    m->idle = g_ptr_array_new();
    if (m->recipe == NULL || m->settings == NULL)
        return false;
    m->recipe->sizes[0].width = m->recipe->sizes[0].height = SIDE;
    m->recipe->fit = LOOM_FIT_INSIDE;
    m->recipe->no_upscale = true;
    m->recipe->format = LOOM_FORMAT_WEBP;
    m->recipe->quality = QUALITY;
    m->settings->allow_untrusted = allow_untrusted;
    m->settings->max_pixels = 0; /* the run has made them */
    return true;
}

static void release(maker *m)
{
    for (guint i = 0; i < m->requests->len; i++) {
        loom_request *request = g_ptr_array_index(m->requests, i);
        g_free(request->user);
        loom_request_free(request);
    }
    g_ptr_array_free(m->requests, TRUE);
    g_ptr_array_free(m->idle, TRUE);
    loom_recipe_free(m->recipe);
    loom_settings_free(m->settings);
}

static loom_status run_service(maker *m, const loom_batch *batch, loom_error *err)
{
    loom_service *service = loom_service_create(batch->engine);
    loom_status status;

    if (service == NULL)
        return loom_error_set(err, LOOM_ERR_OUT_OF_MEMORY, LOOM_STAGE_NONE, "out of memory");
    service->jobs = batch->jobs;
    service->memory = batch->memory;
    service->user = m;
    service->front = front;
    status = loom_service_run(service, err);
    loom_service_free(service);
    return status;
}

void cli_pictures_make(cli_pictures *pictures, const loom_batch *batch, bool allow_untrusted,
                       cli_terminal *terminal, bool shown)
{
    maker m = {.pictures = pictures, .stop = batch->stop, .terminal = terminal, .shown = shown};
    loom_error err = LOOM_ERROR_INIT;

    if (pictures->folder == NULL || pictures->tasks->len == 0 || loom_stop_requests(m.stop) > 0)
        return;
    if (!prepare(&m, allow_untrusted))
        cli_error("small pictures for the page: out of memory");
    else if (run_service(&m, batch, &err) != LOOM_OK)
        cli_error("small pictures for the page: %s", err.message);
    cli_terminal_erase(terminal);
    if (pictures->failed > 0)
        cli_error("small pictures for the page: %" PRIu64 " of %u could not be made; it shows the "
                  "outputs themselves",
                  pictures->failed, pictures->tasks->len);
    release(&m);
}

void cli_pictures_release(cli_pictures *pictures)
{
    g_free(pictures->folder);
    g_free(pictures->page);
    g_free(pictures->name);
    if (pictures->tasks != NULL)
        g_ptr_array_free(pictures->tasks, TRUE);
}
