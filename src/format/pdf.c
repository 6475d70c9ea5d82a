/* PDF: nothing reads it; it is identified so that messages can name it. */
#include "format/container.h"

static bool sniff(loom_bytes file)
{
    return LOOM_BYTES_HAVE(file, 0, "%PDF-");
}

const loom_container loom_container_pdf = {.sniff = sniff};
