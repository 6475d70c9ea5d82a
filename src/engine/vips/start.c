#include "engine/codec/svgz.h"
#include "engine/plugin.h"
#include "engine/vips/codecs.h"
#include "engine/vips/load.h"
#include "engine/vips/messages.h"
#include "engine/vips/meta_limit.h"
#include "engine/vips/modules.h"
#include "engine/vips/probe.h"
#include <imgloom/version.h>
#include <vips/vips.h>

static loom_status start(bool allow_untrusted, loom_error *err)
{
    loom_vips_log_install();
    if (!loom_vips_init()) {
        vips_error_clear();
        return loom_error_set(err, LOOM_ERR_INTERNAL, LOOM_STAGE_NONE, "libvips cannot start");
    }
    vips_concurrency_set(1); /* one thread an image: the pool has the parallelism */
    vips_cache_set_max(0);
    loom_vips_block_loaders(allow_untrusted);
    loom_codecs_start();
    return LOOM_OK;
}

static bool reads(loom_format format)
{
    return loom_stb_reads(format) || loom_vips_reads(format);
}

const loom_plugin loom_plugin_table = {
    .layout = LOOM_PLUGIN_LAYOUT,
    .version = LOOM_VERSION,
    .lane = &loom_lane_vips,
    .start = start,
    .reads = reads,
    .read_header = loom_vips_read_header,
    .unpack = loom_svgz_unpack,
    .limit_metadata = loom_vips_limit_text,
    .codec = loom_codecs_get,
    .vips_version = loom_codecs_vips_version,
};
