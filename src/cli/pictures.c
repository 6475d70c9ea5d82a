#include "cli/pictures.h"

#include <errno.h>
#include <fcntl.h>
#include <imgloom/scan.h>
#include <imgloom/service.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SIDE = 320, QUALITY = 70, TICK_MS = 100 };

/* An output, and the row that shows it. */
typedef struct wanted {
    const char *path;
    int64_t run; /* of a merged page; -1: it has no runs */
    uint64_t seq;
} wanted;

typedef struct maker {
    cli_pictures *pictures;
    const loom_stop *stop;
    cli_terminal *terminal;
    bool shown;
    loom_recipe *recipe;
    loom_settings *settings;
    GPtrArray *requests; /* all of them; `user` is the path of the picture, owned */
    GPtrArray *idle;     /* those that are not in progress */
    guint next, done;    /* pictures submitted, and made or failed */
    guint made;
} maker;

bool cli_pictures_begin(cli_pictures *pictures, const char *path)
{
    if (!g_str_has_suffix(path, "/"))
        return false;
    pictures->folder = g_strdup(path);
    pictures->page = g_strconcat(path, "index.html", NULL);
    pictures->name = g_strdup_printf(LOOM_PICTURES_START "%" PRIx64, (uint64_t)g_get_real_time());
    pictures->wanted = g_array_new(FALSE, FALSE, sizeof(wanted));
    return true;
}

void cli_pictures_add(cli_pictures *pictures, const char *path, int64_t run, uint64_t seq)
{
    const wanted picture = {path, run, seq};

    if (pictures->folder != NULL)
        g_array_append_val(pictures->wanted, picture);
}

/* ---- requests ------------------------------------------------------------ */

/* As the page looks for it: a thousand in a folder, and a folder for each run of a merged page. */
static char *path_of(const cli_pictures *pictures, const wanted *picture)
{
    GString *path = g_string_new(NULL);

    g_string_append_printf(path, "%s%s/", pictures->folder, pictures->name);
    if (picture->run >= 0)
        g_string_append_printf(path, "%" PRId64 "/", picture->run);
    g_string_append_printf(path, "%03" PRIu64 "/%06" PRIu64 ".webp", picture->seq / 1000,
                           picture->seq);
    return g_string_free(path, FALSE);
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
    const wanted *picture = &g_array_index(m->pictures->wanted, wanted, m->next);
    loom_error err = LOOM_ERROR_INIT;
    loom_request *request = take_idle(m);

    if (request == NULL)
        return false;
    request->path = picture->path;
    request->recipe = m->recipe;
    request->settings = m->settings;
    request->user = path_of(m->pictures, picture);
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

static void count(maker *m, loom_request *request)
{
    const loom_outcome *outcome = loom_request_outcome(request, 0);
    const bool failed = outcome == NULL || outcome->result == LOOM_RESULT_ERROR;

    m->made += !failed;
    m->pictures->failed +=
        failed && (outcome == NULL || outcome->error.code != LOOM_ERR_CANCELLED ||
                   loom_stop_requests(m->stop) == 0);
}

static void take_done(maker *m, loom_service *service)
{
    loom_request *request;

    while ((request = loom_service_next(service)) != NULL) {
        count(m, request);
        m->done++;
        put_idle(m, request);
    }
}

static void show(const maker *m)
{
    char *line;

    if (!m->shown)
        return;
    line = g_strdup_printf("small pictures for the page  %u/%u", m->done, m->pictures->wanted->len);
    cli_terminal_status(m->terminal, line);
    g_free(line);
}

static void front(void *user, loom_service *service)
{
    maker *m = user;
    const guint outputs = m->pictures->wanted->len;

    while (m->done < outputs && loom_stop_requests(m->stop) == 0) {
        struct pollfd ready = {.fd = loom_service_fd(service), .events = POLLIN};
        while (m->next < outputs && submit(m, service))
            continue;
        (void)poll(&ready, 1, TICK_MS);
        take_done(m, service);
        show(m);
    }
}

/* ---- the folder ---------------------------------------------------------- */

static bool write_mark(const char *path)
{
    static const char text[] =
        "Small pictures for a page of imgloom, which takes none of them as input. Without the page "
        "this folder is of no use.\n";
    const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
    const char *rest = text;
    ssize_t size = 0;

    if (file < 0)
        return false;
    for (; *rest != '\0' && size >= 0; rest += MAX(size, 0))
        size = TEMP_FAILURE_RETRY(write(file, rest, strlen(rest)));
    const int errnum = errno;
    const bool closed = close(file) == 0;
    if (size < 0)
        errno = errnum;
    return size >= 0 && closed;
}

/* Before any picture is there, so that no other run finds one in a folder without the mark. */
static bool make_folder(const cli_pictures *pictures)
{
    char *folder = g_strconcat(pictures->folder, pictures->name, NULL);
    char *mark = g_strconcat(folder, "/" LOOM_PICTURES_MARK, NULL);
    const bool made = g_mkdir_with_parents(folder, 0777) == 0 && write_mark(mark);

    if (!made)
        cli_error("small pictures for the page: cannot make the folder %s: %s", folder,
                  g_strerror(errno));
    g_free(mark);
    g_free(folder);
    return made;
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
    m->settings->max_pixels = 0; /* a run has made them */
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

/* False: it could not begin. */
static bool make(maker *m, const loom_batch *batch, bool allow_untrusted)
{
    loom_error err = LOOM_ERROR_INIT;
    bool begun = false;

    if (!make_folder(m->pictures))
        return false;
    if (!prepare(m, allow_untrusted))
        cli_error("small pictures for the page: out of memory");
    else if (run_service(m, batch, &err) != LOOM_OK)
        cli_error("small pictures for the page: %s", err.message);
    else
        begun = true;
    for (guint i = 0; i < m->requests->len; i++) {
        loom_request *request = g_ptr_array_index(m->requests, i);
        if (request->user != NULL) /* in progress when a stop came */
            count(m, request);
    }
    release(m);
    return begun;
}

void cli_pictures_make(cli_pictures *pictures, const loom_batch *batch, bool allow_untrusted,
                       cli_terminal *terminal, bool shown)
{
    maker m = {.pictures = pictures, .stop = batch->stop, .terminal = terminal, .shown = shown};

    if (pictures->folder == NULL || pictures->wanted->len == 0)
        return;
    const guint outputs = pictures->wanted->len;
    const bool begun = loom_stop_requests(m.stop) > 0 || make(&m, batch, allow_untrusted);
    cli_terminal_erase(terminal);
    if (pictures->failed > 0)
        cli_error("small pictures for the page: %" PRIu64 " of %u could not be made; it shows the "
                  "outputs themselves",
                  pictures->failed, outputs);
    if (begun && m.made + pictures->failed < outputs)
        cli_error("interrupted: the page lacks the small pictures of %" PRIu64 " of %u outputs, "
                  "and shows these outputs themselves",
                  outputs - m.made - pictures->failed, outputs);
}

void cli_pictures_forget(cli_pictures *pictures)
{
    if (pictures->wanted != NULL)
        g_array_set_size(pictures->wanted, 0);
    pictures->failed = 0;
}

void cli_pictures_release(cli_pictures *pictures)
{
    g_free(pictures->folder);
    g_free(pictures->page);
    g_free(pictures->name);
    if (pictures->wanted != NULL)
        g_array_free(pictures->wanted, TRUE);
}
