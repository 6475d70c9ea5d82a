/*
 * Raw files of cameras. Most are TIFFs, also with another number than 42 (Olympus, Panasonic), in
 * which the first directory describes a small picture; those, TIFF/EP (ISO 12234-2) and DNG (Adobe,
 * 1.7) are known by the directories of the sensor's samples. RAF and CR3 have containers of their
 * own.
 */
#include "format/raw.h"

#include "base/array.h"
#include "base/text.h"
#include "format/container.h"
#include "format/exif_walk.h"

enum { TAG_MAKE = 271, TAG_DNG_VERSION = 50706 };

static bool has(const loom_tiff_directory *t, unsigned tag)
{
    uint64_t i;

    return loom_tiff_entry(t, tag, &i);
}

/* ---- directories --------------------------------------------------------- */

/* False: it is there already, or there are too many, or it is none of a real file. */
static bool add(loom_raw_tree *tree, const loom_tiff_directory *t)
{
    if (tree->count == LOOM_RAW_DIRECTORIES_MAX || t->count > LOOM_RAW_ENTRIES_MAX)
        return false;
    for (unsigned i = 0; i < tree->count; i++)
        if (tree->at[i].entries == t->entries)
            return false;
    tree->at[tree->count++] = *t;
    return true;
}

static void add_below(loom_raw_tree *tree, loom_tiff_directory t)
{
    enum { BELOW_MAX = 16 }; /* real files have up to five */
    loom_tiff_values places;

    if (!loom_tiff_find(&t, LOOM_TIFF_SUB_DIRECTORIES, &places) || places.at == NULL ||
        places.width < 4)
        return;
    for (uint64_t i = 0; i < places.count && i < BELOW_MAX; i++) {
        loom_tiff_directory below = t;
        if (loom_tiff_enter(&below, loom_tiff_value(&t, &places, i)))
            (void)add(tree, &below);
    }
}

void loom_raw_tree_read(loom_raw_tree *tree, loom_bytes file)
{
    loom_tiff_directory t;
    bool last = false;

    tree->count = 0;
    if ((!LOOM_BYTES_HAVE(file, 0, "II") && !LOOM_BYTES_HAVE(file, 0, "MM")) ||
        !loom_tiff_first(&t, file))
        return;
    while (add(tree, &t) && loom_tiff_next(&t, &last) && !last)
        continue;
    for (unsigned i = 0; i < tree->count; i++) /* those below are added, and looked at in turn */
        add_below(tree, tree->at[i]);
}

bool loom_raw_is_sensor(const loom_tiff_directory *t)
{
    /* A colour filter array, and linear samples that are yet to be developed. */
    static const uint32_t colours[] = {32803, 34892};
    /* Of Sony, Nikon (two), Samsung, and Pentax. */
    static const uint32_t codings[] = {32767, 34713, 32769, 32770, 65535};
    enum { TAG_SLICES = 50752 }; /* of a CR2, whose sensor's samples look like a JPEG else */
    uint32_t colour, coding;

    if (has(t, TAG_SLICES))
        return true;
    if (!loom_tiff_number(t, LOOM_TIFF_PHOTOMETRIC, 0, &colour) ||
        !loom_tiff_number(t, LOOM_TIFF_COMPRESSION, 0, &coding))
        return false;
    for (size_t i = 0; i < LOOM_COUNT(colours); i++)
        if (colour == colours[i])
            return true;
    for (size_t i = 0; i < LOOM_COUNT(codings); i++)
        if (coding == codings[i])
            return true;
    return false;
}

/* ---- kinds --------------------------------------------------------------- */

/* Whether the maker's name begins so; case is ignored: there is "Nikon", too. */
static bool is_made_by(const loom_tiff_directory *t, const char *maker)
{
    const size_t length = strlen(maker);
    loom_tiff_values name;
    char start[16];
    uint64_t i;

    if (!loom_tiff_entry(t, TAG_MAKE, &i) || loom_tiff_type(t, i) != LOOM_EXIF_ASCII ||
        !loom_tiff_locate(t, i, 1, &name) || name.count < length || length >= sizeof start)
        return false;
    memcpy(start, name.at, length);
    start[length] = '\0';
    return loom_ascii_casecmp(start, maker) == 0;
}

/*
 * The sensor's samples make a raw file. A first directory that describes them without saying of
 * which camera stays a TIFF, of a kind that is not read.
 */
static bool is_raw(const loom_raw_tree *tree)
{
    for (unsigned i = 0; i < tree->count; i++)
        if (loom_raw_is_sensor(&tree->at[i]) && (i > 0 || has(&tree->at[0], TAG_MAKE)))
            return true;
    return false;
}

static const loom_raw_kind *kind_of_tiff(loom_bytes file)
{
    static const struct {
        const char *maker;
        loom_raw_kind kind;
    } makers[] = {
        {"nikon", {"nef", "Nikon NEF", false}},   {"sony", {"arw", "Sony ARW", false}},
        {"pentax", {"pef", "Pentax PEF", false}}, {"ricoh", {"pef", "Pentax PEF", false}},
        {"asahi", {"pef", "Pentax PEF", false}},  {"samsung", {"srw", "Samsung SRW", false}}};
    static const loom_raw_kind dng = {"dng", "Adobe DNG", false},
                               other = {"raw", "camera raw", false};
    loom_raw_tree tree;

    loom_raw_tree_read(&tree, file);
    if (tree.count > 0 && has(&tree.at[0], TAG_DNG_VERSION))
        return &dng;
    if (!is_raw(&tree))
        return NULL;
    for (size_t i = 0; i < LOOM_COUNT(makers); i++)
        if (is_made_by(&tree.at[0], makers[i].maker))
            return &makers[i].kind;
    return &other;
}

static bool is_tiff(loom_bytes file)
{
    return LOOM_BYTES_HAVE(file, 0, "II*\0") || LOOM_BYTES_HAVE(file, 0, "MM\0*") ||
           LOOM_BYTES_HAVE(file, 0, "II+\0") || LOOM_BYTES_HAVE(file, 0, "MM\0+");
}

const loom_raw_kind *loom_raw_kind_of(loom_bytes file)
{
    static const loom_raw_kind cr2 = {"cr2", "Canon CR2", false}, cr3 = {"cr3", "Canon CR3", true};
    static const loom_raw_kind raf = {"raf", "Fujifilm RAF", false},
                               orf = {"orf", "Olympus ORF", false};
    static const loom_raw_kind rw2 = {"rw2", "Panasonic RW2", false};

    if (LOOM_BYTES_HAVE(file, 0, "II*\0") && LOOM_BYTES_HAVE(file, 8, "CR\2"))
        return &cr2;
    if (is_tiff(file))
        return kind_of_tiff(file);
    if (LOOM_BYTES_HAVE(file, 4, "ftypcrx "))
        return &cr3;
    if (LOOM_BYTES_HAVE(file, 0, "FUJIFILMCCD-RAW"))
        return &raf;
    if (LOOM_BYTES_HAVE(file, 0, "IIRO") || LOOM_BYTES_HAVE(file, 0, "IIRS") ||
        LOOM_BYTES_HAVE(file, 0, "MMOR"))
        return &orf;
    return LOOM_BYTES_HAVE(file, 0, "IIU\0") ? &rw2 : NULL;
}

/* ---- the format ---------------------------------------------------------- */

static bool sniff(loom_bytes file)
{
    return loom_raw_kind_of(file) != NULL;
}

/* A file without EXIF of its own structure has that of its preview. */
static loom_bytes find_exif(loom_bytes start)
{
    loom_raw_preview preview;

    if (is_tiff(start))
        return start;
    loom_raw_find_preview(start, &preview);
    return preview.jpeg.data != NULL ? loom_container_of(LOOM_PHOTOGRAPH_AS)->exif(preview.jpeg)
                                     : (loom_bytes){NULL, 0};
}

/* Header and pixels are those of its preview, which takes its place: engine/preview.h. */
const loom_container loom_container_raw = {
    .info = {.format = LOOM_FORMAT_RAW,
             .name = "raw",
             .extensions = {"dng", "cr2", "cr3", "nef", "nrw", "arw", "raf", "orf", "rw2", "pef",
                            "srw"},
             .same_as = LOOM_PHOTOGRAPH_AS,
             .by_preview = true},
    .sniff = sniff,
    .exif = find_exif};
