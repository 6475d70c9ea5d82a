/* PDF: nothing here reads it; it is known so that a file can be called by its name. */
#include "format/container.h"

static bool sniff(loom_bytes file)
{
    return LOOM_BYTES_HAVE(file, 0, "%PDF-");
}

const loom_container loom_container_pdf = {.sniff = sniff};
