/*
 * A request: one input, and what to make of it. loom_process_file, loom_process_buffer (process.h)
 * and a service (service.h) take a request and leave the outcomes in it. One thread at a time may
 * use a request, and none while it is in progress. A finished request may be used again.
 */
#ifndef IMGLOOM_REQUEST_H
#define IMGLOOM_REQUEST_H

#include <imgloom/outcome.h>
#include <imgloom/recipe.h>
#include <imgloom/settings.h>
#include <imgloom/stop.h>
#include <imgloom/task.h>

LOOM_BEGIN_DECLS

/* The number of zero bytes that follow padded input: space to add a missing end marker. */
#define LOOM_INPUT_SLACK 16

/*
 * loom_request_create returns it with every field zero, except `descriptor` (-1). The program owns
 * everything that the pointers lead to, and does not change it while the request is in progress.
 */
typedef struct loom_request {
    /* The input: one of the three. loom_process_file and loom_process_buffer set it. */
    const void *bytes; /* the content of a file, `size` bytes */
    size_t size;
    int descriptor;   /* of a regular file, open for reading, read from its start; -1: none */
    const char *path; /* of a regular file */
    /* The file name of the descriptor or the bytes. It identifies TGA, which has no magic number,
     * and packed SVG. NULL: unknown. */
    const char *name;
    /*
     * True: `bytes` are followed by LOOM_INPUT_SLACK zero bytes. The library may write to those
     * while the request is in progress, and leaves them zero. It then reads the bytes in place,
     * unless they have to be changed. False: it copies them.
     */
    bool padded;

    const loom_recipe *recipe;     /* NULL: the defaults */
    const loom_settings *settings; /* NULL: the defaults */
    /*
     * The path of the output, for a recipe with one. It is written as in a batch: missing
     * folders are made, and the input is never overwritten. NULL: each outcome holds its output.
     * LOOM_FORMAT_SAME takes the format from the name of the input, not from this path; for bytes,
     * from their content.
     */
    const char *output_path;
    int64_t deadline_ns;   /* by CLOCK_MONOTONIC, ns; waiting counts; 0: none */
    const loom_stop *stop; /* its first request cancels this one; may be shared. NULL: none */
    void *user;            /* for the program; the library does not use it */
} loom_request;

LOOM_API loom_request *loom_request_create(void); /* NULL: out of memory */
/* Frees a request and its outcomes. It must not be in progress. NULL is allowed. */
LOOM_API void loom_request_free(loom_request *request);

/*
 * The outcome of output number `output` of the recipe: the formats of its first size, then those of
 * the next. NULL: the recipe has fewer outputs, or the request was not accepted. The request owns
 * the outcome until it is used again or freed. The program may change it, for example to take its
 * `picture` (processed_size bytes): set the field to NULL, and call free() on the bytes later.
 * start_ns counts from the start of the service.
 */
LOOM_API loom_outcome *loom_request_outcome(loom_request *request, unsigned output);

/*
 * The task of an outcome, for the reports of a program: NULL where there is no outcome. Its input
 * is the path or the name of the request, and its seq the number of the output.
 */
LOOM_API const loom_task *loom_request_task(const loom_request *request, unsigned output);

LOOM_END_DECLS

#endif
