/* Reading reports. */
#include "fuzz.h"
#include <imgloom/reader.h>

#include <sys/mman.h>
#include <unistd.h>

static void on_notice(void *user, uint64_t line, const char *message)
{
    FUZZ_CHECK(user != NULL && message[0] != '\0');
    (void)line;
}

/* Rows and runs come in their order, and the end comes. */
static void read_all(loom_reader *reader, size_t size)
{
    loom_error error = LOOM_ERROR_INIT;
    const loom_record *record;
    size_t steps = 0;

    for (;;) {
        loom_error_clear(&error);
        const loom_status status = loom_reader_next(reader, &record, &error);
        FUZZ_CHECK(++steps <= 4 * size + 16);
        if (status != LOOM_OK) {
            FUZZ_CHECK(error.code == status && error.message[0] != '\0');
            continue;
        }
        if (record->kind == LOOM_RECORD_END)
            return;
        FUZZ_CHECK(record->run != NULL);
        FUZZ_CHECK(record->kind != LOOM_RECORD_ROW || record->row != NULL);
        if (record->text != NULL)
            FUZZ_CHECK(strlen(record->text) == record->size);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    loom_error error = LOOM_ERROR_INIT;
    loom_reader *reader = NULL;
    const int file = memfd_create("report", MFD_CLOEXEC);

    FUZZ_CHECK(file >= 0 && write(file, data, size) == (ssize_t)size);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    if (loom_reader_open(&reader, path, true, on_notice, path, &error) == LOOM_OK) {
        read_all(reader, size);
        if (loom_reader_rewind(reader, &error) == LOOM_OK)
            read_all(reader, size);
    }
    loom_reader_close(reader);
    (void)close(file);
    return 0;
}
