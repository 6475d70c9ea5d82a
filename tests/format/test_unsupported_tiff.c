/* Which kinds of TIFF are refused, and with which words, from directories made by hand. */
#include "format/container.h"
#include "format/tiff.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>

/* ---- directories ----------------------------------------------------------- */

enum { VALUES = 6, TAGS = 24, SHORT = 3, LONG = 4, RATIONAL = 5 };

typedef struct tag {
    unsigned tag, type;
    uint32_t values[2 * VALUES]; /* of a RATIONAL two each */
    unsigned count;
} tag;

typedef struct file {
    unsigned char data[4096];
    size_t size;
} file;

typedef struct directory {
    tag tags[TAGS];
    unsigned count;
    unsigned next; /* offset of another; 0: none */
} directory;

static void put_le(file *f, uint32_t value, unsigned width)
{
    ck_assert_uint_le(f->size + width, sizeof f->data);
    for (unsigned i = 0; i < width; i++)
        f->data[f->size++] = (unsigned char)(value >> 8 * i);
}

static unsigned width_of(unsigned type)
{
    return type == LONG ? 4 : type == RATIONAL ? 8 : type == SHORT ? 2 : 1;
}

static void put_values(file *f, const tag *t)
{
    const unsigned width = width_of(t->type) == 8 ? 4 : width_of(t->type);

    for (unsigned v = 0; v < t->count * (t->type == RATIONAL ? 2 : 1); v++)
        put_le(f, t->values[v], width);
}

/* Little-endian, the directory right behind the header. */
static file write_file(const directory *d)
{
    file f = {.size = 0}, behind = {.size = 0};
    const size_t start = 8 + 2 + 12 * (size_t)d->count + 4;

    put_le(&f, 0x002A4949, 4);
    put_le(&f, 8, 4);
    put_le(&f, d->count, 2);
    for (unsigned i = 0; i < d->count; i++) {
        const tag *t = &d->tags[i];
        const size_t before = f.size;
        put_le(&f, t->tag, 2);
        put_le(&f, t->type, 2);
        put_le(&f, t->count, 4);
        if (t->count * width_of(t->type) <= 4) {
            put_values(&f, t);
        } else {
            put_le(&f, (uint32_t)(start + behind.size), 4);
            put_values(&behind, t);
        }
        while (f.size < before + 12)
            put_le(&f, 0, 1);
    }
    put_le(&f, d->next, 4);
    memcpy(f.data + f.size, behind.data, behind.size);
    f.size += behind.size;
    return f;
}

/* Sets or adds a tag of the same SHORT `count` times. */
static void set(directory *d, unsigned number, uint32_t value, unsigned count)
{
    unsigned i = 0;

    while (i < d->count && d->tags[i].tag != number)
        i++;
    ck_assert_uint_lt(i, TAGS);
    d->count += i == d->count;
    d->tags[i] = (tag){number, SHORT, {0}, count};
    for (unsigned v = 0; v < count; v++)
        d->tags[i].values[v] = value;
}

static directory make(unsigned photometric, unsigned bits, unsigned samples, unsigned compression)
{
    directory d = {.count = 0};

    set(&d, LOOM_TIFF_WIDTH, 30, 1);
    set(&d, LOOM_TIFF_HEIGHT, 20, 1);
    set(&d, LOOM_TIFF_BITS, bits, samples);
    set(&d, LOOM_TIFF_COMPRESSION, compression, 1);
    set(&d, LOOM_TIFF_PHOTOMETRIC, photometric, 1);
    set(&d, LOOM_TIFF_SAMPLES, samples, 1);
    if (photometric == 3)
        set(&d, LOOM_TIFF_COLOUR_MAP, 0, 3);
    return d;
}

static const char *words_of(const file *f)
{
    static char reason[LOOM_UNSUPPORTED_REASON];

    reason[0] = '\0';
    const bool unsupported =
        loom_format_unsupported(LOOM_FORMAT_TIFF, (loom_bytes){f->data, f->size}, reason);
    ck_assert_int_eq(unsupported, reason[0] != '\0');
    return reason;
}

static void assert_words(const directory *d, const char *words)
{
    const file f = write_file(d);

    ck_assert_str_eq(words_of(&f), words);
    for (size_t size = 0; size < f.size && words[0] == '\0'; size++) {
        file cut = f; /* no cut of a good one is of a bad kind */
        cut.size = size;
        ck_assert_str_eq(words_of(&cut), "");
    }
}

/* ---- one field ------------------------------------------------------------- */

/* The value of the row in a directory that is good but for it. */
static directory with_row(const loom_kind *row)
{
    directory d = make(2, 8, 3, 1);

    if (strcmp(row->aspect, "colours") == 0) {
        const bool one = row->value != 2 && row->value != 6 && row->value != 8;
        d = make(row->value, 8, row->value == 5 ? 4 : one ? 1 : 3, row->value == 6 ? 7 : 1);
    } else if (strcmp(row->aspect, "numbers") == 0) {
        set(&d, LOOM_TIFF_SAMPLE_FORMAT, row->value, 3);
    } else if (strcmp(row->aspect, "bits a sample") == 0) {
        d = make(1, row->value, 1, 1);
    } else if (strcmp(row->aspect, "extra samples") == 0) {
        d = make(2, 8, 4, 1);
        set(&d, LOOM_TIFF_EXTRA_SAMPLES, row->value, 1);
    } else if (strcmp(row->aspect, "compression") == 0) {
        const bool fax = row->value >= 2 && row->value <= 4;
        d = make(fax ? 1 : 2, fax ? 1 : 8, fax ? 1 : 3, row->value);
    } else if (strcmp(row->aspect, "predictor") == 0) {
        d = make(2, 8, 3, 5);
        set(&d, LOOM_TIFF_PREDICTOR, row->value, 1);
    } else if (strcmp(row->aspect, "planes") == 0) {
        set(&d, LOOM_TIFF_PLANES, row->value, 1);
    } else if (strcmp(row->aspect, "fill order") == 0) {
        d = make(1, 1, 1, 1);
        set(&d, LOOM_TIFF_FILL_ORDER, row->value, 1);
    } else if (strcmp(row->aspect, "inks") == 0) {
        d = make(5, 8, 4, 1);
        set(&d, LOOM_TIFF_INKS, row->value, 1);
    } else {
        ck_abort_msg("no test knows the aspect %s", row->aspect);
    }
    return d;
}

START_TEST(every_row_is_read_or_named)
{
    for (const loom_kind *row = loom_format_kind(LOOM_FORMAT_TIFF, 0); row->aspect != NULL; row++) {
        const directory d = with_row(row);
        char words[LOOM_UNSUPPORTED_REASON] = "";
        if (!row->read)
            (void)snprintf(words, sizeof words, "%s: %s", row->aspect, row->name);
        assert_words(&d, words);
    }
}
END_TEST

static bool has_row(const char *aspect, uint32_t value)
{
    for (const loom_kind *row = loom_format_kind(LOOM_FORMAT_TIFF, 0); row->aspect != NULL; row++)
        if (row->value == value && strcmp(row->aspect, aspect) == 0)
            return true;
    return false;
}

/* Just outside each list. */
START_TEST(what_has_no_row_is_refused_by_its_number)
{
    static const struct {
        const char *aspect;
        unsigned from, to;
    } aspects[] = {
        {"colours", 0, 300},     {"numbers", 0, 300},   {"bits a sample", 1, 64},
        {"compression", 0, 300}, {"predictor", 0, 300}, {"planes", 0, 300},
        {"fill order", 0, 300},  {"inks", 0, 300},      {"extra samples", 0, 254},
    };

    for (size_t i = 0; i < COUNT(aspects); i++)
        for (unsigned value = aspects[i].from; value <= aspects[i].to; value++) {
            const loom_kind row = {aspects[i].aspect, value, false, ""};
            char words[LOOM_UNSUPPORTED_REASON];
            if (has_row(row.aspect, value))
                continue;
            const directory d = with_row(&row);
            (void)snprintf(words, sizeof words, "%s: number %u, which is not known", row.aspect,
                           value);
            assert_words(&d, words);
        }
}
END_TEST

/* ---- several fields -------------------------------------------------------- */

START_TEST(what_does_not_go_together)
{
    static const struct {
        unsigned photometric, bits, samples, compression, tag, value, count;
        const char *words;
    } rows[] = {
        {2, 8, 3, 1, 284, 2, 1, ""},
        {2, 8, 4, 1, 338, 0, 1, ""},
        {2, 8, 6, 1, 338, 0, 3, ""},
        {2, 8, 6, 1, 338, 0, 1, "a wrong number of samples"},
        {2, 8, 3, 1, 338, 0, 1, "a wrong number of samples"},
        {5, 8, 6, 1, 338, 0, 2, ""},
        {0, 8, 2, 1, 338, 2, 1, ""},
        {1, 8, 1, 1, 284, 2, 1, ""},
        {1, 1, 1, 4, 266, 2, 1, ""},
        {1, 1, 1, 3, 292, 1, 1, ""},
        {2, 8, 3, 1, 32996, 2, 1, ""},
        {2, 8, 3, 1, 254, 2, 1, ""},
        {2, 8, 3, 1, 254, 1, 1, ""}, /* and nothing else in the file */
        {1, 1, 1, 1, 0, 0, 0, ""},
        {1, 0, 1, 1, 0, 0, 0, ""}, /* damaged */
        {1, 999, 1, 1, 0, 0, 0, ""},
        {1, 8, 1, 1, 277, 0, 1, ""},
        {2, 8, 4, 1, 0, 0, 0, "extra samples of unspecified meaning"},
        {1, 8, 2, 1, 0, 0, 0, "extra samples of unspecified meaning"},
        {2, 8, 1, 1, 0, 0, 0, "fewer samples than its colours need"},
        {2, 8, 5, 1, 338, 2, 1, "a wrong number of samples"},
        {2, 8, 3, 1, 338, 2, 1, "a wrong number of samples"},
        {2, 8, 5, 1, 338, 2, 2, "several alpha samples"},
        {2, 8, 5, 1, 338, 1, 2, "several alpha samples"},
        {2, 4, 3, 1, 0, 0, 0, "several samples of less than 8 bits"},
        {1, 4, 2, 1, 338, 2, 1, "several samples of less than 8 bits"},
        {3, 8, 2, 1, 338, 2, 1, "a palette with other samples"},
        {8, 16, 3, 1, 0, 0, 0, ""},
        {5, 8, 4, 1, 336, 1, 2, "unusual levels of black and white"},
        {8, 8, 4, 1, 338, 0, 1, "CIE L*a*b* with other samples"},
        {8, 8, 3, 1, 284, 2, 1, "CIE L*a*b* in separate planes"},
        {8, 8, 3, 7, 0, 0, 0, "JPEG of other colours than gray, RGB and Y'CbCr"},
        {5, 8, 5, 1, 338, 2, 1, "CMYK with alpha"},
        {5, 8, 5, 1, 338, 1, 1, "CMYK with alpha"},
        {0, 8, 2, 1, 338, 1, 1, "premultiplied alpha of gray whose 0 is white"},
        {2, 8, 3, 7, 284, 2, 1, "separate planes, compressed as JPEG or WebP"},
        {6, 8, 3, 1, 0, 0, 0, "Y'CbCr that is not compressed as JPEG"},
        {6, 8, 3, 5, 530, 1, 2, "Y'CbCr that is not compressed as JPEG"},
        {1, 8, 1, 4, 0, 0, 0, "a fax that is not black and white"},
        {3, 1, 1, 4, 0, 0, 0, "a fax that is not black and white"},
        {1, 1, 1, 3, 292, 2, 1, "a fax with uncompressed parts"},
        {1, 1, 1, 4, 293, 2, 1, "a fax with uncompressed parts"},
        {2, 16, 3, 7, 0, 0, 0, "JPEG of other than 8 bits, or with extra samples"},
        {2, 8, 4, 7, 338, 2, 1, "JPEG of other than 8 bits, or with extra samples"},
        {5, 8, 4, 7, 0, 0, 0, "JPEG of other colours than gray, RGB and Y'CbCr"},
        {3, 8, 1, 7, 0, 0, 0, "JPEG of other colours than gray, RGB and Y'CbCr"},
        {1, 8, 1, 50001, 0, 0, 0, "WebP of other than RGB with 8 bits"},
        {2, 16, 3, 50001, 0, 0, 0, "WebP of other than RGB with 8 bits"},
        {1, 4, 1, 5, 317, 2, 1, "a predictor of less than 8 bits"},
        {1, 8, 1, 1, 266, 2, 1,
         "the lowest bits first, of other than plain or fax pixels of 1 bit"},
        {1, 1, 1, 5, 266, 2, 1,
         "the lowest bits first, of other than plain or fax pixels of 1 bit"},
        {2, 8, 3, 1, 32996, 3, 1, "numbers: another type, by an old tag"},
        {3, 8, 1, 1, 346, 1, 1, "a palette of other colours than RGB"},
        {2, 8, 3, 1, 32997, 4, 1, "a third dimension"},
        {2, 8, 3, 1, 559, 4, 2, "strips of different heights"},
        {2, 8, 3, 1, 254, 4, 1, "its page is a smaller picture, or a mask, of another"},
        {2, 8, 3, 1, 258, 5, 0, "samples that differ in type"},
        {2, 8, 3, 1, 262, 2, 2, "values of tag 262 that differ, or of an unusual type or number"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        directory d = make(rows[i].photometric, rows[i].bits, rows[i].samples, rows[i].compression);
        if (rows[i].tag > 0)
            set(&d, rows[i].tag, rows[i].value, rows[i].count);
        assert_words(&d, rows[i].words);
    }
}
END_TEST

START_TEST(samples_must_be_alike)
{
    directory d = make(2, 8, 3, 1);

    d.tags[2].values[1] = 6; /* of the bits */
    assert_words(&d, "samples that differ in type");
    d = make(2, 8, 3, 1);
    set(&d, LOOM_TIFF_SAMPLE_FORMAT, 1, 3);
    assert_words(&d, "");
    d.tags[d.count - 1].values[2] = 3;
    assert_words(&d, "samples that differ in type");
    /* A type that a decoder takes for a number, and we do not. */
    d = make(2, 8, 3, 1);
    set(&d, LOOM_TIFF_SAMPLE_FORMAT, 3, 1);
    d.tags[d.count - 1].type = 8; /* SSHORT */
    assert_words(&d, "samples that differ in type");
    d.tags[d.count - 1] = (tag){LOOM_TIFF_EXTRA_SAMPLES, 7, {2}, 1}; /* UNDEFINED */
    assert_words(&d, "values of tag 338 that differ, or of an unusual type or number");
}
END_TEST

START_TEST(colours_must_be_told)
{
    directory d = make(1, 8, 1, 1);

    d.tags[4] = d.tags[--d.count];
    assert_words(&d, "no photometric interpretation");
}
END_TEST

/* ---- tiles, pages, levels -------------------------------------------------- */

static directory make_tiled(unsigned width, unsigned height)
{
    directory d = make(2, 8, 3, 1);

    set(&d, LOOM_TIFF_TILE_WIDTH, width, 1);
    set(&d, LOOM_TIFF_TILE_HEIGHT, height, 1);
    set(&d, LOOM_TIFF_TILE_OFFSETS, 8, 1);
    set(&d, LOOM_TIFF_TILE_COUNTS, 8, 1);
    return d;
}

START_TEST(tiles)
{
    static const char bad[] = "tiles whose sides are not multiples of 16, or exceed 8192 px";
    directory d = make_tiled(16, 8192);

    assert_words(&d, "");
    set(&d, LOOM_TIFF_PLANES, 2, 1);
    assert_words(&d, "tiles of separate planes");
    d = make_tiled(8208, 16);
    assert_words(&d, bad);
    d = make_tiled(16, 40);
    assert_words(&d, bad);
    d = make_tiled(0, 16); /* damaged */
    assert_words(&d, "");
    d = make_tiled(16, 16);
    set(&d, LOOM_TIFF_TILE_OFFSETS, 0, 2);
    set(&d, LOOM_TIFF_TILE_COUNTS, 0, 2);
    assert_words(&d, "missing strips or tiles");
}
END_TEST

START_TEST(a_smaller_first_page_is_not_the_picture)
{
    static const char words[] = "its page is a smaller picture, or a mask, of another";

    for (int old = 0; old < 2; old++)
        for (int sub = 0; sub < 2; sub++) {
            directory d = make(2, 8, 3, 1);
            set(&d, old ? LOOM_TIFF_OLD_SUBFILE : LOOM_TIFF_SUBFILE, old ? 2 : 1, 1);
            if (sub)
                set(&d, LOOM_TIFF_SUB_DIRECTORIES, 8, 1);
            else
                d.next = 8;
            file f = write_file(&d);
            ck_assert_str_eq(words_of(&f), words);
            set(&d, old ? LOOM_TIFF_OLD_SUBFILE : LOOM_TIFF_SUBFILE, old ? 3 : 2, 1);
            f = write_file(&d);
            ck_assert_str_eq(words_of(&f), "");
        }
}
END_TEST

START_TEST(levels_of_black_and_white)
{
    static const char words[] = "unusual levels of black and white";
    static const struct {
        unsigned photometric, bits, compression, tag, count;
        uint32_t values[12];
        const char *words;
    } rows[] = {
        {6, 8, 7, 532, 6, {0, 1, 255, 1, 128, 1, 255, 1, 128, 1, 255, 1}, ""},
        {6, 8, 7, 532, 6, {15, 1, 235, 1, 128, 1, 240, 1, 128, 1, 240, 1}, words},
        {6, 8, 7, 532, 5, {0, 1, 255, 1, 128, 1, 255, 1, 128, 1}, words},
        {6, 8, 7, 532, 6, {0, 0, 255, 1, 128, 1, 255, 1, 128, 1, 255, 1}, words},
        {6, 8, 7, 529, 3, {299, 1000, 587, 1000, 114, 1000}, ""},
        {6, 8, 7, 529, 3, {2125, 10000, 7154, 10000, 721, 10000}, words},
        {2, 8, 1, 532, 6, {0, 1, 255, 1, 0, 1, 255, 1, 0, 1, 255, 1}, ""},
        {2, 8, 1, 532, 6, {16, 1, 235, 1, 16, 1, 235, 1, 16, 1, 235, 1}, words},
        {8, 8, 1, 318, 2, {3457, 10000, 3585, 10000}, ""},
        {8, 8, 1, 318, 2, {3127, 10000, 3290, 10000}, words},
        {2, 16, 1, 532, 6, {0, 1, 65535, 1, 0, 1, 65535, 1, 0, 1, 65535, 1}, ""},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        directory d = make(rows[i].photometric, rows[i].bits, 3, rows[i].compression);
        tag *t = &d.tags[d.count++];
        *t = (tag){rows[i].tag, RATIONAL, {0}, rows[i].count};
        memcpy(t->values, rows[i].values, sizeof rows[i].values);
        const file f = write_file(&d);
        ck_assert_str_eq(words_of(&f), rows[i].words);
    }
}
END_TEST

/* ---- samples --------------------------------------------------------------- */

START_TEST(samples_are_told)
{
    directory d = make(2, 8, 6, 1);
    loom_tiff_samples samples;

    set(&d, LOOM_TIFF_EXTRA_SAMPLES, 0, 3);
    file f = write_file(&d);
    ck_assert(loom_tiff_samples_of((loom_bytes){f.data, f.size}, &samples));
    ck_assert(samples.count == 6 && samples.colours == 3 && samples.alpha == -1);
    d.tags[d.count - 1].values[1] = 2;
    f = write_file(&d);
    ck_assert(loom_tiff_samples_of((loom_bytes){f.data, f.size}, &samples));
    ck_assert(samples.count == 6 && samples.colours == 3 && samples.alpha == 4);
    d = make(2, 12, 3, 1);
    f = write_file(&d);
    ck_assert(!loom_tiff_samples_of((loom_bytes){f.data, f.size}, &samples));
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("unsupported_tiff");
    TCase *tests = tcase_create("directories");

    tcase_add_test(tests, every_row_is_read_or_named);
    tcase_add_test(tests, what_has_no_row_is_refused_by_its_number);
    tcase_add_test(tests, what_does_not_go_together);
    tcase_add_test(tests, samples_must_be_alike);
    tcase_add_test(tests, colours_must_be_told);
    tcase_add_test(tests, tiles);
    tcase_add_test(tests, a_smaller_first_page_is_not_the_picture);
    tcase_add_test(tests, levels_of_black_and_white);
    tcase_add_test(tests, samples_are_told);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
