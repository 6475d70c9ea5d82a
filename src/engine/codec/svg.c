#include "engine/codec/svg.h"

#include "base/error.h"
#include "base/memory.h"
#include "format/container.h"
#include "format/svg.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* ---- unpacking ----------------------------------------------------------- */

enum { WINDOW_BITS = 15, GZIP_ALONE = 16, HEAD = LOOM_SVG_WINDOW };

typedef struct unpacker {
    z_stream z;
    unsigned char *data; /* owned; LOOM_INPUT_SLACK more bytes are allocated after `size` */
    size_t size, capacity;
} unpacker;

static bool is_gzip(const unsigned char *data, size_t size)
{
    return size >= 3 && data[0] == 0x1F && data[1] == 0x8B && data[2] == Z_DEFLATED;
}

static loom_status fail(loom_error *err, loom_status status, const char *why)
{
    return loom_error_set(err, status, LOOM_STAGE_PROBE, "%s", why);
}

/* Unpacks as much as fits, up to `limit` bytes in total; returns zlib's result. */
static int unpack_some(unpacker *u, size_t limit)
{
    const size_t left = limit - u->size < UINT_MAX ? limit - u->size : UINT_MAX;

    u->z.next_out = u->data + u->size;
    u->z.avail_out = (uInt)left;
    const int result = inflate(&u->z, Z_NO_FLUSH);
    u->size += left - u->z.avail_out;
    return result;
}

/* Continues with the next gzip member; false: there is none. */
static bool next_member(unpacker *u)
{
    return is_gzip(u->z.next_in, u->z.avail_in) && inflateReset(&u->z) == Z_OK;
}

/* Unpacks until the last member has ended, or `limit` bytes exist: then LOOM_ERR_TOO_LARGE. */
static loom_status unpack(unpacker *u, size_t limit, loom_error *err)
{
    for (;;) {
        if (u->size == limit)
            return fail(err, LOOM_ERR_TOO_LARGE,
                        "the drawing is larger than 64 MiB when it is unpacked");
        if (!loom_grow((void **)&u->data, &u->capacity, u->size + HEAD + LOOM_INPUT_SLACK, 1))
            return fail(err, LOOM_ERR_OUT_OF_MEMORY, "not enough memory for the drawing");
        const size_t left = u->capacity - LOOM_INPUT_SLACK;
        const int result = unpack_some(u, left < limit ? left : limit);
        if (result == Z_STREAM_END && !next_member(u))
            return LOOM_OK;
        if (result == Z_MEM_ERROR)
            return fail(err, LOOM_ERR_OUT_OF_MEMORY, "not enough memory to unpack the drawing");
        if (result == Z_DATA_ERROR || result == Z_NEED_DICT)
            return fail(err, LOOM_ERR_CORRUPT, "the packed drawing (gzip) is damaged");
        if (result != Z_STREAM_END && u->z.avail_in == 0 && u->z.avail_out > 0)
            return fail(err, LOOM_ERR_TRUNCATED, "the packed drawing (gzip) is cut short");
    }
}

/*
 * Whether the first bytes, unpacked, are a drawing's, of which format; damage is for those who
 * unpack it all.
 */
static bool holds_drawing(const loom_input *input, loom_format *format)
{
    unsigned char head[HEAD];
    unpacker u = {.data = head};

    u.z.next_in = input->data;
    u.z.avail_in = input->size < UINT_MAX ? (uInt)input->size : UINT_MAX;
    if (inflateInit2(&u.z, WINDOW_BITS + GZIP_ALONE) != Z_OK)
        return false;
    (void)unpack_some(&u, sizeof head);
    (void)inflateEnd(&u.z);
    const loom_format found = loom_format_sniff(head, u.size);
    if (!loom_container_of(found)->drawing)
        return false;
    *format = found;
    return true;
}

loom_status loom_svgz_unpack(loom_input *input, loom_format *format, loom_error *err)
{
    unpacker u = {.data = NULL};

    if (!is_gzip(input->data, input->size) || !holds_drawing(input, format))
        return LOOM_OK;
    if (input->size > LOOM_DRAWING_MAX)
        return fail(err, LOOM_ERR_TOO_LARGE, "the packed drawing is larger than 64 MiB");
    u.z.next_in = input->data;
    u.z.avail_in = (uInt)input->size;
    if (inflateInit2(&u.z, WINDOW_BITS + GZIP_ALONE) != Z_OK)
        return fail(err, LOOM_ERR_OUT_OF_MEMORY, "not enough memory to unpack the drawing");
    const loom_status status = unpack(&u, LOOM_DRAWING_MAX, err);
    (void)inflateEnd(&u.z);
    if (status != LOOM_OK) {
        free(u.data);
        return status;
    }
    memset(u.data + u.size, 0, LOOM_INPUT_SLACK);
    loom_input_replace(input, u.data, u.size);
    return LOOM_OK;
}

/* ---- a size -------------------------------------------------------------- */

loom_status loom_svg_give_size(loom_input *input, loom_format *format, loom_error *err)
{
    loom_svg_gap gap;

    if (!loom_svg_missing_size((loom_bytes){input->data, input->size}, &gap))
        return LOOM_OK;
    *format = loom_format_sniff(input->data, input->size);
    const size_t more = strlen(gap.attributes);
    unsigned char *data = input->size <= SIZE_MAX - more - LOOM_INPUT_SLACK
                              ? malloc(input->size + more + LOOM_INPUT_SLACK)
                              : NULL;
    if (data == NULL)
        return loom_no_memory(err, LOOM_STAGE_PROBE, "for the drawing");
    memcpy(data, input->data, gap.at);
    memcpy(data + gap.at, gap.attributes, more);
    memcpy(data + gap.at + more, input->data + gap.at, input->size - gap.at);
    memset(data + input->size + more, 0, LOOM_INPUT_SLACK);
    for (unsigned i = 0; i < gap.blank_count; i++) {
        const size_t from = gap.blanks[i].from;
        memset(data + from + (from < gap.at ? 0 : more), ' ', gap.blanks[i].end - from);
    }
    loom_input_replace(input, data, input->size + more);
    return LOOM_OK;
}
