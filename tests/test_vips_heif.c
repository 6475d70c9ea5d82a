/* What a libheif without its plug-ins is said to read and to write. */
#include "engine/vips/library.h"
#include "support/engine_run.h"
#include "support/suite.h"

#include <stddef.h>
#include <string.h>

void *__real_loom_vips_library_symbol(const char *library, const char *name);
void *__wrap_loom_vips_library_symbol(const char *library, const char *name);

enum { HEVC = 1, AV1 = 4 }; /* enum heif_compression_format */

static int decoder, encoder; /* the only one there is; 0: none */

static int have_decoder(int format)
{
    return format == decoder;
}

static int have_encoder(int format)
{
    return format == encoder;
}

void *__wrap_loom_vips_library_symbol(const char *library, const char *name)
{
    if (strcmp(name, "heif_have_decoder_for_format") == 0)
        return (void *)have_decoder;
    if (strcmp(name, "heif_have_encoder_for_format") == 0)
        return (void *)have_encoder;
    return __real_loom_vips_library_symbol(library, name);
}

START_TEST(what_is_said_is_what_is_there)
{
    static const struct {
        int decoder, encoder;
        bool reads_avif, reads_heic, writes_avif;
    } rows[] = {{0, 0, false, false, false},
                {AV1, 0, true, false, false},
                {AV1, AV1, true, false, true},
                {HEVC, HEVC, false, true, false}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        decoder = rows[i].decoder;
        encoder = rows[i].encoder;
        const loom_codec_info avif = *engine_codec(LOOM_FORMAT_AVIF);
        const loom_codec_info heic = *engine_codec(LOOM_FORMAT_HEIC);
        ck_assert_int_eq(avif.reader != NULL, rows[i].reads_avif);
        ck_assert_int_eq(heic.reader != NULL, rows[i].reads_heic);
        ck_assert_int_eq(avif.writer != NULL, rows[i].writes_avif);
        ck_assert_int_eq(loom_engine_writes(engine_started, LOOM_FORMAT_AVIF), rows[i].writes_avif);
        ck_assert_int_eq(avif.lacks == NULL, rows[i].writes_avif);
        ck_assert_ptr_null(heic.writer);
        ck_assert_ptr_null(engine_codec(LOOM_FORMAT_PNG)->lacks);
    }
    ck_assert_ptr_nonnull(strstr(engine_codec(LOOM_FORMAT_AVIF)->lacks, "aomenc"));
}
END_TEST

START_TEST(what_it_cannot_decode_is_unsupported)
{
    const engine_request request = engine_request_default();

    engine_assert_error(&request, engine_testdata("formats/quadrants.avif"), LOOM_ERR_UNSUPPORTED,
                        LOOM_STAGE_PROBE);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("vips_heif");
    TCase *tests = engine_case("vips_heif");

    tcase_add_test(tests, what_is_said_is_what_is_there);
    tcase_add_test(tests, what_it_cannot_decode_is_unsupported);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
