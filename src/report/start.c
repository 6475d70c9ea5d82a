/* How a run was started: on what machine, by what command line, and at what shard. */
#include "report/write.h"

#include "base/text.h"
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

/* The processor's name as the kernel tells it, or null. */
static void put_processor(loom_json *json)
{
    FILE *file = fopen("/proc/cpuinfo", "re");
    const char *name = NULL;
    char line[512];

    while (file != NULL && name == NULL && fgets(line, sizeof line, file) != NULL) {
        char *colon = strncmp(line, "model name", 10) == 0 ? strchr(line, ':') : NULL;
        if (colon == NULL)
            continue;
        name = colon + 1 + strspn(colon + 1, " \t");
        line[strcspn(line, "\n")] = '\0';
    }
    loom_json_key(json, "processor");
    loom_json_string(json, name);
    if (file != NULL)
        (void)fclose(file);
}

/* Reports of two machines cannot be compared by their times. */
static void put_machine(loom_json *json)
{
    struct utsname system;
    const bool known = uname(&system) == 0;

    loom_json_key(json, "machine");
    loom_json_begin(json, '{');
    put_processor(json);
    loom_json_key(json, "cpus");
    loom_json_uint(json, loom_cpu_count());
    loom_json_key(json, "memoryBytes");
    loom_json_uint(json, loom_memory_limit());
    loom_json_key(json, "system");
    loom_json_string(json, known ? system.sysname : NULL);
    loom_json_key(json, "release");
    loom_json_string(json, known ? system.release : NULL);
    loom_json_end(json, '}');
}

typedef void put_word(loom_json *json, const char *word);

static void put_base64(loom_json *json, const char *word)
{
    loom_json_base64(json, word, strlen(word));
}

static void put_words(loom_json *json, const char *key, const char *const *words, put_word *put)
{
    loom_json_key(json, key);
    loom_json_begin(json, '[');
    for (; *words != NULL; words++)
        put(json, *words);
    loom_json_end(json, ']');
}

static bool are_valid(const char *const *words)
{
    for (; *words != NULL; words++)
        if (!loom_utf8_valid(*words, strlen(*words)))
            return false;
    return true;
}

/*
 * A path may be one of the words. If any is not UTF-8, all are written in Base64, too, because a
 * string cannot hold it.
 */
void loom_write_start(loom_json *json, const char *const *command_line)
{
    put_machine(json);
    if (command_line == NULL) {
        loom_json_key(json, "commandLine");
        loom_json_null(json);
        return;
    }
    put_words(json, "commandLine", command_line, loom_json_string);
    if (!are_valid(command_line))
        put_words(json, "commandLineBase64", command_line, put_base64);
}

void loom_write_attempt(loom_json *json, const loom_run_attempt *attempt)
{
    loom_json_key(json, "plan");
    loom_json_begin(json, '{');
    loom_json_key(json, "id");
    loom_json_string(json, attempt->plan);
    loom_json_key(json, "shard");
    loom_json_uint(json, attempt->shard);
    loom_json_key(json, "shards");
    loom_json_uint(json, attempt->shards);
    loom_json_key(json, "attempt");
    loom_json_string(json, attempt->name);
    loom_json_key(json, "job");
    loom_json_string(json, attempt->job);
    loom_json_end(json, '}');
}
