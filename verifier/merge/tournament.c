/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "merge/tournament.h"

#include <glib.h>
#include <limits.h>

#define NOBODY UINT_MAX

static bool
comes_before(const struct vrf_tournament *t, unsigned a, unsigned b)
{
    const struct vrf_part_report *x = &t->parts[a], *y = &t->parts[b];
    int order;

    if (x->ended || y->ended)
        return !x->ended;
    if (x->position.frame != y->position.frame)
        return x->position.frame < y->position.frame;
    order = vrf_position_compare(&x->position, &y->position);
    return order != 0 ? order < 0 : a < b;
}

/* Play matches up to the root, or to a node that the other side has not reached yet. */
static void
play(struct vrf_tournament *t, unsigned part)
{
    unsigned winner = part;

    for (unsigned node = (t->n + part) / 2; node != 0; node /= 2) {
        unsigned other = t->nodes[node];

        if (other == NOBODY) {
            t->nodes[node] = winner;
            return;
        }
        if (comes_before(t, other, winner)) {
            t->nodes[node] = winner;
            winner = other;
        }
    }
    t->nodes[0] = winner;
}

void
vrf_tournament_begin(struct vrf_tournament *t, const struct vrf_part_report *parts, unsigned n)
{
    *t = (struct vrf_tournament){ parts, n, g_new(unsigned, n) };
    for (unsigned i = 0; i < n; i++)
        t->nodes[i] = NOBODY;
    for (unsigned i = 0; i < n; i++)
        play(t, i);
}

unsigned
vrf_tournament_first(const struct vrf_tournament *t)
{
    return t->parts[t->nodes[0]].ended ? t->n : t->nodes[0];
}

void
vrf_tournament_go_on(struct vrf_tournament *t)
{
    play(t, t->nodes[0]);
}

void
vrf_tournament_end(struct vrf_tournament *t)
{
    g_free(t->nodes);
    t->nodes = NULL;
}
