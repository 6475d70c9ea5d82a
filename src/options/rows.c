/* Tables of rows: made from groups and recipe fields, and searched by name. */
#include "options/options.h"

#include <string.h>

const options_row options_common[] = {
    {.section = "Help",
     .name = "help",
     .letter = 'h',
     .help = "print all options; -h prints the usual ones"},
    {.name = "version", .letter = 'V', .help = "print the version"},
    {.name = NULL},
};

/* ---- rows of fields ------------------------------------------------------- */

static char *join(const char *const *words)
{
    return g_strjoinv(", ", (gchar **)(gpointer)(gsize)words);
}

/* "same, jpeg, png …": the output formats. */
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

/* The allowed values of a field, for the help: its own text, or a list. */
static const char *describe_allowed(const loom_recipe_field *field)
{
    if (field->kind == LOOM_VALUE_KEYWORD)
        return join(field->keywords + field->low);
    if (field->kind == LOOM_VALUE_FORMAT)
        return list_formats();
    if (field->kind == LOOM_VALUE_ANGLE)
        return g_strdup_printf("%" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, field->low,
                               field->high);
    return field->allowed;
}

/* Whether the format has the option of the field. */
static bool has_choice(const loom_recipe_field *field, loom_format format)
{
    const loom_format_info *info = loom_format_get(format);

    return info->writable && (info->choices & field->choice) != 0;
}

/* "help; for jpeg, webp and avif": with the formats that have the option. */
static const char *describe_field(const loom_recipe_field *field)
{
    loom_format last = LOOM_FORMAT_UNKNOWN;
    const char *before = "; for ";

    for (int i = LOOM_FORMAT_UNKNOWN + 1; i < LOOM_FORMAT_COUNT; i++)
        if (has_choice(field, (loom_format)i))
            last = (loom_format)i;
    if (last == LOOM_FORMAT_UNKNOWN)
        return field->help;
    GString *text = g_string_new(field->help);
    for (int i = LOOM_FORMAT_UNKNOWN + 1; i < (int)last; i++)
        if (has_choice(field, (loom_format)i)) {
            g_string_append_printf(text, "%s%s", before, loom_format_get((loom_format)i)->name);
            before = ", ";
        }
    g_string_append_printf(text, "%s%s", before[0] == ';' ? before : " and ",
                           loom_format_get(last)->name);
    return g_string_free(text, FALSE);
}

/* "80, 80, 50, 75": the defaults of those formats. */
static const char *list_qualities(const loom_recipe_field *field)
{
    GString *text = g_string_new(NULL);

    for (int i = LOOM_FORMAT_UNKNOWN + 1; i < LOOM_FORMAT_COUNT; i++)
        if (has_choice(field, (loom_format)i))
            g_string_append_printf(text, "%s%d", text->len > 0 ? ", " : "",
                                   loom_format_get((loom_format)i)->quality);
    return g_string_free(text, FALSE);
}

static const char *describe_fallback(const loom_recipe_field *field)
{
    if (field->fallback != NULL)
        return field->fallback;
    if (field == loom_recipe_field_get(LOOM_RECIPE_QUALITY))
        return list_qualities(field);
    if (field->kind == LOOM_VALUE_KEYWORD && field->implied == NULL)
        return field->keywords[field->initial];
    return NULL;
}

static bool sets_fit(const options_row *row)
{
    const loom_recipe_spelling *spelling = row->spelling;

    if (spelling == NULL)
        return row->field == loom_recipe_field_get(LOOM_RECIPE_FIT);
    for (unsigned i = 0; i < spelling->count; i++)
        if (spelling->sets[i].field == LOOM_RECIPE_FIT)
            return true;
    return false;
}

static loom_status apply_field(const options_row *row, options_target *target, const char *word,
                               loom_error *err)
{
    loom_recipe *recipe = target->objects[OPTIONS_RECIPE];
    const loom_recipe_field *field = row->field;
    const loom_status status = row->spelling != NULL
                                   ? loom_recipe_spelling_set(row->spelling, recipe, word, err)
                                   : loom_recipe_field_set(field, recipe, word, err);

    if (status != LOOM_OK)
        return status;
    target->fit = target->fit || sets_fit(row);
    target->fit_alone = target->fit_alone || field == loom_recipe_field_get(LOOM_RECIPE_FIT);
    target->sides = target->sides || field->kind == LOOM_VALUE_SIDE;
    if (field->kind == LOOM_VALUE_SIZES) {
        loom_fit said;
        target->several = recipe->size_count > 1;
        target->fitted_size =
            row->spelling == NULL && loom_sizes_say_fit(word, &said) ? word : NULL;
        target->fit = target->fit || target->fitted_size != NULL;
    }
    return LOOM_OK;
}

static options_row make_row(const loom_recipe_field *field)
{
    options_row row = {.name = field->option,
                       .alias = field->alias,
                       .letter = field->letter,
                       .argument = field->argument,
                       .implied = field->implied,
                       .allowed = describe_allowed(field),
                       .fallback = describe_fallback(field),
                       .help = describe_field(field),
                       .path = field->names_file ? OPTIONS_FILE : OPTIONS_NO_PATH,
                       .apply = apply_field,
                       .object = OPTIONS_RECIPE,
                       .field = field};

    if (field->kind == LOOM_VALUE_NUMBER || field->kind == LOOM_VALUE_SIDE) {
        row.low = (uint64_t)field->low;
        row.high = (uint64_t)field->high;
    }
    return row;
}

/* Its words are those of its first field. */
static options_row make_spelling(const loom_recipe_spelling *spelling)
{
    options_row row = make_row(loom_recipe_field_get(spelling->sets[0].field));

    row.name = spelling->option;
    row.alias = NULL;
    row.letter = '\0';
    row.argument = spelling->argument;
    row.help = spelling->help;
    row.fallback = NULL;
    row.spelling = spelling;
    return row;
}

/* Short spellings come after the last field that they set. */
static void add_spellings(GArray *rows, loom_recipe_field_id id)
{
    const loom_recipe_spelling *spelling;

    for (unsigned n = 0; (spelling = loom_recipe_spelling_get(n)) != NULL; n++)
        if (spelling->sets[spelling->count - 1].field == id) {
            const options_row row = make_spelling(spelling);
            g_array_append_val(rows, row);
        }
}

static void add_fields(GArray *rows, bool encoding)
{
    for (unsigned i = 0; i < LOOM_RECIPE_COUNT; i++) {
        const loom_recipe_field *field = loom_recipe_field_get((loom_recipe_field_id)i);
        if (field->option == NULL || field->encoding != encoding)
            continue;
        const options_row row = make_row(field);
        g_array_append_val(rows, row);
        add_spellings(rows, (loom_recipe_field_id)i);
    }
}

/* ---- groups --------------------------------------------------------------- */

static void set_default(options_row *row, const options_default *defaults)
{
    for (; defaults->name != NULL; defaults++)
        if (strcmp(defaults->name, row->name) == 0)
            row->fallback = defaults->fallback;
}

static void add_group(GArray *rows, const options_group *group)
{
    const guint first = rows->len;

    if (group->source == OPTIONS_TABLE)
        for (const options_row *row = group->table; row->name != NULL; row++)
            g_array_append_val(rows, *row);
    else
        add_fields(rows, group->source == OPTIONS_ENCODING);
    for (guint i = first; group->defaults != NULL && i < rows->len; i++)
        set_default(&g_array_index(rows, options_row, i), group->defaults);
    if (rows->len > first)
        g_array_index(rows, options_row, first).section = group->section;
}

const options_row *options_rows(const options_group *groups)
{
    static GHashTable *made; /* const options_group * → its rows; never freed */

    if (made == NULL)
        made = g_hash_table_new(NULL, NULL);
    const options_row *known = g_hash_table_lookup(made, groups);
    if (known != NULL)
        return known;
    GArray *rows = g_array_new(TRUE, TRUE, sizeof(options_row));
    for (const options_group *g = groups; g->table != NULL || g->source != OPTIONS_TABLE; g++)
        add_group(rows, g);
    for (guint i = 0; i < rows->len; i++) {
        options_row *row = &g_array_index(rows, options_row, i);
        if (row->list_keywords != NULL)
            row->keywords = row->list_keywords();
        if (row->keywords != NULL && row->allowed == NULL)
            row->allowed = join(row->keywords);
    }
    options_row *table = (options_row *)(void *)g_array_free(rows, FALSE);
    (void)g_hash_table_insert(made, (gpointer)(gsize)groups, table);
    return table;
}

const options_row *options_at(const options_group *groups, size_t n)
{
    const options_row *const tables[] = {options_rows(groups), options_common};

    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
        for (const options_row *row = tables[i]; row->name != NULL; row++)
            if (n-- == 0)
                return row;
    return NULL;
}

/* ---- a request ------------------------------------------------------------ */

/* A spelling has the row of a field, but another name. */
static bool is_field(const options_row *row, const char *name)
{
    return row->field != NULL && row->spelling == NULL && strcmp(row->field->name, name) == 0;
}

const options_row *options_find(const options_row *rows, const char *name)
{
    for (; rows->name != NULL; rows++)
        if (strcmp(rows->name, name) == 0 || g_strcmp0(rows->alias, name) == 0 ||
            is_field(rows, name))
            return rows;
    return NULL;
}

static bool is_one_of(const char *word, const char *one, const char *other)
{
    return strcmp(word, one) == 0 || strcmp(word, other) == 0;
}

/* What stands for a word that can be left out: in JSON such a field takes true and false, too. */
static const char *settle_word(const options_row *row, const char *word)
{
    if (word == NULL || row->implied == NULL || row->field == NULL || row->field->keywords == NULL)
        return word != NULL ? word : row->implied;
    if (is_one_of(word, "true", "1"))
        return row->implied;
    return is_one_of(word, "false", "0") ? row->field->keywords[0] : word;
}

/* The name of a flag's field sets the flag; the name of its option says whether it is given. */
static loom_status apply_named(const options_row *row, const char *name, const char *word,
                               options_target *target, loom_error *err)
{
    if (is_field(row, name) && row->field->kind == LOOM_VALUE_FLAG)
        return loom_recipe_set(target->objects[OPTIONS_RECIPE], name, word, err);
    return row->apply(row, target, settle_word(row, word), err);
}

/* The reason why a request may not set it; NULL: it may. */
static const char *find_refusal(const options_row *row, const char *word)
{
    if (row == NULL)
        return "is not a parameter";
    if (row->path != OPTIONS_NO_PATH)
        return "names a file, which a request must not do";
    return word == NULL && row->argument != NULL && row->implied == NULL ? "needs a value" : NULL;
}

loom_status options_set(const options_row *rows, const char *name, const char *word,
                        options_target *target, loom_error *err)
{
    const options_row *row = options_find(rows, name);
    const char *refusal = find_refusal(row, word);
    loom_error cause = LOOM_ERROR_INIT;
    loom_status status = LOOM_OK;
    char *shown = g_strescape(name, NULL);

    if (refusal != NULL)
        status = loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "'%s' %s", shown, refusal);
    else if (apply_named(row, name, word, target, &cause) != LOOM_OK)
        status = loom_error_set(err, cause.code, LOOM_STAGE_NONE, "%s: %s", shown, cause.message);
    g_free(shown);
    return status;
}
