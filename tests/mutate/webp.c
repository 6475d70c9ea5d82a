/* WebP: the flags of the extended header, the lossless and lossy frames' own headers. */
#include "mutate/mutate.h"

#include <string.h>

static void mutate_one(const char *testdata, const char *path, const char *name)
{
    static mutate_file base, f;

    base = mutate_read(testdata, path);
    for (size_t at = 12; at < 32; at++)
        for (unsigned bit = 0; bit < 8; bit++) {
            f = base;
            f.bytes[at] ^= (unsigned char)(1u << bit);
            mutate_write(&f, "webp-%s-at%zu-bit%u.webp", name, at, bit);
        }
}

void mutate_webp(const char *testdata)
{
    mutate_one(testdata, "formats/quadrants.webp", "plain");
    mutate_one(testdata, "formats/quadrants-alpha.webp", "alpha");
}
