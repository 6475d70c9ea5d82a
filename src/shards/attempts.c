/* Which attempts there were: the names in RUN/reports. */
#include "shards/folder.h"

#include "base/error.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static loom_status no_memory(loom_error *err)
{
    return loom_no_memory(err, LOOM_STAGE_NONE, "for the attempts of a plan");
}

char *loom_shards_report_path(const loom_shards *shards, unsigned shard, const char *attempt)
{
    return loom_shards_path(shards, "%s/" LOOM_SHARD_FORMAT ".%s" LOOM_LIST_END, LOOM_REPORTS_NAME,
                            shard, attempt);
}

/*
 * Splits "00017.ATTEMPT.ndjson": sets *shard, and *name to ATTEMPT, *size bytes. False: it is the
 * name of something else.
 */
static bool split_name(const char *file, unsigned *shard, const char **name, size_t *size)
{
    const size_t length = strlen(file), end = sizeof LOOM_LIST_END - 1;

    if (strspn(file, "0123456789") != LOOM_SHARD_DIGITS || file[LOOM_SHARD_DIGITS] != '.' ||
        length <= LOOM_SHARD_DIGITS + 1 + end || strcmp(file + length - end, LOOM_LIST_END) != 0)
        return false;
    *shard = (unsigned)strtoul(file, NULL, 10);
    *name = file + LOOM_SHARD_DIGITS + 1;
    *size = length - LOOM_SHARD_DIGITS - 1 - end;
    return true;
}

static bool add(loom_shards *shards, unsigned shard, const char *name, size_t size)
{
    if (!loom_grow((void **)(void *)&shards->attempts, &shards->attempt_capacity,
                   shards->attempt_count + 1, sizeof *shards->attempts))
        return false;
    loom_attempt *attempt = &shards->attempts[shards->attempt_count];
    *attempt = (loom_attempt){.shard = shard, .name = loom_arena_copy(&shards->arena, name, size)};
    char *path =
        attempt->name != NULL ? loom_shards_report_path(shards, shard, attempt->name) : NULL;
    attempt->path = path != NULL ? loom_arena_copy(&shards->arena, path, strlen(path)) : NULL;
    free(path);
    shards->attempt_count += attempt->path != NULL;
    return attempt->path != NULL;
}

/* To open a FIFO would take for ever. */
static bool may_be_file(const struct dirent *entry)
{
    return entry->d_type == DT_REG || entry->d_type == DT_LNK || entry->d_type == DT_UNKNOWN;
}

static loom_status list_names(loom_shards *shards, DIR *listing, loom_error *err)
{
    const struct dirent *entry;
    const char *name;
    unsigned shard;
    size_t size;

    while (errno = 0, (entry = readdir(listing)) != NULL)
        if (may_be_file(entry) && split_name(entry->d_name, &shard, &name, &size) &&
            shard < shards->info.shards && !add(shards, shard, name, size))
            return no_memory(err);
    return errno == 0 ? LOOM_OK
                      : loom_error_set_errno(err, LOOM_STAGE_NONE, errno,
                                             "cannot list the reports of a plan");
}

static int compare(const void *left, const void *right)
{
    const loom_attempt *one = left, *other = right;

    if (one->shard != other->shard)
        return one->shard < other->shard ? -1 : 1;
    return strcmp(one->name, other->name);
}

static void set_ranges(loom_shards *shards)
{
    memset(shards->ranges, 0, shards->info.shards * sizeof *shards->ranges);
    for (size_t i = shards->attempt_count; i-- > 0;) {
        loom_attempt_range *range = &shards->ranges[shards->attempts[i].shard];
        range->first = (uint32_t)i;
        range->count++;
    }
}

loom_status loom_shards_find_attempts(loom_shards *shards, loom_error *err)
{
    char *path = loom_shards_path(shards, "%s", LOOM_REPORTS_NAME);

    loom_arena_release(&shards->arena);
    shards->attempt_count = 0;
    if (shards->ranges == NULL)
        shards->ranges = loom_alloc_array(shards->info.shards, sizeof *shards->ranges);
    if (path == NULL || shards->ranges == NULL) {
        free(path);
        return no_memory(err);
    }
    DIR *listing = opendir(path);
    loom_status status = listing != NULL
                             ? list_names(shards, listing, err)
                             : loom_error_set_errno(err, LOOM_STAGE_NONE, errno,
                                                    "cannot list the reports of a plan");
    if (listing != NULL)
        (void)closedir(listing);
    free(path);
    if (status != LOOM_OK)
        shards->attempt_count = 0;
    if (shards->attempt_count > 0)
        qsort(shards->attempts, shards->attempt_count, sizeof *shards->attempts, compare);
    set_ranges(shards);
    return status;
}

size_t loom_shards_attempt_count(const loom_shards *shards, unsigned shard)
{
    return shards->ranges != NULL ? shards->ranges[shard].count : 0;
}

const loom_attempt *loom_shards_attempt(const loom_shards *shards, unsigned shard, size_t index)
{
    return &shards->attempts[shards->ranges[shard].first + index];
}
