/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of a settler, and where conduct's results go. */
#include "settler.h"

#include <glib.h>

static void
take_finding(void *ctx, const struct mipro_finding *finding)
{
    struct vrf_settler *s = ctx;

    vrf_conclude_finding(&s->conclusion, NULL, finding, NULL);
}

/* Another share may have the match: see join.h. */
static void
pass_open(void *ctx, const struct mipro_open *open)
{
    struct vrf_settler *s = ctx;
    struct mipro_open *own = VRF_ARRAY_ADD(&s->conclusion.share->opens);

    *own = *open;
    own->finding.text = g_strdup(open->finding.text);
    own->finding.nai = g_strdup(open->finding.nai);
}

/* Another part may have what belongs to it. */
static void
take_open(void *ctx, const struct mipro_open *open)
{
    struct vrf_settler *s = ctx;
    struct vrf_record r = vrf_record_of(&open->finding);

    if (!open->says || !s->o->rules[open->finding.rule])
        r.kind = VRF_RECORD_OPEN;
    r.open = g_memdup2(open, sizeof(*open));
    vrf_conclude_record(&s->conclusion, &r);
}

/* Conduct's final verdict on the PFAN of the request in frame. */
static void
take_pfan(void *ctx, uint64_t frame, const struct mipro_auth *auth)
{
    struct vrf_settler *s = ctx;

    vrf_waiting_conclude(s->waiting, &s->conclusion, frame, auth, s->seen);
}

bool
vrf_settler_begin(struct vrf_settler *s)
{
    struct mipro_conduct_sink sink = { .ctx = s, .finding = take_finding, .pfan = take_pfan };
    size_t n = s->o->ring != NULL ? mipro_keyring_count(s->o->ring) : 0;

    if (s->shared)
        sink.open = pass_open;
    else if (s->config.parts > 1 && s->o->format->lists_open)
        sink.open = take_open;
    s->conduct = mipro_conduct_new(&s->config, &sink);
    s->waiting = vrf_waiting_new();
    s->conclusion.weak = g_new0(uint64_t, n + 1);
    s->event = vrf_settler_event(s);
    return s->conduct != NULL;
}

void
vrf_settler_end(struct vrf_settler *s)
{
    mipro_conduct_free(s->conduct);
    vrf_waiting_free(s->waiting);
    g_free(s->conclusion.weak);
}

struct vrf_settler *
vrf_settler_new(const struct vrf_options *o, unsigned share, unsigned n_shares)
{
    struct vrf_settler *s = g_new0(struct vrf_settler, 1);

    s->o = o;
    s->config = o->conduct;
    s->at = share;
    s->shared = n_shares > 1;
    if (s->shared) {
        s->config.part = share;
        s->config.parts = n_shares;
    }
    s->conclusion.o = o;
    s->conclusion.wants_records = vrf_wants_records(o);
    s->conclusion.lists_good = o->format->lists_good && !o->without_good && !o->quiet;
    s->conclusion.leaves_goods = vrf_leaves_goods(o);
    s->conclusion.traces = o->write != NULL;
    if (vrf_settler_begin(s))
        return s;
    vrf_settler_free(s);
    return NULL;
}

void
vrf_settler_free(struct vrf_settler *s)
{
    if (s == NULL)
        return;
    vrf_settler_end(s);
    g_free(s->auths.at);
    g_free(s);
}

size_t
vrf_settler_octets(const struct vrf_settler *s)
{
    return mipro_conduct_octets(s->conduct);
}
