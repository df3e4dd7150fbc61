/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/unopened.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBERS = 65536 };

void
vrf_unopened_add(struct vrf_unopened_counts *counts, const struct vrf_unopened *unopened)
{
    uint64_t **of = &counts->of[unopened->what.kind];

    if (*of == NULL)
        *of = g_new0(uint64_t, NUMBERS);
    (*of)[unopened->what.number] += unopened->n;
}

void
vrf_unopened_clear(struct vrf_unopened_counts *counts)
{
    for (unsigned kind = 0; kind < MIPRO_UNOPENED_KINDS; kind++) {
        g_free(counts->of[kind]);
        counts->of[kind] = NULL;
    }
}

static int
compare_names(const void *a, const void *b)
{
    const struct vrf_unopened_name *x = a, *y = b;

    return strcmp(x->name, y->name);
}

static int
compare_counts(const void *a, const void *b)
{
    const struct vrf_unopened_name *x = a, *y = b;

    if (x->n != y->n)
        return x->n > y->n ? -1 : 1;
    return strcmp(x->name, y->name);
}

static void
add_names(GArray *list, unsigned kind, const uint64_t *of)
{
    for (unsigned i = 0; i < NUMBERS; i++) {
        struct mipro_unopened what = { (uint16_t)kind, (uint16_t)i };
        struct vrf_unopened_name name = { .n = of[i] };
        char room[32];

        if (of[i] == 0)
            continue;
        name.name = g_strdup(kind == MIPRO_UNOPENED_LINK ? vrf_link_name((uint16_t)i, room)
                                                         : mipro_unopened_name(what, room));
        g_array_append_val(list, name);
    }
}

struct vrf_unopened_name *
vrf_unopened_list(const struct vrf_unopened_counts *counts, size_t *n)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(struct vrf_unopened_name));
    struct vrf_unopened_name *list;
    size_t k = 0;

    for (unsigned kind = 0; kind < MIPRO_UNOPENED_KINDS; kind++)
        if (counts->of[kind] != NULL)
            add_names(all, kind, counts->of[kind]);
    *n = all->len;
    list = (struct vrf_unopened_name *)(void *)g_array_free(all, FALSE);
    /* A protocol may occur under two numbers, as IPv6 does. */
    if (*n != 0)
        qsort(list, *n, sizeof(*list), compare_names);
    for (size_t i = 0; i < *n; i++) {
        if (k != 0 && strcmp(list[k - 1].name, list[i].name) == 0) {
            list[k - 1].n += list[i].n;
            g_free(list[i].name);
        } else {
            list[k++] = list[i];
        }
    }
    *n = k;
    if (k != 0)
        qsort(list, k, sizeof(*list), compare_counts);
    return list;
}

void
vrf_unopened_list_free(struct vrf_unopened_name *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        g_free(list[i].name);
    g_free(list);
}
