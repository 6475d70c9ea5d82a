/*
 * What settles the chunks of a PNG, the png lane, and our reader, on files whose checksums are made
 * right, so that what they hold is looked at. A plain picture that it finds nothing wrong with must
 * be what another inflate and the standard's formulas make of it.
 */
#include "batch/job.h"
#include "engine/codec/png.h"
#include "engine/convert.h"
#include "format/container.h"
#include "format/png.h"
#include "fuzz_image.h"
#include "picture/recipe_fields.h"

#include <libdeflate.h>

static void put32(unsigned char *to, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        to[i] = (unsigned char)(value >> (24 - 8 * i));
}

/*
 * Rights each chunk's checksum, and gathers the pixel data in `stream`: the first IDATs in a row,
 * of which the last may be cut. Its size.
 */
static size_t repair(unsigned char *file, size_t size, unsigned char *stream)
{
    const loom_bytes bytes = {file, size};
    loom_png_chunk chunk;
    size_t at = LOOM_PNG_SIGNATURE, gathered = 0;
    bool behind = false;

    for (; loom_png_chunk_at(bytes, at, &chunk); at = chunk.end) {
        put32(file + chunk.end - 4, libdeflate_crc32(0, file + at + 4, chunk.length + 4));
        const bool pixels = loom_png_chunk_is(&chunk, "IDAT");
        if (pixels && !behind) {
            memcpy(stream + gathered, file + at + 8, chunk.length);
            gathered += chunk.length;
        }
        behind = behind || (gathered > 0 && !pixels);
    }
    if (!behind && at + 8 <= size && memcmp(file + at + 4, "IDAT", 4) == 0) {
        const size_t length = loom_be32(file + at), there = size - at - 8;
        memcpy(stream + gathered, file + at + 8, length < there ? length : there);
        gathered += length < there ? length : there;
    }
    return gathered;
}

/* PNG, third edition, 9.4. */
static int paeth(int a, int b, int c)
{
    const int p = a + b - c, pa = abs(p - a), pb = abs(p - b), pc = abs(p - c);

    return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

/* Undoes a row's filter in place; `above` is NULL for the first. */
static void unfilter(unsigned char *row, const unsigned char *above, size_t size, size_t pixel)
{
    const unsigned type = row[-1];

    for (size_t i = 0; i < size; i++) {
        const int a = i < pixel ? 0 : row[i - pixel], b = above == NULL ? 0 : above[i];
        const int c = i < pixel || above == NULL ? 0 : above[i - pixel];
        const int expected[] = {0, a, b, (a + b) / 2, paeth(a, b, c)};
        FUZZ_CHECK(type < 5);
        row[i] = (unsigned char)(row[i] + expected[type]);
    }
}

static bool is_plain(const loom_png_header *header)
{
    return header->depth == 8 && header->colour != LOOM_PNG_PALETTE && header->interlace == 0;
}

/* `rows`: all that the reader gave of a plain picture without a key. */
static void compare(const loom_png_reader *reader, const unsigned char *rows,
                    const unsigned char *stream, size_t size)
{
    const size_t pixel = loom_png_reader_channels(reader);
    const size_t row = loom_png_reader_width(reader) * pixel,
                 height = loom_png_reader_height(reader);
    struct libdeflate_decompressor *inflater = libdeflate_alloc_decompressor();
    unsigned char *raw = malloc((row + 1) * height);
    size_t used, made;

    FUZZ_CHECK(inflater != NULL && raw != NULL);
    FUZZ_CHECK(libdeflate_zlib_decompress_ex(inflater, stream, size, raw, (row + 1) * height, &used,
                                             &made) == LIBDEFLATE_SUCCESS);
    FUZZ_CHECK(used == size && made == (row + 1) * height);
    for (size_t y = 0; y < height; y++) {
        unsigned char *line = raw + y * (row + 1) + 1;
        unfilter(line, y == 0 ? NULL : line - (row + 1), row, pixel);
        FUZZ_CHECK(memcmp(line, rows + y * row, row) == 0);
    }
    libdeflate_free_decompressor(inflater);
    free(raw);
}

static bool is_right(const loom_png_reader *reader)
{
    const loom_png_faults *faults = loom_png_reader_faults(reader);

    return faults->damage == NULL && !faults->missing && !faults->unfinished && !faults->surplus;
}

/* Rows of a picture of any kind, and what another inflate says where it is plain and right. */
static void read_rows(loom_png_reader *reader, bool plain, const unsigned char *stream, size_t size)
{
    const size_t row = (size_t)loom_png_reader_width(reader) * loom_png_reader_channels(reader) *
                       loom_png_reader_depth(reader);
    const uint32_t height = loom_png_reader_height(reader);
    unsigned char *rows = malloc(row * height);

    FUZZ_CHECK(rows != NULL);
    for (uint32_t y = 0; y < height; y++) {
        FUZZ_CHECK(loom_png_reader_at(reader) == y);
        memcpy(rows + row * y, loom_png_reader_next(reader), row);
    }
    if (plain && is_right(reader))
        compare(reader, rows, stream, size);
    free(rows);
}

/* What is settled once is settled: nothing is found a second time. */
static void settle(const uint8_t *data, size_t size)
{
    loom_input input = {.data = fuzz_copy(data, size), .size = size};
    loom_outcome first, second;

    loom_outcome_init(&first);
    loom_outcome_init(&second);
    (void)loom_png_settle(&input, &first);
    (void)loom_png_frames(&input);
    (void)loom_png_settle(&input, &second);
    FUZZ_CHECK(second.warning_count <= first.warning_count);
    loom_outcome_release(&first);
    loom_outcome_release(&second);
    loom_edits_release(&input.edits);
    free(input.data);
}

/* Whether tRNS adds a channel. */
static bool is_keyed(const loom_png_reader *reader, const loom_png_header *header)
{
    static const unsigned channels[] = {1, 0, 3, 3, 2, 0, 4}; /* by colour type */

    return loom_png_reader_channels(reader) != channels[header->colour];
}

/* The whole lane, to each of its formats. */
static void convert(const uint8_t *data, size_t size)
{
    static const loom_format formats[] = {LOOM_FORMAT_PNG, LOOM_FORMAT_JPEG, LOOM_FORMAT_WEBP};
    const loom_format format = formats[size % 3];
    const loom_task task = {.input_path = "in.png", .output_path = "out", .format = format};
    const loom_task *const tasks[] = {&task};
    loom_input input = fuzz_input(data, size);
    loom_encoded encoded = {0};
    loom_recipe recipe;
    loom_settings settings;
    loom_outcome outcome;
    loom_header header;

    loom_recipe_init(&recipe);
    loom_settings_init(&settings);
    loom_outcome_init(&outcome);
    recipe.sizes[0].width = 1 + (uint32_t)size % 40;
    recipe.no_upscale = true;
    settings.fail_on = LOOM_FAIL_ON_NONE;
    settings.max_pixels = FUZZ_MAX_PIXELS;
    const loom_job job = {.tasks = tasks, .count = 1, .recipe = &recipe, .settings = &settings};
    if (loom_convert(&job, &input, 0, LOOM_LANES_LINKED, &outcome, &encoded) !=
        LOOM_LANE_DECLINED) {
        const loom_bytes made = {encoded.data, encoded.size};
        if (encoded.data != NULL)
            FUZZ_CHECK(loom_format_header(format, made, &header) && header.width == outcome.width &&
                       header.height == outcome.height);
        else
            FUZZ_CHECK(outcome.error.code != LOOM_OK && outcome.error.message[0] != '\0');
    }
    free(encoded.data);
    loom_outcome_release(&outcome);
    loom_input_release(&input);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned char *file = fuzz_copy(data, size), *stream = fuzz_copy(data, size);
    const size_t stream_size = repair(file, size, stream);
    loom_png_header header;

    settle(data, size);
    settle(file, size);
    convert(data, size);
    convert(file, size);
    if (loom_png_header_read((loom_bytes){file, size}, &header) &&
        (uint64_t)header.width * header.height <= FUZZ_MAX_PIXELS) { /* the room it makes */
        loom_png_reader *reader = loom_png_reader_create(file, size);
        if (reader != NULL)
            read_rows(reader, is_plain(&header) && !is_keyed(reader, &header), stream, stream_size);
        loom_png_reader_free(reader);
    }
    free(stream);
    free(file);
    return 0;
}
