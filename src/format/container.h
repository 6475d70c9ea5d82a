/*
 * Containers: knowledge of a file's structure that needs no decoding, one source file per format.
 * A new format is one file with a `const loom_container`, and an item in list.h. Everything that
 * other rooms must know about a format is a field here, so that they need not ask for it by name.
 *
 * Any bytes are allowed: no length, count or offset in a file is trusted, nothing is read beyond
 * its end, and each container is fuzzed. All functions may be called from any thread.
 */
#ifndef LOOM_FORMAT_CONTAINER_H
#define LOOM_FORMAT_CONTAINER_H

#include "base/bytes.h"
#include "base/edits.h"
#include "base/strbuf.h"
#include "format/colour_words.h"
#include "format/jpeg.h"
#include "format/metadata.h"
#include <imgloom/error.h>
#include <imgloom/format.h>
#include <imgloom/recipe.h>

/* Whether a file is complete. A decoder reports that it failed; this reports that the file was
 * truncated. */
typedef enum loom_integrity {
    LOOM_INTEGRITY_WHOLE = 0, /* or undecidable: the decoder must find out */
    LOOM_INTEGRITY_NO_END,    /* the end marker is missing, perhaps nothing else */
    LOOM_INTEGRITY_CUT        /* data is missing */
} loom_integrity;

/*
 * The description of the picture in its file. It is read once, and travels with the job. If a
 * decoder reads the header again, the decoder's values count. `profile` points into the file, which
 * must outlive it.
 */
typedef struct loom_header {
    loom_format format;
    uint32_t width, height; /* px of one frame, as stored; 0: unknown */
    int orientation; /* EXIF 1..8 of an ordinary JPEG; otherwise 1, and a decoder must find out */
    bool whole;      /* cannot be decoded in strips: progressive JPEG, interlaced PNG */
    bool binding;    /* decoders allocate for this size before they read on */
    unsigned pixel_bytes;     /* of a decoded px; 0: unknown */
    loom_colour_words colour; /* other than a profile */
    loom_bytes profile;       /* JPEG 2000: ICC, in the file; data NULL: none */
    uint32_t coding;          /* HEIC and AVIF: the type, such as "hvc1"; otherwise 0 */
    bool premultiplied;       /* the samples are premultiplied by alpha */
    bool gray;                /* all channels are equal, although a decoder may return three */
    bool has_jpeg;            /* it is an ordinary JPEG, and `jpeg` is set */
    loom_jpeg_header jpeg;
    /* Set by the container's `check`, because they require a walk through the file. */
    uint32_t frames; /* of a GIF; otherwise 1, and a decoder must find out */
    /* The GIF or WebP is truncated or damaged after its first frame. The decoder judges the first
     * frame. */
    bool rest_broken;
    bool no_pixels; /* a PNG that ends before its picture data, so there is nothing to decode */
    unsigned scans; /* of an ordinary JPEG, counted up to LOOM_SCANS_COUNTED; otherwise 1 */
} loom_header;

enum { LOOM_SCANS_COUNTED = 1000 }; /* the exact number does not matter beyond it */

enum { LOOM_UNSUPPORTED_REASON = 80 }; /* bytes of a reason, including its NUL */

/* The data that outputs can hold besides pixels; nothing else than stated. */
typedef struct loom_held {
    bool exif, xmp, iptc;
    size_t exif_max, xmp_max; /* bytes; 0: no limit */
    bool orientation;         /* readers apply the orientation of EXIF, or of a tag of the format */
    bool profile;             /* ICC, of gray or RGB */
    bool cmyk;                /* CMYK pixels */
    const char *media_type;   /* NULL: not needed */
} loom_held;

/*
 * Memory of decoders and encoders for the whole picture, as measured (see engine/cost.c), in tenths
 * of a byte per px. 0: not measured, and a high value is assumed.
 */
typedef struct loom_memory {
    bool in_strips;        /* the decoder holds some rows only, unless it needs the whole picture */
    unsigned plain, whole; /* whole: progressive, interlaced (loom_header.whole) */
    bool by_depth;         /* double for samples of more than 8 bits */
    unsigned encoded;      /* for the encoder */
    bool frame_by_frame;   /* it holds one frame of an animation at a time */
    /* Replaces `encoded` if the value depends on the picture: so many bytes a px, perhaps alpha. */
    unsigned (*encoder)(const loom_recipe *recipe, unsigned bytes, bool alpha);
} loom_memory;

/* For the row of a format: the `same_as` of one that is not written, and the `max_side` of one
 * without a relevant limit, which is libvips' VIPS_MAX_COORD. */
#define LOOM_UNWRITTEN_AS LOOM_FORMAT_PNG
/* The same for photographs; and as which cameras embed previews in raw files. */
#define LOOM_PHOTOGRAPH_AS LOOM_FORMAT_JPEG
enum { LOOM_VIPS_SIDE_MAX = 10000000 };

typedef struct loom_container {
    loom_format_info info; /* its public row */
    /*
     * Whether a file is of the format, by its first bytes. The first format that accepts the file
     * has it; see the order in list.h. NULL: the format has no magic number, and the extension
     * identifies it.
     */
    bool (*sniff)(loom_bytes file);
    /*
     * Fills in the header's description of the picture, which is preset to a single upright frame.
     * Reads no more than the header. False if the header gives no size, or one that a decoder might
     * not confirm, as in a JPEG that is not ordinary; then a decoder must find out. NULL: it never
     * can.
     */
    bool (*header)(loom_bytes file, loom_header *header);
    /*
     * How many of a file's first bytes contain everything that `header` reads, as far as `start`
     * shows: more than start.size if it is too short to tell. NULL: that may be anywhere in the
     * file.
     */
    size_t (*header_size)(loom_bytes start);
    /*
     * Whether no decoder here reads this kind of file, so that the file does not count as damaged.
     * `reason` then names the kind, and continues "this kind of FORMAT is not supported: ". NULL:
     * headers tell no kinds apart.
     */
    bool (*unsupported)(loom_bytes file, char reason[LOOM_UNSUPPORTED_REASON]);
    /*
     * Whether the file is complete, by a walk through it. The walk also sets the remaining fields
     * of the header, which was read before. *missing_end is preset to empty; it may be set to the
     * missing part of the end marker, which the decoder then finds after the file, so that it does
     * not take the end of the data for a failure. It is static, at most 12 bytes. NULL: the
     * structure does not tell.
     */
    loom_integrity (*check)(loom_bytes file, loom_header *header, loom_bytes *missing_end);
    /*
     * Makes the page `number` >= 1 the first one, in place and by loom_edit, so that every reader
     * takes it; for a file before any other use. Stage `probe`: LOOM_ERR_UNSUPPORTED if there is no
     * such page, LOOM_ERR_TRUNCATED if it is beyond the end, LOOM_ERR_CORRUPT. NULL: files of the
     * format have no pages.
     */
    loom_status (*choose_page)(unsigned char *data, size_t size, unsigned number, loom_edits *edits,
                               loom_error *err);
    /*
     * Corrects, in place and by loom_edit, errors that a decoder would report although no pixel
     * depends on them, so that such a file does not count as damaged. Returns a static warning if
     * the user should know, else NULL. NULL: there are no such errors.
     */
    const char *(*mend)(unsigned char *data, size_t size, loom_edits *edits);
    /*
     * Whether `mend` would write to the file. NULL: readers of such files may always write to them,
     * so they are read in place only if we own the bytes.
     */
    bool (*needs_mending)(loom_bytes file);
    /*
     * Whether the file holds nothing but one picture, in colours that need no conversion, what it
     * takes to decode it, and blocks of metadata, which *source then is. Every other part is
     * refused, known or not. NULL: no file of the format is known to be so.
     */
    bool (*plain)(loom_bytes file, loom_meta_source *source);
    /*
     * The TIFF structure of the file's EXIF, as far as the file's first bytes hold it; data NULL:
     * they hold none. Prefixes ("Exif", NUL, NUL) are left out. NULL: the format has none.
     */
    loom_bytes (*exif)(loom_bytes start);
    /*
     * What else the file says of its picture. *traits is preset to unknown, and stays so as far as
     * the file, which may be damaged, does not tell. NULL: it never tells.
     */
    void (*traits)(loom_bytes file, loom_traits *traits);
    /*
     * Appends to `out` a file that an encoder just wrote, with this resolution, in thousandths of a
     * px per inch. False: it cannot hold it, or out of memory. NULL: the format cannot.
     */
    bool (*put_dpi)(loom_bytes file, uint32_t dpi, loom_strbuf *out);
    /* The known kinds of its files, which `unsupported` uses; a row without an aspect ends them.
     * NULL: headers tell no kinds apart. */
    const loom_kind *kinds;

    uint32_t side_max;  /* px: the max side that decoders read, if below LOOM_INPUT_SIDE_MAX */
    bool drawing;       /* it has no pixels, and can be rendered at any size */
    bool shrinks;       /* decoders can reduce it by 2, 4 or 8 for less than the full work */
    bool in_module;     /* libvips reads and writes it by a module that few runs need */
    bool tells_missing; /* its decoder distinguishes missing data from damage */
    loom_held held;
    loom_memory memory;
} loom_container;

/* Never NULL: an unknown format has a container that knows nothing. */
const loom_container *loom_container_of(loom_format format);

/*
 * The format of a file by its first bytes (4 KiB are enough, 64 KiB for a drawing), or by the
 * extension of `path` for a format without a magic number. LOOM_FORMAT_UNKNOWN: none.
 */
loom_format loom_format_detect(loom_bytes file, const char *path);

/*
 * The format by the extension of `path` where it has no magic number, so that a file's name alone
 * tells it; else LOOM_FORMAT_UNKNOWN.
 */
loom_format loom_format_by_name_alone(const char *path);

/* Sets all of *header except the fields that require a walk. Returns whether its size is known. */
bool loom_format_header(loom_format format, loom_bytes file, loom_header *header);

/* As the container's `header_size`; start.size if it has none. */
size_t loom_format_header_size(loom_format format, loom_bytes start);

/* As the container's `unsupported`; `reason` is unchanged if the result is false. */
bool loom_format_unsupported(loom_format format, loom_bytes file,
                             char reason[LOOM_UNSUPPORTED_REASON]);

/*
 * For a container: whether a file whose `aspect` has this value is refused, by a row or because
 * there is no row; `reason` then says "ASPECT: NAME".
 */
bool loom_kind_refuse(const loom_kind *kinds, const char *aspect, uint64_t value,
                      char reason[LOOM_UNSUPPORTED_REASON]);

/* For a container: sets LOOM_ERR_CORRUPT of stage `probe`. `err` may be NULL. */
loom_status loom_header_broken(loom_error *err, const char *what);

/* For a container: sets the reason, and returns true. */
bool loom_unsupported_set(char reason[LOOM_UNSUPPORTED_REASON], const char *text);

/* As the container's `choose_page`; a format without pages has one. */
loom_status loom_format_choose_page(loom_format format, unsigned char *data, size_t size,
                                    unsigned number, loom_edits *edits, loom_error *err);

/* As the container's `mend`; call it before any other function on the file. */
const char *loom_format_mend(loom_format format, unsigned char *data, size_t size,
                             loom_edits *edits);

/* Whether no reader of this file, including loom_format_mend, changes its bytes. */
bool loom_format_is_only_read(loom_format format, loom_bytes file);

/* As the container's `traits`; sets all of *traits. */
void loom_format_traits(loom_format format, loom_bytes file, loom_traits *traits);

/* For a container: the resolution of so many px per metre, as in loom_traits. Files round it to
 * whole px, so a whole number of px per inch that is stored as this number is taken for it. */
uint32_t loom_traits_dpi(uint32_t per_metre);

/* For a container. */
static inline loom_presence loom_presence_of(bool present)
{
    return present ? LOOM_PRESENCE_PRESENT : LOOM_PRESENCE_ABSENT;
}

/* As the container's `check`, for a file whose header was read; sets *missing_end. */
loom_integrity loom_format_check(loom_bytes file, loom_header *header, loom_bytes *missing_end);

#endif
