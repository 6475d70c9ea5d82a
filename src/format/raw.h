/*
 * Raw files of cameras: which kind a file is, and the JPEGs in it, of which the largest is what the
 * camera made of the picture. The sensor's own samples are never read. Any bytes are allowed: no
 * offset, count or type of the file is trusted, and the walk through its directories is bounded.
 */
#ifndef LOOM_FORMAT_RAW_H
#define LOOM_FORMAT_RAW_H

#include "base/bytes.h"
#include "base/strbuf.h"
#include "format/tiff.h"

typedef struct loom_raw_kind {
    const char *word; /* "nef", max 7 characters */
    const char *name; /* "Nikon NEF", for sentences */
    bool closed;      /* where its previews are is not known here */
} loom_raw_kind;

/* NULL: it is no raw file, as far as these bytes show, which may be the start of one. */
const loom_raw_kind *loom_raw_kind_of(loom_bytes file);

/* ---- directories --------------------------------------------------------- */

/* Real files have up to ten, of up to 100 entries. */
enum { LOOM_RAW_DIRECTORIES_MAX = 64, LOOM_RAW_ENTRIES_MAX = 1000 };

/* Those of a file that is built as a TIFF: the chain of the header, and those below them. */
typedef struct loom_raw_tree {
    loom_tiff_directory at[LOOM_RAW_DIRECTORIES_MAX]; /* the first is the header's; none twice */
    unsigned count;                                   /* 0: it is not built so */
} loom_raw_tree;

void loom_raw_tree_read(loom_raw_tree *tree, loom_bytes file);

/* Whether the directory describes samples of a sensor, not a picture. */
bool loom_raw_is_sensor(const loom_tiff_directory *t);

/* ---- previews ------------------------------------------------------------ */

typedef struct loom_raw_preview {
    loom_bytes jpeg;        /* in the file; as much as there is; data NULL: there is none */
    uint32_t width, height; /* px */
    bool adobe_rgb;         /* the raw file says that it has these colours */
    bool cut;               /* this JPEG or another one goes beyond the end of the file */
} loom_raw_preview;

/* Finds the largest JPEG, by its px, of the kind that libjpeg decodes. */
void loom_raw_find_preview(loom_bytes file, loom_raw_preview *found);

/*
 * Appends the preview as a JPEG that says of itself what its raw file says of it: one without EXIF,
 * or whose EXIF does not tell orientation or colours although the raw file does, gets that of
 * loom_raw_add_exif. False: out of memory.
 */
bool loom_raw_add_preview(loom_strbuf *out, loom_bytes file, const loom_raw_preview *preview);

/*
 * Appends an EXIF structure, from its TIFF header on, of what the raw file says of the picture:
 * camera, exposure, time, names, place, orientation, colour space. What is about the samples of
 * the sensor, and what only the maker can read, is left out. `adobe_rgb` has it say that the
 * colours are Adobe RGB. Appends nothing if there is nothing.
 */
void loom_raw_add_exif(loom_strbuf *out, loom_bytes file, bool adobe_rgb);

#endif
