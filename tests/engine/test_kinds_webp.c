/* Each kind of WebP in the list is read rightly, or refused by its name. */
#include "support/engine_run.h"
#include "support/kinds.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <stdlib.h>
#include <string.h>
#include <webp/encode.h>

enum { SIDE = 16, PIXELS = SIDE * SIDE };

/* Two halves, so that a turned or shifted picture is seen. */
static const uint32_t left = 0xC81E28FF, right = 0x2832D2FF;

static void fill(uint8_t rgba[PIXELS * 4])
{
    for (size_t i = 0; i < PIXELS; i++) {
        const uint32_t c = i % SIDE < SIDE / 2 ? left : right;
        for (unsigned k = 0; k < 4; k++)
            rgba[4 * i + k] = (uint8_t)(c >> (24 - 8 * k));
    }
}

/* By libwebp itself, to be freed by WebPFree. */
static size_t encode(bool lossless, uint8_t **file)
{
    uint8_t rgba[PIXELS * 4];

    fill(rgba);
    const size_t size = lossless ? WebPEncodeLosslessRGBA(rgba, SIDE, SIDE, SIDE * 4, file)
                                 : WebPEncodeRGBA(rgba, SIDE, SIDE, SIDE * 4, 95, file);
    ck_assert_uint_gt(size, 0);
    return size;
}

static void assert_read(unsigned tolerance)
{
    const engine_request request = engine_request_default();
    oracle_image made = engine_render(&request, "in.webp");

    ck_assert_uint_eq(made.width, SIDE);
    ck_assert_uint_eq(made.height, SIDE);
    oracle_assert_pixel(&made, 2, SIDE / 2, tolerance, left);
    oracle_assert_pixel(&made, SIDE - 3, SIDE / 2, tolerance, right);
    oracle_release(&made);
}

static void read_coding(const loom_kind *kind)
{
    const bool lossless = kind->value == 1;
    uint8_t *file;
    const size_t size = encode(lossless, &file);

    tmpdir_write("in.webp", file, size);
    WebPFree(file);
    assert_read(lossless ? 0 : 6);
}

static void read_single(const loom_kind *kind)
{
    (void)kind;
    read_coding(&(loom_kind){.value = 1});
}

static void put_chunk(loom_strbuf *out, const char *name, size_t size)
{
    loom_strbuf_add(out, name, 4);
    sample_le32(out, (uint32_t)size);
}

/* Two frames of one picture: WebP Container Specification, "Animation". Where the first ends. */
static size_t write_animation(void)
{
    static const unsigned char extended[] = {0x02, 0, 0, 0, SIDE - 1, 0, 0, SIDE - 1, 0, 0};
    static const unsigned char anim[6] = {0};
    static const unsigned char frame[] = {0, 0,        0, 0, 0,   0, SIDE - 1, 0,
                                          0, SIDE - 1, 0, 0, 100, 0, 0,        0};
    loom_strbuf out = LOOM_STRBUF_INIT;
    uint8_t *file;
    const size_t size = encode(true, &file) - 12; /* the chunk of the picture */

    loom_strbuf_add(&out, "RIFF", 4);
    sample_le32(&out, (uint32_t)(4 + 18 + 14 + 2 * (8 + sizeof frame + size)));
    loom_strbuf_add(&out, "WEBP", 4);
    put_chunk(&out, "VP8X", sizeof extended);
    loom_strbuf_add(&out, extended, sizeof extended);
    put_chunk(&out, "ANIM", sizeof anim);
    loom_strbuf_add(&out, anim, sizeof anim);
    for (int i = 0; i < 2; i++) {
        put_chunk(&out, "ANMF", sizeof frame + size);
        loom_strbuf_add(&out, frame, sizeof frame);
        loom_strbuf_add(&out, file + 12, size);
    }
    WebPFree(file);
    sample_write("in.webp", &out);
    return 12 + 18 + 14 + 8 + sizeof frame + size;
}

static void read_animation(const loom_kind *kind)
{
    (void)kind;
    (void)write_animation();
    assert_read(0);
}

/* Nothing of what is wanted is missing where it is cut behind the first frame. */
START_TEST(an_animation_may_be_cut_behind_its_first_frame)
{
    engine_request request = engine_request_default();
    const size_t end = write_animation();
    size_t size;
    char *data = tmpdir_read("in.webp", &size);

    for (size_t length = end - 8; length < size; length++) {
        tmpdir_write("cut.webp", data, length);
        for (int animated = 0; animated < 2; animated++) {
            request.recipe.animated = animated != 0;
            request.format = animated ? LOOM_FORMAT_WEBP : LOOM_FORMAT_PNG;
            loom_outcome outcome = engine_run(&request, "cut.webp", "out.png");
            const loom_status expected = animated || length < end ? LOOM_ERR_TRUNCATED : LOOM_OK;
            ck_assert_msg(outcome.error.code == expected, "%zu of %zu, animated %d: %s", length,
                          end, animated, outcome.error.message);
            ck_assert_int_eq(outcome.result,
                             expected == LOOM_OK ? LOOM_RESULT_WARNING : LOOM_RESULT_ERROR);
            loom_outcome_release(&outcome);
        }
    }
    free(data);
    request.recipe.animated = false;
    request.format = LOOM_FORMAT_PNG;
    oracle_image made = oracle_read("out.png");
    oracle_assert_pixel(&made, 2, SIDE / 2, 0, left);
    oracle_assert_pixel(&made, SIDE - 3, SIDE / 2, 0, right);
    oracle_release(&made);
}
END_TEST

START_TEST(each_kind_is_read_or_refused)
{
    static const kind_trial trials[] = {{"coding", 0, read_coding},
                                        {"coding", 1, read_coding},
                                        {"lossless version", 0, read_single},
                                        {"frames", 0, read_single},
                                        {"frames", 1, read_animation}};

    kinds_walk(LOOM_FORMAT_WEBP, trials, sizeof trials / sizeof *trials);
}
END_TEST

START_TEST(other_versions_are_refused)
{
    const engine_request request = engine_request_default();
    uint8_t *file;
    const size_t size = encode(true, &file);

    for (unsigned version = 1; version < 8; version++) {
        file[24] = (uint8_t)((file[24] & 0x1F) | version << 5);
        tmpdir_write("in.webp", file, size);
        loom_outcome outcome = engine_run(&request, "in.webp", "out.png");
        ck_assert_int_eq(outcome.error.code, LOOM_ERR_UNSUPPORTED);
        ck_assert_ptr_nonnull(strstr(outcome.error.message, "lossless version: number "));
        loom_outcome_release(&outcome);
    }
    WebPFree(file);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("kinds_webp");
    TCase *tests = engine_case("kinds");

    tcase_add_test(tests, each_kind_is_read_or_refused);
    tcase_add_test(tests, other_versions_are_refused);
    tcase_add_test(tests, an_animation_may_be_cut_behind_its_first_frame);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
