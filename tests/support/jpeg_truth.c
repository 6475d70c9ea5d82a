#include "support/jpeg_truth.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

enum { COMPONENTS = 4 };

struct jpeg_truth {
    struct jpeg_decompress_struct cinfo;
    struct jpeg_error_mgr errors;
    jmp_buf failed;
    jvirt_barray_ptr *arrays;
    int k[COMPONENTS];
    size_t looks;
    unsigned natural[DCTSIZE2]; /* of each place in zigzag order, 8 * row + column */
};

static void on_error(j_common_ptr cinfo)
{
    longjmp(((jpeg_truth *)cinfo->client_data)->failed, 1);
}

static void on_message(j_common_ptr cinfo, int level)
{
    cinfo->err->num_warnings += level < 0;
}

static void number(jpeg_truth *truth)
{
    unsigned count = 0;

    for (unsigned d = 0; d < 15; d++) /* along the diagonals, each the other way round */
        for (unsigned i = 0; i <= d; i++) {
            const unsigned row = d % 2 == 0 ? d - i : i, column = d - row;
            if (row < DCTSIZE && column < DCTSIZE)
                truth->natural[count++] = DCTSIZE * row + column;
        }
}

static bool is_right(jpeg_truth *truth, const void *data, size_t size)
{
    if (setjmp(truth->failed) != 0)
        return false;
    jpeg_create_decompress(&truth->cinfo);
    jpeg_mem_src(&truth->cinfo, data, size);
    (void)jpeg_read_header(&truth->cinfo, TRUE);
    truth->arrays = jpeg_read_coefficients(&truth->cinfo);
    return truth->errors.num_warnings == 0;
}

jpeg_truth *jpeg_truth_read(const void *data, size_t size)
{
    jpeg_truth *truth = calloc(1, sizeof *truth);

    if (truth == NULL)
        abort();
    number(truth);
    truth->cinfo.err = jpeg_std_error(&truth->errors);
    truth->cinfo.client_data = truth;
    truth->errors.error_exit = on_error;
    truth->errors.emit_message = on_message;
    if (is_right(truth, data, size))
        return truth;
    jpeg_truth_free(truth);
    return NULL;
}

void jpeg_truth_free(jpeg_truth *truth)
{
    if (truth != NULL)
        jpeg_destroy_decompress(&truth->cinfo);
    free(truth);
}

const struct jpeg_decompress_struct *jpeg_truth_info(const jpeg_truth *truth)
{
    return &truth->cinfo;
}

void jpeg_truth_set(jpeg_truth *truth, unsigned component, int k)
{
    truth->k[component] = k;
}

bool jpeg_truth_look(void *data, unsigned component, uint32_t x, uint32_t y,
                     const int16_t *coefficients)
{
    jpeg_truth *truth = data;
    const jpeg_component_info *info = &truth->cinfo.comp_info[component];
    const unsigned k = (unsigned)truth->k[component];

    if (x >= info->width_in_blocks || y >= info->height_in_blocks)
        return true;
    truth->looks++;
    const JBLOCKARRAY rows = truth->cinfo.mem->access_virt_barray(
        (j_common_ptr)&truth->cinfo, truth->arrays[component], y, 1, FALSE);
    for (unsigned i = 0; i < DCTSIZE2; i++) {
        const unsigned place = truth->natural[i];
        if (place % DCTSIZE < k && place / DCTSIZE < k && rows[0][x][place] != coefficients[i])
            return false;
    }
    return true;
}

size_t jpeg_truth_looks(jpeg_truth *truth)
{
    const size_t looks = truth->looks;

    truth->looks = 0;
    return looks;
}
