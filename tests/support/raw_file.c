#include "support/raw_file.h"

#include "support/check.h"
#include <stdlib.h>
#include <string.h>

enum { ASCII = 2, SHORT = 3, LONG = 4, RATIONAL = 5, UNDEFINED = 7, IFD = 13, FIELDS_MAX = 40 };

/* ---- directories ----------------------------------------------------------- */

static void set16(unsigned char *at, bool big, unsigned value)
{
    at[big ? 0 : 1] = (unsigned char)(value >> 8);
    at[big ? 1 : 0] = (unsigned char)value;
}

static void set32(unsigned char *at, bool big, uint32_t value)
{
    set16(at + (big ? 0 : 2), big, value >> 16);
    set16(at + (big ? 2 : 0), big, value & 65535);
}

uint32_t raw_put(raw_file *file, const void *bytes, size_t size)
{
    if ((file->out.size - file->base) % 2 != 0)
        loom_strbuf_add_char(&file->out, 0);
    const size_t place = file->out.size - file->base;
    loom_strbuf_add(&file->out, bytes, size);
    ck_assert(!file->out.failed);
    return (uint32_t)place;
}

void raw_set32(raw_file *file, uint32_t place, uint32_t value)
{
    set32((unsigned char *)file->out.data + file->base + place, file->big, value);
}

static int compare(const void *a, const void *b)
{
    const raw_field *one = a, *other = b;

    return one->tag < other->tag ? -1 : one->tag > other->tag;
}

uint32_t raw_put_directory(raw_file *file, const raw_field *fields, size_t count, uint32_t next)
{
    unsigned char made[2 + FIELDS_MAX * 12 + 4] = {0};
    raw_field sorted[FIELDS_MAX];

    ck_assert_uint_le(count, FIELDS_MAX);
    memcpy(sorted, fields, count * sizeof *fields);
    qsort(sorted, count, sizeof *sorted, compare);
    set16(made, file->big, (unsigned)count);
    for (size_t i = 0; i < count; i++) {
        const raw_field *f = &sorted[i];
        unsigned char *entry = made + 2 + i * 12;
        set16(entry, file->big, f->tag);
        set16(entry + 2, file->big, f->type);
        set32(entry + 4, file->big, f->count);
        if (f->data != NULL && f->size > 4)
            set32(entry + 8, file->big, raw_put(file, f->data, f->size));
        else if (f->data != NULL)
            memcpy(entry + 8, f->data, f->size);
        else if (f->type == SHORT)
            set16(entry + 8, file->big, f->value);
        else
            set32(entry + 8, file->big, f->value);
    }
    set32(made + 2 + count * 12, file->big, next);
    return raw_put(file, made, 2 + count * 12 + 4);
}

/* ---- parts of a camera's file ---------------------------------------------- */

/* A directory in the making. */
typedef struct fields {
    raw_field at[FIELDS_MAX];
    size_t count;
} fields;

static void add(fields *f, unsigned tag, unsigned type, uint32_t value)
{
    ck_assert_uint_lt(f->count, FIELDS_MAX);
    f->at[f->count++] = (raw_field){.tag = tag, .type = type, .count = 1, .value = value};
}

static void add_bytes(fields *f, unsigned tag, unsigned type, uint32_t count, const void *data,
                      size_t size)
{
    ck_assert_uint_lt(f->count, FIELDS_MAX);
    f->at[f->count++] =
        (raw_field){.tag = tag, .type = type, .count = count, .data = data, .size = size};
}

/* Bytes that stand in the file already. */
static void add_placed(fields *f, unsigned tag, uint32_t place, size_t size)
{
    add(f, tag, UNDEFINED, place);
    f->at[f->count - 1].count = (uint32_t)size;
}

static void add_text(fields *f, unsigned tag, const char *text)
{
    const size_t size = strlen(text) + 1;

    add_bytes(f, tag, ASCII, (uint32_t)size, text, size);
}

static uint32_t put_fields(raw_file *file, const fields *f, uint32_t next)
{
    return raw_put_directory(file, f->at, f->count, next);
}

/* Samples of a sensor, 14 bits: colour filter array, coded in the maker's way. */
static uint32_t put_sensor(raw_file *file, unsigned coding, unsigned photometric)
{
    unsigned char noise[4000];
    fields f = {.count = 0};

    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (unsigned char)(i * 97 + i / 7);
    const uint32_t place = raw_put(file, noise, sizeof noise);
    add(&f, 254, LONG, 0);
    add(&f, 256, LONG, 6000);
    add(&f, 257, LONG, 4000);
    add(&f, 258, SHORT, 14);
    add(&f, 259, SHORT, coding);
    if (photometric != 0)
        add(&f, 262, SHORT, photometric);
    else
        add_bytes(&f, 50752, SHORT, 3, "\1\0\2\0\3", 6); /* the slices of a CR2 */
    add(&f, 273, LONG, place);
    add(&f, 277, SHORT, 1);
    add(&f, 278, LONG, 4000);
    add(&f, 279, LONG, sizeof noise);
    return put_fields(file, &f, 0);
}

/* JPEGInterchangeFormat and its length. */
static void add_jpeg(fields *f, uint32_t place, size_t size)
{
    if (size == 0)
        return;
    add(f, 259, SHORT, 6);
    add(f, 0x201, LONG, place);
    add(f, 0x202, LONG, (uint32_t)size);
}

/* A JPEG in one strip. */
static void add_strip(fields *f, unsigned coding, uint32_t place, size_t size)
{
    if (size == 0)
        return;
    add(f, 259, SHORT, coding);
    add(f, 262, SHORT, 6);
    add(f, 273, LONG, place);
    add(f, 279, LONG, (uint32_t)size);
}

/* A picture of 16x12 px, as it stands before others; a wrong one to show. */
static void add_tiny(raw_file *file, fields *f)
{
    unsigned char gray[16 * 12 * 3];

    memset(gray, 128, sizeof gray);
    const uint32_t place = raw_put(file, gray, sizeof gray);
    add(f, 256, LONG, 16);
    add(f, 257, LONG, 12);
    add_bytes(f, 258, SHORT, 3, file->big ? "\0\10\0\10\0\10" : "\10\0\10\0\10\0", 6);
    add(f, 259, SHORT, 1);
    add(f, 262, SHORT, 2);
    add(f, 273, LONG, place);
    add(f, 277, SHORT, 3);
    add(f, 278, LONG, 12);
    add(f, 279, LONG, sizeof gray);
}

static uint32_t put_gps(raw_file *file)
{
    fields f = {.count = 0};

    add_text(&f, 1, "N");
    add_bytes(&f, 0, 1, 4, "\2\3\0\0", 4);
    return put_fields(file, &f, 0);
}

/* `note` is of so many bytes; NULL: none. */
static uint32_t put_exif(raw_file *file, const raw_spec *spec, uint32_t note, size_t note_size)
{
    fields f = {.count = 0};
    unsigned char time[8];

    set32(time, file->big, 1);
    set32(time + 4, file->big, 250);
    add_bytes(&f, 0x829A, RATIONAL, 1, time, sizeof time);
    if (spec->names)
        add_text(&f, 0x9003, "2024:05:01 12:33:44");
    if (note_size > 0) /* it stands elsewhere already */
        add_placed(&f, 0x927C, note, note_size);
    return put_fields(file, &f, 0);
}

static void add_camera(raw_file *file, fields *f, const raw_spec *spec, const char *make)
{
    add_text(f, 271, make);
    add_text(f, 272, "Model 1");
    if (spec->orientation > 0)
        add(f, 274, SHORT, (uint32_t)spec->orientation);
    if (spec->names)
        add_text(f, 0x13B, "Ann Example");
    if (spec->place)
        add(f, 0x8825, LONG, put_gps(file));
}

/* ---- makers ---------------------------------------------------------------- */

static const struct {
    const char *word, *make, *magic;
    size_t magic_size;
    bool big;
    bool note; /* the preview, and EXIF, are put with the maker's note */
} makers[RAW_MAKERS] = {
    [RAW_CR2] = {"cr2", "Canon", "II*\0\0\0\0\0CR\2\0\0\0\0\0", 16, false, false},
    [RAW_NEF] = {"nef", "NIKON CORPORATION", "MM\0*\0\0\0\0", 8, true, false},
    [RAW_NEF_NOTE] = {"nef", "NIKON", "II*\0\0\0\0\0", 8, false, true},
    [RAW_ARW] = {"arw", "SONY", "II*\0\0\0\0\0", 8, false, false},
    [RAW_DNG] = {"dng", "Leica", "II*\0\0\0\0\0", 8, false, false},
    [RAW_RAF] = {"raf", "", "FUJIFILMCCD-RAW 0201FF383101", 28, true, false},
    [RAW_ORF] = {"orf", "OLYMPUS IMAGING CORP.", "IIRO\0\0\0\0", 8, false, true},
    [RAW_ORF_OLD] = {"orf", "OLYMPUS CORPORATION", "MMOR\0\0\0\0", 8, true, true},
    [RAW_ORF_NEW] = {"orf", "OM Digital Solutions", "IIRS\0\0\0\0", 8, false, true},
    [RAW_RW2] = {"rw2", "Panasonic", "IIU\0\0\0\0\0", 8, false, false},
    [RAW_PEF] = {"pef", "PENTAX Corporation", "MM\0*\0\0\0\0", 8, true, false},
    [RAW_SRW] = {"srw", "SAMSUNG", "II*\0\0\0\0\0", 8, false, false},
};

const char *raw_word(raw_maker maker)
{
    return makers[maker].word;
}

/* What is being made: the JPEGs stand in the file already. */
typedef struct making {
    raw_file file;
    const raw_spec *spec;
    uint32_t jpeg, thumbnail;
    unsigned char below[8]; /* places of two directories */
} making;

static uint32_t put_jpeg_directory(making *m, uint32_t place, size_t size, uint32_t next)
{
    fields f = {.count = 0};

    add(&f, 254, LONG, 1);
    add_jpeg(&f, place, size);
    return put_fields(&m->file, &f, next);
}

/* CR2: the preview is the first directory's strip; thumbnail, a picture, then the sensor's. */
static uint32_t make_cr2(making *m, fields *f)
{
    const uint32_t sensor = put_sensor(&m->file, 6, 0);
    fields thumbnail = {.count = 0};

    add_jpeg(&thumbnail, m->thumbnail, m->spec->thumbnail_size);
    add_strip(f, 6, m->jpeg, m->spec->jpeg_size);
    return put_fields(&m->file, &thumbnail, sensor);
}

/* A small picture first; preview and sensor in directories below it. */
static void add_below(making *m, fields *f, uint32_t preview, unsigned coding, unsigned colours)
{
    set32(m->below, m->file.big, preview);
    set32(m->below + 4, m->file.big, put_sensor(&m->file, coding, colours));
    add(f, 254, LONG, 1);
    add_tiny(&m->file, f);
    add_bytes(f, 330, LONG, 2, m->below, sizeof m->below);
}

static void make_nef(making *m, fields *f)
{
    add_below(m, f, put_jpeg_directory(m, m->jpeg, m->spec->jpeg_size, 0), 34713, 32803);
}

/* The preview of Nikon's note is in a directory below it, from the TIFF header in the note. */
static void make_nef_note(making *m, fields *f)
{
    raw_file *file = &m->file;
    fields preview = {.count = 0};

    const uint32_t start = raw_put(file, "Nikon\0\2\20\0\0II*\0\10\0\0\0", 18);
    const size_t base = file->base;
    file->base += start + 10;
    (void)raw_put(file, "\1\0\x11\0\4\0\1\0\0\0\0\0\0\0\0\0\0\0", 18); /* PreviewIFD, set below */
    add(&preview, 0x201, LONG, 0);
    const uint32_t jpeg = raw_put(file, m->spec->jpeg, m->spec->jpeg_size);
    preview.at[0].value = jpeg;
    add(&preview, 0x202, LONG, (uint32_t)m->spec->jpeg_size);
    raw_set32(file, 8 + 2 + 8, put_fields(file, &preview, 0));
    const size_t end = file->out.size;
    m->jpeg = jpeg + start + 10;
    file->base = base;
    add(f, 0x8769, LONG, put_exif(file, m->spec, start, end - base - start));
    add_below(m, f, put_jpeg_directory(m, m->thumbnail, m->spec->thumbnail_size, 0), 34713, 32803);
}

/* ARW: the preview is the first directory's, a thumbnail in the next, the sensor below. */
static uint32_t make_arw(making *m, fields *f)
{
    add(f, 254, LONG, 1);
    add_jpeg(f, m->jpeg, m->spec->jpeg_size);
    add(f, 330, LONG, put_sensor(&m->file, 32767, 32803));
    return put_jpeg_directory(m, m->thumbnail, m->spec->thumbnail_size, 0);
}

/* DNG: the preview is a strip of a directory below the first. */
static void make_dng(making *m, fields *f)
{
    fields preview = {.count = 0};

    add(&preview, 254, LONG, 1);
    add_strip(&preview, 7, m->jpeg, m->spec->jpeg_size);
    if (m->spec->colours > 0)
        add(&preview, 50970, LONG, m->spec->colours);
    add_bytes(f, 50706, 1, 4, "\1\4\0\0", 4);
    add_below(m, f, put_fields(&m->file, &preview, 0), 7, 34892);
}

/* Olympus: start and length in a directory below the note's, from `base` on. */
static void make_orf(making *m, fields *f, const char *head, size_t head_size, bool absolute)
{
    raw_file *file = &m->file;
    fields settings = {.count = 0};

    const uint32_t start = raw_put(file, head, head_size);
    const uint32_t from = absolute ? 0 : start;
    unsigned char directory[18] = {0};
    const uint32_t place = raw_put(file, directory, sizeof directory);
    ck_assert_uint_eq(place, start + head_size);
    m->jpeg = raw_put(file, m->spec->jpeg, m->spec->jpeg_size);
    add(&settings, 0x101, LONG, m->jpeg - from);
    add(&settings, 0x102, LONG, (uint32_t)m->spec->jpeg_size);
    const size_t base = file->base;
    file->base += from;
    const uint32_t below = put_fields(file, &settings, 0);
    file->base = base;
    set16(directory, file->big, 1);
    set16(directory + 2, file->big, 0x2020);
    set16(directory + 4, file->big, IFD);
    set32(directory + 6, file->big, 1);
    set32(directory + 10, file->big, below);
    memcpy(file->out.data + file->base + place, directory, sizeof directory);
    add(f, 0x8769, LONG, put_exif(file, m->spec, start, file->out.size - base - start));
    add(f, 259, SHORT, 1);
    add(f, 262, SHORT, 1);
}

static void make_rw2(making *m, fields *f)
{
    if (m->spec->jpeg_size > 0)
        add_placed(f, 0x2E, m->jpeg, m->spec->jpeg_size);
    add(f, 2, SHORT, 6000);
    add(f, 3, SHORT, 4000);
}

/* PEF: the sensor's samples are the first directory's; thumbnail and preview follow. */
static uint32_t make_pef(making *m, fields *f)
{
    const uint32_t preview = put_jpeg_directory(m, m->jpeg, m->spec->jpeg_size, 0);

    add(f, 259, SHORT, 65535);
    add(f, 262, SHORT, 32803);
    add(f, 273, LONG, 8);
    add(f, 279, LONG, 4);
    return put_jpeg_directory(m, m->thumbnail, m->spec->thumbnail_size, preview);
}

static void make_maker(making *m, fields *f, uint32_t *next)
{
    switch (m->spec->maker) {
    case RAW_CR2:
        *next = make_cr2(m, f);
        return;
    case RAW_NEF:
    case RAW_SRW:
        make_nef(m, f);
        return;
    case RAW_NEF_NOTE:
        make_nef_note(m, f);
        return;
    case RAW_ARW:
        *next = make_arw(m, f);
        return;
    case RAW_DNG:
        make_dng(m, f);
        return;
    case RAW_ORF:
        make_orf(m, f, "OLYMPUS\0II\3\0", 12, false);
        return;
    case RAW_ORF_OLD:
        make_orf(m, f, "OLYMP\0\1\0", 8, true);
        return;
    case RAW_ORF_NEW:
        make_orf(m, f, "OM SYSTEM\0\0\0II\4\0", 16, false);
        return;
    case RAW_RW2:
        make_rw2(m, f);
        return;
    default:
        *next = make_pef(m, f);
    }
}

/* RAF: a header that tells where the JPEG is, which has EXIF of its own. */
static loom_strbuf make_raf(const raw_spec *spec, size_t *preview)
{
    raw_file file = {.out = LOOM_STRBUF_INIT, .big = true};
    unsigned char head[148] = {0};

    memcpy(head, makers[RAW_RAF].magic, makers[RAW_RAF].magic_size);
    (void)raw_put(&file, head, sizeof head);
    *preview = raw_put(&file, spec->jpeg, spec->jpeg_size);
    raw_set32(&file, 84, (uint32_t)*preview);
    raw_set32(&file, 88, (uint32_t)spec->jpeg_size);
    (void)raw_put(&file, head, sizeof head); /* the sensor's samples, say */
    return file.out;
}

loom_strbuf raw_make(const raw_spec *spec, size_t *preview)
{
    making m = {.spec = spec};
    fields first = {.count = 0};
    uint32_t next = 0;

    if (spec->maker == RAW_RAF)
        return make_raf(spec, preview);
    m.file.big = makers[spec->maker].big;
    (void)raw_put(&m.file, makers[spec->maker].magic, makers[spec->maker].magic_size);
    if (!makers[spec->maker].note)
        m.jpeg = raw_put(&m.file, spec->jpeg, spec->jpeg_size);
    m.thumbnail = raw_put(&m.file, spec->thumbnail, spec->thumbnail_size);
    add_camera(&m.file, &first, spec, makers[spec->maker].make);
    make_maker(&m, &first, &next);
    if (!makers[spec->maker].note)
        add(&first, 0x8769, LONG, put_exif(&m.file, spec, 0, 0));
    raw_set32(&m.file, 4, put_fields(&m.file, &first, next));
    *preview = m.jpeg;
    return m.file.out;
}
