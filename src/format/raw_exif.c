/*
 * The EXIF of a raw file, written anew: a raw file is a TIFF whose directories hold EXIF's tags
 * (Exif 2.32, 4.6) among others. What is copied is listed; the byte order stays.
 */
#include "format/raw.h"

#include "base/array.h"
#include "format/exif_walk.h"

enum {
    VALUE_MAX = 2048,  /* bytes of a value: names and comments are shorter */
    TOTAL_MAX = 32768, /* bytes: the segment of a JPEG holds twice as many */
    TAGS_MAX = 80      /* of a list below */
};

enum { TAG_INDEX = 1, TAG_GPS = 0x8825, TAG_COLOUR_SPACE = 0xA001 };

/* By tag, as a directory is to be. What says something of samples is not there. */
static const uint16_t main_tags[] = {0x010E,
                                     0x010F,
                                     0x0110,
                                     0x0112, /* description, make, model, orientation */
                                     0x0131,
                                     0x0132,
                                     0x013B,
                                     0x8298, /* software, time, artist, copyright */
                                     LOOM_EXIF_TAG_EXIF,
                                     TAG_GPS};
static const uint16_t exif_tags[] = {0x829A,
                                     0x829D,
                                     0x8822,
                                     0x8827,
                                     0x8830,
                                     0x8831,
                                     0x8832,
                                     0x8833, /* exposure, sensitivity */
                                     0x9000,
                                     0x9003,
                                     0x9004,
                                     0x9010,
                                     0x9011,
                                     0x9012, /* version, times */
                                     0x9201,
                                     0x9202,
                                     0x9203,
                                     0x9204,
                                     0x9205,
                                     0x9206,
                                     0x9207,
                                     0x9208,
                                     0x9209,
                                     0x920A,
                                     0x9290,
                                     0x9291,
                                     0x9292, /* parts of seconds */
                                     TAG_COLOUR_SPACE,
                                     LOOM_EXIF_TAG_INTEROP,
                                     0xA217,
                                     0xA300,
                                     0xA301,
                                     0xA401,
                                     0xA402,
                                     0xA403,
                                     0xA404,
                                     0xA405,
                                     0xA406,
                                     0xA407,
                                     0xA408,
                                     0xA409,
                                     0xA40A,
                                     0xA40C,
                                     0xA420,
                                     0xA430,
                                     0xA431,
                                     0xA432,
                                     0xA433,
                                     0xA434,
                                     0xA435}; /* owner, body, lens */
static const uint16_t gps_tags[] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                                    16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31};
static const uint16_t interop_tags[] = {TAG_INDEX};

_Static_assert(LOOM_COUNT(exif_tags) <= TAGS_MAX, "room for each list");

/* An entry that is written. */
typedef struct item {
    unsigned tag, type;
    uint32_t count;
    const unsigned char *data; /* in the byte order of the file */
    size_t size;
} item;

typedef struct writer {
    loom_strbuf *out;
    size_t base; /* where the structure begins */
    bool big_endian;
} writer;

/* An entry that leads to a directory, or replaces the file's; at most one of each tag. */
typedef struct given {
    unsigned tag, type;
    uint32_t count;
    unsigned char data[4];
    size_t size;
} given;

/* Finds the entry in the file. False: it is not there, or of no use. */
static bool find_item(const loom_tiff_directory *t, unsigned tag, item *found)
{
    static const unsigned char sizes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8};
    loom_tiff_values values;
    uint64_t i;

    if (t == NULL || !loom_tiff_entry(t, tag, &i))
        return false;
    const unsigned type = loom_tiff_type(t, i);
    if (type == 0 || type >= sizeof sizes || !loom_tiff_locate(t, i, sizes[type], &values) ||
        values.count == 0 || values.count > VALUE_MAX / sizes[type])
        return false;
    *found =
        (item){tag, type, (uint32_t)values.count, values.at, (size_t)values.count * sizes[type]};
    return true;
}

static bool is_link(unsigned tag)
{
    return tag == LOOM_EXIF_TAG_EXIF || tag == TAG_GPS || tag == LOOM_EXIF_TAG_INTEROP;
}

static bool choose_item(const loom_tiff_directory *t, unsigned tag, const given *more, size_t count,
                        item *chosen)
{
    for (size_t i = 0; i < count; i++)
        if (more[i].tag == tag && more[i].size > 0) {
            *chosen = (item){tag, more[i].type, more[i].count, more[i].data, more[i].size};
            return true;
        }
    return !is_link(tag) && find_item(t, tag, chosen);
}

static void put_entry(const writer *w, unsigned char *entry, const item *from, size_t place)
{
    loom_put16(entry, w->big_endian, from->tag);
    loom_put16(entry + 2, w->big_endian, from->type);
    loom_put32(entry + 4, w->big_endian, from->count);
    if (from->size <= 4)
        memcpy(entry + 8, from->data, from->size);
    else
        loom_put32(entry + 8, w->big_endian, (uint32_t)place);
}

/*
 * Appends the values of the listed tags, then a directory of them. Returns its place; 0: there are
 * none.
 */
static size_t add_directory(const writer *w, const loom_tiff_directory *t, const uint16_t *tags,
                            size_t tag_count, const given *more, size_t more_count)
{
    unsigned char made[2 + TAGS_MAX * LOOM_EXIF_ENTRY + 4] = {0};
    unsigned count = 0;
    item next;

    for (size_t i = 0; i < tag_count; i++) {
        const size_t place = w->out->size - w->base;
        if (!choose_item(t, tags[i], more, more_count, &next) || place + next.size > TOTAL_MAX)
            continue;
        put_entry(w, made + 2 + (size_t)count++ * LOOM_EXIF_ENTRY, &next, place);
        if (next.size > 4)
            loom_strbuf_add(w->out, next.data, next.size);
        if (w->out->size % 2 != w->base % 2)
            loom_strbuf_add_char(w->out, 0);
    }
    if (count == 0)
        return 0;
    const size_t place = w->out->size - w->base;
    loom_put16(made, w->big_endian, count);
    loom_strbuf_add(w->out, made, 2 + (size_t)count * LOOM_EXIF_ENTRY + 4);
    return place;
}

/* ---- the structure ------------------------------------------------------- */

static given link_to(const writer *w, unsigned tag, size_t place)
{
    given link = {.tag = tag, .type = LOOM_EXIF_LONG, .count = 1, .size = place > 0 ? 4 : 0};

    loom_put32(link.data, w->big_endian, (uint32_t)place);
    return link;
}

/* The directory that a tag of another leads to; NULL: none. */
static const loom_tiff_directory *below(const loom_tiff_directory *t, unsigned tag,
                                        loom_tiff_directory *found)
{
    uint32_t place;

    if (t == NULL)
        return NULL;
    *found = *t;
    return loom_tiff_number(t, tag, 0, &place) && place > 0 && loom_tiff_enter(found, place) &&
                   found->count <= LOOM_RAW_ENTRIES_MAX
               ? found
               : NULL;
}

/* Exif, and below it what says that the colours are Adobe RGB (DCF 2.0, 3.2.3), or as the file. */
static size_t add_exif(const writer *w, const loom_tiff_directory *first, bool adobe_rgb)
{
    enum { UNCALIBRATED = 65535 };
    const given index = {TAG_INDEX, LOOM_EXIF_ASCII, 4, "R03", adobe_rgb ? 4 : 0};
    given space = {TAG_COLOUR_SPACE, LOOM_EXIF_SHORT, 1, {0}, adobe_rgb ? 2 : 0};
    loom_tiff_directory exif_found, interop_found;
    const loom_tiff_directory *exif = below(first, LOOM_EXIF_TAG_EXIF, &exif_found);
    const loom_tiff_directory *interop = below(exif, LOOM_EXIF_TAG_INTEROP, &interop_found);
    const size_t at = add_directory(w, interop, interop_tags, LOOM_COUNT(interop_tags), &index, 1);

    loom_put16(space.data, w->big_endian, UNCALIBRATED);
    const given more[] = {space, link_to(w, LOOM_EXIF_TAG_INTEROP, at)};
    return add_directory(w, exif, exif_tags, LOOM_COUNT(exif_tags), more, LOOM_COUNT(more));
}

void loom_raw_add_exif(loom_strbuf *out, loom_bytes file, bool adobe_rgb)
{
    unsigned char head[LOOM_EXIF_HEADER] = "II*";
    loom_tiff_directory gps_found;
    loom_raw_tree tree;

    loom_raw_tree_read(&tree, file);
    if (tree.count == 0)
        return;
    const loom_tiff_directory *first = &tree.at[0];
    const writer w = {out, out->size, first->big_endian};
    loom_strbuf_add(out, head, sizeof head);
    const size_t exif = add_exif(&w, first, adobe_rgb);
    const loom_tiff_directory *gps_directory = below(first, TAG_GPS, &gps_found);
    const size_t gps = add_directory(&w, gps_directory, gps_tags, LOOM_COUNT(gps_tags), NULL, 0);
    const given more[] = {link_to(&w, LOOM_EXIF_TAG_EXIF, exif), link_to(&w, TAG_GPS, gps)};
    const size_t at = add_directory(&w, first, main_tags, LOOM_COUNT(main_tags), more, 2);
    if (at == 0) {
        loom_strbuf_truncate(out, w.base);
        return;
    }
    if (out->failed)
        return;
    memcpy(head, w.big_endian ? "MM\0*" : "II*", 4);
    loom_put32(head + 4, w.big_endian, (uint32_t)at);
    memcpy(out->data + w.base, head, sizeof head);
}
