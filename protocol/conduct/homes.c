/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the state machine has in mind: the table of home addresses, and those who wait.
 * All of it is bounded; nothing here knows a rule.
 */
#include "conduct/private.h"

#include <stdlib.h>

#define DEFAULT_HOMES 131072u
#define MAX_WAITS 131072u
#define MAX_OLDS 16384u
#define KEPT (3600 * MIPRO_SECOND) /* that what was reported is remembered */
#define MAX_KEPT 16                /* of a home address */
#define MAX_PATH_OCTETS (96u << 20)
/* Of a path with room for the usual number of stamps; of less, the cache gets what lies behind. */
#define PATH_LINES 5
/* Home addresses that may be dropped for one record; then it is done without. */
#define MAX_SACRIFICE 8

static size_t
slot_of(const struct mipro_conduct *c, uint32_t addr)
{
    /* One multiplication alone leaves addresses that follow each other in clusters. */
    return (size_t)(mipro_mix((addr + UINT64_C(1)) * c->multiplier, 0) >> c->shift);
}

bool
mipro_tables_new(struct mipro_conduct *c)
{
    size_t homes = c->config.max_homes != 0 ? c->config.max_homes : DEFAULT_HOMES;
    size_t path_size = sizeof(struct path) + c->n_stamps * sizeof(struct stamp);
    size_t paths = 2 * homes;
    unsigned bits = 4;

    if (homes > UINT32_MAX / 4)
        homes = UINT32_MAX / 4;
    if (paths > MAX_PATH_OCTETS / path_size)
        paths = MAX_PATH_OCTETS / path_size;
    if (paths < MAX_PATHS)
        paths = MAX_PATHS;
    while (bits < 30 && (size_t)1 << bits < 2 * homes)
        bits++;
    c->shift = 64 - bits;
    /*
     * An odd multiplier that an attacker does not know; no finding depends on the
     * order of the slots.
     */
    c->multiplier = mipro_mix((uintptr_t)c, 0) | 1;
    c->slots = mipro_pages_take(((size_t)1 << bits) * sizeof(struct slot), &c->slot_pages);
    mipro_pool_init(&c->homes, sizeof(struct home), homes);
    mipro_pool_init(&c->paths, path_size, paths);
    mipro_pool_init(&c->lines, sizeof(struct line), 2 * homes);
    mipro_pool_init(&c->olds, sizeof(struct old), MAX_OLDS);
    mipro_pool_init(&c->registries, sizeof(struct registry), homes);
    mipro_pool_init(
        &c->handoffs, sizeof(struct handoff), homes > MAX_HANDOFFS ? homes : MAX_HANDOFFS);
    mipro_pool_init(&c->waits, sizeof(struct wait), MAX_WAITS);
    c->by_time = (struct link){ &c->by_time, &c->by_time };
    c->by_frame = (struct link){ &c->by_frame, &c->by_frame };
    c->done_by_time = (struct link){ &c->done_by_time, &c->done_by_time };
    c->held = (struct link){ &c->held, &c->held };
    c->reported_by_time = (struct link){ &c->reported_by_time, &c->reported_by_time };
    return c->slots != NULL && mipro_pool_reserve(&c->homes);
}

void
mipro_tables_free(struct mipro_conduct *c)
{
    for (struct link *l = c->by_frame.next; l != &c->by_frame; l = l->next) {
        struct wait *w = RECORD(l, struct wait, by.frame);

        if (w->kind == WAIT_WORD)
            free(w->u.word);
        if (w->kind == WAIT_HELD) {
            mipro_finding_clear(&w->u.held->finding);
            free(w->u.held);
        }
    }
    mipro_pool_free(&c->homes);
    mipro_pool_free(&c->paths);
    mipro_pool_free(&c->lines);
    mipro_pool_free(&c->olds);
    if (c->nonces != NULL)
        mipro_pages_give(c->nonce_pages);
    mipro_pool_free(&c->registries);
    mipro_pool_free(&c->handoffs);
    mipro_pool_free(&c->waits);
    mipro_pages_give(c->slot_pages);
}

static size_t
next_slot(const struct mipro_conduct *c, size_t i)
{
    return (i + 1) & (SIZE_MAX >> c->shift);
}

/* The home address in the slots from i on, where its hash has it begin; or NULL. */
static inline struct home *
find_from(const struct mipro_conduct *c, size_t i, uint32_t addr)
{
    for (; c->slots[i].home != 0; i = next_slot(c, i))
        if (c->slots[i].addr == addr)
            return record_at(&c->homes, c->slots[i].home - 1);
    return NULL;
}

struct home *
mipro_home_peek(const struct mipro_conduct *c, uint32_t addr)
{
    return find_from(c, slot_of(c, addr), addr);
}

static void
enter_slot(struct mipro_conduct *c, const struct home *h)
{
    size_t i = slot_of(c, h->addr);

    while (c->slots[i].home != 0)
        i = next_slot(c, i);
    c->slots[i] = (struct slot){ h->addr, (uint32_t)record_number(&c->homes, h) + 1 };
}

/* Whoever stands behind it, and would not be found past a free slot, moves up. */
static void
leave_slot(struct mipro_conduct *c, const struct home *h)
{
    size_t i = slot_of(c, h->addr), mask = SIZE_MAX >> c->shift;

    while (c->slots[i].addr != h->addr)
        i = next_slot(c, i);
    for (size_t k = next_slot(c, i); c->slots[k].home != 0; k = next_slot(c, k)) {
        if (((k - slot_of(c, c->slots[k].addr)) & mask) >= ((k - i) & mask)) {
            c->slots[i] = c->slots[k];
            i = k;
        }
    }
    c->slots[i].home = 0;
}

static void
empty(struct mipro_conduct *c, struct home *h)
{
    while (h->waits != NULL)
        mipro_wait_drop(c, wait_first(h), MIPRO_UNDECIDED_FORGOTTEN);
    while (h->targets != NULL)
        mipro_wait_drop(c, target_first(h), MIPRO_UNDECIDED_FORGOTTEN);
    while (h->paths != NULL) {
        struct path *p = h->paths;

        h->paths = p->next;
        mipro_record_give(&c->paths, p);
    }
    while (h->lines != NULL) {
        struct line *l = h->lines;

        h->lines = l->next;
        if (l->old != NULL)
            mipro_record_give(&c->olds, l->old);
        mipro_record_give(&c->lines, l);
    }
    if (h->registry != NULL) {
        while (h->registry->handoffs != NULL) {
            struct handoff *o = h->registry->handoffs;

            h->registry->handoffs = o->next;
            mipro_record_give(&c->handoffs, o);
        }
        mipro_record_give(&c->registries, h->registry);
        h->registry = NULL;
    }
}

void
mipro_home_renew(struct mipro_conduct *c, struct home *h)
{
    empty(c, h);
    h->strangers = 0;
    h->epoch = c->epoch;
}

static void
forget(struct mipro_conduct *c, struct home *h)
{
    empty(c, h);
    leave_slot(c, h);
    mipro_record_give(&c->homes, h);
    c->n_homes--;
    c->dropped++;
}

/*
 * Drop the home address that waits longest in the queue and was not used since it
 * came there; one that was goes to the end.  False if there is none but keep.
 */
static bool
drop_home(struct mipro_conduct *c, const struct home *keep)
{
    for (size_t i = 0; i < 2 * c->n_homes + 1 && c->first != NULL; i++) {
        struct home *h = c->first;

        if (h != keep && !h->used) {
            c->first = h->behind;
            if (c->first == NULL)
                c->last = NULL;
            forget(c, h);
            return true;
        }
        h->used = false;
        if (h->behind == NULL)
            continue;
        c->first = h->behind;
        h->behind = NULL;
        c->last->behind = h;
        c->last = h;
    }
    return false;
}

void *
mipro_record_take(struct mipro_conduct *c, struct pool *pool, const struct home *keep)
{
    void *record = mipro_pool_take_zeroed(pool);

    for (int i = 0; record == NULL && i < MAX_SACRIFICE && drop_home(c, keep); i++)
        record = mipro_pool_take_zeroed(pool);
    if (record == NULL)
        c->dropped++;
    return record;
}

struct home *
mipro_home_make(struct mipro_conduct *c, uint32_t addr)
{
    struct home *h = home_find(c, addr);

    if (h != NULL)
        return h;
    h = mipro_record_take(c, &c->homes, NULL);
    if (h == NULL)
        return NULL;
    h->addr = addr;
    h->epoch = c->epoch;
    enter_slot(c, h);
    if (c->last != NULL)
        c->last->behind = h;
    else
        c->first = h;
    c->last = h;
    c->n_homes++;
    return h;
}

static void
link_before(struct link *l, struct link *at)
{
    l->next = at;
    l->prev = at->prev;
    at->prev->next = l;
    at->prev = l;
}

static void
unlink_from(struct link *l)
{
    l->prev->next = l->next;
    l->next->prev = l->prev;
}

/* A time that is not known yet: the first one that is finds it due. */
static int64_t
deadline_of(const struct mipro_conduct *c)
{
    return c->clock == MIPRO_TIME_NONE ? INT64_MIN
                                       : mipro_time_add(c->clock, c->config.ack_timeout);
}

/* A new one; or at the cost of the one that waited longest. */
SELDOM static struct wait *
take_other_wait(struct mipro_conduct *c)
{
    struct wait *w = mipro_pool_take_fresh(&c->waits);

    if (w == NULL && c->done_by_time.next != &c->done_by_time) {
        mipro_wait_end(c, RECORD(c->done_by_time.next, struct wait, by.time));
        w = mipro_pool_take_used(&c->waits);
    }
    if (w == NULL && c->reported_by_time.next != &c->reported_by_time) {
        mipro_wait_end(c, RECORD(c->reported_by_time.next, struct wait, by.time));
        w = mipro_pool_take_used(&c->waits);
    }
    if (w == NULL && c->by_frame.next != &c->by_frame) {
        c->dropped++;
        mipro_wait_drop(
            c, RECORD(c->by_frame.next, struct wait, by.frame), MIPRO_UNDECIDED_FORGOTTEN);
        w = mipro_pool_take_used(&c->waits);
    }
    return w;
}

/* A ring is known by its oldest link. */
static void
enter_ring(struct link **ring, struct link *l)
{
    if (*ring == NULL) {
        *l = (struct link){ l, l };
        *ring = l;
    } else {
        link_before(l, *ring);
    }
}

static void
leave_ring(struct link **ring, struct link *l)
{
    if (l->next == l) {
        *ring = NULL;
        return;
    }
    if (*ring == l)
        *ring = l->next;
    unlink_from(l);
}

static bool
is_full(const struct home *h, enum wait_kind kind)
{
    return kind == WAIT_TARGET ? h->n_targets >= MAX_TARGETS : h->n_waits >= MAX_HOME_WAITS;
}

static struct wait *
oldest_of(const struct home *h, enum wait_kind kind)
{
    return kind == WAIT_TARGET ? target_first(h) : wait_first(h);
}

struct wait *
mipro_wait_begin(struct mipro_conduct *c, const struct view *v, enum wait_kind kind)
{
    struct home *h = v->home;
    struct wait *w;

    if (!is_time(v->now) && (kind == WAIT_ACK || kind == WAIT_HANDOFF))
        return NULL;
    if (is_full(h, kind) && oldest_of(h, kind)->done)
        mipro_wait_end(c, oldest_of(h, kind));
    w = is_full(h, kind) ? NULL : mipro_pool_take_used(&c->waits);
    if (w == NULL && !is_full(h, kind))
        w = take_other_wait(c);
    if (w == NULL) {
        c->dropped++;
        return NULL;
    }
    w->home = h;
    w->frame = v->ev->frame;
    w->deadline = deadline_of(c);
    w->time = v->ev->time;
    w->hash = v->hash;
    w->ident = v->ident;
    w->src = v->ev->src;
    w->dst = v->ev->dst;
    w->kind = (uint8_t)kind;
    w->type = v->type;
    w->n_again = 0;
    w->flags = 0;
    w->excused = false;
    w->gap = 0;
    w->done = false;
    w->reported = false;
    w->u.reply = (struct registered){ 0 }; /* or no target, handoff or word yet */
    link_before(&w->by.time, &c->by_time);
    link_before(&w->by.frame, &c->by_frame);
    enter_ring(kind == WAIT_TARGET ? &h->targets : &h->waits, &w->by.home);
    if (kind == WAIT_TARGET)
        h->n_targets++;
    else
        h->n_waits++;
    if (!is_time(v->now) && kind != WAIT_WORD)
        mipro_wait_done(c, w);
    return w;
}

static void
queue_anew(struct mipro_conduct *c, struct wait *w, struct link *queue)
{
    unlink_from(&w->by.time);
    w->deadline = deadline_of(c);
    link_before(&w->by.time, queue);
}

void
mipro_wait_repeat(struct mipro_conduct *c, struct wait *w, uint64_t frame)
{
    if (w->reported)
        return;
    if (w->done)
        queue_anew(c, w, &c->done_by_time);
    else if (w->n_again < WAIT_AGAIN)
        w->again[w->n_again++] = frame;
}

void
mipro_wait_again(struct mipro_conduct *c, struct wait *w)
{
    queue_anew(c, w, &c->by_time);
}

void
mipro_wait_hold(struct mipro_conduct *c, struct wait *w)
{
    unlink_from(&w->by.time);
    w->deadline = mipro_time_add(c->clock, c->config.tolerance);
    link_before(&w->by.time, &c->held);
}

void
mipro_wait_rearm(struct mipro_conduct *c, const struct view *v, struct wait *w)
{
    if (!is_time(v->now))
        mipro_wait_end(c, w);
    else
        queue_anew(c, w, &c->by_time);
}

void
mipro_wait_done(struct mipro_conduct *c, struct wait *w)
{
    w->done = true;
    unlink_from(&w->by.frame);
    queue_anew(c, w, &c->done_by_time);
}

void
mipro_wait_reported(struct mipro_conduct *c, struct wait *w)
{
    mipro_wait_done(c, w);
    if (w->home->n_reported == MAX_KEPT)
        return;
    w->reported = true;
    w->home->n_reported++;
    unlink_from(&w->by.time);
    w->deadline = mipro_time_add(c->clock, KEPT);
    link_before(&w->by.time, &c->reported_by_time);
}

void
mipro_wait_end(struct mipro_conduct *c, struct wait *w)
{
    struct home *h = w->home;

    unlink_from(&w->by.time);
    if (w->reported)
        h->n_reported--;
    if (!w->done)
        unlink_from(&w->by.frame);
    leave_ring(w->kind == WAIT_TARGET ? &h->targets : &h->waits, &w->by.home);
    if (w->kind == WAIT_TARGET)
        h->n_targets--;
    else
        h->n_waits--;
    if (w->kind == WAIT_FORGED && w->type == MIPRO_BINDING_UPDATE)
        mipro_ack_forget(w);
    if (w->kind == WAIT_HANDOFF)
        w->u.handoff->wait = NULL;
    if (w->kind == WAIT_WORD)
        c->n_words--;
    if (w->kind == WAIT_HELD) {
        c->n_held--;
        mipro_finding_clear(&w->u.held->finding);
        free(w->u.held);
    }
    mipro_record_give(&c->waits, w);
}

static void
fetch(const void *record, unsigned lines)
{
    const char *at = record;

    for (unsigned i = 0; i < lines; i++)
        __builtin_prefetch(at + i * CACHE_LINE);
}

/* Fetch the slot; when that should be there, the home address; then its records. */
void
mipro_conduct_announce(struct mipro_conduct *c, uint32_t homeaddr)
{
    unsigned n = c->n_announced++;
    struct announced *now = &c->announced[n % ANNOUNCED];
    struct announced *then = &c->announced[(n - 8) % ANNOUNCED];
    const struct home *h = c->announced[(n - 12) % ANNOUNCED].home;

    now->homeaddr = homeaddr;
    now->slot = (uint32_t)slot_of(c, homeaddr);
    now->home = NULL;
    __builtin_prefetch(&c->slots[now->slot]);
    then->home = find_from(c, then->slot, then->homeaddr);
    then->dropped = c->dropped;
    __builtin_prefetch(then->home); /* NULL too */
    if (h == NULL)
        return;
    if (h->paths != NULL)
        fetch(h->paths, PATH_LINES);
    if (h->lines != NULL)
        fetch(h->lines, 2);
    if (h->registry != NULL)
        __builtin_prefetch(h->registry);
}
