/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The interpreter of recipes: it turns a row of the table into packets.
 */
#include "cases/parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ATTEMPTS (1u << 20)
#define DATA_PORT 5001u
#define TTL 64
#define ADVERT_TTL 1
#define ALL_SYSTEMS 0xe0000001u

const struct inj_case *
inj_case_by_id(const char *id)
{
    for (size_t i = 0; i < inj_n_cases; i++)
        if (strcmp(inj_cases[i].id, id) == 0)
            return &inj_cases[i];
    return NULL;
}

const char *
inj_case_missing(const struct inj_case *c, enum mipro_draft draft)
{
    return c->gone_why != NULL && draft >= c->gone ? c->gone_why : NULL;
}

void
inj_case_group(const struct inj_case *c, char group[8])
{
    snprintf(group, 8, "%.*s", (int)strcspn(c->id, "-"), c->id);
}

bool
inj_case_leaves_window(const struct inj_case *c)
{
    for (size_t i = 0; i < c->n_steps; i++) {
        const struct inj_op *op = c->steps[i].ops;

        for (size_t k = 0; k < INJ_OPS && op[k].kind != OP_END; k++) {
            if (op[k].kind == OP_IDENT_SHIFT && op[k].arg == OUTSIDE)
                return true;
        }
    }
    return false;
}

const char *
inj_case_expect(const struct inj_case *c)
{
    switch (c->expected) {
    case INJ_ACK_0:
        return "accepted";
    case INJ_SILENCE:
        return "ignored";
    case INJ_ACK_131:
        return (c->tolerated & INJ_ACK_NEGATIVE) != 0 ? "refused" : "refused-131";
    case INJ_ACK_133:
        return "refused-133";
    case INJ_ACK_134:
        return (c->tolerated & INJ_ACK_NEGATIVE) != 0 ? "refused" : "refused-134";
    case INJ_ACK_129:
    case INJ_REPLY_67:
    case INJ_REPLY_70:
    case INJ_REPLY_131:
    case INJ_REPLY_134:
    case INJ_REPLY_136:
    case INJ_REPLY_129:
    case INJ_REPLY_133:
        return "refused";
    case INJ_REPLY_0:
    case INJ_RELAYED:
        return "accepted";
    default:
        /* For a registration: silence, or any code that denies. */
        return (c->expected & INJ_REPLY_NEGATIVE) != 0 &&
                       (c->expected & ~(INJ_REPLY_NEGATIVE | INJ_SILENCE)) == 0
                   ? "refused"
                   : "any";
    }
}

/* An identification that suits the association's replay method. */
static uint64_t
new_ident(struct inj_world *w, uint8_t message)
{
    uint32_t next;

    /* The home agent's last nonce, and one of our own (RFC 2002 5.6.2). */
    if (w->has_home_nonce && message == MIPRO_REGISTRATION_REQUEST)
        return (uint64_t)w->home_nonce << 32 | (uint32_t)inj_random(w->seed, w->n++);
    if (w->replay != MIPRO_REPLAY_NONCE || message != MIPRO_BINDING_UPDATE)
        return inj_next_time_ident(w, 0);
    next = (uint32_t)(inj_random(w->seed, w->n++) >> 32);
    if (w->nonce == 0)
        w->nonce = (uint32_t)inj_random(w->seed, w->n++) | 1;
    return (uint64_t)next << 32 | w->nonce;
}

/* The good message of a type, before the recipe changes it. */
static void
begin_content(struct inj_maker *k, uint8_t message)
{
    const struct inj_world *w = k->w;
    const bool to_agent = w->target == INJ_HOME_AGENT;
    const bool to_foreign = w->target == INJ_FOREIGN_AGENT;
    struct inj_content *c = &k->content;

    *c = (struct inj_content){ .type = message,
        .life = 120,
        .home = w->home,
        .agent = to_agent ? w->destination : w->agent,
        .care_of = to_foreign && !w->has_care_of ? w->destination : w->care_of,
        .has_ident = true,
        .ident = k->ident,
        .source = w->source,
        .sequence = (uint16_t)w->n };
    k->pfan_agent = w->previous;
    k->pfan_care_of = c->care_of;
    switch (message) {
    case MIPRO_BINDING_WARNING:
        inj_set_targets(k, 1, w->source, true);
        break;
    case MIPRO_BINDING_UPDATE:
        c->flags = MIPRO_BU_A | w->flags;
        break;
    case MIPRO_BINDING_ACKNOWLEDGE:
        if (w->has_echo)
            c->ident = w->echo;
        break;
    case MIPRO_REGISTRATION_REQUEST:
        c->flags = w->flags;
        c->life = 600;
        break;
    case MIPRO_REGISTRATION_REPLY:
        if (w->has_request)
            c->ident = w->request;
        break;
    case INJ_ADVERTISEMENT:
        c->flags = (uint16_t)(MIPRO_ADV_F | MIPRO_ADV_S | w->flags);
        c->life = 300;
        inj_set_targets(k, 1, w->source, true);
        break;
    default:
        break;
    }
    if (w->has_life)
        c->life = w->life;
}

static void
begin_envelope(struct inj_maker *k, uint8_t message)
{
    const struct inj_world *w = k->w;
    struct inj_envelope *e = &k->packet.envelope;

    *e = (struct inj_envelope){ .src = w->source,
        .dst = w->destination,
        .sport = MIPRO_PORT,
        .dport = MIPRO_PORT,
        .ttl = TTL,
        .protocol = INJ_UDP };
    if (message == INJ_ADVERTISEMENT) {
        e->dst = ALL_SYSTEMS;
        e->ttl = ADVERT_TTL;
        e->protocol = INJ_ICMP;
    } else if (message == INJ_DATA) {
        e->src = w->other;
        e->dst = w->home;
        e->sport = e->dport = DATA_PORT;
    }
}

/* One attempt at the step's packet. */
static bool
attempt(struct inj_maker *k, const struct inj_step *step)
{
    k->packet = (struct inj_packet){
        .phase = INJ_JUDGED, .step = k->step, .after = -1, .message = step->message
    };
    k->signature = (struct inj_signature){ 0 };
    k->composed = k->resend = k->balance = k->nul_auth = k->overrun = k->no_foreign = false;
    k->repeat = 1;
    k->sweeps = false;
    begin_content(k, step->message);
    begin_envelope(k, step->message);
    for (size_t i = 0; i < INJ_OPS && step->ops[i].kind != OP_END; i++) {
        const struct inj_op *op = &step->ops[i];

        if (inj_run_on_content(k, op))
            continue;
        /* The search varies what the recipe leaves open. */
        if (!k->composed && k->balance && k->w->replay == MIPRO_REPLAY_NONCE) {
            k->ident = k->content.ident ^= (uint64_t)k->attempt << 32; /* the next nonce is free */
        } else if (!k->composed && k->balance) {
            k->content.ident = (k->content.ident & ~UINT64_C(0xfffff)) | k->attempt;
        }
        if (!k->composed && (k->overrun || k->nul_auth))
            k->content.life = (uint16_t)(k->content.life + k->attempt);
        if (!inj_compose_step(k) || !inj_run_on_octets(k, op))
            return false;
    }
    return inj_compose_step(k) && inj_sign_foreign(k);
}

/* Does the UDP checksum compute to 0, which goes out as ffff? */
static bool
is_balanced(const struct inj_maker *k)
{
    const struct inj_envelope *e = &k->packet.envelope;
    const uint32_t len = (uint32_t)k->payload.len + 8;
    uint32_t sum = (e->src >> 16) + (e->src & 0xffff) + (e->dst >> 16) + (e->dst & 0xffff);

    sum += INJ_UDP + len + len + e->sport + e->dport;
    return inj_sum_finish(inj_sum_add(sum, k->payload.octets, k->payload.len)) == 0;
}

static bool
overruns(const struct inj_maker *k)
{
    struct mipro_message m;

    return mipro_message_parse(&m, k->payload.octets, k->payload.len, k->payload.len, &k->w->set,
               MIPRO_IDENT_UNKNOWN) == MIPRO_ERR_OVERRUN;
}

/* Does the last authenticator begin with an octet 0? */
static bool
begins_with_nul(struct inj_maker *k)
{
    size_t off, len;

    return inj_find_field(&k->payload, MIPRO_F_AUTHENTICATOR, &off, &len) && len > 0 &&
           k->payload.octets[off] == 0;
}

static bool
make_step(struct inj_maker *k, const struct inj_step *step)
{
    const uint64_t n = k->w->n;
    const bool sweeps = k->sweeps; /* in the previous round: attempt() sets it again */

    for (k->attempt = 0; k->attempt < ATTEMPTS; k->attempt++) {
        k->w->n = n;
        if (k->round == 0 || !sweeps)
            k->ident = new_ident(k->w, step->message);
        if (!attempt(k, step))
            return false;
        if ((!k->balance || is_balanced(k)) && (!k->overrun || overruns(k)) &&
            (!k->nul_auth || begins_with_nul(k)))
            return true;
    }
    return false;
}

static bool
emit(struct inj_maker *k)
{
    struct inj_world *w = k->w;
    struct inj_packet *packet = &k->packet;

    if (!k->resend) {
        memcpy(k->former, k->payload.octets, k->payload.len);
        k->former_len = k->payload.len;
    }
    packet->payload = k->former;
    packet->len = k->former_len;
    packet->asks = packet->message == MIPRO_BINDING_UPDATE && packet->len > 1 &&
                   (packet->payload[1] & MIPRO_BU_A) != 0;
    if (packet->message == MIPRO_BINDING_UPDATE && w->replay == MIPRO_REPLAY_NONCE &&
        packet->has_ident && packet->ident == k->ident)
        w->nonce = (uint32_t)(packet->ident >> 32);
    return k->fn(k->ctx, packet);
}

bool
inj_case_make(const struct inj_case *c, struct inj_world *w, inj_packet_fn *fn, void *ctx)
{
    struct inj_maker *k = malloc(sizeof(*k));
    bool going = k != NULL;

    if (k == NULL)
        return false;
    k->w = w;
    k->fn = fn;
    k->ctx = ctx;
    k->former_len = 0;
    w->target = c->target;
    w->unsigned_ext = 0;
    for (k->step = 0; going && k->step < c->n_steps; k->step++) {
        unsigned repeat = 1;

        k->sweeps = false;
        for (unsigned i = 0; going && i < repeat; i++) {
            k->round = i;
            going = make_step(k, &c->steps[k->step]);
            repeat = k->repeat;
            if (going)
                going = emit(k);
        }
    }
    free(k);
    return going;
}
