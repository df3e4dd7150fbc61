/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conduct/announced.h"

#include "mipro_mix.h"

/* An announced nonce is remembered by receiver, by home address and by SPI. */
enum nonce_kind { NONCE_NODE, NONCE_HOME, NONCE_SPI, NONCE_KINDS };

struct nonce {
    uint64_t key;  /* 0: no entry */
    uint64_t used; /* hash of an identification that was seen; unrelated to the other members */
    uint32_t next; /* the nonce announced last */
};

static uint64_t
key_of(const struct mipro_event *ev, uint32_t spi, enum nonce_kind kind)
{
    uint64_t about = kind == NONCE_HOME ? mipro_value(ev->message, MIPRO_F_HOMEADDR) : ev->dst;
    uint64_t key = mipro_mix((uint64_t)ev->src << 32 | about, kind);

    if (kind == NONCE_SPI)
        key = mipro_mix(key, spi);
    return key | 1;
}

/* The authenticator of a Binding Update with an association that uses nonces, or NULL. */
static const struct mipro_auth *
find_auth(const struct mipro_event *ev)
{
    const struct mipro_message *m = ev->message;

    if (mipro_message_type(m) != MIPRO_BINDING_UPDATE || !mipro_has(m, MIPRO_F_IDENT) ||
        !mipro_has(m, MIPRO_F_HOMEADDR))
        return NULL;
    for (size_t i = 0; i < ev->n_auth; i++) {
        const struct mipro_auth *a = &ev->auth[i];

        if (a->replay == MIPRO_REPLAY_NONCE &&
            (a->verdict == MIPRO_GOOD || a->verdict == MIPRO_EXPIRED))
            return a;
    }
    return NULL;
}

/* Did the sender use the identification before, to the same node with the same association? */
static bool
was_used(struct announced *a, uint64_t key, uint64_t ident)
{
    uint64_t hash = mipro_mix(key, ident) | 1;
    uint64_t *used = &a->nonces[(hash ^ hash >> 32) % NONCES].used;
    bool same = *used == hash;

    *used = hash;
    return same;
}

void
mipro_announced_free(struct announced *a)
{
    if (a->nonces != NULL)
        mipro_pages_give(a->pages);
}

enum nonce_known
mipro_announced_see(struct announced *a, const struct mipro_event *ev)
{
    const struct mipro_auth *auth = find_auth(ev);
    enum nonce_known known = NONCE_NEW;
    uint64_t key[NONCE_KINDS], ident;

    if (auth == NULL)
        return NONCE_NOT_ASKED;
    if (a->nonces == NULL)
        a->nonces = mipro_pages_take(NONCES * sizeof(struct nonce), &a->pages);
    if (a->nonces == NULL)
        return NONCE_LOST;
    ident = mipro_value(ev->message, MIPRO_F_IDENT);
    for (unsigned kind = 0; kind < NONCE_KINDS; kind++) {
        const struct nonce *n;

        key[kind] = key_of(ev, auth->spi, kind);
        n = &a->nonces[(key[kind] ^ key[kind] >> 32) % NONCES];
        if (n->key != key[kind]) {
            if (n->key != 0 && known == NONCE_NEW)
                known = NONCE_LOST;
        } else if (n->next == (uint32_t)ident) {
            known = NONCE_ANNOUNCED;
        }
    }
    if (was_used(a, key[NONCE_SPI], ident))
        return known;
    for (unsigned kind = 0; kind < NONCE_KINDS; kind++) {
        struct nonce *n = &a->nonces[(key[kind] ^ key[kind] >> 32) % NONCES];

        n->key = key[kind];
        n->next = (uint32_t)(ident >> 32);
    }
    return known;
}
