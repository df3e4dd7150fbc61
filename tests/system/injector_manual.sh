#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The manual describes every option and command of the tables, and no others; the
# scenario in mipro-scenario(5) plays.
source "$(dirname "$0")/../prelude.sh"
set -euo pipefail
build=$(realpath "$1") source=$(realpath "$(dirname "$0")/../..")
inject=$build/mipro-inject
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
page=$source/docs/mipro-inject.1
"$inject" --list-options | sed 's/^--//; s/=.*//' | sort -u >"$dir/options"
grep -oE 'Fl -[a-z][a-z-]+' "$page" | sed 's/Fl -//' | sort -u | grep -vxE 'name|help|version' >"$dir/named"
while read -r option; do fault "--$option: is not in mipro-inject(1)"; done < <(comm -23 "$dir/options" "$dir/named")
while read -r option; do fault "--$option: is only in mipro-inject(1)"; done < <(comm -13 "$dir/options" "$dir/named")
while read -r command; do
    grep -qE "^\.(It )?Cm $command( |\$)" "$page" || fault "$command: is not in mipro-inject(1)"
done < <("$inject" --help | sed -n 's/^  \([a-z]\{4,\}\) .*/\1/p')

cp "$source/pcaps/mipro.keys" "$dir/mipro.keys"
chmod 600 "$dir/mipro.keys"
sed -n '/^\.Bd -literal$/,/^\.Ed$/{/^\.[BE]d/d;s/\\e/\\/g;p}' "$source/docs/mipro-scenario.5" >"$dir/example.scenario"
"$inject" scenario "$dir/example.scenario" --write="$dir/example.pcap" || fault "the example of mipro-scenario(5): status $?"
[[ ! -x $build/mipro-verify ]] || "$build/mipro-verify" -q -k "$dir/mipro.keys" "$dir/example.pcap" ||
    fault "the example of mipro-scenario(5) is not good"
if command -v mandoc >/dev/null; then
    mandoc -T lint -W warning "$page" "$source/docs/mipro-scenario.5" 2>"$dir/log" >"$dir/lint" || true
    [[ ! -s $dir/lint ]] || fault "$(<"$dir/lint")"
else
    echo "skip: no mandoc"
fi
[[ $faults -eq 0 ]]
