/* Truevision TGA, which has no magic number. */
#include "format/container.h"

const loom_container loom_container_tga = {.sniff = NULL};
