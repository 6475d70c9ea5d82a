#include "worker/hostile.h"

#include "batch/job.h"
#include "support/sanitized.h"
#include "worker/probes.h"
#include <fcntl.h>
#include <glib.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

typedef struct play {
    int parent;
    const loom_job_message *job;
    const int *files;
    const char *word; /* behind the verb */
} play;

/* ---- answers ------------------------------------------------------------- */

/* One grey pixel. */
static const unsigned char picture[] = {
    0x89, 'P',  'N',  'G',  '\r', '\n', 0x1A, '\n', 0,    0,    0,    13,   'I',  'H',
    'D',  'R',  0,    0,    0,    1,    0,    0,    0,    1,    8,    0,    0,    0,
    0,    0x3A, 0x7E, 0x9B, 0x55, 0,    0,    0,    10,   'I',  'D',  'A',  'T',  0x78,
    0x9C, 0x63, 0x60, 0,    0,    0,    2,    0,    1,    0x48, 0xAF, 0xA4, 0x71, 0,
    0,    0,    0,    'I',  'E',  'N',  'D',  0xAE, 0x42, 0x60, 0x82,
};

/* What a file says of itself that holds `picture`. */
static loom_outcome honest_outcome(const play *p)
{
    loom_outcome outcome;

    loom_outcome_init(&outcome);
    outcome.original_format = LOOM_FORMAT_PNG;
    outcome.original_width = outcome.original_height = 1;
    outcome.orientation = 1;
    outcome.format = (loom_format)p->job->outputs[0].format;
    outcome.width = outcome.height = 1;
    outcome.channels = 1;
    outcome.lane = "vips";
    strcpy(outcome.decoder, "ISA-L");
    return outcome;
}

static void answer(const play *p, uint64_t ticket, const loom_outcome *outcome, size_t size)
{
    static char message[LOOM_MESSAGE_MAX];
    const size_t length = loom_answer_write(message, ticket, outcome, &size, 1);

    (void)loom_message_send(p->parent, message, length, NULL, 0);
}

static void write_picture(const play *p, size_t size)
{
    (void)!pwrite(p->files[1], picture, sizeof picture, 0);
    (void)!ftruncate(p->files[1], (off_t)size);
}

static void answer_well(const play *p)
{
    const loom_outcome outcome = honest_outcome(p);

    write_picture(p, sizeof picture);
    answer(p, p->job->head.ticket, &outcome, sizeof picture);
}

static void tell_stage(const play *p, uint32_t stage)
{
    loom_stage_message message = {.stage = stage};

    loom_message_start(&message.head, LOOM_MESSAGE_STAGE, sizeof message, p->job->head.ticket);
    (void)loom_message_send(p->parent, &message, sizeof message, NULL, 0);
}

/* ---- ends ---------------------------------------------------------------- */

static void play_segv(const play *p)
{
    volatile char *page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    (void)p;
    page[0] = 1;
}

static void play_abort(const play *p)
{
    (void)p;
    abort();
}

/* Killed within the image, as if by others: each, or ("used") one that had an image before. */
static void play_killed(const play *p)
{
    tell_stage(p, LOOM_STAGE_DECODE);
    if (strcmp(p->word, "used") != 0 || p->job->head.ticket > 1)
        (void)raise(SIGKILL);
    answer_well(p);
}

static unsigned (*volatile deeper)(unsigned);

static unsigned dig(unsigned depth)
{
    volatile char frame[4096];

    frame[depth % sizeof frame] = (char)depth;
    return deeper(depth + 1) + (unsigned char)frame[depth % sizeof frame];
}

static void play_overflow(const play *p)
{
    (void)p;
    deeper = dig;
    (void)dig(0);
}

static void play_exit(const play *p)
{
    (void)p;
    _exit(0);
}

static void play_spin(const play *p)
{
    (void)p;
    for (volatile unsigned i = 0;; i++)
        continue;
}

static void play_sleep(const play *p)
{
    (void)p;
    for (;;)
        (void)nanosleep(&(struct timespec){.tv_sec = 1000}, NULL);
}

static void play_stop(const play *p)
{
    (void)p;
    (void)raise(SIGSTOP);
    play_sleep(p);
}

static void play_allocate(const play *p)
{
    (void)p;
    if (TEST_SANITIZED) { /* which has no limit: what GLib does at its end */
        (void)fputs("GLib-ERROR: gmem.c: failed to allocate 16777216 bytes\n", stderr);
        abort();
    }
    for (;;)
        ((volatile char *)g_malloc(1 << 24))[0] = 1;
}

static void play_close(const play *p)
{
    (void)close(p->parent);
    play_sleep(p);
}

/* ---- lies ---------------------------------------------------------------- */

static void play_garbage(const play *p)
{
    char garbage[5000];

    for (size_t i = 0; i < sizeof garbage; i++)
        garbage[i] = (char)(i * 31 + 7);
    (void)loom_message_send(p->parent, garbage, sizeof garbage, NULL, 0);
}

static void play_descriptor(const play *p)
{
    loom_message_head head;

    loom_message_start(&head, LOOM_MESSAGE_ANSWER, sizeof head, p->job->head.ticket);
    (void)loom_message_send(p->parent, &head, sizeof head, p->files, 2);
}

static void play_other(const play *p)
{
    const loom_outcome outcome = honest_outcome(p);

    write_picture(p, sizeof picture);
    answer(p, p->job->head.ticket + 1, &outcome, sizeof picture);
}

static void play_earlier(const play *p)
{
    const loom_outcome outcome = honest_outcome(p);

    write_picture(p, sizeof picture);
    answer(p, p->job->head.ticket - 1, &outcome, sizeof picture);
}

static void play_more(const play *p)
{
    const loom_outcome outcome = honest_outcome(p);

    write_picture(p, sizeof picture + 4096);
    answer(p, p->job->head.ticket, &outcome, sizeof picture);
}

static void play_less(const play *p)
{
    const loom_outcome outcome = honest_outcome(p);

    write_picture(p, sizeof picture - 20);
    answer(p, p->job->head.ticket, &outcome, sizeof picture);
}

static void play_dimensions(const play *p)
{
    loom_outcome outcome = honest_outcome(p);

    outcome.width = 2;
    write_picture(p, sizeof picture);
    answer(p, p->job->head.ticket, &outcome, sizeof picture);
}

static void play_format(const play *p)
{
    loom_outcome outcome = honest_outcome(p);

    outcome.format = LOOM_FORMAT_JPEG;
    write_picture(p, sizeof picture);
    answer(p, p->job->head.ticket, &outcome, sizeof picture);
}

/* Each output could be; all of them together could not. */
static void play_vast(const play *p)
{
    static char message[LOOM_MESSAGE_MAX];
    loom_outcome outcomes[LOOM_SIZES_MAX];
    size_t sizes[LOOM_SIZES_MAX];
    const size_t count = p->job->count;

    for (size_t i = 0; i < count; i++) {
        outcomes[i] = honest_outcome(p);
        sizes[i] = (size_t)strtol(p->word, NULL, 10) << 20;
        (void)!pwrite(p->files[1 + i], picture, sizeof picture, 0);
        (void)!ftruncate(p->files[1 + i], (off_t)sizes[i]);
    }
    const size_t length = loom_answer_write(message, p->job->head.ticket, outcomes, sizes, count);
    (void)loom_message_send(p->parent, message, length, NULL, 0);
}

static void play_utf8(const play *p)
{
    static char words[] = "\xFF\xFE are no characters";
    char *warnings[] = {words};
    loom_outcome outcome = honest_outcome(p);

    outcome.result = LOOM_RESULT_WARNING;
    outcome.warnings = warnings;
    outcome.warning_count = 1;
    write_picture(p, sizeof picture);
    answer(p, p->job->head.ticket, &outcome, sizeof picture);
}

static void play_stage(const play *p)
{
    tell_stage(p, LOOM_STAGE_WORKER + 1);
    play_sleep(p);
}

static void play_flood(const play *p)
{
    for (;;)
        tell_stage(p, LOOM_STAGE_ENCODE);
}

static void play_admit(const play *p)
{
    loom_admit_message message = {.bytes = UINT64_MAX};

    loom_message_start(&message.head, LOOM_MESSAGE_ADMIT, sizeof message, p->job->head.ticket);
    for (int i = 0; i < 2; i++)
        (void)loom_message_send(p->parent, &message, sizeof message, NULL, 0);
    play_sleep(p);
}

static void ask_for_layer(const play *p, uint32_t output, uint32_t kind, uint32_t side)
{
    loom_layer_message message;

    memset(&message, 0, sizeof message);
    message.output = output;
    message.kind = kind;
    message.width = message.height = side;
    loom_message_start(&message.head, LOOM_MESSAGE_LAYER, sizeof message, p->job->head.ticket);
    (void)loom_message_send(p->parent, &message, sizeof message, NULL, 0);
}

/* Of an output that the job has not, of a kind that there is not, of a picture that is too large.
 */
static void play_layer(const play *p)
{
    ask_for_layer(p, 16, 0, 10);
    play_sleep(p);
}

static void play_kind(const play *p)
{
    ask_for_layer(p, 0, 2, 10);
    play_sleep(p);
}

static void play_wide(const play *p)
{
    ask_for_layer(p, 0, 0, UINT32_MAX);
    play_sleep(p);
}

/* More often than a job has layers. */
static void play_layers(const play *p)
{
    for (int i = 0; i < 3; i++)
        ask_for_layer(p, 0, 0, 10);
    play_sleep(p);
}

/* ---- what does no harm to others ----------------------------------------- */

static void play_well(const play *p)
{
    answer_well(p);
}

static void play_twice(const play *p)
{
    answer_well(p);
    answer_well(p);
}

static void play_early(const play *p)
{
    const loom_outcome outcome = honest_outcome(p);

    answer_well(p);
    for (uint64_t i = 1; i < 20; i++)
        answer(p, p->job->head.ticket + i, &outcome, sizeof picture);
}

static void play_last(const play *p)
{
    answer_well(p);
    _exit(1);
}

static void play_chatter(const play *p)
{
    static char line[1000];

    memset(line, 'w', sizeof line - 1);
    for (int i = 0; i < 300; i++)
        (void)fprintf(stderr, "%s\n", line);
    answer_well(p);
}

/* Words that are GLib's when it ends a process, but of an image that did well. */
static void play_mutter(const play *p)
{
    (void)fprintf(stderr, "failed to allocate a table, but it does without\n");
    answer_well(p);
}

/* In short naps: time for which the process is stopped is not slept through. */
static void play_nap(const play *p)
{
    for (long left = strtol(p->word, NULL, 10) * 10; left > 0; left--)
        (void)nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    answer_well(p);
}

static void play_grow(const play *p)
{
    const size_t size = (size_t)strtol(p->word, NULL, 10) << 20;
    volatile char *kept = malloc(size); /* and never freed */

    for (size_t at = 0; kept != NULL && at < size; at += 4096)
        kept[at] = 1;
    answer_well(p);
}

/* GLib's warnings are written by way of calls that a worker has no other use for. */
static void play_warn(const play *p)
{
    g_warning("nothing is wrong");
    answer_well(p);
}

/* Answers with an error whose message says what the probe found. */
static void play_probe(const play *p)
{
    loom_outcome outcome;
    const probe_context context = {.parent = p->parent, .files = p->files, .count = 2};

    loom_outcome_init(&outcome);
    outcome.format = (loom_format)p->job->outputs[0].format;
    outcome.result = LOOM_RESULT_ERROR;
    (void)loom_error_set(&outcome.error, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PROBE, "%s: %s", p->word,
                         probe_run(p->word, &context));
    answer(p, p->job->head.ticket, &outcome, 0);
}

/* Owns up to a mistake, as a worker would that finds one of its own. */
static void play_internal(const play *p)
{
    loom_outcome outcome;

    loom_outcome_init(&outcome);
    outcome.format = (loom_format)p->job->outputs[0].format;
    outcome.result = LOOM_RESULT_ERROR;
    (void)loom_error_set(&outcome.error, LOOM_ERR_INTERNAL, LOOM_STAGE_TRANSFORM,
                         "this cannot have happened");
    answer(p, p->job->head.ticket, &outcome, 0);
}

/* Leaves it to a worker that has libvips, which it may have itself. */
static void play_decline(const play *p)
{
    loom_message_head message;

    loom_message_start(&message, LOOM_MESSAGE_DECLINED, sizeof message, p->job->head.ticket);
    (void)loom_message_send(p->parent, &message, sizeof message, NULL, 0);
}

/* ---- which --------------------------------------------------------------- */

static const struct {
    const char *verb;
    void (*act)(const play *);
} acts[] = {
    {"segv", play_segv},
    {"abort", play_abort},
    {"killed", play_killed},
    {"overflow", play_overflow},
    {"exit", play_exit},
    {"spin", play_spin},
    {"sleep", play_sleep},
    {"stop", play_stop},
    {"allocate", play_allocate},
    {"close", play_close},
    {"garbage", play_garbage},
    {"descriptor", play_descriptor},
    {"other", play_other},
    {"earlier", play_earlier},
    {"more", play_more},
    {"less", play_less},
    {"dimensions", play_dimensions},
    {"format", play_format},
    {"vast", play_vast},
    {"utf8", play_utf8},
    {"stage", play_stage},
    {"flood", play_flood},
    {"admit", play_admit},
    {"layer", play_layer},
    {"kind", play_kind},
    {"wide", play_wide},
    {"layers", play_layers},
    {"well", play_well},
    {"twice", play_twice},
    {"early", play_early},
    {"last", play_last},
    {"chatter", play_chatter},
    {"mutter", play_mutter},
    {"nap", play_nap},
    {"grow", play_grow},
    {"warn", play_warn},
    {"probe", play_probe},
    {"internal", play_internal},
    {"decline", play_decline},
};

/* The signals of sanitizers' own handlers are the test's to see. */
static void restore_signals(void)
{
    static const int signals[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGTRAP};

    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        (void)signal(signals[i], SIG_DFL);
}

enum { WORDS = 128 };

/* What is said at a place of the file; NULL: nothing. */
static char *words_at(int file, off_t offset, char text[WORDS])
{
    const ssize_t size = pread(file, text, WORDS - 1, offset);

    if (size <= 0)
        return NULL;
    text[size] = '\0';
    char *mark = memmem(text, (size_t)size, LOOM_HOSTILE_MARK, strlen(LOOM_HOSTILE_MARK));
    if (mark == NULL)
        return NULL;
    mark[strcspn(mark, "\n")] = '\0';
    return mark + strlen(LOOM_HOSTILE_MARK);
}

bool loom_hostile_play(int parent, const loom_job_message *job, const int *files)
{
    char text[WORDS];
    struct stat info;
    const off_t end = fstat(files[0], &info) == 0 ? info.st_size : 0;
    char *verb = words_at(files[0], end < WORDS ? 0 : end - WORDS + 1, text);

    if (verb == NULL)
        return false;
    char *word = verb + strcspn(verb, " ");
    if (*word != '\0')
        *word++ = '\0';
    const play p = {parent, job, files, word};
    restore_signals();
    tell_stage(&p, LOOM_STAGE_DECODE);
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
        if (strcmp(verb, acts[i].verb) == 0)
            acts[i].act(&p);
    return true;
}

/* ---- the zygote ------------------------------------------------------------ */

static pid_t started; /* the process that was started as a program */

__attribute__((constructor)) static void remember(void)
{
    started = getpid();
}

void loom_hostile_fork(pid_t pid)
{
    if (getenv("IMGLOOM_HOSTILE_ZYGOTE") == NULL)
        return;
    if (pid > 0)
        _exit(EXIT_FAILURE);
    struct pollfd ended = {.fd = (int)syscall(SYS_pidfd_open, started, 0), .events = POLLIN};
    if (ended.fd >= 0) { /* else it is reaped */
        (void)poll(&ended, 1, -1);
        (void)close(ended.fd);
    }
}
