#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# formats.sh BUILD [CAPTURE...] - all report formats agree about each capture: as many
# authenticators of each verdict, as many findings of each rule.  A new format needs a function
# count_NAME below, which prints "verdict WORD NUMBER" and "rule ID NUMBER" lines.
source "$(dirname "$0")/../prelude.sh"
set -u
verify=$1/mipro-verify
shift
cd "$(dirname "$0")/../.." || exit 1
need "$verify" jq
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
umask 077
cp pcaps/mipro.keys "$dir/keys"

# Words on standard input, one per line: each with its count, after a prefix.
number() {
    sort | uniq -c | awk -v what="$1" '{ print what, $2, $1 }'
}

count_json() {
    jq -r 'select(.record == "authenticator").verdict' "$1" | number verdict
    jq -r 'select(.record == "finding").rule' "$1" | number rule
}
# Lines name what is not good; the good ones are in the counts.
count_text() {
    awk '/^authenticators: / { gsub(/[,:]/, ""); for (i = 2; i < NF; i += 2) if ($i > 0) print "verdict", $(i + 1), $i }' "$1"
    grep -oE ':[0-9]+: (note|warning|error): [a-z-]+:' "$1" | sed -E 's/.*: ([a-z-]+):$/\1/' | number rule
}
count_junit() {
    grep -E '<testcase [^>]*name="frame ' "$1" |
        sed -E 's/.*<(failure|error) type="([a-z-]+)".*/\2/; s/^ *<testcase.*/good/' | number verdict
    sed -nE 's/.*<testcase classname="rules" name="([a-z-]+)".*(Broken|warning,|note,) ([0-9]+) times?.*/rule \1 \3/p' "$1"
}
# As in text, good ones are only counted.
count_sarif() {
    jq -r '.runs[0].properties.authenticators | to_entries[] | select(.value > 0) | "verdict \(.key) \(.value)"' "$1"
    jq -r '.runs[0].results[].ruleId | select(startswith("authenticator-") | not)' "$1" | number rule
}

# The counts of a report are those of its lines.
sums_json() {
    jq -es '(.[-1].authenticators | with_entries(select(.value > 0))) ==
        (map(select(.verdict).verdict) | group_by(.) | map({ key: .[0], value: length }) | from_entries) and
        (.[-1].findings | with_entries(select(.value > 0))) ==
        (map(select(.rule).severity) | group_by(.) | map({ key: .[0], value: length }) | from_entries)' "$1" >/dev/null
}
sums_text() {
    local word n found
    while read -r n word; do
        found=$(grep -cE ":[0-9]+: $word: extension " "$1")
        [[ $word == good || $n == "$found" ]] || return 1
    done < <(sed -n 's/^authenticators: //p' "$1" | tr ',' '\n')
    while read -r n word; do
        [[ $n == $(grep -cE ":[0-9]+: ${word##* }: [a-z-]+: " "$1") ]] || return 1
    done < <(sed -n 's/^findings: //p' "$1" | tr ',' '\n')
}
sums_junit() {
    local count stated
    for count in tests:testcase failures:failure errors:error skipped:skipped; do
        stated=$(sed -nE "s/.*<testsuite .*${count%%:*}=\"([0-9]+)\".*/\1/p" "$1")
        [[ $stated == $(grep -cE "<${count##*:}[ />]" "$1") ]] || return 1
    done
    [[ -z $(grep -oE '<testcase classname="[^"]*" name="[^"]*"' "$1" | sort | uniq -d) ]]
}
sums_sarif() {
    jq -e '.runs[0] | [.results[] | select(.baselineState != "absent")] as $results |
        (.properties.authenticators | del(.good) | with_entries(select(.value > 0))) ==
        ([$results[].ruleId | select(startswith("authenticator-")) | ltrimstr("authenticator-")] |
            group_by(.) | map({ key: .[0], value: length }) | from_entries) and
        (.properties.findings | with_entries(select(.value > 0))) ==
        ([$results[] | select(.ruleId | startswith("authenticator-") | not).level] |
            group_by(.) | map({ key: .[0], value: length }) | from_entries) and
        (.tool.driver.rules as $rules | all(.results[]; $rules[.ruleIndex].id == .ruleId))' "$1" >/dev/null
}

formats=$("$verify" -o none x 2>&1 | sed -n "s/.*'none' is not one of //p" | tr -d ,)
[[ $formats == *json* ]] || fault "the formats are not named: '$formats'"
for format in $formats; do
    declare -F "count_$format" "sums_$format" >/dev/null || fault "$format: no count_$format and sums_$format here"
done
(($# != 0)) || set -- pcaps/*.pcap tests/field/histories/*.pcapng
for capture; do
    keys=$dir/keys # a history has its own keys
    if [[ -e ${capture%.pcapng}.keys ]]; then
        cp "${capture%.pcapng}.keys" "$dir/own"
        keys=$dir/own
    fi
    for format in $formats; do
        "$verify" -k "$keys" -o "$format" "$capture" >"$dir/$format" 2>/dev/null
        "count_$format" "$dir/$format" | sort >"$dir/$format.counts"
        "sums_$format" "$dir/$format" || fault "$capture: $format: its sums are not those of its lines"
    done
    for format in $formats; do
        diff "$dir/json.counts" "$dir/$format.counts" >"$dir/diff" ||
            fault "$capture: $format differs from json: $(head -n 3 "$dir/diff")"
    done
    cat "$dir/json.counts" >>"$dir/all"
    # Who reads only JUnit's file sees a fault where the exit status says so.
    status=0
    "$verify" -k "$keys" --strict -o junit "$capture" >"$dir/strict" 2>/dev/null || status=$?
    fails=0
    ! grep -qE '<(failure|error)[ />]' "$dir/strict" || fails=1
    [[ $status != [01] || $status == "$fails" ]] ||
        fault "$capture: junit: with --strict the status is $status"
done
grep -q '^rule' "$dir/all" && grep -q '^verdict' "$dir/all" || fault "nothing to compare"
echo "$(wc -w <<<"$formats") formats, $# captures, $faults faults"
[[ $faults -eq 0 ]]
