/* PNG of every kind that is known, made by hand: the pixels by arithmetic; and what is no kind. */
#include "engine/codec/png.h"
#include "format/container.h"
#include "format/png.h"
#include "support/engine_run.h"
#include "support/make_png.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <stdlib.h>
#include <string.h>

/* ---- the rows of the list ------------------------------------------------ */

START_TEST(every_row_is_tried)
{
    const loom_kind *k = loom_format_kind(LOOM_FORMAT_PNG, 0);
    int samples = 0;

    for (; k->aspect != NULL; k++)
        samples += strcmp(k->aspect, "samples") == 0;
    ck_assert_int_eq(samples, PNG_KINDS);
}
END_TEST

/* ---- by the reader alone: all small sizes -------------------------------- */

static void assert_read(const png_plan *plan)
{
    loom_strbuf file = LOOM_STRBUF_INIT;
    oracle_image want = png_expected(plan);
    const uint16_t *samples = want.samples;

    png_make(&file, plan);
    loom_png_reader *reader = loom_png_reader_create((unsigned char *)file.data, file.size);
    ck_assert_ptr_nonnull(reader);
    ck_assert_uint_eq(loom_png_reader_channels(reader), want.channels);
    ck_assert_uint_eq(loom_png_reader_depth(reader), want.max == 255 ? 1 : 2);
    for (uint32_t y = 0; y < want.height; y++) {
        const unsigned char *row = loom_png_reader_next(reader);
        for (uint32_t i = 0; i < want.width * want.channels; i++, samples++) {
            uint16_t sample = row[i];
            if (want.max == 65535)
                memcpy(&sample, row + 2 * (size_t)i, 2);
            ck_assert_msg(sample == *samples, "%ux%u, row %u, %u: %u instead of %u", want.width,
                          want.height, y, i, sample, *samples);
        }
    }
    const loom_png_faults *faults = loom_png_reader_faults(reader);
    ck_assert(faults->damage == NULL && !faults->missing && !faults->unfinished &&
              !faults->surplus);
    loom_png_reader_free(reader);
    oracle_release(&want);
    loom_strbuf_release(&file);
}

START_TEST(small_pictures_of_every_size)
{
    unsigned char trns[6];

    for (uint32_t width = 1; width <= 9; width++)
        for (uint32_t height = 1; height <= 9; height++)
            for (int how = 0; how < 4; how++) {
                png_plan plan = png_plan_of_kind(_i, width, height);
                plan.interlaced = (how & 1) != 0;
                if (!plan.interlaced && height > 3)
                    continue; /* there rows are all alike */
                if ((how & 2) == 0 || png_add_transparency(&plan, trns))
                    assert_read(&plan);
            }
}
END_TEST

/* More than a band of rows, and two rows at a time. */
START_TEST(pictures_of_many_bands)
{
    enum { WIDTH = 601, BYTES = 150000 };
    png_plan plan = png_plan_of_kind(_i, WIDTH, 1);

    plan.height = BYTES * 8 / (WIDTH * plan.depth * png_stored(plan.colour));

    assert_read(&plan);
    plan.interlaced = true;
    assert_read(&plan);
}
END_TEST

/* ---- in the engine ------------------------------------------------------- */

static void assert_engine(const png_plan *plan, const char *path)
{
    const engine_request request = engine_request_default();
    loom_strbuf file = LOOM_STRBUF_INIT;
    oracle_image want = png_expected(plan);

    png_make(&file, plan);
    sample_write(path, &file);
    oracle_image made = engine_render(&request, path);
    ck_assert_uint_eq(made.width, want.width);
    ck_assert_uint_eq(made.height, want.height);
    ck_assert_uint_eq(made.channels, want.channels);
    ck_assert_uint_eq(made.max, want.max);
    ck_assert_mem_eq(made.samples, want.samples,
                     (size_t)want.width * want.height * want.channels * sizeof *want.samples);
    oracle_release(&made);
    oracle_release(&want);
}

START_TEST(every_kind_becomes_a_png_of_its_depth)
{
    unsigned char trns[6];

    for (int how = 0; how < 4; how++) {
        png_plan plan = png_plan_of_kind(_i, 37, 23);
        plan.interlaced = (how & 1) != 0;
        plan.significant = how >= 1;
        if ((how & 2) == 0 || png_add_transparency(&plan, trns))
            assert_engine(&plan, "kind.png");
    }
}
END_TEST

/* The two bytes of each sample are the same: whatever the rounding, it is that. */
START_TEST(sixteen_bits_become_eight_where_there_are_no_more)
{
    static const unsigned colours[] = {LOOM_PNG_RGB, LOOM_PNG_RGB_ALPHA};
    engine_request request = engine_request_default();

    request.format = LOOM_FORMAT_WEBP;
    request.recipe.lossless = true;
    for (int i = 0; i < 2; i++) {
        const png_plan plan = {.width = 37,
                               .height = 23,
                               .depth = 16,
                               .colour = colours[i],
                               .repeated = true,
                               .interlaced = i == 1};
        loom_strbuf file = LOOM_STRBUF_INIT;
        oracle_image want = png_expected(&plan);
        png_make(&file, &plan);
        sample_write("deep.png", &file);
        loom_outcome outcome = engine_run_written(&request, "deep.png", "out.webp", LOOM_RESULT_OK);
        oracle_image made = engine_decode("out.webp");
        ck_assert_uint_eq(made.channels, want.channels);
        for (size_t s = 0; s < (size_t)want.width * want.height * want.channels; s++)
            want.samples[s] /= 257;
        want.max = 255;
        ck_assert_double_lt(oracle_compare(&made, &want).max, 1);
        oracle_release(&made);
        oracle_release(&want);
        loom_outcome_release(&outcome);
    }
}
END_TEST

/* ---- what is no kind ----------------------------------------------------- */

static bool is_known(unsigned colour, unsigned depth)
{
    static const unsigned depths[7] = {0x10116, 0, 0x10100, 0x116, 0x10100, 0, 0x10100};

    return colour < 7 && depth > 0 && depth <= 16 && (depths[colour] & 1u << depth) != 0;
}

static const char *kind_of(const loom_strbuf *file)
{
    static char reason[LOOM_UNSUPPORTED_REASON];

    reason[0] = '\0';
    (void)loom_format_unsupported(LOOM_FORMAT_PNG,
                                  (loom_bytes){(unsigned char *)file->data, file->size}, reason);
    return reason;
}

/* A file whose IHDR has another byte there, with the right checksum. */
static void set_header(loom_strbuf *file, size_t at, unsigned value)
{
    const size_t data = png_find(file, "IHDR");

    file->data[data + at] = (char)value;
    png_right(file, data);
}

START_TEST(every_value_of_a_header_is_known_or_refused)
{
    static const png_plan plan = {.width = 5, .height = 4, .depth = 8, .colour = LOOM_PNG_RGB};
    loom_strbuf file = LOOM_STRBUF_INIT;

    png_make(&file, &plan);
    for (unsigned colour = 0; colour < 256; colour++)
        for (unsigned depth = 0; depth < 256; depth++) {
            set_header(&file, 8, depth);
            set_header(&file, 9, colour);
            ck_assert_msg((kind_of(&file)[0] == '\0') == is_known(colour, depth), "%u, %u: %s",
                          colour, depth, kind_of(&file));
        }
    set_header(&file, 8, 2);
    set_header(&file, 9, LOOM_PNG_RGB);
    ck_assert_str_eq(kind_of(&file), "samples: colour type 2 of 2 bits");
    set_header(&file, 8, 8);
    for (size_t at = 10; at <= 12; at++)
        for (unsigned value = 0; value < 256; value++) {
            set_header(&file, at, value);
            ck_assert((kind_of(&file)[0] == '\0') == (value == 0 || (at == 12 && value == 1)));
            set_header(&file, at, 0);
        }
    set_header(&file, 12, 2);
    ck_assert_str_eq(kind_of(&file), "interlace: number 2, which is not known");
    file.data[png_find(&file, "IHDR") + 13] ^= 1; /* then it is damaged, and says nothing */
    ck_assert_str_eq(kind_of(&file), "");
    loom_strbuf_release(&file);
}
END_TEST

/* A file with one more chunk, first or before the pixels or behind them. */
static void write_with_chunk(const char *path, const char *type, int where, bool damaged)
{
    static const png_plan plan = {.width = 5, .height = 4, .depth = 8, .colour = LOOM_PNG_RGB};
    loom_strbuf file = LOOM_STRBUF_INIT, out = LOOM_STRBUF_INIT;

    png_make(&file, &plan);
    const size_t at = where == 0   ? 8
                      : where == 1 ? png_find(&file, "IDAT") - 8
                                   : png_find(&file, "IEND") - 8;
    loom_strbuf_add(&out, file.data, at);
    png_chunk(&out, type, "\x50\0\x20\x06", 4);
    if (damaged)
        out.data[out.size - 1] ^= 1;
    loom_strbuf_add(&out, file.data + at, file.size - at);
    sample_write(path, &out);
    loom_strbuf_release(&file);
}

START_TEST(critical_chunks_that_are_not_known_are_named)
{
    engine_request request = engine_request_default();

    for (int where = 0; where < 3; where++) {
        const char *type = where == 0 ? "CgBI" : "NEWs";
        write_with_chunk("foreign.png", type, where, false);
        engine_assert_error(&request, "foreign.png", LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PROBE);
        loom_outcome outcome = engine_run(&request, "foreign.png", "out.png");
        ck_assert_msg(strstr(outcome.error.message, type) != NULL, "%s", outcome.error.message);
        loom_outcome_release(&outcome);
    }
    write_with_chunk("damaged.png", "NEWs", 1, true); /* most likely was something else */
    engine_assert_error(&request, "damaged.png", LOOM_ERR_CORRUPT, LOOM_STAGE_DECODE);
    write_with_chunk("other.png", "neWs", 1, false);
    loom_outcome outcome = engine_run_written(&request, "other.png", "out.png", LOOM_RESULT_OK);
    loom_outcome_release(&outcome);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("png_kinds");
    TCase *reader = tcase_create("reader"), *engine = engine_case("engine");

    tcase_set_timeout(reader, 120);
    tcase_add_test(reader, every_row_is_tried);
    tcase_add_loop_test(reader, small_pictures_of_every_size, 0, PNG_KINDS);
    tcase_add_loop_test(reader, pictures_of_many_bands, 0, PNG_KINDS);
    tcase_add_test(reader, every_value_of_a_header_is_known_or_refused);
    suite_add_tcase(suite, reader);

    tcase_add_loop_test(engine, every_kind_becomes_a_png_of_its_depth, 0, PNG_KINDS);
    tcase_add_test(engine, sixteen_bits_become_eight_where_there_are_no_more);
    tcase_add_test(engine, critical_chunks_that_are_not_known_are_named);
    suite_add_tcase(suite, engine);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
