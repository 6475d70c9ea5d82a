/* How messages between worker and parent travel, and their descriptors with them. */
#include "isolation/protocol.h"

#include "support/suite.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TICKET = 7 };

static int pair[2];

static void open_pair(void)
{
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
}

static size_t count_descriptors(void)
{
    size_t count = 0;

    for (int fd = 0; fd < 256; fd++)
        count += fcntl(fd, F_GETFD) != -1;
    return count;
}

START_TEST(descriptors_travel)
{
    loom_message_head head, back;
    int pipes[2], got[LOOM_MESSAGE_FDS];
    size_t count;
    char byte = 'x';

    ck_assert_int_eq(pipe2(pipes, O_CLOEXEC), 0);
    loom_message_start(&head, LOOM_MESSAGE_GO, sizeof head, TICKET);
    ck_assert_int_eq(loom_message_send(pair[0], &head, sizeof head, pipes, 2), 0);
    ck_assert_int_eq(
        loom_message_receive(pair[1], &back, sizeof back, got, LOOM_MESSAGE_FDS, &count),
        sizeof head);
    ck_assert_mem_eq(&head, &back, sizeof head);
    ck_assert_uint_eq(count, 2);
    ck_assert_int_eq(fcntl(got[0], F_GETFD), FD_CLOEXEC);
    ck_assert_int_eq(write(got[1], &byte, 1), 1);
    ck_assert_int_eq(read(pipes[0], &byte, 1), 1);
}
END_TEST

START_TEST(descriptors_that_nobody_wants_are_closed)
{
    loom_message_head head;
    int sent[LOOM_MESSAGE_FDS], got[LOOM_MESSAGE_FDS];
    size_t count;

    for (size_t i = 0; i < LOOM_MESSAGE_FDS; i++)
        sent[i] = pair[0];
    loom_message_start(&head, LOOM_MESSAGE_GO, sizeof head, TICKET);
    const size_t before = count_descriptors();
    for (size_t max = 0; max < LOOM_MESSAGE_FDS; max += LOOM_MESSAGE_FDS - 1) {
        ck_assert_int_eq(loom_message_send(pair[0], &head, sizeof head, sent, LOOM_MESSAGE_FDS), 0);
        ck_assert_int_eq(loom_message_receive(pair[1], &head, sizeof head, got, max, &count), -1);
        ck_assert_int_eq(errno, EMSGSIZE);
        ck_assert_uint_eq(count, 0);
        ck_assert_uint_eq(count_descriptors(), before);
    }
}
END_TEST

START_TEST(a_message_that_does_not_fit_is_an_error)
{
    static char large[LOOM_MESSAGE_MAX + 1];
    loom_message_head head;
    size_t count;

    ck_assert_int_eq(loom_message_send(pair[0], large, sizeof large, NULL, 0), -1);
    ck_assert_int_eq(errno, EMSGSIZE);
    ck_assert_int_eq(loom_message_send(pair[0], large, LOOM_MESSAGE_MAX, NULL, 0), 0);
    ck_assert_int_eq(loom_message_receive(pair[1], &head, sizeof head, NULL, 0, &count), -1);
    ck_assert_int_eq(errno, EMSGSIZE);
}
END_TEST

START_TEST(the_other_end_may_be_gone)
{
    loom_message_head head;
    size_t count;

    loom_message_start(&head, LOOM_MESSAGE_GO, sizeof head, TICKET);
    ck_assert_int_eq(close(pair[1]), 0);
    ck_assert_int_eq(loom_message_receive(pair[0], &head, sizeof head, NULL, 0, &count), 0);
    ck_assert_int_eq(loom_message_send(pair[0], &head, sizeof head, NULL, 0), -1);
    ck_assert_int_eq(errno, EPIPE);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("message");
    TCase *sockets = tcase_create("sockets");

    tcase_add_checked_fixture(sockets, open_pair, NULL);
    tcase_add_test(sockets, descriptors_travel);
    tcase_add_test(sockets, descriptors_that_nobody_wants_are_closed);
    tcase_add_test(sockets, a_message_that_does_not_fit_is_an_error);
    tcase_add_test(sockets, the_other_end_may_be_gone);
    suite_add_tcase(suite, sockets);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
