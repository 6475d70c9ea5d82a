/* What the files of the recipe share. */
#ifndef LOOM_PICTURE_RECIPE_FIELDS_H
#define LOOM_PICTURE_RECIPE_FIELDS_H

#include <imgloom/recipe.h>

/* Sets every field to its default. */
void loom_recipe_init(loom_recipe *recipe);

/* Any finite number of degrees, brought into 0 <= result < 360; never -0. */
double loom_rotation_normalise(double degrees);

/* The value of a flag, keyword, number, format, side or bytes. */
int64_t loom_recipe_field_value(const loom_recipe_field *field, const loom_recipe *recipe);
void loom_recipe_field_store(const loom_recipe_field *field, loom_recipe *recipe, int64_t value);

bool loom_recipe_field_is_default(const loom_recipe_field *field, const loom_recipe *recipe);

/* Sets it to its default. */
void loom_recipe_field_reset(const loom_recipe_field *field, loom_recipe *recipe);

/* How many keywords it has. */
size_t loom_recipe_field_keywords(const loom_recipe_field *field);

/* "jpeg, webp and avif": the formats that have the choice; to be freed. NULL: no memory. */
char *loom_choice_formats(unsigned choice);

#endif
