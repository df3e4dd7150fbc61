#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Installed files are where Wireshark, the shell and man look, and are removed again.
source "$(dirname "$0")/../prelude.sh"
set -euo pipefail
build=$1
source=$(cd "$(dirname "$0")/../.." && pwd)
[[ -d $build/plugins ]] || skip "no plugin in $build"
work=$(mktemp -d)
# Keep the list of a real installation from this tree.
[[ ! -e $build/install_manifest.txt ]] || cp -p "$build/install_manifest.txt" "$work/manifest"
trap 'rm -f "$build/install_manifest.txt"; [[ ! -e $work/manifest ]] ||
    cp -p "$work/manifest" "$build/install_manifest.txt"; rm -rf "$work"' EXIT

fault() {
    echo "$*"
    exit 1
}

DESTDIR=$work/all cmake --install "$build" >"$work/log"
cmake --install "$build" --prefix "$work/prefix" >>"$work/log"
plugin=$(cd "$build/plugins" && echo ./*/epan/mipro.so)
for place in "$work"/all/usr/lib/*/wireshark/plugins "$work"/prefix/lib/*/wireshark/plugins; do
    [[ -f $place/$plugin ]] || fault "no $plugin in $place"
done
for name in mipro-inject mipro-verify; do
    "$work/prefix/bin/$name" --version >/dev/null || fault "$name does not run"
done
# Lazy binding would leave octets of keys on the stack (see CMakeLists.txt).
for object in "$work"/prefix/bin/mipro-* "$work"/prefix/lib/*/wireshark/plugins/"$plugin"; do
    readelf -d "$object" | grep -q BIND_NOW || fault "$object binds its symbols lazily"
done
extcap=$(find "$work/prefix" -path '*/wireshark/extcap/mipro-inject')
"$extcap" --extcap-interfaces | grep -q mipro || fault "no capture interface in $extcap"
[[ -f $work/prefix/share/man/man5/mipro-keys.5.gz ]] || fault "no manual page"
for name in mipro-verify mipro-inject-cases; do
    [[ -f $work/prefix/share/mipro/$name.schema.json ]] || fault "no JSON Schema of $name"
done

for name in slurm parallel; do
    "$work/prefix/share/mipro/archive-$name" --help >/dev/null || fault "archive-$name does not run"
done
[[ -x $work/prefix/share/mipro/archive-task ]] || fault "no archive-task"
[[ -f $work/prefix/share/doc/mipro/queries/columns.sql ]] || fault "no queries"

(cd "$build" && cmake -P "$source/cmake/uninstall.cmake") >>"$work/log" 2>&1
left=$(find "$work/prefix" ! -type d -o -name mipro -o -name 'Mobile IP')
[[ -z $left ]] || fault "left behind: $left"
