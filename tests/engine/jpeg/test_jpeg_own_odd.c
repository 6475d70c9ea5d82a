/*
 * Files that are odd in a single thing, put together here segment by segment: what our own JPEG
 * decoder takes of them, libjpeg has nothing to say against; and what it must not take, it does
 * not.
 */
#include "engine/jpeg/own.h"
#include "format/jpeg.h"
#include "support/jpeg_kinds.h"
#include "support/jpeg_truth.h"
#include "support/suite.h"

#include <string.h>

enum { SCANS_MAX = 32, DHT = 0xC4, DQT = 0xDB, SOS = 0xDA, DRI = 0xDD, APP14 = 0xEE };

/* ---- taken, or right? ------------------------------------------------------------ */

typedef struct judgement {
    bool right; /* libjpeg is silent */
    bool taken; /* by our own decoder */
    bool same;  /* with libjpeg's coefficients */
} judgement;

static judgement judge(const unsigned char *data, size_t size, uint32_t width, uint32_t height)
{
    unsigned char *copy = malloc(size); /* of exactly its size, for sanitizers */
    loom_jpeg_own *own = loom_jpeg_own_create();
    jpeg_truth *truth = jpeg_truth_read(data, size);
    judgement made = {.right = truth != NULL};

    ck_assert(copy != NULL && own != NULL);
    memcpy(copy, data, size);
    loom_jpeg_wish wish = {.file = {copy, size}, .width = width, .height = height, .k = {8, 8, 8}};
    made.taken = loom_jpeg_own_decode(own, &wish);
    if (truth != NULL) {
        for (unsigned i = 0; i < 3; i++)
            jpeg_truth_set(truth, i, 8);
        wish.look = jpeg_truth_look;
        wish.look_data = truth;
        made.same = loom_jpeg_own_decode(own, &wish);
    }
    jpeg_truth_free(truth);
    loom_jpeg_own_free(own);
    free(copy);
    return made;
}

static void assert_taken(judgement made, const char *what)
{
    ck_assert_msg(made.right && made.taken && made.same, "%s: right %d, taken %d, same %d", what,
                  made.right, made.taken, made.same);
}

/* ---- files by hand ----------------------------------------------------------------- */

typedef struct file {
    unsigned char data[4096];
    size_t size;
    unsigned held, count; /* bits that fill no byte yet */
} file;

static void add(file *f, const void *bytes, size_t size)
{
    ck_assert_uint_le(size, sizeof f->data - f->size);
    memcpy(f->data + f->size, bytes, size);
    f->size += size;
}

static void add_marker(file *f, unsigned marker)
{
    add(f, (unsigned char[]){0xFF, (unsigned char)marker}, 2);
}

static void add_segment(file *f, unsigned marker, const void *bytes, size_t size)
{
    const size_t length = size + 2;

    add_marker(f, marker);
    add(f, (unsigned char[]){(unsigned char)(length >> 8), (unsigned char)length}, 2);
    add(f, bytes, size);
}

/* Bits as '0' and '1'; anything else is for people. */
static void add_bits(file *f, const char *bits)
{
    for (; *bits != '\0'; bits++) {
        if (*bits != '0' && *bits != '1')
            continue;
        f->held = f->held << 1 | (unsigned)(*bits - '0');
        if (++f->count == 8) {
            add(f, (unsigned char[]){(unsigned char)f->held}, 1);
            ck_assert_uint_ne(f->held & 255, 255); /* nothing here needs stuffing */
            f->held = f->count = 0;
        }
    }
}

/* Fills the last byte with ones (T.81, F.1.2.3). */
static void end_bits(file *f)
{
    while (f->count > 0)
        add_bits(f, "1");
}

/* A gray frame: SOF0 or SOF2, with its quantisation table. */
static void begin_gray(file *f, unsigned frame, unsigned width, unsigned height)
{
    unsigned char quant[65] = {0};

    memset(quant + 1, 1, 64);
    f->size = 0;
    f->held = f->count = 0;
    add_marker(f, 0xD8);
    add_segment(f, DQT, quant, sizeof quant);
    const unsigned char header[] = {8,
                                    (unsigned char)(height >> 8),
                                    (unsigned char)height,
                                    (unsigned char)(width >> 8),
                                    (unsigned char)width,
                                    1,
                                    1,
                                    0x11,
                                    0};
    add_segment(f, frame, header, sizeof header);
}

/* A Huffman table whose i-th code is `lengths[i]` bits long. */
static void add_table(file *f, unsigned kind, const unsigned char *lengths,
                      const unsigned char *values, size_t count)
{
    unsigned char table[17 + 8] = {(unsigned char)(kind << 4)};

    for (size_t i = 0; i < count; i++)
        table[lengths[i]]++;
    memcpy(table + 17, values, count);
    add_segment(f, DHT, table, 17 + count);
}

static void begin_scan(file *f, unsigned from, unsigned to, unsigned high, unsigned low)
{
    const unsigned char scan[] = {
        1, 1, 0, (unsigned char)from, (unsigned char)to, (unsigned char)(high << 4 | low)};

    add_segment(f, SOS, scan, sizeof scan);
}

/* ---- runs of ends of band, and restarts ------------------------------------------------ */

/*
 * Four blocks, a restart interval of two. AC codes: 0 and a bit x: 2 + x blocks without any; 10 and
 * a sign: a coefficient at once; 110: a block's end. A run of three in the first interval goes on
 * over the marker: T.81, G.1.2.2 forgets it there, and so does libjpeg, without a word.
 */
static void make_run(file *f, bool refines, bool over)
{
    static const unsigned char lengths[] = {1, 2, 3}, values[] = {0x10, 0x01, 0x00};
    const unsigned low = refines ? 1 : 0;

    begin_gray(f, LOOM_JPEG_SOF2, 32, 8);
    add_table(f, 0, lengths, values + 2, 1); /* a difference of 0 */
    add_table(f, 1, lengths, values, 3);
    add_segment(f, DRI, "\0\2", 2);
    for (unsigned scan = 0; scan < (refines ? 3u : 2u); scan++) {
        begin_scan(f, scan > 0, scan > 0 ? 63 : 0, scan == 2, scan == 1 ? low : 0);
        const bool longer = over && scan == (refines ? 2 : 1);
        add_bits(f, scan == 0 ? "0 0" : longer ? "0 1" : "0 0");
        end_bits(f);
        add_marker(f, 0xD0);
        add_bits(f, scan == 0 ? "0 0" : scan == 1 ? "10 1, 110, 110" : "110 1, 110");
        end_bits(f);
    }
    add_marker(f, LOOM_JPEG_EOI);
}

START_TEST(a_run_over_a_restart_is_not_taken)
{
    file f;

    for (int refines = 0; refines < 2; refines++) {
        make_run(&f, refines == 1, false);
        assert_taken(judge(f.data, f.size, 32, 8), "a run that ends in time");
        make_run(&f, refines == 1, true);
        const judgement over = judge(f.data, f.size, 32, 8);
        ck_assert(over.right); /* libjpeg forgets the rest of the run */
        ck_assert(!over.taken);
    }
}
END_TEST

/* ---- an interval that ends long before its blocks do --------------------------------------- */

/*
 * Each block takes as many bits as it can: 63 coefficients of 16 + 10 bits, all of them zeros. The
 * interval has one byte, and what is behind it in the window is zeros, too: a decoder that never
 * looks whether it has taken more than there is leaves the window, which sanitizers see.
 */
START_TEST(more_than_an_interval_has_is_not_taken)
{
    static const unsigned char length = 16, difference = 0, coefficient = 0x0A;
    file f;

    for (int restart = 0; restart < 2; restart++) {
        begin_gray(&f, LOOM_JPEG_SOF0, 1024, 1024);
        add_table(&f, 0, &length, &difference, 1);
        add_table(&f, 1, &length, &coefficient, 1);
        if (restart == 1)
            add_segment(&f, DRI, "\x3F\xFF", 2);
        begin_scan(&f, 0, 63, 0, 0);
        add_bits(&f, "00000000");
        if (restart == 1) {
            add_marker(&f, 0xD0);
            add_bits(&f, "00000000");
        }
        add_marker(&f, LOOM_JPEG_EOI);
        const judgement made = judge(f.data, f.size, 1024, 1024);
        ck_assert(!made.right);
        ck_assert(!made.taken);
    }
}
END_TEST

/* ---- scans in another order ------------------------------------------------------------------ */

/* A scan with its tables: where it is in the file, and what it says. */
typedef struct unit {
    size_t begin, end;
    unsigned count, components[3], from, to, high, low;
} unit;

typedef struct units {
    unsigned char *data; /* freed by the caller */
    size_t size;
    unit scans[SCANS_MAX];
    unsigned count;
} units;

static void read_scan(unit *u, loom_bytes segment)
{
    u->count = segment.data[0];
    for (unsigned i = 0; i < u->count; i++)
        u->components[i] = segment.data[1 + 2 * i] - 1u; /* JFIF: 1, 2, 3 */
    const unsigned char *rest = segment.data + 1 + 2 * (size_t)u->count;
    u->from = rest[0];
    u->to = rest[1];
    u->high = rest[2] >> 4;
    u->low = rest[2] & 15;
}

static units cut(const jpeg_kind *kind, uint32_t width, uint32_t height)
{
    units made = {.count = 0};
    size_t at = 2, begin = 0;
    loom_bytes segment;
    unsigned marker;

    made.data = jpeg_kind_make(kind, width, height, &made.size);
    const loom_bytes bytes = {made.data, made.size};
    for (size_t from = at; (marker = loom_jpeg_walk(bytes, &at, &segment)) != LOOM_JPEG_EOI;
         from = at) {
        ck_assert_uint_ne(marker, 0);
        if (begin == 0 && (marker == DHT || marker == SOS))
            begin = from;
        if (marker != SOS)
            continue;
        ck_assert_uint_lt(made.count, SCANS_MAX);
        unit *u = &made.scans[made.count++];
        at = loom_jpeg_next_marker(bytes, at);
        *u = (unit){.begin = begin, .end = at};
        read_scan(u, segment);
        begin = 0;
    }
    return made;
}

/* The file with its scans in this order. */
static unsigned char *order(const units *from, const unsigned *scans, unsigned count, size_t *size)
{
    unsigned char *made = malloc(from->size * 2);
    size_t at = from->scans[0].begin;

    ck_assert_ptr_nonnull(made);
    memcpy(made, from->data, at);
    for (unsigned i = 0; i < count; i++) {
        const unit *u = &from->scans[scans[i]];
        memcpy(made + at, from->data + u->begin, u->end - u->begin);
        at += u->end - u->begin;
    }
    made[at++] = 0xFF;
    made[at++] = LOOM_JPEG_EOI;
    *size = at;
    return made;
}

/* T.81, G.1.1.1.1, coefficient by coefficient: DC first, then each bit once and in turn. */
static bool is_progression(const units *from, const unsigned *scans, unsigned count)
{
    enum { UNKNOWN = 99 };
    unsigned bits[3][64];

    for (unsigned i = 0; i < 3 * 64; i++)
        bits[i / 64][i % 64] = UNKNOWN;
    for (unsigned i = 0; i < count; i++) {
        const unit *u = &from->scans[scans[i]];
        for (unsigned c = 0; c < u->count; c++)
            for (unsigned k = u->from; k <= u->to; k++) {
                unsigned *of = &bits[u->components[c]][k];
                if ((k > 0 && bits[u->components[c]][0] == UNKNOWN) ||
                    *of != (u->high > 0 ? u->high : UNKNOWN))
                    return false;
                *of = u->low;
            }
    }
    return bits[0][0] != UNKNOWN && bits[1][0] != UNKNOWN && bits[2][0] != UNKNOWN;
}

/* Returns whether it is taken, which is so where it is a progression. */
static bool assert_order(const units *from, const unsigned *scans, unsigned count)
{
    size_t size;
    unsigned char *data = order(from, scans, count, &size);
    const judgement made = judge(data, size, 40, 24);
    const bool right = is_progression(from, scans, count);

    if (right)
        assert_taken(made, "a progression");
    ck_assert_int_eq(made.taken, right);
    free(data);
    return right;
}

static const jpeg_kind *kind_named(const char *name)
{
    for (size_t i = 0; i < jpeg_kinds_count; i++)
        if (strcmp(jpeg_kinds[i].name, name) == 0)
            return &jpeg_kinds[i];
    ck_abort_msg("no kind %s", name);
}

static const char *const progressions[] = {"progressive 4:2:0", "bands", "spectral", "deep"};

START_TEST(scans_are_taken_in_their_order)
{
    units from = cut(kind_named(progressions[_i]), 40, 24);
    unsigned scans[SCANS_MAX + 1], right = 0, wrong = 0;

    ck_assert_uint_gt(from.count, 3);
    for (unsigned a = 0; a < from.count; a++)
        for (unsigned b = 0; b < from.count; b++) { /* b in a's place, and a in b's */
            for (unsigned i = 0; i < from.count; i++)
                scans[i] = i == a ? b : i == b ? a : i;
            if (assert_order(&from, scans, from.count))
                right++;
            else
                wrong++;
        }
    ck_assert_uint_gt(right, from.count);
    ck_assert_uint_gt(wrong, 0);
    for (unsigned a = 0; a < from.count; a++) { /* a twice; without a */
        for (unsigned i = 0; i <= from.count; i++)
            scans[i] = i <= a ? i : i - 1;
        ck_assert(!assert_order(&from, scans, from.count + 1));
        for (unsigned i = 0; i + 1 < from.count; i++)
            scans[i] = i < a ? i : i + 1;
        (void)assert_order(&from, scans, from.count - 1);
    }
    free(from.data);
}
END_TEST

/* ---- segments ---------------------------------------------------------------------------------
 */

/* The file with a segment put in at `at`. */
static judgement judge_with(const units *from, size_t at, unsigned marker, const void *bytes,
                            size_t size)
{
    file f = {.size = 0};
    unsigned char *made = malloc(from->size + sizeof f.data);

    ck_assert_ptr_nonnull(made);
    add_segment(&f, marker, bytes, size);
    memcpy(made, from->data, at);
    memcpy(made + at, f.data, f.size);
    memcpy(made + at + f.size, from->data + at, from->size - at);
    const judgement found = judge(made, from->size + f.size, 40, 24);
    free(made);
    return found;
}

/* libjpeg warns of transforms that it does not know; gray has none, and it does not look. */
START_TEST(adobe_transforms_are_taken_by_a_list)
{
    static const char *const names[] = {"gray", "4:2:0", "progressive 4:2:0"};

    for (size_t n = 0; n < COUNT(names); n++) {
        units from = cut(kind_named(names[n]), 40, 24);
        unsigned char adobe[] = "Adobe\0\144\0\0\0\0";
        for (unsigned transform = 0; transform < 256; transform++) {
            adobe[11] = (unsigned char)transform;
            const judgement made = judge_with(&from, 2, APP14, adobe, 12);
            ck_assert(made.right || !made.taken);
            ck_assert_int_eq(made.taken, transform <= 1);
            if (made.taken)
                assert_taken(made, "a known transform");
        }
        assert_taken(judge_with(&from, 2, APP14, adobe, 11), "too short to be Adobe's");
        assert_taken(judge_with(&from, 2, APP14, "Adobd\0\144\0\0\0\0\7", 12), "not Adobe's");
        free(from.data);
    }
}
END_TEST

/* libjpeg takes a component's table when its first scan begins; we take none after any has. */
START_TEST(quantisation_tables_between_scans_are_not_taken)
{
    static const char *const names[] = {"separate", "pair", "progressive 4:2:0", "spectral"};
    unsigned char quant[65];

    for (size_t n = 0; n < COUNT(names); n++) {
        units from = cut(kind_named(names[n]), 40, 24);
        memset(quant, 3, sizeof quant);
        for (unsigned id = 0; id < 2; id++) {
            quant[0] = (unsigned char)id;
            assert_taken(judge_with(&from, from.scans[0].begin, DQT, quant, sizeof quant),
                         "before the first");
            for (unsigned i = 1; i < from.count; i++) {
                const judgement made =
                    judge_with(&from, from.scans[i].begin, DQT, quant, sizeof quant);
                ck_assert(made.right);
                ck_assert(!made.taken);
            }
        }
        free(from.data);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("jpeg_own_odd");
    TCase *tcase = tcase_create("odd");

    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, a_run_over_a_restart_is_not_taken);
    tcase_add_test(tcase, more_than_an_interval_has_is_not_taken);
    tcase_add_loop_test(tcase, scans_are_taken_in_their_order, 0, COUNT(progressions));
    tcase_add_test(tcase, adobe_transforms_are_taken_by_a_list);
    tcase_add_test(tcase, quantisation_tables_between_scans_are_not_taken);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
