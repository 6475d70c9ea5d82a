#include "engine/codec/tiff.h"

#include "engine/codec/jpeg_guard.h"
#include "engine/codec/png_parts.h"
#include "format/tiff.h"
#include <stdlib.h>

/* ---- checksums ----------------------------------------------------------- */

typedef struct sums {
    struct inflate_state inflate;
    unsigned char block[1 << 16]; /* unpacked data, which is discarded */
    uint64_t left;                /* limit for the bytes read and unpacked */
    bool wrong;
} sums;

/* RFC 1950, 2.2. A stream may have another bit order (FillOrder), and is then not recognised. */
static bool is_zlib(loom_bytes piece)
{
    return piece.size > 6 && (piece.data[0] & 15) == 8 && (piece.data[1] & 32) == 0 &&
           loom_be16(piece.data) % 31 == 0;
}

/* Pieces may overlap, and each may be as large as the file. */
static void spend(sums *c, uint64_t bytes)
{
    c->left -= bytes < c->left ? bytes : c->left;
}

static void check_piece(sums *c, loom_bytes piece)
{
    int code = ISAL_DECOMP_OK;

    if (!is_zlib(piece) || piece.size > UINT32_MAX)
        return;
    spend(c, piece.size);
    isal_inflate_init(&c->inflate);
    c->inflate.crc_flag = ISAL_ZLIB;
    /* The inflater only reads, although its pointer is not const. */
    memcpy(&c->inflate.next_in, &piece.data, sizeof c->inflate.next_in);
    c->inflate.avail_in = (uint32_t)piece.size;
    for (size_t got = 1; got > 0 && code == ISAL_DECOMP_OK && c->left > 0;) {
        c->inflate.next_out = c->block;
        c->inflate.avail_out = sizeof c->block;
        code = loom_inflate(&c->inflate);
        got = sizeof c->block - c->inflate.avail_out;
        spend(c, got);
    }
    c->wrong = code == ISAL_INCORRECT_CHECKSUM;
}

const char *loom_tiff_check_sums(loom_bytes file, uint64_t limit)
{
    const uint64_t compression = loom_tiff_compression(file);
    loom_tiff_directory t;
    loom_tiff_pieces pieces;

    if (compression != LOOM_TIFF_DEFLATE && compression != LOOM_TIFF_DEFLATE_OLD)
        return NULL;
    if (!loom_tiff_first(&t, file) || !loom_tiff_pieces_of(&t, &pieces))
        return NULL;
    sums *c = malloc(sizeof *c);
    if (c == NULL)
        return NULL; /* libtiff will lack memory, too */
    c->left = limit < UINT64_MAX - file.size ? limit + file.size : UINT64_MAX;
    c->wrong = false;
    for (uint64_t i = 0; i < pieces.offsets.count && !c->wrong && c->left > 0; i++)
        check_piece(c, loom_tiff_piece(&pieces, i));
    const bool wrong = c->wrong;
    free(c);
    return wrong ? "a strip or tile fails its checksum (Adler-32)" : NULL;
}

/* ---- JPEG tiles ---------------------------------------------------------- */

typedef struct tiles {
    loom_jpeg_guard guard;
    struct jpeg_decompress_struct cinfo;
    loom_tiff_pieces pieces;
    loom_tiff_values tables; /* the JPEGTables field */
} tiles;

/* A tile may lack its end marker, as a JPEG may: if data is missing, libjpeg warns anyway. */
static boolean end_data(j_decompress_ptr cinfo)
{
    static const JOCTET end[] = {0xFF, JPEG_EOI};

    cinfo->src->next_input_byte = end;
    cinfo->src->bytes_in_buffer = sizeof end;
    return TRUE;
}

static void read_header(tiles *c, const unsigned char *data, size_t size, boolean picture)
{
    jpeg_mem_src(&c->cinfo, data, size);
    c->cinfo.src->fill_input_buffer = end_data;
    (void)jpeg_read_header(&c->cinfo, picture);
}

/* Decodes at libjpeg's smallest size, which still reads all entropy-coded data. */
static void decode_tile(tiles *c, loom_bytes tile)
{
    struct jpeg_decompress_struct *cinfo = &c->cinfo;

    if (c->tables.at != NULL && c->tables.width == 1 && c->tables.count > 0)
        read_header(c, c->tables.at, (size_t)c->tables.count, FALSE);
    read_header(c, tile.data, tile.size, TRUE);
    cinfo->out_color_space = cinfo->jpeg_color_space;
    cinfo->do_fancy_upsampling = FALSE;
    cinfo->dct_method = JDCT_IFAST;
    cinfo->scale_num = 1;
    cinfo->scale_denom = 8;
    (void)jpeg_start_decompress(cinfo);
    JSAMPARRAY row =
        cinfo->mem->alloc_sarray((j_common_ptr)cinfo, JPOOL_IMAGE,
                                 cinfo->output_width * (JDIMENSION)cinfo->output_components, 1);
    while (cinfo->output_scanline < cinfo->output_height)
        (void)jpeg_read_scanlines(cinfo, row, 1);
    jpeg_abort_decompress(cinfo);
}

static void work(void *data)
{
    tiles *c = data;

    c->cinfo.err = &c->guard.errors;
    jpeg_create_decompress(&c->cinfo);
    c->cinfo.progress = &c->guard.progress;
    for (uint64_t i = 0; i < c->pieces.count && loom_jpeg_guard_warnings(&c->guard) == 0; i++) {
        const loom_bytes tile = loom_tiff_piece(&c->pieces, i);
        if (tile.size > 0)
            decode_tile(c, tile);
    }
}

bool loom_tiff_tiles_damaged(const loom_lane_job *job, char words[LOOM_TIFF_TILES_WORDS])
{
    const loom_bytes file = {job->input.data, job->input.size};
    loom_tiff_directory t;
    tiles c = {.tables = {NULL, 0, 0}};

    if (loom_tiff_compression(file) != LOOM_TIFF_JPEG || !loom_tiff_first(&t, file) ||
        !loom_tiff_pieces_of(&t, &c.pieces) || !c.pieces.tiled ||
        !loom_tiff_find(&t, LOOM_TIFF_JPEG_TABLES, &c.tables))
        return false;
    loom_jpeg_guard_init(&c.guard, job);
    const bool failed = !loom_jpeg_guarded(&c.guard, work, &c) && !c.guard.stopped;
    jpeg_destroy_decompress(&c.cinfo);
    if (!failed && loom_jpeg_guard_warnings(&c.guard) == 0)
        return false;
    (void)snprintf(words, LOOM_TIFF_TILES_WORDS, "%s", c.guard.message);
    return true;
}
