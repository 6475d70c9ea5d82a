#include "engine/vips_side.h"

const loom_vips_side *loom_vips_side_find(loom_error *err)
{
    (void)err;
    return &loom_vips_table;
}
