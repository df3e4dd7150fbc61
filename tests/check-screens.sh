#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# check-screens.sh BUILD - each command after "$ " in a ```console block of README.md and
# docs/*.md prints what the page shows; so do those in indented text that are about
# pcaps/.  A last line "…" stands for the rest.
source "$(dirname "$0")/prelude.sh"
set -euo pipefail
build=$(cd "$1" && pwd)
top=$(cd "$(dirname "$0")/.." && pwd)
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
cp -r "$top/pcaps" "$top/README.md" "$top/docs" "$stage"
chmod 600 "$stage/pcaps/mipro.keys"
cd "$stage"
export PATH=$build:$PATH

screens=0
for page in README.md docs/*.md; do
    awk -v page="$(basename "$page")" '
        /^```console$/ { inside = 1; next }
        /^```/ { inside = 0; next }
        inside && /^\$ / { n++; print substr($0, 3) > (page "." n ".command"); printf "" > (page "." n ".says"); next }
        inside { print > (page "." n ".says"); next }
        /^    \$ .*pcaps\// { n++; print substr($0, 7) > (page "." n ".command"); printf "" > (page "." n ".says"); indented = 1; next }
        indented && /^    / { print substr($0, 5) > (page "." n ".says"); next }
        { indented = 0 }' "$page"
done
for command in *.command; do
    [ -e "$command" ] || break
    says=${command%.command}.says
    screens=$((screens + 1))
    bash "$command" >"$command.out" 2>&1 </dev/null || true
    if [ "$(tail -n 1 "$says")" = … ]; then
        { head -n $(($(wc -l <"$says") - 1)) "$command.out"; echo …; } >"$command.begins"
        mv "$command.begins" "$command.out"
    fi
    if ! diff -u --label "${command%.*.command} says" --label "it prints" "$says" "$command.out"; then
        printf 'of: %s\n' "$(<"$command")"
        faults=$((faults + 1))
    fi
done
printf '%d screens, %d differ\n' "$screens" "$faults"
[ "$faults" -eq 0 ] && [ "$screens" -gt 0 ]
