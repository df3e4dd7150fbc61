/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "merge/tournament.h"

#include <glib.h>
#include <limits.h>

#define NOBODY UINT_MAX

static struct vrf_entrant
enter(const struct vrf_tournament *t, unsigned part)
{
    const struct vrf_part_report *p = &t->parts[part];

    return (struct vrf_entrant){ p->ended ? UINT64_MAX : p->position.frame, part };
}

/* Records of the same frame. */
__attribute__((noinline)) static bool
comes_before_in_frame(
    const struct vrf_tournament *t, const struct vrf_entrant *a, const struct vrf_entrant *b)
{
    int order = 0;

    if (a->part == NOBODY || b->part == NOBODY)
        return false;
    if (a->frame != UINT64_MAX)
        order = vrf_position_compare(&t->parts[a->part].position, &t->parts[b->part].position);
    return order != 0 ? order < 0 : a->part < b->part;
}

static inline bool
comes_before(
    const struct vrf_tournament *t, const struct vrf_entrant *a, const struct vrf_entrant *b)
{
    return a->frame != b->frame ? a->frame < b->frame : comes_before_in_frame(t, a, b);
}

/* Play matches up to the root. */
static void
play(struct vrf_tournament *t, unsigned part)
{
    struct vrf_entrant winner = enter(t, part);

    for (unsigned node = (t->n + part) / 2; node != 0; node /= 2) {
        struct vrf_entrant other = t->nodes[node];

        if (comes_before(t, &other, &winner)) {
            t->nodes[node] = winner;
            winner = other;
        }
    }
    t->nodes[0] = winner;
}

void
vrf_tournament_begin(struct vrf_tournament *t, const struct vrf_part_report *parts, unsigned n)
{
    *t = (struct vrf_tournament){ parts, n, g_new(struct vrf_entrant, n) };
    for (unsigned i = 0; i < n; i++)
        t->nodes[i] = (struct vrf_entrant){ 0, NOBODY }; /* which wins, until all have played */
    for (unsigned i = 0; i < n; i++)
        play(t, i);
}

unsigned
vrf_tournament_first(const struct vrf_tournament *t)
{
    return t->nodes[0].frame == UINT64_MAX ? t->n : t->nodes[0].part;
}

void
vrf_tournament_go_on(struct vrf_tournament *t)
{
    play(t, t->nodes[0].part);
}

void
vrf_tournament_end(struct vrf_tournament *t)
{
    g_free(t->nodes);
    t->nodes = NULL;
}
