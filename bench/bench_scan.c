/*
 * Times scanning and planning, the part of a run that grows with the number of files alone.
 *
 *   bench_scan --make N FOLDER   makes N empty files in FOLDER, 1000 in each sub-folder
 *   bench_scan FOLDER [OUTPUT]   scans FOLDER and plans outputs below OUTPUT (or beside the files)
 *
 * Prints counts, seconds and the peak resident set. Files are made by another process than the
 * one measured, so that making them does not count.
 */
#include <imgloom/plan.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FILES_PER_FOLDER = 1000 };

static double seconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int make_files(const char *folder, unsigned long count)
{
    char name[64];

    if ((mkdir(folder, 0777) != 0 && errno != EEXIST) || chdir(folder) != 0) {
        perror(folder);
        return EXIT_FAILURE;
    }
    for (unsigned long i = 0; i < count; i++) {
        (void)snprintf(name, sizeof name, "folder-%04lu", i / FILES_PER_FOLDER);
        if (i % FILES_PER_FOLDER == 0 && mkdir(name, 0777) != 0 && errno != EEXIST) {
            perror(name);
            return EXIT_FAILURE;
        }
        (void)snprintf(name, sizeof name, "folder-%04lu/image-%07lu.jpg", i / FILES_PER_FOLDER, i);
        int file = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
        if (file < 0 || close(file) != 0) {
            perror(name);
            return EXIT_FAILURE;
        }
    }
    return EXIT_SUCCESS;
}

static int measure(const char *folder, const char *output)
{
    const loom_scan_options scan_options = {.output_root = output};
    const loom_plan_options plan_options = {.output_root = output};
    const loom_recipe recipe = {.auto_orient = true};
    loom_error error = LOOM_ERROR_INIT;
    loom_plan *plan = NULL;
    struct rusage usage;
    int result = EXIT_FAILURE;

    double start = seconds();
    loom_scan *scan = loom_scan_create(&scan_options);
    if (scan == NULL || loom_scan_add(scan, folder, &error) != LOOM_OK)
        goto done;
    double scanned = seconds();
    if (loom_plan_create(&plan, scan, &recipe, &plan_options, &error) != LOOM_OK)
        goto done;
    double planned = seconds();
    size_t failed = 0;
    for (size_t i = 0; i < loom_plan_count(plan); i++)
        failed += loom_plan_task(plan, i)->error != NULL;
    if (getrusage(RUSAGE_SELF, &usage) != 0)
        goto done;
    printf("%zu tasks (%zu failed): scan %.3f s, plan %.3f s, peak %.1f MiB\n",
           loom_plan_count(plan), failed, scanned - start, planned - scanned,
           (double)usage.ru_maxrss / 1024);
    result = EXIT_SUCCESS;
done:
    if (result != EXIT_SUCCESS)
        (void)fprintf(stderr, "bench_scan: %s\n", error.message);
    loom_plan_free(plan);
    loom_scan_free(scan);
    return result;
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "--make") == 0)
        return make_files(argv[3], strtoul(argv[2], NULL, 10));
    if (argc == 2 || argc == 3)
        return measure(argv[1], argc == 3 ? argv[2] : NULL);
    (void)fputs("usage: bench_scan --make N FOLDER\n       bench_scan FOLDER [OUTPUT]\n", stderr);
    return 2;
}
