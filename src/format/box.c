#include "format/box.h"

loom_box_result loom_box_next(loom_bytes *rest, loom_box *box)
{
    size_t head = 8;

    if (rest->size < head)
        return LOOM_BOX_CUT;
    uint64_t length = loom_be32(rest->data);
    if (length == 0) /* to the end of the file */
        length = rest->size;
    if (length == 1) {
        head = 16;
        if (rest->size < head)
            return LOOM_BOX_CUT;
        length = loom_be64(rest->data + 8);
    }
    if (length < head)
        return LOOM_BOX_DAMAGED;
    if (length > rest->size)
        return LOOM_BOX_CUT;
    *box = (loom_box){loom_be32(rest->data + 4),
                      {rest->data + head, (size_t)length - head},
                      {rest->data, (size_t)length}};
    *rest = loom_bytes_from(*rest, (size_t)length);
    return LOOM_BOX_FOUND;
}

loom_box_result loom_box_find(loom_bytes in, const char type[4], loom_bytes *content)
{
    loom_box_result result;
    loom_box box;

    *content = (loom_bytes){NULL, 0};
    while ((result = loom_box_next(&in, &box)) == LOOM_BOX_FOUND)
        if (box.type == LOOM_FOURCC(type)) {
            *content = box.content;
            break;
        }
    return result;
}

bool loom_box_find_full(loom_bytes in, const char type[4], loom_bytes *content)
{
    loom_bytes box;

    if (loom_box_find(in, type, &box) != LOOM_BOX_FOUND || box.size < 4)
        return false;
    *content = loom_bytes_from(box, 4);
    return true;
}

uint64_t loom_numbers_next(loom_numbers *numbers, unsigned bytes)
{
    uint64_t value = 0;

    if (numbers->rest.size < bytes) {
        numbers->past_end = true;
        numbers->rest.size = 0;
        return 0;
    }
    for (unsigned i = 0; i < bytes; i++)
        value = value << 8 | numbers->rest.data[i];
    numbers->rest.data += bytes;
    numbers->rest.size -= bytes;
    return value;
}
