#include "serve/form.h"

#include <string.h>

enum { BOUNDARY_MAX = 70 }; /* RFC 2046 section 5.1.1 */

/* What is known of a part by its head. */
typedef struct part {
    char *name; /* owned; NULL: it has none */
    char *type; /* owned; NULL: it has none */
} part;

/* ---- header values ------------------------------------------------------- */

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " \t");
}

/* Reads a token or a quoted string, and moves *text behind it; NULL: it is neither. */
static char *take_value(const char **text)
{
    const char *at = *text;
    GString *value = g_string_new(NULL);

    if (*at != '"') {
        const size_t size = strcspn(at, "; \t");
        *text = at + size;
        g_string_append_len(value, at, (gssize)size);
        return g_string_free(value, size == 0);
    }
    for (at++; *at != '"' && *at != '\0'; at++) {
        if (*at == '\\' && at[1] != '\0')
            at++;
        g_string_append_c(value, *at);
    }
    *text = at + (*at == '"');
    return g_string_free(value, *at != '"');
}

/* The parameter of a value such as `form-data; name="image"`; NULL: there is none, or one is wrong.
 * Freed with g_free. */
static char *find_parameter(const char *text, const char *name)
{
    text += strcspn(text, ";");
    while (*text == ';') {
        text = skip_blanks(text + 1);
        const size_t size = strcspn(text, "=; \t");
        const bool found = size == strlen(name) && g_ascii_strncasecmp(text, name, size) == 0;
        if (text[size] != '=')
            return NULL;
        text += size + 1;
        char *value = take_value(&text);
        if (value == NULL || found)
            return value;
        g_free(value);
        text = skip_blanks(text);
    }
    return NULL;
}

static bool is_media_type(const char *text, const char *type)
{
    const size_t size = strlen(type);

    return g_ascii_strncasecmp(text, type, size) == 0 && strchr("; \t", text[size]) != NULL;
}

static bool is_boundary(const char *text)
{
    static const char special[] = "'()+_,-./:=? ";
    const size_t size = strlen(text);

    if (size == 0 || size > BOUNDARY_MAX || text[size - 1] == ' ')
        return false;
    for (; *text != '\0'; text++)
        if (!g_ascii_isalnum(*text) && strchr(special, *text) == NULL)
            return false;
    return true;
}

char *serve_form_boundary(const char *content_type, serve_fault *fault)
{
    if (content_type == NULL || !is_media_type(content_type, "multipart/form-data"))
        return NULL;
    char *boundary = find_parameter(content_type, "boundary");
    if (boundary != NULL && is_boundary(boundary))
        return boundary;
    g_free(boundary);
    (void)serve_refuse(fault, SERVE_BAD_REQUEST, "the form's Content-Type has no right boundary");
    return NULL;
}

/* ---- parts --------------------------------------------------------------- */

static bool refuse_form(serve_fault *fault, const char *why)
{
    return serve_refuse(fault, SERVE_BAD_REQUEST, "the form %s", why);
}

static void release_part(part *p)
{
    g_free(p->name);
    g_free(p->type);
}

/* Takes one line of a part's head. */
static bool take_line(part *p, const char *line)
{
    const char *colon = strchr(line, ':');

    if (colon == NULL)
        return false;
    const size_t size = (size_t)(colon - line);
    const char *value = skip_blanks(colon + 1);
    if (size == strlen("Content-Disposition") &&
        g_ascii_strncasecmp(line, "Content-Disposition", size) == 0) {
        if (p->name != NULL || !is_media_type(value, "form-data"))
            return false;
        p->name = find_parameter(value, "name");
    } else if (size == strlen("Content-Type") &&
               g_ascii_strncasecmp(line, "Content-Type", size) == 0 && p->type == NULL) {
        p->type = g_strdup(value);
    }
    return true;
}

/* Reads the head of a part at *at, and moves *at behind it. */
static bool read_head(part *p, unsigned char **at, const unsigned char *end, serve_fault *fault)
{
    const size_t left = (size_t)(end - *at);
    const unsigned char *stop = memmem(*at, MIN(left, (size_t)SERVE_FIELD_MAX), "\r\n\r\n", 4);

    if (stop == NULL)
        return refuse_form(fault, left > SERVE_FIELD_MAX ? "has a part with too long a head"
                                                         : "is cut short");
    char *head = g_strndup((const char *)*at, (gsize)(stop - *at));
    bool right = strlen(head) == (size_t)(stop - *at); /* no NUL */
    char **lines = g_strsplit(head, "\r\n", -1);
    for (size_t i = 0; right && lines[i] != NULL; i++)
        right = take_line(p, lines[i]);
    g_strfreev(lines);
    g_free(head);
    *at += stop + 4 - *at;
    return (right && p->name != NULL) || refuse_form(fault, "has a part without a right name");
}

static bool refuse_usage(serve_fault *fault, const char *what, const char *why)
{
    return serve_refuse_as(fault, LOOM_ERR_USAGE, "the form %s: %s", what, why);
}

static bool take_image(serve_form *form, part *p, unsigned char *data, size_t size,
                       serve_fault *fault)
{
    if (form->image != NULL)
        return refuse_usage(fault, "has two pictures", "send one part `image`");
    form->image = data;
    form->size = size;
    form->type = p->type;
    p->type = NULL;
    return true;
}

static bool take_field(serve_form *form, part *p, const unsigned char *data, size_t size,
                       serve_fault *fault)
{
    const bool is_recipe = strcmp(p->name, "recipe") == 0;

    if (size > SERVE_FIELD_MAX)
        return refuse_form(fault, "has too long a field");
    if (!g_utf8_validate((const char *)data, (gssize)size, NULL) ||
        !g_utf8_validate(p->name, -1, NULL))
        return refuse_usage(fault, "has a field that is not text", "fields are UTF-8");
    if (is_recipe && form->recipe != NULL)
        return refuse_usage(fault, "has two recipes", "send one part `recipe`");
    char *value = g_strndup((const char *)data, size);
    if (is_recipe) {
        form->recipe = value;
    } else {
        serve_pairs_add(form->fields, p->name, value);
        p->name = NULL;
    }
    return true;
}

/* Reads the part at *at, and moves *at to its delimiter. */
static bool read_part(serve_form *form, unsigned char **at, const unsigned char *end,
                      const char *delimiter, serve_fault *fault)
{
    part p = {NULL, NULL};
    bool good = read_head(&p, at, end, fault);
    unsigned char *data = *at;
    /* The delimiter's CRLF may be that of the head's end: an empty part. */
    unsigned char *stop =
        good ? memmem(data - 2, (size_t)(end - data) + 2, delimiter, strlen(delimiter)) : NULL;

    if (good && stop == NULL)
        good = refuse_form(fault, "is cut short");
    if (good) {
        const size_t size = stop > data ? (size_t)(stop - data) : 0;
        good = strcmp(p.name, "image") == 0 || strcmp(p.name, "file") == 0
                   ? take_image(form, &p, data, size, fault)
                   : take_field(form, &p, data, size, fault);
        *at = stop;
    }
    release_part(&p);
    return good;
}

/* What follows a delimiter: a next part, or with `--` the end. Moves *at behind it. */
static bool read_delimiter(unsigned char **at, const unsigned char *end, bool *last,
                           serve_fault *fault)
{
    *last = end - *at >= 2 && memcmp(*at, "--", 2) == 0;
    if (*last)
        return true;
    while (*at < end && (**at == ' ' || **at == '\t'))
        (*at)++;
    if (end - *at < 2 || memcmp(*at, "\r\n", 2) != 0)
        return refuse_form(fault, "is cut short, or has a wrong boundary");
    *at += 2;
    return true;
}

bool serve_form_parse(serve_form *form, unsigned char *body, size_t size, const char *boundary,
                      serve_fault *fault)
{
    char *delimiter = g_strconcat("\r\n--", boundary, NULL);
    const size_t length = strlen(delimiter);
    const unsigned char *end = body + size;
    unsigned char *at = body;
    bool good = true, last = false;

    *form = (serve_form){.fields = serve_pairs_new()};
    if (size >= length - 2 && memcmp(body, delimiter + 2, length - 2) == 0)
        at += length - 2;
    else if (size > 0 && (at = memmem(body, size, delimiter, length)) != NULL)
        at += length;
    else
        good = refuse_form(fault, "does not begin with its boundary");
    for (int count = 0; good; count++) {
        good = read_delimiter(&at, end, &last, fault);
        if (!good || last)
            break;
        if (count == SERVE_PARTS_MAX)
            good = refuse_form(fault, "has too many parts");
        else if ((good = read_part(form, &at, end, delimiter, fault)))
            at += length;
    }
    if (good && form->image == NULL)
        good = refuse_usage(fault, "has no picture", "send one part `image`");
    g_free(delimiter);
    return good;
}

void serve_form_release(serve_form *form)
{
    g_free(form->type);
    g_free(form->recipe);
    serve_pairs_free(form->fields);
    *form = (serve_form){.image = NULL};
}
