/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a message and its extensions end, and which extensions it has. */
#include "rules/checks.h"

/* Octets of reserved field and home address (6). */
#define WARNING_EXT_FIXED 6u

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
    mipro_add_place(b, 0, m->captured, "%s ends after %u octet%s; its fixed part has %u%s",
        m->def->name, m->len, m->len == 1 ? "" : "s", m->def->fixed_len, also);
}

void
mipro_check_warning_no_target(const struct mipro_evidence *ev, struct mipro_breach *b)
{
    const struct mipro_message *m = ev->message;

    /*
     * A partial first target is reported only as trailing octets.  From draft -11 on, a
     * message without targets refers to its receiver.
     */
    if (mipro_is_type(m, MIPRO_BINDING_WARNING) && m->n_targets == 0 &&
        m->set.draft != MIPRO_DRAFT_11 &&
        (m->err == MIPRO_OK || (m->err == MIPRO_ERR_CUT && m->err_off < m->captured)))
        mipro_add_place(b, 0, m->def->fixed_len, "Binding Warning names no target");
    for (struct mipro_ext e = { 0 }; mipro_rule_next_ext(m, &e);)
        if (mipro_is_warning_ext(m, &e) && e.body_len <= WARNING_EXT_FIXED)
            mipro_add_place(
                b, e.off, mipro_captured_len(m, &e), "Binding Warning extension names no target");
}

void
mipro_check_trailing_octets(const struct mipro_evidence *ev, struct mipro_breach *b)
{
    const struct mipro_message *m = ev->message;

    if (m->err == MIPRO_ERR_TRAILING) {
        size_t n = m->len - m->err_off;

        mipro_add_place(b, m->err_off, n, "%zu octet%s after the last %s", n, n == 1 ? "" : "s",
            m->def->tail == MIPRO_TAIL_TARGETS && m->n_ext == 0 ? "whole target"
            : m->n_ext == 0                                     ? "field"
                                                                : "extension");
    }
    for (struct mipro_ext e = { 0 }; mipro_rule_next_ext(m, &e);) {
        size_t odd = e.body_len > WARNING_EXT_FIXED ? (e.body_len - WARNING_EXT_FIXED) % 4 : 0;

        if (mipro_is_warning_ext(m, &e) && odd != 0)
            mipro_add_place(b, e.off, mipro_captured_len(m, &e),
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
        mipro_add_place(b, m->err_off, m->captured - m->err_off,
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
            mipro_add_place(b, e.off, mipro_captured_len(m, &e),
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
            mipro_add_place(b, e.off, mipro_captured_len(m, &e), "%s extension in a %s",
                e.def->name, m->def->name);
        else if (mipro_is_draft(m) && mipro_is_signature(m, &e) && signatures++ > 0)
            mipro_add_place(b, e.off, mipro_captured_len(m, &e), "%s extension (%u) a second time",
                e.def->name, e.type);
        else if (mipro_is_draft(m) && e.type == MIPRO_EXT_AUTH && !mipro_is_signature(m, &e))
            mipro_add_place(b, e.off, mipro_captured_len(m, &e),
                "extension 35 belongs to draft -08; here extension %u authenticates",
                mipro_auth_ext_type(&m->set));
    }
}
