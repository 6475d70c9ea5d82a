/* Templates of names: checked, and expanded. */
#include "files/naming.h"

#include "base/error.h"
#include "base/text.h"
#include "picture/recipe_fields.h"
#include <inttypes.h>
#include <string.h>

static const char *const fields[LOOM_NAME_FIELDS] = {
    [LOOM_NAME_DIR] = "{dir}",     [LOOM_NAME_PARENT] = "{parent}",
    [LOOM_NAME_STEM] = "{stem}",   [LOOM_NAME_INPUT_EXT] = "{inputext}",
    [LOOM_NAME_EXT] = "{ext}",     [LOOM_NAME_FORMAT] = "{format}",
    [LOOM_NAME_WIDTH] = "{width}", [LOOM_NAME_HEIGHT] = "{height}",
    [LOOM_NAME_NUMBER] = "{n}",    [LOOM_NAME_DATE] = "{date}",
    [LOOM_NAME_TAKEN] = "{taken}",
};

const char *loom_name_field_text(loom_name_field field)
{
    return fields[field];
}

/* The field that `text` begins with, or LOOM_NAME_FIELDS. */
static loom_name_field find_field(const char *text)
{
    unsigned i = 0;

    while (i < LOOM_NAME_FIELDS && strncmp(text, fields[i], strlen(fields[i])) != 0)
        i++;
    return (loom_name_field)i;
}

/* Whether a doubled brace, which stands for itself, begins here. */
static bool is_literal(const char *text)
{
    return text[0] == text[1];
}

/* ---- checking ------------------------------------------------------------ */

/* `of` is a name or a text, which has the fields from `first` on, but for {n}. */
static loom_status refuse_field(const char *text, const char *of, loom_name_field first,
                                loom_error *err)
{
    const char *known[LOOM_NAME_FIELDS];
    char shown[LOOM_SHOWN_SIZE];
    loom_strbuf word = LOOM_STRBUF_INIT, allowed = LOOM_STRBUF_INIT;
    size_t length = strcspn(text + 1, "{}") + 1, count = 0;
    bool closed = text[length] == '}';

    for (unsigned i = first; i < LOOM_NAME_FIELDS; i++)
        if (first == 0 || i != LOOM_NAME_NUMBER)
            known[count++] = fields[i];
    loom_strbuf_add(&word, text, closed ? length + 1 : length);
    loom_words_join(&allowed, known, count);
    loom_status status = loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                                        "'%s' %s%s: %s; {{ and }} stand for braces",
                                        loom_text_show(shown, loom_strbuf_str(&word)),
                                        closed ? "is not a field of a " : "lacks its closing brace",
                                        closed ? of : "", loom_strbuf_str(&allowed));
    loom_strbuf_release(&word);
    loom_strbuf_release(&allowed);
    return status;
}

/* Fields of a text begin with the second: only a plan knows where a folder is, and numbers. */
static loom_status check_fields(const char *name_template, bool is_text, loom_error *err)
{
    const loom_name_field first = is_text ? LOOM_NAME_PARENT : LOOM_NAME_DIR;
    char shown[LOOM_SHOWN_SIZE];

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
        const loom_name_field found = find_field(at);
        if (found == LOOM_NAME_FIELDS || (is_text && (found < first || found == LOOM_NAME_NUMBER)))
            return refuse_field(at, is_text ? "text" : "name", first, err);
        at += strlen(fields[found]);
    }
    return LOOM_OK;
}

/* Whether the template alone, whatever its fields are, has a folder "..". */
static bool has_way_up(const char *name_template)
{
    for (const char *part = name_template;; part++) {
        const size_t length = strcspn(part, "/");
        if (length == 2 && memcmp(part, "..", 2) == 0)
            return true;
        part += length;
        if (*part == '\0')
            return false;
    }
}

loom_status loom_name_template_check(const char *name_template, loom_error *err)
{
    char shown[LOOM_SHOWN_SIZE];
    size_t size = strlen(name_template);

    if (size == 0)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "the name template is empty");
    if (check_fields(name_template, false, err) != LOOM_OK)
        return LOOM_ERR_USAGE;
    if (name_template[size - 1] == '/')
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "'%s' ends in a slash; it must end in a file's name",
                              loom_text_show(shown, name_template));
    if (*name_template == '/')
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "'%s' begins with a slash; names are paths below the output folder",
                              loom_text_show(shown, name_template));
    if (has_way_up(name_template))
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "'%s' has a folder '..'; names are paths below the output folder",
                              loom_text_show(shown, name_template));
    return LOOM_OK;
}

loom_status loom_text_check(const char *text, loom_error *err)
{
    return check_fields(text, true, err);
}

bool loom_name_template_has(const char *name_template, loom_name_field field)
{
    for (const char *at = name_template; *(at += strcspn(at, "{}")) != '\0';) {
        const loom_name_field found = is_literal(at) ? LOOM_NAME_FIELDS : find_field(at);
        if (found == field)
            return true;
        at += found == LOOM_NAME_FIELDS ? 2 : strlen(fields[found]);
    }
    return false;
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

/* The value of a field that is plain text; NULL: none, or it is not. */
static const char *text_of(loom_name_field wanted, const loom_name_parts *parts)
{
    const char *const texts[LOOM_NAME_FIELDS] = {[LOOM_NAME_DIR] = parts->dir,
                                                 [LOOM_NAME_PARENT] = parts->parent,
                                                 [LOOM_NAME_INPUT_EXT] = parts->input_extension,
                                                 [LOOM_NAME_EXT] = parts->extension,
                                                 [LOOM_NAME_FORMAT] = parts->format,
                                                 [LOOM_NAME_NUMBER] = parts->number,
                                                 [LOOM_NAME_DATE] = parts->date,
                                                 [LOOM_NAME_TAKEN] = parts->taken};

    return texts[wanted];
}

static void add_field(loom_strbuf *out, loom_name_field wanted, const loom_name_parts *parts)
{
    const char *text = text_of(wanted, parts);

    if (wanted == LOOM_NAME_STEM)
        loom_strbuf_add(out, parts->stem, parts->stem_size);
    else if (wanted == LOOM_NAME_WIDTH)
        add_side(out, &parts->size, parts->size.width);
    else if (wanted == LOOM_NAME_HEIGHT)
        add_side(out, &parts->size, parts->size.height);
    else
        loom_strbuf_add_str(out, text != NULL ? text : "");
}

static bool at_component(const loom_strbuf *out)
{
    return out->size == 0 || out->data[out->size - 1] == '/';
}

/* Expands the template; a slash after an empty {dir} is dropped. */
void loom_name_template_fill(loom_strbuf *out, const char *name_template,
                             const loom_name_parts *parts)
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
        const loom_name_field wanted = find_field(at);
        if (wanted == LOOM_NAME_FIELDS) /* impossible in a checked template */
            break;
        at += strlen(fields[wanted]);
        if (wanted == LOOM_NAME_DIR && *parts->dir == '\0' && *at == '/' && at_component(out))
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

    loom_name_template_fill(&filled, name_template, parts);
    const char *reason = add_clean(out, loom_strbuf_str(&filled));
    if (reason != NULL) {
        loom_strbuf_truncate(out, start);
        loom_strbuf_add(out, loom_strbuf_str(&filled), filled.size);
    }
    out->failed = out->failed || filled.failed;
    loom_strbuf_release(&filled);
    return reason;
}

/* ---- several outputs ----------------------------------------------------- */

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

static loom_status refuse(const char *name_template, const loom_recipe *recipe, unsigned one,
                          unsigned other, loom_error *err)
{
    const unsigned formats = loom_recipe_formats(recipe);
    const bool sizes = one / formats != other / formats;
    char shown[LOOM_SHOWN_SIZE];
    loom_strbuf both = LOOM_STRBUF_INIT;

    if (sizes) {
        add_size(&both, &recipe->sizes[one / formats]);
        loom_strbuf_add_str(&both, " and ");
        add_size(&both, &recipe->sizes[other / formats]);
    } else {
        loom_strbuf_add_format(
            &both, "%s and %s",
            loom_recipe_format_name(loom_recipe_format_at(recipe, one % formats)),
            loom_recipe_format_name(loom_recipe_format_at(recipe, other % formats)));
    }
    loom_status status = loom_error_set(
        err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
        "the name template '%s' gives the %s %s the same name; use %s",
        loom_text_show(shown, name_template), sizes ? "sizes" : "formats", loom_strbuf_str(&both),
        sizes ? "{width} and {height}" : "{ext} or {format}");
    loom_strbuf_release(&both);
    return status;
}

loom_status loom_name_template_check_outputs(const char *name_template, const loom_recipe *recipe,
                                             loom_error *err)
{
    /* The same for all outputs, so the words do not matter. */
    loom_name_parts parts = {.dir = "d", .stem = "s", .stem_size = 1};
    loom_strbuf names[LOOM_SIZES_MAX] = {{NULL, 0, 0, false}};
    const unsigned formats = loom_recipe_formats(recipe);
    loom_status status = LOOM_OK;
    bool failed = false;

    for (unsigned i = 0; i < loom_recipe_outputs(recipe) && status == LOOM_OK; i++) {
        parts.size = recipe->sizes[i / formats];
        parts.extension = parts.format =
            loom_recipe_format_name(loom_recipe_format_at(recipe, i % formats));
        (void)loom_name_template_expand(&names[i], name_template, &parts);
        failed = failed || names[i].failed;
        for (unsigned j = 0; j < i && status == LOOM_OK; j++)
            if (strcmp(loom_strbuf_str(&names[i]), loom_strbuf_str(&names[j])) == 0)
                status = refuse(name_template, recipe, j, i, err);
    }
    for (size_t i = 0; i < LOOM_SIZES_MAX; i++)
        loom_strbuf_release(&names[i]);
    if (failed)
        return loom_no_memory(err, LOOM_STAGE_PLAN, NULL);
    return status;
}
