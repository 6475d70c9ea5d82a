/* The kinds of metadata that a recipe keeps, as a list of words. */
#include "picture/recipe_fields.h"

#include "base/array.h"
#include "base/text.h"
#include <stdio.h>
#include <string.h>

/* In the order of writing; `all` is written for the last three together. */
static const struct {
    const char *word;
    unsigned bits;
} kinds[] = {{"none", LOOM_METADATA_NONE},
             {"all", LOOM_METADATA_ALL},
             {"copyright", LOOM_METADATA_COPYRIGHT},
             {"exif", LOOM_METADATA_EXIF},
             {"xmp", LOOM_METADATA_XMP},
             {"iptc", LOOM_METADATA_IPTC}};
enum { FIRST_KIND = 2, FIRST_BLOCK = 3 };

static const char no_place[] = "-gps";

/* Changes *bits as an item says: a kind, or one to be left out. False: it says nothing. */
static bool apply(const char *item, unsigned *bits)
{
    if (loom_ascii_casecmp(item, no_place) == 0) {
        *bits |= LOOM_METADATA_NO_PLACE;
        return true;
    }
    for (size_t i = 0; i < LOOM_COUNT(kinds); i++) {
        if (loom_ascii_casecmp(item, kinds[i].word) == 0) {
            *bits = kinds[i].bits == 0 ? 0 : *bits | kinds[i].bits;
            return true;
        }
        if (i >= FIRST_BLOCK && item[0] == '-' &&
            loom_ascii_casecmp(item + 1, kinds[i].word) == 0) {
            *bits &= ~kinds[i].bits;
            return true;
        }
    }
    return false;
}

/* What is in something else that is kept, or says nothing, goes: a list has one form. */
static unsigned reduce(unsigned bits)
{
    if ((bits & LOOM_METADATA_EXIF) != 0)
        bits &= ~(unsigned)LOOM_METADATA_COPYRIGHT;
    if ((bits & (LOOM_METADATA_EXIF | LOOM_METADATA_XMP)) == 0)
        bits &= ~(unsigned)LOOM_METADATA_NO_PLACE;
    return bits;
}

loom_status loom_metadata_parse(const char *word, loom_metadata *metadata, loom_error *err)
{
    unsigned bits = word[0] == '-' ? LOOM_METADATA_ALL : LOOM_METADATA_NONE;
    char item[LOOM_SHOWN_SIZE], shown[LOOM_SHOWN_SIZE];

    for (const char *at = word;; at++) {
        const size_t length = strcspn(at, ",");
        (void)snprintf(item, sizeof item, "%.*s",
                       (int)(length < sizeof item ? length : sizeof item - 1), at);
        if (!apply(item, &bits))
            return loom_error_set(
                err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                "'%s' is not a kind of metadata: none, copyright, exif, xmp, iptc "
                "or all; -exif, -xmp, -iptc or -gps leave one out",
                loom_text_show(shown, item));
        at += length;
        if (*at == '\0')
            break;
    }
    *metadata = (loom_metadata)reduce(bits);
    return LOOM_OK;
}

void loom_metadata_add(loom_strbuf *out, loom_metadata metadata)
{
    const bool all = (metadata & LOOM_METADATA_ALL) == LOOM_METADATA_ALL;
    const size_t start = out->size;

    if (all)
        loom_strbuf_add_str(out, "all");
    for (size_t i = FIRST_KIND; i < LOOM_COUNT(kinds); i++)
        if (((unsigned)metadata & kinds[i].bits) != 0 && !(all && i >= FIRST_BLOCK))
            loom_strbuf_add_format(out, "%s%s", out->size > start ? "," : "", kinds[i].word);
    if (out->size == start)
        loom_strbuf_add_str(out, "none");
    if ((metadata & LOOM_METADATA_NO_PLACE) != 0)
        loom_strbuf_add_format(out, ",%s", no_place);
}
