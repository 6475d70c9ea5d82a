/* Photoshop's image resources, in which JPEG carries IPTC metadata (APP13). */
#ifndef LOOM_FORMAT_PHOTOSHOP_H
#define LOOM_FORMAT_PHOTOSHOP_H

#include <stddef.h>

/*
 * Removes the thumbnail resources (ids 1033 and 1036) from `size` bytes at `data`, which may
 * start with "Photoshop 3.0" and a NUL; what remains moves up. Returns the new size. Data that is
 * not a list of resources ("8BIM", id, name, size, bytes, each padded to an even length) stays as
 * it is from there on. Source: Adobe Photoshop File Formats Specification, "Image Resource Blocks".
 */
size_t loom_photoshop_drop_thumbnails(unsigned char *data, size_t size);

#endif
