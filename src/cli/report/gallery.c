/* The small pictures of a page that is a folder: of the outputs of its rows that still stand. */
#include "cli/pictures.h"
#include "cli/report/command.h"
#include "cli/signals.h"

#include <string.h>

/* What a row shows. */
typedef struct shown {
    uint64_t seq;
    char path[]; /* of the output, as it can be opened from here */
} shown;

struct report_gallery {
    cli_pictures pictures;
    GHashTable *shown; /* by the entries of rows, which are borrowed */
};

report_gallery *report_gallery_create(const char *page)
{
    cli_pictures pictures = {.folder = NULL};

    if (page == NULL || !cli_pictures_begin(&pictures, page))
        return NULL;
    report_gallery *gallery = g_new0(report_gallery, 1);
    gallery->pictures = pictures;
    gallery->shown = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
    return gallery;
}

void report_gallery_free(report_gallery *gallery)
{
    if (gallery == NULL)
        return;
    cli_pictures_release(&gallery->pictures);
    g_hash_table_destroy(gallery->shown);
    g_free(gallery);
}

const char *report_gallery_page(const report_gallery *gallery)
{
    return gallery->pictures.page;
}

const char *report_gallery_name(const report_gallery *gallery)
{
    return gallery != NULL ? gallery->pictures.name : NULL;
}

void report_gallery_set(report_gallery *gallery, const void *entry, const loom_row *row)
{
    if (gallery == NULL)
        return;
    if ((row->result != LOOM_RESULT_OK && row->result != LOOM_RESULT_WARNING) ||
        row->output_path == NULL || row->seq < 0) {
        g_hash_table_remove(gallery->shown, entry);
        return;
    }
    GString *path = g_string_new(NULL);
    report_append_path(path, row->folder, row->output_path);
    shown *output = g_malloc(sizeof *output + path->len + 1);
    output->seq = (uint64_t)row->seq;
    memcpy(output->path, path->str, path->len + 1);
    g_string_free(path, TRUE);
    g_hash_table_replace(gallery->shown, (gpointer)(uintptr_t)entry, output);
}

void report_gallery_add(report_gallery *gallery, const void *entry, int64_t run)
{
    const shown *output = gallery != NULL ? g_hash_table_lookup(gallery->shown, entry) : NULL;

    if (output != NULL)
        cli_pictures_add(&gallery->pictures, output->path, run, output->seq);
}

void report_gallery_make(report_gallery *gallery, cli_when colours)
{
    loom_engine *engine = NULL;
    loom_error err = LOOM_ERROR_INIT;
    cli_terminal terminal;

    if (gallery == NULL || gallery->pictures.wanted->len == 0)
        return;
    if (loom_engine_start(&engine, NULL, &err) != LOOM_OK) {
        cli_error("small pictures for the page: %s", err.message);
        return;
    }
    loom_batch *batch = loom_batch_create(engine);
    loom_stop *stop = cli_signals_watch();
    if (batch == NULL || stop == NULL) {
        cli_error("small pictures for the page: out of memory");
    } else {
        cli_signals_restart_calls();
        cli_terminal_init(&terminal, colours);
        batch->stop = stop;
        cli_pictures_make(&gallery->pictures, batch, false, &terminal, terminal.redraws);
    }
    loom_batch_free(batch);
    loom_engine_stop(engine);
}
