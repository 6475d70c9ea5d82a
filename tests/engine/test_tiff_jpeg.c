/* JPEGs in TIFFs (TIFF Technical Note 2): made by libjpeg, and decoded by it for comparison. */
#include "support/engine_run.h"
#include "support/oracle_private.h"
#include "support/suite.h"
#include "support/tiff_file.h"
#include "support/tmpdir.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

enum { WIDTH = 50, HEIGHT = 44, PIECES = 32, SIDE = 16, ROWS = 16 };
enum { WHITE_IS_0 = 0, BLACK_IS_0 = 1, RGB = 2, YCBCR = 6, JPEG = 7 };

/* ---- coding ----------------------------------------------------------------- */

typedef struct kind {
    unsigned photometric, components;
    int h, v;
    bool tables; /* in a field of their own */
    bool tiled;
    bool progressive, restarts;
    int precise; /* lines that the last piece has more than it needs: 0 or 1 */
} kind;

/* What is in the picture: smooth, so that chroma may be coarse. */
static unsigned value_at(uint32_t x, uint32_t y, unsigned c)
{
    return (unsigned)(128 + 100 * sin(x / 9.0 + c) * cos(y / 7.0 - 2.0 * c));
}

static void settle(struct jpeg_compress_struct *cinfo, const kind *k)
{
    cinfo->input_components = (int)k->components;
    cinfo->in_color_space = k->components == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(cinfo);
    jpeg_set_colorspace(cinfo, k->components == 1      ? JCS_GRAYSCALE
                               : k->photometric == RGB ? JCS_RGB
                                                       : JCS_YCbCr);
    jpeg_set_quality(cinfo, 95, TRUE);
    cinfo->write_JFIF_header = FALSE;
    cinfo->write_Adobe_marker = FALSE;
    for (int i = 0; i < cinfo->num_components; i++) {
        cinfo->comp_info[i].component_id = i + 1;
        cinfo->comp_info[i].h_samp_factor = i == 0 ? k->h : 1;
        cinfo->comp_info[i].v_samp_factor = i == 0 ? k->v : 1;
    }
    cinfo->restart_in_rows = k->restarts;
    if (k->progressive)
        jpeg_simple_progression(cinfo);
}

/* A piece from (x, y) on; height 0: the tables alone. */
static tiff_bytes encode(const kind *k, uint32_t x, uint32_t y, uint32_t width, uint32_t height)
{
    struct jpeg_compress_struct cinfo;
    struct jpeg_error_mgr errors;
    unsigned char *data = NULL;
    unsigned long size = 0;
    JSAMPLE line[3 * 64], *row = line;

    cinfo.err = jpeg_std_error(&errors);
    jpeg_create_compress(&cinfo);
    jpeg_mem_dest(&cinfo, &data, &size);
    cinfo.image_width = width;
    cinfo.image_height = height;
    settle(&cinfo, k);
    if (height == 0) {
        jpeg_write_tables(&cinfo);
    } else {
        jpeg_suppress_tables(&cinfo, k->tables);
        jpeg_start_compress(&cinfo, !k->tables);
        for (uint32_t j = 0; j < height; j++) {
            for (uint32_t i = 0; i < width; i++)
                for (unsigned c = 0; c < k->components; c++)
                    line[i * k->components + c] = (JSAMPLE)value_at(x + i, y + j, c);
            (void)jpeg_write_scanlines(&cinfo, &row, 1);
        }
        jpeg_finish_compress(&cinfo);
    }
    jpeg_destroy_compress(&cinfo);
    return (tiff_bytes){data, size};
}

/* ---- decoding, for comparison ----------------------------------------------- */

static void decode(const kind *k, const tiff_bytes *tables, const tiff_bytes *piece, uint32_t x,
                   uint32_t y, oracle_image *to)
{
    struct jpeg_decompress_struct cinfo;
    struct jpeg_error_mgr errors;
    JSAMPLE line[3 * 64], *row = line;

    cinfo.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&cinfo);
    if (tables->size > 0) {
        jpeg_mem_src(&cinfo, tables->data, tables->size);
        ck_assert_int_eq(jpeg_read_header(&cinfo, FALSE), JPEG_HEADER_TABLES_ONLY);
    }
    jpeg_mem_src(&cinfo, piece->data, piece->size);
    ck_assert_int_eq(jpeg_read_header(&cinfo, TRUE), JPEG_HEADER_OK);
    cinfo.jpeg_color_space = k->components == 1      ? JCS_GRAYSCALE
                             : k->photometric == RGB ? JCS_RGB
                                                     : JCS_YCbCr;
    cinfo.out_color_space = k->components == 1 ? JCS_GRAYSCALE : JCS_RGB;
    (void)jpeg_start_decompress(&cinfo);
    for (uint32_t j = 0; j < cinfo.output_height; j++) {
        (void)jpeg_read_scanlines(&cinfo, &row, 1);
        for (uint32_t i = 0; i < cinfo.output_width; i++)
            for (unsigned c = 0; c < k->components; c++)
                if (x + i < to->width && y + j < to->height)
                    oracle_pixel(to, x + i, y + j)[c] =
                        (uint16_t)(k->photometric == WHITE_IS_0 ? 255 - line[i]
                                                                : line[i * k->components + c]);
    }
    jpeg_abort_decompress(&cinfo);
    jpeg_destroy_decompress(&cinfo);
}

/* ---- files ------------------------------------------------------------------ */

typedef struct made {
    tiff_spec spec;
    tiff_bytes tables, pieces[PIECES];
    size_t count;
    oracle_image picture;
    unsigned char sampling[4]; /* two SHORTs, little-endian */
} made;

static void make(made *m, const kind *k)
{
    *m = (made){.count = 0};
    m->picture = oracle_create(WIDTH, HEIGHT, k->components, 255);
    m->tables = k->tables ? encode(k, 0, 0, SIDE, 0) : (tiff_bytes){NULL, 0};
    const uint32_t across = k->tiled ? SIDE : WIDTH, down = k->tiled ? SIDE : ROWS;
    for (uint32_t y = 0; y < HEIGHT; y += down)
        for (uint32_t x = 0; x < WIDTH; x += across) {
            const uint32_t height =
                k->tiled || y + down <= HEIGHT || k->precise ? down : HEIGHT - y;
            ck_assert_uint_lt(m->count, PIECES);
            m->pieces[m->count] = encode(k, x, y, across, height);
            decode(k, &m->tables, &m->pieces[m->count], x, y, &m->picture);
            m->count++;
        }
    m->spec = (tiff_spec){.width = WIDTH,
                          .height = HEIGHT,
                          .photometric = k->photometric,
                          .bits = 8,
                          .samples = k->components,
                          .compression = JPEG,
                          .rows = k->tiled ? 0 : ROWS,
                          .tile = k->tiled ? SIDE : 0,
                          .pieces = m->pieces};
    if (k->tables)
        m->spec.more[m->spec.more_count++] = (tiff_more){.tag = 347,
                                                         .type = 7,
                                                         .count = (unsigned)m->tables.size,
                                                         .data = m->tables.data,
                                                         .size = m->tables.size};
}

/* How coarse chroma is, as writers tell it. */
static void tell_sampling(made *m, const kind *k)
{
    m->sampling[0] = (unsigned char)k->h;
    m->sampling[2] = (unsigned char)k->v;
    m->spec.more[m->spec.more_count++] =
        (tiff_more){.tag = 530, .type = 3, .count = 2, .data = m->sampling, .size = 4};
}

static void unmake(made *m)
{
    for (size_t i = 0; i < m->count; i++)
        free((void *)(size_t)m->pieces[i].data);
    free((void *)(size_t)m->tables.data);
    oracle_release(&m->picture);
}

static const kind kinds[] = {
    {YCBCR, 3, 1, 1, false, false, false, false, 0},
    {YCBCR, 3, 2, 1, false, false, false, false, 0},
    {YCBCR, 3, 1, 2, false, false, false, false, 0},
    {YCBCR, 3, 2, 2, false, false, false, false, 0},
    {YCBCR, 3, 1, 1, true, false, false, false, 0},
    {YCBCR, 3, 2, 2, true, false, false, false, 0},
    {YCBCR, 3, 2, 2, true, false, false, true, 0},
    {YCBCR, 3, 2, 2, false, false, false, false, 1},
    {YCBCR, 3, 1, 1, false, true, false, false, 0},
    {YCBCR, 3, 2, 1, true, true, false, false, 0},
    {YCBCR, 3, 2, 2, true, true, false, true, 0},
    {RGB, 3, 1, 1, false, false, false, false, 0},
    {RGB, 3, 1, 1, true, true, false, false, 0},
    {BLACK_IS_0, 1, 1, 1, false, false, false, false, 0},
    {BLACK_IS_0, 1, 1, 1, true, true, false, false, 0},
    {WHITE_IS_0, 1, 1, 1, true, false, false, false, 0},
    {WHITE_IS_0, 1, 1, 1, false, true, false, false, 0},
};

static void assert_read(const made *m, loom_result result)
{
    const engine_request request = engine_request_default();

    tiff_write("in.tif", &m->spec);
    loom_outcome outcome = engine_run(&request, "in.tif", "out.png");
    ck_assert_msg(outcome.result == result, "%s %s", outcome.error.message,
                  outcome.warning_count > 0 ? outcome.warnings[0] : "");
    loom_outcome_release(&outcome);
    oracle_image read = oracle_read("out.png");
    ck_assert_double_le(oracle_compare(&read, &m->picture).max, 1);
    oracle_release(&read);
}

/*
 * Where the field does not tell how coarse chroma is, it is twice in both directions; libtiff looks
 * at the JPEG, and warns where that is another. It warns of strips that are higher than needed.
 */
START_TEST(jpegs_are_read)
{
    const kind *k = &kinds[_i];

    for (int order = 0; order < 4; order++) {
        made m;
        make(&m, k);
        m.spec.big = order % 2 != 0;
        m.spec.wide = order / 2 != 0;
        if (k->photometric == YCBCR && !m.spec.big)
            tell_sampling(&m, k);
        const bool surprising = k->photometric == YCBCR && m.spec.big && (k->h != 2 || k->v != 2);
        assert_read(&m, surprising || k->precise ? LOOM_RESULT_WARNING : LOOM_RESULT_OK);
        unmake(&m);
    }
}
END_TEST

/* ---- beside them ------------------------------------------------------------ */

static void assert_refused(const tiff_spec *spec, const char *words)
{
    const engine_request request = engine_request_default();

    tiff_write("in.tif", spec);
    loom_outcome outcome = engine_run(&request, "in.tif", "out.png");
    ck_assert_int_eq(outcome.result, LOOM_RESULT_ERROR);
    ck_assert_int_eq(outcome.error.code, LOOM_ERR_UNSUPPORTED);
    ck_assert_msg(strstr(outcome.error.message, words) != NULL, "%s", outcome.error.message);
    loom_outcome_release(&outcome);
}

/* The byte of the frame header of the first piece, behind its marker. */
static unsigned char *frame_of(made *m, size_t piece)
{
    unsigned char *data = (unsigned char *)(size_t)m->pieces[piece].data;

    for (size_t i = 0; i + 9 < m->pieces[piece].size; i++)
        if (data[i] == 0xFF && (data[i + 1] == 0xC0 || data[i + 1] == 0xC2))
            return data + i + 1;
    ck_abort_msg("no frame");
}

/* Marker, length (2), precision, height (2), width (2), components, and for each id, factors. */
START_TEST(other_jpegs_are_named)
{
    static const struct {
        unsigned at, value;
        const char *words;
    } changes[] = {
        {0, 0xC3, "JPEG that is lossless, progressive or arithmetic-coded"},
        {0, 0xC2, "JPEG that is lossless, progressive or arithmetic-coded"},
        {0, 0xC9, "JPEG that is lossless, progressive or arithmetic-coded"},
        {3, 12, "JPEG of other than 8 bits a sample"},
        {5, 8, "JPEG of another size than its strip or tile"},
        {5, 24, "JPEG of another size than its strip or tile"},
        {7, 8, "JPEG of another size than its strip or tile"},
        {7, 64, "JPEG of another size than its strip or tile"},
        {10, 0x41, "JPEG of this chroma subsampling"},
        {10, 0x21, "JPEG of this chroma subsampling"},
        {13, 0x21, "JPEG of this chroma subsampling"},
    };

    for (int tiled = 0; tiled < 2; tiled++)
        for (size_t i = 0; i < COUNT(changes); i++)
            for (size_t piece = 0; piece < 2; piece++) {
                const kind k = {
                    .photometric = YCBCR, .components = 3, .h = 2, .v = 2, .tiled = tiled};
                made m;
                make(&m, &k);
                if (changes[i].value == 0x21 && changes[i].at == 10 && piece == 0)
                    frame_of(&m, 1)[10] = 0x11;
                else
                    frame_of(&m, piece)[changes[i].at] = (unsigned char)changes[i].value;
                assert_refused(&m.spec, changes[i].words);
                unmake(&m);
            }
}
END_TEST

START_TEST(components_are_samples)
{
    const kind gray = {.photometric = BLACK_IS_0, .components = 1, .h = 1, .v = 1};
    const kind colour = {.photometric = YCBCR, .components = 3, .h = 1, .v = 1};
    static const char words[] = "JPEG with more or fewer components than samples";
    made m;

    make(&m, &gray);
    m.spec.photometric = YCBCR;
    m.spec.samples = 3;
    assert_refused(&m.spec, words);
    unmake(&m);
    make(&m, &colour);
    m.spec.photometric = BLACK_IS_0;
    m.spec.samples = 1;
    assert_refused(&m.spec, words);
    frame_of(&m, 0)[10] = 0x22;
    m.spec.photometric = RGB;
    m.spec.samples = 3;
    assert_refused(&m.spec, "JPEG of this chroma subsampling");
    unmake(&m);
}
END_TEST

START_TEST(a_progressive_one_is_named)
{
    const kind k = {.photometric = YCBCR, .components = 3, .h = 1, .v = 1, .progressive = true};
    made m;

    make(&m, &k);
    assert_refused(&m.spec, "JPEG that is lossless, progressive or arithmetic-coded");
    unmake(&m);
}
END_TEST

/* libvips has room for so many. */
START_TEST(a_tile_of_very_many_bytes_is_named)
{
    const kind k = {.photometric = YCBCR, .components = 3, .h = 1, .v = 1, .tiled = true};
    unsigned char *large = calloc(1, 70000);
    made m;

    ck_assert_ptr_nonnull(large);
    make(&m, &k);
    memcpy(large, m.pieces[0].data, m.pieces[0].size);
    free((void *)(size_t)m.pieces[0].data);
    m.pieces[0] = (tiff_bytes){large, 70000};
    assert_refused(&m.spec, "JPEG tiles of more bytes than twice their pixels");
    unmake(&m);
}
END_TEST

/* ---- damage ----------------------------------------------------------------- */

/* The first byte of the entropy-coded data. */
static unsigned char *scan_of(made *m, size_t piece)
{
    unsigned char *data = (unsigned char *)(size_t)m->pieces[piece].data;

    for (size_t i = 0; i + 3 < m->pieces[piece].size; i++)
        if (data[i] == 0xFF && data[i + 1] == 0xDA)
            return data + i + 2 + data[i + 3];
    ck_abort_msg("no scan");
}

static void assert_damage(const tiff_spec *spec)
{
    engine_request request = engine_request_default();

    tiff_write("in.tif", spec);
    engine_assert_error(&request, "in.tif", LOOM_ERR_CORRUPT, LOOM_STAGE_DECODE);
    request = engine_request_box(7, 0, LOOM_FIT_COVER);
    engine_assert_error(&request, "in.tif", LOOM_ERR_CORRUPT, LOOM_STAGE_DECODE);
    request.settings.fail_on = LOOM_FAIL_ON_NONE;
    loom_outcome outcome = engine_run_written(&request, "in.tif", "out.png", LOOM_RESULT_WARNING);
    bool told = false;
    for (size_t i = 0; i < outcome.warning_count; i++)
        told = told || strcmp(outcome.warnings[i], "the picture data is damaged") == 0;
    ck_assert(told);
    loom_outcome_release(&outcome);
}

/* An end in the midst of the data, and a marker that has no place there. */
START_TEST(damage_in_a_jpeg_is_damage)
{
    for (size_t piece = 0; piece < 3; piece++)
        for (unsigned marker = 0xD5; marker <= 0xD9; marker += 4) {
            made m;
            make(&m, &kinds[_i]);
            unsigned char *scan = scan_of(&m, piece);
            scan[40] = 0xFF;
            scan[41] = (unsigned char)marker;
            assert_damage(&m.spec);
            unmake(&m);
        }
}
END_TEST

/* What no pixel depends on. */
START_TEST(what_is_no_damage_is_none)
{
    made m;

    make(&m, &kinds[_i]);
    if (kinds[_i].photometric == YCBCR)
        tell_sampling(&m, &kinds[_i]);
    for (size_t i = 0; i < m.count; i++) {
        unsigned char *scan = scan_of(&m, i);
        scan[-3] = 0;
        scan[-2] = 0; /* the last of the coefficients */
    }
    assert_read(&m, kinds[_i].precise ? LOOM_RESULT_WARNING : LOOM_RESULT_OK);
    unmake(&m);
}
END_TEST

/* All pixels are there: the end marker is not. */
START_TEST(a_jpeg_without_its_end_is_whole)
{
    made m;

    make(&m, &kinds[_i]);
    if (kinds[_i].photometric == YCBCR)
        tell_sampling(&m, &kinds[_i]);
    for (size_t i = 0; i < m.count; i++)
        m.pieces[i].size -= 2;
    assert_read(&m, kinds[_i].tiled ? LOOM_RESULT_OK : LOOM_RESULT_WARNING);
    unmake(&m);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("tiff_jpeg");
    TCase *tests = engine_case("jpeg");

    tcase_add_loop_test(tests, jpegs_are_read, 0, COUNT(kinds));
    tcase_add_test(tests, other_jpegs_are_named);
    tcase_add_test(tests, components_are_samples);
    tcase_add_test(tests, a_progressive_one_is_named);
    tcase_add_test(tests, a_tile_of_very_many_bytes_is_named);
    tcase_add_loop_test(tests, damage_in_a_jpeg_is_damage, 0, COUNT(kinds));
    tcase_add_loop_test(tests, a_jpeg_without_its_end_is_whole, 0, COUNT(kinds));
    tcase_add_loop_test(tests, what_is_no_damage_is_none, 0, COUNT(kinds));
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
