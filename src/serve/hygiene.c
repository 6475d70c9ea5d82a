#include "serve/exchange.h"

#include <glib.h>
#include <string.h>

const char *serve_head_get(const serve_head *head, const char *name)
{
    for (size_t i = 0; i < head->count; i++)
        if (g_ascii_strcasecmp(head->fields[i].name, name) == 0)
            return head->fields[i].value != NULL ? head->fields[i].value : "";
    return NULL;
}

static size_t count_fields(const serve_head *head, const char *name)
{
    size_t count = 0;

    for (size_t i = 0; i < head->count; i++)
        count += g_ascii_strcasecmp(head->fields[i].name, name) == 0;
    return count;
}

/* RFC 9110 section 5.6.2. */
static bool is_token(const char *text)
{
    static const char special[] = "!#$%&'*+-.^_`|~";

    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++)
        if (!g_ascii_isalnum(*text) && strchr(special, *text) == NULL)
            return false;
    return true;
}

static bool is_method(const char *text)
{
    return *text != '\0' && text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")] == '\0';
}

static bool has_control(const char *text)
{
    for (; text != NULL && *text != '\0'; text++)
        if (((unsigned char)*text < 0x20 && *text != '\t') || *text == 0x7F)
            return true;
    return false;
}

static bool refuse(serve_fault *fault, const char *why)
{
    return serve_refuse(fault, SERVE_BAD_REQUEST, "%s", why);
}

static bool check_size(const serve_head *head, serve_fault *fault)
{
    size_t size = 0;

    if (strlen(head->target) > SERVE_TARGET_MAX)
        return serve_refuse(fault, SERVE_TARGET_TOO_LONG,
                            "the target has more than the %d bytes allowed", SERVE_TARGET_MAX);
    for (size_t i = 0; i < head->count; i++)
        size += strlen(head->fields[i].name) +
                (head->fields[i].value != NULL ? strlen(head->fields[i].value) : 0);
    return size <= SERVE_FIELDS_MAX ||
           serve_refuse(fault, SERVE_HEAD_TOO_LARGE,
                        "the fields of the head have more than the %d bytes allowed",
                        SERVE_FIELDS_MAX);
}

/* How long the body is, by the fields: each reader must come to the same. */
static bool find_length(serve_head *head, serve_fault *fault)
{
    const char *coding = serve_head_get(head, "Transfer-Encoding");
    const char *length = serve_head_get(head, "Content-Length");

    if (count_fields(head, "Content-Length") > 1)
        return refuse(fault, "the request has two Content-Length");
    if (count_fields(head, "Transfer-Encoding") > 1)
        return refuse(fault, "the request has two Transfer-Encoding");
    if (coding != NULL && length != NULL)
        return refuse(fault, "the request has both Content-Length and Transfer-Encoding");
    if (coding != NULL && g_ascii_strcasecmp(coding, "chunked") != 0)
        return refuse(fault, "the only Transfer-Encoding is chunked");
    if (coding != NULL && strcmp(head->version, "HTTP/1.0") == 0)
        return refuse(fault, "HTTP/1.0 has no Transfer-Encoding");
    head->length = coding != NULL ? -1 : 0;
    if (length == NULL)
        return true;
    if (*length == '\0' || length[strspn(length, "0123456789")] != '\0' || strlen(length) > 18)
        return refuse(fault, "the Content-Length is not a number");
    head->length = (int64_t)g_ascii_strtoull(length, NULL, 10);
    return true;
}

bool serve_hygiene_check(serve_head *head, serve_fault *fault)
{
    const bool new_version = strcmp(head->version, "HTTP/1.1") == 0;

    if (!is_method(head->method))
        return refuse(fault, "a method has capital letters alone");
    if (!new_version && strcmp(head->version, "HTTP/1.0") != 0)
        return refuse(fault, "the version is neither HTTP/1.0 nor HTTP/1.1");
    for (size_t i = 0; i < head->count; i++) {
        if (!is_token(head->fields[i].name))
            return refuse(fault, "the name of a field is not a token");
        if (has_control(head->fields[i].value))
            return refuse(fault, "a field has a control character");
    }
    const size_t hosts = count_fields(head, "Host");
    if (hosts > 1)
        return refuse(fault, "the request has two Host");
    if (hosts == 0 && new_version)
        return refuse(fault, "the request has no Host");
    return check_size(head, fault) && find_length(head, fault);
}
