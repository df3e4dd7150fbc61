/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * packet-mipro.c - Mobile IP route optimization, draft-ietf-mobileip-optim-08.
 *
 * Wireshark's "mip" is registered for UDP port 434 and reports types 16-19 as malformed; "icmp"
 * dissects agent advertisements.  Both work well otherwise, so this plugin does not replace
 * them.  Instead a shim takes their place in the dissector tables: a handle without a protocol,
 * which adds no layer, is called even if either protocol is disabled, and appears in Decode As
 * under its description.  It calls mipro for types 16-19 and mip for all others, and after mip
 * returns it adds what mip does not support.  The same is done after icmp, and before the
 * dissectors of tunneled packets.
 */
#include "record.h"
#include "waiting.h"

#include <epan/exceptions.h>
#include <epan/ipproto.h>

/* A shim, and the handle that it replaces and calls. */
struct shim {
    dissector_handle_t here, onward;
};

static struct shim udp_shim, icmp_shim, ipip_shim, gre_shim;
static dissector_handle_t mipro_handle;   /* "mipro", for messages of any type */
static dissector_handle_t message_handle; /* for types 16-19 */
static GArray *lost_ports;                /* ports registered to mip instead of the shim */
static char *seen_ports;                  /* the last value of mip's port preference */

static bool
is_enabled(void)
{
    return proto_is_protocol_enabled(find_protocol_by_id(proto_mipro));
}

/* The type octet; 0, which is not a valid type, if it was not captured. */
static uint8_t
type_of(tvbuff_t *tvb)
{
    return tvb_captured_length(tvb) > 0 ? *tvb_get_ptr(tvb, 0, 1) : 0;
}

static bool
is_route_optimization(uint8_t type)
{
    return type >= MIPRO_BINDING_WARNING && type <= MIPRO_BINDING_ACKNOWLEDGE;
}

/*
 * Expert Information lists what a shim adds under this name, so set it to MIPRO.  The caller
 * restores the returned name.
 */
static const char *
speak_for_mipro(packet_info *pinfo)
{
    const char *before = pinfo->current_proto;

    pinfo->current_proto = "MIPRO";
    return before;
}

/*
 * Types 1 and 3, after mip has drawn them or has thrown an exception.  Returns whether there was
 * anything to add.
 */
static bool
add_to_registration(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    const char *before = speak_for_mipro(pinfo);
    struct mipro_view view;
    bool has_news;

    mipro_learn(&view, tvb, pinfo);
    has_news = mipro_draw_registration(&view, tree);
    mipro_tap(&view);
    pinfo->current_proto = before;
    return has_news;
}

/* Look at a tunneled packet; pinfo still has the ends of the tunnel. */
void
mipro_look_into_tunnel(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    const char *before;

    if (!is_enabled() || tvb_captured_length(tvb) < 20 || *tvb_get_ptr(tvb, 0, 1) >> 4 != 4)
        return;
    mipro_learn_tunnel(
        pinfo, mipro_addr(&pinfo->src), mipro_addr(&pinfo->dst), tvb_get_ntohl(tvb, 16));
    if (mipro_tunnel_findings(pinfo) == NULL)
        return;
    before = speak_for_mipro(pinfo);
    mipro_draw_tunnel_findings(tvb, pinfo, tree);
    pinfo->current_proto = before;
    mipro_tap_tunnel_findings(pinfo);
}

/*
 * RFC 3519: a tunnel through UDP, which mip unwraps: type, next header, reserved (2),
 * then the packet.
 */
static void
look_into_udp_tunnel(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    if (tvb_captured_length(tvb) > 4 && *tvb_get_ptr(tvb, 1, 1) == IP_PROTO_IPIP)
        mipro_look_into_tunnel(tvb_new_subset_remaining(tvb, 4), pinfo, tree);
}

static int
call_mip(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    const struct mipro_msg_def *def = mipro_msg_def(type_of(tvb), MIPRO_SOURCE_BASE);
    volatile int used = 0;
    volatile bool is_ours = false;

    if (udp_shim.onward == NULL)
        return 0; /* this Wireshark was built without mip */
    if (!is_enabled())
        return call_dissector_only(udp_shim.onward, tvb, pinfo, tree, data);
    if (type_of(tvb) == 4)
        look_into_udp_tunnel(tvb, pinfo, tree);
    TRY { used = call_dissector_only(udp_shim.onward, tvb, pinfo, tree, data); }
    FINALLY
    {
        if (def != NULL)
            is_ours = add_to_registration(tvb, pinfo, tree);
    }
    ENDTRY;
    /* If mip is disabled, we show what we know of a registration; the rest is shown as data. */
    return used == 0 && is_ours ? (int)tvb_captured_length(tvb) : used;
}

static int
dissect_message(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    struct mipro_view view;

    mipro_learn(&view, tvb, pinfo);
    mipro_tap(&view);
    mipro_draw_message(&view, tree);
    return (int)tvb_captured_length(tvb);
}

/* What epan passes, or the message as mipro-verify reads it. */
static tvbuff_t *
octets_of_message(tvbuff_t *tvb, packet_info *pinfo)
{
    tvbuff_t *ours;

    mipro_meet_frame(pinfo);
    ours = mipro_first_octets(tvb, pinfo);
    return ours != tvb || pinfo->fragmented || pinfo->flags.in_error_pkt
               ? ours
               : mipro_with_lost_octets(tvb, pinfo);
}

/* The dissector for Decode As: there too, other types are passed to mip. */
static int
dissect_mipro(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    tvb = octets_of_message(tvb, pinfo);
    if (is_route_optimization(type_of(tvb)))
        return dissect_message(tvb, pinfo, tree, data);
    return call_mip(tvb, pinfo, tree, data);
}

static int
dissect_udp_shim(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    int used = 0; /* also if mipro is disabled */

    if (is_enabled())
        tvb = octets_of_message(tvb, pinfo);
    if (is_route_optimization(type_of(tvb)))
        used = call_dissector_only(message_handle, tvb, pinfo, tree, data);
    return used != 0 ? used : call_mip(tvb, pinfo, tree, data);
}

static int
dissect_icmp_shim(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    size_t captured = tvb_captured_length(tvb);
    struct mipro_advert advert;
    volatile int used = -1; /* icmp threw, because the packet was not captured whole */

    if (!is_enabled() || !mipro_advert_parse(&advert, tvb_get_ptr(tvb, 0, (int)captured), captured,
                             tvb_reported_length(tvb)))
        return call_dissector_only(icmp_shim.onward, tvb, pinfo, tree, data);
    TRY { used = call_dissector_only(icmp_shim.onward, tvb, pinfo, tree, data); }
    FINALLY
    {
        if (used != 0) {
            mipro_learn_advert(pinfo, &advert);
            mipro_draw_advert(tvb, pinfo, tree, &advert);
        }
    }
    ENDTRY;
    return used;
}

static int
dissect_ipip_shim(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    mipro_look_into_tunnel(tvb, pinfo, tree);
    return call_dissector_only(ipip_shim.onward, tvb, pinfo, tree, data);
}

static int
dissect_gre_shim(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    mipro_look_into_tunnel(tvb, pinfo, tree);
    return call_dissector_only(gre_shim.onward, tvb, pinfo, tree, data);
}

/* Called last for each frame: passes its time, whatever it contains. */
static int
see_frame(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    mipro_meet_frame(pinfo);
    mipro_show_own_datagrams(tvb, pinfo, tree, mipro_handle);
    return 0;
}

/* ---- keeping the shim registered ---- */

/*
 * When mip's port preference changes, epan registers mip for ports where the shim was or should
 * be.  Decode As changes the table in the same way, but on the user's request: so ports are
 * reclaimed only if the preference has changed since the last check.
 */
static void
note_lost_port(const char *table _U_, ftenum_t type _U_, void *key, void *value, void *unused _U_)
{
    if (dtbl_entry_get_handle(value) == udp_shim.onward)
        g_array_append_val(lost_ports, key);
}

static char *
mip_ports(wmem_allocator_t *scope)
{
    range_t *ports = prefs_get_range_value("mip", "udp.port");

    return ports != NULL ? range_convert_range(scope, ports) : wmem_strdup(scope, "");
}

static void
forget_ports(void)
{
    g_array_free(lost_ports, TRUE);
    wmem_free(NULL, seen_ports);
}

static void
take_ports_back(void)
{
    char *ports = mip_ports(NULL);

    if (g_strcmp0(ports, seen_ports) == 0) {
        wmem_free(NULL, ports);
        return;
    }
    wmem_free(NULL, seen_ports);
    seen_ports = ports;
    g_array_set_size(lost_ports, 0);
    dissector_table_foreach("udp.port", note_lost_port, NULL);
    for (unsigned i = 0; i < lost_ports->len; i++)
        dissector_change_uint(
            "udp.port", GPOINTER_TO_UINT(g_array_index(lost_ports, void *, i)), udp_shim.here);
}

/*
 * The ports whose messages are ours, Decode As included.  One by one: dissector_table_foreach()
 * leaves out a handle without a protocol, as the shim is.
 */
static void
collect_ports(struct mipro_ports *ports)
{
    dissector_table_t table = find_dissector_table("udp.port");

    memset(ports, 0, sizeof(*ports));
    for (unsigned port = 0; port <= UINT16_MAX; port++) {
        dissector_handle_t handle = dissector_get_uint_handle(table, port);

        if (handle != NULL && (handle == udp_shim.here || handle == mipro_handle))
            mipro_ports_add(ports, (uint16_t)port);
    }
}

/* ---- registration ---- */

/* 4.4 needs a name so that Decode As can save the entry. */
static dissector_handle_t
create_shim(const char *name, const char *description, dissector_t dissect)
{
    return create_dissector_handle_with_name_and_description(dissect, -1, name, description);
}

void
proto_register_mipro(void)
{
    if (!mipro_auth_check_lanes())
        ws_warning("a width of vectors computes wrong hashes here; it is not used");
    proto_mipro = proto_register_protocol("Mobile IP Route Optimization", "MIPRO", "mipro");
    mipro_handle = register_dissector("mipro", dissect_mipro, proto_mipro);
    message_handle = create_dissector_handle(dissect_message, proto_mipro);
    mipro_register_fields();
    mipro_register_preferences();
    mipro_register_records();
    mipro_register_learning();
    mipro_register_fragments(collect_ports, mipro_learn_incomplete);
    mipro_register_waiting();
    mipro_register_stats();
    udp_shim.here = create_shim("mobileip-mipro", "MobileIP with MIPRO", dissect_udp_shim);
    icmp_shim.here = create_shim("icmp-mipro", "ICMP with MIPRO", dissect_icmp_shim);
    ipip_shim.here = create_shim("ipv4-mipro", "IPv4 with MIPRO", dissect_ipip_shim);
    gre_shim.here = create_shim("gre-ipv4-mipro", "IPv4 in GRE with MIPRO", dissect_gre_shim);
    register_postdissector(create_dissector_handle(see_frame, proto_mipro));
    register_init_routine(take_ports_back);
}

/* Put the shim into the table, in front of the current handle. */
static void
place_shim(struct shim *shim, const char *table, uint32_t at, const char *whose)
{
    shim->onward = find_dissector(whose);
    if (shim->onward != NULL)
        dissector_add_uint(table, at, shim->here);
}

void
proto_reg_handoff_mipro(void)
{
    place_shim(&udp_shim, "udp.port", MIPRO_PORT, "mip");
    place_shim(&icmp_shim, "ip.proto", IP_PROTO_ICMP, "icmp");
    place_shim(&ipip_shim, "ip.proto", IP_PROTO_IPIP, "ip");
    place_shim(&gre_shim, "gre.proto", 0x0800, "ip");
    dissector_add_for_decode_as("udp.port", mipro_handle);
    mipro_handoff_stats();
    lost_ports = g_array_new(FALSE, FALSE, sizeof(void *));
    seen_ports = mip_ports(NULL);
    register_shutdown_routine(forget_ports);
}
