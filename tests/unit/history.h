/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * history.h - a capture as a table: each step is a message with its verdict, turned into
 * octets and given to the state machine.  No keys are needed: the step gives the verdict.
 */
#ifndef HISTORY_H
#define HISTORY_H

#include "mipro_conduct.h"
#include "unit.h"

#include <stdio.h>

/* The nodes: a mobile node, its home agent, three foreign agents, two correspondents. */
#define HOME 0x0a010009u
#define HOME2 0x0a01000au
#define HA 0x0a010001u
#define FA1 0x0a020001u
#define FA2 0x0a030001u
#define FA3 0x0a040001u
#define CN 0xc0000207u
#define CN2 0xc0000208u
#define ROUTER 0xffffffffu

enum kind { STOP, BW, BR, BU, BA, RRQ, RRP, ADV, TUN };

#define NO_HOME 1u /* as a step's home: 0.0.0.0 */

/* In a step's flags, besides MIPRO_BU_A, _M, _G of an update; I is set if there is an .id. */
#define A MIPRO_BU_A
#define P 0x02u

#define NO_TIME INT32_MIN

/* Associations between the mobile node and its previous agent's network. */
#define HOME_FA1 3       /* timestamps */
#define HOME_FA1_NONCE 4 /* nonces */

struct step {
    int ms;
    enum kind kind;
    uint32_t src, dst;
    uint32_t home;  /* 0: HOME */
    uint32_t agent; /* of a registration; 0: HA */
    unsigned flags;
    unsigned life;
    uint32_t coa;
    uint64_t id;                /* 0: none */
    unsigned status;            /* or code */
    enum mipro_verdict verdict; /* of 35, or of 32; GOOD if not given */
    enum mipro_replay replay;   /* or HOME_FA1... */
    uint32_t target[3];
    struct {
        uint32_t previous, coa;
        unsigned life;
        uint8_t mac;
        enum mipro_verdict verdict;
    } pfan;
    uint8_t mac;      /* all octets of the authenticator; 0: 0x55 */
    unsigned spi;     /* 0: 0x1000 */
    uint8_t ext;      /* 0: 32 of a registration, 35 of the others */
    unsigned foreign; /* of a registration: 1 with extension 33, 2 with 34 after 32 */
    unsigned lacks;   /* octets that the capture lacks */
    bool tail;        /* one stray octet follows */
    uint8_t behind;   /* an empty extension of this type follows; 0: none */
    bool no_auth;     /* no authenticator, and no record of one */
    bool begun;       /* only its first fragment: mipro_conduct_begun() */
    const char *nai;  /* of a registration, before its authenticators; NULL: none */
    uint8_t nai_len;  /* 0: nai ends at its NUL */
};

struct octets {
    uint8_t o[512];
    size_t n;
};

static inline void
put(struct octets *b, uint64_t v, unsigned n)
{
    while (n-- > 0)
        b->o[b->n++] = (uint8_t)(v >> 8 * n);
}

static inline void
put_mac(struct octets *b, unsigned ext, unsigned spi, uint8_t mac)
{
    put(b, ext << 8 | 20, 2);
    put(b, spi, 4);
    for (int i = 0; i < 16; i++)
        put(b, mac, 1);
}

static const struct mipro_association history_associations[] = {
    [MIPRO_REPLAY_NONE] = { .name = "none", .a = { .any = true }, .b = { .any = true } },
    [MIPRO_REPLAY_TIMESTAMP] = { .name = "timestamp",
        .a = { .any = true },
        .b = { .any = true },
        .replay = MIPRO_REPLAY_TIMESTAMP },
    [MIPRO_REPLAY_NONCE] = { .name = "nonce",
        .a = { .any = true },
        .b = { .any = true },
        .replay = MIPRO_REPLAY_NONCE },
    [HOME_FA1] = { .name = "mobile-to-old-agents",
        .a = { HOME, 32, false, false },
        .b = { FA1 & 0xffff0000u, 16, false, false },
        .replay = MIPRO_REPLAY_TIMESTAMP },
    [HOME_FA1_NONCE] = { .name = "mobile-to-old-agents-by-nonce",
        .a = { FA1 & 0xffff0000u, 16, false, false },
        .b = { HOME, 32, false, false },
        .replay = MIPRO_REPLAY_NONCE },
};

struct history {
    struct mipro_conduct *c;
    const struct mipro_ahead *ahead; /* of the next step; NULL: it is not looked up ahead */
    struct mipro_conduct_config config;
    struct mipro_finding found[64]; /* each with its text in text[] */
    char text[64][1024];
    char nai[64][64];
    size_t n_found;
    uint64_t pfan[64]; /* frames that got their last word */
    const struct mipro_auth *pfan_auth[64];
    struct mipro_auth auth_room[64];
    size_t n_pfan;
    struct history_tie {
        enum mipro_tie tie;
        uint64_t frame, to;
        bool unproven;
    } tie[64];
    size_t n_ties;
    uint64_t horizon;  /* reported before the current call */
    const char *fault; /* a violation of the interface */
};

static inline void
history_finding(void *ctx, const struct mipro_finding *f)
{
    struct history *h = ctx;

    if (f->frame < h->horizon)
        h->fault = "a finding is about a frame below the horizon";
    for (unsigned i = 0; i < f->n_related; i++)
        if ((i > 0 && f->related[i] <= f->related[i - 1]) || f->related[i] == f->frame)
            h->fault = "related frames are not ascending, or include the finding's own";
    if (h->n_found == COUNT(h->found))
        return;
    if ((size_t)snprintf(h->text[h->n_found], sizeof(h->text[0]), "%s", f->text) >=
        sizeof(h->text[0]))
        h->fault = "a text is longer than the test's buffer";
    h->found[h->n_found] = *f;
    h->found[h->n_found].text = h->text[h->n_found];
    snprintf(h->nai[h->n_found], sizeof(h->nai[0]), "%s", f->nai != NULL ? f->nai : "");
    h->found[h->n_found].nai = f->nai != NULL ? h->nai[h->n_found] : NULL;
    h->n_found++;
}

static inline void
history_pfan(void *ctx, uint64_t frame, const struct mipro_auth *auth)
{
    struct history *h = ctx;

    if (frame < h->horizon)
        h->fault = "a last word is about a frame below the horizon";
    if (h->n_pfan == COUNT(h->pfan))
        return;
    h->pfan[h->n_pfan] = frame;
    if (auth != NULL)
        h->auth_room[h->n_pfan] = *auth;
    h->pfan_auth[h->n_pfan] = auth != NULL ? &h->auth_room[h->n_pfan] : NULL;
    h->n_pfan++;
}

static inline void
history_tie(void *ctx, enum mipro_tie tie, uint64_t frame, uint64_t to, bool proven)
{
    struct history *h = ctx;

    if (h->n_ties < COUNT(h->tie))
        h->tie[h->n_ties++] = (struct history_tie){ tie, frame, to, !proven };
}

/* One tap, whose order is certain: rows marked field have the default tolerance. */
static inline struct mipro_conduct_config
history_config(void)
{
    struct mipro_conduct_config config = mipro_conduct_defaults();

    config.tolerance = 1;
    return config;
}

static inline void
history_begin(struct history *h, const struct mipro_conduct_config *config)
{
    struct mipro_conduct_sink sink = {
        .ctx = h, .finding = history_finding, .pfan = history_pfan, .tie = history_tie
    };

    memset(h, 0, sizeof(*h));
    h->config = config != NULL ? *config : history_config();
    h->c = mipro_conduct_new(&h->config, &sink);
    assert_non_null(h->c);
}

/* The horizon only moves forward, except for frames that begin to wait. */
static inline void
history_horizon(struct history *h, uint64_t frame)
{
    uint64_t horizon;

    mipro_conduct_flush(h->c);
    horizon = mipro_conduct_horizon(h->c);

    if (horizon > frame + 1)
        horizon = frame + 1;
    if (horizon < h->horizon)
        h->fault = "the horizon goes back";
    h->horizon = horizon;
}

static inline size_t
history_payload(const struct step *s, struct octets *b)
{
    uint32_t home = s->home == NO_HOME ? 0 : s->home != 0 ? s->home : HOME;
    unsigned flags = s->flags | (s->id != 0 ? MIPRO_BU_I : 0);

    b->n = 0;
    switch (s->kind) {
    case BW:
        put(b, 16, 1);
        put(b, 0, 3);
        put(b, home, 4);
        for (size_t i = 0; i < COUNT(s->target) && s->target[i] != 0; i++)
            put(b, s->target[i], 4);
        break;
    case BR:
        put(b, 17, 1);
        put(b, 0, 3);
        put(b, home, 4);
        put(b, s->id, 8);
        break;
    case BU:
        put(b, 18, 1);
        put(b, flags, 1);
        put(b, s->life, 2);
        put(b, home, 4);
        put(b, s->coa, 4);
        if (s->id != 0)
            put(b, s->id, 8);
        break;
    case BA:
        put(b, 19, 1);
        put(b, 0, 2);
        put(b, s->status, 1);
        put(b, home, 4);
        if (s->id != 0)
            put(b, s->id, 8);
        break;
    case RRQ:
        put(b, 1, 1);
        put(b, s->flags, 1);
        put(b, s->life, 2);
        put(b, home, 4);
        put(b, s->agent != 0 ? s->agent : HA, 4);
        put(b, s->coa, 4);
        put(b, s->id, 8);
        if (s->pfan.previous == 0)
            break;
        put(b, 96 << 8 | 30, 2);
        put(b, s->pfan.life, 2);
        put(b, s->pfan.previous, 4);
        put(b, s->pfan.coa, 4);
        put(b, 0x1000, 4);
        for (int i = 0; i < 16; i++)
            put(b, s->pfan.mac, 1);
        break;
    case RRP:
        put(b, 3, 1);
        put(b, s->status, 1);
        put(b, s->life, 2);
        put(b, home, 4);
        put(b, s->agent != 0 ? s->agent : HA, 4);
        put(b, s->id, 8);
        break;
    default:
        break;
    }
    return b->n;
}

/* Play one step as frame. */
static inline void
history_step(struct history *h, const struct step *s, uint64_t frame)
{
    int64_t time = s->ms == NO_TIME ? MIPRO_TIME_NONE : s->ms * (MIPRO_SECOND / 1000);
    bool signs = s->kind == BU || s->kind == RRQ || s->kind == RRP ||
                 ((s->kind == BA || s->kind == BR || s->kind == BW) && s->mac != 0);
    uint8_t ext = s->ext != 0 ? s->ext : s->kind == RRQ || s->kind == RRP ? 32 : 35;
    uint8_t mac = s->mac != 0 ? s->mac : 0x55;
    unsigned spi = s->spi != 0 ? s->spi : 0x1000;
    struct mipro_auth auth[3] = { 0 };
    struct mipro_message m;
    struct mipro_event ev = {
        .frame = frame, .time = time, .src = s->src, .dst = s->dst, .ahead = h->ahead
    };
    struct octets b;
    size_t n = 0;

    if (s->kind == ADV) {
        struct mipro_advert advert = { .flags = (uint16_t)s->flags };

        mipro_conduct_advert(h->c, frame, time, s->src, &advert);
        history_horizon(h, frame);
        return;
    }
    if (s->kind == TUN) {
        mipro_conduct_tunnel(h->c, frame, time, s->src, s->dst, s->home != 0 ? s->home : HOME);
        history_horizon(h, frame);
        return;
    }
    history_payload(s, &b);
    if (s->nai != NULL) {
        size_t len = s->nai_len != 0 ? s->nai_len : strlen(s->nai);

        put(&b, MIPRO_EXT_NAI << 8 | len, 2);
        memcpy(b.o + b.n, s->nai, len);
        b.n += len;
    }
    if (s->kind == RRQ && s->pfan.previous != 0)
        auth[n++] = (struct mipro_auth){ .ext = 96,
            .off = 24,
            .len = 32,
            .verdict = s->pfan.verdict,
            .association = &history_associations[0] };
    if (signs && s->verdict != MIPRO_MISSING && !s->no_auth) {
        auth[n++] = (struct mipro_auth){ .ext = ext,
            .off = b.n,
            .len = 22,
            .verdict = s->verdict,
            .has_spi = true,
            .spi = spi };
        mipro_auth_associate(&auth[n - 1],
            s->verdict == MIPRO_NO_KEY ? NULL : &history_associations[s->replay]);
        put_mac(&b, ext, spi, mac);
    } else if (signs && !s->no_auth) {
        auth[n++] = (struct mipro_auth){ .ext = ext, .off = b.n, .verdict = MIPRO_MISSING };
    }
    if (s->foreign != 0) {
        auth[n++] = (struct mipro_auth){ .ext = s->foreign == 1 ? 33 : 34,
            .off = b.n,
            .len = 22,
            .verdict = MIPRO_GOOD,
            .association = &history_associations[0] };
        put_mac(&b, s->foreign == 1 ? 33 : 34, spi, 0x66);
    }
    if (s->behind != 0)
        put(&b, s->behind * 256u, 2);
    if (s->tail)
        put(&b, 0xee, 1);
    mipro_message_parse(&m, b.o, b.n - s->lacks, b.n, &h->config.set,
        mipro_conduct_ident_hint(h->c, s->src, s->dst, s->home != 0 ? s->home : HOME));
    ev.message = &m;
    ev.auth = auth;
    ev.n_auth = n;
    if (s->begun)
        mipro_conduct_begun(h->c, &ev);
    else
        mipro_conduct_see(h->c, &ev);
    history_horizon(h, frame);
}

static inline void
history_end(struct history *h)
{
    mipro_conduct_end(h->c);
    if (mipro_conduct_horizon(h->c) != UINT64_MAX)
        h->fault = "something waits after the end";
    mipro_conduct_free(h->c);
}

#endif
