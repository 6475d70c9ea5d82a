/* What failed in a thread, where libvips' words are anybody's, is asked of a worker child. */
#ifndef LOOM_ENGINE_ASK_CHILD_H
#define LOOM_ENGINE_ASK_CHILD_H

#include "files/input.h"
#include "isolation/workers.h"
#include "picture/encoded.h"
#include <imgloom/engine.h>

/*
 * Runs a job that was carried in this thread once more, alone, in a child, where its errors depend
 * on what libvips said; takes over what comes of those images. Where the child has nothing to say,
 * or workers is NULL, ours stands. outcomes and encoded are as loom_carry has left them, as many as
 * the job has tasks; they stay the caller's.
 */
void loom_ask_child(loom_workers *workers, const loom_job *job, const loom_input_file *file,
                    loom_outcome *outcomes, loom_encoded *encoded);

#endif
