/* PNM: Netpbm's bitmaps, graymaps and pixmaps (pbm(5), pgm(5), ppm(5)). */
#include "format/raster.h"

#include "format/container.h"

static bool sniff(loom_bytes file)
{
    if (file.size < 3 || file.data[0] != 'P' || file.data[1] < '1' || file.data[1] > '6')
        return false;
    return loom_pnm_is_space(file.data[2]) || file.data[2] == '#';
}

/* A PNM of any other kind is not identified at all. */
static const loom_kind kinds[] = {{"kind", 1, true, "bitmap, plain"},
                                  {"kind", 2, true, "graymap, plain"},
                                  {"kind", 3, true, "pixmap, plain"},
                                  {"kind", 4, true, "bitmap"},
                                  {"kind", 5, true, "graymap"},
                                  {"kind", 6, true, "pixmap"},
                                  {NULL, 0, false, NULL}};

/* ---- numbers ------------------------------------------------------------- */

void loom_pnm_skip_space(loom_bytes file, size_t *at)
{
    bool comment = false;

    for (; *at < file.size; ++*at) {
        const unsigned char c = file.data[*at];
        if (c == '#')
            comment = true;
        else if (c == '\n' || c == '\r')
            comment = false;
        else if (!comment && !loom_pnm_is_space(c))
            return;
    }
}

static bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

loom_status loom_pnm_take_number(loom_bytes file, size_t *at, uint32_t *number)
{
    uint64_t value = 0;

    loom_pnm_skip_space(file, at);
    if (*at == file.size)
        return LOOM_ERR_TRUNCATED;
    if (!is_digit(file.data[*at]))
        return LOOM_ERR_CORRUPT;
    for (; *at < file.size && is_digit(file.data[*at]); ++*at)
        if (value <= UINT32_MAX)
            value = value * 10 + (file.data[*at] - '0');
    if (value > UINT32_MAX)
        return LOOM_ERR_CORRUPT;
    *number = (uint32_t)value;
    return LOOM_OK;
}

/* ---- the header ---------------------------------------------------------- */

static loom_status fail(loom_error *err, loom_status status)
{
    return loom_error_set(err, status, LOOM_STAGE_PROBE, "%s",
                          status == LOOM_ERR_TRUNCATED ? "the file is cut short within its header"
                                                       : "the header is damaged");
}

/*
 * One character separates the header from binary samples; a comment before it belongs to the
 * header. False: the file ends before it.
 */
static bool skip_delimiter(loom_bytes file, size_t *at)
{
    if (*at < file.size && file.data[*at] == '#')
        while (*at < file.size && file.data[*at] != '\n' && file.data[*at] != '\r')
            ++*at;
    return ++*at <= file.size;
}

loom_status loom_pnm_read_header(loom_bytes file, loom_pnm *pnm, loom_error *err)
{
    size_t at = 2;

    if (!sniff(file))
        return fail(err, file.size < 3 ? LOOM_ERR_TRUNCATED : LOOM_ERR_CORRUPT);
    *pnm = (loom_pnm){.kind = (unsigned)(file.data[1] - '0'), .max = 1};
    const bool bitmap = pnm->kind == 1 || pnm->kind == 4;
    loom_status status = loom_pnm_take_number(file, &at, &pnm->width);
    if (status == LOOM_OK)
        status = loom_pnm_take_number(file, &at, &pnm->height);
    if (status == LOOM_OK && !bitmap)
        status = loom_pnm_take_number(file, &at, &pnm->max);
    /* A number at the end of the data may be incomplete. */
    if (status == LOOM_OK && at == file.size)
        status = LOOM_ERR_TRUNCATED;
    if (status == LOOM_OK &&
        (pnm->width == 0 || pnm->height == 0 || pnm->max == 0 || pnm->max > 65535))
        status = LOOM_ERR_CORRUPT;
    if (status == LOOM_OK && file.data[at] != '#' && !loom_pnm_is_space(file.data[at]))
        status = LOOM_ERR_CORRUPT;
    if (status == LOOM_OK && pnm->kind >= 4 && !skip_delimiter(file, &at))
        status = LOOM_ERR_TRUNCATED;
    pnm->pixels = at;
    return status == LOOM_OK ? LOOM_OK : fail(err, status);
}

static bool read_header(loom_bytes file, loom_header *header)
{
    loom_pnm pnm;

    if (loom_pnm_read_header(file, &pnm, NULL) != LOOM_OK)
        return false;
    header->width = pnm.width;
    header->height = pnm.height;
    header->binding = true;
    header->pixel_bytes = pnm.max > 255 ? 6 : 3; /* at most */
    return true;
}

static void read_traits(loom_bytes file, loom_traits *traits)
{
    loom_pnm pnm;

    if (loom_pnm_read_header(file, &pnm, NULL) != LOOM_OK)
        return;
    *traits = (loom_traits){LOOM_PRESENCE_ABSENT, 0, 1, 0};
    for (uint32_t rest = pnm.max; rest > 0; rest >>= 1)
        traits->bits++;
}

static bool is_unsupported(loom_bytes file, char reason[LOOM_UNSUPPORTED_REASON])
{
    return sniff(file) && loom_kind_refuse(kinds, "kind", (uint64_t)(file.data[1] - '0'), reason);
}

const loom_container loom_container_pnm = {.info = {.format = LOOM_FORMAT_PNM,
                                                    .name = "pnm",
                                                    .extensions = {"pnm", "pbm", "pgm", "ppm"},
                                                    .same_as = LOOM_UNWRITTEN_AS},
                                           .sniff = sniff,
                                           .header = read_header,
                                           .traits = read_traits,
                                           .unsupported = is_unsupported,
                                           .kinds = kinds,
                                           .memory = {.plain = 30, .whole = 30, .by_depth = true}};
