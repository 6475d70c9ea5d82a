/* Request targets of the service. */
#include "fuzz.h"
#include "serve/target.h"

/* What a path has come to is a path that needs no more decoding. */
static void check_path(const char *path)
{
    FUZZ_CHECK(path[0] == '/' && strchr(path, '\\') == NULL && strstr(path, "//") == NULL);
    FUZZ_CHECK(strstr(path, "/./") == NULL && strstr(path, "/../") == NULL);
    for (; *path != '\0'; path++)
        FUZZ_CHECK((unsigned char)*path >= 0x20 && *path != 0x7F);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    serve_fault fault = SERVE_FAULT_INIT;
    serve_target target;

    const bool good = serve_target_parse(&target, text, &fault);
    FUZZ_CHECK(good == (fault.code == SERVE_FINE));
    if (good) {
        check_path(target.path);
        FUZZ_CHECK(target.query->len <= SERVE_PARAMETERS_MAX);
        for (guint i = 0; i < target.query->len; i++) {
            const serve_pair *pair = &g_array_index(target.query, serve_pair, i);
            FUZZ_CHECK(g_utf8_validate(pair->name, -1, NULL));
            FUZZ_CHECK(pair->value == NULL || g_utf8_validate(pair->value, -1, NULL));
        }
    }
    serve_target_release(&target);
    free(text);
    return 0;
}
