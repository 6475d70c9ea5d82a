/* imgloom-serve: what `imgloom serve` executes. Its words are those behind the command's name. */
#include "serve/server.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SPARE_FILES = 48, FILES_PER_JOB = 8 };

enum { EXIT_FINE = 0, EXIT_USAGE = 2, EXIT_START = 4 };

static int complain(int status, const char *message)
{
    (void)fprintf(stderr, "imgloom serve: %s%s\n", message,
                  status == EXIT_USAGE ? " (see imgloom serve --help)" : "");
    return status;
}

/* A standard descriptor that is closed would become a socket's or a log's. */
static void fill_standard_descriptors(void)
{
    for (int file = STDIN_FILENO; file <= STDERR_FILENO; file++)
        if (fcntl(file, F_GETFD) == -1 && errno == EBADF && open("/dev/null", O_RDWR) < 0)
            return;
}

/* Where others can reach the service, hostile pictures must find a whole sandbox. */
static bool is_exposed(const serve_server *server)
{
    for (guint i = 0; i < server->listeners->len; i++)
        if (!((const serve_listener *)g_ptr_array_index(server->listeners, i))->loopback)
            return true;
    return false;
}

static loom_status start_engine(serve_server *server, loom_error *err)
{
    loom_engine_options *options = server->settings->engine;

    options->require_sandbox =
        options->require_sandbox || (is_exposed(server) && options->isolate != LOOM_ISOLATE_NEVER);
    return loom_engine_start(&server->engine, options, err);
}

/* Reads what presets name, while files can be read. */
static bool prepare_presets(const serve_server *server, loom_error *err)
{
    const serve_settings *s = server->settings;
    loom_error why = LOOM_ERROR_INIT;

    for (guint i = 0; i < s->presets->len; i++) {
        const serve_preset *preset = &g_array_index(s->presets, serve_preset, i);
        if (loom_recipe_read_files(preset->recipe, &why) != LOOM_OK ||
            loom_engine_prepare(server->engine, preset->recipe, &why) != LOOM_OK) {
            (void)loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "--preset: '%s': %s",
                                 preset->name, why.message);
            return false;
        }
    }
    return true;
}

static loom_status run(serve_server *server, loom_error *err)
{
    const loom_batch *batch = server->settings->batch;
    loom_service *service = loom_service_create(server->engine);

    if (service == NULL)
        return loom_error_set(err, LOOM_ERR_OUT_OF_MEMORY, LOOM_STAGE_NONE, "out of memory");
    service->jobs = batch->jobs;
    service->queue = batch->queue;
    service->memory = batch->memory;
    service->user = server;
    service->front = serve_loop;
    loom_status status = loom_service_run(service, err);
    if (status == LOOM_OK && server->failed)
        status = loom_error_set(err, LOOM_ERR_IO, LOOM_STAGE_NONE,
                                "the system lacks descriptors, or libmicrohttpd cannot start");
    loom_service_free(service);
    return status;
}

/* Where the sandbox is required, this is a part of it. */
static bool confine(serve_server *server, loom_error *err)
{
    server->confined = serve_confine(server, err);
    if (server->confined || server->settings->engine->require_sandbox)
        return server->confined;
    serve_log_event(&server->log, "unconfined", err->message);
    loom_error_clear(err);
    return true;
}

/* As many descriptors as may be, and no more connections than leave some for workers and files. */
static void fit_connections(serve_settings *settings)
{
    struct rlimit room;

    if (getrlimit(RLIMIT_NOFILE, &room) != 0)
        return;
    room.rlim_cur = room.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &room);
    if (getrlimit(RLIMIT_NOFILE, &room) != 0 || room.rlim_cur == RLIM_INFINITY)
        return;
    const uint64_t spare = SPARE_FILES + (uint64_t)settings->batch->jobs * FILES_PER_JOB;
    const uint64_t most = room.rlim_cur > spare ? room.rlim_cur - spare : 1;
    if (settings->connections > most)
        settings->connections = (unsigned)most;
}

static int serve(serve_server *server)
{
    loom_error err = LOOM_ERROR_INIT;

    server->probing = loom_settings_copy(server->settings->settings);
    if (server->probing == NULL)
        return complain(EXIT_START, "out of memory");
    server->probing->dry_run = true;
    if (!serve_secrets_read(server, &err) || !serve_roots_open(server, &err))
        return complain(EXIT_USAGE, err.message);
    if (!serve_log_open(&server->log, server->settings->log, &err) ||
        !serve_listeners_open(server, &err))
        return complain(err.code == LOOM_ERR_USAGE ? EXIT_USAGE : EXIT_START, err.message);
    server->formats = serve_formats_text();
    fit_connections(server->settings);
    if (start_engine(server, &err) != LOOM_OK)
        return complain(EXIT_START, err.message);
    if (!prepare_presets(server, &err))
        return complain(EXIT_USAGE, err.message);
    server->vips_version = loom_engine_vips_version(server->engine);
    if (!confine(server, &err) || run(server, &err) != LOOM_OK)
        return complain(EXIT_START, err.message);
    return EXIT_FINE;
}

static void free_listener(void *listener)
{
    g_free(((serve_listener *)listener)->name);
    g_free(listener);
}

int main(int argc, char **argv)
{
    static serve_settings settings;
    static serve_server server;
    options_line line;
    loom_error err = LOOM_ERROR_INIT;
    int status = EXIT_FINE;

    fill_standard_descriptors();
    setlocale(LC_CTYPE, "");
    serve_signals_block();
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); /* also where there is no Landlock */
    if (!serve_settings_init(&settings))
        return complain(EXIT_START, "out of memory");
    server = (serve_server){.settings = &settings, .log = {.file = -1}, .opened_bell = -1};
    server.listeners = g_ptr_array_new_with_free_func(free_listener);
    server.roots = g_ptr_array_new_with_free_func(serve_root_free);
    server.jobs_by_key = g_hash_table_new(g_str_hash, g_str_equal);
    switch (serve_settings_read(&settings, argc > 0 ? argv + 1 : argv, &line, &err)) {
    case OPTIONS_GO:
        status = serve(&server);
        break;
    case OPTIONS_WRONG:
        status = complain(EXIT_USAGE, err.message);
        break;
    default: /* help and version are printed by imgloom itself */
        (void)puts("This program is started by `imgloom serve`, whose --help says more.");
        break;
    }
    options_line_release(&line);
    serve_listeners_close(&server);
    loom_engine_stop(server.engine);
    serve_log_close(&server.log);
    loom_settings_free(server.probing);
    g_ptr_array_free(server.listeners, TRUE);
    g_ptr_array_free(server.roots, TRUE);
    g_hash_table_destroy(server.jobs_by_key);
    if (server.tokens != NULL)
        g_ptr_array_free(server.tokens, TRUE);
    if (server.keys != NULL)
        g_ptr_array_free(server.keys, TRUE);
    g_free(server.formats);
    serve_settings_release(&settings);
    return status;
}
