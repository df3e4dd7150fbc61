# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Instructions, of which callgrind counts the same number on a busy and an idle machine.  To be sourced.

# instructions COMMAND...: the number of instructions of a run.
instructions() {
    local log
    log=$(LC_ALL=C valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null) || true
    sed -nE 's/.*Collected : ([0-9]+).*/\1/p' <<<"$log"
}

# per_message LABEL FEW MANY COMMAND...: the instructions per additional message; the command gets the
# number in place of @.  Start and end are in both runs, and cancel out.
per_message() {
    local label=$1 few=$2 many=$3 a b
    shift 3
    command -v valgrind >/dev/null || { echo "skip: no valgrind, so no instructions of $label"; return; }
    a=$(instructions "${@//@/$few}") b=$(instructions "${@//@/$many}")
    [ -n "$a" ] && [ -n "$b" ] || { echo "skip: callgrind cannot run $label"; return; }
    echo "$label: $(((b - a) / (many - few))) instructions a message (callgrind)"
}
