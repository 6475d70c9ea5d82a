/* Which library reads and writes each format in this build, with its version. */
#ifndef LOOM_ENGINE_CODECS_H
#define LOOM_ENGINE_CODECS_H

#include <imgloom/engine.h>

void loom_codecs_start(void); /* once, after libvips was started */

#endif
