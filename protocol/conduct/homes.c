/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of home addresses and their records, all bounded.  No rule is applied here. */
#include "conduct/private.h"

#include <stdlib.h>

#define DEFAULT_HOMES 131072u
#define SLOT_BITS 6u /* a shard begins with 1 << SLOT_BITS slots */
/* Full slots become 1 << GROWTH_BITS times as many: those left behind stay in the arena. */
#define GROWTH_BITS 2u
#define MAX_WAITS 131072u
#define MAX_OLDS 8192u
#define MAX_GIVEN 8192u
#define MAX_FLOW_OCTETS (48u << 20) /* 1.2 for each home address, with the usual stamps */
/* Cache lines to prefetch of a flow: all of it, with the usual number of stamps. */
#define FLOW_LINES 5
#define SEQUENCE_LINES 5 /* of the cache, of a sequence */
#define WAIT_LINES 3

/*
 * Of which the first bits, as many as there are slots, tell the slot.  mixed is mix_home(): its own
 * first bits are the same in the whole shard.
 */
static inline uint64_t
place_of(const struct shard *c, uint64_t mixed)
{
    return mixed * c->multiplier;
}

static inline size_t
slot_of(const struct shard *c, uint32_t addr)
{
    return (size_t)(place_of(c, mix_home(addr)) >> c->shift);
}

static size_t
next_slot(const struct shard *c, size_t i)
{
    return (i + 1) & (SIZE_MAX >> c->shift);
}

static void
enter_slot(struct shard *c, struct home *h, uint32_t addr)
{
    size_t i = slot_of(c, addr);

    while (c->slots[i].home != NULL)
        i = next_slot(c, i);
    c->slots[i] = (struct slot){ h, addr };
}

/* Replace the slots, and move the entries to the new ones.  False if out of memory. */
SELDOM static bool
make_slots(struct shard *c, unsigned bits)
{
    struct slot *slots = mipro_arena_take(c->arena, ((size_t)1 << bits) * sizeof(struct slot));
    const struct slot *old = c->slots;
    size_t n_old = c->n_slots;

    if (slots == NULL)
        return false;
    c->slots = slots;
    c->shift = 64 - bits;
    c->n_slots = (size_t)1 << bits;
    for (size_t i = 0; i < n_old; i++)
        if (old[i].home != NULL)
            enter_slot(c, old[i].home, old[i].addr);
    return true;
}

/* Find the home address in the slots from i on, the slot given by its hash; or NULL. */
static inline struct home *
find_from(const struct shard *c, size_t i, uint32_t addr)
{
    /* The address comes first, because nearly always it is that one; a free slot may have any. */
    while (c->slots[i].addr != addr && c->slots[i].home != NULL)
        i = next_slot(c, i);
    return c->slots[i].home;
}

struct home *
mipro_home_peek(const struct shard *c, uint32_t addr)
{
    return find_from(c, slot_of(c, addr), addr);
}

/* Free its slot, and move up later entries that would not be found beyond a free slot. */
static void
leave_slot(struct shard *c, const struct home *h)
{
    size_t i = slot_of(c, h->addr), mask = SIZE_MAX >> c->shift;

    while (c->slots[i].addr != h->addr)
        i = next_slot(c, i);
    for (size_t k = next_slot(c, i); c->slots[k].home != NULL; k = next_slot(c, k)) {
        if (((k - slot_of(c, c->slots[k].addr)) & mask) >= ((k - i) & mask)) {
            c->slots[i] = c->slots[k];
            i = k;
        }
    }
    c->slots[i].home = NULL;
}

static void
empty(struct shard *c, struct home *h)
{
    while (h->waits != NULL)
        mipro_wait_drop(c, wait_first(h), MIPRO_UNDECIDED_FORGOTTEN);
    while (h->targets != NULL)
        mipro_wait_drop(c, target_first(h), MIPRO_UNDECIDED_FORGOTTEN);
    while (h->flows != NULL)
        mipro_flow_drop(c, h, h->flows);
    while (h->sequences != NULL)
        mipro_sequence_drop(c, h, h->sequences);
    h->crowded = false;
    if (h->registry != NULL) {
        while (h->registry->handoffs != NULL) {
            struct handoff *o = h->registry->handoffs;

            h->registry->handoffs = o->next;
            mipro_record_give(&c->handoffs, o);
        }
        if (h->registry->given != NULL)
            mipro_record_give(&c->given, h->registry->given);
        mipro_record_give(&c->registries, h->registry);
        h->registry = NULL;
    }
}

/* The clock was set back: no update before that answers what comes after, unless just before. */
void
mipro_home_renew(struct shard *c, struct home *h)
{
    for (const struct flow *p = h->flows; p != NULL; p = p->next)
        if (p->kind == FLOW_UPDATES && is_time(flow_told_at(p))) {
            mipro_answer_lose(c, MIPRO_BINDING_UPDATE, h->addr, p->src, flow_told_at(p));
            mipro_answer_lose(c, MIPRO_BINDING_UPDATE, h->addr, p->dst, flow_told_at(p));
        }
    empty(c, h);
    h->unknown_spis = 0;
    h->lossy = false;
    h->epoch = c->t.epoch & (MIPRO_EPOCHS - 1);
}

static void
forget(struct shard *c, struct home *h)
{
    empty(c, h);
    c->leave(c, h);
    mipro_record_give(&c->homes, h);
    c->n_homes--;
    c->n_gone++;
    dropped(c, MIPRO_DROPPED_HOMES);
}

/*
 * Drop the first home address in the queue that was not used since it was enqueued; those that
 * were go to the end.  False if there is none except keep.
 */
static bool
drop_home(struct shard *c, const struct home *keep)
{
    for (size_t i = 0; i < 2 * c->n_homes + 1 && c->first != NULL; i++) {
        struct home *h = c->first;

        if (h != keep && !h->used) {
            c->first = h->next_to_drop;
            if (c->first == NULL)
                c->last = NULL;
            forget(c, h);
            return true;
        }
        h->used = false;
        if (h->next_to_drop == NULL)
            continue;
        c->first = h->next_to_drop;
        h->next_to_drop = NULL;
        c->last->next_to_drop = h;
        c->last = h;
    }
    return false;
}

struct home *
mipro_home_make(struct shard *c, uint32_t addr)
{
    struct home *h = home_use(c, mipro_home_peek(c, addr));

    return h != NULL ? h : mipro_home_add(c, addr);
}

void
mipro_home_queue(struct shard *c, struct home *h)
{
    if (c->last != NULL)
        c->last->next_to_drop = h;
    else
        c->first = h;
    c->last = h;
    c->n_homes++;
    c->n_added++;
}

struct home *
mipro_home_add(struct shard *c, uint32_t addr)
{
    struct home *h;

    if (c->n_homes >= c->n_slots / 2 && !make_slots(c, 64 - c->shift + GROWTH_BITS) &&
        c->n_homes + 1 >= c->n_slots) {
        dropped(c, MIPRO_DROPPED_HOMES); /* at least one slot must stay free */
        return NULL;
    }
    h = mipro_record_take(c, &c->homes, NULL);
    if (h == NULL)
        return NULL;
    h->addr = addr;
    h->epoch = c->t.epoch & (MIPRO_EPOCHS - 1);
    enter_slot(c, h, addr);
    mipro_home_queue(c, h);
    return h;
}

static void
fetch(const void *record, unsigned lines)
{
    const char *at = record;

    for (unsigned i = 0; i < lines; i++)
        __builtin_prefetch(at + i * CACHE_LINE);
}

uint64_t
mipro_home_fetch_slot(const struct shard *c, uint64_t mixed)
{
    uint64_t place = place_of(c, mixed);

    __builtin_prefetch(&c->slots[place >> c->shift]);
    return place;
}

struct home *
mipro_home_fetch(const struct shard *c, uint64_t place, uint32_t addr)
{
    struct home *h = find_from(c, (size_t)(place >> c->shift), addr);

    __builtin_prefetch(h); /* also valid for NULL */
    return h;
}

void
mipro_home_fetch_records(const struct home *h)
{
    if (h->flows != NULL)
        fetch(h->flows, FLOW_LINES);
    if (h->sequences != NULL)
        fetch(h->sequences, SEQUENCE_LINES);
    if (h->waits != NULL)
        fetch(wait_first(h), WAIT_LINES);
    if (h->registry != NULL)
        __builtin_prefetch(h->registry);
}

bool
mipro_tables_new(struct shard *c, unsigned n_shards)
{
    size_t homes = c->config->max_homes != 0 ? c->config->max_homes : DEFAULT_HOMES;
    size_t flow_octets = MAX_FLOW_OCTETS / n_shards;
    size_t waits = MAX_WAITS / n_shards;
    size_t flow_size = sizeof(struct flow) + c->n_stamps * sizeof(struct stamp);
    size_t flows;

    homes = (homes + n_shards - 1) / n_shards;
    flows = 2 * homes;
    if (homes > UINT32_MAX / 4)
        homes = UINT32_MAX / 4;
    if (flows > flow_octets / flow_size)
        flows = flow_octets / flow_size;
    if (flows < MAX_FLOWS)
        flows = MAX_FLOWS;
    /*
     * An odd multiplier unknown to attackers; no finding depends on the order of the slots.
     */
    c->multiplier = mipro_mix((uintptr_t)c, 0) | 1;
    mipro_pool_init(&c->homes, c->arena, sizeof(struct home), homes);
    mipro_pool_init(&c->flows, c->arena, flow_size, flows);
    mipro_pool_init(&c->sequences, c->arena, sizeof(struct sequence), homes + homes / 2);
    mipro_pool_init(&c->olds, c->arena, sizeof(struct old), MAX_OLDS / n_shards);
    mipro_pool_init(&c->registries, c->arena, sizeof(struct registry), homes);
    mipro_pool_init(&c->handoffs, c->arena, sizeof(struct handoff),
        homes > MAX_HANDOFFS ? homes : MAX_HANDOFFS);
    mipro_pool_init(&c->given, c->arena, sizeof(struct challenge_set), MAX_GIVEN / n_shards);
    mipro_pool_init(
        &c->waits, c->arena, sizeof(struct wait), waits < MAX_HOME_WAITS ? MAX_HOME_WAITS : waits);
    c->max_pending = MAX_PENDING / n_shards;
    c->max_held = MAX_HELD / n_shards;
    c->due = INT64_MAX;
    c->leave = leave_slot;
    c->drop_home = drop_home;
    list_init(&c->by_time);
    list_init(&c->by_frame);
    list_init(&c->done_by_time);
    list_init(&c->made_by_frame);
    list_init(&c->held);
    list_init(&c->reported_by_time);
    return make_slots(c, SLOT_BITS);
}

void
mipro_tables_free(struct shard *c)
{
    for (struct list_link *l = c->by_frame.next; l != &c->by_frame; l = l->next) {
        struct wait *w = RECORD(l, struct wait, by.frame);

        if (w->kind == WAIT_PFAN)
            free(w->u.pending);
        if (w->kind == WAIT_HELD) {
            mipro_finding_clear(&w->u.held->finding);
            free(w->u.held);
        }
    }
}
