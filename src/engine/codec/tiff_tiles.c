#include "engine/codec/tiff_tiles.h"

#include "engine/codec/jpeg_guard.h"
#include "format/tiff.h"

typedef struct checking {
    loom_jpeg_guard guard;
    struct jpeg_decompress_struct cinfo;
    loom_tiff_pieces pieces;
    loom_tiff_values tables; /* the JPEGTables field */
} checking;

/* A tile may lack its end marker, as a JPEG may: where data lack, libjpeg says so besides. */
static boolean end_data(j_decompress_ptr cinfo)
{
    static const JOCTET end[] = {0xFF, JPEG_EOI};

    cinfo->src->next_input_byte = end;
    cinfo->src->bytes_in_buffer = sizeof end;
    return TRUE;
}

static void read_header(checking *c, const unsigned char *data, size_t size, boolean picture)
{
    jpeg_mem_src(&c->cinfo, data, size);
    c->cinfo.src->fill_input_buffer = end_data;
    (void)jpeg_read_header(&c->cinfo, picture);
}

/* As small as libjpeg can: the entropy-coded data are read all the same. */
static void decode_tile(checking *c, loom_bytes tile)
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
    checking *c = data;

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
    checking c = {.tables = {NULL, 0, 0}};

    if (job->header.format != LOOM_FORMAT_TIFF || loom_tiff_compression(file) != LOOM_TIFF_JPEG ||
        !loom_tiff_first(&t, file) || !loom_tiff_pieces_of(&t, &c.pieces) || !c.pieces.tiled ||
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
