/* Accept, as the service reads it. */
#include "fuzz.h"
#include "serve/accept.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const types[] = {"image/webp", "image/avif", "application/json"};
    char *text = fuzz_text(data, size);

    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        const int quality = serve_accept_quality(text, types[i]);
        FUZZ_CHECK(quality >= 0 && quality <= 1000);
    }
    free(text);
    return 0;
}
