/*
 * Kinds of files of a known format that no decoder here reads, told by their headers: so that they
 * are not taken for damaged ones, whichever decoder or process would have refused them.
 */
#ifndef LOOM_FORMAT_KIND_H
#define LOOM_FORMAT_KIND_H

#include <imgloom/format.h>
#include <stdbool.h>
#include <stddef.h>

enum { LOOM_KIND_WORDS = 80 };

/*
 * Whether the file is such a kind. `words` then says what it is, to follow "is not read: ". False,
 * and `words` untouched, when decoders are to try. Formats: JPEG and TIFF, as libjpeg and libvips
 * read them, PSD and HDR, as stb_image does; else false. Of other kinds stb_image says so itself.
 */
bool loom_kind_is_unread(loom_format format, const unsigned char *data, size_t size,
                         char words[LOOM_KIND_WORDS]);

#endif
