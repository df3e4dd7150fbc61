/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * inspect.c - parse and judge the messages in frames, as far as no other frame is needed.
 *
 * Authenticators take most of the time, so many are computed together: the messages of a batch
 * are parsed first, while their associations are prefetched, then the queue of mipro_auth.h
 * computes their hashes.
 */
#include "batch.h"
#include "mipro_plain.h"

#include <string.h>

struct mipro_evidence
vrf_evidence(const struct vrf_message *message, const struct mipro_auth *auths)
{
    return (struct mipro_evidence){
        .message = &message->m,
        .auth = message->n_auth != 0 ? auths : NULL,
        .n_auth = message->n_auth,
        .sport = message->sport,
        .dport = message->dport,
        .frame = message->frame,
        .time = message->time,
        .src = message->src,
        .dst = message->dst,
    };
}

static struct mipro_scene
scene_of(const struct vrf_message *message, const struct vrf_options *o)
{
    return (struct mipro_scene){ message->src, message->dst, message->time, o->ring };
}

static inline void
add_event(struct vrf_batch *b, enum vrf_event_kind kind, uint32_t at, uint32_t homeaddr,
    uint64_t frame, int64_t time, uint64_t datagram)
{
    *VRF_ARRAY_ADD(&b->events) = (struct vrf_event){
        .kind = kind,
        .at = at & 0xffffff,
        .homeaddr = homeaddr,
        .frame = frame,
        .time = time,
        .datagram = datagram,
    };
}

/* Add the message of which these are the first octets: its datagram is to be set. */
static inline struct vrf_message *
begin_message(struct vrf_batch *b, const uint8_t *octets, uint64_t frame, int64_t time)
{
    struct vrf_message *message = VRF_ARRAY_ADD(&b->messages);

    b->types[octets[0]]++;
    message->frame = frame;
    message->time = time;
    return message;
}

/* Its datagram is set, and the payload is this.  False: it is none of ours, and was not added. */
static inline __attribute__((always_inline)) bool
end_message(struct vrf_batch *b, struct vrf_message *message, const struct mipro_span *payload,
    const struct vrf_options *o)
{
    const uint8_t *octets = payload->octets;

    message->late = message->open = message->has_pfan = message->foreign = message->listed = false;
    message->datagram = mipro_conduct_datagram(
        octets, payload->captured, payload->len, message->src, message->dst, message->ip_id);
    message->copy_of = 0;
    message->share = 0;
    message->in_share = false;
    message->first_auth = message->n_auth = 0;
    message->first_finding = message->n_findings = 0;
    message->content = mipro_conduct_content(octets, payload->captured);
    if (mipro_message_parse(&message->m, octets, payload->captured, payload->len, &o->conduct.set,
            MIPRO_IDENT_UNKNOWN) == MIPRO_ERR_NOT_OURS) {
        b->messages.n--;
        return false;
    }
    b->in |= message->m.def->in;
    if (!message->m.plain)
        message->open = mipro_ident_is_open(&message->m);
    add_event(b, VRF_EVENT_MESSAGE, b->messages.n - 1, message->m.value[MIPRO_F_HOMEADDR],
        message->frame, message->time, message->datagram);
    return true;
}

struct vrf_message *
vrf_add_message(struct vrf_batch *b, const struct mipro_leaf *leaf, uint64_t frame, int64_t time,
    const struct vrf_options *o)
{
    struct vrf_message *message;

    if (leaf->payload.captured == 0)
        return NULL;
    message = begin_message(b, leaf->payload.octets, frame, time);
    message->src = leaf->src;
    message->dst = leaf->dst;
    message->sport = leaf->sport;
    message->dport = leaf->dport;
    message->ip_id = leaf->ident_ip;
    message->way = mipro_way(leaf->route, leaf->ttl);
    return end_message(b, message, &leaf->payload, o) ? message : NULL;
}

/* The same in a plain frame, whose payload has len octets. */
static inline __attribute__((always_inline)) struct vrf_message *
add_plain(struct vrf_batch *b, const struct vrf_frame *frame, const uint8_t *octets, size_t len,
    uint64_t number, const struct vrf_options *o)
{
    const struct mipro_span payload = mipro_plain_payload(octets, len);
    struct vrf_message *message = begin_message(b, payload.octets, number, frame->time);
    uint16_t interface = vrf_frame_interface(&b->block, frame);
    uint32_t route = mipro_plain_route(octets);

    message->way = mipro_way(mipro_route_on(route, interface), mipro_plain_ttl(octets));
    message->src = mipro_plain_src(octets);
    message->dst = mipro_plain_dst(octets);
    message->sport = mipro_plain_sport(octets);
    message->dport = mipro_plain_dport(octets);
    message->ip_id = mipro_plain_ip_id(octets);
    return end_message(b, message, &payload, o) ? message : NULL;
}

static void
count_unopened(struct vrf_batch *b, struct mipro_unopened what)
{
    struct vrf_unopened *last = b->unopened.n != 0 ? &b->unopened.at[b->unopened.n - 1] : NULL;

    if (last == NULL || last->what.kind != what.kind || last->what.number != what.number) {
        last = VRF_ARRAY_ADD(&b->unopened);
        *last = (struct vrf_unopened){ what, 0 };
    }
    last->n++;
}

void
vrf_add_advert(struct vrf_batch *b, const struct vrf_advert *advert, uint64_t frame, int64_t time)
{
    *VRF_ARRAY_ADD(&b->adverts) = *advert;
    add_event(b, VRF_EVENT_ADVERT, b->adverts.n - 1, 0, frame, time, 0);
}

/* A cut datagram is passed on as the only fragment of one: see take_fragment() in assemble.c. */
static void
add_cut(struct vrf_batch *b, const struct mipro_leaf *leaf, uint64_t frame, int64_t time)
{
    struct mipro_leaf cut = mipro_leaf_alone(leaf);

    cut.offset = 0;
    cut.more = false;
    cut.payload = (struct mipro_span){ NULL, 0, 0 };
    *VRF_ARRAY_ADD(&b->fragments) = cut;
    add_event(b, VRF_EVENT_FRAGMENT, b->fragments.n - 1, 0, frame, time, 0);
}

void
vrf_add_leaf(struct vrf_batch *b, const struct mipro_leaf *leaf, uint64_t frame, int64_t time,
    const struct vrf_options *o)
{
    struct mipro_advert advert;

    b->types[MIPRO_TUNNEL_DATA] += leaf->n_tunnel_data;
    for (unsigned i = 0; i < leaf->n_tunnels; i++) {
        *VRF_ARRAY_ADD(&b->tunnels) = leaf->tunnels[i];
        add_event(b, VRF_EVENT_TUNNEL, b->tunnels.n - 1, 0, frame, time, 0);
    }
    switch (leaf->kind) {
    case MIPRO_NOTHING:
        if (leaf->unopened.kind != MIPRO_UNOPENED_NONE)
            count_unopened(b, leaf->unopened);
        if (mipro_leaf_is_cut(leaf))
            add_cut(b, leaf, frame, time);
        break;
    case MIPRO_DATAGRAM:
        (void)vrf_add_message(b, leaf, frame, time, o);
        break;
    case MIPRO_ICMP:
        if (mipro_advert_parse(
                &advert, leaf->payload.octets, leaf->payload.captured, leaf->payload.len)) {
            vrf_add_advert(b, &(struct vrf_advert){ leaf->src, advert }, frame, time);
        }
        break;
    case MIPRO_FRAGMENT:
        *VRF_ARRAY_ADD(&b->fragments) = mipro_leaf_alone(leaf);
        add_event(b, VRF_EVENT_FRAGMENT, b->fragments.n - 1, 0, frame, time, 0);
        break;
    }
}

static void
take_auth(void *ctx, const struct mipro_auth *auth)
{
    struct vrf_judged *judged = ctx;

    *VRF_ARRAY_ADD(&judged->auths) = *auth;
}

__attribute__((noinline)) static void
judge_alone(struct vrf_judged *judged, struct vrf_message *message, const struct vrf_options *o)
{
    struct mipro_scene scene = scene_of(message, o);

    message->first_auth = judged->auths.n;
    mipro_auth_each(&message->m, &scene, take_auth, judged);
    message->n_auth = judged->auths.n - message->first_auth;
    message->has_pfan = false;
    for (uint32_t i = 0; i < message->n_auth; i++)
        if (judged->auths.at[message->first_auth + i].ext == MIPRO_EXT_PFAN)
            message->has_pfan = true;
}

void
vrf_check_rules(
    struct vrf_judged *judged, struct vrf_message *message, const struct mipro_auth *auths)
{
    struct mipro_finding found[MIPRO_RULES_ON_ONE];
    struct mipro_evidence ev = vrf_evidence(message, auths);
    size_t n = mipro_rules_check(&ev, found);

    message->first_finding = judged->findings.n;
    message->n_findings = (uint32_t)n;
    for (size_t i = 0; i < n; i++)
        *VRF_ARRAY_ADD(&judged->findings) = found[i];
}

void
vrf_check_noticed(struct vrf_batch *b)
{
    for (uint32_t i = 0; i < b->noticed.n; i++) {
        struct vrf_message *message = &b->messages.at[b->noticed.at[i]];

        vrf_check_rules(&b->judged, message, vrf_auths(b, message));
    }
}

void
vrf_judge_message(
    struct vrf_judged *judged, struct vrf_message *message, const struct vrf_options *o)
{
    judge_alone(judged, message, o);
    vrf_check_rules(judged, message, judged->auths.at + message->first_auth);
}

static bool
is_auth(const struct mipro_ext *e)
{
    return e->def != NULL && (e->def->auth || e->type == MIPRO_EXT_PFAN);
}

/* False for a Binding Update without its authentication extension. */
static bool
has_own_auth(const struct mipro_message *m)
{
    struct mipro_ext e;

    return mipro_message_type(m) != MIPRO_BINDING_UPDATE || !mipro_is_draft(m) ||
           mipro_ext_find(m, mipro_auth_ext_type(&m->set), &e);
}

/*
 * Queue the authenticators of a well-formed message.  False, with nothing done, if it is
 * unusual.
 */
__attribute__((noinline)) static bool
queue_auths(struct vrf_judged *judged, struct vrf_message *message, struct mipro_auth_queue *queue,
    const struct vrf_options *o)
{
    const struct mipro_message *m = &message->m;
    struct mipro_scene scene = scene_of(message, o);

    if (m->err != MIPRO_OK || !has_own_auth(m))
        return false;
    message->first_auth = judged->auths.n;
    for (struct mipro_ext e = { 0 }; mipro_ext_next(m, &e);) {
        if (!is_auth(&e))
            continue;
        message->has_pfan |= e.type == MIPRO_EXT_PFAN;
        (void)VRF_ARRAY_ADD(&judged->auths);
        mipro_auth_queue_add(queue, m, &e, &scene, judged->auths.at, judged->auths.n - 1);
    }
    message->n_auth = judged->auths.n - message->first_auth;
    return true;
}

/*
 * The number of messages that are parsed, then judged, while they are in the first-level
 * cache.  A frame has at most one.
 */
enum { GROUP = 16 };

/* What inspects the frames of a batch. */
struct inspector {
    struct vrf_batch *b;
    const struct vrf_options *o;
    struct mipro_auth_queue *queue;
    /* Of the messages that were parsed, and are not judged yet: the last n of the batch. */
    uint32_t n;
    struct look_up {
        /* Between whom the only authenticator is; without a slot if that is not known. */
        struct mipro_pair pair;
        const struct mipro_association *only; /* of the pair, or NULL */
    } look_up[GROUP];
};

/*
 * Queue a message's only authenticator, by the only association of its pair, if it is usual.
 * There is room for it.
 */
static inline bool
queue_usual(struct vrf_judged *judged, struct vrf_message *message, struct mipro_auth_queue *queue,
    const struct mipro_association *only)
{
    const uint32_t whose = judged->auths.n;

    message->first_auth = whose;
    message->n_auth = 1;
    if (!mipro_auth_queue_add_usual(
            queue, &message->m, only, message->time, judged->auths.at, whose))
        return false;
    judged->auths.n = whose + 1;
    return true;
}

/* Queue or judge the authenticators of any other message.  May it break a rule? */
__attribute__((noinline)) static bool
judge_other(struct inspector *in, struct vrf_message *message)
{
    struct vrf_judged *judged = &in->b->judged;

    if (message->open)
        return false;
    if (!queue_auths(judged, message, in->queue, in->o))
        judge_alone(judged, message, in->o);
    VRF_ARRAY_RESERVE(&judged->auths, GROUP);
    return mipro_rules_notice(&message->m, judged->auths.at + message->first_auth, message->n_auth,
        message->sport, message->dport);
}

/* Have these octets in the cache, to write to them, and no longer in that of another processor. */
static inline void
fetch_to_write(const void *at, size_t octets)
{
    for (size_t i = 0; i < octets; i += 64) {
        const char *line = (const char *)at + i;

#ifdef __x86_64__
        __asm__ volatile("prefetchw %0" : : "m"(*line)); /* GCC's baseline lacks it */
#else
        __builtin_prefetch(line, 1);
#endif
    }
}

/*
 * The room for the messages of the next group: other threads read what was there in the batch's
 * previous use, so to write there without notice would stall the processor at each line.
 */
__attribute__((noinline)) static void
fetch_room(const struct vrf_batch *b)
{
    fetch_to_write(b->messages.at + b->messages.n, GROUP * sizeof(*b->messages.at));
    fetch_to_write(b->judged.auths.at + b->judged.auths.n, GROUP * sizeof(*b->judged.auths.at));
    fetch_to_write(b->events.at + b->events.n, GROUP * sizeof(*b->events.at));
}

/*
 * Queue the authenticators of the messages that were parsed, and select those that may break a
 * rule.  The selection depends on the association of an authenticator, which is known when it is
 * queued, not on the verdict.
 */
static void
judge_group(struct inspector *in)
{
    struct vrf_batch *b = in->b;
    struct mipro_auth_queue *queue = in->queue;
    const struct mipro_keyring *ring = in->o->ring;
    struct vrf_message *message = b->messages.at + (b->messages.n - in->n);
    struct look_up *end = in->look_up + in->n;

    /* All of them before the first is needed: this prefetches what was found. */
    for (struct look_up *l = in->look_up; l < end; l++)
        l->only = l->pair.slot != NULL ? mipro_keyring_only(ring, &l->pair) : NULL;
    VRF_ARRAY_RESERVE(&b->judged.auths, GROUP);
    for (const struct look_up *l = in->look_up; l < end; l++, message++) {
        bool noticed;

        if (l->only != NULL && queue_usual(&b->judged, message, queue, l->only))
            noticed =
                mipro_rules_notice_usual(&message->m, l->only, message->sport, message->dport);
        else
            noticed = judge_other(in, message);
        if (noticed)
            *VRF_ARRAY_ADD(&b->noticed) = (uint32_t)(message - b->messages.at);
    }
    in->n = 0;
    if (b->n_shares > 1)
        fetch_room(b);
}

/* A message was added: it joins the group, and the look-up of its association begins. */
static inline void
join_group(struct inspector *in, const struct vrf_message *message)
{
    struct mipro_scene scene = scene_of(message, in->o);
    struct mipro_pair *pair = &in->look_up[in->n++].pair;

    if (!mipro_auth_pair(&message->m, &scene, pair))
        pair->slot = NULL;
    if (in->n == GROUP)
        judge_group(in);
}

/* Inspect any frame. */
__attribute__((noinline)) static void
inspect_other(struct inspector *in, const struct vrf_frame *frame, uint64_t number)
{
    struct vrf_batch *b = in->b;
    struct mipro_span span = { vrf_frame_octets(&b->block, frame), frame->captured, frame->len };
    uint16_t interface = vrf_frame_interface(&b->block, frame);
    uint32_t n = b->messages.n;
    struct mipro_leaf leaf;

    if (frame->link == MIPRO_LINKTYPE_OTHER)
        count_unopened(b, (struct mipro_unopened){ MIPRO_UNOPENED_LINK, frame->link_number });
    if (span.octets == NULL || frame->link == MIPRO_LINKTYPE_OTHER)
        return;
    mipro_unwrap_frame(frame->link, span, &in->o->ports, &leaf);
    leaf.route = mipro_route_on(leaf.route, interface);
    vrf_add_leaf(b, &leaf, number, frame->time, in->o);
    if (b->messages.n != n)
        join_group(in, &b->messages.at[n]);
}

/* Inspect a frame.  Nearly all of ours are plain. */
static inline void
inspect_frame(struct inspector *in, const struct vrf_frame *frame, uint64_t number)
{
    const uint8_t *octets = vrf_frame_octets(&in->b->block, frame);
    const struct mipro_span span = { octets, frame->captured, frame->len };
    const struct vrf_message *message;
    size_t len = 0;

    if (octets != NULL && frame->link == MIPRO_LINKTYPE_ETHERNET)
        len = mipro_plain_len(span, &in->o->ports);
    if (len == 0) {
        inspect_other(in, frame, number);
        return;
    }
    message = add_plain(in->b, frame, octets, len, number, in->o);
    if (message != NULL)
        join_group(in, message);
}

void
vrf_inspect_frames(struct vrf_batch *b, const struct vrf_options *o)
{
    struct inspector in;

    in.b = b;
    in.o = o;
    in.queue = mipro_auth_queue_new();
    in.n = 0;
    for (size_t i = 0; i < b->block.n_frames; i++)
        inspect_frame(&in, &b->block.frames[i], b->first_frame + i);
    if (in.n != 0)
        judge_group(&in);
    mipro_auth_queue_run(in.queue, b->judged.auths.at);
    mipro_auth_queue_free(in.queue);
    vrf_check_noticed(b);
    vrf_find_ticks(b);
}
