#include "engine/vips/meta.h"

#include "base/array.h"
#include "base/strbuf.h"
#include "format/exif.h"
#include "format/photoshop.h"
#include <string.h>

/* ---- what is kept -------------------------------------------------------- */

/* The orientation to write, where it is not applied; "orientation" itself comes with EXIF. */
#define META_KEPT_ORIENTATION "imgloom-orientation"

typedef struct taking {
    VipsImage *to;
    const loom_recipe *recipe;
    bool animated;
} taking;

static bool starts(const char *name, const char *start)
{
    return strncmp(name, start, strlen(start)) == 0;
}

static bool is_any(const char *name, const char *const *names)
{
    for (; *names != NULL; names++)
        if (strcmp(name, *names) == 0)
            return true;
    return false;
}

/*
 * libvips holds EXIF twice: as it stood in the file ("exif-data"), and each tag as a field
 * "exif-ifdN-TAG". Setting the first makes the others. A saver writes the first, less all that the
 * others no longer name, with dimensions and orientation set right. IFD 1 is the thumbnail's.
 */
static const char *const whole_blocks[] = {VIPS_META_EXIF_NAME, VIPS_META_XMP_NAME,
                                           VIPS_META_IPTC_NAME, NULL};
static const char *const animation_fields[] = {"delay", "loop", NULL};

static bool keeps(const taking *t, const char *name)
{
    if (strcmp(name, VIPS_META_ICC_NAME) == 0)
        return t->recipe->icc == LOOM_ICC_KEEP;
    return (t->animated && is_any(name, animation_fields)) ||
           (t->recipe->metadata == LOOM_METADATA_COPYRIGHT &&
            strcmp(name, VIPS_META_EXIF_NAME) == 0) ||
           (t->recipe->metadata == LOOM_METADATA_ALL && is_any(name, whole_blocks));
}

/* Whether it is one of those that `copy_field` may have put there: the image has header fields,
 * too. */
static bool is_taken(const char *name)
{
    return strcmp(name, VIPS_META_ICC_NAME) == 0 || is_any(name, animation_fields) ||
           is_any(name, whole_blocks);
}

/* IPTC comes in Photoshop's resources, with a thumbnail among them. */
static void copy_iptc(VipsImage *to, VipsImage *from)
{
    const void *data;
    size_t size;

    if (vips_image_get_blob(from, VIPS_META_IPTC_NAME, &data, &size))
        return;
    unsigned char *copy = g_try_malloc(size > 0 ? size : 1);
    if (copy == NULL)
        return;
    memcpy(copy, data, size);
    vips_image_set_blob_copy(to, VIPS_META_IPTC_NAME, copy,
                             loom_photoshop_drop_thumbnails(copy, size));
    g_free(copy);
}

/*
 * Of EXIF the two names, as they stand in the file: the fields that libvips makes of them hold what
 * libexif says to a person, "NAME (Photographer) - [None] (Editor)".
 */
static void copy_names(VipsImage *to, VipsImage *from)
{
    static const char start[] = "Exif\0"; /* and the NUL that ends it */
    loom_strbuf block = LOOM_STRBUF_INIT;
    const void *data;
    size_t size;

    if (vips_image_get_blob(from, VIPS_META_EXIF_NAME, &data, &size))
        return;
    const size_t skipped =
        size >= sizeof start && memcmp(data, start, sizeof start) == 0 ? sizeof start : 0;
    const unsigned char *tiff = (const unsigned char *)data + skipped;
    if (!loom_exif_has_names(tiff, size - skipped))
        return;
    loom_strbuf_add(&block, start, sizeof start);
    loom_exif_add_names(&block, tiff, size - skipped, 1);
    if (!block.failed)
        vips_image_set_blob_copy(to, VIPS_META_EXIF_NAME, block.data, block.size);
    loom_strbuf_release(&block);
}

static void *copy_field(VipsImage *image, const char *name, GValue *value, void *data)
{
    const taking *t = data;

    if (!keeps(t, name))
        return NULL;
    if (strcmp(name, VIPS_META_IPTC_NAME) == 0)
        copy_iptc(t->to, image);
    else if (strcmp(name, VIPS_META_EXIF_NAME) == 0 &&
             t->recipe->metadata == LOOM_METADATA_COPYRIGHT)
        copy_names(t->to, image);
    else
        vips_image_set(t->to, name, value);
    return NULL;
}

VipsImage *loom_vips_meta_take(VipsImage *image, const loom_recipe *recipe, bool animated)
{
    taking t = {vips_image_new(), recipe, animated};

    (void)vips_image_map(image, copy_field, &t);
    if (!recipe->auto_orient && vips_image_get_orientation(image) != 1)
        vips_image_set_int(t.to, META_KEPT_ORIENTATION, vips_image_get_orientation(image));
    return t.to;
}

typedef struct giving {
    VipsImage *to;
    loom_format format;
    bool with_profile, any;
} giving;

/* libvips 8.14 writes the first bytes of IPTC into TIFF, and no more. */
static bool holds(const giving *g, const char *name)
{
    if (strcmp(name, VIPS_META_ICC_NAME) == 0)
        return g->with_profile;
    return g->format != LOOM_FORMAT_TIFF || strcmp(name, VIPS_META_IPTC_NAME) != 0;
}

static void *give(VipsImage *image, const char *name, GValue *value, void *data)
{
    giving *g = data;

    (void)image;
    if (!is_taken(name) || !holds(g, name))
        return NULL;
    vips_image_set(g->to, name, value);
    g->any = true;
    return NULL;
}

static void *find_stale(VipsImage *image, const char *name, GValue *value, void *data)
{
    (void)image, (void)value, (void)data;
    return starts(name, "exif-ifd1-") || strcmp(name, "exif-ifd0-Orientation") == 0 ||
                   strcmp(name, "jpeg-thumbnail-data") == 0
               ? g_strdup(name)
               : NULL;
}

/* What "exif-data" brings along and is true no longer: the thumbnail and the orientation. */
static void remove_stale(VipsImage *image)
{
    for (char *name; (name = vips_image_map(image, find_stale, NULL)) != NULL; g_free(name))
        if (!vips_image_remove(image, name)) {
            g_free(name);
            return;
        }
}

/* An EXIF block (Exif 2.32, 4.5) that holds nothing but an orientation, for savers to fill in. */
static void set_empty_exif(VipsImage *image)
{
    static const unsigned char block[] = {
        'E',  'x',  'i', 'f', 0, 0, 'I', 'I', 42, 0, 8, 0, 0, 0, /* header, first directory at 8 */
        1,    0,                                                 /* one entry */
        0x12, 0x01, 3,   0,   1, 0, 0,   0,   1,  0, 0, 0, /* Orientation, SHORT, 1 of it: 1 */
        0,    0,    0,   0};                               /* no further directory */

    vips_image_set_blob_copy(image, VIPS_META_EXIF_NAME, block, sizeof block);
}

bool loom_vips_meta_give(VipsImage *meta, VipsImage *image, loom_format format, bool with_profile)
{
    giving g = {image, format, with_profile, false};
    int orientation = 1;

    if (vips_image_get_typeof(meta, META_KEPT_ORIENTATION) != 0 &&
        vips_image_get_typeof(meta, VIPS_META_EXIF_NAME) == 0)
        set_empty_exif(image); /* not every saver makes one */
    (void)vips_image_map(meta, give, &g);
    if (vips_image_get_typeof(meta, META_KEPT_ORIENTATION) != 0 &&
        !vips_image_get_int(meta, META_KEPT_ORIENTATION, &orientation))
        g.any = true;
    if (!g.any)
        return false;
    remove_stale(image);
    vips_image_set_int(image, VIPS_META_ORIENTATION, orientation);
    return true;
}

/* ---- the limit: blocks --------------------------------------------------- */

void loom_vips_limit_blocks(VipsImage *image, const loom_recipe *recipe, loom_outcome *outcome)
{
    static const struct {
        const char *field, *name;
        bool always; /* else only where metadata is kept */
    } blocks[] = {{VIPS_META_ICC_NAME, "colour profile", true},
                  {VIPS_META_EXIF_NAME, "EXIF block", false},
                  {VIPS_META_XMP_NAME, "XMP block", false},
                  {VIPS_META_IPTC_NAME, "IPTC block", false}};
    const void *data;
    size_t size;

    for (size_t i = 0; i < LOOM_COUNT(blocks); i++) {
        if (vips_image_get_typeof(image, blocks[i].field) == 0 ||
            vips_image_get_blob(image, blocks[i].field, &data, &size) ||
            size <= LOOM_METADATA_MAX ||
            (!blocks[i].always && recipe->metadata != LOOM_METADATA_ALL))
            continue;
        (void)vips_image_remove(image, blocks[i].field);
        loom_outcome_warn(outcome, "the %s was dropped: it is larger than %d MB", blocks[i].name,
                          (int)(LOOM_METADATA_MAX / 1000000));
    }
}
