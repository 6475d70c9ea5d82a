#include "format/jpeg_kinds.h"

static const char process[] = "process", bits[] = "bits a sample", components[] = "components",
                  height[] = "height", sampling[] = "sampling";

enum { JPEG_LS = 0xF7 }; /* its frame header's marker: ITU-T T.87, C.2.1 */

/* Values of those two. */
enum { HEIGHT_TOLD = 0, HEIGHT_FOLLOWS = 1 };
enum { WHOLE_FACTORS = 0, FRACTIONS = 1 };

const loom_kind loom_jpeg_kinds[] = {
    {process, 0xC0, true, "baseline"},
    {process, 0xC1, true, "extended sequential"},
    {process, 0xC2, true, "progressive"},
    {process, 0xC9, true, "sequential, arithmetic coding"},
    {process, 0xCA, true, "progressive, arithmetic coding"},
    {process, 0xC3, false, "lossless"},
    {process, 0xC5, false, "hierarchical, sequential"},
    {process, 0xC6, false, "hierarchical, progressive"},
    {process, 0xC7, false, "hierarchical, lossless"},
    {process, 0xCB, false, "lossless, arithmetic coding"},
    {process, 0xCD, false, "hierarchical, sequential, arithmetic coding"},
    {process, 0xCE, false, "hierarchical, progressive, arithmetic coding"},
    {process, 0xCF, false, "hierarchical, lossless, arithmetic coding"},
    {process, JPEG_LS, false, "JPEG-LS"},
    {bits, 8, true, "8"},
    {bits, 12, false, "12"},
    {components, 1, true, "1 (gray)"},
    {components, 3, true, "3 (Y'CbCr or RGB)"},
    {components, 4, true, "4 (CMYK or YCCK)"},
    {components, 2, false, "2"},
    {height, HEIGHT_TOLD, true, "in the frame header"},
    {height, HEIGHT_FOLLOWS, false, "behind the first scan (DNL)"},
    {sampling, WHOLE_FACTORS, true, "components that differ in size by whole numbers"},
    {sampling, FRACTIONS, false, "components that differ in size by no whole number"},
    {NULL, 0, false, NULL}};

/* libjpeg enlarges components by whole numbers alone. */
static bool has_fractions(const loom_jpeg_frame *frame)
{
    unsigned max_h = 1, max_v = 1;

    for (unsigned i = 0; i < frame->count; i++) {
        const loom_jpeg_component c = loom_jpeg_frame_component(frame, i);
        if (c.h < 1 || c.h > 4 || c.v < 1 || c.v > 4)
            return false; /* damaged */
        max_h = c.h > max_h ? c.h : max_h;
        max_v = c.v > max_v ? c.v : max_v;
    }
    for (unsigned i = 0; i < frame->count; i++) {
        const loom_jpeg_component c = loom_jpeg_frame_component(frame, i);
        if (max_h % c.h != 0 || max_v % c.v != 0)
            return true;
    }
    return false;
}

/* A frame that says what no frame may say is damaged, which the decoder tells. */
static bool refuse_frame(unsigned marker, loom_bytes segment, char reason[LOOM_UNSUPPORTED_REASON])
{
    loom_jpeg_frame frame;

    if (loom_kind_refuse(loom_jpeg_kinds, process, marker, reason))
        return true;
    if (!loom_jpeg_frame_read(marker, segment, &frame) || !frame.exact || frame.count == 0 ||
        frame.width == 0 || (frame.precision != 8 && frame.precision != 12))
        return false;
    return loom_kind_refuse(loom_jpeg_kinds, bits, frame.precision, reason) ||
           loom_kind_refuse(loom_jpeg_kinds, height,
                            frame.height == 0 ? HEIGHT_FOLLOWS : HEIGHT_TOLD, reason) ||
           loom_kind_refuse(loom_jpeg_kinds, components, frame.count, reason) ||
           loom_kind_refuse(loom_jpeg_kinds, sampling,
                            has_fractions(&frame) ? FRACTIONS : WHOLE_FACTORS, reason);
}

/* The first frame decides. */
bool loom_jpeg_is_unsupported(loom_bytes file, char reason[LOOM_UNSUPPORTED_REASON])
{
    loom_bytes segment;

    for (size_t at = 2; at < file.size;) {
        const unsigned marker = loom_jpeg_walk(file, &at, &segment);
        if (loom_jpeg_is_frame(marker) || marker == JPEG_LS)
            return refuse_frame(marker, segment, reason);
        if (marker == 0 || marker == LOOM_JPEG_SOS || marker == LOOM_JPEG_EOI)
            return false;
    }
    return false;
}
