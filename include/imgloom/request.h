/*
 * A request: one input, and what is to be made of it. It is what loom_process_file,
 * loom_process_buffer (process.h) and a service (service.h) are given, and where they leave what
 * came of it. One request is used by one thread at a time, and by nobody else while it is under
 * way; then it may be used again.
 */
#ifndef IMGLOOM_REQUEST_H
#define IMGLOOM_REQUEST_H

#include <imgloom/outcome.h>
#include <imgloom/recipe.h>
#include <imgloom/settings.h>
#include <imgloom/stop.h>

LOOM_BEGIN_DECLS

/* Zero bytes that must stand behind padded input: room for an end marker that is missing. */
#define LOOM_INPUT_SLACK 16

/*
 * Made by loom_request_create, with every field zero but `descriptor`. All that it points to is the
 * program's, and must stay as it is while the request is under way.
 */
typedef struct loom_request {
    /* The input: one of three. loom_process_file and loom_process_buffer set them. */
    const void *bytes; /* a file's content, `size` bytes of it */
    size_t size;
    int descriptor;   /* open for reading on a regular file, which is read from its start; -1 */
    const char *path; /* of a regular file */
    /* What a descriptor's file or the bytes are called: tells TGA, which has no magic number, and
     * packed SVG. NULL: nothing. */
    const char *name;
    /*
     * Behind `bytes` stand LOOM_INPUT_SLACK more, all zero, which are the library's while the
     * request is under way, and zero again afterwards. Where the bytes need not be changed they are
     * then read where they are. False: they are copied.
     */
    bool padded;

    const loom_recipe *recipe;     /* NULL: the defaults; each of its sizes is an output */
    const loom_settings *settings; /* NULL: the defaults */
    /*
     * Where the output is to be, of a recipe with one size; written as a batch writes, with its
     * folders made, and never over the input. NULL: each output is handed over in its outcome.
     * With LOOM_FORMAT_SAME its format follows the input's name, not this one, or of bytes what
     * they are.
     */
    const char *output_path;
    int64_t deadline_ns;   /* by CLOCK_MONOTONIC, ns; waiting counts; 0: none */
    const loom_stop *stop; /* its first request cancels this; it may serve several. NULL: none */
    void *user;            /* the program's own; the library does not look at it */
} loom_request;

LOOM_API loom_request *loom_request_create(void); /* NULL: no memory */
/* NULL is allowed; it must not be under way. Frees its outcomes, too. */
LOOM_API void loom_request_free(loom_request *request);

/*
 * What became of an output: of the recipe's size number `size`. NULL where there is none: the
 * recipe has fewer, or the request was not taken. The request's, until it is used again or freed;
 * it may be changed, as to take its `picture`: bytes of processed_size that are to be freed by
 * free(), once the field was set to NULL. Its start_ns counts from when the service began.
 */
LOOM_API loom_outcome *loom_request_outcome(loom_request *request, unsigned size);

LOOM_END_DECLS

#endif
