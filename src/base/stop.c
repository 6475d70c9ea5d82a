#include <imgloom/stop.h>

#include <stdatomic.h>
#include <stdlib.h>

/* A signal handler may touch it: that needs a lock-free atomic. */
_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "atomic_int must always be lock-free");

struct loom_stop {
    atomic_int requests;
};

loom_stop *loom_stop_create(void)
{
    loom_stop *stop = malloc(sizeof *stop);

    if (stop != NULL)
        atomic_init(&stop->requests, 0);
    return stop;
}

void loom_stop_free(loom_stop *stop)
{
    free(stop);
}

void loom_stop_request(loom_stop *stop)
{
    (void)atomic_fetch_add(&stop->requests, 1);
}

int loom_stop_requests(const loom_stop *stop)
{
    return atomic_load(&stop->requests);
}
