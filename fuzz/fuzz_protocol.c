/*
 * What a worker and its parent read of each other. The bytes are, for the parent, an answer, and
 * the header of a file in memory; and for a worker, requests, as they come through a socket.
 */
#include "batch/job.h"
#include "fuzz.h"
#include "isolation/protocol.h"

#include <sys/socket.h>
#include <unistd.h>

/* With a head that is right the rest is reached sooner. */
static void read_answer(const uint8_t *data, size_t size, size_t count, bool honest_head)
{
    static const char *const lanes[] = {"jpeg", "vips", NULL};
    loom_outcome outcomes[LOOM_SIZES_MAX];
    size_t sizes[LOOM_SIZES_MAX];
    uint64_t ticket = 0, rows = count;
    char *copy = fuzz_copy(data, size);

    if (size >= sizeof(loom_message_head) + sizeof rows) {
        if (honest_head) {
            loom_message_start((loom_message_head *)(void *)copy, LOOM_MESSAGE_ANSWER, size, 7);
            memcpy(copy + sizeof(loom_message_head), &rows, sizeof rows);
        }
        memcpy(&ticket, copy + offsetof(loom_message_head, ticket), sizeof ticket);
    }
    for (size_t i = 0; i < count; i++)
        loom_outcome_init(&outcomes[i]);
    if (loom_answer_read(copy, size, ticket, lanes, outcomes, sizes, count))
        for (size_t i = 0; i < count; i++) {
            FUZZ_CHECK(outcomes[i].result < LOOM_RESULT_COUNT);
            FUZZ_CHECK(outcomes[i].error.code < LOOM_STATUS_COUNT);
            FUZZ_CHECK(memchr(outcomes[i].error.message, '\0', sizeof outcomes[i].error.message));
        }
    for (size_t i = 0; i < count; i++)
        loom_outcome_release(&outcomes[i]);
    free(copy);
}

static void read_request(const uint8_t *data, size_t size)
{
    int pair[2], descriptors[LOOM_MESSAGE_FDS];
    loom_job_message message;
    size_t count;

    FUZZ_CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == 0);
    if (size > 0 && send(pair[0], data, size, MSG_DONTWAIT) == (ssize_t)size) {
        const ssize_t got = loom_message_receive(pair[1], &message, sizeof message, descriptors,
                                                 LOOM_MESSAGE_FDS, &count);
        if (got > 0 && loom_message_is_job(&message, (size_t)got))
            FUZZ_CHECK(message.count >= 1 && message.count <= LOOM_SIZES_MAX &&
                       memchr(message.lane, '\0', sizeof message.lane));
    }
    (void)close(pair[0]);
    (void)close(pair[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    read_answer(data + 1, size - 1, 1 + data[0] % LOOM_SIZES_MAX, data[0] & 128);
    read_request(data + 1, size - 1);
    return 0;
}
