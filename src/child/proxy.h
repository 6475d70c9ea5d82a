/*
 * The parent's half of a worker child: one proxy for each worker thread, which alone uses it. It
 * starts a child when one is first needed, replaces it when it dies, kills it when it is late, and
 * lets it go after many images or when it has grown.
 */
#ifndef LOOM_CHILD_PROXY_H
#define LOOM_CHILD_PROXY_H

#include "child/spawn.h"
#include "files/input.h"
#include "image/encoded.h"
#include <imgloom/engine.h>

typedef struct loom_proxy loom_proxy;

/* NULL: out of memory. *setup is the caller's and must outlive the proxy. Starts nothing. */
loom_proxy *loom_proxy_create(const loom_spawn_setup *setup);

/* Lets the child go, and waits for that. NULL is allowed. */
void loom_proxy_free(loom_proxy *proxy);

/*
 * Carries the job in the child, as loom_carry does here. The encoded pictures are copies, checked
 * after they were made: format and size by our own header parser. An error that is returned is
 * every output's: `crashed` (the child died, or answered nonsense), `timeout` or `cancelled` (it
 * was killed), `out-of-memory` (it said so as it died), or why none could be started.
 */
loom_status loom_proxy_carry(loom_proxy *proxy, const loom_job *job, const loom_input_file *input,
                             loom_outcome *outcomes, loom_encoded *encoded, loom_error *err);

#endif
