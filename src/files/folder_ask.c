/* In a file of its own, so that a test can answer for a file system. */
#include "files/folder_set.h"

#include "base/strbuf.h"
#include "files/output.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static void change_case(char *name)
{
    for (; *name != '\0'; name++)
        if ((*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z'))
            *name = (char)(*name ^ ('a' ^ 'A'));
}

loom_folding loom_folder_ask(const loom_output_tree *tree, const char *folder)
{
    loom_folding folding = LOOM_FOLDING_UNKNOWN;
    loom_strbuf path = LOOM_STRBUF_INIT;
    loom_output output;
    char other[sizeof output.temporary];
    struct stat info;

    loom_strbuf_add_str(&path, folder);
    if (path.size > 0 && folder[path.size - 1] != '/')
        loom_strbuf_add_char(&path, '/');
    loom_strbuf_add_str(&path, "names"); /* which is never made: the temporary file is asked */
    if (!path.failed && loom_output_open(&output, tree, path.data, NULL) == LOOM_OK) {
        memcpy(other, output.temporary, sizeof other);
        change_case(other);
        if (fstatat(output.folder, other, &info, AT_SYMLINK_NOFOLLOW) == 0)
            folding = LOOM_FOLDING_CASE;
        else if (errno == ENOENT)
            folding = LOOM_FOLDING_NONE;
        loom_output_abort(&output);
    }
    loom_strbuf_release(&path);
    return folding;
}
