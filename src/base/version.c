#include <imgloom/version.h>

const char *loom_version(void)
{
    return LOOM_VERSION;
}
