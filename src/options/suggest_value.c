/* What may have been meant by a value that an option refuses. */
#include "options/options.h"

#include <stdio.h>
#include <string.h>

/* ---- habits: what other programs take ------------------------------------- */

#define PLACES "position watermark-position text-position"

static const struct value_habit {
    const char *options, *words; /* with spaces between */
    const char *meant;           /* the word for it */
} value_habits[] = {
    {"quality", "high best max maximum", "90"},
    {"quality", "medium normal", "80"},
    {"quality", "low", "50"},
    {"fit", "crop fill-crop", "cover"},
    {"fit", "pad letterbox", "contain"},
    {"fit", "stretch exact force ignore", "fill"},
    {"fit", "max clip scale scale-down fit whole", "inside"},
    {"fit", "min", "outside"},
    {PLACES, "left", "west"},
    {PLACES, "right", "east"},
    {PLACES, "top up", "north"},
    {PLACES, "bottom down", "south"},
    {PLACES, "top-left left-top topleft upper-left", "northwest"},
    {PLACES, "top-right right-top topright upper-right", "northeast"},
    {PLACES, "bottom-left left-bottom bottomleft lower-left", "southwest"},
    {PLACES, "bottom-right right-bottom bottomright lower-right", "southeast"},
    {PLACES, "middle", "centre"},
    {"position", "smart face salient", "attention"},
    {"rotate", "left ccw", "-90"},
    {"rotate", "right cw", "90"},
    {"kernel", "lanczos", "lanczos3"},
    {"kernel", "bicubic catrom", "cubic"},
    {"kernel", "bilinear triangle", "linear"},
    {"kernel", "box point", "nearest"},
    {"chroma", "4:2:0 yuv420p yuv420 2x2", "420"},
    {"chroma", "4:4:4 422 4:2:2 yuv444p yuv444 1x1", "444"},
    {"metadata", "keep yes", "all"},
    {"metadata", "strip no", "none"},
    {"icc", "strip convert none", "srgb"},
    {"if-exists", "overwrite yes", "replace"},
    {"if-exists", "update", "newer"},
    {"if-exists", "no never ignore", "skip"},
    {"if-larger", "keep original", "copy"},
    {"isolate", "none off no", "never"},
    {"background", "none clear", "transparent"},
    {"grayscale", "true yes on", "luma"},
    {"grayscale", "false no off", "none"},
    {"progress", "no off false", "never"},
    {"progress", "yes on true", "always"},
    {"color", "no off false", "never"},
    {"color", "yes on true", "always"},
    {"effort", "max best slowest highest", "10"},
    {"effort", "fast fastest min", "0"},
    {"timeout", "none never off no unlimited", "0"},
    {"max-pixels", "none off no unlimited", "0"},
    {"format", "original auto keep input unchanged", "same"},
};

/* Where not another value is the answer. */
static const struct value_habit value_advice[] = {
    {"jobs", "max auto all cpus cores 0 -1", "leave it out for all CPUs"},
    {"max-depth", "all none unlimited infinite -1 0", "leave it out for no limit"},
    {"quality", "lossless", "say --lossless"},
    {"quality", "auto default", "leave it out for the default of each format"},
    {"rotate", "auto exif", "pictures are turned upright unless --no-auto-orient is given"},
    {"width height", "auto", "leave it out to keep the ratio"},
    {"metadata", "icc", "profiles are kept by --icc keep"},
};

static const char *find_habit(const struct value_habit *habits, size_t count, const char *option,
                              const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (options_is_among(option, strlen(option), habits[i].options) &&
            options_is_among(word, strlen(word), habits[i].words))
            return habits[i].meant;
    return NULL;
}

/* ---- other spellings ------------------------------------------------------- */

/* What is written another way here. It is only suggested where the option takes the result. */
static const struct spelling {
    const char *options; /* NULL: any */
    const char *from, *to;
    bool at_end; /* else wherever it stands */
} spellings[] = {
    {NULL, "px", "", false},
    {NULL, "deg", "", true},
    {NULL, "degrees", "", true},
    {NULL, "\xC2\xB0", "", true}, /* the sign for degrees */
    {NULL, "dpi", "", true},
    {"quality", "%", "", true},
    {NULL, "seconds", "s", true},
    {NULL, "secs", "s", true},
    {NULL, "sec", "s", true},
    {NULL, "minutes", "m", true},
    {NULL, "mins", "m", true},
    {NULL, "min", "m", true},
    {NULL, "hours", "h", true},
    {NULL, "hour", "h", true},
    {NULL, "kb", "kB", true},
    {NULL, "mb", "MB", true},
    {NULL, "gb", "GB", true},
    {NULL, "m", "M", true},
    {NULL, "g", "G", true},
    {"max-pixels", "MP", "000000", true},
    {"max-pixels", "M", "000000", true},
    {NULL, "auto", "", true},
    {NULL, "*", "x", false},
    {NULL, "\xC3\x97", "x", false}, /* the sign for times */
    {NULL, "/", ":", false},
    {"aspect", "x", ":", false},
    {"size inside cover contain", ":", "x", false},
    {NULL, "image/", "", false},
    {"format", ".", "", false},
    {NULL, "0x", "#", false},
    {"blur sharpen", "0x", "", false}, /* RADIUSxSIGMA */
    {NULL, ",", ".", false},
};

/* "100,000": what stands before the comma is thousands, and no whole number. */
static bool has_thousands(const char *word)
{
    const char *comma = strchr(word, ',');

    return comma != NULL && strspn(comma + 1, "0123456789") == 3;
}

/* The word with `from` replaced; NULL: it has none. The caller frees it with g_free. */
static char *respell(const struct spelling *spelling, const char *word)
{
    const size_t size = strlen(word), length = strlen(spelling->from);
    GString *out;

    if (spelling->at_end) {
        if (size <= length || !g_str_has_suffix(word, spelling->from))
            return NULL;
        out = g_string_new_len(word, (gssize)(size - length));
        g_string_append(out, spelling->to);
        return g_string_free(out, FALSE);
    }
    if (strstr(word, spelling->from) == NULL || has_thousands(word))
        return NULL;
    char **pieces = g_strsplit(word, spelling->from, -1);
    char *text = g_strjoinv(spelling->to, pieces);
    g_strfreev(pieces);
    return text;
}

/* The part of a picture as ImageMagick has it, WxH+X+Y, or as four numbers. */
static char *respell_part(const char *word)
{
    unsigned x, y, width, height;
    int end = 0;

    if (sscanf(word, "%5ux%5u+%5u+%5u%n", &width, &height, &x, &y, &end) == 4 && word[end] == '\0')
        return g_strdup_printf("%u,%u,%ux%u", x, y, width, height);
    if (sscanf(word, "%5u,%5u,%5u,%5u%n", &x, &y, &width, &height, &end) == 4 && word[end] == '\0')
        return g_strdup_printf("%u,%u,%ux%u", x, y, width, height);
    return NULL;
}

/* Takes the candidate over; NULL: the option does not take it. */
static char *try(const options_row *row, options_target *target, char *candidate)
{
    loom_error unused = LOOM_ERROR_INIT;

    if (candidate != NULL && candidate[0] != '\0' &&
        row->apply(row, target, candidate, &unused) == LOOM_OK)
        return candidate;
    g_free(candidate);
    return NULL;
}

static char *find_spelling(const options_row *row, options_target *target, const char *word)
{
    char *found = strcmp(row->name, "extract") == 0 ? try(row, target, respell_part(word)) : NULL;

    for (size_t i = 0; found == NULL && i < G_N_ELEMENTS(spellings); i++)
        if (spellings[i].options == NULL ||
            options_is_among(row->name, strlen(row->name), spellings[i].options))
            found = try(row, target, respell(&spellings[i], word));
    if (found == NULL && row->field != NULL && row->field->kind == LOOM_VALUE_COLOUR)
        found = try(row, target, g_strconcat("#", word, NULL));
    if (found == NULL && options_is_among(row->name, strlen(row->name), "ssim watermark-opacity"))
        found = try(row, target, g_strconcat(word, "%", NULL));
    return found;
}

/* Of a side that is a part of the picture's. */
static char *find_percent(const options_row *row, const char *word)
{
    const size_t digits = strspn(word, "0123456789");
    const bool side = row->field != NULL && row->field->kind == LOOM_VALUE_SIDE;

    return side && digits > 0 && strcmp(word + digits, "%") == 0
               ? g_strdup_printf("; did you mean --size %s?", word)
               : NULL;
}

char *options_suggest_value(const options_row *row, options_target *target, const char *word)
{
    const char *meant = find_habit(value_habits, G_N_ELEMENTS(value_habits), row->name, word);
    const char *advice = find_habit(value_advice, G_N_ELEMENTS(value_advice), row->name, word);

    if (meant == NULL && strcmp(row->name, "size") == 0 && g_str_has_suffix(word, "^"))
        meant = "WxH with --fit outside"; /* as ImageMagick has it */
    if (advice != NULL)
        return g_strdup_printf("; %s", advice);
    if (meant != NULL)
        return g_strdup_printf("; did you mean %s?", meant);
    char *spelling = row->path == OPTIONS_NO_PATH ? find_spelling(row, target, word) : NULL;
    char *text = spelling != NULL ? g_strdup_printf("; did you mean %s?", spelling)
                                  : find_percent(row, word);
    g_free(spelling);
    return text != NULL ? text : g_strdup("");
}
