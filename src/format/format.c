#include <imgloom/format.h>

#include "base/array.h"
#include "base/text.h"
#include "format/container.h"
#include "format/list.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const loom_container nothing = {
    .info = {.format = LOOM_FORMAT_UNKNOWN, .name = "unknown", .same_as = LOOM_UNWRITTEN_AS}};

/* Each is in its file, NAME.c. */
#define DECLARE(FORMAT, name) extern const loom_container loom_container_##name;
LOOM_EACH_FORMAT(DECLARE)

#define ROW(FORMAT, name) [LOOM_FORMAT_##FORMAT] = &loom_container_##name,
static const loom_container *const containers[LOOM_FORMAT_COUNT] = {
    [LOOM_FORMAT_UNKNOWN] = &nothing, LOOM_EACH_FORMAT(ROW)};

/* The formats in the order in which their signatures are tried. */
#define ITEM(FORMAT, name) LOOM_FORMAT_##FORMAT,
static const loom_format sniff_order[] = {LOOM_EACH_FORMAT(ITEM)};

_Static_assert(LOOM_COUNT(sniff_order) == LOOM_FORMAT_COUNT - 1, "all but UNKNOWN");

const loom_container *loom_container_of(loom_format format)
{
    return containers[(unsigned)format < LOOM_FORMAT_COUNT ? format : LOOM_FORMAT_UNKNOWN];
}

/* ---- by name ------------------------------------------------------------- */

const loom_format_info *loom_format_get(loom_format format)
{
    return &loom_container_of(format)->info;
}

loom_format loom_format_by_name(const char *name)
{
    for (unsigned i = LOOM_FORMAT_UNKNOWN + 1; i < LOOM_FORMAT_COUNT; i++) {
        const loom_format_info *info = &containers[i]->info;
        if (loom_ascii_casecmp(name, info->name) == 0 ||
            (info->extensions[0] != NULL && loom_ascii_casecmp(name, info->extensions[0]) == 0))
            return info->format;
    }
    return LOOM_FORMAT_UNKNOWN;
}

loom_format loom_format_by_path(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    const char *dot = strrchr(name, '.');

    if (dot == NULL || dot == name)
        return LOOM_FORMAT_UNKNOWN;
    for (unsigned i = LOOM_FORMAT_UNKNOWN + 1; i < LOOM_FORMAT_COUNT; i++)
        for (const char *const *e = containers[i]->info.extensions; *e != NULL; e++)
            if (loom_ascii_casecmp(dot + 1, *e) == 0)
                return (loom_format)i;
    return LOOM_FORMAT_UNKNOWN;
}

/* ---- by content ---------------------------------------------------------- */

loom_format loom_format_sniff(const void *bytes, size_t size)
{
    const loom_bytes file = {bytes, size};

    for (size_t i = 0; i < LOOM_COUNT(sniff_order) && size > 0; i++) {
        const loom_container *container = containers[sniff_order[i]];
        if (container->sniff != NULL && container->sniff(file))
            return sniff_order[i];
    }
    return LOOM_FORMAT_UNKNOWN;
}

loom_format loom_format_detect(loom_bytes file, const char *path)
{
    const loom_format format = loom_format_sniff(file.data, file.size);

    return format != LOOM_FORMAT_UNKNOWN ? format : loom_format_by_name_alone(path);
}

loom_format loom_format_by_name_alone(const char *path)
{
    const loom_format named = loom_format_by_path(path);

    return loom_container_of(named)->sniff == NULL ? named : LOOM_FORMAT_UNKNOWN;
}

bool loom_format_header(loom_format format, loom_bytes file, loom_header *header)
{
    const loom_container *container = loom_container_of(format);

    *header = (loom_header){.format = format, .orientation = 1, .frames = 1, .scans = 1};
    return container->header != NULL && container->header(file, header) && header->width > 0 &&
           header->height > 0;
}

size_t loom_format_header_size(loom_format format, loom_bytes start)
{
    const loom_container *container = loom_container_of(format);

    return container->header_size != NULL ? container->header_size(start) : start.size;
}

bool loom_format_unsupported(loom_format format, loom_bytes file,
                             char reason[LOOM_UNSUPPORTED_REASON])
{
    const loom_container *container = loom_container_of(format);

    return container->unsupported != NULL && container->unsupported(file, reason);
}

const loom_kind *loom_format_kind(loom_format format, size_t n)
{
    const loom_kind *kind = loom_container_of(format)->kinds;

    if (kind == NULL)
        return NULL;
    while (n > 0 && kind->aspect != NULL) {
        kind++;
        n--;
    }
    return kind->aspect != NULL ? kind : NULL;
}

bool loom_kind_refuse(const loom_kind *kinds, const char *aspect, uint64_t value,
                      char reason[LOOM_UNSUPPORTED_REASON])
{
    for (const loom_kind *k = kinds; k->aspect != NULL; k++) {
        if (k->value != value || strcmp(k->aspect, aspect) != 0)
            continue;
        if (!k->read)
            (void)snprintf(reason, LOOM_UNSUPPORTED_REASON, "%s: %s", aspect, k->name);
        return !k->read;
    }
    (void)snprintf(reason, LOOM_UNSUPPORTED_REASON, "%s: number %" PRIu64 ", which is not known",
                   aspect, value);
    return true;
}

loom_status loom_header_broken(loom_error *err, const char *what)
{
    return loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_PROBE, "the header is damaged: %s",
                          what);
}

bool loom_unsupported_set(char reason[LOOM_UNSUPPORTED_REASON], const char *text)
{
    (void)snprintf(reason, LOOM_UNSUPPORTED_REASON, "%s", text);
    return true;
}

loom_status loom_format_choose_page(loom_format format, unsigned char *data, size_t size,
                                    unsigned number, loom_edits *edits, loom_error *err)
{
    const loom_container *container = loom_container_of(format);

    if (number == 1)
        return LOOM_OK;
    if (container->choose_page != NULL)
        return container->choose_page(data, size, number, edits, err);
    return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PROBE,
                          "there is no page %u: files of the format %s have no pages", number,
                          container->info.name);
}

const char *loom_format_mend(loom_format format, unsigned char *data, size_t size,
                             loom_edits *edits)
{
    const loom_container *container = loom_container_of(format);

    return container->mend != NULL ? container->mend(data, size, edits) : NULL;
}

bool loom_format_is_only_read(loom_format format, loom_bytes file)
{
    const loom_container *container = loom_container_of(format);

    return container->needs_mending != NULL && !container->needs_mending(file);
}

void loom_format_traits(loom_format format, loom_bytes file, loom_traits *traits)
{
    const loom_container *container = loom_container_of(format);

    *traits = (loom_traits){.bits = 0};
    if (container->traits != NULL)
        container->traits(file, traits);
    if (traits->bits > LOOM_SAMPLE_BITS_MAX) /* damaged */
        traits->bits = 0;
}

/* An inch is 0.0254 m. */
uint32_t loom_traits_dpi(uint32_t per_metre)
{
    const uint64_t scaled = per_metre * UINT64_C(254);
    const uint64_t whole = (scaled + 5000) / 10000, thousandths = (scaled + 5) / 10;

    if ((whole * 10000 + 127) / 254 == per_metre && whole <= UINT32_MAX / 1000)
        return (uint32_t)whole * 1000;
    return thousandths <= UINT32_MAX ? (uint32_t)thousandths : 0;
}

loom_integrity loom_format_check(loom_bytes file, loom_header *header, loom_bytes *missing_end)
{
    const loom_container *container = loom_container_of(header->format);

    *missing_end = (loom_bytes){NULL, 0};
    return container->check != NULL ? container->check(file, header, missing_end)
                                    : LOOM_INTEGRITY_WHOLE;
}
