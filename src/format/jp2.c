/* JPEG 2000 (ISO/IEC 15444-1): a bare codestream, or one in boxes. */
#include "format/container.h"

static bool sniff(loom_bytes file)
{
    return LOOM_BYTES_HAVE(file, 0, "\xFF\x4F\xFF\x51") ||
           LOOM_BYTES_HAVE(file, 0, "\0\0\0\x0CjP  \r\n\x87\n");
}

const loom_container loom_container_jp2 = {.sniff = sniff};
