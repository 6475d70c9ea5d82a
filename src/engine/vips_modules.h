/*
 * libvips' loadable modules. Of those that stand beside the library only the ones for AVIF, HEIC
 * and JPEG XL are wanted in a worker child: ImageMagick, poppler and openslide cost time and are
 * a large surface for hostile files.
 */
#ifndef LOOM_ENGINE_VIPS_MODULES_H
#define LOOM_ENGINE_VIPS_MODULES_H

#include <stdbool.h>

/* Before libvips is started: makes it load none. False when memory runs out. */
bool loom_vips_skip_modules(void);

/* Afterwards: loads those that are wanted, and are there. */
void loom_vips_load_modules(void);

#endif
