/* Signed targets of the service: nothing but what was signed counts as signed. */
#include "fuzz.h"
#include "serve/signature.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static guchar secret[] = "a secret of the key";
    serve_key key = {.id = (char[]){"id"}, .secret = secret, .size = sizeof secret};
    GPtrArray *keys = g_ptr_array_new();
    char *text = fuzz_text(data, size);
    const char *rest;

    g_ptr_array_add(keys, &key);
    const serve_signed how = serve_signature_check(keys, text, &rest);
    FUZZ_CHECK(rest >= text && rest <= text + strlen(text));
    FUZZ_CHECK(how != SERVE_UNSIGNED || (rest == text && strncmp(text, "/s/", 3) != 0));
    if (how == SERVE_SIGNED) {
        char *right = serve_sign(&key, rest);
        FUZZ_CHECK(strcmp(right, text) == 0);
        g_free(right);
    }
    char *target = g_strconcat("/", text, NULL);
    char *made = serve_sign(&key, target);
    FUZZ_CHECK(serve_signature_check(keys, made, &rest) == SERVE_SIGNED &&
               strcmp(rest, target) == 0);
    FUZZ_CHECK(serve_signature_check(NULL, made, &rest) == SERVE_FORGED);
    g_free(made);
    g_free(target);
    free(text);
    g_ptr_array_free(keys, TRUE);
    return 0;
}
