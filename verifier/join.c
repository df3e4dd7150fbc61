/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "join.h"

#include <glib.h>
#include <string.h>

#include "mipro_namesake.h"

struct vrf_joiner {
    const struct vrf_options *o;
    struct namesakes *namesakes;
    uint64_t undecided[MIPRO_RULES][MIPRO_UNDECIDED_REASONS]; /* counted by namesakes */
    struct vrf_batch *b;                                      /* set while vrf_join() runs */
    struct mipro_conduct_sink sink;
};

static void
take_finding(void *ctx, const struct mipro_finding *finding)
{
    struct vrf_joiner *j = ctx;

    if (j->o->rules[finding->rule])
        *VRF_ARRAY_ADD(&j->b->joined) = vrf_record_of(finding);
}

static bool
begin_state(struct vrf_joiner *j)
{
    memset(j->undecided, 0, sizeof(j->undecided));
    j->namesakes = mipro_namesakes_new(&j->o->conduct, &j->sink, j->undecided);
    return j->namesakes != NULL;
}

struct vrf_joiner *
vrf_joiner_new(const struct vrf_options *o)
{
    struct vrf_joiner *j = g_new0(struct vrf_joiner, 1);

    j->o = o;
    j->sink = (struct mipro_conduct_sink){ .ctx = j, .finding = take_finding };
    if (begin_state(j))
        return j;
    vrf_joiner_free(j);
    return NULL;
}

void
vrf_joiner_free(struct vrf_joiner *j)
{
    if (j == NULL)
        return;
    mipro_namesakes_free(j->namesakes);
    g_free(j);
}

/* Add up the counts of all shares; the disorder of the clock is the same for all. */
static void
add_totals(struct vrf_joiner *j, struct vrf_batch *b)
{
    b->totals = b->shares[0].totals;
    for (unsigned i = 1; i < b->n_shares; i++) {
        struct mipro_conduct_totals more = b->shares[i].totals;

        memset(&more.disorder, 0, sizeof(more.disorder));
        mipro_conduct_totals_add(&b->totals, &more);
    }
    for (unsigned rule = 0; rule < MIPRO_RULES; rule++)
        for (unsigned i = 0; i < MIPRO_UNDECIDED_REASONS; i++)
            b->totals.undecided[rule][i] += j->undecided[rule][i];
    b->totals.dropped[MIPRO_DROPPED_UNMATCHED] += mipro_namesakes_dropped(j->namesakes);
}

/* Decide the cases for which no share found a match. */
static void
decide(struct vrf_joiner *j, struct vrf_batch *b)
{
    for (unsigned i = 0; i < b->n_shares; i++) {
        struct vrf_share *share = &b->shares[i];

        for (uint32_t k = 0; k < share->opens.n; k++)
            mipro_namesakes_add(j->namesakes, &share->opens.at[k]);
        share->opens.n = 0; /* the namesakes now own their texts */
    }
    if (b->ends_state)
        mipro_namesakes_end(j->namesakes);
    else
        mipro_namesakes_decide(j->namesakes, b->shares[0].clock);
}

bool
vrf_join(struct vrf_joiner *j, struct vrf_batch *b)
{
    j->b = b;
    for (unsigned i = 0; i < b->n_shares; i++)
        if (b->shares[i].horizon < b->horizon)
            b->horizon = b->shares[i].horizon;
    if (b->n_shares == 1) {
        if (b->has_totals)
            b->totals = b->shares[0].totals;
        if (b->ends_state)
            b->horizon = UINT64_MAX;
        return true;
    }
    decide(j, b);
    if (b->has_totals)
        add_totals(j, b);
    if (mipro_namesakes_horizon(j->namesakes) < b->horizon)
        b->horizon = mipro_namesakes_horizon(j->namesakes);
    if (!b->ends_state)
        return true;
    b->horizon = UINT64_MAX;
    mipro_namesakes_free(j->namesakes);
    return begin_state(j);
}
