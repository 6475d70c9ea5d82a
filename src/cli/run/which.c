/* Which shard of a plan a run is at, and what runs it. */
#include "cli/run/attempts.h"

#include <glib.h>
#include <imgloom/parse.h>
#include <limits.h>
#include <string.h>

/* What runs one process for each number of a range, and tells it the number by a variable. */
typedef struct engine {
    const char *index;     /* the variable */
    uint64_t first;        /* its value for shard 0 */
    const char *none;      /* a value that means that there is no number; NULL: none does */
    const char *job;       /* the variable of its name for the job; NULL: it has none */
    const char *between;   /* in its words: what stands before the number; NULL: that is in `job` */
    const char *after;     /* and behind it */
    const char *again;     /* the variable that counts its attempts; NULL: it has none */
    const char *again_not; /* its value at the first attempt */
    const char *again_word;
} engine;

static const engine engines[] = {
    {.index = "SLURM_ARRAY_TASK_ID",
     .job = "SLURM_ARRAY_JOB_ID",
     .between = "_",
     .again = "SLURM_RESTART_COUNT",
     .again_not = "0",
     .again_word = "restart"},
    {.index = "JOB_COMPLETION_INDEX"},
    {.index = "AWS_BATCH_JOB_ARRAY_INDEX",
     .job = "AWS_BATCH_JOB_ID",
     .again = "AWS_BATCH_JOB_ATTEMPT",
     .again_not = "1",
     .again_word = "attempt"},
    {.index = "CLOUD_RUN_TASK_INDEX",
     .job = "CLOUD_RUN_EXECUTION",
     .between = "/",
     .again = "CLOUD_RUN_TASK_ATTEMPT",
     .again_not = "0",
     .again_word = "attempt"},
    {.index = "LSB_JOBINDEX",
     .first = 1,
     .none = "0",
     .job = "LSB_JOBID",
     .between = "[",
     .after = "]"},
    {.index = "SGE_TASK_ID",
     .first = 1,
     .none = "undefined",
     .job = "JOB_ID",
     .between = ".",
     .again = "RESTARTED",
     .again_not = "0",
     .again_word = "restart"},
};

/* The value of a variable; NULL: it is not set, or empty. */
static const char *get(const char *name)
{
    const char *value = name != NULL ? g_getenv(name) : NULL;

    return value != NULL && *value != '\0' ? value : NULL;
}

/* The engine's number as it is written; NULL: it has told none. */
static const char *get_index(const engine *of)
{
    const char *value = get(of->index);

    return value != NULL && g_strcmp0(value, of->none) != 0 ? value : NULL;
}

static loom_status usage(loom_error *err, const char *format, ...) LOOM_PRINTF(2, 3);

static loom_status usage(loom_error *err, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)loom_error_set_v(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, format, args);
    va_end(args);
    return LOOM_ERR_USAGE;
}

/* Digits alone. */
static bool parse_number(const char *word, uint64_t *number)
{
    return g_ascii_isdigit(*word) &&
           g_ascii_string_to_unsigned(word, 10, 0, UINT_MAX, number, NULL);
}

/* `word` is what says the number. */
static loom_status set_shard(cli_which *which, uint64_t number, unsigned shards, const char *word,
                             loom_error *err)
{
    if (number >= shards)
        return shards == 1 ? usage(err, "%s: the plan has one shard, 0", word)
                           : usage(err, "%s: the plan has shards 0 to %u", word, shards - 1);
    which->shard = (unsigned)number;
    return LOOM_OK;
}

static loom_status find_auto(cli_which *which, unsigned shards, loom_error *err)
{
    const engine *found = NULL;
    uint64_t shard = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(engines); i++) {
        const char *value = get_index(&engines[i]);
        uint64_t number;
        if (value == NULL)
            continue;
        if (!parse_number(value, &number) || number < engines[i].first)
            return usage(err, "auto: %s is '%s', which is no number of a task", engines[i].index,
                         value);
        number -= engines[i].first;
        if (found != NULL && number != shard)
            return usage(
                err, "auto: %s means shard %" G_GUINT64_FORMAT ", and %s shard %" G_GUINT64_FORMAT,
                found->index, shard, engines[i].index, number);
        found = &engines[i];
        shard = number;
    }
    if (found != NULL) {
        char *said = g_strdup_printf("auto: %s is %s", found->index, get_index(found));
        const loom_status status = set_shard(which, shard, shards, said, err);
        g_free(said);
        return status;
    }
    GString *names = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(engines); i++)
        g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", engines[i].index);
    (void)usage(err, "auto: none of these is set: %s", names->str);
    g_string_free(names, TRUE);
    return LOOM_ERR_USAGE;
}

loom_status cli_which_parse(const char *word, unsigned shards, cli_which *which, loom_error *err)
{
    const char *slash = strchr(word, '/');
    uint64_t number, of = shards;

    *which = (cli_which){.all = strcmp(word, "all") == 0};
    if (which->all)
        return LOOM_OK;
    if (strcmp(word, "auto") == 0)
        return find_auto(which, shards, err);
    char *first = g_strndup(word, slash != NULL ? (gsize)(slash - word) : strlen(word));
    const bool read =
        parse_number(first, &number) && (slash == NULL || parse_number(slash + 1, &of));
    g_free(first);
    if (!read)
        return usage(err, "'%s' is not I, I/N, all or auto", word);
    if (of != shards)
        return usage(err, "%s: the plan has %u shard%s", word, shards, shards == 1 ? "" : "s");
    return set_shard(which, number, shards, word, err);
}

/* ---- what runs it -------------------------------------------------------- */

static void append_attempt(GString *out, const engine *of)
{
    const char *again = get(of->again);

    if (again != NULL && strcmp(again, of->again_not) != 0)
        g_string_append_printf(out, " %s %s", of->again_word, again);
}

char *cli_which_job(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(engines); i++) {
        const engine *of = &engines[i];
        const char *index = get_index(of), *job = get(of->job);
        if (index == NULL || job == NULL)
            continue;
        GString *out = g_string_new(job);
        if (of->between != NULL)
            g_string_append_printf(out, "%s%s%s", of->between, index,
                                   of->after != NULL ? of->after : "");
        append_attempt(out, of);
        return g_string_free(out, FALSE);
    }
    return g_strdup(get("SLURM_JOB_ID")); /* a job of one process */
}
