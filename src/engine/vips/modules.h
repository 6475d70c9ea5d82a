/*
 * Starting libvips with those of its loadable modules that are wanted: AVIF with HEIC, and JPEG XL.
 * ImageMagick, poppler and openslide cost time and are a large surface for hostile files.
 */
#ifndef LOOM_ENGINE_VIPS_MODULES_H
#define LOOM_ENGINE_VIPS_MODULES_H

#include <stdbool.h>

/* Once, on the main thread. False when libvips cannot start. */
bool loom_vips_init(void);

#endif
