/* Resizing a plane, and what ends it midway. */
#include "batch/pool.h"
#include "engine/codec/resize.h"
#include "support/suite.h"

#include <string.h>

enum { FROM = 64, TO = 512 };

typedef struct trial {
    loom_cancel cancel;
    unsigned looks, stop_at; /* 0: never */
} trial;

static void look(void *front)
{
    trial *t = front;

    if (++t->looks == t->stop_at)
        atomic_store(&t->cancel.reason, LOOM_ERR_TIMEOUT);
}

static loom_status enlarge(trial *t, loom_plane *to)
{
    const loom_resize how = {.part = {0, 0, FROM, FROM},
                             .seen = LOOM_SEEN_ALL,
                             .width = TO,
                             .height = TO,
                             .kernel = LOOM_KERNEL_CUBIC,
                             .levels = LOOM_LEVELS_SAME};
    loom_plane from = {0};
    loom_resizer *resizer = loom_resizer_create();

    ck_assert_ptr_nonnull(resizer);
    ck_assert(loom_plane_reserve(&from, FROM, FROM));
    memset(from.data, 77, from.stride * FROM);
    const loom_status status =
        loom_resizer_run(resizer, &from, &how, t != NULL ? &t->cancel : NULL, to);
    loom_resizer_free(resizer);
    loom_plane_release(&from);
    return status;
}

START_TEST(nothing_ends_it)
{
    trial t = {.cancel = {.poll = look, .front = &t}};
    loom_plane alone = {0}, watched = {0};

    ck_assert_int_eq(enlarge(NULL, &alone), LOOM_OK);
    ck_assert_int_eq(enlarge(&t, &watched), LOOM_OK);
    ck_assert_uint_gt(t.looks, 8);
    for (uint32_t y = 0; y < TO; y++)
        ck_assert_mem_eq(loom_plane_row(&alone, y), loom_plane_row(&watched, y), TO);
    ck_assert_uint_eq(loom_plane_row(&watched, TO - 1)[TO - 1], 77);
    loom_plane_release(&alone);
    loom_plane_release(&watched);
}
END_TEST

START_TEST(a_deadline_ends_it_midway)
{
    trial t = {.cancel = {.poll = look, .front = &t}, .stop_at = 3};
    loom_plane to = {0};

    ck_assert_int_eq(enlarge(&t, &to), LOOM_ERR_TIMEOUT);
    ck_assert_uint_le(t.looks, 4); /* the third, and one for the reason */
    loom_plane_release(&to);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("resize_cancel");
    TCase *tcase = tcase_create("cancel");

    tcase_add_test(tcase, nothing_ends_it);
    tcase_add_test(tcase, a_deadline_ends_it_midway);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
