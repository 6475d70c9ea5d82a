/* What the module imgloom-vips.so shows to who loads it. */
#include "engine/plugin_export.h"

const loom_plugin *imgloom_vips(void)
{
    return &loom_plugin_table;
}
