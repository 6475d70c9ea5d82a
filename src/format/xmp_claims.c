/*
 * XMP Specification parts 1 and 2; Google's Photo Sphere XMP, Motion Photo 1.0 and Ultra HDR 1.1;
 * Adobe's Gain Map 1.0; Metadata Working Group's Guidelines 2.0; IPTC Photo Metadata 2019.1.
 */
#include "format/xmp.h"

#include "base/array.h"

/* Namespaces without "http://" and their final character: some writers use / and others #. */
#define TIFF      "ns.adobe.com/tiff/1.0"
#define EXIF      "ns.adobe.com/exif/1.0"
#define DC        "purl.org/dc/elements/1.1"
#define XMP       "ns.adobe.com/xap/1.0"
#define NOTE      "ns.adobe.com/xmp/note"
#define PHOTOSHOP "ns.adobe.com/photoshop/1.0"
#define CAMERA    "ns.google.com/photos/1.0/camera"
#define PANORAMA  "ns.google.com/photos/1.0/panorama"
#define REGIONS   "www.metadataworkinggroup.com/schemas/regions"
#define SIZES     "ns.adobe.com/xap/1.0/sType/Dimensions"
#define PLACES    "iptc.org/std/Iptc4xmpExt/2008-02-29"
#define RDF       "www.w3.org/1999/02/22-rdf-syntax-ns"

typedef enum condition {
    ALWAYS = 0,
    IF_TURNED,
    IF_MOVED,
    IF_CONVERTED,
    IF_NO_PLACE,
    IF_DPI
} condition;

/* Any other name of the namespace. */
static const char any[] = "*";

static const struct row {
    const char *space, *name;
    loom_xmp_action action;
    condition when;
} rows[] = {
    {TIFF, "Orientation", LOOM_XMP_SET_ORIENTATION, ALWAYS},
    {TIFF, "ImageWidth", LOOM_XMP_SET_WIDTH, ALWAYS},
    {TIFF, "ImageLength", LOOM_XMP_SET_HEIGHT, ALWAYS},
    {TIFF, "BitsPerSample", LOOM_XMP_DROP, ALWAYS},
    {TIFF, "Compression", LOOM_XMP_DROP, ALWAYS},
    {TIFF, "PhotometricInterpretation", LOOM_XMP_DROP, ALWAYS},
    {TIFF, "SamplesPerPixel", LOOM_XMP_DROP, ALWAYS},
    {TIFF, "PlanarConfiguration", LOOM_XMP_DROP, ALWAYS},
    {TIFF, "YCbCrSubSampling", LOOM_XMP_DROP, ALWAYS},
    {TIFF, "YCbCrPositioning", LOOM_XMP_DROP, ALWAYS},
    {TIFF, "NativeDigest", LOOM_XMP_DROP, ALWAYS}, /* a digest of EXIF, which changes */
    {TIFF, "TransferFunction", LOOM_XMP_DROP, IF_CONVERTED},
    {TIFF, "WhitePoint", LOOM_XMP_DROP, IF_CONVERTED},
    {TIFF, "PrimaryChromaticities", LOOM_XMP_DROP, IF_CONVERTED},
    {TIFF, "XResolution", LOOM_XMP_DROP, IF_DPI},
    {TIFF, "YResolution", LOOM_XMP_DROP, IF_DPI},
    {TIFF, "ResolutionUnit", LOOM_XMP_DROP, IF_DPI},
    {PLACES, "LocationShown", LOOM_XMP_DROP, IF_NO_PLACE},
    {PLACES, "LocationCreated", LOOM_XMP_DROP, IF_NO_PLACE},
    {EXIF, "PixelXDimension", LOOM_XMP_SET_WIDTH, ALWAYS},
    {EXIF, "PixelYDimension", LOOM_XMP_SET_HEIGHT, ALWAYS},
    {EXIF, "CompressedBitsPerPixel", LOOM_XMP_DROP, ALWAYS},
    {EXIF, "NativeDigest", LOOM_XMP_DROP, ALWAYS},
    {EXIF, "SubjectArea", LOOM_XMP_DROP, IF_MOVED},
    {EXIF, "SubjectLocation", LOOM_XMP_DROP, IF_MOVED},
    {EXIF, "ColorSpace", LOOM_XMP_SET_ONE, IF_CONVERTED},
    {EXIF, "Gamma", LOOM_XMP_DROP, IF_CONVERTED},
    {DC, "format", LOOM_XMP_SET_FORMAT, ALWAYS},
    {XMP, "Thumbnails", LOOM_XMP_DROP, ALWAYS},
    {NOTE, "HasExtendedXMP", LOOM_XMP_DROP, ALWAYS},
    {PHOTOSHOP, "ICCProfile", LOOM_XMP_DROP, IF_CONVERTED},
    {PHOTOSHOP, "ColorMode", LOOM_XMP_DROP, ALWAYS},
    {PHOTOSHOP, "TextLayers", LOOM_XMP_DROP, ALWAYS},
    {REGIONS, "Regions", LOOM_XMP_DROP_REGIONS, IF_TURNED},
    {"ns.microsoft.com/photo/1.2", "RegionInfo", LOOM_XMP_DROP_REGIONS, IF_TURNED},
    {"ns.acdsee.com/regions", "Regions", LOOM_XMP_DROP_REGIONS, IF_MOVED},
    {PLACES, "ImageRegion", LOOM_XMP_DROP_REGIONS, IF_MOVED},
    {PANORAMA, any, LOOM_XMP_DROP_PANORAMA, IF_TURNED},
    {PANORAMA, "CroppedAreaImageWidthPixels", LOOM_XMP_SCALE_ACROSS, IF_MOVED},
    {PANORAMA, "CroppedAreaImageHeightPixels", LOOM_XMP_SCALE_DOWN, IF_MOVED},
    {PANORAMA, "FullPanoWidthPixels", LOOM_XMP_SCALE_ACROSS, IF_MOVED},
    {PANORAMA, "FullPanoHeightPixels", LOOM_XMP_SCALE_DOWN, IF_MOVED},
    {PANORAMA, "CroppedAreaLeftPixels", LOOM_XMP_SCALE_ACROSS, IF_MOVED},
    {PANORAMA, "CroppedAreaTopPixels", LOOM_XMP_SCALE_DOWN, IF_MOVED},
    {PANORAMA, "LargestValidInteriorRectLeft", LOOM_XMP_SCALE_ACROSS, IF_MOVED},
    {PANORAMA, "LargestValidInteriorRectTop", LOOM_XMP_SCALE_DOWN, IF_MOVED},
    {PANORAMA, "LargestValidInteriorRectWidth", LOOM_XMP_SCALE_ACROSS, IF_MOVED},
    {PANORAMA, "LargestValidInteriorRectHeight", LOOM_XMP_SCALE_DOWN, IF_MOVED},
    {PANORAMA, any, LOOM_XMP_KEEP, ALWAYS},
    {CAMERA, "BurstID", LOOM_XMP_KEEP, ALWAYS},
    {CAMERA, "BurstPrimary", LOOM_XMP_KEEP, ALWAYS},
    {CAMERA, "DisableAutoCreation", LOOM_XMP_KEEP, ALWAYS},
    {CAMERA, "DisableSuggestedAction", LOOM_XMP_KEEP, ALWAYS},
    {"ns.apple.com/faceinfo/1.0", any, LOOM_XMP_KEEP, ALWAYS},
};

/* Namespaces for videos, depths, gain maps and other data after the picture. */
static const char *const behind[] = {"/photos/1.0/", "/photos/dd/", "ns.apple.com/",
                                     "hdr-gain-map", "HDRGainMap",  "iso/21496"};
/* Names with the same meaning in every namespace. */
static const char *const sizes[] = {
    "Orientation",     "ImageWidth",     "ImageLength",     "ImageHeight",     "PixelXDimension",
    "PixelYDimension", "ExifImageWidth", "ExifImageLength", "ExifImageHeight", "HasExtendedXMP"};
static const char *const films[] = {"MotionPhoto", "MicroVideo", "HDRGainMap", "GainMap"};

static loom_bytes bare(loom_bytes uri)
{
    static const char *const schemes[] = {"http://", "https://"};

    for (size_t i = 0; i < LOOM_COUNT(schemes); i++)
        if (loom_bytes_equal(uri, 0, schemes[i], strlen(schemes[i]))) {
            uri = loom_bytes_from(uri, strlen(schemes[i]));
            break;
        }
    while (uri.size > 0 && (uri.data[uri.size - 1] == '/' || uri.data[uri.size - 1] == '#'))
        uri.size--;
    return uri;
}

static bool holds(loom_bytes b, const char *text)
{
    const size_t length = strlen(text);

    for (size_t i = 0; i + length <= b.size; i++)
        if (memcmp(b.data + i, text, length) == 0)
            return true;
    return false;
}

static bool is_met(condition when, const loom_truth *truth)
{
    switch (when) {
    case IF_TURNED:
        return !truth->same_view;
    case IF_MOVED:
        return !loom_truth_same_size(truth);
    case IF_CONVERTED:
        return truth->converted;
    case IF_NO_PLACE:
        return truth->no_place;
    case IF_DPI:
        return truth->dpi > 0;
    default:
        return true;
    }
}

/* For names without a row. */
static loom_xmp_action by_meaning(loom_bytes space, loom_bytes local)
{
    for (size_t i = 0; i < LOOM_COUNT(behind); i++)
        if (holds(space, behind[i]))
            return LOOM_XMP_DROP;
    for (size_t i = 0; i < LOOM_COUNT(sizes); i++)
        if (loom_bytes_are(local, sizes[i]))
            return LOOM_XMP_DROP;
    for (size_t i = 0; i < LOOM_COUNT(films); i++)
        if (loom_bytes_equal(local, 0, films[i], strlen(films[i])))
            return LOOM_XMP_DROP;
    return LOOM_XMP_KEEP;
}

loom_xmp_action loom_xmp_action_for(const loom_xml_name *name, const loom_truth *truth)
{
    const loom_bytes space = bare(name->space);
    bool known = false;

    if (truth->no_place && loom_bytes_are(space, EXIF) && LOOM_BYTES_HAVE(name->local, 0, "GPS"))
        return LOOM_XMP_DROP;
    for (size_t i = 0; i < LOOM_COUNT(rows); i++) {
        const bool named = rows[i].name != any && loom_bytes_are(name->local, rows[i].name);
        if ((!named && rows[i].name != any) || !loom_bytes_are(space, rows[i].space))
            continue;
        if (is_met(rows[i].when, truth))
            return rows[i].action;
        known = known || named;
    }
    return known ? LOOM_XMP_KEEP : by_meaning(space, name->local);
}

bool loom_xmp_is_rdf(const loom_xml_name *name, const char *local)
{
    return loom_bytes_are(name->local, local) && loom_bytes_are(bare(name->space), RDF);
}

bool loom_xmp_is_applied_to(const loom_xml_name *name)
{
    return loom_bytes_are(name->local, "AppliedToDimensions") &&
           loom_bytes_are(bare(name->space), REGIONS);
}

loom_xmp_action loom_xmp_dimension(const loom_xml_name *name)
{
    if (!loom_bytes_are(bare(name->space), SIZES))
        return LOOM_XMP_KEEP;
    return loom_bytes_are(name->local, "w")   ? LOOM_XMP_SET_WIDTH
           : loom_bytes_are(name->local, "h") ? LOOM_XMP_SET_HEIGHT
                                              : LOOM_XMP_KEEP;
}
