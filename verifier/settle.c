/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * settle.c - what must be done in the order of frames: put fragments together,
 * run the rules over several messages, and make records of what is certain.
 *
 * A Registration Request with a Previous Foreign Agent Notification stays
 * uncertain until its Binding Update came, or the time limit: it is copied, and
 * recorded when conduct has said its last word.
 */
#include "batch.h"

#include <glib.h>
#include <string.h>

/* A request whose PFAN awaits its last word. */
struct waiting {
    struct vrf_message message; /* its payload and auths are copies */
    struct mipro_auth *auths;
    uint8_t *octets;
};

struct vrf_settler {
    const struct vrf_options *o;
    struct vrf_tally *tally;
    bool wants_records; /* vrf_wants_records() */
    bool foreign;       /* there are messages of other parts */
    struct mipro_fragments *fragments;
    struct mipro_conduct *conduct;
    GHashTable *waiting; /* by frame */
    uint64_t *weak;      /* by association: the frame of the first key-weak, 0 if none */
    struct vrf_batch *b; /* while vrf_settle() runs */
    size_t passed;       /* frames of its block, or ticks, that conduct knows the time of */
    const struct mipro_event *seen;        /* while conduct sees it */
    struct mipro_clock_difference refused; /* by the message that conduct saw last */
};

static void
add_record(struct vrf_settler *s, const struct vrf_record *record)
{
    *VRF_ARRAY_ADD(&s->b->records) = *record;
}

/* What a record says of the message as a whole. */
static void
set_message(struct vrf_record *r, const struct vrf_message *message)
{
    r->has_home = mipro_has(&message->m, MIPRO_F_HOMEADDR);
    r->home = (uint32_t)mipro_value(&message->m, MIPRO_F_HOMEADDR);
    r->copy_of = message->copy_of;
}

/* message is NULL where the finding is of conduct, about several. */
static void
record_finding(struct vrf_settler *s, const struct vrf_message *message,
    const struct mipro_finding *finding, const struct mipro_association *weak)
{
    struct vrf_record r;

    if (!s->o->rules[finding->rule])
        return;
    r = vrf_record_of(finding);
    r.weak = weak;
    if (message != NULL)
        set_message(&r, message);
    add_record(s, &r);
}

static void
record_auth(struct vrf_settler *s, const struct vrf_message *message, const struct mipro_auth *auth)
{
    struct vrf_record r = { .kind = VRF_RECORD_AUTHENTICATOR };

    r.frame = message->frame;
    r.time = message->time;
    r.src = message->src;
    r.dst = message->dst;
    r.message = mipro_message_type(&message->m);
    r.off = (uint32_t)auth->off;
    r.ext = auth->ext;
    r.verdict = (uint8_t)auth->verdict;
    r.algorithm = (uint8_t)auth->algorithm;
    r.coverage = (uint8_t)auth->coverage;
    r.has_spi = auth->has_spi;
    r.spi = auth->spi;
    r.reading = auth->reading;
    r.association = auth->association;
    r.hint = (uint8_t)auth->hint;
    r.size_wrong = auth->size_wrong;
    r.refused = s->refused;
    if (auth->verdict == MIPRO_NO_KEY) {
        const struct mipro_scene scene = { message->src, message->dst, message->time, s->o->ring };
        struct mipro_ends ends[2];

        r.n_ends = (uint8_t)mipro_auth_ends_of(&message->m, auth, &scene, ends);
        r.ends = ends[0];
    }
    set_message(&r, message);
    add_record(s, &r);
}

/*
 * The text counts by pairs, and names what is not good or explains a refusal; the other formats
 * list all.
 */
__attribute__((noinline)) static void
list_auths(struct vrf_settler *s, const struct vrf_message *message, const struct mipro_auth *auth)
{
    for (uint32_t i = 0; i < message->n_auth; i++) {
        vrf_tally_pair(s->tally, &auth[i], message->src, message->dst, message->time);
        if ((s->o->format->lists_good && !s->o->quiet) || s->o->write != NULL ||
            auth[i].verdict != MIPRO_GOOD || s->refused.of != MIPRO_CLOCK_UNKNOWN)
            record_auth(s, message, &auth[i]);
        s->refused.of = MIPRO_CLOCK_UNKNOWN; /* said once */
    }
}

/*
 * key-weak is found at every authenticator; only the first of an association is
 * of interest.  (Records may be made out of order: the report has the last say.)
 */
static void
record_weak(struct vrf_settler *s, const struct vrf_message *message,
    const struct mipro_evidence *ev, const struct mipro_finding *finding)
{
    struct mipro_finding one = *finding;
    const struct mipro_association *weak;

    one.text = NULL;
    for (size_t i = 0; (weak = mipro_weak_association(ev, i, &one)) != NULL; i++) {
        uint64_t *first = &s->weak[weak->index];

        if (*first != 0 && *first <= ev->frame)
            continue;
        *first = ev->frame;
        record_finding(s, message, &one, weak);
    }
    mipro_finding_clear(&one);
}

/* Findings are the exception: apart, lest each message makes room for them on the stack. */
__attribute__((noinline, cold)) static void
conclude_findings(struct vrf_settler *s, const struct vrf_message *message,
    const struct mipro_auth *auths, const struct mipro_finding *findings)
{
    for (uint32_t i = 0; i < message->n_findings; i++) {
        const struct mipro_finding *finding = &findings[message->first_finding + i];
        struct mipro_evidence ev = vrf_evidence(message, auths);

        if (finding->rule == MIPRO_RULE_KEY_WEAK)
            record_weak(s, message, &ev, finding);
        else
            record_finding(s, message, finding, NULL);
    }
}

/* A message about which nothing more can change, and there may be more to say than a count. */
__attribute__((noinline)) static void
conclude_closely(struct vrf_settler *s, const struct vrf_message *message,
    const struct mipro_auth *auths, const struct mipro_finding *findings)
{
    const struct mipro_auth *auth = auths + message->first_auth;

    if (!vrf_is_own(s->o, message))
        return;
    for (uint32_t i = 0; i < message->n_auth; i++)
        vrf_tally_verdict(s->tally, auth[i].verdict);
    if (s->wants_records)
        list_auths(s, message, auth);
    if (message->n_findings != 0)
        conclude_findings(s, message, auths, findings);
    s->refused.of = MIPRO_CLOCK_UNKNOWN;
}

/* A message about which nothing more can change. */
static inline void
conclude(struct vrf_settler *s, const struct vrf_message *message, const struct mipro_auth *auths,
    const struct mipro_finding *findings)
{
    if (s->wants_records || message->n_findings != 0 || message->n_auth != 1 || s->foreign)
        conclude_closely(s, message, auths, findings);
    else
        vrf_tally_verdict(s->tally, auths[message->first_auth].verdict);
}

static void
take_finding(void *ctx, const struct mipro_finding *finding)
{
    record_finding(ctx, NULL, finding, NULL);
}

/* Another part may have what belongs to it. */
static void
take_open(void *ctx, const struct mipro_open *open)
{
    struct vrf_settler *s = ctx;
    struct vrf_record r = vrf_record_of(&open->finding);

    if (!open->says || !s->o->rules[open->finding.rule])
        r.kind = VRF_RECORD_OPEN;
    r.open = g_memdup2(open, sizeof(*open));
    add_record(s, &r);
}

static void
free_waiting(gpointer p)
{
    struct waiting *w = p;

    g_free(w->auths);
    g_free(w->octets);
    g_free(w);
}

/* Conduct's last word on the PFAN of the request in frame. */
static void
take_pfan(void *ctx, uint64_t frame, const struct mipro_auth *auth)
{
    struct vrf_settler *s = ctx;
    struct waiting *w = g_hash_table_lookup(s->waiting, &frame);
    struct mipro_finding findings[MIPRO_RULES_ON_ONE];
    struct mipro_evidence ev;

    if (w == NULL)
        return;
    /* The last word may come at once, before tell_waiting(). */
    if (s->seen != NULL && s->seen->frame == frame)
        w->message.copy_of = s->seen->copy_of;
    for (uint32_t i = 0; auth != NULL && i < w->message.n_auth; i++)
        if (w->auths[i].ext == MIPRO_EXT_PFAN && w->auths[i].off == auth->off)
            w->auths[i] = *auth;
    ev = vrf_evidence(&w->message, w->auths);
    w->message.n_findings = (uint32_t)mipro_rules_check(&ev, findings);
    w->message.first_finding = 0;
    conclude(s, &w->message, w->auths, findings);
    for (uint32_t i = 0; i < w->message.n_findings; i++)
        mipro_finding_clear(&findings[i]);
    g_hash_table_remove(s->waiting, &frame);
}

static void
wait_for_update(struct vrf_settler *s, const struct vrf_message *message)
{
    struct waiting *w = g_new(struct waiting, 1);

    w->message = *message;
    w->octets = g_memdup2(message->m.buf, message->m.captured);
    w->message.m.buf = w->octets;
    w->auths = g_memdup2(
        &s->b->auths.at[message->first_auth], message->n_auth * sizeof(struct mipro_auth));
    w->message.first_auth = 0;
    g_hash_table_replace(s->waiting, &w->message.frame, w);
}

/* A request that waits for its last word is a copy of another: or it had its last word. */
static void
tell_waiting(struct vrf_settler *s, const struct vrf_message *message)
{
    struct waiting *w = g_hash_table_lookup(s->waiting, &message->frame);

    if (w != NULL)
        w->message.copy_of = message->copy_of;
}

/* Did conduct change a verdict (of a Binding Update that is a PFAN's)? */
static inline bool
see(struct vrf_settler *s, struct vrf_message *message)
{
    struct mipro_event event = {
        .frame = message->frame,
        .time = message->time,
        .src = message->src,
        .dst = message->dst,
        .message = &message->m,
        .auth = s->b->auths.at + message->first_auth,
        .n_auth = message->n_auth,
        .content = message->content,
        .has_datagram = true,
        .ip_id = message->ip_id,
        .way = message->way,
        .ring = s->o->ring,
    };

    s->seen = &event;
    mipro_conduct_see(s->conduct, &event);
    s->seen = NULL;
    s->refused = event.refused;
    message->copy_of = event.copy_of;
    if (message->has_pfan)
        tell_waiting(s, message);
    return event.rejudged;
}

/* Time passes up to this frame, which is the next that conduct hears of. */
static void
pass_time(struct vrf_settler *s, uint64_t frame)
{
    const struct vrf_batch *b = s->b;

    if (b->of_events) {
        for (; s->passed < b->ticks.n && b->ticks.at[s->passed].frame < frame; s->passed++)
            mipro_conduct_tick(
                s->conduct, b->ticks.at[s->passed].frame, b->ticks.at[s->passed].time);
        return;
    }
    for (; b->first_frame + s->passed < frame; s->passed++)
        mipro_conduct_tick(s->conduct, b->first_frame + s->passed, b->block.frames[s->passed].time);
}

/*
 * A message about which there is something out of the ordinary, before conduct sees it.
 * False: it does not.
 */
__attribute__((noinline)) static bool
prepare(struct vrf_settler *s, struct vrf_message *message)
{
    struct vrf_batch *b = s->b;

    if (message->open) {
        struct mipro_message *m = &message->m;
        enum mipro_ident_hint hint = mipro_conduct_ident_hint(
            s->conduct, message->src, message->dst, (uint32_t)mipro_value(m, MIPRO_F_HOMEADDR));

        mipro_message_parse(m, m->buf, m->captured, m->len, &s->o->conduct.set, hint);
        vrf_judge_message(b, message, s->o);
    }
    if (message->late)
        conclude(s, message, b->auths.at, b->findings.at);
    else if (message->has_pfan && vrf_is_own(s->o, message))
        wait_for_update(s, message);
    return !message->late;
}

static inline void
settle_message(struct vrf_settler *s, struct vrf_message *message)
{
    struct vrf_batch *b = s->b;
    bool changed;

    if ((message->open || message->late || message->has_pfan) && !prepare(s, message))
        return;
    changed = see(s, message);
    if (message->has_pfan)
        return; /* it waits for conduct's last word */
    if (changed)
        vrf_check_rules(b, message);
    conclude(s, message, b->auths.at, b->findings.at);
}

/* What conduct hears of besides messages. */
__attribute__((noinline)) static void
settle_sight(struct vrf_settler *s, const struct vrf_event *ev)
{
    if (ev->kind == VRF_EVENT_TUNNEL) {
        const struct mipro_tunnel *t = &s->b->tunnels.at[ev->at];

        mipro_conduct_tunnel(s->conduct, ev->frame, ev->time, t->src, t->dst, t->homeaddr);
    } else if (ev->kind == VRF_EVENT_ADVERT) {
        const struct vrf_advert *a = &s->b->adverts.at[ev->at];

        mipro_conduct_advert(s->conduct, ev->frame, ev->time, a->agent, &a->advert);
    }
}

static inline void
settle_event(struct vrf_settler *s, const struct vrf_event *ev, bool late)
{
    if (ev->kind == VRF_EVENT_MESSAGE)
        settle_message(s, &s->b->messages.at[ev->at]);
    else if (!late)
        settle_sight(s, ev);
}

/* What is no message of anybody's counts once, for the first part. */
static void
add_datagram(struct vrf_settler *s, const struct mipro_leaf *leaf, const struct mipro_datagram *d)
{
    struct vrf_batch *b = s->b;
    uint64_t tunnel_data = b->types[MIPRO_TUNNEL_DATA];
    uint32_t n_messages = b->messages.n;

    vrf_add_leaf(b, leaf, d->frame, d->time, s->o);
    if (s->o->conduct.part == 0)
        return;
    b->types[MIPRO_TUNNEL_DATA] = tunnel_data;
    b->unopened.n = 0; /* of this part there are none */
    if (leaf->kind == MIPRO_DATAGRAM && b->messages.n == n_messages && leaf->payload.captured != 0)
        b->types[leaf->payload.octets[0]]--; /* its type is not ours */
}

/*
 * A datagram is done: unwrap what it bears, and settle that.  late: it was given
 * up, and frames behind its own have been settled; conduct does not hear of it.
 */
static void
take_datagram(struct vrf_settler *s, struct mipro_datagram *d, bool late)
{
    struct vrf_batch *b = s->b;
    struct mipro_leaf leaf;
    bool again;

    do {
        uint32_t first = b->events.n, first_message = b->messages.n;
        bool overlap = false;

        again = false;
        leaf = d->leaf;
        *VRF_ARRAY_ADD(&b->owned) = d->octets;
        mipro_unwrap_payload(d->span, &s->o->ports, &leaf);
        if (leaf.kind == MIPRO_FRAGMENT) { /* a tunnel's packets, fragmented inside and outside */
            struct mipro_leaf piece = mipro_leaf_alone(&leaf);

            if (!late)
                again = mipro_fragments_add(s->fragments, &piece, d->frame, d->time,
                    mipro_conduct_clock(s->conduct), d, &overlap);
            if (overlap && s->o->conduct.part == 0)
                *VRF_ARRAY_ADD(&b->overlaps) = d->frame;
            leaf.kind = MIPRO_NOTHING;
        }
        add_datagram(s, &leaf, d);
        for (uint32_t i = first_message; i < b->messages.n; i++) {
            b->messages.at[i].late = late;
            if (!vrf_is_own(s->o, &b->messages.at[i])) {
                b->types[b->messages.at[i].m.buf[0]]--;
                b->n_foreign++;
            }
            if (!b->messages.at[i].open)
                vrf_judge_message(b, &b->messages.at[i], s->o);
        }
        for (uint32_t i = first; i < b->events.n; i++)
            settle_event(s, &b->events.at[i], late);
    } while (again);
}

static void
give_up(struct vrf_settler *s, bool end)
{
    int64_t clock = mipro_conduct_clock(s->conduct);
    struct mipro_datagram d;

    while (mipro_fragments_give_up(s->fragments, clock, end, &d)) {
        s->b->incomplete += s->o->conduct.part == 0;
        take_datagram(s, &d, true);
    }
}

#define UDP 17
#define UDP_HEADER 8u

/*
 * The first fragment of a datagram that is not whole yet: what it says, conduct hears.  Returns
 * whether it says what the datagram is.
 */
static bool
tell_beginning(struct vrf_settler *s, const struct mipro_leaf *fragment, const struct vrf_event *ev)
{
    struct mipro_event event = { .frame = ev->frame, .time = ev->time };
    struct mipro_leaf leaf = *fragment;
    struct mipro_message m;

    mipro_unwrap_payload(fragment->payload, &s->o->ports, &leaf);
    if (leaf.kind != MIPRO_DATAGRAM)
        return fragment->protocol == UDP && fragment->payload.captured > UDP_HEADER;
    mipro_message_parse(&m, leaf.payload.octets, leaf.payload.captured, leaf.payload.len,
        &s->o->conduct.set, MIPRO_IDENT_UNKNOWN);
    event.src = leaf.src; /* where a tunnel was cut up, those inside */
    event.dst = leaf.dst;
    event.message = &m;
    if (m.def != NULL && mipro_is_draft(&m) && !mipro_has(&m, MIPRO_F_HOMEADDR))
        return false;
    mipro_conduct_begun(s->conduct, &event);
    return leaf.payload.captured != 0;
}

/* A fragment that completed a datagram, or not. */
static void
tell_piece(
    struct vrf_settler *s, const struct mipro_leaf *leaf, const struct vrf_event *ev, bool done)
{
    const struct mipro_datagram_id id = { leaf->src, leaf->dst, leaf->ident_ip };
    bool known = !done && leaf->offset == 0 && tell_beginning(s, leaf, ev);

    if (leaf->protocol != UDP)
        return;
    if (done)
        mipro_conduct_whole(s->conduct, &id);
    else
        mipro_conduct_piece(s->conduct, ev->frame, ev->time, &id, known);
}

static void
take_fragment(struct vrf_settler *s, const struct vrf_event *ev)
{
    struct mipro_leaf leaf = s->b->fragments.at[ev->at];
    struct mipro_datagram d;
    bool overlap, done;

    pass_time(s, ev->frame + 1);
    give_up(s, false);
    done = mipro_fragments_add(
        s->fragments, &leaf, ev->frame, ev->time, mipro_conduct_clock(s->conduct), &d, &overlap);
    if (overlap && s->o->conduct.part == 0)
        *VRF_ARRAY_ADD(&s->b->overlaps) = ev->frame;
    tell_piece(s, &leaf, ev, done);
    if (done)
        take_datagram(s, &d, false);
}

/* Tell conduct of event i, which is to come; behind the last one, of none. */
static void
announce(struct vrf_settler *s, uint32_t i)
{
    const struct vrf_batch *b = s->b;

    mipro_conduct_announce(s->conduct, i < b->events.n ? b->events.at[i].homeaddr : 0);
}

static bool
begin_state(struct vrf_settler *s)
{
    const struct mipro_conduct_sink sink = { s, take_finding, take_pfan,
        s->o->conduct.parts > 1 && s->o->format->lists_open ? take_open : NULL };
    size_t n = s->o->ring != NULL ? mipro_keyring_count(s->o->ring) : 0;

    s->fragments = mipro_fragments_new();
    s->conduct = mipro_conduct_new(&s->o->conduct, &sink);
    s->waiting = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, free_waiting);
    s->weak = g_new0(uint64_t, n + 1);
    return s->conduct != NULL;
}

static void
end_state(struct vrf_settler *s)
{
    mipro_fragments_free(s->fragments);
    mipro_conduct_free(s->conduct);
    g_hash_table_destroy(s->waiting);
    g_free(s->weak);
}

struct vrf_settler *
vrf_settler_new(const struct vrf_options *o, struct vrf_tally *tally)
{
    struct vrf_settler *s = g_new0(struct vrf_settler, 1);

    s->o = o;
    s->tally = tally;
    s->wants_records = vrf_wants_records(o);
    s->foreign = o->conduct.parts > 1;
    if (begin_state(s))
        return s;
    vrf_settler_free(s);
    return NULL;
}

void
vrf_settler_free(struct vrf_settler *s)
{
    if (s == NULL)
        return;
    end_state(s);
    g_free(s);
}

bool
vrf_settle(struct vrf_settler *s, struct vrf_batch *b)
{
    uint32_t n = b->events.n;

    s->b = b;
    s->passed = 0;
    for (uint32_t i = 0; i < MIPRO_CONDUCT_AHEAD; i++)
        announce(s, i);
    for (uint32_t i = 0; i < n; i++) {
        const struct vrf_event *ev = &b->events.at[i];

        announce(s, i + MIPRO_CONDUCT_AHEAD);
        pass_time(s, ev->frame);
        if (ev->kind == VRF_EVENT_FRAGMENT) {
            struct vrf_event fragment = *ev; /* more events are added, perhaps elsewhere */

            take_fragment(s, &fragment);
        } else {
            if (!b->of_events)
                s->passed = ev->frame + 1 - b->first_frame; /* conduct is told */
            settle_event(s, ev, false);
        }
    }
    pass_time(s, b->first_frame + b->block.n_frames);
    give_up(s, b->ends_state);
    if (b->ends_state)
        mipro_conduct_end(s->conduct);
    mipro_conduct_flush(s->conduct);
    mipro_conduct_totals(s->conduct, &b->totals);
    b->horizon = mipro_conduct_horizon(s->conduct);
    if (mipro_fragments_horizon(s->fragments) < b->horizon)
        b->horizon = mipro_fragments_horizon(s->fragments);
    if (b->ends_state) {
        b->horizon = UINT64_MAX;
        end_state(s);
        return begin_state(s);
    }
    return true;
}
