#include "engine/codec/png_parts.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { NONE, SUB, UP, AVERAGE, PAETH };

/* The one of a, b and c nearest to a + b - c; for ties, the first in this order. */
static inline int paeth(int a, int b, int c)
{
    const int to_a = abs(b - c), to_b = abs(a - c), to_c = abs(a + b - 2 * c);
    const int of_b_and_c = to_b <= to_c ? b : c;

    return ((to_a <= to_b) & (to_a <= to_c)) != 0 ? a : of_b_and_c;
}

/* ---- filtering: loops that compilers turn into vector instructions ------- */

static void filter_sub(const unsigned char *row, size_t size, size_t pixel, unsigned char *to)
{
    memcpy(to, row, pixel);
    for (size_t i = pixel; i < size; i++)
        to[i] = (unsigned char)(row[i] - row[i - pixel]);
}

static void filter_up(const unsigned char *row, const unsigned char *above, size_t size,
                      unsigned char *to)
{
    for (size_t i = 0; i < size; i++)
        to[i] = (unsigned char)(row[i] - above[i]);
}

static void filter_average(const unsigned char *row, const unsigned char *above, size_t size,
                           size_t pixel, unsigned char *to)
{
    for (size_t i = 0; i < pixel; i++)
        to[i] = (unsigned char)(row[i] - above[i] / 2);
    for (size_t i = pixel; i < size; i++)
        to[i] = (unsigned char)(row[i] - (row[i - pixel] + above[i]) / 2);
}

static void filter_paeth(const unsigned char *row, const unsigned char *above, size_t size,
                         size_t pixel, unsigned char *to)
{
    for (size_t i = 0; i < pixel; i++)
        to[i] = (unsigned char)(row[i] - above[i]);
    for (size_t i = pixel; i < size; i++)
        to[i] = (unsigned char)(row[i] - paeth(row[i - pixel], above[i], above[i - pixel]));
}

/* The sum of differences, taken as numbers from -128 to 127. */
static uint64_t weigh(const unsigned char *differences, size_t size)
{
    enum { PART = 1 << 16 }; /* of a row, so that a sum fits in 32 bits */
    uint64_t sum = 0;

    for (size_t from = 0; from < size; from += PART) {
        const size_t end = size - from < PART ? size : from + PART;
        uint32_t part = 0;
        for (size_t i = from; i < end; i++)
            part += (uint32_t)abs((int8_t)differences[i]);
        sum += part;
    }
    return sum;
}

void loom_png_filter(const unsigned char *row, const unsigned char *above, size_t size,
                     size_t pixel, unsigned char *scratch, unsigned char *filtered)
{
    uint64_t least = UINT64_MAX;

    for (unsigned char type = SUB; type <= PAETH; type++) {
        switch (type) {
        case SUB:
            filter_sub(row, size, pixel, scratch);
            break;
        case UP:
            filter_up(row, above, size, scratch);
            break;
        case AVERAGE:
            filter_average(row, above, size, pixel, scratch);
            break;
        default:
            filter_paeth(row, above, size, pixel, scratch);
        }
        const uint64_t weight = weigh(scratch, size);
        if (weight < least) {
            least = weight;
            filtered[0] = type;
            memcpy(filtered + 1, scratch, size);
        }
    }
}

/* ---- unfiltering, a row -------------------------------------------------- */

static void undo_sub(const unsigned char *from, size_t size, size_t pixel, unsigned char *row)
{
    memcpy(row, from, pixel);
    for (size_t i = pixel; i < size; i++)
        row[i] = (unsigned char)(from[i] + row[i - pixel]);
}

static void undo_up(const unsigned char *from, const unsigned char *above, size_t size,
                    unsigned char *row)
{
    for (size_t i = 0; i < size; i++)
        row[i] = (unsigned char)(from[i] + above[i]);
}

static void undo_average(const unsigned char *from, const unsigned char *above, size_t size,
                         size_t pixel, unsigned char *row)
{
    for (size_t i = 0; i < pixel; i++)
        row[i] = (unsigned char)(from[i] + above[i] / 2);
    for (size_t i = pixel; i < size; i++)
        row[i] = (unsigned char)(from[i] + (row[i - pixel] + above[i]) / 2);
}

static void undo_paeth(const unsigned char *from, const unsigned char *above, size_t size,
                       size_t pixel, unsigned char *row)
{
    for (size_t i = 0; i < pixel; i++)
        row[i] = (unsigned char)(from[i] + above[i]);
    for (size_t i = pixel; i < size; i++)
        row[i] = (unsigned char)(from[i] + paeth(row[i - pixel], above[i], above[i - pixel]));
}

static void undo(const unsigned char *filtered, const unsigned char *above, size_t size,
                 size_t pixel, unsigned char *row)
{
    switch (filtered[0]) {
    case NONE:
        memcpy(row, filtered + 1, size);
        break;
    case SUB:
        undo_sub(filtered + 1, size, pixel, row);
        break;
    case UP:
        undo_up(filtered + 1, above, size, row);
        break;
    case AVERAGE:
        undo_average(filtered + 1, above, size, pixel, row);
        break;
    default:
        undo_paeth(filtered + 1, above, size, pixel, row);
    }
}

/* ---- unfiltering, two rows at once --------------------------------------- */

#ifdef __SSE2__
#include <emmintrin.h>

/* The lanes of both rows, as masks, for the rows that have the filter. */
static __m128i where(const unsigned char *filtered, size_t size, int type)
{
    const int64_t first = filtered[0] == type ? -1 : 0;
    const int64_t second = filtered[size + 1] == type ? -1 : 0;

    return _mm_set_epi64x(second, first);
}

static inline __m128i load_pixel(const unsigned char *from)
{
    int pixel;

    memcpy(&pixel, from, sizeof pixel);
    return _mm_cvtsi32_si128(pixel);
}

static inline void store_pixel(unsigned char *to, __m128i pixel)
{
    const int bytes = _mm_cvtsi128_si32(pixel);

    memcpy(to, &bytes, sizeof bytes);
}

static inline __m128i magnitude(__m128i v)
{
    return _mm_max_epi16(v, _mm_sub_epi16(_mm_setzero_si128(), v));
}

static inline __m128i either(__m128i mask, __m128i yes, __m128i no)
{
    return _mm_or_si128(_mm_and_si128(mask, yes), _mm_andnot_si128(mask, no));
}

static inline __m128i paeth_lanes(__m128i a, __m128i b, __m128i c)
{
    const __m128i b_c = _mm_sub_epi16(b, c), a_c = _mm_sub_epi16(a, c);
    const __m128i to_a = magnitude(b_c), to_b = magnitude(a_c);
    const __m128i to_c = magnitude(_mm_add_epi16(a_c, b_c));
    const __m128i least = _mm_min_epi16(to_c, _mm_min_epi16(to_a, to_b));

    return either(_mm_cmpeq_epi16(least, to_a), a, either(_mm_cmpeq_epi16(least, to_b), b, c));
}

/*
 * Each pixel needs the one before it, and the Paeth filter takes many steps per pixel. So two rows
 * are processed side by side, in the 16-bit lanes of one register, the second one pixel behind the
 * first: the pixel above the second row's is then the one that the first row has just finished. A
 * pixel is loaded and stored as four bytes whatever its size; the next pixel overwrites the excess.
 */
static void undo_two(const unsigned char *filtered, const unsigned char *above, size_t size,
                     size_t pixel, unsigned char *row, unsigned char *second)
{
    const __m128i zero = _mm_setzero_si128();
    const __m128i sub = where(filtered, size, SUB), up = where(filtered, size, UP);
    const __m128i average = where(filtered, size, AVERAGE), nearest = where(filtered, size, PAETH);
    const unsigned char *from = filtered + 1, *from_second = from + size + 1;
    __m128i a = zero, c = zero; /* of both rows: the pixels to the left, and those above them */

    for (size_t i = 0; i <= size; i += pixel) {
        const __m128i above_first = _mm_unpacklo_epi8(load_pixel(above + i), zero);
        const __m128i b = _mm_unpacklo_epi64(above_first, a);
        const __m128i two =
            _mm_unpacklo_epi32(load_pixel(from + i), load_pixel(from_second + i - pixel));
        const __m128i half = _mm_srli_epi16(_mm_add_epi16(a, b), 1);
        const __m128i simple = _mm_or_si128(_mm_and_si128(sub, a), _mm_and_si128(up, b));
        const __m128i expected = _mm_or_si128(_mm_or_si128(simple, _mm_and_si128(average, half)),
                                              _mm_and_si128(nearest, paeth_lanes(a, b, c)));
        a = _mm_add_epi8(_mm_unpacklo_epi8(two, zero), expected);
        c = b;
        const __m128i made = _mm_packus_epi16(a, a);
        store_pixel(row + i, made);
        if (i > 0)
            store_pixel(second + i - pixel, _mm_srli_si128(made, 4));
        else
            a = _mm_move_epi64(a); /* there is nothing to the left of the second row */
    }
}
#endif

bool loom_png_unfilter(const unsigned char *filtered, size_t count, const unsigned char *above,
                       size_t size, size_t pixel, unsigned char *rows, size_t stride)
{
    for (size_t y = 0; y < count; y++)
        if (filtered[y * (size + 1)] > PAETH)
            return false;
    for (size_t y = 0; y < count; y++) {
        const unsigned char *from = filtered + y * (size + 1);
        unsigned char *row = rows + y * stride;
#ifdef __SSE2__
        if (pixel <= 4 && y + 1 < count && (from[0] == PAETH || from[size + 1] == PAETH)) {
            undo_two(from, above, size, pixel, row, row + stride);
            y++;
            above = row + stride;
            continue;
        }
#endif
        undo(from, above, size, pixel, row);
        above = row;
    }
    return true;
}
