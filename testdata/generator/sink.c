#include "sink.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "encode.h"

bool read_whole(const char *path, loom_strbuf *content)
{
    char block[65536];
    size_t got;
    FILE *file = fopen(path, "rb");

    if (file == NULL) {
        (void)fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return false;
    }
    while ((got = fread(block, 1, sizeof block, file)) > 0)
        loom_strbuf_add(content, block, got);
    bool good = ferror(file) == 0 && !content->failed;
    if (!good)
        (void)fprintf(stderr, "%s: cannot be read\n", path);
    (void)fclose(file);
    return good;
}

static bool make_folder(const char *path)
{
    return mkdir(path, 0777) == 0 || errno == EEXIST;
}

/* The root and one folder below: deeper ones there are none. */
static bool make_folders(const sink *to, const char *full)
{
    loom_strbuf folder = LOOM_STRBUF_INIT;

    loom_strbuf_add_str(&folder, full);
    loom_strbuf_truncate(&folder, (size_t)(strrchr(full, '/') - full));
    bool good = !folder.failed && make_folder(to->root) && make_folder(loom_strbuf_str(&folder));
    loom_strbuf_release(&folder);
    return good;
}

static const char *write_file(const sink *to, const char *full, const loom_strbuf *content)
{
    FILE *file;

    if (!make_folders(to, full))
        return strerror(errno);
    file = fopen(full, "wb");
    if (file == NULL)
        return strerror(errno);
    bool good = fwrite(loom_strbuf_str(content), 1, content->size, file) == content->size;
    if (fclose(file) != 0 || !good)
        return "cannot be written";
    return NULL;
}

static const char *compare_file(const char *full, const loom_strbuf *made, likeness like)
{
    loom_strbuf found = LOOM_STRBUF_INIT;
    const char *wrong = NULL;

    if (!read_whole(full, &found))
        wrong = "is missing";
    else if (like == EXACT)
        wrong = found.size == made->size &&
                        memcmp(loom_strbuf_str(&found), loom_strbuf_str(made), made->size) == 0
                    ? NULL
                    : "is not what the generator makes";
    else if (like == SAME_SHAPE && !same_shape(found.data, found.size, made->data, made->size))
        wrong = "has another shape than what the generator makes";
    else if (found.size == 0)
        wrong = "is empty";
    loom_strbuf_release(&found);
    return wrong;
}

void sink_put(sink *to, const char *path, loom_strbuf *file, likeness like)
{
    const char *wrong;
    loom_strbuf full = LOOM_STRBUF_INIT;

    loom_strbuf_add_format(&full, "%s/%s", to->root, path);
    to->files++;
    if (file->failed || full.failed)
        wrong = "could not be made";
    else if (!to->check)
        wrong = write_file(to, loom_strbuf_str(&full), file);
    else
        wrong = compare_file(loom_strbuf_str(&full), file, like);
    if (wrong == NULL && to->index != NULL && strstr(to->index, path) == NULL)
        wrong = "does not stand in README.md";
    if (wrong != NULL) {
        (void)fprintf(stderr, "%s: %s\n", path, wrong);
        to->failures++;
    }
    loom_strbuf_release(file);
    loom_strbuf_release(&full);
}
