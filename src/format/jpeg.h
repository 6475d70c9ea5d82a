/*
 * The structure of a JPEG (ITU-T T.81 annex B, JFIF 1.02, Adobe Technical Note 5116): its markers,
 * and its header up to the first scan, which tells a lane whether to take the picture.
 */
#ifndef LOOM_FORMAT_JPEG_H
#define LOOM_FORMAT_JPEG_H

#include "base/bytes.h"

/* ---- markers: T.81, table B.1 -------------------------------------------- */

enum {
    LOOM_JPEG_TEM = 0x01,
    LOOM_JPEG_SOF0 = 0xC0, /* baseline */
    LOOM_JPEG_SOF1 = 0xC1, /* extended sequential */
    LOOM_JPEG_SOF2 = 0xC2, /* progressive */
    LOOM_JPEG_DHT = 0xC4,
    LOOM_JPEG_JPG = 0xC8,
    LOOM_JPEG_DAC = 0xCC,
    LOOM_JPEG_SOF15 = 0xCF,
    LOOM_JPEG_RST0 = 0xD0,
    LOOM_JPEG_SOI = 0xD8,
    LOOM_JPEG_EOI = 0xD9,
    LOOM_JPEG_SOS = 0xDA,
    LOOM_JPEG_DQT = 0xDB,
    LOOM_JPEG_DRI = 0xDD,
    LOOM_JPEG_APP0 = 0xE0,
    LOOM_JPEG_APP1 = 0xE1,
    LOOM_JPEG_APP2 = 0xE2,
    LOOM_JPEG_APP13 = 0xED,
    LOOM_JPEG_APP14 = 0xEE
};

enum { LOOM_JPEG_COMPONENTS = 4, LOOM_JPEG_COEFFICIENTS = 64 };

enum { LOOM_JPEG_SIDE_MAX = 65500 }; /* px: libjpeg's JPEG_MAX_DIMENSION */

/*
 * Where the first marker at or behind `at` stands that is not stuffing, fill, a restart or TEM; the
 * file's size where there is none. The byte behind the FF is the marker's code.
 */
size_t loom_jpeg_next_marker(loom_bytes file, size_t at);

/*
 * One step of a walk. Finds the marker at or behind *at; *at is then behind it or, where it has a
 * segment, behind that. *segment is without its length field; EOI and SOI have none. Returns the
 * marker's code; 0 where there is none, or the segment is cut or damaged.
 */
unsigned loom_jpeg_walk(loom_bytes file, size_t *at, loom_bytes *segment);

static inline bool loom_jpeg_is_frame(unsigned marker)
{
    return marker >= LOOM_JPEG_SOF0 && marker <= LOOM_JPEG_SOF15 && marker != LOOM_JPEG_DHT &&
           marker != LOOM_JPEG_JPG && marker != LOOM_JPEG_DAC;
}

/* Whether a frame with this marker comes in scans of finer and finer detail. */
static inline bool loom_jpeg_is_progressive(unsigned marker)
{
    return marker % 4 == 2; /* SOF2, 6, 10, 14 */
}

/* ---- the frame header: T.81, B.2.2 --------------------------------------- */

typedef struct loom_jpeg_component {
    unsigned id, h, v; /* h, v: sampling factors, 1..4 in a sound file */
} loom_jpeg_component;

/* As the segment says it; nothing is checked but that it is there. */
typedef struct loom_jpeg_frame {
    unsigned marker;        /* LOOM_JPEG_SOF0 … LOOM_JPEG_SOF15 */
    unsigned precision;     /* bits a sample */
    uint32_t width, height; /* px */
    unsigned count;         /* of components, 0..255 */
    bool exact;             /* the segment is as long as its components want */
    loom_bytes components;  /* of the file; 3 bytes each */
} loom_jpeg_frame;

/* False: the segment is shorter than what it tells of. */
bool loom_jpeg_frame_read(unsigned marker, loom_bytes segment, loom_jpeg_frame *frame);

/* The component `i` < count. */
loom_jpeg_component loom_jpeg_frame_component(const loom_jpeg_frame *frame, unsigned i);

/* ---- the header ---------------------------------------------------------- */

typedef enum loom_jpeg_profile {
    LOOM_JPEG_PROFILE_NONE = 0,
    LOOM_JPEG_PROFILE_SRGB, /* says nothing new */
    LOOM_JPEG_PROFILE_OTHER /* another, or in several parts, or broken */
} loom_jpeg_profile;

typedef struct loom_jpeg_header {
    unsigned frame;         /* marker: LOOM_JPEG_SOF0 … LOOM_JPEG_SOF15 */
    unsigned precision;     /* bits a sample */
    uint32_t width, height; /* px, as stored, >= 1 */
    unsigned count;         /* components, 1..LOOM_JPEG_COMPONENTS */
    loom_jpeg_component components[LOOM_JPEG_COMPONENTS];
    unsigned scan_count; /* components in the first scan */
    bool jfif;
    int adobe;       /* the Adobe marker's transform; -1: no such marker */
    int orientation; /* EXIF 1..8; 1 where there is none */
    loom_jpeg_profile profile;
    bool has_exif;
    bool adobe_rgb; /* EXIF says that the colours are Adobe RGB */
    bool metadata;  /* EXIF, XMP or IPTC are there */
} loom_jpeg_header;

/*
 * Reads the header. False when it is damaged, cut short before its first scan, or has no size or
 * more components than LOOM_JPEG_COMPONENTS; *header is then undefined.
 */
bool loom_jpeg_header_read(loom_bytes file, loom_jpeg_header *header);

/* Whether libjpeg decodes it: Huffman-coded, sequential or progressive, 8 bits a sample. */
bool loom_jpeg_is_ordinary(const loom_jpeg_header *header);

/* Whether its colours are Adobe RGB by EXIF's word alone: a profile counts before that. */
bool loom_jpeg_is_adobe_rgb(const loom_jpeg_header *header);

/* Whether its three components are Y'CbCr, by the rule that libjpeg follows. */
bool loom_jpeg_is_ycc(const loom_jpeg_header *header);

#endif
