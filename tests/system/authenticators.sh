#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Authenticators computed by openssl, for mipro-verify, the plugin and mipro-inject: HMAC-SHA1
# registrations, Mobile-AAA by CHAP (RFC 4721 8), revocations (RFC 3543); and near misses of each.
source "$(dirname "$0")/../golden/common.sh"
source "$top/tests/packets.sh"
set +eo pipefail # mipro-verify ends with 1 on purpose; faults are counted
need openssl xxd text2pcap jq
inject=$build/mipro-inject
umask 022

md5() { # HEX...
    printf %s "$@" | xxd -r -p | openssl md5 -r | cut -c-32
}
hmac() { # HASH KEY HEX
    printf %s "$3" | xxd -r -p | openssl dgst "-$1" -mac HMAC -macopt "hexkey:$2" -r | cut -d ' ' -f 1
}
chap() { # KEY CHALLENGE MESSAGE: the RFC hashes no more of a challenge than its last 237 octets
    local last=$2
    [ ${#last} -le 474 ] || last=${last: -474}
    md5 "${2:0:2}" "$1" "$(md5 "$3")" "$last"
}

# datagram ENDS PORTS MESSAGE: in IP and UDP, all in hexadecimal
datagram() {
    local message=${3// /}
    fragment 0 0 "$2$(printf %04x $((8 + ${#message} / 2)))0000$message" 7 "$1"
}

# expect WHAT VERDICT STATUS DATAGRAM: the verdict on its only authenticator by mipro-verify, and by the plugin,
# which says 1 (Good), 0 (Bad) or 2 (Unverified).  All are judged at the end, in one capture.
whats=() verdicts=() statuses=() packets=()
expect() {
    whats+=("$1") verdicts+=("$2") statuses+=("$3") packets+=("$4")
}
judge_all() {
    local said=() shown=() i
    frames "${packets[@]}" >"$P/all.pcap"
    chmod a+r "$P/all.pcap"
    mapfile -t said < <(verify -k "$P/keys" -o json "$P/all.pcap" |
        jq -r 'select(.record == "authenticator") | "\(.frame) \(.verdict) \(.algorithm // "-")"')
    mapfile -t shown < <(mipro_tshark -o "mipro.key_file:$P/keys" -r "$P/all.pcap" \
        -T fields -e mipro.auth.status)
    for i in "${!packets[@]}"; do
        [[ ${said[i]-} == "$((i + 1)) ${verdicts[i]}" ]] ||
            fault "${whats[i]}: mipro-verify says '${said[i]-}', not '$((i + 1)) ${verdicts[i]}'"
        [[ ${shown[i]-} == "${statuses[i]}" ]] ||
            fault "${whats[i]}: the plugin says '${shown[i]-}', not '${statuses[i]}'"
    done
}

# Flip a bit of the last octet.
spoil() {
    printf '%s%x' "${1:0:-1}" $((0x${1: -1} ^ 1))
}

key=30313233343536373839616263646566
sha_key=00112233445566778899aabbccddeeff00112233
cat >"$P/keys" <<END
"router","10.1.0.9","10.1.0.1","300","hex:$sha_key","hmac-sha1"
"device","nai:alice@example.net","10.1.0.1","0x1000","hex:$sha_key","hmac-sha1"
"some","10.1.0.8","10.1.0.1","300","hex:$sha_key","any"
"aaa","10.1.0.9","10.1.0.1","2","hex:$key","chap"
"some aaa","10.1.0.8","10.1.0.1","2","hex:$key","any"
"agents","10.1.0.1","10.3.0.1","0x2000","hex:$key","hmac-md5"
"old agents","10.1.0.1","10.3.0.1","0x2001","hex:$key"
"home","10.1.0.9","10.3.0.1","0x2002","hex:$key"
"home agent","10.1.0.9","10.1.0.1","0x2003","hex:$key"
END
[ ${#as_user[@]} -eq 0 ] || chown nobody "$P/keys"
chmod 600 "$P/keys"

to_home=0a0300010a010001 # from the care-of address to the home agent
ephemeral=d43101b2
rest='0a0100010a030001cd65b2d1800004d2' # home agent, care-of address, identification

# 1. A router with a co-located address, reverse tunnel and lifetime 65534, from any port.
request="0102fffe0a010009${rest}"
covered="${request}20180000012c"
signed=$covered$(hmac sha1 $sha_key "$covered")
expect "HMAC-SHA1" "good hmac-sha1" 1 "$(datagram $to_home $ephemeral "$signed")"
expect "HMAC-SHA1, spoiled" "bad hmac-sha1" 0 "$(datagram $to_home $ephemeral "$(spoil "$signed")")"
expect "HMAC-SHA1, SPI not covered" "bad hmac-sha1" 0 \
    "$(datagram $to_home $ephemeral "$covered$(hmac sha1 $sha_key "${request}2018")")"
reply=0300fffe0a0100090a010001cd65b2d1800004d220180000012c
expect "HMAC-SHA1, reply" "good hmac-sha1" 1 \
    "$(datagram 0a0100010a030001 01b2d431 "$reply$(hmac sha1 $sha_key "$reply")")"
covered="0102fffe0a010008${rest}20180000012c"
expect "HMAC-SHA1 by any" "good hmac-sha1" 1 \
    "$(datagram $to_home $ephemeral "$covered$(hmac sha1 $sha_key "$covered")")"

# 2. A device without a home address, identified by its NAI, and a private extension (134).
nai=$(printf %s alice@example.net | xxd -p)
covered="0122070800000000${rest}8311${nai}860800000000000a00012018000010""00"
expect "HMAC-SHA1 by NAI" "good hmac-sha1" 1 \
    "$(datagram $to_home 01b201b2 "$covered$(hmac sha1 $sha_key "$covered")")"
expect "HMAC-SHA1 by NAI, spoiled" "bad hmac-sha1" 0 \
    "$(datagram $to_home 01b201b2 "$(spoil "$covered$(hmac sha1 $sha_key "$covered")")")"

# 3. CHAP, with challenges of each length that the rule distinguishes.
to_foreign=0a0100090a030001 # from the mobile node to the foreign agent
for n in 1 4 16 237 238 255; do
    challenge=$(printf "challenge $n" | openssl sha512 -binary | xxd -p -c 64)
    challenge=$challenge$challenge$challenge$challenge
    challenge=${challenge:0:2*n}
    for home in 09 08; do
        covered="010007080a0100${home}${rest}84$(printf %02x "$n")${challenge}2401001400000002"
        signed=$covered$(chap $key "$challenge" "$covered")
        by="CHAP, challenge of $n, home $home"
        algorithm=chap
        [ $home = 09 ] || algorithm=any
        expect "$by" "good chap" 1 "$(datagram $to_foreign 01b201b2 "$signed")"
        expect "$by, spoiled" "bad $algorithm" 0 "$(datagram $to_foreign 01b201b2 "$(spoil "$signed")")"
    done
done
long=$challenge # of 255 octets: hashing all of it would not follow RFC 4721
covered="010007080a010009${rest}84ff${long}2401001400000002"
expect "CHAP, all of 255" "bad chap" 0 "$(datagram $to_foreign 01b201b2 \
    "$covered$(md5 "${long:0:2}" $key "$(md5 "$covered")" "$long")")"
covered="010007080a010009${rest}84080123456789abcdef2401001400000002"
expect "CHAP, last octet first" "bad chap" 0 "$(datagram $to_foreign 01b201b2 \
    "$covered$(md5 ef $key "$(md5 "$covered")" 0123456789abcdef)")"
expect "CHAP, RFC 2002 in its place" "bad chap" 0 "$(datagram $to_foreign 01b201b2 \
    "$covered$(md5 $key "$covered" $key)")"
# Without a challenge, or with an empty one, it cannot be checked.
for what in "" 8400; do
    covered="010007080a010009${rest}${what}2401001400000002"
    expect "CHAP, challenge '$what'" "no-key -" 2 "$(datagram $to_foreign 01b201b2 \
        "$covered$(chap $key 00 "$covered")")"
done
covered="012007080a010009${rest}2401001400000002" # co-located: the value 0
expect "CHAP, co-located" "good chap" 1 "$(datagram $to_home 01b201b2 \
    "$covered$(chap $key 00 "$covered")")"
expect "CHAP, co-located, spoiled" "no-key -" 2 "$(datagram $to_home 01b201b2 \
    "$(spoil "$covered$(chap $key 00 "$covered")")")"

# openssl agrees with what mipro-inject signs by CHAP; what it cannot sign it does not write.
registration=(registration --home=10.1.0.9 --home-agent=10.1.0.1 --care-of=10.3.0.1 --lifetime=1800
    --source=10.1.0.9 --destination=10.3.0.1 "--keys=$P/keys" --spi=2)
"$inject" "${registration[@]}" --challenge=0123456789abcdef --write="$P/sent.pcap" ||
    fault "mipro-inject does not sign by CHAP"
chmod a+r "$P/sent.pcap"
sent=$(mipro_tshark -r "$P/sent.pcap" -T fields -e udp.payload)
[[ ${sent:68} == "2401001400000002$(chap $key 0123456789abcdef "${sent:0:84}")" ]] ||
    fault "mipro-inject signs by CHAP otherwise than openssl: $sent"
"$inject" "${registration[@]}" --flags=D --write="$P/sent.pcap" ||
    fault "mipro-inject does not sign by CHAP with a co-located address"
verify -q -k "$P/keys" "$P/sent.pcap" || fault "what it signs with a co-located address is not good"
for option in "" --challenge= --challenge=0 --challenge=xy; do
    rm -f "$P/not.pcap"
    # shellcheck disable=SC2086  # or none
    "$inject" "${registration[@]}" $option --write="$P/not.pcap" 2>"$work/said"
    [[ $? == 2 && ! -e $P/not.pcap && -s $work/said ]] || fault "'$option' was signed: $(<"$work/said")"
done
# A Binding Update does not answer a challenge: another association signs it, if there is one.
(umask 077 && grep chap "$P/keys" >"$work/chap-alone")
"$inject" case VAL-01 --source=10.1.0.9 --destination=10.1.0.1 "--keys=$work/chap-alone" --spi=2 \
    --write="$P/not.pcap" 2>"$work/said"
[[ $? == 2 ]] && grep -q challenge "$work/said" ||
    fault "a Binding Update by CHAP: $(<"$work/said")"
"$inject" case VAL-01 --source=10.1.0.9 --destination=10.1.0.1 "--keys=$P/keys" --spi=2 \
    --write="$P/sent.pcap" || fault "no other association signs a case"
verify -q -k "$P/keys" "$P/sent.pcap" || fault "what another association signs is not good"

# 4. Revocations and their acknowledgements: between the agents, and to the mobile node.
agents=0a0100010a030001
for type in 07 0f; do
    body=07004000"0a010009""0a010001""0a030001"00bc614e
    [ $type = 07 ] || body=0f008000"0a010009"00bc614e
    covered="${body}221400002000"
    expect "type $type, HMAC-MD5" "good hmac-md5" 1 \
        "$(datagram $agents 01b201b2 "$covered$(hmac md5 $key "$covered")")"
    covered="${body}221400002001"
    signed=$covered$(md5 $key "${body}2214" $key)
    expect "type $type" "good keyed-md5" 1 "$(datagram $agents 01b201b2 "$signed")"
    expect "type $type, spoiled" "bad keyed-md5" 0 "$(datagram $agents 01b201b2 "$(spoil "$signed")")"
    # Every octet of the body matters.
    for ((i = 2; i < ${#body}; i += 2)); do
        other=${body:0:i}$(printf %02x $((0x${body:i:2} ^ 0x10)))${body:i+2}
        expect "type $type, octet $((i / 2)) altered" "bad keyed-md5" 0 \
            "$(datagram $agents 01b201b2 "$other${signed:${#body}}")"
    done
    # Cut by one octet in transit, and sent incomplete.
    expect "type $type, an octet short" "bad keyed-md5" 0 \
        "$(datagram $agents 01b201b2 "${body}221300002001${signed:${#body}+12:30}")"
    # 32: an acknowledgement names no agent, so the IP ends count.
    spi=00002002
    [ $type = 0f ] || spi=00002003
    covered="${body}2014$spi"
    expect "type $type, extension 32" "good keyed-md5" 1 \
        "$(datagram 0a0300010a010009 01b201b2 "$covered$(md5 $key "${body}2014" $key)")"
    expect "type $type, unknown SPI" "no-key -" 2 \
        "$(datagram $agents 01b201b2 "${body}221400002fff$(md5 $key)")"
done

judge_all
verify -k "$P/keys" "$P/all.pcap" | grep -q 'it answers a challenge (RFC 4721)' ||
    fault "mipro-verify does not say why CHAP cannot be checked"

echo "${#packets[@]} authenticators, $faults faults"
[ $faults -eq 0 ]
