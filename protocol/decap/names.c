/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * names.c - names for what was not decoded in a frame: the numbers assigned by IANA and IEEE
 * that occur in practice.
 */
#include "mipro_decap.h"

#include <stdio.h>

struct name {
    uint16_t number;
    const char *name;
};

/* clang-format off */
static const struct name ethertypes[] = {
    { 0x0806, "ARP" },
    { 0x0842, "Wake-on-LAN" },
    { 0x22eb, "ERSPAN III of no Ethernet frame" },
    { 0x22f3, "TRILL" },
    { 0x8035, "RARP" },
    { 0x809b, "AppleTalk" },
    { 0x80f3, "AppleTalk ARP" },
    { 0x8137, "IPX" },
    { 0x86dd, "IPv6" },
    { 0x8808, "Ethernet flow control" },
    { 0x8809, "Ethernet slow protocols" },
    { 0x8847, "MPLS payload that is not IP" },
    { 0x8863, "PPPoE discovery" },
    { 0x888e, "EAPOL" },
    { 0x8892, "PROFINET" },
    { 0x88a4, "EtherCAT" },
    { 0x88cc, "LLDP" },
    { 0x88e5, "MACsec" },
    { 0x88e7, "802.1ah" },
    { 0x88f7, "PTP" },
    { 0x8902, "CFM" },
    { 0x8906, "FCoE" },
    { 0x894f, "NSH" },
    { 0x9000, "Ethernet loopback" },
};

static const struct name ppp_protocols[] = {
    { 0x0057, "PPP IPv6" },
    { 0x00fd, "PPP compressed" },
    { 0x002d, "PPP Van Jacobson compressed" },
    { 0x003d, "PPP multilink" },
    { 0x0053, "PPP encrypted" },
    { 0x8021, "PPP IPCP" },
    { 0x8057, "PPP IPv6CP" },
    { 0x80fd, "PPP CCP" },
    { 0xc021, "PPP LCP" },
    { 0xc023, "PPP PAP" },
    { 0xc223, "PPP CHAP" },
};

static const struct name protocols[] = {
    {   0, "IPv6 hop-by-hop options" },
    {   1, "ICMP" },
    {   2, "IGMP" },
    {   6, "TCP" },
    {   8, "EGP" },
    {  17, "UDP" },
    {  33, "DCCP" },
    {  41, "IPv6" },
    {  43, "IPv6 routing header" },
    {  44, "IPv6 fragment" },
    {  46, "RSVP" },
    {  50, "ESP" },
    {  51, "AH" },
    {  58, "ICMPv6" },
    {  60, "IPv6 destination options" },
    {  88, "EIGRP" },
    {  89, "OSPF" },
    {  94, "IPIP" },
    {  97, "EtherIP" },
    { 103, "PIM" },
    { 108, "IPComp" },
    { 112, "VRRP" },
    { 115, "L2TPv3" },
    { 132, "SCTP" },
    { 135, "Mobility Header" },
    { 136, "UDP-Lite" },
};
/* clang-format on */

#define NAMES(table) table, sizeof(table) / sizeof((table)[0])

/* How each kind is named: from a table, else by a word and the number. */
static const struct {
    const char *word;
    int hex; /* digits of the number in hexadecimal; 0: it is decimal; -1: there is none */
    const struct name *names;
    size_t n;
} kinds[MIPRO_UNOPENED_KINDS] = {
    [MIPRO_UNOPENED_NONE] = { "nothing", -1, NULL, 0 },
    [MIPRO_UNOPENED_LINK] = { "link type", 0, NULL, 0 },
    [MIPRO_UNOPENED_ETHERTYPE] = { "EtherType", 4, NAMES(ethertypes) },
    [MIPRO_UNOPENED_LLC] = { "LLC", 2, NULL, 0 },
    [MIPRO_UNOPENED_PPP] = { "PPP", 4, NAMES(ppp_protocols) },
    [MIPRO_UNOPENED_FAMILY] = { "address family", 0, NULL, 0 },
    [MIPRO_UNOPENED_PROTOCOL] = { "IP protocol", 0, NAMES(protocols) },
    [MIPRO_UNOPENED_DEPTH] = { "nested too deeply", -1, NULL, 0 },
    [MIPRO_UNOPENED_CUT] = { "cut short", -1, NULL, 0 },
    [MIPRO_UNOPENED_MALFORMED] = { "malformed header", -1, NULL, 0 },
};

const char *
mipro_unopened_name(struct mipro_unopened what, char room[32])
{
    size_t kind = what.kind < MIPRO_UNOPENED_KINDS ? what.kind : MIPRO_UNOPENED_NONE;

    for (size_t i = 0; i < kinds[kind].n; i++)
        if (kinds[kind].names[i].number == what.number)
            return kinds[kind].names[i].name;
    if (kinds[kind].hex < 0)
        return kinds[kind].word;
    if (kinds[kind].hex == 0)
        snprintf(room, 32, "%s %u", kinds[kind].word, what.number);
    else
        snprintf(room, 32, kinds[kind].hex == 2 ? "%s 0x%02x" : "%s 0x%04x", kinds[kind].word,
            what.number);
    return room;
}
