# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Instructions, which callgrind counts alike on a busy machine and an idle one.  Source it.

# instructions COMMAND...: how many a run of it takes.
instructions() {
    local log
    log=$(LC_ALL=C valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null) || true
    sed -nE 's/.*Collected : ([0-9]+).*/\1/p' <<<"$log"
}

# per_message LABEL FEW MANY COMMAND...: what each message more takes; the command gets the
# number in the place of @.  What it takes to begin and to end is in both, and cancels.
per_message() {
    local label=$1 few=$2 many=$3 a b
    shift 3
    command -v valgrind >/dev/null || { echo "skip: no valgrind, so no instructions of $label"; return; }
    a=$(instructions "${@//@/$few}") b=$(instructions "${@//@/$many}")
    [ -n "$a" ] && [ -n "$b" ] || { echo "skip: callgrind cannot run $label"; return; }
    echo "$label: $(((b - a) / (many - few))) instructions a message (callgrind)"
}
