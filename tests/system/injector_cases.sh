#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Each case, written alone, breaks exactly the rule that it names, according to mipro-verify, in
# each version of the draft; or it does not exist there, which is reported with the reason.
# A single message leaves others unanswered: those rules are not tested here.
source "$(dirname "$0")/../prelude.sh"
set -euo pipefail
build=$1
inject=$build/mipro-inject verify=$build/mipro-verify
need "$verify"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
umask 077
cat >"$dir/keys" <<'KEYS'
"ha-to-correspondent","10.1.0.1","192.0.2.7","0x1000","text:a key of 16 octets"
"mobile-to-home","10.1.0.9","192.0.2.7","0x1000","text:b key of 16 octets"
"mobile-to-agents","10.1.0.9","10.2.0.1","0x1000","text:c key of 16 octets"
KEYS
common=(--source=10.1.0.1 --destination=192.0.2.7 --keys="$dir/keys" --spi=0x1000)
unanswered='^(update-unacknowledged|acknowledge-unsolicited|request-unanswered|warning-unanswered|handoff-no-update)$'

"$inject" cases --json >"$dir/cases.json"
absent=
for draft in 08 09 11; do
    [[ $("$inject" cases --draft=$draft --json | jq length) -ge 100 ]] || fault "less than 100 cases of -$draft"
    while IFS=$'\t' read -r id rule why; do
        status=0
        "$inject" case "$id" --draft=$draft "${common[@]}" --write="$dir/case.pcap" 2>"$dir/errors" || status=$?
        if [[ -n $why ]]; then
            absent+=" $draft:$id"
            [[ $status -eq 2 ]] && grep -qF "$id: does not exist in draft -$draft: $why; omit it" "$dir/errors" ||
                fault "$id: no case of -$draft, but status $status: $(<"$dir/errors")"
            "$inject" cases --draft=$draft | grep "^$id .* not in draft -$draft: $why" >"$dir/listed" ||
                fault "$id: the list does not say that it is none of -$draft"
            continue
        fi
        [[ $status -eq 0 ]] || { fault "$id, -$draft: status $status: $(<"$dir/errors")"; continue; }
        status=0
        "$verify" --draft=$draft -k "$dir/keys" --allow-empty -o json "$dir/case.pcap" >"$dir/report" 2>"$dir/errors" || status=$?
        [[ $status -le 1 ]] || fault "$id, -$draft: mipro-verify ended with $status: $(<"$dir/errors")"
        jq -r 'select(.record == "finding").rule' "$dir/report" >"$dir/rules" || fault "$id, -$draft: no JSON"
        found=$(sort -u "$dir/rules" | grep -vE "$unanswered" | paste -sd,) || true
        # What has every type and length of extension breaks the rules of all of them.
        [[ ! " EXT-14 REG-96 FWD-39 RPL-25 " == *" $id "* || ",$found," != *",$rule,"* ]] || found=$rule
        [[ $found == "${rule#-}" ]] || fault "$id, -$draft: names '$rule', mipro-verify finds '$found'"
    done < <("$inject" cases --draft=$draft --json | jq -r '.[] | [.id, .rule // "-", .absent // ""] | @tsv')
done
[[ $absent == ' 09:RSV-04 09:EXT-12 11:LEN-08 11:RSV-04 11:EXT-12' ]] || fault "absent:$absent"

# With a replay method, the cases about it break its rule; a message that is signed twice
# is not a replay.
while read -r id method rule; do
    sed "s/\"\$/\",\"keyed-md5\",\"\",\"$method\"/" "$dir/keys" >"$dir/keys.$method"
    "$inject" case "$id" "${common[@]/%\/keys/\/keys.$method}" --write="$dir/case.pcap"
    status=0
    "$verify" -k "$dir/keys.$method" --allow-empty -o json "$dir/case.pcap" >"$dir/report" 2>"$dir/errors" || status=$?
    [[ $status -le 1 ]] || fault "$id with $method: mipro-verify ended with $status: $(<"$dir/errors")"
    jq -r 'select(.record == "finding" and (.severity == "error" or .rule == "nonce-chain")).rule' "$dir/report" >"$dir/rules" || fault "$id: no JSON"
    found=$(sort -u "$dir/rules" | paste -sd,)
    [[ $found == "${rule#-}" ]] || fault "$id with $method: mipro-verify finds '$found', not '$rule'"
done <<'CASES'
IDN-01 timestamp -
IDN-02 nonce nonce-chain
IDN-03 timestamp -
IDN-04 timestamp replay
EXT-06 timestamp -
EXT-08 timestamp -
VAL-01 nonce -
LIF-05 nonce -
CASES

# Rules on one message that cases for any key file and port 434 cannot break.
apart='^(port|key-expired|key-weak)$'
jq -r '.[].rule // empty' "$dir/cases.json" | sort -u >"$dir/broken"
while read -r rule; do
    grep -qx "$rule" "$dir/broken" || [[ $rule =~ $apart ]] || fault "rule $rule: no case breaks it"
done < <("$verify" --list-rules | awk '$1 == "forged-accepted" { exit } { print $1 }')

"$inject" case all "${common[@]}" --write="$dir/all.pcap"
"$inject" case all "${common[@]}" --write="$dir/again.pcap"
cmp "$dir/all.pcap" "$dir/again.pcap" || fault "all: not the same octets on every run"
"$inject" case all "${common[@]}" --draft=11 --write="$dir/again.pcap" 2>"$dir/errors"
[[ $(grep -c 'omitted, because it does not exist in draft -11' "$dir/errors") == 3 ]] || fault "all in -11: $(<"$dir/errors")"
status=0
"$inject" case all VAL-01 "${common[@]}" --write="$dir/again.pcap" 2>"$dir/errors" || status=$?
[[ $status == 2 ]] || fault "all and one more: status $status"
"$inject" case all "${common[@]}" --seed=2 --write="$dir/again.pcap"
! cmp -s "$dir/all.pcap" "$dir/again.pcap" || fault "all: the seed changes nothing"
# Each packet of a capture has a comment: its case, phase, and what is expected.
"$inject" case IDN-01 AUT-02 "${common[@]}" --write="$dir/told.pcapng"
tshark -r "$dir/told.pcapng" -T fields -e frame.comment >"$dir/comments" 2>/dev/null
[[ $(wc -l <"$dir/comments") == 4 && $(grep -c 'IDN-01 (replay), packet [12] of 2: ' "$dir/comments") == 2 ]] &&
    grep -q 'good, leads up to the case' "$dir/comments" &&
    grep -q 'AUT-02 (bitflip), packet 2 of 2: the case, .*; expected: refused-131$' "$dir/comments" ||
    fault "comments: $(<"$dir/comments")"
[[ $faults -eq 0 ]]
