/* The probe of images whose headers only libvips or a decoder of ours reads. */
#ifndef LOOM_ENGINE_VIPS_PROBE_H
#define LOOM_ENGINE_VIPS_PROBE_H

#include "engine/lane.h"

/* As read_header of loom_plugin. */
loom_status loom_vips_read_header(const loom_input *input, loom_integrity integrity,
                                  loom_header *header, loom_error *err);

/* As settle of loom_plugin. */
void loom_vips_settle(loom_lane_job *job);

#endif
