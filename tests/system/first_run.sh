#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# first_run.sh BUILD - the first run of docs/testing.md works as printed there: the script
# is taken from the page.  And `respond` refuses invalid options, before it opens anything.
source "$(dirname "$0")/../prelude.sh"
set -euo pipefail
build=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
inject=$build/mipro-inject
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# refused STATUS TEXT ARGUMENT...: it ends with this status and prints this.
refused() {
    local want=$1 text=$2 status=0
    shift 2
    timeout 20 "$inject" respond "$@" >out 2>err </dev/null || status=$?
    [[ $status -eq $want ]] || fault "respond $*: status $status, not $want"
    grep -qF -e "$text" err || fault "respond $*: does not say '$text': $(<err)"
}

umask 077
echo '"k","10.9.0.1","10.9.0.2","0x1000","text:a key of 16 octets"' >keys
refused 2 'is not one of correspondent, previous-agent' --role=nobody --source=127.0.0.1 --keys=keys
refused 2 'did you mean dies-on-cut?' --fault=dies-on-cat --source=127.0.0.1 --keys=keys
refused 2 '--list-faults lists them' --fault=everything --source=127.0.0.1 --keys=keys
refused 2 '--source is missing' --keys=keys
refused 2 '--keys is missing' --source=127.0.0.1
refused 2 'is not an address of this host' --source=192.0.2.1 --keys=keys
refused 2 "is not N/S" --source=127.0.0.1 --keys=keys --update-rate=0/1
refused 2 'does not show in the role home-agent' --role=home-agent --fault=ignores-33 \
    --source=192.0.2.1 --keys=keys
"$inject" respond --list-faults >faults
[[ $(awk '{ print $1 }' faults | sort | uniq -d | wc -l) -eq 0 ]] || fault "a fault is listed twice"
for role in correspondent previous-agent new-agent home-agent mobile-node; do
    grep -q "(.*$role" faults || fault "no fault shows in the role $role"
done

unshare -Urn sh -c 'ip link add t0 type veth peer name r0 && unshare -n true' 2>/dev/null || {
    [[ $faults -eq 0 ]] || exit 1
    echo "skip: no network namespaces here: unshare -Urn and veth pairs are needed"
    exit 77
}
# The indented lines from the first "umask" to the "kill" after it.
sed -n '/^    umask 077$/,/^    kill /s/^    //p' "$here/../../docs/testing.md" >first-run
[[ $(wc -l <first-run) -gt 10 ]] || fault "docs/testing.md: the script of the first run is not found"
# A busy machine takes longer than a second to start a process.
sed -i 's/sleep 1$/sleep 3/' first-run
export PATH=$build:$PATH
status=0
timeout 300 unshare -Urn sh first-run >tap 2>err || status=$?
[[ $status -eq 0 ]] || fault "the first run ends with $status: $(<err)"
grep -q '^ok [0-9]* - VAL-01$' tap || fault "VAL-01 does not pass: $(head -5 tap)"
! grep '^not ok' tap || fault "a case is not ok"
timeout 300 unshare -Urn sh first-run compares-12-octets >tap 2>err || true
grep -q '^not ok [0-9]* - AUT-02$' tap || fault "AUT-02 does not show the fault"
[[ $(grep -c '^not ok' tap) -eq $(grep '^not ok' tap | grep -cE ' - AUT-') ]] ||
    fault "more than that fault: $(grep '^not ok' tap)"
[[ $faults -eq 0 ]]
