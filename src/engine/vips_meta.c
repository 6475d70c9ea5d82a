#include "engine/vips_meta.h"

#include <string.h>

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
 * "exif-ifdN-TAG". A saver writes the first with all that the second no longer names removed, and
 * with dimensions and orientation set right. IFD 1 is the thumbnail's.
 */
static bool keeps(const taking *t, const char *name)
{
    static const char *const all[] = {VIPS_META_EXIF_NAME, VIPS_META_XMP_NAME, VIPS_META_IPTC_NAME,
                                      NULL};
    static const char *const copyright[] = {"exif-ifd0-Copyright", "exif-ifd0-Artist", NULL};
    static const char *const animation[] = {"delay", "loop", "gif-delay", "gif-loop", NULL};

    if (strcmp(name, VIPS_META_ORIENTATION) == 0)
        return !t->recipe->auto_orient;
    if (strcmp(name, VIPS_META_ICC_NAME) == 0)
        return t->recipe->icc == LOOM_ICC_KEEP;
    if (is_any(name, animation))
        return t->animated;
    if (t->recipe->metadata == LOOM_METADATA_COPYRIGHT)
        return is_any(name, copyright);
    if (t->recipe->metadata == LOOM_METADATA_ALL)
        return is_any(name, all) || (starts(name, "exif-ifd") && !starts(name, "exif-ifd1-") &&
                                     strcmp(name, "exif-ifd0-Orientation") != 0);
    return false;
}

static void *take(VipsImage *image, const char *name, GValue *value, void *data)
{
    const taking *t = data;

    (void)image;
    if (keeps(t, name))
        vips_image_set(t->to, name, value);
    return NULL;
}

VipsImage *loom_vips_meta_take(VipsImage *image, const loom_recipe *recipe, bool animated)
{
    taking t = {vips_image_new(), recipe, animated};

    (void)vips_image_map(image, take, &t);
    return t.to;
}

typedef struct giving {
    VipsImage *to;
    bool with_profile, any;
} giving;

static void *give(VipsImage *image, const char *name, GValue *value, void *data)
{
    giving *g = data;

    (void)image;
    /* An image without pixels has header fields of its own: they are no metadata. */
    if (vips_image_get_typeof(g->to, name) != 0 ||
        (strcmp(name, VIPS_META_ICC_NAME) == 0 && !g->with_profile))
        return NULL;
    vips_image_set(g->to, name, value);
    g->any = true;
    return NULL;
}

bool loom_vips_meta_give(VipsImage *meta, VipsImage *image, bool with_profile)
{
    giving g = {image, with_profile, false};

    (void)vips_image_map(meta, give, &g);
    return g.any;
}
