/* What the module imgloom-vips.so shows to who loads it. */
#include "engine/vips_export.h"

const loom_vips_side *imgloom_vips(void)
{
    return &loom_vips_table;
}
