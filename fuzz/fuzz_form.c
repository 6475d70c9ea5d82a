/* Forms of the service: the first line is the Content-Type, the rest the body. */
#include "fuzz.h"
#include "serve/form.h"

static void parse(const uint8_t *data, size_t size, const char *boundary)
{
    unsigned char *body = fuzz_copy(data, size);
    serve_fault fault = SERVE_FAULT_INIT;
    serve_form form;

    const bool good = serve_form_parse(&form, body, size, boundary, &fault);
    FUZZ_CHECK(good == (fault.code == SERVE_FINE));
    if (good) {
        FUZZ_CHECK(form.image >= body && form.size <= size &&
                   form.image + form.size + strlen(boundary) <= body + size);
        FUZZ_CHECK(form.fields->len < SERVE_PARTS_MAX);
        for (guint i = 0; i < form.fields->len; i++)
            FUZZ_CHECK(strlen(g_array_index(form.fields, serve_pair, i).value) <= SERVE_FIELD_MAX);
    }
    serve_form_release(&form);
    free(body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = size > 0 ? memchr(data, '\n', size) : NULL;
    const size_t length = end != NULL ? (size_t)(end - data) : 0;
    serve_fault fault = SERVE_FAULT_INIT;
    char *type = fuzz_text(data, length);

    char *boundary = serve_form_boundary(type, &fault);
    FUZZ_CHECK(boundary == NULL || fault.code == SERVE_FINE);
    if (end != NULL)
        parse(end + 1, size - length - 1, boundary != NULL ? boundary : "b");
    g_free(boundary);
    free(type);
    return 0;
}
