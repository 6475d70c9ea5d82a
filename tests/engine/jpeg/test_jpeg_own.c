/* Our own JPEG decoder beside libjpeg: the same coefficients, the same samples, and never a file
 * that libjpeg has something to say against. */
#include "engine/jpeg/dct_size.h"
#include "engine/jpeg/idct.h"
#include "engine/jpeg/own.h"
#include "support/jpeg_kinds.h"
#include "support/jpeg_truth.h"
#include "support/random.h"
#include "support/suite.h"

#include <string.h>

enum { DAMAGED = 2000, DAMAGED_LONG = 100000 };

static loom_jpeg_own *own;

static void start(void)
{
    own = loom_jpeg_own_create();
    ck_assert_ptr_nonnull(own);
}

static void stop(void)
{
    loom_jpeg_own_free(own);
}

/* A copy of exactly its size, for sanitizers. */
static unsigned char *copy_of(const unsigned char *data, size_t size)
{
    unsigned char *copy = malloc(size > 0 ? size : 1);

    ck_assert_ptr_nonnull(copy);
    memcpy(copy, data, size);
    return copy;
}

static loom_jpeg_wish wish_of(const unsigned char *data, size_t size, uint32_t width,
                              uint32_t height, int k)
{
    return (loom_jpeg_wish){.file = {data, size}, .width = width, .height = height, .k = {k, k, k}};
}

static const struct {
    uint32_t width, height;
} sizes[] = {{1, 1},   {8, 8},    {16, 16},  {17, 1},   {1, 33},
             {65, 47}, {130, 70}, {256, 40}, {513, 19}, {300, 203}};

/* ---- coefficients -------------------------------------------------------------- */

static size_t blocks_of(const jpeg_truth *truth, int component)
{
    const jpeg_component_info *info = &jpeg_truth_info(truth)->comp_info[component];

    return (size_t)info->width_in_blocks * info->height_in_blocks;
}

/* With k of each component, all its blocks are looked at, and are libjpeg's. */
static void assert_coefficients(jpeg_truth *truth, const loom_jpeg_wish *wish, const char *what)
{
    loom_jpeg_wish looking = *wish;
    size_t expected = 0;

    for (int i = 0; i < jpeg_truth_info(truth)->num_components; i++) {
        jpeg_truth_set(truth, (unsigned)i, wish->k[i]);
        expected += wish->k[i] > 0 ? blocks_of(truth, i) : 0;
    }
    looking.look = jpeg_truth_look;
    looking.look_data = truth;
    (void)jpeg_truth_looks(truth);
    ck_assert_msg(loom_jpeg_own_decode(own, &looking), "%s, %u x %u, k %d %d %d: not taken", what,
                  wish->width, wish->height, wish->k[0], wish->k[1], wish->k[2]);
    ck_assert_uint_eq(jpeg_truth_looks(truth), expected);
}

START_TEST(coefficients_are_libjpegs)
{
    static const int ks[][3] = {{8, 8, 8}, {7, 7, 7}, {6, 3, 3}, {5, 5, 5}, {4, 4, 4}, {3, 6, 2},
                                {2, 1, 1}, {1, 1, 1}, {8, 0, 0}, {1, 0, 0}, {0, 5, 0}, {0, 0, 1}};
    const jpeg_kind *kind = &jpeg_kinds[_i];

    for (size_t s = 0; s < COUNT(sizes); s++) {
        size_t size;
        unsigned char *made = jpeg_kind_make(kind, sizes[s].width, sizes[s].height, &size);
        unsigned char *data = copy_of(made, size);
        jpeg_truth *truth = jpeg_truth_read(data, size);
        ck_assert_ptr_nonnull(truth);
        for (size_t i = 0; i < COUNT(ks); i++) {
            loom_jpeg_wish wish = wish_of(data, size, sizes[s].width, sizes[s].height, 0);
            memcpy(wish.k, ks[i], sizeof wish.k);
            assert_coefficients(truth, &wish, kind->name);
        }
        jpeg_truth_free(truth);
        free(data);
        free(made);
    }
}
END_TEST

/* Scans longer than the window that they are read through (stream.c), which
 * moves on. */
START_TEST(long_scans_are_libjpegs)
{
    enum { LONG_WIDTH = 1010, LONG_HEIGHT = 790, LONG_MIN = 500000 /* bytes */ };
    static const jpeg_kind kinds[] = {
        {"4:2:0, long", 3, 2, 2, JPEG_SCRIPT_BASELINE, 0, true, 100, 255},
        {"4:4:4, long", 3, 1, 1, JPEG_SCRIPT_BASELINE, 0, false, 100, 255},
        {"4:2:0, long intervals", 3, 2, 2, JPEG_SCRIPT_BASELINE, 1000, true, 100, 255},
        {"separate, long", 3, 1, 1, JPEG_SCRIPT_SEPARATE, 0, true, 100, 255},
        {"spectral, long", 3, 1, 1, JPEG_SCRIPT_SPECTRAL, 0, true, 100, 255},
        {"progressive, long", 3, 1, 1, JPEG_SCRIPT_SIMPLE, 0, true, 100, 255},
        {"progressive, long intervals", 3, 2, 2, JPEG_SCRIPT_SIMPLE, 5000, true, 100, 255}};

    for (size_t i = 0; i < COUNT(kinds); i++) {
        size_t size;
        unsigned char *data = jpeg_kind_make(&kinds[i], LONG_WIDTH, LONG_HEIGHT, &size);
        jpeg_truth *truth = jpeg_truth_read(data, size);
        const loom_jpeg_wish wish = wish_of(data, size, LONG_WIDTH, LONG_HEIGHT, 8);
        ck_assert_uint_gt(size, LONG_MIN);
        ck_assert_ptr_nonnull(truth);
        assert_coefficients(truth, &wish, kinds[i].name);
        jpeg_truth_free(truth);
        free(data);
    }
}
END_TEST

/* ---- samples --------------------------------------------------------------------- */

typedef struct samples {
    JSAMPROW rows[3][32];
    unsigned char *planes[3];
    size_t strides[3];
} samples;

/* What libjpeg makes of a file of k/8 of its size, 1 or 8, with its exact method. */
static samples read_samples(const unsigned char *data, size_t size, int k)
{
    struct jpeg_decompress_struct cinfo;
    struct jpeg_error_mgr errors;
    samples made;
    JSAMPARRAY rows[3] = {made.rows[0], made.rows[1], made.rows[2]};

    cinfo.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&cinfo);
    jpeg_mem_src(&cinfo, data, size);
    (void)jpeg_read_header(&cinfo, TRUE);
    cinfo.raw_data_out = TRUE;
    cinfo.out_color_space = cinfo.jpeg_color_space;
    cinfo.dct_method = JDCT_ISLOW;
    cinfo.do_block_smoothing = cinfo.do_fancy_upsampling = FALSE;
    cinfo.scale_num = (unsigned)k;
    cinfo.scale_denom = 8;
    (void)jpeg_start_decompress(&cinfo);
    for (int i = 0; i < cinfo.num_components; i++) {
        const jpeg_component_info *c = &cinfo.comp_info[i];
        const size_t count = (size_t)(c->v_samp_factor * DCT_HEIGHT(c));
        made.strides[i] = ((size_t)c->width_in_blocks + 8) * (size_t)DCT_WIDTH(c);
        made.planes[i] = calloc(made.strides[i], count * cinfo.total_iMCU_rows);
        ck_assert_ptr_nonnull(made.planes[i]);
    }
    for (size_t y = 0; y < cinfo.total_iMCU_rows; y++) {
        for (int i = 0; i < cinfo.num_components; i++) {
            const jpeg_component_info *c = &cinfo.comp_info[i];
            const size_t count = (size_t)(c->v_samp_factor * DCT_HEIGHT(c));
            for (size_t r = 0; r < count; r++)
                made.rows[i][r] = made.planes[i] + made.strides[i] * (y * count + r);
        }
        (void)jpeg_read_raw_data(&cinfo, rows,
                                 (JDIMENSION)(cinfo.max_v_samp_factor * IMCU_HEIGHT(&cinfo)));
    }
    jpeg_destroy_decompress(&cinfo);
    return made;
}

static void assert_samples(const jpeg_kind *kind, const jpeg_truth *truth, const samples *expected,
                           const loom_plane *planes, int k, int difference)
{
    for (int i = 0; i < kind->components; i++) {
        const jpeg_component_info *c = &jpeg_truth_info(truth)->comp_info[i];
        for (uint32_t y = 0; y < c->height_in_blocks * (uint32_t)k; y++)
            for (uint32_t x = 0; x < c->width_in_blocks * (uint32_t)k; x++) {
                const int a = loom_plane_row(&planes[i], y)[x];
                const int b = expected->planes[i][expected->strides[i] * y + x];
                ck_assert_msg(abs(a - b) <= difference,
                              "%s, k %d, component %d, at %u %u: %d instead of %d", kind->name, k,
                              i, x, y, a, b);
            }
    }
}

/* With chroma at luma's k, for k = 1 and 8 libjpeg does so, too, unless chroma is halved. */
START_TEST(samples_are_libjpegs)
{
    const jpeg_kind *kind = &jpeg_kinds[_i];
    loom_plane planes[3] = {{.data = NULL}};

    for (size_t s = 0; s < COUNT(sizes); s++)
        for (int k = 1; k <= 8; k += 7) {
            size_t size;
            unsigned char *data = jpeg_kind_make(kind, sizes[s].width, sizes[s].height, &size);
            jpeg_truth *truth = jpeg_truth_read(data, size);
            loom_jpeg_wish wish = wish_of(data, size, sizes[s].width, sizes[s].height, k);
            ck_assert_ptr_nonnull(truth);
            wish.planes = planes;
            if (k == 8 || (kind->h == 1 && kind->v == 1)) {
                samples expected = read_samples(data, size, k);
                ck_assert(loom_jpeg_own_decode(own, &wish));
                assert_samples(kind, truth, &expected, planes, k, k == 1 ? 0 : 1);
                for (int i = 0; i < kind->components; i++)
                    free(expected.planes[i]);
            }
            jpeg_truth_free(truth);
            free(data);
        }
    for (int i = 0; i < 3; i++)
        loom_plane_release(&planes[i]);
}
END_TEST

/* ---- damage ------------------------------------------------------------------------ */

/* Changes one to four bytes, cuts, or takes some out. Returns the size. */
static size_t damage(unsigned char *data, size_t size, uint64_t *seed)
{
    for (unsigned n = 1 + random_next(seed) % 4; n > 0; n--) {
        const size_t at = 2 + random_next(seed) % (size - 2), rest = size - at;
        const size_t move = 1 + random_next(seed) % 40;
        switch (random_next(seed) % 6) {
        case 0:
            data[at] ^= (unsigned char)(1u << random_next(seed) % 8);
            break;
        case 1:
            data[at] = (unsigned char)random_next(seed);
            break;
        case 2:
            data[at] = 0xFF;
            break;
        case 3:
            data[at]++;
            break;
        case 4:
            if (rest > move) {
                memmove(data + at, data + at + move, rest - move);
                size -= n == 1 ? move : 0;
            }
            break;
        default:
            size -= random_next(seed) % 3 == 0 ? rest / 2 : 0;
        }
    }
    return size;
}

/* Returns whether it is right by libjpeg, and counts what is taken. */
static bool try_damaged(const unsigned char *data, size_t size, uint32_t width, uint32_t height,
                        size_t *taken, const char *what)
{
    jpeg_truth *truth = jpeg_truth_read(data, size);
    loom_jpeg_wish wish = wish_of(data, size, width, height, 8);
    const bool right = truth != NULL;

    if (right) {
        for (unsigned i = 0; i < 3; i++)
            jpeg_truth_set(truth, i, 8);
        wish.look = jpeg_truth_look;
        wish.look_data = truth;
    }
    if (loom_jpeg_own_decode(own, &wish)) {
        ++*taken;
        ck_assert_msg(right, "%s: taken, although libjpeg complains", what);
        ck_assert_uint_eq(jpeg_truth_info(truth)->image_width, width);
        ck_assert_uint_eq(jpeg_truth_info(truth)->image_height, height);
    } else if (right && jpeg_truth_info(truth)->image_width == width) {
        /* Not taken, or other coefficients? */
        wish.look = NULL;
        ck_assert_msg(!loom_jpeg_own_decode(own, &wish), "%s: other coefficients", what);
    }
    jpeg_truth_free(truth);
    return right;
}

START_TEST(what_libjpeg_complains_of_is_not_taken)
{
    const jpeg_kind *kind = &jpeg_kinds[_i];
    const size_t all = suite_long() ? DAMAGED_LONG : DAMAGED;
    uint64_t seed = 3 + (uint64_t)_i;
    size_t size, taken = 0, right = 0;
    unsigned char *data = jpeg_kind_make(kind, 90, 61, &size);

    for (size_t n = 0; n < all / jpeg_kinds_count + 1; n++) {
        char what[100];
        unsigned char *copy = copy_of(data, size);
        const size_t left = damage(copy, size, &seed);
        unsigned char *damaged = copy_of(copy, left);
        (void)snprintf(what, sizeof what, "%s, %zu", kind->name, n);
        right += try_damaged(damaged, left, 90, 61, &taken, what);
        free(damaged);
        free(copy);
    }
    /* What stays right is mostly taken: else all this would look at nothing. */
    ck_assert_msg(taken * 2 >= right, "%s: %zu taken of %zu that are right", kind->name, taken,
                  right);
    free(data);
}
END_TEST

/* Every byte of the header changed, each bit of it. */
START_TEST(headers_are_taken_by_a_list)
{
    const jpeg_kind *kind = &jpeg_kinds[_i];
    size_t size, taken = 0;
    unsigned char *data = jpeg_kind_make(kind, 40, 24, &size);
    const size_t end = size < 700 ? size : 700;

    for (size_t at = 2; at < end; at++)
        for (unsigned bit = 0; bit < 8; bit++) {
            char what[100];
            data[at] ^= (unsigned char)(1u << bit);
            (void)snprintf(what, sizeof what, "%s, bit %u of byte %zu", kind->name, bit, at);
            (void)try_damaged(data, size, 40, 24, &taken, what);
            data[at] ^= (unsigned char)(1u << bit);
        }
    free(data);
}
END_TEST

START_TEST(cut_files_are_not_taken)
{
    const jpeg_kind *kind = &jpeg_kinds[_i];
    size_t size;
    unsigned char *data = jpeg_kind_make(kind, 40, 24, &size);

    for (size_t length = 0; length < size; length++) {
        unsigned char *cut = copy_of(data, length);
        const loom_jpeg_wish wish = wish_of(cut, length, 40, 24, 8);
        ck_assert_msg(!loom_jpeg_own_decode(own, &wish), "%s: %zu of %zu", kind->name, length,
                      size);
        free(cut);
    }
    free(data);
}
END_TEST

/* ---- the rest ---------------------------------------------------------------------- */

START_TEST(another_size_is_not_taken)
{
    size_t size;
    unsigned char *data = jpeg_kind_make(&jpeg_kinds[3], 40, 24, &size);
    const loom_jpeg_wish right = wish_of(data, size, 40, 24, 8),
                         wide = wish_of(data, size, 41, 24, 8),
                         high = wish_of(data, size, 40, 25, 8);

    ck_assert(loom_jpeg_own_decode(own, &right));
    ck_assert(!loom_jpeg_own_decode(own, &wide));
    ck_assert(!loom_jpeg_own_decode(own, &high));
    free(data);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("jpeg_own");
    TCase *tcase = tcase_create("own");
    const int kinds = (int)jpeg_kinds_count;

    tcase_add_checked_fixture(tcase, start, stop);
    tcase_set_timeout(tcase, suite_long() ? 600 : 60);
    tcase_add_loop_test(tcase, coefficients_are_libjpegs, 0, kinds);
    tcase_add_test(tcase, long_scans_are_libjpegs);
    tcase_add_loop_test(tcase, samples_are_libjpegs, 0, kinds);
    tcase_add_loop_test(tcase, what_libjpeg_complains_of_is_not_taken, 0, kinds);
    tcase_add_loop_test(tcase, headers_are_taken_by_a_list, 0, kinds);
    tcase_add_loop_test(tcase, cut_files_are_not_taken, 0, kinds);
    tcase_add_test(tcase, another_size_is_not_taken);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
