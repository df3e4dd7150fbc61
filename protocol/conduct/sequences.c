/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sequences of identifications: finding them, and comparing what was seen in between. */
#include "conduct/private.h"

static struct sequence *
find_sequence(
    const struct shard *c, const struct view *v, uint8_t ext, uint32_t spi, struct mipro_ends ends)
{
    const struct home *h = v->home;
    struct sequence *s = h->crowded ? mipro_peers_sequence(c, h, ends) : h->sequences;

    while (s != NULL && (s->home != h->addr || !is_sequence(s, v, ext, spi, ends)))
        s = h->crowded ? s->of_peer : s->next;
    return s;
}

void
mipro_sequence_drop(struct shard *c, struct home *h, struct sequence *s)
{
    if (h->crowded)
        mipro_peers_remove_sequence(c, s);
    LIST_TAKE_OUT(h->sequences, s);
    h->n_sequences--;
    if (s->old != NULL)
        mipro_record_give(&c->olds, s->old);
    mipro_record_give(&c->sequences, s);
}

static inline void
begin_sequence(
    struct sequence *s, const struct view *v, uint8_t ext, uint32_t spi, struct mipro_ends ends)
{
    s->home = v->home->addr;
    s->a = ends.a;
    s->b = ends.b;
    s->type = v->type;
    s->ext = ext;
    s->spi = spi;
    s->node = v->node;
}

/* Find or add a sequence that is not the first, and make it the first. */
__attribute__((noinline)) static struct sequence *
find_or_add(
    struct shard *c, const struct view *v, uint8_t ext, uint32_t spi, struct mipro_ends ends)
{
    struct home *h = v->home;
    struct sequence *s = find_sequence(c, v, ext, spi, ends);

    if (s != NULL) {
        LIST_TAKE_OUT(h->sequences, s);
        LIST_PUT_FIRST(h->sequences, s);
        return s;
    }
    if (h->n_sequences == MAX_SEQUENCES) {
        mipro_sequence_drop(c, h, h->sequences->prev);
        dropped(c, MIPRO_DROPPED_IDENTS);
    }
    s = mipro_record_take(c, &c->sequences, h);
    if (s == NULL)
        return NULL;
    begin_sequence(s, v, ext, spi, ends);
    LIST_PUT_FIRST(h->sequences, s);
    h->n_sequences++;
    if (h->crowded)
        mipro_peers_add_sequence(c, s);
    else if (h->n_sequences > c->crowd)
        mipro_peers_crowd(c, h);
    return s;
}

struct sequence *
mipro_sequence_make(
    struct shard *c, const struct view *v, uint8_t ext, uint32_t spi, struct mipro_ends ends)
{
    struct home *h = v->home;
    struct sequence *s;

    /* The only one of its home address needs no room, and makes no crowd. */
    if (h->sequences != NULL || h->crowded || !mipro_pool_has_fresh(&c->sequences))
        return find_or_add(c, v, ext, spi, ends);
    s = mipro_pool_next_fresh(&c->sequences);
    begin_sequence(s, v, ext, spi, ends);
    LIST_PUT_FIRST(h->sequences, s);
    h->n_sequences = 1;
    return s;
}

/* With nonces, move the oldest entry, which v's will replace, to the older ones. */
void
mipro_sequence_keep_old(struct shard *c, struct sequence *s)
{
    unsigned i = s->next_content;
    struct old *o = s->old;

    if (s->seen[i].frame == 0)
        return;
    if (o == NULL) {
        o = s->old = mipro_pool_take_zeroed(&c->olds);
        if (o == NULL) {
            dropped(c, MIPRO_DROPPED_IDENTS);
            return;
        }
    }
    o->ident[o->next] = s->ident[i];
    o->seen[o->next].frame = s->seen[i].frame;
    o->seen[o->next].time = s->seen[i].time;
    o->seen[o->next].hash = s->seen[i].hash;
    o->seen[o->next].ip_id = s->seen[i].ip_id;
    o->seen[o->next].way = s->seen[i].way;
    o->seen[o->next].again = s->seen[i].again;
    o->next = (uint8_t)ring_next(o->next, OLD);
}

/*
 * Is other newer than first, and older than v?  Timestamps are ordered; nonces have the order of
 * the capture, which is not defined for frames less than the tolerance apart.  Nor is that of the
 * timestamps of such updates, because one that answers a request has the requester's; nor, of any
 * message, if the sender's clock had been set back for the first.
 */
static enum between
compare_seen(const struct shard *c, const struct view *v, enum mipro_replay method,
    const struct seen *first, const struct seen *other)
{
    if (other->frame == 0 || other->frame == first->frame)
        return BETWEEN_NOTHING;
    if (other->frame < first->frame && certainly_before(c, other->time, first->time))
        return BETWEEN_NOTHING;
    if (method == MIPRO_REPLAY_TIMESTAMP) {
        if (!is_later(other->ident, first->ident))
            return BETWEEN_NOTHING;
        if (!certainly_before(c, first->time, other->time) &&
            (v->type == MIPRO_BINDING_UPDATE ||
                (is_time(first->time) && !mipro_is_of_now(c, first->ident, first->time))))
            return BETWEEN_PERHAPS;
    } else if (other->frame < first->frame || !certainly_before(c, first->time, other->time)) {
        return BETWEEN_PERHAPS;
    }
    return certainly_before(c, other->time, v->now) ? BETWEEN_NEWER : BETWEEN_PERHAPS;
}

/* Was anything newer than first seen before v, which has the same content? */
enum between
mipro_sequence_between(const struct shard *c, const struct view *v, const struct sequence *s,
    enum mipro_replay method, const struct seen *first)
{
    struct seen other = { s->newest, s->has_newest ? s->newest_frame : 0, s->newest_time };
    enum between best = compare_seen(c, v, method, first, &other), one;

    for (unsigned i = 0; i < CONTENTS && best != BETWEEN_NEWER; i++) {
        other = (struct seen){ s->ident[i], s->seen[i].frame, s->seen[i].time };
        one = compare_seen(c, v, method, first, &other);
        if (s->seen[i].refused && one == BETWEEN_NEWER)
            one = BETWEEN_REFUSED;
        best = one < best ? one : best;
    }
    for (unsigned i = 0; s->old != NULL && i < OLD && best != BETWEEN_NEWER; i++) {
        const struct old *o = s->old;

        other = (struct seen){ o->ident[i], o->seen[i].frame, o->seen[i].time };
        one = compare_seen(c, v, method, first, &other);
        best = one < best ? one : best;
    }
    return best;
}

bool
mipro_sequence_is_refused(const struct sequence *s, uint64_t frame)
{
    for (unsigned i = 0; i < CONTENTS; i++)
        if (s->seen[i].frame == frame)
            return s->seen[i].refused;
    return false;
}
