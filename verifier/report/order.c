/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/order.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

/* Octets of waiting records; beyond this the oldest is taken early, which is counted. */
enum { MAX_WAITING = 128 * 1024 * 1024 };

/* The queue is a ring: its size is a power of two, and head and tail count on. */
static inline struct vrf_record *
queued(const struct vrf_report *r, size_t i)
{
    return &r->queue[i & (r->room - 1)];
}

__attribute__((noinline, cold)) static void
grow_queue(struct vrf_report *r)
{
    const size_t room = r->room == 0 ? 1024 : 2 * r->room;
    struct vrf_record *queue = g_new(struct vrf_record, room);

    for (size_t i = r->head; i != r->tail; i++)
        queue[i & (room - 1)] = *queued(r, i);
    g_free(r->queue);
    r->queue = queue;
    r->room = room;
}

static void
push_queue(struct vrf_report *r, const struct vrf_record *record)
{
    if (r->tail - r->head == r->room)
        grow_queue(r);
    *queued(r, r->tail++) = *record;
}

static void
push_heap(struct vrf_report *r, const struct vrf_record *record)
{
    size_t i = r->n_heap++;

    if (r->n_heap > r->max_heap) {
        r->max_heap = r->max_heap == 0 ? 256 : 2 * r->max_heap;
        r->heap = g_realloc_n(r->heap, r->max_heap, sizeof(*r->heap));
    }
    for (; i != 0 && vrf_record_compare(record, &r->heap[(i - 1) / 2]) < 0; i = (i - 1) / 2)
        r->heap[i] = r->heap[(i - 1) / 2];
    r->heap[i] = *record;
}

static void
pop_heap(struct vrf_report *r)
{
    struct vrf_record last = r->heap[--r->n_heap];
    size_t i = 0, child;

    while ((child = 2 * i + 1) < r->n_heap) {
        if (child + 1 < r->n_heap && vrf_record_compare(&r->heap[child + 1], &r->heap[child]) < 0)
            child++;
        if (vrf_record_compare(&last, &r->heap[child]) <= 0)
            break;
        r->heap[i] = r->heap[child];
        i = child;
    }
    r->heap[i] = last;
}

bool
vrf_order_next(struct vrf_report *r, uint64_t horizon, struct vrf_record *record)
{
    const bool has_queue = r->head != r->tail, has_heap = r->n_heap != 0;
    const bool from_heap =
        has_heap && (!has_queue || vrf_record_compare(&r->heap[0], queued(r, r->head)) < 0);

    if (!has_queue && !has_heap)
        return false;
    *record = from_heap ? r->heap[0] : *queued(r, r->head);
    if (record->frame >= horizon) {
        if (r->waiting <= MAX_WAITING)
            return false;
        r->hurried++;
    }
    r->waiting -= vrf_record_weight(record);
    if (from_heap)
        pop_heap(r);
    else
        r->head++;
    return true;
}

static void
take(struct vrf_report *r, const struct vrf_batch *b, const struct vrf_record *record)
{
    r->waiting += vrf_record_weight(record);
    if (record->frame < b->first_frame)
        push_heap(r, record);
    else
        push_queue(r, record);
}

void
vrf_order_take(struct vrf_report *r, struct vrf_batch *b)
{
    const struct vrf_record *record;
    struct vrf_runs runs;

    vrf_runs_begin(&runs, b);
    while ((record = vrf_runs_next(&runs)) != NULL)
        take(r, b, record);
    for (uint32_t i = 0; i < b->joined.n; i++)
        vrf_order_insert(r, &b->joined.at[i]);
    b->joined.n = 0;
}

void
vrf_order_insert(struct vrf_report *r, const struct vrf_record *record)
{
    push_heap(r, record);
    r->waiting += vrf_record_weight(record);
}

void
vrf_order_clear(struct vrf_report *r)
{
    while (r->head != r->tail)
        vrf_record_clear(queued(r, r->head++));
    while (r->n_heap != 0)
        vrf_record_clear(&r->heap[--r->n_heap]);
    g_free(r->queue);
    g_free(r->heap);
}
