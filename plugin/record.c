/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * record.c - what the first pass learns, and later passes recall.
 *
 * Wireshark dissects each frame once in order, and then any of them at any time.
 * Verdicts, findings and links are made in the first pass, and kept for as long
 * as the file is open; the rules over several messages run here, on the state
 * machine that mipro-verify runs on.
 */
#include "packet-mipro.h"

#include "mipro_rules.h"

/* All that is about the open file; NULL while there is none. */
struct first_pass {
    struct mipro_conduct *conduct;
    wmem_map_t *findings;        /* frame to its struct mipro_kept_finding list */
    wmem_map_t *tunnel_findings; /* the same, of packets from tunnels */
    wmem_map_t *pfans;           /* frame to the struct mipro_record with a PFAN */
    wmem_map_t *weak; /* index of an association to the frame that found its key weak, + 1 */
};

static struct first_pass *pass;

uint32_t
mipro_addr(const address *addr)
{
    uint32_t v;

    if (addr->type != AT_IPv4 || addr->len != 4)
        return 0;
    memcpy(&v, addr->data, 4);
    return g_ntohl(v);
}

int64_t
mipro_time(const packet_info *pinfo)
{
    int64_t s = (int64_t)pinfo->abs_ts.secs;

    if ((pinfo->presence_flags & PINFO_HAS_TS) == 0 || s > INT64_MAX / MIPRO_SECOND - 1 ||
        s < INT64_MIN / MIPRO_SECOND + 1)
        return MIPRO_TIME_NONE;
    return s * MIPRO_SECOND + pinfo->abs_ts.nsecs;
}

static void
keep_finding(const struct mipro_finding *finding, bool shared)
{
    struct mipro_kept_finding *kept = wmem_new0(wmem_file_scope(), struct mipro_kept_finding);
    void *key = GUINT_TO_POINTER((uint32_t)finding->frame);
    /* Of the packet that came out of a tunnel, not of the message that it may hold. */
    wmem_map_t *map =
        finding->rule == MIPRO_RULE_STALE_FORWARDING ? pass->tunnel_findings : pass->findings;
    struct mipro_kept_finding *last = wmem_map_lookup(map, key);

    kept->rule = finding->rule;
    kept->off = (uint32_t)finding->off;
    kept->len = (uint32_t)finding->len;
    kept->text = wmem_strdup(wmem_file_scope(), finding->text);
    kept->n_related = finding->n_related;
    for (unsigned i = 0; i < finding->n_related; i++)
        kept->related[i] = (uint32_t)finding->related[i];
    kept->shared = shared;
    if (last == NULL) {
        wmem_map_insert(map, key, kept);
        return;
    }
    while (last->next != NULL)
        last = last->next;
    last->next = kept;
}

static void
take_conduct_finding(void *ctx _U_, const struct mipro_finding *finding)
{
    keep_finding(finding, true);
}

/* The last word on a PFAN, which may come many frames after it. */
static void
take_pfan(void *ctx _U_, uint64_t frame, const struct mipro_auth *auth)
{
    struct mipro_record *record = wmem_map_lookup(pass->pfans, GUINT_TO_POINTER((uint32_t)frame));

    if (record == NULL || auth == NULL)
        return;
    for (unsigned i = 0; i < record->n_auth; i++)
        if (record->auth[i].ext == MIPRO_EXT_PFAN && record->auth[i].off == auth->off)
            record->auth[i] = *auth;
}

static void
begin_file(void)
{
    mipro_forget_rings();
}

static void
end_file(void)
{
    if (pass != NULL)
        mipro_conduct_free(pass->conduct);
    pass = NULL; /* it lay in the file's memory */
}

/* The state of the first pass; made when it is first needed. */
static struct first_pass *
first_pass(void)
{
    static const struct mipro_conduct_sink sink = { NULL, take_conduct_finding, take_pfan };
    struct mipro_conduct_config config;

    if (pass != NULL)
        return pass;
    config = mipro_conduct_defaults();
    config.set = mipro_set;
    pass = wmem_new0(wmem_file_scope(), struct first_pass);
    pass->conduct = mipro_conduct_new(&config, &sink);
    pass->findings = wmem_map_new(wmem_file_scope(), g_direct_hash, g_direct_equal);
    pass->tunnel_findings = wmem_map_new(wmem_file_scope(), g_direct_hash, g_direct_equal);
    pass->pfans = wmem_map_new(wmem_file_scope(), g_direct_hash, g_direct_equal);
    pass->weak = wmem_map_new(wmem_file_scope(), g_direct_hash, g_direct_equal);
    return pass;
}

const struct mipro_kept_finding *
mipro_findings(const packet_info *pinfo)
{
    return pass != NULL ? wmem_map_lookup(pass->findings, GUINT_TO_POINTER(pinfo->num)) : NULL;
}

const struct mipro_kept_finding *
mipro_tunnel_findings(const packet_info *pinfo)
{
    return pass != NULL ? wmem_map_lookup(pass->tunnel_findings, GUINT_TO_POINTER(pinfo->num))
                        : NULL;
}

static void
parse(struct mipro_view *view, enum mipro_ident_hint hint)
{
    size_t captured = tvb_captured_length(view->tvb);

    mipro_message_parse(&view->m, tvb_get_ptr(view->tvb, 0, (int)captured), captured,
        tvb_reported_length(view->tvb), &mipro_set, hint);
}

/* Authenticators as they are judged: a few, or from a hostile message very many. */
struct auth_list {
    wmem_allocator_t *pool;
    unsigned n, room;
    struct mipro_auth *auth;
    struct mipro_auth few[4];
};

static void
append_auth(void *ctx, const struct mipro_auth *auth)
{
    struct auth_list *list = ctx;

    if (list->n == list->room) {
        struct mipro_auth *more = wmem_alloc_array(list->pool, struct mipro_auth, 4 * list->room);

        memcpy(more, list->auth, list->n * sizeof(*more));
        list->auth = more;
        list->room *= 4;
    }
    list->auth[list->n++] = *auth;
}

static void
judge(struct mipro_view *view, wmem_allocator_t *scope)
{
    struct mipro_scene scene = { view->src, view->dst, view->time, mipro_ring() };
    struct mipro_record *record = view->record;
    struct auth_list list;

    list.pool = view->pinfo->pool;
    list.n = 0;
    list.room = array_length(list.few);
    list.auth = list.few;
    mipro_auth_each(&view->m, &scene, append_auth, &list);
    record->n_auth = list.n;
    if (list.n != 0)
        record->auth = wmem_memdup(scope, list.auth, list.n * sizeof(*list.auth));
}

/* key-weak, for those associations that it was not reported for yet. */
static void
keep_weak(const struct mipro_evidence *ev, const struct mipro_finding *found)
{
    struct mipro_finding one = *found;
    const struct mipro_association *s;

    for (size_t i = 0; (s = mipro_weak_association(ev, i, &one)) != NULL; i++) {
        void *key = GUINT_TO_POINTER(s->index + 1);

        if (wmem_map_contains(pass->weak, key))
            continue;
        wmem_map_insert(pass->weak, key, GUINT_TO_POINTER((uint32_t)ev->frame));
        keep_finding(&one, false);
    }
}

/* The rules on this message alone. */
static void
check_rules(const struct mipro_view *view)
{
    struct mipro_finding found[MIPRO_RULES_ON_ONE];
    struct mipro_evidence ev = { 0 };
    size_t n;

    ev.message = &view->m;
    ev.auth = view->record->auth;
    ev.n_auth = view->record->n_auth;
    ev.sport = (uint16_t)view->pinfo->srcport;
    ev.dport = (uint16_t)view->pinfo->destport;
    ev.frame = view->pinfo->num;
    ev.time = view->time;
    ev.src = view->src;
    ev.dst = view->dst;
    n = mipro_rules_check(&ev, found);
    for (size_t i = 0; i < n; i++) {
        if (found[i].rule == MIPRO_RULE_KEY_WEAK)
            keep_weak(&ev, &found[i]);
        else
            keep_finding(&found[i], false);
    }
}

/* The rules over several messages: the machine takes the message in. */
static void
watch_conduct(const struct mipro_view *view)
{
    struct mipro_record *record = view->record;
    struct mipro_event event = { 0 };

    for (unsigned i = 0; i < record->n_auth; i++)
        if (record->auth[i].ext == MIPRO_EXT_PFAN)
            wmem_map_insert(pass->pfans, GUINT_TO_POINTER(record->frame), record);
    event.frame = record->frame;
    event.time = view->time;
    event.src = view->src;
    event.dst = view->dst;
    event.message = &view->m;
    event.auth = record->auth;
    event.n_auth = record->n_auth;
    event.ring = mipro_ring();
    mipro_conduct_see(pass->conduct, &event);
}

/* What the node believes now, if it was this message that told it. */
static void
watch_cache(struct mipro_view *view)
{
    struct mipro_belief belief;

    if (mipro_is_draft(&view->m) && view->m.def->type == MIPRO_BINDING_UPDATE &&
        mipro_conduct_belief(
            pass->conduct, view->dst, (uint32_t)mipro_value(&view->m, MIPRO_F_HOMEADDR), &belief) &&
        belief.frame == view->record->frame)
        mipro_learn_cache(view, &belief);
}

/* Ruling 1: the Binding Update that this Binding Acknowledge answers decides. */
static enum mipro_ident_hint
ident_hint(const struct mipro_view *view)
{
    if (!mipro_ident_is_open(&view->m) || !mipro_has(&view->m, MIPRO_F_HOMEADDR))
        return MIPRO_IDENT_UNKNOWN;
    return mipro_conduct_ident_hint(first_pass()->conduct, view->src, view->dst,
        (uint32_t)mipro_value(&view->m, MIPRO_F_HOMEADDR));
}

/* A message quoted in an ICMP error was not sent here. */
static bool
is_quoted(const packet_info *pinfo)
{
    return pinfo->flags.in_error_pkt;
}

void
mipro_learn(struct mipro_view *view)
{
    packet_info *pinfo = view->pinfo;
    struct mipro_record *record;
    uint32_t key = pinfo->curr_layer_num;

    view->src = mipro_addr(&pinfo->src);
    view->dst = mipro_addr(&pinfo->dst);
    view->time = mipro_time(pinfo);
    record = p_get_proto_data(wmem_file_scope(), pinfo, proto_mipro, key);
    if (record != NULL) {
        parse(view, record->hint);
        view->record = record;
        return;
    }

    parse(view, MIPRO_IDENT_UNKNOWN);
    if (is_quoted(pinfo) || PINFO_FD_VISITED(pinfo)) {
        view->record = record = wmem_new0(pinfo->pool, struct mipro_record);
        record->frame = pinfo->num;
        judge(view, pinfo->pool);
        return;
    }

    view->record = record = wmem_new0(wmem_file_scope(), struct mipro_record);
    record->frame = pinfo->num;
    record->hint = ident_hint(view);
    if (record->hint != MIPRO_IDENT_UNKNOWN)
        parse(view, record->hint);
    first_pass();
    judge(view, wmem_file_scope());
    if (view->m.def != NULL && view->m.def->source != MIPRO_SOURCE_IANA) {
        mipro_learn_exchange(view);
        watch_conduct(view); /* it may have the last word on a verdict: so before the rules */
        watch_cache(view);
    }
    check_rules(view);
    p_add_proto_data(wmem_file_scope(), pinfo, proto_mipro, key, record);
}

void
mipro_learn_advert(packet_info *pinfo, const struct mipro_advert *advert)
{
    if (!PINFO_FD_VISITED(pinfo) && !is_quoted(pinfo))
        mipro_conduct_advert(
            first_pass()->conduct, pinfo->num, mipro_time(pinfo), mipro_addr(&pinfo->src), advert);
}

void
mipro_learn_tunnel(packet_info *pinfo, uint32_t src, uint32_t dst, uint32_t homeaddr)
{
    if (!PINFO_FD_VISITED(pinfo) && !is_quoted(pinfo))
        mipro_conduct_tunnel(
            first_pass()->conduct, pinfo->num, mipro_time(pinfo), src, dst, homeaddr);
}

void
mipro_learn_time(packet_info *pinfo)
{
    int64_t now = mipro_time(pinfo);

    if (pass != NULL && !PINFO_FD_VISITED(pinfo) && now != MIPRO_TIME_NONE)
        mipro_conduct_tick(pass->conduct, now);
}

/* The first pass is over: PFANs get their last word. */
static void
end_first_pass(void)
{
    if (pass != NULL)
        mipro_conduct_end(pass->conduct);
}

void
mipro_register_record(void)
{
    register_init_routine(begin_file);
    register_cleanup_routine(end_file);
    register_postseq_cleanup_routine(end_first_pass);
}
