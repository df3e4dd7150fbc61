/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any history: no crash, each finding names a frame that was not yet given up, the
 * horizon only moves forward, each PFAN gets its last word once, the same history has
 * the same findings, and a small table drops what it must.
 *
 * Four octets choose the settings, then each step is twelve octets, with few values
 * for each field so that messages are related to each other.  A step may have
 * its payload cut, or an octet of it changed.
 */
#include "mipro_conduct.h"

#include <stdlib.h>
#include <string.h>

#define MAX_STEPS 512
#define STEP 12

static const char keys[] = "\"all\",\"*\",\"*\",\"0x1000\",\"text:abcd\",\"any\"\n"
                           "\"aaa\",\"*\",\"*\",\"2\",\"text:abcd\",\"chap\"\n";

static const struct mipro_association associations[] = {
    { .name = "none", .a = { .any = true }, .b = { .any = true } },
    { .name = "time",
        .a = { .any = true },
        .b = { .any = true },
        .replay = MIPRO_REPLAY_TIMESTAMP },
    { .name = "nonce", .a = { .any = true }, .b = { .any = true }, .replay = MIPRO_REPLAY_NONCE },
    { .name = "pair",
        .a = { 0x0a010009, 32, false, false },
        .b = { 0x0a020001, 24, false, false },
        .replay = MIPRO_REPLAY_NONCE },
};

static const uint32_t addresses[] = { 0x0a010001, 0x0a010009, 0x0a020001, 0x0a030001, 0xc0000207,
    0xc0000208, 0, 0xffffffff };
static const uint32_t homes[] = { 0x0a010009, 0x0a01000a, 0x0a01000b, 0x0a01000c, 0x0a01000d, 0,
    0x0a010001, 0xffffffff };
static const uint64_t idents[] = { 0, 1, 2, 0x200000001, 0x300000002, UINT64_MAX,
    UINT64_C(0x8000000000000000), 0x500000001 };
static const uint16_t lives[] = { 0, 1, 60, 0xffff };
static const int64_t paces[] = { 0, MIPRO_SECOND / 100, MIPRO_SECOND, 6 * MIPRO_SECOND,
    -MIPRO_SECOND, -100 * MIPRO_SECOND, INT64_MAX / 2, 5 * MIPRO_SECOND };

#define AHEAD 4u /* steps by which home addresses are looked up before they are needed */

struct play {
    struct mipro_conduct *c;
    struct mipro_ahead ahead[AHEAD]; /* of the next steps, by frame */
    uint64_t frame, horizon, sum;
    unsigned had[MAX_STEPS + 1], owed[MAX_STEPS + 1]; /* last words */
};

static void
demand(bool holds)
{
    if (!holds)
        abort();
}

static void
add(struct play *p, uint64_t v)
{
    p->sum = (p->sum ^ v) * UINT64_C(0x100000001b3);
}

static void
take_finding(void *ctx, const struct mipro_finding *f)
{
    struct play *p = ctx;

    demand(f->frame >= p->horizon && f->frame <= p->frame);
    demand(f->rule >= MIPRO_RULES_ON_ONE && f->rule < MIPRO_RULES);
    demand(f->text != NULL && f->text[0] != '\0');
    demand(f->n_related <= MIPRO_RELATED);
    for (unsigned i = 0; i < f->n_related; i++) {
        demand(f->related[i] != f->frame && f->related[i] <= p->frame && f->related[i] != 0);
        demand(i == 0 || f->related[i] > f->related[i - 1]);
        add(p, f->related[i]);
    }
    add(p, f->frame);
    add(p, f->rule);
}

static void
take_pfan(void *ctx, uint64_t frame, const struct mipro_auth *auth)
{
    struct play *p = ctx;

    demand(frame >= p->horizon && frame <= p->frame);
    p->had[frame]++;
    demand(p->had[frame] <= p->owed[frame]);
    demand(auth == NULL || auth->ext == MIPRO_EXT_PFAN);
    add(p, frame);
}

static void
put(uint8_t *b, size_t *n, uint64_t v, unsigned len)
{
    while (len-- > 0)
        b[(*n)++] = (uint8_t)(v >> 8 * len);
}

static void
put_filled(uint8_t *b, size_t *n, uint8_t fill)
{
    memset(b + *n, fill, 16);
    *n += 16;
}

/* A node may have a name; of some only the realm's letters differ, or what follows a NUL. */
static const struct {
    const char *octets;
    uint8_t len;
} names[] = { { "a@b", 3 }, { "a@B", 3 }, { "A@b", 3 }, { "a\0b@c", 5 }, { "a\0x@c", 5 },
    { "\xff\x80", 2 }, { "", 0 }, { NULL, 255 } };

struct payload {
    uint8_t o[512];
    size_t n;
    struct mipro_auth auth[3];
    size_t n_auth;
};

static void
put_auth(struct payload *b, uint8_t ext, const uint8_t *s)
{
    struct mipro_auth *a = &b->auth[b->n_auth++];

    *a = (struct mipro_auth){ .ext = ext,
        .off = (uint32_t)b->n,
        .len = 22,
        .verdict = (enum mipro_verdict)(s[8] % MIPRO_MISSING) };
    if (a->verdict != MIPRO_NO_KEY && a->verdict != MIPRO_TRUNCATED)
        mipro_auth_associate(a, &associations[s[8] >> 4 & 3]);
    put(b->o, &b->n, ext, 1);
    put(b->o, &b->n, 20, 1);
    put(b->o, &b->n, 0x1000, 4);
    put_filled(b->o, &b->n, s[9] & 3);
}

static void
put_pfan(struct payload *b, const uint8_t *s)
{
    b->auth[b->n_auth++] = (struct mipro_auth){ .ext = MIPRO_EXT_PFAN,
        .off = (uint32_t)b->n,
        .len = 32,
        .verdict = (s[9] & 8) != 0 ? MIPRO_BAD : MIPRO_GOOD,
        .association = &associations[0] };
    put(b->o, &b->n, MIPRO_EXT_PFAN << 8 | 30, 2);
    put(b->o, &b->n, lives[s[5] & 3], 2);
    put(b->o, &b->n, addresses[s[9] >> 4 & 7], 4);
    put(b->o, &b->n, addresses[s[6] & 7], 4);
    put(b->o, &b->n, 0x1000, 4);
    put_filled(b->o, &b->n, s[9] & 3);
}

/* A challenge that a reply gives, or an authenticator of a request that answers an unknown one. */
static void
put_challenge(struct payload *b, uint8_t type, const uint8_t *s)
{
    if ((s[11] & 0xc0) != 0x80)
        return;
    if (type == MIPRO_REGISTRATION_REPLY) {
        put(b->o, &b->n, MIPRO_EXT_CHALLENGE << 8 | 1, 2);
        put(b->o, &b->n, s[9], 1);
        return;
    }
    b->auth[b->n_auth++] = (struct mipro_auth){ .ext = MIPRO_EXT_GENERALIZED,
        .off = (uint32_t)b->n,
        .len = 24,
        .spi = MIPRO_SPI_CHAP,
        .verdict = MIPRO_NO_KEY,
        .hint = MIPRO_HINT_CHALLENGE };
    put(b->o, &b->n, MIPRO_EXT_GENERALIZED << 8 | 1, 2);
    put(b->o, &b->n, 20, 2);
    put(b->o, &b->n, MIPRO_SPI_CHAP, 4);
    put_filled(b->o, &b->n, s[9] & 3);
}

static void
put_name(struct payload *b, const uint8_t *s)
{
    unsigned i = s[11] & 7;

    if ((s[11] & 0xc0) != 0xc0)
        return;
    put(b->o, &b->n, MIPRO_EXT_NAI, 1);
    put(b->o, &b->n, names[i].len, 1);
    if (names[i].octets != NULL)
        memcpy(b->o + b->n, names[i].octets, names[i].len);
    else
        memset(b->o + b->n, 'n', names[i].len);
    b->n += names[i].len;
}

static void
make_payload(struct payload *b, uint8_t type, const uint8_t *s)
{
    uint32_t home = homes[s[3] & 7];
    uint64_t ident = idents[s[7] & 7];
    bool with = (s[7] & 8) != 0;

    b->n = b->n_auth = 0;
    put(b->o, &b->n, type, 1);
    switch (type) {
    case 1:
    case 3:
        put(b->o, &b->n, s[4], 1);
        put(b->o, &b->n, lives[s[5] & 3], 2);
        put(b->o, &b->n, home, 4);
        put(b->o, &b->n, addresses[0], 4);
        if (type == 1)
            put(b->o, &b->n, addresses[s[6] & 7], 4);
        put(b->o, &b->n, ident, 8);
        put_name(b, s);
        if (type == 1 && with)
            put_pfan(b, s);
        put_auth(b, MIPRO_EXT_MOBILE_HOME, s);
        put_challenge(b, type, s);
        return;
    case 16:
        put(b->o, &b->n, 0, 3);
        put(b->o, &b->n, home, 4);
        for (unsigned i = 0; i < (s[5] & 7u); i++)
            put(b->o, &b->n, addresses[(s[6] + i) & 7], 4);
        return;
    case 17:
        put(b->o, &b->n, 0, 3);
        put(b->o, &b->n, home, 4);
        put(b->o, &b->n, ident, 8);
        break;
    case 18:
        put(b->o, &b->n, (s[4] & 0xb0u) | (with ? MIPRO_BU_I : 0), 1);
        put(b->o, &b->n, lives[s[5] & 3], 2);
        put(b->o, &b->n, home, 4);
        put(b->o, &b->n, addresses[s[6] & 7], 4);
        if (with)
            put(b->o, &b->n, ident, 8);
        break;
    default:
        put(b->o, &b->n, 0, 2);
        put(b->o, &b->n, (s[4] & 1) != 0 ? 128u + (s[4] >> 1 & 7) : 0, 1);
        put(b->o, &b->n, home, 4);
        if (with)
            put(b->o, &b->n, ident, 8);
        break;
    }
    if ((s[9] & 4) == 0)
        put_auth(b, MIPRO_EXT_AUTH, s);
}

/* Look up the home addresses of the steps after the one at this offset. */
static void
look_ahead(struct play *p, const uint8_t *octets, size_t len, size_t at)
{
    const struct mipro_conduct *c = p->c;

    for (unsigned k = 0; k < AHEAD && at + (k + 1) * STEP <= len; k++) {
        struct mipro_ahead *ahead = &p->ahead[(p->frame + 1 + k) % AHEAD];
        const uint8_t *s = octets + at + k * STEP;

        if (k == AHEAD - 1 || p->frame == 0)
            mipro_ahead_slot(c, ahead, homes[s[3] & 7], s[3]);
        if (k == AHEAD / 2 || (p->frame == 0 && k < AHEAD / 2))
            mipro_ahead_home(ahead, homes[s[3] & 7], s[3]);
        if (k == 0)
            mipro_ahead_records(ahead);
    }
}

/* Play one step as the next frame. */
static void
play_step(struct play *p, const uint8_t *s, int64_t time, const struct mipro_settings *set,
    const struct mipro_keyring *ring)
{
    static const uint8_t types[] = { 1, 3, 16, 17, 18, 18, 19, 19 };
    uint32_t src = addresses[s[1] & 7], dst = addresses[s[2] & 7];
    struct mipro_event ev = { .time = time, .src = src, .dst = dst, .ring = ring };
    struct mipro_message m;
    struct payload b;
    size_t captured;
    uint8_t *exact;

    ev.frame = ++p->frame;
    if ((s[0] & 0x38) == 0x38) {
        const struct mipro_advert advert = { .flags = (uint16_t)(s[4] << 8 | s[5]),
            .coa = s + 6,
            .n_coa = s[3] & 1,
            .challenge = (s[3] & 6) != 0 ? s + 9 : NULL,
            .challenge_len = s[3] >> 1 & 3 };

        mipro_conduct_advert(p->c, ev.frame, time, src, &advert);
        return;
    }
    if ((s[0] & 0x38) == 0x30) {
        mipro_conduct_tunnel(p->c, ev.frame, time, src, dst, homes[s[3] & 7]);
        return;
    }
    make_payload(&b, types[s[0] & 7], s);
    captured = (s[10] & 0xe0) == 0xe0 ? b.n * (s[10] & 0x1f) / 32 : b.n;
    if ((s[10] & 0xe0) == 0x60)
        b.o[s[11] % b.n] ^= (uint8_t)(1u << (s[10] & 7));
    exact = malloc(captured + 1);
    demand(exact != NULL);
    memcpy(exact + 1, b.o, captured);
    mipro_message_parse(&m, exact + 1, captured, b.n, set,
        mipro_conduct_ident_hint(p->c, src, dst, homes[s[3] & 7]));
    ev.message = &m;
    if ((s[10] & 0xe0) == 0xa0) {
        mipro_conduct_begun(p->c, &ev);
        free(exact);
        return;
    }
    if (mipro_value(&m, MIPRO_F_HOMEADDR) == homes[s[3] & 7])
        ev.ahead = &p->ahead[p->frame % AHEAD];
    ev.auth = b.auth;
    for (size_t i = 0; i < b.n_auth && b.auth[i].off + b.auth[i].len <= captured; i++)
        ev.n_auth = i + 1;
    for (size_t i = 0; i < ev.n_auth; i++)
        if (b.auth[i].ext == MIPRO_EXT_PFAN)
            p->owed[ev.frame] = 1;
    mipro_conduct_see(p->c, &ev);
    free(exact);
}

static uint64_t
play(const uint8_t *octets, size_t len, const struct mipro_keyring *ring)
{
    struct play p = { .horizon = 0 };
    struct mipro_conduct_config config = mipro_conduct_defaults();
    struct mipro_conduct_sink sink = { .ctx = &p, .finding = take_finding, .pfan = take_pfan };
    struct mipro_belief belief;
    uint64_t dropped = 0;
    int64_t time = 0;

    if (len < 4)
        return 0;
    config.max_homes = octets[0] & 7;
    config.update_rate.n = octets[1] & 7;
    config.warning_rate.n = octets[1] >> 4;
    config.set.draft = (enum mipro_draft)(octets[2] % 3);
    if (config.max_homes == 0)
        config.max_homes = 64;
    p.c = mipro_conduct_new(&config, &sink);
    demand(p.c != NULL);
    for (size_t at = 4; at + STEP <= len && p.frame < MAX_STEPS; at += STEP) {
        const uint8_t *s = octets + at;
        uint64_t horizon;

        if (__builtin_add_overflow(time, paces[s[0] >> 6 | (s[2] & 0x80) >> 5], &time))
            time = 0;
        look_ahead(&p, octets, len, at);
        play_step(&p, s, (s[1] & 0x80) != 0 ? MIPRO_TIME_NONE : time, &config.set, ring);
        horizon = mipro_conduct_horizon(p.c);
        if (horizon > p.frame)
            horizon = p.frame + 1;
        demand(horizon >= p.horizon);
        p.horizon = horizon;
        demand(mipro_conduct_dropped(p.c) >= dropped);
        dropped = mipro_conduct_dropped(p.c);
        if (mipro_conduct_belief(p.c, addresses[s[2] & 7], homes[s[3] & 7], &belief))
            add(&p, belief.frame ^ belief.coa);
    }
    mipro_conduct_end(p.c);
    demand(mipro_conduct_horizon(p.c) == UINT64_MAX);
    for (size_t i = 0; i <= p.frame; i++)
        demand(p.had[i] == p.owed[i]);
    mipro_conduct_free(p.c);
    return p.sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct mipro_keyring *ring;
    struct mipro_key_error err;

    if (ring == NULL)
        ring = mipro_keyring_parse(keys, sizeof(keys) - 1, "keys", NULL, NULL, &err);
    demand(ring != NULL);
    demand(play(data, len, ring) == play(data, len, ring));
    return 0;
}
