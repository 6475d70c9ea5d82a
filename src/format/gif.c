#include "format/gif.h"

#include "format/container.h"

enum {
    EXTENSION = 0x21,
    IMAGE = 0x2C,
    TRAILER = 0x3B,
    PLAIN_TEXT = 0x01,
    GRAPHIC_CONTROL = 0xF9,
    APPLICATION = 0xFF
};
enum { SCREEN_SIZE = 13, DESCRIPTOR_SIZE = 10, CONTROL_SIZE = 4 };
enum { NAMES_ALPHA = 1 };  /* a flag of a graphic control: it names a transparent colour */
enum { USUAL_DELAY = 10 }; /* 1/100 s, for a frame without a delay, as in libnsgif */

static bool sniff(loom_bytes file)
{
    return LOOM_BYTES_HAVE(file, 0, "GIF87a") || LOOM_BYTES_HAVE(file, 0, "GIF89a");
}

/* ---- the walk ------------------------------------------------------------ */

bool loom_gif_piece(loom_bytes file, size_t *at, loom_bytes *piece)
{
    *piece = (loom_bytes){NULL, 0};
    if (*at >= file.size)
        return false;
    const loom_bytes rest = loom_bytes_from(file, *at + 1);
    const size_t length = file.data[*at];
    const bool whole = length <= rest.size;
    *piece = (loom_bytes){rest.data, whole ? length : rest.size};
    *at += 1 + piece->size;
    return whole;
}

/* Skips sub-blocks, up to and including the last; false: truncated. */
static bool skip(loom_gif *gif)
{
    loom_bytes piece;

    while (loom_gif_piece(gif->file, &gif->at, &piece))
        if (piece.size == 0)
            return true;
    return false;
}

/* Reads the colour table at offset `at`, described by `flags`; false: truncated. */
static bool read_table(loom_bytes file, size_t at, unsigned flags, loom_bytes *table)
{
    const size_t size = flags & 0x80 ? (size_t)3 << ((flags & 7) + 1) : 0;

    if (at > file.size || size > file.size - at)
        return false;
    *table = (loom_bytes){file.data + at, size};
    return true;
}

static bool end_at(loom_gif *gif, loom_gif_end end)
{
    gif->end = end;
    return false;
}

bool loom_gif_begin(loom_gif *gif, loom_bytes file)
{
    *gif = (loom_gif){.file = file, .loop = 1, .delay = USUAL_DELAY};
    if (file.size < SCREEN_SIZE || !read_table(file, SCREEN_SIZE, file.data[10], &gif->table))
        return end_at(gif, LOOM_GIF_CUT);
    gif->width = loom_le16(file.data + 6);
    gif->height = loom_le16(file.data + 8);
    gif->at = SCREEN_SIZE + gif->table.size;
    return true;
}

/* The last graphic control applies to one graphic only. */
static void forget_control(loom_gif *gif)
{
    gif->promise = false;
    gif->flags = 0;
    gif->delay = USUAL_DELAY;
    gif->control = 0;
}

static bool read_control(loom_gif *gif)
{
    loom_bytes piece;

    if (!loom_gif_piece(gif->file, &gif->at, &piece))
        return end_at(gif, LOOM_GIF_CUT);
    gif->promise = true;
    if (piece.size == 0)
        return true;
    if (piece.size < CONTROL_SIZE)
        return end_at(gif, LOOM_GIF_DAMAGED);
    gif->flags = piece.data[0];
    gif->control = (size_t)(piece.data - gif->file.data);
    gif->delay = loom_le16(piece.data + 1);
    gif->transparent = piece.data[3];
    return skip(gif) || end_at(gif, LOOM_GIF_CUT);
}

/* Two applications describe the loop in the same way: the number of repetitions after the first
 * time. */
static bool read_application(loom_gif *gif)
{
    const loom_bytes rest = loom_bytes_from(gif->file, gif->at);
    const bool loops =
        LOOM_BYTES_HAVE(rest, 0, "\013NETSCAPE2.0") || LOOM_BYTES_HAVE(rest, 0, "\013ANIMEXTS1.0");
    loom_bytes piece;

    gif->loops = gif->loops || loops;
    while (loom_gif_piece(gif->file, &gif->at, &piece)) {
        if (piece.size == 0)
            return true;
        if (loops && piece.size >= 3 && piece.data[0] == 1) {
            const int again = loom_le16(piece.data + 1);
            gif->loop = again > 0 ? again + 1 : 0;
        }
    }
    return end_at(gif, LOOM_GIF_CUT);
}

static bool read_extension(loom_gif *gif)
{
    if (gif->file.size - gif->at < 2)
        return end_at(gif, LOOM_GIF_CUT);
    const unsigned label = gif->file.data[gif->at + 1];
    gif->at += 2;
    switch (label) {
    case GRAPHIC_CONTROL:
        return read_control(gif);
    case APPLICATION:
        return read_application(gif);
    case PLAIN_TEXT: /* a graphic, which no viewer shows */
        forget_control(gif);
        break;
    default:
        break;
    }
    return skip(gif) || end_at(gif, LOOM_GIF_CUT);
}

static bool read_frame(loom_gif *gif, loom_gif_frame *frame)
{
    const loom_bytes block = loom_bytes_from(gif->file, gif->at);
    loom_bytes table;

    if (block.size < DESCRIPTOR_SIZE + 1 ||
        !read_table(block, DESCRIPTOR_SIZE, block.data[9], &table) ||
        block.size - DESCRIPTOR_SIZE == table.size)
        return end_at(gif, LOOM_GIF_CUT);
    gif->at += DESCRIPTOR_SIZE + table.size + 1;
    *frame = (loom_gif_frame){
        .left = loom_le16(block.data + 1),
        .top = loom_le16(block.data + 3),
        .width = loom_le16(block.data + 5),
        .height = loom_le16(block.data + 7),
        .interlaced = (block.data[9] & 0x40) != 0,
        .table = table.size > 0 ? table : gif->table,
        .own_table = table.size > 0,
        .transparent = gif->flags & NAMES_ALPHA ? (int)gif->transparent : -1,
        .disposal = gif->flags >> 2 & 7,
        .delay = gif->delay,
        .code_size = block.data[DESCRIPTOR_SIZE + table.size],
        .data = gif->at,
        .control = gif->control,
    };
    forget_control(gif);
    gif->in_data = true;
    gif->frames++;
    return true;
}

bool loom_gif_next(loom_gif *gif, loom_gif_frame *frame)
{
    if (gif->in_data && !skip(gif))
        return end_at(gif, LOOM_GIF_CUT);
    gif->in_data = false;
    for (;;) {
        if (gif->at >= gif->file.size)
            return end_at(gif, LOOM_GIF_NO_TRAILER);
        switch (gif->file.data[gif->at]) {
        case TRAILER:
            return false;
        case IMAGE:
            return read_frame(gif, frame);
        case EXTENSION:
            if (!read_extension(gif))
                return false;
            break;
        default:
            return end_at(gif, LOOM_GIF_DAMAGED);
        }
    }
}

void loom_gif_name_no_alpha(unsigned char *data, size_t size)
{
    loom_gif_frame frame;
    loom_gif gif;

    if (loom_gif_begin(&gif, (loom_bytes){data, size}) && loom_gif_next(&gif, &frame) &&
        frame.control > 0)
        data[frame.control] &= (unsigned char)~NAMES_ALPHA;
}

/* ---- the container ------------------------------------------------------- */

/*
 * The picture has the size of the screen, or the size that the first frame needs, as in libvips and
 * all browsers but one.
 */
static bool read_header(loom_bytes file, loom_header *header)
{
    loom_gif_frame frame;
    loom_gif gif;

    if (file.size < 10)
        return false;
    header->binding = true;
    header->width = loom_le16(file.data + 6);
    header->height = loom_le16(file.data + 8);
    if (loom_gif_begin(&gif, file) && loom_gif_next(&gif, &frame)) {
        const uint32_t right = frame.left + frame.width, bottom = frame.top + frame.height;
        header->width = right > header->width ? right : header->width;
        header->height = bottom > header->height ? bottom : header->height;
    }
    return true;
}

/* Later frames are transparent where they change nothing; the first is what is seen through. */
static void read_traits(loom_bytes file, loom_traits *traits)
{
    loom_gif_frame frame;
    loom_gif gif;

    if (!loom_gif_begin(&gif, file) || !loom_gif_next(&gif, &frame))
        return;
    traits->alpha = loom_presence_of(frame.transparent >= 0);
    traits->bits = 8;
    while (loom_gif_next(&gif, &frame))
        continue;
    traits->frames = gif.frames < UINT32_MAX ? (uint32_t)gif.frames : UINT32_MAX;
}

enum { NO_TABLE, SCREEN_TABLE, OWN_TABLE };

/*
 * With a code size of one bit, decoders disagree about the length of the second code, so frames of
 * more than one pixel are not read. Code sizes above eight allow codes beyond any colour table;
 * such codes are damage when they occur.
 */
static const loom_kind kinds[] = {
    {"version", 87, true, "GIF87a"},
    {"version", 89, true, "GIF89a"},
    {"colour table", NO_TABLE, false, "none"},
    {"colour table", SCREEN_TABLE, true, "global"},
    {"colour table", OWN_TABLE, true, "local"},
    {"code size", 1, false, "1 bit"},
    {"code size", 2, true, "2 bits"},
    {"code size", 3, true, "3 bits"},
    {"code size", 4, true, "4 bits"},
    {"code size", 5, true, "5 bits"},
    {"code size", 6, true, "6 bits"},
    {"code size", 7, true, "7 bits"},
    {"code size", 8, true, "8 bits"},
    {"code size", 9, true, "9 bits"},
    {"code size", 10, true, "10 bits"},
    {"code size", 11, true, "11 bits"},
    {"disposal", 0, true, "unspecified: kept"},
    {"disposal", 1, true, "kept"},
    {"disposal", LOOM_GIF_TO_BACKGROUND, true, "restore to background: transparent"},
    {"disposal", LOOM_GIF_TO_PREVIOUS, true, "restore to previous"},
    {"disposal", LOOM_GIF_TO_PREVIOUS_TOO, true,
     "restore to previous, in a variant of some encoders"},
    {"disposal", 5, true, "undefined: kept"},
    {"disposal", 6, true, "undefined: kept"},
    {"disposal", 7, true, "undefined: kept"},
    {.aspect = NULL},
};

/*
 * Judges by the first frame. A frame without a table can be transparent, as in the smallest GIFs.
 * Code sizes that LZW does not have are damage.
 */
static bool unsupported(loom_bytes file, char reason[LOOM_UNSUPPORTED_REASON])
{
    loom_gif_frame frame;
    loom_gif gif;

    if (!loom_gif_begin(&gif, file) || !loom_gif_next(&gif, &frame))
        return false;
    const unsigned table = frame.own_table        ? OWN_TABLE
                           : frame.table.size > 0 ? SCREEN_TABLE
                                                  : NO_TABLE;
    const bool single = frame.code_size == 1 && frame.width == 1 && frame.height == 1;
    const unsigned version = (file.data[3] - '0') * 10u + file.data[4] - '0';
    return loom_kind_refuse(kinds, "version", version, reason) ||
           (frame.transparent < 0 && loom_kind_refuse(kinds, "colour table", table, reason)) ||
           (frame.code_size > 0 && frame.code_size < 12 && !single &&
            loom_kind_refuse(kinds, "code size", frame.code_size, reason)) ||
           loom_kind_refuse(kinds, "disposal", frame.disposal, reason);
}

/*
 * A single picture without a trailer may lack only that; of an animation without one, the number of
 * frames is unknown. A block of unknown kind is damage, which is reported with the frames; if there
 * is one frame only, the block counts as the end.
 */
static loom_integrity integrity_of(const loom_gif *gif)
{
    switch (gif->end) {
    case LOOM_GIF_NO_TRAILER:
        return gif->frames == 1 && !gif->loops && !gif->promise ? LOOM_INTEGRITY_NO_END
                                                                : LOOM_INTEGRITY_CUT;
    case LOOM_GIF_CUT:
        return LOOM_INTEGRITY_CUT;
    case LOOM_GIF_DAMAGED:
        return gif->frames == 1 ? LOOM_INTEGRITY_NO_END : LOOM_INTEGRITY_WHOLE;
    default:
        return LOOM_INTEGRITY_WHOLE;
    }
}

static loom_integrity check(loom_bytes file, loom_header *header, loom_bytes *missing_end)
{
    loom_gif_frame frame;
    loom_gif gif;

    (void)missing_end; /* our decoder does not need it */
    if (loom_gif_begin(&gif, file))
        while (loom_gif_next(&gif, &frame))
            continue;
    if (gif.frames > 0)
        header->frames = gif.frames < UINT32_MAX ? (uint32_t)gif.frames : UINT32_MAX;
    header->rest_broken = gif.frames > 0 && gif.end != LOOM_GIF_TRAILER;
    return integrity_of(&gif);
}

enum { SIDE_MAX = 65535 }; /* px: 16 bits */

const loom_container loom_container_gif = {
    .info = {.format = LOOM_FORMAT_GIF,
             .name = "gif",
             .extensions = {"gif"},
             .same_as = LOOM_FORMAT_GIF,
             .writable = true,
             .choices = LOOM_CHOICE_EFFORT | LOOM_CHOICE_PROGRESSIVE,
             .alpha = true,
             .animation = true,
             .max_side = SIDE_MAX},
    .sniff = sniff,
    .header = read_header,
    .traits = read_traits,
    .unsupported = unsupported,
    .check = check,
    .kinds = kinds,
    .held = {.media_type = "image/gif"},
    /* Canvas and frame. Encoded with as many colours as px; 110 with few colours. */
    .memory = {.plain = 50, .whole = 50, .encoded = 340, .frame_by_frame = true}};
