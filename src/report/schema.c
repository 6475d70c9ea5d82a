#include <imgloom/report.h>

/* schema/report.schema.json, embedded by the build. */
extern const char loom_schema_text[];
extern const size_t loom_schema_text_size;

const char *loom_report_schema(size_t *size)
{
    *size = loom_schema_text_size;
    return loom_schema_text;
}
