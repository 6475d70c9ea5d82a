/* PDF: nothing reads it; it is identified so that messages can name it. */
#include "format/container.h"

static bool sniff(loom_bytes file)
{
    return LOOM_BYTES_HAVE(file, 0, "%PDF-");
}

const loom_container loom_container_pdf = {
    .info = {.format = LOOM_FORMAT_PDF, .name = "pdf", .same_as = LOOM_UNWRITTEN_AS},
    .sniff = sniff};
