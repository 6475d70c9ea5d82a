#include "engine/codec/decoder.h"

#include "format/list.h"
#include <stdlib.h>

/* Each is in its file, NAME_read.c. */
#define DECLARE(FORMAT, name) extern const loom_decoder loom_decoder_##name;
LOOM_EACH_DECODED_FORMAT(DECLARE)

#define ROW(FORMAT, name) [LOOM_FORMAT_##FORMAT] = &loom_decoder_##name,
static const loom_decoder *const decoders[LOOM_FORMAT_COUNT] = {LOOM_EACH_DECODED_FORMAT(ROW)};

const loom_decoder *loom_decoder_of(loom_format format)
{
    return (unsigned)format < LOOM_FORMAT_COUNT ? decoders[format] : NULL;
}

void loom_decoded_release(loom_decoded *decoded)
{
    loom_picture_release(&decoded->picture);
    free(decoded->delays);
    *decoded = (loom_decoded){.delays = NULL};
}
