/* Recipes in words, for tables of tests. */
#ifndef TESTS_SUPPORT_RECIPE_WORDS_H
#define TESTS_SUPPORT_RECIPE_WORDS_H

#include "support/check.h"
#include <imgloom/recipe.h>
#include <stdio.h>
#include <string.h>

/* Sets fields: "extract=10,20,300x200 aspect=1:1 negate"; NULL: none. */
static inline void recipe_set_words(loom_recipe *recipe, const char *fields)
{
    char copy[200], *rest = NULL;
    loom_error err = LOOM_ERROR_INIT;

    ck_assert_int_lt(snprintf(copy, sizeof copy, "%s", fields != NULL ? fields : ""),
                     (int)sizeof copy);
    for (char *name = strtok_r(copy, " ", &rest); name != NULL; name = strtok_r(NULL, " ", &rest)) {
        char *word = strchr(name, '=');
        if (word != NULL)
            *word++ = '\0';
        ck_assert_msg(loom_recipe_set(recipe, name, word, &err) == LOOM_OK, "%s", err.message);
    }
}

#endif
