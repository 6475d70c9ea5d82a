#include "engine/plugin.h"

const loom_plugin *loom_plugin_find(loom_error *err)
{
    (void)err;
    return &loom_plugin_table;
}
