/*
 * A service on a socket of its own, by libimgloom: a client sends a picture and closes its sending
 * side, and gets a WebP of at most 320 px a side, or a line that begins with "error".
 *
 *   cc -o service service.c $(pkg-config --cflags --libs imgloom)
 *   ./service /tmp/thumbs &
 *   socat - UNIX-CONNECT:/tmp/thumbs <photo.jpg >thumb.webp
 *
 * One thread waits for clients and for pictures that are done; the library's threads and workers
 * make the pictures. Ends at SIGTERM or Ctrl-C. Blocking writes keep the example short.
 */
#include <imgloom/imgloom.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { CLIENTS = 64, PICTURE_MAX = 32 << 20 };

typedef struct client {
    int socket;            /* -1: this place is free */
    loom_request *request; /* made once for each place */
    unsigned char *bytes;
    size_t size, capacity;
    int waits; /* its request is with the service */
} client;

static client clients[CLIENTS];
static loom_recipe *recipe;
static int listener;
static volatile sig_atomic_t ended;

static void on_signal(int number)
{
    (void)number;
    ended = 1;
}

static void leave(client *c)
{
    close(c->socket);
    free(c->bytes);
    *c = (client){.socket = -1, .request = c->request};
}

static void tell(const client *c, const void *data, size_t size)
{
    const char *at = data;

    for (ssize_t sent = 0; size > 0 && (sent = write(c->socket, at, size)) > 0;
         size -= (size_t)sent)
        at += sent;
}

static void tell_error(const client *c, const loom_error *err)
{
    char line[700];
    const int size =
        snprintf(line, sizeof line, "error %s: %s\n", loom_status_name(err->code), err->message);

    tell(c, line, (size_t)size);
}

static void come(void)
{
    const int socket = accept(listener, NULL, NULL);

    for (client *c = clients; socket >= 0 && c < clients + CLIENTS; c++)
        if (c->socket < 0) {
            c->socket = socket;
            return;
        }
    if (socket >= 0)
        close(socket);
}

/* The picture is whole: the service has it from here on. */
static void submit(loom_service *service, client *c)
{
    loom_error err = LOOM_ERROR_INIT;

    c->request->bytes = c->bytes != NULL ? c->bytes : (const unsigned char *)"";
    c->request->size = c->size;
    c->request->recipe = recipe;
    c->request->user = c;
    c->waits = loom_service_submit(service, c->request, &err) == LOOM_OK;
    if (!c->waits) {
        tell_error(c, &err);
        leave(c);
    }
}

static void receive(loom_service *service, client *c)
{
    if (c->size == c->capacity) {
        const size_t capacity = c->capacity * 2 + (1 << 16);
        unsigned char *more = capacity <= PICTURE_MAX ? realloc(c->bytes, capacity) : NULL;
        if (more == NULL) {
            leave(c);
            return;
        }
        c->bytes = more;
        c->capacity = capacity;
    }
    const ssize_t got = read(c->socket, c->bytes + c->size, c->capacity - c->size);
    if (got > 0)
        c->size += (size_t)got;
    else if (got == 0)
        submit(service, c);
    else
        leave(c);
}

static void answer(loom_request *request)
{
    const loom_outcome *outcome = loom_request_outcome(request, 0);
    client *c = request->user;

    if (outcome->picture != NULL)
        tell(c, outcome->picture, (size_t)outcome->processed_size);
    else
        tell_error(c, &outcome->error);
    leave(c);
}

static void front(void *user, loom_service *service)
{
    (void)user;
    while (!ended) {
        struct pollfd ready[CLIENTS + 2] = {{.fd = listener, .events = POLLIN},
                                            {.fd = loom_service_fd(service), .events = POLLIN}};
        for (int i = 0; i < CLIENTS; i++) /* poll passes over those that are below 0 */
            ready[2 + i] =
                (struct pollfd){.fd = clients[i].waits ? -1 : clients[i].socket, .events = POLLIN};
        if (poll(ready, CLIENTS + 2, -1) < 0)
            continue;
        for (int i = 0; i < CLIENTS; i++)
            if (ready[2 + i].fd >= 0 && ready[2 + i].revents != 0)
                receive(service, &clients[i]);
        for (loom_request *done; (done = loom_service_next(service)) != NULL;)
            answer(done);
        if (ready[0].revents != 0)
            come();
    }
}

static int start(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const struct sigaction action = {.sa_handler = on_signal};

    for (int i = 0; i < CLIENTS; i++) {
        clients[i].socket = -1;
        if ((clients[i].request = loom_request_create()) == NULL)
            return 0;
    }
    signal(SIGPIPE, SIG_IGN);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    listener = socket(AF_UNIX, SOCK_STREAM, 0);
    if (listener < 0 || strlen(path) >= sizeof address.sun_path)
        return 0;
    strcpy(address.sun_path, path);
    return bind(listener, (struct sockaddr *)&address, sizeof address) == 0 &&
           listen(listener, CLIENTS) == 0;
}

int main(int argc, char **argv)
{
    loom_error err = LOOM_ERROR_INIT;
    loom_engine *engine = NULL;
    loom_service *service = NULL;

    recipe = loom_recipe_create();
    const int good = argc == 2 && start(argv[1]) && recipe != NULL &&
                     loom_recipe_set(recipe, "inside", "320x320", &err) == LOOM_OK &&
                     loom_recipe_set(recipe, "format", "webp", &err) == LOOM_OK &&
                     loom_engine_start(&engine, NULL, &err) == LOOM_OK &&
                     (service = loom_service_create(engine)) != NULL;
    if (good) {
        service->front = front;
        if (loom_service_run(service, &err) == LOOM_OK)
            unlink(argv[1]);
    }
    if (!good || err.code != LOOM_OK)
        fprintf(stderr, "cannot serve: %s\n", err.message);
    loom_service_free(service);
    loom_engine_stop(engine);
    for (int i = 0; i < CLIENTS; i++)
        loom_request_free(clients[i].request);
    loom_recipe_free(recipe);
    return good ? 0 : 1;
}
