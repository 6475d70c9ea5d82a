/*
 * Good TIFFs in which one field, or two, have another value, and the samples are laid accordingly:
 * either the picture is what arithmetic makes of it, or the file is refused.
 */
#include "support/engine_run.h"
#include "support/suite.h"
#include "support/tiff_file.h"

#include <stdio.h>
#include <string.h>

enum { PALETTE = 3, SEPARATED = 5, CIELAB = 8, WEBP = 50001 };

static const tiff_spec bases[] = {
    {.photometric = 2, .bits = 8, .samples = 3},
    {.photometric = 1, .bits = 8, .samples = 1},
    {.photometric = 0, .bits = 1, .samples = 1},
    {.photometric = 2, .bits = 16, .samples = 4, .extras = {2}, .extra_count = 1},
    {.photometric = 1, .bits = 8, .samples = 2, .extras = {1}, .extra_count = 1},
    {.photometric = PALETTE, .bits = 4, .samples = 1},
    {.photometric = SEPARATED, .bits = 8, .samples = 4},
    {.photometric = 2, .bits = 8, .samples = 3, .compression = 5, .predictor = 2},
};

/* ---- fields ------------------------------------------------------------------- */

static const unsigned photometrics[] = {0, 1,  2,  3,           4,     5,     6,     7,    8,
                                        9, 10, 11, TIFF_ABSENT, 32803, 32844, 32845, 34892};
static const unsigned bits[] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10,
                                12, 14, 15, 16, 17, 24, 31, 32, 33, 64};
static const unsigned formats[] = {0, 1, 2, 3, 4, 5, 6, 7};
static const unsigned samples[] = {1, 2, 3, 4, 5, 6};
static const unsigned extras[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}; /* rows of the table below */
static const unsigned orders[] = {0, 1, 2, 3};                       /* also planes, predictors */
static const unsigned compressions[] = {0,     1,     2,     3,     4,     5,     6,     7,
                                        8,     9,     10,    32766, 32771, 32773, 32809, 32908,
                                        32909, 32946, 33003, 33004, 33005, 34661, 34676, 34677,
                                        34712, 34887, 34892, 34925, 50000, 50001, 50002, 777};
static const unsigned tiles[] = {0, 16, 24};
static const unsigned orientations[] = {1, 3, 9};

static const struct {
    unsigned kinds[TIFF_EXTRAS], count;
} extra_rows[] = {{{0}, 0},    {{0}, 1},    {{1}, 1},    {{2}, 1},    {{3}, 1},      {{0, 0}, 2},
                  {{0, 2}, 2}, {{1, 0}, 2}, {{2, 2}, 2}, {{2, 1}, 2}, {{0, 0, 1}, 3}};

typedef enum field {
    PHOTOMETRIC,
    BITS,
    FORMAT,
    SAMPLES,
    EXTRAS,
    PLANES,
    ORDER,
    COMPRESSION,
    PREDICTOR,
    TILE,
    ORIENTATION,
    FIELDS
} field;

static const struct {
    const unsigned *values;
    size_t count;
} fields[FIELDS] = {
    [PHOTOMETRIC] = {photometrics, COUNT(photometrics)},
    [BITS] = {bits, COUNT(bits)},
    [FORMAT] = {formats, COUNT(formats)},
    [SAMPLES] = {samples, COUNT(samples)},
    [EXTRAS] = {extras, COUNT(extras)},
    [PLANES] = {orders, COUNT(orders)},
    [ORDER] = {orders, COUNT(orders)},
    [COMPRESSION] = {compressions, COUNT(compressions)},
    [PREDICTOR] = {orders, COUNT(orders)},
    [TILE] = {tiles, COUNT(tiles)},
    [ORIENTATION] = {orientations, COUNT(orientations)},
};

static void set(tiff_spec *spec, field f, unsigned value)
{
    switch (f) {
    case PHOTOMETRIC:
        spec->photometric = value;
        break;
    case BITS:
        spec->bits = value;
        break;
    case FORMAT:
        spec->format = value;
        break;
    case SAMPLES:
        spec->samples = value;
        break;
    case EXTRAS:
        memcpy(spec->extras, extra_rows[value].kinds, sizeof spec->extras);
        spec->extra_count = extra_rows[value].count;
        break;
    case PLANES:
        spec->planes = value;
        break;
    case ORDER:
        spec->order = value;
        break;
    case COMPRESSION:
        spec->compression = value;
        break;
    case PREDICTOR:
        spec->predictor = value;
        break;
    case TILE:
        spec->tile = value;
        break;
    default:
        spec->orientation = value;
        break;
    }
}

/* ---- what comes of it ---------------------------------------------------------- */

static void describe(const tiff_spec *s, char text[300])
{
    (void)snprintf(
        text, 300,
        "photometric %u, %u bits, format %u, %u samples, %u extra %u %u, planes %u, "
        "order %u, compression %u, predictor %u, tile %u, orientation %u, big %d, wide %d",
        s->photometric, s->bits, s->format, s->samples, s->extra_count, s->extras[0], s->extras[1],
        s->planes, s->order, s->compression, s->predictor, s->tile, s->orientation, s->big,
        s->wide);
}

/* CMYK: as four samples without anything else, whose colours are tried elsewhere. */
static bool find_picture(const tiff_spec *spec, oracle_image *picture)
{
    const engine_request request = engine_request_default();
    const tiff_spec plain = {.width = spec->width,
                             .height = spec->height,
                             .photometric = SEPARATED,
                             .bits = spec->bits,
                             .samples = 4};

    if (spec->photometric != SEPARATED)
        return tiff_picture(spec, picture);
    if (spec->samples < 4 || (spec->bits != 8 && spec->bits != 16) ||
        (spec->format > 1 && spec->format != 4))
        return false;
    for (unsigned i = 0; i < spec->extra_count; i++)
        if (spec->extras[i] != 0)
            return false;
    tiff_write("plain.tif", &plain);
    *picture = engine_render(&request, "plain.tif");
    return true;
}

static void assert_same(const tiff_spec *spec, const char *what)
{
    const oracle_recipe recipe = {.orientation =
                                      spec->orientation > 8 ? 1 : (int)spec->orientation};
    oracle_image made = oracle_read("out.png"), stored;
    bool divided = false;

    ck_assert_msg(find_picture(spec, &stored), "not known, and ok: %s", what);
    oracle_image expected = oracle_turn(&stored, &recipe);
    ck_assert_msg(made.channels == expected.channels && made.max == expected.max &&
                      made.width == expected.width && made.height == expected.height,
                  "another kind of picture: %s", what);
    for (unsigned i = 0; i < spec->extra_count; i++)
        divided = divided || spec->extras[i] == 1;
    const double off = oracle_compare(&made, &expected).max;
    const double lab = spec->photometric == CIELAB ? expected.max / 255.0 : 0; /* one level */
    ck_assert_msg(off <= (divided ? 2 : lab), "%g off: %s", off, what);
    oracle_release(&made);
    oracle_release(&expected);
    oracle_release(&stored);
}

static unsigned written, refused;

static void try(const tiff_spec *mutated)
{
    const engine_request request = engine_request_default();
    tiff_spec spec = *mutated;
    char what[300];

    /* WebP forgets the colours below a sample that is 0, be it alpha or not. */
    if (spec.compression == WEBP && spec.samples == 4 && spec.extras[0] == 0)
        return;
    spec.width = 19;
    spec.height = 9;
    spec.big = (written + refused) % 2 != 0;
    spec.wide = (written + refused) / 2 % 2 != 0;
    describe(&spec, what);
    tiff_write("in.tif", &spec);
    loom_outcome outcome = engine_run(&request, "in.tif", "out.png");
    const loom_status code = outcome.error.code;
    if (outcome.result == LOOM_RESULT_OK || outcome.result == LOOM_RESULT_WARNING) {
        written++;
        assert_same(&spec, what);
    } else {
        refused++;
        ck_assert_msg(code == LOOM_ERR_UNSUPPORTED || code == LOOM_ERR_CORRUPT ||
                          code == LOOM_ERR_TRUNCATED,
                      "%s: %s", outcome.error.message, what);
    }
    loom_outcome_release(&outcome);
}

START_TEST(one_field)
{
    written = refused = 0;
    for (int f = 0; f < FIELDS; f++)
        for (size_t i = 0; i < fields[f].count; i++) {
            tiff_spec spec = bases[_i];
            set(&spec, (field)f, fields[f].values[i]);
            try(&spec);
        }
    ck_assert_uint_ge(written, 20);
    ck_assert_uint_ge(refused, 50);
}
END_TEST

/*
 * Of the pairs whose first field is this one, by any base: a little less than the fewest counted
 * with libtiff 4.5, so that neither all can be refused nor all be taken for pictures.
 */
static const struct {
    unsigned written, refused;
} least[] = {
    [PHOTOMETRIC] = {30, 1400}, [BITS] = {48, 1250},
    [FORMAT] = {65, 410},       [SAMPLES] = {20, 300},
    [EXTRAS] = {20, 430},       [PLANES] = {34, 100},
    [ORDER] = {30, 100},        [COMPRESSION] = {56, 210},
    [PREDICTOR] = {14, 4},      [TILE] = {6, 3},
};

START_TEST(two_fields)
{
    const int base = _i / (int)COUNT(least), first = _i % (int)COUNT(least);

    const unsigned part = suite_long() ? 1 : 6; /* for every third, which few may fall through */
    unsigned long nth = 0;

    written = refused = 0;
    for (int f = first + 1; f < FIELDS; f++)
        for (size_t i = 0; i < fields[first].count; i++)
            for (size_t j = 0; j < fields[f].count; j++) {
                if (!suite_takes(nth++, 3))
                    continue;
                tiff_spec spec = bases[base];
                set(&spec, (field)first, fields[first].values[i]);
                set(&spec, (field)f, fields[f].values[j]);
                try(&spec);
            }
    ck_assert_uint_ge(written, least[first].written / part);
    ck_assert_uint_ge(refused, least[first].refused / part);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("tiff_mutations");
    TCase *tests = engine_case("fields");

    tcase_add_loop_test(tests, one_field, 0, COUNT(bases));
    /* The first base every day. */
    tcase_add_loop_test(tests, two_fields, 0,
                        (suite_long() ? (int)COUNT(bases) : 1) * (int)COUNT(least));
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
