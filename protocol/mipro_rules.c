/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mipro_rules.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define BIT(rule) (UINT32_C(1) << (rule))

/* An SPI below is reserved (2). */
#define FIRST_SPI 256u

/* A length below leaves no room for home address and reserved field (6). */
#define WARNING_EXT_FIXED 6u

/*
 * What one rule's function found in one message: the first place goes into the
 * finding, the others are counted.
 */
struct breach {
    struct mipro_finding *finding;
    unsigned places;
};

static void add_place(struct breach *b, size_t off, size_t len, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void
add_place(struct breach *b, size_t off, size_t len, const char *format, ...)
{
    va_list args;

    if (b->places++ > 0)
        return;
    b->finding->off = off;
    b->finding->len = len;
    va_start(args, format);
    vsnprintf(b->finding->text, sizeof(b->finding->text), format, args);
    va_end(args);
}

struct addr_text {
    char s[16];
};

static struct addr_text
addr_text(uint32_t addr)
{
    struct addr_text t;

    snprintf(t.s, sizeof(t.s), "%u.%u.%u.%u", addr >> 24, addr >> 16 & 0xff, addr >> 8 & 0xff,
        addr & 0xff);
    return t;
}

/*
 * Walk the extensions, and behind the whole ones that in which the capture ends:
 * its type is known, and as much of its value as was captured.
 */
static bool
next_ext(const struct mipro_message *m, struct mipro_ext *e)
{
    if (e->hdr_len != 0 && e->off >= m->ext_end)
        return false; /* that was the one that is cut */
    return mipro_ext_next(m, e) || mipro_ext_cut(m, e);
}

static size_t
captured_len(const struct mipro_message *m, const struct mipro_ext *e)
{
    size_t len = mipro_ext_len(e);

    return len < m->captured - e->off ? len : m->captured - e->off;
}

static bool
is_type(const struct mipro_message *m, enum mipro_type type)
{
    return m->def->type == type && m->def->source != MIPRO_SOURCE_IANA;
}

/* Does this extension sign messages 16-19 in the draft that was set? */
static bool
is_signature(const struct mipro_message *m, const struct mipro_ext *e)
{
    return e->type == mipro_auth_ext_type(&m->set) && e->def != NULL && e->def->auth;
}

static bool
is_warning(const struct mipro_message *m, const struct mipro_ext *e)
{
    return e->type == m->set.warning_ext;
}

static bool
is_pfan(const struct mipro_ext *e)
{
    return e->type == MIPRO_EXT_PFAN && e->def != NULL && e->def->type == MIPRO_EXT_PFAN;
}

/* ---- framing ---- */

static void
check_message_truncated(const struct mipro_evidence *ev, struct breach *b)
{
    const struct mipro_message *m = ev->message;
    const char *also = "";

    if (m->err != MIPRO_ERR_TRUNCATED || !mipro_is_draft(m))
        return;
    if (m->len >= m->def->fixed_len)
        also = m->def->tail == MIPRO_TAIL_IDENT_FLAGGED ? ", and 8 of identification as I is set"
                                                        : ", or 16 with an identification";
    add_place(b, 0, m->captured, "%s ends after %zu octet%s; its fixed part has %u%s", m->def->name,
        m->len, m->len == 1 ? "" : "s", m->def->fixed_len, also);
}

static void
check_warning_no_target(const struct mipro_evidence *ev, struct breach *b)
{
    const struct mipro_message *m = ev->message;

    /*
     * Odd octets where the first target should be are trailing octets, and that
     * alone.  From draft -11 on a message without targets means its receiver.
     */
    if (is_type(m, MIPRO_BINDING_WARNING) && m->n_targets == 0 && m->set.draft != MIPRO_DRAFT_11 &&
        (m->err == MIPRO_OK || (m->err == MIPRO_ERR_CUT && m->err_off < m->captured)))
        add_place(b, 0, m->def->fixed_len, "Binding Warning names no target");
    for (struct mipro_ext e = { 0 }; next_ext(m, &e);)
        if (is_warning(m, &e) && e.body_len <= WARNING_EXT_FIXED)
            add_place(b, e.off, captured_len(m, &e), "Binding Warning extension names no target");
}

static void
check_trailing_octets(const struct mipro_evidence *ev, struct breach *b)
{
    const struct mipro_message *m = ev->message;

    if (m->err == MIPRO_ERR_TRAILING) {
        size_t n = m->len - m->err_off;

        add_place(b, m->err_off, n, "%zu octet%s behind the last %s", n, n == 1 ? "" : "s",
            m->def->tail == MIPRO_TAIL_TARGETS && m->n_ext == 0 ? "whole target"
            : m->n_ext == 0                                     ? "field"
                                                                : "extension");
    }
    for (struct mipro_ext e = { 0 }; next_ext(m, &e);) {
        size_t odd = e.body_len > WARNING_EXT_FIXED ? (e.body_len - WARNING_EXT_FIXED) % 4 : 0;

        if (is_warning(m, &e) && odd != 0)
            add_place(b, e.off, captured_len(m, &e),
                "%zu octet%s behind the last whole target of the Binding Warning extension", odd,
                odd == 1 ? "" : "s");
    }
}

static void
check_extension_overrun(const struct mipro_evidence *ev, struct breach *b)
{
    const struct mipro_message *m = ev->message;
    size_t left = m->len - m->err_off;

    if (m->err == MIPRO_ERR_OVERRUN)
        add_place(b, m->err_off, m->captured - m->err_off,
            "extension %u at octet %zu runs past the end: %zu octets are left of the payload",
            m->buf[m->err_off], m->err_off, left);
}

/* ---- which extensions, and where ---- */

static void
check_extension_unknown(const struct mipro_evidence *ev, struct breach *b)
{
    const struct mipro_message *m = ev->message;

    for (struct mipro_ext e = { 0 }; next_ext(m, &e);)
        if (mipro_ext_unknown(m, &e))
            add_place(b, e.off, captured_len(m, &e),
                "extension %u is not known; below 128 the receiver discards the message", e.type);
}

/*
 * From draft -09 on, 36 authenticates messages 16-19, and 35 has no place in any
 * message: it is misplaced wherever it stands, for it is known what it is.
 */
static void
check_extension_misplaced(const struct mipro_evidence *ev, struct breach *b)
{
    const struct mipro_message *m = ev->message;
    unsigned signatures = 0;

    for (struct mipro_ext e = { 0 }; next_ext(m, &e);) {
        if (e.def == NULL || mipro_ext_unknown(m, &e))
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

static void
check_update_no_auth(const struct mipro_evidence *ev, struct breach *b)
{
    const struct mipro_message *m = ev->message;
    uint8_t type = mipro_auth_ext_type(&m->set);
    struct mipro_ext e;

    if (!is_type(m, MIPRO_BINDING_UPDATE) || mipro_ext_find(m, type, &e))
        return;
    /* It may lie in what was not captured, or be what overran: one fault, one finding. */
    if (m->err == MIPRO_OK || (m->err == MIPRO_ERR_TRAILING && m->buf[m->err_off] != type))
        add_place(b, 0, m->def->fixed_len, "Binding Update without extension %u", type);
}

/*
 * What follows the last signature is not protected.  What lies between two is, by
 * the second; that there are two is another rule's.
 */
static void
check_auth_not_last(const struct mipro_evidence *ev, struct breach *b)
{
    const struct mipro_message *m = ev->message;
    size_t end = SIZE_MAX;

    if (!mipro_is_draft(m) || m->err == MIPRO_ERR_CUT)
        return; /* one more may lie in what was not captured */
    for (struct mipro_ext e = { 0 }; mipro_ext_next(m, &e);)
        if (is_signature(m, &e))
            end = e.off + mipro_ext_len(&e);
    for (struct mipro_ext e = { 0 }; mipro_ext_next(m, &e);)
        if (e.off >= end)
            add_place(b, e.off, mipro_ext_len(&e),
                "extension %u follows extension %u and is not protected", e.type,
                mipro_auth_ext_type(&m->set));
}

/* Of extension 35 everywhere; of the 36 that plays its part only where it does. */
static bool
is_signature_of(const struct mipro_message *m, const struct mipro_auth *auth)
{
    return auth->ext == mipro_auth_ext_type(&m->set) &&
           (auth->ext == MIPRO_EXT_AUTH || mipro_is_draft(m));
}

static void
check_auth_length(const struct mipro_evidence *ev, struct breach *b)
{
    const struct mipro_message *m = ev->message;

    for (size_t i = 0; i < ev->n_auth; i++) {
        const struct mipro_auth *a = &ev->auth[i];
        size_t body = a->len - (a->ext == MIPRO_EXT_GENERALIZED ? 4 : 2);

        if (!a->size_wrong || !is_signature_of(m, a))
            continue;
        if (body < 4)
            add_place(
                b, a->off, a->len, "extension %u has length %zu: no room for an SPI", a->ext, body);
        else if (body == 4)
            add_place(b, a->off, a->len, "extension %u has length 4: no room for an authenticator",
                a->ext);
        else
            add_place(b, a->off, a->len,
                "authenticator of %zu octets in extension %u; the algorithm makes %d", body - 4,
                a->ext, MIPRO_AUTH_LEN);
    }
}

static void
check_spi_reserved(const struct mipro_evidence *ev, struct breach *b)
{
    const struct mipro_message *m = ev->message;

    for (size_t i = 0; i < ev->n_auth; i++) {
        const struct mipro_auth *a = &ev->auth[i];
        const struct mipro_ext_def *def = mipro_ext_def(a->ext, &m->set);
        const struct mipro_field_def *f = NULL;

        if (!a->has_spi || a->spi >= FIRST_SPI || def == NULL)
            continue;
        f = mipro_find_field(def->fields, def->auth ? MIPRO_F_SPI : MIPRO_F_PFAN_SPI);
        if (f != NULL)
            add_place(b, a->off + f->off, f->len, "SPI %u in extension %u is reserved (0-255)",
                a->spi, a->ext);
    }
}

/* ---- fields ---- */

static void
check_reserved_nonzero(const struct mipro_evidence *ev, struct breach *b)
{
    const struct mipro_message *m = ev->message;
    const struct mipro_field_def *f;
    uint64_t v;

    if (is_type(m, MIPRO_BINDING_UPDATE)) {
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
    for (struct mipro_ext e = { 0 }; next_ext(m, &e);)
        if (is_warning(m, &e) && mipro_ext_value(m, &e, MIPRO_F_WARN_RESERVED, &v) && v != 0) {
            f = mipro_find_field(e.def->fields, MIPRO_F_WARN_RESERVED);
            add_place(b, e.off + f->off, f->len,
                "reserved field of the Binding Warning extension is 0x%04x", (unsigned)v);
        }
}

static void
check_status_unassigned(const struct mipro_evidence *ev, struct breach *b)
{
    const struct mipro_message *m = ev->message;
    uint8_t status = (uint8_t)mipro_value(m, MIPRO_F_STATUS);
    const struct mipro_field_def *f = mipro_find_field(m->def->fields, MIPRO_F_STATUS);

    if (f != NULL && mipro_has(m, MIPRO_F_STATUS) && mipro_status_name(status) == NULL)
        add_place(b, f->off, f->len, "status %u is not assigned", status);
}

static void
check_pfan_length(const struct mipro_evidence *ev, struct breach *b)
{
    const struct mipro_message *m = ev->message;

    for (struct mipro_ext e = { 0 }; next_ext(m, &e);)
        if (is_pfan(&e) && e.body_len < e.def->min_len)
            add_place(b, e.off, captured_len(m, &e),
                "Previous Foreign Agent Notification of length %zu has no %s", e.body_len,
                e.body_len + 1 < e.def->min_len ? "room for its fields" : "authenticator");
}

static void
check_pfan_care_of(const struct mipro_evidence *ev, struct breach *b)
{
    const struct mipro_message *m = ev->message;
    uint64_t coa;

    if (!is_type(m, MIPRO_REGISTRATION_REQUEST) || m->err == MIPRO_ERR_TRUNCATED)
        return;
    for (struct mipro_ext e = { 0 }; next_ext(m, &e);)
        if (is_pfan(&e) && mipro_ext_value(m, &e, MIPRO_F_PFAN_COA, &coa) &&
            coa != mipro_value(m, MIPRO_F_COA) && coa != mipro_value(m, MIPRO_F_HOMEADDR)) {
            const struct mipro_field_def *f = mipro_find_field(e.def->fields, MIPRO_F_PFAN_COA);

            add_place(b, e.off + f->off, f->len,
                "new care-of address %s is neither the registration's %s nor the home address %s",
                addr_text((uint32_t)coa).s, addr_text((uint32_t)mipro_value(m, MIPRO_F_COA)).s,
                addr_text((uint32_t)mipro_value(m, MIPRO_F_HOMEADDR)).s);
        }
}

/* One of the two signs of a deletion without the other (ruling: both mean it). */
static bool
is_half_deletion(const struct mipro_message *m)
{
    return is_type(m, MIPRO_BINDING_UPDATE) && mipro_has(m, MIPRO_F_COA) &&
           (mipro_value(m, MIPRO_F_LIFE) == 0) !=
               (mipro_value(m, MIPRO_F_COA) == mipro_value(m, MIPRO_F_HOMEADDR));
}

static void
check_delete_half(const struct mipro_evidence *ev, struct breach *b)
{
    const struct mipro_message *m = ev->message;
    unsigned life = (unsigned)mipro_value(m, MIPRO_F_LIFE);
    enum mipro_field odd = life == 0 ? MIPRO_F_LIFE : MIPRO_F_COA;
    const struct mipro_field_def *f = mipro_find_field(m->def->fields, odd);

    if (!is_half_deletion(m))
        return;
    if (life == 0)
        add_place(b, f->off, f->len, "lifetime 0 deletes, but the care-of address is %s",
            addr_text((uint32_t)mipro_value(m, MIPRO_F_COA)).s);
    else if (life == MIPRO_LIFE_INFINITE)
        add_place(
            b, f->off, f->len, "care-of = home address deletes, but the lifetime is infinite");
    else
        add_place(
            b, f->off, f->len, "care-of = home address deletes, but the lifetime is %u s", life);
}

static void
check_private_half(const struct mipro_evidence *ev, struct breach *b)
{
    const struct mipro_message *m = ev->message;

    if (!is_type(m, MIPRO_REGISTRATION_REQUEST) ||
        (mipro_value(m, MIPRO_F_FLAGS) & mipro_private_bit(&m->set)) == 0)
        return;
    for (struct mipro_ext e = { 0 }; next_ext(m, &e);)
        if (is_warning(m, &e))
            add_place(b, e.off, captured_len(m, &e),
                "P is set: the targets of the Binding Warning extension can only be told to "
                "delete");
}

static void
check_port(const struct mipro_evidence *ev, struct breach *b)
{
    if (ev->sport != MIPRO_PORT && ev->dport != MIPRO_PORT)
        add_place(b, 0, 0, "neither port is %d: %u to %u", MIPRO_PORT, ev->sport, ev->dport);
}

/* NULL if nothing speaks against it.  A subnet's broadcast address cannot be told. */
static const char *
why_implausible(uint32_t addr)
{
    if (addr == 0)
        return "unspecified";
    if (addr >> 24 == 127)
        return "loopback";
    if (addr >> 28 == 0xe)
        return "multicast";
    if (addr == UINT32_MAX)
        return "broadcast";
    return NULL;
}

static void
judge_addr(struct breach *b, const char *what, uint32_t addr, size_t off)
{
    const char *why = why_implausible(addr);

    if (why != NULL)
        add_place(b, off, 4, "%s %s is %s", what, addr_text(addr).s, why);
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

static void
check_address_implausible(const struct mipro_evidence *ev, struct breach *b)
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
    for (struct mipro_ext e = { 0 }; next_ext(m, &e);) {
        const struct mipro_field_def *list;
        uint64_t v;

        if (!is_pfan(&e) && !is_warning(m, &e))
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

static void
check_key_expired(const struct mipro_evidence *ev, struct breach *b)
{
    for (size_t i = 0; i < ev->n_auth; i++)
        if (ev->auth[i].verdict == MIPRO_EXPIRED && ev->auth[i].association != NULL)
            add_place(b, ev->auth[i].off, ev->auth[i].len,
                "extension %u fits association \"%.100s\" outside its validity", ev->auth[i].ext,
                ev->auth[i].association->name);
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

static void
check_key_weak(const struct mipro_evidence *ev, struct breach *b)
{
    for (size_t i = 0; i < ev->n_auth; i++) {
        const struct mipro_association *s = weak_association(&ev->auth[i]);

        if (s != NULL)
            add_place(b, ev->auth[i].off, ev->auth[i].len,
                "the key of association \"%.100s\" is %s", s->name,
                (s->weak & MIPRO_WEAK_WORD) != 0    ? "in the list of words"
                : (s->weak & MIPRO_WEAK_SHORT) != 0 ? "shorter than 16 octets"
                                                    : "one octet all through");
    }
}

const struct mipro_association *
mipro_weak_association(const struct mipro_evidence *ev, size_t i)
{
    for (size_t k = 0; k < ev->n_auth; k++) {
        const struct mipro_association *s = weak_association(&ev->auth[k]);

        if (s != NULL && i-- == 0)
            return s;
    }
    return NULL;
}

/* ---- the table ---- */

typedef void check_fn(const struct mipro_evidence *ev, struct breach *b);

/* clang-format off */
static const struct {
    struct mipro_rule_def def;
    check_fn *check; /* NULL: over several messages, see mipro_conduct.c */
} rules[MIPRO_RULES] = {
[MIPRO_RULE_MESSAGE_TRUNCATED] = {
    { "message-truncated", MIPRO_ERROR, "4.1–4.4",
      "A message has all of its fixed part." }, check_message_truncated },
[MIPRO_RULE_WARNING_NO_TARGET] = {
    { "warning-no-target", MIPRO_ERROR, "4.1, 6",
      "A Binding Warning, message or extension, names at least one target." }, check_warning_no_target },
[MIPRO_RULE_TRAILING_OCTETS] = {
    { "trailing-octets", MIPRO_ERROR, "4, RFC 2002 1.9",
      "A message ends with its last field, target or extension." }, check_trailing_octets },
[MIPRO_RULE_EXTENSION_OVERRUN] = {
    { "extension-overrun", MIPRO_ERROR, "RFC 2002 1.9",
      "An extension ends within the payload." }, check_extension_overrun },
[MIPRO_RULE_EXTENSION_UNKNOWN] = {
    { "extension-unknown", MIPRO_ERROR, "RFC 2002 1.9",
      "An extension of type 0-127 is known to the receiver, who else discards the message." }, check_extension_unknown },
[MIPRO_RULE_EXTENSION_MISPLACED] = {
    { "extension-misplaced", MIPRO_WARNING, "4.5, 5.1, 6",
      "Extensions 96 and Binding Warning ride on Registration Requests only, 35 on messages 16-19 only, and once." }, check_extension_misplaced },
[MIPRO_RULE_UPDATE_NO_AUTH] = {
    { "update-no-auth", MIPRO_ERROR, "4.5",
      "A Binding Update bears extension 35." }, check_update_no_auth },
[MIPRO_RULE_AUTH_NOT_LAST] = {
    { "auth-not-last", MIPRO_WARNING, "4.5",
      "No extension follows extension 35, which would not protect it." }, check_auth_not_last },
[MIPRO_RULE_AUTH_LENGTH] = {
    { "auth-length", MIPRO_ERROR, "4.5",
      "Extension 35 has room for an SPI and an authenticator of the algorithm's size." }, check_auth_length },
[MIPRO_RULE_SPI_RESERVED] = {
    { "spi-reserved", MIPRO_ERROR, "2",
      "An SPI is 256 or more." }, check_spi_reserved },
[MIPRO_RULE_RESERVED_NONZERO] = {
    { "reserved-nonzero", MIPRO_WARNING, "4.1–4.4, 6",
      "Reserved fields and bits are sent as 0." }, check_reserved_nonzero },
[MIPRO_RULE_STATUS_UNASSIGNED] = {
    { "status-unassigned", MIPRO_WARNING, "4.4",
      "The status of a Binding Acknowledge is one that the draft lists." }, check_status_unassigned },
[MIPRO_RULE_PFAN_LENGTH] = {
    { "pfan-length", MIPRO_ERROR, "5.1",
      "A Previous Foreign Agent Notification has all its fields and an authenticator." }, check_pfan_length },
[MIPRO_RULE_PFAN_CARE_OF] = {
    { "pfan-care-of", MIPRO_WARNING, "5.1",
      "The new care-of address is the one being registered, or the home address." }, check_pfan_care_of },
[MIPRO_RULE_DELETE_HALF] = {
    { "delete-half", MIPRO_NOTE, "4.3",
      "A deletion has both signs, lifetime 0 and the home address as care-of address." }, check_delete_half },
[MIPRO_RULE_PRIVATE_HALF] = {
    { "private-half", MIPRO_NOTE, "4.6, 6",
      "A private mobile node names no targets, which could only be told to delete." }, check_private_half },
[MIPRO_RULE_PORT] = {
    { "port", MIPRO_NOTE, "4",
      "One of the UDP ports is 434." }, check_port },
[MIPRO_RULE_ADDRESS_IMPLAUSIBLE] = {
    { "address-implausible", MIPRO_NOTE, "RFC 2002",
      "Home, care-of and target addresses are those of one node." }, check_address_implausible },
[MIPRO_RULE_KEY_EXPIRED] = {
    { "key-expired", MIPRO_NOTE, "RFC 2002 5.1",
      "An association is used within its validity." }, check_key_expired },
[MIPRO_RULE_KEY_WEAK] = {
    { "key-weak", MIPRO_WARNING, "RFC 2002 5.1, RFC 5944 5.1",
      "A key has 16 octets or more, not all alike, and is no word that can be guessed." }, check_key_weak },

[MIPRO_RULE_FORGED_ACCEPTED] = {
    { "forged-accepted", MIPRO_ERROR, "4.3",
      "A Binding Update whose authenticator is bad is not acknowledged with status 0." }, NULL },
[MIPRO_RULE_GENUINE_REFUSED] = {
    { "genuine-refused", MIPRO_WARNING, "4.4",
      "A Binding Update whose authenticator is good is not answered with status 131." }, NULL },
[MIPRO_RULE_UPDATE_UNACKNOWLEDGED] = {
    { "update-unacknowledged", MIPRO_WARNING, "4.4",
      "A Binding Update with A is acknowledged within the time limit." }, NULL },
[MIPRO_RULE_ACKNOWLEDGE_UNSOLICITED] = {
    { "acknowledge-unsolicited", MIPRO_WARNING, "4.4",
      "A Binding Acknowledge answers a Binding Update with A." }, NULL },
[MIPRO_RULE_ACKNOWLEDGE_MISMATCH] = {
    { "acknowledge-mismatch", MIPRO_ERROR, "4.4",
      "A Binding Acknowledge copies home address and identification from the Binding Update." }, NULL },
[MIPRO_RULE_REQUEST_UNANSWERED] = {
    { "request-unanswered", MIPRO_WARNING, "4.2",
      "A Binding Request is answered by a Binding Update." }, NULL },
[MIPRO_RULE_ANSWER_MISMATCH] = {
    { "answer-mismatch", MIPRO_ERROR, "4.3",
      "A Binding Update bears the identification of the Binding Request that it answers." }, NULL },
[MIPRO_RULE_WARNING_UNANSWERED] = {
    { "warning-unanswered", MIPRO_NOTE, "4.1",
      "Each target of a Binding Warning is sent a Binding Update." }, NULL },
[MIPRO_RULE_REPLAY] = {
    { "replay", MIPRO_ERROR, "4.2, 4.3, RFC 2002 5.6",
      "Where the association has a replay method, identifications are new and go forward." }, NULL },
[MIPRO_RULE_NONCE_CHAIN] = {
    { "nonce-chain", MIPRO_ERROR, "4.3",
      "With nonces, the low half of an identification is the high half of the one before." }, NULL },
[MIPRO_RULE_PRIVACY] = {
    { "privacy", MIPRO_ERROR, "4.2, 4.6",
      "The binding of a mobile node whose registration had P is not disclosed." }, NULL },
[MIPRO_RULE_RATE_UPDATES] = {
    { "rate-updates", MIPRO_ERROR, "7.1",
      "Binding Updates to one node about one binding are limited in rate." }, NULL },
[MIPRO_RULE_RATE_WARNINGS] = {
    { "rate-warnings", MIPRO_ERROR, "8.3",
      "Binding Warnings to one node about one binding are limited in rate." }, NULL },
[MIPRO_RULE_LIFETIME_EXCEEDS] = {
    { "lifetime-exceeds", MIPRO_WARNING, "4.3",
      "A Binding Update does not outlive the registration that it reports." }, NULL },
[MIPRO_RULE_HANDOFF_NO_UPDATE] = {
    { "handoff-no-update", MIPRO_WARNING, "8.1",
      "A granted registration with extension 96 brings a Binding Update to the previous foreign agent." }, NULL },
[MIPRO_RULE_HANDOFF_NO_A] = {
    { "handoff-no-a", MIPRO_ERROR, "8.1",
      "The Binding Update made of an extension 96 has A set." }, NULL },
[MIPRO_RULE_HANDOFF_ALTERED] = {
    { "handoff-altered", MIPRO_ERROR, "5.1",
      "That Binding Update has the lifetime, care-of address, SPI and authenticator of the extension 96." }, NULL },
[MIPRO_RULE_HANDOFF_ADVERTISED] = {
    { "handoff-advertised", MIPRO_NOTE, "5.2",
      "A smooth handoff is asked of a foreign agent that advertises S." }, NULL },
[MIPRO_RULE_STALE_FORWARDING] = {
    { "stale-forwarding", MIPRO_NOTE, "3.1",
      "A node that was told of a new care-of address tunnels no more to the old one." }, NULL },
};
/* clang-format on */

const char *
mipro_severity_name(enum mipro_severity severity)
{
    static const char *const names[] = { "note", "warning", "error" };

    return names[severity];
}

const struct mipro_rule_def *
mipro_rule_def(enum mipro_rule rule)
{
    return &rules[rule].def;
}

enum mipro_rule
mipro_rule_by_id(const char *id)
{
    size_t i = 0;

    while (i < MIPRO_RULES && strcmp(rules[i].def.id, id) != 0)
        i++;
    return (enum mipro_rule)i;
}

/* ---- the short cut ---- */

/*
 * Ten million messages break nothing: one look at each says which rules deserve
 * their function.  What is noticed need not be broken; what is broken must be
 * noticed (mipro_rules_check_each() is there to prove it).
 */
static uint32_t
notice_extensions(const struct mipro_message *m)
{
    uint8_t signature = mipro_auth_ext_type(&m->set);
    uint32_t noticed = 0;
    bool is_signed = false;

    for (struct mipro_ext e = { 0 }; next_ext(m, &e);) {
        if (is_signed)
            noticed |= BIT(MIPRO_RULE_AUTH_NOT_LAST) | BIT(MIPRO_RULE_EXTENSION_MISPLACED);
        if (e.type == signature)
            is_signed = true;
        else if (e.type == MIPRO_EXT_AUTH)
            noticed |= BIT(MIPRO_RULE_EXTENSION_MISPLACED);
        if (e.def == NULL || (e.def->in & m->def->in) == 0)
            noticed |= BIT(MIPRO_RULE_EXTENSION_UNKNOWN) | BIT(MIPRO_RULE_EXTENSION_MISPLACED);
        if (is_pfan(&e))
            noticed |= BIT(MIPRO_RULE_PFAN_LENGTH) | BIT(MIPRO_RULE_PFAN_CARE_OF) |
                       BIT(MIPRO_RULE_ADDRESS_IMPLAUSIBLE);
        if (is_warning(m, &e))
            noticed |= BIT(MIPRO_RULE_WARNING_NO_TARGET) | BIT(MIPRO_RULE_TRAILING_OCTETS) |
                       BIT(MIPRO_RULE_RESERVED_NONZERO) | BIT(MIPRO_RULE_PRIVATE_HALF) |
                       BIT(MIPRO_RULE_ADDRESS_IMPLAUSIBLE);
    }
    if (!is_signed && is_type(m, MIPRO_BINDING_UPDATE))
        noticed |= BIT(MIPRO_RULE_UPDATE_NO_AUTH);
    return noticed;
}

static uint32_t
notice_fields(const struct mipro_message *m)
{
    uint32_t noticed = 0;

    switch (m->def->type) {
    case MIPRO_BINDING_WARNING:
        if (m->n_targets == 0)
            noticed |= BIT(MIPRO_RULE_WARNING_NO_TARGET);
        for (size_t i = 0; i < m->n_targets; i++)
            if (why_implausible(mipro_target(m, i)) != NULL)
                noticed |= BIT(MIPRO_RULE_ADDRESS_IMPLAUSIBLE);
        break;
    case MIPRO_BINDING_UPDATE:
        if ((mipro_value(m, MIPRO_F_FLAGS) & MIPRO_BU_RESERVED) != 0)
            noticed |= BIT(MIPRO_RULE_RESERVED_NONZERO);
        if (is_half_deletion(m))
            noticed |= BIT(MIPRO_RULE_DELETE_HALF);
        break;
    case MIPRO_BINDING_ACKNOWLEDGE:
        if (mipro_value(m, MIPRO_F_STATUS) != 0)
            noticed |= BIT(MIPRO_RULE_STATUS_UNASSIGNED);
        break;
    default:
        break;
    }
    if (mipro_value(m, MIPRO_F_RESERVED) != 0)
        noticed |= BIT(MIPRO_RULE_RESERVED_NONZERO);
    if (why_implausible((uint32_t)mipro_value(m, MIPRO_F_HOMEADDR)) != NULL ||
        (mipro_has(m, MIPRO_F_COA) &&
            why_implausible((uint32_t)mipro_value(m, MIPRO_F_COA)) != NULL))
        noticed |= BIT(MIPRO_RULE_ADDRESS_IMPLAUSIBLE);
    return noticed;
}

static uint32_t
notice_authenticators(const struct mipro_evidence *ev)
{
    uint32_t noticed = 0;

    for (size_t i = 0; i < ev->n_auth; i++) {
        const struct mipro_auth *a = &ev->auth[i];

        if (a->size_wrong)
            noticed |= BIT(MIPRO_RULE_AUTH_LENGTH);
        if (a->has_spi && a->spi < FIRST_SPI)
            noticed |= BIT(MIPRO_RULE_SPI_RESERVED);
        if (a->verdict == MIPRO_EXPIRED)
            noticed |= BIT(MIPRO_RULE_KEY_EXPIRED);
        if (a->association != NULL && a->association->weak != 0)
            noticed |= BIT(MIPRO_RULE_KEY_WEAK);
    }
    return noticed;
}

static uint32_t
notice(const struct mipro_evidence *ev)
{
    const struct mipro_message *m = ev->message;
    uint32_t noticed = 0;

    if (m->err == MIPRO_ERR_TRAILING)
        noticed |= BIT(MIPRO_RULE_TRAILING_OCTETS);
    if (m->err == MIPRO_ERR_OVERRUN)
        noticed |= BIT(MIPRO_RULE_EXTENSION_OVERRUN);
    if (ev->sport != MIPRO_PORT && ev->dport != MIPRO_PORT)
        noticed |= BIT(MIPRO_RULE_PORT);
    return noticed | notice_extensions(m) | notice_fields(m) | notice_authenticators(ev);
}

/* The rules that apply at all: bits. */
static uint32_t
applicable(const struct mipro_message *m)
{
    if (m->def == NULL || m->def->source == MIPRO_SOURCE_IANA)
        return 0; /* not this draft's: it cannot break it */
    if (m->err == MIPRO_ERR_TRUNCATED)
        return BIT(MIPRO_RULE_MESSAGE_TRUNCATED);
    return BIT(MIPRO_RULES_ON_ONE) - 1;
}

static size_t
check_these(
    const struct mipro_evidence *ev, uint32_t these, struct mipro_finding out[MIPRO_RULES_ON_ONE])
{
    size_t n = 0;

    for (unsigned rule = 0; these >> rule != 0; rule++) {
        struct mipro_finding *f = &out[n];
        struct breach b = { f, 0 };

        if ((these >> rule & 1) == 0)
            continue;
        rules[rule].check(ev, &b);
        if (b.places == 0)
            continue;
        if (b.places > 1) {
            size_t used = strlen(f->text);

            snprintf(f->text + used, sizeof(f->text) - used, ", and %u more", b.places - 1);
        }
        f->rule = (enum mipro_rule)rule;
        f->frame = ev->frame;
        f->time = ev->time;
        f->src = ev->src;
        f->dst = ev->dst;
        f->message = ev->message->def->type;
        f->n_related = 0;
        n++;
    }
    return n;
}

size_t
mipro_rules_check(const struct mipro_evidence *ev, struct mipro_finding out[MIPRO_RULES_ON_ONE])
{
    uint32_t these = applicable(ev->message);

    if (these == BIT(MIPRO_RULES_ON_ONE) - 1)
        these = notice(ev);
    return these != 0 ? check_these(ev, these, out) : 0;
}

size_t
mipro_rules_check_each(
    const struct mipro_evidence *ev, struct mipro_finding out[MIPRO_RULES_ON_ONE])
{
    return check_these(ev, applicable(ev->message), out);
}
