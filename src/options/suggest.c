/* What may have been meant by a word that is no option. */
#include "options/options.h"

#include <imgloom/parse.h>
#include <string.h>

/* ---- habits: what other programs call it ---------------------------------- */

typedef struct habit {
    const char
        *words;       /* names of options elsewhere, with spaces between; a letter is a short one */
    const char *has;  /* an option of the command that it takes to do so */
    const char *text; /* what to say */
} habit;

static const habit habits[] = {
    {"r R recursive recurse", "max-depth", "folders are always walked"},
    {"resize geometry scale thumbnail thumbnail-size thumb fit-inside fit-in s g", "inside",
     "--inside WxH keeps pictures whole, --cover WxH crops them"},
    {"gray grey monochrome bw colorspace", "grayscale", "say --grayscale"},
    {"extent pad letterbox", "contain", "--contain WxH pads pictures to a box"},
    {"crop square", "cover", "--cover WxH crops pictures to a box, --position says where"},
    {"smartcrop smart-crop smart", "position", "say --cover WxH --position attention"},
    {"gravity", "position", "say --position WHERE"},
    {"extract-area region rect", "extract", "say --extract X,Y,WxH"},
    {"fuzz autocrop auto-crop", "trim", "say --trim, or --trim=THRESHOLD"},
    {"aspect-ratio", "aspect", "say --aspect 16:9"},
    {"unsharp unsharp-mask usm", "sharpen", "say --sharpen, or --sharpen=SIGMA"},
    {"gaussian-blur", "blur", "say --blur SIGMA"},
    {"denoise despeckle", "median", "say --median 3"},
    {"modulate", "brightness", "say --brightness 120% --saturation 80% --hue 30"},
    {"negative invert", "negate", "say --negate"},
    {"auto-level autolevel auto-levels contrast-stretch", "normalize", "say --normalize"},
    {"bordercolor border_color", "border-color", "say --border-color COLOUR"},
    {"frame mattecolor", "border", "say --border WxH --border-color COLOUR"},
    {"padding margin", "extend", "say --extend T,R,B,L"},
    {"virtual-pixel edge", "extend-with", "say --extend-with mirror or copy"},
    {"rounded round-corner corners border-radius", "radius",
     "say --radius PX, or 50% for a circle"},
    {"colors colours quantize", "palette", "say --palette, or --palette=16"},
    {"nearlossless near_lossless", "near-lossless", "say --near-lossless"},
    {"colorize colorise", "tint", "say --tint COLOUR"},
    {"stretch", "fit", "say --size WxH --fit fill"},
    {"percent", "size", "say --size 50%"},
    {"max-size maxsize size-max", "max-bytes",
     "say --inside WxH --only-shrink for pixels, --max-bytes SIZE for bytes"},
    {"max-width maxwidth", "inside", "say --inside Wx --only-shrink"},
    {"max-height maxheight", "inside", "say --inside xH --only-shrink"},
    {"no-enlarge noenlarge without-enlargement withoutEnlargement downscale-only shrink-only",
     "no-upscale", "say --only-shrink"},
    {"mirror", "flop", "say --flop (left to right) or --flip (top to bottom)"},
    {"auto-orient autorotate auto-rotate autoOrient", "no-auto-orient",
     "pictures are turned upright unless --no-auto-orient is given"},
    {"strip no-metadata strip-metadata", "metadata",
     "that is --metadata none, which is the default"},
    {"with-metadata withMetadata keep-metadata preserve-metadata no-strip keep-exif exif",
     "metadata", "say --metadata all"},
    {"profile eprofile export-profile srgb", "icc",
     "pictures become sRGB unless --icc keep is given"},
    {"sampling-factor subsample subsampling", "chroma", "say --chroma 420 or 444"},
    {"interlace", "progressive", "say --progressive"},
    {"optimize optimise optimize-coding optimise-coding mozjpeg", "progressive",
     "JPEGs always get tables of their own; --progressive makes many smaller still"},
    {"sepia-tone", "sepia", "say --sepia"},
    {"type convert to e extension output-format out-format", "format", "say -f FORMAT"},
    {"jpeg jpg", "format", "say -f jpeg"},
    {"png", "format", "say -f png"},
    {"webp", "format", "say -f webp"},
    {"avif", "format", "say -f avif"},
    {"jxl", "format", "say -f jxl"},
    {"compress compression compression-level method m z", "effort", "say --effort N, or -q N"},
    {"density resolution", "dpi", "say --dpi N"},
    {"bg", "background", "say --background COLOUR"},
    {"target-size filesize file-size extent-size max-filesize", "max-bytes",
     "say --max-bytes SIZE"},
    {"dssim similarity visual-quality target-quality perceptual psnr butteraugli vmaf", "ssim",
     "say --ssim 0.98"},
    {"out outdir out-dir output-dir outputdir dest destination dst target d O", "output",
     "say -o DIR"},
    {"input inputs source src", "files-from", "inputs are named without an option"},
    {"i", "files-from", "inputs are named without an option, and never changed"},
    {"rename template", "name", "say --name TEMPLATE"},
    {"archive a", "preserve-timestamps", "folders are always walked; -p keeps times"},
    {"overwrite force y yes clobber replace", "if-exists",
     "existing outputs are replaced unless --if-exists says otherwise"},
    {"no-clobber skip-existing ignore-existing no-overwrite", "if-exists", "say --if-exists skip"},
    {"update u newer", "if-exists", "say --if-exists newer"},
    {"in-place inplace delete remove-source-files", "output",
     "inputs are never changed; outputs go next to them, or to -o DIR"},
    {"threads nthreads num-threads parallel workers concurrency cpus mt t P", "jobs", "say -j N"},
    {"jobs J parallel workers", "threads", "say -j N,N..."},
    {"simulate whatif pretend", "dry-run", "say -n"},
    {"port bind address", "listen", "say --listen 127.0.0.1:8080"},
    {"verify verify-outputs validate", "check-outputs", "say --check-outputs"},
    {"silent", "quiet", "say -Q"},
    {"debug log-level", "verbose", "say -v"},
    {"no-progress", "progress", "say --progress never, or -Q"},
    {"no-color no-colour", "color", "say --color never"},
    {"max-memory memory-limit mem-limit", "memory", "say --memory SIZE"},
    {"json log stats csv", "report", "say --report FILE; imgloom report --csv reads it"},
    {"glob pattern name-pattern extensions", "include", "say --include GLOB"},
    {"ignore skip x", "exclude", "say --exclude GLOB"},
    {"exclude-from", "exclude", "say --exclude GLOB, as often as needed"},
    {"L dereference follow-links links", "follow", "say --follow"},
    {"files0-from from-file list input-list T", "files-from",
     "say --files-from FILE, with -0 for names that end with NUL bytes"},
};

bool options_is_among(const char *word, size_t size, const char *words)
{
    for (size_t length; *words != '\0'; words += length + (words[length] == ' ')) {
        length = strcspn(words, " ");
        if (length == size && memcmp(words, word, size) == 0)
            return true;
    }
    return false;
}

/* ---- options ------------------------------------------------------------- */

/* The length from which the beginning of a name is taken for one, and how many names a message
 * lists. */
enum { START_MIN = 2, BEGUN_MAX = 5 };

static bool has_option(const options_group *groups, const char *name)
{
    const options_row *row;

    for (size_t n = 0; (row = options_at(groups, n)) != NULL; n++)
        if (strcmp(row->name, name) == 0)
            return true;
    return false;
}

static const char *find_habit(const options_group *groups, const char *name, size_t size)
{
    for (size_t i = 0; i < G_N_ELEMENTS(habits); i++)
        if (options_is_among(name, size, habits[i].words) && has_option(groups, habits[i].has))
            return habits[i].text;
    return NULL;
}

/* The option with the most similar name; NULL: none is similar. */
static const char *find_similar(const options_group *groups, const char *name)
{
    GPtrArray *names = g_ptr_array_new();
    const options_row *row;

    for (size_t n = 0; (row = options_at(groups, n)) != NULL; n++) {
        g_ptr_array_add(names, (gpointer)(gsize)row->name);
        if (row->alias != NULL)
            g_ptr_array_add(names, (gpointer)(gsize)row->alias);
    }
    const int found =
        loom_word_nearest(name, (const char *const *)(void *)names->pdata, names->len);
    const char *similar = found >= 0 ? g_ptr_array_index(names, found) : NULL;
    g_ptr_array_free(names, TRUE);
    return similar;
}

/* The name or alias of a row that begins with `start`; NULL: neither does. */
static const char *name_begun(const options_row *row, const char *start)
{
    if (g_str_has_prefix(row->name, start))
        return row->name;
    return row->alias != NULL && g_str_has_prefix(row->alias, start) ? row->alias : NULL;
}

/* Adds "--progress or --progressive": the options that begin with `start`, unless they are many. */
static void append_begun(GString *out, const options_group *groups, const char *start)
{
    const char *begun[BEGUN_MAX + 1];
    const options_row *row;
    size_t count = 0;

    for (size_t n = 0; count <= BEGUN_MAX && (row = options_at(groups, n)) != NULL; n++)
        if ((begun[count] = name_begun(row, start)) != NULL)
            count++;
    for (size_t i = 0; count <= BEGUN_MAX && i < count; i++) {
        g_string_append(out, i == 0 ? "" : i + 1 < count ? ", " : " or ");
        g_string_append_printf(out, "--%s", begun[i]);
    }
}

/* Adds the options that may have been meant; nothing: none is similar. */
static void append_meant(GString *out, const options_group *groups, const char *name)
{
    if (strlen(name) >= START_MIN)
        append_begun(out, groups, name);
    const char *similar = out->len == 0 ? find_similar(groups, name) : NULL;
    if (similar != NULL)
        g_string_append_printf(out, "--%s", similar);
}

char *options_suggest(const options_group *groups, const char *name)
{
    const size_t size = strcspn(name, "=");
    const char *known = find_habit(groups, name, size);
    char *plain = g_strndup(name, size);
    GString *meant = g_string_new(NULL);

    if (known == NULL)
        append_meant(meant, groups, plain);
    char *text = known != NULL    ? g_strconcat(": ", known, NULL)
                 : meant->len > 0 ? g_strconcat("; did you mean ", meant->str, "?", NULL)
                                  : g_strdup("");
    g_string_free(meant, TRUE);
    g_free(plain);
    return text;
}
