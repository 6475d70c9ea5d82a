/*
 * Making a plan folder: first the lists, then plan.json, by rename. Until that is there the folder
 * is no plan, and whatever fails before takes away what was made.
 */
#include "shards/compose.h"
#include "shards/deal.h"
#include "shards/folder.h"

#include "base/error.h"
#include "files/path.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEMPORARY_NAME ".plan.json.tmp"

enum { PIECE = 256 * 1024 }; /* bytes written at once */

static const char *const folders[] = {LOOM_LISTS_NAME, LOOM_REPORTS_NAME, LOOM_LOG_NAME};
enum { FOLDERS = sizeof folders / sizeof *folders };

typedef struct writer {
    loom_plan_facts facts;
    const loom_stop *stop;
    loom_shard *table; /* that of the facts */

    int folder, lists; /* descriptors; -1: not open */
    bool made;         /* the folder itself */
    bool named;        /* plan.json */
    unsigned folders;  /* of `folders`, made */
    unsigned list_count;

    loom_strbuf text; /* of what is written */
} writer;

loom_shards_options *loom_shards_options_create(void)
{
    return calloc(1, sizeof(loom_shards_options));
}

void loom_shards_options_free(loom_shards_options *options)
{
    free(options);
}

static loom_status no_memory(loom_error *err)
{
    return loom_no_memory(err, LOOM_STAGE_PLAN, "for the plan");
}

static loom_status fail(loom_error *err, const char *what)
{
    return loom_error_set_errno(err, LOOM_STAGE_PLAN, errno, "%s", what);
}

static loom_status check_stop(const writer *w, loom_error *err)
{
    return w->stop == NULL || loom_stop_requests(w->stop) == 0
               ? LOOM_OK
               : loom_error_set(err, LOOM_ERR_CANCELLED, LOOM_STAGE_PLAN,
                                "it was interrupted before the plan was whole");
}

/* ---- where it is to be --------------------------------------------------- */

/* Sets *empty, or says why it cannot be told. Takes the descriptor over. */
static loom_status look_into(int folder, bool *empty, loom_error *err)
{
    DIR *listing = fdopendir(folder);
    const struct dirent *entry;

    if (listing == NULL) {
        const loom_status status = fail(err, "cannot list the folder");
        (void)close(folder);
        return status;
    }
    *empty = true;
    while (errno = 0, *empty && (entry = readdir(listing)) != NULL)
        *empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    const loom_status status = errno == 0 ? LOOM_OK : fail(err, "cannot list the folder");
    (void)closedir(listing);
    return status;
}

loom_status loom_shards_check_new(const char *path, loom_error *err)
{
    loom_shards *there = NULL;
    bool empty = false;

    const int folder = loom_path_open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0 && errno == ENOENT)
        return LOOM_OK;
    if (folder < 0 && errno == ENOTDIR)
        return loom_error_set(err, LOOM_ERR_NOT_A_FILE, LOOM_STAGE_PLAN, "it is not a folder");
    if (folder < 0)
        return fail(err, "cannot open the folder");
    const loom_status status = look_into(folder, &empty, err);
    if (status != LOOM_OK || empty)
        return status;
    const loom_status plan = loom_shards_open(&there, path, NULL);
    loom_shards_free(there);
    return loom_error_set(err, LOOM_ERR_EXISTS, LOOM_STAGE_PLAN,
                          plan == LOOM_ERR_NOT_FOUND
                              ? "the folder is not empty"
                              : "there is a plan already; a plan folder is made new for each plan");
}

/* Makes the folder, which may be there but must be empty, and those in it. */
static loom_status make_folders(writer *w, const char *path, loom_error *err)
{
    struct stat info;

    if (loom_shards_check_new(path, err) != LOOM_OK)
        return err->code;
    w->made = loom_path_stat(path, &info) != 0;
    const int folder = loom_path_make_folders(path, strlen(path));
    if (folder < 0)
        return fail(err, "cannot make the folder");
    w->folder = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    (void)close(folder);
    if (w->folder < 0)
        return fail(err, "cannot open the folder");
    for (; w->folders < FOLDERS; w->folders++)
        if (mkdirat(w->folder, folders[w->folders], 0777) != 0)
            return fail(err, "cannot make a folder in it");
    w->lists = openat(w->folder, LOOM_LISTS_NAME, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return w->lists >= 0 ? LOOM_OK : fail(err, "cannot open a folder in it");
}

static void list_name(char name[32], unsigned shard)
{
    (void)snprintf(name, 32, LOOM_SHARD_FORMAT LOOM_LIST_END, shard);
}

/* Takes away what was made. */
static void undo(writer *w, const char *path)
{
    char name[32];

    if (w->named)
        (void)unlinkat(w->folder, LOOM_PLAN_NAME, 0);
    for (unsigned i = 0; i < w->list_count; i++) {
        list_name(name, i);
        (void)unlinkat(w->lists, name, 0);
    }
    if (w->folder >= 0)
        (void)unlinkat(w->folder, TEMPORARY_NAME, 0);
    for (unsigned i = 0; i < w->folders; i++)
        (void)unlinkat(w->folder, folders[i], AT_REMOVEDIR);
    if (w->made && w->folder >= 0)
        (void)rmdir(path);
}

/* ---- the lists ----------------------------------------------------------- */

/* Writes what was collected. */
static loom_status flush(writer *w, int file, SHA2_CTX *sum, loom_error *err)
{
    const char *rest = w->text.data;
    size_t size = w->text.size;

    if (w->text.failed)
        return no_memory(err);
    if (sum != NULL && size > 0)
        SHA256Update(sum, (const uint8_t *)rest, size);
    while (size > 0) {
        const ssize_t n = write(file, rest, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            errno = n < 0 ? errno : ENOSPC;
            return fail(err, "cannot write the plan");
        }
        rest += n;
        size -= (size_t)n;
    }
    loom_strbuf_clear(&w->text);
    return LOOM_OK;
}

/* Counts an item, and collects its line. */
static void take_task(writer *w, loom_shard *shard, const loom_task *task, bool new_input)
{
    shard->items++;
    if (new_input)
        shard->bytes += task->input_size;
    w->facts.failed += task->error != NULL;
    w->facts.skipped += task->error == NULL && task->skip_reason != NULL;
    loom_compose_item(&w->text, task);
}

static loom_status write_items(writer *w, unsigned number, int file, loom_error *err)
{
    loom_shard *shard = &w->table[number];
    loom_status status = LOOM_OK;
    SHA2_CTX sum;

    *shard = (loom_shard){.items = 0};
    SHA256Init(&sum);
    for (uint32_t group = w->facts.deal.heads[number];
         group != LOOM_GROUP_NONE && status == LOOM_OK; group = w->facts.deal.next[group]) {
        const char *input = NULL;
        for (uint32_t i = w->facts.deal.first[group]; i < w->facts.deal.first[group + 1]; i++) {
            const loom_task *task = loom_plan_task(w->facts.plan, i);
            take_task(w, shard, task, task->input_path != input);
            input = task->input_path;
        }
        if (w->text.size >= PIECE)
            status = flush(w, file, &sum, err);
        if (status == LOOM_OK)
            status = check_stop(w, err);
    }
    if (status == LOOM_OK)
        status = flush(w, file, &sum, err);
    loom_sha256_end(&sum, shard->sha256);
    return status;
}

/* Closes it; what was written is on disk then. */
static loom_status close_synced(int file, loom_status status, loom_error *err)
{
    if (status == LOOM_OK && fsync(file) != 0)
        status = fail(err, "cannot write the plan");
    if (close(file) != 0 && status == LOOM_OK)
        status = fail(err, "cannot write the plan");
    return status;
}

static int make_file(int folder, const char *name)
{
    return openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
}

static loom_status write_lists(writer *w, loom_error *err)
{
    loom_status status = LOOM_OK;
    char name[32];

    w->facts.table = w->table = loom_alloc_array(w->facts.deal.shards, sizeof *w->table);
    if (w->table == NULL)
        return no_memory(err);
    for (unsigned i = 0; i < w->facts.deal.shards && status == LOOM_OK; i++) {
        list_name(name, i);
        const int file = make_file(w->lists, name);
        if (file < 0)
            return fail(err, "cannot make a list");
        w->list_count++;
        status = close_synced(file, write_items(w, i, file, err), err);
    }
    if (status == LOOM_OK && fsync(w->lists) != 0)
        status = fail(err, "cannot write the plan");
    return status;
}

/* ---- plan.json ----------------------------------------------------------- */

static loom_status make_id(char id[LOOM_PLAN_ID_SIZE + 1], loom_error *err)
{
    unsigned char random[LOOM_PLAN_ID_SIZE / 2];

    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return fail(err, "no random number for the plan's id");
    for (size_t i = 0; i < sizeof random; i++)
        (void)snprintf(id + 2 * i, 3, "%02x", random[i]);
    return LOOM_OK;
}

static loom_status write_plan(writer *w, loom_error *err)
{
    char id[LOOM_PLAN_ID_SIZE + 1];
    char *working_directory = getcwd(NULL, 0);
    loom_status status =
        working_directory != NULL ? make_id(id, err) : fail(err, "cannot find the current folder");

    if (status == LOOM_OK) {
        loom_compose_plan(&w->text, &w->facts, id, working_directory);
        status = w->text.failed ? no_memory(err) : LOOM_OK;
    }
    free(working_directory);
    if (status != LOOM_OK)
        return status;
    const int file = make_file(w->folder, TEMPORARY_NAME);
    if (file < 0)
        return fail(err, "cannot make " LOOM_PLAN_NAME);
    status = close_synced(file, flush(w, file, NULL, err), err);
    if (status == LOOM_OK)
        status = check_stop(w, err);
    if (status == LOOM_OK && (renameat(w->folder, TEMPORARY_NAME, w->folder, LOOM_PLAN_NAME) != 0 ||
                              fsync(w->folder) != 0))
        status = fail(err, "cannot write " LOOM_PLAN_NAME);
    return status;
}

/* ---- all ----------------------------------------------------------------- */

loom_status loom_shards_write(const char *path, const loom_plan *plan, uint64_t ignored,
                              const loom_shards_options *options, const loom_stop *stop,
                              loom_error *err)
{
    const loom_shards_options defaults = {.shards = 0};
    writer w = {.facts = {.plan = plan, .options = options, .ignored = ignored},
                .stop = stop,
                .folder = -1,
                .lists = -1};
    loom_error own = LOOM_ERROR_INIT;

    if (err == NULL)
        err = &own; /* the functions above read it */
    if (options == NULL)
        w.facts.options = options = &defaults;
    if (options->shards > LOOM_SHARDS_MAX || loom_plan_count(plan) == 0)
        return loom_usage(err, "a plan has 1 to 10000 shards, and something to do");
    loom_status status =
        loom_deal_make(&w.facts.deal, plan, options->shards) ? LOOM_OK : no_memory(err);
    if (status == LOOM_OK)
        status = make_folders(&w, path, err);
    if (status == LOOM_OK)
        status = write_lists(&w, err);
    if (status == LOOM_OK)
        status = write_plan(&w, err);
    if (status != LOOM_OK)
        undo(&w, path);
    if (w.lists >= 0)
        (void)close(w.lists);
    if (w.folder >= 0)
        (void)close(w.folder);
    loom_deal_release(&w.facts.deal);
    loom_strbuf_release(&w.text);
    free(w.table);
    return status;
}
