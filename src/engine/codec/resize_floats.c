#include "engine/codec/resize_sums.h"

#include "base/cpu.h"
#include <string.h>

#define ALWAYS_INLINE static inline __attribute__((always_inline))

enum { CHANNELS_MAX = 4 };

/* ---- samples --------------------------------------------------------------------------------- */

/* Alpha's is that of a colour that is multiplied with all of it, so that 1 is the least of both. */
#define DEFINE_READ(name, sample, max)                                                             \
    ALWAYS_INLINE void name(const sample *row, size_t width, unsigned channels, bool alpha,        \
                            float *to)                                                             \
    {                                                                                              \
        if (!alpha) {                                                                              \
            for (size_t i = 0; i < width * channels; i++)                                          \
                to[i] = row[i];                                                                    \
            return;                                                                                \
        }                                                                                          \
        for (size_t x = 0; x < width; x++, row += channels, to += channels) {                      \
            const float by = row[channels - 1];                                                    \
            for (unsigned c = 0; c + 1 < channels; c++)                                            \
                to[c] = (float)row[c] * by * (1 / (float)(max));                                   \
            to[channels - 1] = by;                                                                 \
        }                                                                                          \
    }
DEFINE_READ(read_8, uint8_t, 255)
DEFINE_READ(read_16, uint16_t, 65535)

void loom_floats_read(const void *row, uint32_t width, unsigned channels, unsigned depth,
                      bool alpha, float *to)
{
    if (depth == 2)
        read_16(row, width, channels, alpha, to);
    else if (channels == 4) /* which the compiler then knows */
        read_8(row, width, 4, alpha, to);
    else
        read_8(row, width, channels, alpha, to);
}

/* Rounded half up. */
ALWAYS_INLINE float round_to(float value, float max)
{
    const float v = value + 0.5F;

    return v < 0 ? 0 : v > max ? max : v;
}

/* Alpha that is made 0 has no colour. */
#define DEFINE_WRITE(name, sample, max)                                                            \
    ALWAYS_INLINE void name(const float *from, size_t width, unsigned channels, bool alpha,        \
                            sample *to)                                                            \
    {                                                                                              \
        if (!alpha) {                                                                              \
            for (size_t i = 0; i < width * channels; i++)                                          \
                to[i] = (sample)(int)round_to(from[i], max);                                       \
            return;                                                                                \
        }                                                                                          \
        for (size_t x = 0; x < width; x++, from += channels, to += channels) {                     \
            const float by = from[channels - 1], scale = by < 0.5F / 255 ? 0 : (max) / by;         \
            for (unsigned c = 0; c + 1 < channels; c++)                                            \
                to[c] = (sample)(int)round_to(from[c] * scale, max);                               \
            to[channels - 1] = (sample)(int)round_to(by, max);                                     \
        }                                                                                          \
    }
DEFINE_WRITE(write_8, uint8_t, 255)
DEFINE_WRITE(write_16, uint16_t, 65535)

void loom_floats_write(const float *from, uint32_t width, unsigned channels, unsigned depth,
                       bool alpha, void *to)
{
    if (depth == 2)
        write_16(from, width, channels, alpha, to);
    else if (channels == 4)
        write_8(from, width, 4, alpha, to);
    else
        write_8(from, width, channels, alpha, to);
}

/* ---- sums: loops that compilers turn into vector instructions -------------------------------- */

/* All rows are added to one part of the sums, which stays in registers, after another. */
ALWAYS_INLINE void add_all(const unsigned char *const *rows, const float *weights, size_t count,
                           size_t samples, bool is_new, float *sums)
{
    enum { PART = 32 }; /* `samples` is a multiple of it */

    for (size_t at = 0; at < samples; at += PART) {
        float part[PART];
        for (size_t i = 0; i < PART; i++)
            part[i] = is_new ? 0 : sums[at + i];
        for (size_t n = 0; n < count; n++) {
            const float *row = (const float *)(const void *)rows[n] + at;
            for (size_t i = 0; i < PART; i++)
                part[i] += weights[n] * row[i];
        }
        for (size_t i = 0; i < PART; i++)
            sums[at + i] = part[i];
    }
}

static void add_plainly(const unsigned char *const *rows, const float *weights, size_t count,
                        size_t samples, bool is_new, float *sums)
{
    add_all(rows, weights, count, samples, is_new, sums);
}

#ifdef __x86_64__
/* Without fused multiply-add, which would make another picture. */
__attribute__((target("avx2"))) static void add_by_avx2(const unsigned char *const *rows,
                                                        const float *weights, size_t count,
                                                        size_t samples, bool is_new, float *sums)
{
    add_all(rows, weights, count, samples, is_new, sums);
}
#endif

void loom_floats_add(const unsigned char *const *rows, const int16_t *weights, size_t count,
                     size_t samples, bool is_new, float *sums)
{
    enum { ROWS_MAX = 16 };
    float shares[ROWS_MAX];

    for (size_t done = 0; done < count; done += ROWS_MAX) {
        const size_t now = count - done < ROWS_MAX ? count - done : ROWS_MAX;
        for (size_t n = 0; n < now; n++)
            shares[n] = (float)weights[done + n] * (1.0F / LOOM_AXIS_ONE);
#ifdef __x86_64__
        if ((loom_cpu_features() & LOOM_CPU_AVX2) != 0) {
            add_by_avx2(rows + done, shares, now, samples, is_new && done == 0, sums);
            continue;
        }
#endif
        add_plainly(rows + done, shares, now, samples, is_new && done == 0, sums);
    }
}

ALWAYS_INLINE void sum_across(const float *sums, const loom_axis *axis, unsigned channels,
                              float *to)
{
    const int16_t *weights = axis->weights;

    for (uint32_t x = 0; x < axis->key.to; x++, weights += axis->taps, to += channels) {
        const float *from = sums + (size_t)(axis->firsts[x] - axis->begin) * channels;
        float sum[CHANNELS_MAX] = {0};
        for (size_t t = 0; t < axis->used; t++, from += channels) {
            const float share = (float)weights[t] * (1.0F / LOOM_AXIS_ONE);
            for (unsigned c = 0; c < channels; c++)
                sum[c] += share * from[c];
        }
        memcpy(to, sum, channels * sizeof *to);
    }
}

void loom_floats_across(const float *sums, const loom_axis *axis, unsigned channels, float *to)
{
    switch (channels) { /* each known to the compiler */
    case 1:
        sum_across(sums, axis, 1, to);
        break;
    case 2:
        sum_across(sums, axis, 2, to);
        break;
    case 3:
        sum_across(sums, axis, 3, to);
        break;
    default:
        sum_across(sums, axis, 4, to);
    }
}
