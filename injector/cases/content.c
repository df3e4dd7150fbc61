/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Operations of a recipe on the content and destination of a message, and composing it.
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

/* Out of the receiver's window, whatever that is. */
static int64_t
shift_of(const struct inj_op *op, const struct inj_world *w)
{
    const int64_t least = 2 * (int64_t)w->window;

    if (op->arg != OUTSIDE)
        return op->at;
    if (op->at < 0)
        return op->at < -least ? op->at : -least;
    return op->at > least ? op->at : least;
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
    case OP_NO_FOREIGN:
        k->no_foreign = true;
        return true;
    case OP_NO_IDENT:
        c->has_ident = false;
        return true;
    case OP_IDENT:
        c->ident = op->arg;
        return true;
    case OP_IDENT_SHIFT:
        c->ident = k->ident = inj_next_time_ident(k->w, shift_of(op, k->w));
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
    case OP_NUL_AUTH:
        k->nul_auth = true;
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
    case OP_SPI_ROUND:
        k->signature.spi_bits = 1u << ((unsigned)op->at + k->round);
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
