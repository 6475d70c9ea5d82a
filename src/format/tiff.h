/*
 * What is known of a TIFF beside what its container tells: which kinds are read, what its samples
 * mean, and the JPEGs in it.
 */
#ifndef LOOM_FORMAT_TIFF_H
#define LOOM_FORMAT_TIFF_H

#include "format/container.h"
#include "format/tiff_directory.h"

/* Compressions. */
enum { LOOM_TIFF_JPEG = 7, LOOM_TIFF_DEFLATE = 8, LOOM_TIFF_DEFLATE_OLD = 32946 };

/* ---- kinds ---------------------------------------------------------------- */

/* As loom_container.kinds, and loom_container.unsupported. */
extern const loom_kind loom_tiff_kinds[];
bool loom_tiff_unsupported(loom_bytes file, char reason[LOOM_UNSUPPORTED_REASON]);

/* The samples of a pixel of the first page: colours, then others. */
typedef struct loom_tiff_samples {
    unsigned count, colours;
    int alpha;     /* which of them is it; -1: none */
    unsigned bits; /* of each: 1..16 */
} loom_tiff_samples;

/* False: it is of no kind that is read. */
bool loom_tiff_samples_of(loom_bytes file, loom_tiff_samples *samples);

/* Its compression, as the tag has it. */
uint64_t loom_tiff_compression(loom_bytes file);

/* ---- pieces --------------------------------------------------------------- */

/* Strips or tiles of the first page. */
typedef struct loom_tiff_pieces {
    loom_tiff_directory directory;
    loom_tiff_values offsets, counts;
    bool tiled;
    uint32_t width, height;             /* px of the picture */
    uint32_t piece_width, piece_height; /* px of a piece; the last strip may have less */
    uint64_t count; /* that are there and that the picture needs, of one plane */
} loom_tiff_pieces;

/* False: they are not told of, or the number of offsets is not that of byte counts. */
bool loom_tiff_pieces_of(const loom_tiff_directory *t, loom_tiff_pieces *pieces);

/* The bytes of the piece `i` < offsets.count; none (NULL) where they do not lie within the file. */
loom_bytes loom_tiff_piece(const loom_tiff_pieces *pieces, uint64_t i);

/* ---- JPEG ----------------------------------------------------------------- */

/*
 * Of a TIFF that is compressed as JPEG: whether the JPEGs in it are of a kind that is not read, of
 * so many components; `ycc`: Y'CbCr. The reason is then set.
 */
bool loom_tiff_jpeg_unsupported(const loom_tiff_directory *t, unsigned components, bool ycc,
                                char reason[LOOM_UNSUPPORTED_REASON]);

/* As loom_jpeg_mend, of each of them, in the file's bytes at `data`. */
const char *loom_tiff_jpeg_mend(const loom_tiff_directory *t, unsigned char *data);

#endif
