/*
 * Radiance pictures (G. Ward, "Real Pixels"; "Radiance File Formats"): lines of text up to an empty
 * one, a line with the sizes, and scanlines.
 */
#include "format/raster.h"

#include "format/container.h"

static bool sniff(loom_bytes file)
{
    return LOOM_BYTES_HAVE(file, 0, "#?RADIANCE\n") || LOOM_BYTES_HAVE(file, 0, "#?RGBE\n");
}

static const loom_kind kinds[] = {{"pixels", LOOM_HDR_RGBE, true, "RGB and exponent"},
                                  {"pixels", LOOM_HDR_XYZE, false, "XYZ and exponent"},
                                  {"pixels", LOOM_HDR_OTHER, false, "not known"},
                                  {"gamma", 0, true, "none"},
                                  {"gamma", 1, false, "applied"},
                                  {NULL, 0, false, NULL}};

/* ---- the lines of its header --------------------------------------------- */

enum { LINE_MAX = 256 };

/* Reads a line, without its end, as a text; a long line is shortened. False: the file ends. */
static bool take_line(loom_bytes *rest, char line[LINE_MAX])
{
    const unsigned char *end = memchr(rest->data, '\n', rest->size);

    if (end == NULL)
        return false;
    const size_t size = (size_t)(end - rest->data);
    const size_t kept = size < LINE_MAX - 1 ? size : LINE_MAX - 1;
    memcpy(line, rest->data, kept);
    line[kept] = '\0';
    *rest = loom_bytes_from(*rest, size + 1);
    return true;
}

/* The value in a line with this name, without surrounding space; NULL: another name. */
static char *value_of(char *line, const char *name)
{
    const size_t length = strlen(name);

    if (strncmp(line, name, length) != 0 || line[length] != '=')
        return NULL;
    char *value = line + length + 1;
    value += strspn(value, " \t");
    for (size_t end = strlen(value); end > 0 && strchr(" \t\r", value[end - 1]) != NULL; end--)
        value[end - 1] = '\0';
    return value;
}

/* Reads a decimal number without sign and exponent, after space. False: it is something else. */
static bool take_decimal(const char **text, double *number)
{
    const char *p = *text + strspn(*text, " \t");
    double value = 0, unit = 1;
    bool digits = false, point = false;

    for (; (*p >= '0' && *p <= '9') || (*p == '.' && !point); p++) {
        if (*p == '.') {
            point = true;
            continue;
        }
        digits = true;
        value = value * 10 + (*p - '0');
        unit = point ? unit * 10 : unit;
    }
    *text = p;
    *number = value / unit;
    return digits;
}

/* Whether a number follows and lies between the two. */
static bool is_between(const char **text, double low, double high)
{
    double number;

    return take_decimal(text, &number) && number >= low && number <= high;
}

/* Whether the primaries (x and y of red, green, blue and white) are about those of sRGB, or
 * Radiance's own default. */
static bool has_usual_primaries(const char *text)
{
    static const double ranges[8][2] = {{0.63, 0.65}, {0.32, 0.34}, {0.28, 0.31},  {0.59, 0.61},
                                        {0.14, 0.16}, {0.05, 0.07}, {0.31, 0.335}, {0.325, 0.335}};

    for (unsigned i = 0; i < 8; i++)
        if (!is_between(&text, ranges[i][0], ranges[i][1]))
            return false;
    return true;
}

static void use_line(char *line, loom_hdr *hdr)
{
    const char *value;

    if ((value = value_of(line, "FORMAT")) != NULL)
        hdr->format = strcmp(value, "32-bit_rle_rgbe") == 0   ? LOOM_HDR_RGBE
                      : strcmp(value, "32-bit_rle_xyze") == 0 ? LOOM_HDR_XYZE
                                                              : LOOM_HDR_OTHER;
    else if ((value = value_of(line, "GAMMA")) != NULL)
        hdr->gamma = !is_between(&value, 0.999, 1.001);
    else if ((value = value_of(line, "PRIMARIES")) != NULL)
        hdr->other_primaries = !has_usual_primaries(value);
}

/* Reads one of the two sides, such as "-Y 768"; *axis is its letter. False: it is not a side. */
static bool take_side(const char **text, loom_hdr *hdr, char *axis, uint32_t *length)
{
    const char *p = *text;
    const char sign = p[0];

    if ((sign != '-' && sign != '+') || (p[1] != 'X' && p[1] != 'Y') || p[2] != ' ')
        return false;
    *axis = p[1];
    double number;
    p += 3;
    if (!take_decimal(&p, &number) || number < 1 || number > INT32_MAX ||
        number > (double)(uint32_t)number)
        return false;
    *length = (uint32_t)number;
    if (*axis == 'Y') {
        hdr->height = *length;
        hdr->from_bottom = sign == '+';
    } else {
        hdr->width = *length;
        hdr->from_right = sign == '-';
    }
    *text = p;
    return true;
}

static bool read_sizes(const char *line, loom_hdr *hdr)
{
    char first, second;
    uint32_t length;

    if (!take_side(&line, hdr, &first, &length) || *line++ != ' ' ||
        !take_side(&line, hdr, &second, &length) || first == second)
        return false;
    hdr->columns = first == 'X';
    return line[strspn(line, " \t\r")] == '\0';
}

/* ---- the header ---------------------------------------------------------- */

loom_status loom_hdr_read_header(loom_bytes file, loom_hdr *hdr, loom_error *err)
{
    loom_bytes rest = file;
    char line[LINE_MAX];
    bool there;

    *hdr = (loom_hdr){.format = LOOM_HDR_RGBE};
    while ((there = take_line(&rest, line)) && line[0] != '\0')
        use_line(line, hdr);
    if (!there || !take_line(&rest, line))
        return loom_error_set(err, LOOM_ERR_TRUNCATED, LOOM_STAGE_PROBE,
                              "the file is cut short within its header");
    if (!read_sizes(line, hdr))
        return loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_PROBE,
                              "the header is damaged: it gives no size");
    hdr->pixels = file.size - rest.size;
    return LOOM_OK;
}

static bool read_header(loom_bytes file, loom_header *header)
{
    loom_hdr hdr;

    if (loom_hdr_read_header(file, &hdr, NULL) != LOOM_OK)
        return false;
    header->width = hdr.width;
    header->height = hdr.height;
    header->binding = true;
    return true;
}

/* Three samples share an exponent: they have no number of bits. */
static void read_traits(loom_bytes file, loom_traits *traits)
{
    (void)file;
    traits->alpha = LOOM_PRESENCE_ABSENT;
    traits->frames = 1;
}

static bool is_unsupported(loom_bytes file, char reason[LOOM_UNSUPPORTED_REASON])
{
    loom_hdr hdr;

    return loom_hdr_read_header(file, &hdr, NULL) != LOOM_ERR_TRUNCATED &&
           (loom_kind_refuse(kinds, "pixels", hdr.format, reason) ||
            loom_kind_refuse(kinds, "gamma", hdr.gamma, reason));
}

const loom_container loom_container_hdr = {.info = {.format = LOOM_FORMAT_HDR,
                                                    .name = "hdr",
                                                    .extensions = {"hdr"},
                                                    .same_as = LOOM_UNWRITTEN_AS},
                                           .sniff = sniff,
                                           .header = read_header,
                                           .traits = read_traits,
                                           .unsupported = is_unsupported,
                                           .kinds = kinds,
                                           .memory = {.plain = 30, .whole = 30}};
