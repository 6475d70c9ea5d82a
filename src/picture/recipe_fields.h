/* Private functions on recipe fields. */
#ifndef LOOM_PICTURE_RECIPE_FIELDS_H
#define LOOM_PICTURE_RECIPE_FIELDS_H

#include <imgloom/recipe.h>

#include "base/strbuf.h"

/* What a recipe says of a file, set and written: recipe_layers.c. */
loom_status loom_recipe_file_set(loom_recipe_file *file, const char *path, loom_error *err);
bool loom_recipe_file_set_hash(loom_recipe_file *file, const char *digits); /* 32 of hex */
void loom_recipe_file_add(loom_strbuf *out, const loom_recipe_file *file);  /* as JSON */
/* Whether a font is a file's path, and no name: by its extension, or a slash. */
bool loom_font_is_file(const char *font);
bool loom_recipe_file_is_valid(const loom_recipe_file *file);

/* Sets the text, if it is UTF-8 that can be shown, and short enough. */
loom_status loom_text_set(char text[LOOM_WORD_SIZE], const char *word, loom_error *err);
bool loom_text_is_valid(const char text[LOOM_WORD_SIZE]);
void loom_text_add(loom_strbuf *out, const char *text); /* as JSON */

/* LOOM_ERR_USAGE: there is no field of this name. Says which one was meant, if one is similar. */
loom_status loom_recipe_refuse_name(const char *name, loom_error *err);

/* Sets every field to its default. */
void loom_recipe_init(loom_recipe *recipe);

/* The address of the field's value. */
static inline void *loom_recipe_field_place(const loom_recipe_field *field, loom_recipe *recipe)
{
    return (char *)recipe + field->offset;
}

static inline const void *loom_recipe_field_at(const loom_recipe_field *field,
                                               const loom_recipe *recipe)
{
    return (const char *)recipe + field->offset;
}

/* Whether a colour was given. */
static inline bool *loom_recipe_field_given(const loom_recipe_field *field, loom_recipe *recipe)
{
    return (bool *)((char *)recipe + field->given);
}

/* Sets *colour and returns true for a CSS colour name (ASCII case ignored), including
 * "transparent". */
bool loom_colour_by_name(const char *name, loom_colour *colour);

/* Sets the sizes of a recipe from a word: WxH, Wx, xH, N, P%, or several with commas; and its fit,
 * if the word says one (loom_sizes_say_fit). */
loom_status loom_sizes_set(loom_recipe *recipe, const char *word, loom_error *err);

/* Parse what a row's `allowed` says. On LOOM_ERR_USAGE the message names the word and what is
 * allowed, and the value is unchanged. */
loom_status loom_extract_parse(const char *word, loom_extract *extract, loom_error *err);
loom_status loom_ratio_parse(const char *word, loom_ratio *ratio, loom_error *err);
loom_status loom_edges_parse(const char *word, loom_edges *edges, loom_error *err);
loom_status loom_border_parse(const char *word, loom_edges *border, loom_error *err);
loom_status loom_place_parse(const char *word, loom_place *place, loom_error *err);
loom_status loom_length_parse(const loom_recipe_field *field, const char *word, loom_length *length,
                              loom_error *err);

/* Append them as such words. */
void loom_extract_add(loom_strbuf *out, const loom_extract *extract);
void loom_ratio_add(loom_strbuf *out, const loom_ratio *ratio);
void loom_edges_add(loom_strbuf *out, const loom_edges *edges);
void loom_border_add(loom_strbuf *out, const loom_edges *border);
void loom_length_add(loom_strbuf *out, const loom_length *length);
void loom_place_add(loom_strbuf *out, const loom_place *place);

/* Whether they hold what words can say. */
bool loom_extract_is_valid(const loom_extract *extract);
bool loom_ratio_is_valid(const loom_ratio *ratio);
bool loom_edges_are_valid(const loom_edges *edges);
bool loom_border_is_valid(const loom_edges *border);
bool loom_place_is_valid(const loom_place *place);
bool loom_length_is_valid(const loom_recipe_field *field, const loom_length *length);

static inline bool loom_edges_are_none(const loom_edges *edges)
{
    return edges->top == 0 && edges->right == 0 && edges->bottom == 0 && edges->left == 0;
}

/* Whether a real is within the range of its row, or is LOOM_AUTO where the row has that. */
static inline bool loom_real_is_valid(const loom_recipe_field *field, double value)
{
    return (value * 100 >= (double)field->low && value * 100 <= (double)field->high) ||
           (field->implied != NULL && value >= LOOM_AUTO && value <= LOOM_AUTO);
}

/* Reduces any finite number of degrees to 0 <= result < 360; never -0. */
double loom_rotation_normalise(double degrees);

/* Parses a list of kinds of metadata. On LOOM_ERR_USAGE the message names the word and what is
 * allowed, and *metadata is unchanged. */
loom_status loom_metadata_parse(const char *word, loom_metadata *metadata, loom_error *err);

/* Appends the shortest such list. */
void loom_metadata_add(loom_strbuf *out, loom_metadata metadata);

/* The number of formats, and one of them. */
static inline unsigned loom_recipe_formats(const loom_recipe *recipe)
{
    return recipe->format_count > 1 ? recipe->format_count : 1;
}

static inline loom_format loom_recipe_format_at(const loom_recipe *recipe, unsigned index)
{
    return recipe->format_count > 1 ? recipe->formats[index] : recipe->format;
}

static inline const char *loom_recipe_format_name(loom_format format)
{
    return format == LOOM_FORMAT_SAME ? "same" : loom_format_get(format)->name;
}

/* The value of a flag, keyword, number, format, side or bytes. */
int64_t loom_recipe_field_value(const loom_recipe_field *field, const loom_recipe *recipe);
void loom_recipe_field_store(const loom_recipe_field *field, loom_recipe *recipe, int64_t value);

/* The rows, by loom_recipe_field_id: of the picture, of what is laid on it, and of encoding. */
enum {
    LOOM_LAYER_ROWS = LOOM_RECIPE_ICC - LOOM_RECIPE_WATERMARK,
    LOOM_ENCODING_ROWS = LOOM_RECIPE_COUNT - LOOM_RECIPE_ICC
};

extern const loom_recipe_field loom_picture_rows[LOOM_RECIPE_WATERMARK];
extern const loom_recipe_field loom_layer_rows[LOOM_LAYER_ROWS];
extern const loom_recipe_field loom_encoding_rows[LOOM_ENCODING_ROWS];

bool loom_recipe_field_is_default(const loom_recipe_field *field, const loom_recipe *recipe);

/* Sets it to its default. */
void loom_recipe_field_reset(const loom_recipe_field *field, loom_recipe *recipe);

/* The number of its keywords. */
size_t loom_recipe_field_keywords(const loom_recipe_field *field);

/* The formats that have the option, as "jpeg, webp and avif". The caller frees it; NULL: out of
 * memory. */
char *loom_choice_formats(unsigned choice);

#endif
