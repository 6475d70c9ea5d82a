#include "encode.h"

#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

/* A TIFF of one directory with one entry, little-endian, behind EXIF's name. */
static void write_exif(struct jpeg_compress_struct *jpeg, int orientation)
{
    const uint8_t block[] = {
        'E',  'x',  'i', 'f', 0, 0,       /* EXIF 2.3, 4.7.2 */
        'I',  'I',  42,  0,   8, 0, 0, 0, /* TIFF header, directory at offset 8 */
        1,    0,                          /* entries */
        0x12, 0x01, 3,   0,   1, 0, 0, 0, (uint8_t)orientation, 0, 0, 0, /* Orientation, SHORT, 1 */
        0,    0,    0,   0,                                              /* no next directory */
    };

    jpeg_write_marker(jpeg, JPEG_APP0 + 1, block, sizeof block);
}

static void configure(struct jpeg_compress_struct *jpeg, const jpeg_options *options)
{
    jpeg_set_defaults(jpeg);
    jpeg_set_quality(jpeg, options->quality, TRUE);
    jpeg->dct_method = JDCT_ISLOW; /* the one that gives the same bytes on every machine */
    jpeg->optimize_coding = TRUE;
    if (jpeg->input_components == 3 && options->full_chroma)
        jpeg->comp_info[0].h_samp_factor = jpeg->comp_info[0].v_samp_factor = 1;
    if (options->progressive)
        jpeg_simple_progression(jpeg);
}

/* Photoshop, which defined the marker, stores ink as 0; every reader expects that. */
static void invert(uint8_t *row, const uint8_t *from, size_t size)
{
    for (size_t i = 0; i < size; i++)
        row[i] = (uint8_t)(255 - from[i]);
}

void encode_jpeg(loom_strbuf *out, const canvas *picture, const jpeg_options *options)
{
    static const J_COLOR_SPACE spaces[5] = {JCS_UNKNOWN, JCS_GRAYSCALE, JCS_UNKNOWN, JCS_RGB,
                                            JCS_CMYK};
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    size_t row_bytes = canvas_row_bytes(picture);
    uint8_t *row = malloc(row_bytes);
    unsigned char *file = NULL;
    unsigned long size = 0;

    if (row == NULL || picture->pixels == NULL) {
        free(row);
        out->failed = true;
        return;
    }
    /* libjpeg's own handler says what is wrong and ends the program: memory alone can be. */
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &file, &size);
    jpeg.image_width = picture->width;
    jpeg.image_height = picture->height;
    jpeg.input_components = (int)picture->channels;
    jpeg.in_color_space = spaces[picture->channels];
    configure(&jpeg, options);
    jpeg_start_compress(&jpeg, TRUE);
    if (options->orientation != 0)
        write_exif(&jpeg, options->orientation);
    while (jpeg.next_scanline < jpeg.image_height) {
        uint8_t *from = picture->pixels + jpeg.next_scanline * row_bytes;
        JSAMPROW line = from;

        if (picture->channels == 4) {
            invert(row, from, row_bytes);
            line = row;
        }
        (void)jpeg_write_scanlines(&jpeg, &line, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    loom_strbuf_add(out, file, size);
    free(file);
    free(row);
}
