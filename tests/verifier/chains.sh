#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# chains.sh FOLDER-OF-MAKE_CHAINS LIST_MESSAGES - the verifier decodes what tshark decodes: one message
# in every chain of up to three encapsulations, found by both, and in each frame.
source "$(dirname "$0")/../prelude.sh"
set -u
make=$1/make_chains list=$2
here=$(cd "$(dirname "$0")" && pwd)
need tshark
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$make" "$dir" || exit 1
frames=$(wc -l <"$dir/names")
((frames > 10000)) || fault "only $frames chains"
for capture in ethernet cooked; do
    "$list" "$dir/$capture.pcap" | sed '/^frames/d' | cut -f 1 | sort -n -u >"$dir/found"
    awk 'FILENAME == ARGV[1] { found[$1]; next } !($1 in found)' "$dir/found" "$dir/names" >"$dir/lost"
    [[ ! -s $dir/lost ]] || fault "$capture: not found in $(head -n 3 "$dir/lost")"
done
# Headers in which one octet is false.  We find what tshark finds, except for what no receiver takes,
# by the text of the protocol:
#   encapsulations         octet   why
exceptions='
    pppoe                  2       RFC 2516 4: version and type must be 1
    pppoe                  3       RFC 2516 6: the code of a session is 0; others are of the discovery
    gre|gre_(key|options|ethernet|ppp)|erspan_(1|2|3|3_platform) 23 RFC 2784 2.3.1: unless the version is 0 (or 1, RFC 2637), discard
    gre_in_ipv6            43      the same
    gre_ppp                39      RFC 1662 3.1: an unknown control field: discard
    geneve|geneve_options  30      RFC 8926 3.4: an unknown version: drop
    ip_in_ipv6_(options|extensions) 4[235] RFC 8200 4.2: options end within their header; tshark reads on
    vxlan_in_ipv6          47      RFC 2675 4: only in a jumbogram the length of UDP may be 0
    tunnel_data            31      RFC 3519 4.1: next headers are 4, 47 and 55; tshark takes all for 4
'
# We find no more, except where tshark 4.6 gives up what UDP cuts short, and 4.0 does not.
more='^gtp(_extended)? 27 40$'
"$list" "$dir/lies.pcap" >"$dir/all" || fault "lies: list_messages ends with $?"
awk '$4 == 1 { print $1 }' "$dir/all" | sort -u >"$dir/found"
# A message that an ICMP error quotes is not a message.
tshark -n -r "$dir/lies.pcap" -T fields -E occurrence=l -e frame.number -e udp.dstport -e udp.payload \
    -e icmp.type 2>/dev/null | awk -F '\t' '$2 == 434 && substr($3, 1, 2) == "01" && $4 == "" { print $1 }' >"$dir/theirs"
awk -v exceptions="$exceptions" -v more="$more" '
    BEGIN { lines = split(exceptions, line, "\n")
            for (i = 1; i <= lines; i++)
                if (split(line[i], word, " ") > 2)
                    may[++rows] = "^(" word[1] ") " word[2] " " }
    FILENAME == ARGV[1] { ours[$1]; next }
    FILENAME == ARGV[2] { theirs[$1]; n++; next }
    { frame = $1; what = $2 " " $3 " " $4 }
    frame in ours && !(frame in theirs) && what !~ more { print "lies: only we find a message: " what; faults++ }
    frame in theirs && !(frame in ours) {
        known = 0
        for (i = 1; i <= rows; i++)
            if (what ~ may[i]) { known = 1; met[i]; break }
        if (known) alone++
        else { print "lies: only tshark finds a message: " what; faults++ } }
    END { for (i = 1; i <= rows; i++)
              if (!(i in met)) { print "lies: not met: " may[i]; faults++ }
          print n, "found in spite of a false octet,", alone, "by tshark alone"; exit faults > 0 || n < 8000 }' \
    "$dir/found" "$dir/theirs" "$dir/lies" || faults=$((faults + 1))
rm "$dir/lies.pcap"
MIPRO_CAPTURES='' "$here/differential.sh" "$list" "$dir" >"$dir/out" || faults=$((faults + 1))
grep -v '^skip: MIPRO_CAPTURES' "$dir/out"
echo "$frames chains, $faults faults"
[[ $faults -eq 0 ]]
