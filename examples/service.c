/*
 * A service on a socket of its own, by libimgloom: a client sends a picture and closes its sending
 * side, and gets a WebP of at most 320 px a side, or a line that begins with "error".
 *
 *   cc -o service service.c $(pkg-config --cflags --libs imgloom)
 *   ./service /tmp/thumbs &
 *   socat - UNIX-CONNECT:/tmp/thumbs <photo.jpg >thumb.webp
 *
 * One thread waits for clients and for pictures that are done, and the library's threads and
 * workers make them, until SIGTERM or Ctrl-C. Blocking writes keep the example short.
 */
#include <errno.h>
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

static struct client {
    int socket;
    loom_request *request; /* NULL: this place is free */
    unsigned char *bytes;  /* PICTURE_MAX, of which the system gives what is written */
    int reads;             /* its picture is still coming */
} clients[CLIENTS];
static loom_recipe *recipe; /* of all pictures */
static int listener;
static volatile sig_atomic_t ended;

static void on_signal(int number)
{
    (void)number;
    ended = 1;
}

static void leave(struct client *c)
{
    close(c->socket);
    free(c->bytes);
    loom_request_free(c->request);
    *c = (struct client){.request = NULL};
}

/* Sends the picture, or the reason why there is none, and closes the connection. */
static void answer(struct client *c, const char *picture, size_t size, const loom_error *err)
{
    if (picture == NULL)
        dprintf(c->socket, "error %s: %s\n", loom_status_name(err->code), err->message);
    for (ssize_t n; picture != NULL && size > 0 && (n = write(c->socket, picture, size)) > 0;) {
        picture += n;
        size -= (size_t)n;
    }
    leave(c);
}

static void come(void)
{
    struct client *c = clients, new = {accept(listener, NULL, NULL), loom_request_create(),
                                       malloc(PICTURE_MAX), 1};

    while (c < clients + CLIENTS && c->request != NULL)
        c++;
    if (new.socket < 0 || new.request == NULL || new.bytes == NULL || c == clients + CLIENTS) {
        leave(&new);
        return;
    }
    *c = new;
    c->request->bytes = c->bytes;
    c->request->recipe = recipe;
    c->request->user = c;
}

/* A piece of the picture has come. At its end the service has it, until it is done. */
static void receive(loom_service *service, struct client *c)
{
    loom_error err = LOOM_ERROR_INIT;
    size_t *size = &c->request->size;
    const ssize_t got = read(c->socket, c->bytes + *size, PICTURE_MAX - *size);

    if (got > 0)
        *size += (size_t)got;
    else if (got < 0 || *size == PICTURE_MAX)
        leave(c);
    else if (loom_service_submit(service, c->request, &err) != LOOM_OK)
        answer(c, NULL, 0, &err);
    else
        c->reads = 0;
}

static void front(void *user, loom_service *service)
{
    (void)user;
    while (!ended) {
        struct pollfd ready[CLIENTS + 2] = {{.fd = listener, .events = POLLIN},
                                            {.fd = loom_service_fd(service), .events = POLLIN}};
        for (int i = 0; i < CLIENTS; i++) /* poll passes over those that are below 0 */
            ready[2 + i] = (struct pollfd){clients[i].reads ? clients[i].socket : -1, POLLIN, 0};
        if (poll(ready, CLIENTS + 2, -1) < 0)
            continue;
        for (int i = 0; i < CLIENTS; i++)
            if (ready[2 + i].fd >= 0 && ready[2 + i].revents != 0)
                receive(service, &clients[i]);
        for (loom_request *done; (done = loom_service_next(service)) != NULL;) {
            const loom_outcome *outcome = loom_request_outcome(done, 0);
            answer(done->user, outcome->picture, outcome->processed_size, &outcome->error);
        }
        if (ready[0].revents != 0)
            come();
    }
}

int main(int argc, char **argv)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    loom_error err = LOOM_ERROR_INIT;
    loom_engine *engine = NULL;
    loom_service *service = NULL;

    signal(SIGPIPE, SIG_IGN);
    signal(SIGTERM, on_signal);
    signal(SIGINT, on_signal);
    strncpy(address.sun_path, argc == 2 ? argv[1] : "", sizeof address.sun_path - 1);
    listener = socket(AF_UNIX, SOCK_STREAM, 0);
    recipe = loom_recipe_create();
    int good = argc == 2 && bind(listener, (struct sockaddr *)&address, sizeof address) == 0 &&
               listen(listener, CLIENTS) == 0 && recipe != NULL &&
               loom_recipe_set(recipe, "inside", "320x320", &err) == LOOM_OK &&
               loom_recipe_set(recipe, "format", "webp", &err) == LOOM_OK &&
               loom_engine_start(&engine, NULL, &err) == LOOM_OK &&
               (service = loom_service_create(engine)) != NULL;
    if (good) {
        service->front = front;
        good = loom_service_run(service, &err) == LOOM_OK;
        unlink(argv[1]);
    }
    if (!good)
        fprintf(stderr, "cannot serve: %s\n", err.code != LOOM_OK ? err.message : strerror(errno));
    for (struct client *c = clients; c < clients + CLIENTS; c++)
        if (c->request != NULL)
            leave(c);
    loom_service_free(service);
    loom_engine_stop(engine);
    loom_recipe_free(recipe);
    return good ? 0 : 1;
}
