#include "engine/vips/probe.h"

#include "engine/codec/stb_decoder.h"
#include "engine/vips/formats.h"
#include "engine/vips/messages.h"

/* libvips' own function answers 1 from 10,000 on. */
static uint32_t frames_of(VipsImage *image)
{
    int pages;

    return vips_image_get_typeof(image, VIPS_META_N_PAGES) != 0 &&
                   !vips_image_get_int(image, VIPS_META_N_PAGES, &pages) && pages > 1
               ? (uint32_t)pages
               : 1;
}

static loom_status cut_header(loom_error *err)
{
    return loom_vips_error_set(err, LOOM_ERR_TRUNCATED, LOOM_STAGE_PROBE,
                               "the file is cut short: its header cannot be read");
}

static loom_status read_vips(const loom_input *input, loom_integrity integrity, loom_header *header,
                             loom_error *err)
{
    /* Damage is judged when the pixels are decoded; here the header is all we want. */
    const loom_vips_load load = {.fail_on = LOOM_FAIL_ON_NONE, .shrink = 1, .scale = 1};

    if (header->no_pixels)
        return cut_header(err);
    VipsImage *image = loom_vips_open(header->format, input->data, input->size, &load);
    if (image == NULL && integrity == LOOM_INTEGRITY_CUT)
        return cut_header(err);
    if (image == NULL)
        return loom_vips_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_PROBE,
                                   "the %s header cannot be read: it is damaged, or of a kind that "
                                   "libvips does not support",
                                   loom_format_get(header->format)->name);
    header->width = (uint32_t)vips_image_get_width(image);
    header->height = (uint32_t)vips_image_get_height(image);
    header->orientation = vips_image_get_orientation(image);
    header->frames = frames_of(image);
    header->pixel_bytes = (unsigned)vips_image_get_bands(image) *
                          (unsigned)vips_format_sizeof(vips_image_get_format(image));
    header->whole = vips_image_get_typeof(image, "jpeg-multiscan") != 0 ||
                    vips_image_get_typeof(image, "interlaced") != 0;
    g_object_unref(image);
    return LOOM_OK;
}

loom_status loom_vips_read_header(const loom_input *input, loom_integrity integrity,
                                  loom_header *header, loom_error *err)
{
    if (loom_stb_reads(header->format))
        return loom_stb_probe(header->format, input, &header->width, &header->height, err);
    return read_vips(input, integrity, header, err);
}
