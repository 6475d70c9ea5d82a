/*
 * The list of formats: for each its constant, LOOM_FORMAT_…, and the name in its symbols. The order
 * is that in which signatures are tried: magic numbers first; the brands of HEIF follow four
 * arbitrary bytes, and the signatures at the end are short. TGA has none, and may stand anywhere.
 */
#ifndef LOOM_FORMAT_LIST_H
#define LOOM_FORMAT_LIST_H

/* clang-format off */

/* All of them. Each has a `const loom_container loom_container_NAME`. */
#define LOOM_EACH_FORMAT(X) \
    X(JPEG, jpeg) X(PNG, png) X(GIF, gif) X(WEBP, webp) X(RAW, raw) X(TIFF, tiff) X(PSD, psd) X(HDR, hdr) \
    X(JXL, jxl) X(JP2, jp2) X(PDF, pdf) X(AVIF, avif) X(HEIC, heic) X(BMP, bmp) X(PNM, pnm) \
    X(SVG, svg) X(TGA, tga)

/* Those that decoders in engine/codec read, not libvips; the order means nothing. Each has a `const
 * loom_decoder loom_decoder_NAME`, in NAME_read.c. */
#define LOOM_EACH_DECODED_FORMAT(X) \
    X(GIF, gif) X(BMP, bmp) X(TGA, tga) X(PSD, psd) X(PNM, pnm) X(HDR, hdr)

/* clang-format on */

#endif
