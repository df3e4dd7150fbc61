/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * checks.h - the functions of the rules on one message.
 *
 * Private to this folder: each row of the table in rules.c names one of them.
 *
 *   rules.c          the table, and the calls of the selected functions
 *   notice.c         the fast path, which selects functions
 *   check_framing.c  where the message and its extensions end, and which extensions it has
 *   check_auth.c     its authentication, SPIs and keys
 *   check_fields.c   the values of its fields
 */
#ifndef MIPRO_RULE_CHECKS_H
#define MIPRO_RULE_CHECKS_H

#include "mipro_rules.h"

/*
 * What one rule's function found in one message: the finding describes the first place, the
 * others are counted.
 */
struct mipro_breach {
    struct mipro_finding *finding;
    unsigned places;
};

/* Add one place; only the first one is described. */
void mipro_add_place(struct mipro_breach *b, size_t off, size_t len, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Add the places where this message breaks the rule to b, which is empty at first. */
typedef void mipro_check_fn(const struct mipro_evidence *ev, struct mipro_breach *b);

mipro_check_fn mipro_check_message_truncated;
mipro_check_fn mipro_check_warning_no_target;
mipro_check_fn mipro_check_trailing_octets;
mipro_check_fn mipro_check_extension_overrun;
mipro_check_fn mipro_check_extension_unknown;
mipro_check_fn mipro_check_extension_misplaced;
mipro_check_fn mipro_check_update_no_auth;
mipro_check_fn mipro_check_auth_not_last;
mipro_check_fn mipro_check_auth_length;
mipro_check_fn mipro_check_spi_reserved;
mipro_check_fn mipro_check_reserved_nonzero;
mipro_check_fn mipro_check_status_unassigned;
mipro_check_fn mipro_check_pfan_length;
mipro_check_fn mipro_check_pfan_care_of;
mipro_check_fn mipro_check_delete_half;
mipro_check_fn mipro_check_private_half;
mipro_check_fn mipro_check_port;
mipro_check_fn mipro_check_address_implausible;
mipro_check_fn mipro_check_key_expired;
mipro_check_fn mipro_check_registration_no_auth;
mipro_check_fn mipro_check_key_weak;

/*
 * Call the functions of the rules in these, one bit each.  Returns the number of findings; the
 * caller clears each.
 */
size_t mipro_rules_check_these(
    const struct mipro_evidence *ev, uint32_t these, struct mipro_finding out[MIPRO_RULES_ON_ONE]);

/* Shared by these functions and the fast path. */

static inline bool
mipro_is_registration(const struct mipro_message *m)
{
    return m->def != NULL && (m->def->in & MIPRO_IN_REGISTRATION) != 0;
}

/*
 * Walk the extensions: the whole ones, then the one that the capture cut short, whose type and
 * part of the value are known.
 */
static inline bool
mipro_rule_next_ext(const struct mipro_message *m, struct mipro_ext *e)
{
    if (e->hdr_len != 0 && e->off >= m->ext_end)
        return false; /* that was the cut one */
    return mipro_ext_next(m, e) || mipro_ext_cut(m, e);
}

static inline bool
mipro_is_type(const struct mipro_message *m, enum mipro_type type)
{
    return m->def->type == type && m->def->source != MIPRO_SOURCE_IANA;
}

static inline bool
mipro_is_warning_ext(const struct mipro_message *m, const struct mipro_ext *e)
{
    return e->type == m->set.warning_ext;
}

static inline bool
mipro_is_pfan(const struct mipro_ext *e)
{
    return e->type == MIPRO_EXT_PFAN && e->def != NULL && e->def->type == MIPRO_EXT_PFAN;
}

/* The octets of an extension that were captured. */
static inline size_t
mipro_captured_len(const struct mipro_message *m, const struct mipro_ext *e)
{
    size_t len = mipro_ext_len(e);

    return len < m->captured - e->off ? len : m->captured - e->off;
}

/* Does this extension authenticate messages 16-19 in the selected draft? */
static inline bool
mipro_is_signature(const struct mipro_message *m, const struct mipro_ext *e)
{
    return e->type == mipro_auth_ext_type(&m->set) && e->def != NULL && e->def->auth;
}

/* Has the message only one of the two marks of a deletion?  (4.3: either alone suffices.) */
static inline bool
mipro_is_half_deletion(const struct mipro_message *m)
{
    return mipro_is_type(m, MIPRO_BINDING_UPDATE) && mipro_has(m, MIPRO_F_COA) &&
           (mipro_value(m, MIPRO_F_LIFE) == 0) !=
               (mipro_value(m, MIPRO_F_COA) == mipro_value(m, MIPRO_F_HOMEADDR));
}

/* NULL if the address is plausible.  A subnet's broadcast address cannot be recognized. */
static inline const char *
mipro_why_implausible(uint32_t addr)
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

#endif
