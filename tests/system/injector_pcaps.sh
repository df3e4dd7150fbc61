#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# pcaps/ is the output of scripts/make-pcaps, octet for octet; each capture that is
# named after a rule breaks only that rule, and the good ones break none.
source "$(dirname "$0")/../prelude.sh"
set -euo pipefail
build=$1 verify=$1/mipro-verify
cd "$(dirname "$0")/../.."
need "$verify"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

scripts/make-pcaps "$build/mipro-inject" "$dir" || fault "make-pcaps: status $?"
for file in pcaps/*.pcap pcaps/README.md; do
    cmp "$file" "$dir/${file#pcaps/}" || fault "$file: scripts/make-pcaps makes a different one"
done
for file in "$dir"/*; do
    [[ -e pcaps/${file##*/} ]] || fault "${file##*/}: is not in pcaps/"
done

for file in pcaps/rule-*.pcap pcaps/conduct-*.pcap; do
    rule=$(basename "$file" .pcap)
    rule=${rule#rule-} rule=${rule#conduct-}
    found=$("$verify" -k pcaps/mipro.keys --port=5434 -o json "$file" 2>/dev/null |
        jq -r 'select(.record == "finding").rule' | sort -u | paste -sd,) || true
    # A single acknowledge answers nothing; a single registration is unanswered.
    [[ $file != *rule-status-unassigned* ]] || found=${found#acknowledge-unsolicited,}
    [[ $found == "$rule" ]] || fault "$file: mipro-verify finds '$found'"
done
for rule in $("$verify" --list-rules | awk '{ print $1 }'); do
    [[ -e pcaps/rule-$rule.pcap || -e pcaps/conduct-$rule.pcap ]] || fault "no capture breaks $rule alone"
done
for name in smooth-handoff minimal-handoff correspondent return-home private-node lost-acknowledge nonce-resynchronization \
    auth-hmac-md5 auth-covers-spi auth-any auth-master; do
    "$verify" -k pcaps/mipro.keys -q "pcaps/$name.pcap" || fault "$name: is not good throughout"
done
[[ $faults -eq 0 ]]
