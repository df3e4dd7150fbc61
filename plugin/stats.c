/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stats.c - the tap and its statistics: a tree (-z mipro,tree), response times
 * (-z mipro,srt), conversations and endpoints by home address (-z conv,mipro).
 *
 * A finding that was made after its frame is counted when the frame is dissected again: in the
 * GUI, and in tshark with -2.
 */
#include "packet-mipro.h"

#include <epan/conversation_table.h>
#include <epan/srt_table.h>
#include <epan/stats_tree.h>
#include <epan/tap.h>

/* A rule that is broken, and how serious it is here. */
struct broken {
    enum mipro_rule rule;
    enum mipro_severity severity;
};

/* A message, or a tunneled packet that breaks a rule (then message is NULL). */
struct tap_packet {
    const struct mipro_message *message;
    const struct mipro_auth *auth;
    unsigned n_auth;
    int64_t response_time; /* MIPRO_TIME_NONE: not known */
    bool is_copy;
    wmem_array_t *broken; /* of struct broken */
    address home, peer;   /* as in struct mipro_parties */
    bool from_home;
};

static int mipro_tap_id = -1;

/* ---- the tap ---- */

static void
set_address_of(address *addr, wmem_allocator_t *pool, uint32_t value)
{
    uint32_t octets = g_htonl(value);

    alloc_address_wmem(pool, addr, AT_IPv4, 4, &octets);
}

static struct tap_packet *
new_packet(wmem_allocator_t *pool)
{
    struct tap_packet *packet = wmem_new0(pool, struct tap_packet);

    packet->response_time = MIPRO_TIME_NONE;
    packet->broken = wmem_array_new(pool, sizeof(struct broken));
    return packet;
}

static void
append_finding(struct tap_packet *packet, const struct mipro_kept_finding *f)
{
    enum mipro_rule rule = (enum mipro_rule)f->rule;
    struct broken broken = { rule, f->mild ? MIPRO_WARNING : mipro_rule_def(rule)->severity };

    wmem_array_append_one(packet->broken, broken);
}

void
mipro_tap(struct mipro_view *view)
{
    wmem_allocator_t *pool = view->pinfo->pool;
    struct mipro_parties parties = mipro_parties(view);
    struct tap_packet *packet;

    if (!have_tap_listener(mipro_tap_id) || !view->is_kept)
        return;
    packet = new_packet(pool);
    packet->message = wmem_memdup(pool, &view->m, sizeof(view->m));
    packet->n_auth = view->n_auth;
    if (view->n_auth != 0)
        packet->auth = wmem_memdup(pool, view->auth, view->n_auth * sizeof(*view->auth));
    packet->response_time = mipro_response_time(view->record);
    packet->is_copy = mipro_linked(view->record, MIPRO_COPY_OF) != 0;
    for (const struct mipro_kept_finding *f = mipro_first_finding(view); f != NULL;
         f = mipro_next_finding(view, f))
        append_finding(packet, f);
    packet->from_home = parties.from_home;
    set_address_of(&packet->home, pool, parties.home);
    set_address_of(&packet->peer, pool, parties.peer);
    tap_queue_packet(mipro_tap_id, view->pinfo, packet);
}

void
mipro_tap_tunnel_findings(packet_info *pinfo)
{
    struct tap_packet *packet;

    if (!have_tap_listener(mipro_tap_id))
        return;
    packet = new_packet(pinfo->pool);
    for (const struct mipro_kept_finding *f = mipro_tunnel_findings(pinfo); f != NULL;
         f = mipro_next_tunnel_finding(pinfo, f))
        append_finding(packet, f);
    tap_queue_packet(mipro_tap_id, pinfo, packet);
}

/* ---- the tree ---- */

static int messages_node, statuses_node, verdicts_node, errors_node, warnings_node, notes_node;
static int undecided_node, dropped_node;
static const char copies_name[] = "Copies of datagrams captured before";
static const char undecided_name[] = "Undecided cases";
static const char dropped_name[] = "Dropped for want of room";

static void
begin_tree(stats_tree *tree)
{
    messages_node = stats_tree_create_pivot(tree, "Messages", 0);
    statuses_node = stats_tree_create_pivot(tree, "Status of Binding Acknowledges", 0);
    verdicts_node = stats_tree_create_pivot(tree, "Authenticators", 0);
    errors_node = stats_tree_create_pivot(tree, "Findings: errors", 0);
    warnings_node = stats_tree_create_pivot(tree, "Findings: warnings", 0);
    notes_node = stats_tree_create_pivot(tree, "Findings: notes", 0);
    undecided_node = stats_tree_create_node(tree, undecided_name, 0, STAT_DT_INT, TRUE);
    stats_tree_create_node(tree, copies_name, 0, STAT_DT_INT, FALSE);
    dropped_node = stats_tree_create_node(tree, dropped_name, 0, STAT_DT_INT, TRUE);
}

static int
findings_node(enum mipro_severity severity)
{
    switch (severity) {
    case MIPRO_ERROR:
        return errors_node;
    case MIPRO_WARNING:
        return warnings_node;
    case MIPRO_NOTE:
        break;
    }
    return notes_node;
}

static void
count_message(stats_tree *tree, const struct tap_packet *packet)
{
    const struct mipro_message *m = packet->message;
    char text[64];

    stats_tree_tick_pivot(tree, messages_node, m->def->name);
    if (mipro_is_draft(m) && mipro_has(m, MIPRO_F_STATUS)) {
        uint8_t status = (uint8_t)mipro_value(m, MIPRO_F_STATUS);
        const char *name = mipro_status_name(status);

        snprintf(text, sizeof(text), "%u %s", status, name != NULL ? name : "not assigned");
        stats_tree_tick_pivot(tree, statuses_node, text);
    }
    for (unsigned i = 0; i < packet->n_auth; i++)
        stats_tree_tick_pivot(tree, verdicts_node, mipro_verdict_name(packet->auth[i].verdict));
}

/* Show a count below a node, unless it is 0. */
static void
show_count(stats_tree *tree, const char *text, int below, uint64_t n)
{
    if (n != 0)
        set_stat_node(tree, text, below, FALSE, (int)MIN(n, INT_MAX));
}

/*
 * Show conduct's counts so far of undecided cases and dropped state, which belong to no frame.
 * They are complete once the first pass has ended (in the GUI, and in tshark with -2).
 */
static void
show_totals(stats_tree *tree)
{
    struct mipro_conduct_totals totals;

    if (!mipro_learned_totals(&totals))
        return;
    for (unsigned i = 0; i < MIPRO_UNDECIDED_REASONS; i++)
        show_count(tree, mipro_undecided_text((enum mipro_undecided)i), undecided_node,
            mipro_undecided_of_reason(&totals, (enum mipro_undecided)i));
    set_stat_node(
        tree, undecided_name, 0, TRUE, (int)MIN(mipro_undecided_of_all(&totals), INT_MAX));
    for (unsigned i = 0; i < MIPRO_DROPPED_KINDS; i++)
        show_count(
            tree, mipro_dropped_text((enum mipro_dropped)i), dropped_node, totals.dropped[i]);
    set_stat_node(tree, dropped_name, 0, TRUE, (int)MIN(mipro_dropped_of_all(&totals), INT_MAX));
}

static tap_packet_status
count_packet(stats_tree *tree, packet_info *pinfo _U_, epan_dissect_t *edt _U_, const void *data,
    tap_flags_t flags _U_)
{
    const struct tap_packet *packet = data;

    if (packet->message != NULL)
        count_message(tree, packet);
    if (packet->is_copy)
        increase_stat_node(tree, copies_name, 0, FALSE, 1);
    show_totals(tree);
    for (unsigned i = 0; i < wmem_array_get_count(packet->broken); i++) {
        const struct broken *broken = wmem_array_index(packet->broken, i);

        stats_tree_tick_pivot(
            tree, findings_node(broken->severity), mipro_rule_def(broken->rule)->id);
    }
    return TAP_PACKET_REDRAW;
}

/* ---- response times ---- */

/* Rows of the table, by the type of the answer. */
static const struct {
    uint8_t answer;
    const char *name;
} responses[] = {
    { MIPRO_BINDING_UPDATE, "Binding Request, Update" },
    { MIPRO_BINDING_ACKNOWLEDGE, "Binding Update, Acknowledge" },
    { MIPRO_REGISTRATION_REPLY, "Registration Request, Reply" },
};

static void
begin_response_times(struct register_srt *srt _U_, GArray *tables)
{
    srt_stat_table *table = init_srt_table("Mobile IP Route Optimization", NULL, tables,
        (int)array_length(responses), "Exchange", "mipro.type", NULL);

    for (size_t i = 0; i < array_length(responses); i++)
        init_srt_table_row(table, (int)i, responses[i].name);
}

static tap_packet_status
count_response(void *data, packet_info *pinfo, epan_dissect_t *edt _U_, const void *tapped,
    tap_flags_t flags _U_)
{
    const struct tap_packet *packet = tapped;
    srt_data_t *srt = data;
    nstime_t asked, after;

    if (packet->message == NULL || packet->response_time == MIPRO_TIME_NONE)
        return TAP_PACKET_DONT_REDRAW;
    after = mipro_nstime(packet->response_time);
    nstime_delta(&asked, &pinfo->abs_ts, &after);
    for (size_t i = 0; i < array_length(responses); i++)
        if (responses[i].answer == packet->message->def->type)
            add_srt_table_data(
                g_array_index(srt->srt_array, srt_stat_table *, 0), (int)i, &asked, pinfo);
    return TAP_PACKET_REDRAW;
}

/* ---- conversations and endpoints ---- */

/* Not ip.addr: the home address is not an end of a home agent's messages. */
static const char *
conversation_filter(struct _conversation_item_t *item _U_, conv_filter_type_e type)
{
    switch (type) {
    case CONV_FT_ANY_ADDRESS:
        return "mipro.party";
    case CONV_FT_SRC_ADDRESS:
        return "mipro.party.from";
    case CONV_FT_DST_ADDRESS:
        return "mipro.party.to";
    default:
        return CONV_FILTER_INVALID;
    }
}

static const char *
endpoint_filter(struct _endpoint_item_t *item _U_, conv_filter_type_e type)
{
    return type == CONV_FT_ANY_ADDRESS ? "mipro.homeaddr" : CONV_FILTER_INVALID;
}

static ct_dissector_info_t conversation_help = { conversation_filter };
static et_dissector_info_t endpoint_help = { endpoint_filter };

static tap_packet_status
count_conversation(
    void *data, packet_info *pinfo, epan_dissect_t *edt _U_, const void *tapped, tap_flags_t flags)
{
    const struct tap_packet *packet = tapped;
    conv_hash_t *hash = data;

    hash->flags = flags;
    if (packet->message == NULL || !mipro_has(packet->message, MIPRO_F_HOMEADDR))
        return TAP_PACKET_DONT_REDRAW;
    add_conversation_table_data(hash, packet->from_home ? &packet->home : &packet->peer,
        packet->from_home ? &packet->peer : &packet->home, 0, 0, 1, (int)pinfo->fd->pkt_len,
        &pinfo->rel_ts, &pinfo->abs_ts, &conversation_help, CONVERSATION_NONE);
    return TAP_PACKET_REDRAW;
}

static tap_packet_status
count_endpoint(
    void *data, packet_info *pinfo, epan_dissect_t *edt _U_, const void *tapped, tap_flags_t flags)
{
    const struct tap_packet *packet = tapped;
    conv_hash_t *hash = data;

    hash->flags = flags;
    if (packet->message == NULL || !mipro_has(packet->message, MIPRO_F_HOMEADDR))
        return TAP_PACKET_DONT_REDRAW;
    add_endpoint_table_data(hash, &packet->home, 0, packet->from_home, 1, (int)pinfo->fd->pkt_len,
        &endpoint_help, ENDPOINT_NONE);
    return TAP_PACKET_REDRAW;
}

void
mipro_register_stats(void)
{
    mipro_tap_id = register_tap("mipro");
    register_srt_table(proto_mipro, NULL, 1, count_response, begin_response_times, NULL);
    register_conversation_table(proto_mipro, 1, count_conversation, count_endpoint);
}

/* Registered at handoff: the statistics tree is a tap listener and needs the tap to exist. */
void
mipro_handoff_stats(void)
{
    stats_tree_register_plugin(
        "mipro", "mipro", "Mobile IP Route Optimization", 0, count_packet, begin_tree, NULL);
}
