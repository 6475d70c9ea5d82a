#include "engine/jpeg/script.h"

#include <string.h>

enum {
    BLOCK_SIDE = 8, /* samples */
    FACTOR_MAX = 4,
    COM = 0xFE,
    DQT = 0xDB,
    DRI = 0xDD,
    LOW_MAX = 13 /* of Al: T.81, G.1.1.1.2 */
};

void loom_jpeg_script_begin(loom_jpeg_script *script, loom_bytes file)
{
    *script = (loom_jpeg_script){.file = file, .at = 2};
}

/* ---- tables ------------------------------------------------------------------ */

/* T.81, B.2.4.1. Only before the first scan: libjpeg takes a table when a component first comes. */
static bool take_quant(loom_jpeg_script *script, loom_bytes segment)
{
    while (segment.size > 0 && script->scans == 0) {
        const unsigned id = segment.data[0] & 15u, wide = segment.data[0] >> 4;
        const size_t size = 1 + (size_t)LOOM_JPEG_COEFFICIENTS * (wide + 1);
        if (id >= LOOM_JPEG_TABLE_IDS || wide > 1 || segment.size < size)
            return false;
        for (size_t i = 0; i < LOOM_JPEG_COEFFICIENTS; i++) /* size holds them */
            script->quant[id][i] = wide ? loom_be16(segment.data + 1 + 2 * i) : segment.data[1 + i];
        script->has_quant[id] = true;
        segment = loom_bytes_from(segment, size);
    }
    return segment.size == 0;
}

/* T.81, B.2.4.2. */
static bool take_huffman(loom_jpeg_script *script, loom_bytes segment)
{
    while (segment.size >= 17) {
        const unsigned kind = segment.data[0] >> 4, id = segment.data[0] & 15u;
        size_t count = 0;
        for (unsigned i = 1; i <= 16; i++)
            count += segment.data[i];
        if (kind > 1 || id >= LOOM_JPEG_TABLE_IDS || count > 256 || segment.size - 17 < count)
            return false;
        (kind == 0 ? script->dc : script->ac)[id] =
            (loom_jpeg_dht){segment.data + 1, segment.data + 17};
        segment = loom_bytes_from(segment, 17 + count);
    }
    return segment.size == 0;
}

/* T.81, B.2.4.4. */
static bool take_restart(loom_jpeg_script *script, loom_bytes segment)
{
    if (segment.size != 2)
        return false;
    script->restart = loom_be16(segment.data);
    return true;
}

/* ---- frame ------------------------------------------------------------------- */

static uint32_t divide_up(uint64_t a, uint32_t b)
{
    return (uint32_t)((a + b - 1) / b);
}

/* What follows from size and sampling: T.81, A.1.1 and A.2. */
static void measure(loom_jpeg_script *script)
{
    unsigned h_max = 1, v_max = 1;

    for (unsigned i = 0; i < script->count; i++) {
        loom_jpeg_part *p = &script->parts[i];
        if (script->count == 1)
            p->h = p->v = 1; /* its scans are of one block an MCU, whatever the factors are */
        h_max = p->h > h_max ? p->h : h_max;
        v_max = p->v > v_max ? p->v : v_max;
    }
    script->mcus_across = divide_up(script->width, BLOCK_SIDE * h_max);
    script->mcus_down = divide_up(script->height, BLOCK_SIDE * v_max);
    for (unsigned i = 0; i < script->count; i++) {
        loom_jpeg_part *p = &script->parts[i];
        p->blocks_across = divide_up((uint64_t)script->width * p->h, h_max * BLOCK_SIDE);
        p->blocks_down = divide_up((uint64_t)script->height * p->v, v_max * BLOCK_SIDE);
        p->all_across = script->mcus_across * p->h;
        p->all_down = script->mcus_down * p->v;
    }
}

static bool is_factor(unsigned factor)
{
    return factor == 1 || factor == 2 || factor == FACTOR_MAX;
}

/* T.81, B.2.2: baseline, extended sequential or progressive, by Huffman codes, of 8 bits. */
static bool take_frame(loom_jpeg_script *script, unsigned marker, loom_bytes segment)
{
    loom_jpeg_frame frame;

    if (script->width != 0 || marker > LOOM_JPEG_SOF2 ||
        !loom_jpeg_frame_read(marker, segment, &frame) || !frame.exact || frame.precision != 8 ||
        frame.width == 0 || frame.width > LOOM_JPEG_SIDE_MAX || frame.height == 0 ||
        frame.height > LOOM_JPEG_SIDE_MAX || (frame.count != 1 && frame.count != LOOM_JPEG_PARTS))
        return false;
    script->progressive = marker == LOOM_JPEG_SOF2;
    script->width = frame.width;
    script->height = frame.height;
    script->count = frame.count;
    for (unsigned i = 0; i < frame.count; i++) {
        const loom_jpeg_component c = loom_jpeg_frame_component(&frame, i);
        const unsigned table = frame.components.data[i * 3 + 2];
        if (!is_factor(c.h) || !is_factor(c.v) || table >= LOOM_JPEG_TABLE_IDS)
            return false;
        for (unsigned j = 0; j < i; j++)
            if (script->parts[j].id == c.id)
                return false;
        script->parts[i] = (loom_jpeg_part){.id = c.id, .h = c.h, .v = c.v, .table = table};
    }
    measure(script);
    return true;
}

/* ---- scans ------------------------------------------------------------------- */

static bool is_at(const loom_jpeg_scan *scan, unsigned from, unsigned to, unsigned high,
                  unsigned low)
{
    return scan->from == from && scan->to == to && scan->high == high && scan->low == low;
}

/* What a scan of a progressive frame may hold: T.81, G.1.1.1. */
static bool is_progression(const loom_jpeg_scan *scan)
{
    const bool band = scan->from == 0 ? scan->to == 0
                                      : scan->from <= scan->to && scan->count == 1 &&
                                            scan->to < LOOM_JPEG_COEFFICIENTS;

    return band && scan->low <= LOW_MAX && (scan->high == 0 || scan->high == scan->low + 1);
}

/* Goes on from what was sent, DC first; a second time nothing is sent. Sequential: once. */
static bool is_due(loom_jpeg_script *script, const loom_jpeg_scan *scan)
{
    for (unsigned i = 0; i < scan->count; i++) {
        uint8_t *known = script->known[scan->parts[i]];
        if (scan->from > 0 && known[0] == 0)
            return false;
        for (unsigned k = scan->from; k <= scan->to; k++) {
            if (known[k] != (scan->high == 0 ? 0 : 1 + scan->high))
                return false;
            known[k] = (uint8_t)(1 + scan->low);
        }
    }
    return true;
}

/* The quantisation table of a component is the one that is there when its first scan begins. */
static bool begin_part(loom_jpeg_script *script, loom_jpeg_part *part)
{
    if (part->begun)
        return true;
    part->begun = true;
    memcpy(part->quant, script->quant[part->table], sizeof part->quant);
    return script->has_quant[part->table];
}

/* The scan's components, in the frame's order (T.81, B.2.3). */
static bool take_parts(loom_jpeg_script *script, const unsigned char *p, loom_jpeg_scan *scan)
{
    unsigned next = 0, blocks = 0;

    for (unsigned i = 0; i < scan->count; i++, p += 2) {
        const unsigned dc = p[1] >> 4, ac = p[1] & 15u;
        while (next < script->count && script->parts[next].id != p[0])
            next++;
        if (next == script->count || dc >= LOOM_JPEG_TABLE_IDS || ac >= LOOM_JPEG_TABLE_IDS)
            return false;
        loom_jpeg_part *part = &script->parts[next];
        blocks += part->h * part->v;
        scan->parts[i] = next++;
        scan->dc[i] = script->dc[dc];
        scan->ac[i] = script->ac[ac];
        if (!begin_part(script, part))
            return false;
    }
    return scan->count == 1 || blocks <= LOOM_JPEG_MCU_BLOCKS;
}

static bool take_scan(loom_jpeg_script *script, loom_bytes segment, loom_jpeg_scan *scan)
{
    const unsigned char *p = segment.data;

    *scan = (loom_jpeg_scan){.count = segment.size > 0 ? p[0] : 0};
    if (script->width == 0 || scan->count < 1 || scan->count > script->count ||
        segment.size != 4 + (size_t)scan->count * 2)
        return false;
    const unsigned char *rest = p + 1 + (size_t)scan->count * 2;
    scan->from = rest[0];
    scan->to = rest[1];
    scan->high = rest[2] >> 4;
    scan->low = rest[2] & 15u;
    if (!(script->progressive ? is_progression(scan)
                              : is_at(scan, 0, LOOM_JPEG_COEFFICIENTS - 1, 0, 0)) ||
        !take_parts(script, p + 1, scan) || !is_due(script, scan))
        return false;
    const loom_jpeg_part *first = &script->parts[scan->parts[0]];
    scan->mcus_across = scan->count == 1 ? first->blocks_across : script->mcus_across;
    scan->mcus_down = scan->count == 1 ? first->blocks_down : script->mcus_down;
    scan->restart = script->restart;
    scan->data = script->at;
    script->scans++;
    return true;
}

/* ---- the file ---------------------------------------------------------------- */

/* The Adobe transforms and JFIF versions of which libjpeg does not warn. */
static bool take_application(unsigned marker, loom_bytes segment)
{
    if (marker == LOOM_JPEG_APP0 && LOOM_BYTES_HAVE(segment, 0, "JFIF\0"))
        return segment.size < 14 || segment.data[5] == 1;
    if (marker == LOOM_JPEG_APP14 && LOOM_BYTES_HAVE(segment, 0, "Adobe"))
        return segment.size < 12 || segment.data[11] <= 1;
    return true;
}

static bool take_segment(loom_jpeg_script *script, unsigned marker, loom_bytes segment)
{
    if (marker >= LOOM_JPEG_APP0 && marker < LOOM_JPEG_APP0 + 16)
        return take_application(marker, segment);
    switch (marker) {
    case COM:
        return true;
    case DQT:
        return take_quant(script, segment);
    case LOOM_JPEG_DHT:
        return take_huffman(script, segment);
    case DRI:
        return take_restart(script, segment);
    case LOOM_JPEG_SOF0:
    case LOOM_JPEG_SOF1:
    case LOOM_JPEG_SOF2:
        return take_frame(script, marker, segment);
    default:
        return false;
    }
}

/* Whether each component has come, at least its mean. */
static bool is_complete(const loom_jpeg_script *script)
{
    for (unsigned i = 0; i < script->count; i++)
        if (script->known[i][0] == 0)
            return false;
    return script->count > 0;
}

loom_jpeg_step loom_jpeg_script_next(loom_jpeg_script *script, loom_jpeg_scan *scan)
{
    const loom_bytes file = script->file;

    if (!LOOM_BYTES_HAVE(file, 0, "\xFF\xD8"))
        return LOOM_JPEG_STEP_REFUSED;
    for (;;) { /* `at` grows by 2 at least, and is checked against the file's size */
        loom_bytes segment;
        size_t at = script->at;
        while (file.size - at >= 3 && file.data[at] == 0xFF && file.data[at + 1] == 0xFF)
            at++; /* fill bytes: T.81, B.1.1.2 */
        if (at >= file.size || file.data[at] != 0xFF || loom_jpeg_next_marker(file, at) != at)
            return LOOM_JPEG_STEP_REFUSED;
        const unsigned marker = loom_jpeg_walk(file, &at, &segment);
        script->at = at;
        if (marker == LOOM_JPEG_EOI)
            return is_complete(script) ? LOOM_JPEG_STEP_END : LOOM_JPEG_STEP_REFUSED;
        if (marker == LOOM_JPEG_SOS)
            return take_scan(script, segment, scan) ? LOOM_JPEG_STEP_SCAN : LOOM_JPEG_STEP_REFUSED;
        if (!take_segment(script, marker, segment))
            return LOOM_JPEG_STEP_REFUSED;
    }
}
