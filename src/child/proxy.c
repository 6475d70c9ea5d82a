#include "child/proxy.h"

#include "base/read_at.h"
#include "child/protocol.h"
#include "format/header.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { POLL_MS = 20 };

/* ---- how a child ended --------------------------------------------------- */

/* What the system's loader said of a program that it could not load; NULL: it did not. */
static const char *loader_words(char *message, int status)
{
    static const char start[] = "error while loading shared libraries: ";
    char *words = strstr(message, start);

    if (words == NULL || !WIFEXITED(status) || WEXITSTATUS(status) != 127)
        return NULL;
    words[strcspn(words, "\n")] = '\0';
    return words + sizeof start - 1;
}

/* Ends a child that is of no more use, and says why it is gone: what `crashed` means. */
static loom_status bury(loom_hand *hand, loom_stage stage, const char *otherwise, loom_error *err)
{
    const bool exited = otherwise == NULL; /* of itself */

    loom_child_read_messages(&hand->child, hand->message, LOOM_MESSAGE_MAX);
    const int status = loom_child_end(&hand->child, !exited);
    if (strstr(hand->message, "failed to allocate") != NULL) /* GLib's last words */
        return loom_error_set(err, LOOM_ERR_OUT_OF_MEMORY, stage,
                              "the image needs more memory than a worker may have");
    if (!exited)
        return loom_error_set(err, LOOM_ERR_CRASHED, stage, "%s", otherwise);
    const char *words = loader_words(hand->message, status);
    if (words != NULL)
        return loom_error_set(
            err, strstr(words, "map segment") != NULL ? LOOM_ERR_OUT_OF_MEMORY : LOOM_ERR_IO, stage,
            "the worker program cannot be loaded: %s", words);
    if (WIFSIGNALED(status)) {
        const char *name = sigabbrev_np(WTERMSIG(status));
        return loom_error_set(err, LOOM_ERR_CRASHED, stage,
                              "the worker that had the image was ended by signal %d (SIG%s)",
                              WTERMSIG(status), name != NULL ? name : "?");
    }
    return loom_error_set(err, LOOM_ERR_CRASHED, stage,
                          "the worker that had the image ended itself with status %d",
                          WEXITSTATUS(status));
}

static loom_status kill_late(loom_hand *hand, loom_status reason, loom_stage stage, loom_error *err)
{
    (void)loom_child_end(&hand->child, true);
    return loom_error_set(err, reason, stage,
                          reason == LOOM_ERR_TIMEOUT ? "the image took longer than --timeout allows"
                                                     : "the run was interrupted");
}

/* ---- waiting ------------------------------------------------------------- */

/* Waits for something to read, as long as the job may go on. */
static loom_status wait_readable(loom_hand *hand, const loom_cancel *cancel, loom_stage stage,
                                 loom_error *err)
{
    struct pollfd ready = {.fd = hand->child.socket, .events = POLLIN};

    for (;;) {
        /* Before it is read: one that talks without end is late, too. */
        const loom_status reason = loom_cancel_check(cancel);
        if (reason != LOOM_OK)
            return kill_late(hand, reason, stage, err);
        const int n = poll(&ready, 1, POLL_MS);
        if (n > 0)
            return LOOM_OK;
        if (n < 0 && errno != EINTR)
            return bury(hand, stage, "the worker cannot be listened to", err);
    }
}

/* The child's next message in hand->message. */
static loom_status receive(loom_hand *hand, const loom_cancel *cancel, loom_stage stage,
                           size_t *size, loom_error *err)
{
    size_t descriptors;
    loom_status status = wait_readable(hand, cancel, stage, err);

    if (status != LOOM_OK)
        return status;
    const ssize_t got = loom_message_receive(hand->child.socket, hand->message, LOOM_MESSAGE_MAX,
                                             NULL, 0, &descriptors);
    if (got == 0 || (got < 0 && errno == ECONNRESET))
        return bury(hand, stage, NULL, err);
    if (got < 0)
        return bury(hand, stage, "the worker sent what is not a message", err);
    *size = (size_t)got;
    return LOOM_OK;
}

static loom_status await_hello(loom_hand *hand, const loom_cancel *cancel, loom_error *err)
{
    loom_hello hello;
    size_t size;
    loom_status status = receive(hand, cancel, LOOM_STAGE_WORKER, &size, err);

    if (status != LOOM_OK)
        return status;
    if (size != sizeof hello || !loom_message_is(hand->message, size, LOOM_MESSAGE_HELLO))
        return bury(hand, LOOM_STAGE_WORKER, "the worker did not introduce itself", err);
    memcpy(&hello, hand->message, sizeof hello);
    if (hello.layout != LOOM_LAYOUT)
        return bury(hand, LOOM_STAGE_WORKER, "the worker is of another version of imgloom", err);
    hand->ready = true;
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
 * Copies first and checks the copy: a child may still change the file. LOOM_ERR_CRASHED, with no
 * words, when the file is not as the child says; what fails on our side has its own code.
 */
static loom_status take_output(int file, const loom_outcome *outcome, size_t size,
                               loom_encoded *encoded, loom_error *err)
{
    struct stat info;
    uint32_t width, height;

    if (fstat(file, &info) != 0)
        return own_trouble(err, errno);
    if ((uintmax_t)info.st_size != size)
        return LOOM_ERR_CRASHED;
    unsigned char *data = malloc(size);
    if (data == NULL)
        return loom_error_set(err, LOOM_ERR_OUT_OF_MEMORY, LOOM_STAGE_WORKER,
                              "not enough memory for the worker's output");
    loom_status status = read_whole(file, data, size, err);
    if (status == LOOM_OK && (!loom_header_size(outcome->format, data, size, &width, &height) ||
                              width != outcome->width || height != outcome->height))
        status = LOOM_ERR_CRASHED;
    if (status == LOOM_OK)
        *encoded = (loom_encoded){data, size, outcome->channels, outcome->quality};
    else
        free(data);
    return status;
}

/* ---- a job --------------------------------------------------------------- */

static bool send_job(loom_hand *hand, const loom_job *job, const loom_input_file *input)
{
    loom_job_message message;
    int descriptors[LOOM_MESSAGE_FDS] = {input->descriptor};

    memset(&message, 0, sizeof message); /* padding, too: it leaves the process */
    loom_message_start(&message.head, LOOM_MESSAGE_JOB, sizeof message, ++hand->ticket);
    message.recipe = *job->recipe;
    message.settings = *job->settings;
    message.settings.lane = NULL;
    if (job->settings->lane != NULL)
        (void)snprintf(message.lane, sizeof message.lane, "%s", job->settings->lane);
    message.tga = loom_format_by_path(job->tasks[0]->input_path) == LOOM_FORMAT_TGA;
    message.count = (uint32_t)job->count;
    for (size_t i = 0; i < job->count; i++) {
        message.outputs[i].size = job->tasks[i]->size;
        message.outputs[i].format = (uint32_t)job->tasks[i]->format;
        descriptors[1 + i] = hand->outputs[i];
    }
    return loom_message_send(hand->child.socket, &message, sizeof message, descriptors,
                             1 + job->count) == 0;
}

/* Between two images a child that lives has nothing to say. */
static bool is_quiet(const loom_hand *hand)
{
    struct pollfd ready = {.fd = hand->child.socket, .events = POLLIN};

    return poll(&ready, 1, 0) <= 0; /* below 0: a signal came, or it cannot be asked */
}

/* A child that is ready for the job. */
static loom_status take_ready(loom_crew *crew, const loom_job *job, loom_hand **taken,
                              loom_error *err)
{
    loom_hand *hand;
    loom_status status = loom_crew_take(crew, job, &hand, err);

    while (status == LOOM_OK && hand->ready && !is_quiet(hand)) {
        (void)loom_child_end(&hand->child, true);
        loom_crew_return(crew, hand);
        status = loom_crew_take(crew, job, &hand, err);
    }
    if (status != LOOM_OK)
        return status;
    if (!hand->ready)
        status = await_hello(hand, job->cancel, err);
    if (status == LOOM_OK)
        *taken = hand;
    else
        loom_crew_return(crew, hand);
    return status;
}

static bool take_stage(const loom_hand *hand, size_t size, loom_stage *stage)
{
    loom_stage_message message;

    if (size != sizeof message)
        return false;
    memcpy(&message, hand->message, sizeof message);
    if (message.head.ticket != hand->ticket || message.stage > LOOM_STAGE_WORKER)
        return false;
    *stage = (loom_stage)message.stage;
    return true;
}

/* Waits for the memory that the child asks for, and lets it go on. */
static loom_status let_go(loom_hand *hand, const loom_job *job, size_t size, loom_stage stage,
                          loom_error *err)
{
    loom_admit_message message;
    loom_message_head go;

    if (size != sizeof message)
        return bury(hand, stage, "the worker's answer is not valid", err);
    memcpy(&message, hand->message, sizeof message);
    const loom_status reason = loom_admit(job, message.bytes);
    if (reason != LOOM_OK)
        return kill_late(hand, reason, stage, err);
    loom_message_start(&go, LOOM_MESSAGE_GO, sizeof go, hand->ticket);
    if (loom_message_send(hand->child.socket, &go, sizeof go, NULL, 0) != 0)
        return bury(hand, stage, NULL, err);
    return LOOM_OK;
}

static bool is_of_job(const loom_hand *hand, size_t size)
{
    loom_message_head head;

    if (size < sizeof head)
        return false;
    memcpy(&head, hand->message, sizeof head);
    return head.ticket == hand->ticket;
}

/* Deals with the child's messages until the answer has come. *begun: one was about this job. */
static loom_status await_answer(loom_hand *hand, const loom_job *job, loom_stage *stage,
                                size_t *size, bool *begun, loom_error *err)
{
    bool admitted = false;

    for (;;) {
        loom_status status = receive(hand, job->cancel, *stage, size, err);
        if (status != LOOM_OK)
            return status;
        *begun = *begun || is_of_job(hand, *size);
        if (loom_message_is(hand->message, *size, LOOM_MESSAGE_STAGE)) {
            if (!take_stage(hand, *size, stage))
                return bury(hand, *stage, "the worker's answer is not valid", err);
        } else if (loom_message_is(hand->message, *size, LOOM_MESSAGE_ADMIT) && !admitted) {
            admitted = true;
            if ((status = let_go(hand, job, *size, *stage, err)) != LOOM_OK)
                return status;
        } else {
            return LOOM_OK;
        }
    }
}

/* Whether a child can have made outputs of these sizes. */
static bool are_possible(const loom_hand *hand, const size_t *sizes, size_t count)
{
    uint64_t left = hand->most;

    for (size_t i = 0; i < count; i++) {
        if (sizes[i] > left)
            return false;
        left -= sizes[i];
    }
    return true;
}

static void forget(loom_outcome *outcomes, loom_encoded *encoded, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        loom_outcome_release(&outcomes[i]);
        free(encoded[i].data);
        encoded[i] = (loom_encoded){0};
    }
}

/* What the child makes of the job that it was sent. */
static loom_status converse(loom_hand *hand, const loom_job *job, const loom_input_file *input,
                            loom_outcome *outcomes, loom_encoded *encoded, bool *begun,
                            loom_error *err)
{
    loom_stage stage = LOOM_STAGE_WORKER;
    size_t size, sizes[LOOM_MAX_SIZES];

    loom_child_drop_messages(&hand->child); /* of earlier images */
    if (!send_job(hand, job, input))
        return bury(hand, LOOM_STAGE_WORKER, NULL, err);
    loom_status status = await_answer(hand, job, &stage, &size, begun, err);
    if (status != LOOM_OK)
        return status;
    if (!loom_answer_read(hand->message, size, hand->ticket, outcomes, sizes, job->count) ||
        !are_possible(hand, sizes, job->count))
        status = LOOM_ERR_CRASHED;
    for (size_t i = 0; status == LOOM_OK && i < job->count; i++) {
        if (outcomes[i].format != job->tasks[i]->format)
            status = LOOM_ERR_CRASHED;
        else if (sizes[i] > 0)
            status = take_output(hand->outputs[i], &outcomes[i], sizes[i], &encoded[i], err);
    }
    hand->images++;
    if (status != LOOM_OK)
        forget(outcomes, encoded, job->count);
    return status == LOOM_ERR_CRASHED ? bury(hand, stage, "the worker's answer is not valid", err)
                                      : status;
}

/* Whether it is the system that had no thread for the child: libvips' words, by way of GLib. */
static bool lacked_threads(const loom_outcome *outcomes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (outcomes[i].error.code == LOOM_ERR_IO &&
            strstr(outcomes[i].error.message, "Error creating thread") != NULL)
            return true;
    return false;
}

/* With one child. *again: the next one may do better. */
static loom_status carry_once(loom_crew *crew, const loom_job *job, const loom_input_file *input,
                              loom_outcome *outcomes, loom_encoded *encoded, bool *again,
                              loom_error *err)
{
    loom_hand *hand;
    bool begun = false;
    loom_status status = take_ready(crew, job, &hand, err);

    if (status == LOOM_OK) {
        status = converse(hand, job, input, outcomes, encoded, &begun, err);
        if (status == LOOM_OK && lacked_threads(outcomes, job->count)) {
            *again = loom_crew_give_up(crew, hand, &outcomes[0].error);
            return status;
        }
        loom_crew_return(crew, hand);
    }
    /* A child that died or spoke out of turn before it began is not this image's fault. */
    *again = status == LOOM_ERR_CRASHED && !begun;
    return status;
}

loom_status loom_proxy_carry(loom_crew *crew, const loom_job *job, const loom_input_file *input,
                             loom_outcome *outcomes, loom_encoded *encoded, loom_error *err)
{
    loom_error why = LOOM_ERROR_INIT;
    loom_status status;
    bool again = false;
    int crashes = 0;

    for (;;) {
        loom_error_clear(&why);
        status = carry_once(crew, job, input, outcomes, encoded, &again, &why);
        if (!again || (status != LOOM_OK && ++crashes > 1))
            break;
        forget(outcomes, encoded, job->count);
    }
    return status == LOOM_OK ? status : loom_error_set(err, why.code, why.stage, "%s", why.message);
}
