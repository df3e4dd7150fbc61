/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All authenticators of a message: those present, and a missing one that is required. */
#include "auth/claim.h"

static bool
is_auth(const struct mipro_ext *e)
{
    return e->def != NULL && (e->def->auth || e->def->type == MIPRO_EXT_PFAN);
}

/* Octets of a Binding Update before its extensions; not all may have been captured. */
static size_t
update_body_len(const struct mipro_message *m)
{
    return m->def->fixed_len +
           ((mipro_value(m, MIPRO_F_FLAGS) & MIPRO_BU_I) != 0 ? sizeof(uint64_t) : 0);
}

/*
 * Report that no captured extension authenticates this Binding Update: truncated if there is
 * room for one after the end of the capture, else missing.  cut is the extension in which the
 * capture ends, or NULL.
 */
static void
report_absent(
    const struct mipro_message *m, const struct mipro_ext *cut, mipro_auth_fn *fn, void *ctx)
{
    size_t from = m->ext_end;
    struct mipro_auth auth = { .ext = mipro_auth_ext_type(&m->set), .verdict = MIPRO_MISSING };

    if (cut != NULL)
        from = cut->off + mipro_ext_len(cut);
    else if (from < update_body_len(m))
        from = update_body_len(m);
    if (m->err == MIPRO_ERR_CUT && m->len >= from + 2)
        auth.verdict = MIPRO_TRUNCATED;
    auth.off = (uint32_t)from;
    fn(ctx, &auth);
}

void
mipro_auth_each(
    const struct mipro_message *m, const struct mipro_scene *scene, mipro_auth_fn *fn, void *ctx)
{
    bool absent = mipro_is_draft(m) && mipro_message_type(m) == MIPRO_BINDING_UPDATE;
    uint8_t own = mipro_auth_ext_type(&m->set);
    struct mipro_auth auth;
    struct mipro_ext e = { 0 };
    bool cut;

    if (m->err == MIPRO_ERR_NOT_OURS || m->err == MIPRO_ERR_TRUNCATED)
        return;
    while (mipro_ext_next(m, &e)) {
        if (!is_auth(&e))
            continue;
        absent = absent && e.type != own;
        mipro_auth_judge_one(m, &e, scene, &auth);
        fn(ctx, &auth);
    }
    cut = mipro_ext_cut(m, &e);
    if (cut && is_auth(&e)) {
        absent = absent && e.type != own;
        mipro_claim_frame(m, &e, &auth);
        auth.verdict = MIPRO_TRUNCATED;
        fn(ctx, &auth);
    }
    if (absent)
        report_absent(m, cut ? &e : NULL, fn, ctx);
}
