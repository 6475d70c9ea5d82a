/* What AV1 sequence headers say of their colours, from headers made bit by bit (AV1, 5.5). */
#include "format/heif.h"
#include "support/suite.h"

#include <stdlib.h>
#include <string.h>

typedef struct bit_writer {
    unsigned char data[128];
    size_t at;
} bit_writer;

static void put(bit_writer *w, unsigned count, uint32_t value)
{
    for (unsigned i = count; i-- > 0; w->at++)
        if (value >> i & 1)
            w->data[w->at / 8] |= (unsigned char)(128u >> w->at % 8);
}

/* Which fields there are, one bit each, beside those of a still picture. */
enum { FILM = 1, TIMING = 2, MODEL = 4, DISPLAY = 8, FRAME_IDS = 16, ORDER = 32, SCREEN = 64 };

/* timing_info(), decoder_model_info(), operating points: two of them. */
static void put_film(bit_writer *w, unsigned fields)
{
    put(w, 1, (fields & TIMING) != 0);
    if (fields & TIMING) {
        put(w, 32, 1);
        put(w, 32, 25);
        put(w, 1, 1);
        put(w, 5, 5); /* uvlc: 00101 */
        put(w, 1, (fields & MODEL) != 0);
        if (fields & MODEL) {
            put(w, 5, 9);
            put(w, 32, 77);
            put(w, 10, 3);
        }
    }
    put(w, 1, (fields & DISPLAY) != 0);
    put(w, 5, 1);
    for (unsigned i = 0; i < 2; i++) {
        put(w, 12, 0xABC);
        put(w, 5, i == 0 ? 7 : 8);
        if (i == 1)
            put(w, 1, 1);
        if ((fields & TIMING) && (fields & MODEL)) {
            put(w, 1, i);
            if (i == 1)
                put(w, 10 + 10 + 1, 0x1FFFFF);
        }
        if (fields & DISPLAY)
            put(w, 1 + 4, 0x1F);
    }
}

/* A sequence header up to its colours. */
static void begin(bit_writer *w, unsigned profile, unsigned fields)
{
    *w = (bit_writer){.at = 0};
    put(w, 3, profile);
    put(w, 1, 0);
    put(w, 1, (fields & FILM) == 0);
    if (fields & FILM)
        put_film(w, fields);
    else
        put(w, 5, 31);
    put(w, 8, 7 << 4 | 8); /* sides of 8 and 9 bits */
    put(w, 17, 0x1FFFF);
    if (fields & FILM) {
        put(w, 1, (fields & FRAME_IDS) != 0);
        if (fields & FRAME_IDS)
            put(w, 7, 0x55);
    }
    put(w, 3, 7);
    if (fields & FILM) {
        put(w, 4, 15);
        put(w, 1, (fields & ORDER) != 0);
        if (fields & ORDER)
            put(w, 2, 3);
        put(w, 2, fields & SCREEN ? 0 : 3); /* neither chosen later nor used; or both are chosen */
        if (fields & ORDER)
            put(w, 3, 6);
    }
    put(w, 3, 5);
}

static bool read(const bit_writer *w, size_t cut, loom_av1_colour *colour)
{
    const size_t size = (w->at + 7) / 8 - cut;
    unsigned char *obus = malloc(4 + size);

    ck_assert_ptr_nonnull(obus);
    memcpy(obus, "\x12\0\x0A", 3); /* a temporal delimiter, then the header */
    obus[3] = (unsigned char)size;
    memcpy(obus + 4, w->data, size);
    const bool found = loom_av1_colour_read((loom_bytes){obus, 4 + size}, colour);
    free(obus);
    return found;
}

START_TEST(colours_are_found_behind_all_fields)
{
    for (unsigned fields = 0; fields < 128; fields++)
        for (unsigned range = 0; range < 2; range++) {
            loom_av1_colour colour;
            bit_writer w;
            begin(&w, 0, fields);
            put(&w, 3, 0 << 2 | 0 << 1 | 1); /* 8 bits, colours, and what they are */
            put(&w, 8, 12);
            put(&w, 8, 16);
            put(&w, 8, 9);
            put(&w, 1, range);
            ck_assert(read(&w, 0, &colour));
            ck_assert_uint_eq(colour.primaries, 12);
            ck_assert_uint_eq(colour.transfer, 16);
            ck_assert_uint_eq(colour.matrix, 9);
            ck_assert_int_eq(colour.full_range, range);
            ck_assert(!read(&w, 2, &colour));
        }
}
END_TEST

START_TEST(colours_of_each_profile)
{
    loom_av1_colour colour;
    bit_writer w;

    begin(&w, 0, 0); /* gray, 10 bits */
    put(&w, 3, 1 << 2 | 1 << 1 | 0);
    put(&w, 1, 0);
    ck_assert(read(&w, 0, &colour) && !colour.full_range);
    ck_assert_uint_eq(colour.primaries, 2);
    begin(&w, 1, 0); /* which has no gray */
    put(&w, 2, 1 << 1 | 0);
    put(&w, 1, 1);
    ck_assert(read(&w, 0, &colour) && colour.full_range);
    begin(&w, 2, FILM); /* 12 bits */
    put(&w, 4, 1 << 3 | 1 << 2 | 1 << 1 | 0);
    put(&w, 1, 1);
    ck_assert(read(&w, 0, &colour) && colour.full_range);
    begin(&w, 1, 0); /* sRGB: its range is not told */
    put(&w, 2, 1);
    put(&w, 8, 1);
    put(&w, 8, 13);
    put(&w, 8, 0);
    ck_assert(read(&w, 0, &colour) && colour.full_range);
}
END_TEST

START_TEST(other_bytes_say_nothing)
{
    static const struct {
        const char *bytes;
        size_t size;
    } rows[] = {{"", 0},     {"\x12", 1},         {"\x12\0", 2},
                {"\x16", 1}, {"\x12\xFF\xFF", 3}, {"\x32\x04\0\0\0\0", 6},
                {"\x0A", 1}, {"\x0A\x00", 2},     {"\x12\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 10}};
    loom_av1_colour colour;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert(!loom_av1_colour_read(
            (loom_bytes){(const unsigned char *)rows[i].bytes, rows[i].size}, &colour));
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("av1");
    TCase *tests = tcase_create("av1");

    tcase_add_test(tests, colours_are_found_behind_all_fields);
    tcase_add_test(tests, colours_of_each_profile);
    tcase_add_test(tests, other_bytes_say_nothing);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
