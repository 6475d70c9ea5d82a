#include "serve/etag.h"

#include <string.h>
#include <time.h>

static const char date_format[] = "%a, %d %b %Y %H:%M:%S GMT";

bool serve_etag_listed(const char *list, const char *etag)
{
    const size_t size = strlen(etag);

    while (*list != '\0') {
        list += strspn(list, ", \t");
        if (list[0] == '*' && list[1 + strspn(list + 1, " \t")] == '\0')
            return true;
        if (strncmp(list, "W/", 2) == 0)
            list += 2;
        if (*list != '"')
            return false;
        const char *end = strchr(list + 1, '"');
        if (end == NULL)
            return false;
        if ((size_t)(end + 1 - list) == size && memcmp(list, etag, size) == 0)
            return true;
        list = end + 1;
    }
    return false;
}

int64_t serve_date_parse(const char *text)
{
    struct tm parts = {.tm_year = 0};
    const char *end = strptime(text, date_format, &parts);

    return end != NULL && *end == '\0' ? (int64_t)timegm(&parts) : -1;
}

void serve_date_format(int64_t seconds, char *text, size_t size)
{
    const time_t time = (time_t)seconds;
    struct tm parts;

    if (gmtime_r(&time, &parts) == NULL || strftime(text, size, date_format, &parts) == 0)
        text[0] = '\0';
}
