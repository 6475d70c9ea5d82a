#include "files/output_name.h"

#include "base/error.h"
#include "files/naming.h"
#include "files/path.h"
#include <errno.h>
#include <limits.h>
#include <string.h>

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
    return loom_name_template_check_sizes(options->name_template, recipe->sizes, recipe->size_count,
                                          err);
}

loom_status loom_output_namer_init(loom_output_namer *namer, const loom_scan *scan,
                                   const loom_recipe *recipe, const loom_plan_options *options,
                                   loom_error *err)
{
    const char *root = options->output_root;

    *namer = (loom_output_namer){.options = *options, .scan = scan, .wanted = recipe->format};
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
    return LOOM_OK;
}

void loom_output_namer_release(loom_output_namer *namer)
{
    loom_strbuf_release(&namer->tree);
    loom_strbuf_release(&namer->path);
    loom_strbuf_release(&namer->scratch);
}

/* ---- an entry ------------------------------------------------------------ */

loom_status loom_output_namer_enter(loom_output_namer *namer, const loom_entry *entry,
                                    loom_error *err)
{
    namer->entry = entry;
    namer->base = loom_path_base(entry->path);
    namer->format = loom_naming_format(namer->base, namer->wanted);
    loom_strbuf_clear(&namer->tree);
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
                                   .size = *size};
    return loom_name_template_expand(&namer->path, namer->options.name_template, &parts);
}

static loom_status check_length(const loom_output_namer *namer, loom_error *err)
{
    if (namer->path.size - namer->name > NAME_MAX)
        return loom_error_set(err, LOOM_ERR_UNSAFE_PATH, LOOM_STAGE_PLAN,
                              "the output's name is longer than %d bytes", NAME_MAX);
    return LOOM_OK;
}

loom_status loom_output_namer_name(loom_output_namer *namer, const loom_size *size, loom_error *err)
{
    const loom_plan_options *options = &namer->options;
    const char *reason = NULL;
    loom_strbuf *path = &namer->path;

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
    if (path->failed || namer->scratch.failed)
        return loom_no_memory(err, LOOM_STAGE_PLAN, NULL);
    namer->name = (size_t)(loom_path_base(path->data) - path->data);
    if (reason != NULL)
        return loom_error_set(err, LOOM_ERR_UNSAFE_PATH, LOOM_STAGE_PLAN, "%s", reason);
    return check_length(namer, err);
}
