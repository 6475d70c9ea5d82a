#include "format/heif.h"

enum { PROPERTIES_MAX = 64, TURN_SIZE = 32 }; /* of one item; bytes of a crop */
enum { BOXES_MAX = 1 << 16 }; /* examined for one answer: as many as items with 16-bit ids */

/* The boxes that are read repeatedly; NULL: missing. */
typedef struct items {
    loom_bytes infos;        /* "iinf", behind the count of its entries */
    loom_bytes references;   /* "iref", behind version and flags */
    unsigned id;             /* bytes of an item's number in it */
    loom_bytes properties;   /* "ipco" */
    loom_bytes associations; /* "iprp", which contains the "ipma" boxes */
} items;

static bool find_numbers(loom_bytes in, const char type[4], loom_numbers *numbers,
                         unsigned *version)
{
    loom_bytes content;

    if (loom_box_find(in, type, &content) != LOOM_BOX_FOUND || content.size < 4)
        return false;
    *version = content.data[0];
    *numbers = (loom_numbers){loom_bytes_from(content, 4), false};
    return true;
}

static items find_items(loom_bytes meta)
{
    items found = {.infos = {NULL, 0}};
    loom_numbers numbers;
    unsigned version;

    if (find_numbers(meta, "iinf", &numbers, &version)) {
        (void)loom_numbers_next(&numbers, version == 0 ? 2 : 4);
        found.infos = numbers.rest;
    }
    if (find_numbers(meta, "iref", &numbers, &version)) {
        found.references = numbers.rest;
        found.id = version == 0 ? 2 : 4;
    }
    if (loom_box_find(meta, "iprp", &found.associations) == LOOM_BOX_FOUND)
        (void)loom_box_find(found.associations, "ipco", &found.properties);
    return found;
}

/* ---- types ---------------------------------------------------------------- */

/* The type of an item; 0: none, or unknown. */
static uint32_t type_of(const items *all, uint32_t item)
{
    loom_bytes rest = all->infos;
    loom_box box;

    for (int i = 0; i < BOXES_MAX && loom_box_next(&rest, &box) == LOOM_BOX_FOUND; i++) {
        if (box.type != LOOM_FOURCC("infe") || box.content.size < 4 || box.content.data[0] < 2)
            continue;
        loom_numbers numbers = {loom_bytes_from(box.content, 4), false};
        const uint64_t id = loom_numbers_next(&numbers, box.content.data[0] == 2 ? 2 : 4);
        (void)loom_numbers_next(&numbers, 2); /* protection */
        const uint32_t type = (uint32_t)loom_numbers_next(&numbers, 4);
        if (id == item && !numbers.past_end)
            return type;
    }
    return 0;
}

/* Types of derived items: ISO/IEC 23008-12, 6.6.2, and its amendments. */
static bool is_derived(uint32_t type)
{
    return type == LOOM_FOURCC("grid") || type == LOOM_FOURCC("iovl") ||
           type == LOOM_FOURCC("iden") || type == LOOM_FOURCC("tmap");
}

/* ---- references ----------------------------------------------------------- */

/* The references of one type from an item: at `numbers`, `count` of them. */
static bool find_references(const items *all, uint32_t type, uint32_t item, loom_numbers *numbers,
                            uint64_t *count)
{
    loom_bytes rest = all->references;
    loom_box box;

    for (int i = 0; i < BOXES_MAX && loom_box_next(&rest, &box) == LOOM_BOX_FOUND; i++) {
        *numbers = (loom_numbers){box.content, false};
        if (box.type == type && loom_numbers_next(numbers, all->id) == item) {
            *count = loom_numbers_next(numbers, 2);
            return !numbers->past_end;
        }
    }
    return false;
}

/*
 * Reads the codings of the items that a derived item is made from, which may be derived too.
 * `steps` bounds the walk: a file may derive an item from itself, or from thousands of others.
 */
static void read_coding(const items *all, uint32_t item, unsigned depth, unsigned *steps,
                        loom_heif_picture *picture)
{
    enum { DEPTH_MAX = 4 };
    const uint32_t type = type_of(all, item);
    loom_numbers inputs;
    uint64_t count;

    if (!is_derived(type)) {
        picture->mixed = picture->mixed || (picture->coding != 0 && picture->coding != type);
        picture->coding = type;
        return;
    }
    if (depth == DEPTH_MAX || !find_references(all, LOOM_FOURCC("dimg"), item, &inputs, &count))
        return;
    for (uint64_t i = 0; i<count && * steps> 0; i++) {
        --*steps;
        const uint32_t input = (uint32_t)loom_numbers_next(&inputs, all->id);
        if (inputs.past_end)
            return;
        read_coding(all, input, depth + 1, steps, picture);
    }
}

/* ---- properties ----------------------------------------------------------- */

/* The property with this number, from 1, in the order of their container. */
static bool property_at(const items *all, uint64_t number, loom_box *box)
{
    loom_bytes rest = all->properties;

    for (uint64_t i = 0; i < number; i++)
        if (loom_box_next(&rest, box) != LOOM_BOX_FOUND)
            return false;
    return number > 0;
}

static void read_codes(loom_bytes content, loom_heif_picture *picture)
{
    loom_numbers numbers = {content, false};
    const uint32_t kind = (uint32_t)loom_numbers_next(&numbers, 4);

    if (kind == LOOM_FOURCC("prof") || kind == LOOM_FOURCC("rICC"))
        picture->has_icc = true;
    if (kind != LOOM_FOURCC("nclx") || picture->has_codes || content.size < 11)
        return;
    picture->has_codes = true;
    picture->primaries = (unsigned)loom_numbers_next(&numbers, 2);
    picture->transfer = (unsigned)loom_numbers_next(&numbers, 2);
    picture->matrix = (unsigned)loom_numbers_next(&numbers, 2);
    picture->full_range = loom_numbers_next(&numbers, 1) >> 7 == 1;
}

/* Hashes rotations, mirrors and crops (FNV-1a), in order. */
static void add_turn(loom_heif_picture *picture, char kind, loom_bytes how)
{
    picture->turns =
        ((picture->turns != 0 ? picture->turns : 2166136261u) ^ (unsigned char)kind) * 16777619u;
    for (size_t i = 0; i < how.size && i < TURN_SIZE; i++)
        picture->turns = (picture->turns ^ how.data[i]) * 16777619u;
}

/* ISO/IEC 23008-12, 6.5.8, and its annex B for HEVC. */
static bool is_alpha_name(loom_bytes content)
{
    static const char alpha[] = "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha",
                      hevc[] = "urn:mpeg:hevc:2015:auxid:1";

    return loom_bytes_equal(content, 4, alpha, sizeof alpha) ||
           loom_bytes_equal(content, 4, hevc, sizeof hevc);
}

/*
 * The codec's configuration: "av1C" (AV1 in ISOBMFF, 2.3.3) and "hvcC" (ISO/IEC 14496-15, 8.3.3).
 */
static void read_property(const loom_box *box, loom_heif_picture *picture)
{
    const unsigned char *data = box->content.data;

    if (box->type == LOOM_FOURCC("colr")) {
        read_codes(box->content, picture);
    } else if (box->type == LOOM_FOURCC("av1C") && box->content.size >= 4) {
        picture->gray = (data[2] >> 4 & 1) != 0;
        picture->bits = (data[2] >> 6 & 1) == 0 ? 8 : (data[2] >> 5 & 1) == 0 ? 10 : 12;
    } else if (box->type == LOOM_FOURCC("irot") && box->content.size >= 1) {
        if ((data[0] & 3) != 0)
            add_turn(picture, 'r', (loom_bytes){data, 1});
    } else if (box->type == LOOM_FOURCC("imir") && box->content.size >= 1) {
        picture->mirrored = true;
        add_turn(picture, 'm', (loom_bytes){data, 1});
    } else if (box->type == LOOM_FOURCC("clap")) {
        add_turn(picture, 'c', box->content);
    } else if (box->type == LOOM_FOURCC("auxC")) {
        picture->has_alpha = is_alpha_name(box->content);
    } else if (box->type == LOOM_FOURCC("hvcC") && box->content.size >= 19) {
        picture->gray = (data[16] & 3) == 0;
        picture->bits = 8 + (data[17] & 7);
    }
}

/* The properties of an item, by the associations of one "ipma" box. */
static void read_associated(const items *all, loom_bytes content, uint32_t item, unsigned *left,
                            loom_heif_picture *picture)
{
    loom_numbers numbers = {content, false};
    const uint64_t head = loom_numbers_next(&numbers, 4); /* version, flags */
    const uint64_t entries = loom_numbers_next(&numbers, 4);
    const unsigned wide = head & 1 ? 2 : 1;

    for (uint64_t i = 0; i < entries && !numbers.past_end; i++) {
        const bool same = loom_numbers_next(&numbers, head >> 24 == 0 ? 2 : 4) == item;
        const uint64_t count = loom_numbers_next(&numbers, 1);
        for (uint64_t k = 0; k < count; k++) {
            const uint64_t number = loom_numbers_next(&numbers, wide) & (wide == 2 ? 0x7FFF : 0x7F);
            loom_box box;
            if (same && !numbers.past_end && *left > 0 && property_at(all, number, &box)) {
                read_property(&box, picture);
                --*left;
            }
        }
    }
}

static void read_properties(const items *all, uint32_t item, loom_heif_picture *picture)
{
    loom_bytes rest = all->associations;
    unsigned left = PROPERTIES_MAX;
    loom_box box;

    while (loom_box_next(&rest, &box) == LOOM_BOX_FOUND)
        if (box.type == LOOM_FOURCC("ipma"))
            read_associated(all, box.content, item, &left, picture);
}

/*
 * The configuration of a derived picture is that of its first input. Returns that input in the end.
 */
static uint32_t read_first_input(const items *all, uint32_t item, loom_heif_picture *picture)
{
    loom_numbers inputs;
    uint64_t count;

    for (unsigned depth = 0; depth < 4; depth++) {
        if (!find_references(all, LOOM_FOURCC("dimg"), item, &inputs, &count) || count == 0)
            break;
        item = (uint32_t)loom_numbers_next(&inputs, all->id);
        read_properties(all, item, picture);
    }
    return item;
}

/* ---- data ----------------------------------------------------------------- */

/* The first extent of an item, as far as it lies within the file; NULL: missing. */
static loom_bytes find_data(loom_bytes file, loom_bytes meta, uint32_t wanted)
{
    const loom_bytes none = {NULL, 0};
    loom_bytes iloc, inside = file;
    loom_heif_extent extent;
    loom_heif_iloc walk;

    if (loom_box_find(meta, "iloc", &iloc) != LOOM_BOX_FOUND || !loom_heif_iloc_begin(&walk, iloc))
        return none;
    do
        if (!loom_heif_iloc_next(&walk, &extent))
            return none;
    while (walk.item != wanted);
    if (walk.elsewhere || walk.method > 1 ||
        (walk.method == 1 && loom_box_find(meta, "idat", &inside) != LOOM_BOX_FOUND) ||
        extent.overflows || extent.at >= inside.size)
        return none;
    inside = loom_bytes_from(inside, (size_t)extent.at);
    return (loom_bytes){inside.data,
                        extent.length < inside.size ? (size_t)extent.length : inside.size};
}

static void read_bitstream(loom_bytes file, loom_bytes meta, uint32_t item,
                           loom_heif_picture *picture)
{
    loom_av1_colour colour;

    if (!loom_av1_colour_read(find_data(file, meta, item), &colour))
        return;
    picture->has_codes = true;
    picture->primaries = colour.primaries;
    picture->transfer = colour.transfer;
    picture->matrix = colour.matrix;
    picture->full_range = colour.full_range;
}

/* Whether an "auxl" box says that its item belongs to this one. */
static bool belongs_to(const items *all, loom_numbers *numbers, uint32_t item)
{
    uint64_t left = loom_numbers_next(numbers, 2);

    while (left-- > 0 && !numbers->past_end)
        if (loom_numbers_next(numbers, all->id) == item)
            return !numbers->past_end;
    return false;
}

/*
 * Alpha is an item that refers to the picture that it belongs to. Phones store about ten such items
 * per picture. If there are more than are examined, the worst case is assumed.
 */
static void read_alpha(const items *all, uint32_t item, loom_heif_picture *picture)
{
    unsigned looks = 32;
    loom_bytes rest = all->references;
    loom_box box;

    for (int i = 0; i < BOXES_MAX && loom_box_next(&rest, &box) == LOOM_BOX_FOUND; i++) {
        loom_heif_picture alpha = {.found = false};
        loom_numbers numbers = {box.content, false};
        const uint32_t from = (uint32_t)loom_numbers_next(&numbers, all->id);
        if (box.type != LOOM_FOURCC("auxl") || !belongs_to(all, &numbers, item))
            continue;
        if (looks-- > 0)
            read_properties(all, from, &alpha);
        else
            alpha = (loom_heif_picture){.has_alpha = true, .turns = ~picture->turns};
        if (!alpha.has_alpha)
            continue;
        picture->has_alpha = true;
        picture->alpha_apart = alpha.turns != picture->turns;
        return;
    }
}

void loom_heif_picture_read(loom_bytes file, loom_bytes meta, loom_heif_picture *picture)
{
    enum { STEPS_MAX = 256 }; /* tiles to examine */
    const items all = find_items(meta);
    unsigned version, steps = STEPS_MAX;
    loom_numbers numbers;
    uint64_t count;

    *picture = (loom_heif_picture){.found = false};
    if (!find_numbers(meta, "pitm", &numbers, &version))
        return;
    const uint32_t item = (uint32_t)loom_numbers_next(&numbers, version == 0 ? 2 : 4);
    const uint32_t type = numbers.past_end ? 0 : type_of(&all, item);
    picture->found = type != 0;
    if (!picture->found)
        return;
    picture->derived = is_derived(type) ? type : 0;
    read_coding(&all, item, 0, &steps, picture);
    read_properties(&all, item, picture);
    read_alpha(&all, item, picture);
    const uint32_t coded = picture->derived != 0 ? read_first_input(&all, item, picture) : item;
    if (!picture->has_codes && picture->coding == LOOM_FOURCC("av01"))
        read_bitstream(file, meta, coded, picture);
    picture->premultiplied =
        find_references(&all, LOOM_FOURCC("prem"), item, &numbers, &count) && count > 0;
}
