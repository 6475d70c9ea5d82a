/*
 * PNG files of every kind, put together by hand as the standard says (PNG, Third Edition), so that
 * a test knows every byte of them. Nothing of src/ encodes here. All functions assert that they
 * work.
 */
#ifndef TESTS_SUPPORT_MAKE_PNG_H
#define TESTS_SUPPORT_MAKE_PNG_H

#include "base/strbuf.h"
#include "support/oracle.h"

typedef struct png_plan {
    uint32_t width, height;
    unsigned depth, colour; /* as in IHDR */
    bool interlaced;
    bool repeated;    /* samples of 16 bits have two bytes that are the same */
    unsigned colours; /* of the palette; png_palette makes it */
    const void *trns; /* data of tRNS; NULL: none */
    size_t trns_size;
    bool significant;    /* sBIT, which says that one bit of each sample counts */
    const char *between; /* a chunk of this type and no data before IDAT; NULL: none */
} png_plan;

/* ---- kinds --------------------------------------------------------------- */

enum { PNG_KINDS = 15 }; /* rows of the container's list that are of the aspect "samples" */

/* A picture of such a row. */
png_plan png_plan_of_kind(int row, uint32_t width, uint32_t height);

/*
 * Adds tRNS that some pixels have, in `trns`, which must outlive the plan: of a palette shorter
 * than it, of others a key with bits too many. False: the kind has alpha.
 */
bool png_add_transparency(png_plan *plan, unsigned char trns[6]);

/* ---- the picture --------------------------------------------------------- */

/* Samples of a pixel as stored: 1 to 4. */
unsigned png_stored(unsigned colour);

/* The sample that is stored there, whatever its depth; of a palette, a number within it. */
unsigned png_sample(const png_plan *plan, uint32_t x, uint32_t y, unsigned channel);

/* The palette's colour `i`: r, g, b. */
void png_palette(unsigned i, uint8_t rgb[3]);

/* What the file must look like when it is decoded, by arithmetic. */
oracle_image png_expected(const png_plan *plan);

/* ---- the file, as a whole and in its parts ------------------------------- */

void png_make(loom_strbuf *out, const png_plan *plan);

void png_begin(loom_strbuf *out, const png_plan *plan); /* up to the first IDAT */
/* Rows with their filters, each one of the five in turn. */
void png_raw(loom_strbuf *out, const png_plan *plan);
void png_deflate(loom_strbuf *out, const void *data, size_t size); /* a zlib stream */
void png_chunk(loom_strbuf *out, const char *type, const void *data, size_t size);

/* Where the data of the first chunk of a type begins; its length stands 8 bytes before. */
size_t png_find(const loom_strbuf *file, const char *type);

/* Sets the checksum of the chunk right whose data begin there. */
void png_right(loom_strbuf *file, size_t data);

#endif
