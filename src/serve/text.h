/* Pieces of JSON, appended to a GString. */
#ifndef SERVE_TEXT_H
#define SERVE_TEXT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* A string of UTF-8, in quotes; other bytes become U+FFFD. NULL becomes null. */
void serve_text_string(GString *out, const char *text);
/* ["a","b"], of a list that NULL ends; NULL becomes []. */
void serve_text_list(GString *out, const char *const *words);

/* `,"name":` and the value, for the second and later members of an object. */
void serve_text_member(GString *out, const char *name, const char *text);
void serve_text_number(GString *out, const char *name, int64_t value);
void serve_text_ms(GString *out, const char *name, int64_t ns); /* "12.345" */
/* The text with each character beyond ASCII as \uXXXX, for a header field. Freed with g_free. */
char *serve_text_ascii(const char *json);

#endif
