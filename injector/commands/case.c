/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands `case` and `fuzz`.
 */
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases/case.h"
#include "cases/fuzz.h"
#include "cases/manner.h"
#include "cli/session.h"
#include "mipro_text.h"
#include "send/interrupt.h"

#define SECOND MIPRO_SECOND
/* In a file: the gap between cases, so that no rule about rates or answers spans two of them. */
#define CASE_GAP (20 * SECOND)

/* Documentation and private addresses, used if the options do not give any. */
#define DEFAULT_HOME 0x0a010009u     /* 10.1.0.9 */
#define DEFAULT_CARE_OF 0x0a030001u  /* 10.3.0.1 */
#define DEFAULT_PREVIOUS 0x0a020001u /* 10.2.0.1 */
#define DEFAULT_AGENT 0x0a010001u    /* 10.1.0.1 */
#define DEFAULT_OTHER 0xc6336407u    /* 198.51.100.7 */

static bool
find_base(struct inj_world *w)
{
    /* A home agent is judged by the association that signs registrations. */
    const uint32_t first = w->target == INJ_HOME_AGENT ? w->home : w->source;
    const uint32_t second = w->target == INJ_HOME_AGENT ? w->source : w->home;
    const struct mipro_ends ends[] = { { first, w->destination }, { second, w->destination },
        { w->home, w->source }, { w->home, w->agent }, { w->home, w->previous } };
    struct mipro_candidate found[MIPRO_MAX_CANDIDATES];
    bool valid;

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
        if (mipro_keyring_find(w->ring, w->spi, &ends[i], 1, w->time, found, &valid) > 0) {
            w->signer = found[0];
            w->replay = found[0].association->replay;
            return true;
        }
    return false;
}

bool
inj_world_begin(struct inj_world *w, const struct inj_options *o, enum inj_target target,
    const struct mipro_settings *set, const struct mipro_keyring *ring, int64_t time)
{
    const uint32_t source = (uint32_t)inj_number(o, INJ_OPT_SOURCE, 0);

    *w = (struct inj_world){ .set = *set,
        .ring = ring,
        .spi = (uint32_t)inj_number(o, INJ_OPT_SPI, 0),
        .source = source,
        .destination = (uint32_t)inj_number(o, INJ_OPT_DESTINATION, 0),
        .home = (uint32_t)inj_number(o, INJ_OPT_HOME, DEFAULT_HOME),
        .care_of = (uint32_t)inj_number(o, INJ_OPT_CARE_OF, DEFAULT_CARE_OF),
        .agent = (uint32_t)inj_number(
            o, INJ_OPT_HOME_AGENT, target == INJ_RECEIVER ? source : DEFAULT_AGENT),
        .previous = (uint32_t)inj_number(o, INJ_OPT_PREVIOUS_AGENT, DEFAULT_PREVIOUS),
        .other = DEFAULT_OTHER,
        .target = target,
        .seed = inj_number(o, INJ_OPT_SEED, 1),
        .time = time };
    if (find_base(w))
        return true;
    inj_complain("--spi: no association of %s has SPI 0x%x (%u) between --source=%s and "
                 "--destination=%s; add a line to the file, or give its SPI and ends",
        o->value[INJ_OPT_KEYS].text, w->spi, w->spi, mipro_dotted(w->source).s,
        mipro_dotted(w->destination).s);
    return false;
}

void
inj_complain_of_signer(const struct inj_world *w, const char *what)
{
    const struct mipro_association *s = w->signer.association;

    inj_complain("%s: '%s' is of %s, which answers a challenge, so it signs only Registration "
                 "Requests; give the SPI of an association of another algorithm, or add one",
        what, s->name, mipro_algorithm_name(s->algorithm));
}

/* A run of cases that are sent or written. */
struct run {
    struct inj_session session;
    struct inj_world world;
    int64_t cursor;  /* nanoseconds after the first packet */
    bool first;      /* the next packet is the first of its case */
    bool any;        /* a packet was sent */
    uint64_t rounds; /* of the counter in identifications */
    bool unsent;     /* a packet was made but could not be sent */
    bool is_paced;   /* the cursor is set by the pace */
    uint8_t mac[INJ_MAC_LEN];
    const struct inj_case *c; /* being played; NULL: a mutation */
    char note[INJ_NOTE];      /* on its packets */
};

static bool
put_frame(void *ctx, const uint8_t *frame, size_t len)
{
    struct run *r = ctx;

    return inj_sink_put_noted(
        r->session.sink, r->session.pace.start + r->cursor, frame, len, r->note);
}

/* The time between packets: by --rate, or as the case says, or a second in a file. */
static int64_t
gap_before(const struct run *r, const struct inj_packet *packet)
{
    const double rate = r->session.options->value[INJ_OPT_RATE].decimal;
    const bool live = inj_sink_is_live(r->session.sink);

    if (!r->any || r->is_paced)
        return 0;
    if (rate > 0)
        return (double)SECOND / rate < (double)INT64_MAX ? (int64_t)((double)SECOND / rate)
                                                         : INT64_MAX;
    if (r->first)
        return live ? 0 : CASE_GAP;
    if (packet->after >= 0)
        return packet->after;
    return live ? 0 : SECOND;
}

/* Identifications grow with the time of the packets; within a tick they are numbered. */
static void
move_clock(struct run *r)
{
    const uint64_t rounds = r->world.n / INJ_IDENTS_A_TICK;
    const int64_t least = r->world.time + (rounds != r->rounds ? INJ_IDENT_TICK : 0);

    r->rounds = rounds;
    r->world.time = inj_session_time(&r->session);
    if (!inj_sink_is_live(r->session.sink))
        r->world.time += r->cursor + SECOND / 2;
    else if (r->world.time < least)
        r->world.time = least; /* the counter restarted, or the clock was set back */
}

static bool
send_packet(struct run *r, const struct inj_packet *packet)
{
    struct inj_packet mine = *packet;
    const int64_t gap = gap_before(r, packet), most = INT64_MAX - r->session.pace.start;

    /* A time out of range becomes INT64_MAX, which no file format can hold. */
    r->cursor = gap < most - r->cursor ? r->cursor + gap : most;
    r->first = false;
    r->any = true;
    if (!r->is_paced && !inj_pace_until(&r->session.pace, r->cursor))
        return false;
    inj_session_link(&r->session, &mine.envelope, r->mac);
    if (r->c != NULL)
        inj_case_note(r->c, packet->step, packet->phase, r->note, sizeof(r->note));
    if (!inj_packet_frames(r->session.framer, &mine, r->session.mtu, put_frame, r))
        return false;
    move_clock(r);
    return true;
}

static bool
put_packet(void *ctx, const struct inj_packet *packet)
{
    struct run *r = ctx;

    r->unsent = !send_packet(r, packet);
    return !r->unsent;
}

/* The default home agent: the sender of Binding Updates, but not of registrations. */
static void
choose_agent(struct run *r, enum inj_target target)
{
    if (!inj_given(r->session.options, INJ_OPT_HOME_AGENT))
        r->world.agent = target == INJ_RECEIVER ? r->world.source : DEFAULT_AGENT;
}

void
inj_complain_of_id(const char *id)
{
    const size_t n = strlen(id);

    /* In lower case, or a character short; a different number is a different case. */
    for (size_t i = 0; i < inj_n_cases; i++)
        if (mipro_text_distance(id, n, inj_cases[i].id) <= (n != strlen(inj_cases[i].id))) {
            inj_complain("'%s' is not a case; did you mean %s?", id, inj_cases[i].id);
            return;
        }
    inj_complain("'%s' is not a case; 'mipro-inject cases' lists them", id);
}

/* --role: false after reporting that there is no such role. */
static bool
role_exists(const struct inj_options *o)
{
    const char *word = o->value[INJ_OPT_ROLE].text;
    struct mipro_guess guess = { .word = word };
    char all[128] = "";

    if (!inj_given(o, INJ_OPT_ROLE) || inj_role_by_name(word) != INJ_ROLES)
        return true;
    guess.n = strlen(word);
    for (unsigned i = 0; i < INJ_ROLES; i++) {
        const char *name = inj_role_name((enum inj_role)i);
        const size_t at = strlen(all);

        mipro_guess_try(&guess, name);
        (void)snprintf(all + at, sizeof(all) - at, "%s%s", at == 0 ? "" : ", ", name);
    }
    if (guess.meant != NULL)
        inj_complain("--role: '%s' is not a role; did you mean %s?", word, guess.meant);
    else
        inj_complain("--role: '%s' is not one of %s", word, all);
    return false;
}

bool
inj_names_exist(const struct inj_options *o)
{
    const bool takes_ids = o->command == INJ_CMD_CASE || o->command == INJ_CMD_TEST;
    const char *replay = inj_given(o, INJ_OPT_REPLAY) ? o->value[INJ_OPT_REPLAY].text : NULL;
    const char *interface = o->value[INJ_OPT_INTERFACE].text;

    for (size_t i = 0; takes_ids && i < o->n_operands; i++) {
        if (strcmp(o->operands[i], "all") != 0 && inj_case_by_id(o->operands[i]) == NULL) {
            inj_complain_of_id(o->operands[i]);
            return false;
        }
    }
    if (replay != NULL && inj_case_by_id(replay) == NULL) {
        inj_complain_of_id(replay);
        return false;
    }
    if (inj_given(o, INJ_OPT_INTERFACE) && if_nametoindex(interface) == 0) {
        inj_complain("%s: no such interface; 'ip link' lists them", interface);
        return false;
    }
    return role_exists(o);
}

/* Check the given IDs: "all", or IDs of cases that exist. */
static bool
read_ids(const struct inj_options *o, enum mipro_draft draft, bool *all)
{
    *all = false;
    for (size_t i = 0; i < o->n_operands; i++)
        *all |= strcmp(o->operands[i], "all") == 0;
    if (*all && o->n_operands > 1) {
        inj_complain("all: includes every case; omit the other IDs");
        return false;
    }
    for (size_t i = 0; !*all && i < o->n_operands; i++) {
        const struct inj_case *c = inj_case_by_id(o->operands[i]);

        if (c == NULL) {
            inj_complain_of_id(o->operands[i]);
            return false;
        }
        if (inj_case_missing(c, draft) != NULL) {
            inj_complain("%s: does not exist in draft -%s: %s; omit it, or give another --draft",
                c->id, inj_draft_name(draft), inj_case_missing(c, draft));
            return false;
        }
    }
    return true;
}

static bool
ignore_packet(void *ctx, const struct inj_packet *packet)
{
    (void)ctx;
    (void)packet;
    return true;
}

/* A case was not made: why, and how the command ends.  Of all cases, some may be left out. */
static enum inj_status
refuse_case(const struct run *r, const struct inj_case *c, bool all)
{
    char what[64];

    if (r->world.unsigned_ext == 0) {
        inj_complain("%s: the case could not be made with these options", c->id);
        return INJ_UNSENT;
    }
    (void)snprintf(what, sizeof(what), all ? "warning: %s: left out" : "%s", c->id);
    inj_complain_of_signer(&r->world, what);
    return all ? INJ_DONE : INJ_USAGE;
}

/* Can the cases that were named be made?  It must be known before the output is opened. */
static enum inj_status
try_cases(const struct run *r, const struct inj_options *o)
{
    struct run *trial = malloc(sizeof(*trial));
    enum inj_status status = INJ_DONE;

    if (trial == NULL)
        return INJ_UNSENT;
    *trial = *r;
    for (size_t i = 0; status == INJ_DONE && i < o->n_operands; i++) {
        const struct inj_case *c = inj_case_by_id(o->operands[i]);

        choose_agent(trial, c->target);
        if (!inj_case_make(c, &trial->world, ignore_packet, NULL))
            status = refuse_case(trial, c, false);
    }
    free(trial);
    return status;
}

static enum inj_status
play(struct run *r, const struct inj_options *o)
{
    enum inj_status status = inj_session_begin(&r->session, o);
    bool all;

    if (status != INJ_DONE)
        return status;
    if (!read_ids(o, r->session.set.draft, &all))
        return INJ_USAGE;
    if (!inj_world_begin(&r->world, o, INJ_RECEIVER, &r->session.set, r->session.ring,
            inj_session_time(&r->session)))
        return INJ_USAGE;
    if (!all)
        status = try_cases(r, o);
    if (status == INJ_DONE)
        status = inj_session_open(&r->session);
    for (size_t i = 0; status == INJ_DONE && i < (all ? inj_n_cases : o->n_operands); i++) {
        const struct inj_case *c = all ? &inj_cases[i] : inj_case_by_id(o->operands[i]);
        const char *missing = inj_case_missing(c, r->session.set.draft);

        if (missing != NULL) {
            inj_complain("warning: %s: omitted, because it does not exist in draft -%s: %s", c->id,
                inj_draft_name(r->session.set.draft), missing);
            continue;
        }
        r->first = true;
        r->c = c;
        choose_agent(r, c->target);
        if (r->any && !inj_sink_is_live(r->session.sink))
            r->world.time += CASE_GAP;
        if (!inj_case_make(c, &r->world, put_packet, r))
            status = r->unsent ? INJ_UNSENT : refuse_case(r, c, all);
    }
    return status;
}

enum inj_status
inj_case_command(const struct inj_options *o)
{
    struct run *r = calloc(1, sizeof(*r));
    enum inj_status status;

    if (r == NULL)
        return INJ_UNSENT;
    status = inj_session_end(&r->session, play(r, o));
    free(r);
    return status;
}

/*
 * Play mutation number.  A random recipe may not fit the message (an octet
 * to be inverted after the end): then its last operations are left out.
 */
static bool
play_mutation(struct run *r, uint64_t number)
{
    struct inj_case c = { .id = "fuzz", .target = INJ_RECEIVER, .n_steps = 1 };
    struct inj_step step;
    const uint64_t sent = inj_sink_sent(r->session.sink).frames;

    inj_fuzz_step(r->session.seed, number, &step);
    c.steps = &step;
    if (step.message == MIPRO_REGISTRATION_REQUEST)
        c.target = INJ_FOREIGN_AGENT;
    choose_agent(r, c.target);
    for (size_t n = INJ_OPS; n > 0; n--) {
        step.ops[n - 1] = n == INJ_OPS ? step.ops[n - 1] : (struct inj_op){ OP_END, 0, 0 };
        r->world.n = number; /* the same octets, whichever number was the first */
        if (inj_case_make(&c, &r->world, put_packet, r))
            return true;
        if (inj_sink_sent(r->session.sink).frames != sent || inj_interrupted())
            break;
    }
    return false;
}

static enum inj_status
play_mutations(struct run *r, const struct inj_options *o)
{
    const uint64_t first = inj_number(o, INJ_OPT_NUMBER, 0);
    enum inj_status status = inj_session_begin(&r->session, o);
    int64_t time;

    if (status != INJ_DONE)
        return status;
    if (!inj_world_begin(&r->world, o, INJ_RECEIVER, &r->session.set, r->session.ring,
            inj_session_time(&r->session)))
        return INJ_USAGE;
    if (mipro_auth_needs_challenge(r->world.signer.association)) {
        inj_complain_of_signer(&r->world, "--spi");
        return INJ_USAGE;
    }
    status = inj_session_open(&r->session);
    r->is_paced = true;
    for (uint64_t n = first; status == INJ_DONE && inj_pace_next(&r->session.pace, &time); n++) {
        r->cursor = time - r->session.pace.start;
        /* Derived from the number alone, unless the receiver would refuse an old timestamp. */
        r->world.time = r->world.replay == MIPRO_REPLAY_TIMESTAMP
                            ? inj_session_time(&r->session)
                            : INJ_FILE_START + (int64_t)(n % 1000000) * SECOND;
        if (!play_mutation(r, n))
            status = INJ_UNSENT;
    }
    return status;
}

enum inj_status
inj_fuzz_command(const struct inj_options *o)
{
    struct run *r = calloc(1, sizeof(*r));
    enum inj_status status;

    if (r == NULL)
        return INJ_UNSENT;
    status = inj_session_end(&r->session, play_mutations(r, o));
    free(r);
    return status;
}
