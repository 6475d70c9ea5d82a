/* What of an input's metadata an output holds: all, two names, or nothing at all. */
#include "base/bytes.h"
#include "support/engine_run.h"
#include "support/icc_profile.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const struct {
    loom_format format;
    const char *name;
    bool exif, xmp, iptc; /* what it can hold */
    const char *lane;     /* that must do it; NULL: any */
} outputs[] = {{LOOM_FORMAT_JPEG, "out.jpg", true, true, true, NULL},
               {LOOM_FORMAT_JPEG, "vips.jpg", true, true, true, "vips"},
               {LOOM_FORMAT_PNG, "out.png", true, true, false, NULL},
               {LOOM_FORMAT_WEBP, "out.webp", true, true, false, NULL},
               {LOOM_FORMAT_WEBP, "vips.webp", true, true, false, "vips"},
               {LOOM_FORMAT_AVIF, "out.avif", true, true, false, NULL},
               {LOOM_FORMAT_TIFF, "out.tif", false, true, false, NULL},
               {LOOM_FORMAT_GIF, "out.gif", false, false, false, NULL},
               {LOOM_FORMAT_JXL, "out.jxl", false, false, false, NULL}};

enum { KEEPERS = 7, OUTPUTS = sizeof outputs / sizeof *outputs };

/* ---- an input that has everything ---------------------------------------- */

enum { ORIENTATION = 274, MAKE = 271, ARTIST = 315, COPYRIGHT = 33432, EXIF_IFD = 34665 };
enum { GPS_IFD = 34853, WIDTH_TAG = 40962, HEIGHT_TAG = 40963, LENS = 42036, LATITUDE = 2 };

static void add_entry(loom_strbuf *out, unsigned tag, unsigned type, uint32_t count, uint32_t value)
{
    sample_le16(out, tag);
    sample_le16(out, type); /* Exif 2.32, 4.6.2: 2 ASCII, 3 SHORT, 4 LONG, 5 RATIONAL */
    sample_le32(out, count);
    sample_le32(out, value);
}

/* Directories at fixed places: 0th at 8, Exif at 86, GPS at 128, 1st at 170, text from 300 on. */
static void add_exif(loom_strbuf *out)
{
    static const char make[] = "MakeSecret", artist[] = "Ann Artist", lens[] = "LensSecret";
    static const char copyright[] = "(c) Somebody", thumbnail[] = "\xFF\xD8ThumbSecret\xFF\xD9";
    const size_t from = out->size;

    loom_strbuf_add(out, "II*\0\10\0\0\0", 8);
    sample_le16(out, 6);
    add_entry(out, MAKE, 2, sizeof make, 300);
    add_entry(out, ORIENTATION, 3, 1, 6);
    add_entry(out, ARTIST, 2, sizeof artist, 320);
    add_entry(out, COPYRIGHT, 2, sizeof copyright, 340);
    add_entry(out, EXIF_IFD, 4, 1, 86);
    add_entry(out, GPS_IFD, 4, 1, 128);
    sample_le32(out, 170);
    ck_assert_uint_eq(out->size - from, 86);
    sample_le16(out, 3);
    add_entry(out, WIDTH_TAG, 4, 1, 9999); /* stale */
    add_entry(out, HEIGHT_TAG, 4, 1, 8888);
    add_entry(out, LENS, 2, sizeof lens, 360);
    sample_le32(out, 0);
    ck_assert_uint_eq(out->size - from, 128);
    sample_le16(out, 3);
    add_entry(out, 1, 2, 2, 'N');
    add_entry(out, LATITUDE, 5, 3, 400);
    add_entry(out, 3, 2, 2, 'E');
    sample_le32(out, 0);
    ck_assert_uint_eq(out->size - from, 170);
    sample_le16(out, 3);
    add_entry(out, 259, 3, 1, 6);
    add_entry(out, 513, 4, 1, 440);
    add_entry(out, 514, 4, 1, sizeof thumbnail - 1);
    sample_le32(out, 0);
    unsigned char text[160] = "";
    memcpy(text, make, sizeof make);
    memcpy(text + 20, artist, sizeof artist);
    memcpy(text + 40, copyright, sizeof copyright);
    memcpy(text + 60, lens, sizeof lens);
    const unsigned char latitude[24] = {52, 0, 0, 0, 1, 0, 0, 0, 31, 0, 0, 0,
                                        1,  0, 0, 0, 7, 0, 0, 0, 1,  0, 0, 0};
    memcpy(text + 100, latitude, sizeof latitude);
    memcpy(text + 140, thumbnail, sizeof thumbnail - 1);
    while (out->size - from < 300)
        loom_strbuf_add_char(out, 0);
    loom_strbuf_add(out, text, sizeof text);
}

static const char xmp[] = "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">XmpSecret</x:xmpmeta>";
/* IPTC-NAA 2:80, the by-line; and a thumbnail, in Photoshop's resources. */
static const char iptc[] = "8BIM\4\4\0\0\0\0\0\17\34\2P\0\12IptcSecret\0"
                           "8BIM\4\14\0\0\0\0\0\20PsThumbSecret...";

/* 60x40 px as stored, 40x60 upright. */
static void write_input(const char *path, bool with_profile)
{
    loom_strbuf segments = LOOM_STRBUF_INIT, exif = LOOM_STRBUF_INIT;
    icc_profile icc;

    engine_make_jpeg("plain.jpg");
    add_exif(&exif);
    sample_exif_segment(&segments, &exif);
    sample_segment(&segments, 0xE1, "http://ns.adobe.com/xap/1.0/", 29, xmp, sizeof xmp - 1);
    sample_segment(&segments, 0xED, "Photoshop 3.0", 14, iptc, sizeof iptc - 1);
    sample_segment(&segments, 0xFE, "", 0, "CommentSecret", 13);
    icc_make_rgb(&icc, &icc_display_p3);
    if (with_profile)
        sample_icc_segment(&segments, icc.bytes, icc.size);
    sample_insert("plain.jpg", path, &segments);
}

/* ---- reading an output --------------------------------------------------- */

typedef struct file {
    unsigned char *data;
    size_t size;
} file;

static file read_file(const char *path)
{
    file f;

    f.data = (unsigned char *)tmpdir_read(path, &f.size);
    return f;
}

static bool holds(const file *f, const void *what, size_t size)
{
    return memmem(f->data, f->size, what, size) != NULL;
}

static bool holds_text(const file *f, const char *text)
{
    return holds(f, text, strlen(text));
}

static void assert_xmp(int i, const file *f, bool kept)
{
    /* In PNG it is compressed. */
    const char *trace = outputs[i].format == LOOM_FORMAT_PNG ? "XML:com.adobe.xmp" : "XmpSecret";

    ck_assert_int_eq(holds_text(f, trace), kept && outputs[i].xmp);
}

/* EXIF's TIFF header in the file; NULL where there is none. */
static const unsigned char *find_exif(const file *f, bool *big_endian)
{
    const unsigned char *found = memmem(f->data, f->size, "II*\0\10\0\0\0", 8);

    *big_endian = found == NULL;
    return found != NULL ? found : memmem(f->data, f->size, "MM\0*\0\0\0\10", 8);
}

/* The entry of a tag in the directory at `at`; NULL: not there. */
static const unsigned char *find_tag(const unsigned char *tiff, size_t at, bool big, unsigned tag)
{
    const unsigned count = loom_get16(tiff + at, big);

    for (unsigned i = 0; i < count; i++) {
        const unsigned char *entry = tiff + at + 2 + 12 * (size_t)i;
        if (loom_get16(entry, big) == tag)
            return entry;
    }
    return NULL;
}

/* A LONG or SHORT. */
static uint32_t value_of(const unsigned char *entry, bool big)
{
    ck_assert_ptr_nonnull(entry);
    return loom_get16(entry + 2, big) == 3 ? loom_get16(entry + 8, big)
                                           : loom_get32(entry + 8, big);
}

static size_t directory(const unsigned char *tiff, bool big, unsigned tag)
{
    return value_of(find_tag(tiff, 8, big, tag), big);
}

/* What cannot be kept is told, and nothing else. The input has all three, and names. */
static void assert_told(int i, loom_metadata metadata, const loom_outcome *outcome)
{
    const size_t expected = metadata == LOOM_METADATA_ALL
                                ? (size_t)(!outputs[i].exif + !outputs[i].xmp + !outputs[i].iptc)
                                : (size_t)(metadata == LOOM_METADATA_COPYRIGHT && !outputs[i].exif);

    ck_assert_msg(outcome->result == (expected > 0 ? LOOM_RESULT_WARNING : LOOM_RESULT_OK),
                  "%s: %s", outputs[i].name, outcome->error.message);
    ck_assert_uint_eq(outcome->warning_count, expected);
}

static file make(int i, loom_metadata metadata, loom_icc icc)
{
    engine_request request = engine_request_box(20, 0, LOOM_FIT_COVER);

    request.format = outputs[i].format;
    request.recipe.metadata = metadata;
    request.recipe.icc = icc;
    request.settings.lane = outputs[i].lane;
    loom_outcome outcome = engine_run(&request, "in.jpg", outputs[i].name);
    assert_told(i, metadata, &outcome);
    ck_assert(outcome.width == 20 && outcome.height == 30);
    loom_outcome_release(&outcome);
    return read_file(outputs[i].name);
}

/* ---- none ---------------------------------------------------------------- */

START_TEST(none_leaks_nothing)
{
    static const char *const traces[] = {
        "Secret", "Ann Artist", "Somebody",  "Exif", "EXIF", "eXIf",   "xmpmeta", "ns.adobe",
        "XMP ",   "xml",        "Photoshop", "8BIM", "iCCP", "ICCP",   "acsp",    "ICC_PROFILE",
        "GPS",    "tEXt",       "zTXt",      "iTXt", "vips", "Adobe.", "Creator"};

    if (engine_codec(outputs[_i].format)->writer == NULL)
        return;
    write_input("in.jpg", true);
    file f = make(_i, LOOM_METADATA_NONE, LOOM_ICC_SRGB);
    for (size_t i = 0; i < sizeof traces / sizeof *traces; i++)
        ck_assert_msg(!holds_text(&f, traces[i]), "%s holds %s", outputs[_i].name, traces[i]);
    if (outputs[_i].format != LOOM_FORMAT_TIFF) {
        bool big;
        ck_assert_ptr_null(find_exif(&f, &big));
    }
    free(f.data);
}
END_TEST

/* ---- copyright ----------------------------------------------------------- */

/* Tags that say nothing of the photographer: resolution, versions, the picture's size. */
static void assert_only(const unsigned char *tiff, bool big)
{
    static const unsigned allowed[] = {ARTIST, COPYRIGHT, EXIF_IFD, ORIENTATION,
                                       282,    283,       296,      531};
    const unsigned count = loom_get16(tiff + 8, big);

    for (unsigned i = 0; i < count; i++) {
        const unsigned tag = loom_get16(tiff + 10 + 12 * (size_t)i, big);
        bool found = false;
        for (size_t k = 0; k < sizeof allowed / sizeof *allowed && !found; k++)
            found = tag == allowed[k];
        ck_assert_msg(found, "tag %u", tag);
    }
    ck_assert_uint_eq(loom_get32(tiff + 10 + 12 * (size_t)count, big), 0); /* no thumbnail's */
}

/* libexif shows a copyright as "NAME (Photographer) - [None] (Editor)"; the file holds the name. */
static void assert_text(const unsigned char *tiff, bool big, unsigned tag, const char *text)
{
    const unsigned char *entry = find_tag(tiff, 8, big, tag);

    ck_assert_ptr_nonnull(entry);
    ck_assert_uint_eq(loom_get32(entry + 4, big), strlen(text) + 1);
    ck_assert_str_eq((const char *)tiff + loom_get32(entry + 8, big), text);
}

START_TEST(copyright_keeps_two_names_and_no_more)
{
    bool big;

    write_input("in.jpg", true);
    file f = make(_i, LOOM_METADATA_COPYRIGHT, LOOM_ICC_SRGB);
    ck_assert(!holds_text(&f, "Secret"));
    ck_assert(!holds_text(&f, "xmpmeta"));
    ck_assert(!holds_text(&f, "8BIM"));
    ck_assert(!holds_text(&f, "acsp"));
    ck_assert_int_eq(holds_text(&f, "Ann Artist"), outputs[_i].exif);
    ck_assert_int_eq(holds_text(&f, "(c) Somebody"), outputs[_i].exif);
    if (outputs[_i].exif) {
        const unsigned char *tiff = find_exif(&f, &big);
        ck_assert_ptr_nonnull(tiff);
        assert_text(tiff, big, ARTIST, "Ann Artist");
        assert_text(tiff, big, COPYRIGHT, "(c) Somebody");
        assert_only(tiff, big);
    }
    free(f.data);
}
END_TEST

/* ---- all ----------------------------------------------------------------- */

START_TEST(all_keeps_what_is_true_still)
{
    bool big;

    write_input("in.jpg", false);
    file f = make(_i, LOOM_METADATA_ALL, LOOM_ICC_SRGB);
    ck_assert(!holds_text(&f, "ThumbSecret"));
    assert_xmp(_i, &f, true);
    ck_assert_int_eq(holds_text(&f, "IptcSecret"), outputs[_i].iptc);
    ck_assert_int_eq(holds_text(&f, "MakeSecret"), outputs[_i].exif);
    if (outputs[_i].exif) {
        const unsigned char *tiff = find_exif(&f, &big);
        ck_assert_ptr_nonnull(tiff);
        ck_assert_uint_eq(value_of(find_tag(tiff, 8, big, ORIENTATION), big), 1);
        ck_assert(holds_text(&f, "LensSecret"));
        assert_text(tiff, big, COPYRIGHT, "(c) Somebody");
        const size_t exif = directory(tiff, big, EXIF_IFD), gps = directory(tiff, big, GPS_IFD);
        ck_assert_uint_eq(value_of(find_tag(tiff, exif, big, WIDTH_TAG), big), 20);
        ck_assert_uint_eq(value_of(find_tag(tiff, exif, big, HEIGHT_TAG), big), 30);
        const unsigned char *latitude = find_tag(tiff, gps, big, LATITUDE);
        ck_assert_ptr_nonnull(latitude);
        const unsigned char *degrees = tiff + loom_get32(latitude + 8, big);
        ck_assert_uint_eq(loom_get32(degrees, big), 52);
        ck_assert_uint_eq(loom_get32(degrees + 8, big), 31);
        const unsigned entries = loom_get16(tiff + 8, big);
        ck_assert_uint_eq(loom_get32(tiff + 10 + 12 * (size_t)entries, big), 0);
    }
    free(f.data);
}
END_TEST

/* The profile is --icc's matter: kept with or without other metadata, and alone. */
START_TEST(profile_and_metadata_do_not_mix)
{
    icc_profile icc;

    icc_make_rgb(&icc, &icc_display_p3);
    write_input("in.jpg", true);
    for (int keep = 0; keep < 2; keep++)
        for (int all = 0; all < 2; all++) {
            file f = make(_i, all ? LOOM_METADATA_ALL : LOOM_METADATA_NONE,
                          keep ? LOOM_ICC_KEEP : LOOM_ICC_SRGB);
            const bool found = outputs[_i].format == LOOM_FORMAT_PNG /* compressed there */
                                   ? holds_text(&f, "iCCP")
                                   : holds(&f, icc.bytes + 36, icc.size - 36);
            ck_assert_int_eq(found, keep);
            assert_xmp(_i, &f, all == 1);
            ck_assert(all || !holds_text(&f, "Secret"));
            /* libvips would write EXIF of its own. */
            if (outputs[_i].exif)
                ck_assert_int_eq(holds_text(&f, "Exif") || holds_text(&f, "EXIF") ||
                                     holds_text(&f, "eXIf"),
                                 all);
            free(f.data);
        }
}
END_TEST

/* ---- times --------------------------------------------------------------- */

START_TEST(times_are_the_input_s_only_when_asked)
{
    const struct timespec times[2] = {{1000000000, 5000}, {1234567890, 123456789}};
    engine_request request = engine_request_default();
    struct stat info;

    write_input("in.jpg", false);
    for (int keep = 0; keep < 2; keep++) {
        ck_assert_int_eq(utimensat(AT_FDCWD, "in.jpg", times, 0), 0);
        request.settings.preserve_timestamps = keep == 1;
        loom_outcome outcome = engine_run_written(&request, "in.jpg", "out.png", LOOM_RESULT_OK);
        ck_assert_int_eq(stat("out.png", &info), 0);
        if (keep) {
            ck_assert_int_eq(info.st_mtim.tv_sec, times[1].tv_sec);
            ck_assert_int_eq(info.st_mtim.tv_nsec, times[1].tv_nsec);
        } else {
            ck_assert_int_gt(info.st_mtim.tv_sec, times[1].tv_sec);
        }
        loom_outcome_release(&outcome);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine_metadata");
    TCase *tests = tcase_create("engine_metadata");

    tcase_add_checked_fixture(tests, engine_setup_untrusted, engine_teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, none_leaks_nothing, 0, OUTPUTS);
    tcase_add_loop_test(tests, copyright_keeps_two_names_and_no_more, 0, KEEPERS);
    tcase_add_loop_test(tests, all_keeps_what_is_true_still, 0, KEEPERS);
    tcase_add_loop_test(tests, profile_and_metadata_do_not_mix, 0, KEEPERS);
    tcase_add_test(tests, times_are_the_input_s_only_when_asked);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
