#include "files/naming.h"

#include "base/error.h"
#include "base/text.h"
#include "files/path.h"
#include <errno.h>
#include <inttypes.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

loom_format loom_naming_format(const char *path, loom_format wanted)
{
    return loom_naming_format_for(loom_format_by_path(path), wanted);
}

loom_format loom_naming_format_for(loom_format input, loom_format wanted)
{
    return wanted != LOOM_FORMAT_SAME ? wanted : loom_format_get(input)->same_as;
}

void loom_naming_file(loom_strbuf *out, const char *name, loom_format format, const char *prefix,
                      const char *suffix)
{
    const char *dot = strrchr(name, '.');
    bool extended = dot != NULL && dot != name;
    const char *extension = extended && loom_format_by_path(name) == format
                                ? dot + 1
                                : loom_format_get(format)->extensions[0];

    loom_strbuf_add_str(out, prefix);
    loom_strbuf_add(out, name, extended ? (size_t)(dot - name) : strlen(name));
    loom_strbuf_add_str(out, suffix);
    loom_strbuf_add_char(out, '.');
    loom_strbuf_add_str(out, extension);
}

/* Removes the last "/component", down to `start`; false: there is none. */
static bool drop_last(loom_strbuf *out, size_t start)
{
    size_t end = out->size;

    while (end > start && out->data[end - 1] != '/')
        end--;
    if (end == start)
        return false;
    loom_strbuf_truncate(out, end - 1);
    return true;
}

bool loom_naming_tree(loom_strbuf *out, const char *folder, size_t size)
{
    const size_t start = out->size;

    for (size_t at = 0; at < size;) {
        const char *part = folder + at, *slash = memchr(part, '/', size - at);
        size_t length = slash != NULL ? (size_t)(slash - part) : size - at;
        at += length + 1;
        if (length == 0 || (length == 1 && part[0] == '.'))
            continue;
        if (length == 2 && memcmp(part, "..", 2) == 0) {
            if (out->failed)
                return true;
            if (!drop_last(out, start)) {
                loom_strbuf_truncate(out, start);
                return false;
            }
            continue;
        }
        loom_strbuf_add_char(out, '/');
        loom_strbuf_add(out, part, length);
    }
    return true;
}

bool loom_naming_folder_base(loom_strbuf *out, const char *folder)
{
    size_t end = strlen(folder), start;

    while (end > 0 && folder[end - 1] == '/')
        end--;
    for (start = end; start > 0 && folder[start - 1] != '/';)
        start--;
    size_t length = end - start;
    bool dots = (length == 1 && folder[start] == '.') ||
                (length == 2 && memcmp(folder + start, "..", 2) == 0);
    if (!dots) {
        loom_strbuf_add(out, folder + start, length);
        return true;
    }
    char *real = realpath(folder, NULL);
    if (real == NULL)
        return false;
    loom_strbuf_add_str(out, loom_path_base(real));
    free(real);
    return true;
}

/* RFC 3629, section 3. */
static void add_utf8(loom_strbuf *out, uint32_t code)
{
    if (code < 0x80) {
        loom_strbuf_add_char(out, (char)code);
        return;
    }
    unsigned tail = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    const unsigned char lead[] = {0, 0xC0, 0xE0, 0xF0};
    loom_strbuf_add_char(out, (char)(lead[tail] | code >> (6 * tail)));
    while (tail-- > 0)
        loom_strbuf_add_char(out, (char)(0x80 | (code >> (6 * tail) & 0x3F)));
}

/* By way of upper case, so that both small sigmas are equal. */
static uint32_t lower(uint32_t code, locale_t unicode)
{
    return (uint32_t)towlower_l(towupper_l((wint_t)code, unicode), unicode);
}

void loom_naming_fold(loom_strbuf *out, const char *text, size_t size)
{
    locale_t unicode = (locale_t)0; /* created only when needed: it may be read from a file */

    for (size_t at = 0; at < size;) {
        uint32_t code;
        size_t length = loom_utf8_decode(text + at, size - at, &code);
        if (length == 0) {
            loom_strbuf_add_char(out, text[at++]);
            continue;
        }
        if (code >= 0x80 && unicode == (locale_t)0) {
            unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
            if (unicode == (locale_t)0 && errno == ENOMEM)
                out->failed = true;
        }
        if (code >= 'A' && code <= 'Z')
            code += 'a' - 'A';
        else if (code >= 0x80 && unicode != (locale_t)0)
            code = lower(code, unicode);
        add_utf8(out, code);
        at += length;
    }
    if (unicode != (locale_t)0)
        freelocale(unicode);
}

/* ---- templates: checking ------------------------------------------------- */

typedef enum field { DIR, STEM, EXT, FORMAT, WIDTH, HEIGHT, FIELD_COUNT } field;

static const char *const fields[FIELD_COUNT] = {
    [DIR] = "{dir}",       [STEM] = "{stem}",   [EXT] = "{ext}",
    [FORMAT] = "{format}", [WIDTH] = "{width}", [HEIGHT] = "{height}",
};

/* The field that `text` begins with, or FIELD_COUNT. */
static field find_field(const char *text)
{
    unsigned i = 0;

    while (i < FIELD_COUNT && strncmp(text, fields[i], strlen(fields[i])) != 0)
        i++;
    return (field)i;
}

/* Whether a doubled brace, which stands for itself, begins here. */
static bool is_literal(const char *text)
{
    return text[0] == text[1];
}

/* ---- checking ------------------------------------------------------------ */

static loom_status refuse_field(const char *text, loom_error *err)
{
    char shown[LOOM_SHOWN_SIZE];
    loom_strbuf word = LOOM_STRBUF_INIT, allowed = LOOM_STRBUF_INIT;
    size_t length = strcspn(text + 1, "{}") + 1;
    bool closed = text[length] == '}';

    loom_strbuf_add(&word, text, closed ? length + 1 : length);
    loom_words_join(&allowed, fields, FIELD_COUNT);
    loom_status status = loom_error_set(
        err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "'%s' %s: %s; {{ and }} stand for braces",
        loom_text_show(shown, loom_strbuf_str(&word)),
        closed ? "is not a field of a name" : "lacks its closing brace", loom_strbuf_str(&allowed));
    loom_strbuf_release(&word);
    loom_strbuf_release(&allowed);
    return status;
}

loom_status loom_name_template_check(const char *name_template, loom_error *err)
{
    char shown[LOOM_SHOWN_SIZE];
    size_t size = strlen(name_template);

    if (size == 0)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "the name template is empty");
    for (const char *at = name_template; *(at += strcspn(at, "{}")) != '\0';) {
        if (is_literal(at)) {
            at += 2;
            continue;
        }
        if (*at == '}')
            return loom_error_set(
                err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                "'%s' has a closing brace without an opening one; }} stands for a brace",
                loom_text_show(shown, name_template));
        field found = find_field(at);
        if (found == FIELD_COUNT)
            return refuse_field(at, err);
        at += strlen(fields[found]);
    }
    if (name_template[size - 1] == '/')
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "'%s' ends in a slash; it must end in a file's name",
                              loom_text_show(shown, name_template));
    return LOOM_OK;
}

/* ---- filling in ---------------------------------------------------------- */

static void add_side(loom_strbuf *out, const loom_size *size, uint32_t side)
{
    if (size->percent > 0)
        loom_strbuf_add_format(out, "%" PRIu32 "p", size->percent);
    else if (side > 0)
        loom_strbuf_add_format(out, "%" PRIu32, side);
    else
        loom_strbuf_add_str(out, "auto");
}

static void add_field(loom_strbuf *out, field wanted, const loom_name_parts *parts)
{
    switch (wanted) {
    case DIR:
        loom_strbuf_add_str(out, parts->dir);
        break;
    case STEM:
        loom_strbuf_add(out, parts->stem, parts->stem_size);
        break;
    case EXT:
        loom_strbuf_add_str(out, parts->extension);
        break;
    case FORMAT:
        loom_strbuf_add_str(out, parts->format);
        break;
    case WIDTH:
        add_side(out, &parts->size, parts->size.width);
        break;
    case HEIGHT:
        add_side(out, &parts->size, parts->size.height);
        break;
    case FIELD_COUNT:
        break;
    }
}

static bool at_component(const loom_strbuf *out)
{
    return out->size == 0 || out->data[out->size - 1] == '/';
}

/* Expands the template; a slash after an empty {dir} is dropped. */
static void fill_in(loom_strbuf *out, const char *name_template, const loom_name_parts *parts)
{
    for (const char *at = name_template; *at != '\0';) {
        size_t length = strcspn(at, "{}");
        loom_strbuf_add(out, at, length);
        at += length;
        if (*at == '\0')
            break;
        if (is_literal(at)) {
            loom_strbuf_add_char(out, *at);
            at += 2;
            continue;
        }
        field wanted = find_field(at);
        if (wanted == FIELD_COUNT) /* impossible in a checked template */
            break;
        at += strlen(fields[wanted]);
        if (wanted == DIR && *parts->dir == '\0' && *at == '/' && at_component(out))
            at++;
        add_field(out, wanted, parts);
    }
}

/* Appends the components of `path`, without "", "." and "..". NULL, or why it cannot be used. */
static const char *add_clean(loom_strbuf *out, const char *path)
{
    static const char leaves[] = "the output path would leave the output folder",
                      nameless[] = "the output's name would be empty";

    if (*path == '/')
        return leaves;
    for (const char *part = path;;) {
        size_t length = strcspn(part, "/");
        bool last = part[length] == '\0', empty = length == 0 || (length == 1 && *part == '.');
        if (length == 2 && memcmp(part, "..", 2) == 0)
            return leaves;
        if (last && empty)
            return nameless;
        if (!empty)
            loom_strbuf_add(out, part, length);
        if (last)
            return NULL;
        if (!empty)
            loom_strbuf_add_char(out, '/');
        part += length + 1;
    }
}

const char *loom_name_template_expand(loom_strbuf *out, const char *name_template,
                                      const loom_name_parts *parts)
{
    loom_strbuf filled = LOOM_STRBUF_INIT;
    const size_t start = out->size;

    fill_in(&filled, name_template, parts);
    const char *reason = add_clean(out, loom_strbuf_str(&filled));
    if (reason != NULL) {
        loom_strbuf_truncate(out, start);
        loom_strbuf_add(out, loom_strbuf_str(&filled), filled.size);
    }
    out->failed = out->failed || filled.failed;
    loom_strbuf_release(&filled);
    return reason;
}

/* ---- several sizes ------------------------------------------------------- */

static void add_size(loom_strbuf *out, const loom_size *size)
{
    if (size->percent > 0)
        loom_strbuf_add_format(out, "%" PRIu32 "%%", size->percent);
    else if (size->width == 0 && size->height == 0)
        loom_strbuf_add_str(out, "100%");
    if (size->width > 0)
        loom_strbuf_add_format(out, "%" PRIu32, size->width);
    if (size->width > 0 || size->height > 0)
        loom_strbuf_add_char(out, 'x');
    if (size->height > 0)
        loom_strbuf_add_format(out, "%" PRIu32, size->height);
}

static loom_status refuse_sizes(const char *name_template, const loom_size *one,
                                const loom_size *other, loom_error *err)
{
    char shown[LOOM_SHOWN_SIZE];
    loom_strbuf both = LOOM_STRBUF_INIT;

    add_size(&both, one);
    loom_strbuf_add_str(&both, " and ");
    add_size(&both, other);
    loom_status status = loom_error_set(
        err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
        "the name template '%s' gives the sizes %s the same name; use {width} and {height}",
        loom_text_show(shown, name_template), loom_strbuf_str(&both));
    loom_strbuf_release(&both);
    return status;
}

loom_status loom_name_template_check_sizes(const char *name_template, const loom_size *sizes,
                                           size_t count, loom_error *err)
{
    /* The same for all sizes, so the words do not matter. */
    loom_name_parts parts = {"d", "s", 1, "e", "f", {0, 0, 0}};
    loom_strbuf names[LOOM_SIZES_MAX] = {{NULL, 0, 0, false}};
    loom_status status = LOOM_OK;
    bool failed = false;

    for (size_t i = 0; i < count && i < LOOM_SIZES_MAX && status == LOOM_OK; i++) {
        parts.size = sizes[i];
        (void)loom_name_template_expand(&names[i], name_template, &parts);
        failed = failed || names[i].failed;
        for (size_t j = 0; j < i && status == LOOM_OK; j++)
            if (strcmp(loom_strbuf_str(&names[i]), loom_strbuf_str(&names[j])) == 0)
                status = refuse_sizes(name_template, &sizes[j], &sizes[i], err);
    }
    for (size_t i = 0; i < LOOM_SIZES_MAX; i++)
        loom_strbuf_release(&names[i]);
    if (failed)
        return loom_no_memory(err, LOOM_STAGE_PLAN, NULL);
    return status;
}
