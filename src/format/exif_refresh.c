/* Updates EXIF for another picture: Exif 2.32, 4.6; TIFF 6.0. */
#include "format/exif.h"
#include "format/exif_walk.h"

#include "base/array.h"

/* ---- what is done to which tag ------------------------------------------- */

enum { IN_MAIN = 1, IN_EXIF = 2, IN_INTEROP = 4, IN_GPS = 8, IN_BOTH = IN_MAIN | IN_EXIF };
enum { TAG_EXIF = LOOM_EXIF_TAG_EXIF, TAG_GPS = 0x8825, TAG_INTEROP = LOOM_EXIF_TAG_INTEROP };
enum { TAG_STRIPS = 0x0111, TAG_STRIP_SIZES = 0x0117 };
enum { TAG_THUMBNAIL = 0x0201, TAG_THUMBNAIL_SIZE = 0x0202 };

typedef enum action {
    KEEP = 0,
    DROP,
    SET_ORIENTATION,
    SET_WIDTH,
    SET_HEIGHT,
    SET_ONE,
    SET_SRGB_INDEX /* "R98": Exif 2.32, annex F */
} action;

typedef enum condition { ALWAYS = 0, IF_MOVED, IF_CONVERTED } condition;

static const struct rule {
    uint16_t first, last; /* tags */
    unsigned where;
    action action;
    condition when;
} rules[] = {
    {0x0100, 0x0100, IN_BOTH, SET_WIDTH, ALWAYS},
    {0x0101, 0x0101, IN_BOTH, SET_HEIGHT, ALWAYS},
    {0xA002, 0xA002, IN_BOTH, SET_WIDTH, ALWAYS},
    {0xA003, 0xA003, IN_BOTH, SET_HEIGHT, ALWAYS},
    {0x1001, 0x1001, IN_INTEROP, SET_WIDTH, ALWAYS}, /* of the related image */
    {0x1002, 0x1002, IN_INTEROP, SET_HEIGHT, ALWAYS},
    {0x0112, 0x0112, IN_BOTH, SET_ORIENTATION, ALWAYS},
    {0x0213, 0x0213, IN_BOTH, SET_ONE, ALWAYS}, /* chroma is centred, as in JFIF 1.02 */
    /* The storage of the samples in the input file. */
    {0x00FE, 0x00FF, IN_BOTH, DROP, ALWAYS}, /* kind of subfile */
    {0x0102, 0x0103, IN_BOTH, DROP, ALWAYS}, /* bits, compression */
    {0x0106, 0x0107, IN_BOTH, DROP, ALWAYS}, /* photometric, threshholding */
    {0x010A, 0x010A, IN_BOTH, DROP, ALWAYS}, /* fill order */
    {0x0111, 0x0111, IN_BOTH, DROP, ALWAYS}, /* strips */
    {0x0115, 0x0119, IN_BOTH, DROP, ALWAYS}, /* samples, strips, min and max value */
    {0x011C, 0x011C, IN_BOTH, DROP, ALWAYS}, /* planar configuration */
    {0x0120, 0x0125, IN_BOTH, DROP, ALWAYS}, /* free space, gray response, fax */
    {0x013D, 0x013D, IN_BOTH, DROP, ALWAYS}, /* predictor */
    {0x0140, 0x0145, IN_BOTH, DROP, ALWAYS}, /* palette, halftone, tiles */
    {0x014A, 0x014A, IN_BOTH, DROP, ALWAYS}, /* further images */
    {0x014C, 0x014D, IN_BOTH, DROP, ALWAYS}, /* inks */
    {0x0152, 0x0153, IN_BOTH, DROP, ALWAYS}, /* extra samples, sample format */
    {0x015B, 0x015B, IN_BOTH, DROP, ALWAYS}, /* JPEG tables */
    {0x0200, 0x0209, IN_BOTH, DROP, ALWAYS}, /* JPEG data, as of thumbnails */
    {0x0212, 0x0212, IN_BOTH, DROP, ALWAYS}, /* chroma subsampling */
    {0x9102, 0x9102, IN_BOTH, DROP, ALWAYS}, /* compressed bits a pixel */
    /* Embedded blocks and images. */
    {0x02BC, 0x02BC, IN_BOTH, DROP, ALWAYS}, /* XMP */
    {0x501B, 0x501B, IN_BOTH, DROP, ALWAYS}, /* a thumbnail of Windows */
    {0x83BB, 0x83BB, IN_BOTH, DROP, ALWAYS}, /* IPTC */
    {0x8649, 0x8649, IN_BOTH, DROP, ALWAYS}, /* Photoshop's resources */
    {0x8773, 0x8773, IN_BOTH, DROP, ALWAYS}, /* colour profile */
    {0x935C, 0x935C, IN_BOTH, DROP, ALWAYS}, /* Photoshop's layers */
    /* Positions in the picture, in its pixels. */
    {0x9214, 0x9214, IN_BOTH, DROP, IF_MOVED},
    {0xA214, 0xA214, IN_BOTH, DROP, IF_MOVED},
    /* Its colour space. */
    {0x0001, 0x0001, IN_INTEROP, SET_SRGB_INDEX, IF_CONVERTED},
    {0x012D, 0x012D, IN_BOTH, DROP, IF_CONVERTED}, /* transfer function */
    {0x013E, 0x013F, IN_BOTH, DROP, IF_CONVERTED}, /* white point, primaries */
    {0xA001, 0xA001, IN_BOTH, SET_ONE, IF_CONVERTED},
    {0xA500, 0xA500, IN_BOTH, DROP, IF_CONVERTED}, /* gamma */
};

static action action_for(unsigned tag, unsigned where, const loom_truth *truth)
{
    for (size_t i = 0; i < LOOM_COUNT(rules); i++) {
        const struct rule *r = &rules[i];
        if (tag < r->first || tag > r->last || (r->where & where) == 0)
            continue;
        if ((r->when == IF_MOVED && loom_truth_same_size(truth)) ||
            (r->when == IF_CONVERTED && !truth->converted))
            return KEEP;
        return r->action;
    }
    return KEEP;
}

/* ---- directories --------------------------------------------------------- */

enum { PLACES_MAX = 8, ERASED_MAX = 64 };

typedef struct place {
    unsigned where;
    loom_exif_directory d;
} place;

typedef struct edit {
    unsigned char *tiff;
    loom_exif s;
    place places[PLACES_MAX]; /* the main directory is the first */
    size_t count;
    loom_exif_range erased[ERASED_MAX]; /* what belonged to removed entries */
    size_t erased_count, must_go;       /* the first of them are the place's and the thumbnail's */
    bool oriented;
} edit;

static bool overlap(size_t a, size_t a_size, size_t b, size_t b_size)
{
    return a < b + b_size && b < a + a_size;
}

/* The bytes of a directory, including its count. Links are followed from the main directory only.
 */
static loom_exif_range extent_of(const loom_exif_directory *d)
{
    return (loom_exif_range){d->first - 2, 2 + d->count * LOOM_EXIF_ENTRY};
}

static bool add_place(edit *e, unsigned where, size_t at)
{
    loom_exif_directory d;

    if (e->count == PLACES_MAX || at < LOOM_EXIF_HEADER || !loom_exif_directory_at(&e->s, at, &d) ||
        !d.all)
        return false;
    const loom_exif_range own = extent_of(&d);
    for (size_t i = 0; i < e->count; i++) {
        const loom_exif_range other = extent_of(&e->places[i].d);
        if (overlap(own.from, own.size, other.from, other.size))
            return false;
    }
    e->places[e->count++] = (place){where, d};
    return true;
}

/* Removes an entry from a directory: later entries move up, and the link becomes 0. */
static void remove_entry(edit *e, loom_exif_directory *d, size_t at)
{
    const size_t behind = at + LOOM_EXIF_ENTRY, end = d->first + d->count * LOOM_EXIF_ENTRY;

    memmove(e->tiff + at, e->tiff + behind, end - behind);
    memset(e->tiff + end - LOOM_EXIF_ENTRY, 0, LOOM_EXIF_ENTRY);
    d->count--;
    loom_put16(e->tiff + d->first - 2, e->s.big, (unsigned)d->count);
}

static unsigned where_leads(unsigned tag, unsigned where)
{
    if (tag == TAG_EXIF && where == IN_MAIN)
        return IN_EXIF;
    if (tag == TAG_GPS && where == IN_MAIN)
        return IN_GPS;
    return tag == TAG_INTEROP && (where & IN_BOTH) != 0 ? IN_INTEROP : 0;
}

/*
 * Finds the directories below one. Only the Exif directory must be valid: any other pointer without
 * a directory is removed.
 */
static bool find_places(edit *e, size_t parent)
{
    place *p = &e->places[parent];

    for (size_t i = 0; i < p->d.count;) {
        const size_t at = p->d.first + i * LOOM_EXIF_ENTRY;
        const unsigned below = where_leads(loom_exif_tag(&e->s, at), p->where);
        if (below == 0 || add_place(e, below, loom_exif_value(&e->s, at))) {
            i++;
            continue;
        }
        if (below == IN_EXIF)
            return false;
        remove_entry(e, &p->d, at);
    }
    return true;
}

/* ---- erasing ------------------------------------------------------------- */

static bool add_erased(edit *e, loom_exif_range range)
{
    if (range.size == 0)
        return true;
    if (e->erased_count == ERASED_MAX)
        return false;
    e->erased[e->erased_count++] = range;
    return true;
}

/* Whether something that stays lies there. */
static bool is_used(const edit *e, loom_exif_range r)
{
    if (r.from < LOOM_EXIF_HEADER)
        return true;
    for (size_t i = 0; i < e->count; i++) {
        const loom_exif_directory *d = &e->places[i].d;
        const loom_exif_range own = extent_of(d);
        if (overlap(r.from, r.size, own.from, own.size))
            return true;
        for (size_t k = 0; k < d->count; k++) {
            const loom_exif_range value = loom_exif_range_of(&e->s, d->first + k * LOOM_EXIF_ENTRY);
            if (value.size > 0 && overlap(r.from, r.size, value.from, value.size))
                return true;
        }
    }
    return false;
}

/* False if a part of the thumbnail or the place also belongs to something else. */
static bool erase(edit *e, size_t *size)
{
    for (size_t i = 0; i < e->erased_count; i++) {
        const loom_exif_range r = e->erased[i];
        if (!is_used(e, r))
            memset(e->tiff + r.from, 0, r.size);
        else if (i < e->must_go)
            return false;
        else
            continue;
        if (r.from + r.size == *size)
            *size = r.from;
    }
    return true;
}

/* The i-th number of an entry that may have several. */
static size_t number_at(const loom_exif *s, size_t entry, size_t i)
{
    const bool wide = loom_get16(s->data + entry + 2, s->big) == LOOM_EXIF_LONG;
    const loom_exif_range r = loom_exif_range_of(s, entry);
    const size_t at = i * (wide ? 4 : 2), from = r.size > 0 ? r.from : entry + 8;

    if (at + (wide ? 4 : 2) > (r.size > 0 ? r.size : 4))
        return 0;
    return wide ? loom_get32(s->data + from + at, s->big) : loom_get16(s->data + from + at, s->big);
}

static bool add_data(edit *e, const loom_exif_directory *d, unsigned start_tag, unsigned size_tag)
{
    const size_t start = loom_exif_find(&e->s, d, start_tag);
    const size_t length = loom_exif_find(&e->s, d, size_tag);
    const size_t count = start > 0 && length > 0 ? loom_get32(e->tiff + start + 4, e->s.big) : 0;

    if (count > ERASED_MAX)
        return false;
    for (size_t i = 0; i < count; i++) {
        const size_t from = number_at(&e->s, start, i), bytes = number_at(&e->s, length, i);
        if (from >= e->s.size || bytes == 0)
            continue; /* none of it is in the block */
        const size_t left = e->s.size - from;
        if (!add_erased(e, (loom_exif_range){from, bytes < left ? bytes : left}))
            return false;
    }
    return true;
}

/* Takes the place out: the directory of GPS and all that belongs to it (Exif 2.32, 4.6.6). */
static bool drop_place(edit *e)
{
    loom_exif_directory *d = &e->places[0].d;
    loom_exif_directory gps;
    size_t at;

    while ((at = loom_exif_find(&e->s, d, TAG_GPS)) > 0) {
        if (loom_exif_directory_at(&e->s, loom_exif_value(&e->s, at), &gps)) {
            for (size_t i = 0; i < gps.count; i++)
                if (!add_erased(e, loom_exif_range_of(&e->s, gps.first + i * LOOM_EXIF_ENTRY)))
                    return false;
            if (!add_erased(e, extent_of(&gps)))
                return false;
        }
        remove_entry(e, d, at);
    }
    e->must_go = e->erased_count;
    return true;
}

/* The directory after the main one is that of the thumbnail (Exif 2.32, 4.5.2). */
static bool unlink_thumbnail(edit *e)
{
    loom_exif_directory d;
    const loom_exif_directory *first = &e->places[0].d;

    if (!first->linked)
        return true; /* the block ends before it */
    unsigned char *link = e->tiff + first->first + first->count * LOOM_EXIF_ENTRY;
    const size_t at = loom_get32(link, e->s.big);
    loom_put32(link, e->s.big, 0);
    if (at == 0 || !loom_exif_directory_at(&e->s, at, &d))
        return true;
    if (!add_data(e, &d, TAG_THUMBNAIL, TAG_THUMBNAIL_SIZE) ||
        !add_data(e, &d, TAG_STRIPS, TAG_STRIP_SIZES) || !add_erased(e, extent_of(&d)))
        return false;
    e->must_go = e->erased_count;
    return true;
}

/* ---- setting ------------------------------------------------------------- */

/* Any entry can hold one number; LONG if it does not fit into SHORT, or was LONG before. */
static void set_number(edit *e, size_t at, uint32_t value)
{
    unsigned char *entry = e->tiff + at;
    const bool wide = value > UINT16_MAX || loom_get16(entry + 2, e->s.big) == LOOM_EXIF_LONG;

    loom_put16(entry + 2, e->s.big, wide ? LOOM_EXIF_LONG : LOOM_EXIF_SHORT);
    loom_put32(entry + 4, e->s.big, 1);
    memset(entry + 8, 0, 4);
    if (wide)
        loom_put32(entry + 8, e->s.big, value);
    else
        loom_put16(entry + 8, e->s.big, value);
}

static void set_entry(edit *e, const place *p, size_t at, action what, const loom_truth *truth)
{
    unsigned char *entry = e->tiff + at;

    switch (what) {
    case SET_ORIENTATION:
        loom_put16(entry + 2, e->s.big, LOOM_EXIF_SHORT);
        set_number(e, at, (uint32_t)truth->orientation);
        e->oriented = e->oriented || p->where == IN_MAIN;
        break;
    case SET_WIDTH:
        set_number(e, at, truth->width);
        break;
    case SET_HEIGHT:
        set_number(e, at, truth->height);
        break;
    case SET_ONE:
        set_number(e, at, 1);
        break;
    case SET_SRGB_INDEX:
        loom_put16(entry + 2, e->s.big, LOOM_EXIF_ASCII);
        loom_put32(entry + 4, e->s.big, 4);
        memcpy(entry + 8, "R98", 4);
        break;
    default:
        break;
    }
}

static bool refresh_place(edit *e, place *p, const loom_truth *truth)
{
    for (size_t i = 0; i < p->d.count;) {
        const size_t at = p->d.first + i * LOOM_EXIF_ENTRY;
        const unsigned tag = loom_exif_tag(&e->s, at);
        action what = action_for(tag, p->where, truth);
        if (what != KEEP && loom_exif_find(&e->s, &p->d, tag) != at)
            what = DROP; /* repeated */
        if (what >= DROP && !add_erased(e, loom_exif_range_of(&e->s, at)))
            return false;
        if (what == DROP) {
            remove_entry(e, &p->d, at);
            continue;
        }
        set_entry(e, p, at, what, truth);
        i++;
    }
    return true;
}

bool loom_exif_refresh(unsigned char *tiff, size_t *size, const loom_truth *truth)
{
    edit e = {.tiff = tiff};

    if (!loom_exif_open(&e.s, tiff, *size) ||
        !add_place(&e, IN_MAIN, loom_get32(tiff + 4, e.s.big)))
        return false;
    if ((truth->no_place && !drop_place(&e)) || !unlink_thumbnail(&e))
        return false;
    for (size_t i = 0; i < e.count; i++)
        if (!find_places(&e, i))
            return false;
    for (size_t i = 0; i < e.count; i++)
        if (!refresh_place(&e, &e.places[i], truth))
            return false;
    if (truth->dpi > 0)
        (void)loom_exif_put_dpi(tiff, *size, truth->dpi * UINT32_C(1000));
    return (e.oriented || truth->orientation == 1) && erase(&e, size);
}
