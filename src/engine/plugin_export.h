/* The one symbol of the module imgloom-vips.so. */
#ifndef LOOM_ENGINE_PLUGIN_EXPORT_H
#define LOOM_ENGINE_PLUGIN_EXPORT_H

#include "engine/plugin.h"
#include <imgloom/export.h>

#define LOOM_PLUGIN_FILE   "imgloom-vips.so"
#define LOOM_PLUGIN_SYMBOL "imgloom_vips"

LOOM_API const loom_plugin *imgloom_vips(void);

#endif
