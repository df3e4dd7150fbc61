/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/checks.h"

#include <stdarg.h>

/* A smaller length leaves no room for home address and reserved field (6). */
#define WARNING_EXT_FIXED 6u

static void add_place(struct mipro_breach *b, size_t off, size_t len, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void
add_place(struct mipro_breach *b, size_t off, size_t len, const char *format, ...)
{
    va_list args;

    if (b->places++ > 0)
        return;
    b->finding->off = off;
    b->finding->len = len;
    va_start(args, format);
    mipro_finding_append(b->finding, format, args);
    va_end(args);
}

static size_t
captured_len(const struct mipro_message *m, const struct mipro_ext *e)
{
    size_t len = mipro_ext_len(e);

    return len < m->captured - e->off ? len : m->captured - e->off;
}

/* Does this extension authenticate messages 16-19 in the selected draft? */
static bool
is_signature(const struct mipro_message *m, const struct mipro_ext *e)
{
    return e->type == mipro_auth_ext_type(&m->set) && e->def != NULL && e->def->auth;
}

/* ---- framing ---- */

void
mipro_check_message_truncated(const struct mipro_evidence *ev, struct mipro_breach *b)
{
    const struct mipro_message *m = ev->message;
    const char *also = "";

    if (m->err != MIPRO_ERR_TRUNCATED || !mipro_is_draft(m))
        return;
    if (m->len >= m->def->fixed_len)
        also = m->def->tail == MIPRO_TAIL_IDENT_FLAGGED ? ", and 8 of identification as I is set"
                                                        : ", or 16 with an identification";
    add_place(b, 0, m->captured, "%s ends after %u octet%s; its fixed part has %u%s", m->def->name,
        m->len, m->len == 1 ? "" : "s", m->def->fixed_len, also);
}

void
mipro_check_warning_no_target(const struct mipro_evidence *ev, struct mipro_breach *b)
{
    const struct mipro_message *m = ev->message;

    /*
     * Odd octets where the first target should be are trailing octets, and that
     * alone.  From draft -11 on a message without targets means its receiver.
     */
    if (mipro_is_type(m, MIPRO_BINDING_WARNING) && m->n_targets == 0 &&
        m->set.draft != MIPRO_DRAFT_11 &&
        (m->err == MIPRO_OK || (m->err == MIPRO_ERR_CUT && m->err_off < m->captured)))
        add_place(b, 0, m->def->fixed_len, "Binding Warning names no target");
    for (struct mipro_ext e = { 0 }; mipro_rule_next_ext(m, &e);)
        if (mipro_is_warning_ext(m, &e) && e.body_len <= WARNING_EXT_FIXED)
            add_place(b, e.off, captured_len(m, &e), "Binding Warning extension names no target");
}

void
mipro_check_trailing_octets(const struct mipro_evidence *ev, struct mipro_breach *b)
{
    const struct mipro_message *m = ev->message;

    if (m->err == MIPRO_ERR_TRAILING) {
        size_t n = m->len - m->err_off;

        add_place(b, m->err_off, n, "%zu octet%s after the last %s", n, n == 1 ? "" : "s",
            m->def->tail == MIPRO_TAIL_TARGETS && m->n_ext == 0 ? "whole target"
            : m->n_ext == 0                                     ? "field"
                                                                : "extension");
    }
    for (struct mipro_ext e = { 0 }; mipro_rule_next_ext(m, &e);) {
        size_t odd = e.body_len > WARNING_EXT_FIXED ? (e.body_len - WARNING_EXT_FIXED) % 4 : 0;

        if (mipro_is_warning_ext(m, &e) && odd != 0)
            add_place(b, e.off, captured_len(m, &e),
                "%zu octet%s after the last whole target of the Binding Warning extension", odd,
                odd == 1 ? "" : "s");
    }
}

void
mipro_check_extension_overrun(const struct mipro_evidence *ev, struct mipro_breach *b)
{
    const struct mipro_message *m = ev->message;
    size_t left = m->len - m->err_off;

    if (m->err == MIPRO_ERR_OVERRUN)
        add_place(b, m->err_off, m->captured - m->err_off,
            "extension %u at octet %u runs past the end: %zu octets are left of the payload",
            m->buf[m->err_off], m->err_off, left);
}

/* ---- which extensions, and where ---- */

void
mipro_check_extension_unknown(const struct mipro_evidence *ev, struct mipro_breach *b)
{
    const struct mipro_message *m = ev->message;

    for (struct mipro_ext e = { 0 }; mipro_rule_next_ext(m, &e);)
        if (mipro_ext_unknown(&e))
            add_place(b, e.off, captured_len(m, &e),
                "extension %u is not known; below 128 the receiver discards the message", e.type);
}

/*
 * From draft -09 on, 36 authenticates messages 16-19, and 35 belongs in no message at all: it
 * is misplaced rather than unknown.
 */
void
mipro_check_extension_misplaced(const struct mipro_evidence *ev, struct mipro_breach *b)
{
    const struct mipro_message *m = ev->message;
    unsigned signatures = 0;

    for (struct mipro_ext e = { 0 }; mipro_rule_next_ext(m, &e);) {
        if (e.def == NULL || mipro_ext_discards(m, &e))
            continue;
        if ((e.def->in & m->def->in) == 0)
            add_place(
                b, e.off, captured_len(m, &e), "%s extension in a %s", e.def->name, m->def->name);
        else if (mipro_is_draft(m) && is_signature(m, &e) && signatures++ > 0)
            add_place(b, e.off, captured_len(m, &e), "%s extension (%u) a second time", e.def->name,
                e.type);
        else if (mipro_is_draft(m) && e.type == MIPRO_EXT_AUTH && !is_signature(m, &e))
            add_place(b, e.off, captured_len(m, &e),
                "extension 35 is draft -08's; here extension %u authenticates",
                mipro_auth_ext_type(&m->set));
    }
}

/* ---- the signature of messages 16-19 ---- */

void
mipro_check_update_no_auth(const struct mipro_evidence *ev, struct mipro_breach *b)
{
    const struct mipro_message *m = ev->message;
    uint8_t type = mipro_auth_ext_type(&m->set);
    struct mipro_ext e;

    if (!mipro_is_type(m, MIPRO_BINDING_UPDATE) || mipro_ext_find(m, type, &e))
        return;
    /* It may not have been captured, or be the one that overran: one fault, one finding. */
    if (m->err == MIPRO_OK || (m->err == MIPRO_ERR_TRAILING && m->buf[m->err_off] != type))
        add_place(b, 0, m->def->fixed_len, "Binding Update without extension %u", type);
}

/*
 * Extensions after the last authenticator are not protected.  Those between two are, by the
 * second; that there are two breaks another rule.
 */
void
mipro_check_auth_not_last(const struct mipro_evidence *ev, struct mipro_breach *b)
{
    const struct mipro_message *m = ev->message;
    size_t end = SIZE_MAX;

    if (!mipro_is_draft(m) || m->err == MIPRO_ERR_CUT)
        return; /* another may not have been captured */
    for (struct mipro_ext e = { 0 }; mipro_ext_next(m, &e);)
        if (is_signature(m, &e))
            end = e.off + mipro_ext_len(&e);
    for (struct mipro_ext e = { 0 }; mipro_ext_next(m, &e);)
        if (e.off >= end)
            add_place(b, e.off, mipro_ext_len(&e),
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
            add_place(
                b, a->off, a->len, "extension %u has length %zu: no room for an SPI", a->ext, body);
        else if (body == 4)
            add_place(b, a->off, a->len, "extension %u has length 4: no room for an authenticator",
                a->ext);
        else if (def == NULL)
            add_place(b, a->off, a->len,
                "authenticator of %zu octets in extension %u; no algorithm makes that many",
                body - 4, a->ext);
        else
            add_place(b, a->off, a->len,
                "authenticator of %zu octets in extension %u; the algorithm makes %u", body - 4,
                a->ext, def->size);
    }
}

/* The first reserved SPI of the draft's extensions, or of those that others have, too. */
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
            add_place(b, a->off + f->off, f->len, "SPI %u in extension %u is reserved (0-255)",
                a->spi, a->ext);
    }
}

/* In 32 to 34 and 36 it breaks another document's rule: a warning. */
void
mipro_check_spi_reserved(const struct mipro_evidence *ev, struct mipro_breach *b)
{
    find_reserved_spi(ev, true, b);
    b->finding->mild = b->places == 0;
    find_reserved_spi(ev, false, b);
}

/* ---- the authentication of registrations (RFC 2002 3.5.2) ---- */

/*
 * Of replies, those of a foreign agent, and those for which the home agent may lack a key: the
 * mobile node failed authentication (131), the foreign agent did (132), the home agent is
 * not known (136).
 */
static bool
may_lack_auth(const struct mipro_message *m)
{
    uint64_t code = mipro_value(m, MIPRO_F_CODE);

    return mipro_is_type(m, MIPRO_REGISTRATION_REPLY) &&
           ((code >= 64 && code <= 127) || code == 131 || code == 132 || code == 136);
}

/* A request may be authenticated by 36 instead: to an AAA server, or in the later drafts. */
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
    /* It may lie in what was not captured, or be what overran: one fault, one finding. */
    if (m->err != MIPRO_OK &&
        (m->err != MIPRO_ERR_TRAILING || m->buf[m->err_off] == MIPRO_EXT_MOBILE_HOME))
        return;
    for (struct mipro_ext e = { 0 }; mipro_ext_next(m, &e);)
        if (is_registration_auth(m, &e))
            return;
    add_place(
        b, 0, m->def->fixed_len, "%s without extension %u", m->def->name, MIPRO_EXT_MOBILE_HOME);
}

/* ---- fields ---- */

void
mipro_check_reserved_nonzero(const struct mipro_evidence *ev, struct mipro_breach *b)
{
    const struct mipro_message *m = ev->message;
    const struct mipro_field_def *f;
    uint64_t v;

    if (mipro_is_type(m, MIPRO_BINDING_UPDATE)) {
        v = mipro_value(m, MIPRO_F_FLAGS) & MIPRO_BU_RESERVED;
        f = mipro_find_field(m->def->fields, MIPRO_F_FLAGS);
        if (v != 0)
            add_place(b, f->off, f->len, "reserved bits of the flags are 0x%02x", (unsigned)v);
    } else if (mipro_is_draft(m)) {
        v = mipro_value(m, MIPRO_F_RESERVED);
        f = mipro_find_field(m->def->fields, MIPRO_F_RESERVED);
        if (v != 0)
            add_place(b, f->off, f->len, "reserved field is 0x%0*x", 2 * f->len, (unsigned)v);
    }
    for (struct mipro_ext e = { 0 }; mipro_rule_next_ext(m, &e);)
        if (mipro_is_warning_ext(m, &e) && mipro_ext_value(m, &e, MIPRO_F_WARN_RESERVED, &v) &&
            v != 0) {
            f = mipro_find_field(e.def->fields, MIPRO_F_WARN_RESERVED);
            add_place(b, e.off + f->off, f->len,
                "reserved field of the Binding Warning extension is 0x%04x", (unsigned)v);
        }
}

void
mipro_check_status_unassigned(const struct mipro_evidence *ev, struct mipro_breach *b)
{
    const struct mipro_message *m = ev->message;
    uint8_t status = (uint8_t)mipro_value(m, MIPRO_F_STATUS);
    const struct mipro_field_def *f = mipro_find_field(m->def->fields, MIPRO_F_STATUS);

    if (f != NULL && mipro_has(m, MIPRO_F_STATUS) && mipro_status_name(status) == NULL)
        add_place(b, f->off, f->len, "status %u is not assigned", status);
}

void
mipro_check_pfan_length(const struct mipro_evidence *ev, struct mipro_breach *b)
{
    const struct mipro_message *m = ev->message;

    for (struct mipro_ext e = { 0 }; mipro_rule_next_ext(m, &e);)
        if (mipro_is_pfan(&e) && e.body_len < e.def->min_len)
            add_place(b, e.off, captured_len(m, &e),
                "Previous Foreign Agent Notification of length %u has no %s", e.body_len,
                e.body_len + 1 < e.def->min_len ? "room for its fields" : "authenticator");
}

void
mipro_check_pfan_care_of(const struct mipro_evidence *ev, struct mipro_breach *b)
{
    const struct mipro_message *m = ev->message;
    uint64_t coa;

    if (!mipro_is_type(m, MIPRO_REGISTRATION_REQUEST) || m->err == MIPRO_ERR_TRUNCATED)
        return;
    for (struct mipro_ext e = { 0 }; mipro_rule_next_ext(m, &e);)
        if (mipro_is_pfan(&e) && mipro_ext_value(m, &e, MIPRO_F_PFAN_COA, &coa) &&
            coa != mipro_value(m, MIPRO_F_COA) && coa != mipro_value(m, MIPRO_F_HOMEADDR)) {
            const struct mipro_field_def *f = mipro_find_field(e.def->fields, MIPRO_F_PFAN_COA);

            add_place(b, e.off + f->off, f->len,
                "new care-of address %s is neither the registration's %s nor the home address %s",
                mipro_dotted((uint32_t)coa).s,
                mipro_dotted((uint32_t)mipro_value(m, MIPRO_F_COA)).s,
                mipro_dotted((uint32_t)mipro_value(m, MIPRO_F_HOMEADDR)).s);
        }
}

void
mipro_check_delete_half(const struct mipro_evidence *ev, struct mipro_breach *b)
{
    const struct mipro_message *m = ev->message;
    unsigned life = (unsigned)mipro_value(m, MIPRO_F_LIFE);
    enum mipro_field odd = life == 0 ? MIPRO_F_LIFE : MIPRO_F_COA;
    const struct mipro_field_def *f = mipro_find_field(m->def->fields, odd);

    if (!mipro_is_half_deletion(m))
        return;
    if (life == 0)
        add_place(b, f->off, f->len, "lifetime 0 deletes, but the care-of address is %s",
            mipro_dotted((uint32_t)mipro_value(m, MIPRO_F_COA)).s);
    else if (life == MIPRO_LIFE_INFINITE)
        add_place(
            b, f->off, f->len, "care-of = home address deletes, but the lifetime is infinite");
    else
        add_place(
            b, f->off, f->len, "care-of = home address deletes, but the lifetime is %u s", life);
}

void
mipro_check_private_half(const struct mipro_evidence *ev, struct mipro_breach *b)
{
    const struct mipro_message *m = ev->message;

    if (!mipro_is_type(m, MIPRO_REGISTRATION_REQUEST) ||
        (mipro_value(m, MIPRO_F_FLAGS) & mipro_private_bit(&m->set)) == 0)
        return;
    for (struct mipro_ext e = { 0 }; mipro_rule_next_ext(m, &e);)
        if (mipro_is_warning_ext(m, &e))
            add_place(b, e.off, captured_len(m, &e),
                "P is set: the targets of the Binding Warning extension can only be told to "
                "delete");
}

void
mipro_check_port(const struct mipro_evidence *ev, struct mipro_breach *b)
{
    if (ev->sport != MIPRO_PORT && ev->dport != MIPRO_PORT)
        add_place(b, 0, 0, "neither port is %d: %u to %u", MIPRO_PORT, ev->sport, ev->dport);
}

static void
judge_addr(struct mipro_breach *b, const char *what, uint32_t addr, size_t off)
{
    const char *why = mipro_why_implausible(addr);

    if (why != NULL)
        add_place(b, off, 4, "%s %s is %s", what, mipro_dotted(addr).s, why);
}

/*
 * A mobile node that names itself by its NAI may have no home address yet (RFC
 * 2794).  Where the extensions are not whole, the NAI may be what is missing.
 */
static bool
may_lack_home(const struct mipro_message *m)
{
    struct mipro_ext e;

    return m->def->source == MIPRO_SOURCE_BASE && mipro_value(m, MIPRO_F_HOMEADDR) == 0 &&
           (m->err != MIPRO_OK || mipro_ext_find(m, MIPRO_EXT_NAI, &e));
}

/* clang-format off */
static const struct {
    enum mipro_field id;
    const char *what;
} addr_fields[] = {
    { MIPRO_F_HOMEADDR,      "home address" },
    { MIPRO_F_COA,           "care-of address" },
    { MIPRO_F_PFAN_AGENT,    "previous foreign agent" },
    { MIPRO_F_PFAN_COA,      "new care-of address" },
    { MIPRO_F_WARN_HOMEADDR, "home address" },
};
/* clang-format on */

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

void
mipro_check_address_implausible(const struct mipro_evidence *ev, struct mipro_breach *b)
{
    const struct mipro_message *m = ev->message;

    for (size_t i = 0; i < COUNT(addr_fields) && addr_fields[i].id < MIPRO_F_MESSAGE_COUNT; i++) {
        enum mipro_field id = addr_fields[i].id;

        if (mipro_has(m, id) && !(id == MIPRO_F_HOMEADDR && may_lack_home(m)))
            judge_addr(b, addr_fields[i].what, (uint32_t)mipro_value(m, id),
                mipro_find_field(m->def->fields, id)->off);
    }
    for (size_t i = 0; i < m->n_targets; i++)
        judge_addr(b, "target", mipro_target(m, i), m->def->fixed_len + 4 * i);
    for (struct mipro_ext e = { 0 }; mipro_rule_next_ext(m, &e);) {
        const struct mipro_field_def *list;
        uint64_t v;

        if (!mipro_is_pfan(&e) && !mipro_is_warning_ext(m, &e))
            continue;
        for (size_t i = 0; i < COUNT(addr_fields); i++)
            if (mipro_ext_value(m, &e, addr_fields[i].id, &v))
                judge_addr(b, addr_fields[i].what, (uint32_t)v,
                    e.off + mipro_find_field(e.def->fields, addr_fields[i].id)->off);
        list = mipro_find_field(e.def->fields, MIPRO_F_WARN_TARGET);
        for (size_t i = 0; i < mipro_ext_addresses(m, &e, MIPRO_F_WARN_TARGET); i++)
            judge_addr(b, "target", mipro_ext_address(m, &e, MIPRO_F_WARN_TARGET, i),
                e.off + list->off + 4 * i);
    }
}

/* ---- keys ---- */

void
mipro_check_key_expired(const struct mipro_evidence *ev, struct mipro_breach *b)
{
    for (size_t i = 0; i < ev->n_auth; i++) {
        const struct mipro_association *s = ev->auth[i].association;
        bool early = s != NULL && ev->time < s->not_before;

        if (ev->auth[i].verdict == MIPRO_EXPIRED && s != NULL)
            add_place(b, ev->auth[i].off, ev->auth[i].len,
                "extension %u fits association \"%s\" outside its validity, which %s %s",
                ev->auth[i].ext, s->name, early ? "begins" : "ended",
                mipro_time_text(early ? s->not_before : s->not_after).s);
    }
}

/* The association whose weak key judged this authenticator, or NULL. */
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
        add_place(b, auth->off, auth->len,
            "the key of association \"%s\" is published as a sample (%s)", s->name,
            mipro_key_publisher(s->key));
    else
        add_place(b, auth->off, auth->len, "the key of association \"%s\" is %s", s->name,
            (s->weak & MIPRO_WEAK_WORD) != 0    ? "in the list of words"
            : (s->weak & MIPRO_WEAK_SHORT) != 0 ? "shorter than 16 octets"
                                                : "one octet all through");
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
