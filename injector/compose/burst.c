/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "compose/burst.h"

#include <stdlib.h>
#include <string.h>

#include "mipro_reader.h"

#define BATCH 64u       /* authenticators computed at once: a multiple of every lane width */
#define MOST_OCTETS 256 /* of a payload */
#define UDP_SUM 6u

struct inj_burst {
    const struct mipro_association *association;
    uint64_t seed;
    uint8_t *payload; /* in the frame */
    uint8_t *sum;     /* its UDP checksum */
    size_t ident_off, spi_off, auth_off;
    uint32_t rest; /* sum of all octets that do not vary */
    size_t auth_len;
    uint8_t authenticator[BATCH][MIPRO_AUTH_MAX];
    const uint8_t *signs[BATCH]; /* into copy */
    uint8_t copy[BATCH][MOST_OCTETS];
};

struct inj_burst *
inj_burst_new(const struct inj_order *w, struct inj_frame *frame)
{
    const struct inj_payload *p = &w->payload;
    const struct inj_envelope *e = &w->envelope;
    size_t ident, auth, spi, len;
    struct inj_burst *b;
    uint16_t sum;

    if (!w->fresh_ident || w->is_timed || w->n_before > 0 || w->n_after > 0 || p->pfan_off != 0 ||
        p->auth_off == 0 || p->len > MOST_OCTETS || p->signer.association->master ||
        !inj_find_field(p, MIPRO_F_IDENT, &ident, &len) ||
        !inj_find_field(p, MIPRO_F_SPI, &spi, &len) ||
        !inj_find_field(p, MIPRO_F_AUTHENTICATOR, &auth, &len) ||
        len != mipro_auth_size(p->signer.association) || ident % 2 != 0 || auth % 2 != 0)
        return NULL;
    b = calloc(1, sizeof(*b));
    if (b == NULL)
        return NULL;
    (void)mipro_auth_check_lanes(); /* if they disagree with GLib, GLib is used */
    b->association = p->signer.association;
    b->seed = w->seed;
    b->payload = frame->octets + frame->payload_off;
    b->sum = frame->octets + frame->transport_off + UDP_SUM;
    b->ident_off = ident;
    b->spi_off = spi;
    b->auth_off = auth;
    b->auth_len = len;
    memset(b->payload + ident, 0, MIPRO_IDENT_LEN);
    memset(b->payload + auth, 0, len);
    inj_frame_checksum(frame, e->src, e->dst, INJ_UDP);
    sum = (uint16_t)(b->sum[0] << 8 | b->sum[1]);
    b->rest = (uint16_t)~sum;
    for (size_t i = 0; i < BATCH; i++) {
        memcpy(b->copy[i], p->octets, p->len);
        b->signs[i] = b->copy[i];
    }
    return b;
}

void
inj_burst_free(struct inj_burst *b)
{
    free(b);
}

/* Compute the authenticators of packets n to n + BATCH - 1. */
static void
sign_batch(struct inj_burst *b, uint64_t n)
{
    for (size_t i = 0; i < BATCH; i++)
        mipro_store_be(b->copy[i] + b->ident_off, MIPRO_IDENT_LEN, inj_random(b->seed, n + i));
    mipro_auth_compute_many(b->association, 0, b->signs, b->spi_off, BATCH, b->authenticator);
}

void
inj_burst_next(struct inj_burst *b, uint64_t n)
{
    const size_t i = n % BATCH;
    uint32_t sum = b->rest;
    uint16_t folded;

    if (i == 0)
        sign_batch(b, n);
    memcpy(b->payload + b->ident_off, b->copy[i] + b->ident_off, MIPRO_IDENT_LEN);
    memcpy(b->payload + b->auth_off, b->authenticator[i], b->auth_len);
    sum = inj_sum_add(sum, b->copy[i] + b->ident_off, MIPRO_IDENT_LEN);
    sum = inj_sum_add(sum, b->authenticator[i], b->auth_len);
    folded = inj_sum_finish(sum);
    if (folded == 0)
        folded = 0xffff; /* RFC 768 */
    b->sum[0] = (uint8_t)(folded >> 8);
    b->sum[1] = (uint8_t)folded;
}
