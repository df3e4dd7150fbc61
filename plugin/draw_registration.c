/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * draw_registration.c - additions to the messages that mip dissects.
 *
 * mip draws Registration Request, Reply and agent advertisement.  If we have something to add,
 * our own tree follows with the additions only.
 */
#include "draw.h"

/* ---- registrations ---- */

/*
 * 0x02 is P in the draft and T, reverse tunneling, in RFC 3024: it is shown, with both meanings,
 * wherever it may be P.
 */
static bool
shows_private(const struct mipro_view *view)
{
    return view->m.def->type == MIPRO_REGISTRATION_REQUEST && mipro_has(&view->m, MIPRO_F_FLAGS) &&
           mipro_set.reading != MIPRO_READING_IANA;
}

static bool
is_ours_in_registration(const struct mipro_view *view, const struct mipro_ext *e)
{
    return e->type == MIPRO_EXT_PFAN || e->type == view->m.set.warning_ext ||
           mipro_find_auth(view, e->off) != NULL;
}

/* The home address in a Binding Warning extension, unless it is the message's own. */
static void
draw_warned_home(struct mipro_view *view, proto_tree *tree, const struct mipro_ext *e)
{
    size_t len;
    const uint8_t *p = mipro_ext_octets(&view->m, e, MIPRO_F_WARN_HOMEADDR, &len);
    uint64_t homeaddr;

    if (p == NULL || !mipro_ext_value(&view->m, e, MIPRO_F_WARN_HOMEADDR, &homeaddr) ||
        homeaddr == mipro_value(&view->m, MIPRO_F_HOMEADDR))
        return;
    proto_item_set_hidden(proto_tree_add_item(tree, hf_mipro[MIPRO_F_HOMEADDR], view->tvb,
        (int)(p - view->m.buf), (int)len, ENC_BIG_ENDIAN));
}

static void
draw_registration_extension(struct mipro_view *view, const struct mipro_ext *e)
{
    const struct mipro_auth *auth = mipro_find_auth(view, e->off);
    size_t end = e->off + mipro_ext_len(e);
    size_t seen = end < view->m.captured ? end : view->m.captured;
    proto_item *item = proto_tree_add_item(
        view->tree, hf_mipro_ext, view->tvb, (int)e->off, (int)(seen - e->off), ENC_NA);
    proto_tree *tree = proto_item_add_subtree(item, ett_mipro_ext);

    proto_item_append_text(item, ": %s", e->def != NULL ? e->def->name : "Unknown");
    mipro_note_place(view, e->off, seen - e->off, item);
    if (e->type == MIPRO_EXT_PFAN || e->type == view->m.set.warning_ext)
        mipro_draw_ext_fields(view, tree, e, MIPRO_F_PFAN_LIFE);
    if (e->type == view->m.set.warning_ext)
        draw_warned_home(view, tree, e);
    if (auth == NULL)
        return;
    proto_item_append_text(item, ", %s", mipro_verdict_text(auth));
    mipro_draw_verdict(view, tree, e, auth);
}

/*
 * mip shows the home address as mip.homeaddr.  We add it under our name too, so that one filter
 * finds all messages about a node.
 */
static void
draw_home(struct mipro_view *view)
{
    const struct mipro_field_def *f = mipro_find_field(view->m.def->fields, MIPRO_F_HOMEADDR);

    if (mipro_has(&view->m, MIPRO_F_HOMEADDR))
        mipro_note_place(view, f->off, f->len,
            proto_tree_add_item(
                view->tree, hf_mipro[f->id], view->tvb, f->off, f->len, ENC_BIG_ENDIAN));
}

/* Is there anything to add to what mip shows? */
static bool
has_news(const struct mipro_view *view)
{
    if (mipro_set.reading != MIPRO_READING_IANA && mipro_has(&view->m, MIPRO_F_HOMEADDR))
        return true;
    if (shows_private(view) || view->n_auth != 0 || mipro_first_finding(view) != NULL ||
        mipro_is_linked(view->record))
        return true;
    for (struct mipro_ext e = { 0 }; mipro_ext_next(&view->m, &e);)
        if (is_ours_in_registration(view, &e))
            return true;
    return false;
}

bool
mipro_draw_registration(struct mipro_view *view, proto_tree *tree)
{
    packet_info *pinfo = view->pinfo;
    const char *verdict = mipro_worst_verdict(view);
    struct mipro_ext e = { 0 };
    uint64_t agent;

    if (mipro_ext_find(&view->m, MIPRO_EXT_PFAN, &e) &&
        mipro_ext_value(&view->m, &e, MIPRO_F_PFAN_AGENT, &agent))
        col_append_fstr(pinfo->cinfo, COL_INFO, ", previous agent %s",
            mipro_addr_text(pinfo->pool, (uint32_t)agent));
    if (verdict != NULL && mipro_has_keys())
        col_append_fstr(pinfo->cinfo, COL_INFO, " [%s]", verdict);
    if (mipro_linked(view->record, MIPRO_COPY_OF) != 0)
        col_append_str(pinfo->cinfo, COL_INFO, " [copy]");
    if (!has_news(view))
        return false;
    if (!mipro_tree_is_wanted(tree)) {
        mipro_draw_item_only(view, tree);
        return true;
    }

    view->top = proto_tree_add_item(tree, proto_mipro, view->tvb, 0, -1, ENC_NA);
    proto_item_append_text(view->top, ", %s", view->m.def->name);
    view->tree = proto_item_add_subtree(view->top, ett_mipro);
    mipro_begin_places(view);
    mipro_explain_reading(view);
    draw_home(view);
    if (shows_private(view)) {
        const struct mipro_field_def *f = mipro_find_field(view->m.def->fields, MIPRO_F_FLAGS);

        mipro_note_place(view, f->off, f->len,
            proto_tree_add_item(view->tree,
                mipro_set.draft == MIPRO_DRAFT_08 ? hf_mipro_rrq_p : hf_mipro_rrq_p_09, view->tvb,
                f->off, f->len, ENC_BIG_ENDIAN));
    }
    memset(&e, 0, sizeof(e));
    while (mipro_ext_next(&view->m, &e))
        if (is_ours_in_registration(view, &e))
            draw_registration_extension(view, &e);
    if (mipro_ext_cut(&view->m, &e) && is_ours_in_registration(view, &e))
        draw_registration_extension(view, &e);
    mipro_draw_links(view);
    mipro_draw_parties(view);
    mipro_show_findings(view);
    return true;
}

/* ---- advertisements ---- */

void
mipro_draw_advert(
    tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const struct mipro_advert *advert)
{
    struct mipro_view view = { 0 };
    int off = (int)advert->off;
    int seen = MIN(2 + advert->ext_len, (int)tvb_captured_length(tvb) - off);

    view.tvb = tvb;
    view.pinfo = pinfo;
    view.top = proto_tree_add_item(tree, proto_mipro, tvb, off, seen, ENC_NA);
    proto_item_append_text(view.top, ", Agent Advertisement%s",
        (advert->flags & MIPRO_ADV_S) != 0 ? ", Smooth Handoff" : "");
    view.tree = proto_item_add_subtree(view.top, ett_mipro);
    for (const struct mipro_field_def *f = mipro_advert_fields(); f->id != MIPRO_F_END; f++) {
        int at = off + f->off;

        if (f->id == MIPRO_F_ADV_FLAGS)
            proto_tree_add_bitmask(view.tree, tvb, at, hf_mipro[f->id], ett_mipro_adv,
                mipro_advert_flag_fields(), ENC_BIG_ENDIAN);
        else if (f->id == MIPRO_F_ADV_COA)
            mipro_draw_addresses(&view, view.tree, hf_mipro[f->id], (size_t)at, advert->n_coa);
        else if (f->id == MIPRO_F_ADV_LIFE)
            mipro_draw_lifetime(&view, view.tree, hf_mipro[f->id], at);
        else if (f->id == MIPRO_F_ADV_SEQUENCE)
            proto_tree_add_item(view.tree, hf_mipro[f->id], tvb, at, f->len, ENC_BIG_ENDIAN);
    }
}
