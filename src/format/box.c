#include "format/box.h"

loom_box_result loom_box_find(loom_bytes in, const char type[4], loom_bytes *content)
{
    *content = (loom_bytes){NULL, 0};
    for (size_t at = 0, head; in.size - at >= 8;) {
        const unsigned char *box = in.data + at;
        const size_t left = in.size - at;
        uint64_t length = loom_be32(box);
        head = 8;
        if (length == 0) /* to the end of the file */
            length = left;
        if (length == 1) {
            head = 16;
            if (left < head)
                return LOOM_BOX_CUT;
            length = loom_be64(box + 8);
        }
        if (length < head)
            return LOOM_BOX_DAMAGED;
        if (length > left)
            return LOOM_BOX_CUT;
        if (memcmp(box + 4, type, 4) == 0) {
            *content = (loom_bytes){box + head, (size_t)length - head};
            return LOOM_BOX_FOUND;
        }
        at += (size_t)length;
    }
    return LOOM_BOX_CUT;
}

bool loom_box_find_full(loom_bytes in, const char type[4], loom_bytes *content)
{
    loom_bytes box;

    if (loom_box_find(in, type, &box) != LOOM_BOX_FOUND || box.size < 4)
        return false;
    *content = loom_bytes_from(box, 4);
    return true;
}
