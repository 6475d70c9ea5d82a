#include <imgloom/parse.h>

#include "base/text.h"
#include <stdbool.h>
#include <string.h>

enum { LENGTH_MAX = 32, NONE = LENGTH_MAX + 1 };

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/*
 * The number of letters to insert, remove, replace or swap with their neighbour, by which one word
 * becomes the other (Damerau-Levenshtein, optimal string alignment); NONE: a word is too long.
 */
static size_t distance(const char *a, const char *b)
{
    const size_t a_length = strlen(a), b_length = strlen(b);
    size_t rows[3][LENGTH_MAX + 1]; /* of the last three letters of `a` */

    if (a_length > LENGTH_MAX || b_length > LENGTH_MAX)
        return NONE;
    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t *now = rows[i % 3];
        const size_t *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            const bool same = lower(a[i - 1]) == lower(b[j - 1]);
            now[j] = smaller(smaller(now[j - 1], last[j]) + 1, last[j - 1] + !same);
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                lower(a[i - 2]) == lower(b[j - 1]))
                now[j] = smaller(now[j], before[j - 2] + 1);
        }
    }
    return rows[a_length % 3][b_length];
}

/* The only word that begins with `start`; -1: none does, or several do. */
static int find_begun(const char *start, const char *const *words, size_t count)
{
    const size_t length = strlen(start);
    int found = -1;

    for (size_t i = 0; i < count && length > 1; i++)
        if (words[i] != NULL && strncmp(words[i], start, length) == 0) {
            if (found >= 0)
                return -1;
            found = (int)i;
        }
    return found;
}

static bool begin_alike(const char *a, const char *b)
{
    return lower(a[0]) == lower(b[0]);
}

int loom_word_nearest(const char *word, const char *const *words, size_t count)
{
    /* A third of the letters may differ: more, and any word would do. */
    const size_t length = strlen(word), limit = smaller(length < 6 ? 1 : length / 3, 3);
    size_t least = NONE;
    int found = length < 2 ? -1 : find_begun(word, words, count);

    if (found >= 0 || length < 2)
        return found;
    for (size_t i = 0; i < count; i++) {
        const size_t far = words[i] != NULL ? distance(word, words[i]) : NONE;
        const bool nearer =
            far < least || (found >= 0 && far == least && begin_alike(word, words[i]) &&
                            !begin_alike(word, words[found]));
        if (far <= limit && nearer && far < length) {
            least = far;
            found = (int)i;
        }
    }
    return found;
}
