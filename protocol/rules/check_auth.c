/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The authentication of messages, the SPIs, and the keys of the associations. */
#include "rules/checks.h"

/* ---- the signature of messages 16-19 ---- */

void
mipro_check_update_no_auth(const struct mipro_evidence *ev, struct mipro_breach *b)
{
    const struct mipro_message *m = ev->message;
    uint8_t type = mipro_auth_ext_type(&m->set);
    struct mipro_ext e;

    if (!mipro_is_type(m, MIPRO_BINDING_UPDATE) || mipro_ext_find(m, type, &e))
        return;
    /* It may not have been captured, or be the one that overruns, which is reported already. */
    if (m->err == MIPRO_OK || (m->err == MIPRO_ERR_TRAILING && m->buf[m->err_off] != type))
        mipro_add_place(b, 0, m->def->fixed_len, "Binding Update without extension %u", type);
}

/*
 * Extensions after the last authenticator are not protected.  Those between two are protected
 * by the second; having two breaks another rule.
 */
void
mipro_check_auth_not_last(const struct mipro_evidence *ev, struct mipro_breach *b)
{
    const struct mipro_message *m = ev->message;
    size_t end = SIZE_MAX;

    if (!mipro_is_draft(m) || m->err == MIPRO_ERR_CUT)
        return; /* another may not have been captured */
    for (struct mipro_ext e = { 0 }; mipro_ext_next(m, &e);)
        if (mipro_is_signature(m, &e))
            end = e.off + mipro_ext_len(&e);
    for (struct mipro_ext e = { 0 }; mipro_ext_next(m, &e);)
        if (e.off >= end)
            mipro_add_place(b, e.off, mipro_ext_len(&e),
                "extension %u follows extension %u and is not protected", e.type,
                mipro_auth_ext_type(&m->set));
}

/* Extension 35 anywhere; extension 36 only in messages where it replaces 35. */
static bool
is_signature_of(const struct mipro_message *m, const struct mipro_auth *auth)
{
    return auth->ext == mipro_auth_ext_type(&m->set) &&
           (auth->ext == MIPRO_EXT_AUTH || mipro_is_draft(m));
}

void
mipro_check_auth_length(const struct mipro_evidence *ev, struct mipro_breach *b)
{
    const struct mipro_message *m = ev->message;

    for (size_t i = 0; i < ev->n_auth; i++) {
        const struct mipro_auth *a = &ev->auth[i];
        size_t body = a->len - (a->ext == MIPRO_EXT_GENERALIZED ? 4 : 2);
        const struct mipro_algorithm_def *def = mipro_algorithm_def(a->algorithm);

        if (!a->size_wrong || !is_signature_of(m, a))
            continue;
        if (body < 4)
            mipro_add_place(
                b, a->off, a->len, "extension %u has length %zu: no room for an SPI", a->ext, body);
        else if (body == 4)
            mipro_add_place(b, a->off, a->len,
                "extension %u has length 4: no room for an authenticator", a->ext);
        else if (def == NULL)
            mipro_add_place(b, a->off, a->len,
                "authenticator of %zu octets in extension %u; no algorithm makes that many",
                body - 4, a->ext);
        else
            mipro_add_place(b, a->off, a->len,
                "authenticator of %zu octets in extension %u; the algorithm makes %u", body - 4,
                a->ext, def->size);
    }
}

/* Find the first reserved SPI in the draft's own extensions, or in those shared with RFCs. */
static void
find_reserved_spi(const struct mipro_evidence *ev, bool drafts, struct mipro_breach *b)
{
    const struct mipro_message *m = ev->message;

    for (size_t i = 0; i < ev->n_auth; i++) {
        const struct mipro_auth *a = &ev->auth[i];
        const struct mipro_ext_def *def = mipro_ext_def(a->ext, &m->set);
        const struct mipro_field_def *f = NULL;

        if (!a->has_spi || a->spi >= MIPRO_FIRST_SPI || def == NULL ||
            drafts != (a->ext == MIPRO_EXT_AUTH || a->ext == MIPRO_EXT_PFAN) ||
            (!drafts && mipro_spi_is_assigned(a->spi)))
            continue;
        f = mipro_find_field(def->fields, def->auth ? MIPRO_F_SPI : MIPRO_F_PFAN_SPI);
        if (f != NULL)
            mipro_add_place(b, a->off + f->off, f->len,
                "SPI %u in extension %u is reserved (0-255)", a->spi, a->ext);
    }
}

/* In extensions 32-34 and 36 it breaks another document's rule: a warning. */
void
mipro_check_spi_reserved(const struct mipro_evidence *ev, struct mipro_breach *b)
{
    find_reserved_spi(ev, true, b);
    b->finding->mild = b->places == 0;
    find_reserved_spi(ev, false, b);
}

/* ---- the authentication of registrations (RFC 2002 3.5.2) ---- */

/*
 * Replies sent by a foreign agent, and replies for which the home agent may lack a key: mobile
 * node failed authentication (131), foreign agent failed authentication (132), unknown home
 * agent address (136).
 */
static bool
may_lack_auth(const struct mipro_message *m)
{
    uint64_t code = mipro_value(m, MIPRO_F_CODE);

    return mipro_is_type(m, MIPRO_REGISTRATION_REPLY) &&
           ((code >= 64 && code <= 127) || code == 131 || code == 132 || code == 136);
}

/* A request may carry 36 instead: for an AAA server, or in the later drafts. */
static bool
is_registration_auth(const struct mipro_message *m, const struct mipro_ext *e)
{
    uint32_t spi;

    if (e->type == MIPRO_EXT_MOBILE_HOME)
        return true;
    return e->type == MIPRO_EXT_GENERALIZED && mipro_is_type(m, MIPRO_REGISTRATION_REQUEST) &&
           (m->set.draft != MIPRO_DRAFT_08 ||
               (mipro_ext_spi(m, e, &spi) && mipro_spi_is_assigned(spi)));
}

void
mipro_check_registration_no_auth(const struct mipro_evidence *ev, struct mipro_breach *b)
{
    const struct mipro_message *m = ev->message;

    if (!mipro_is_registration(m) || may_lack_auth(m))
        return;
    /* It may not have been captured, or be the one that overruns, which is reported already. */
    if (m->err != MIPRO_OK &&
        (m->err != MIPRO_ERR_TRAILING || m->buf[m->err_off] == MIPRO_EXT_MOBILE_HOME))
        return;
    for (struct mipro_ext e = { 0 }; mipro_ext_next(m, &e);)
        if (is_registration_auth(m, &e))
            return;
    mipro_add_place(
        b, 0, m->def->fixed_len, "%s without extension %u", m->def->name, MIPRO_EXT_MOBILE_HOME);
}

/* ---- keys ---- */

void
mipro_check_key_expired(const struct mipro_evidence *ev, struct mipro_breach *b)
{
    for (size_t i = 0; i < ev->n_auth; i++) {
        const struct mipro_association *s = ev->auth[i].association;
        bool early = s != NULL && ev->time < s->not_before;

        if (ev->auth[i].verdict == MIPRO_EXPIRED && s != NULL)
            mipro_add_place(b, ev->auth[i].off, ev->auth[i].len,
                "extension %u fits association \"%s\" outside its validity, which %s %s",
                ev->auth[i].ext, s->name, early ? "begins" : "ended",
                mipro_time_text(early ? s->not_before : s->not_after).s);
    }
}

/* The association with which this authenticator was judged, if its key is weak, or NULL. */
static const struct mipro_association *
weak_association(const struct mipro_auth *auth)
{
    bool judged =
        auth->verdict == MIPRO_GOOD || auth->verdict == MIPRO_BAD || auth->verdict == MIPRO_EXPIRED;

    return judged && auth->association != NULL && auth->association->weak != 0 ? auth->association
                                                                               : NULL;
}

/* Report the worst weakness of a key. */
static void
tell_weak(struct mipro_breach *b, const struct mipro_auth *auth)
{
    const struct mipro_association *s = auth->association;

    if ((s->weak & MIPRO_WEAK_PUBLISHED) != 0)
        mipro_add_place(b, auth->off, auth->len,
            "the key of association \"%s\" is published as a sample (%s)", s->name,
            mipro_key_publisher(s->key));
    else
        mipro_add_place(b, auth->off, auth->len, "the key of association \"%s\" is %s", s->name,
            (s->weak & MIPRO_WEAK_WORD) != 0    ? "in the list of words"
            : (s->weak & MIPRO_WEAK_SHORT) != 0 ? "shorter than 16 octets"
                                                : "the same octet repeated");
}

void
mipro_check_key_weak(const struct mipro_evidence *ev, struct mipro_breach *b)
{
    for (size_t i = 0; i < ev->n_auth; i++)
        if (weak_association(&ev->auth[i]) != NULL)
            tell_weak(b, &ev->auth[i]);
}

const struct mipro_association *
mipro_weak_association(const struct mipro_evidence *ev, size_t i, struct mipro_finding *f)
{
    for (size_t k = 0; k < ev->n_auth; k++) {
        const struct mipro_association *s = weak_association(&ev->auth[k]);
        struct mipro_breach b = { f, 0 };

        if (s == NULL || i-- != 0)
            continue;
        mipro_finding_clear(f);
        tell_weak(&b, &ev->auth[k]);
        return s;
    }
    return NULL;
}
