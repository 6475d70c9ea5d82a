/* Forms: multipart/form-data (RFC 7578), with one picture and fields. */
#ifndef SERVE_FORM_H
#define SERVE_FORM_H

#include "serve/target.h"
#include <stddef.h>

enum { SERVE_PARTS_MAX = 64, SERVE_FIELD_MAX = 4096 };

typedef struct serve_form {
    /* The part `image` or `file`, within the body. */
    unsigned char *image; /* NULL: there is none */
    size_t size;
    char *type;          /* its Content-Type; NULL: none */
    char *recipe;        /* the part `recipe`: JSON; NULL: there is none */
    serve_pairs *fields; /* the other parts, in their order */
} serve_form;

/* The boundary of this Content-Type, to be freed with g_free; NULL: it is not multipart/form-data.
 * SERVE_BAD_REQUEST, and NULL: it has no right boundary. */
char *serve_form_boundary(const char *content_type, serve_fault *fault);

/*
 * Parses a whole body, which stays the caller's. SERVE_BAD_REQUEST: it is cut short or no form, has
 * more than SERVE_PARTS_MAX parts, or a head or field of more than SERVE_FIELD_MAX bytes.
 * LOOM_ERR_USAGE: no picture or two, or a field that is not UTF-8. Release *form in all cases.
 */
bool serve_form_parse(serve_form *form, unsigned char *body, size_t size, const char *boundary,
                      serve_fault *fault);
void serve_form_release(serve_form *form);

#endif
