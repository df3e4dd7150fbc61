/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exchange.c - which message answers which.
 *
 *   Binding Request      -> Binding Update       ends, home address, identification
 *   Binding Update       -> Binding Acknowledge  ends, home address, identification
 *   Registration Request -> Registration Reply   ends, home address, low half of it
 *   Binding Warning      -> Binding Update       the target and the home address
 *   PFAN                 -> Binding Update       the previous agent and the home address
 *
 * Links are made in the first pass, in both directions: so a message that is
 * answered later knows it from the second pass on.  What answers what is shown,
 * not judged; that is the conduct's.
 */
#include "packet-mipro.h"

enum wait_kind {
    WAITS_FOR_UPDATE,      /* a Binding Request */
    WAITS_FOR_ACKNOWLEDGE, /* a Binding Update with A */
    WAITS_FOR_ANY_IDENT,   /* the same, whatever the identification */
    WAITS_FOR_HANDOFF,     /* the same, whoever sent it: the mobile node is answered (8.1) */
    WAITS_FOR_REPLY,       /* a Registration Request */
    WAITS_AS_WARNING,      /* a target of a Binding Warning */
    WAITS_AS_PFAN,
    LAST_SENT,     /* the message that went this way last, for retransmissions */
    LAST_BELIEVED, /* the Binding Update that a node believes about a home address */
    WAIT_KINDS
};

/* All octets of it are set, for they are compared and hashed: see key_of(). */
struct wait_key {
    uint64_t ident;    /* 0 where it does not matter; of LAST_SENT the type */
    uint32_t from, to; /* from: who is to answer nobody but "to"; 0 where it does not matter */
    uint32_t homeaddr;
    uint32_t kind;
};

/* A message that waits, with its retransmissions. */
struct waiting {
    struct waiting *next, *last; /* last: of the first one only, so that many cost no more */
    struct mipro_record *record;
    nstime_t sent;
    uint64_t octets; /* their hash, of LAST_SENT */
};

/* A map for each kind, for most captures have nobody who waits as most kinds do. */
static wmem_map_t *waiting[WAIT_KINDS];
static uint64_t hash_seed;

/* FNV-1a; good enough where both ends, type and home address are equal already. */
static uint64_t
hash_octets(const void *octets, size_t len)
{
    const uint8_t *p = octets;
    uint64_t h = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < len; i++)
        h = (h ^ p[i]) * UINT64_C(0x100000001b3);
    return h;
}

static uint64_t
mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ h >> 32;
}

/* Seeded, so that no capture can be made to fill one slot. */
static unsigned
hash_key(const void *octets)
{
    const struct wait_key *key = octets;
    uint64_t h = mix(hash_seed, key->ident);

    h = mix(h, (uint64_t)key->from << 32 | key->to);
    return (unsigned)mix(h, (uint64_t)key->homeaddr << 32 | key->kind);
}

static gboolean
equal_keys(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct wait_key)) == 0;
}

static uint32_t
home_of(const struct mipro_view *view)
{
    return (uint32_t)mipro_value(&view->m, MIPRO_F_HOMEADDR);
}

static struct wait_key
key_of(enum wait_kind kind, uint32_t from, uint32_t to, uint32_t homeaddr, uint64_t ident)
{
    struct wait_key key;

    memset(&key, 0, sizeof(key));
    key.kind = kind;
    key.from = from;
    key.to = to;
    key.homeaddr = homeaddr;
    key.ident = ident;
    return key;
}

static struct waiting *
find_waiting(const struct wait_key *key)
{
    return wmem_map_lookup(waiting[key->kind], key);
}

/* Not of PFANs: one list lies under two keys, of which one alone is forgotten. */
static void
free_waiting(const struct wait_key *key, struct waiting *first)
{
    struct waiting *next;

    if (key->kind == WAITS_AS_PFAN)
        return;
    for (; first != NULL; first = next) {
        next = first->next;
        wmem_free(wmem_file_scope(), first);
    }
}

/* Nobody waits under key any more; who did is gone. */
static void
forget_waiting(const struct wait_key *key)
{
    const void *kept;
    void *first;

    if (!wmem_map_lookup_extended(waiting[key->kind], key, &kept, &first))
        return;
    wmem_map_remove(waiting[key->kind], key);
    free_waiting(key, first);
    wmem_free(wmem_file_scope(), (void *)kept);
}

/* w waits under key alone; who waited there before is gone. */
static void
insert_waiting(const struct wait_key *key, struct waiting *w)
{
    const void *kept;
    void *first;

    w->last = w;
    if (wmem_map_lookup_extended(waiting[key->kind], key, &kept, &first))
        free_waiting(key, first);
    else
        kept = wmem_memdup(wmem_file_scope(), key, sizeof(*key));
    wmem_map_insert(waiting[key->kind], kept, w);
}

static void
append_waiting(struct waiting *first, struct waiting *w)
{
    first->last->next = w;
    first->last = w;
}

/* The message waits; if it is a retransmission, beside the one that waits already. */
static void
wait_for(struct mipro_view *view, struct wait_key key)
{
    struct waiting *w = wmem_new0(wmem_file_scope(), struct waiting);
    struct waiting *first = view->record->links.retransmission_of != 0 ? find_waiting(&key) : NULL;

    w->record = view->record;
    w->sent = view->pinfo->abs_ts;
    if (first != NULL)
        append_waiting(first, w);
    else
        insert_waiting(&key, w);
}

/* The message answers w; who waited is told. */
static void
answer(struct mipro_view *view, struct waiting *w)
{
    struct mipro_links *links = &view->record->links;

    links->response_to = w->record->frame;
    if (view->time != MIPRO_TIME_NONE) {
        links->has_response_time = true;
        nstime_delta(&links->response_time, &view->pinfo->abs_ts, &w->sent);
    }
    for (; w != NULL; w = w->next)
        if (w->record->links.response_in == 0)
            w->record->links.response_in = view->record->frame;
}

/* 0 where there is none. */
static uint64_t
ident_of(const struct mipro_view *view)
{
    return mipro_value(&view->m, MIPRO_F_IDENT);
}

static void
find_retransmission(struct mipro_view *view)
{
    struct wait_key key = key_of(LAST_SENT, view->src, view->dst, home_of(view), view->m.def->type);
    uint64_t octets = hash_octets(view->m.buf, view->m.captured);
    struct waiting *last = find_waiting(&key);

    if (last != NULL && last->octets == octets && view->m.captured == view->m.len) {
        view->record->links.retransmission_of = last->record->frame;
        return;
    }
    if (last == NULL) {
        last = wmem_new0(wmem_file_scope(), struct waiting);
        insert_waiting(&key, last);
    }
    last->record = view->record;
    last->octets = octets;
}

/* ---- who waits ---- */

static void
learn_request(struct mipro_view *view)
{
    wait_for(view, key_of(WAITS_FOR_UPDATE, view->src, view->dst, home_of(view), ident_of(view)));
}

static void
learn_warning(struct mipro_view *view)
{
    for (size_t i = 0; i < view->m.n_targets; i++)
        wait_for(
            view, key_of(WAITS_AS_WARNING, view->dst, mipro_target(&view->m, i), home_of(view), 0));
}

/* A Binding Warning extension goes to the home agent, through a foreign agent perhaps. */
static void
learn_warning_extension(struct mipro_view *view, const struct mipro_ext *e)
{
    size_t n = mipro_ext_addresses(&view->m, e, MIPRO_F_WARN_TARGET);
    uint64_t homeaddr;

    if (!mipro_ext_value(&view->m, e, MIPRO_F_WARN_HOMEADDR, &homeaddr))
        return;
    for (size_t i = 0; i < n; i++)
        wait_for(view,
            key_of(WAITS_AS_WARNING, (uint32_t)mipro_value(&view->m, MIPRO_F_HOMEAGENT),
                mipro_ext_address(&view->m, e, MIPRO_F_WARN_TARGET, i), (uint32_t)homeaddr, 0));
}

/* The request goes on from the foreign agent to the home agent: both lead to one update. */
static void
learn_pfan(struct mipro_view *view, const struct mipro_ext *e)
{
    uint64_t agent;
    struct wait_key key;
    struct waiting *w, *first;

    if (!mipro_ext_value(&view->m, e, MIPRO_F_PFAN_AGENT, &agent))
        return;
    key = key_of(WAITS_AS_PFAN, 0, (uint32_t)agent, home_of(view), ident_of(view));
    w = wmem_new0(wmem_file_scope(), struct waiting);
    w->record = view->record;
    first = find_waiting(&key);
    if (first != NULL) {
        append_waiting(first, w);
        return;
    }
    insert_waiting(&key, w);
    /* The update may bear another identification, or none. */
    key.ident = 0;
    insert_waiting(&key, w);
}

static void
learn_registration(struct mipro_view *view)
{
    struct mipro_ext e = { 0 };

    wait_for(view,
        key_of(WAITS_FOR_REPLY, view->src, view->dst, home_of(view), ident_of(view) & UINT32_MAX));
    while (mipro_ext_next(&view->m, &e)) {
        if (e.type == MIPRO_EXT_PFAN)
            learn_pfan(view, &e);
        else if (e.type == view->m.set.warning_ext)
            learn_warning_extension(view, &e);
    }
}

/* ---- who answers ---- */

/* Whoever waits under key led to this Binding Update.  Returns the first of them, or 0. */
static uint32_t
settle(struct mipro_view *view, struct wait_key key)
{
    struct waiting *w = find_waiting(&key);
    uint32_t frame = w != NULL ? w->record->frame : 0;

    for (; w != NULL; w = w->next)
        if (w->record->links.update_in == 0)
            w->record->links.update_in = view->record->frame;
    if (frame != 0)
        forget_waiting(&key);
    return frame;
}

/* What led to this Binding Update, besides a question for it. */
static void
learn_cause(struct mipro_view *view)
{
    struct mipro_links *links = &view->record->links;
    struct wait_key warning = key_of(WAITS_AS_WARNING, view->src, view->dst, home_of(view), 0);
    struct wait_key pfan = key_of(WAITS_AS_PFAN, 0, view->dst, home_of(view), 0);

    links->warning_in = settle(view, warning);
    /* The first update to that agent is the one, whatever its SPI. */
    links->pfan_in = settle(view, pfan);
}

static void
learn_update(struct mipro_view *view)
{
    struct wait_key question =
        key_of(WAITS_FOR_UPDATE, view->dst, view->src, home_of(view), ident_of(view));
    struct waiting *w = mipro_has(&view->m, MIPRO_F_IDENT) ? find_waiting(&question) : NULL;

    if (w != NULL && view->record->links.retransmission_of == 0) {
        answer(view, w);
        forget_waiting(&question);
    }
    learn_cause(view);
    if ((mipro_value(&view->m, MIPRO_F_FLAGS) & MIPRO_BU_A) == 0)
        return;
    wait_for(
        view, key_of(WAITS_FOR_ACKNOWLEDGE, view->src, view->dst, home_of(view), ident_of(view)));
    wait_for(view, key_of(WAITS_FOR_ANY_IDENT, view->src, view->dst, home_of(view), 0));
    wait_for(view, key_of(WAITS_FOR_HANDOFF, 0, view->dst, home_of(view), ident_of(view)));
}

static void
learn_acknowledge(struct mipro_view *view)
{
    struct wait_key exact =
        key_of(WAITS_FOR_ACKNOWLEDGE, view->dst, view->src, home_of(view), ident_of(view));
    struct wait_key any = key_of(WAITS_FOR_ANY_IDENT, view->dst, view->src, home_of(view), 0);
    struct wait_key handoff =
        key_of(WAITS_FOR_HANDOFF, 0, view->src, home_of(view), ident_of(view));
    struct waiting *w = find_waiting(&exact);
    struct waiting *last = find_waiting(&any);

    if (w == NULL && view->dst == home_of(view))
        w = find_waiting(&handoff);
    if (w == NULL)
        w = last;
    if (w == NULL)
        return;
    answer(view, w);
    forget_waiting(&exact);
    forget_waiting(&handoff);
    if (last != NULL && last->record->links.response_in != 0)
        forget_waiting(&any);
}

static void
learn_reply(struct mipro_view *view)
{
    struct wait_key key =
        key_of(WAITS_FOR_REPLY, view->dst, view->src, home_of(view), ident_of(view) & UINT32_MAX);
    struct waiting *w = find_waiting(&key);

    if (w == NULL)
        return;
    answer(view, w);
    forget_waiting(&key);
}

void
mipro_learn_exchange(struct mipro_view *view)
{
    if (!mipro_has(&view->m, MIPRO_F_HOMEADDR))
        return;
    for (int kind = 0; kind < WAIT_KINDS && waiting[kind] == NULL; kind++)
        waiting[kind] = wmem_map_new(wmem_file_scope(), hash_key, equal_keys);
    find_retransmission(view);
    switch (view->m.def->type) {
    case MIPRO_REGISTRATION_REQUEST:
        learn_registration(view);
        break;
    case MIPRO_REGISTRATION_REPLY:
        learn_reply(view);
        break;
    case MIPRO_BINDING_WARNING:
        learn_warning(view);
        break;
    case MIPRO_BINDING_REQUEST:
        learn_request(view);
        break;
    case MIPRO_BINDING_UPDATE:
        learn_update(view);
        break;
    case MIPRO_BINDING_ACKNOWLEDGE:
        learn_acknowledge(view);
        break;
    default:
        break;
    }
}

void
mipro_learn_cache(struct mipro_view *view, const struct mipro_belief *belief)
{
    struct wait_key key = key_of(LAST_BELIEVED, 0, view->dst, home_of(view), 0);
    struct waiting *last = find_waiting(&key);
    struct mipro_cache_entry *entry = &view->record->cache;

    entry->is_set = true;
    entry->deletes = belief->deletes;
    entry->node = view->dst;
    entry->coa = belief->coa;
    entry->expires = belief->expires;
    if (last == NULL) {
        last = wmem_new0(wmem_file_scope(), struct waiting);
        insert_waiting(&key, last);
    } else if (belief->had_previous && belief->previous_frame == last->record->frame) {
        entry->supersedes = last->record->frame;
        if (belief->deletes)
            last->record->cache.deleted_in = view->record->frame;
        else
            last->record->cache.superseded_in = view->record->frame;
    }
    last->record = view->record;
}

/* The maps lie in the file's memory, and go with it. */
static void
forget_exchanges(void)
{
    memset(waiting, 0, sizeof(waiting));
}

void
mipro_register_exchange(void)
{
    hash_seed = (uint64_t)g_random_int() << 32 | g_random_int();
    register_cleanup_routine(forget_exchanges);
}
