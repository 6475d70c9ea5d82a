#include "support/known.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NAME = 128 };

/* Whether the words of `list` hold the word. */
static bool holds(const char *list, const char *word)
{
    const size_t size = strlen(word);

    for (const char *at = list; (at = strstr(at, word)) != NULL; at += size)
        if ((at == list || at[-1] == ' ') && (at[size] == ' ' || at[size] == '\0'))
            return true;
    return false;
}

static int count_words(const char *list)
{
    int count = 0;

    for (; *list != '\0'; list++)
        count += *list != ' ' && (list[1] == ' ' || list[1] == '\0');
    return count;
}

/* Check's log has FILE:LINE:RESULT:CASE:TEST:NUMBER: of each test, its API lacks names. */
static bool judge(FILE *log, const char *known, int failed)
{
    int seen = 0, seen_failed = 0;
    char line[4096];

    while (fgets(line, sizeof line, log) != NULL) {
        char result, test[NAME - 16], name[NAME];
        int number;
        if (sscanf(line, "%*[^:]:%*[^:]:%c:%*[^:]:%111[^:]:%d:", &result, test, &number) != 3)
            continue;
        (void)snprintf(name, sizeof name, "%s:%d", test, number);
        if (!holds(known, name))
            continue;
        seen++;
        if (result == 'F')
            seen_failed++;
        else
            printf("%s is known to fail, and does not: see tests/known_failures.cmake\n", name);
    }
    printf("Known failures: %d, of which failed: %d\n", count_words(known), seen_failed);
    return seen == count_words(known) && seen_failed == seen && failed == seen;
}

bool known_run(SRunner *runner, const char *known)
{
    char path[] = "/tmp/imgloom-known-XXXXXX";
    const int made = mkstemp(path);
    bool good = false;

    if (made < 0) {
        perror(path);
        return false;
    }
    (void)close(made); /* tests may count their descriptors */
    srunner_set_log(runner, path);
    srunner_run_all(runner, CK_NORMAL);
    FILE *log = fopen(path, "r");
    if (log != NULL) {
        good = judge(log, known, srunner_ntests_failed(runner));
        (void)fclose(log);
    }
    (void)unlink(path);
    return good;
}
