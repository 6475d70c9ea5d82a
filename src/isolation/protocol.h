/*
 * What a worker and its parent say to each other: fixed, versioned messages below 64 KiB
 * over a SOCK_SEQPACKET socket, with the descriptors of input and outputs beside them
 * (SCM_RIGHTS). Both ends are built from the same source; the layout is checked all the same.
 *
 * The parent trusts nothing that comes back. A message is accepted only if every field of it is
 * in range (loom_answer_read); what it says of a file is compared with the file.
 */
#ifndef LOOM_ISOLATION_PROTOCOL_H
#define LOOM_ISOLATION_PROTOCOL_H

#include <imgloom/outcome.h>
#include <imgloom/recipe.h>
#include <imgloom/settings.h>
#include <sys/types.h>

#define LOOM_MESSAGE_MAX 65536u
#define LOOM_MESSAGE_FDS (1u + LOOM_SIZES_MAX) /* the input, then one for each output */

typedef enum loom_message_kind {
    LOOM_MESSAGE_HELLO = 1, /* worker: ready, and locked in as `parts` says */
    LOOM_MESSAGE_JOB,       /* parent: convert this */
    LOOM_MESSAGE_STAGE,     /* worker: has come to this stage */
    LOOM_MESSAGE_ADMIT,     /* worker: needs so many bytes; waits for GO */
    LOOM_MESSAGE_GO,        /* parent: has them */
    LOOM_MESSAGE_ANSWER,    /* worker: done */
    LOOM_MESSAGE_FORK,      /* parent to the zygote: a worker, with these descriptors */
    LOOM_MESSAGE_FORKED,    /* zygote: here it is, or why there is none */
    LOOM_MESSAGE_WRITES     /* parent to the zygote, and back: whether a format can be written */
} loom_message_kind;

typedef struct loom_message_head {
    uint32_t magic, version, kind, size; /* size: of the whole message, bytes */
    uint64_t ticket;                     /* of the job; 0 in HELLO */
} loom_message_head;

/* The parts of the sandbox, as bits. */
enum {
    LOOM_SANDBOX_NO_NEW_PRIVS = 1,
    LOOM_SANDBOX_RLIMITS = 2,
    LOOM_SANDBOX_LANDLOCK = 4,
    LOOM_SANDBOX_SECCOMP = 8,
    LOOM_SANDBOX_ALL = 15
};

typedef struct loom_hello {
    loom_message_head head;
    uint32_t layout; /* LOOM_LAYOUT of the worker */
    uint32_t parts;
} loom_hello;

typedef struct loom_job_message {
    loom_message_head head;
    loom_recipe recipe;
    loom_settings settings; /* its pointers mean nothing here */
    char lane[16];          /* settings.lane; "": any */
    uint32_t named;         /* loom_format_by_name_alone of the input: its name stays here */
    uint32_t count;
    struct {
        uint32_t size, format; /* of loom_task */
    } outputs[LOOM_SIZES_MAX];
} loom_job_message;

typedef struct loom_stage_message {
    loom_message_head head;
    uint32_t stage;
} loom_stage_message;

typedef struct loom_admit_message {
    loom_message_head head;
    uint64_t bytes;
} loom_admit_message;

typedef struct loom_fork_message {
    loom_message_head head;
    uint32_t modules; /* it needs those of libvips, for formats that are `in_module` */
} loom_fork_message;

typedef struct loom_forked_message {
    loom_message_head head;
    int32_t pid;   /* of a child of the parent; 0: none */
    int32_t error; /* then an errno */
} loom_forked_message;

typedef struct loom_writes_message {
    loom_message_head head;
    uint32_t format;
    uint32_t writes; /* in the answer: it can */
} loom_writes_message;

enum { LOOM_FORK_FDS = 2 }; /* of a FORK: the worker's socket, and its standard error */

/* Fingerprint of the struct layout: parent and worker must match. */
#define LOOM_LAYOUT                                                                                \
    ((uint32_t)(sizeof(loom_job_message) * 31 + sizeof(loom_outcome) * 7 + LOOM_STATUS_COUNT +     \
                (unsigned)LOOM_FORMAT_COUNT))

/* Fills in a head; `size` of the whole message. */
void loom_message_start(loom_message_head *head, loom_message_kind kind, size_t size,
                        uint64_t ticket);

/* Whether `size` received bytes are a message with a head that is right and of `kind`. */
bool loom_message_is(const void *message, size_t size, loom_message_kind kind);

/*
 * Whether `size` received bytes are a JOB as an honest parent sends it: its head, its count, and a
 * lane that ends.
 */
bool loom_message_is_job(const loom_job_message *message, size_t size);

/*
 * Sends a message with descriptors, which stay the caller's. 0, or -1 with errno (EPIPE and
 * ECONNRESET: the other end is gone; no signal is raised).
 */
int loom_message_send(int socket, const void *message, size_t size, const int *descriptors,
                      size_t count);

/*
 * Receives one message of at most `capacity` bytes and up to `max` descriptors (close-on-exec),
 * which are then the caller's; *count says how many came. Its size; 0: the other end has closed; -1
 * with errno (EMSGSIZE: it did not fit, or had too many descriptors). Blocks as the socket does.
 */
ssize_t loom_message_receive(int socket, void *message, size_t capacity, int *descriptors,
                             size_t max, size_t *count);

/*
 * Writes outcomes as an ANSWER into `message` of LOOM_MESSAGE_MAX bytes; warnings that do not fit
 * are counted as dropped. `sizes` are those of the encoded pictures, 0 where there is none.
 * Returns the message's size.
 */
size_t loom_answer_write(void *message, uint64_t ticket, const loom_outcome *outcomes,
                         const size_t *sizes, size_t count);

/*
 * Reads an ANSWER into `outcomes` (initialised) and `sizes`. `lanes` are the names that an outcome
 * may have, static; NULL ends them. False when any of it is not as an
 * honest worker would have written it; outcomes may then be half written, and are to be released.
 */
bool loom_answer_read(const void *message, size_t size, uint64_t ticket, const char *const *lanes,
                      loom_outcome *outcomes, size_t *sizes, size_t count);

#endif
