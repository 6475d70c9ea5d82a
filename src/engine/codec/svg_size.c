#include "engine/codec/svg_size.h"

#include "format/svg.h"
#include <stdlib.h>
#include <string.h>

loom_status loom_svg_give_size(loom_input *input, loom_error *err)
{
    loom_svg_gap gap;

    if (!loom_svg_missing_size((loom_bytes){input->data, input->size}, &gap))
        return LOOM_OK;
    const size_t more = strlen(gap.attributes);
    unsigned char *data = input->size <= SIZE_MAX - more - LOOM_INPUT_SLACK
                              ? malloc(input->size + more + LOOM_INPUT_SLACK)
                              : NULL;
    if (data == NULL)
        return loom_error_set(err, LOOM_ERR_OUT_OF_MEMORY, LOOM_STAGE_PROBE,
                              "no memory for the drawing");
    for (unsigned i = 0; i < gap.blank_count; i++)
        memset(input->data + gap.blanks[i].from, ' ', gap.blanks[i].end - gap.blanks[i].from);
    memcpy(data, input->data, gap.at);
    memcpy(data + gap.at, gap.attributes, more);
    memcpy(data + gap.at + more, input->data + gap.at, input->size - gap.at);
    memset(data + input->size + more, 0, LOOM_INPUT_SLACK);
    free(input->data);
    input->data = data;
    input->size += more;
    return LOOM_OK;
}
