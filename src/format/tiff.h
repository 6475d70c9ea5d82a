/*
 * TIFF (TIFF 6.0) and BigTIFF: directories, their description of the samples, the kinds that are
 * read, strips and tiles, and embedded JPEGs. Any bytes are allowed: no offset, count or type of
 * the file is trusted.
 */
#ifndef LOOM_FORMAT_TIFF_H
#define LOOM_FORMAT_TIFF_H

#include "base/bytes.h"
#include "format/container.h"

/* ---- directories --------------------------------------------------------- */

/* Entries, each a tag with values: section 2. */

enum {
    LOOM_TIFF_SUBFILE = 254,
    LOOM_TIFF_OLD_SUBFILE = 255,
    LOOM_TIFF_WIDTH = 256,
    LOOM_TIFF_HEIGHT = 257,
    LOOM_TIFF_BITS = 258,
    LOOM_TIFF_COMPRESSION = 259,
    LOOM_TIFF_PHOTOMETRIC = 262,
    LOOM_TIFF_FILL_ORDER = 266,
    LOOM_TIFF_STRIP_OFFSETS = 273,
    LOOM_TIFF_SAMPLES = 277,
    LOOM_TIFF_STRIP_ROWS = 278,
    LOOM_TIFF_STRIP_COUNTS = 279,
    LOOM_TIFF_PLANES = 284,
    LOOM_TIFF_T4_OPTIONS = 292,
    LOOM_TIFF_T6_OPTIONS = 293,
    LOOM_TIFF_PREDICTOR = 317,
    LOOM_TIFF_WHITE_POINT = 318,
    LOOM_TIFF_COLOUR_MAP = 320,
    LOOM_TIFF_DOT_RANGE = 336,
    LOOM_TIFF_TILE_WIDTH = 322,
    LOOM_TIFF_TILE_HEIGHT = 323,
    LOOM_TIFF_TILE_OFFSETS = 324,
    LOOM_TIFF_TILE_COUNTS = 325,
    LOOM_TIFF_SUB_DIRECTORIES = 330,
    LOOM_TIFF_INKS = 332,
    LOOM_TIFF_EXTRA_SAMPLES = 338,
    LOOM_TIFF_SAMPLE_FORMAT = 339,
    LOOM_TIFF_INDEXED = 346,
    LOOM_TIFF_JPEG_TABLES = 347,
    LOOM_TIFF_YCC_COEFFICIENTS = 529,
    LOOM_TIFF_BLACK_WHITE = 532,
    LOOM_TIFF_STRIP_ROW_COUNTS = 559,
    LOOM_TIFF_DATA_TYPE = 32996,
    LOOM_TIFF_DEPTH = 32997
};

/* A directory of a file. */
typedef struct loom_tiff_directory {
    loom_bytes file;
    bool big_endian, wide;        /* wide: BigTIFF, offsets of 8 bytes */
    const unsigned char *entries; /* in the file */
    uint64_t count;
} loom_tiff_directory;

/* The values of a tag, in the file. */
typedef struct loom_tiff_values {
    const unsigned char *at; /* NULL: not there */
    uint64_t count;
    unsigned width; /* bytes each: 1, 2, 4 or 8 */
} loom_tiff_values;

/* False: the first directory does not lie within the file. */
bool loom_tiff_first(loom_tiff_directory *t, loom_bytes file);

/*
 * Moves to the next directory; *last says that there is none. False: it does not lie within the
 * file, or, with *last, the file ends in the place of its offset. A chain may be a loop: the caller
 * counts.
 */
bool loom_tiff_next(loom_tiff_directory *t, bool *last);

/* Makes the directory at an offset the current one. False: it does not lie within the file. */
bool loom_tiff_enter(loom_tiff_directory *t, uint64_t at);

/* Whether `length` bytes at `at` lie within the file. */
bool loom_tiff_inside(const loom_tiff_directory *t, uint64_t at, uint64_t length);

/* The tag, and the type, of the entry `i` < count. */
unsigned loom_tiff_tag(const loom_tiff_directory *t, uint64_t i);
unsigned loom_tiff_type(const loom_tiff_directory *t, uint64_t i);

/* Finds the first entry of a tag, which is the one that counts. False: there is none. */
bool loom_tiff_entry(const loom_tiff_directory *t, unsigned tag, uint64_t *i);

/*
 * Reads the values of the entry `i`; *values is unchanged unless their type is one of unsigned
 * numbers. False: they lie beyond the end.
 */
bool loom_tiff_values_of(const loom_tiff_directory *t, uint64_t i, loom_tiff_values *values);

/* The same for values of so many bytes each, whatever their type. */
bool loom_tiff_locate(const loom_tiff_directory *t, uint64_t i, unsigned width,
                      loom_tiff_values *values);

/* The value `i` < values->count. */
uint64_t loom_tiff_value(const loom_tiff_directory *t, const loom_tiff_values *values, uint64_t i);

/*
 * Reads the values of a tag; `at` is NULL if it is missing, or not of unsigned numbers. False: they
 * lie beyond the end.
 */
bool loom_tiff_find(const loom_tiff_directory *t, unsigned tag, loom_tiff_values *values);

/*
 * Reads the first value of a tag, max UINT32_MAX; `otherwise` if it is missing. False: it lies
 * beyond the end.
 */
bool loom_tiff_number(const loom_tiff_directory *t, unsigned tag, uint32_t otherwise,
                      uint32_t *number);

/* ---- fields -------------------------------------------------------------- */

/* The first directory's description of its samples, if all readers understand it in the same way.
 */

typedef struct loom_tiff_field {
    uint64_t value; /* the first one, or the default */
    uint64_t count; /* 0: the tag is missing */
} loom_tiff_field;

enum { LOOM_TIFF_EXTRAS_MAX = 32 };

typedef struct loom_tiff_fields {
    loom_tiff_field colours, numbers, bits, samples, extras, compression, predictor, planes, order,
        inks;
    loom_tiff_field subfile, old_subfile, tile_width, tile_height, t4, t6, indexed, type, depth;
    unsigned char extra[LOOM_TIFF_EXTRAS_MAX]; /* the values of `extras`; 255: 255 or more */
    bool tiled;
} loom_tiff_fields;

typedef enum loom_tiff_reading {
    LOOM_TIFF_READ = 0,
    LOOM_TIFF_CUT,    /* values lie beyond the end: damage */
    LOOM_TIFF_UNUSUAL /* decoders may interpret it differently */
} loom_tiff_reading;

/* Reads a single tag. */
loom_tiff_reading loom_tiff_read_field(const loom_tiff_directory *t, unsigned tag,
                                       uint64_t otherwise, loom_tiff_field *field);

/* Reads all tags; *last is the tag that was read last. */
loom_tiff_reading loom_tiff_read_fields(const loom_tiff_directory *t, loom_tiff_fields *fields,
                                        unsigned *last);

/* Whether a tag of rationals is missing, or has these values to three decimal places. */
bool loom_tiff_are_rationals(const loom_tiff_directory *t, unsigned tag, const double *expected,
                             unsigned count);

/* Compressions. */
enum { LOOM_TIFF_JPEG = 7, LOOM_TIFF_DEFLATE = 8, LOOM_TIFF_DEFLATE_OLD = 32946 };

/* ---- kinds --------------------------------------------------------------- */

/* As loom_container.kinds, and loom_container.unsupported. */
extern const loom_kind loom_tiff_kinds[];
bool loom_tiff_unsupported(loom_bytes file, char reason[LOOM_UNSUPPORTED_REASON]);

/* The samples of a pixel of the first page: the colours, then the others. */
typedef struct loom_tiff_samples {
    unsigned count, colours;
    int alpha;     /* its index; -1: none */
    unsigned bits; /* of each: 1..16 */
} loom_tiff_samples;

/* False: the kind is not one that is read. */
bool loom_tiff_samples_of(loom_bytes file, loom_tiff_samples *samples);

/* Its compression, as in the tag. */
uint64_t loom_tiff_compression(loom_bytes file);

/* ---- pieces -------------------------------------------------------------- */

/* Strips or tiles of the first page. */
typedef struct loom_tiff_pieces {
    loom_tiff_directory directory;
    loom_tiff_values offsets, counts;
    bool tiled;
    uint32_t width, height;             /* px of the picture */
    uint32_t piece_width, piece_height; /* px of a piece; the last strip may be smaller */
    uint64_t count; /* pieces that exist and that the picture needs, in one plane */
} loom_tiff_pieces;

/* False: they are not described, or the number of offsets differs from that of byte counts. */
bool loom_tiff_pieces_of(const loom_tiff_directory *t, loom_tiff_pieces *pieces);

/* The bytes of the piece `i` < offsets.count; none (NULL) if they do not lie within the file. */
loom_bytes loom_tiff_piece(const loom_tiff_pieces *pieces, uint64_t i);

/* ---- JPEG ---------------------------------------------------------------- */

/*
 * For a TIFF compressed as JPEG: whether its JPEGs, with so many components, are of a kind that is
 * not read; `ycc`: Y'CbCr. Then sets the reason.
 */
bool loom_tiff_jpeg_unsupported(const loom_tiff_directory *t, unsigned components, bool ycc,
                                char reason[LOOM_UNSUPPORTED_REASON]);

/* As loom_jpeg_mend, for each of them, in the file's bytes at `data`. */
const char *loom_tiff_jpeg_mend(const loom_tiff_directory *t, unsigned char *data,
                                loom_edits *edits);

#endif
