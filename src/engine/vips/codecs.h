/* Which library reads and writes each format in this build, with its version. */
#ifndef LOOM_ENGINE_VIPS_CODECS_H
#define LOOM_ENGINE_VIPS_CODECS_H

#include <imgloom/engine.h>

void loom_codecs_start(void); /* once, after libvips was started */

/* As loom_engine_codec and loom_engine_vips_version, once it was started. */
loom_codec_info loom_codecs_get(loom_format format);
const char *loom_codecs_vips_version(void);

#endif
