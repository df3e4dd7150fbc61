/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * learn.c - collect results in the first pass, and recall them in later passes.
 *
 * Wireshark dissects each frame once in order, and then any of them at any time.
 * Findings and links are made in the first pass, and kept while the file is open.  Verdicts
 * that depend only on the message are computed again.  The rules over several messages run here,
 * on the same state machine as in mipro-verify.
 */
#include "record.h"

#include "mipro_rules.h"

/* The open file, as far as it was seen; NULL and 0 while there is none. */
static struct mipro_conduct *conduct;
static uint32_t met_frame;  /* the last that conduct was told of */
static uint64_t pfan_frame; /* of the message that conduct is processing, until its final verdict */
static wmem_map_t *weak;    /* index of an association to the frame that found its key weak, + 1 */

/* ---- the file ---- */

static void
take_conduct_finding(void *ctx _U_, const struct mipro_finding *finding)
{
    if (mipro_rule_is_wanted(finding->rule))
        mipro_keep_finding(finding, NULL);
}

static void
take_pfan(void *ctx _U_, uint64_t frame, const struct mipro_auth *auth)
{
    if (frame == pfan_frame)
        pfan_frame = 0;
    mipro_record_pfan((uint32_t)frame, auth);
}

static void
take_tie(void *ctx _U_, enum mipro_tie tie, uint64_t frame, uint64_t to, bool proven)
{
    mipro_take_tie(tie, (uint32_t)frame, (uint32_t)to, proven);
}

static void
begin_file(void)
{
    mipro_forget_rings();
}

static void
end_file(void)
{
    mipro_conduct_free(conduct);
    conduct = NULL;
    met_frame = 0;
    weak = NULL; /* its memory had the scope of the file */
}

static void
begin_first_pass(void)
{
    static const struct mipro_conduct_sink sink = {
        .finding = take_conduct_finding, .pfan = take_pfan, .tie = take_tie
    };

    if (conduct != NULL)
        return;
    conduct = mipro_conduct_new(mipro_conduct_preferences(), &sink);
    if (conduct == NULL)
        ws_error("no memory to follow the exchanges"); /* as epan's allocators do */
    weak = wmem_map_new(wmem_file_scope(), g_direct_hash, g_direct_equal);
    mipro_begin_records();
}

/* ---- one message ---- */

/* The maximum length of a UDP payload. */
#define LONGEST (UINT16_MAX - 8u)

/* Is the message quoted in an ICMP error, and thus not sent in this frame? */
static bool
is_quoted(const packet_info *pinfo)
{
    return pinfo->flags.in_error_pkt;
}

/*
 * Was more sent than tvb's reported length?  The first fragment of a datagram that epan did not
 * reassemble, and an ICMP error, contain only the beginning; the full length is unknown.
 */
static bool
is_beginning(const struct mipro_view *view)
{
    struct mipro_ext e;

    return view->pinfo->fragmented ||
           (is_quoted(view->pinfo) &&
               (view->m.err != MIPRO_OK ||
                   !mipro_ext_find(&view->m, mipro_auth_ext_type(&mipro_set), &e)));
}

static void
parse(struct mipro_view *view, enum mipro_ident_hint hint)
{
    size_t captured = tvb_captured_length(view->tvb);
    const uint8_t *octets = tvb_get_ptr(view->tvb, 0, (int)captured);
    size_t len = tvb_reported_length(view->tvb);

    mipro_message_parse(&view->m, octets, captured, len, &mipro_set, hint);
    if (len < LONGEST && is_beginning(view))
        mipro_message_parse(&view->m, octets, captured, LONGEST, &mipro_set, hint);
}

/* Make room in view->auth for n: usually few, but very many in a hostile message. */
static void
make_room(struct mipro_view *view, unsigned n)
{
    struct mipro_auth *more;

    if (n < array_length(view->few) || (n & (n - 1)) != 0)
        return;
    more = wmem_alloc_array(view->pinfo->pool, struct mipro_auth, 2 * n);
    memcpy(more, view->auth, n * sizeof(*more));
    view->auth = more;
}

static void
append_auth(void *ctx, const struct mipro_auth *auth)
{
    struct mipro_view *view = ctx;

    make_room(view, view->n_auth);
    view->auth[view->n_auth++] = *auth;
}

static void
judge(struct mipro_view *view)
{
    struct mipro_scene scene = { view->src, view->dst, view->time, mipro_ring() };

    mipro_auth_each(&view->m, &scene, append_auth, view);
}

/* Keep key-weak for associations for which it was not reported yet. */
static void
keep_weak(const struct mipro_evidence *ev, const struct mipro_finding *found,
    const struct mipro_record *record)
{
    struct mipro_finding one = *found;
    const struct mipro_association *s;

    one.text = NULL;
    for (size_t i = 0; (s = mipro_weak_association(ev, i, &one)) != NULL; i++) {
        void *key = GUINT_TO_POINTER(s->index + 1);

        if (wmem_map_contains(weak, key))
            continue;
        wmem_map_insert(weak, key, GUINT_TO_POINTER((uint32_t)ev->frame));
        mipro_keep_finding(&one, record);
    }
    mipro_finding_clear(&one);
}

static void
keep_findings(const struct mipro_evidence *ev, const struct mipro_record *record)
{
    struct mipro_finding found[MIPRO_RULES_ON_ONE];
    size_t n = mipro_rules_check(ev, found);

    for (size_t i = 0; i < n; i++) {
        if (!mipro_rule_is_wanted(found[i].rule))
            continue;
        if (found[i].rule == MIPRO_RULE_KEY_WEAK)
            keep_weak(ev, &found[i], record);
        else
            mipro_keep_finding(&found[i], record);
        mipro_finding_clear(&found[i]);
    }
}

/* Check the rules on this message alone. */
static void
check_rules(const struct mipro_view *view)
{
    const struct mipro_evidence ev = { .message = &view->m,
        .auth = view->auth,
        .n_auth = view->n_auth,
        .sport = (uint16_t)view->pinfo->srcport,
        .dport = (uint16_t)view->pinfo->destport,
        .frame = view->pinfo->num,
        .time = view->time,
        .src = view->src,
        .dst = view->dst };

    keep_findings(&ev, view->record);
}

/*
 * Pass the message to the rules over several messages.  Returns the frame of which its datagram
 * is a copy, or 0.
 */
static uint32_t
watch_conduct(struct mipro_view *view)
{
    struct mipro_event event = { 0 };
    struct mipro_identity identity;

    event.frame = view->pinfo->num;
    event.time = view->time;
    event.src = view->src;
    event.dst = view->dst;
    event.message = &view->m;
    event.auth = view->auth;
    event.n_auth = view->n_auth;
    event.ring = mipro_ring();
    event.has_datagram = mipro_identify_datagram(view, mipro_whole_leaf(view->pinfo), &identity);
    if (event.has_datagram) {
        event.ip_id = identity.ip_id;
        event.way = identity.way;
    }
    pfan_frame = event.frame;
    mipro_conduct_see(conduct, &event);
    view->has_open_pfan = pfan_frame != 0;
    view->rejudged = event.rejudged;
    if (event.refused.of != MIPRO_CLOCK_UNKNOWN)
        mipro_keep_refusal(view->record, &event.refused);
    return (uint32_t)event.copy_of;
}

/* Record what the node believes now, if this message changed it. */
static void
watch_cache(struct mipro_view *view)
{
    struct mipro_belief belief;

    if (mipro_is_draft(&view->m) && view->m.def->type == MIPRO_BINDING_UPDATE &&
        mipro_conduct_belief(
            conduct, view->dst, (uint32_t)mipro_value(&view->m, MIPRO_F_HOMEADDR), &belief) &&
        belief.frame == view->record->frame)
        mipro_learn_cache(view, &belief);
}

/*
 * Must the verdicts be kept because another pass could not reproduce them from the message and
 * the keys, or would take too long?  Conduct decides the verdict on a PFAN and on the Binding
 * Update sent for one; and there may be thousands of authenticators, each covering everything
 * before it.
 */
static bool
must_keep_auths(const struct mipro_view *view)
{
    bool must = view->rejudged || view->n_auth > array_length(view->few);

    for (unsigned i = 0; i < view->n_auth && !must; i++)
        must = view->auth[i].ext == MIPRO_EXT_PFAN;
    return must;
}

/* Ruling 1: the Binding Update that this Binding Acknowledge answers decides. */
static enum mipro_ident_hint
ident_hint(const struct mipro_message *m, uint32_t src, uint32_t dst)
{
    if (!mipro_ident_is_open(m) || !mipro_has(m, MIPRO_F_HOMEADDR))
        return MIPRO_IDENT_UNKNOWN;
    return mipro_conduct_ident_hint(conduct, src, dst, (uint32_t)mipro_value(m, MIPRO_F_HOMEADDR));
}

/* Is this the first pass, with all previous frames seen?  Then results are kept. */
static bool
is_to_be_kept(const packet_info *pinfo)
{
    return !PINFO_FD_VISITED(pinfo) && !is_quoted(pinfo) && !mipro_is_piece(pinfo) &&
           mipro_last_recorded() <= pinfo->num;
}

static void
begin_view(struct mipro_view *view, tvbuff_t *tvb, packet_info *pinfo)
{
    view->tvb = tvb;
    view->pinfo = pinfo;
    view->record = NULL;
    view->auth = view->few;
    view->n_auth = 0;
    view->rejudged = false;
    view->has_open_pfan = false;
    view->is_kept = true;
    view->src = mipro_addr(&pinfo->src);
    view->dst = mipro_addr(&pinfo->dst);
    view->time = mipro_time(pinfo);
    view->tree = NULL;
    view->top = NULL;
    view->places = NULL;
}

/*
 * Nothing is known of the message, and nothing will be.  Of a first fragment the verdict is shown
 * where its datagram ends.
 */
static void
learn_nothing(struct mipro_view *view)
{
    view->is_kept = false;
    parse(view, MIPRO_IDENT_UNKNOWN);
    if (!view->pinfo->fragmented)
        judge(view);
    view->record = mipro_passing_record(view);
}

/* Relate the message to others; before the rules on it alone, because this may change a verdict. */
static void
follow(struct mipro_view *view)
{
    uint32_t original = watch_conduct(view);

    if (original != 0) { /* the original has the links, and is the one that was believed */
        mipro_link(view->record, MIPRO_COPY_OF, original);
        return;
    }
    mipro_learn_exchange(view);
    watch_cache(view);
}

void
mipro_learn(struct mipro_view *view, tvbuff_t *tvb, packet_info *pinfo)
{
    const struct mipro_incomplete *incomplete = mipro_shown_incomplete();
    enum mipro_ident_hint hint;

    mipro_meet_frame(pinfo);
    begin_view(view, tvb, pinfo);
    view->record = incomplete != NULL ? incomplete->record
                                      : mipro_find_record(pinfo->num, pinfo->curr_layer_num);
    if (view->record != NULL) {
        parse(view, (enum mipro_ident_hint)view->record->hint);
        if (!mipro_recall_auths(view))
            judge(view);
        return;
    }
    if (!is_to_be_kept(pinfo)) {
        learn_nothing(view);
        return;
    }

    parse(view, MIPRO_IDENT_UNKNOWN);
    hint = ident_hint(&view->m, view->src, view->dst);
    if (hint != MIPRO_IDENT_UNKNOWN)
        parse(view, hint);
    judge(view);
    view->record = mipro_new_record(view);
    view->record->hint = hint & 3;
    if (view->m.def != NULL && view->m.def->source != MIPRO_SOURCE_IANA)
        follow(view);
    if (must_keep_auths(view))
        mipro_keep_auths(view);
    check_rules(view);
}

void
mipro_learn_advert(packet_info *pinfo, const struct mipro_advert *advert)
{
    if (PINFO_FD_VISITED(pinfo) || is_quoted(pinfo))
        return;
    mipro_meet_frame(pinfo);
    mipro_conduct_advert(conduct, pinfo->num, mipro_time(pinfo), mipro_addr(&pinfo->src), advert);
}

void
mipro_learn_tunnel(packet_info *pinfo, uint32_t src, uint32_t dst, uint32_t homeaddr)
{
    if (PINFO_FD_VISITED(pinfo) || is_quoted(pinfo))
        return;
    mipro_meet_frame(pinfo);
    mipro_conduct_tunnel(conduct, pinfo->num, mipro_time(pinfo), src, dst, homeaddr);
}

void
mipro_meet_frame(packet_info *pinfo)
{
    if (PINFO_FD_VISITED(pinfo) || pinfo->num == met_frame)
        return;
    begin_first_pass();
    met_frame = pinfo->num;
    if (mipro_time(pinfo) != MIPRO_TIME_NONE)
        mipro_conduct_tick(conduct, pinfo->num, mipro_time(pinfo));
    mipro_look_for_fragment(conduct, pinfo);
}

static void
append_to_array(void *ctx, const struct mipro_auth *auth)
{
    g_array_append_val(ctx, *auth);
}

bool
mipro_learn_incomplete(struct mipro_incomplete *of)
{
    const struct mipro_scene scene = { of->src, of->dst, of->time, mipro_ring() };
    struct mipro_message m;
    struct mipro_evidence ev = { .message = &m,
        .sport = of->sport,
        .dport = of->dport,
        .frame = of->frame,
        .time = of->time,
        .src = of->src,
        .dst = of->dst };
    enum mipro_ident_hint hint;
    GArray *auths;

    if (mipro_message_parse(&m, of->octets, of->captured, of->len, &mipro_set,
            MIPRO_IDENT_UNKNOWN) == MIPRO_ERR_NOT_OURS)
        return false;
    hint = ident_hint(&m, of->src, of->dst);
    if (hint != MIPRO_IDENT_UNKNOWN)
        mipro_message_parse(&m, of->octets, of->captured, of->len, &mipro_set, hint);
    of->record = mipro_lone_record(of->frame);
    of->record->hint = hint & 3;
    auths = g_array_new(FALSE, FALSE, sizeof(struct mipro_auth));
    mipro_auth_each(&m, &scene, append_to_array, auths);
    ev.auth = (const struct mipro_auth *)(const void *)auths->data;
    ev.n_auth = auths->len;
    keep_findings(&ev, of->record);
    g_array_free(auths, TRUE);
    return true;
}

bool
mipro_learned_totals(struct mipro_conduct_totals *totals)
{
    if (conduct == NULL)
        return false;
    mipro_conduct_totals(conduct, totals);
    return true;
}

/* The first pass has ended: PFANs get their final verdicts. */
static void
end_first_pass(void)
{
    if (conduct == NULL)
        return;
    mipro_give_up_fragments(conduct);
    mipro_conduct_end(conduct);
}

void
mipro_register_learning(void)
{
    register_init_routine(begin_file);
    register_cleanup_routine(end_file);
    register_postseq_cleanup_routine(end_first_pass);
}
