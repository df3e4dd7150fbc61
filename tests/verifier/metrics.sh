#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# metrics.sh BUILD - --metrics agrees with -o json, in the text format of Prometheus; and its file
# is complete or absent: on a full disk, in a folder that is removed, through a symbolic link.
source "$(dirname "$0")/../prelude.sh"
set -u
verify=$1/mipro-verify
cd "$(dirname "$0")/../.." || exit 1
need "$verify" jq
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
umask 022
install -m 600 pcaps/mipro.keys "$dir/keys"
metrics=$dir/out/mipro.prom
mkdir "$dir/out"

# The format: for each family HELP and TYPE once, then its samples, none twice.
well_formed() {
    awk '
        /^# HELP mipro_verify_[a-z_]+ [A-Z].*\.$/ { help = $3; if (helps[help]++) bad("HELP twice") ; next }
        /^# TYPE mipro_verify_[a-z_]+ gauge$/ { if ($3 != help) bad("TYPE without HELP"); type = $3; next }
        /^mipro_verify_[a-z_]+(\{[a-z]+="([^"\\]|\\["\\n])*"(,[a-z]+="([^"\\]|\\["\\n])*")*\})? [0-9]+(\.[0-9]+)?$/ {
            name = $1; sub(/\{.*/, "", name); if (name != type) bad("sample of another family")
            series = $0; sub(/ [^ ]*$/, "", series); if (seen[series]++) bad("series twice"); next }
        { bad("no line of the format") }
        function bad(why) { print why ": " $0; wrong = 1 }
        END { exit wrong }' "$1"
}

# The summary in JSON as samples.
expected() {
    jq -r 'select(.record == "summary") |
        (.authenticators | to_entries[] | "authenticators{verdict=\"\(.key)\"} \(.value)"),
        (.undecided | to_entries[] | "undecided{reason=\"\(.key)\"} \(.value)"),
        (.unopened | to_entries[] | "unopened_frames{content=\"\(.key)\"} \(.value)"),
        "frames \(.packets)", "files \(.files)", "unread_files \(.unread)", "copies \(.copies)",
        (.dropped_by_kind | to_entries[] | "dropped{kind=\"\(.key)\"} \(.value)"),
        "dropped_states \(.dropped)", "incomplete_datagrams \(.fragments.incomplete)",
        "overlapping_fragments \(.fragments.overlapping)"' "$1"
    jq -rs '[.[] | select(.rule)] | group_by([.rule, .severity])[] |
        "findings{rule=\"\(.[0].rule)\",severity=\"\(.[0].severity)\"} \(length)"' "$1"
    jq -r 'select(.record == "summary").messages | to_entries[] | "messages \(.key) \(.value)"' "$1"
}
stated() {
    sed -nE 's/^mipro_verify_//p' "$1" | grep -vE '^(info|status|duration_seconds|written_timestamp_seconds)\b' |
        sed -E 's/^messages\{type="([0-9]+)",.*\}/messages \1/' | grep -vE '^(findings|messages).* 0$'
}

for arguments in pcaps/*.pcap tests/field/histories/8-*.pcapng "pcaps/cases.pcap pcaps/forged-update.pcap /nowhere"; do
    status=0
    # shellcheck disable=SC2086  # several captures on purpose
    "$verify" -k "$dir/keys" -o json --metrics="$metrics" $arguments >"$dir/json" 2>/dev/null || status=$?
    well_formed "$metrics" || fault "$arguments: not the format"
    diff <(expected "$dir/json" | sort) <(stated "$metrics" | sort) >"$dir/diff" ||
        fault "$arguments: differs from json: $(head -n 3 "$dir/diff")"
    grep -qx "mipro_verify_status $status" "$metrics" || fault "$arguments: the status is not $status"
done
# What was dropped is counted by kind, and named in the text: of 4,100 agents 4,096 are remembered.
python3 - "$dir/agents.pcapng" <<'END' || fault "no capture of agents"
import sys
sys.path.insert(0, 'tests/field')
from packets import Packet, SECOND, advertisement, address, write_pcapng
agents = [address('10.%d.%d.1' % (16 + i // 256, i % 256)) for i in range(4100)]
packets = [Packet(919944000 * SECOND + i, agent, address('224.0.0.1'),
                  advertisement(i, 1800, 0x9000, [agent]), i + 1, i, 'advertisement')
           for i, agent in enumerate(agents)]
for packet in packets:
    packet.protocol = 1
write_pcapng(sys.argv[1], packets, 9)
END
"$verify" -o json --allow-empty --metrics="$metrics" "$dir/agents.pcapng" >"$dir/json" 2>/dev/null ||
    fault "agents: status $?"
[[ $(jq -c '[.dropped, .dropped_by_kind.agents, .dropped_by_kind.homes]' "$dir/json") == '[4,4,0]' ]] ||
    fault "agents: $(jq -c .dropped_by_kind "$dir/json")"
grep -qx 'mipro_verify_dropped{kind="agents"} 4' "$metrics" || fault "agents: not in the metrics"
"$verify" --allow-empty "$dir/agents.pcapng" 2>/dev/null | grep -qx ' *4  agents that advertised (agents)' ||
    fault "agents: not in the text"
[[ $(stat -c %a "$metrics") == 644 ]] || fault "the collector cannot read it: $(stat -c %A "$metrics")"
"$verify" -q -k "$dir/keys" -r replay --metrics="$metrics" pcaps/cases.pcap
[[ $(grep -c '^mipro_verify_findings{' "$metrics") == 1 ]] || fault "-r: rules that were not asked for are there"

# left STATUS PATTERN WHAT: check what a run that could not write leaves behind.
left() {
    [[ $status == "$1" ]] || fault "$3: status $status, not $1"
    [[ -z $2 ]] || grep -qE -- "$2" "$dir/err" || fault "$3: says $(head -n 1 "$dir/err")"
    [[ -z $(find "$dir" -name '.*.prom.*') ]] || fault "$3: leaves $(find "$dir" -name '.*.prom.*')"
}
run() {
    status=0
    "$verify" -q -k "$dir/keys" "$@" 2>"$dir/err" || status=$?
}

run --metrics=/dev/full pcaps/correspondent.pcap
left 3 '^mipro-verify: /dev/full: No space left' "a full device"
[[ -c /dev/full ]] || fault "/dev/full is no device any more"
run --metrics="$dir/out" pcaps/correspondent.pcap
left 3 'Is a directory' "a folder"
run --metrics="$dir/none/mipro.prom" pcaps/correspondent.pcap
left 3 'No such file' "no folder"
run --metrics= pcaps/correspondent.pcap
left 2 'no file given' "no name"
for input in "$dir/keys" "$dir/capture"; do
    cp pcaps/correspondent.pcap "$dir/capture"
    cp "$input" "$dir/copy"
    run --metrics="$input" "$dir/capture"
    left 2 'is the (key file|capture)' "$input"
    cmp -s "$input" "$dir/copy" || fault "$input: was written over"
done

# A folder that is removed while the capture is read.
mkdir "$dir/gone"
mkfifo "$dir/fifo"
"$verify" -q -k "$dir/keys" --metrics="$dir/gone/mipro.prom" - <"$dir/fifo" 2>"$dir/err" &
pid=$!
exec 3>"$dir/fifo"
head -c 24 pcaps/correspondent.pcap >&3
until [[ $(readlink "/proc/$pid/fd/0") == "$dir/fifo" && -z $(find "$dir/gone" -name '.*') ]]; do
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.05
done
rm -rf "$dir/gone"
tail -c +25 pcaps/correspondent.pcap >&3
exec 3>&-
status=0
wait "$pid" || status=$?
left 3 'gone/mipro.prom: No such file' "a folder that goes away"

# While a capture is followed, every few seconds: the counts so far, and the status that they imply.
until_says() { # LINE
    local i
    for ((i = 0; i < 600; i++)); do
        grep -qxF -- "$1" "$metrics" 2>/dev/null && return
        sleep 0.1
    done
    fault "--follow: not written within 60 s: $1"
}
rm -f "$metrics"
head -c 24 pcaps/forged-update.pcap >"$dir/grows.pcap"
"$verify" -q -k "$dir/keys" --follow --metrics="$metrics" "$dir/grows.pcap" 2>"$dir/err" &
pid=$!
until_says 'mipro_verify_status 4'
tail -c +25 pcaps/forged-update.pcap >>"$dir/grows.pcap"
until_says 'mipro_verify_authenticators{verdict="bad"} 2'
until_says 'mipro_verify_status 1'
well_formed "$metrics" || fault "--follow: not the format"
mv "$dir/out" "$dir/away"
until grep -q 'tried again' "$dir/err"; do
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
done
mv "$dir/away" "$dir/out"
written=$(sed -n 's/^mipro_verify_written_timestamp_seconds //p' "$metrics")
for ((i = 0; i < 600; i++)); do # by itself, although nothing arrives
    [[ $(sed -n 's/^mipro_verify_written_timestamp_seconds //p' "$metrics") == "$written" ]] || break
    sleep 0.1
done
((i < 600)) || fault "--follow: metrics are not written while nothing arrives"
kill -INT "$pid"
status=0
wait "$pid" || status=$?
left 1 'mipro.prom: No such file or directory; it is tried again' "--follow"

# A symbolic link stays, and its target is replaced.
ln -s mipro.prom "$dir/out/link.prom"
echo old >"$metrics"
run --metrics="$dir/out/link.prom" pcaps/correspondent.pcap
left 0 '' "a link"
[[ -L $dir/out/link.prom ]] || fault "the link is gone"
grep -q '^mipro_verify_status 0' "$metrics" || fault "the link's target is old"

# A file that is replaced keeps its permissions, whatever the umask.
for mode in 600 640 664; do
    chmod $mode "$metrics"
    (umask 022; "$verify" -q -k "$dir/keys" --metrics="$metrics" pcaps/correspondent.pcap)
    [[ $(stat -c %a "$metrics") == "$mode" ]] || fault "a file of mode $mode gets mode $(stat -c %a "$metrics")"
done

# On a full disk the file of the last run stays.
full() {
    mount -t tmpfs -o size=8k none "$dir/out" &&
        echo old >"$metrics" &&
        head -c 4096 /dev/zero >"$dir/out/room" &&
        "$verify" -q -k "$dir/keys" --metrics="$metrics" pcaps/correspondent.pcap 2>"$dir/err"
    echo $? "$(cat "$metrics")" "$(find "$dir/out" -type f -printf '%f\n' | sort | tr '\n' ' ')" >"$dir/full"
}
export -f full
export dir verify metrics
if unshare -rm true 2>/dev/null; then
    unshare -rm bash -c full
    [[ $(cat "$dir/full") == '3 old mipro.prom room ' ]] || fault "a full disk: $(cat "$dir/full" "$dir/err")"
else
    echo "skip: no full disk without a namespace"
fi
echo "$faults faults"
[[ $faults -eq 0 ]]
