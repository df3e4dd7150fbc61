#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tester_verdicts.sh BUILD [ROW...] - the tester's verdicts on nodes that do lawful things in
# unusual ways, or one thing wrong; odd_node.py plays them, in a network namespace of each row.
# VERDICTS_TABLE=FILE takes another table; see lawful_nodes.sh.
source "$(dirname "$0")/../prelude.sh"
set -u
build=${1:?usage: tester_verdicts.sh BUILD [ROW...]}
shift
here=$(cd "$(dirname "$0")" && pwd)
timeout=${MATRIX_TIMEOUT:-0.3}
jobs=${MATRIX_JOBS:-4}

# NAME | ROLE | node's settings | tester's options and cases | what must be found in its output;
# a pattern that begins with ! must not be found, and "= ID..." are all the cases that fail, none
# if there is no ID.  Patterns are separated by two blanks.  Of the roles, those that begin with
# "lawful:" are played by lawful_node.py, and keep a rate limit of five updates in two seconds.
# In the options %D is a folder: known is a file of expected results in it, and what the run
# writes into new and caps is looked at, too.
table=$(cat "${VERDICTS_TABLE:-$here/tester_verdicts.txt}")

# In a namespace of its own already: build the other, play, leave the TAP in DIR/tap.
play() {            # DIR ROLE NODE TESTER
    local dir=$1 role=$2 node=$3 tester=$4 mask=24 holder script=odd_node.py replay=none rate=64/1
    trap 'kill $(jobs -p) 2>/dev/null' EXIT
    if [[ $role == lawful:* ]]; then
        script=lawful_node.py role=${role#lawful:} rate=5/2
        tester="--spoof --allow=10.9.0.0/24 $tester"
    fi
    [[ $node != *replay=* ]] || { replay=${node##*replay=}; replay=${replay%% *}; }
    for end in '"10.9.0.1","10.9.0.2"' '"10.9.0.77","10.9.0.2"' '"10.9.0.77","10.9.0.1"' '"10.9.0.2","*"' \
        '"10.9.0.77","10.2.0.1"'; do
        echo "\"$((++n))\",$end,\"0x1000\",\"hex:000102030405060708090a0b0c0d0e0f\",\"keyed-md5\",\"\",\"$replay\""
    done >"$dir/keys"
    [[ $node != *other-spi* ]] ||
        echo '"other","10.9.0.77","10.9.0.2","0x1001","hex:000102030405060708090a0b0c0d0e0f"' >>"$dir/keys"
    chmod 600 "$dir/keys"
    mkdir -p "$dir/caps"
    [[ $node != *mask=* ]] || { mask=${node##*mask=}; mask=${mask%% *}; }
    unshare -n sleep 120 &
    holder=$!
    for _ in $(seq 50); do
        [ "$(readlink /proc/$holder/ns/net)" != "$(readlink /proc/self/ns/net)" ] && break
        sleep 0.1
    done
    ip link set lo up
    ip link add t0 type veth peer name r0 netns $holder || exit 4
    ip addr add 10.9.0.1/"$mask" dev t0
    ip link set t0 up
    nsenter -t $holder -n sh -c "ip link set lo up; ip addr add 10.9.0.2/$mask dev r0; ip addr add 10.9.0.66/$mask dev r0
        ip link set r0 up; ip route add default via 10.9.0.1" || exit 4
    # Only the mobile node has its home address, after the other: to other nodes it is a neighbour's.
    [[ $role != *mobile-node ]] || nsenter -t $holder -n ip addr add 10.9.0.77/"$mask" dev r0
    # It answers ARP itself, in its own time.
    [[ $node != *slow-arp* ]] || nsenter -t $holder -n sh -c 'echo 8 >/proc/sys/net/ipv4/conf/r0/arp_ignore'
    # shellcheck disable=SC2086  # words on purpose
    nsenter -t $holder -n python3 "$here/$script" "$role" $node >"$dir/node" 2>"$dir/node.err" &
    for _ in $(seq 100); do
        grep -q ready "$dir/node" && break
        sleep 0.1
    done
    printf '%s\n' '# a comment' 'VAL-01 FAIL it was' 'AUT-02 FAIL' 'EXT-98 PASS' >"$dir/known"
    # shellcheck disable=SC2086
    "$build/mipro-inject" test --interface=t0 --source=10.9.0.1 --destination=10.9.0.2 \
        --keys="$dir/keys" --spi=0x1000 --home=10.9.0.77 --role="${role/nobody/home-agent}" --timeout="$timeout" \
        --update-rate="$rate" ${tester//%D/$dir} >"$dir/tap" 2>"$dir/err"
    echo "exit $?" >"$dir/status"
}

attempt() {         # DIR ROLE NODE TESTER PATTERNS
    local dir=$1 pattern faults='' due got
    rm -rf "$dir"
    mkdir -p "$dir"
    timeout -k 1 150 unshare -Urn bash "$here/tester_verdicts.sh" "$build" --play "$dir" "$2" "$3" "$4" \
        >"$dir/log" 2>&1 </dev/null
    sed -i 's/^/node: /' "$dir/node" 2>/dev/null
    cat "$dir/tap" "$dir/err" "$dir/status" "$dir/node" "$dir/new" >"$dir/all" 2>/dev/null
    cat "$dir"/caps/* 2>/dev/null | grep -ao '[[:print:]]\{30,\}' >>"$dir/all"
    while read -r pattern; do
        [ -n "$pattern" ] || continue
        if [[ $pattern == =* ]]; then
            due=$(tr ' ' '\n' <<<"${pattern#=}" | grep . | sort | paste -sd ' ')
            got=$(sed -n 's/^not ok [0-9]* - \([A-Z]*-[0-9]*\)$/\1/p' "$dir/tap" | sort | paste -sd ' ')
            [ "$due" = "$got" ] || faults+="should fail: $due"$'\n'"failed: $got"$'\n'
        elif [[ $pattern == !* ]]; then
            ! grep -qE -e "${pattern#!}" "$dir/all" || faults+="found: ${pattern#!}"$'\n'
        else
            grep -qE -e "$pattern" "$dir/all" || faults+="not found: $pattern"$'\n'
        fi
    done <<<"${5//  /$'\n'}"
    [ ! -s "$dir/node.err" ] || faults+=$(cat "$dir/node.err")
    [ -z "$faults" ] || faults+=$(cat "$dir/all" "$dir/log")
    echo "${faults:+$faults$'\n'}" | grep . >"$dir/faults"
}

# A machine that does too much at once loses answers: what differs twice more is a fault.
row() {             # DIR ROLE NODE TESTER PATTERNS
    for _ in $(seq "${VERDICTS_TRIES:-3}"); do
        attempt "$@"
        [ -s "$1/faults" ] || return
    done
}

if [ "${1:-}" = --play ]; then
    shift
    n=0
    play "$@"
    exit
fi
need "$build/mipro-inject" python3
unshare -Urn sh -c 'ip link add t0 type veth peer name r0 && unshare -n true' 2>/dev/null ||
    skip "no network namespaces here: unshare -Urn and veth pairs are needed"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n=0
bad=0
while IFS='|' read -r name role node tester patterns; do
    name=${name// /}
    [[ -n $name && $name != '#'* ]] || continue
    [ $# -eq 0 ] || [[ " $* " == *" $name "* ]] || continue
    while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n; done
    row "$work/$name" "${role// /}" "$node" "$tester" "$patterns" &
    n=$((n + 1))
done <<<"$table"
wait
for dir in "$work"/*/; do
    if [ -s "$dir/faults" ]; then
        bad=$((bad + 1))
        echo "not ok - $(basename "$dir")"
        sed 's/^/    /' "$dir/faults"
    else
        echo "ok - $(basename "$dir")"
    fi
done
echo "$n rows, $bad not as they should be"
[ $bad -eq 0 ] && [ $n -gt 0 ]
