/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fold.h"

#include <glib.h>

static size_t
add_record(struct vrf_batch *into, const struct vrf_batch *b, const struct vrf_record *record)
{
    /* One about an earlier frame, of which the records are there already, is sorted in later. */
    if (record->frame < b->first_frame)
        *VRF_ARRAY_ADD(&into->joined) = *record;
    else
        *VRF_ARRAY_ADD(&into->shares[0].records) = *record;
    return vrf_record_weight(record);
}

static size_t
add_records(struct vrf_batch *into, struct vrf_batch *b)
{
    struct vrf_runs runs;
    const struct vrf_record *record;
    size_t octets = 0;

    vrf_runs_begin(&runs, b);
    while ((record = vrf_runs_next(&runs)) != NULL)
        octets += add_record(into, b, record);
    for (uint32_t i = 0; i < b->joined.n; i++) {
        *VRF_ARRAY_ADD(&into->joined) = b->joined.at[i];
        octets += vrf_record_weight(&b->joined.at[i]);
    }
    b->joined.n = 0;
    return octets;
}

static size_t
add_traces(struct vrf_batch *into, const struct vrf_batch *b)
{
    size_t octets = 0;

    for (unsigned i = 0; i < b->n_shares; i++) {
        for (uint32_t k = 0; k < b->shares[i].traces.n; k++)
            *VRF_ARRAY_ADD(&into->shares[0].traces) = b->shares[i].traces.at[k];
        octets += b->shares[i].traces.n * sizeof(b->shares[i].traces.at[0]);
    }
    return octets;
}

static void
add_unopened(struct vrf_batch *into, const struct vrf_unopened *u)
{
    struct vrf_unopened *last =
        into->unopened.n != 0 ? &into->unopened.at[into->unopened.n - 1] : NULL;

    if (last != NULL && last->what.kind == u->what.kind && last->what.number == u->what.number)
        last->n += u->n;
    else
        *VRF_ARRAY_ADD(&into->unopened) = *u;
}

static void
add_counts(struct vrf_batch *into, const struct vrf_batch *b)
{
    into->n_begun += b->n_begun;
    into->block.n_frames += b->block.n_frames;
    into->folded.messages += b->messages.n - b->n_foreign;
    into->folded.fragments += b->fragments.n;
    for (unsigned i = 0; i < G_N_ELEMENTS(into->types); i++)
        into->types[i] += b->types[i];
    into->in |= b->in;
    into->incomplete += b->incomplete;
}

size_t
vrf_fold(struct vrf_batch *into, struct vrf_batch *b)
{
    if (into->name == NULL) {
        into->name = b->name;
        into->first_frame = b->first_frame;
    }
    for (uint32_t i = 0; i < b->parts.n; i++)
        *VRF_ARRAY_ADD(&into->parts) = b->parts.at[i];
    for (uint32_t i = 0; i < b->unopened.n; i++)
        add_unopened(into, &b->unopened.at[i]);
    for (uint32_t i = 0; i < b->overlaps.n; i++)
        *VRF_ARRAY_ADD(&into->overlaps) = b->overlaps.at[i];
    add_counts(into, b);
    into->horizon = b->horizon;
    into->has_totals = b->has_totals;
    if (b->has_totals)
        into->totals = b->totals;
    into->permille = b->permille;
    into->ends_file = b->ends_file;
    into->ends_state = b->ends_state;
    into->broken = b->broken;
    g_strlcpy(into->error, b->error, sizeof(into->error));
    return b->parts.n * sizeof(b->parts.at[0]) + b->unopened.n * sizeof(b->unopened.at[0]) +
           b->overlaps.n * sizeof(b->overlaps.at[0]) + add_records(into, b) + add_traces(into, b);
}

static void
renumber_record(struct vrf_record *r, uint64_t before)
{
    r->frame += before;
    r->copy_of += r->copy_of != 0 ? before : 0;
    if (r->finding == NULL)
        return;
    r->finding->frame += before;
    for (unsigned i = 0; i < r->finding->n_related; i++)
        r->finding->related[i] += before;
}

void
vrf_renumber(struct vrf_batch *b, uint64_t before)
{
    struct mipro_disorder *d = &b->totals.disorder;

    b->first_frame += before;
    b->horizon += b->horizon != UINT64_MAX ? before : 0;
    d->frame += d->frame != 0 ? before : 0;
    d->frame_little += d->frame_little != 0 ? before : 0;
    for (uint32_t i = 0; i < b->parts.n; i++) {
        b->parts.at[i].before += before;
        b->parts.at[i].shift -= before;
    }
    for (uint32_t i = 0; i < b->overlaps.n; i++)
        b->overlaps.at[i] += before;
    for (unsigned i = 0; i < b->n_shares; i++)
        for (uint32_t k = 0; k < b->shares[i].records.n; k++)
            renumber_record(&b->shares[i].records.at[k], before);
    for (unsigned i = 0; i < b->n_shares; i++)
        for (uint32_t k = 0; k < b->shares[i].traces.n; k++)
            b->shares[i].traces.at[k].frame += before;
    for (uint32_t i = 0; i < b->joined.n; i++)
        renumber_record(&b->joined.at[i], before);
}
