/* What the rows of formats.c are made of: what is special about a format in the vips lane. */
#ifndef LOOM_ENGINE_VIPS_PARTS_H
#define LOOM_ENGINE_VIPS_PARTS_H

#include "engine/lane.h"
#include "engine/vips/formats.h"
#include "engine/vips/steps.h"
#include "format/metadata.h"
#include "picture/picture.h"
#include <vips/vips.h>

/* What is to be saved, and how. */
typedef struct loom_vips_save {
    const loom_recipe *recipe;   /* effort, lossless, progressive, chroma */
    const loom_picture *picture; /* the image's samples */
    int quality;                 /* 1..100; 0: the format has none */
    bool strip;                  /* libvips writes no metadata of its own accord */
    const loom_meta *meta;       /* which are put into the file here, where libvips does not */
    bool *lost;                  /* set where they could not be */
    bool *no_memory;             /* set where it is that which is lacking here */
} loom_vips_save;

enum { LOOM_VIPS_DAMAGE = 256 }; /* bytes of words about it, with the NUL */

enum { LOOM_VIPS_NAME = 96 }; /* bytes of a library's name and version, with the NUL */

/* A row; NULL, or 0: there is none of it. */
typedef struct loom_vips_format {
    /* For `imgloom formats`, the library behind libvips: its name, or what writes that. */
    const char *library;
    void (*name)(char text[LOOM_VIPS_NAME]);
    const char *reader, *writer; /* what of ours stands before it */

    const char *load_operation, *family; /* the loader's; `family`: with all its relatives */
    /* All loaders have this shape; libvips' sniffing calls (..._find_load) are never used. */
    int (*load)(VipsSource *, VipsImage **, ...);
    uint32_t coding; /* its type in HEIF, for which libheif needs a codec */
    /* Whether this libvips cannot read such a file, though others may; sets *reason, static. */
    bool (*lacks)(loom_bytes file, const char **reason);
    void (*settle)(loom_lane_job *job); /* as that of loom_plugin */
    /*
     * Makes of *image, just opened, whose reference is taken over and replaced, what the file
     * means. False when libvips fails; *image is then still the caller's.
     */
    bool (*end)(VipsImage **image, loom_bytes file);
    /* A reader of ours opens source->image once more: better, or faster. NULL: it does not. */
    VipsImage *(*read)(loom_vips_source *source, const loom_lane_job *job);
    /* Whether the pixels, which were read, are damaged in a way that libvips does not tell. */
    bool (*recheck)(const loom_lane_job *job, char words[LOOM_VIPS_DAMAGE]);

    const char *save_operation;
    const char *save_family; /* its class, where libvips blocks it as untrusted, as its loader */
    /* Encodes the image; 0, and *data (g_free) of *size bytes, or not 0 as libvips does. */
    int (*save)(VipsImage *image, const loom_vips_save *save, void **data, size_t *size);
    const char *no_encoder; /* what to say where there is an operation without an encoder */
    unsigned writes;        /* LOOM_VIPS_WRITES_..., of which `save` leaves metadata to libvips */
} loom_vips_format;

/* Never NULL. */
const loom_vips_format *loom_vips_format_of(loom_format format);

/*
 * What a library behind libvips, which is its dependency and not ours, calls so, where it is loaded
 * already; else NULL.
 */
void *loom_vips_library_symbol(const char *library, const char *name);

/* ---- reading ------------------------------------------------------------- */

void loom_vips_settle_jxl(loom_lane_job *job);
void loom_vips_settle_png(loom_lane_job *job);
void loom_vips_settle_tiff(loom_lane_job *job);
void loom_vips_settle_webp(loom_lane_job *job);

/*
 * Gives the image the EXIF and XMP that stand behind the pixels, where there is none before them:
 * libvips does not look there, and ImageMagick writes them there.
 */
bool loom_vips_end_png(VipsImage **image, loom_bytes file);

/* Upright, its metadata its own, and samples of 10 or 12 bits widened to 16. */
bool loom_vips_end_heif(VipsImage **image, loom_bytes file);

/*
 * Whether libheif decodes or encodes items of this type ("av01", "hvc1"): its codecs may be
 * plug-ins that are not installed. True of a type that it cannot be asked of, or where it is not
 * loaded.
 */
bool loom_vips_heif_decodes(uint32_t coding);
bool loom_vips_heif_encodes(uint32_t coding);

/* Once, after libvips was started: what libtiff complains of goes to messages.h. */
void loom_vips_tiff_start(void);

/*
 * Whether this libtiff or libvips lacks what the TIFF needs, which is then not damaged; `reason`,
 * static, follows "this kind of tiff: ".
 */
bool loom_vips_tiff_lacks(loom_bytes file, const char **reason);

/*
 * Drops samples that are neither colour nor alpha from what libvips has opened, and makes sRGB of
 * CIE L*a*b*, which libvips would take for that of D65.
 */
bool loom_vips_end_tiff(VipsImage **image, loom_bytes file);

/* ---- readers of ours ----------------------------------------------------- */

/* As `read` of a row: fast PNG and WebP; of JPEG also whether the data end with the pixels. */
VipsImage *loom_vips_read_jpeg(loom_vips_source *source, const loom_lane_job *job);
VipsImage *loom_vips_read_png(loom_vips_source *source, const loom_lane_job *job);
VipsImage *loom_vips_read_webp(loom_vips_source *source, const loom_lane_job *job);

/* The verdict where one of them has made rows, `decoded` to the end or not; also frees it. */
loom_status loom_vips_judge_rows(loom_vips_source *source, const loom_lane_job *job, bool decoded,
                                 loom_error *err);

/* Why nothing could be decoded. */
loom_status loom_vips_explain(const loom_lane_job *job, loom_error *err);

#endif
