/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The interpreter of recipes: from a row of the table to packets.
 */
#include "case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_TARGETS 365u
#define ATTEMPTS (1u << 20)
#define DATA_LEN 32u
#define DATA_PORT 5001u
#define TTL 64
#define ADVERT_TTL 1
#define ALL_SYSTEMS 0xe0000001u

/* How the next signature differs. */
struct signature {
    bool has_spi;
    uint32_t spi;
    bool flips_spi, flips_algorithm, body_only;
};

struct maker {
    struct inj_world *w;
    inj_packet_fn *fn;
    void *ctx;
    unsigned step;
    unsigned attempt; /* of a search for octets that OP_BALANCE or OP_OVERRUN want */
    uint64_t ident;   /* of the step: the same in each attempt */

    struct inj_content content;
    uint32_t targets[MAX_TARGETS];
    uint32_t pfan_agent, pfan_care_of;
    struct signature signature;
    struct inj_packet packet;
    unsigned repeat;
    bool composed, resend, balance, overrun;
    struct inj_payload payload;
    size_t former_len;
    uint8_t former[INJ_PAYLOAD_MAX]; /* the payload of the step before */
};

const struct inj_case *
inj_case_by_id(const char *id)
{
    for (size_t i = 0; i < inj_n_cases; i++)
        if (strcmp(inj_cases[i].id, id) == 0)
            return &inj_cases[i];
    return NULL;
}

void
inj_case_group(const struct inj_case *c, char group[8])
{
    snprintf(group, 8, "%.*s", (int)strcspn(c->id, "-"), c->id);
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
        return "refused";
    default:
        return "any";
    }
}

static uint32_t
resolve(const struct inj_world *w, uint64_t arg)
{
    if ((arg & INJ_SYMBOL) == 0)
        return (uint32_t)arg;
    switch ((enum inj_node)(arg & ~INJ_SYMBOL)) {
    case INJ_NODE_HOME:
        return w->home;
    case INJ_NODE_CARE_OF:
        return w->care_of;
    case INJ_NODE_SOURCE:
        return w->source;
    case INJ_NODE_DESTINATION:
        return w->destination;
    case INJ_NODE_AGENT:
        return w->agent;
    case INJ_NODE_PREVIOUS:
        return w->previous;
    case INJ_NODE_OTHER:
        return w->other;
    case INJ_NODE_SUBNET:
        return w->destination | 0xff;
    }
    return 0;
}

/* The time, then 8 bits that count and 12 from the seed: it grows, and no two are equal. */
static uint64_t
time_ident(struct inj_world *w, int64_t shift)
{
    const uint64_t low = (w->n & 0xff) << 12 | (inj_random(w->seed, w->n) & 0xfff);

    w->n++;
    return inj_time_ident(w->time + shift * MIPRO_SECOND, (uint32_t)low);
}

/* An identification as the association's replay method wants it. */
static uint64_t
new_ident(struct inj_world *w, uint8_t message)
{
    uint32_t next;

    if (w->replay != MIPRO_REPLAY_NONCE || message != MIPRO_BINDING_UPDATE)
        return time_ident(w, 0);
    next = (uint32_t)(inj_random(w->seed, w->n++) >> 32);
    if (w->nonce == 0)
        w->nonce = (uint32_t)inj_random(w->seed, w->n++) | 1;
    return (uint64_t)next << 32 | w->nonce;
}

static bool
find_any(const struct mipro_keyring *ring, const struct mipro_ends *ends, int64_t time,
    struct mipro_candidate *signer)
{
    struct mipro_candidate found[MIPRO_MAX_CANDIDATES];
    bool valid;

    for (size_t i = 0; i < mipro_keyring_count(ring); i++)
        if (mipro_keyring_find(ring, mipro_keyring_at(ring, i)->spi, ends, 1, time, found, &valid) >
                0 &&
            valid) {
            *signer = found[0];
            return true;
        }
    return false;
}

/*
 * Who signs an extension of this type: the association of --spi between the ends
 * of ruling 6; or another one between them; or that of --spi all the same, so
 * that a case can be written with a key file that knows one association.
 */
static struct mipro_candidate
signer_of(const struct maker *k, uint8_t type, uint32_t *spi)
{
    const struct inj_world *w = k->w;
    /* Whose key it is the good message says, wherever it goes and whoever it feigns to be. */
    const struct mipro_scene scene = { w->source, w->destination, w->time, w->ring };
    struct mipro_ends ends = { k->content.home, scene.dst };
    struct mipro_candidate signer;
    bool valid, found;

    *spi = w->spi;
    if (type == MIPRO_EXT_PFAN) {
        ends.b = k->pfan_agent;
        found = mipro_keyring_count(w->ring) > 0 &&
                inj_find_pfan_signer(&k->payload,
                    &(struct inj_pfan){ .agent = ends.b, .spi = *spi }, &scene, &signer, &valid);
    } else {
        if (type == MIPRO_EXT_MOBILE_HOME)
            ends.b = k->content.agent;
        found = inj_find_signer(&k->payload, type, *spi, &scene, &signer, &valid);
    }
    if (!found && find_any(w->ring, &ends, w->time, &signer)) {
        *spi = signer.association->spi;
        found = true;
    }
    return found ? signer : w->signer;
}

/* Octets were appended, or cut: both views of the payload follow. */
static void
set_len(struct inj_payload *p, size_t len)
{
    p->len = p->b.len = len;
}

static bool
compose(struct maker *k)
{
    if (k->composed)
        return true;
    k->composed = true;
    if (k->packet.message != INJ_DATA) {
        k->packet.has_ident = k->content.has_ident;
        k->packet.ident = k->content.ident;
        k->packet.home = k->content.home;
        return inj_compose(&k->payload, &k->content, &k->w->set);
    }
    inj_compose_data(&k->payload, DATA_LEN, &k->w->set);
    return true;
}

static bool
sign(struct maker *k, uint8_t type)
{
    struct inj_payload *p = &k->payload;
    const struct signature *g = &k->signature;
    const size_t body = p->len;
    const struct mipro_association *s;
    struct mipro_candidate signer;
    enum mipro_algorithm algorithm;
    enum mipro_coverage coverage;
    uint32_t spi;
    size_t off, len;

    if (type == 0)
        type = inj_signing_type(p->type, &p->set);
    signer = signer_of(k, type, &spi);
    if (g->has_spi) {
        const struct mipro_scene scene = { k->w->source, k->w->destination, k->w->time,
            k->w->ring };
        struct mipro_candidate own;
        bool valid;

        spi = g->spi;
        if (inj_find_signer(p, type, spi, &scene, &own, &valid))
            signer = own; /* it is configured: with its own key (SPI-03) */
    }
    if (!inj_sign(p, type, &signer, spi))
        return false;
    s = signer.association;
    if (!g->flips_spi && !g->flips_algorithm && !g->body_only)
        return true;
    algorithm = s->algorithm == MIPRO_HMAC_MD5 ? MIPRO_HMAC_MD5 : MIPRO_KEYED_MD5;
    coverage = s->coverage == MIPRO_TYPE_LENGTH_SPI ? MIPRO_TYPE_LENGTH_SPI : MIPRO_TYPE_LENGTH;
    if (g->flips_spi)
        coverage = coverage == MIPRO_TYPE_LENGTH ? MIPRO_TYPE_LENGTH_SPI : MIPRO_TYPE_LENGTH;
    if (g->flips_algorithm) {
        algorithm = algorithm == MIPRO_HMAC_MD5 ? MIPRO_KEYED_MD5 : MIPRO_HMAC_MD5;
        coverage = algorithm == MIPRO_HMAC_MD5 ? MIPRO_TYPE_LENGTH_SPI : MIPRO_TYPE_LENGTH;
    }
    if (!inj_find_field(p, MIPRO_F_SPI, &off, &len))
        return false;
    mipro_auth_compute_as(s, signer.node, algorithm, g->body_only ? MIPRO_BODY : coverage,
        p->octets, g->body_only ? body : off, spi, p->octets + off + len);
    return true;
}

static bool
put_pfan(struct maker *k)
{
    struct inj_pfan pfan = { .life = k->content.life,
        .agent = k->pfan_agent,
        .care_of = k->pfan_care_of,
        .reading = { .ident = true },
        .coverage = MIPRO_BODY_TYPE_LENGTH };
    struct mipro_candidate signer = signer_of(k, MIPRO_EXT_PFAN, &pfan.spi);

    /* In a message that has no Binding Update's fields there is nothing to sign. */
    return inj_put_pfan(
        &k->payload, &pfan, k->packet.message == MIPRO_REGISTRATION_REQUEST ? &signer : NULL);
}

/* Skippable extensions until only what signs it fits into len octets. */
static bool
fill(struct maker *k, size_t len)
{
    static const uint8_t zeros[UINT8_MAX];
    const size_t end = len - (6 + MIPRO_AUTH_LEN);

    while (k->payload.len + 2 <= end) {
        size_t n = end - k->payload.len - 2;

        /* Never leave one octet over: no extension fits there. */
        n = n > UINT8_MAX ? (n == UINT8_MAX + 1 ? UINT8_MAX - 2 : UINT8_MAX) : n;
        if (!inj_put_ext(&k->payload, 200, zeros, n))
            return false;
    }
    return true;
}

static bool
put_octets(struct inj_payload *p, size_t n, uint64_t v)
{
    if (p->len + n > sizeof(p->octets))
        return false;
    for (size_t i = 0; i < n; i++)
        p->octets[p->len + i] = (uint8_t)(v >> 8 * (n - 1 - i));
    set_len(p, p->len + n);
    return true;
}

static bool
set_field(struct inj_payload *p, enum mipro_field id, uint64_t v)
{
    const struct inj_setting s = { .field = id, .text = "", .number = v };
    char why[160];

    return inj_apply_setting(p, &s, why, sizeof(why));
}

static bool
flip(struct inj_payload *p, int at)
{
    const size_t off = at < 0 ? p->len - (size_t)-at : (size_t)at;

    if (off >= p->len)
        return false;
    p->octets[off] ^= 1;
    return true;
}

static bool
cut(struct inj_payload *p, int to)
{
    const size_t fewer = to < 0 ? (size_t)-to : 0;
    const size_t len = to < 0 ? p->len - fewer : (size_t)to;

    if (fewer > p->len || len > p->len)
        return false;
    set_len(p, len);
    return true;
}

static bool
scramble(struct maker *k)
{
    size_t off, len;

    if (!inj_find_field(&k->payload, MIPRO_F_AUTHENTICATOR, &off, &len))
        return false;
    for (size_t i = 0; i < len; i++)
        k->payload.octets[off + i] ^= (uint8_t)(inj_random(k->w->seed, i) | 1);
    return true;
}

/* Operations on octets; the message is composed. */
static bool
run_on_octets(struct maker *k, const struct inj_op *op)
{
    static const uint8_t value[UINT8_MAX];
    struct inj_payload *p = &k->payload;
    const uint32_t target = k->w->source;

    switch (op->kind) {
    case OP_SET:
        return set_field(p, (enum mipro_field)op->at, op->arg);
    case OP_TYPE:
        p->octets[0] = (uint8_t)op->arg;
        return true;
    case OP_EXT:
        return inj_put_ext(p, (uint8_t)op->arg, value, (size_t)op->at);
    case OP_OCTETS:
        return put_octets(p, (size_t)op->at, op->arg);
    case OP_FILL:
        return fill(k, (size_t)op->at);
    case OP_WARN:
        return inj_put_warning(p, resolve(k->w, op->arg), &target, 1);
    case OP_PFAN:
        return put_pfan(k);
    case OP_SIGN:
        return sign(k, (uint8_t)op->arg);
    case OP_SIGN_AGAIN:
        inj_sign_again(p);
        return true;
    case OP_LEN:
        return set_field(p, MIPRO_F_EXT_LEN, op->arg);
    case OP_FLIP:
        return flip(p, op->at);
    case OP_SCRAMBLE:
        return scramble(k);
    case OP_CUT:
        return cut(p, op->at);
    default:
        return false;
    }
}

static void
set_targets(struct maker *k, size_t n, uint32_t first, bool same)
{
    for (size_t i = 0; i < n && i < MAX_TARGETS; i++)
        k->targets[i] = same ? first : first + (uint32_t)i;
    k->content.addresses = k->targets;
    k->content.n_addresses = n;
}

/* Operations on what the message shall say, where it goes, and how the next signature differs. */
static bool
run_on_content(struct maker *k, const struct inj_op *op)
{
    struct inj_envelope *e = &k->packet.envelope;
    struct inj_content *c = &k->content;
    const uint32_t addr = resolve(k->w, op->arg);

    switch (op->kind) {
    case OP_LIFE:
        c->life = (uint16_t)op->arg;
        return true;
    case OP_FLAGS:
        c->flags = (uint16_t)op->arg;
        return true;
    case OP_ADD_FLAGS:
        c->flags |= (uint16_t)op->arg;
        return true;
    case OP_STATUS:
        c->code = (uint8_t)op->arg;
        return true;
    case OP_HOME:
        c->home = addr;
        return true;
    case OP_CARE_OF:
        c->care_of = addr;
        return true;
    case OP_AGENT:
        c->agent = addr;
        return true;
    case OP_NO_IDENT:
        c->has_ident = false;
        return true;
    case OP_IDENT:
        c->ident = op->arg;
        return true;
    case OP_IDENT_SHIFT:
        c->ident = k->ident = time_ident(k->w, op->at);
        return true;
    case OP_IDENT_NONCE:
        c->ident = k->ident ^ 0xffffffffu;
        return true;
    case OP_TARGETS:
    case OP_SAME_TARGET:
        set_targets(k, (size_t)op->at, addr, op->kind == OP_SAME_TARGET);
        return true;
    case OP_SOURCE:
        e->src = addr;
        return true;
    case OP_DESTINATION:
        e->dst = addr;
        return true;
    case OP_SOURCE_PORT:
        e->sport = (uint16_t)op->arg;
        return true;
    case OP_DESTINATION_PORT:
        e->dport = (uint16_t)op->arg;
        return true;
    case OP_TUNNEL:
        e->tunnel[e->n_tunnels++] = (struct inj_tunnel){ INJ_IPIP, k->w->source, addr };
        return true;
    case OP_UDP_SUM:
        e->udp_sum = (enum inj_checksum)op->arg;
        return true;
    case OP_UDP_LEN:
        e->udp_len_off = op->at;
        return true;
    case OP_IP_LEN:
        e->ip_len_off = op->at;
        return true;
    case OP_TRAILER:
        e->trailer = (uint8_t)op->at;
        return true;
    case OP_FRAGMENTS:
        k->packet.fragments = (enum inj_fragments)op->arg;
        return true;
    case OP_BALANCE:
        k->balance = true;
        return true;
    case OP_OVERRUN:
        k->overrun = true;
        return true;
    case OP_AFTER:
        k->packet.after = op->at * (MIPRO_SECOND / 1000);
        return true;
    case OP_REPEAT:
        k->repeat = (unsigned)op->at;
        return true;
    case OP_LEAD:
        k->packet.phase = INJ_LEAD;
        return true;
    case OP_RESEND:
        k->resend = true;
        return true;
    case OP_PFAN_CARE_OF:
        k->pfan_care_of = addr;
        return true;
    case OP_PFAN_AGENT:
        k->pfan_agent = addr;
        return true;
    case OP_SPI:
        k->signature.has_spi = true;
        k->signature.spi = (uint32_t)op->arg;
        return true;
    case OP_COVER_SPI:
        k->signature.flips_spi = true;
        return true;
    case OP_OTHER_ALGORITHM:
        k->signature.flips_algorithm = true;
        return true;
    case OP_BODY_ONLY:
        k->signature.body_only = true;
        return true;
    default:
        return false;
    }
}

/* The good message of a kind, before a recipe touches it. */
static void
begin_content(struct maker *k, uint8_t message)
{
    const struct inj_world *w = k->w;
    const bool to_agent = w->target == INJ_HOME_AGENT;
    const bool to_foreign = w->target == INJ_FOREIGN_AGENT;
    struct inj_content *c = &k->content;

    *c = (struct inj_content){ .type = message,
        .life = 120,
        .home = w->home,
        .agent = to_agent ? w->destination : w->agent,
        .care_of = to_foreign ? w->destination : w->care_of,
        .has_ident = true,
        .ident = k->ident,
        .source = w->source,
        .sequence = (uint16_t)w->n };
    k->pfan_agent = w->previous;
    k->pfan_care_of = c->care_of;
    switch (message) {
    case MIPRO_BINDING_WARNING:
        set_targets(k, 1, w->source, true);
        break;
    case MIPRO_BINDING_UPDATE:
        c->flags = MIPRO_BU_A;
        break;
    case MIPRO_BINDING_ACKNOWLEDGE:
        if (w->has_echo)
            c->ident = w->echo;
        break;
    case MIPRO_REGISTRATION_REQUEST:
        c->life = 600;
        break;
    case INJ_ADVERTISEMENT:
        c->flags = MIPRO_ADV_F | MIPRO_ADV_S;
        c->life = 300;
        set_targets(k, 1, w->source, true);
        break;
    default:
        break;
    }
}

static void
begin_envelope(struct maker *k, uint8_t message)
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
attempt(struct maker *k, const struct inj_step *step)
{
    k->packet = (struct inj_packet){
        .phase = INJ_JUDGED, .step = k->step, .after = -1, .message = step->message
    };
    k->signature = (struct signature){ false, 0, false, false, false };
    k->composed = k->resend = k->balance = k->overrun = false;
    k->repeat = 1;
    begin_content(k, step->message);
    begin_envelope(k, step->message);
    for (size_t i = 0; i < INJ_OPS && step->ops[i].kind != OP_END; i++) {
        const struct inj_op *op = &step->ops[i];

        if (run_on_content(k, op))
            continue;
        /* The search changes what the recipe leaves free. */
        if (!k->composed && k->balance && k->w->replay == MIPRO_REPLAY_NONCE) {
            k->ident = k->content.ident ^= (uint64_t)k->attempt << 32; /* the next nonce is free */
        } else if (!k->composed && k->balance) {
            k->content.ident = (k->content.ident & ~UINT64_C(0xfffff)) | k->attempt;
        }
        if (!k->composed && k->overrun)
            k->content.life = (uint16_t)(k->content.life + k->attempt);
        if (!compose(k) || !run_on_octets(k, op))
            return false;
    }
    return compose(k);
}

/* Does the UDP checksum compute to 0, which goes out as ffff? */
static bool
is_balanced(const struct maker *k)
{
    const struct inj_envelope *e = &k->packet.envelope;
    const uint32_t len = (uint32_t)k->payload.len + 8;
    uint32_t sum = (e->src >> 16) + (e->src & 0xffff) + (e->dst >> 16) + (e->dst & 0xffff);

    sum += INJ_UDP + len + len + e->sport + e->dport;
    return inj_sum_finish(inj_sum_add(sum, k->payload.octets, k->payload.len)) == 0;
}

static bool
overruns(const struct maker *k)
{
    struct mipro_message m;

    return mipro_message_parse(&m, k->payload.octets, k->payload.len, k->payload.len, &k->w->set,
               MIPRO_IDENT_UNKNOWN) == MIPRO_ERR_OVERRUN;
}

static bool
make_step(struct maker *k, const struct inj_step *step)
{
    const uint64_t n = k->w->n;

    for (k->attempt = 0; k->attempt < ATTEMPTS; k->attempt++) {
        k->w->n = n;
        k->ident = new_ident(k->w, step->message);
        if (!attempt(k, step))
            return false;
        if ((!k->balance || is_balanced(k)) && (!k->overrun || overruns(k)))
            return true;
    }
    return false;
}

static bool
emit(struct maker *k)
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
    struct maker *k = malloc(sizeof(*k));
    bool going = k != NULL;

    if (k == NULL)
        return false;
    k->w = w;
    k->fn = fn;
    k->ctx = ctx;
    k->former_len = 0;
    w->target = c->target;
    for (k->step = 0; going && k->step < c->n_steps; k->step++) {
        unsigned repeat = 1;

        for (unsigned i = 0; going && i < repeat; i++) {
            going = make_step(k, &c->steps[k->step]);
            repeat = k->repeat;
            if (going)
                going = emit(k);
        }
    }
    free(k);
    return going;
}

/* The pieces of a datagram that a case sends in fragments: from, octets; 0 octets: to the end. */
static const struct {
    size_t from, n;
} three_pieces[] = { { 0, 16 }, { 16, 16 }, { 32, 0 } };

static bool
put_pieces(const struct inj_frame *whole, enum inj_fragments how, struct inj_frame *piece,
    inj_frame_fn *fn, void *ctx)
{
    const size_t total = inj_frame_fragmentable(whole);
    const size_t count = sizeof(three_pieces) / sizeof(three_pieces[0]);

    for (size_t i = 0; i < count; i++) {
        const size_t at = how == INJ_REVERSED ? count - 1 - i : i;
        const size_t from = three_pieces[at].from;
        const bool last = three_pieces[at].n == 0;
        size_t n = last ? total - from : three_pieces[at].n;

        if (from + n > total)
            return false;
        if (how == INJ_OVERLAPPING && !last)
            n += 8;
        inj_frame_piece(whole, from, n, !last, piece);
        if (how == INJ_OVERLAPPING && at > 0) /* where it overlaps it says something else */
            piece->octets[piece->len - n] ^= 0xff;
        if (!fn(ctx, piece->octets, piece->len))
            return false;
    }
    return true;
}

static bool
put_by_mtu(
    const struct inj_frame *whole, size_t mtu, struct inj_frame *piece, inj_frame_fn *fn, void *ctx)
{
    const size_t total = inj_frame_fragmentable(whole);
    const size_t most = (mtu - 20) & ~(size_t)7;

    for (size_t from = 0; from < total; from += most) {
        const bool more = total - from > most;

        inj_frame_piece(whole, from, more ? most : total - from, more, piece);
        if (!fn(ctx, piece->octets, piece->len))
            return false;
    }
    return true;
}

bool
inj_packet_frames(struct inj_framer *framer, const struct inj_packet *packet, size_t mtu,
    inj_frame_fn *fn, void *ctx)
{
    struct inj_frame *frame = malloc(2 * sizeof(*frame));
    const bool built = frame != NULL && inj_frame_build(framer, frame, &packet->envelope,
                                            packet->payload, packet->len);
    bool put = built;

    if (built && packet->fragments == INJ_WHOLE && frame->len <= INJ_ETHER_LEN + mtu) {
        put = fn(ctx, frame->octets, frame->len);
    } else if (built) {
        /* Of the identification, which differs from packet to packet. */
        inj_frame_identify(frame, (uint16_t)(packet->ident >> 8 | 1));
        put = packet->fragments != INJ_WHOLE
                  ? put_pieces(frame, packet->fragments, frame + 1, fn, ctx)
                  : put_by_mtu(frame, mtu, frame + 1, fn, ctx);
    }
    free(frame);
    return put;
}
