/* A command's groups of options as one table. */
#include "cli/command.h"
#include "cli/options.h"

#include <string.h>

/* "same, jpeg, png …": what may be written. */
static char *list_formats(void)
{
    GString *text = g_string_new("same");

    for (int i = LOOM_FORMAT_UNKNOWN + 1; i < LOOM_FORMAT_COUNT; i++) {
        const loom_format_info *info = loom_format_get((loom_format)i);
        if (info->writable)
            g_string_append_printf(text, ", %s", info->name);
    }
    return g_string_free(text, FALSE);
}

/* What a field may be, for the help: its own text, or a list of what it takes. */
static const char *describe_allowed(const loom_recipe_field *field)
{
    if (field->kind == LOOM_VALUE_KEYWORD)
        return g_strjoinv(", ", (gchar **)(gpointer)(gsize)(field->keywords + field->low));
    if (field->kind == LOOM_VALUE_FORMAT)
        return list_formats();
    if (field->kind == LOOM_VALUE_ANGLE)
        return g_strdup_printf("%" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, field->low,
                               field->high);
    return field->allowed;
}

static cli_option make_row(const loom_recipe_field *field, cli_apply *apply)
{
    cli_option row = {.name = field->option,
                      .alias = field->alias,
                      .letter = field->letter,
                      .argument = field->argument,
                      .implied = field->implied,
                      .allowed = describe_allowed(field),
                      .fallback = field->fallback,
                      .help = field->help,
                      .apply = apply,
                      .field = field};

    if (field->kind == LOOM_VALUE_NUMBER || field->kind == LOOM_VALUE_SIDE) {
        row.low = (unsigned long)field->low;
        row.high = (unsigned long)field->high;
    }
    return row;
}

static void add_fields(GArray *rows, const cli_group *group)
{
    for (unsigned i = 0; i < LOOM_RECIPE_COUNT; i++) {
        const loom_recipe_field *field = loom_recipe_field_get((loom_recipe_field_id)i);
        if (field->option == NULL || field->encoding != (group->rows == CLI_ROWS_ENCODING))
            continue;
        const cli_option row = make_row(field, group->apply);
        g_array_append_val(rows, row);
    }
}

static void add_group(GArray *rows, const cli_group *group)
{
    const guint first = rows->len;

    if (group->rows == CLI_ROWS_TABLE)
        for (const cli_option *row = group->table; row->name != NULL; row++)
            g_array_append_val(rows, *row);
    else
        add_fields(rows, group);
    if (rows->len > first)
        g_array_index(rows, cli_option, first).section = group->section;
}

const cli_option *cli_options_of(const cli_command *command)
{
    static GHashTable *made; /* const cli_command * → its table, kept to the end */

    if (made == NULL)
        made = g_hash_table_new(NULL, NULL);
    const cli_option *known = g_hash_table_lookup(made, command);
    if (known != NULL)
        return known;
    GArray *rows = g_array_new(TRUE, TRUE, sizeof(cli_option));
    for (const cli_group *group = command->groups;
         group->table != NULL || group->rows != CLI_ROWS_TABLE; group++)
        add_group(rows, group);
    cli_option *table = (cli_option *)(void *)g_array_free(rows, FALSE);
    (void)g_hash_table_insert(made, (gpointer)(gsize)command, table);
    return table;
}
