#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# check-manual.sh BUILD - the manual pages are well formed, and describe every option that the
# programs' help lists, and no others.
source "$(dirname "$0")/prelude.sh"
set -euo pipefail
build=$(cd "$1" && pwd)
cd "$(dirname "$0")/../docs"
need mandoc
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for page in *.1 *.5 *.8; do
    [ -e "$page" ] || continue
    mandoc -T lint -W warning "$page" || fault "$page: see above"
done

# Options as words: --name, without the value.
options() {
    grep -oE -- '--[a-z][a-z-]+' | sort -u
}
for program in mipro-verify mipro-inject; do
    page=$program.1
    [ -e "$page" ] || { fault "$page: there is none"; continue; }
    {
        "$build/$program" --help
        if [ $program = mipro-inject ]; then
            "$build/$program" --help | sed -nE 's/^  ([a-z]+)  +.*/\1/p' |
                while read -r command; do "$build/$program" "$command" --help; done
        fi
    } | options >"$work/help"
    mandoc -T ascii "$page" | sed 's/.\x08//g' | options >"$work/manual"
    while read -r option; do
        fault "$page: does not describe $option"
    done < <(comm -23 "$work/help" "$work/manual")
    while read -r option; do
        fault "$page: $program has no option $option"
    done < <(comm -13 "$work/help" "$work/manual")
done
[ "$faults" -eq 0 ]
