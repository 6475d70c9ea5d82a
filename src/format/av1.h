/* What an AV1 bitstream says of its colours (AV1 Bitstream & Decoding Process, 5.5). */
#ifndef LOOM_FORMAT_AV1_H
#define LOOM_FORMAT_AV1_H

#include "base/bytes.h"

typedef struct loom_av1_colour {
    unsigned primaries, transfer, matrix; /* ITU-T H.273 */
    bool full_range;
} loom_av1_colour;

/* By the first sequence header of these OBUs; false: there is none. Any bytes are allowed. */
bool loom_av1_colour_read(loom_bytes obus, loom_av1_colour *colour);

#endif
