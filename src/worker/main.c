/*
 * imgloom-worker: converts images, one at a time, for a parent that it trusts. It does not trust
 * the images, and so it sandboxes itself. Only imgloom starts it (src/isolation/spawn.c), as a
 * worker or as a zygote that forks workers. It loads libvips when it is needed. Descriptor 3 is the
 * socket to the parent; the process ends when that is closed.
 */
#include "base/memory.h"
#include "base/read_at.h"
#include "engine/convert.h"
#include "engine/plugin.h"
#include "engine/worker_hooks.h"
#include "isolation/protocol.h"
#include "worker/sandbox.h"
#include "worker/zygote.h"

#include <dirent.h>
#include <errno.h>
#include <imgloom/parse.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef LOOM_WORKER_HOSTILE /* a build for tests, see tests/worker */
#include "worker/hostile.h"
#endif

enum { PARENT = 3, TRIM_COST = 32 << 20, IDLE_MS = 50, INPUT_NAME_MAX = 16 };
enum { EXIT_SETUP = 2, EXIT_SANDBOX = 3, EXIT_PROTOCOL = 4 };

typedef struct arguments {
    uint64_t memory, parent;
    bool allow_untrusted, require_sandbox, zygote;
} arguments;

static bool allow_untrusted;
static uint64_t memory; /* bytes that this process may have; 0: no limit */
static uint64_t ticket; /* of the current job */
static uint64_t cost;   /* bytes that the job asked for */
static char answer[LOOM_MESSAGE_MAX];

/* ---- set-up -------------------------------------------------------------- */

static bool parse_number(const char *word, const char *name, uint64_t *value)
{
    const size_t length = strlen(name);

    return strncmp(word, name, length) == 0 &&
           loom_parse_count(word + length, 0, UINT64_MAX, value, NULL) == LOOM_OK;
}

static bool read_arguments(int count, char **words, arguments *a)
{
    for (int i = 1; i < count; i++) {
        if (strcmp(words[i], "--allow-untrusted") == 0)
            a->allow_untrusted = true;
        else if (strcmp(words[i], "--require-sandbox") == 0)
            a->require_sandbox = true;
        else if (strcmp(words[i], "--zygote") == 0)
            a->zygote = true;
        else if (!parse_number(words[i], "--memory=", &a->memory) &&
                 !parse_number(words[i], "--parent=", &a->parent))
            return false;
    }
    return a->parent > 0;
}

/* Landlock binds threads that start later, not running ones. */
static bool is_single_thread(void)
{
    DIR *tasks = opendir("/proc/self/task");
    int count = 0;

    if (tasks == NULL)
        return false;
    for (const struct dirent *entry; (entry = readdir(tasks)) != NULL;)
        count += entry->d_name[0] != '.';
    (void)closedir(tasks);
    return count == 1;
}

static loom_error unloaded; /* why libvips could not be loaded */

static bool load(loom_loaded what)
{
    loom_error_clear(&unloaded);
    if (what >= LOOM_LOADED_VIPS && loom_plugin_start(allow_untrusted, &unloaded) != LOOM_OK)
        return false;
    if (what >= LOOM_LOADED_MODULES)
        loom_plugin_get()->load_modules();
    return is_single_thread();
}

static int report_unloaded(void)
{
    (void)fprintf(stderr, LOOM_PROGRAM_UNLOADED "%s\n", unloaded.message);
    return LOOM_PROGRAM_EXIT_UNLOADED;
}

/* Ctrl-C is for the parent, which lets running images finish. */
static void ignore_signals(void)
{
    (void)signal(SIGINT, SIG_IGN);
    (void)signal(SIGTERM, SIG_IGN);
    (void)signal(SIGUSR1, SIG_IGN); /* `pkill -USR1 imgloom` is for imgloom */
    (void)signal(SIGPIPE, SIG_IGN);
}

/*
 * Names the process, which was started from a descriptor or forked, and has it end with its parent
 * thread. False: that thread ended before the request.
 */
static bool follow(uint64_t parent, const char *name)
{
    (void)prctl(PR_SET_NAME, name, 0, 0, 0);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    return (uint64_t)getppid() == parent;
}

static void on_stage(loom_stage stage)
{
    loom_stage_message message = {.stage = (uint32_t)stage};

    loom_message_start(&message.head, LOOM_MESSAGE_STAGE, sizeof message, ticket);
    (void)loom_message_send(PARENT, &message, sizeof message, NULL, 0);
}

/* The parent answers once there is memory, or ends this process. */
static loom_status ask_for_memory(uint64_t bytes)
{
    loom_admit_message message = {.bytes = bytes};

    cost = bytes;
    loom_message_head go;
    size_t descriptors;

    loom_message_start(&message.head, LOOM_MESSAGE_ADMIT, sizeof message, ticket);
    if (loom_message_send(PARENT, &message, sizeof message, NULL, 0) != 0 ||
        loom_message_receive(PARENT, &go, sizeof go, NULL, 0, &descriptors) != sizeof go ||
        !loom_message_is(&go, sizeof go, LOOM_MESSAGE_GO))
        _exit(EXIT_PROTOCOL);
    return LOOM_OK;
}

/* Reads the samples of a layer that the parent has sent. */
static loom_status read_layer(const loom_layer_message *message, int file, loom_picture *layer,
                              loom_error *err)
{
    const size_t size = loom_picture_bytes(message->width, message->height, 4, 1);
    size_t got = 0;

    *layer = (loom_picture){.width = message->width,
                            .height = message->height,
                            .channels = 4,
                            .depth = 1,
                            .data = size > 0 ? malloc(size) : NULL};
    if (layer->data == NULL)
        return loom_error_set(err, LOOM_ERR_OUT_OF_MEMORY, LOOM_STAGE_TRANSFORM,
                              "not enough memory for a layer");
    if (!loom_read_at(file, layer->data, size, 0, &got) || got != size)
        _exit(EXIT_PROTOCOL);
    return LOOM_OK;
}

static loom_status ask_for_layer(size_t output, loom_layer_kind kind, uint32_t width,
                                 uint32_t height, loom_picture *layer, loom_error *err)
{
    loom_layer_message message;
    int file = -1;
    size_t files = 0;

    memset(&message, 0, sizeof message); /* zeroes the padding, too: it leaves the process */
    message.output = (uint32_t)output;
    message.kind = (uint32_t)kind;
    message.width = width;
    message.height = height;
    loom_message_start(&message.head, LOOM_MESSAGE_LAYER, sizeof message, ticket);
    if (loom_message_send(PARENT, &message, sizeof message, NULL, 0) != 0 ||
        loom_message_receive(PARENT, &message, sizeof message, &file, 1, &files) !=
            sizeof message ||
        !loom_message_is(&message, sizeof message, LOOM_MESSAGE_LAYER) ||
        files != (message.error.code == LOOM_OK))
        _exit(EXIT_PROTOCOL);
    if (files == 0)
        return loom_error_set(err, message.error.code, message.error.stage, "%s",
                              message.error.message);
    const loom_status status = read_layer(&message, file, layer, err);
    (void)close(file);
    return status;
}

static int introduce(uint32_t parts)
{
    loom_hello hello = {.layout = LOOM_LAYOUT, .parts = parts};

    loom_message_start(&hello.head, LOOM_MESSAGE_HELLO, sizeof hello, 0);
    return loom_message_send(PARENT, &hello, sizeof hello, NULL, 0);
}

/* ---- a job --------------------------------------------------------------- */

/* The file offset does not matter: the parent uses the file again and again. */
static loom_status write_all(int file, const void *data, size_t size, loom_error *err)
{
    if (loom_write_at_start(file, data, size))
        return LOOM_OK;
    return loom_error_set_errno(err, LOOM_STAGE_ENCODE, errno,
                                "the output is larger than a worker may write");
}

/* From the input's descriptor to outcomes and encoded pictures. False: libvips must do it. */
static bool convert(const loom_job *job, int descriptor, loom_outcome *outcomes,
                    loom_encoded *encoded)
{
    const loom_plugin *plugin = loom_plugin_get();
    loom_input_file file;
    loom_input input;
    loom_error error = LOOM_ERROR_INIT;

    loom_status status = loom_input_adopt(descriptor, &file, &error);
    if (status == LOOM_OK)
        status = loom_input_read(&file, &input, &error);
    if (status == LOOM_OK) {
        if (plugin != NULL)
            plugin->begin();
        const loom_lane_result result =
            loom_convert(job, &input, memory, plugin != NULL ? LOOM_LANES_ALL : LOOM_LANES_LINKED,
                         outcomes, encoded);
        loom_input_release(&input);
        return result != LOOM_LANE_DECLINED;
    }
    for (size_t i = 0; i < job->count; i++) {
        outcomes[i].format = job->tasks[i]->format;
        outcomes[i].result = LOOM_RESULT_ERROR;
        outcomes[i].error = error;
    }
    return true;
}

static bool decline(void)
{
    loom_message_head message;

    loom_message_start(&message, LOOM_MESSAGE_DECLINED, sizeof message, ticket);
    return loom_message_send(PARENT, &message, sizeof message, NULL, 0) == 0;
}

/* Writes the encoded pictures to the parent's files. */
static void deliver(const int *files, loom_outcome *outcomes, loom_encoded *encoded, size_t *sizes,
                    size_t count)
{
    for (size_t i = 0; i < count; i++) {
        loom_outcome *outcome = &outcomes[i];
        sizes[i] = encoded[i].data != NULL ? encoded[i].size : 0;
        if (sizes[i] > 0 &&
            write_all(files[i], encoded[i].data, sizes[i], &outcome->error) != LOOM_OK) {
            loom_outcome_unwrite(outcome);
            sizes[i] = 0;
        }
        free(encoded[i].data);
    }
}

/* The input's name here, for a format that only a name tells. */
static void name_input(char name[INPUT_NAME_MAX], loom_format named)
{
    const char *extension = loom_format_get(named)->extensions[0];

    (void)snprintf(name, INPUT_NAME_MAX, "input%s%s", extension != NULL ? "." : "",
                   extension != NULL ? extension : "");
}

static bool run_job(const loom_job_message *message, const int *files)
{
    loom_settings settings = message->settings;
    loom_task tasks[LOOM_SIZES_MAX];
    const loom_task *pointers[LOOM_SIZES_MAX];
    loom_outcome outcomes[LOOM_SIZES_MAX];
    loom_encoded encoded[LOOM_SIZES_MAX] = {{0}};
    size_t sizes[LOOM_SIZES_MAX];
    const size_t count = message->count;
    char input_name[INPUT_NAME_MAX];

#ifdef LOOM_WORKER_HOSTILE
    if (loom_hostile_play(PARENT, message, files))
        return true;
#endif
    name_input(input_name, (loom_format)message->named);
    for (size_t i = 0; i < count; i++) {
        tasks[i] = (loom_task){.input_path = input_name,
                               .size = message->outputs[i].size,
                               .format = (loom_format)message->outputs[i].format};
        pointers[i] = &tasks[i];
        loom_outcome_init(&outcomes[i]);
    }
    const loom_job job = {
        .tasks = pointers, .count = count, .recipe = &message->recipe, .settings = &settings};

    settings.lane = message->lane[0] != '\0' ? message->lane : NULL;
    if (!convert(&job, files[0], outcomes, encoded))
        return decline();
    deliver(files + 1, outcomes, encoded, sizes, count);
    const size_t size = loom_answer_write(answer, message->head.ticket, outcomes, sizes, count);
    for (size_t i = 0; i < count; i++)
        loom_outcome_release(&outcomes[i]);
    return loom_message_send(PARENT, answer, size, NULL, 0) == 0;
}

/*
 * While this worker waits, others may need the memory of its last image. If the next job is already
 * there, the memory is kept: getting it back page by page took a fifth of the time of a WebP
 * photograph.
 */
static void wait_for_job(void)
{
    struct pollfd parent = {.fd = PARENT, .events = POLLIN};

    if (cost > TRIM_COST && poll(&parent, 1, IDLE_MS) == 0)
        (void)malloc_trim(0);
}

static int serve(void)
{
    for (;;) {
        wait_for_job();
        loom_job_message message;
        int files[LOOM_MESSAGE_FDS];
        size_t received;

        const ssize_t size = loom_message_receive(PARENT, &message, sizeof message, files,
                                                  LOOM_MESSAGE_FDS, &received);
        if (size <= 0)
            return size == 0 ? EXIT_SUCCESS : EXIT_PROTOCOL; /* 0: the parent closed it or died */
        if (!loom_message_is_job(&message, (size_t)size) || received != 1 + message.count)
            return EXIT_PROTOCOL;
        ticket = message.head.ticket;
        cost = 0;
        const bool ok = run_job(&message, files);
        for (size_t i = 0; i < received; i++)
            (void)close(files[i]);
        if (!ok)
            return EXIT_PROTOCOL;
    }
}

int main(int argc, char **argv)
{
    arguments a = {0};

    if (!read_arguments(argc, argv, &a)) {
        (void)fprintf(stderr, "imgloom-worker is started by imgloom, not by hand\n");
        return EXIT_SETUP;
    }
    ignore_signals();
    if (!follow(a.parent, a.zygote ? "imgloom-zygote" : "imgloom-worker"))
        return EXIT_SETUP;
    (void)syscall(SYS_close_range, PARENT + 1, ~0U, 0);

    memory = a.memory;
    allow_untrusted = a.allow_untrusted;
    loom_worker_hooks_set(&(loom_worker_hooks){on_stage, ask_for_memory, ask_for_layer, a.zygote});
    loom_malloc_prepare();
    const bool loaded = a.zygote ? loom_zygote_serve(PARENT, load) : load(LOOM_LOADED_MODULES);
    if (a.zygote && !follow(a.parent, "imgloom-worker"))
        _exit(EXIT_SETUP);
    if (!loaded)
        _exit(unloaded.code != LOOM_OK ? report_unloaded() : EXIT_SETUP);
    const uint32_t parts = loom_sandbox_enter(a.memory);
    if (a.require_sandbox && parts != LOOM_SANDBOX_ALL)
        return EXIT_SANDBOX;
    if (introduce(parts) != 0)
        return EXIT_PROTOCOL;
    _exit(serve()); /* not exit: its handlers do not expect a sandbox */
}
