#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# run.sh BUILD [--update] [PATTERN...] - compare what each command of TESTLIST prints with
# expected/NAME.out, and show the difference; with --update write it, to be reviewed like code.
source "$(dirname "$0")/common.sh"
here=$(cd "$(dirname "$0")" && pwd)
source "$top/tests/packets.sh"
shift
update=
[ "${1:-}" != --update ] || { update=1; shift; }
patterns=("${@:-*}")

# Our own trees of a dissection, without what each version of Wireshark prints around them.
ours() {
    awk '/^Frame [0-9]+:/ { sub(/:.*/, ""); frame = $0; shown = 0; next }
         # What mip reports as malformed differs, too.
         /^[^ ]/ { on = /^(\[|Mobile IP Route Optimization|Minimal Encapsulation)/ && !/^\[Malformed Packet: Mobile IP\]/ }
         /^$/ { on = 0 }
         /Response Time: .* (milli|micro)seconds/ { # as in 4.6
             per = /milli/ ? 1e3 : 1e6
             sub(/Time: .*/, sprintf("Time: %.9f seconds]", $(NF - 1) / per))
         }
         on { if (!shown++) print "\n" frame; print }' |
        # Each version has its own "too long".
        sed -E 's/( \[…\])?: ([0-9a-f]{72})[0-9a-f]*…?$/: \2…/; s/^( *\[) ?\[(truncated|…)\] ?(.{150}).*/\1\3…/'
}
tree() { # CAPTURE [OPTION...]
    keyed_tshark -2 -r "$P/$1.pcap" -O mipro,minenc "${@:2}" | ours
}
lines() { # CAPTURE [OPTION...]: the list of packets, without times and lengths
    keyed_tshark -2 -r "$P/$1.pcap" "${@:2}" -o \
        'gui.column.format:"No.","%m","Source","%s","Destination","%d","Protocol","%p","Info","%i"' |
        sed 's/^ *//; s/  */ /g; s/ MobileIP *$/ MobileIP [Malformed Packet]/' # 4.6 does not report it for type 47
}
# One word per frame: the protocols in it.
protocols() { # CAPTURE [OPTION...]
    mipro_tshark -r "$P/$1.pcap" -T fields -e frame.protocols "${@:2}" | sort | uniq -c
}
status_of() { # CAPTURE [OPTION...]
    mipro_tshark -r "$P/$1.pcap" -T fields -e mipro.auth.status "${@:2}" | sort | uniq -c
}

# Each conversation: its frames, its filter, and the frames that the filter finds.
conversations() { # CAPTURE
    local request='{"jsonrpc":"2.0","id":%s,"method":"%s","params":{%s}}\n' frames filter
    {
        # shellcheck disable=SC2059  # a format
        printf "$request" 1 load "\"file\":\"$P/$1.pcap\"" 2 tap '"tap0":"conv:MIPRO"'
    } | "${as_user[@]}" env HOME="$work/home" WIRESHARK_PLUGIN_DIR="$work/plugins" \
        timeout -k 1 100 sharkd - 2>/dev/null |
        jq -r 'select(.id == 2).result.taps[0].convs[] | "\(.rxf + .txf) \(.filter)"' |
        while read -r frames filter; do
            echo "$frames, $filter: $(mipro_tshark -r "$P/$1.pcap" -Y "$filter" -T fields -e frame.number | tr '\n' ' ')"
        done
}

# A history of tests/field/rulings.json, as $P/NAME.pcapng with its keys.
ruling() { # NAME
    python3 "$top/tests/field/rulings.py" "$build/mipro-verify" --save="$P" "$1" >"$work/said" ||
        cat "$work/said"
    chmod a+r "$P/$1.pcapng"
    [ "$(id -u)" != 0 ] || chown nobody "$P/$1.keys"
}

# Packets that no capture in pcaps/ has.
by_hand() { # HEX...
    frames "$@" >"$P/by-hand.pcap"
}

# A file for mipro_associations or -k, owned by the user.
keys_are() { # FILE LINE...
    mkdir -p "$(dirname "$1")"
    printf '%s\n' "${@:2}" >"$1"
    chmod 600 "$1"
    [ "$(id -u)" != 0 ] || chown -R nobody "$work"
}

count=0
while read -r name command <&3; do
    [[ $name =~ ^(tree|verify|plugin)- ]] || fault "$name: no test runs a command with this name"
    chosen=
    for pattern in "${patterns[@]}"; do
        # shellcheck disable=SC2053  # a pattern
        [[ $name == $pattern ]] && chosen=1
    done
    [ -n "$chosen" ] || continue
    count=$((count + 1))
    got=$work/got
    status=0
    (cd "$work" && eval "$command") >"$got" 2>&1 </dev/null 3<&- || status=$?
    sed -i "s,$work,.,g" "$got"
    rm -rf "$work/home/.config"
    [ $status = 0 ] || echo "exit $status" >>"$got"
    # Two empty outputs are equal whatever happened.
    [ -s "$got" ] || fault "$name prints nothing"
    if [ -n "$update" ]; then
        cp "$got" "$here/expected/$name.out"
    elif ! diff -u --label "expected/$name.out" --label "$command" "$here/expected/$name.out" "$got"; then
        faults=$((faults + 1))
    fi
done 3< <(grep -Ev '^(#|$)' "$here/TESTLIST")
for file in "$here"/expected/*.out; do
    name=${file##*/}
    grep -q "^${name%.out} " "$here/TESTLIST" || fault "$name: no command prints it"
done
echo "$count commands, $faults differ"
[ "$count" != 0 ] && [ $faults = 0 ]
