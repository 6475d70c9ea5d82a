#include "files/output_name.h"

#include "base/array.h"
#include "base/clock.h"
#include "base/error.h"
#include "files/input.h"
#include "files/naming.h"
#include "files/path.h"
#include "format/container.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { START_SIZE = 1 << 20 }; /* bytes of a file in which its EXIF is looked for */

/* ---- options ------------------------------------------------------------- */

static loom_status check_affix(const char *affix, const char *what, loom_error *err)
{
    if (affix == NULL || strchr(affix, '/') == NULL)
        return LOOM_OK;
    return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                          "the %s \"%s\" contains a slash, which a file name cannot", what, affix);
}

static loom_status check_names(const loom_recipe *recipe, const loom_plan_options *options,
                               loom_error *err)
{
    loom_status status = check_affix(options->prefix, "prefix", err);

    if (status == LOOM_OK)
        status = check_affix(options->suffix, "suffix", err);
    if (status != LOOM_OK)
        return status;
    if (options->name_template == NULL)
        return recipe->size_count <= 1
                   ? LOOM_OK
                   : loom_usage(err, "several sizes need a name template that distinguishes them");
    if (options->prefix != NULL || options->suffix != NULL)
        return loom_usage(err, "a name template cannot be combined with a prefix or suffix");
    status = loom_name_template_check(options->name_template, err);
    if (status != LOOM_OK)
        return status;
    return loom_name_template_check_outputs(options->name_template, recipe, err);
}

loom_status loom_output_namer_init(loom_output_namer *namer, const loom_scan *scan,
                                   const loom_recipe *recipe, const loom_plan_options *options,
                                   loom_error *err)
{
    const char *root = options->output_root;

    *namer = (loom_output_namer){.options = *options, .scan = scan};
    loom_status status = check_names(recipe, options, err);
    if (status != LOOM_OK)
        return status;
    if (options->prefix == NULL)
        namer->options.prefix = root == NULL ? "processed_" : "";
    if (options->suffix == NULL)
        namer->options.suffix = "";
    namer->root_size = root != NULL ? strlen(root) : 0;
    while (namer->root_size > 0 && root[namer->root_size - 1] == '/')
        namer->root_size--;
    namer->several = loom_scan_input_count(scan) > 1;
    namer->digits = snprintf(NULL, 0, "%zu", loom_scan_count(scan));
    return LOOM_OK;
}

void loom_output_namer_release(loom_output_namer *namer)
{
    loom_strbuf_release(&namer->tree);
    loom_strbuf_release(&namer->path);
    loom_strbuf_release(&namer->scratch);
    loom_strbuf_release(&namer->parent);
    free(namer->start);
}

/* ---- an entry ------------------------------------------------------------ */

void loom_name_day(char day[LOOM_EXIF_DAY], int64_t ns)
{
    const time_t seconds = (time_t)(ns / LOOM_NS_PER_SECOND - (ns % LOOM_NS_PER_SECOND < 0));
    struct tm local;

    if (localtime_r(&seconds, &local) == NULL || strftime(day, LOOM_EXIF_DAY, "%F", &local) == 0)
        day[0] = '\0'; /* a year of five digits */
}

bool loom_name_taken(const loom_input_file *file, const char *path, unsigned char **start,
                     char day[LOOM_EXIF_DAY])
{
    size_t size = 0;

    if (*start == NULL && (*start = malloc(START_SIZE)) == NULL)
        return false;
    if (!loom_input_peek(file, *start, START_SIZE, &size))
        return false;
    const loom_bytes bytes = {*start, size};
    const loom_container *container = loom_container_of(loom_format_detect(bytes, path));
    const loom_bytes exif =
        container->exif != NULL ? container->exif(bytes) : (loom_bytes){NULL, 0};
    return exif.data != NULL && loom_exif_day(exif.data, exif.size, day);
}

/* Reads the day from the EXIF of a file. False: none was found there. */
static bool read_taken(loom_output_namer *namer, const char *path, char day[LOOM_EXIF_DAY])
{
    loom_input_file file = {.descriptor = -1};
    const bool found = loom_input_open(path, &file, NULL) == LOOM_OK &&
                       loom_name_taken(&file, path, &namer->start, day);

    loom_input_close(&file);
    return found;
}

/* Appends the name of the folder that the entry is in. */
static void add_parent(loom_output_namer *namer)
{
    const size_t size = (size_t)(namer->base - namer->entry->path);

    loom_strbuf_clear(&namer->parent);
    loom_strbuf_clear(&namer->scratch);
    loom_strbuf_add(&namer->scratch, namer->entry->path, size);
    if (size == 0)
        loom_strbuf_add_char(&namer->scratch, '.');
    if (!namer->scratch.failed)
        (void)loom_naming_folder_base(&namer->parent, namer->scratch.data);
}

/* Sets what the template needs to know of the entry, and no more: it takes system calls. */
static void enter_template(loom_output_namer *namer, size_t index)
{
    const char *name_template = namer->options.name_template;
    const loom_entry *entry = namer->entry;

    (void)snprintf(namer->number, sizeof namer->number, "%0*zu", namer->digits, index + 1);
    if (loom_name_template_has(name_template, LOOM_NAME_PARENT))
        add_parent(namer);
    loom_name_day(namer->date, entry->mtime_ns);
    if (loom_name_template_has(name_template, LOOM_NAME_TAKEN) &&
        !read_taken(namer, entry->path, namer->taken))
        memcpy(namer->taken, namer->date, sizeof namer->taken);
}

loom_status loom_output_namer_enter(loom_output_namer *namer, const loom_entry *entry, size_t index,
                                    loom_error *err)
{
    namer->entry = entry;
    namer->base = loom_path_base(entry->path);
    loom_strbuf_clear(&namer->tree);
    if (namer->options.name_template != NULL)
        enter_template(namer, index);
    if (namer->options.output_root == NULL || namer->options.flatten)
        return LOOM_OK;
    if (namer->several && loom_scan_input_kind(namer->scan, entry->input) == LOOM_INPUT_FOLDER) {
        const char *input = loom_scan_input_path(namer->scan, entry->input);
        loom_strbuf_add_char(&namer->tree, '/');
        if (!loom_naming_folder_base(&namer->tree, input))
            return loom_error_set_errno(err, LOOM_STAGE_PLAN, errno,
                                        "cannot find the name of the input folder");
    }
    if (!loom_naming_tree(&namer->tree, entry->relative, (size_t)(namer->base - entry->relative)))
        return loom_error_set(err, LOOM_ERR_UNSAFE_PATH, LOOM_STAGE_PLAN,
                              "the output path would leave the output folder");
    return namer->tree.failed ? loom_no_memory(err, LOOM_STAGE_PLAN, NULL) : LOOM_OK;
}

/* ---- an output ----------------------------------------------------------- */

/* The extension of an input's name, without the dot; "": it has none. */
static const char *extension_of(const char *name)
{
    const char *dot = strrchr(name, '.');

    return dot != NULL && dot != name ? dot + 1 : "";
}

/* The folders of a path, with their slashes. */
static loom_bytes folders_of(const char *path)
{
    return (loom_bytes){(const unsigned char *)path, (size_t)(loom_path_base(path) - path)};
}

static bool are_equal(loom_bytes one, loom_bytes other)
{
    return loom_bytes_equal(one, 0, (const char *)other.data, other.size) && one.size == other.size;
}

/* The last component of folders, with its slash. */
static loom_bytes last_of(loom_bytes folders)
{
    size_t from = folders.size > 0 ? folders.size - 1 : 0;

    while (from > 0 && folders.data[from - 1] != '/')
        from--;
    return loom_bytes_from(folders, from);
}

/* Whether the inputs would lie in different folders of the output tree. */
static bool differ_in_tree(const loom_output_namer *namer, const loom_entry *one,
                           const loom_entry *other)
{
    if (namer->options.output_root == NULL)
        return false;
    return (one->input != other->input &&
            loom_scan_input_kind(namer->scan, one->input) == LOOM_INPUT_FOLDER) ||
           !are_equal(folders_of(one->relative), folders_of(other->relative));
}

/* The field must not be in the template already: the names are the same. */
static bool separates(const loom_output_namer *namer, loom_name_field field)
{
    const char *name_template = namer->options.name_template;

    if (name_template != NULL)
        return !loom_name_template_has(name_template, field);
    return field != LOOM_NAME_DIR || namer->options.flatten;
}

const char *loom_output_namer_separate(const loom_output_namer *namer, const loom_entry *one,
                                       const loom_entry *other)
{
    const char *base = loom_path_base(one->path), *other_base = loom_path_base(other->path);
    const struct {
        loom_name_field field;
        bool differs;
    } fields[] = {
        {LOOM_NAME_DIR, differ_in_tree(namer, one, other)},
        {LOOM_NAME_INPUT_EXT, strcasecmp(extension_of(base), extension_of(other_base)) != 0},
        {LOOM_NAME_PARENT,
         !are_equal(last_of(folders_of(one->path)), last_of(folders_of(other->path)))},
    };

    for (size_t i = 0; i < LOOM_COUNT(fields); i++)
        if (fields[i].differs && separates(namer, fields[i].field))
            return loom_name_field_text(fields[i].field);
    return loom_name_field_text(LOOM_NAME_NUMBER);
}

/* Appends what the template gives. NULL, or why it cannot be used. */
static const char *add_by_template(loom_output_namer *namer, const loom_size *size)
{
    const char *tree = loom_strbuf_str(&namer->tree);

    /* The extension is what default naming would write: "NAME." and it, without NAME. */
    loom_strbuf_clear(&namer->scratch);
    loom_naming_file(&namer->scratch, namer->base, namer->format, "", "");
    const char *whole = loom_strbuf_str(&namer->scratch), *dot = strrchr(whole, '.');
    if (dot == NULL) /* out of memory */
        return NULL;
    const loom_name_parts parts = {.dir = tree + strspn(tree, "/"),
                                   .stem = whole,
                                   .stem_size = (size_t)(dot - whole),
                                   .extension = dot + 1,
                                   .format = loom_format_get(namer->format)->name,
                                   .size = *size,
                                   .parent = loom_strbuf_str(&namer->parent),
                                   .input_extension = extension_of(namer->base),
                                   .number = namer->number,
                                   .date = namer->date,
                                   .taken = namer->taken};
    return loom_name_template_expand(&namer->path, namer->options.name_template, &parts);
}

static loom_status check_length(const loom_output_namer *namer, loom_error *err)
{
    if (namer->path.size - namer->name > NAME_MAX)
        return loom_error_set(err, LOOM_ERR_UNSAFE_PATH, LOOM_STAGE_PLAN,
                              "the output's name is longer than %d bytes", NAME_MAX);
    return LOOM_OK;
}

loom_status loom_output_namer_name(loom_output_namer *namer, const loom_size *size,
                                   loom_format wanted, loom_error *err)
{
    const loom_plan_options *options = &namer->options;
    const char *reason = NULL;
    loom_strbuf *path = &namer->path;

    namer->format = loom_naming_format(namer->base, wanted);
    loom_strbuf_clear(path);
    if (options->output_root != NULL)
        loom_strbuf_add(path, options->output_root, namer->root_size);
    else
        loom_strbuf_add(path, namer->entry->path, (size_t)(namer->base - namer->entry->path));
    if (options->name_template != NULL) {
        if (options->output_root != NULL)
            loom_strbuf_add_char(path, '/');
        reason = add_by_template(namer, size);
    } else {
        loom_strbuf_add(path, loom_strbuf_str(&namer->tree), namer->tree.size);
        if (options->output_root != NULL)
            loom_strbuf_add_char(path, '/');
        loom_naming_file(path, namer->base, namer->format, options->prefix, options->suffix);
    }
    if (path->failed || namer->scratch.failed || namer->parent.failed)
        return loom_no_memory(err, LOOM_STAGE_PLAN, NULL);
    namer->name = (size_t)(loom_path_base(path->data) - path->data);
    if (reason != NULL)
        return loom_error_set(err, LOOM_ERR_UNSAFE_PATH, LOOM_STAGE_PLAN, "%s", reason);
    return check_length(namer, err);
}
