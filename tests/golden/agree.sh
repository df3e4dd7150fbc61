#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# agree.sh BUILD - plugin and mipro-verify find the same rules broken in the same frames of each
# sample capture, and come to the same verdict on each authenticator.
#
# One difference is known: of a datagram whose fragments never all arrive, mipro-verify says that
# its authenticator is truncated, at the last fragment.  While epan reassembles, it shows such
# fragments to no dissector; with ip.defragment off the plugin says the same, at the first.
source "$(dirname "$0")/common.sh"
source "$top/tests/packets.sh"

mapfile -t rules < <(verify --list-rules | awk '{ print $1 }')
columns=()
for rule in "${rules[@]}"; do
    columns+=(-e "mipro.rule.${rule//-/_}")
done

# "frame rule", once each; "frame status statuses"; "frame pfan statuses".
say_plugin() { # CAPTURE [OPTION...]
    keyed_tshark -2 -r "$1" "${@:2}" -T fields -E separator='|' -e frame.number -e mipro.auth.status \
        -e mipro.pfan.status "${columns[@]}" |
        awk -F '|' -v rules="${rules[*]}" '
            BEGIN { split(rules, rule, " ") }
            $2 != "" { print $1, "status", $2 }
            $3 != "" { print $1, "pfan", $3 }
            { for (i = 4; i <= NF; i++) if ($i != "") print $1, rule[i - 3] }' | sort
}
say_verifier() {
    verify -k "$K" -o json "$1" | awk '
        function field(name,    at) {
            at = match($0, "\"" name "\":(\"[^\"]*\"|[^,}]*)")
            return at ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 3) : ""
        }
        BEGIN {
            status["\"good\""] = status["\"expired\""] = 1; status["\"bad\""] = 0
            status["\"no-key\""] = status["\"truncated\""] = 2; status["\"missing\""] = 3
        }
        field("record") == "\"finding\"" {
            rule = field("rule"); gsub("\"", "", rule)
            if (!seen[field("frame") rule]++) print field("frame"), rule
        }
        field("record") == "\"authenticator\"" {
            key = field("frame") (field("extension") == 96 ? " pfan " : " status ")
            comma = key in all ? "," : ""
            all[key] = all[key] comma status[field("verdict")]
        }
        END { for (key in all) print key all[key] }' | sort
}

failed=0
findings=0
captures=0
for capture in "$P"/*.pcap; do
    captures=$((captures + 1))
    say_verifier "$capture" >"$work/verifier" 2>/dev/null || true
    say_plugin "$capture" >"$work/plugin"
    findings=$((findings + $(wc -l <"$work/verifier")))
    diff -u --label "mipro-verify ${capture##*/}" --label "plugin ${capture##*/}" \
        "$work/verifier" "$work/plugin" || failed=$((failed + 1))
done
# The known difference, and no other.
frames "$(fragment 0 1 "${sent_update:0:32}")" "$(fragment 4 0 "${sent_update:64}")" >"$P/incomplete.pcap"
known="2 status 2||1 status 2"
got="$(say_verifier "$P/incomplete.pcap" 2>/dev/null)|$(say_plugin "$P/incomplete.pcap")|"
got+=$(say_plugin "$P/incomplete.pcap" -o ip.defragment:FALSE)
[[ $got == "$known" ]] || { echo "fragments that never all arrive: '$got', not '$known'"; failed=$((failed + 1)); }

echo "$captures captures, $findings findings and verdicts, $failed captures differ"
[ $failed = 0 ] && [ $findings -gt 100 ]
