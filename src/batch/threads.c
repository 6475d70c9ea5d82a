#include "batch/threads.h"

#include "base/memory.h"
#include <pthread.h>
#include <stdlib.h>

enum { FOR_AN_IMAGE = 3 }; /* a worker process and the threads of its libvips */

/* Waits until all have been started. */
static void *wait_at(void *gate)
{
    (void)pthread_mutex_lock(gate);
    (void)pthread_mutex_unlock(gate);
    return NULL;
}

/* How many of `most` threads can be there at once. */
static unsigned try_threads(unsigned most)
{
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    pthread_t *threads = loom_alloc_array(most, sizeof *threads);
    unsigned count = 0;

    if (threads == NULL)
        return 0;
    (void)pthread_mutex_lock(&gate);
    while (count < most && pthread_create(&threads[count], NULL, wait_at, &gate) == 0)
        count++;
    (void)pthread_mutex_unlock(&gate);
    for (unsigned i = 0; i < count; i++)
        (void)pthread_join(threads[i], NULL);
    (void)pthread_mutex_destroy(&gate);
    free(threads);
    return count;
}

unsigned loom_threads_that_fit(unsigned wanted)
{
    const unsigned got = try_threads(wanted + FOR_AN_IMAGE);

    return got == wanted + FOR_AN_IMAGE ? wanted : got / (1 + FOR_AN_IMAGE);
}
