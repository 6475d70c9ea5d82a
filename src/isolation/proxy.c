#include "isolation/proxy.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/read_at.h"
#include "batch/pool.h"
#include "format/container.h"
#include "isolation/protocol.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { POLL_MS = 20 };

#define WARM_NS (10 * LOOM_NS_PER_SECOND) /* that workers have to get ready */

/* ---- waiting ------------------------------------------------------------- */

/* Whether the worker may go on for a while with an image that nobody wants any more: another worker
 * costs more than what is left of a short one. */
static bool is_spared(const loom_worker *worker, loom_status reason)
{
    return reason == LOOM_ERR_CANCELLED && loom_clock_now() - worker->began_ns < worker->grace_ns;
}

/* Waits until there is something to read, while the job may go on. */
static loom_status wait_readable(loom_worker *worker, const loom_cancel *cancel, loom_stage stage,
                                 loom_error *err)
{
    struct pollfd ready = {.fd = worker->process.socket, .events = POLLIN};

    for (;;) {
        /* Check the deadline before each read, so that a chatty worker still times out. */
        const loom_status reason = loom_cancel_check(cancel);
        if (reason != LOOM_OK && !is_spared(worker, reason))
            return loom_worker_kill_late(worker, reason, stage, err);
        const int n = poll(&ready, 1, POLL_MS);
        if (n > 0)
            return LOOM_OK;
        if (n < 0 && errno != EINTR)
            return loom_worker_report_death(worker, stage, "cannot wait for the worker", err);
    }
}

/* Receives the worker's next message into worker->message. */
static loom_status receive(loom_worker *worker, const loom_cancel *cancel, loom_stage stage,
                           size_t *size, loom_error *err)
{
    size_t descriptors;
    loom_status status = wait_readable(worker, cancel, stage, err);

    if (status != LOOM_OK)
        return status;
    const ssize_t got = loom_message_receive(worker->process.socket, worker->message,
                                             LOOM_MESSAGE_MAX, NULL, 0, &descriptors);
    if (got == 0 || (got < 0 && errno == ECONNRESET))
        return loom_worker_report_death(worker, stage, NULL, err);
    if (got < 0)
        return loom_worker_report_death(worker, stage, "the worker sent an invalid message", err);
    *size = (size_t)got;
    return LOOM_OK;
}

static loom_status await_hello(loom_worker *worker, const loom_cancel *cancel, loom_error *err)
{
    loom_hello hello;
    size_t size;
    loom_status status = receive(worker, cancel, LOOM_STAGE_WORKER, &size, err);

    if (status != LOOM_OK)
        return status;
    if (size != sizeof hello || !loom_message_is(worker->message, size, LOOM_MESSAGE_HELLO))
        return loom_worker_report_death(worker, LOOM_STAGE_WORKER,
                                        "the worker did not introduce itself", err);
    memcpy(&hello, worker->message, sizeof hello);
    if (hello.layout != LOOM_LAYOUT)
        return loom_worker_report_death(worker, LOOM_STAGE_WORKER,
                                        "the worker is of another version of imgloom", err);
    worker->ready = true;
    worker->lacks = (uint32_t)LOOM_SANDBOX_ALL & ~hello.parts;
    return LOOM_OK;
}

/* ---- outputs ------------------------------------------------------------- */

static loom_status own_trouble(loom_error *err, int errnum)
{
    return loom_error_set_errno(err, LOOM_STAGE_WORKER, errnum, "cannot read the worker's output");
}

static loom_status read_whole(int file, unsigned char *data, size_t size, loom_error *err)
{
    size_t got;

    if (!loom_read_at(file, data, size, 0, &got))
        return own_trouble(err, errno);
    return got < size ? LOOM_ERR_CRASHED : LOOM_OK;
}

/*
 * Copies the file, then checks the copy: a worker may still change the file. LOOM_ERR_CRASHED,
 * without a message, if the file is not what the worker says; failures of this process have their
 * own codes.
 */
static loom_status read_output(int file, const loom_outcome *outcome, size_t size,
                               loom_encoded *encoded, loom_error *err)
{
    struct stat info;
    loom_header header;

    if (fstat(file, &info) != 0)
        return own_trouble(err, errno);
    if ((uintmax_t)info.st_size != size)
        return LOOM_ERR_CRASHED;
    unsigned char *data = malloc(size);
    if (data == NULL)
        return loom_error_set(err, LOOM_ERR_OUT_OF_MEMORY, LOOM_STAGE_WORKER,
                              "not enough memory for the worker's output");
    loom_status status = read_whole(file, data, size, err);
    if (status == LOOM_OK &&
        (loom_format_sniff(data, size) != outcome->format ||
         !loom_format_header(outcome->format, (loom_bytes){data, size}, &header) ||
         header.width != outcome->width || header.height != outcome->height))
        status = LOOM_ERR_CRASHED;
    if (status == LOOM_OK)
        *encoded = (loom_encoded){data, size, outcome->channels, outcome->quality};
    else
        free(data);
    return status;
}

/* ---- a job --------------------------------------------------------------- */

/* A worker never learns a path; it only sees that there is one. */
static void hide_path(loom_recipe_file *file)
{
    static const char there_is_one[] = "file";

    if (file->path[0] == '\0')
        return;
    memset(file->path, 0, sizeof file->path);
    memcpy(file->path, there_is_one, sizeof there_is_one);
}

static bool send_job(loom_worker *worker, const loom_job *job, const loom_input_file *input)
{
    loom_job_message message;
    int descriptors[LOOM_MESSAGE_FDS] = {input->descriptor};

    memset(&message, 0, sizeof message); /* zeroes the padding, too: it leaves the process */
    loom_message_start(&message.head, LOOM_MESSAGE_JOB, sizeof message, ++worker->ticket);
    message.recipe = *job->recipe;
    hide_path(&message.recipe.watermark);
    hide_path(&message.recipe.font);
    message.settings = *job->settings;
    message.settings.lane = NULL;
    if (job->settings->lane != NULL)
        (void)snprintf(message.lane, sizeof message.lane, "%s", job->settings->lane);
    message.named = (uint32_t)loom_format_by_name_alone(job->tasks[0]->input_path);
    message.count = (uint32_t)job->count;
    for (size_t i = 0; i < job->count; i++) {
        message.outputs[i].size = job->tasks[i]->size;
        message.outputs[i].format = (uint32_t)job->tasks[i]->format;
        descriptors[1 + i] = worker->outputs[i];
    }
    worker->began_ns = loom_clock_now();
    return loom_message_send(worker->process.socket, &message, sizeof message, descriptors,
                             1 + job->count) == 0;
}

/* A live worker sends nothing between two images. */
static bool is_quiet(const loom_worker *worker)
{
    struct pollfd ready = {.fd = worker->process.socket, .events = POLLIN};

    return poll(&ready, 1, 0) <= 0; /* below 0: a signal came, or poll failed */
}

/* Takes a worker that is ready for the job. */
static loom_status acquire_ready(loom_workers *workers, const loom_job *job, loom_loaded loaded,
                                 loom_worker **taken, loom_error *err)
{
    loom_worker *worker;
    loom_status status = loom_workers_take(workers, job, loaded, &worker, err);

    while (status == LOOM_OK && worker->ready && !is_quiet(worker)) {
        (void)loom_process_end(&worker->process, true);
        loom_workers_return(workers, worker);
        status = loom_workers_take(workers, job, loaded, &worker, err);
    }
    if (status != LOOM_OK)
        return status;
    if (!worker->ready)
        status = await_hello(worker, job->cancel, err);
    if (status == LOOM_OK)
        *taken = worker;
    else
        loom_workers_return(workers, worker);
    return status;
}

static bool parse_stage(const loom_worker *worker, size_t size, loom_stage *stage)
{
    loom_stage_message message;

    if (size != sizeof message)
        return false;
    memcpy(&message, worker->message, sizeof message);
    if (message.head.ticket != worker->ticket || message.stage > LOOM_STAGE_WORKER)
        return false;
    *stage = (loom_stage)message.stage;
    return true;
}

/* Waits for the memory that the worker asks for, *admitted bytes, then grants it. */
static loom_status grant_memory(loom_worker *worker, const loom_job *job, size_t size,
                                loom_stage stage, uint64_t *admitted, loom_error *err)
{
    loom_admit_message message;
    loom_message_head go;

    if (size != sizeof message)
        return loom_worker_report_death(worker, stage, "the worker's answer is not valid", err);
    memcpy(&message, worker->message, sizeof message);
    *admitted = message.bytes;
    const loom_status reason = loom_admit(job, message.bytes);
    if (reason != LOOM_OK)
        return loom_worker_kill_late(worker, reason, stage, err);
    loom_message_start(&go, LOOM_MESSAGE_GO, sizeof go, worker->ticket);
    if (loom_message_send(worker->process.socket, &go, sizeof go, NULL, 0) != 0)
        return loom_worker_report_death(worker, stage, NULL, err);
    return LOOM_OK;
}

static bool is_of_job(const loom_worker *worker, size_t size)
{
    loom_message_head head;

    if (size < sizeof head)
        return false;
    memcpy(&head, worker->message, sizeof head);
    return head.ticket == worker->ticket;
}

/* Handles the worker's messages until its answer. Sets *begun if one was about this job. */
static loom_status await_answer(loom_worker *worker, const loom_job *job, loom_stage *stage,
                                size_t *size, bool *begun, loom_error *err)
{
    size_t layers = LOOM_LAYER_KINDS * job->count; /* that it may still ask for */
    uint64_t admitted = 0;                         /* bytes */

    for (;;) {
        loom_status status = receive(worker, job->cancel, *stage, size, err);
        if (status != LOOM_OK)
            return status;
        *begun = *begun || is_of_job(worker, *size);
        if (loom_message_is(worker->message, *size, LOOM_MESSAGE_STAGE)) {
            if (!parse_stage(worker, *size, stage))
                return loom_worker_report_death(worker, *stage, "the worker's answer is not valid",
                                                err);
        } else if (loom_message_is(worker->message, *size, LOOM_MESSAGE_ADMIT) && admitted == 0) {
            if ((status = grant_memory(worker, job, *size, *stage, &admitted, err)) != LOOM_OK)
                return status;
        } else if (loom_message_is(worker->message, *size, LOOM_MESSAGE_LAYER) && layers > 0) {
            layers--;
            if ((status = loom_worker_give_layer(worker, job, *size, admitted, *stage, err)) !=
                LOOM_OK)
                return status;
        } else {
            return LOOM_OK;
        }
    }
}

/* Whether a worker's memory can have held outputs of these sizes. */
static bool are_possible(const loom_worker *worker, const size_t *sizes, size_t count)
{
    uint64_t left = worker->output_limit;

    for (size_t i = 0; i < count; i++) {
        if (sizes[i] > left)
            return false;
        left -= sizes[i];
    }
    return true;
}

static void reset(loom_outcome *outcomes, loom_encoded *encoded, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        loom_outcome_release(&outcomes[i]);
        free(encoded[i].data);
        encoded[i] = (loom_encoded){0};
    }
}

/* What came of a worker's image beside its status. */
typedef struct attempt {
    bool begun;    /* the worker has begun with it */
    bool declined; /* a worker that has libvips must do it; nothing else happened */
    bool again;    /* another worker may succeed */
} attempt;

/* Only a worker without libvips may do that. */
static bool is_declined(const loom_worker *worker, size_t size)
{
    return worker->process.loaded == LOOM_LOADED_NOTHING && size == sizeof(loom_message_head) &&
           loom_message_is(worker->message, size, LOOM_MESSAGE_DECLINED) && is_of_job(worker, size);
}

/* Sends the job to the worker, and reads and checks its answer. */
static loom_status converse(loom_worker *worker, const loom_job *job, const loom_input_file *input,
                            loom_outcome *outcomes, loom_encoded *encoded, attempt *made,
                            loom_error *err)
{
    loom_stage stage = LOOM_STAGE_WORKER;
    size_t size, sizes[LOOM_SIZES_MAX];

    loom_process_drop_messages(&worker->process); /* of earlier images */
    if (!send_job(worker, job, input))
        return loom_worker_report_death(worker, LOOM_STAGE_WORKER, NULL, err);
    loom_status status = await_answer(worker, job, &stage, &size, &made->begun, err);
    made->declined = status == LOOM_OK && is_declined(worker, size);
    if (status != LOOM_OK || made->declined)
        return status;
    if (!loom_answer_read(worker->message, size, worker->ticket, worker->lanes, outcomes, sizes,
                          job->count) ||
        !are_possible(worker, sizes, job->count))
        status = LOOM_ERR_CRASHED;
    for (size_t i = 0; status == LOOM_OK && i < job->count; i++) {
        if (outcomes[i].format != job->tasks[i]->format)
            status = LOOM_ERR_CRASHED;
        else if (sizes[i] > 0)
            status = read_output(worker->outputs[i], &outcomes[i], sizes[i], &encoded[i], err);
    }
    worker->images++;
    if (status != LOOM_OK)
        reset(outcomes, encoded, job->count);
    return status == LOOM_ERR_CRASHED
               ? loom_worker_report_death(worker, stage, "the worker's answer is not valid", err)
               : status;
}

/* Whether the system had no thread left for the worker: libvips' text, reported by GLib. */
static bool lacked_threads(const loom_outcome *outcomes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (outcomes[i].error.code == LOOM_ERR_IO &&
            strstr(outcomes[i].error.message, "Error creating thread") != NULL)
            return true;
    return false;
}

/* Converts with one worker. */
static loom_status convert_once(loom_workers *workers, const loom_job *job,
                                const loom_input_file *input, loom_loaded loaded,
                                loom_outcome *outcomes, loom_encoded *encoded, attempt *made,
                                loom_error *err)
{
    loom_worker *worker;
    bool blameless = false;
    loom_status status = acquire_ready(workers, job, loaded, &worker, err);

    *made = (attempt){.begun = false};
    if (status == LOOM_OK) {
        status = converse(worker, job, input, outcomes, encoded, made, err);
        if (status == LOOM_OK && lacked_threads(outcomes, job->count)) {
            made->again = loom_workers_give_up(workers, worker, &outcomes[0].error);
            return status;
        }
        if (made->declined) /* the next one does all that this one did */
            (void)loom_process_end(&worker->process, false);
        blameless = worker->process.pid == 0 && worker->end == LOOM_WORKER_KILLED;
        loom_workers_return(workers, worker);
    }
    /* A worker that others ended, or that died or broke the protocol before it began, is not this
     * image's fault. */
    made->again = made->declined || (status == LOOM_ERR_CRASHED && (!made->begun || blameless));
    return status;
}

loom_status loom_worker_convert(loom_workers *workers, const loom_job *job,
                                const loom_input_file *input, loom_loaded loaded,
                                loom_outcome *outcomes, loom_encoded *encoded, loom_error *err)
{
    loom_error why = LOOM_ERROR_INIT;
    loom_status status;
    attempt made;
    int crashes = 0;

    for (;;) {
        loom_error_clear(&why);
        status = convert_once(workers, job, input, loaded, outcomes, encoded, &made, &why);
        if (!made.again || (status != LOOM_OK && ++crashes > 1))
            break;
        reset(outcomes, encoded, job->count);
        if (made.declined) {
            loaded = LOOM_LOADED_VIPS;
            loom_admit_release(job); /* whoever waits must not hold memory */
        }
    }
    return status == LOOM_OK ? status : loom_error_copy(err, &why);
}

loom_status loom_worker_warm(loom_workers *workers, unsigned count, loom_error *err)
{
    const loom_cancel patience = {.deadline_ns = loom_clock_now() + WARM_NS};
    const loom_job job = {.cancel = &patience};
    loom_worker **taken = calloc(count, sizeof(loom_worker *));
    loom_status status = LOOM_OK;
    unsigned held = 0;

    if (taken == NULL)
        return loom_no_memory(err, LOOM_STAGE_WORKER, NULL);
    /* All are started first, so that they get ready at the same time. */
    while (status == LOOM_OK && held < count) {
        status = loom_workers_take(workers, &job, LOOM_LOADED_VIPS, &taken[held], err);
        held += status == LOOM_OK;
    }
    for (unsigned i = 0; i < held; i++) {
        if (status == LOOM_OK && !taken[i]->ready)
            status = await_hello(taken[i], &patience, err);
        loom_workers_return(workers, taken[i]);
    }
    free(taken);
    return status;
}
