#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# baseline.sh BUILD - known findings are marked and do not count, new ones do, absent ones
# are listed; a faulty baseline is refused as a whole; all formats and SARIF's schema agree.
source "$(dirname "$0")/../prelude.sh"
set -u
build=$(cd "$1" && pwd)
verify=$build/mipro-verify
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.." || exit 1
need "$verify" jq
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
umask 077
cp pcaps/mipro.keys "$dir/keys"

run() { # STATUS ARGUMENT...
    local want=$1 got=0
    shift
    "$verify" -k "$dir/keys" "$@" >"$dir/out" 2>"$dir/err" || got=$?
    [[ $got == "$want" ]] || fault "$*: status $got, not $want: $(head -n 3 "$dir/err")"
}
has() { # FILE TEXT
    grep -qF -- "$2" "$dir/$1" || fault "'$2' is not in $1: $(head -n 3 "$dir/$1")"
}

# With a capture's own baseline nothing is new, in any format.
for capture in pcaps/*.pcap; do
    status=0
    "$verify" -q -k "$dir/keys" "$capture" 2>/dev/null || status=$?
    run $status --write-baseline="$dir/base" -q "$capture"
    ((status <= 1)) || continue
    run 0 --baseline="$dir/base" -q "$capture"
    run 0 --baseline="$dir/base" -o json "$capture"
    jq -es 'all(.[] | select(.record == "finding" or (.verdict and .verdict != "good")); .baseline == "known" and .reason) and
        all(.[] | select(.verdict == "good"); has("baseline") | not) and .[-1].baseline.absent == 0 and
        .[-1].baseline.authenticators == (map(select(.baseline == "known" and .verdict)) | length) and
        (map(select(.record == "absent")) | length) == 0' "$dir/out" >/dev/null || fault "$capture: json does not know it all"
    run 0 --baseline="$dir/base" -o junit "$capture"
    grep -q '<failure' "$dir/out" && fault "$capture: junit fails for what is known"
done

# Nodes without a home address are told apart by their NAIs, in all formats.
nameless=tests/field/inputs/nai.pcap # of alice and bob, by way of the same agent
run 1 --write-baseline="$dir/base" -q $nameless
grep -q '"0.0.0.0","10.3.0.1","nai:bob@example.net","not reviewed' "$dir/base" || fault "no NAI: $(tail -n 2 "$dir/base")"
sed -i '/alice/d' "$dir/base"
run 1 --baseline="$dir/base" -o json $nameless
jq -es 'map(select(.record == "authenticator") | .nai + " " + .baseline) == ["alice@example.net new", "bob@example.net known"]' \
    "$dir/out" >/dev/null || fault "json: alice is known by the entry of bob"
run 1 --baseline="$dir/base" -o sarif $nameless
grep -qF 'no-key:32:0x0000012c 0.0.0.0 10.3.0.1 nai:alice@example.net"' "$dir/out" || fault "sarif has no NAI"
run 1 --baseline="$dir/base" pcaps/rule-update-no-auth.pcap
has out "no-key:32:0x0000012c, 0.0.0.0 > 10.3.0.1, NAI bob@example.net: not reviewed"
run 1 --baseline="$dir/base" -o json pcaps/rule-update-no-auth.pcap
jq -es 'any(.[]; .record == "absent" and .home == null and .nai == "bob@example.net")' "$dir/out" >/dev/null ||
    fault "json: an absent entry has no NAI"
sed -i 's/nai:bob[^"]*/nai:/' "$dir/base"
run 2 --baseline="$dir/base" -q $nameless
has err "the NAI is empty"

# The same network, at another time and in other frames; then another network.
forged=pcaps/forged-update.pcap
run 1 --write-baseline="$dir/base" -q "$forged"
if command -v editcap >/dev/null; then
    editcap -t 86400 -F pcapng "$forged" "$dir/later.pcapng"
    run 0 --baseline="$dir/base" -q "$dir/later.pcapng"
fi
run 1 --baseline="$dir/base" pcaps/rule-update-no-auth.pcap
has out "In the baseline and not found here:"
has out "forged-accepted, 192.0.2.7 > 10.1.0.1"
run 1 --baseline="$dir/base" -o json "$forged" pcaps/rule-update-no-auth.pcap
jq -es 'any(.[]; .baseline == "new" and .rule == "update-no-auth") and any(.[]; .baseline == "known")' "$dir/out" >/dev/null ||
    fault "new and known are not told apart"
# A rule that was not selected was not checked.
run 0 --baseline="$dir/base" -r -forged-accepted "$forged"
grep -q 'not found here' "$dir/out" && fault "a rule left out is said to be gone"

# Reasons and end dates are kept; the end is compared with the time of the frame.
sed -E '/forged-accepted/s/"[^"]*"$/"the old node goes in May","1999-02-24"/' "$dir/base" >"$dir/ended"
run 1 --baseline="$dir/ended" "$forged"
has out "[was known until 1999-02-24: the old node goes in May]"
run 1 --baseline="$dir/ended" -o json "$forged"
has out '"baseline":"expired","reason":"the old node goes in May","until":"1999-02-24"'
sed 's/1999-02-24/1999-02-25/' "$dir/ended" >"$dir/today"
run 0 --baseline="$dir/today" --write-baseline="$dir/kept" "$forged"
has out "[known until 1999-02-25: the old node goes in May]"
has kept '"the old node goes in May","1999-02-25"'
run 0 --baseline="$dir/kept" --write-baseline="$dir/kept" -q "$forged"

# SARIF: suppressed, with the reason; entries not found are absent.
run 3 --baseline="$dir/base" -o sarif "$forged" pcaps/rule-update-no-auth.pcap "$dir/no\"
such"
has err 'no"?such'
[[ $(tail -c 2 "$dir/out") == '}' ]] || fault "sarif: it does not end"
cp "$dir/out" "$dir/a.sarif"
run 1 --baseline="$dir/ended" -o sarif pcaps/rule-key-expired.pcap
cp "$dir/out" "$dir/b.sarif"
jq -e '.runs[0].results | any(.[]; .baselineState == "absent" and .suppressions) and any(.[]; .baselineState == "new" and (has("suppressions") | not))' \
    "$dir/b.sarif" >/dev/null || fault "sarif: absent or new is missing"
line=$(grep -n forged-accepted "$dir/ended" | cut -d : -f 1)
jq -e --argjson line "$line" '.runs[0].results | any(.[]; .ruleId == "forged-accepted" and .baselineState == "absent" and
    (.locations[0].physicalLocation | .region.startLine == $line and (.artifactLocation.uri | endswith("/ended"))))' \
    "$dir/b.sarif" >/dev/null || fault "sarif: what is absent does not lead to line $line of the baseline"
for capture in pcaps/*.pcap tests/field/histories/1*.pcapng; do
    "$verify" -k "$dir/keys" -o sarif "$capture" >"$dir/$(basename "$capture").sarif" 2>/dev/null
done
python3 "$here/sarif.py" "$dir"/*.sarif >"$dir/out"
case $? in
0) ;;
77) cat "$dir/out" ;; # the rest of this test has run
*) fault "$(head -n 5 "$dir/out")" ;;
esac

# A faulty baseline: file, line, nothing accepted.
refuse() { # LINE REASON: after a good entry
    { cat "$dir/base"; printf '%b\n' "$1"; } >"$dir/faulty"
    run 2 --baseline="$dir/faulty" "$forged"
    has err "$dir/faulty:$(wc -l <"$dir/faulty"): "
    has err "$2"
    [[ ! -s $dir/out ]] || fault "$1: something was verified"
}
good='"replay","10.1.0.1","10.1.0.2","10.1.0.9"'
refuse "$good" "reason are needed"
refuse "$good,\"\"" "no reason is given"
refuse "$good,\"x\",\"tomorrow\"" "'tomorrow' is neither a date"
refuse "$good,\"x\",\"\",\"y\"" "more than 6 columns"
refuse "$good,\"x" "lacks its closing quote"
refuse "$good,x" "not in double quotes"
refuse "$good,\"\\\\n\"" "begins no escape"
refuse "$good,\"\\\\x1b[2J\"" "not one line of UTF-8"
refuse "$good,\"\\xff\"" "not one line of UTF-8"
refuse "$good \"x\"" "a comma"
refuse '"replay","10.1.0","10.1.0.2","10.1.0.9","x"' "'10.1.0' is not an IPv4 address"
refuse '"replay","10.1.0.256","10.1.0.2","10.1.0.9","x"' "is not an IPv4 address"
refuse '"no-such-rule","10.1.0.1","10.1.0.2","","x"' "'no-such-rule' is neither a rule nor a verdict"
refuse '"good:35:0x00001000","10.1.0.1","10.1.0.2","","x"' "is neither a rule nor a verdict"
refuse '"bad:35:4096","10.1.0.1","10.1.0.2","","x"' "is neither a rule nor a verdict"
refuse "$(grep forged-accepted "$dir/base")" "duplicates an earlier entry"
refuse 'a\0b' "NUL octet"
run 2 --baseline="$dir/keys" "$forged"
# As editors on Windows save it.
{ printf '\357\273\277'; sed 's/$/\r/' "$dir/base"; } >"$dir/windows"
run 0 --baseline="$dir/windows" "$forged"
for code in UTF-16 UTF-16LE UTF-16BE; do
    iconv -f UTF-8 -t $code "$dir/base" >"$dir/faulty"
    run 2 --baseline="$dir/faulty" "$forged"
    has err "$dir/faulty:1: is UTF-16; save it again as UTF-8"
done
run 2 --baseline="$forged" "$forged"
run 2 --baseline="$dir/none" "$forged"
run 2 --baseline="$dir" "$forged"

# It cannot be written: an error, status 3, and the old file stays.
run 3 --write-baseline="$dir/no/such" -q "$forged"
has err "$dir/no/such: No such file"
if [[ -c /dev/full ]]; then
    run 3 --write-baseline=/dev/full -q "$forged"
    has err "/dev/full: No space left on device"
fi
if [[ $(id -u) != 0 ]]; then
    mkdir "$dir/closed"
    cp "$dir/base" "$dir/closed/base"
    chmod 555 "$dir/closed"
    run 3 --write-baseline="$dir/closed/base" -q "$forged"
    cmp -s "$dir/base" "$dir/closed/base" || fault "a baseline that could not be replaced is another now"
fi
echo "$faults faults"
[[ $faults -eq 0 ]]
