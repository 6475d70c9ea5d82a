#include "engine/codec/png.h"

#include "base/array.h"
#include "engine/codec/png_parts.h"
#include "engine/verdict.h"
#include "format/png.h"
#include <imgloom/settings.h>
#include <libdeflate.h>

/* What the walk through the chunks has found. */
typedef struct walk {
    loom_input *input;
    loom_outcome *outcome;
    loom_png_header header;
    bool has_header, has_transparency, in_pixels, behind_pixels;
    size_t colours;   /* of the palette; 0: no palette yet */
    size_t text_left; /* bytes that text may still take */
    bool text_dropped;
    const char *damage;
} walk;

static void record_damage(walk *w, const char *what)
{
    if (w->damage == NULL)
        w->damage = what;
}

/* ---- chunks, in place ---------------------------------------------------- */

/* Writes into the chunk, from its length field on. */
static void write_at(walk *w, const loom_png_chunk *chunk, size_t at, const void *bytes,
                     size_t size)
{
    unsigned char *start = w->input->data + (chunk->start - w->input->data);

    loom_edit(&w->input->edits, start + at, bytes, size);
}

static uint32_t real_crc(const loom_png_chunk *chunk)
{
    return libdeflate_crc32(0, chunk->start + 4, chunk->length + 4);
}

static void set_crc(walk *w, const loom_png_chunk *chunk)
{
    unsigned char crc[4];

    loom_put32(crc, true, real_crc(chunk));
    write_at(w, chunk, 8 + (size_t)chunk->length, crc, sizeof crc);
}

/* Turns a chunk into a private one of unknown type, which decoders skip. */
static void rename_chunk(walk *w, const loom_png_chunk *chunk)
{
    write_at(w, chunk, 4, "loOm", 4);
    set_crc(w, chunk);
}

static void drop(walk *w, const loom_png_chunk *chunk)
{
    loom_outcome_warn(w->outcome, "the chunk %.4s is damaged or out of place, and was ignored",
                      (const char *)chunk->start + 4);
    rename_chunk(w, chunk);
}

/* ---- what the picture needs ---------------------------------------------- */

/* Corrects the checksum. False: it is beyond correction. */
static bool settle_crc(walk *w, const loom_png_chunk *chunk)
{
#define WRONG(type)                                                                                \
    {                                                                                              \
        type, "the checksum (CRC) of its chunk " type " is wrong"                                  \
    }
    static const struct {
        const char *type, *words;
    } needed[] = {WRONG("IHDR"), WRONG("PLTE"), WRONG("tRNS"), WRONG("IDAT"), WRONG("IEND")};
#undef WRONG

    if (real_crc(chunk) == loom_png_chunk_crc(chunk))
        return true;
    for (size_t i = 0; i < LOOM_COUNT(needed); i++)
        if (loom_png_chunk_is(chunk, needed[i].type)) {
            record_damage(w, needed[i].words);
            set_crc(w, chunk);
            return true;
        }
    return false;
}

/* 11.2.2; for RGB it is a hint, and for gray it has no meaning. */
static void settle_palette(walk *w, const loom_png_chunk *chunk)
{
    const size_t count = chunk->length / 3,
                 limit = w->header.depth < 8 ? 1u << w->header.depth : 256;
    const bool sound = chunk->length % 3 == 0 && count > 0 && count <= 256 && w->colours == 0 &&
                       !w->in_pixels && !w->behind_pixels;

    if (w->header.colour != LOOM_PNG_PALETTE) {
        if (!sound || (w->header.colour & LOOM_PNG_RGB) == 0 || w->has_transparency)
            drop(w, chunk);
    } else if (sound) {
        w->colours = count < limit ? count : limit;
    } else {
        record_damage(w, "its palette has an invalid size or is in the wrong place");
        if (w->colours > 0 || w->in_pixels || w->behind_pixels)
            rename_chunk(w, chunk);
    }
}

/* Bits that a sample does not have count as 0; libpng warns about them. */
static void mask_key(walk *w, const loom_png_chunk *chunk)
{
    const unsigned mask = (1u << w->header.depth) - 1;
    unsigned char key[6]; /* of gray, or RGB */
    const size_t size = chunk->length < sizeof key ? chunk->length : sizeof key;

    for (size_t i = 0; i + 1 < size; i += 2) {
        key[i] = chunk->start[8 + i] & (unsigned char)(mask >> 8);
        key[i + 1] = chunk->start[8 + i + 1] & (unsigned char)mask;
    }
    write_at(w, chunk, 8, key, size);
    set_crc(w, chunk);
}

/* 11.3.1.1, and as in libpng: an invalid chunk gives no transparency. */
static void settle_transparency(walk *w, const loom_png_chunk *chunk)
{
    bool sound = !w->has_transparency && !w->in_pixels && !w->behind_pixels;

    if (w->header.colour == LOOM_PNG_PALETTE)
        sound = sound && chunk->length > 0 && chunk->length <= w->colours;
    else if (w->header.colour == LOOM_PNG_GRAY)
        sound = sound && chunk->length == 2;
    else
        sound = sound && w->header.colour == LOOM_PNG_RGB && chunk->length == 6;
    w->has_transparency = w->has_transparency || sound;
    if (!sound)
        drop(w, chunk);
    else if (w->header.colour != LOOM_PNG_PALETTE && w->header.depth <= 16)
        mask_key(w, chunk);
}

static void settle_needed(walk *w, const loom_png_chunk *chunk)
{
    if (loom_png_chunk_is(chunk, "IDAT")) {
        if (w->behind_pixels)
            record_damage(w, "its picture data is not in one piece");
        w->in_pixels = !w->behind_pixels;
        return;
    }
    if (loom_png_chunk_is(chunk, "PLTE"))
        settle_palette(w, chunk);
    else if (loom_png_chunk_is(chunk, "tRNS"))
        settle_transparency(w, chunk);
    else if (loom_png_chunk_is(chunk, "IHDR") && w->has_header) {
        record_damage(w, "it has two headers");
        rename_chunk(w, chunk);
    }
}

/* ---- the rest ------------------------------------------------------------ */

/* Keeps texts, which may unpack to 1,000 times their size, up to the limit. */
static void settle_text(walk *w, const loom_png_chunk *chunk)
{
    bool damaged = false;
    const size_t takes =
        w->text_dropped ? w->text_left + 1 : loom_png_text_size(chunk, w->text_left, &damaged);

    if (damaged) {
        drop(w, chunk);
    } else if (takes <= w->text_left) {
        w->text_left -= takes;
    } else {
        rename_chunk(w, chunk);
        w->text_dropped = true;
    }
}

/* A block of some hundred MB would be copied repeatedly, and no output keeps it. */
static void drop_exif(walk *w, const loom_png_chunk *chunk)
{
    loom_outcome_warn(w->outcome, "the EXIF block was dropped: it is larger than %d MB",
                      (int)(LOOM_METADATA_MAX / 1000000));
    rename_chunk(w, chunk);
}

static void settle_other(walk *w, const loom_png_chunk *chunk)
{
    if (loom_png_is_text(chunk))
        settle_text(w, chunk);
    else if (loom_png_chunk_is(chunk, "iCCP") &&
             !loom_png_profile_is_sound(chunk, LOOM_METADATA_MAX))
        drop(w, chunk);
    else if (loom_png_chunk_is(chunk, "eXIf") && chunk->length > LOOM_METADATA_MAX)
        drop_exif(w, chunk);
}

/* False: the following bytes are not chunks. */
static bool settle_chunk(walk *w, const loom_png_chunk *chunk)
{
    const bool pixels = loom_png_chunk_is(chunk, "IDAT");

    if (!loom_png_chunk_is_named(chunk)) {
        record_damage(w, "one of its chunks is not a chunk");
        return false;
    }
    w->behind_pixels = w->behind_pixels || (w->in_pixels && !pixels);
    if (!settle_crc(w, chunk)) {
        if (loom_png_chunk_is_critical(chunk)) {
            record_damage(w, "one of its chunks has a damaged name");
            rename_chunk(w, chunk);
        } else {
            drop(w, chunk);
        }
    } else if (loom_png_chunk_is_known(chunk) || loom_png_chunk_is(chunk, "tRNS")) {
        settle_needed(w, chunk);
    } else {
        settle_other(w, chunk);
    }
    w->has_header = true;
    return true;
}

const char *loom_png_settle(loom_input *input, loom_outcome *outcome)
{
    const loom_bytes file = {input->data, input->size};
    walk w = {.input = input, .outcome = outcome, .text_left = LOOM_METADATA_MAX};
    loom_png_chunk chunk;

    if (!loom_png_header_read(file, &w.header))
        return NULL; /* no decoder reads it */
    for (size_t at = LOOM_PNG_SIGNATURE;
         loom_png_chunk_at(file, at, &chunk) && settle_chunk(&w, &chunk); at = chunk.end)
        if (loom_png_chunk_is(&chunk, "IEND"))
            break;
    if (w.text_dropped)
        loom_outcome_warn(outcome, "the text beyond %d MB was dropped",
                          (int)(LOOM_METADATA_MAX / 1000000));
    return w.damage;
}

uint32_t loom_png_frames(const loom_input *input)
{
    enum { CONTROL = 8 }; /* bytes of data in acTL */
    const loom_bytes file = {input->data, input->size};
    loom_png_chunk chunk;

    for (size_t at = LOOM_PNG_SIGNATURE;
         loom_png_chunk_at(file, at, &chunk) && !loom_png_chunk_is(&chunk, "IDAT"); at = chunk.end)
        if (loom_png_chunk_is(&chunk, "acTL") && chunk.length == CONTROL &&
            loom_be32(chunk.start + 8) > 1)
            return loom_be32(chunk.start + 8);
    return 1;
}

void loom_png_settle_job(loom_lane_job *job)
{
    job->damage = loom_png_settle(&job->input, job->common);
    if (job->job->recipe->animated && loom_png_frames(&job->input) > 1)
        loom_outcome_warn(job->common,
                          "the animation of a png is not read: its default image was used");
}

/* ---- verdicts ------------------------------------------------------------ */

loom_status loom_png_verdict(const loom_lane_job *job, const loom_png_faults *faults,
                             loom_error *err)
{
    const bool whole = job->integrity == LOOM_INTEGRITY_WHOLE;
    const char *damage = faults->damage;

    if (damage == NULL && faults->unfinished && whole)
        damage = "its compressed data lacks its end and its checksum";
    if (faults->surplus)
        loom_outcome_warn(job->common, LOOM_VERDICT_SURPLUS);
    return loom_verdict_on_damage(job, faults->missing, damage != NULL, damage, err);
}
