/* In place of our own decoder, where a build is to be without it: takes nothing. */
#include "engine/jpeg/own.h"

loom_jpeg_own *loom_jpeg_own_create(void)
{
    return NULL;
}

void loom_jpeg_own_free(loom_jpeg_own *own)
{
    (void)own;
}

bool loom_jpeg_own_decode(loom_jpeg_own *own, const loom_jpeg_wish *wish)
{
    (void)own;
    (void)wish;
    return false;
}
