/* SPDX-License-Identifier: GPL-2.0-or-later */
/* clang-format off */
/*
 * private.h - what the parts of the state machine share.
 *
 * A file may need those above it, never those below: read them in this order.
 *
 *   pool.c            memory: pages, and pools of records
 *   list.h            lists of records
 *   records.h         what is remembered, and how much at most
 *   state.h           one shard, a message under judgement, what becomes of each kind of wait
 *   tables.h          finding, adding and dropping records
 *
 *   content.c         hashes of messages and datagrams
 *   ident.c           comparing identifications
 *   undecided.c       what is counted besides findings
 *   copies.c          datagrams that the capture holds more than once
 *   pieces.c          datagrams of which the capture may lack a part
 *   begun.c           messages of which only a beginning was captured
 *   ties.c            which message answers which, where the rules do not say
 *   announced.c       nonces that were announced, to any node
 *   open_list.h       what namesake.c collects, in order and by what it has in common
 *   namesake.c        answers with the wrong home address
 *
 *   room.c            room for records
 *   peers.c           records by correspondent, where there are many
 *   waits.c           what waits, and for how long
 *   flows.c           who told whom about a home address
 *   sequences.c       sequences of identifications
 *   registry.c        what is remembered of registrations
 *   challenges.c      challenges that were advertised, or given to a node
 *   homes.c           the table of home addresses
 *   node_table.c      nodes that have no home address yet, by their NAI
 *
 *   findings.c        what a finding is about, and where it goes
 *   held.c            findings that wait for the tolerance
 *   proof.c           what the authenticators of a message prove
 *   replay.c          what identification.c, timestamp.c and nonce.c have in common
 *   agents.c          agents that advertise: handoff-advertised
 *   belief.c          what nodes believe: stale-forwarding
 *   rates.c           how often, and when last
 *   warning.c         warnings
 *   nonce.c           nonce-chain
 *   timestamp.c       identifications that are timestamps, and clocks
 *   identification.c  replay
 *   refused.c         the text of a refusal: SPIs, clocks
 *
 *   pending.c         the final verdict on PFANs
 *   made.c            the Binding Updates made from them
 *   handoff.c         PFANs
 *   granted.c         what a grant implies: privacy, lifetime-exceeds
 *   twins.c           genuine and forged messages that look alike to an answer
 *   forgeries.c       forged updates for which there is no more room
 *   mismatch.c        replies that answer none, and requests without a reply
 *   answers.c         which update answers which request
 *   unmatched.c       acknowledges that match no update
 *   early.c           acknowledges that were captured before their update
 *   acknowledge.c     acknowledges
 *   superseded.c      what waits no longer, because a newer message takes its place
 *   request.c         Binding Requests
 *   update.c          Binding Updates
 *   assigned.c        a node without home address is assigned one
 *   registration.c    which reply answers which request, what was granted
 *   unmasked.c        copies that show more than what was captured before them
 *
 *   kinds.c           what becomes of each kind of wait, and of held finding: the rows
 *   shard.c           the messages of some home addresses
 *   nodes.c           registrations of nodes without home address
 *   clock.c           what is believed of the timestamps
 *   expiry.c          what has waited too long
 *   doubted.c         a message whose timestamp is doubted, until the next frame
 *   conduct.c         the machine: which shard an event belongs to, and what all have in common
 *   inquiry.c         what is asked of the machine
 */
/* clang-format on */
#ifndef MIPRO_CONDUCT_PRIVATE_H
#define MIPRO_CONDUCT_PRIVATE_H

#include "conduct/state.h"
#include "conduct/tables.h"

/* ident.c */
/* Are the identifications similar, as if one was copied incorrectly from the other? */
bool mipro_is_like(struct ident x, struct ident y);
/* Seconds by which the clock of an identification is ahead of the capture's at this time. */
int32_t mipro_ident_ahead(const struct shard *c, uint64_t ident, int64_t time);
/*
 * Is it a timestamp of about this time by the machine's clock, as expected in a message captured
 * then?
 */
#define MIPRO_CLOCKS_APART 7 /* seconds by which clocks may differ (RFC 2002 5.6.1) */
bool mipro_is_of_now(const struct shard *c, uint64_t ident, int64_t time);

/* proof.c */
/*
 * Was an update about h, sent at this time with this identification, acknowledged with another one?
 * Two lost messages look the same: the true acknowledge, and the update that was acknowledged.  It
 * is proven if the two are similar, as if one was copied incorrectly; otherwise only by an
 * immediate acknowledge, if nothing else about h is known to be missing from the capture.
 */
bool mipro_is_proven(const struct shard *c, const struct home *h, struct ident asked,
    struct ident answered, int64_t asked_time, int64_t answered_time);
/*
 * Say so, in f about w: if the two are similar, at once, otherwise unless the capture turns out to
 * lack other messages.
 */
void mipro_mismatch_say(struct shard *c, const struct wait *w, struct mipro_finding *f,
    struct ident asked, struct ident answered);
/*
 * For one time limit after an association becomes valid, a message signed with its predecessor of
 * the same SPI is expired, not bad.
 */
SELDOM void mipro_judge_rekeyed(const struct shard *c, struct mipro_event *ev);
/*
 * The verdict on the message as a whole; MIPRO_NO_KEY if no extension authenticates it.  Sets
 * *pfan if it has a PFAN, *unknown_spi if its two ends have keys, but none with its SPI.
 */
SELDOM enum mipro_verdict mipro_judge_all(
    const struct mipro_event *ev, bool *pfan, bool *unknown_spi);
/* Has it a generalized authenticator that is not known to be good? */
bool mipro_is_unchecked(const struct mipro_event *ev);
/* A message of the draft without an authenticator, although there are keys for its two ends. */
bool mipro_lacks_auth(const struct mipro_event *ev);

/* Tell the sink that the message in frame belongs to that in to. */
static inline void
tie(const struct shard *c, enum mipro_tie kind, uint64_t frame, uint64_t to)
{
    if (c->sink->tie == NULL)
        return;
    if (kind == MIPRO_TIE_ANSWER || kind == MIPRO_TIE_ACKNOWLEDGE || kind == MIPRO_TIE_REPLY)
        c->ties->tied = frame;
    c->sink->tie(c->sink->ctx, kind, frame, to, true);
}

/* findings.c */
/* "identification 0x1234567800000001", "no identification" */
struct ident_text {
    char s[40];
};
struct ident_text mipro_ident_text(struct ident ident);
struct mipro_finding mipro_finding_of(const struct view *v, enum mipro_rule rule);
struct mipro_finding mipro_finding_of_wait(const struct wait *w, enum mipro_rule rule);
/* Report it, unless the capture turns out to lack messages: a claim of mipro_namesake.h. */
void mipro_finding_claim(struct shard *c, const struct wait *w, struct mipro_finding *f);
/* Set the finding's octets to those of a field of the message. */
void mipro_finding_at(struct mipro_finding *f, const struct view *v, enum mipro_field id);
/* Pass it to the sink, and clear it; _report() also appends this text. */
void mipro_finding_emit(struct shard *c, struct mipro_finding *f);
__attribute__((format(printf, 3, 4))) void mipro_finding_report(
    struct shard *c, struct mipro_finding *f, const char *format, ...);
/*
 * The time limit of w has passed without a match.  Unless a message about another home address
 * matches it, the finding f is reported, or it is counted as undecided, or nothing is done.
 */
enum open_end { OPEN_FOUND, OPEN_UNDECIDED, OPEN_NOTHING };
void mipro_finding_open(struct shard *c, const struct wait *w, struct mipro_finding *f,
    enum open_end end, enum mipro_undecided reason, enum mipro_open_kind kind);

/* shard.c */
/* False if out of memory.  mipro_shard_free() must be called in either case. */
bool mipro_shard_init(struct shard *c, const struct mipro_conduct_config *config,
    const struct mipro_conduct_sink *sink, struct namesakes *namesakes, struct arena *arena,
    unsigned n_shards);
void mipro_shard_free(struct shard *c);
/*
 * A registration as the node of h (nodes.h) sees it: sets *v with its verdict, and ev->copy_of.
 * mipro_message_acts() holds.  Returns whether it has a PFAN.
 */
SELDOM bool mipro_shard_look(struct shard *c, struct mipro_event *ev, int64_t now,
    const struct elsewhere *elsewhere, struct home *h, struct view *v);
/*
 * For each of these, shard_advance() was called with the time of the event; now is that by the
 * clock.  ev->copy_of is 0, and found what mipro_home_peek() finds.
 */
void mipro_shard_see(struct shard *c, struct mipro_event *ev, int64_t now,
    const struct elsewhere *elsewhere, struct home *found);
/* Is that the answer to a message that was captured before it? */
SELDOM bool mipro_shard_answers(const struct shard *c, struct view *v);
/* What mipro_shard_look() saw, and found to have a PFAN or not, takes effect now. */
SELDOM void mipro_shard_act(struct shard *c, struct view *v, bool pfan);
void mipro_shard_begun(struct shard *c, struct mipro_event *ev, int64_t now);
void mipro_shard_tunnel(struct shard *c, struct mipro_event *ev, uint32_t homeaddr, int64_t now);
enum mipro_ident_hint mipro_shard_ident_hint(
    const struct shard *c, uint32_t src, uint32_t dst, uint32_t homeaddr);
bool mipro_shard_belief(
    const struct shard *c, uint32_t node, uint32_t homeaddr, struct mipro_belief *belief);
/* An agent that did not support smooth handoffs now does. */
void mipro_shard_smooth(struct shard *c, uint32_t agent);

static inline uint64_t
first_frame(const struct list_link *by_frame)
{
    return by_frame->next != by_frame ? RECORD(by_frame->next, struct wait, by.frame)->frame
                                      : UINT64_MAX;
}

/* The lowest frame that a finding may still be about, or UINT64_MAX. */
static inline uint64_t
mipro_shard_horizon(const struct shard *c)
{
    const uint64_t waits = first_frame(&c->by_frame), made = first_frame(&c->made_by_frame);

    return waits < made ? waits : made;
}
/* Does conduct process messages like this one? */
bool mipro_message_acts(const struct mipro_message *m);

/* kinds.c */
extern const struct kinds mipro_kinds;

/* expiry.c */
/* The first wait of a queue, if its deadline has passed by this time; or NULL. */
static inline struct wait *
due_of(const struct list_link *queue, int64_t time)
{
    struct wait *w = queue->next != queue ? RECORD(queue->next, struct wait, by.time) : NULL;

    return w != NULL && w->deadline < time ? w : NULL;
}
void mipro_waits_end(struct shard *c, int64_t time);
/* Advance the time without a leap: settle what became due. */
static inline void
shard_advance(struct shard *c, const struct mipro_times *t)
{
    if (c->due < t->clock)
        mipro_waits_end(c, t->clock);
    c->t.clock = t->clock;
    c->t.moved = t->moved;
}
/* Process a leap of the clock; t is the time after it. */
void mipro_shard_leap(struct shard *c, const struct mipro_leap *leap, const struct mipro_times *t);
void mipro_shard_end(struct shard *c, const struct mipro_times *t, enum mipro_undecided reason);

/*
 * A question up to one time limit before the second "until" may still be answered.  Can an answer
 * captured at this time be for it, allowing for the tolerance?
 */
SELDOM bool mipro_may_answer_until(const struct shard *c, uint32_t until, int64_t time);

/* rates.c */
/*
 * rate-updates (7.1), rate-warnings (8.3): found for each message that, together with the n
 * before it, was sent within less than the interval.  Retransmissions count; unproven messages do
 * not, because anyone can send them in another node's name.
 */
void mipro_rate_check(
    struct shard *c, const struct view *v, struct flow *p, const struct mipro_rate *rate);
/* The same of a message with a fault, which may count for nothing. */
SELDOM void mipro_rate_check_odd(
    struct shard *c, const struct view *v, struct flow *p, const struct mipro_rate *rate);
/* The message in this frame is genuine, as a copy shows. */
SELDOM void mipro_rate_prove(struct flow *p, uint64_t frame);
enum mipro_undecided mipro_rate_doubt(
    const struct shard *c, const struct home *h, const struct held *held);
/* The clock was set back just before v: would it have been too many, with those before it? */
SELDOM void mipro_rate_restart(struct shard *c, const struct view *v);
/* May the datagram of v have been captured before, by another tap with another clock? */
SELDOM bool mipro_rate_was_seen(const struct flow *p, const struct view *v);
/* The message in this frame does not count after all. */
SELDOM void mipro_rate_withdraw(struct flow *p, uint64_t frame);
/* Was an update sent on this flow less than the interval ago, with any outcome, or again? */
bool mipro_rate_told(const struct flow *p, const struct view *v, int64_t interval);
/*
 * Is a missing answer excused because from sent node a Binding Update about this binding a moment
 * ago?  That update may be the answer, captured early, or may have used up the rate limit (7.1).
 * from may be 0: any sender.
 */
bool mipro_rate_excuses(const struct shard *c, const struct view *v, uint32_t from, uint32_t node);

/* warning.c */
void mipro_see_warning(struct shard *c, struct view *v);
/* v is a copy of one that had been cut: see unmasked.c. */
SELDOM void mipro_complete_warning(struct shard *c, struct view *v);
void mipro_target_expired(struct shard *c, struct wait *w);
/* True if a warning asked for this update. */
bool mipro_warnings_answer(struct shard *c, const struct view *v);

/* superseded.c */
/*
 * An older one between the same ends about the same home address need not be answered.  If its
 * ends have a key, anyone may have sent a request without an authenticator, which is bare: it
 * supersedes only others without one.
 */
void mipro_supersede(const struct shard *c, const struct view *v, enum wait_kind kind, bool bare);
/* v shows all of what had been cut: it is genuine, or bare, and supersedes what it can. */
SELDOM void mipro_complete_superseding(
    const struct shard *c, const struct view *v, enum wait_kind kind, bool bare);

/* request.c */
void mipro_see_request(struct shard *c, struct view *v);
/* The same of a copy, if all sightings before were cut: see unmasked.c. */
SELDOM void mipro_complete_request(struct shard *c, struct view *v);

/* update.c */
void mipro_see_update(struct shard *c, struct view *v);
SELDOM void mipro_complete_update(struct shard *c, struct view *v);
void mipro_ack_expired(struct shard *c, struct wait *w);
void mipro_ack_dropped(struct shard *c, struct wait *w, enum mipro_undecided reason);

/* answers.c */
/* The first request between the reversed ends of v that has this identification, or NULL. */
struct wait *mipro_request_find(const struct shard *c, const struct view *v);
/* The update in this frame was cut, and taken for the answer to the request with this one. */
SELDOM void mipro_cut_answer_note(struct shard *c, uint64_t frame, struct ident asked);
/* The same; IDENT_NONE: it was not.  False: that is not remembered. */
bool mipro_cut_answer_find(const struct shard *c, uint64_t frame, struct ident *asked);
/* Note if v, on flow p, may be a wrong answer to a request. */
void mipro_answer_odd(const struct shard *c, const struct view *v, const struct flow *p);
/* The rule that what waits may have broken. */
enum mipro_rule mipro_answer_rule(const struct shard *c, const struct wait *w);
/* request-unanswered, or answer-mismatch if there was something like an answer. */
void mipro_answer_expired(struct shard *c, struct wait *w);

/* unmatched.c */
/* Is there an update that matches, but did not ask for an acknowledge or has one already? */
enum other_kind {
    OTHER_NONE,
    OTHER_UNASKED,
    OTHER_UNSEEN, /* did not ask either, and its identification was not captured */
    OTHER_ANSWERED
};
/* The acknowledge v has no proper match yet; other is the frame of such an update, or 0. */
SELDOM void mipro_unmatched_keep(
    struct shard *c, struct view *v, uint64_t other, enum other_kind kind);
/* No update was captured for it within the time limit: unsolicited, or a mismatch. */
void mipro_unmatched_expired(struct shard *c, struct wait *w);
void mipro_unmatched_dropped(struct shard *c, struct wait *w, enum mipro_undecided reason);
enum mipro_rule mipro_unmatched_rule(const struct shard *c, const struct wait *w);
/* Can it still be a mismatch, because an update that it would answer is waiting? */
bool mipro_unmatched_is_open(const struct shard *c, const struct wait *w);
/* The update w was not acknowledged: true if an acknowledge that does not match was the answer. */
bool mipro_mismatch_found(struct shard *c, struct wait *w);
/* Why an acknowledge captured meanwhile may be that of w; MIPRO_UNDECIDED_REASONS: none may. */
enum mipro_undecided mipro_unmatched_doubt(const struct shard *c, const struct wait *w);
/* acknowledge-unsolicited: there is an update, but it did not ask for an acknowledge. */
void mipro_unasked_report(struct shard *c, struct mipro_finding *f);
/* Is the acknowledge w sent back to the sender of an update from src to dst about homeaddr? */
static inline bool
wait_goes_back(const struct wait *w, uint32_t src, uint32_t dst, uint32_t homeaddr)
{
    return w->kind == WAIT_UNMATCHED && dst == w->src && (src == w->dst || homeaddr == w->dst);
}

/* twins.c */
/*
 * The forged Registration Request that v answers; or NULL.  One that it has answered on another hop
 * is preferred to one without an answer, and that to one that has another answer.
 */
struct wait *mipro_find_forged(
    const struct shard *c, const struct view *v, const struct registered *reply);
/* v is the answer to this one. */
void mipro_answer_forged(const struct shard *c, const struct view *v, struct wait *forged);
/*
 * Report the finding about an answer after the tolerance, unless the other twin is captured.  The
 * answer is v, or early, which waited for v, its question.
 */
SELDOM void mipro_finding_unless_twin(
    struct shard *c, const struct view *v, struct mipro_finding *f, struct wait *early);
/*
 * The forged update v may be what an acknowledge accepted just before it, although a genuine one
 * was known then.
 */
SELDOM void mipro_twin_of_accepted(struct shard *c, const struct view *v);
/* The same of the forged request v, which is a now, and the reply that granted a genuine one. */
SELDOM void mipro_twin_of_granted(struct shard *c, const struct view *v, const struct asked *a);
/* The same of the genuine request v, which is a now, and a reply that refused a forged one. */
SELDOM void mipro_twin_of_refused(struct shard *c, const struct view *v, const struct asked *a);
/* forged-accepted (4.3): the acknowledge v accepts the update in this frame. */
SELDOM void mipro_forged_accepted(
    struct shard *c, const struct view *v, uint64_t update, bool bare);
enum mipro_undecided mipro_twin_doubt(
    const struct shard *c, const struct home *h, const struct held *held);

/* unmasked.c */
/*
 * v is a copy, and all its sightings before were cut.  What this one shows besides is added to what
 * was concluded from them; if it is unproven that is dropped.  True: v is to be processed anew.
 */
SELDOM bool mipro_unmask(struct shard *c, struct view *v);

/* forgeries.c */
/* Does the acknowledge v answer a forged update of which no more is known?  It is judged, then. */
SELDOM bool mipro_forgery_answered(struct shard *c, const struct view *v, unsigned status);

/* early.c */
/* If the acknowledge of the update v was captured before it, mark v as answered. */
void mipro_settle_early(struct shard *c, const struct view *v);
static inline void
settle_early(struct shard *c, const struct view *v)
{
    if (c->n_of[WAIT_UNMATCHED] != 0)
        mipro_settle_early(c, v);
}

/* acknowledge.c */
void mipro_see_acknowledge(struct shard *c, struct view *v);
/* Is an update known that the acknowledge v may answer? */
SELDOM bool mipro_acknowledge_is_of(const struct shard *c, const struct view *v);
/* The acknowledge v is a copy, without an IP identification. */
SELDOM void mipro_doubt_copy(struct shard *c, const struct view *v);
/* Is the acknowledge v sent from dst back to the sender of an update, or to its mobile node? */
bool mipro_goes_back(const struct view *v, uint32_t src, uint32_t dst, uint32_t homeaddr);

/* refused.c */
/* The SPI of the authenticator by which the message is good; false if there is none. */
bool mipro_vouching_spi(const struct mipro_event *ev, uint32_t *spi);
/*
 * genuine-refused: of "Binding Update about", say; under this SPI, NULL: it is not remembered,
 * between these ends.
 */
SELDOM void mipro_refused_write(struct mipro_finding *f, const char *what, const uint32_t *spi,
    const struct mipro_ends *ends, const struct mipro_keyring *ring);
/* v refuses with 133 the request with the identification asked; the same of an update. */
SELDOM void mipro_refused_reply(
    const struct shard *c, const struct view *v, uint64_t asked, enum mipro_replay method);
SELDOM void mipro_refused_acknowledge(
    const struct shard *c, const struct view *v, struct ident update);

/* nonce.c */
enum mipro_undecided mipro_nonce_doubt(
    const struct shard *c, const struct home *h, const struct held *held);
/* Judge a new identification on sequence s, whose replay method is nonces. */
void mipro_nonce_judge(struct shard *c, const struct view *v, struct sequence *s, bool answers);

/* timestamp.c */
/* Judge a new identification on sequence s, whose replay method is timestamps: was it replayed? */
bool mipro_timestamp_judge(struct shard *c, struct view *v, struct sequence *s, bool answers);

/* replay.c */
/* May v be a datagram that was captured before, as far as is known? */
SELDOM bool mipro_may_be_seen_before(const struct shard *c, const struct view *v);
/* replay: its identification "returns after" that of another frame, say; or that is undecided. */
SELDOM void mipro_replay_report(
    struct shard *c, const struct view *v, uint64_t frame, const char *what);
/* The receiver of a message of this type refused it, or accepted it. */
SELDOM void mipro_replay_outcome(
    const struct shard *c, struct home *h, uint8_t type, struct ident ident, bool refused);
static inline void
replay_outcome(
    const struct shard *c, struct home *h, uint8_t type, struct ident ident, bool refused)
{
    if (c->n_of[WAIT_HELD] != 0)
        mipro_replay_outcome(c, h, type, ident, refused);
}
enum mipro_undecided mipro_replay_doubt(
    const struct shard *c, const struct home *h, const struct held *held);

/* identification.c */
/*
 * Was it replayed?  answers: it has the identification of a request that waits for it.  It has an
 * identification, and may have a sequence.
 */
bool mipro_replay_judge(struct shard *c, struct view *v, bool answers);
/* False: none of its authenticators has a replay method. */
static inline bool
may_have_sequence(const struct mipro_event *ev)
{
    return ev->n_auth > 1 || (ev->n_auth == 1 && ev->auth->replay != MIPRO_REPLAY_NONE);
}
static inline bool
mipro_replay_check(struct shard *c, struct view *v, bool answers)
{
    return v->ident.state == IDENT_SOME && may_have_sequence(v->ev) &&
           mipro_replay_judge(c, v, answers);
}
/* A message that is judged elsewhere: its identification was used by now. */
void mipro_replay_note(struct shard *c, struct view *v);
/* The update of this frame, with this identification, answers a request that was captured later. */
void mipro_nonce_answered(
    const struct shard *c, const struct home *h, uint64_t ident, uint64_t frame);
/* A message of this type was refused for its identification (133). */
void mipro_replay_refused(struct home *h, uint8_t type, struct ident ident);

/* v was answered before it was judged: accepted, or perhaps refused for its identification. */
SELDOM void mipro_replay_answered(const struct shard *c, const struct view *v, bool accepted);

/* held.c */
/*
 * Report held->finding with this text after the tolerance, unless something seen until then
 * contradicts it.
 */
__attribute__((format(printf, 4, 5))) void mipro_finding_hold(
    struct shard *c, const struct view *v, struct held *held, const char *format, ...);
/* The same, after the time limit. */
__attribute__((format(printf, 4, 5))) void mipro_finding_await(
    struct shard *c, const struct view *v, struct held *held, const char *format, ...);
/* As mipro_finding_hold(), with the finding's own text, which the machine takes over. */
void mipro_finding_keep(struct shard *c, const struct view *v, struct held *held);
/* As mipro_finding_keep(), about what waited for v until now, if it is not NULL. */
SELDOM void mipro_finding_keep_for(
    struct shard *c, const struct view *v, struct held *held, struct wait *waited);
void mipro_held_expired(struct shard *c, struct wait *w);
void mipro_held_dropped(struct shard *c, struct wait *w, enum mipro_undecided reason);
void mipro_held_ended(struct shard *c, struct wait *w);

/* agents.c */
/* Report if the agent that a PFAN goes through is known not to support smooth handoffs. */
void mipro_advertised_check(struct shard *c, const struct view *v);
enum mipro_undecided mipro_advertised_doubt(
    const struct shard *c, const struct home *h, const struct held *held);

/* belief.c */
enum mipro_undecided mipro_belief_doubt(
    const struct shard *c, const struct home *h, const struct held *held);
/* again: v has the same octets as the last update on this flow. */
void mipro_belief_told(const struct shard *c, struct flow *p, const struct view *v, bool again);
/*
 * The node accepted, by v, an update that was not captured: long after the last one, so that it
 * does not only answer that again.
 */
SELDOM void mipro_belief_doubt_last(struct shard *c, const struct view *v);
/* What was told last on this flow, in this frame, may be forged; or a copy shows that it is not. */
SELDOM void mipro_belief_doubt_told(struct flow *p, uint64_t frame, bool doubted);
void mipro_belief_refused(struct flow *p, uint64_t frame);
/* Has dst accepted the update in this frame, the last that it was sent? */
bool mipro_belief_is_acknowledged(const struct flow *p, uint64_t frame);
/* The same of that or the one before it. */
SELDOM bool mipro_belief_was_acknowledged(const struct flow *p, uint64_t frame);
void mipro_belief_acknowledged(struct flow *p, uint64_t frame, int64_t now);
/*
 * The frame of the update on this flow that dst accepted within the tolerance before now, or 0;
 * of the last one, or of the one before it.
 */
SELDOM uint64_t mipro_belief_accepted(
    const struct shard *c, const struct flow *p, bool last, int64_t now);

#endif
