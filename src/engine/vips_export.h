/* The one symbol of the module imgloom-vips.so. */
#ifndef LOOM_ENGINE_VIPS_EXPORT_H
#define LOOM_ENGINE_VIPS_EXPORT_H

#include "engine/vips_side.h"
#include <imgloom/export.h>

#define LOOM_VIPS_MODULE "imgloom-vips.so"
#define LOOM_VIPS_SYMBOL "imgloom_vips"

LOOM_API const loom_vips_side *imgloom_vips(void);

#endif
