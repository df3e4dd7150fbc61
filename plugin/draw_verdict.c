/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * draw_verdict.c - findings and verdicts on a message.
 *
 * Both were determined in the first pass; here they become expert infos and generated
 * fields, each at the smallest item that shows the octets concerned.
 */
#include "draw.h"

/* ---- findings ---- */

/* An item and the octets that it shows; off is the offset in the payload. */
struct mipro_place {
    size_t off, len;
    proto_item *item;
};

void
mipro_begin_places(struct mipro_view *view)
{
    if (mipro_first_finding(view) != NULL && view->tree != NULL)
        view->places = wmem_array_new(view->pinfo->pool, sizeof(struct mipro_place));
}

void
mipro_note_place(struct mipro_view *view, size_t off, size_t len, proto_item *item)
{
    struct mipro_place place = { off, len, item };

    if (view->places != NULL && item != NULL)
        wmem_array_append_one(view->places, place);
}

/* The smallest item that shows all octets of the finding; the message if none does. */
static proto_item *
find_place(const struct mipro_view *view, const struct mipro_kept_finding *finding)
{
    proto_item *best = view->top;
    size_t best_len = SIZE_MAX;
    unsigned n = view->places != NULL ? wmem_array_get_count(view->places) : 0;

    for (unsigned i = 0; i < n && finding->len != 0 && finding->record != NULL; i++) {
        const struct mipro_place *place = wmem_array_index(view->places, i);

        if (place->off <= finding->off && place->off + place->len >= finding->off + finding->len &&
            place->len <= best_len) {
            best = place->item;
            best_len = place->len;
        }
    }
    return best;
}

/* "4.1, 6, RFC 2002 1.9" in Wireshark's style: "sections 4.1, 6, RFC 2002 section 1.9". */
static const char *
citation(wmem_allocator_t *pool, const char *sections)
{
    wmem_strbuf_t *text = wmem_strbuf_new(pool, "");
    char **parts = g_strsplit(sections, ", ", -1);
    bool several = strstr(sections, "–") != NULL || /* a dash: 4.1 to 4.4 */
                   (parts[1] != NULL && !g_str_has_prefix(parts[1], "RFC"));

    for (unsigned i = 0; parts[i] != NULL; i++) {
        bool is_rfc = g_str_has_prefix(parts[i], "RFC ");
        const char *number = is_rfc ? strchr(parts[i] + 4, ' ') : NULL;

        if (i > 0)
            wmem_strbuf_append(text, ", ");
        else if (!is_rfc)
            wmem_strbuf_append(text, several ? "sections " : "section ");
        if (number != NULL)
            wmem_strbuf_append_printf(
                text, "%.*s section%s", (int)(number - parts[i]), parts[i], number);
        else
            wmem_strbuf_append(text, parts[i]);
    }
    g_strfreev(parts);
    return wmem_strbuf_get_str(text);
}

static void
add_finding(
    packet_info *pinfo, tvbuff_t *tvb, proto_item *item, const struct mipro_kept_finding *finding)
{
    const struct mipro_rule_def *rule = mipro_rule_def((enum mipro_rule)finding->rule);
    const char *cited = citation(pinfo->pool, rule->section);
    /* Where it would not fit, the particulars matter more than the rule. */
    bool says_it =
        g_str_has_prefix(finding->text, rule->violation) ||
        strlen(rule->violation) + strlen(finding->text) + strlen(cited) + 6 > ITEM_LABEL_LENGTH;
    char *text = wmem_strdup(pinfo->pool, finding->text);
    proto_tree *tree;
    proto_item *severity;

    if (says_it)
        text[0] = g_ascii_toupper(text[0]);
    expert_add_info_format(pinfo, item,
        finding->mild ? &ei_mipro_mild : &ei_mipro_rule[finding->rule], "%s%s%s [%s]",
        says_it ? "" : rule->violation, says_it ? "" : ": ", text, cited);
    /* Next to the expert info, which is also a child of the item. */
    tree = proto_item_get_subtree(item);
    if (tree == NULL)
        tree = proto_item_add_subtree(item, ett_mipro_finding);
    if (tree == NULL)
        return;
    if (finding->mild) /* so that the rule's filter finds it too */
        proto_item_set_hidden(
            proto_tree_add_item(tree, ei_mipro_rule[finding->rule].hf, tvb, 0, 0, ENC_NA));
    proto_item_set_generated(proto_tree_add_string(tree, hf_mipro_finding, tvb, 0, 0, rule->id));
    severity = proto_tree_add_string(tree, hf_mipro_finding_severity, tvb, 0, 0,
        mipro_severity_name(finding->mild ? MIPRO_WARNING : rule->severity));
    proto_item_set_generated(severity);
    proto_item_set_hidden(severity); /* the expert info shows it */
    for (unsigned i = 0; i < finding->n_related; i++)
        proto_item_set_generated(
            proto_tree_add_uint(tree, hf_mipro_related, tvb, 0, 0, finding->related[i]));
}

void
mipro_show_findings(struct mipro_view *view)
{
    for (const struct mipro_kept_finding *f = mipro_first_finding(view); f != NULL;
         f = mipro_next_finding(view, f))
        add_finding(view->pinfo, view->tvb, find_place(view, f), f);
}

void
mipro_draw_tunnel_findings(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    proto_tree *sub;
    proto_item *top;

    top = proto_tree_add_item(tree, proto_mipro, tvb, 0, 0, ENC_NA);
    proto_item_append_text(top, ", Tunneled Packet");
    proto_item_set_generated(top);
    sub = proto_item_add_subtree(top, ett_mipro);
    /* The destination of the packet, so that one filter finds everything about a node. */
    proto_tree_add_item(sub, hf_mipro[MIPRO_F_HOMEADDR], tvb, 16, 4, ENC_BIG_ENDIAN);
    for (const struct mipro_kept_finding *f = mipro_tunnel_findings(pinfo); f != NULL;
         f = mipro_next_tunnel_finding(pinfo, f))
        add_finding(pinfo, tvb, top, f);
}

/* ---- verdicts ---- */

/* Did the user provide any keys? */
bool
mipro_has_keys(void)
{
    return mipro_ring() != NULL && mipro_keyring_count(mipro_ring()) != 0;
}

/* The same word as in mipro-verify. */
const char *
mipro_verdict_text(const struct mipro_auth *auth)
{
    return mipro_verdict_name(auth->verdict);
}

/* The most serious verdict, for the packet list; NULL: there is no authenticator. */
const char *
mipro_worst_verdict(const struct mipro_view *view)
{
    static const enum mipro_verdict order[] = { MIPRO_BAD, MIPRO_MISSING, MIPRO_TRUNCATED,
        MIPRO_NO_KEY, MIPRO_EXPIRED };

    for (size_t i = 0; i < array_length(order); i++)
        for (unsigned j = 0; j < view->n_auth; j++)
            if (view->auth[j].verdict == order[i])
                return mipro_verdict_text(&view->auth[j]);
    return view->n_auth != 0 ? mipro_verdict_name(MIPRO_GOOD) : NULL;
}

static unsigned
checksum_status(enum mipro_verdict verdict)
{
    switch (verdict) {
    case MIPRO_GOOD:
    case MIPRO_EXPIRED:
        return PROTO_CHECKSUM_E_GOOD;
    case MIPRO_BAD:
        return PROTO_CHECKSUM_E_BAD;
    case MIPRO_MISSING:
        return PROTO_CHECKSUM_E_NOT_PRESENT;
    default:
        return PROTO_CHECKSUM_E_UNVERIFIED;
    }
}

/* "no-key: no association has ...", as in the report of mipro-verify. */
static void
add_verdict(packet_info *pinfo, proto_item *item, expert_field *ei, const struct mipro_auth *auth,
    const char *why)
{
    expert_add_info_format(pinfo, item, ei, "%s: %s", mipro_verdict_text(auth), why);
}

/* Explain why an authenticator is not good, unless a separate rule reports that. */
void
mipro_explain_verdict(
    const struct mipro_view *view, const struct mipro_auth *auth, proto_item *item)
{
    packet_info *pinfo = view->pinfo;
    const char *fault = mipro_ring_fault();
    const struct mipro_scene scene = { view->src, view->dst, view->time, mipro_ring() };
    char why[MIPRO_EXPLANATION];
    char name[MIPRO_NAI_TEXT] = "";
    uint8_t folded[MIPRO_NAI_MAX];
    struct mipro_nai nai = { NULL, 0 };
    struct mipro_ext e;
    struct mipro_ends ends[2];
    size_t n_ends = mipro_auth_ends_of(&view->m, auth, &scene, ends);

    if (mipro_ext_at(&view->m, auth->off, &e) && e.type == auth->ext &&
        mipro_auth_nai(&view->m, &e, &nai)) {
        nai.len = mipro_nai_fold(&nai, folded);
        nai.octets = folded;
        mipro_nai_text(&nai, name);
    }
    mipro_auth_explain_node(
        auth, ends, n_ends, name[0] != '\0' ? name : NULL, scene.ring, why, sizeof(why));
    switch (auth->verdict) {
    case MIPRO_BAD:
        add_verdict(pinfo, item, &ei_mipro_auth_bad, auth, why);
        if (view->has_open_pfan && auth->ext == MIPRO_EXT_PFAN)
            expert_add_info(pinfo, item, &ei_mipro_pfan_open);
        break;
    case MIPRO_NO_KEY:
        if (fault != NULL)
            expert_add_info_format(pinfo, item, &ei_mipro_keys_fault,
                "Not verified, because the associations have a fault: %s", fault);
        else if (mipro_has_keys())
            add_verdict(pinfo, item, &ei_mipro_auth_no_key, auth, why);
        break;
    case MIPRO_TRUNCATED:
        add_verdict(pinfo, item, &ei_mipro_auth_truncated, auth, why);
        break;
    default:
        break;
    }
}

static void
add_generated_string(proto_tree *tree, tvbuff_t *tvb, int hf, const char *value)
{
    if (value != NULL)
        proto_item_set_generated(proto_tree_add_string(tree, hf, tvb, 0, 0, value));
}

/* The authenticator's own octets, as far as they were captured; e is NULL if it is missing. */
static void
find_authenticator(const struct mipro_view *view, const struct mipro_ext *e,
    const struct mipro_auth *auth, int *off, int *len)
{
    size_t captured = view->m.captured;
    size_t n = 0;
    const uint8_t *p = e != NULL ? mipro_ext_authenticator(&view->m, e, &n) : NULL;

    *off = (int)(auth->off < captured ? auth->off : captured);
    *len = 0;
    if (p != NULL) {
        *off = (int)(p - view->m.buf);
        *len = (int)n;
    }
}

/* Draw what is known about an authenticator, in generated fields below tree. */
void
mipro_draw_verdict(struct mipro_view *view, proto_tree *tree, const struct mipro_ext *e,
    const struct mipro_auth *auth)
{
    const struct mipro_auth_hf *hf = auth->ext == MIPRO_EXT_PFAN ? &hf_mipro_pfan : &hf_mipro_auth;
    bool judged = auth->association != NULL &&
                  (auth->verdict == MIPRO_GOOD || auth->verdict == MIPRO_EXPIRED ||
                      auth->verdict == MIPRO_BAD);
    proto_item *item;
    int off, len;

    find_authenticator(view, e, auth, &off, &len);
    item =
        proto_tree_add_uint(tree, hf->status, view->tvb, off, len, checksum_status(auth->verdict));
    proto_item_set_generated(item);
    mipro_explain_verdict(view, auth, item);
    item = proto_tree_add_string(
        tree, hf_mipro_verdict, view->tvb, off, len, mipro_verdict_text(auth));
    proto_item_set_generated(item);
    proto_item_set_hidden(item); /* the extension shows it; this is for columns and filters */
    if (!judged)
        return;
    if (auth->calculated_len != 0 && auth->verdict == MIPRO_BAD)
        proto_item_set_generated(proto_tree_add_bytes_with_length(
            tree, hf->calculated, view->tvb, off, len, auth->calculated, auth->calculated_len));
    add_generated_string(tree, view->tvb, hf->association, auth->association->name);
    add_generated_string(tree, view->tvb, hf->algorithm, mipro_algorithm_name(auth->algorithm));
    add_generated_string(tree, view->tvb, hf->coverage, mipro_coverage_name(auth->coverage));
    if (auth->ext == MIPRO_EXT_PFAN && auth->verdict != MIPRO_BAD) {
        char text[12];

        mipro_pfan_reading_text(&auth->reading, text);
        item = proto_tree_add_string(tree, hf->reading, view->tvb, 0, 0, text);
        proto_item_set_generated(item);
        if (auth->reading.from_update)
            proto_item_append_text(item, " (the octets of the Binding Update itself)");
    }
}

/* Authenticators are in the order of the payload; a hostile message may have very many. */
const struct mipro_auth *
mipro_find_auth(const struct mipro_view *view, size_t off)
{
    unsigned from = 0, to = view->n_auth;

    while (from < to) {
        unsigned middle = from + (to - from) / 2;

        if (view->auth[middle].off < off)
            from = middle + 1;
        else
            to = middle;
    }
    return from < view->n_auth && view->auth[from].off == off ? &view->auth[from] : NULL;
}
