# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Packets in hexadecimal, for what mipro-inject does not send.  To be sourced; needs text2pcap.

# frames HEX...: a capture of raw IP packets, one per argument, on standard output; all
# at 1999-02-25T12:00:00Z.  With link=N their link type is N.
frames() {
    local hex
    for hex in "$@"; do
        hex=${hex// /}
        printf '919944000.0\n0000'
        printf ' %s' $(fold -w 2 <<<"$hex")
        echo
    done | text2pcap -q -t %s. -F pcap -l "${link-101}" - - 2>/dev/null
}

# fragment OFFSET/8 MORE PAYLOAD [ID [ENDS]]: of a datagram of UDP, from 10.1.0.1 to 192.0.2.7.
fragment() {
    local payload=${3// /}
    printf '4500%04x%04x%04x40110000 %s%s' $((20 + ${#payload} / 2)) "${4-7}" $(($1 | $2 * 0x2000)) \
        "${5-0a010001c0000207}" "$payload"
}

# multiplex PACKET...: the packets in one frame of PPP (RFC 3153), link type 9.  No other link layer that
# we know carries two packets in a frame.
multiplex() {
    local packet
    printf ff030059
    for packet in "$@"; do
        packet=${packet// /}
        printf '%04x0021%s' $((0xc000 | 2 + ${#packet} / 2)) "$packet"
    done
}

# A Binding Update in UDP, its authenticator all zeroes.
sent_update='01b201b2002a0000 1280003c0a010009 0a03000123140000 1000000000000000 0000000000000000 0000'
sent_update=${sent_update// /}

# In UDP too: one without an authenticator and with A clear, and an unsolicited acknowledge.
bare_update='01b201b200140000 1201003c0a010009 0a030001'
bare_acknowledge='01b201b200100000 130000000a010009'

# quote OCTETS: the first octets of that datagram, from its IP header on, in an ICMP error.
quote() {
    local packet
    packet=$(fragment 0 0 "$sent_update")
    packet=${packet// /}
    printf '4500%04x000900004001 0000 c0000207 0a010001 0301000000000000%s' $((28 + $1)) "${packet:0:2*$1}"
}
