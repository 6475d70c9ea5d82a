/* Reads the files that a recipe names, for the hashes of their contents. */
#include "base/content_hash.h"
#include "base/error.h"
#include "base/text.h"
#include "engine/text_module.h"
#include "files/naming.h"
#include "picture/layer.h"
#include "picture/recipe_fields.h"
#include <stdlib.h>
#include <string.h>

static loom_status hash_file(const char *path, loom_content_hash *hash, loom_error *err)
{
    loom_input_file file = {.descriptor = -1};
    loom_status status = loom_input_open(path, &file, err);

    if (status == LOOM_OK && file.size > LOOM_RECIPE_FILE_MAX)
        status = loom_error_set(err, LOOM_ERR_TOO_LARGE, LOOM_STAGE_NONE,
                                "it is larger than %u MiB", (unsigned)(LOOM_RECIPE_FILE_MAX >> 20));
    if (status == LOOM_OK) {
        loom_input_hash(&file, NULL);
        if (file.hashed)
            *hash = file.hash;
        else
            status = loom_error_set(err, LOOM_ERR_IO, LOOM_STAGE_NONE, "it cannot be read");
    }
    loom_input_close(&file);
    return status;
}

/* The file of a font: of a name what the system has of it. The caller frees *path. */
static loom_status find_font(const char *font, char **path, loom_error *err)
{
    const loom_text_module *module = loom_text_module_get(err);

    if (module == NULL)
        return LOOM_ERR_INTERNAL;
    if (!loom_font_is_file(font))
        return module->find_font(font, path, err);
    *path = strdup(font);
    return *path != NULL ? LOOM_OK : loom_no_memory(err, LOOM_STAGE_NONE, "for the font");
}

static loom_status hash_font(const char *font, loom_content_hash *hash, loom_error *err)
{
    char *path = NULL;
    loom_status status = find_font(font, &path, err);

    if (status == LOOM_OK)
        status = hash_file(path, hash, err);
    free(path);
    return status;
}

char *loom_recipe_font_file(const loom_recipe *recipe)
{
    char *path = NULL;

    return find_font(recipe->font.path, &path, NULL) == LOOM_OK ? path : NULL;
}

/* Sets the hash, or compares it. `what` is the file's, for messages. */
static loom_status settle(loom_recipe_file *file, const char *what, bool is_font, loom_error *err)
{
    const char *name = file->path[0] != '\0' ? file->path : "of the system";
    loom_error why = LOOM_ERROR_INIT;
    loom_content_hash hash;
    char shown[LOOM_SHOWN_SIZE];

    const loom_status status =
        is_font ? hash_font(file->path, &hash, &why) : hash_file(file->path, &hash, &why);
    if (status != LOOM_OK)
        return loom_error_set(err, status, LOOM_STAGE_NONE, "the %s %s cannot be used: %s", what,
                              loom_text_show(shown, name), why.message);
    if (file->hashed && !loom_hash_same(&hash, &file->hash))
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "the %s %s is not the one that the recipe was made with: its content "
                              "has changed",
                              what, loom_text_show(shown, name));
    file->hash = hash;
    file->hashed = 1;
    return LOOM_OK;
}

loom_status loom_recipe_read_files(loom_recipe *recipe, loom_error *err)
{
    loom_recipe_file watermark = recipe->watermark, font = recipe->font;
    loom_status status = LOOM_OK;

    if (loom_layer_is_asked(recipe, LOOM_LAYER_WATERMARK))
        status = settle(&watermark, "watermark", false, err);
    if (status == LOOM_OK)
        status = loom_text_check(recipe->text, err);
    if (status == LOOM_OK && loom_layer_is_asked(recipe, LOOM_LAYER_TEXT))
        status = settle(&font, "font", true, err);
    if (status == LOOM_OK) {
        recipe->watermark = watermark;
        recipe->font = font;
    }
    return status;
}
