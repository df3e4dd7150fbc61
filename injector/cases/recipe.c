/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What each operation of a recipe does.
 */
#include "cases/parts.h"

#include <string.h>

#include "mipro_reader.h"

#define DATA_LEN 32u
#define CHALLENGE_LEN 16u

uint32_t
inj_resolve(const struct inj_world *w, uint64_t arg)
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
        return w->is_far ? 0 : w->destination | ~(w->mask != 0 ? w->mask : UINT32_MAX << 8);
    }
    return 0;
}

/* The time, then an 8-bit counter and 12 bits from the seed: always increasing and unique. */
uint64_t
inj_next_time_ident(struct inj_world *w, int64_t shift)
{
    const uint64_t low = w->n % INJ_IDENTS_A_TICK << 12 | (inj_random(w->seed, w->n) & 0xfff);

    w->n++;
    return inj_time_ident(w->time + shift * MIPRO_SECOND, (uint32_t)low);
}

/* The first association of any SPI between these ends that can sign an extension of this type. */
static bool
find_any(const struct inj_maker *k, uint8_t type, const struct mipro_ends *ends,
    struct mipro_candidate *signer)
{
    const struct mipro_keyring *ring = k->w->ring;
    struct mipro_candidate found[MIPRO_MAX_CANDIDATES];
    bool valid;

    for (size_t i = 0; i < mipro_keyring_count(ring); i++)
        if (mipro_keyring_find(
                ring, mipro_keyring_at(ring, i)->spi, ends, 1, k->w->time, found, &valid) > 0 &&
            valid && inj_can_sign(found[0].association, k->packet.message, type)) {
            *signer = found[0];
            return true;
        }
    return false;
}

/*
 * The association that signs an extension of this type: that of --spi between the ends
 * of ruling 6; or another one between them; or that of --spi anyway, so
 * that a case can be written with a key file that has one association.  Its association is
 * NULL if none of them can sign such an extension.
 */
static struct mipro_candidate
signer_of(struct inj_maker *k, uint8_t type, uint32_t *spi)
{
    static const struct mipro_candidate nobody = { NULL, 0 };
    struct inj_world *w = k->w;
    /* The ends of the good message select the key, whatever source and destination it gets. */
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
    if (found && !inj_can_sign(signer.association, k->packet.message, type))
        found = false;
    if (!found && find_any(k, type, &ends, &signer)) {
        *spi = signer.association->spi;
        found = true;
    }
    if (found)
        return signer;
    if (inj_can_sign(w->signer.association, k->packet.message, type))
        return w->signer;
    w->unsigned_ext = type;
    return nobody;
}

/* Octets were appended or cut: update both views of the payload. */
static void
set_len(struct inj_payload *p, size_t len)
{
    p->len = p->b.len = len;
}

/* The NAI of the mobile node, if given: before all other extensions (RFC 2794 2). */
static bool
put_nai(struct inj_maker *k)
{
    const char *nai = k->w->nai;

    return nai == NULL || k->packet.message != MIPRO_REGISTRATION_REQUEST ||
           inj_put_ext(&k->payload, MIPRO_EXT_NAI, (const uint8_t *)nai, strlen(nai));
}

/*
 * The challenge that a CHAP authenticator answers (RFC 4721): before anything malformed.  With a
 * co-located care-of address there is none.
 */
static bool
put_challenge(struct inj_maker *k)
{
    const struct inj_world *w = k->w;
    uint8_t octets[CHALLENGE_LEN];

    if (k->packet.message != MIPRO_REGISTRATION_REQUEST ||
        !mipro_auth_needs_challenge(w->signer.association) ||
        inj_signing_type(k->packet.message, w->spi, &w->set) != MIPRO_EXT_GENERALIZED ||
        (k->content.flags & MIPRO_RRQ_D) != 0)
        return true;
    mipro_store_be(octets, 8, inj_random(w->seed, k->ident));
    mipro_store_be(octets + 8, 8, inj_random(w->seed, k->ident + 1));
    return inj_put_ext(&k->payload, MIPRO_EXT_CHALLENGE, octets, sizeof(octets));
}

bool
inj_compose_step(struct inj_maker *k)
{
    if (k->composed)
        return true;
    k->composed = true;
    if (k->packet.message != INJ_DATA) {
        k->packet.has_ident = k->content.has_ident;
        k->packet.ident = k->content.ident;
        k->packet.home = k->content.home;
        return inj_compose(&k->payload, &k->content, &k->w->set) && put_nai(k) && put_challenge(k);
    }
    inj_compose_data(&k->payload, DATA_LEN, &k->w->set);
    return true;
}

static enum mipro_coverage
other_coverage(enum mipro_coverage coverage)
{
    return coverage == MIPRO_TYPE_LENGTH ? MIPRO_TYPE_LENGTH_SPI : MIPRO_TYPE_LENGTH;
}

/* Another algorithm whose authenticators have the same size; NULL if there is none. */
static const struct mipro_algorithm_def *
other_algorithm(const struct mipro_algorithm_def *def)
{
    for (unsigned i = 0; i < MIPRO_ALGORITHMS; i++)
        if (&mipro_algorithm_defs[i] != def && mipro_algorithm_defs[i].size == def->size)
            return &mipro_algorithm_defs[i];
    return NULL;
}

static bool
sign(struct inj_maker *k, uint8_t type)
{
    struct inj_payload *p = &k->payload;
    const struct inj_signature *g = &k->signature;
    const size_t body = p->len;
    const struct mipro_association *s;
    struct mipro_candidate signer;
    const struct mipro_algorithm_def *def;
    enum mipro_coverage coverage;
    uint32_t spi;
    size_t off, len;

    if (type == 0)
        type = inj_signing_type(p->type, k->w->spi, &p->set);
    signer = signer_of(k, type, &spi);
    if (signer.association == NULL)
        return false;
    if (g->has_spi) {
        const struct mipro_scene scene = { k->w->source, k->w->destination, k->w->time,
            k->w->ring };
        struct mipro_candidate own;
        bool valid;

        spi = g->spi;
        if (inj_find_signer(p, type, spi, &scene, &own, &valid) &&
            inj_can_sign(own.association, p->type, type))
            signer = own; /* this SPI is configured: use its own key (SPI-03) */
    }
    if (!inj_sign(p, type, &signer, spi))
        return false;
    s = signer.association;
    if (!g->flips_spi && !g->flips_algorithm && !g->body_only)
        return true;
    def = mipro_algorithm_to_sign(s->algorithm, 0);
    if (def == NULL)
        return false;
    coverage = s->coverage == MIPRO_TYPE_LENGTH_SPI ? MIPRO_TYPE_LENGTH_SPI : MIPRO_TYPE_LENGTH;
    if (g->flips_spi)
        coverage = other_coverage(coverage);
    if (g->flips_algorithm) {
        const struct mipro_algorithm_def *other = other_algorithm(def);

        coverage = other != NULL ? other->coverage : other_coverage(coverage);
        def = other != NULL ? other : def;
    }
    if (!inj_find_field(p, MIPRO_F_SPI, &off, &len))
        return false;
    mipro_auth_compute_as(s, signer.node, def->id, g->body_only ? MIPRO_BODY : coverage, p->octets,
        g->body_only ? body : off, spi, p->octets + off + len);
    return true;
}

static bool
put_pfan(struct inj_maker *k)
{
    struct inj_pfan pfan = { .life = k->content.life,
        .agent = k->pfan_agent,
        .care_of = k->pfan_care_of,
        .reading = { .ident = true },
        .coverage = MIPRO_BODY_TYPE_LENGTH };
    struct mipro_candidate signer = signer_of(k, MIPRO_EXT_PFAN, &pfan.spi);

    if (signer.association == NULL)
        return false;
    /* Only a Registration Request has the fields of the Binding Update that is signed. */
    return inj_put_pfan(
        &k->payload, &pfan, k->packet.message == MIPRO_REGISTRATION_REQUEST ? &signer : NULL);
}

/* Append skippable extensions until only the signing extension fits into len octets. */
static bool
fill(struct inj_maker *k, size_t len)
{
    static const uint8_t zeros[UINT8_MAX];
    const struct mipro_settings *set = &k->payload.set;
    const struct mipro_ext_def *signs =
        mipro_ext_def(inj_signing_type(k->payload.type, k->w->spi, set), set);
    uint32_t spi;
    const struct mipro_candidate signer = signer_of(k, signs->type, &spi);
    size_t end;

    if (signer.association == NULL)
        return false;
    end = len - (signs->spi_off + 4u + mipro_auth_size(signer.association));
    while (k->payload.len + 2 <= end) {
        size_t n = end - k->payload.len - 2;

        /* Never leave a single octet: no extension fits there. */
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
    mipro_store_be(p->octets + p->len, n, v);
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
flip_authenticator(struct inj_payload *p, int at)
{
    size_t off, len;

    if (!inj_find_field(p, MIPRO_F_AUTHENTICATOR, &off, &len) ||
        (at < 0 ? (size_t)-at > len : (size_t)at >= len))
        return false;
    return flip(p, (int)off + (at < 0 ? (int)len + at : at));
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
cut_extension(struct inj_payload *p)
{
    size_t off, len;

    if (!inj_find_field(p, MIPRO_F_EXT_LEN, &off, &len))
        return false;
    return cut(p, (int)(off + len + mipro_be_at(p->octets, p->len, off, len)));
}

static bool
scramble(struct inj_maker *k)
{
    size_t off, len;

    if (!inj_find_field(&k->payload, MIPRO_F_AUTHENTICATOR, &off, &len))
        return false;
    for (size_t i = 0; i < len; i++)
        k->payload.octets[off + i] ^= (uint8_t)(inj_random(k->w->seed, i) | 1);
    return true;
}

/* Operations on octets; the message has been composed. */
bool
inj_run_on_octets(struct inj_maker *k, const struct inj_op *op)
{
    static const uint8_t value[UINT8_MAX];
    struct inj_payload *p = &k->payload;
    const uint32_t target = k->w->source;

    switch (op->kind) {
    case OP_SET:
        return set_field(p, (enum mipro_field)op->at, op->arg);
    case OP_TYPE_ROUND:
        p->octets[0] = (uint8_t)(op->arg + k->round);
        return true;
    case OP_CUT_ROUND:
        return cut(p, op->at + (int)k->round);
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
        return inj_put_warning(p, inj_resolve(k->w, op->arg), &target, 1);
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
    case OP_FLIP_AUTH:
        return flip_authenticator(p, op->at);
    case OP_SCRAMBLE:
        return scramble(k);
    case OP_CUT:
        return cut(p, op->at);
    case OP_CUT_EXT:
        return cut_extension(p);
    default:
        return false;
    }
}

void
inj_set_targets(struct inj_maker *k, size_t n, uint32_t first, bool same)
{
    for (size_t i = 0; i < n && i < MAX_TARGETS; i++)
        k->targets[i] = same ? first : first + (uint32_t)i;
    k->content.addresses = k->targets;
    k->content.n_addresses = n;
}

/* Operations on the content, the destination, and how the next signature differs. */
bool
inj_run_on_content(struct inj_maker *k, const struct inj_op *op)
{
    struct inj_envelope *e = &k->packet.envelope;
    struct inj_content *c = &k->content;
    const uint32_t addr = inj_resolve(k->w, op->arg);

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
    case OP_CLEAR_FLAGS:
        c->flags &= (uint16_t)~op->arg;
        return true;
    case OP_PRIVATE:
        c->flags |= mipro_private_bit(&k->w->set);
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
        c->ident = k->ident = inj_next_time_ident(k->w, op->at);
        return true;
    case OP_IDENT_NONCE:
        /* In a registration the high half is the receiver's nonce (RFC 2002 5.6.2). */
        c->ident =
            k->ident ^ (k->packet.message == MIPRO_REGISTRATION_REQUEST ? UINT64_C(0xffffffff) << 32
                                                                        : UINT64_C(0xffffffff));
        return true;
    case OP_TARGETS:
    case OP_SAME_TARGET:
        inj_set_targets(k, (size_t)op->at, addr, op->kind == OP_SAME_TARGET);
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
    case OP_SWEEP:
        k->repeat = (unsigned)op->at;
        k->sweeps = true;
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
