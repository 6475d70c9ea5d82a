/*
 * Containers: what is known of a file's structure without decoding a pixel, one file a format. The
 * table stands in format.c; a new format is one file with a `const loom_container`, and one row.
 * What other rooms must know of a format is a field here, so that they need not ask for it by name.
 *
 * Any bytes are allowed: no length, count or offset of a file is trusted, nothing is read beyond
 * its end, and each container is fuzzed. All of it may be called from any thread.
 */
#ifndef LOOM_FORMAT_CONTAINER_H
#define LOOM_FORMAT_CONTAINER_H

#include "base/bytes.h"
#include "format/colour_words.h"
#include "format/jpeg.h"
#include <imgloom/error.h>
#include <imgloom/format.h>
#include <imgloom/recipe.h>

/* Whether a file is all there. A decoder says that it failed; this says whether it was cut short.
 */
typedef enum loom_integrity {
    LOOM_INTEGRITY_WHOLE = 0, /* or nothing can be said: the decoder must know */
    LOOM_INTEGRITY_NO_END,    /* the end marker is missing, perhaps nothing else */
    LOOM_INTEGRITY_CUT        /* data is missing */
} loom_integrity;

/*
 * What a file says of its picture. It is read once, and travels with the job; where a decoder reads
 * the header anew, the decoder's word counts. `profile` points into the file, which must outlive
 * it.
 */
typedef struct loom_header {
    loom_format format;
    uint32_t width, height;   /* px of one frame, as stored; 0: not known */
    int orientation;          /* EXIF 1..8, of an ordinary JPEG; else 1, and a decoder must tell */
    bool whole;               /* cannot be decoded in strips: progressive JPEG, interlaced PNG */
    bool binding;             /* decoders make room for this size before they read on */
    unsigned pixel_bytes;     /* of a px as it is decoded; 0: not known */
    loom_colour_words colour; /* what it says beside a profile */
    loom_bytes profile;       /* of JPEG 2000: ICC, in the file; data NULL: none */
    uint32_t coding;          /* of HEIC and AVIF: its type, as "hvc1"; else 0 */
    bool premultiplied;       /* the samples are multiplied by alpha */
    bool gray;                /* all channels are equal, though a decoder may make three of it */
    bool has_jpeg;            /* it is an ordinary JPEG, and `jpeg` is known */
    loom_jpeg_header jpeg;
    /* Set by a container's `check`, because they take a walk through the file. */
    uint32_t frames; /* of a GIF; else 1, and a decoder must tell */
    /* A GIF or WebP that is cut or damaged, but not before its first frame, which its decoder
     * judges. */
    bool rest_broken;
    bool no_pixels; /* a PNG that ends before its picture data: there is nothing to decode */
    unsigned scans; /* of an ordinary JPEG, counted to LOOM_SCANS_COUNTED; else 1 */
} loom_header;

enum { LOOM_SCANS_COUNTED = 1000 }; /* beyond it nobody minds how many there are */

enum { LOOM_UNSUPPORTED_REASON = 80 }; /* bytes for a reason, with its NUL */

/* What outputs can hold beside pixels; all that is not said they cannot. */
typedef struct loom_held {
    bool exif, xmp, iptc;
    size_t exif_max, xmp_max; /* bytes; 0: any number */
    bool orientation;         /* readers turn the picture as EXIF, or a tag of the format, says */
    bool profile;             /* ICC, of gray or RGB */
    bool cmyk;                /* pixels of four inks */
    const char *media_type;   /* NULL: nobody asks */
} loom_held;

/*
 * What decoders and encoders hold of the whole picture, as it was measured (see engine/cost.c): in
 * tenths of a byte for each px. 0: it was not, and much is taken for granted.
 */
typedef struct loom_memory {
    bool in_strips;        /* the decoder holds rows alone, unless it must have the picture whole */
    unsigned plain, whole; /* whole: progressive, interlaced (loom_header.whole) */
    bool by_depth;         /* twice as much for samples beyond 8 bits */
    unsigned encoded;      /* by the encoder */
    bool frame_by_frame;   /* which holds one frame of an animation */
    /* Instead of `encoded`, where it depends on the picture: so many bytes a px, perhaps alpha. */
    unsigned (*encoder)(const loom_recipe *recipe, unsigned bytes, bool alpha);
} loom_memory;

typedef struct loom_container {
    /*
     * Whether a file is of the format, by its first bytes; the first that says so has it, see the
     * order in format.c. NULL: the format has no magic number, and is told by the extension of a
     * file's name.
     */
    bool (*sniff)(loom_bytes file);
    /*
     * Fills in what the file's header says of the picture, which is set to a single upright frame
     * before; no more than the header is read. False where it does not say a size, or not one that
     * a decoder is sure to agree with, as of a JPEG that is not ordinary: then a decoder must.
     * NULL: it never does.
     */
    bool (*header)(loom_bytes file, loom_header *header);
    /*
     * Whether the file is of a kind that no decoder here reads, so that it is not taken for a
     * damaged one; `reason` then says which, to follow "this kind of FORMAT: ". NULL: there is none
     * that is told by its header.
     */
    bool (*unsupported)(loom_bytes file, char reason[LOOM_UNSUPPORTED_REASON]);
    /*
     * Whether the file is all there, by a walk through it, which also tells the last fields of the
     * header, read before. *missing_end is empty before, and may be set to what a decoder
     * is to find behind the file, so that it does not take the end of the data for a failure: what
     * the end marker lacks. It is static, at most 12 bytes. NULL: the structure does not tell.
     */
    loom_integrity (*check)(loom_bytes file, loom_header *header, loom_bytes *missing_end);
    /*
     * Sets right, in place, what a decoder complains of although no pixel depends on it, so that
     * such a file is not taken for a damaged one. Returns a warning, static, where somebody should
     * know, else NULL. NULL: there is nothing of that kind.
     */
    const char *(*mend)(unsigned char *data, size_t size);
    /*
     * Whether `mend` would write to the file. NULL: who reads such files writes to them whatever
     * they hold, so they are only read where the bytes are ours.
     */
    bool (*needs_mending)(loom_bytes file);
    /* What is known of its files, which `unsupported` goes by; ended by a row without an aspect.
     * NULL: nothing that a header tells apart. */
    const loom_kind *kinds;

    uint32_t side_max;  /* px: of what decoders read, where that is less than LOOM_INPUT_SIDE_MAX */
    bool drawing;       /* it has no pixels of its own, and is made at any size */
    bool shrinks;       /* decoders make it 2, 4 or 8 times smaller for less than all of the work */
    bool tells_missing; /* its decoder tells apart what is missing and what is damaged */
    loom_held held;
    loom_memory memory;
} loom_container;

/* Never NULL: of a format that is not known, one that knows nothing. */
const loom_container *loom_container_of(loom_format format);

/*
 * The format of a file by its first bytes (4 KiB are enough, 64 for a drawing), or by the extension
 * of `path` where it is one without a magic number. LOOM_FORMAT_UNKNOWN: none.
 */
loom_format loom_format_detect(loom_bytes file, const char *path);

/*
 * The format by the extension of `path` where it has no magic number, so that a file's name alone
 * tells it; else LOOM_FORMAT_UNKNOWN.
 */
loom_format loom_format_by_name_alone(const char *path);

/* Sets all of *header, but what takes a walk, and tells whether its size is known. */
bool loom_format_header(loom_format format, loom_bytes file, loom_header *header);

/* As the container's `unsupported`; `reason` is untouched where it is false. */
bool loom_format_unsupported(loom_format format, loom_bytes file,
                             char reason[LOOM_UNSUPPORTED_REASON]);

/*
 * For a container: whether a file whose `aspect` has this value is refused, because the rows say
 * so or do not know it; `reason` then says "ASPECT: NAME".
 */
bool loom_kind_refuse(const loom_kind *kinds, const char *aspect, uint64_t value,
                      char reason[LOOM_UNSUPPORTED_REASON]);

/* For a container: LOOM_ERR_CORRUPT of stage `probe`. `err` may be NULL. */
loom_status loom_header_broken(loom_error *err, const char *what);

/* For a container: sets the reason, and is true. */
bool loom_unsupported_set(char reason[LOOM_UNSUPPORTED_REASON], const char *text);

/* As the container's `mend`; before anything else is asked of the file. */
const char *loom_format_mend(loom_format format, unsigned char *data, size_t size);

/* Whether all who read this file, loom_format_mend among them, leave its bytes as they are. */
bool loom_format_is_only_read(loom_format format, loom_bytes file);

/* As the container's `check`, of a file whose header was read; sets *missing_end. */
loom_integrity loom_format_check(loom_bytes file, loom_header *header, loom_bytes *missing_end);

#endif
