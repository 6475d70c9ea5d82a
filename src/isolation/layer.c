/* The parent's answer to a worker that needs a layer. */
#include "isolation/workers.h"

#include "base/error.h"
#include "base/read_at.h"
#include "isolation/protocol.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

static loom_status make(const loom_job *job, const loom_layer_message *asked, loom_picture *layer,
                        loom_error *err)
{
    if (job->layers == NULL)
        return loom_error_set(err, LOOM_ERR_INTERNAL, LOOM_STAGE_TRANSFORM,
                              "nobody has the watermark or text");
    return job->layers->get(job->layers->context, job, asked->output, (loom_layer_kind)asked->kind,
                            asked->width, asked->height, layer, err);
}

/* A file in memory with the samples; -1: *err says why there is none. */
static int share(const loom_picture *layer, loom_error *err)
{
    const int file = loom_nameless_file("imgloom-layer");

    if (file >= 0 &&
        loom_write_at_start(file, layer->data, (size_t)layer->width * layer->height * 4))
        return file;
    (void)loom_error_set_errno(err, LOOM_STAGE_TRANSFORM, errno, "cannot share the layer");
    if (file >= 0)
        (void)close(file);
    return -1;
}

loom_status loom_worker_give_layer(loom_worker *worker, const loom_job *job, size_t size,
                                   uint64_t admitted, loom_stage stage, loom_error *err)
{
    loom_layer_message message;
    loom_picture layer = {.data = NULL};
    loom_error why = LOOM_ERROR_INIT;
    int file = -1;

    memcpy(&message, worker->message, size < sizeof message ? size : sizeof message);
    if (!loom_message_is_layer(&message, size, worker->ticket, job->count, admitted))
        return loom_worker_report_death(worker, stage, "the worker's answer is not valid", err);
    if (make(job, &message, &layer, &why) == LOOM_OK)
        file = share(&layer, &why);
    message.width = layer.width;
    message.height = layer.height;
    message.error = why;
    const int sent = loom_message_send(worker->process.socket, &message, sizeof message, &file,
                                       file >= 0 ? 1 : 0);
    loom_picture_release(&layer);
    if (file >= 0)
        (void)close(file);
    return sent == 0 ? LOOM_OK : loom_worker_report_death(worker, stage, NULL, err);
}
