/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * draw.c - show a message as a tree, and as a line of the Info column.
 *
 * Fields are drawn by walking the field lists of mipro_wire.h.  Nothing here reads past what
 * mipro_message_parse() framed: if the framing is malformed or cut, we access the first missing
 * octet, so that epan itself decides whether the packet is malformed or was not captured whole.
 */
#include "draw.h"

/* ---- fields ---- */

const char *
mipro_addr_text(wmem_allocator_t *pool, uint32_t addr)
{
    return wmem_strdup_printf(
        pool, "%u.%u.%u.%u", addr >> 24, addr >> 16 & 0xff, addr >> 8 & 0xff, addr & 0xff);
}

static const char *
text_of(const struct mipro_view *view, enum mipro_field id)
{
    return mipro_has(&view->m, id)
               ? mipro_addr_text(view->pinfo->pool, (uint32_t)mipro_value(&view->m, id))
               : "?";
}

static void
draw_ident(struct mipro_view *view, proto_item *item, int off)
{
    proto_tree *tree = proto_item_add_subtree(item, ett_mipro_ident);

    proto_tree_add_item(
        tree, hf_mipro_ident_time, view->tvb, off, 8, ENC_TIME_NTP | ENC_BIG_ENDIAN);
    proto_tree_add_item(tree, hf_mipro_ident_next_nonce, view->tvb, off, 4, ENC_BIG_ENDIAN);
    proto_tree_add_item(tree, hf_mipro_ident_nonce, view->tvb, off + 4, 4, ENC_BIG_ENDIAN);
}

/* The value with the unit seconds, unless it has a name. */
proto_item *
mipro_draw_lifetime(struct mipro_view *view, proto_tree *tree, int hf, int off)
{
    uint32_t life;
    proto_item *item =
        proto_tree_add_item_ret_uint(tree, hf, view->tvb, off, 2, ENC_BIG_ENDIAN, &life);

    if (life != 0 && life != MIPRO_LIFE_INFINITE)
        proto_item_append_text(item, " seconds");
    return item;
}

void
mipro_draw_addresses(struct mipro_view *view, proto_tree *tree, int hf, size_t off, size_t n)
{
    for (size_t i = 0; i < n; i++)
        mipro_note_place(view, off + 4 * i, 4,
            proto_tree_add_item(tree, hf, view->tvb, (int)(off + 4 * i), 4, ENC_BIG_ENDIAN));
}

static void
draw_field(struct mipro_view *view, proto_tree *tree, enum mipro_field id, size_t at, size_t size)
{
    tvbuff_t *tvb = view->tvb;
    bool draft = mipro_is_draft(&view->m);
    int off = (int)at, len = (int)size;
    proto_item *item;

    switch (id) {
    case MIPRO_F_TYPE:
        item = proto_tree_add_uint_format_value(tree, hf_mipro[id], tvb, off, len,
            view->m.def->type, "%s (%u)", view->m.def->name, view->m.def->type);
        break;
    case MIPRO_F_FLAGS:
        if (!draft) {
            item = proto_tree_add_item(tree, hf_mipro[id], tvb, off, len, ENC_BIG_ENDIAN);
            break;
        }
        item = proto_tree_add_bitmask(tree, tvb, off, hf_mipro[id], ett_mipro_flags,
            mipro_update_flag_fields(), ENC_BIG_ENDIAN);
        break;
    case MIPRO_F_RESERVED:
        item = proto_tree_add_item(
            tree, size == 2 ? hf_mipro_reserved16 : hf_mipro[id], tvb, off, len, ENC_BIG_ENDIAN);
        break;
    case MIPRO_F_LIFE:
        if (!draft) { /* there 0 does not mean deletion */
            item = proto_tree_add_item(tree, hf_mipro[id], tvb, off, len, ENC_BIG_ENDIAN);
            proto_item_set_text(item, "Lifetime: %u seconds", (unsigned)mipro_value(&view->m, id));
            break;
        }
        /* fall through */
    case MIPRO_F_PFAN_LIFE:
    case MIPRO_F_ADV_LIFE:
        item = mipro_draw_lifetime(view, tree, hf_mipro[id], off);
        break;
    case MIPRO_F_IDENT:
        item = proto_tree_add_item(tree, hf_mipro[id], tvb, off, len, ENC_BIG_ENDIAN);
        draw_ident(view, item, off);
        break;
    case MIPRO_F_WARN_TARGET:
        mipro_draw_addresses(view, tree, hf_mipro[id], at, size / 4);
        return;
    case MIPRO_F_EXT_DATA:
    case MIPRO_F_AUTHENTICATOR:
    case MIPRO_F_PFAN_AUTHENTICATOR:
        item = proto_tree_add_item(tree, hf_mipro[id], tvb, off, len, ENC_NA);
        break;
    default:
        item = proto_tree_add_item(tree, hf_mipro[id], tvb, off, len, ENC_BIG_ENDIAN);
        break;
    }
    mipro_note_place(view, at, size, item);
}

/* The fields of an extension, as far as they are within it and were captured. */
void
mipro_draw_ext_fields(
    struct mipro_view *view, proto_tree *tree, const struct mipro_ext *e, enum mipro_field from)
{
    for (const struct mipro_field_def *f = mipro_ext_fields(e); f->id != MIPRO_F_END; f++) {
        size_t len;
        const uint8_t *p = mipro_ext_octets(&view->m, e, f->id, &len);

        if (p == NULL || len == 0 || (f->id >= MIPRO_F_EXT_TYPE && f->id < from))
            continue;
        draw_field(view, tree, f->id, (size_t)(p - view->m.buf), len);
    }
}

/* ---- extensions of messages 16-19 ---- */

static void
draw_extension(struct mipro_view *view, const struct mipro_ext *e)
{
    size_t end = e->off + mipro_ext_len(e);
    size_t seen = end < view->m.captured ? end : view->m.captured;
    size_t body = e->off + e->hdr_len;
    const struct mipro_auth *auth = mipro_find_auth(view, e->off);
    const char *name = e->def != NULL ? e->def->name : "Unknown";
    proto_item *item = proto_tree_add_item(
        view->tree, hf_mipro_ext, view->tvb, (int)e->off, (int)(seen - e->off), ENC_NA);
    proto_tree *tree = proto_item_add_subtree(item, ett_mipro_ext);

    proto_item_append_text(item, ": %s", name);
    mipro_note_place(view, e->off, seen - e->off, item);
    if (auth != NULL)
        proto_item_append_text(item, ", %s", mipro_verdict_text(auth));
    proto_tree_add_uint_format_value(tree, hf_mipro[MIPRO_F_EXT_TYPE], view->tvb, (int)e->off, 1,
        e->type, "%s (%u)", name, e->type);
    if (e->shape == MIPRO_SHAPE_LONG)
        proto_tree_add_item(
            tree, hf_mipro[MIPRO_F_EXT_SUBTYPE], view->tvb, (int)e->off + 1, 1, ENC_BIG_ENDIAN);
    proto_tree_add_uint(tree, hf_mipro[MIPRO_F_EXT_LEN], view->tvb,
        (int)(e->off + (e->shape == MIPRO_SHAPE_LONG ? 2 : 1)),
        e->shape == MIPRO_SHAPE_LONG ? 2 : 1, (uint32_t)e->body_len);
    if (e->type != MIPRO_EXT_AUTH && seen > body)
        mipro_note_place(view, body, seen - body,
            proto_tree_add_item(tree, hf_mipro[MIPRO_F_EXT_DATA], view->tvb, (int)body,
                (int)(seen - body), ENC_NA));
    mipro_draw_ext_fields(view, tree, e, MIPRO_F_SPI);
    if (auth != NULL)
        mipro_draw_verdict(view, tree, e, auth);
}

static void
draw_extensions(struct mipro_view *view)
{
    struct mipro_ext cut;

    for (struct mipro_ext e = { 0 }; mipro_ext_next(&view->m, &e);)
        draw_extension(view, &e);
    if (mipro_ext_cut(&view->m, &cut))
        draw_extension(view, &cut);
    /* An extension that is missing, or was cut before its header. */
    for (unsigned i = 0; i < view->n_auth; i++) {
        const struct mipro_auth *auth = &view->auth[i];
        proto_item *item;

        if (auth->len != 0 && auth->verdict != MIPRO_MISSING &&
            (auth->verdict != MIPRO_TRUNCATED || mipro_ext_cut(&view->m, &cut)))
            continue;
        item = proto_tree_add_item(
            view->tree, hf_mipro_auth_expected, view->tvb, (int)view->m.captured, 0, ENC_NA);
        proto_item_append_text(item, ": %s, %s", mipro_ext_def(auth->ext, &view->m.set)->name,
            mipro_verdict_text(auth));
        proto_item_set_generated(item);
        mipro_draw_verdict(view, proto_item_add_subtree(item, ett_mipro_auth), NULL, auth);
    }
}

/* ---- links made in the first pass ---- */

static void
add_frame_link(struct mipro_view *view, int hf, enum mipro_link link)
{
    bool of_first = link == MIPRO_RESPONSE_IN || link == MIPRO_UPDATE_IN;
    uint32_t frame =
        of_first ? mipro_linked_like_first(view->record, link) : mipro_linked(view->record, link);

    if (frame != 0)
        proto_item_set_generated(proto_tree_add_uint(view->tree, hf, view->tvb, 0, 0, frame));
}

static void
add_time(struct mipro_view *view, int hf, int64_t ns)
{
    nstime_t stamp = mipro_nstime(ns);

    proto_item_set_generated(proto_tree_add_time(view->tree, hf, view->tvb, 0, 0, &stamp));
}

/* The clock difference shown by an answer with status or code 133. */
static void
draw_clock_difference(struct mipro_view *view)
{
    const struct mipro_clock_difference *d = mipro_find_refusal(view->record);
    char text[MIPRO_CLOCK_TEXT];
    proto_item *item;

    if (d == NULL)
        return;
    mipro_clock_difference_text(d, text, sizeof(text));
    item = proto_tree_add_int(view->tree, hf_mipro_clock_difference, view->tvb, 0, 0, d->seconds);
    proto_item_set_generated(item);
    proto_item_append_text(item, ": %s", text);
}

void
mipro_draw_links(struct mipro_view *view)
{
    static const struct {
        const int *hf;
        enum mipro_link link;
    } links[] = {
        { &hf_mipro_retransmission_of, MIPRO_RETRANSMISSION_OF },
        { &hf_mipro_copy_of, MIPRO_COPY_OF },
        { &hf_mipro_warning_in, MIPRO_WARNING_IN },
        { &hf_mipro_pfan_in, MIPRO_PFAN_IN },
        { &hf_mipro_update_in, MIPRO_UPDATE_IN },
        { &hf_mipro_response_in, MIPRO_RESPONSE_IN },
        { &hf_mipro_response_to, MIPRO_RESPONSE_TO },
    };
    int64_t passed = mipro_response_time(view->record);

    for (size_t i = 0; i < array_length(links); i++)
        add_frame_link(view, *links[i].hf, links[i].link);
    if (passed != MIPRO_TIME_NONE)
        add_time(view, hf_mipro_response_time, passed);
    draw_clock_difference(view);
}

static void
add_party(struct mipro_view *view, int hf, uint32_t addr)
{
    proto_item *item = proto_tree_add_ipv4(view->tree, hf, view->tvb, 0, 0, g_htonl(addr));

    proto_item_set_generated(item);
    proto_item_set_hidden(item);
}

void
mipro_draw_parties(struct mipro_view *view)
{
    struct mipro_parties parties = mipro_parties(view);

    if (!mipro_has(&view->m, MIPRO_F_HOMEADDR))
        return;
    add_party(view, hf_mipro_party, parties.home);
    add_party(view, hf_mipro_party, parties.peer);
    add_party(view, hf_mipro_party_from, parties.from_home ? parties.home : parties.peer);
    add_party(view, hf_mipro_party_to, parties.from_home ? parties.peer : parties.home);
}

static void
draw_cache(struct mipro_view *view)
{
    const struct mipro_record *record = view->record;
    wmem_allocator_t *pool = view->pinfo->pool;
    bool deletes = record->belief == MIPRO_BELIEF_NONE;
    uint32_t coa = (uint32_t)mipro_value(&view->m, MIPRO_F_COA);
    int64_t end = mipro_belief_end(&view->m, view->time);
    proto_item *item;
    proto_tree *outer = view->tree;

    if (record->belief == MIPRO_BELIEF_UNCHANGED)
        return;
    item = proto_tree_add_item(outer, hf_mipro_cache, view->tvb, 0, 0, ENC_NA);
    proto_item_set_generated(item);
    proto_item_append_text(item, deletes ? " of %s: no entry for %s" : " of %s: %s is at %s",
        mipro_addr_text(pool, view->dst), text_of(view, MIPRO_F_HOMEADDR),
        mipro_addr_text(pool, coa));
    view->tree = proto_item_add_subtree(item, ett_mipro_cache);
    proto_item_set_generated(
        proto_tree_add_ipv4(view->tree, hf_mipro_cache_node, view->tvb, 0, 0, g_htonl(view->dst)));
    if (!deletes) {
        proto_item_set_generated(
            proto_tree_add_ipv4(view->tree, hf_mipro_cache_coa, view->tvb, 0, 0, g_htonl(coa)));
        if (end != INT64_MAX)
            add_time(view, hf_mipro_cache_expires, end);
    }
    add_frame_link(view, hf_mipro_cache_supersedes, MIPRO_SUPERSEDES);
    add_frame_link(view,
        view->record->deleted ? hf_mipro_cache_deleted_in : hf_mipro_cache_superseded_in,
        MIPRO_ENDED_IN);
    view->tree = outer;
}

/* ---- one line ---- */

static const char *
lifetime_text(const struct mipro_view *view, enum mipro_field id)
{
    uint64_t life = mipro_value(&view->m, id);

    if (!mipro_has(&view->m, id))
        return "?";
    if (life == MIPRO_LIFE_INFINITE)
        return "infinity";
    return wmem_strdup_printf(view->pinfo->pool, "%us", (unsigned)life);
}

/* Does it delete the binding, by a lifetime of 0 or a care-of address that is the home address? */
static bool
deletes(const struct mipro_message *m)
{
    return mipro_value(m, MIPRO_F_LIFE) == 0 ||
           mipro_value(m, MIPRO_F_COA) == mipro_value(m, MIPRO_F_HOMEADDR);
}

static void
append_flags(wmem_strbuf_t *text, const struct mipro_message *m)
{
    uint64_t flags = mipro_value(m, MIPRO_F_FLAGS);

    if ((flags & ~(uint64_t)MIPRO_BU_RESERVED) == 0)
        return;
    wmem_strbuf_append(text, " Flags=");
    for (const struct mipro_flag_def *f = mipro_update_flags(); f->letter != 0; f++)
        if ((flags & f->mask) != 0)
            wmem_strbuf_append_c(text, f->letter);
}

static void
append_targets(wmem_strbuf_t *text, const struct mipro_view *view)
{
    const struct mipro_message *m = &view->m;
    size_t shown = m->n_targets < 3 ? m->n_targets : 3;

    for (size_t i = 0; i < shown; i++)
        wmem_strbuf_append_printf(text, "%s%s", i == 0 ? " Tell=" : ",",
            mipro_addr_text(view->pinfo->pool, mipro_target(m, i)));
    if (m->n_targets > shown)
        wmem_strbuf_append_printf(text, " and %u more", (unsigned)(m->n_targets - shown));
}

/* A summary of the message, for the Info column and the top of the tree. */
static const char *
summary(const struct mipro_view *view)
{
    const struct mipro_message *m = &view->m;
    wmem_strbuf_t *text = wmem_strbuf_new(view->pinfo->pool, m->def->name);
    const char *name;

    if (mipro_has(m, MIPRO_F_HOMEADDR))
        wmem_strbuf_append_printf(text, ", HoA=%s", text_of(view, MIPRO_F_HOMEADDR));
    if (!mipro_is_draft(m)) {
        if (mipro_has(m, MIPRO_F_HOMEAGENT))
            wmem_strbuf_append_printf(text, " HA=%s", text_of(view, MIPRO_F_HOMEAGENT));
        return wmem_strbuf_get_str(text);
    }
    append_targets(text, view);
    if (mipro_has(m, MIPRO_F_COA)) {
        if (deletes(m))
            wmem_strbuf_append(text, " delete");
        else
            wmem_strbuf_append_printf(text, " CoA=%s Life=%s", text_of(view, MIPRO_F_COA),
                lifetime_text(view, MIPRO_F_LIFE));
        append_flags(text, m);
    }
    if (mipro_has(m, MIPRO_F_STATUS)) {
        name = mipro_status_name((uint8_t)mipro_value(m, MIPRO_F_STATUS));
        wmem_strbuf_append_printf(text, " Status=%u (%s)", (unsigned)mipro_value(m, MIPRO_F_STATUS),
            name != NULL ? name : "not assigned");
    }
    return wmem_strbuf_get_str(text);
}

static void
write_columns(const struct mipro_view *view)
{
    column_info *cinfo = view->pinfo->cinfo;
    const char *verdict;

    if (!col_get_writable(cinfo, -1))
        return; /* the list is not displayed, or the message is quoted in an ICMP error */
    verdict = mipro_worst_verdict(view);
    col_set_str(cinfo, COL_PROTOCOL, "MIPRO");
    col_add_str(cinfo, COL_INFO, summary(view));
    if (verdict != NULL)
        col_append_fstr(cinfo, COL_INFO, " [%s]", verdict);
    if (mipro_linked(view->record, MIPRO_RETRANSMISSION_OF) != 0)
        col_append_str(cinfo, COL_INFO, " [retransmission]");
    if (mipro_linked(view->record, MIPRO_COPY_OF) != 0)
        col_append_str(cinfo, COL_INFO, " [copy]");
}

/* ---- whole messages ---- */

/*
 * Is the tree displayed, or needed by a filter on one of our fields?  Drawing it costs several
 * times as much as everything else.
 */
bool
mipro_tree_is_wanted(proto_tree *tree)
{
    return proto_field_is_referenced(tree, proto_mipro);
}

void
mipro_explain_reading(const struct mipro_view *view)
{
    const struct mipro_msg_def *def = view->m.def;

    if (mipro_is_replaced(view->pinfo))
        expert_add_info(view->pinfo, view->top, &ei_mipro_overlap);
    if (def->source == MIPRO_SOURCE_IANA)
        expert_add_info_format(view->pinfo, view->top, &ei_mipro_iana,
            "Read as %s of %s, to which type %u was assigned later", def->name, def->section,
            def->type);
}

/* The tree is not displayed, but taps need expert infos and the protocol hierarchy. */
void
mipro_draw_item_only(struct mipro_view *view, proto_tree *tree)
{
    if (tree != NULL)
        view->top = proto_tree_add_item(tree, proto_mipro, view->tvb, 0, -1, ENC_NA);
    mipro_explain_reading(view);
    for (unsigned i = 0; i < view->n_auth; i++)
        mipro_explain_verdict(view, &view->auth[i], view->top);
    mipro_show_findings(view);
}

static void
draw_fixed(struct mipro_view *view)
{
    struct mipro_message *m = &view->m;

    for (const struct mipro_field_def *f = m->def->fields; f->id != MIPRO_F_END; f++) {
        if (f->id == MIPRO_F_TARGET)
            mipro_draw_addresses(view, view->tree, hf_mipro[f->id], f->off, m->n_targets);
        else if (mipro_has(m, f->id))
            draw_field(view, view->tree, f->id, f->off, f->len);
    }
}

/* Octets that belong to no field and no extension. */
static void
draw_undecoded(struct mipro_view *view)
{
    struct mipro_message *m = &view->m;
    size_t from = m->err_off;

    if (m->err == MIPRO_OK)
        return;
    if (m->err == MIPRO_ERR_TRUNCATED)
        for (const struct mipro_field_def *f = m->def->fields; f->id != MIPRO_F_END; f++)
            if (!mipro_has(m, f->id) && f->off < from && f->off < m->captured)
                from = f->off;
    if (m->err != MIPRO_ERR_CUT && from < m->captured)
        mipro_note_place(view, from, m->captured - from,
            proto_tree_add_item(view->tree, hf_mipro_undecoded, view->tvb, (int)from,
                (int)(m->captured - from), ENC_NA));
}

static void
draw_message_tree(struct mipro_view *view, proto_tree *tree)
{
    view->top = proto_tree_add_item(tree, proto_mipro, view->tvb, 0, -1, ENC_NA);
    proto_item_append_text(view->top, ", %s", summary(view));
    view->tree = proto_item_add_subtree(view->top, ett_mipro);
    mipro_begin_places(view);
    mipro_explain_reading(view);
    draw_fixed(view);
    draw_extensions(view);
    mipro_draw_links(view);
    mipro_draw_parties(view);
    draw_cache(view);
    draw_undecoded(view);
    mipro_show_findings(view);
}

void
mipro_draw_message(struct mipro_view *view, proto_tree *tree)
{
    const struct mipro_message *m = &view->m;

    write_columns(view);
    if (mipro_tree_is_wanted(tree))
        draw_message_tree(view, tree);
    else
        mipro_draw_item_only(view, tree);
    /* Access octets that are missing: epan throws the exception for malformed or not captured. */
    if (m->err == MIPRO_ERR_CUT)
        tvb_ensure_bytes_exist(view->tvb, (int)m->captured, 1);
    else if (m->err != MIPRO_OK)
        tvb_ensure_bytes_exist(view->tvb, (int)m->len, 1);
}
