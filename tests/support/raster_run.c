#include "support/raster_run.h"

#include "support/check.h"
#include <stdio.h>
#include <string.h>

static loom_status run(raster_result *r, loom_format format, loom_error *err)
{
    const loom_bytes file = {r->input.data, r->input.size};
    const loom_decoder *decoder = loom_decoder_of(format);
    char reason[LOOM_UNSUPPORTED_REASON];

    ck_assert_ptr_nonnull(decoder);
    const bool sized = loom_format_header(format, file, &r->header);
    const loom_header said = r->header;
    if (loom_format_unsupported(format, file, reason))
        return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PROBE, "%s", reason);
    loom_status status = decoder->probe(&r->input, &r->header, err);
    ck_assert_int_eq(status == LOOM_OK, sized);
    if (status != LOOM_OK)
        return status;
    ck_assert_uint_eq(r->header.width, said.width);
    ck_assert_uint_eq(r->header.height, said.height);
    if ((uint64_t)said.width * said.height > 100000)
        return loom_error_set(err, LOOM_ERR_TOO_LARGE, LOOM_STAGE_PROBE, "too large for a test");
    status = decoder->decode(&r->input, &r->header, false, &r->decoded, err);
    if (status == LOOM_OK) {
        ck_assert_uint_eq(r->decoded.picture.width, said.width);
        ck_assert_uint_eq(r->decoded.picture.height, said.height);
    } else {
        ck_assert_ptr_null(r->decoded.picture.data);
    }
    return status;
}

raster_result raster_run(loom_format format, const void *bytes, size_t size)
{
    raster_result r = {.input = raster_input(bytes, size)};
    loom_error err = LOOM_ERROR_INIT;

    r.status = run(&r, format, &err);
    ck_assert(r.status == LOOM_OK || err.message[0] != '\0');
    memcpy(r.message, err.message, sizeof r.message);
    return r;
}

raster_result raster_run_file(loom_format format, const raster_file *f)
{
    return raster_run(format, f->bytes, f->size);
}

void raster_end(raster_result *result)
{
    loom_decoded_release(&result->decoded);
    loom_input_release(&result->input);
}

unsigned raster_sample_at(const raster_result *result, unsigned pixel, unsigned channel)
{
    const loom_picture *picture = &result->decoded.picture;
    const size_t at = (size_t)pixel * picture->channels + channel;
    uint16_t deep;

    if (picture->depth == 1)
        return picture->data[at];
    memcpy(&deep, picture->data + 2 * at, sizeof deep);
    return deep;
}

void raster_expect(loom_format format, const raster_file *f, unsigned channels, const void *pixels,
                   const char *what)
{
    raster_result r = raster_run_file(format, f);
    const loom_picture *picture = &r.decoded.picture;

    ck_assert_msg(r.status == LOOM_OK, "%s: %s", what, r.message);
    ck_assert_msg(!r.decoded.missing && r.decoded.damage == NULL, "%s: %s", what,
                  r.decoded.damage != NULL ? r.decoded.damage : "missing");
    ck_assert_msg(picture->channels == channels, "%s: %u channels", what, picture->channels);
    ck_assert_uint_eq(picture->depth, 1);
    const size_t bytes = (size_t)picture->width * picture->height * channels;
    for (size_t i = 0; i < bytes; i++)
        ck_assert_msg(picture->data[i] == ((const unsigned char *)pixels)[i],
                      "%s: pixel %zu, channel %zu is %u, not %u", what, i / channels, i % channels,
                      picture->data[i], ((const unsigned char *)pixels)[i]);
    raster_end(&r);
}

void raster_refuse(loom_format format, const raster_file *f, const char *reason)
{
    raster_result r = raster_run_file(format, f);

    ck_assert_msg(r.status == LOOM_ERR_UNSUPPORTED, "%s: %s", reason, loom_status_name(r.status));
    ck_assert_str_eq(r.message, reason);
    raster_end(&r);
}

static const raster_kind *find_case(const loom_kind *kind, const raster_kind *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (cases[i].value == kind->value && strcmp(cases[i].aspect, kind->aspect) == 0)
            return &cases[i];
    return NULL;
}

void raster_walk_kinds(loom_format format, const raster_kind *cases, size_t count)
{
    size_t rows = 0;

    for (const loom_kind *kind = loom_format_kind(format, 0); kind->aspect != NULL;
         kind++, rows++) {
        const raster_kind *found = find_case(kind, cases, count);
        raster_file f = {.size = 0};
        char what[160];
        (void)snprintf(what, sizeof what, "%s: %s", kind->aspect, kind->name);
        ck_assert_msg(found != NULL, "no case for %s", what);
        found->make(&f);
        if (kind->read)
            raster_expect(format, &f, found->channels, found->pixels, what);
        else
            raster_refuse(format, &f, what);
    }
    ck_assert_uint_eq(rows, count);
}
