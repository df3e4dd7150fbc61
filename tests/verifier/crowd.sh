#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# crowd.sh BUILD - what a message costs does not depend on how many correspondents its home address
# has: in instructions, which callgrind counts alike on a busy machine and an idle one, at most 1.3
# times as much with 10,000 of them as with 100, and the same with 500 updates that wait for their
# acknowledges as with 10.
source "$(dirname "$0")/../prelude.sh"
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
source "$here/../bench/instructions.sh"
need valgrind python3
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# cost NODES BEHIND: instructions of a message, once all nodes are known.
cost() {
    local n few many
    for n in 12000 24000; do
        python3 "$here/crowd.py" "$1" "$2" $n "$dir/keys" "$dir/capture-$n"
    done
    # A finding costs more than what is measured.
    "$build/mipro-verify" -k "$dir/keys" "$dir/capture-24000" >"$dir/report" ||
        { head -n 20 "$dir/report" >&2; return 1; }
    few=$(instructions "$build/mipro-verify" --threads=1 -q -k "$dir/keys" "$dir/capture-12000")
    many=$(instructions "$build/mipro-verify" --threads=1 -q -k "$dir/keys" "$dir/capture-24000")
    [[ -n $few && -n $many ]] || return 0
    echo $(((many - few) / 36000))
}
bad=0
compare() { # NODES BEHIND, twice
    local few many
    few=$(cost "$1" "$2")
    many=$(cost "$3" "$4")
    [[ -n $few && -n $many ]] || skip "callgrind cannot run mipro-verify"
    echo "$1 correspondents, $2 unanswered: $few instructions a message; $3, $4 unanswered: $many"
    [[ $((many * 10)) -le $((few * 13)) ]] || bad=1
}
compare 100 0 10000 0
compare 2000 10 2000 500
exit $bad
