/* Metadata that is, or becomes, larger than anybody needs. */
#include "support/engine_run.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <string.h>
#include <zlib.h>

enum { MEGABYTE = 1000000 };

/* A PNG chunk with a right check. */
static void add_chunk(loom_strbuf *out, const char *type, const void *prefix, size_t prefix_size,
                      const void *data, size_t size)
{
    loom_strbuf body = LOOM_STRBUF_INIT;

    loom_strbuf_add_str(&body, type);
    loom_strbuf_add(&body, prefix, prefix_size);
    loom_strbuf_add(&body, data, size);
    ck_assert(!body.failed);
    sample_be32(out, (uint32_t)(body.size - 4));
    loom_strbuf_add(out, body.data, body.size);
    sample_be32(out, (uint32_t)crc32_z(0, (const unsigned char *)body.data, body.size));
    loom_strbuf_release(&body);
}

/* A zTXt or compressed iTXt chunk of so many bytes of text. */
static void add_packed(loom_strbuf *out, const char *type, size_t size)
{
    static const char ztxt[] = "k\0", itxt[] = "XML:com.adobe.xmp\0\1\0\0";
    unsigned char *text = calloc(1, size);
    uLongf packed = compressBound(size);
    unsigned char *data = malloc(packed);

    ck_assert(text != NULL && data != NULL);
    memset(text, 'x', size);
    ck_assert_int_eq(compress(data, &packed, text, size), Z_OK);
    if (strcmp(type, "zTXt") == 0)
        add_chunk(out, type, ztxt, sizeof ztxt, data, packed);
    else
        add_chunk(out, type, itxt, sizeof itxt, data, packed);
    free(text);
    free(data);
}

/* A small picture with chunks behind its header; releases them. */
static void write_png(const char *path, loom_strbuf *chunks)
{
    static const uint16_t colour[] = {10, 200, 30};
    oracle_image image = sample_flat(20, 10, 3, 255, colour);
    loom_strbuf out = LOOM_STRBUF_INIT;
    size_t size;

    sample_png("plain.png", &image, NULL);
    char *png = tmpdir_read("plain.png", &size);
    loom_strbuf_add(&out, png, 33);
    loom_strbuf_add(&out, chunks->data, chunks->size);
    loom_strbuf_add(&out, png + 33, size - 33);
    sample_write(path, &out);
    loom_strbuf_release(chunks);
    oracle_release(&image);
    free(png);
}

static void assert_warning(const engine_request *request, const char *path, const char *warning)
{
    loom_outcome outcome = engine_run_written(
        request, path, "out.png", warning != NULL ? LOOM_RESULT_WARNING : LOOM_RESULT_OK);

    ck_assert_uint_eq(outcome.warning_count, warning != NULL);
    if (warning != NULL)
        ck_assert_str_eq(outcome.warnings[0], warning);
    loom_outcome_release(&outcome);
}

/* Every kind of text counts, and all together. */
START_TEST(text_beyond_the_limit_is_dropped)
{
    static const struct {
        const char *types[3];
        size_t size;
        bool dropped;
    } rows[] = {
        {{"zTXt", "zTXt", NULL}, 3900000, false}, {{"zTXt", "zTXt", NULL}, 4100000, true},
        {{"iTXt", "zTXt", NULL}, 3900000, false}, {{"iTXt", "zTXt", NULL}, 4100000, true},
        {{"zTXt", NULL, NULL}, 7900000, false},   {{"zTXt", NULL, NULL}, 8100000, true},
        {{"zTXt", NULL, NULL}, 90000000, true},
    };
    engine_request request = engine_request_default();

    request.settings.fail_on = LOOM_FAIL_ON_ERROR;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        loom_strbuf chunks = LOOM_STRBUF_INIT;
        for (size_t j = 0; rows[i].types[j] != NULL; j++)
            add_packed(&chunks, rows[i].types[j], rows[i].size);
        write_png("text.png", &chunks);
        assert_warning(&request, "text.png",
                       rows[i].dropped ? "the text beyond 8 MB was dropped" : NULL);
    }
}
END_TEST

/* What a decoder made of all of it: gigabytes. */
START_TEST(a_thousand_texts_take_no_memory)
{
    const engine_request request = engine_request_default();
    loom_strbuf one = LOOM_STRBUF_INIT, chunks = LOOM_STRBUF_INIT;

    add_packed(&one, "zTXt", 7 * MEGABYTE);
    for (int i = 0; i < 1000; i++)
        loom_strbuf_add(&chunks, one.data, one.size);
    loom_strbuf_release(&one);
    write_png("bomb.png", &chunks);
    assert_warning(&request, "bomb.png", "the text beyond 8 MB was dropped");
}
END_TEST

START_TEST(damaged_text_is_no_error)
{
    static const char *const bodies[] = {"", "k", "k\0", "no end", "k\0\1\0", "k\0\1\0l\0"};
    static const size_t sizes[] = {0, 1, 2, 6, 4, 6};
    const engine_request request = engine_request_default();

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        loom_strbuf chunks = LOOM_STRBUF_INIT;
        add_chunk(&chunks, "iTXt", "", 0, bodies[i], sizes[i]);
        add_chunk(&chunks, "zTXt", "", 0, bodies[i], sizes[i]);
        add_chunk(&chunks, "tEXt", "", 0, bodies[i], sizes[i]);
        write_png("odd.png", &chunks);
        loom_outcome outcome = engine_run(&request, "odd.png", "out.png");
        ck_assert_int_ne(outcome.result, LOOM_RESULT_ERROR);
        loom_outcome_release(&outcome);
    }
}
END_TEST

/* A profile that is too large is none, whatever is wanted of it. */
START_TEST(a_huge_profile_is_dropped)
{
    static const uint16_t colour[] = {10, 200, 30};
    oracle_image image = sample_flat(20, 10, 3, 255, colour);
    engine_request request = engine_request_default();
    unsigned char *icc = calloc(1, 9 * MEGABYTE);

    ck_assert_ptr_nonnull(icc);
    const sample_extras extras = {.icc = icc, .icc_size = 9 * MEGABYTE};
    sample_tiff("huge.tif", &image, &extras);
    assert_warning(&request, "huge.tif", "the colour profile was dropped: it is larger than 8 MB");
    request.recipe.icc = LOOM_ICC_KEEP;
    assert_warning(&request, "huge.tif", "the colour profile was dropped: it is larger than 8 MB");
    oracle_release(&image);
    free(icc);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine_limits");
    TCase *tests = engine_case("metadata");

    tcase_add_test(tests, text_beyond_the_limit_is_dropped);
    tcase_add_test(tests, a_thousand_texts_take_no_memory);
    tcase_add_test(tests, damaged_text_is_no_error);
    tcase_add_test(tests, a_huge_profile_is_dropped);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
