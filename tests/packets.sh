# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Packets by hand, for what mipro-inject does not send.  Source it; needs text2pcap.

# frames HEX...: a capture of raw IP packets, one an argument, on standard output; all
# at 1999-02-25T12:00:00Z.
frames() {
    local hex
    for hex in "$@"; do
        hex=${hex// /}
        printf '919944000.0\n0000'
        printf ' %s' $(fold -w 2 <<<"$hex")
        echo
    done | text2pcap -q -t %s. -F pcap -l 101 - - 2>/dev/null
}

# fragment OFFSET/8 MORE PAYLOAD [ID]: of a datagram of UDP from 10.1.0.1 to 192.0.2.7.
fragment() {
    local payload=${3// /}
    printf '4500%04x%04x%04x40110000 0a010001c0000207%s' $((20 + ${#payload} / 2)) "${4-7}" $(($1 | $2 * 0x2000)) "$payload"
}

# A Binding Update in UDP, its authenticator all zeroes.
sent_update='01b201b2002a0000 1280003c0a010009 0a03000123140000 1000000000000000 0000000000000000 0000'
sent_update=${sent_update// /}

# quote OCTETS: the first octets of that datagram, from its IP header on, in an ICMP error.
quote() {
    local packet
    packet=$(fragment 0 0 "$sent_update")
    packet=${packet// /}
    printf '4500%04x000900004001 0000 c0000207 0a010001 0301000000000000%s' $((28 + $1)) "${packet:0:2*$1}"
}
