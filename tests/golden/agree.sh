#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# agree.sh BUILD - plugin and mipro-verify find the same rules broken in the same frames of each
# sample capture, and give the same verdict on each authenticator, with the same association,
# algorithm, coverage and reading; and recognize the same frames as copies.  tests/field/agree.py
# compares them over messy captures.
source "$(dirname "$0")/common.sh"
source "$top/tests/packets.sh"

mapfile -t rules < <(verify --list-rules | awk '{ print $1 }')
columns=()
for rule in "${rules[@]}"; do
    columns+=(-e "mipro.rule.${rule//-/_}")
done

# The properties of an authenticator: the plugin's name, as in mipro.auth.* and, for a notification,
# mipro.pfan.*; mipro-verify's is the same, except for the status.
words=(status association algorithm coverage)
for word in "${words[@]}"; do
    columns+=(-e "mipro.auth.$word" -e "mipro.pfan.$word")
done
columns+=(-e mipro.pfan.reading -e mipro.copy_of) # copy_of last

# "frame rule", once each; "frame auth.word values" and "frame pfan.word values".
say_plugin() { # CAPTURE [OPTION...]
    keyed_tshark -2 -r "$1" "${@:2}" -T fields -E separator='|' -e frame.number "${columns[@]}" |
        awk -F '|' -v names="${columns[*]}" '
            BEGIN { split(names, name, " ") } # -e and a name, in turn
            { # For a copy mipro-verify has no record unless there is something else to report.
              if ($0 ~ /^[0-9]+[|]+[0-9]+$/) next
              for (i = 2; i <= NF; i++) if ($i != "") {
                  what = name[2 * (i - 1)]; sub("^mipro[.]", "", what)
                  if (sub("^rule[.]", "", what)) { gsub("_", "-", what); print $1, what }
                  else print $1, what, $i
              } }' | sort
}
say_verifier() { # CAPTURE [OPTION...]
    verify -k "$K" -o json "$@" | awk -v words="${words[*]} reading" '
        function field(name,    at) {
            at = match($0, "\"" name "\":(\"[^\"]*\"|[^,}]*)")
            at = at ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 3) : ""
            gsub("\"", "", at)
            return at
        }
        BEGIN {
            n = split(words, word, " ")
            status["good"] = status["expired"] = 1; status["bad"] = 0
            status["no-key"] = status["truncated"] = 2; status["missing"] = 3
        }
        field("record") == "finding" && !seen[field("frame") field("rule")]++ {
            print field("frame"), field("rule")
        }
        field("copy_of") != "" && !copy[field("frame")]++ {
            print field("frame"), "copy_of", field("copy_of")
        }
        field("record") == "authenticator" {
            for (i = 1; i <= n; i++) {
                value = word[i] == "status" ? status[field("verdict")] : field(word[i])
                key = field("frame") (field("extension") == 96 ? " pfan." : " auth.") word[i] " "
                comma = key in all ? "," : ""
                if (value != "" && value != "null") all[key] = all[key] comma value
            }
        }
        END { for (key in all) print key all[key] }' | sort
}

# A frame with a finding about the tunnel, and two about the message in it; later than the time limit,
# within which an acknowledge may answer an update from before the capture.
cat >"$work/three" <<END
keys     $K
node     home-agent     10.1.0.1
node     correspondent  192.0.2.7
default  home=10.1.0.9
at 0.1  home-agent > correspondent  update care-of=10.2.0.1 lifetime=300 spi=0x1000
at 11   home-agent > correspondent  update care-of=10.3.0.1 lifetime=300 spi=0x1000
at 12   correspondent > 10.1.0.9    acknowledge status=132 tunnel=ipip,correspondent,10.2.0.1
END
"$build/mipro-inject" scenario "$work/three" --write="$P/three.pcap"

# Each datagram twice, 0.3 ms apart, as with two taps.
for name in smooth-handoff correspondent lost-acknowledge replay-attack; do
    editcap -t 0.0003 "$P/$name.pcap" "$work/later.pcap"
    mergecap -F pcap -w "$P/doubled-$name.pcap" "$P/$name.pcap" "$work/later.pcap"
    chmod a+r "$P/doubled-$name.pcap"
done

findings=0
captures=0
for capture in "$P"/*.pcap; do
    captures=$((captures + 1))
    ports=() decode=()
    [ "${capture##*/}" != rule-port.pcap ] || { ports=(--port=5434) decode=(-d "udp.port==5434,mipro"); }
    # Its status reflects findings.
    say_verifier "$capture" "${ports[@]}" >"$work/verifier" 2>/dev/null || true
    say_plugin "$capture" "${decode[@]}" >"$work/plugin"
    [ -s "$work/verifier" ] || fault "${capture##*/}: mipro-verify says nothing"
    findings=$((findings + $(wc -l <"$work/verifier")))
    diff -u --label "mipro-verify ${capture##*/}" --label "plugin ${capture##*/}" \
        "$work/verifier" "$work/plugin" || faults=$((faults + 1))
done

# The verifier's options are the plugin's preferences of the same names.
echo 'sample key no. 0' >"$work/words"
chmod a+r "$work/words"
options=(rate-abuse update-rate=100/1 rate-abuse warning-rate=7/2.5 lost-acknowledge ack-timeout=0.1
    conduct-replay tolerance=60 conduct-privacy p-bit=reverse-tunnel correspondent "words=$work/words"
    private-node draft=09 return-home warning-ext=200 correspondent reading=iana
    cases "rules=update-no-auth,spi-reserved" cases rules=-update-no-auth)
for ((i = 0; i < ${#options[@]}; i += 2)); do
    capture=$P/${options[i]}.pcap option=${options[i + 1]}
    name=${option%%=*}
    say_verifier "$capture" "--$option" >"$work/verifier" 2>/dev/null || true
    say_plugin "$capture" -o "mipro.${name//-/_}:${option#*=}" >"$work/plugin"
    diff -u --label "mipro-verify --$option ${options[i]}" --label "plugin" "$work/verifier" \
        "$work/plugin" || faults=$((faults + 1))
    say_plugin "$capture" >"$work/default"
    ! cmp -s "$work/default" "$work/plugin" || fault "--$option changes nothing"
done

# Fragments, whether epan puts them together, or cannot, or is told not to.  The authenticator is all
# zeroes, and bad; of the octets that were captured second it would be good.
good_octets=$("$build/mipro-inject" update --home=10.1.0.9 --care-of=10.3.0.1 --lifetime=60 --source=10.1.0.1 \
    --destination=192.0.2.7 --keys="$K" --spi=0x1000 --write="$work/good.pcap" &&
    od -An -v -tx1 -j$((24 + 16 + 14)) "$work/good.pcap" | tr -d ' \n')
good_octets=${good_octets: -${#sent_update}} # from the UDP header on
head=${sent_update:0:32} tail=${sent_update:32}
fragments() { # NAME PACKET...
    frames "${@:2}" >"$P/fragments-$1.pcap"
    chmod a+r "$P/fragments-$1.pcap"
}
fragments whole "$(fragment 0 1 "$head")" "$(fragment 2 0 "$tail")"
fragments backwards "$(fragment 2 0 "$tail")" "$(fragment 0 1 "$head")"
fragments incomplete "$(fragment 0 1 "$head")" "$(fragment 4 0 "${sent_update:64}")"
fragments no-first "$(fragment 2 0 "$tail")"
fragments no-last "$(fragment 0 1 "${sent_update:0:48}")"
fragments twice "$(fragment 0 1 "$head")" "$(fragment 0 1 "$head")" "$(fragment 2 0 "$tail")" "$(fragment 2 0 "$tail")"
fragments overlap "$(fragment 4 0 "${sent_update:64}")" "$(fragment 0 1 "${good_octets:0:80}")" \
    "$(fragment 2 0 "${good_octets:32}")"
fragments overlap-late "$(fragment 2 1 "${sent_update:32:48}")" "$(fragment 0 1 "${good_octets:0:80}")" \
    "$(fragment 5 0 "${good_octets:80}")"
fragments request "$(fragment 0 1 "01b201b20028000001d0012c0a010009")" "$(fragment 2 0 "0a0100010a030001e4ab4f9012345678ffff")"
editcap -s 50 "$P/fragments-whole.pcap" "$P/fragments-cut.pcap"
chmod a+r "$P/fragments-cut.pcap"
for capture in "$P"/fragments-*.pcap; do
    say_verifier "$capture" >"$work/verifier" 2>/dev/null || true
    for option in TRUE FALSE; do
        say_plugin "$capture" -o ip.defragment:$option >"$work/plugin"
        diff -u --label "mipro-verify ${capture##*/}" --label "plugin, ip.defragment $option" "$work/verifier" \
            "$work/plugin" || faults=$((faults + 1))
    done
done
# A tap cut the packets and recorded the lengths to which it cut them: the IP header tells that octets are
# missing, also inside a tunnel.  The sender is not blamed.
tap_cuts() { # NAME PAYLOAD TUNNEL-HEADER
    local octets packet packets=()
    for octets in 30 36 39 40 41 44 48 50 56 60 61; do
        packet=$(fragment 0 0 "${2// /}" "$octets") packet=${packet// /}
        packets+=("${3// /}${packet:0:2*octets}")
    done
    frames "${packets[@]}" >"$P/tap-$1.pcap"
    chmod a+r "$P/tap-$1.pcap"
}
request='01b201b20036000001d0012c0a010009 0a0100010a030001e4ab4f9012345678 201400001000 00000000000000000000000000000000'
tap_cuts update "$sent_update" ''
tap_cuts request "$request" ''
tap_cuts tunnel "$sent_update" '4500006200090000 40040000 0a0100030a010004'
for capture in "$P"/tap-*.pcap; do
    say_verifier "$capture" >"$work/verifier" 2>/dev/null || true
    say_plugin "$capture" >"$work/plugin"
    diff -u --label "mipro-verify ${capture##*/}" --label plugin "$work/verifier" "$work/plugin" ||
        faults=$((faults + 1))
    got=$(grep -vc 'auth.status 2' "$work/verifier" || true)
    [[ $got == 0 && $(wc -l <"$work/verifier") -ge 3 ]] ||
        fault "${capture##*/}: $(cat "$work/verifier")"
done

got=$(say_plugin "$P/fragments-incomplete.pcap")
[[ $got == "2 auth.status 2" ]] || fault "fragments that never all arrive: '$got'"
say_plugin "$P/fragments-overlap.pcap" | grep -q 'auth.status 0' || fault "the octets captured first are not read"
keyed_tshark -2 -r "$P/fragments-overlap.pcap" -Y mipro.overlap | grep -q MIPRO || fault "overlap is not said"

got=$(keyed_tshark -2 -r "$P/doubled-correspondent.pcap" -Y mipro.copy_of -T fields -e frame.number | wc -l)
verify -k "$K" -o json "$P/doubled-correspondent.pcap" >"$work/out" || true
grep -q "\"copies\":$got," "$work/out" || fault "the plugin sees $got copies: $(tail -n 1 "$work/out")"

# Only Wireshark opens these: wireless, from the station and again from its access point; and VXLAN-GPE.
wireless='08010000 020000000002 020000000001 020000000002 1000 aaaa030000000800'
gpe="$(printf '4500%04x0008000040110000 c6336401c6336402 c35012b6%04x0000 0c00000100002a00' 98 78)"
for around in "105 $wireless" "101 $gpe"; do
    packet="${around#* }$(fragment 0 0 "$sent_update")"
    link=${around%% *} frames "$packet" "$packet" >"$work/around.pcap"
    chmod a+r "$work/around.pcap"
    got=$(keyed_tshark -2 -r "$work/around.pcap" -T fields -e mipro.copy_of | tr -d '\n')
    [[ $got == 1 ]] || fault "link type ${around%% *}: the plugin sees no copy, but '$got'"
done

got=$(grep -c '^3 ' <(say_verifier "$P/three.pcap" 2>/dev/null))
[[ $got == 3 ]] || fault "three findings in a frame: $got"

echo "$captures captures, $findings findings and verdicts, $faults captures differ"
[ $faults = 0 ] && [ $findings -gt 100 ]
