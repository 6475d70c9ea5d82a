/* Inputs that are listed in a file or on standard input. */
#include "files/scan_walk.h"

#include "base/error.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As getdelim; also -1 if the scan must end: the signal may cut an item short. */
static ssize_t read_item(loom_scan *scan, char **item, size_t *capacity, int end, FILE *list)
{
    if (loom_scan_must_stop(scan))
        return -1;
    errno = 0;
    const ssize_t length = getdelim(item, capacity, end, list);
    return loom_scan_must_stop(scan) ? -1 : length;
}

static loom_status read_list(loom_scan *scan, FILE *list, bool null, unsigned input,
                             loom_error *err)
{
    loom_status status = LOOM_OK;
    const int end = null ? '\0' : '\n';
    char *item = NULL;
    size_t capacity = 0;
    ssize_t length;

    while ((length = read_item(scan, &item, &capacity, end, list)) > 0) {
        size_t size = (size_t)length;
        if (item[size - 1] == (char)end)
            item[--size] = '\0';
        if (strlen(item) < size) {
            status =
                loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_SCAN,
                               "the list contains a NUL byte, but its paths must end in newlines");
            break;
        }
        if (size > 0 && !loom_scan_add_path(scan, item, input)) {
            status = loom_no_memory(err, LOOM_STAGE_SCAN, NULL);
            break;
        }
    }
    if (status == LOOM_OK && !scan->stopped && !feof(list))
        status = loom_error_set_errno(err, LOOM_STAGE_SCAN, errno, "cannot read the list");
    free(item);
    return status;
}

loom_status loom_scan_add_list(loom_scan *scan, const char *list_path, bool null, loom_error *err)
{
    bool standard = strcmp(list_path, "-") == 0;
    unsigned input;

    FILE *list = standard ? stdin : fopen(list_path, "re");
    if (list == NULL && loom_scan_must_stop(scan)) /* a FIFO, which waits for its writer */
        return LOOM_OK;
    if (list == NULL)
        return loom_error_set_errno(err, LOOM_STAGE_SCAN, errno, "cannot open the list");
    loom_status status = LOOM_OK;
    if (loom_scan_add_input(scan, list_path, &input)) {
        scan->inputs[input].kind = LOOM_INPUT_LISTED;
        status = read_list(scan, list, null, input, err);
    } else {
        status = loom_no_memory(err, LOOM_STAGE_SCAN, NULL);
    }
    if (!standard)
        (void)fclose(list);
    return status;
}
