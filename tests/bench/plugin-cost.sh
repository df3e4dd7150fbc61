#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# plugin-cost.sh BUILD [MESSAGES] - the plugin's share of tshark's instructions on Binding
# Updates with keys and their acknowledges: "tshark -q -z io,stat,0 -r FILE", by callgrind.
#
# For one run, and for each additional message (without start-up, by a second run
# over 100 messages):
#   own        the code of mipro.so, and GLib's hashing for it; at most 15 % is the aim
#   inclusive  everything that runs while our dissectors do: what epan does for them too
#              (dispatch, tree, memory)
source "$(dirname "$0")/plugin-common.sh"
messages=${2:-5000}
need valgrind
# So many nodes that none gets too many updates: there are no findings.
use_capture "$messages" $((messages / 8)) 50

run() { # NAME OPTION...
    in_tshark plugins valgrind -q --tool=callgrind --callgrind-out-file="$work/$1" -- \
        "${keys[@]}" "${@:2}" >"$work/log" 2>&1
}
run start -c 100
run whole

# Total, own, inclusive: from the lines of the profile, in which a name follows its number once.
sum() {
    awk '
    function name(line,   at) {
        at = index(line, ")")
        key = substr(line, 1, 1) == "c" ? substr(line, 2, at - 1) : substr(line, 1, at)
        if (length(line) > at)
            names[key] = substr(line, at + 2)
        return names[key]
    }
    function ours(object) { return object ~ /\/mipro\.so$/ }
    /^ob=/ { object = name($0); next }
    /^fn=/ { name($0); next }
    /^cob=/ { called = name($0); next }
    /^cfn=/ { callee = name($0); next }
    /^calls=/ {
        getline
        if (called == "")
            called = object
        if (ours(object) && callee ~ /^g_(checksum|hmac)_/)
            own += $2
        if (!ours(object) && ours(called) && callee ~ /^(dissect_(udp|icmp|ipip|gre)_shim|dissect_minenc|see_frame)$/)
            all += $2
        called = ""
        next
    }
    /^[0-9+*-]/ { total += $2; if (ours(object)) own += $2 }
    END { print total + 0, own + 0, all + 0 }' "$1"
}
read -r total0 own0 all0 <<<"$(sum "$work/start")"
read -r total own all <<<"$(sum "$work/whole")"
[[ $all -gt 0 ]] || { cat "$work/log"; echo "the plugin was not loaded" >&2; exit 1; }
awk -v n="$messages" -v t0="$total0" -v o0="$own0" -v a0="$all0" -v t="$total" -v o="$own" -v a="$all" 'BEGIN {
    printf "%-28s %14s %12s %12s\n", "instructions", "tshark", "own", "inclusive"
    printf "%-28s %14d %12d %12d\n", n " messages", t, o, a
    printf "%-28s %14s %11.1f%% %11.1f%%\n", "  share", "", 100 * o / t, 100 * a / t
    n -= 100
    printf "%-28s %14d %12d %12d\n", "each further message", (t - t0) / n, (o - o0) / n, (a - a0) / n
    printf "%-28s %14s %11.1f%% %11.1f%%\n", "  share", "", 100 * (o - o0) / (t - t0), 100 * (a - a0) / (t - t0)
    exit 100 * (o - o0) / (t - t0) > 15
}'
