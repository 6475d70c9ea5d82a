/*
 * Our own JPEG decoder beside libjpeg: what it takes libjpeg finds right, with the same
 * coefficients. The first two bytes are scales: of luma, and of chroma (0: not wanted).
 */
#include "engine/jpeg/own.h"
#include "format/jpeg.h"
#include "fuzz_image.h"
#include "support/jpeg_truth.h"

enum { PREFIX = 2, SEGMENTS_MAX = 64, PARTS = LOOM_JPEG_OWN_PARTS };

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t capacity, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t capacity);

/* ---- the comparison -------------------------------------------------------------- */

typedef struct comparison {
    jpeg_truth *truth; /* NULL: libjpeg has something against it */
    bool differs;
} comparison;

static bool look(void *data, unsigned component, uint32_t x, uint32_t y,
                 const int16_t *coefficients)
{
    comparison *c = data;

    if (c->truth != NULL && !jpeg_truth_look(c->truth, component, x, y, coefficients))
        c->differs = true;
    return true;
}

static bool decode(loom_jpeg_own *own, loom_jpeg_wish *wish, jpeg_truth *truth)
{
    comparison c = {.truth = truth};
    loom_plane planes[PARTS] = {{.data = NULL}};

    for (unsigned i = 0; i < PARTS && truth != NULL; i++)
        jpeg_truth_set(truth, i, wish->k[i]);
    wish->planes = planes;
    wish->look = look;
    wish->look_data = &c;
    const bool taken = loom_jpeg_own_decode(own, wish);
    FUZZ_CHECK(!taken || !c.differs);
    for (unsigned i = 0; i < PARTS; i++)
        loom_plane_release(&planes[i]);
    return taken;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static loom_jpeg_own *own; /* as a thread keeps it from file to file */
    loom_jpeg_header header;

    if (own == NULL)
        own = loom_jpeg_own_create();
    FUZZ_CHECK(own != NULL);
    if (size < PREFIX)
        return 0;
    uint8_t *file = fuzz_copy(data + PREFIX, size - PREFIX);
    loom_jpeg_wish wish = {.file = {file, size - PREFIX}, .k = {8, 8, 8}};
    if (loom_jpeg_header_read(wish.file, &header) &&
        (uint64_t)header.width * header.height <= FUZZ_MAX_PIXELS) {
        jpeg_truth *truth = jpeg_truth_read(file, size - PREFIX);
        wish.width = header.width;
        wish.height = header.height;
        const bool taken = decode(own, &wish, truth);
        FUZZ_CHECK(!taken || truth != NULL);
        wish.k[0] = data[0] % 8 + 1;
        wish.k[1] = wish.k[2] = data[1] % 9;
        /* Where scans are left out, damage within them is not seen. */
        FUZZ_CHECK(decode(own, &wish, truth) || !taken);
        jpeg_truth_free(truth);
    }
    free(file);
    return 0;
}

/* ---- mutations of structure -------------------------------------------------------- */

/* A part of the file: a segment with its marker, or entropy-coded data with the marker before it.
 */
typedef struct piece {
    size_t at, size;
} piece;

static size_t find_pieces(const uint8_t *file, size_t size, piece pieces[SEGMENTS_MAX])
{
    size_t count = 0, at = 2;

    while (count < SEGMENTS_MAX && at < size) {
        size_t next = loom_jpeg_next_marker((loom_bytes){file, size}, at + 2);
        if (next - at >= 4 && (size_t)file[at + 2] * 256 + file[at + 3] + 2 < next - at)
            next = at + 2 + (size_t)file[at + 2] * 256 + file[at + 3];
        pieces[count++] = (piece){at, next - at};
        at = next;
    }
    return count;
}

static unsigned next_random(unsigned *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Puts `size` bytes in at `at`, or, where there is no room, changes nothing. Returns the size. */
static size_t put_in(uint8_t *file, size_t all, size_t capacity, size_t at, const uint8_t *bytes,
                     size_t size)
{
    if (size > capacity - all)
        return all;
    memmove(file + at + size, file + at, all - at);
    memcpy(file + at, bytes, size);
    return all + size;
}

static size_t take_out(uint8_t *file, size_t all, piece p)
{
    memmove(file + p.at, file + p.at + p.size, all - p.at - p.size);
    return all - p.size;
}

/* A copy of a piece at the beginning of another one. */
static size_t repeat(uint8_t *file, size_t size, size_t capacity, piece p, size_t at)
{
    uint8_t *copy = fuzz_copy(file + p.at, p.size);

    size = put_in(file, size, capacity, at, copy, p.size);
    free(copy);
    return size;
}

static size_t mutate_piece(uint8_t *file, size_t size, size_t capacity, piece p, piece other,
                           unsigned *state)
{
    static const uint8_t markers[] = {0xC0, 0xC1, 0xC2, 0xC4, 0xC8, 0xCC, 0xD0, 0xD7, 0xD8, 0xD9,
                                      0xDA, 0xDB, 0xDC, 0xDD, 0xE0, 0xEE, 0xFE, 0xFF, 0x00, 0x01};
    static const uint8_t values[] = {0, 1, 2, 3, 4, 5, 0x10, 0x11, 0x21, 0x22, 0x3F, 0x40, 0xFF};
    const size_t inside = p.size > 4 ? p.at + 4 + next_random(state) % (p.size - 4) : p.at;
    const uint8_t marker[2] = {0xFF, markers[next_random(state) % sizeof markers]};

    switch (next_random(state) % 9) {
    case 0:
        return take_out(file, size, p);
    case 1:
        return repeat(file, size, capacity, p, other.at);
    case 2:
        if (p.size > 1)
            file[p.at + 1] = marker[1];
        return size;
    case 3: /* a length that is off by one */
        if (p.size > 3)
            file[p.at + 3] = (uint8_t)(file[p.at + 3] + (next_random(state) % 2 == 0 ? 1 : 255));
        return size;
    case 4:
        return put_in(file, size, capacity, inside, marker, 2);
    case 5: /* a fill byte */
        return put_in(file, size, capacity, p.at, (const uint8_t[]){0xFF}, 1);
    case 6:
        file[inside] ^= (uint8_t)(1u << next_random(state) % 8);
        return size;
    case 7: /* of the first bytes, which are parameters */
        if (p.size > 4)
            file[p.at + 4 + next_random(state) % (p.size - 4 < 12 ? p.size - 4 : 12)] =
                values[next_random(state) % sizeof values];
        return size;
    default:
        file[inside] = values[next_random(state) % sizeof values];
        return size;
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t capacity, unsigned seed)
{
    unsigned state = seed;
    piece pieces[SEGMENTS_MAX];

    if (size < PREFIX + 4 || next_random(&state) % 4 == 0)
        return LLVMFuzzerMutate(data, size, capacity);
    for (unsigned n = 1 + next_random(&state) % 3; n > 0 && size > PREFIX + 4; n--) {
        const size_t count = find_pieces(data + PREFIX, size - PREFIX, pieces);
        if (count == 0)
            break;
        const piece p = pieces[next_random(&state) % count];
        const piece other = pieces[next_random(&state) % count];
        size = PREFIX +
               mutate_piece(data + PREFIX, size - PREFIX, capacity - PREFIX, p, other, &state);
    }
    return size;
}
