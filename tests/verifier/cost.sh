#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# cost.sh BUILD - the cost of --html and --write: together at most 1.3 times the instructions per message
# of the run without them, of which callgrind counts the same number on a busy and an idle machine.
# It is measured with a capture in which one authenticator is bad: without any, it is not read again.
# With --write-what=messages the whole capture is written once more: at most 2.3 times.
source "$(dirname "$0")/../prelude.sh"
set -euo pipefail
build=$(cd "$1" && pwd)
source "$(dirname "$0")/../bench/instructions.sh"
need valgrind "$build/tests/bench/make_capture"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# At most one message per node, so that there is little to report: the cost of findings is not measured.
for n in 20000 60000; do
    "$build/tests/bench/make_capture" $n 60000 1000 "$dir/keys" "$dir/capture-$n"
    printf X | dd of="$dir/capture-$n" bs=1 seek=121 conv=notrunc 2>/dev/null # ends the first frame
done
chmod 600 "$dir/keys"
cost() { # OPTION...: instructions per message
    local few many
    few=$(instructions "$build/mipro-verify" -k "$dir/keys" --threads=1 "$@" "$dir/capture-20000")
    many=$(instructions "$build/mipro-verify" -k "$dir/keys" --threads=1 "$@" "$dir/capture-60000")
    [[ -n $few && -n $many ]] || return
    echo $(((many - few) / 40000))
}
# The reference run prints its text, as one without these options does; -q is cheaper still.
base=$(cost) quiet=$(cost -q)
[[ -n $base ]] || skip "callgrind cannot run mipro-verify"
both=$(cost --html="$dir/page.html" --write="$dir/evidence.pcapng")
all=$(cost --html="$dir/page.html" --write="$dir/evidence.pcapng" --write-what=messages)
echo "$base instructions per message ($quiet with -q); $both with --html and --write; $all with --write-what=messages"
[[ $((both * 10)) -le $((base * 13)) && $((all * 10)) -le $((base * 23)) ]]
