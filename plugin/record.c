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

#define CHUNK 65536u /* octets that are allocated together, for records */

/* All that is about the open file; NULL while there is none. */
struct first_pass {
    struct mipro_conduct *conduct;
    wmem_map_t *findings;        /* frame to its struct mipro_kept_finding list */
    wmem_map_t *tunnel_findings; /* the same, of packets from tunnels */
    wmem_map_t *weak; /* index of an association to the frame that found its key weak, + 1 */
    /*
     * In the order of frames.  An array, and not epan's list at each frame: a fifth of
     * its octets, and of its instructions.
     */
    struct mipro_record **records;
    size_t n_records, room;
    uint8_t *chunk; /* what is left of it */
    size_t left;
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

nstime_t
mipro_nstime(int64_t ns)
{
    nstime_t t = { (time_t)(ns / MIPRO_SECOND), (int)(ns % MIPRO_SECOND) };

    return t;
}

/* ---- findings ---- */

/* record: of the message whose octets it is about; NULL: it is the conduct's, about the frame. */
static void
keep_finding(const struct mipro_finding *finding, const struct mipro_record *record)
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
    kept->record = record;
    kept->message = finding->message;
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
    keep_finding(finding, NULL);
}

/* ---- records ---- */

/* Memory of the file's, without the header of an allocation of its own. */
static void *
keep(size_t size)
{
    void *kept;

    size = (size + 7) & ~(size_t)7;
    if (size > CHUNK / 8)
        return wmem_alloc(wmem_file_scope(), size);
    if (size > pass->left) {
        pass->chunk = wmem_alloc(wmem_file_scope(), CHUNK);
        pass->left = CHUNK;
    }
    kept = pass->chunk;
    pass->chunk += size;
    pass->left -= size;
    return kept;
}

/* Where in the array the records of a frame begin, or would. */
static size_t
find_frame(uint32_t frame)
{
    size_t from = 0, to = pass->n_records;

    if (to == 0 || pass->records[to - 1]->frame < frame)
        return to;
    while (from < to) {
        size_t middle = from + (to - from) / 2;

        if (pass->records[middle]->frame < frame)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

/* The next record of a frame; *i begins with find_frame(). */
static struct mipro_record *
next_record(uint32_t frame, size_t *i)
{
    if (*i >= pass->n_records || pass->records[*i]->frame != frame)
        return NULL;
    return pass->records[(*i)++];
}

static struct mipro_record *
find_record(uint32_t frame, unsigned layer)
{
    struct mipro_record *record;

    if (pass == NULL)
        return NULL;
    for (size_t i = find_frame(frame); (record = next_record(frame, &i)) != NULL;)
        if (record->layer == layer)
            return record;
    return NULL;
}

struct mipro_record *
mipro_believed_record(uint32_t frame)
{
    struct mipro_record *record;

    for (size_t i = find_frame(frame); (record = next_record(frame, &i)) != NULL;)
        if (record->belief != MIPRO_BELIEF_UNCHANGED)
            return record;
    return NULL;
}

static void
init_record(struct mipro_record *record, const struct mipro_view *view)
{
    memset(record, 0, sizeof(*record));
    record->response_time = MIPRO_TIME_NONE;
    record->frame = view->pinfo->num;
    record->layer = view->pinfo->curr_layer_num;
    record->n_auth = view->n_auth;
}

/* A record that is kept for the authenticators in view->auth, which are not yet settled. */
static struct mipro_record *
new_record(const struct mipro_view *view)
{
    struct mipro_record *record = keep(sizeof(*record) + view->n_auth * sizeof(record->auth[0]));

    init_record(record, view);
    memset(record->auth, 0, view->n_auth * sizeof(record->auth[0]));
    if (pass->n_records == pass->room) {
        pass->room = pass->room != 0 ? 2 * pass->room : 64;
        pass->records =
            wmem_realloc(wmem_file_scope(), pass->records, pass->room * sizeof(pass->records[0]));
    }
    pass->records[pass->n_records++] = record;
    return record;
}

static void
pack_auth(struct mipro_kept_auth *kept, const struct mipro_auth *auth)
{
    *kept = (struct mipro_kept_auth){
        .association = auth->association,
        .off = (uint32_t)auth->off,
        .len = (uint32_t)auth->len,
        .spi = auth->spi,
        .node = auth->node,
        .ext = auth->ext,
        .verdict = (uint8_t)auth->verdict,
        .algorithm = (uint8_t)auth->algorithm,
        .coverage = (uint8_t)auth->coverage,
        .has_spi = auth->has_spi,
        .size_wrong = auth->size_wrong,
        .ident = auth->reading.ident,
        .minimal = auth->reading.minimal,
        .gre = auth->reading.gre,
        .from_update = auth->reading.from_update,
    };
    if (auth->verdict == MIPRO_BAD && auth->has_calculated)
        kept->calculated = memcpy(keep(MIPRO_AUTH_LEN), auth->calculated, MIPRO_AUTH_LEN);
}

static void
unpack_auth(const struct mipro_kept_auth *kept, struct mipro_auth *auth)
{
    *auth = (struct mipro_auth){
        .ext = kept->ext,
        .off = kept->off,
        .len = kept->len,
        .verdict = (enum mipro_verdict)kept->verdict,
        .has_spi = kept->has_spi,
        .spi = kept->spi,
        .size_wrong = kept->size_wrong,
        .association = kept->association,
        .node = kept->node,
        .algorithm = (enum mipro_algorithm)kept->algorithm,
        .coverage = (enum mipro_coverage)kept->coverage,
        .reading = { kept->ident, kept->minimal, kept->gre, kept->from_update },
        .has_calculated = kept->calculated != NULL,
    };
    if (kept->calculated != NULL)
        memcpy(auth->calculated, kept->calculated, MIPRO_AUTH_LEN);
}

/* The last word on a PFAN, which may come many frames after it. */
static void
take_pfan(void *ctx _U_, uint64_t frame, const struct mipro_auth *auth)
{
    struct mipro_record *record;

    if (auth == NULL)
        return;
    for (size_t i = find_frame((uint32_t)frame);
         (record = next_record((uint32_t)frame, &i)) != NULL;)
        for (unsigned k = 0; k < record->n_auth; k++)
            if (record->auth[k].ext == MIPRO_EXT_PFAN && record->auth[k].off == auth->off)
                pack_auth(&record->auth[k], auth);
}

/* ---- the file ---- */

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
    pass->weak = wmem_map_new(wmem_file_scope(), g_direct_hash, g_direct_equal);
    return pass;
}

/* f, or the first behind it that is about this message. */
static const struct mipro_kept_finding *
skip_others(const struct mipro_view *view, const struct mipro_kept_finding *f)
{
    uint8_t type = mipro_message_type(&view->m);

    while (f != NULL && f->record != view->record && (f->record != NULL || f->message != type))
        f = f->next;
    return f;
}

const struct mipro_kept_finding *
mipro_first_finding(const struct mipro_view *view)
{
    if (pass == NULL)
        return NULL;
    return skip_others(view, wmem_map_lookup(pass->findings, GUINT_TO_POINTER(view->pinfo->num)));
}

const struct mipro_kept_finding *
mipro_next_finding(const struct mipro_view *view, const struct mipro_kept_finding *f)
{
    return skip_others(view, f->next);
}

const struct mipro_kept_finding *
mipro_tunnel_findings(const packet_info *pinfo)
{
    return pass != NULL ? wmem_map_lookup(pass->tunnel_findings, GUINT_TO_POINTER(pinfo->num))
                        : NULL;
}

/* ---- one message ---- */

static void
parse(struct mipro_view *view, enum mipro_ident_hint hint)
{
    size_t captured = tvb_captured_length(view->tvb);

    mipro_message_parse(&view->m, tvb_get_ptr(view->tvb, 0, (int)captured), captured,
        tvb_reported_length(view->tvb), &mipro_set, hint);
}

/* Room in view->auth for n: a few, or from a hostile message very many. */
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

static void
recall_auths(struct mipro_view *view)
{
    const struct mipro_record *record = view->record;

    if (record->n_auth > array_length(view->few))
        view->auth = wmem_alloc_array(view->pinfo->pool, struct mipro_auth, record->n_auth);
    for (unsigned i = 0; i < record->n_auth; i++)
        unpack_auth(&record->auth[i], &view->auth[i]);
    view->n_auth = record->n_auth;
}

/* key-weak, for those associations that it was not reported for yet. */
static void
keep_weak(const struct mipro_evidence *ev, const struct mipro_finding *found,
    const struct mipro_record *record)
{
    struct mipro_finding one = *found;
    const struct mipro_association *s;

    for (size_t i = 0; (s = mipro_weak_association(ev, i, &one)) != NULL; i++) {
        void *key = GUINT_TO_POINTER(s->index + 1);

        if (wmem_map_contains(pass->weak, key))
            continue;
        wmem_map_insert(pass->weak, key, GUINT_TO_POINTER((uint32_t)ev->frame));
        keep_finding(&one, record);
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
    ev.auth = view->auth;
    ev.n_auth = view->n_auth;
    ev.sport = (uint16_t)view->pinfo->srcport;
    ev.dport = (uint16_t)view->pinfo->destport;
    ev.frame = view->pinfo->num;
    ev.time = view->time;
    ev.src = view->src;
    ev.dst = view->dst;
    n = mipro_rules_check(&ev, found);
    for (size_t i = 0; i < n; i++) {
        if (found[i].rule == MIPRO_RULE_KEY_WEAK)
            keep_weak(&ev, &found[i], view->record);
        else
            keep_finding(&found[i], view->record);
    }
}

/* The rules over several messages: the machine takes the message in. */
static void
watch_conduct(const struct mipro_view *view)
{
    struct mipro_event event = { 0 };

    event.frame = view->pinfo->num;
    event.time = view->time;
    event.src = view->src;
    event.dst = view->dst;
    event.message = &view->m;
    event.auth = view->auth;
    event.n_auth = view->n_auth;
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
    return mipro_conduct_ident_hint(
        pass->conduct, view->src, view->dst, (uint32_t)mipro_value(&view->m, MIPRO_F_HOMEADDR));
}

/* A message quoted in an ICMP error was not sent here. */
static bool
is_quoted(const packet_info *pinfo)
{
    return pinfo->flags.in_error_pkt;
}

/* It is the first pass, and all before this frame was seen: what is learned now is kept. */
static bool
is_to_be_kept(const packet_info *pinfo)
{
    return !PINFO_FD_VISITED(pinfo) && !is_quoted(pinfo) &&
           (pass == NULL || pass->n_records == 0 ||
               pass->records[pass->n_records - 1]->frame <= pinfo->num);
}

static void
begin_view(struct mipro_view *view, tvbuff_t *tvb, packet_info *pinfo)
{
    view->tvb = tvb;
    view->pinfo = pinfo;
    view->record = NULL;
    view->auth = view->few;
    view->n_auth = 0;
    view->src = mipro_addr(&pinfo->src);
    view->dst = mipro_addr(&pinfo->dst);
    view->time = mipro_time(pinfo);
    view->tree = NULL;
    view->top = NULL;
    view->places = NULL;
}

/* Nothing is known of the message, and nothing will be. */
static void
learn_nothing(struct mipro_view *view)
{
    parse(view, MIPRO_IDENT_UNKNOWN);
    judge(view);
    view->record = wmem_new(view->pinfo->pool, struct mipro_record);
    init_record(view->record, view);
    view->record->n_auth = 0;
}

void
mipro_learn(struct mipro_view *view, tvbuff_t *tvb, packet_info *pinfo)
{
    enum mipro_ident_hint hint;

    begin_view(view, tvb, pinfo);
    view->record = find_record(pinfo->num, pinfo->curr_layer_num);
    if (view->record != NULL) {
        parse(view, (enum mipro_ident_hint)view->record->hint);
        recall_auths(view);
        return;
    }
    if (!is_to_be_kept(pinfo)) {
        learn_nothing(view);
        return;
    }

    first_pass();
    parse(view, MIPRO_IDENT_UNKNOWN);
    hint = ident_hint(view);
    if (hint != MIPRO_IDENT_UNKNOWN)
        parse(view, hint);
    judge(view);
    view->record = new_record(view);
    view->record->hint = (uint8_t)hint;
    if (view->m.def != NULL && view->m.def->source != MIPRO_SOURCE_IANA) {
        mipro_learn_exchange(view);
        watch_conduct(view); /* it may have the last word on a verdict: so before the rules */
        watch_cache(view);
    }
    for (unsigned i = 0; i < view->n_auth; i++)
        pack_auth(&view->record->auth[i], &view->auth[i]);
    check_rules(view);
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
        mipro_conduct_tick(pass->conduct, pinfo->num, now);
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
