/* PSD: Adobe's Photoshop File Formats Specification. */
#include "base/array.h"
#include "format/container.h"

static bool sniff_psd(loom_bytes file)
{
    return LOOM_BYTES_HAVE(file, 0, "8BPS");
}

static bool is_unsupported_psd(loom_bytes file, char reason[LOOM_UNSUPPORTED_REASON])
{
    static const char *const modes[] = {
        "a bitmap", "a grey one", "one with a palette", NULL /* RGB */, "a CMYK one",
        NULL,       NULL,         "a multichannel one", "a duotone",    "one of L*a*b*"};

    if (file.size < 26)
        return false;
    const unsigned version = loom_be16(file.data + 4), channels = loom_be16(file.data + 12);
    const unsigned depth = loom_be16(file.data + 22), mode = loom_be16(file.data + 24);
    if (version == 2)
        return loom_unsupported_set(reason, "a large one (PSB)");
    if (version != 1 || channels < 1 || channels > 56)
        return false; /* damaged */
    if (channels > 16)
        return loom_unsupported_set(reason, "one of more than 16 channels");
    if (mode < LOOM_COUNT(modes) && modes[mode] != NULL)
        return loom_unsupported_set(reason, modes[mode]);
    return (depth == 1 || depth == 32) &&
           loom_unsupported_set(reason, "one that is not of 8 or 16 bits");
}

const loom_container loom_container_psd = {.sniff = sniff_psd, .unsupported = is_unsupported_psd};
