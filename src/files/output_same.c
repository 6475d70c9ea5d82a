/* Whether two paths are one output. */
#include <imgloom/plan.h>

#include "files/folder_case.h"
#include "files/naming.h"
#include "files/path.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef enum likeness { DIFFERENT = 0, BUT_FOR_CASE, SAME } likeness;

static likeness compare(const char *one, const char *other)
{
    loom_strbuf folded = LOOM_STRBUF_INIT, other_folded = LOOM_STRBUF_INIT;

    if (strcmp(one, other) == 0)
        return SAME;
    loom_naming_fold(&folded, one, strlen(one));
    loom_naming_fold(&other_folded, other, strlen(other));
    const bool same = strcmp(loom_strbuf_str(&folded), loom_strbuf_str(&other_folded)) == 0;
    loom_strbuf_release(&folded);
    loom_strbuf_release(&other_folded);
    return same ? BUT_FOR_CASE : DIFFERENT;
}

/* The real path of the folder that a file is in, also where it is yet to be made; NULL: unknown. */
static char *real_folder(const char *path)
{
    const size_t size = loom_path_above(path, strlen(path));
    loom_strbuf plain = LOOM_STRBUF_INIT;
    char *folder = strndup(path, size);
    char *real = folder != NULL ? loom_path_real(size > 0 ? folder : ".") : NULL;

    free(folder);
    if (real == NULL)
        return NULL;
    (void)loom_naming_tree(&plain, real, strlen(real));
    if (plain.size == 0)
        loom_strbuf_add_char(&plain, '/');
    free(real);
    return loom_strbuf_take(&plain);
}

/* Of a folder, by its real path, that may be yet to be made. */
static bool ignores_case(char *real)
{
    int folder;

    while ((folder = loom_path_open(real, O_PATH | O_DIRECTORY)) < 0 && real[1] != '\0') {
        const size_t above = loom_path_above(real, strlen(real));
        real[above > 1 ? above : 1] = '\0';
    }
    const bool ignores = folder >= 0 && loom_folder_folding(folder) == LOOM_FOLDING_CASE;
    if (folder >= 0)
        (void)close(folder);
    return ignores;
}

bool loom_output_is_same(const char *one, const char *other)
{
    struct stat info, other_info;

    if (loom_path_stat(one, &info) == 0 && loom_path_stat(other, &other_info) == 0 &&
        loom_path_same(loom_path_id(&info), loom_path_id(&other_info)))
        return true;
    const likeness names = compare(loom_path_base(one), loom_path_base(other));
    if (names == DIFFERENT)
        return false;
    char *folder = real_folder(one), *other_folder = real_folder(other);
    bool same = folder != NULL && other_folder != NULL;
    if (same) {
        const likeness folders = compare(folder, other_folder);
        same = folders != DIFFERENT && ((names == SAME && folders == SAME) || ignores_case(folder));
    }
    free(folder);
    free(other_folder);
    return same;
}

static void fold_name(loom_strbuf *folded, const char *path)
{
    const char *name = loom_path_base(path);

    loom_strbuf_truncate(folded, 0);
    loom_naming_fold(folded, name, strlen(name));
}

bool loom_plan_is_output(const loom_plan *plan, const char *path)
{
    char *target = realpath(path, NULL); /* where a link leads */
    loom_strbuf own = LOOM_STRBUF_INIT, led_to = LOOM_STRBUF_INIT, name = LOOM_STRBUF_INIT;
    bool found = false;

    /* There may be a million: what does not bear one of these names is not looked at further. */
    fold_name(&own, path);
    fold_name(&led_to, target != NULL ? target : path);
    for (size_t i = 0; i < loom_plan_count(plan) && !found; i++) {
        const char *output = loom_plan_task(plan, i)->output_path;
        if (output == NULL)
            continue;
        fold_name(&name, output);
        const bool unknown = name.failed || own.failed || led_to.failed;
        found = (unknown || strcmp(loom_strbuf_str(&name), loom_strbuf_str(&own)) == 0 ||
                 strcmp(loom_strbuf_str(&name), loom_strbuf_str(&led_to)) == 0) &&
                loom_output_is_same(output, path);
    }
    loom_strbuf_release(&own);
    loom_strbuf_release(&led_to);
    loom_strbuf_release(&name);
    free(target);
    return found;
}
