/* What a request asks for: its parameters, in layers, as a recipe and a kind of answer. */
#ifndef SERVE_PARAMETERS_H
#define SERVE_PARAMETERS_H

#include "serve/form.h"
#include "serve/settings.h"

typedef enum serve_answer {
    SERVE_ANSWER_PICTURE = 0,
    SERVE_ANSWER_JSON, /* the row with the picture in Base64 */
    SERVE_ANSWER_ROW   /* the row alone */
} serve_answer;

typedef struct serve_wish {
    loom_recipe *recipe; /* owned */
    serve_answer answer;
    int64_t expires_s; /* since the epoch; INT64_MAX: never */
    bool negotiated;   /* the format was chosen by Accept */
} serve_wish;

/*
 * Applies, the later wins: the preset, the recipe of the form, the query, the fields of the form.
 * `form` may be NULL; `accept` is the Accept of the request, or NULL,
 * by which format=auto chooses. LOOM_ERR_USAGE, naming the
 * word and what is allowed: a parameter is unknown, given twice or out of range, or the recipe is
 * not right. Release *wish in all cases.
 */
bool serve_wish_read(serve_wish *wish, const serve_settings *settings, const serve_pairs *query,
                     const serve_form *form, const char *accept, serve_fault *fault);
void serve_wish_release(serve_wish *wish);

#endif
