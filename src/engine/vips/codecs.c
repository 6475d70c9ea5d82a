/* Uses libvips' loaders and savers by the rows of formats.c: finds their names, opens files, and
 * tells which exist. */
#include "engine/codec/decoder.h"
#include "engine/vips/ops.h"
#include "engine/vips/parts.h"
#include <stdio.h>

/* ---- names --------------------------------------------------------------- */

/* Written once by loom_vips_formats_start, then read-only. */
static char vips_number[32];
static struct {
    char library[LOOM_VIPS_NAME], reader[2 * LOOM_VIPS_NAME], writer[2 * LOOM_VIPS_NAME];
} names[LOOM_FORMAT_COUNT];

/* "OURS, LIBRARY VERSION, libvips X". */
static void put_names(char text[2 * LOOM_VIPS_NAME], const char *ours, const char *library)
{
    (void)snprintf(text, 2 * LOOM_VIPS_NAME, "%s%s%s, libvips %s", ours != NULL ? ours : "",
                   ours != NULL ? ", " : "", library, vips_number);
}

static void name_codecs(void)
{
    (void)snprintf(vips_number, sizeof vips_number, "%d.%d.%d", vips_version(0), vips_version(1),
                   vips_version(2));
    for (int i = 0; i < LOOM_FORMAT_COUNT; i++) {
        const loom_vips_format *row = loom_vips_format_of((loom_format)i);
        char *library = names[i].library;
        if (row->name != NULL)
            row->name(library);
        else if (row->library != NULL)
            (void)snprintf(library, LOOM_VIPS_NAME, "%s", row->library);
        put_names(names[i].reader, row->lane_reader != NULL ? row->lane_reader : row->reader,
                  library);
        put_names(names[i].writer, row->lane_writer != NULL ? row->lane_writer : row->writer,
                  library);
    }
}

/* ---- what is there ------------------------------------------------------- */

static bool has_operation(const char *name)
{
    return name != NULL && vips_type_find("VipsOperation", name) != 0;
}

bool loom_vips_reads(loom_format format)
{
    const loom_vips_format *row = loom_vips_format_of(format);

    return has_operation(row->load_operation) && loom_vips_heif_decodes(row->coding);
}

static bool writes(const loom_vips_format *row)
{
    return has_operation(row->save_operation) && loom_vips_heif_encodes(row->coding);
}

loom_codec_info loom_vips_codec(loom_format format)
{
    loom_codec_info info = {format, NULL, NULL, NULL};
    const loom_vips_format *row = loom_vips_format_of(format);
    const loom_decoder *decoder = loom_decoder_of(format);

    if (decoder != NULL)
        info.reader = decoder->name;
    else if (loom_vips_reads(format))
        info.reader = names[format].reader;
    else if (loom_format_get(format)->by_preview)
        info.reader = "imgloom";
    if (writes(row))
        info.writer = names[format].writer;
    else if (has_operation(row->save_operation))
        info.lacks = row->no_encoder;
    return info;
}

const char *loom_vips_version(void)
{
    return vips_number;
}

const char *loom_vips_library(loom_format format)
{
    return names[(unsigned)format < LOOM_FORMAT_COUNT ? format : LOOM_FORMAT_UNKNOWN].library;
}

/* ---- opening ------------------------------------------------------------- */

void loom_vips_formats_start(bool allow_untrusted)
{
    name_codecs();
    vips_block_untrusted_set(TRUE);
    vips_operation_block_set("VipsForeignLoad", TRUE);
    for (int i = 0; i < LOOM_FORMAT_COUNT; i++) {
        const loom_vips_format *row = loom_vips_format_of((loom_format)i);
        if (row->family != NULL && (allow_untrusted || !loom_format_get((loom_format)i)->untrusted))
            vips_operation_block_set(row->family, FALSE);
        if (row->save_family != NULL)
            vips_operation_block_set(row->save_family, FALSE);
    }
}

/* libvips' `truncated` also refuses damage in some formats; we detect truncation without it. */
static VipsFailOn vips_fail_on(loom_fail_on fail_on)
{
    switch (fail_on) {
    case LOOM_FAIL_ON_NONE:
    case LOOM_FAIL_ON_TRUNCATED:
        return VIPS_FAIL_ON_NONE;
    case LOOM_FAIL_ON_WARNING:
        return VIPS_FAIL_ON_WARNING;
    default:
        return VIPS_FAIL_ON_ERROR;
    }
}

VipsImage *loom_vips_open(loom_format format, const void *data, size_t size,
                          const loom_vips_load *load)
{
    const loom_vips_format *row = loom_vips_format_of(format);
    const VipsFailOn fail_on = vips_fail_on(load->fail_on);
    VipsImage *image = NULL;
    int failed;

    if (!loom_vips_reads(format))
        return NULL;
    VipsSource *source = vips_source_new_from_memory(data, size);
    if (source == NULL)
        return NULL;
    if (load->shrink > 1)
        failed = row->load(source, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", fail_on,
                           "shrink", load->shrink, NULL);
    else if (loom_container_of(format)->drawing)
        failed = row->load(source, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", fail_on,
                           "scale", load->scale, NULL);
    else if (load->frames)
        failed = row->load(source, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", fail_on,
                           "n", -1, NULL);
    else
        failed =
            row->load(source, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", fail_on, NULL);
    g_object_unref(source); /* the image holds its own reference */
    if (failed)
        return NULL;
    if ((row->end != NULL && !row->end(&image, (loom_bytes){data, size})) ||
        (load->premultiplied && vips_image_hasalpha(image) &&
         !loom_vips_end_premultiplied(&image, vips_image_get_format(image)))) {
        g_object_unref(image);
        return NULL;
    }
    return image;
}
