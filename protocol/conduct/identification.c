/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Identifications: replay and nonce-chain (4.2, 4.3, RFC 2002 5.6).
 *
 * A sequence of identifications belongs to a home address, the two ends of an association with a
 * replay method, a type of message and the extension that authenticates it.  Only authenticated
 * messages (good or expired) are judged and advance the sequence, so that a forger cannot.  Binding
 * Requests and Updates, Registration Requests and Replies are judged; an acknowledge copies the
 * identification of its update, and is matched with it.
 *
 * Content is what the authenticator covers.  A foreign agent that forwards a registration does
 * not change what extension 32 covers, so the content is the same on the next hop.
 */
#include "conduct/private.h"

static bool
end_holds(const struct mipro_end *e, uint32_t addr)
{
    if (e->any || e->bits == 0)
        return true;
    return addr >> (32 - e->bits) == e->addr >> (32 - e->bits);
}

static bool
joins(const struct mipro_association *s, struct mipro_ends ends)
{
    return (end_holds(&s->a, ends.a) && end_holds(&s->b, ends.b)) ||
           (end_holds(&s->a, ends.b) && end_holds(&s->b, ends.a));
}

/* The ends of authenticator a: of its two readings the one that matches (ruling 6). */
SELDOM static struct mipro_ends
find_ends(const struct view *v, const struct mipro_auth *a)
{
    const struct mipro_scene scene = { v->ev->src, v->ev->dst, v->ev->time, v->ev->ring };
    const struct mipro_ext e = { .type = a->ext, .off = a->off };
    struct mipro_ends ends[2] = { { v->ev->src, v->ev->dst }, { v->ev->src, v->ev->dst } };
    size_t n = mipro_auth_ends(v->m, &e, &scene, ends);

    for (size_t i = 0; i < n; i++)
        if (joins(a->association, ends[i]))
            return ends[i];
    return ends[0];
}

/* The same, fast: for the draft's own extension the first reading, which nearly always matches. */
static inline struct mipro_ends
ends_of(const struct view *v, const struct mipro_auth *a)
{
    struct mipro_ends ends = { v->ev->src, v->ev->dst };

    if (mipro_is_draft(v->m) && a->ext == mipro_auth_ext_type(&v->m->set) &&
        joins(a->association, ends))
        return ends;
    return find_ends(v, a);
}

static inline struct sequence *
sequence_of(
    struct shard *c, const struct view *v, uint8_t ext, uint32_t spi, struct mipro_ends ends)
{
    struct sequence *first = v->home->sequences;

    if (first != NULL && is_sequence(first, v, ext, spi, ends))
        return first;
    return mipro_sequence_make(c, v, ext, spi, ends);
}

/* A short hash of sender and receiver. */
static uint32_t
hop_of(const struct view *v)
{
    return (uint32_t)mipro_mix(v->ev->src, v->ev->dst);
}

static inline void
insert_content(struct sequence *s, const struct view *v, uint64_t hash)
{
    unsigned i = s->next_content;
    uint32_t hop = hop_of(v);

    s->next_content = (i + 1) % CONTENTS;
    s->last = i % CONTENTS;
    s->ident[i] = v->ident.value;
    s->seen[i].frame = v->ev->frame;
    s->seen[i].time = v->now;
    s->seen[i].hash = hash;
    s->seen[i].hop[0] = s->seen[i].hop[1] = hop;
    s->seen[i].ip_id = v->ev->has_datagram ? v->ev->ip_id : 0;
    s->seen[i].way = (uint16_t)v->ev->way;
    s->seen[i].again = 0;
    s->seen[i].refused = false;
}

/*
 * Content i is seen again after something newer.  It may have been forwarded: once, to a second
 * hop, within the time limit.
 */
static bool
is_passed_on(const struct shard *c, struct sequence *s, unsigned i, const struct view *v)
{
    uint32_t hop = hop_of(v);

    if (v->type != MIPRO_REGISTRATION_REQUEST && v->type != MIPRO_REGISTRATION_REPLY)
        return false;
    if (hop == s->seen[i].hop[0] || s->seen[i].hop[0] != s->seen[i].hop[1])
        return false;
    if (is_time(v->now) && is_time(s->seen[i].time) &&
        mipro_time_between(s->seen[i].time, v->now) > c->config->ack_timeout)
        return false;
    s->seen[i].hop[1] = hop;
    return true;
}

/*
 * May v be the same datagram, by its IP identification, seen by another way?  Another tap, whose
 * clock differs by more than the tolerance, may have captured it.  Or the capture's clock was set
 * forward between the two sightings, which looks like a silence.
 */
static bool
is_late_copy(const struct shard *c, const struct view *v, uint16_t first, uint16_t again,
    uint16_t way, int64_t time)
{
    uint16_t ip_id = v->ev->ip_id;

    if (view_late(c, v))
        return true;
    if (!v->ev->has_datagram || (ip_id != first && (ip_id != again || again == 0)))
        return false;
    return (ip_id != 0 && (uint16_t)v->ev->way != way) || spans_gap(c, time, v->now);
}

/*
 * May v be content i on its second hop, perhaps for the second time?  If the clock was set forward
 * meanwhile, that looks later than the time limit.
 */
static bool
may_be_passed_on(const struct shard *c, const struct view *v, const struct sequence *s, unsigned i)
{
    return (v->type == MIPRO_REGISTRATION_REQUEST || v->type == MIPRO_REGISTRATION_REPLY) &&
           hop_of(v) != s->seen[i].hop[0] && spans_gap(c, s->seen[i].time, v->now);
}

/*
 * The content of first is seen again in v, in another datagram.  Returns whether it is replayed;
 * a retransmission before anything newer is not.
 */
static bool
judge_return(struct shard *c, const struct view *v, const struct sequence *s,
    enum mipro_replay method, const struct seen *first)
{
    switch (mipro_sequence_between(c, v, s, method, first)) {
    case BETWEEN_NOTHING:
        return false;
    case BETWEEN_PERHAPS:
        undecided(c, MIPRO_RULE_REPLAY, MIPRO_UNDECIDED_ORDER);
        return false;
    case BETWEEN_REFUSED:
        undecided(c, MIPRO_RULE_REPLAY, MIPRO_UNDECIDED_OUTCOME);
        return false;
    case BETWEEN_NEWER:
        break;
    }
    mipro_replay_report(c, v, first->frame, "returns after a newer one");
    return true;
}

/*
 * With nonces: was the identification used long ago?  Returns whether it was replayed; *settled if
 * it had the same content, so that v goes on from nothing.
 */
static bool
judge_old(struct shard *c, const struct view *v, const struct sequence *s, uint64_t hash,
    bool answers, bool *settled)
{
    const struct old *o = s->old;

    for (unsigned i = 0; i < OLD; i++) {
        bool same = o->seen[i].hash == hash;

        if (o->ident[i] != v->ident.value || o->seen[i].frame == 0)
            continue;
        if (!same && (answers || v->type == MIPRO_REGISTRATION_REPLY))
            continue;
        *settled = same;
        if (same && is_late_copy(c, v, o->seen[i].ip_id, o->seen[i].again, o->seen[i].way,
                        o->seen[i].time)) {
            undecided(c, MIPRO_RULE_REPLAY, MIPRO_UNDECIDED_ORDER);
            return false;
        }
        if (same) {
            const struct seen first = { o->ident[i], o->seen[i].frame, o->seen[i].time };

            return judge_return(c, v, s, MIPRO_REPLAY_NONCE, &first);
        }
        mipro_replay_report(c, v, o->seen[i].frame, "is used again in a new message");
        return true;
    }
    return false;
}

/*
 * The sequence already has this identification.  Is it the same content, and is the repetition
 * allowed?
 */
SELDOM static bool
judge_known(struct shard *c, const struct view *v, struct sequence *s, enum mipro_replay method,
    unsigned i, uint64_t hash, bool answers, bool *settled)
{
    const struct seen first = { s->ident[i], s->seen[i].frame, s->seen[i].time };

    *settled = true;
    if (s->seen[i].frame == v->ev->frame)
        return false; /* the same message, signed twice with one key */
    if (s->seen[i].hash == hash && i == s->last) {
        if (v->ev->has_datagram && v->ev->ip_id != s->seen[i].ip_id)
            s->seen[i].again = v->ev->ip_id;
        if (hop_of(v) != s->seen[i].hop[0])
            s->seen[i].hop[1] = hop_of(v);
        return false;
    }
    if (s->seen[i].hash == hash) {
        if (is_passed_on(c, s, i, v))
            return false;
        if (is_late_copy(
                c, v, s->seen[i].ip_id, s->seen[i].again, s->seen[i].way, s->seen[i].time) ||
            may_be_passed_on(c, v, s, i)) {
            undecided(c, MIPRO_RULE_REPLAY, MIPRO_UNDECIDED_ORDER);
            return false;
        }
        return judge_return(c, v, s, method, &first);
    }
    *settled = false;
    if (answers || v->type == MIPRO_REGISTRATION_REPLY)
        return false;
    mipro_replay_report(c, v, s->seen[i].frame, "is used again in a new message");
    return true;
}

/* The index of this identification in the sequence, preferably with this content. */
static inline unsigned
find_content(const struct sequence *s, uint64_t ident, uint64_t hash)
{
    unsigned at = CONTENTS;

    for (unsigned i = 0; i < CONTENTS; i++)
        if (s->ident[i] == ident && s->seen[i].frame != 0 &&
            (at == CONTENTS || s->seen[i].hash == hash))
            at = i;
    return at;
}

static inline bool
judge_sequence(struct shard *c, struct view *v, struct sequence *s, enum mipro_replay method,
    uint64_t hash, bool answers)
{
    unsigned i = find_content(s, v->ident.value, hash);
    bool replayed = false, settled = false;

    if (i == CONTENTS && s->old != NULL)
        replayed = judge_old(c, v, s, hash, answers, &settled);
    else if (i < CONTENTS)
        replayed = judge_known(c, v, s, method, i, hash, answers, &settled);
    if (settled)
        return replayed;
    if (!replayed && method == MIPRO_REPLAY_TIMESTAMP)
        replayed = mipro_timestamp_judge(c, v, s, answers);
    else if (!replayed)
        mipro_nonce_judge(c, v, s, answers);
    if (method == MIPRO_REPLAY_NONCE)
        mipro_sequence_keep_old(c, s);
    insert_content(s, v, hash);
    return replayed;
}

/* The sequence that is moved by what a vouches for, and a hash of that; NULL if there is none. */
static inline struct sequence *
find_sequence(struct shard *c, const struct view *v, const struct mipro_auth *a, uint64_t *hash)
{
    struct mipro_ends ends;

    if (a->ext == MIPRO_EXT_PFAN || a->replay == MIPRO_REPLAY_NONE ||
        (a->verdict != MIPRO_GOOD && a->verdict != MIPRO_EXPIRED) ||
        a->off + a->len > v->m->captured)
        return NULL;
    *hash = a->off + a->len == v->m->captured ? v->hash
                                              : mipro_conduct_content(v->m->buf, a->off + a->len);
    ends = ends_of(v, a);
    if (v->home->is_node && ends.a == v->homeaddr)
        ends.a = 0; /* whatever home address it has */
    return sequence_of(c, v, a->ext, a->replay == MIPRO_REPLAY_NONCE ? a->spi : 0, ends);
}

bool
mipro_replay_judge(struct shard *c, struct view *v, bool answers)
{
    for (size_t i = 0; i < v->ev->n_auth; i++) {
        const struct mipro_auth *a = &v->ev->auth[i];
        uint64_t hash;
        struct sequence *s = find_sequence(c, v, a, &hash);

        if (s != NULL && judge_sequence(c, v, s, a->replay, hash, answers))
            return true;
    }
    return false;
}

void
mipro_replay_answered(const struct shard *c, const struct view *v, bool accepted)
{
    replay_outcome(c, v->home, v->type, v->ident, !accepted);
    if (!accepted)
        mipro_replay_refused(v->home, v->type, v->ident);
}

void
mipro_replay_note(struct shard *c, struct view *v)
{
    for (size_t i = 0; v->ident.state == IDENT_SOME && i < v->ev->n_auth; i++) {
        const struct mipro_auth *a = &v->ev->auth[i];
        uint64_t hash;
        struct sequence *s = find_sequence(c, v, a, &hash);
        bool older;

        if (s == NULL || find_content(s, v->ident.value, hash) != CONTENTS)
            continue;
        older = s->has_newest && is_later(s->newest, v->ident.value);
        if (a->replay == MIPRO_REPLAY_NONCE)
            mipro_sequence_keep_old(c, s);
        else if (!older)
            (void)mipro_timestamp_judge(c, v, s, false); /* it becomes the newest */
        insert_content(s, v, hash);
    }
}

/*
 * What was refused did not move its receiver's sequence: the one before it counts again.
 * Anybody may send an acknowledge, so no more than the last is taken back, or the newest, after
 * which an older one was captured.
 */
void
mipro_replay_refused(struct home *h, uint8_t type, struct ident ident)
{
    for (struct sequence *s = h->sequences; s != NULL; s = s->next) {
        if (s->type != type || ident.state != IDENT_SOME)
            continue;
        for (unsigned i = 0; i < CONTENTS; i++)
            s->seen[i].refused |= s->seen[i].frame != 0 && s->ident[i] == ident.value;
        if (s->has_newest && s->newest == ident.value) {
            s->newest = s->before;
            s->newest_frame = s->before_frame;
            s->newest_time = s->before_time;
            s->has_newest = s->has_before;
            s->has_before = false;
        }
        if (s->has_chain && s->seen[s->last].refused && s->ident[s->last] == ident.value) {
            s->chain[1] = s->chain[0];
            s->chain[0] = s->chain_before;
        }
    }
}
