/* PNM: Netpbm's bitmaps, graymaps and pixmaps. */
#include "format/container.h"

static bool sniff_pnm(loom_bytes file)
{
    if (file.size < 3 || file.data[0] != 'P' || file.data[1] < '1' || file.data[1] > '6')
        return false;
    const unsigned char behind = file.data[2];
    return behind == ' ' || (behind >= '\t' && behind <= '\r') || behind == '#';
}

const loom_container loom_container_pnm = {.sniff = sniff_pnm};
