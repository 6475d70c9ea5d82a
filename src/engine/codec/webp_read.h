/* WebP by libwebp itself, beside libvips. */
#ifndef LOOM_ENGINE_CODEC_WEBP_READ_H
#define LOOM_ENGINE_CODEC_WEBP_READ_H

#include "picture/picture.h"
#include <stdbool.h>
#include <stddef.h>

/*
 * Decodes the picture of a WebP file that is no animation, by libwebp itself, as RGB or RGB and
 * alpha, into *picture. False, and nothing done: it is an animation, damaged, or there is no
 * memory; libvips will tell. Takes two thirds of the time that libvips takes to do it, and half the
 * memory: there the picture goes through a canvas.
 */
bool loom_webp_decode(const unsigned char *file, size_t size, loom_picture *picture);

#endif
