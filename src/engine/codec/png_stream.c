#include "engine/codec/png_parts.h"

#include "format/png.h"
#include <limits.h>

enum { HEAD = 8 }; /* bytes of a chunk before its data */

/* The data of the IDAT at `at`, as far as it is there, and where the next chunk is. */
static bool idat_at(loom_bytes file, size_t at, loom_bytes *data, size_t *next)
{
    if (at > file.size || file.size - at < HEAD || memcmp(file.data + at + 4, "IDAT", 4) != 0)
        return false;
    const size_t length = loom_be32(file.data + at), there = file.size - at - HEAD;

    *data = (loom_bytes){file.data + at + HEAD, length < there ? length : there};
    *next = length <= there && there - length >= LOOM_PNG_CHUNK - HEAD
                ? at + LOOM_PNG_CHUNK + length
                : file.size;
    return true;
}

bool loom_png_stream_open(loom_png_stream *stream, loom_bytes file)
{
    loom_png_chunk chunk;
    loom_bytes data;
    size_t at = LOOM_PNG_SIGNATURE, next;

    while (loom_png_chunk_at(file, at, &chunk) && !loom_png_chunk_is(&chunk, "IDAT"))
        at = chunk.end;
    if (!idat_at(file, at, &data, &next))
        return false;
    stream->file = file;
    stream->next = at;
    stream->end = LOOM_PNG_STREAM_GOES_ON;
    stream->surplus = false;
    isal_inflate_init(&stream->inflate);
    stream->inflate.crc_flag = ISAL_ZLIB; /* with header and checksum */
    return true;
}

/* Gives the next IDAT to the inflater. False: there is none. */
static bool feed(loom_png_stream *stream)
{
    loom_bytes data;

    if (!idat_at(stream->file, stream->next, &data, &stream->next))
        return false;
    /* The inflater only reads, but says it otherwise. */
    memcpy(&stream->inflate.next_in, &data.data, sizeof stream->inflate.next_in);
    stream->inflate.avail_in = (uint32_t)data.size;
    return true;
}

int loom_inflate(struct inflate_state *state)
{
    const int code = isal_inflate(state);

#ifdef __x86_64__
    if (__builtin_cpu_supports("avx"))
        __asm__ volatile("vzeroupper" ::: "memory");
#endif
    return code;
}

/* Whether anything but empty IDATs follows the stream, which has ended. */
static bool has_surplus(loom_png_stream *stream)
{
    const struct inflate_state *state = &stream->inflate;

    while (state->avail_in == 0 && feed(stream))
        continue;
    return state->avail_in > 0 || state->read_in_length >= CHAR_BIT;
}

size_t loom_png_stream_read(loom_png_stream *stream, unsigned char *to, uint32_t size)
{
    struct inflate_state *state = &stream->inflate;

    state->next_out = to;
    state->avail_out = size;
    while (state->avail_out > 0 && stream->end == LOOM_PNG_STREAM_GOES_ON) {
        const uint32_t wanted = state->avail_out;
        if (loom_inflate(state) != ISAL_DECOMP_OK) {
            stream->end = LOOM_PNG_STREAM_BROKEN;
        } else if (state->avail_out == wanted) {
            if (state->block_state == ISAL_BLOCK_FINISH) {
                stream->end = LOOM_PNG_STREAM_ENDED;
                stream->surplus = has_surplus(stream);
            } else if (state->avail_in > 0) {
                stream->end = LOOM_PNG_STREAM_BROKEN; /* it comes no further */
            } else if (!feed(stream)) {
                stream->end = LOOM_PNG_STREAM_RAN_OUT;
            }
        }
    }
    return size - state->avail_out;
}
