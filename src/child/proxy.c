#include "child/proxy.h"

#include "base/clock.h"
#include "child/header.h"
#include "child/protocol.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_IMAGES = 1000, LOOK_EVERY = 16, POLL_MS = 20, START_ATTEMPTS = 50 };

struct loom_proxy {
    const loom_spawn_setup *setup;
    loom_child child;
    unsigned images; /* that the child has carried */
    bool ready;      /* its HELLO has come */
    uint64_t ticket;
    int outputs[LOOM_MAX_SIZES]; /* files in memory that children write to; -1: not made yet */
    char *message;               /* LOOM_MESSAGE_MAX bytes */
};

loom_proxy *loom_proxy_create(const loom_spawn_setup *setup)
{
    loom_proxy *proxy = calloc(1, sizeof *proxy);

    if (proxy == NULL)
        return NULL;
    proxy->message = malloc(LOOM_MESSAGE_MAX);
    if (proxy->message == NULL) {
        free(proxy);
        return NULL;
    }
    proxy->setup = setup;
    proxy->child = (loom_child)LOOM_CHILD_INIT;
    for (size_t i = 0; i < LOOM_MAX_SIZES; i++)
        proxy->outputs[i] = -1;
    return proxy;
}

void loom_proxy_free(loom_proxy *proxy)
{
    if (proxy == NULL)
        return;
    (void)loom_child_end(&proxy->child, false);
    for (size_t i = 0; i < LOOM_MAX_SIZES; i++)
        if (proxy->outputs[i] >= 0)
            (void)close(proxy->outputs[i]);
    free(proxy->message);
    free(proxy);
}

/* ---- how a child ended ------------------------------------------------------------------------
 */

/* Ends a child that is of no more use, and says why it is gone: what `crashed` means. */
static loom_status bury(loom_proxy *proxy, loom_stage stage, const char *otherwise, loom_error *err)
{
    const bool exited = otherwise == NULL; /* of itself */

    loom_child_read_messages(&proxy->child, proxy->message, LOOM_MESSAGE_MAX);
    const int status = loom_child_end(&proxy->child, !exited);
    if (strstr(proxy->message, "failed to allocate") != NULL) /* GLib's last words */
        return loom_error_set(err, LOOM_ERR_OUT_OF_MEMORY, stage,
                              "the image needs more memory than a worker may have");
    if (!exited)
        return loom_error_set(err, LOOM_ERR_CRASHED, stage, "%s", otherwise);
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

static loom_status kill_late(loom_proxy *proxy, loom_status reason, loom_stage stage,
                             loom_error *err)
{
    (void)loom_child_end(&proxy->child, true);
    return loom_error_set(err, reason, stage,
                          reason == LOOM_ERR_TIMEOUT ? "the image took longer than --timeout allows"
                                                     : "the run was interrupted");
}

/* ---- waiting ----------------------------------------------------------------------------------
 */

/* Waits for something to read, as long as the job may go on. */
static loom_status wait_readable(loom_proxy *proxy, const loom_cancel *cancel, loom_stage stage,
                                 loom_error *err)
{
    struct pollfd ready = {.fd = proxy->child.socket, .events = POLLIN};

    for (;;) {
        /* Before it is read: one that talks without end is late, too. */
        const loom_status reason = loom_cancel_check(cancel);
        if (reason != LOOM_OK)
            return kill_late(proxy, reason, stage, err);
        const int n = poll(&ready, 1, POLL_MS);
        if (n > 0)
            return LOOM_OK;
        if (n < 0 && errno != EINTR)
            return bury(proxy, stage, "the worker cannot be listened to", err);
    }
}

/* The child's next message in proxy->message. */
static loom_status receive(loom_proxy *proxy, const loom_cancel *cancel, loom_stage stage,
                           size_t *size, loom_error *err)
{
    size_t descriptors;
    loom_status status = wait_readable(proxy, cancel, stage, err);

    if (status != LOOM_OK)
        return status;
    const ssize_t got = loom_message_receive(proxy->child.socket, proxy->message, LOOM_MESSAGE_MAX,
                                             NULL, 0, &descriptors);
    if (got == 0 || (got < 0 && errno == ECONNRESET))
        return bury(proxy, stage, NULL, err);
    if (got < 0)
        return bury(proxy, stage, "the worker sent what is not a message", err);
    *size = (size_t)got;
    return LOOM_OK;
}

/* ---- starting ---------------------------------------------------------------------------------
 */

/* Where the system has no room for a process or a descriptor just now, waits a little for it. */
static loom_status start_child(loom_proxy *proxy, const loom_cancel *cancel, loom_error *err)
{
    loom_error why = LOOM_ERROR_INIT;

    for (int attempt = 0; attempt < START_ATTEMPTS; attempt++) {
        loom_error_clear(&why);
        if (loom_child_start(&proxy->child, proxy->setup, &why) == LOOM_OK) {
            proxy->images = 0;
            proxy->ready = false;
            return LOOM_OK;
        }
        if (errno != EAGAIN && errno != EMFILE && errno != ENFILE && errno != ENOMEM)
            break;
        (void)poll(NULL, 0, 100);
        const loom_status reason = loom_cancel_check(cancel);
        if (reason != LOOM_OK)
            return loom_error_set(err, reason, LOOM_STAGE_WORKER, "%s", why.message);
    }
    return loom_error_set(err, why.code, LOOM_STAGE_WORKER, "%s", why.message);
}

static loom_status await_hello(loom_proxy *proxy, const loom_cancel *cancel, loom_error *err)
{
    loom_hello hello;
    size_t size;
    loom_status status = receive(proxy, cancel, LOOM_STAGE_WORKER, &size, err);

    if (status != LOOM_OK)
        return status;
    if (size != sizeof hello || !loom_message_is(proxy->message, size, LOOM_MESSAGE_HELLO))
        return bury(proxy, LOOM_STAGE_WORKER, "the worker did not introduce itself", err);
    memcpy(&hello, proxy->message, sizeof hello);
    if (hello.layout != LOOM_LAYOUT)
        return bury(proxy, LOOM_STAGE_WORKER, "the worker is of another version of imgloom", err);
    proxy->ready = true;
    return LOOM_OK;
}

/* Address space and processor time are cheap; what counts is what stays resident. */
static bool has_grown(const loom_proxy *proxy)
{
    char path[64], text[64];
    unsigned long total, resident;

    (void)snprintf(path, sizeof path, "/proc/%ld/statm", (long)proxy->child.pid);
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    const ssize_t n = read(file, text, sizeof text - 1);
    (void)close(file);
    if (n <= 0)
        return false;
    text[n] = '\0';
    return sscanf(text, "%lu %lu", &total, &resident) == 2 &&
           (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE) > proxy->setup->memory / 2;
}

static loom_status have_child(loom_proxy *proxy, const loom_cancel *cancel, loom_error *err)
{
    const bool look = proxy->setup->memory > 0 && proxy->images % LOOK_EVERY == LOOK_EVERY - 1;

    if (proxy->child.pid != 0 && (proxy->images >= MAX_IMAGES || (look && has_grown(proxy))))
        (void)loom_child_end(&proxy->child, false);
    if (proxy->child.pid == 0) {
        loom_status status = start_child(proxy, cancel, err);
        if (status != LOOM_OK)
            return status;
    }
    return proxy->ready ? LOOM_OK : await_hello(proxy, cancel, err);
}

/* ---- outputs ----------------------------------------------------------------------------------
 */

/* A file without a name: in memory, or where the system lacks that, on disk. */
static int make_output(void)
{
    int file = memfd_create("imgloom-output", MFD_CLOEXEC);

    if (file < 0 && (errno == ENOSYS || errno == EPERM)) {
        const char *folder = getenv("TMPDIR");
        file = open(folder != NULL ? folder : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    }
    return file;
}

static loom_status prepare_outputs(loom_proxy *proxy, size_t count, loom_error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (proxy->outputs[i] < 0)
            proxy->outputs[i] = make_output();
        if (proxy->outputs[i] < 0 || ftruncate(proxy->outputs[i], 0) != 0)
            return loom_error_set_errno(err, LOOM_STAGE_WORKER, errno,
                                        "cannot make room for an output");
    }
    return LOOM_OK;
}

static bool read_whole(int file, unsigned char *data, size_t size)
{
    for (size_t at = 0; at < size;) {
        const ssize_t n = pread(file, data + at, size - at, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        at += (size_t)n;
    }
    return true;
}

/* Copies first and checks the copy: a child may still change the file. */
static bool take_output(int file, const loom_outcome *outcome, size_t size, loom_encoded *encoded)
{
    struct stat info;
    uint32_t width, height;

    if (fstat(file, &info) != 0 || (uintmax_t)info.st_size != size)
        return false;
    unsigned char *data = malloc(size);
    if (data == NULL || !read_whole(file, data, size) ||
        !loom_header_size(outcome->format, data, size, &width, &height) ||
        width != outcome->width || height != outcome->height) {
        free(data);
        return false;
    }
    *encoded = (loom_encoded){data, size, outcome->channels, outcome->quality};
    return true;
}

/* ---- a job ------------------------------------------------------------------------------------
 */

static bool send_job(loom_proxy *proxy, const loom_job *job, const loom_input_file *input)
{
    loom_job_message message;
    int descriptors[LOOM_MESSAGE_FDS] = {input->descriptor};

    memset(&message, 0, sizeof message); /* padding, too: it leaves the process */
    loom_message_start(&message.head, LOOM_MESSAGE_JOB, sizeof message, ++proxy->ticket);
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
        descriptors[1 + i] = proxy->outputs[i];
    }
    return loom_message_send(proxy->child.socket, &message, sizeof message, descriptors,
                             1 + job->count) == 0;
}

/* Between two images a child that lives has nothing to say. */
static bool is_quiet(const loom_proxy *proxy)
{
    struct pollfd ready = {.fd = proxy->child.socket, .events = POLLIN};

    return poll(&ready, 1, 0) == 0;
}

/* Hands the job to a child. */
static loom_status begin(loom_proxy *proxy, const loom_job *job, const loom_input_file *input,
                         loom_error *err)
{
    if (proxy->child.pid != 0 && !is_quiet(proxy))
        (void)loom_child_end(&proxy->child, true);
    loom_status status = have_child(proxy, job->cancel, err);
    if (status != LOOM_OK)
        return status;
    loom_child_drop_messages(&proxy->child); /* of earlier images */
    return send_job(proxy, job, input) ? LOOM_OK : bury(proxy, LOOM_STAGE_WORKER, NULL, err);
}

static bool take_stage(const loom_proxy *proxy, size_t size, loom_stage *stage)
{
    loom_stage_message message;

    if (size != sizeof message)
        return false;
    memcpy(&message, proxy->message, sizeof message);
    if (message.head.ticket != proxy->ticket || message.stage > LOOM_STAGE_WORKER)
        return false;
    *stage = (loom_stage)message.stage;
    return true;
}

/* Waits for the memory that the child asks for, and lets it go on. */
static loom_status let_go(loom_proxy *proxy, const loom_job *job, size_t size, loom_stage stage,
                          loom_error *err)
{
    loom_admit_message message;
    loom_message_head go;

    if (size != sizeof message)
        return bury(proxy, stage, "the worker's answer is not valid", err);
    memcpy(&message, proxy->message, sizeof message);
    const loom_status reason = loom_admit(job, message.bytes);
    if (reason != LOOM_OK)
        return kill_late(proxy, reason, stage, err);
    loom_message_start(&go, LOOM_MESSAGE_GO, sizeof go, proxy->ticket);
    if (loom_message_send(proxy->child.socket, &go, sizeof go, NULL, 0) != 0)
        return bury(proxy, stage, NULL, err);
    return LOOM_OK;
}

static bool is_of_job(const loom_proxy *proxy, size_t size)
{
    loom_message_head head;

    if (size < sizeof head)
        return false;
    memcpy(&head, proxy->message, sizeof head);
    return head.ticket == proxy->ticket;
}

/* Deals with the child's messages until the answer has come. *begun: one was about this job. */
static loom_status await_answer(loom_proxy *proxy, const loom_job *job, loom_stage *stage,
                                size_t *size, bool *begun, loom_error *err)
{
    bool admitted = false;

    for (;;) {
        loom_status status = receive(proxy, job->cancel, *stage, size, err);
        if (status != LOOM_OK)
            return status;
        *begun = *begun || is_of_job(proxy, *size);
        if (loom_message_is(proxy->message, *size, LOOM_MESSAGE_STAGE)) {
            if (!take_stage(proxy, *size, stage))
                return bury(proxy, *stage, "the worker's answer is not valid", err);
        } else if (loom_message_is(proxy->message, *size, LOOM_MESSAGE_ADMIT) && !admitted) {
            admitted = true;
            if ((status = let_go(proxy, job, *size, *stage, err)) != LOOM_OK)
                return status;
        } else {
            return LOOM_OK;
        }
    }
}

static void forget(loom_outcome *outcomes, loom_encoded *encoded, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        loom_outcome_release(&outcomes[i]);
        free(encoded[i].data);
        encoded[i] = (loom_encoded){0};
    }
}

static loom_status carry_once(loom_proxy *proxy, const loom_job *job, const loom_input_file *input,
                              loom_outcome *outcomes, loom_encoded *encoded, bool *begun,
                              loom_error *err)
{
    loom_stage stage = LOOM_STAGE_WORKER;
    size_t size, sizes[LOOM_MAX_SIZES];
    bool honest;

    loom_status status = begin(proxy, job, input, err);
    if (status != LOOM_OK ||
        (status = await_answer(proxy, job, &stage, &size, begun, err)) != LOOM_OK)
        return status;
    honest = loom_answer_read(proxy->message, size, proxy->ticket, outcomes, sizes, job->count);
    for (size_t i = 0; honest && i < job->count; i++)
        honest =
            outcomes[i].format == job->tasks[i]->format &&
            (sizes[i] == 0 || take_output(proxy->outputs[i], &outcomes[i], sizes[i], &encoded[i]));
    if (!honest) {
        forget(outcomes, encoded, job->count);
        return bury(proxy, stage, "the worker's answer is not valid", err);
    }
    proxy->images++;
    return LOOM_OK;
}

loom_status loom_proxy_carry(loom_proxy *proxy, const loom_job *job, const loom_input_file *input,
                             loom_outcome *outcomes, loom_encoded *encoded, loom_error *err)
{
    loom_error why = LOOM_ERROR_INIT;
    bool begun = false;

    loom_status status = prepare_outputs(proxy, job->count, err);
    if (status != LOOM_OK)
        return status;
    /* A child that died or spoke out of turn before it began is not this image's fault. */
    for (int attempt = 0; attempt < 2; attempt++) {
        loom_error_clear(&why);
        status = carry_once(proxy, job, input, outcomes, encoded, &begun, &why);
        if (status == LOOM_OK)
            return LOOM_OK;
        if (begun || status != LOOM_ERR_CRASHED)
            break;
    }
    return loom_error_set(err, why.code, why.stage, "%s", why.message);
}
