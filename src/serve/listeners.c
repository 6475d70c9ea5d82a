/* Where connections come from: sockets that are opened here, or handed over by a parent. */
#include "serve/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <imgloom/parse.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 4096, HANDED_FIRST = 3 /* sd_listen_fds(3) */ };

#define SHORT_NS INT64_C(100000000) /* before it tries again to accept */

static const char default_address[] = "127.0.0.1:8080";

/* ---- addresses ----------------------------------------------------------- */

/* "127.0.0.1", "::1", or "unix"; *port is 0 for the last. */
static void show_address(const struct sockaddr_storage *address, char *text, size_t size,
                         unsigned *port)
{
    *port = 0;
    g_strlcpy(text, "unix", size);
    if (address->ss_family == AF_INET) {
        const struct sockaddr_in *in = (const void *)address;
        (void)inet_ntop(AF_INET, &in->sin_addr, text, (socklen_t)size);
        *port = ntohs(in->sin_port);
    } else if (address->ss_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const void *)address;
        (void)inet_ntop(AF_INET6, &in6->sin6_addr, text, (socklen_t)size);
        *port = ntohs(in6->sin6_port);
    }
}

static bool is_loopback(const struct sockaddr_storage *address)
{
    if (address->ss_family == AF_INET)
        return (ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr) >>
                24) == IN_LOOPBACKNET;
    return address->ss_family == AF_INET6 &&
           IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr);
}

static bool fail(loom_error *err, int number, const char *word)
{
    (void)loom_error_set_errno(err, LOOM_STAGE_NONE, number, "cannot listen on '%s'", word);
    return false;
}

static bool refuse(loom_error *err, const char *word, const char *why)
{
    (void)loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "'%s' %s", word, why);
    return false;
}

/* ---- a listener ---------------------------------------------------------- */

/* Takes over `file`, which listens, and `path`. */
static void add(serve_server *server, int file, char *path, bool admin)
{
    struct sockaddr_storage address = {.ss_family = AF_UNSPEC};
    socklen_t size = sizeof address;
    serve_listener *listener = g_new0(serve_listener, 1);
    char host[64];
    unsigned port;

    (void)getsockname(file, (struct sockaddr *)&address, &size);
    show_address(&address, host, sizeof host, &port);
    listener->source = SERVE_FROM_LISTENER;
    listener->file = file;
    listener->path = path;
    listener->local_ip = is_loopback(&address);
    listener->loopback = listener->local_ip || address.ss_family == AF_UNIX;
    listener->admin = admin || listener->loopback;
    if (address.ss_family == AF_UNIX)
        listener->name = g_strconcat("unix:", path != NULL ? path : "", NULL);
    else
        listener->name =
            g_strdup_printf(strchr(host, ':') != NULL ? "[%s]:%u" : "%s:%u", host, port);
    g_ptr_array_add(server->listeners, listener);
}

/* A socket whose process has gone is in the way; any other file stays. */
static void remove_stale(const char *path, const struct sockaddr_un *address)
{
    struct stat info;
    const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (probe < 0)
        return;
    if (lstat(path, &info) == 0 && S_ISSOCK(info.st_mode) &&
        connect(probe, (const struct sockaddr *)address, sizeof *address) != 0 &&
        errno == ECONNREFUSED)
        (void)unlink(path);
    (void)close(probe);
}

static bool open_unix(serve_server *server, const char *word, bool admin, loom_error *err)
{
    const char *path = word + strlen("unix:");
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (path[0] == '\0' || strlen(path) >= sizeof address.sun_path)
        return refuse(err, word, "is not unix:PATH, or its path is too long");
    strcpy(address.sun_path, path);
    remove_stale(path, &address);
    const int file = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    /* Nobody can connect before listen, so nobody does with another mode. */
    if (file < 0 || bind(file, (const struct sockaddr *)&address, sizeof address) != 0 ||
        chmod(path, server->settings->socket_mode) != 0 || listen(file, BACKLOG) != 0) {
        const int number = errno;
        if (file >= 0)
            (void)close(file);
        return fail(err, number, word);
    }
    add(server, file, g_strdup(path), admin);
    return true;
}

static int open_address(const struct addrinfo *found)
{
    const int on = 1;
    const int file =
        socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, found->ai_protocol);

    if (file < 0)
        return -1;
    (void)setsockopt(file, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (found->ai_family == AF_INET6)
        (void)setsockopt(file, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (bind(file, found->ai_addr, found->ai_addrlen) == 0 && listen(file, BACKLOG) == 0)
        return file;
    const int number = errno;
    (void)close(file);
    errno = number;
    return -1;
}

/* What is a port, perhaps with a colon before it, or a host alone. */
static bool refuse_address(loom_error *err, const char *word)
{
    static const char kinds[] = "is not HOST:PORT, [IPv6]:PORT or unix:PATH";
    const char *port = word + (word[0] == ':');
    const bool number = port[0] != '\0' && port[strspn(port, "0123456789")] == '\0';
    char *why;

    if (number)
        why = g_strdup_printf("%s; did you mean 127.0.0.1:%s for this machine alone, or 0.0.0.0:%s "
                              "for all?",
                              kinds, port, port);
    else if (word[0] == '/' || word[0] == '.')
        why = g_strdup_printf("%s; did you mean unix:%s?", kinds, word);
    else if (word[0] != '\0' && strchr(word, ':') == NULL)
        why = g_strdup_printf("%s; did you mean %s:8080?", kinds, word);
    else
        why = g_strdup(kinds);
    (void)refuse(err, word, why);
    g_free(why);
    return false;
}

static bool open_ip(serve_server *server, const char *word, bool admin, loom_error *err)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    const char *colon = strrchr(word, ':');
    struct addrinfo *found;

    if (colon == NULL || colon == word || colon[1] == '\0' ||
        colon[1 + strspn(colon + 1, "0123456789")] != '\0' || strlen(colon + 1) > 5 ||
        atoi(colon + 1) > 65535)
        return refuse_address(err, word);
    const bool bracket = word[0] == '[' && colon[-1] == ']';
    char *host = bracket ? g_strndup(word + 1, (gsize)(colon - word - 2))
                         : g_strndup(word, (gsize)(colon - word));
    const int failed = !bracket && strchr(host, ':') != NULL
                           ? EAI_NONAME
                           : getaddrinfo(host, colon + 1, &hints, &found);
    g_free(host);
    if (failed != 0)
        return refuse(err, word, "names no address");
    const int file = open_address(found);
    const int number = errno;
    freeaddrinfo(found);
    if (file < 0)
        return fail(err, number, word);
    add(server, file, NULL, admin);
    return true;
}

static bool open_one(serve_server *server, const char *word, bool admin, loom_error *err)
{
    return g_str_has_prefix(word, "unix:") ? open_unix(server, word, admin, err)
                                           : open_ip(server, word, admin, err);
}

/* ---- all ----------------------------------------------------------------- */

/* How many sockets a parent hands over, from descriptor 3 on (sd_listen_fds(3)). */
static int count_handed(void)
{
    const char *pid = g_getenv("LISTEN_PID"), *count = g_getenv("LISTEN_FDS");
    const int number = count != NULL ? atoi(count) : 0;

    return pid != NULL && atol(pid) == (long)getpid() && number > 0 && number < 64 ? number : 0;
}

static bool take_handed(serve_server *server, int count, loom_error *err)
{
    for (int file = HANDED_FIRST; file < HANDED_FIRST + count; file++) {
        int listens = 0;
        socklen_t size = sizeof listens;
        if (getsockopt(file, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || listens == 0)
            return fail(err, errno != 0 ? errno : EINVAL, "a descriptor of LISTEN_FDS");
        (void)fcntl(file, F_SETFD, FD_CLOEXEC);
        (void)fcntl(file, F_SETFL, fcntl(file, F_GETFL) | O_NONBLOCK);
        add(server, file, NULL, false);
    }
    (void)unsetenv("LISTEN_PID"); /* not for workers */
    (void)unsetenv("LISTEN_FDS");
    return true;
}

/* Others than this machine's programs must be kept out, or let in in so many words. */
static bool check_exposure(const serve_server *server, loom_error *err)
{
    const serve_settings *s = server->settings;

    for (guint i = 0; i < server->listeners->len; i++) {
        const serve_listener *listener = g_ptr_array_index(server->listeners, i);
        if (!listener->loopback && s->token_file == NULL && s->key_file == NULL && !s->open)
            return refuse(
                err, listener->name,
                "can be reached by others: that needs --token-file, --key-file or --open");
    }
    return true;
}

bool serve_listeners_open(serve_server *server, loom_error *err)
{
    const serve_settings *s = server->settings;
    const int handed = count_handed();
    bool good = take_handed(server, handed, err);

    for (guint i = 0; good && i < s->listen->len; i++)
        good = open_one(server, g_ptr_array_index(s->listen, i), false, err);
    if (good && s->listen->len == 0 && handed == 0)
        good = open_one(server, default_address, false, err);
    if (good && s->admin != NULL)
        good = open_one(server, s->admin, true, err);
    return good && check_exposure(server, err);
}

void serve_listeners_close(serve_server *server)
{
    for (guint i = 0; i < server->listeners->len; i++) {
        serve_listener *listener = g_ptr_array_index(server->listeners, i);
        if (listener->file >= 0)
            (void)close(listener->file);
        listener->file = -1; /* its connections may still be open */
        if (listener->path != NULL)
            (void)unlink(listener->path);
        g_clear_pointer(&listener->path, g_free);
    }
}

void serve_listeners_watch(serve_server *server, bool on)
{
    for (guint i = 0; i < server->listeners->len; i++) {
        serve_listener *listener = g_ptr_array_index(server->listeners, i);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = listener};
        if (listener->file >= 0)
            (void)epoll_ctl(server->epoll, on ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, listener->file,
                            &event);
    }
}

void serve_listeners_accept(serve_server *server, const serve_listener *listener)
{
    while (server->peer_count < server->settings->connections) {
        struct sockaddr_storage address = {.ss_family = AF_UNSPEC};
        socklen_t size = sizeof address;
        char shown[64];
        unsigned port;
        const int file = accept4(listener->file, (struct sockaddr *)&address, &size,
                                 SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (file < 0 && errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
            server->short_until_ns = serve_now() + SHORT_NS;
        if (file < 0)
            return;
        show_address(&address, shown, sizeof shown, &port);
        serve_http_add(server, listener, file, (struct sockaddr *)&address, size, shown);
    }
}

/* sd_watchdog_enabled(3): half of the time in which systemd would end it. */
int64_t serve_watchdog(void)
{
    const char *pid = g_getenv("WATCHDOG_PID"), *period = g_getenv("WATCHDOG_USEC");
    const bool meant = pid == NULL || atol(pid) == (long)getpid();
    uint64_t us;

    if (period == NULL || !meant ||
        loom_parse_count(period, 1, INT64_MAX / 1000, &us, NULL) != LOOM_OK)
        return 0;
    return (int64_t)us * 1000 / 2;
}

/* sd_notify(3). */
void serve_notify(const char *state)
{
    const char *path = g_getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (path == NULL || strlen(path) >= sizeof address.sun_path || strchr("/@", path[0]) == NULL)
        return;
    strcpy(address.sun_path, path);
    if (path[0] == '@')
        address.sun_path[0] = '\0';
    const int file = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (file < 0)
        return;
    (void)sendto(file, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&address,
                 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path)));
    (void)close(file);
}
