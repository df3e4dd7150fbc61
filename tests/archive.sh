# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the tests of scripts/archive-parallel have in common: programs, a folder of their own, and how the script is
# called.  To be sourced after prelude.sh; $1 is the folder of the build.
build=$(cd "$1" && pwd)
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export LC_ALL=C.UTF-8
need "$build/mipro-verify" python3
"$build/mipro-verify" --help | grep -q -- --events || skip "this mipro-verify has no --events"
command -v parallel >/dev/null && parallel --version 2>/dev/null | grep -q '^GNU parallel' ||
    skip "GNU parallel is not here"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export HOME=$work PATH=$build:$PATH
umask 077

archive() {
    "$top/scripts/archive-parallel" "$@" >out 2>err </dev/null
}
# expect WHAT STATUS TEXT ARGUMENT...: it ends with STATUS and prints TEXT.
expect() {
    local what=$1 status=$2 text=$3 got
    shift 3
    archive "$@"
    got=$?
    [[ $got == "$status" ]] && grep -qF -- "$text" err || fault "$what: status $got, and it says: $(cat err)"
}
