#include "base/content_hash.h"

#include "base/read_at.h"
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

enum { PIECE = 256 * 1024 }; /* bytes; larger ones leave the cache of a core */

static loom_content_hash canonical(XXH128_hash_t value)
{
    XXH128_canonical_t form;
    loom_content_hash hash;

    XXH128_canonicalFromHash(&form, value);
    memcpy(hash.bytes, form.digest, sizeof hash.bytes);
    return hash;
}

loom_content_hash loom_hash_content(const void *bytes, size_t size)
{
    return canonical(XXH3_128bits(bytes, size));
}

uint64_t loom_hash_word(const void *bytes, size_t size)
{
    return XXH3_64bits(bytes, size);
}

bool loom_hash_file(int descriptor, size_t size, loom_content_hash *hash)
{
    XXH3_state_t *state = XXH3_createState();
    unsigned char *piece = malloc(PIECE);
    bool whole = state != NULL && piece != NULL && XXH3_128bits_reset(state) == XXH_OK;

    for (size_t at = 0, got = 0; whole && at < size; at += got) {
        const size_t wanted = size - at < PIECE ? size - at : PIECE;
        whole = loom_read_at(descriptor, piece, wanted, at, &got) && got == wanted &&
                XXH3_128bits_update(state, piece, got) == XXH_OK;
    }
    if (whole)
        *hash = canonical(XXH3_128bits_digest(state));
    free(piece);
    (void)XXH3_freeState(state);
    return whole;
}
