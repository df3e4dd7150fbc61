/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The authenticator of a Previous Foreign Agent Notification (5.1): the mobile node computes
 * it over the body of a Binding Update that the foreign agent will send.  All readings that
 * the draft leaves open are tried.
 */
#include "auth/claim.h"

#include "mipro_build.h"

#include <stdio.h>

/* Octets of a Binding Update with identification and a complete authentication extension. */
#define UPDATE_MAX (20u + 8u + MIPRO_AUTH_MAX)

void
mipro_pfan_reading_text(const struct mipro_pfan_reading *reading, char text[12])
{
    snprintf(text, 12, "I=%d M=%d G=%d", reading->ident, reading->minimal, reading->gre);
}

/* The Binding Update that the notification asks for, without extensions. */
static struct mipro_build
build_update(const struct mipro_message *request, const struct mipro_ext *e,
    const struct mipro_pfan_reading *reading, uint8_t room[UPDATE_MAX])
{
    struct mipro_build b = mipro_build(
        room, UPDATE_MAX, mipro_msg_def(MIPRO_BINDING_UPDATE, MIPRO_SOURCE_DRAFT), &request->set);
    uint64_t life = 0, coa = 0;

    mipro_ext_value(request, e, MIPRO_F_PFAN_LIFE, &life);
    mipro_ext_value(request, e, MIPRO_F_PFAN_COA, &coa);
    mipro_put(&b, MIPRO_F_FLAGS,
        MIPRO_BU_A | (reading->ident ? MIPRO_BU_I : 0) | (reading->minimal ? MIPRO_BU_M : 0) |
            (reading->gre ? MIPRO_BU_G : 0));
    mipro_put(&b, MIPRO_F_LIFE, life);
    mipro_put(&b, MIPRO_F_HOMEADDR, mipro_value(request, MIPRO_F_HOMEADDR));
    mipro_put(&b, MIPRO_F_COA, coa);
    if (reading->ident)
        mipro_put(&b, MIPRO_F_IDENT, mipro_value(request, MIPRO_F_IDENT));
    return b;
}

size_t
mipro_pfan_body(const struct mipro_message *request, const struct mipro_ext *e,
    const struct mipro_pfan_reading *reading, uint8_t *out)
{
    uint8_t room[UPDATE_MAX];
    const struct mipro_build b = build_update(request, e, reading, room);

    memcpy(out, room, b.len);
    return b.len;
}

size_t
mipro_pfan_header(const struct mipro_settings *set, size_t size, uint8_t *out)
{
    static const uint8_t zeros[MIPRO_AUTH_MAX];
    uint8_t room[UPDATE_MAX];
    struct mipro_build b = mipro_build(
        room, sizeof(room), mipro_msg_def(MIPRO_BINDING_UPDATE, MIPRO_SOURCE_DRAFT), set);
    const size_t off = b.len;

    mipro_put_ext(&b, mipro_auth_ext_type(set));
    mipro_put_ext_octets(&b, zeros, size < sizeof(zeros) ? size : sizeof(zeros));
    memcpy(out, room + off, mipro_ext_header_len(&b));
    return mipro_ext_header_len(&b);
}

/* A body and the header that may follow it. */
struct body {
    uint8_t octets[MIPRO_PFAN_SIGNED_MAX];
    size_t len; /* without the header */
    size_t header_len;
};

/*
 * May the association be used with this scheme?  If its coverage includes the SPI, the SPI may
 * follow the body, or be left out as in the draft's reading for a Binding Update.
 */
static bool
may_use(const struct mipro_association *s, const struct mipro_scheme *scheme)
{
    return (s->algorithm == scheme->def->id || s->algorithm == MIPRO_ANY) &&
           (scheme->coverage == MIPRO_TYPE_LENGTH || s->coverage != MIPRO_TYPE_LENGTH);
}

/*
 * Does the claim match the body, alone or with the header, without or with the SPI if the
 * association covers it, with any algorithm that the association allows?
 */
static bool
try_body(const struct mipro_claim *claim, const struct body *body, struct mipro_auth *auth)
{
    for (size_t i = 0; i < claim->n; i++) {
        /* Bits: 1 body alone, 2 SPI appended; above them the algorithm. */
        for (unsigned bits = 0; bits < 4u * MIPRO_ALGORITHMS; bits++) {
            const bool alone = (bits & 1) != 0;
            const struct mipro_scheme scheme = { &mipro_algorithm_defs[bits / 4],
                (bits & 2) != 0 ? MIPRO_TYPE_LENGTH_SPI : MIPRO_TYPE_LENGTH };

            if (may_use(claim->candidate[i].association, &scheme) &&
                mipro_claim_try(claim, i, &scheme, body->octets,
                    body->len + (alone ? 0 : body->header_len),
                    alone ? MIPRO_BODY : MIPRO_BODY_TYPE_LENGTH, auth))
                return true;
        }
    }
    return false;
}

static struct body
make_body(const struct mipro_message *request, const struct mipro_ext *e,
    const struct mipro_pfan_reading *reading, const struct mipro_claim *claim)
{
    struct body body;

    body.len = mipro_pfan_body(request, e, reading, body.octets);
    body.header_len = mipro_pfan_header(&request->set, claim->size, body.octets + body.len);
    return body;
}

/* The first reading tried is the one that we sign with: everything as in the request. */
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

    /* Bits: what is left out of our own reading. */
    for (unsigned less = 0; less < 8; less++) {
        struct mipro_pfan_reading reading = ours;

        if (((less & 1) != 0 && !ours.gre) || ((less & 2) != 0 && !ours.minimal) ||
            ((less & 4) != 0 && !ours.ident))
            continue;
        reading.gre = ours.gre && (less & 1) == 0;
        reading.minimal = ours.minimal && (less & 2) == 0;
        reading.ident = ours.ident && (less & 4) == 0;
        body = make_body(m, e, &reading, claim);
        if (try_body(claim, &body, auth)) {
            auth->reading = reading;
            return;
        }
    }
    body = make_body(m, e, &ours, claim);
    mipro_claim_refuse(claim, body.octets, body.len + body.header_len, auth);
    auth->coverage = MIPRO_COVERAGE_NONE; /* it is unknown which body was meant */
}

/* The body of this Binding Update; false if it was not captured whole. */
static bool
take_body(const struct mipro_message *update, struct body *body)
{
    body->len = update->ext_off;
    if (mipro_message_type(update) != MIPRO_BINDING_UPDATE || !mipro_is_draft(update) ||
        update->err == MIPRO_ERR_TRUNCATED ||
        body->len > (size_t)update->def->fixed_len + MIPRO_IDENT_LEN ||
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
    body.header_len = mipro_pfan_header(&update->set, claim.size, body.octets + body.len);
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

    (void)mipro_claim_open(update, e, scene, &again, &claim);
    if (!take_body(update, &body) || claim.authenticator == NULL || scene->ring == NULL)
        return;
    memcpy(body.octets + body.len, update->buf + e->off, e->hdr_len);
    body.header_len = e->hdr_len;
    claim.n = mipro_keyring_find(
        scene->ring, again.spi, &mobile, 1, scene->time, claim.candidate, &claim.valid);
    if (try_body(&claim, &body, &again))
        *auth = again;
}
