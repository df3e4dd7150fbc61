# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# How the shell tests report; sourced before anything else.  A test goes on after a fault, so that
# one run shows them all, and ends with `[[ $faults -eq 0 ]]`.

faults=0

# fault TEXT...: one thing that is wrong.
fault() {
    printf '%s\n' "$*"
    faults=$((faults + 1))
}

# skip WHY...: this machine cannot run the test; 77 is what CTest counts as skipped.
skip() {
    printf 'skip: %s\n' "$*"
    exit 77
}

# need PROGRAM...: skip the test unless all are here (names, or paths of programs that are built).
need() {
    local program
    for program; do
        command -v "$program" >/dev/null || skip "no $program"
    done
}
