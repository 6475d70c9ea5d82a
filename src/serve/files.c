/*
 * Files below roots. Two threads open them, so that a slow disk holds up neither answers nor the
 * state of the service; what they have done comes back by an eventfd.
 */
#include "options/missing.h"
#include "serve/exchange.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { OPENERS = 2 };

/* ---- roots --------------------------------------------------------------- */

void serve_root_free(void *root)
{
    serve_root *r = root;

    if (r->file >= 0)
        (void)close(r->file);
    g_free(r->name);
    g_free(r);
}

static bool is_name(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (!g_ascii_isalnum(text[i]) && strchr("_-", text[i]) == NULL)
            return false;
    return size > 0;
}

/* The folder of NAME=DIR could not be opened. */
static void refuse_root(const char *word, const char *folder, int errnum, loom_error *err)
{
    const int name = (int)(folder - 1 - word);
    char *similar = errnum == ENOENT ? options_find_similar(folder) : NULL;

    if (errnum == ENOENT)
        (void)loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                             "--root %.*s: no such folder: %s%s%s%s", name, word, folder,
                             similar != NULL ? "; did you mean " : "",
                             similar != NULL ? similar : "", similar != NULL ? "?" : "");
    else if (errnum == ENOTDIR)
        (void)loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                             "--root %.*s: %s is not a folder", name, word, folder);
    else
        (void)loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                             "--root %.*s: %s cannot be opened: %s", name, word, folder,
                             g_strerror(errnum));
    g_free(similar);
}

static bool open_root(serve_server *server, const char *word, loom_error *err)
{
    const char *equals = strchr(word, '=');

    if (equals == NULL || !is_name(word, (size_t)(equals - word))) {
        (void)loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                             "--root: '%s' is not NAME=DIR, with a NAME of A-Z a-z 0-9 _ -", word);
        return false;
    }
    const int file = open(equals + 1, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (file < 0) {
        refuse_root(word, equals + 1, errno, err);
        return false;
    }
    serve_root *root = g_new0(serve_root, 1);
    root->name = g_strndup(word, (gsize)(equals - word));
    root->file = file;
    if (serve_root_find(server, root->name, strlen(root->name)) != NULL) {
        (void)loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                             "--root: there are two of the name '%s'", root->name);
        serve_root_free(root);
        return false;
    }
    g_ptr_array_add(server->roots, root);
    return true;
}

bool serve_roots_open(serve_server *server, loom_error *err)
{
    const GPtrArray *words = server->settings->roots;

    for (guint i = 0; i < words->len; i++)
        if (!open_root(server, g_ptr_array_index(words, i), err))
            return false;
    return true;
}

const serve_root *serve_root_find(const serve_server *server, const char *name, size_t size)
{
    for (guint i = 0; i < server->roots->len; i++) {
        const serve_root *root = g_ptr_array_index(server->roots, i);
        if (strlen(root->name) == size && memcmp(root->name, name, size) == 0)
            return root;
    }
    return NULL;
}

/* ---- opening ------------------------------------------------------------- */

/* A regular file below the root, whatever links lead there; -1: there is none. */
static int open_beneath(const serve_root *root, const char *path)
{
    struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    long file;

    do /* EAGAIN: something was renamed meanwhile */
        file = syscall(SYS_openat2, root->file, path, &how, sizeof how);
    while (file < 0 && (errno == EAGAIN || errno == EINTR));
    return (int)file;
}

/* On an opener's thread. */
static void open_file(void *data, void *user)
{
    serve_opening *opening = data;
    serve_server *server = user;
    const uint64_t one = 1;
    struct stat info;

    opening->file = open_beneath(opening->root, opening->path);
    if (opening->file >= 0 && (fstat(opening->file, &info) != 0 || !S_ISREG(info.st_mode))) {
        (void)close(opening->file);
        opening->file = -1;
    }
    if (opening->file >= 0) {
        opening->size = (uint64_t)info.st_size;
        opening->modified_s = info.st_mtim.tv_sec;
        opening->modified_ns = info.st_mtim.tv_nsec;
    }
    g_async_queue_push(server->opened, opening);
    while (write(server->opened_bell, &one, sizeof one) < 0 && errno == EINTR)
        continue;
}

bool serve_files_start(serve_server *server)
{
    server->opened = g_async_queue_new();
    server->opened_bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    server->openers = g_thread_pool_new(open_file, server, OPENERS, TRUE, NULL);
    return server->opened_bell >= 0 && server->openers != NULL;
}

void serve_files_stop(serve_server *server)
{
    if (server->openers != NULL)
        g_thread_pool_free(server->openers, FALSE, TRUE);
    server->openers = NULL;
    if (server->opened != NULL) {
        serve_files_collect(server);
        g_async_queue_unref(server->opened);
    }
    server->opened = NULL;
    if (server->opened_bell >= 0)
        (void)close(server->opened_bell);
    server->opened_bell = -1;
}

/* No dot-names, and nothing whose extension says that it is no picture. */
static bool may_ask(const char *path)
{
    for (const char *segment = path; segment != NULL;
         segment = strchr(segment, '/') != NULL ? strchr(segment, '/') + 1 : NULL)
        if (segment[0] == '.')
            return false;
    return loom_format_by_path(path) != LOOM_FORMAT_UNKNOWN;
}

bool serve_file_open(serve_exchange *exchange)
{
    if (!may_ask(exchange->path))
        return serve_refuse_as(&exchange->fault, LOOM_ERR_NOT_FOUND, "there is no such picture");
    serve_opening *opening = g_new0(serve_opening, 1);
    opening->exchange = exchange;
    opening->root = exchange->root;
    opening->path = g_strdup(exchange->path);
    opening->file = -1;
    exchange->opening = opening;
    (void)g_thread_pool_push(exchange->server->openers, opening, NULL);
    return true;
}

static void free_opening(serve_opening *opening)
{
    if (opening->file >= 0)
        (void)close(opening->file);
    g_free(opening->path);
    g_free(opening);
}

void serve_files_collect(serve_server *server)
{
    serve_opening *opening;
    uint64_t count;

    while (read(server->opened_bell, &count, sizeof count) < 0 && errno == EINTR)
        continue;
    while ((opening = g_async_queue_try_pop(server->opened)) != NULL) {
        if (opening->exchange != NULL) {
            opening->exchange->opening = NULL;
            serve_images_opened(opening->exchange, opening);
        }
        free_opening(opening);
    }
}
