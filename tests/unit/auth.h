/* SPDX-License-Identifier: GPL-2.0-or-later */
/* auth.h - shared by the tests of authenticators: addresses, messages, and judging them. */
#ifndef AUTH_H
#define AUTH_H

#include "mipro_sign.h"
#include "rings.h"

static const struct mipro_settings draft_08 = MIPRO_SETTINGS;
static const struct mipro_settings draft_09 = { MIPRO_DRAFT_09, MIPRO_READING_AUTO,
    MIPRO_EXT_WARNING, false };

#define HA 0x0a010001u     /* 10.1.0.1 */
#define MN 0x0a010009u     /* 10.1.0.9 */
#define CN 0xc0000207u     /* 192.0.2.7 */
#define FA 0x0a030001u     /* 10.3.0.1, the previous foreign agent */
#define NEW_FA 0x0a030002u /* 10.3.0.2 */
#define NOON (919944000 * MIPRO_SECOND)

/* A Binding Update of home address 10.1.9.9 without identification, and a key for it. */
#define UPDATE "12000e100a0109090a030002"
#define KEY "text:0123456789abcdef"
/* A PFAN for FA, SPI 4096, without its authenticator. */
#define NOTICE "601e012c0a0300010a03000200001000"

/* Collects the calls of mipro_auth_each(). */
struct seen {
    size_t n;
    struct mipro_auth auth[8];
};

static inline void
note_auth(void *ctx, const struct mipro_auth *auth)
{
    struct seen *seen = ctx;

    assert_true(seen->n < COUNT(seen->auth));
    seen->auth[seen->n++] = *auth;
}

/* Queue it as the verifier does: as a usual one if it is that. */
static inline void
queue_any(struct mipro_auth_queue *queue, const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_scene *scene, struct mipro_auth *auths, uint32_t whose)
{
    const struct mipro_association *only = NULL;
    struct mipro_pair pair;

    if (mipro_auth_pair(m, scene, &pair))
        only = mipro_keyring_only(scene->ring, &pair);
    if (only == NULL || !mipro_auth_queue_add_usual(queue, m, only, scene->time, auths, whose))
        mipro_auth_queue_add(queue, m, e, scene, auths, whose);
}

static inline struct seen
judge(const uint8_t *buf, size_t captured, size_t len, const struct mipro_settings *set,
    const struct mipro_scene *scene)
{
    struct seen seen = { .n = 0 };
    struct mipro_message m;

    mipro_message_parse(&m, buf, captured, len, set, MIPRO_IDENT_UNKNOWN);
    mipro_auth_each(&m, scene, note_auth, &seen);
    return seen;
}

/* Append an authentication extension signed with association, for node. */
static inline size_t
sign(uint8_t *buf, size_t len, uint8_t type, const struct mipro_association *s, uint32_t node)
{
    size_t header = type == MIPRO_EXT_GENERALIZED ? 4 : 2;

    memset(buf + len, 0, header);
    buf[len] = type;
    buf[len + header - 1] = (uint8_t)(4 + mipro_auth_size(s));
    mipro_auth_compute(s, node, buf, len + header, s->spi, buf + len + header + 4);
    for (unsigned i = 0; i < 4; i++)
        buf[len + header + i] = (uint8_t)(s->spi >> (24 - 8 * i));
    return len + header + 4 + mipro_auth_size(s);
}

#endif
