/* Accept, and what caches ask by, as the service reads them. */
#include "fuzz.h"
#include "serve/accept.h"
#include "serve/etag.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const types[] = {"image/webp", "image/avif", "application/json"};
    char *text = fuzz_text(data, size);

    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        const int quality = serve_accept_quality(text, types[i]);
        FUZZ_CHECK(quality >= 0 && quality <= 1000);
        FUZZ_CHECK(!serve_accept_names(text, types[i]) || quality > 0);
    }
    FUZZ_CHECK(!serve_etag_listed(text, "\"abc\"") || strstr(text, "\"abc\"") != NULL ||
               strchr(text, '*') != NULL);
    const int64_t date = serve_date_parse(text);
    char shown[30];
    serve_date_format(date, shown, sizeof shown);
    FUZZ_CHECK(date == -1 || serve_date_parse(shown) == date);
    free(text);
    return 0;
}
