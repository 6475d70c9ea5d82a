/* Hashes of content, against the published values of XXH3. */
#include "base/content_hash.h"

#include "support/suite.h"
#include "support/tmpdir.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void assert_hash(const loom_content_hash *hash, const char *hex)
{
    char text[33];

    for (size_t i = 0; i < sizeof hash->bytes; i++)
        (void)snprintf(text + 2 * i, 3, "%02x", hash->bytes[i]);
    ck_assert_str_eq(text, hex);
}

/* As `xxhsum -H2` prints them; that of nothing stands in the specification's tests. */
START_TEST(test_known_values)
{
    loom_content_hash hash = loom_hash_content("", 0);

    assert_hash(&hash, "99aa06d3014798d86001c324468d497f");
    hash = loom_hash_content("abc", 3);
    assert_hash(&hash, "06b05ab6733a618578af5f94892f3950");
}
END_TEST

static const size_t sizes[] = {1,      240,    241,        4096,       262143,
                               262144, 262145, 524288 - 1, 524288 + 1, 1000003};

START_TEST(test_file_has_the_hash_of_its_bytes)
{
    const size_t size = sizes[_i];
    unsigned char *bytes = malloc(size);
    loom_content_hash hash, other;

    ck_assert_ptr_nonnull(bytes);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (unsigned char)(i * 2654435761u >> 13);
    tmpdir_write("a", bytes, size);
    int file = open("a", O_RDONLY | O_CLOEXEC);
    ck_assert(loom_hash_file(file, size, &hash));
    other = loom_hash_content(bytes, size);
    ck_assert(loom_hash_same(&hash, &other));
    ck_assert_int_eq(lseek(file, 0, SEEK_CUR), 0);
    ck_assert(!loom_hash_file(file, size + 1, &hash));
    bytes[size / 2] ^= 1;
    other = loom_hash_content(bytes, size);
    ck_assert(!loom_hash_same(&hash, &other));
    ck_assert_int_eq(close(file), 0);
    ck_assert(!loom_hash_file(-1, size, &hash));
    free(bytes);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("content_hash");
    TCase *hash = tcase_create("hash");

    tcase_add_checked_fixture(hash, tmpdir_enter, tmpdir_leave);
    tcase_add_test(hash, test_known_values);
    tcase_add_loop_test(hash, test_file_has_the_hash_of_its_bytes, 0, sizeof sizes / sizeof *sizes);
    suite_add_tcase(suite, hash);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
