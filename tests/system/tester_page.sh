#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tester_page.sh BUILD - a browser shows the page of a run (--html), which has no scripts.
source "$(dirname "$0")/../prelude.sh"
set -u
build=${1:?usage: tester_page.sh BUILD}
here=$(cd "$(dirname "$0")" && pwd)
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) ||
    skip "no Chromium"
need python3
unshare -Urn sh -c 'ip link add t0 type veth peer name r0 && unshare -n true' 2>/dev/null ||
    skip "no network namespaces here: unshare -Urn and veth pairs are needed"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

unshare -Urn bash "$here/tester_verdicts.sh" "$build" --play "$work" correspondent odd=compares-12 \
    "--html=$work/run.html VAL-01 AUT-02 AUT-03 VAL-04" >"$work/log" 2>&1 </dev/null
[ -s "$work/run.html" ] || { cat "$work"/{log,err,tap}; exit 1; }
# The page is self-contained: nothing is loaded, nothing is run.
! grep -qE '<script|<link|<img|src=|url\(|@import|https?:' "$work/run.html" || fault "the page needs more than itself"
browse() {
    HOME=$work timeout -k 1 100 "$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage \
        --user-data-dir="$work/profile" "$@" "file://$work/run.html" 2>"$work/browser"
}
# A browser that does not start on a busy machine gets another chance.
for _ in 1 2 3; do
    browse --dump-dom >"$work/dom"
    [ ! -s "$work/dom" ] || break
done
[ -s "$work/dom" ] || { echo "skip: Chromium does not start here: $(tail -3 "$work/browser")"; exit 77; }
for shown in 'class="v FAIL" href="#AUT-02"' '<section class="case" id="AUT-02">' '<svg viewBox' \
    'class="v SKIP"' 'class="v PASS"' 'Binding Acknowledge 131; tolerated' 'Extension 35'; do
    grep -qF "$shown" "$work/dom" || fault "the page does not show: $shown"
done
# The matrix by requirement, with its verdict and its cases; and each case names its requirements.
grep -q '<tr id="D3.1-3".*<span class="v FAIL">FAIL</span>.*href="#AUT-02"' "$work/dom" ||
    fault "D3.1-3 does not fail with AUT-02"
grep -q '<tr id="D4.3-3".*<span class="v PASS">.*VAL-01' "$work/dom" || fault "D4.3-3 is not passed by VAL-01"
grep -q '<td>VAL-01</td>.*<a href="#D4.3-3">D4.3-3</a>' "$work/dom" || fault "VAL-01 does not name D4.3-3"
grep -q '[1-9][0-9]* requirements that this run did not test' "$work/dom" || fault "what is not tested is not named"
[ "$(grep -o '<tr id="[DR][0-9.]*-[0-9]*"' "$work/dom" | sort | uniq -d | wc -l)" = 0 ] ||
    fault "a requirement is there twice"
[ "$(grep -o '<tr id="[DR][0-9.]*-[0-9]*"' "$work/dom" | wc -l)" = "$("$build/mipro-inject" cases --requirements | grep -c '^[DR][0-9]')" ] ||
    fault "not every requirement is there"
# What passed needs no more than its row; and each element that is opened is closed.
! grep -q 'id="VAL-01"' "$work/dom" || fault "VAL-01 passed, and has a section"
[ "$(grep -o '<section' "$work/dom" | wc -l)" = "$(grep -o '</section' "$work/run.html" | wc -l)" ] ||
    fault "sections are not closed"
# Light, dark, on a phone and in print.
python3 "$here/../verifier/look.py" "$build" "$work/run.html" >"$work/looks"
case $? in
0) ;;
77) cat "$work/looks" ;;
*) fault "$(head -n 5 "$work/looks")" ;;
esac
browse --window-size=1000,1200 --screenshot="$work/shot.png" >/dev/null
[ "$(stat -c %s "$work/shot.png" 2>/dev/null || echo 0)" -gt 20000 ] || fault "the page is blank"
[ $faults -eq 0 ]
