#include "format/metadata.h"

#include "format/container.h"
#include "format/exif.h"
#include "format/raster.h"
#include "format/xmp.h"

static void warn(loom_meta *meta, const char *warning)
{
    if (meta->warning_count < LOOM_META_WARNINGS)
        meta->warnings[meta->warning_count++] = warning;
}

static loom_bytes without_prefix(loom_bytes block, const char *prefix, size_t size)
{
    return loom_bytes_equal(block, 0, prefix, size) ? loom_bytes_from(block, size) : block;
}

/* ---- EXIF ---------------------------------------------------------------- */

/*
 * Makes EXIF with the orientation only, the names if requested, and the resolution where EXIF is
 * kept, if the format has no other place for it.
 */
static void make_names(loom_meta *meta, loom_bytes tiff, bool names, loom_metadata kept,
                       const loom_truth *truth)
{
    const size_t size = names ? tiff.size : 0;
    const bool holds =
        (kept & LOOM_METADATA_EXIF) != 0 && loom_container_of(truth->format)->put_dpi == NULL;
    const uint32_t dpi = holds ? truth->dpi : 0;

    loom_strbuf_clear(&meta->exif);
    if (truth->orientation != 1 || dpi > 0 || loom_exif_has_names(tiff.data, size))
        loom_exif_add_names(&meta->exif, tiff.data, size, truth->orientation, dpi);
}

static void make_exif(loom_meta *meta, loom_bytes tiff, loom_metadata kept, const loom_truth *truth)
{
    const loom_held *held = &loom_container_of(truth->format)->held;
    const bool fits = held->exif_max == 0 || tiff.size <= held->exif_max;

    if (!held->exif) {
        if ((kept & LOOM_METADATA_EXIF) != 0 && tiff.size > 0 &&
            loom_exif_says_more(tiff.data, tiff.size))
            warn(meta, "EXIF was dropped: the output format cannot hold it");
        if ((kept & LOOM_METADATA_COPYRIGHT) != 0 && loom_exif_has_names(tiff.data, tiff.size))
            warn(meta, "the names in EXIF were dropped: the output format cannot hold them");
        return;
    }
    const bool empty =
        tiff.size == 0 || (truth->dpi > 0 && !loom_exif_says_more(tiff.data, tiff.size));
    if ((kept & LOOM_METADATA_EXIF) == 0 || empty) {
        make_names(meta, tiff, (kept & LOOM_METADATA_COPYRIGHT) != 0, kept, truth);
        return;
    }
    loom_strbuf_add(&meta->exif, tiff.data, tiff.size);
    size_t size = meta->exif.size;
    if (!meta->exif.failed && fits &&
        loom_exif_refresh((unsigned char *)meta->exif.data, &size, truth)) {
        loom_strbuf_truncate(&meta->exif, size);
        return;
    }
    if (meta->exif.failed)
        return;
    warn(meta, fits ? "EXIF was dropped: its structure is damaged"
                    : "EXIF was dropped: it is too large for the output format");
    make_names(meta, tiff, fits, kept, truth);
}

/* ---- XMP, IPTC ----------------------------------------------------------- */

static void make_xmp(loom_meta *meta, loom_bytes packet, const loom_truth *truth)
{
    const loom_held *held = &loom_container_of(truth->format)->held;
    unsigned gone = 0;

    if (packet.size == 0)
        return;
    if (!held->xmp) {
        warn(meta, "XMP was dropped: the output format cannot hold it");
        return;
    }
    const bool read = loom_xmp_refresh(packet, truth, &meta->xmp, &gone);
    if (meta->xmp.failed)
        return;
    if (!read || (held->xmp_max > 0 && meta->xmp.size > held->xmp_max)) {
        loom_strbuf_clear(&meta->xmp);
        warn(meta, read ? "XMP was dropped: it is too large for the output format"
                        : "XMP was dropped: it is not plain XML");
        return;
    }
    if ((gone & LOOM_XMP_REGIONS) != 0)
        warn(meta, "the regions in XMP were dropped: the picture was rotated or cropped");
    if ((gone & LOOM_XMP_PANORAMA) != 0)
        warn(meta, "the panorama data in XMP was dropped: it does not apply to the output");
}

static void make_iptc(loom_meta *meta, loom_bytes resources, loom_format format)
{
    if (resources.size == 0)
        return;
    if (!loom_container_of(format)->held.iptc) {
        warn(meta, "IPTC was dropped: the output format cannot hold it");
        return;
    }
    loom_strbuf_add(&meta->iptc, resources.data, resources.size);
    if (!meta->iptc.failed)
        loom_strbuf_truncate(&meta->iptc, loom_photoshop_drop_thumbnails(
                                              (unsigned char *)meta->iptc.data, meta->iptc.size));
}

bool loom_meta_make(loom_meta *meta, const loom_meta_source *source, loom_metadata kept,
                    bool with_profile, const loom_truth *truth)
{
    loom_truth told = *truth;

    *meta = (loom_meta){.exif = LOOM_STRBUF_INIT};
    told.no_place = (kept & LOOM_METADATA_NO_PLACE) != 0;
    make_exif(meta, without_prefix(source->exif, "Exif\0", 6), kept, &told);
    if (truth->orientation != 1 && !loom_container_of(truth->format)->held.orientation)
        warn(meta, "readers of the output format ignore the orientation");
    if ((kept & (LOOM_METADATA_EXIF | LOOM_METADATA_XMP)) != 0 && source->further)
        warn(meta, "further blocks of EXIF or XMP were dropped");
    if ((kept & LOOM_METADATA_XMP) != 0)
        make_xmp(meta, source->xmp, &told);
    if ((kept & LOOM_METADATA_IPTC) != 0)
        make_iptc(meta, without_prefix(source->iptc, "Photoshop 3.0", 14), truth->format);
    if (with_profile)
        meta->profile = source->profile;
    return !meta->exif.failed && !meta->xmp.failed && !meta->iptc.failed;
}

void loom_meta_release(loom_meta *meta)
{
    loom_strbuf_release(&meta->exif);
    loom_strbuf_release(&meta->xmp);
    loom_strbuf_release(&meta->iptc);
    *meta = (loom_meta){.exif = LOOM_STRBUF_INIT};
}
