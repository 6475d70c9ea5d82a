#include "engine/plugin.h"

#include <imgloom/version.h>
#include <string.h>

/* Written once, by the thread that started the engine; threads may be at work. */
static const loom_plugin *_Atomic started;

loom_status loom_plugin_start(bool allow_untrusted, loom_error *err)
{
    if (started != NULL)
        return LOOM_OK;
    loom_error why = LOOM_ERROR_INIT;
    const loom_plugin *found = loom_plugin_find(&why);
    if (found == NULL)
        return loom_error_set(err, why.code, why.stage, "%s", why.message);
    if (found->layout != LOOM_PLUGIN_LAYOUT || strcmp(found->version, LOOM_VERSION) != 0)
        return loom_error_set(err, LOOM_ERR_INTERNAL, LOOM_STAGE_NONE,
                              "imgloom-vips.so is of another version of imgloom");
    const loom_status status = found->start(allow_untrusted, err);
    if (status == LOOM_OK)
        started = found;
    return status;
}

const loom_plugin *loom_plugin_get(void)
{
    return started;
}
