/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The values of fields: reserved bits, lifetimes, addresses, ports. */
#include "rules/checks.h"

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
            mipro_add_place(
                b, f->off, f->len, "reserved bits of the flags are 0x%02x", (unsigned)v);
    } else if (mipro_is_draft(m)) {
        v = mipro_value(m, MIPRO_F_RESERVED);
        f = mipro_find_field(m->def->fields, MIPRO_F_RESERVED);
        if (v != 0)
            mipro_add_place(b, f->off, f->len, "reserved field is 0x%0*x", 2 * f->len, (unsigned)v);
    }
    for (struct mipro_ext e = { 0 }; mipro_rule_next_ext(m, &e);)
        if (mipro_is_warning_ext(m, &e) && mipro_ext_value(m, &e, MIPRO_F_WARN_RESERVED, &v) &&
            v != 0) {
            f = mipro_find_field(e.def->fields, MIPRO_F_WARN_RESERVED);
            mipro_add_place(b, e.off + f->off, f->len,
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
        mipro_add_place(b, f->off, f->len, "status %u is not assigned", status);
}

void
mipro_check_pfan_length(const struct mipro_evidence *ev, struct mipro_breach *b)
{
    const struct mipro_message *m = ev->message;

    for (struct mipro_ext e = { 0 }; mipro_rule_next_ext(m, &e);)
        if (mipro_is_pfan(&e) && e.body_len < e.def->min_len)
            mipro_add_place(b, e.off, mipro_captured_len(m, &e),
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

            mipro_add_place(b, e.off + f->off, f->len,
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
        mipro_add_place(b, f->off, f->len, "lifetime 0 deletes, but the care-of address is %s",
            mipro_dotted((uint32_t)mipro_value(m, MIPRO_F_COA)).s);
    else if (life == MIPRO_LIFE_INFINITE)
        mipro_add_place(
            b, f->off, f->len, "care-of = home address deletes, but the lifetime is infinite");
    else
        mipro_add_place(
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
            mipro_add_place(b, e.off, mipro_captured_len(m, &e),
                "P is set: the targets of the Binding Warning extension can only be told to "
                "delete");
}

void
mipro_check_port(const struct mipro_evidence *ev, struct mipro_breach *b)
{
    if (ev->sport != MIPRO_PORT && ev->dport != MIPRO_PORT)
        mipro_add_place(b, 0, 0, "neither port is %d: %u to %u", MIPRO_PORT, ev->sport, ev->dport);
}

static void
judge_addr(struct mipro_breach *b, const char *what, uint32_t addr, size_t off)
{
    const char *why = mipro_why_implausible(addr);

    if (why != NULL)
        mipro_add_place(b, off, 4, "%s %s is %s", what, mipro_dotted(addr).s, why);
}

/*
 * A mobile node that identifies itself by its NAI may have no home address yet (RFC 2794).
 * If the extensions were not captured whole, the NAI may be missing from the capture.
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
