/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the authenticators of a message prove about it as a whole. */
#include "conduct/private.h"

/* May a reply lack its authenticator?  If it is from a foreign agent, or there is no key for it. */
static bool
may_lack(const struct mipro_message *m)
{
    uint64_t code = mipro_value(m, MIPRO_F_CODE);

    return mipro_has(m, MIPRO_F_CODE) &&
           ((code >= 64 && code <= 127) || code == 131 || code == 132 || code == 136);
}

/*
 * Do the keys know the two ends between which this extension would stand?  A mobile node may be
 * known by its NAI (ruling 9).
 */
static bool
knows_ends(const struct mipro_event *ev, uint8_t ext, size_t off)
{
    const struct mipro_scene scene = { ev->src, ev->dst, ev->time, ev->ring };
    const struct mipro_ext e = { .type = ext, .off = (uint32_t)off };
    struct mipro_ends ends[2];
    struct mipro_nai nai;
    size_t n;

    if (ev->ring == NULL)
        return false;
    n = mipro_auth_ends(ev->message, &e, &scene, ends);
    if (mipro_auth_nai(ev->message, &e, &nai) &&
        mipro_keyring_joins_nai(ev->ring, &nai, is_no_home(ends[0].b) ? NULL : &ends[0].b))
        return true;
    return mipro_keyring_joins(ev->ring, ends, n);
}

/*
 * What those extensions say that vouch for the message as a whole: one that is bad makes it
 * bad; else the first says what it is.  But the mobile node's own authenticator for its home agent,
 * if it is good, says so of a registration, whatever a foreign agent added to it.  Is there a PFAN?
 */
enum mipro_verdict
mipro_judge_all(const struct mipro_event *ev, bool *pfan, bool *unknown_spi)
{
    const struct mipro_message *m = ev->message;
    enum mipro_verdict verdict = MIPRO_VERDICTS;
    unsigned first = MIPRO_EXT_MOBILE_HOME, others = MIPRO_EXT_GENERALIZED - first;
    bool home = false;   /* an authenticator between mobile node and home agent */
    bool proven = false; /* which is good */

    if (mipro_is_draft(m)) {
        first = mipro_auth_ext_type(&m->set);
        others = 0;
    }
    for (size_t i = 0; i < ev->n_auth; i++) {
        const struct mipro_auth *a = &ev->auth[i];

        *pfan |= a->ext == MIPRO_EXT_PFAN;
        home |= a->ext == MIPRO_EXT_MOBILE_HOME || a->ext == MIPRO_EXT_GENERALIZED;
        if (a->ext - first > others)
            continue;
        if (a->ext == MIPRO_EXT_MOBILE_HOME)
            proven = a->verdict == MIPRO_GOOD;
        if (verdict == MIPRO_VERDICTS || a->verdict == MIPRO_BAD)
            verdict = a->verdict;
        if (a->verdict == MIPRO_NO_KEY && knows_ends(ev, a->ext, a->off))
            *unknown_spi = true;
    }
    if (!mipro_is_draft(m) && !home && m->err == MIPRO_OK && verdict != MIPRO_BAD && !may_lack(m) &&
        knows_ends(ev, MIPRO_EXT_MOBILE_HOME, 0))
        return MIPRO_MISSING;
    if (proven) {
        *unknown_spi = false; /* that of another one says nothing against it */
        return MIPRO_GOOD;
    }
    /* What was not captured of it proves nothing; but without a key it would neither. */
    if (verdict == MIPRO_TRUNCATED || (verdict == MIPRO_VERDICTS && m->captured < m->len))
        return knows_ends(ev, (uint8_t)first, 0) ? MIPRO_TRUNCATED : MIPRO_NO_KEY;
    return verdict != MIPRO_VERDICTS ? verdict : MIPRO_NO_KEY;
}

bool
mipro_is_unchecked(const struct mipro_event *ev)
{
    for (size_t i = 0; i < ev->n_auth; i++)
        if (ev->auth[i].ext == MIPRO_EXT_GENERALIZED && ev->auth[i].verdict != MIPRO_GOOD)
            return true;
    return false;
}

/* Has it room for an authenticator, of which nothing was captured? */
static bool
has_room(const struct mipro_message *m)
{
    const size_t least = 2 + 4 + 16; /* type and length, SPI, and the shortest of any algorithm */

    return m->len >= m->def->fixed_len + least;
}

bool
mipro_lacks_auth(const struct mipro_event *ev)
{
    const struct mipro_message *m = ev->message;

    if (ev->n_auth != 0 || (m->err != MIPRO_OK && (m->err != MIPRO_ERR_CUT || has_room(m))))
        return false;
    return knows_ends(ev, mipro_auth_ext_type(&m->set), 0);
}

#define MOST_REKEYED                                                                               \
    8u /* keys of one SPI, one after another, that are tried within a time limit                   \
        */

/*
 * The authenticator is bad by a key that had just become valid: is it good by the one before, or by
 * one before that, whose validity also ended less than the time limit ago?
 */
static bool
find_previous(const struct shard *c, const struct mipro_event *ev, const struct mipro_auth *a,
    struct mipro_auth *before)
{
    struct mipro_scene scene = { ev->src, ev->dst, 0, ev->ring };
    const struct mipro_association *later = a->association;
    int64_t time = ev->time;
    struct mipro_ext e;

    if (!mipro_ext_at(ev->message, a->off, &e))
        return false;
    if (c->copies.late == ev->frame && ev->has_datagram) /* a tap that is late shows it */
        time = mipro_time_add(c->copies.late_since, -c->t.skew);
    for (unsigned i = 0; i < MOST_REKEYED && later != NULL && later->not_before != INT64_MIN &&
                         mipro_time_between(later->not_before, time) < c->config->ack_timeout;
         i++) {
        /* The last moment of the previous key. */
        scene.time = mipro_time_add(later->not_before, -1);
        mipro_auth_judge(ev->message, &e, &scene, before);
        if (before->verdict == MIPRO_GOOD || before->verdict == MIPRO_EXPIRED)
            return true;
        later = before->verdict == MIPRO_BAD ? before->association : NULL;
    }
    return false;
}

void
mipro_judge_rekeyed(const struct shard *c, struct mipro_event *ev)
{
    struct mipro_auth before;

    if (ev->time == MIPRO_TIME_NONE)
        return;
    for (size_t i = 0; i < ev->n_auth; i++) {
        struct mipro_auth *a = &ev->auth[i];

        if (a->verdict != MIPRO_BAD || a->size_wrong || !find_previous(c, ev, a, &before))
            continue;
        *a = before;
        a->verdict = MIPRO_EXPIRED;
        ev->rejudged = true;
    }
}

/*
 * The caller knows that the update waited, and that no right acknowledge came within the limit.
 * Then two explanations are left: the acknowledge is wrong, or the capture lacks two messages, the
 * right one and the update that this one answers.
 *
 * If the identifications are similar, the second cannot be: another update would have an
 * identification of its own.  Otherwise no capture can exclude two losses, and the rule could
 * never be broken by an identification that has nothing in common with the one expected.  So two
 * losses are assumed only where something makes them likely: the capture is known to lack another
 * message about h, or, as mipro_mismatch_say() holds, messages about other home addresses; or the
 * acknowledge comes later than nodes answer, when another update may have been sent meanwhile.  How
 * late that is, is a matter of degree: a fifth of the time limit.
 *
 * An update that answers a request wrongly is not proven by that, only by its similar
 * identification: unlike an acknowledge, it is sent without having been asked for as well.
 */
bool
mipro_is_proven(const struct shard *c, const struct home *h, struct ident asked,
    struct ident answered, int64_t asked_time, int64_t answered_time)
{
    int64_t at_once = c->config->ack_timeout / 5; /* a second, usually */

    if (mipro_is_like(asked, answered))
        return true;
    return !h->lossy && (!is_time(asked_time) || !is_time(answered_time) ||
                            mipro_time_between(asked_time, answered_time) <= at_once);
}

void
mipro_mismatch_say(struct shard *c, const struct wait *w, struct mipro_finding *f,
    struct ident asked, struct ident answered)
{
    if (mipro_is_like(asked, answered))
        mipro_finding_emit(c, f);
    else
        mipro_finding_claim(c, w, f);
}
