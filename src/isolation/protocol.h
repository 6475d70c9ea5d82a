/*
 * The messages between a worker and its parent: fixed, versioned, below 64 KiB, over a
 * SOCK_SEQPACKET socket. Descriptors of input and outputs travel with them (SCM_RIGHTS). Both ends
 * are built from the same source, but each checks the layout.
 *
 * The parent trusts nothing that comes back. It accepts a message only if every field is in range
 * (loom_answer_read), and compares what the message says of a file with the file.
 */
#ifndef LOOM_ISOLATION_PROTOCOL_H
#define LOOM_ISOLATION_PROTOCOL_H

#include "picture/layer.h"
#include <imgloom/outcome.h>
#include <imgloom/recipe.h>
#include <imgloom/settings.h>
#include <sys/types.h>

#define LOOM_MESSAGE_MAX 65536u
#define LOOM_MESSAGE_FDS (1u + LOOM_SIZES_MAX) /* the input, then one for each output */

typedef enum loom_message_kind {
    LOOM_MESSAGE_HELLO = 1, /* worker: ready, sandboxed as `parts` says */
    LOOM_MESSAGE_JOB,       /* parent: convert this */
    LOOM_MESSAGE_STAGE,     /* worker: has reached this stage */
    LOOM_MESSAGE_ADMIT,     /* worker: needs this many bytes; waits for GO */
    LOOM_MESSAGE_GO,        /* parent: the bytes are granted */
    LOOM_MESSAGE_LAYER,     /* worker: needs this layer; parent: here it is */
    LOOM_MESSAGE_ANSWER,    /* worker: done */
    LOOM_MESSAGE_DECLINED,  /* worker without libvips, a head: one that has it must do this */
    LOOM_MESSAGE_FORK,      /* parent to the zygote: fork a worker with these descriptors */
    LOOM_MESSAGE_FORKED,    /* the new worker: who it is; or the zygote: why there is none */
    LOOM_MESSAGE_WRITES     /* parent to the zygote, and the answer: can the format be written */
} loom_message_kind;

typedef struct loom_message_head {
    uint32_t magic, version, kind, size; /* size: the whole message, bytes */
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
    loom_settings settings; /* its pointers mean nothing to the worker */
    char lane[16];          /* settings.lane; "": any */
    uint32_t named; /* loom_format_by_name_alone of the input: its name stays with the parent */
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

/* A layer of a finished picture. The answer has a descriptor of its samples, unless it failed. */
typedef struct loom_layer_message {
    loom_message_head head;
    uint32_t output, kind;  /* of the job; loom_layer_kind */
    uint32_t width, height; /* px of the picture; in the answer of the layer */
    loom_error error;       /* in the answer: why there is none */
} loom_layer_message;

#define LOOM_LAYER_SIDE_MAX (1u << 20) /* px of a picture that a layer is asked for */

typedef struct loom_fork_message {
    loom_message_head head;
    uint32_t loaded; /* the worker's loom_loaded */
} loom_fork_message;

typedef struct loom_forked_message {
    loom_message_head head;
    int32_t pid;   /* of a child of the parent; 0: none */
    int32_t error; /* an errno if pid is 0 */
} loom_forked_message;

typedef struct loom_writes_message {
    loom_message_head head;
    uint32_t format;
    uint32_t writes; /* in the answer: 1 if it can */
} loom_writes_message;

enum { LOOM_FORK_FDS = 2 }; /* sent with a FORK: the worker's socket and its standard error */

/* Fingerprint of the struct layout: parent and worker must match. */
#define LOOM_LAYOUT                                                                                \
    ((uint32_t)(sizeof(loom_job_message) * 31 + sizeof(loom_outcome) * 7 + LOOM_STATUS_COUNT +     \
                (unsigned)LOOM_FORMAT_COUNT))

/* Fills in a head; `size` is that of the whole message. */
void loom_message_start(loom_message_head *head, loom_message_kind kind, size_t size,
                        uint64_t ticket);

/* Whether `size` received bytes are a message of `kind` with a valid head. */
bool loom_message_is(const void *message, size_t size, loom_message_kind kind);

/*
 * Whether `size` received bytes are a JOB as an honest parent sends it: valid head and count, and a
 * terminated lane name.
 */
bool loom_message_is_job(const loom_job_message *message, size_t size);

/*
 * Whether `size` received bytes are a LAYER of the job `ticket` that a worker may ask for: an
 * output below `count`, a kind that there is, and a picture for which `admitted` bytes have room.
 */
bool loom_message_is_layer(const loom_layer_message *message, size_t size, uint64_t ticket,
                           size_t count, uint64_t admitted);

/*
 * Sends a message with descriptors, which stay the caller's. Returns 0, or -1 with errno (EPIPE and
 * ECONNRESET: the other end is gone; no signal is raised).
 */
int loom_message_send(int socket, const void *message, size_t size, const int *descriptors,
                      size_t count);

/*
 * Receives one message of up to `capacity` bytes and up to `max` descriptors (close-on-exec), which
 * the caller then owns; *count is their number. Returns the message's size; 0: the other end has
 * closed; -1 with errno (EMSGSIZE: the message did not fit, or had too many descriptors). Blocks if
 * the socket does.
 */
ssize_t loom_message_receive(int socket, void *message, size_t capacity, int *descriptors,
                             size_t max, size_t *count);

/*
 * Writes outcomes as an ANSWER into `message` of LOOM_MESSAGE_MAX bytes; counts warnings that do
 * not fit as dropped. `sizes` are those of the encoded pictures, 0 where there is none. Returns the
 * message's size.
 */
size_t loom_answer_write(void *message, uint64_t ticket, const loom_outcome *outcomes,
                         const size_t *sizes, size_t count);

/*
 * Reads an ANSWER into `outcomes` (initialised) and `sizes`. `lanes` are the static names that an
 * outcome may have, ended by NULL. False if any part is not what an honest worker writes; outcomes
 * may then be half written, and must still be released.
 */
bool loom_answer_read(const void *message, size_t size, uint64_t ticket, const char *const *lanes,
                      loom_outcome *outcomes, size_t *sizes, size_t count);

#endif
