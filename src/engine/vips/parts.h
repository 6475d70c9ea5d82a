/* The parts of the rows in formats.c: the special steps for a format in the vips lane. */
#ifndef LOOM_ENGINE_VIPS_PARTS_H
#define LOOM_ENGINE_VIPS_PARTS_H

#include "engine/check.h"
#include "engine/vips/formats.h"
#include "engine/vips/steps.h"
#include "format/metadata.h"
#include "picture/picture.h"
#include <vips/vips.h>

/* The image to save, and how. */
typedef struct loom_vips_save {
    const loom_recipe *recipe;   /* effort, lossless, progressive, chroma */
    const loom_picture *picture; /* the image's samples */
    int quality;                 /* 1..100; 0: the format has none */
    bool strip;                  /* keep libvips from writing metadata */
    const loom_meta *meta;       /* inserted into the file here, if libvips does not write it */
    bool *lost;                  /* set if that failed */
    bool *no_memory;             /* set if that was for lack of memory */
} loom_vips_save;

enum { LOOM_VIPS_DAMAGE = 256 }; /* bytes of a message about it, including the NUL */

enum { LOOM_VIPS_NAME = 96 }; /* bytes of a library's name and version, including the NUL */

/* A row; NULL or 0: none. */
typedef struct loom_vips_format {
    /* For `imgloom formats`, the library behind libvips: its name, or a function that writes it. */
    const char *library;
    void (*name)(char text[LOOM_VIPS_NAME]);
    const char *reader, *writer;           /* our own code that comes before it */
    const char *lane_reader, *lane_writer; /* the same, of a lane that comes before this one */

    const char *load_operation, *family; /* the loader's; `family`: its whole class */
    /* All loaders have this signature; libvips' sniffing functions (..._find_load) are never used.
     */
    int (*load)(VipsSource *, VipsImage **, ...);
    uint32_t coding; /* its type in HEIF, for which libheif needs a codec */
    /* Whether this libvips cannot read such a file, although others may; sets *reason, static. */
    bool (*lacks)(loom_bytes file, const char **reason);
    void (*settle)(loom_lane_job *job); /* as that of loom_plugin */
    /*
     * Corrects *image, just opened, whose reference is taken over and replaced, to the meaning of
     * the file. False: libvips fails; the caller then still owns *image.
     */
    bool (*end)(VipsImage **image, loom_bytes file);
    /* Our own reader, which opens source->image again, better or faster. NULL: it does not apply.
     */
    VipsImage *(*read)(loom_vips_source *source, const loom_lane_job *job);
    /* Whether the pixels, which have been read, have damage that libvips does not report. */
    bool (*recheck)(const loom_lane_job *job, char words[LOOM_VIPS_DAMAGE]);

    const char *save_operation;
    const char *save_family; /* its class, if libvips blocks it as untrusted */
    /* Encodes the image. Returns 0, with *data (g_free) of *size bytes, or nonzero as libvips does.
     */
    int (*save)(VipsImage *image, const loom_vips_save *save, void **data, size_t *size);
    /* Decodes what was saved for its luma, as codec/ssim.h says; NULL: libvips' loader does. */
    loom_status (*read_luma)(const loom_lane_job *job, loom_bytes file, loom_plane *luma);
    /* A lossy file keeps colours, not samples: decoded, they may have another profile. */
    bool changes_samples;
    const char *no_encoder; /* the message if the operation exists, but no encoder */
    unsigned writes;        /* LOOM_VIPS_WRITES_...: metadata that `save` leaves to libvips */
} loom_vips_format;

/* Never NULL. */
const loom_vips_format *loom_vips_format_of(loom_format format);

/*
 * A symbol of a library that is a dependency of libvips, not ours, if it is already loaded; else
 * NULL.
 */
void *loom_vips_library_symbol(const char *library, const char *name);

/* ---- reading ------------------------------------------------------------- */

void loom_vips_settle_jxl(loom_lane_job *job);
void loom_vips_settle_tiff(loom_lane_job *job);
void loom_vips_settle_webp(loom_lane_job *job);

/*
 * Gives the image the EXIF and XMP after the pixels, if there are none before them: libvips does
 * not read them there, but ImageMagick writes them there.
 */
bool loom_vips_end_png(VipsImage **image, loom_bytes file);

/* Makes it upright, gives it its own metadata, and scales samples of 10 or 12 bits to 16. */
bool loom_vips_end_heif(VipsImage **image, loom_bytes file);

/*
 * Makes 16 bits of floating-point samples, 0..1 of the colours that its profile says, and clips
 * others. libvips calls all of them linear sRGB, and makes black of them by a profile.
 */
bool loom_vips_end_jxl(VipsImage **image, loom_bytes file);

/*
 * Whether libheif decodes or encodes items of this type ("av01", "hvc1"): its codecs may be
 * plug-ins that are not installed. Also true for a type that libheif cannot be asked about, or if
 * it is not loaded.
 */
bool loom_vips_heif_decodes(uint32_t coding);
bool loom_vips_heif_encodes(uint32_t coding);

/* Called once, after libvips has started: sends libtiff's messages to messages.h. */
void loom_vips_tiff_start(void);

/*
 * Whether this libtiff or libvips lacks a feature that the TIFF needs; the file is then not
 * damaged. `reason`, static, continues "this kind of tiff is not supported: ".
 */
bool loom_vips_tiff_lacks(loom_bytes file, const char **reason);

/*
 * Drops samples that are neither colour nor alpha from an image opened by libvips, and converts CIE
 * L*a*b* to sRGB, because libvips would assume D65.
 */
bool loom_vips_end_tiff(VipsImage **image, loom_bytes file);

/* ---- the check of outputs (check.h) -------------------------------------- */

/*
 * Puts a step behind the decoded image of a job, whose reference is taken over and replaced, that
 * makes its small picture of what is read; `shrink` as loom_vips_source's. False: libvips fails,
 * and *image is unchanged. loom_vips_check_end when it has been read, with that image.
 */
bool loom_vips_check_stream(const loom_lane_job *job, VipsImage **image, int shrink);
void loom_vips_check_end(const loom_lane_job *job, VipsImage *image);

/* Both, of an image in memory, at once. */
bool loom_vips_check_memory(const loom_lane_job *job, VipsImage *image, int shrink);

/*
 * Whether all outputs have the same colours: those of the image, or what its profile makes of them.
 * `converted`, if not NULL, is set if it is the latter.
 */
bool loom_vips_check_colours(const loom_lane_job *job, VipsImage *image, bool *converted);

/* As reread of loom_plugin. */
loom_status loom_vips_reread(const loom_lane_job *job, loom_small *small, loom_reread *read,
                             loom_error *err);

/* ---- readers of ours ----------------------------------------------------- */

/* For `read` of a row: fast PNG and WebP; for JPEG, also checks whether the data ends with the
 * pixels. */
VipsImage *loom_vips_read_jpeg(loom_vips_source *source, const loom_lane_job *job);
VipsImage *loom_vips_read_png(loom_vips_source *source, const loom_lane_job *job);
VipsImage *loom_vips_read_webp(loom_vips_source *source, const loom_lane_job *job);

/* The verdict if one of them has made rows, `decoded` to the end or not; also frees it. */
loom_status loom_vips_judge_rows(loom_vips_source *source, const loom_lane_job *job, bool decoded,
                                 loom_error *err);

/* The error if nothing could be decoded. */
loom_status loom_vips_explain(const loom_lane_job *job, loom_error *err);

#endif
