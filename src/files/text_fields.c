/* The fields of texts that are written on pictures. */
#include "files/naming.h"

#include "base/text.h"
#include "files/output_name.h"
#include "files/path.h"
#include <stdlib.h>
#include <string.h>

/* The days of a task's input, as far as the text names them. */
typedef struct days {
    char date[LOOM_EXIF_DAY], taken[LOOM_EXIF_DAY];
} days;

static void read_days(const char *text, const loom_task *task, const loom_source *source, days *of)
{
    loom_input_file file = {.descriptor = -1};
    unsigned char *start = NULL;
    bool found = false;

    if (!loom_name_template_has(text, LOOM_NAME_TAKEN) &&
        !loom_name_template_has(text, LOOM_NAME_DATE))
        return;
    const loom_status status = source != NULL ? loom_input_open_source(source, &file, NULL)
                                              : loom_input_open(task->input_path, &file, NULL);
    if (status == LOOM_OK && source == NULL)
        loom_name_day(of->date, file.mtime_ns);
    if (status == LOOM_OK && loom_name_template_has(text, LOOM_NAME_TAKEN))
        found = loom_name_taken(&file, task->input_path, &start, of->taken);
    if (!found)
        memcpy(of->taken, of->date, sizeof of->taken);
    free(start);
    loom_input_close(&file);
}

static void add_parent(loom_strbuf *out, const char *path, size_t size)
{
    loom_strbuf folder = LOOM_STRBUF_INIT;

    loom_strbuf_add(&folder, path, size);
    if (size == 0)
        loom_strbuf_add_char(&folder, '.');
    if (!folder.failed)
        (void)loom_naming_folder_base(out, folder.data);
    loom_strbuf_release(&folder);
}

void loom_text_expand(loom_strbuf *out, const char *text, const loom_task *task,
                      const loom_source *source, const loom_size *size)
{
    const char *name = loom_path_base(task->input_path), *dot = strrchr(name, '.');
    loom_strbuf parent = LOOM_STRBUF_INIT, filled = LOOM_STRBUF_INIT;
    days of = {.date = ""};

    if (dot == name)
        dot = NULL; /* a hidden file */
    if (source == NULL && loom_name_template_has(text, LOOM_NAME_PARENT))
        add_parent(&parent, task->input_path, (size_t)(name - task->input_path));
    read_days(text, task, source, &of);
    const loom_format_info *format = loom_format_get(task->format);
    const loom_name_parts parts = {.stem = name,
                                   .stem_size = dot != NULL ? (size_t)(dot - name) : strlen(name),
                                   .extension = format->extensions[0],
                                   .format = format->name,
                                   .size = *size,
                                   .parent = loom_strbuf_str(&parent),
                                   .input_extension = dot != NULL ? dot + 1 : "",
                                   .date = of.date,
                                   .taken = of.taken};
    loom_name_template_fill(&filled, text, &parts);
    /* Names of files need not be UTF-8. */
    loom_utf8_append_valid(out, loom_strbuf_str(&filled), filled.size);
    out->failed = out->failed || filled.failed || parent.failed;
    loom_strbuf_release(&parent);
    loom_strbuf_release(&filled);
}
