/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Time lines of identifications: finding them, and comparing what was seen in between. */
#include "conduct/private.h"

static struct line *
find_line(
    const struct shard *c, const struct view *v, uint8_t ext, uint32_t spi, struct mipro_ends ends)
{
    const struct home *h = v->home;
    struct line *l = h->crowded ? mipro_peers_line(c, h, ends) : h->lines;

    while (l != NULL && (l->home != h->addr || !is_line(l, v, ext, spi, ends)))
        l = h->crowded ? l->of_peer : l->next;
    return l;
}

void
mipro_line_drop(struct shard *c, struct home *h, struct line *l)
{
    if (h->crowded)
        mipro_peers_remove_line(c, l);
    LIST_TAKE_OUT(h->lines, l);
    h->n_lines--;
    if (l->old != NULL)
        mipro_record_give(&c->olds, l->old);
    mipro_record_give(&c->lines, l);
}

/* Find or add a line that is not the first, and make it the first. */
struct line *
mipro_line_make(
    struct shard *c, const struct view *v, uint8_t ext, uint32_t spi, struct mipro_ends ends)
{
    struct home *h = v->home;
    struct line *l = find_line(c, v, ext, spi, ends);

    if (l != NULL) {
        LIST_TAKE_OUT(h->lines, l);
        LIST_PUT_FIRST(h->lines, l);
        return l;
    }
    if (h->n_lines == MAX_LINES) {
        mipro_line_drop(c, h, h->lines->prev);
        dropped(c, MIPRO_DROPPED_IDENTS);
    }
    l = mipro_record_take(c, &c->lines, h);
    if (l == NULL)
        return NULL;
    l->home = h->addr;
    l->a = ends.a;
    l->b = ends.b;
    l->type = v->type;
    l->ext = ext;
    l->spi = spi;
    l->node = v->node;
    LIST_PUT_FIRST(h->lines, l);
    h->n_lines++;
    if (h->crowded)
        mipro_peers_add_line(c, l);
    else if (h->n_lines > c->crowd)
        mipro_peers_crowd(c, h);
    return l;
}

/* With nonces, move the oldest entry, which v's will replace, to the older ones. */
void
mipro_line_keep_old(struct shard *c, struct line *l)
{
    unsigned i = l->next_content;
    struct old *o = l->old;

    if (l->seen[i].frame == 0)
        return;
    if (o == NULL) {
        o = l->old = mipro_pool_take_zeroed(&c->olds);
        if (o == NULL) {
            dropped(c, MIPRO_DROPPED_IDENTS);
            return;
        }
    }
    o->ident[o->next] = l->ident[i];
    o->seen[o->next].frame = l->seen[i].frame;
    o->seen[o->next].time = l->seen[i].time;
    o->seen[o->next].hash = l->seen[i].hash;
    o->seen[o->next].ip_id = l->seen[i].ip_id;
    o->seen[o->next].way = l->seen[i].way;
    o->next = (uint8_t)ring_next(o->next, OLD);
}

/*
 * Is other newer than first, and older than v?  Timestamps are ordered; nonces have the order of
 * the capture, which is not defined for frames less than the tolerance apart.
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
    } else if (other->frame < first->frame || !certainly_before(c, first->time, other->time)) {
        return BETWEEN_PERHAPS;
    }
    return certainly_before(c, other->time, v->now) ? BETWEEN_NEWER : BETWEEN_PERHAPS;
}

/* Was anything newer than first seen before v, which has the same content? */
enum between
mipro_line_between(const struct shard *c, const struct view *v, const struct line *l,
    enum mipro_replay method, const struct seen *first)
{
    struct seen other = { l->newest, l->has_newest ? l->newest_frame : 0, l->newest_time };
    enum between best = compare_seen(c, v, method, first, &other), one;

    for (unsigned i = 0; i < LINE && best != BETWEEN_NEWER; i++) {
        other = (struct seen){ l->ident[i], l->seen[i].frame, l->seen[i].time };
        one = compare_seen(c, v, method, first, &other);
        best = one < best ? one : best;
    }
    for (unsigned i = 0; l->old != NULL && i < OLD && best != BETWEEN_NEWER; i++) {
        const struct old *o = l->old;

        other = (struct seen){ o->ident[i], o->seen[i].frame, o->seen[i].time };
        one = compare_seen(c, v, method, first, &other);
        best = one < best ? one : best;
    }
    return best;
}
