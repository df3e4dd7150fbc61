/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * packet-minenc.c - minimal encapsulation within IP (RFC 2004), IP protocol 55.
 *
 * The tunnel keeps the IP header, and inserts only the fields that it changed after it:
 *
 *  0               1               2                               4
 * |   protocol    |S|  reserved   |       header checksum         |
 * |                original destination address                   |  4
 * |          original source address (only if S is set)           |  8
 *
 * The original header is restored from both, and the datagram passed to ip.
 */
#include "packet-mipro.h"

#include <epan/dissectors/packet-ip.h>
#include <epan/exceptions.h>
#include <epan/in_cksum.h>
#include <epan/ipproto.h>
#include <epan/tfs.h>

#define SHORT_HEADER 8
#define LONG_HEADER 12
#define IP_HEADER 20
#define HAS_SOURCE 0x80
#define DONT_FRAGMENT 0x4000

static int proto_minenc = -1;
static int hf_minenc_proto = -1, hf_minenc_s = -1, hf_minenc_reserved = -1;
static int hf_minenc_checksum = -1, hf_minenc_checksum_status = -1;
static int hf_minenc_dst = -1, hf_minenc_src = -1;
static int ett_minenc = ETT_INIT;
static expert_field ei_minenc_checksum = EI_INIT;
static dissector_handle_t minenc_handle, ip_handle;

static void
put_u16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

/*
 * The datagram as it was before the tunnel, in a separate tvbuff.  Fields that cannot be
 * restored (time to live, options) are as the tunnel left them.
 */
static tvbuff_t *
restore_datagram(tvbuff_t *tvb, packet_info *pinfo, const ws_ip4 *outer, int header)
{
    unsigned captured = (unsigned)tvb_captured_length_remaining(tvb, header);
    unsigned len = (unsigned)tvb_reported_length_remaining(tvb, header);
    uint8_t *ip = wmem_alloc0(pinfo->pool, IP_HEADER + captured);
    tvbuff_t *inner;

    ip[0] = 0x45;
    put_u16(ip + 2, (uint16_t)MIN(IP_HEADER + len, UINT16_MAX));
    if (outer != NULL) {
        ip[1] = outer->ip_tos;
        put_u16(ip + 4, outer->ip_id);
        put_u16(ip + 6, outer->ip_off & DONT_FRAGMENT);
        ip[8] = outer->ip_ttl;
    }
    ip[9] = *tvb_get_ptr(tvb, 0, 1);
    if (header == LONG_HEADER)
        tvb_memcpy(tvb, ip + 12, 8, 4);
    else if (pinfo->src.type == AT_IPv4)
        memcpy(ip + 12, pinfo->src.data, 4);
    tvb_memcpy(tvb, ip + 16, 4, 4);
    put_u16(ip + 10, g_ntohs(ip_checksum(ip, IP_HEADER)));
    if (captured > 0)
        tvb_memcpy(tvb, ip + IP_HEADER, header, captured);
    inner = tvb_new_child_real_data(tvb, ip, IP_HEADER + captured, (int)(IP_HEADER + len));
    add_new_data_source(pinfo, inner, "Datagram restored (RFC 2004)");
    return inner;
}

static int
dissect_minenc(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *outer)
{
    int header = (*tvb_get_ptr(tvb, 1, 1) & HAS_SOURCE) != 0 ? LONG_HEADER : SHORT_HEADER;
    proto_item *item = proto_tree_add_item(tree, proto_minenc, tvb, 0, header, ENC_NA);
    proto_tree *sub = proto_item_add_subtree(item, ett_minenc);
    tvbuff_t *inner;

    col_set_str(pinfo->cinfo, COL_PROTOCOL, "MinEnc");
    col_set_str(pinfo->cinfo, COL_INFO, "Minimal encapsulation");
    proto_tree_add_item(sub, hf_minenc_proto, tvb, 0, 1, ENC_BIG_ENDIAN);
    proto_tree_add_item(sub, hf_minenc_s, tvb, 1, 1, ENC_BIG_ENDIAN);
    proto_tree_add_item(sub, hf_minenc_reserved, tvb, 1, 1, ENC_BIG_ENDIAN);
    proto_tree_add_checksum(sub, tvb, 2, hf_minenc_checksum, hf_minenc_checksum_status,
        &ei_minenc_checksum, pinfo, ip_checksum(tvb_get_ptr(tvb, 0, header), header),
        ENC_BIG_ENDIAN, PROTO_CHECKSUM_VERIFY | PROTO_CHECKSUM_IN_CKSUM);
    proto_tree_add_item(sub, hf_minenc_dst, tvb, 4, 4, ENC_BIG_ENDIAN);
    if (header == LONG_HEADER)
        proto_tree_add_item(sub, hf_minenc_src, tvb, 8, 4, ENC_BIG_ENDIAN);

    inner = restore_datagram(tvb, pinfo, WS_IP4_PTR(outer), header);
    mipro_look_into_tunnel(inner, pinfo, tree);
    call_dissector(ip_handle, inner, pinfo, tree);
    return (int)tvb_captured_length(tvb);
}

void
proto_register_minenc(void)
{
    /* clang-format off */
    static hf_register_info hf[] = {
        { &hf_minenc_proto,
          { "Protocol", "minenc.proto", FT_UINT8, BASE_DEC|BASE_EXT_STRING, &ipproto_val_ext, 0,
            "Protocol of the original datagram", HFILL } },
        { &hf_minenc_s,
          { "Original Source Address Present (S)", "minenc.s", FT_BOOLEAN, 8, TFS(&tfs_set_notset), HAS_SOURCE,
            "The header holds the original source address", HFILL } },
        { &hf_minenc_reserved,
          { "Reserved", "minenc.reserved", FT_UINT8, BASE_HEX, NULL, 0x7f,
            "Sent as 0, ignored on reception", HFILL } },
        { &hf_minenc_checksum,
          { "Header Checksum", "minenc.checksum", FT_UINT16, BASE_HEX, NULL, 0,
            "Checksum of the minimal header", HFILL } },
        { &hf_minenc_checksum_status,
          { "Header Checksum Status", "minenc.checksum.status", FT_UINT8, BASE_NONE, VALS(proto_checksum_vals), 0,
            "Whether the checksum is right", HFILL } },
        { &hf_minenc_dst,
          { "Original Destination Address", "minenc.dst", FT_IPv4, BASE_NONE, NULL, 0,
            "Destination of the original datagram", HFILL } },
        { &hf_minenc_src,
          { "Original Source Address", "minenc.src", FT_IPv4, BASE_NONE, NULL, 0,
            "Source of the original datagram", HFILL } },
    };
    static ei_register_info ei[] = {
        { &ei_minenc_checksum,
          { "minenc.checksum.bad", PI_CHECKSUM, PI_ERROR, "Bad header checksum", EXPFILL } },
    };
    static int *ett[] = { &ett_minenc };
    /* clang-format on */

    proto_minenc = proto_register_protocol("Minimal Encapsulation within IP", "MinEnc", "minenc");
    proto_register_field_array(proto_minenc, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
    expert_register_field_array(expert_register_protocol(proto_minenc), ei, array_length(ei));
    minenc_handle = register_dissector("minenc", dissect_minenc, proto_minenc);
}

void
proto_reg_handoff_minenc(void)
{
    ip_handle = find_dissector_add_dependency("ip", proto_minenc);
    dissector_add_uint("ip.proto", IP_PROTO_MOBILE, minenc_handle);
}
