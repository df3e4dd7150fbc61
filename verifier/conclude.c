/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conclude.h"

#include <glib.h>

void
vrf_conclude_record(struct vrf_conclusion *c, const struct vrf_record *record)
{
    *VRF_ARRAY_ADD(&c->share->records) = *record;
}

/* The NAI by which a registration names its node. */
__attribute__((noinline, cold)) static char *
nai_of(const struct mipro_message *m)
{
    char text[MIPRO_NAI_TEXT];
    uint8_t folded[MIPRO_NAI_MAX];
    struct mipro_nai nai = { NULL, 0 };

    nai.octets = mipro_message_nai(m, &nai.len);
    nai.len = mipro_nai_fold(&nai, folded);
    nai.octets = folded;
    mipro_nai_text(&nai, text);
    return g_strdup(text);
}

/* What a record says of the message as a whole. */
static void
set_message(struct vrf_record *r, const struct vrf_message *message)
{
    if (mipro_conduct_names_node(&message->m))
        r->nai = nai_of(&message->m);
    r->has_home = mipro_has(&message->m, MIPRO_F_HOMEADDR);
    r->home = (uint32_t)mipro_value(&message->m, MIPRO_F_HOMEADDR);
    r->copy_of = message->copy_of;
}

/* message is NULL for a finding of conduct, which is about several messages. */
void
vrf_conclude_finding(struct vrf_conclusion *c, const struct vrf_message *message,
    const struct mipro_finding *finding, const struct mipro_association *weak)
{
    struct vrf_record r;

    if (!c->o->rules[finding->rule])
        return;
    r = vrf_record_of(finding);
    r.weak = weak;
    if (message != NULL)
        set_message(&r, message);
    vrf_conclude_record(c, &r);
}

static void
record_auth(
    struct vrf_conclusion *c, const struct vrf_message *message, const struct mipro_auth *auth)
{
    struct vrf_record r = { .kind = VRF_RECORD_AUTHENTICATOR };

    r.frame = message->frame;
    r.time = message->time;
    r.src = message->src;
    r.dst = message->dst;
    r.message = mipro_message_type(&message->m);
    r.off = (uint32_t)auth->off;
    r.ext = auth->ext;
    r.verdict = (uint8_t)auth->verdict;
    r.algorithm = (uint8_t)auth->algorithm;
    r.coverage = (uint8_t)auth->coverage;
    r.has_spi = auth->has_spi;
    r.spi = auth->spi;
    r.reading = auth->reading;
    r.association = auth->association;
    r.hint = (uint8_t)auth->hint;
    r.size_wrong = auth->size_wrong;
    r.refused = c->refused;
    if (auth->verdict == MIPRO_NO_KEY) {
        const struct mipro_scene scene = { message->src, message->dst, message->time, c->o->ring };
        struct mipro_ends ends[2];

        r.n_ends = (uint8_t)mipro_auth_ends_of(&message->m, auth, &scene, ends);
        r.ends = ends[0];
    }
    set_message(&r, message);
    vrf_conclude_record(c, &r);
}

static inline void
leave_trace(struct vrf_share *share, const struct vrf_message *message, uint8_t good)
{
    struct vrf_trace *trace = VRF_ARRAY_ADD(&share->traces);
    size_t len;

    trace->frame = message->frame;
    trace->home = (uint32_t)mipro_value(&message->m, MIPRO_F_HOMEADDR);
    trace->good = good;
    trace->names_node = !message->m.plain && mipro_message_nai(&message->m, &len) != NULL;
}

/* For --write; a message without a good authenticator also leaves a trace. */
static inline void
leave_traces(
    struct vrf_share *share, const struct vrf_message *message, const struct mipro_auth *auth)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < message->n_auth; i++) {
        if (auth[i].verdict != MIPRO_GOOD)
            continue;
        leave_trace(share, message, auth[i].ext);
        n++;
    }
    if (n == 0)
        leave_trace(share, message, 0);
}

/*
 * The text format counts by pairs, and lists authenticators that are not good or explain a
 * refusal; the other formats list all.
 */
__attribute__((noinline)) static void
list_auths(
    struct vrf_conclusion *c, const struct vrf_message *message, const struct mipro_auth *auth)
{
    for (uint32_t i = 0; i < message->n_auth; i++) {
        bool good = auth[i].verdict == MIPRO_GOOD;

        if (c->tally->wants_pairs)
            vrf_tally_pair(c->tally, &auth[i], message->src, message->dst, message->time);
        if (!good || c->lists_good || c->refused.of != MIPRO_CLOCK_UNKNOWN)
            record_auth(c, message, &auth[i]);
        c->refused.of = MIPRO_CLOCK_UNKNOWN; /* reported only once */
    }
}

/*
 * key-weak is found for every authenticator; only the first of each association is recorded.
 * (Records may be made out of order, so the report makes the final selection.)
 */
static void
record_weak(struct vrf_conclusion *c, const struct vrf_message *message,
    const struct mipro_evidence *ev, const struct mipro_finding *finding)
{
    struct mipro_finding one = *finding;
    const struct mipro_association *weak;

    one.text = NULL;
    for (size_t i = 0; (weak = mipro_weak_association(ev, i, &one)) != NULL; i++) {
        uint64_t *first = &c->weak[weak->index];

        if (*first != 0 && *first <= ev->frame)
            continue;
        *first = ev->frame;
        vrf_conclude_finding(c, message, &one, weak);
    }
    mipro_finding_clear(&one);
}

/* Findings are rare: a separate function, so that other messages need no stack for them. */
__attribute__((noinline, cold)) static void
conclude_findings(struct vrf_conclusion *c, const struct vrf_message *message,
    const struct mipro_auth *auths, const struct mipro_finding *findings)
{
    for (uint32_t i = 0; i < message->n_findings; i++) {
        struct mipro_evidence ev = vrf_evidence(message, auths);

        if (findings[i].rule == MIPRO_RULE_KEY_WEAK)
            record_weak(c, message, &ev, &findings[i]);
        else
            vrf_conclude_finding(c, message, &findings[i], NULL);
    }
}

void
vrf_conclude_closely(struct vrf_conclusion *c, const struct vrf_message *message,
    const struct mipro_auth *auths, const struct mipro_finding *findings)
{
    for (uint32_t i = 0; i < message->n_auth; i++)
        vrf_tally_verdict(c->tally, auths[i].verdict);
    if (c->traces)
        leave_traces(c->share, message, auths);
    if (c->wants_records && !vrf_is_listed(c, message, auths))
        list_auths(c, message, auths);
    if (message->n_findings != 0)
        conclude_findings(c, message, auths, findings);
    c->refused.of = MIPRO_CLOCK_UNKNOWN;
}
