/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Operations of a recipe on the octets of a message: extensions, signatures, deliberate errors.
 */
#include "cases/parts.h"

#include "mipro_reader.h"
#include "compose/setting.h"

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
    static const struct mipro_candidate none = { NULL, 0 };
    struct inj_world *w = k->w;
    /* The ends of the good message select the key, whatever source and destination it gets. */
    const struct mipro_scene scene = { w->source, w->destination, w->time, w->ring };
    struct mipro_ends ends = { k->content.home, scene.dst };
    struct mipro_candidate signer;
    bool valid, found;

    *spi = w->has_foreign_spi && type == inj_foreign_ext(w->target) ? w->foreign_spi : w->spi;
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
    return none;
}

/* Octets were appended or cut: update both views of the payload. */
static void
set_len(struct inj_payload *p, size_t len)
{
    p->len = p->b.len = len;
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

/* This SPI; if it is reserved, or an association has it, another one with the same low octets. */
static uint32_t
unused_spi(const struct mipro_keyring *ring, uint32_t spi)
{
    static const uint32_t others[] = { 0, UINT32_C(1) << 30, UINT32_C(1) << 29 };
    uint32_t it = spi;

    for (size_t k = 0; k < sizeof(others) / sizeof(others[0]); k++) {
        bool used = (it = spi ^ others[k]) < 256;

        for (size_t i = 0; i < mipro_keyring_count(ring); i++)
            used = used || mipro_keyring_at(ring, i)->spi == it;
        if (!used)
            break;
    }
    return it;
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
    if (g->spi_bits != 0)
        spi = unused_spi(k->w->ring, spi ^ g->spi_bits);
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

/* Cut after so many octets of the last extension. */
static bool
cut_in_extension(struct inj_payload *p, size_t n)
{
    size_t off, len;

    return inj_find_field(p, MIPRO_F_EXT_TYPE, &off, &len) && cut(p, (int)(off + n));
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
    case OP_CUT_EXT_ROUND:
        return cut_in_extension(p, (size_t)op->at + k->round);
    case OP_TYPE:
        p->octets[0] = (uint8_t)op->arg;
        return true;
    case OP_EXT:
        return inj_put_ext(p, (uint8_t)op->arg, value, (size_t)op->at);
    case OP_EXT_ROUND:
        return inj_put_ext(p, (uint8_t)(op->arg + k->round), value, (size_t)op->at);
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
    case OP_FLIP_ROUND:
        return flip(p, op->at + (int)k->round);
    case OP_FLIP_AUTH_ROUND:
        return flip_authenticator(p, op->at + (int)k->round);
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
