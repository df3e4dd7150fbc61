/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "events/codec.h"

#include <glib.h>
#include <string.h>

#include "events/kinds.h"

/* Leave room for the length of what is packed until end_length(). */
static size_t
begin_length(struct vrf_pack *p)
{
    vrf_pack_reserve(p, sizeof(struct length));
    p->n += sizeof(struct length);
    return p->n;
}

static void
end_length(struct vrf_pack *p, size_t begin)
{
    const struct length length = { (uint32_t)(p->n - begin) };

    memcpy(p->octets + begin - sizeof(length), &length, sizeof(length));
}

/* Returns what ends the event, for end_length(). */
static size_t
put_start(struct vrf_pack *p, struct context *c, enum kind kind, uint32_t index,
    const struct vrf_event *ev)
{
    bool timeless = ev->time == MIPRO_TIME_NONE;

    vrf_pack_number(
        p, (uint64_t)kind | (uint64_t)timeless << 3 | (uint64_t)(index - c->index) << 4);
    vrf_pack_number(p, ev->frame - c->frame);
    if (!timeless)
        vrf_pack_signed(p, (int64_t)((uint64_t)ev->time - (uint64_t)c->time));
    c->index = index;
    c->frame = ev->frame;
    if (!timeless)
        c->time = ev->time;
    return begin_length(p);
}

static void
put_ends(struct vrf_pack *p, struct context *c, uint32_t src, uint32_t dst)
{
    vrf_pack_signed(p, (int32_t)(src - c->src));
    vrf_pack_signed(p, (int32_t)(dst - c->dst));
    c->src = src;
    c->dst = dst;
}

static void
put_payload(struct vrf_pack *p, const uint8_t *octets, size_t captured, size_t len)
{
    vrf_pack_number(p, captured);
    vrf_pack_number(p, len - captured);
    vrf_pack_octets(p, octets, captured);
}

static void
put_auth(struct vrf_pack *p, const struct mipro_auth *a)
{
    vrf_pack_number(p, a->ext);
    vrf_pack_number(p, (uint64_t)a->verdict | (uint64_t)a->has_spi << 3 |
                           (uint64_t)a->size_wrong << 4 | (uint64_t)a->hint << 5);
    vrf_pack_number(p, a->off);
    vrf_pack_number(p, a->len);
    if (a->has_spi)
        vrf_pack_number(p, a->spi);
    vrf_pack_number(p, a->association != NULL ? a->association->index + UINT64_C(1) : 0);
    if (a->association != NULL) {
        vrf_pack_number(p, (uint64_t)a->algorithm | (uint64_t)a->coverage << 4);
        vrf_pack_number(p, a->node);
    }
    if (a->ext == MIPRO_EXT_PFAN)
        vrf_pack_number(p, (uint64_t)a->reading.ident | (uint64_t)a->reading.minimal << 1 |
                               (uint64_t)a->reading.gre << 2 |
                               (uint64_t)a->reading.from_update << 3);
}

static void
put_message(struct vrf_pack *p, struct context *c, const struct vrf_batch *b,
    const struct vrf_message *message)
{
    put_ends(p, c, message->src, message->dst);
    vrf_pack_number(p, message->sport ^ MIPRO_PORT);
    vrf_pack_number(p, message->dport ^ MIPRO_PORT);
    vrf_pack_octets(p, &message->way, sizeof(message->way));
    vrf_pack_octets(p, &message->ip_id, sizeof(message->ip_id));
    put_payload(p, message->m.buf, message->m.captured, message->m.len);
    vrf_pack_number(p, message->n_auth);
    for (uint32_t i = 0; i < message->n_auth; i++)
        put_auth(p, &b->judged.auths.at[message->first_auth + i]);
}

/* Has the message the form of struct plain, if its place is close enough to the previous event? */
static bool
is_plain(const struct vrf_message *message, const struct mipro_auth *a)
{
    const struct mipro_message *m = &message->m;

    return m->plain && message->n_auth == 1 && a->off == m->first.off && a->node == 0 &&
           a->has_spi && m->captured == m->len && m->len <= UINT8_MAX &&
           message->sport == MIPRO_PORT && message->dport == MIPRO_PORT &&
           (a->association == NULL || a->association->index < UINT16_MAX);
}

/* Copy a payload, of which most have 32 to 64 octets: two pieces, which may overlap. */
static inline void
copy_payload(uint8_t *to, const uint8_t *octets, size_t n)
{
    if (n < 32 || n > 64) {
        memcpy(to, octets, n);
        return;
    }
    memcpy(to, octets, 32);
    memcpy(to + n - 32, octets + n - 32, 32);
}

/*
 * Store a member of struct plain at its place.  One by one: members put together in memory and
 * copied as something larger are slow.
 */
#define PUT(at, member, value)                                                                     \
    do {                                                                                           \
        const __typeof__(((struct plain *)0)->member) v = (__typeof__(v))(value);                  \
                                                                                                   \
        memcpy((at) + offsetof(struct plain, member), &v, sizeof(v));                              \
    } while (0)

/* Put a message as struct plain.  False: it is not like that. */
static inline bool
put_plain(struct vrf_pack *p, struct context *c, const struct vrf_message *message,
    const struct mipro_auth *a, uint32_t index, unsigned noticed)
{
    const uint64_t frame = message->frame - c->frame;
    const uint64_t time = (uint64_t)message->time - (uint64_t)c->time;
    const size_t len = message->m.len;
    uint8_t *at;

    if (((index - c->index) >> 8 | frame >> 16 | time >> 32) != 0 ||
        message->time == MIPRO_TIME_NONE || !is_plain(message, a))
        return false;
    vrf_pack_reserve(p, sizeof(struct plain) + len);
    at = p->octets + p->n;
    PUT(at, kind, KIND_PLAIN);
    PUT(at, len, len);
    PUT(at, index, index - c->index);
    PUT(at, auth, message->m.first.off);
    PUT(at, frame, frame);
    PUT(at, ip_id, message->ip_id);
    PUT(at, time, time);
    PUT(at, src, message->src);
    PUT(at, dst, message->dst);
    PUT(at, way, message->way);
    PUT(at, association, a->association != NULL ? a->association->index + 1 : 0);
    PUT(at, judged, PLAIN_JUDGED(a->verdict, (unsigned)a->hint, (unsigned)a->size_wrong, noticed));
    PUT(at, how, a->association != NULL ? PLAIN_HOW(a->algorithm, a->coverage) : 0);
    copy_payload(at + sizeof(struct plain), message->m.buf, len);
    p->n += sizeof(struct plain) + len;
    c->index = index;
    c->frame = message->frame;
    c->time = message->time;
    return true;
}

static void
put_advert(struct vrf_pack *p, const struct vrf_advert *a)
{
    vrf_pack_number(p, a->agent);
    vrf_pack_number(p, a->advert.flags);
    vrf_pack_number(p, a->advert.n_coa);
    vrf_pack_octets(p, a->advert.coa, 4 * a->advert.n_coa);
    vrf_pack_number(p, a->advert.challenge_len);
    vrf_pack_octets(p, a->advert.challenge, a->advert.challenge_len);
}

static void
put_fragment(struct vrf_pack *p, struct context *c, const struct mipro_leaf *leaf)
{
    put_ends(p, c, leaf->src, leaf->dst);
    vrf_pack_number(p, leaf->ident_ip);
    vrf_pack_number(p, leaf->protocol);
    vrf_pack_number(p, leaf->ttl);
    vrf_pack_number(p, (uint64_t)leaf->offset << 1 | leaf->more);
    vrf_pack_number(p, leaf->route);
    vrf_pack_number(p, leaf->vlans);
    vrf_pack_number(p, leaf->depth);
    put_payload(p, leaf->payload.octets, leaf->payload.captured, leaf->payload.len);
}

static void
put_ticks(struct vrf_pack *p, const struct vrf_batch *b)
{
    struct vrf_tick last = { b->first_frame, 0 };

    vrf_pack_number(p, b->ticks.n);
    for (uint32_t i = 0; i < b->ticks.n; i++) {
        const struct vrf_tick *tick = &b->ticks.at[i];

        vrf_pack_number(p, tick->frame - last.frame);
        vrf_pack_signed(p, (int64_t)((uint64_t)tick->time - (uint64_t)last.time));
        last = *tick;
    }
}

/* Count what is not among the messages, of each type. */
static void
put_types(struct vrf_pack *p, const struct vrf_batch *b)
{
    uint64_t types[256], all = 0;
    unsigned n = 0;

    for (unsigned i = 0; i < 256; i++)
        all += b->types[i];
    if (all == b->messages.n) {
        vrf_pack_number(p, 0);
        return;
    }
    memcpy(types, b->types, sizeof(types));
    for (uint32_t i = 0; i < b->messages.n; i++)
        types[b->messages.at[i].m.buf[0]]--;
    for (unsigned i = 0; i < 256; i++)
        n += types[i] != 0;
    vrf_pack_number(p, n);
    for (unsigned i = 0; i < 256; i++)
        if (types[i] != 0) {
            vrf_pack_number(p, i);
            vrf_pack_number(p, types[i]);
        }
}

/* Encode the batch itself, and its counts other than messages; times are relative to this one. */
static void
put_batch(struct vrf_pack *p, const struct vrf_batch *b, int64_t time)
{
    size_t rest;

    vrf_pack_number(
        p, (uint64_t)(b->n_begun != 0) | (uint64_t)b->ends_file << 1 | (uint64_t)b->broken << 2);
    vrf_pack_number(p, b->block.n_frames);
    vrf_pack_signed(p, time);
    rest = begin_length(p);
    if (b->broken)
        vrf_pack_string(p, b->error);
    vrf_pack_number(p, b->parts.n);
    for (uint32_t i = 0; i < b->parts.n; i++) {
        const struct vrf_part *part = &b->parts.at[i];

        vrf_pack_number(p, part->before + 1 - b->first_frame);
        vrf_pack_signed(p, (int64_t)(part->shift + b->first_frame));
        vrf_pack_number(p, (uint64_t)part->begins | (uint64_t)part->counts << 1);
        vrf_pack_string(p, part->name);
    }
    put_ticks(p, b);
    vrf_pack_number(p, b->in);
    put_types(p, b);
    vrf_pack_number(p, b->unopened.n);
    for (uint32_t i = 0; i < b->unopened.n; i++) {
        vrf_pack_number(p, b->unopened.at[i].what.kind);
        vrf_pack_number(p, b->unopened.at[i].what.number);
        vrf_pack_number(p, b->unopened.at[i].n);
    }
    end_length(p, rest);
}

/* What is encoded, and where it goes. */
struct encoder {
    const struct vrf_batch *b;
    struct vrf_pack *common, *own;
    struct context *contexts; /* of own[], then of common */
    unsigned n_parts;
    uint32_t noticed;           /* those of the batch that are messages before the next event */
    uint8_t part[MIPRO_SHARDS]; /* of each shard */
};

static unsigned
part_of(const struct encoder *e, uint32_t homeaddr)
{
    return e->part[mipro_conduct_shard(homeaddr, MIPRO_SHARDS)];
}

static void
put_message_event(struct encoder *e, uint32_t index, const struct vrf_event *ev)
{
    const struct vrf_batch *b = e->b;
    const struct vrf_message *message = &b->messages.at[ev->at];
    const bool is_common = vrf_is_common(b, message);
    const unsigned part = is_common ? e->n_parts : part_of(e, ev->homeaddr);
    struct vrf_pack *p = is_common ? e->common : &e->own[part];
    struct context *c = &e->contexts[part];
    const bool noticed = e->noticed < b->noticed.n && b->noticed.at[e->noticed] == ev->at;
    size_t rest;

    e->noticed += noticed;
    if (put_plain(p, c, message, b->judged.auths.at + message->first_auth, index, noticed))
        return;
    rest = put_start(p, c, KIND_MESSAGE, index, ev);
    put_message(p, c, b, message);
    end_length(p, rest);
}

static void
put_tunnel(struct encoder *e, uint32_t index, const struct vrf_event *ev)
{
    const struct mipro_tunnel *t = &e->b->tunnels.at[ev->at];
    const unsigned part = part_of(e, t->homeaddr);
    struct vrf_pack *p = &e->own[part];
    const size_t rest = put_start(p, &e->contexts[part], KIND_TUNNEL, index, ev);

    put_ends(p, &e->contexts[part], t->src, t->dst);
    vrf_pack_number(p, t->homeaddr);
    end_length(p, rest);
}

static void
put_event(struct encoder *e, uint32_t index, const struct vrf_event *ev)
{
    struct context *shared = &e->contexts[e->n_parts];
    size_t rest;

    switch (ev->kind) {
    case VRF_EVENT_MESSAGE:
        put_message_event(e, index, ev);
        break;
    case VRF_EVENT_TUNNEL:
        put_tunnel(e, index, ev);
        break;
    case VRF_EVENT_ADVERT:
        rest = put_start(e->common, shared, KIND_ADVERT, index, ev);
        put_advert(e->common, &e->b->adverts.at[ev->at]);
        end_length(e->common, rest);
        break;
    case VRF_EVENT_FRAGMENT:
        rest = put_start(e->common, shared, KIND_FRAGMENT, index, ev);
        put_fragment(e->common, shared, &e->b->fragments.at[ev->at]);
        end_length(e->common, rest);
        break;
    case VRF_EVENT_BEGUN:
    case VRF_EVENT_PIECE:
    case VRF_EVENT_WHOLE:
        break; /* nothing is assembled yet */
    }
}

void
vrf_events_encode(
    const struct vrf_batch *b, struct vrf_pack *common, struct vrf_pack *own, unsigned n_parts)
{
    const int64_t time = b->ticks.n != 0 ? b->ticks.at[0].time : 0;
    struct encoder e = { b, common, own, g_new(struct context, n_parts + 1), n_parts, 0, { 0 } };

    for (unsigned i = 0; i < MIPRO_SHARDS; i++)
        e.part[i] = (uint8_t)(i % n_parts);
    for (unsigned i = 0; i <= n_parts; i++)
        e.contexts[i] = (struct context){ .frame = b->first_frame, .time = time };
    put_batch(common, b, time);
    for (uint32_t i = 0; i < b->events.n; i++)
        put_event(&e, i, &b->events.at[i]);
    vrf_pack_number(common, KIND_END);
    g_free(e.contexts);
}
