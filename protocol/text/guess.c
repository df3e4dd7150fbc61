/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mipro_text.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

size_t
mipro_text_distance(const char *a, size_t n, const char *b)
{
    size_t row[32]; /* of the table of distances between prefixes of a and b */
    const size_t m = strlen(b);

    if (n >= sizeof(row) / sizeof(row[0]) || m >= sizeof(row) / sizeof(row[0]))
        return SIZE_MAX;
    for (size_t k = 0; k <= m; k++)
        row[k] = k;
    for (size_t i = 1; i <= n; i++) {
        size_t across = row[0]; /* from the previous row and column */

        row[0] = i;
        for (size_t k = 1; k <= m; k++) {
            const bool same = tolower((unsigned char)a[i - 1]) == tolower((unsigned char)b[k - 1]);
            size_t least = across + (same ? 0 : 1);

            across = row[k];
            if (row[k] + 1 < least)
                least = row[k] + 1;
            if (row[k - 1] + 1 < least)
                least = row[k - 1] + 1;
            row[k] = least;
        }
    }
    return row[m];
}

/* Can a be an abbreviation of b?  It has its first letter, and others of it in their order. */
static bool
is_short_for(const char *a, size_t n, const char *b)
{
    size_t i = 0;

    if (n < 2 || a[0] != b[0])
        return false;
    for (; *b != '\0' && i < n; b++)
        i += a[i] == *b;
    return i == n;
}

void
mipro_guess_try(struct mipro_guess *g, const char *possible)
{
    const size_t distance = mipro_text_distance(g->word, g->n, possible);
    size_t slips;

    if (distance < 2 && distance < g->n)
        slips = distance;
    else if (is_short_for(g->word, g->n, possible))
        slips = 2 + strlen(possible); /* the shortest of those */
    else if (distance == 2 && distance < g->n)
        slips = SIZE_MAX;
    else
        return;
    if (g->meant == NULL || slips < g->slips) {
        g->meant = possible;
        g->slips = slips;
    }
}
