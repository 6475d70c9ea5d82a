/* The probe for images whose headers only libvips or our own decoders read. */
#include "engine/codec/decoder.h"
#include "engine/codec/tiff.h"
#include "engine/vips/formats.h"
#include "engine/vips/messages.h"
#include "engine/vips/parts.h"
#include "format/box.h"
#include "format/webp.h"

/* libvips' own function returns 1 for 10,000 and more. */
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
    /* Damage is judged when the pixels are decoded; only the header matters here. */
    const loom_vips_load load = {.fail_on = LOOM_FAIL_ON_NONE, .shrink = 1, .scale = 1};
    const loom_vips_format *row = loom_vips_format_of(header->format);
    const char *reason;

    if (header->no_pixels)
        return cut_header(err);
    if (row->lacks != NULL && row->lacks((loom_bytes){input->data, input->size}, &reason))
        return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PROBE,
                              "this kind of %s is not supported: %s",
                              loom_format_get(header->format)->name, reason);
    if (!loom_vips_heif_decodes(header->coding))
        return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PROBE,
                              "libheif has no decoder for the coding of this %s",
                              loom_format_get(header->format)->name);
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
    /* The pages of a TIFF are not frames. */
    header->frames = loom_format_get(header->format)->animation ? frames_of(image) : 1;
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
    const loom_decoder *decoder = loom_decoder_of(header->format);

    if (decoder != NULL)
        return decoder->probe(input, header, err);
    return read_vips(input, integrity, header, err);
}

/* Five 16-bit samples a pixel, and tiles larger than the picture. */
void loom_vips_settle_tiff(loom_lane_job *job)
{
    enum { PIXEL = 10, MORE = 64 << 20 };
    const uint64_t pixels = (uint64_t)job->header.width * job->header.height;
    const loom_bytes file = {job->input.data, job->input.size};

    if (job->job->settings->dry_run)
        return;
    job->damage = loom_tiff_check_sums(
        file, pixels < (UINT64_MAX - MORE) / PIXEL ? pixels * PIXEL + MORE : UINT64_MAX);
}

/* libvips does not read them. */
void loom_vips_settle_jxl(loom_lane_job *job)
{
    const loom_bytes file = {job->input.data, job->input.size};
    loom_bytes box;

    if (job->job->recipe->metadata != LOOM_METADATA_NONE && file.size > 12 && file.data[0] == 0 &&
        (loom_box_find(file, "Exif", &box) == LOOM_BOX_FOUND ||
         loom_box_find(file, "xml ", &box) == LOOM_BOX_FOUND ||
         loom_box_find(file, "brob", &box) == LOOM_BOX_FOUND))
        loom_outcome_warn(job->common, "the metadata of a jxl is not read, and was dropped");
}

/* A truncated animation is read up to its first frame. */
void loom_vips_settle_webp(loom_lane_job *job)
{
    if (job->header.rest_broken && job->integrity == LOOM_INTEGRITY_NO_END)
        job->input.size = loom_webp_keep_first(job->input.data, job->input.size, &job->input.edits);
}

void loom_vips_settle(loom_lane_job *job)
{
    const loom_vips_format *row = loom_vips_format_of(job->header.format);

    if (row->settle != NULL)
        row->settle(job);
}
