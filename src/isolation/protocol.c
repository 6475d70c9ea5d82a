#include "isolation/protocol.h"

#include "base/array.h"
#include "base/text.h"
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAGIC = 0x6d6f6f6c, VERSION = 1 }; /* "loom", as little-endian bytes */

void loom_message_start(loom_message_head *head, loom_message_kind kind, size_t size,
                        uint64_t ticket)
{
    *head = (loom_message_head){MAGIC, VERSION, (uint32_t)kind, (uint32_t)size, ticket};
}

bool loom_message_is(const void *message, size_t size, loom_message_kind kind)
{
    loom_message_head head;

    if (size < sizeof head)
        return false;
    memcpy(&head, message, sizeof head);
    return head.magic == MAGIC && head.version == VERSION && head.kind == (uint32_t)kind &&
           head.size == size;
}

bool loom_message_is_job(const loom_job_message *message, size_t size)
{
    return size == sizeof *message && loom_message_is(message, size, LOOM_MESSAGE_JOB) &&
           message->count >= 1 && message->count <= LOOM_SIZES_MAX &&
           memchr(message->lane, '\0', sizeof message->lane) != NULL;
}

bool loom_message_is_layer(const loom_layer_message *message, size_t size, uint64_t ticket,
                           size_t count, uint64_t admitted)
{
    return size == sizeof *message && loom_message_is(message, size, LOOM_MESSAGE_LAYER) &&
           message->head.ticket == ticket && message->output < count &&
           message->kind < LOOM_LAYER_KINDS && message->width >= 1 && message->height >= 1 &&
           message->width <= LOOM_LAYER_SIDE_MAX && message->height <= LOOM_LAYER_SIDE_MAX &&
           (uint64_t)message->width * message->height <= admitted / 4;
}

/* ---- the socket ---------------------------------------------------------- */

typedef union control {
    char bytes[CMSG_SPACE(sizeof(int) * LOOM_MESSAGE_FDS)];
    struct cmsghdr align;
} control;

int loom_message_send(int socket, const void *message, size_t size, const int *descriptors,
                      size_t count)
{
    char bytes[LOOM_MESSAGE_MAX];
    struct iovec part = {.iov_base = bytes, .iov_len = size};
    struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};
    control ancillary;
    ssize_t sent;

    if (size > sizeof bytes || count > LOOM_MESSAGE_FDS) {
        errno = EMSGSIZE;
        return -1;
    }
    memcpy(bytes, message, size);
    if (count > 0) {
        memset(&ancillary, 0, sizeof ancillary);
        header.msg_control = ancillary.bytes;
        header.msg_controllen = CMSG_SPACE(sizeof(int) * count);
        struct cmsghdr *rights = CMSG_FIRSTHDR(&header);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(sizeof(int) * count);
        memcpy(CMSG_DATA(rights), descriptors, sizeof(int) * count);
    }
    do
        sent = sendmsg(socket, &header, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent == (ssize_t)size ? 0 : -1;
}

/* Takes the descriptors out of a received header; false if there are more than `max`. */
static bool parse_descriptors(struct msghdr *header, int *descriptors, size_t max, size_t *count)
{
    bool fit = true;

    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c != NULL; c = CMSG_NXTHDR(header, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        const size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < n; i++) {
            int descriptor;
            memcpy(&descriptor, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
            if (*count < max)
                descriptors[(*count)++] = descriptor;
            else {
                (void)close(descriptor);
                fit = false;
            }
        }
    }
    return fit;
}

ssize_t loom_message_receive(int socket, void *message, size_t capacity, int *descriptors,
                             size_t max, size_t *count)
{
    struct iovec part = {.iov_base = message, .iov_len = capacity};
    control ancillary;
    struct msghdr header = {.msg_iov = &part,
                            .msg_iovlen = 1,
                            .msg_control = ancillary.bytes,
                            .msg_controllen = sizeof ancillary.bytes};
    ssize_t size;

    *count = 0;
    do
        size = recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
    while (size < 0 && errno == EINTR);
    if (size < 0)
        return -1;
    const bool fit = parse_descriptors(&header, descriptors, max, count);
    if (fit && (header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0)
        return size;
    while (*count > 0)
        (void)close(descriptors[--*count]);
    errno = EMSGSIZE;
    return -1;
}

/* ---- answers ------------------------------------------------------------- */

/* One outcome in an ANSWER. The warnings follow all outcomes: a length in two bytes, then text. */
typedef struct answer_outcome {
    uint32_t result, code, stage;
    char message[sizeof((loom_error *)0)->message];
    uint64_t original_size, encoded_size;
    uint32_t original_format, original_width, original_height;
    uint32_t original_alpha, original_bits, original_frames, original_dpi;
    uint32_t orientation, format, width, height, channels, quality, ssim, cropped;
    char lane[16], decoder[sizeof((loom_outcome *)0)->decoder];
    char extracted[sizeof((loom_outcome *)0)->extracted];
    char preview_of[sizeof((loom_outcome *)0)->preview_of];
    uint32_t warnings, dropped;
} answer_outcome;

typedef struct answer_head {
    loom_message_head head;
    uint64_t count;
} answer_head;

_Static_assert(sizeof(answer_head) + LOOM_SIZES_MAX * sizeof(answer_outcome) < LOOM_MESSAGE_MAX / 2,
               "an answer leaves room for warnings");

static void pack(answer_outcome *to, const loom_outcome *from, size_t size)
{
    memset(to, 0, sizeof *to);
    to->result = (uint32_t)from->result;
    to->code = (uint32_t)from->error.code;
    to->stage = (uint32_t)from->error.stage;
    memcpy(to->message, from->error.message, strnlen(from->error.message, sizeof to->message - 1));
    to->original_size = from->original_size;
    to->encoded_size = size;
    to->original_format = (uint32_t)from->original_format;
    to->original_width = from->original_width;
    to->original_height = from->original_height;
    to->original_alpha = (uint32_t)from->original_traits.alpha;
    to->original_bits = from->original_traits.bits;
    to->original_frames = from->original_traits.frames;
    to->original_dpi = from->original_traits.dpi;
    to->orientation = (uint32_t)from->orientation;
    to->format = (uint32_t)from->format;
    to->width = from->width;
    to->height = from->height;
    to->channels = (uint32_t)from->channels;
    to->quality = (uint32_t)from->quality;
    to->ssim = from->ssim;
    to->cropped = from->cropped;
    if (from->lane != NULL)
        memcpy(to->lane, from->lane, strnlen(from->lane, sizeof to->lane - 1));
    memcpy(to->decoder, from->decoder, sizeof to->decoder);
    memcpy(to->extracted, from->extracted, sizeof to->extracted);
    memcpy(to->preview_of, from->preview_of, sizeof to->preview_of);
    to->dropped =
        from->warnings_dropped < UINT32_MAX ? (uint32_t)from->warnings_dropped : UINT32_MAX;
}

size_t loom_answer_write(void *message, uint64_t ticket, const loom_outcome *outcomes,
                         const size_t *sizes, size_t count)
{
    char *bytes = message;
    size_t at = sizeof(answer_head) + count * sizeof(answer_outcome);
    answer_head start = {.count = count};

    for (size_t i = 0; i < count; i++) {
        answer_outcome packed;
        pack(&packed, &outcomes[i], sizes[i]);
        for (size_t w = 0; w < outcomes[i].warning_count; w++) {
            const char *text = outcomes[i].warnings[w];
            const size_t length = strlen(text);
            if (length > UINT16_MAX || LOOM_MESSAGE_MAX - at < 2 + length) {
                packed.dropped++;
                continue;
            }
            const uint16_t prefix = (uint16_t)length;
            memcpy(bytes + at, &prefix, 2);
            memcpy(bytes + at + 2, text, length);
            at += 2 + length;
            packed.warnings++;
        }
        memcpy(bytes + sizeof start + i * sizeof packed, &packed, sizeof packed);
    }
    loom_message_start(&start.head, LOOM_MESSAGE_ANSWER, at, ticket);
    memcpy(bytes, &start, sizeof start);
    return at;
}

/* Whether `text` of `capacity` bytes ends within them and is UTF-8. */
static bool is_text(const char *text, size_t capacity)
{
    const size_t length = strnlen(text, capacity);

    return length < capacity && loom_utf8_valid(text, length);
}

/* Whether `word` of `capacity` bytes ends within them and is printable ASCII; it may be empty. */
static bool is_word(const char *word, size_t capacity)
{
    const size_t length = strnlen(word, capacity);

    for (size_t i = 0; i < length; i++)
        if (word[i] <= ' ' || word[i] > '~')
            return false;
    return length < capacity;
}

/* Answers name lanes; outcomes point to the static strings of those names. */
static bool find_lane(const char *const *lanes, const char *name, const char **lane)
{
    *lane = NULL;
    if (name[0] == '\0')
        return true;
    for (; *lanes != NULL && *lane == NULL; lanes++)
        if (strcmp(name, *lanes) == 0)
            *lane = *lanes;
    return *lane != NULL;
}

/* Whether the fields of an outcome agree with one another. */
static bool agrees(const answer_outcome *a)
{
    const bool warned = a->warnings > 0 || a->dropped > 0;

    switch (a->result) {
    case LOOM_RESULT_ERROR:
        return a->code != LOOM_OK && a->stage != LOOM_STAGE_NONE && a->message[0] != '\0' &&
               a->encoded_size == 0 && a->width == 0 && a->height == 0 && a->channels == 0 &&
               a->quality == 0 && a->ssim == 0 && a->cropped == 0 && a->extracted[0] == '\0';
    case LOOM_RESULT_OK:
    case LOOM_RESULT_WARNING:
        return a->code == LOOM_OK && a->stage == LOOM_STAGE_NONE && a->message[0] == '\0' &&
               a->encoded_size > 0 && a->width > 0 && a->height > 0 && a->channels > 0 &&
               a->decoder[0] != '\0' && warned == (a->result == LOOM_RESULT_WARNING);
    case LOOM_RESULT_PLANNED:
        return a->code == LOOM_OK && a->stage == LOOM_STAGE_NONE && a->message[0] == '\0' &&
               a->encoded_size == 0 && a->decoder[0] == '\0';
    default:
        return false;
    }
}

static bool in_range(const answer_outcome *a)
{
    return agrees(a) && a->code < LOOM_ERR_USAGE && a->stage <= LOOM_STAGE_WORKER &&
           is_text(a->message, sizeof a->message) && is_word(a->lane, sizeof a->lane) &&
           is_word(a->decoder, sizeof a->decoder) && is_word(a->extracted, sizeof a->extracted) &&
           is_word(a->preview_of, sizeof a->preview_of) && a->original_format < LOOM_FORMAT_COUNT &&
           a->original_alpha <= LOOM_PRESENCE_PRESENT && a->original_bits <= LOOM_SAMPLE_BITS_MAX &&
           a->format < LOOM_FORMAT_COUNT && a->orientation <= 8 && a->channels <= 4 &&
           a->quality <= LOOM_QUALITY_MAX && a->ssim <= 1000000 && a->cropped < 1000000 &&
           a->encoded_size <= SIZE_MAX / 2 && a->warnings <= LOOM_WARNINGS_MAX;
}

static bool unpack(loom_outcome *to, const answer_outcome *a, const char *const *lanes)
{
    if (!in_range(a) || !find_lane(lanes, a->lane, &to->lane))
        return false;
    to->result = (loom_result)a->result;
    to->error.code = (loom_status)a->code;
    to->error.stage = (loom_stage)a->stage;
    memcpy(to->error.message, a->message, sizeof to->error.message);
    to->original_size = a->original_size;
    to->original_format = (loom_format)a->original_format;
    to->original_width = a->original_width;
    to->original_height = a->original_height;
    to->original_traits = (loom_traits){(loom_presence)a->original_alpha, a->original_bits,
                                        a->original_frames, a->original_dpi};
    to->orientation = (int)a->orientation;
    to->format = (loom_format)a->format;
    to->processed_size = a->encoded_size;
    to->width = a->width;
    to->height = a->height;
    to->channels = (int)a->channels;
    to->quality = (int)a->quality;
    to->ssim = a->ssim;
    to->cropped = a->cropped;
    to->warnings_dropped = a->dropped;
    memcpy(to->decoder, a->decoder, sizeof to->decoder);
    memcpy(to->extracted, a->extracted, sizeof to->extracted);
    memcpy(to->preview_of, a->preview_of, sizeof to->preview_of);
    return true;
}

bool loom_answer_read(const void *message, size_t size, uint64_t ticket, const char *const *lanes,
                      loom_outcome *outcomes, size_t *sizes, size_t count)
{
    const char *bytes = message;
    size_t at = sizeof(answer_head) + count * sizeof(answer_outcome);
    answer_head start;

    if (!loom_message_is(message, size, LOOM_MESSAGE_ANSWER) || size < at)
        return false;
    memcpy(&start, bytes, sizeof start);
    if (start.head.ticket != ticket || start.count != count)
        return false;
    for (size_t i = 0; i < count; i++) {
        answer_outcome a;
        memcpy(&a, bytes + sizeof start + i * sizeof a, sizeof a);
        if (!unpack(&outcomes[i], &a, lanes))
            return false;
        sizes[i] = (size_t)a.encoded_size;
        for (uint32_t w = 0; w < a.warnings; w++) {
            uint16_t length;
            if (size - at < 2)
                return false;
            memcpy(&length, bytes + at, 2);
            at += 2;
            if (size - at < length || !loom_utf8_valid(bytes + at, length))
                return false;
            loom_outcome_warn(&outcomes[i], "%.*s", (int)length, bytes + at);
            at += length;
        }
    }
    return at == size;
}
