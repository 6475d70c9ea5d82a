/* The option table: rows, command lines and requests. */
#include "batch/job.h"
#include "cli/bench/bench.h"
#include "cli/command.h"
#include "cli/run/options.h"
#include "options/options.h"
#include "picture/recipe_fields.h"
#include "support/suite.h"

#include <limits.h>
#include <string.h>

/* What a service would have: the recipe, and limits that it shares with `run`. */
static const options_group service_groups[] = {
    {"Picture", .source = OPTIONS_PICTURE},
    {.source = OPTIONS_ENCODING},
    {.table = options_limits},
    {.table = options_judge},
    {.table = options_memory},
    {.table = options_decoder},
    {.table = NULL},
};

typedef struct service {
    loom_recipe recipe;
    loom_settings settings;
    loom_batch batch;
    options_target target;
} service;

static void service_init(service *s)
{
    memset(s, 0, sizeof *s);
    loom_recipe_init(&s->recipe);
    loom_settings_init(&s->settings);
    s->target.objects[OPTIONS_RECIPE] = &s->recipe;
    s->target.objects[OPTIONS_SETTINGS] = &s->settings;
    s->target.objects[OPTIONS_BATCH] = &s->batch;
}

static loom_status set(service *s, const char *name, const char *word, loom_error *err)
{
    return options_set(options_rows(service_groups), name, word, &s->target, err);
}

/* ---- a request ----------------------------------------------------------- */

START_TEST(request_sets_objects)
{
    service s;

    service_init(&s);
    ck_assert_int_eq(set(&s, "width", "800", NULL), LOOM_OK);
    ck_assert_int_eq(set(&s, "fit", "inside", NULL), LOOM_OK);
    ck_assert_int_eq(set(&s, "greyscale", NULL, NULL), LOOM_OK);
    ck_assert_int_eq(set(&s, "max-bytes", "20K", NULL), LOOM_OK);
    ck_assert_int_eq(set(&s, "max-pixels", "18446744073709551615", NULL), LOOM_OK);
    ck_assert_int_eq(set(&s, "timeout", "2.5", NULL), LOOM_OK);
    ck_assert_int_eq(set(&s, "memory", "1Mi", NULL), LOOM_OK);
    ck_assert_int_eq(set(&s, "fail-on", "none", NULL), LOOM_OK);
    ck_assert_int_eq(set(&s, "queue", "7", NULL), LOOM_OK);
    ck_assert_uint_eq(s.recipe.sizes[0].width, 800);
    ck_assert_int_eq(s.recipe.fit, LOOM_FIT_INSIDE);
    ck_assert_int_eq(s.recipe.grayscale, LOOM_GRAYSCALE_LUMA);
    ck_assert_uint_eq(s.recipe.max_bytes, 20000);
    ck_assert_uint_eq(s.settings.max_pixels, UINT64_MAX);
    ck_assert_int_eq(s.batch.timeout_ns, 2500000000);
    ck_assert_uint_eq(s.batch.memory, 1048576);
    ck_assert_int_eq(s.settings.fail_on, LOOM_FAIL_ON_NONE);
    ck_assert_uint_eq(s.batch.queue, 7);
}
END_TEST

/* Names of the recipe's JSON are others for the same rows; its flags say what they are. */
START_TEST(request_by_the_name_of_a_field)
{
    service s;

    service_init(&s);
    ck_assert_int_eq(set(&s, "noUpscale", "true", NULL), LOOM_OK);
    ck_assert(s.recipe.no_upscale);
    ck_assert_int_eq(set(&s, "rotation", "-90", NULL), LOOM_OK);
    ck_assert(s.recipe.rotation > 269 && s.recipe.rotation < 271);
    ck_assert_int_eq(set(&s, "autoOrient", "false", NULL), LOOM_OK);
    ck_assert(!s.recipe.auto_orient);
    ck_assert_int_eq(set(&s, "no-auto-orient", "0", NULL), LOOM_OK);
    ck_assert(s.recipe.auto_orient);
    ck_assert_int_eq(set(&s, "no-auto-orient", NULL, NULL), LOOM_OK);
    ck_assert(!s.recipe.auto_orient);
    ck_assert_ptr_eq(options_find(options_rows(service_groups), "noUpscale"),
                     options_find(options_rows(service_groups), "no-upscale"));
    /* A spelling is no field, whatever field it is made of. */
    ck_assert_str_eq(options_find(options_rows(service_groups), "sizes")->name, "size");
}
END_TEST

static const struct {
    const char *name, *word, *message;
} refused[] = {
    {"shear", "1", "'shear' is not a parameter"},
    {"a\nb", "1", "'a\\nb' is not a parameter"},
    {"section", "1", "'section' is not a parameter"},
    {"quality", "101", "quality: '101' is not a whole number from 1 to 100"},
    {"quality", NULL, "'quality' needs a value"},
    {"long-edge", NULL, "'long-edge' needs a value"},
    {"long-edge", "0", "long-edge: '0' is not a whole number from 1 to 65500"},
    {"flip", "yes", "flip: 'yes' is not a flag: true, 1, false or 0"},
    {"fit", "round", "fit: 'round' is not a fit: cover, contain, fill, inside or outside"},
    {"memory", "0", "memory: '0' is less than 1 byte"},
    {"timeout", "-1",
     "timeout: '-1' is not a time: seconds from 0 to 1000000000, or with ms, s, m or h"},
};

START_TEST(request_is_refused)
{
    service s, before;
    loom_error err = LOOM_ERROR_INIT;

    service_init(&s);
    before = s;
    ck_assert_int_eq(set(&s, refused[_i].name, refused[_i].word, &err), LOOM_ERR_USAGE);
    ck_assert_str_eq(err.message, refused[_i].message);
    ck_assert_mem_eq(&s, &before, sizeof s);
}
END_TEST

/* Each row of `run` that names a file is refused, and no others are. */
START_TEST(request_names_no_file)
{
    static const char *const paths[] = {"files-from", "recipe",    "output",     "prefix",
                                        "suffix",     "name",      "quarantine", "report",
                                        "ndjson",     "html",      "state",      "plan",
                                        "directory",  "watermark", "font",       NULL};

    for (const options_row *row = options_rows(run_groups); row->name != NULL; row++) {
        run_options options;
        loom_error err = LOOM_ERROR_INIT;
        ck_assert(run_options_init(&options));
        (void)!options_set(options_rows(run_groups), row->name, "x", &options.target, &err);
        ck_assert_msg((strstr(err.message, "names a file") != NULL) ==
                          g_strv_contains(paths, row->name),
                      "%s: %s", row->name, err.message);
        run_options_release(&options);
    }
}
END_TEST

START_TEST(flag_with_a_word)
{
    run_options options;

    ck_assert(run_options_init(&options));
    const options_row *rows = options_rows(run_groups);
    ck_assert_int_eq(options_set(rows, "discard", "1", &options.target, NULL), LOOM_OK);
    ck_assert(options.settings->discard);
    ck_assert_int_eq(options_set(rows, "discard", "false", &options.target, NULL), LOOM_OK);
    ck_assert(!options.settings->discard);
    ck_assert_int_eq(options_set(rows, "discard", "maybe", &options.target, NULL), LOOM_ERR_USAGE);
    ck_assert_int_eq(options_set(rows, "durable", NULL, &options.target, NULL), LOOM_OK);
    ck_assert_uint_eq(options.batch->durable, 256);
    run_options_release(&options);
}
END_TEST

/* Sides beside a list of sizes are told, whatever the order. */
START_TEST(sides_beside_several_sizes)
{
    service s;

    service_init(&s);
    ck_assert_int_eq(set(&s, "size", "8x8,9x9", NULL), LOOM_OK);
    ck_assert(s.target.several && !s.target.sides);
    ck_assert_int_eq(set(&s, "long-edge", "5", NULL), LOOM_OK);
    ck_assert(s.target.several && s.target.sides);
    ck_assert_int_eq(set(&s, "contain", "8x8", NULL), LOOM_OK);
    ck_assert(!s.target.several);
}
END_TEST

/* ---- rows ---------------------------------------------------------------- */

static const struct {
    const char *name;
    const options_group *groups;
} programs[] = {{"run", run_groups}, {"bench", bench_groups}, {"service", service_groups}};

/* No name or letter twice; each row can be told and applied. */
START_TEST(rows_are_sound)
{
    const options_group *groups = programs[_i].groups;
    const options_row *row;
    GHashTable *names = g_hash_table_new(g_str_hash, g_str_equal);
    bool letters[UCHAR_MAX + 1] = {false};

    for (size_t n = 0; (row = options_at(groups, n)) != NULL; n++) {
        ck_assert_msg(g_hash_table_add(names, (gpointer)(gsize)row->name), "%s", row->name);
        ck_assert_msg(row->alias == NULL || g_hash_table_add(names, (gpointer)(gsize)row->alias),
                      "%s", row->alias);
        ck_assert_msg(row->letter == 0 || !letters[(unsigned char)row->letter], "-%c", row->letter);
        letters[(unsigned char)row->letter] = true;
        ck_assert_msg(row->help != NULL && row->help[0] != '\0', "%s", row->name);
        ck_assert_msg(row->path == OPTIONS_NO_PATH || row->argument != NULL, "%s", row->name);
        ck_assert_msg((row->apply != NULL) == (row < options_common || row > options_common + 1),
                      "%s", row->name);
    }
    g_hash_table_destroy(names);
}
END_TEST

/* What the help says of words is what the row takes, all of it and nothing else. */
START_TEST(choices_are_taken)
{
    const options_row *rows = options_rows(run_groups);
    run_options options;
    unsigned seen = 0;

    ck_assert(run_options_init(&options));
    for (const options_row *row = rows; row->name != NULL; row++) {
        char **words = options_choices(row);
        loom_error err = LOOM_ERROR_INIT;
        if (words == NULL || row->path != OPTIONS_NO_PATH || strcmp(row->name, "lane") == 0) {
            g_strfreev(words);
            continue;
        }
        for (size_t i = 0; words[i] != NULL; i++)
            ck_assert_msg(options_set(rows, row->name, words[i], &options.target, NULL) == LOOM_OK,
                          "--%s %s", row->name, words[i]);
        ck_assert_int_eq(options_set(rows, row->name, "zzz", &options.target, &err),
                         LOOM_ERR_USAGE);
        /* "… not WHAT: a, b or c": as many words as the help has. */
        unsigned commas = 0;
        for (const char *c = strstr(err.message, "is not"); *c != '\0'; c++)
            commas += *c == ',';
        ck_assert_msg(commas + 2 == g_strv_length(words), "--%s: %s", row->name, err.message);
        g_strfreev(words);
        seen++;
    }
    ck_assert_uint_ge(seen, 10);
    run_options_release(&options);
}
END_TEST

/* What the help says holds otherwise: as a word, it changes nothing. */
START_TEST(fallbacks_hold)
{
    const options_row *rows = options_rows(run_groups);
    run_options options;
    unsigned seen = 0;

    ck_assert(run_options_init(&options));
    const run_options before = options;
    for (const options_row *row = rows; row->name != NULL; row++) {
        if (row->fallback == NULL || row->path != OPTIONS_NO_PATH || strcmp(row->name, "lane") == 0)
            continue;
        seen += options_set(rows, row->name, row->fallback, &options.target, NULL) == LOOM_OK;
        ck_assert_msg(memcmp(&options, &before, offsetof(run_options, target)) == 0, "--%s",
                      row->name);
    }
    ck_assert_uint_ge(seen, 13);
    run_options_release(&options);
}
END_TEST

/* ---- short spellings ----------------------------------------------------- */

static const struct {
    const char *spelling, *word, *json;
} spellings[] = {
    {"inside", "800x600", "{\"width\":800,\"height\":600,\"fit\":\"inside\"}"},
    {"cover", "800x600", "{\"width\":800,\"height\":600}"},
    {"contain", "800x600", "{\"width\":800,\"height\":600,\"fit\":\"contain\"}"},
    {"contain", "8x8,9x9",
     "{\"sizes\":[{\"width\":8,\"height\":8},{\"width\":9,\"height\":9}],\"fit\":\"contain\"}"},
    {"long-edge", "1600", "{\"width\":1600,\"height\":1600,\"fit\":\"inside\"}"},
    {"short-edge", "300", "{\"width\":300,\"height\":300,\"fit\":\"outside\"}"},
    {"sepia", NULL, "{\"fit\":\"fill\",\"tint\":\"#ac9977ff\"}"},
};

START_TEST(spelling_sets_fields)
{
    service s;
    loom_recipe recipe;

    service_init(&s);
    loom_recipe_init(&recipe);
    ck_assert_int_eq(loom_recipe_set(&recipe, "fit", "fill", NULL), LOOM_OK);
    ck_assert_int_eq(set(&s, "fit", "fill", NULL), LOOM_OK);
    ck_assert_int_eq(set(&s, spellings[_i].spelling, spellings[_i].word, NULL), LOOM_OK);
    char *json = loom_recipe_to_json(&s.recipe);
    ck_assert_str_eq(json, spellings[_i].json);
    free(json);
    ck_assert_int_eq(loom_recipe_set(&recipe, spellings[_i].spelling, spellings[_i].word, NULL),
                     LOOM_OK);
    ck_assert_mem_eq(&recipe, &s.recipe, sizeof recipe);
}
END_TEST

/* Each has a row, behind the last field that it sets, and all words that it gives are right. */
START_TEST(spellings_are_rows)
{
    const loom_recipe_spelling *spelling;
    const options_row *rows = options_rows(service_groups);
    unsigned n = 0;

    for (; (spelling = loom_recipe_spelling_get(n)) != NULL; n++) {
        const options_row *row = options_find(rows, spelling->option);
        ck_assert_ptr_nonnull(row);
        ck_assert_ptr_eq(row->spelling, spelling);
        ck_assert_uint_le(spelling->count, LOOM_SPELLING_FIELDS);
        ck_assert((spelling->sets[0].word == NULL) == (spelling->argument != NULL));
        ck_assert_ptr_null(loom_recipe_field_by_name(spelling->option));
        for (unsigned i = 0; i < spelling->count; i++) {
            const loom_recipe_field *field = loom_recipe_field_get(spelling->sets[i].field);
            loom_recipe recipe;
            loom_recipe_init(&recipe);
            ck_assert(options_find(rows, field->name) < row);
            if (spelling->sets[i].word != NULL)
                ck_assert_int_eq(
                    loom_recipe_field_set(field, &recipe, spelling->sets[i].word, NULL), LOOM_OK);
        }
    }
    ck_assert_uint_eq(n, 6);
}
END_TEST

/* ---- command lines ------------------------------------------------------- */

START_TEST(line_is_applied)
{
    char **words =
        g_strsplit("-q70 in --grayscale --size 8x8 --discard --name {stem}.x -- -b", " ", -1);
    run_options options;
    options_line line;
    loom_error err = LOOM_ERROR_INIT;

    ck_assert(run_options_init(&options));
    ck_assert_int_eq(options_read(run_groups, words, &options.target, &line, &err), OPTIONS_GO);
    ck_assert_int_eq(options.recipe->quality, 70);
    ck_assert_int_eq(options.recipe->grayscale, LOOM_GRAYSCALE_LUMA);
    ck_assert(options.settings->discard);
    ck_assert_str_eq(options.plan->name_template, "{stem}.x");
    ck_assert_uint_eq(line.input_count, 2);
    ck_assert_str_eq(line.inputs[0], "in");
    ck_assert_str_eq(line.inputs[1], "-b");
    g_strfreev(words);
    options_line_release(&line);
    run_options_release(&options);
}
END_TEST

/* What is said of other programs' options names options that are there. */
START_TEST(habits_name_options)
{
    static const char *const words[] = {
        "r",           "resize",      "gray",        "extent",     "crop",        "stretch",
        "percent",     "max-width",   "max-height",  "no-enlarge", "mirror",      "auto-orient",
        "strip",       "exif",        "profile",     "interlace",  "convert",     "subsample",
        "target-size", "out",         "overwrite",   "no-clobber", "update",      "in-place",
        "threads",     "simulate",    "silent",      "json",       "glob",        "ignore",
        "dereference", "files0-from", "replace",     "webp",       "max-size",    "avif",
        "png",         "smart-crop",  "gravity",     "m",          "density",     "bg",
        "input",       "rename",      "a",           "debug",      "no-progress", "no-color",
        "max-memory",  "extensions",  "exclude-from"};

    for (size_t i = 0; i < COUNT(words); i++) {
        char *text = options_suggest(run_groups, words[i]);
        ck_assert_msg(text[0] == ':', "%s: %s", words[i], text);
        for (const char *at = text; (at = strstr(at, "--")) != NULL; at++) {
            char *name = g_strndup(at + 2, strspn(at + 2, "abcdefghijklmnopqrstuvwxyz-"));
            const bool of_report = strcmp(name, "csv") == 0; /* of another command */
            ck_assert_msg(of_report || options_find(options_rows(run_groups), name) != NULL,
                          "%s: %s", words[i], text);
            g_free(name);
        }
        g_free(text);
    }
    /* A command is not told of what it has not. */
    char *none = options_suggest(cli_command_formats.groups, "resize");
    ck_assert_str_eq(none, "");
    g_free(none);
    none = options_suggest(bench_groups, "jobs");
    ck_assert_str_eq(none, ": say -j N,N...");
    g_free(none);
}
END_TEST

/* A name of the recipe's JSON is none of the command line's. */
START_TEST(line_is_refused)
{
    static const struct {
        const char *word;
        options_result result;
        const char *message;
    } rows[] = {
        {"--noUpscale", OPTIONS_WRONG, "unknown option --noUpscale; did you mean --no-upscale?"},
        {"--sise=8x8", OPTIONS_WRONG, "unknown option --sise; did you mean --size?"},
        {"--siz", OPTIONS_WRONG, "unknown option --siz; did you mean --size?"},
        {"--prog", OPTIONS_WRONG,
         "unknown option --prog; did you mean --progressive or --progress?"},
        {"--col", OPTIONS_WRONG, "unknown option --col; did you mean --color?"}, /* or its alias */
        {"--colo", OPTIONS_WRONG, "unknown option --colo; did you mean --color?"},
        {"--greys", OPTIONS_WRONG, "unknown option --greys; did you mean --greyscale?"},
        {"--re", OPTIONS_WRONG,
         "unknown option --re; did you mean --recipe, --require-sandbox, --retry or --report?"},
        {"--f", OPTIONS_WRONG, "unknown option --f"}, /* too short */
        {"--max", OPTIONS_WRONG,
         "unknown option --max; did you mean --max-depth, --max-bytes, --max-pixels, --max-errors "
         "or --max-prune?"},
        {"--xyzzy", OPTIONS_WRONG, "unknown option --xyzzy"},
        {"-r", OPTIONS_WRONG, "unknown option -r: folders are always walked"},
        {"-vr", OPTIONS_WRONG, "unknown option -r: folders are always walked"},
        {"--threads=4", OPTIONS_WRONG, "unknown option --threads: say -j N"},
        {"--strip", OPTIONS_WRONG,
         "unknown option --strip: that is --metadata none, which is the default"},
        {"--quality=high", OPTIONS_WRONG,
         "--quality: 'high' is not a whole number from 1 to 100; did you mean 90?"},
        {"--position=left", OPTIONS_WRONG,
         "--position: 'left' is not a position: centre, north, northeast, east, southeast, south, "
         "southwest, west, northwest, entropy or attention; did you mean west?"},
        {"--if-larger=cpy", OPTIONS_WRONG,
         "--if-larger: 'cpy' is not write, copy or skip; did you mean copy?"},
        {"--discard=1", OPTIONS_WRONG, "--discard takes no argument"},
        {"--long-edge=x", OPTIONS_WRONG, "--long-edge: 'x' is not a whole number from 1 to 65500"},
        {"--help", OPTIONS_HELP, ""},
        {"-h", OPTIONS_SHORT_HELP, ""},
        {"-vh", OPTIONS_SHORT_HELP, ""},
        {"-V", OPTIONS_VERSION, ""},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        char *words[] = {g_strdup(rows[i].word), NULL};
        run_options options;
        options_line line;
        loom_error err = LOOM_ERROR_INIT;
        ck_assert(run_options_init(&options));
        ck_assert_int_eq(options_read(run_groups, words, &options.target, &line, &err),
                         rows[i].result);
        ck_assert_str_eq(err.message, rows[i].message);
        options_line_release(&line);
        run_options_release(&options);
        g_free(words[0]);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("options");
    TCase *tests = tcase_create("options");

    tcase_add_test(tests, request_sets_objects);
    tcase_add_test(tests, request_by_the_name_of_a_field);
    tcase_add_loop_test(tests, request_is_refused, 0, COUNT(refused));
    tcase_add_test(tests, request_names_no_file);
    tcase_add_test(tests, flag_with_a_word);
    tcase_add_test(tests, sides_beside_several_sizes);
    tcase_add_loop_test(tests, rows_are_sound, 0, COUNT(programs));
    tcase_add_test(tests, choices_are_taken);
    tcase_add_test(tests, fallbacks_hold);
    tcase_add_loop_test(tests, spelling_sets_fields, 0, COUNT(spellings));
    tcase_add_test(tests, spellings_are_rows);
    tcase_add_test(tests, line_is_applied);
    tcase_add_test(tests, line_is_refused);
    tcase_add_test(tests, habits_name_options);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
