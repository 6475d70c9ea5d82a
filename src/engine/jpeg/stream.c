#include "engine/jpeg/stream.h"

#include "format/jpeg.h"
#include <stdlib.h>

enum {
    WINDOW = 128 << 10, /* bytes that are made at once, about: they stay in a cache */
    CAPACITY = WINDOW + LOOM_JPEG_STREAM_AHEAD,
    KEPT = 8 /* bytes before bits.p that stay: bits.count is of them */
};

bool loom_jpeg_stream_init(loom_jpeg_stream *stream)
{
    /* Zeroed, for reads go beyond an interval, and then on to what was there before. */
    *stream = (loom_jpeg_stream){.bytes = calloc(1, CAPACITY + LOOM_JPEG_STREAM_AHEAD)};
    return stream->bytes != NULL;
}

void loom_jpeg_stream_release(loom_jpeg_stream *stream)
{
    free(stream->bytes);
    *stream = (loom_jpeg_stream){.bytes = NULL};
}

static void begin_interval(loom_jpeg_stream *stream)
{
    stream->made = 0;
    stream->ended = false;
    stream->bits = (loom_jpeg_bits){stream->bytes, 0, 0};
}

void loom_jpeg_stream_begin(loom_jpeg_stream *stream, loom_bytes file, size_t at)
{
    stream->file = file;
    stream->at = at;
    stream->restarts = 0;
    begin_interval(stream);
}

/* Copies up to `size` bytes that are not FF, and returns how many. */
static size_t copy_plain(unsigned char *to, const unsigned char *from, size_t size)
{
    const uint64_t low = UINT64_C(0x0101010101010101), high = low << 7;
    size_t done = 0;

    while (size - done >= sizeof(uint64_t)) { /* eight bytes are left to read, and to write */
        uint64_t v;
        memcpy(&v, from + done, sizeof v);
        memcpy(to + done, &v, sizeof v);
        v = le64toh(v);
        /* Its lowest bit is in the first byte that is FF: Hacker's Delight, 6-1, of ~v. */
        const uint64_t found = (~v - low) & v & high;
        if (found != 0)
            return done + (unsigned)__builtin_ctzll(found) / 8;
        done += sizeof v;
    }
    for (; done < size && from[done] != 0xFF; done++) /* done < size holds both */
        to[done] = from[done];
    return done;
}

/* Bytes of the interval, without stuffing, until the window is full or the interval ends. */
static bool destuff(loom_jpeg_stream *stream)
{
    const unsigned char *data = stream->file.data;
    size_t at = stream->at, made = stream->made;

    while (made < CAPACITY && !stream->ended) { /* each turn makes CAPACITY - made at most */
        const size_t left = stream->file.size - at, room = CAPACITY - made;
        const size_t copied =
            copy_plain(stream->bytes + made, data + at, left < room ? left : room);
        at += copied;
        made += copied;
        if (made == CAPACITY)
            break;
        if (stream->file.size - at < 2) /* an FF and what it means, or nothing is there */
            return false;
        stream->marker = data[at + 1];
        if (stream->marker == 0) {
            stream->bytes[made++] = 0xFF; /* made < CAPACITY, see above */
            at += 2;
        } else {
            stream->ended = true;
            at += (stream->marker & 0xF8) == LOOM_JPEG_RST0 ? 2 : 0;
        }
    }
    stream->at = at;
    stream->made = made;
    return true;
}

/* Bits from the window's first byte on that were taken; p is not before it. */
static size_t taken(const loom_jpeg_stream *stream)
{
    return (size_t)(stream->bits.p - stream->bytes) * 8 - stream->bits.count;
}

bool loom_jpeg_stream_fill(loom_jpeg_stream *stream)
{
    const size_t at = (size_t)(stream->bits.p - stream->bytes);

    /* Here p is no further than AHEAD bytes behind what was made, which is CAPACITY at most; when
     * it is let through, it is within 8 bytes of that, and AHEAD more are there. */
    if (stream->ended)
        return taken(stream) <= stream->made * 8;
    if (at < stream->made && stream->made - at >= LOOM_JPEG_STREAM_AHEAD)
        return true;
    if (at > stream->made)
        return false;
    const size_t first = at > KEPT ? at - KEPT : 0;
    memmove(stream->bytes, stream->bytes + first, stream->made - first);
    stream->made -= first;
    stream->bits.p -= first;
    return destuff(stream) && taken(stream) <= stream->made * 8;
}

/* Whether the bits are used up, but for those that fill the last byte. */
static bool is_used_up(loom_jpeg_stream *stream)
{
    return loom_jpeg_stream_fill(stream) && stream->ended &&
           stream->made * 8 - taken(stream) < 8; /* not negative: fill looks */
}

bool loom_jpeg_stream_restart(loom_jpeg_stream *stream)
{
    if (!is_used_up(stream) || stream->marker != LOOM_JPEG_RST0 + stream->restarts % 8)
        return false;
    stream->restarts++;
    begin_interval(stream);
    return true;
}

size_t loom_jpeg_stream_end(loom_jpeg_stream *stream)
{
    return is_used_up(stream) && (stream->marker & 0xF8) != LOOM_JPEG_RST0 ? stream->at : 0;
}
