/* A file of a plain raster format as the engine treats it: named, probed, decoded. */
#ifndef TESTS_SUPPORT_RASTER_RUN_H
#define TESTS_SUPPORT_RASTER_RUN_H

#include "engine/codec/decoder.h"
#include "support/raster_files.h"

typedef struct raster_result {
    loom_status status;
    char message[512];
    loom_input input;
    loom_header header;
    loom_decoded decoded; /* of the input */
} raster_result;

/*
 * Asks whether the file is unsupported, probes it and, where its header claims no more than 100,000
 * px, decodes it. What the header and the picture say of its size is asserted to be the same. Ended
 * by raster_end.
 */
raster_result raster_run(loom_format format, const void *bytes, size_t size);
raster_result raster_run_file(loom_format format, const raster_file *f);
void raster_end(raster_result *result);

/* A sample of a picture. */
unsigned raster_sample_at(const raster_result *result, unsigned pixel, unsigned channel);

/*
 * One row of a format's kinds: a file that has this value in this aspect, and whose picture is
 * `pixels` with so many channels of 8 bits. One that is refused needs no pixels.
 */
typedef struct raster_kind {
    const char *aspect;
    uint32_t value;
    void (*make)(raster_file *f);
    unsigned channels;
    const void *pixels;
} raster_kind;

/*
 * Asserts that each row of the format's kinds has a case: read, with its pixels and neither damage
 * nor anything missing, or refused with the row's name.
 */
void raster_walk_kinds(loom_format format, const raster_kind *cases, size_t count);

/* Asserts that the file is decoded, all of it, to these samples of 8 bits. */
void raster_expect(loom_format format, const raster_file *f, unsigned channels, const void *pixels,
                   const char *what);

/* Asserts that the file is refused as unsupported, with that reason. */
void raster_refuse(loom_format format, const raster_file *f, const char *reason);

#endif
