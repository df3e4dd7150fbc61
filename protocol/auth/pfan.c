/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The authenticator of a Previous Foreign Agent Notification (5.1): made by the
 * mobile node over the body of a Binding Update that it never sees.  What the
 * draft leaves open is tried.
 */
#include "auth/judge.h"

#include "mipro_reader.h"

#include <stdio.h>
#include <string.h>

#define BODY_MAX 20u                      /* a Binding Update with its identification */
#define AUTH_LENGTH (4u + MIPRO_AUTH_LEN) /* what that header's length field says */

void
mipro_pfan_reading_text(const struct mipro_pfan_reading *reading, char text[12])
{
    snprintf(text, 12, "I=%d M=%d G=%d", reading->ident, reading->minimal, reading->gre);
}

static uint8_t *
put_be(uint8_t *p, size_t n, uint64_t v)
{
    mipro_store_be(p, n, v);
    return p + n;
}

size_t
mipro_pfan_body(const struct mipro_message *request, const struct mipro_ext *e,
    const struct mipro_pfan_reading *reading, uint8_t *out)
{
    uint64_t life = 0, coa = 0;
    uint8_t *p = out;

    mipro_ext_value(request, e, MIPRO_F_PFAN_LIFE, &life);
    mipro_ext_value(request, e, MIPRO_F_PFAN_COA, &coa);
    p = put_be(p, 1, MIPRO_BINDING_UPDATE);
    p = put_be(p, 1,
        MIPRO_BU_A | (reading->ident ? MIPRO_BU_I : 0) | (reading->minimal ? MIPRO_BU_M : 0) |
            (reading->gre ? MIPRO_BU_G : 0));
    p = put_be(p, 2, life);
    p = put_be(p, 4, mipro_value(request, MIPRO_F_HOMEADDR));
    p = put_be(p, 4, coa);
    if (reading->ident)
        p = put_be(p, 8, mipro_value(request, MIPRO_F_IDENT));
    return (size_t)(p - out);
}

size_t
mipro_pfan_header(const struct mipro_settings *set, uint8_t *out)
{
    uint8_t type = mipro_auth_ext_type(set);
    const struct mipro_ext_def *def = mipro_ext_def(type, set);

    if (def == NULL || def->shape == MIPRO_SHAPE_TLV) {
        put_be(out, 2, (uint64_t)type << 8 | AUTH_LENGTH);
        return 2;
    }
    put_be(out, 4, (uint64_t)type << 24 | AUTH_LENGTH); /* subtype 0: the drafts say "TBD" */
    return 4;
}

/* A body and the header that may follow it. */
struct body {
    uint8_t octets[MIPRO_PFAN_SIGNED_MAX];
    size_t len; /* without the header */
    size_t header_len;
};

/*
 * Does the claim fit the body, alone or with the header, without or with the SPI
 * where an association has it, by each algorithm that it may use?
 */
static bool
try_body(const struct mipro_claim *claim, const struct body *body, struct mipro_auth *auth)
{
    uint8_t out[MIPRO_AUTH_LEN];

    if (claim->size != MIPRO_AUTH_LEN)
        return false;
    for (size_t i = 0; i < claim->n; i++) {
        const struct mipro_candidate *c = &claim->candidate[i];
        const struct mipro_association *s = c->association;

        /* Bits: 1 body alone, 2 SPI appended, 4 HMAC. */
        for (unsigned way = 0; way < 8; way++) {
            size_t n = body->len + ((way & 1) != 0 ? 0 : body->header_len);
            enum mipro_coverage appended =
                (way & 2) != 0 ? MIPRO_TYPE_LENGTH_SPI : MIPRO_TYPE_LENGTH;
            enum mipro_algorithm algorithm = (way & 4) != 0 ? MIPRO_HMAC_MD5 : MIPRO_KEYED_MD5;

            if ((s->algorithm != algorithm && s->algorithm != MIPRO_ANY) ||
                (appended == MIPRO_TYPE_LENGTH_SPI && s->coverage == MIPRO_TYPE_LENGTH))
                continue;
            mipro_auth_compute_as(s, c->node, algorithm, appended, body->octets, n, auth->spi, out);
            if (mipro_claim_fits(claim, out)) {
                mipro_claim_accept(claim, i, algorithm,
                    (way & 1) != 0 ? MIPRO_BODY : MIPRO_BODY_TYPE_LENGTH, out, auth);
                return true;
            }
        }
    }
    return false;
}

/* The reading that we sign with is the first: all as in the request. */
void
mipro_claim_judge_pfan(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_claim *claim, struct mipro_auth *auth)
{
    bool request = mipro_message_type(m) == MIPRO_REGISTRATION_REQUEST;
    uint64_t flags = request ? mipro_value(m, MIPRO_F_FLAGS) : 0;
    const struct mipro_pfan_reading ours = { .ident = mipro_has(m, MIPRO_F_IDENT),
        .minimal = (flags & MIPRO_RRQ_M) != 0,
        .gre = (flags & MIPRO_RRQ_G) != 0 };
    struct body body;

    /* Bits: what is left out of ours. */
    for (unsigned less = 0; less < 8; less++) {
        struct mipro_pfan_reading reading = ours;

        if (((less & 1) != 0 && !ours.gre) || ((less & 2) != 0 && !ours.minimal) ||
            ((less & 4) != 0 && !ours.ident))
            continue;
        reading.gre = ours.gre && (less & 1) == 0;
        reading.minimal = ours.minimal && (less & 2) == 0;
        reading.ident = ours.ident && (less & 4) == 0;
        body.len = mipro_pfan_body(m, e, &reading, body.octets);
        body.header_len = mipro_pfan_header(&m->set, body.octets + body.len);
        if (try_body(claim, &body, auth)) {
            auth->reading = reading;
            return;
        }
    }
    if (mipro_claim_refuse(claim, auth)) {
        auth->coverage = MIPRO_COVERAGE_NONE; /* which body was meant, nobody knows */
        body.len = mipro_pfan_body(m, e, &ours, body.octets);
        body.header_len = mipro_pfan_header(&m->set, body.octets + body.len);
        mipro_auth_compute(auth->association, auth->node, body.octets, body.len + body.header_len,
            auth->spi, auth->calculated);
    }
}

/* The body of a Binding Update that was captured; false if it was not. */
static bool
take_body(const struct mipro_message *update, struct body *body)
{
    body->len = update->ext_off;
    if (mipro_message_type(update) != MIPRO_BINDING_UPDATE || !mipro_is_draft(update) ||
        update->err == MIPRO_ERR_TRUNCATED || body->len > BODY_MAX ||
        body->len < update->def->fixed_len || body->len > update->captured)
        return false;
    memcpy(body->octets, update->buf, body->len);
    return true;
}

void
mipro_pfan_judge_update(const struct mipro_message *request, const struct mipro_ext *e,
    const struct mipro_scene *scene, const struct mipro_message *update, struct mipro_auth *auth)
{
    uint64_t flags = mipro_value(update, MIPRO_F_FLAGS);
    struct mipro_claim claim;
    struct mipro_auth again;
    struct body body;

    if (!take_body(update, &body) || !mipro_claim_open(request, e, scene, &again, &claim))
        return;
    body.header_len = mipro_pfan_header(&update->set, body.octets + body.len);
    if (!try_body(&claim, &body, &again))
        return;
    *auth = again;
    auth->reading = (struct mipro_pfan_reading){ .ident = (flags & MIPRO_BU_I) != 0,
        .minimal = (flags & MIPRO_BU_M) != 0,
        .gre = (flags & MIPRO_BU_G) != 0,
        .from_update = true };
}

void
mipro_auth_judge_handoff(const struct mipro_message *update, const struct mipro_ext *e,
    const struct mipro_scene *scene, struct mipro_auth *auth)
{
    struct mipro_ends mobile = { (uint32_t)mipro_value(update, MIPRO_F_HOMEADDR), scene->dst };
    struct mipro_claim claim;
    struct mipro_auth again;
    struct body body;
    bool open = mipro_claim_open(update, e, scene, &again, &claim);

    if (!take_body(update, &body) || claim.authenticator == NULL || scene->ring == NULL)
        return;
    memcpy(body.octets + body.len, update->buf + e->off, e->hdr_len);
    body.header_len = e->hdr_len;
    if (open && try_body(&claim, &body, &again)) {
        *auth = again;
        return;
    }
    /* The association of the PFAN: between the mobile node and its previous foreign agent. */
    claim.n = mipro_keyring_find(
        scene->ring, again.spi, &mobile, 1, scene->time, claim.candidate, &claim.valid);
    if (try_body(&claim, &body, &again))
        *auth = again;
}
