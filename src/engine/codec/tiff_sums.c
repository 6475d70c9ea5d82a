#include "engine/codec/tiff_sums.h"

#include "engine/codec/png_stream.h"
#include "format/tiff.h"
#include <stdlib.h>

typedef struct checking {
    struct inflate_state inflate;
    unsigned char block[1 << 16]; /* what is unpacked, and not wanted */
    uint64_t left;                /* bytes that may still be read and unpacked */
    bool wrong;
} checking;

/* RFC 1950, 2.2. The bits of a stream may be in another order (FillOrder): then it is none. */
static bool is_zlib(loom_bytes piece)
{
    return piece.size > 6 && (piece.data[0] & 15) == 8 && (piece.data[1] & 32) == 0 &&
           loom_be16(piece.data) % 31 == 0;
}

/* Pieces may lie in one another, and each be as large as the file. */
static void spend(checking *c, uint64_t bytes)
{
    c->left -= bytes < c->left ? bytes : c->left;
}

static void check_piece(checking *c, loom_bytes piece)
{
    int code = ISAL_DECOMP_OK;

    if (!is_zlib(piece) || piece.size > UINT32_MAX)
        return;
    spend(c, piece.size);
    isal_inflate_init(&c->inflate);
    c->inflate.crc_flag = ISAL_ZLIB;
    /* The inflater only reads, but says it otherwise. */
    memcpy(&c->inflate.next_in, &piece.data, sizeof c->inflate.next_in);
    c->inflate.avail_in = (uint32_t)piece.size;
    for (size_t got = 1; got > 0 && code == ISAL_DECOMP_OK && c->left > 0;) {
        c->inflate.next_out = c->block;
        c->inflate.avail_out = sizeof c->block;
        code = loom_inflate(&c->inflate);
        got = sizeof c->block - c->inflate.avail_out;
        spend(c, got);
    }
    c->wrong = code == ISAL_INCORRECT_CHECKSUM;
}

const char *loom_tiff_check_sums(loom_bytes file, uint64_t limit)
{
    const uint64_t compression = loom_tiff_compression(file);
    loom_tiff_directory t;
    loom_tiff_pieces pieces;

    if (compression != LOOM_TIFF_DEFLATE && compression != LOOM_TIFF_DEFLATE_OLD)
        return NULL;
    if (!loom_tiff_first(&t, file) || !loom_tiff_pieces_of(&t, &pieces))
        return NULL;
    checking *c = malloc(sizeof *c);
    if (c == NULL)
        return NULL; /* libtiff will have none, either */
    c->left = limit < UINT64_MAX - file.size ? limit + file.size : UINT64_MAX;
    c->wrong = false;
    for (uint64_t i = 0; i < pieces.offsets.count && !c->wrong && c->left > 0; i++)
        check_piece(c, loom_tiff_piece(&pieces, i));
    const bool wrong = c->wrong;
    free(c);
    return wrong ? "a strip or tile fails its checksum (Adler-32)" : NULL;
}
