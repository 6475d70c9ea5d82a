#include "fonts.h"

#include "base/error.h"
#include "base/text.h"
#include "picture/recipe_fields.h"
#include <errno.h>
#include <fontconfig/fontconfig.h>
#include <pango/pangofc-fontmap.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Those that no thread has now. A map is slow to make, and no two threads may use one at once. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static text_font *idle;

/* ---- by name -------------------------------------------------------------- */

/* Families that stand for whatever the system has of a kind. */
static bool is_generic(const char *family)
{
    static const char *const generic[] = {"sans",  "sans-serif", "serif",   "monospace",
                                          "mono",  "cursive",    "fantasy", "system-ui",
                                          "emoji", "math"};

    return loom_word_find(family, generic, sizeof generic / sizeof *generic) >= 0;
}

static bool has_family(const FcPattern *found, const char *family)
{
    FcChar8 *name;

    for (int i = 0; FcPatternGetString(found, FC_FAMILY, i, &name) == FcResultMatch; i++)
        if (FcStrCmpIgnoreCase(name, (const FcChar8 *)family) == 0)
            return true;
    return false;
}

/* The pattern that fontconfig finds for a description; NULL: it has no font at all. */
static FcPattern *match(const PangoFontDescription *description)
{
    const char *family = pango_font_description_get_family(description);
    FcPattern *wanted = FcPatternCreate();
    FcPattern *found = NULL;
    FcResult result;

    if (wanted != NULL && family != NULL)
        (void)FcPatternAddString(wanted, FC_FAMILY, (const FcChar8 *)family);
    if (wanted != NULL && pango_font_description_get_weight(description) >= PANGO_WEIGHT_SEMIBOLD)
        (void)FcPatternAddInteger(wanted, FC_WEIGHT, FC_WEIGHT_BOLD);
    if (wanted != NULL && pango_font_description_get_style(description) != PANGO_STYLE_NORMAL)
        (void)FcPatternAddInteger(wanted, FC_SLANT, FC_SLANT_ITALIC);
    if (wanted != NULL && FcConfigSubstitute(NULL, wanted, FcMatchPattern)) {
        FcDefaultSubstitute(wanted);
        found = FcFontMatch(NULL, wanted, &result);
    }
    if (wanted != NULL)
        FcPatternDestroy(wanted);
    return found;
}

/* Fontconfig always finds some font: refuses one of another name. */
static loom_status check_name(const char *name, const PangoFontDescription *description,
                              const FcPattern *found, loom_error *err)
{
    const char *family = pango_font_description_get_family(description);
    char shown[LOOM_SHOWN_SIZE];
    FcChar8 *nearest = NULL;

    if (found == NULL)
        return loom_error_set(err, LOOM_ERR_NOT_FOUND, LOOM_STAGE_TRANSFORM,
                              "no font is installed");
    if (family == NULL || is_generic(family) || has_family(found, family))
        return LOOM_OK;
    (void)FcPatternGetString(found, FC_FAMILY, 0, &nearest);
    return loom_error_set(err, LOOM_ERR_NOT_FOUND, LOOM_STAGE_TRANSFORM,
                          "there is no font '%s'; the nearest is '%s'", loom_text_show(shown, name),
                          nearest != NULL ? (char *)nearest : "?");
}

static PangoFontDescription *describe(const char *name)
{
    return pango_font_description_from_string(name[0] != '\0' ? name : "sans");
}

loom_status text_font_find(const char *name, char **path, loom_error *err)
{
    PangoFontDescription *description = describe(name);
    FcPattern *found = match(description);
    loom_status status = check_name(name, description, found, err);
    FcChar8 *file = NULL;

    if (status == LOOM_OK) {
        *path = FcPatternGetString(found, FC_FILE, 0, &file) == FcResultMatch ? strdup((char *)file)
                                                                              : NULL;
        if (*path == NULL)
            status = loom_no_memory(err, LOOM_STAGE_TRANSFORM, "for the font");
    }
    if (found != NULL)
        FcPatternDestroy(found);
    pango_font_description_free(description);
    return status;
}

/* ---- by file -------------------------------------------------------------- */

/* A configuration of the system's fonts, for letters that the file lacks, and the file. */
static FcConfig *configure(const char *path)
{
    FcConfig *config = FcInitLoadConfigAndFonts();

    if (config != NULL && !FcConfigAppFontAddFile(config, (const FcChar8 *)path)) {
        FcConfigDestroy(config);
        return NULL;
    }
    return config;
}

/* The font that the file holds first. */
static PangoFontDescription *describe_file(const char *path)
{
    int count = 0;
    FcPattern *pattern = FcFreeTypeQuery((const FcChar8 *)path, 0, NULL, &count);
    PangoFontDescription *description =
        pattern != NULL ? pango_fc_font_description_from_pattern(pattern, FALSE) : NULL;

    if (pattern != NULL)
        FcPatternDestroy(pattern);
    return description;
}

static loom_status open_file(text_font *font, loom_error *err)
{
    char shown[LOOM_SHOWN_SIZE];

    if (access(font->asked, R_OK) != 0)
        return loom_error_set_errno(err, LOOM_STAGE_TRANSFORM, errno, "the font %s cannot be read",
                                    loom_text_show(shown, font->asked));
    font->description = describe_file(font->asked);
    FcConfig *config = font->description != NULL ? configure(font->asked) : NULL;
    if (config == NULL)
        return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_TRANSFORM, "%s is not a font",
                              loom_text_show(shown, font->asked));
    pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(font->map), config);
    FcConfigDestroy(config); /* the map has its own reference */
    return LOOM_OK;
}

static loom_status open_name(text_font *font, loom_error *err)
{
    font->description = describe(font->asked);
    FcPattern *found = match(font->description);
    const loom_status status = check_name(font->asked, font->description, found, err);

    if (found != NULL)
        FcPatternDestroy(found);
    return status;
}

/* ---- taking --------------------------------------------------------------- */

static void release(text_font *font)
{
    if (font->description != NULL)
        pango_font_description_free(font->description);
    if (font->map != NULL)
        g_object_unref(font->map);
    free(font->asked);
    free(font);
}

static loom_status open_font(const char *asked, text_font **font, loom_error *err)
{
    text_font *made = calloc(1, sizeof *made);

    if (made == NULL || (made->asked = strdup(asked)) == NULL ||
        (made->map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT)) == NULL) {
        if (made != NULL)
            release(made);
        return loom_no_memory(err, LOOM_STAGE_TRANSFORM, "for the font");
    }
    pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(made->map), 72);
    const loom_status status =
        loom_font_is_file(asked) ? open_file(made, err) : open_name(made, err);
    if (status != LOOM_OK) {
        release(made);
        return status;
    }
    pango_font_description_unset_fields(made->description, PANGO_FONT_MASK_SIZE);
    *font = made;
    return LOOM_OK;
}

loom_status text_font_take(const char *asked, text_font **font, loom_error *err)
{
    text_font **at = &idle;

    (void)pthread_mutex_lock(&lock);
    while (*at != NULL && strcmp((*at)->asked, asked) != 0)
        at = &(*at)->next;
    text_font *found = *at;
    if (found != NULL)
        *at = found->next;
    (void)pthread_mutex_unlock(&lock);
    if (found == NULL)
        return open_font(asked, font, err);
    *font = found;
    return LOOM_OK;
}

void text_font_return(text_font *font)
{
    (void)pthread_mutex_lock(&lock);
    font->next = idle;
    idle = font;
    (void)pthread_mutex_unlock(&lock);
}
