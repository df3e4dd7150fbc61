#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What is refused leaves nothing behind: no new file, no file emptied, no input overwritten.
source "$(dirname "$0")/../prelude.sh"
set -u
inject=$1/mipro-inject
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
umask 077
printf '%s\n' '"aaa","10.1.0.9","*","2","hex:505152535455565758595a5b5c5d5e5f","chap"' \
    '"node","10.1.0.1","192.0.2.7","0x1000","text:a key of 16 octets"' >"$dir/keys"
cp "$dir/keys" "$dir/keys.was"
echo 'kept' >"$dir/report"
ends=(--source=10.1.0.1 --destination=192.0.2.7 --home=10.1.0.9 --keys="$dir/keys")

# refused WHAT STATUS PATTERN COMMAND...: it ends with STATUS and says PATTERN, and "out" is not there.
refused() {
    local what=$1 due=$2 pattern=$3 status=0
    shift 3
    rm -f "$dir/out"
    "$inject" "$@" >"$dir/stdout" 2>"$dir/stderr" || status=$?
    [ $status -eq "$due" ] || fault "$what: status $status, not $due: $(cat "$dir/stderr")"
    grep -q -e "$pattern" "$dir/stderr" || fault "$what: does not say '$pattern': $(cat "$dir/stderr")"
    [ ! -e "$dir/out" ] || fault "$what: leaves a file behind"
    cmp -s "$dir/keys" "$dir/keys.was" || { fault "$what: the key file was written to"; cp "$dir/keys.was" "$dir/keys"; }
    [ "$(cat "$dir/report")" = kept ] || { fault "$what: a report was emptied"; echo kept >"$dir/report"; }
}

refused 'a case that cannot be signed' 2 'VAL-01.*answers a challenge' \
    case VAL-01 "${ends[@]}" --spi=2 --write="$dir/out"
refused 'the second of two cases' 2 'VAL-01.*answers a challenge' \
    case REG-01 VAL-01 "${ends[@]}" --spi=2 --write="$dir/out"
refused 'a message that cannot be signed' 2 'answers a challenge' \
    registration "${ends[@]}" --home-agent=192.0.2.7 --care-of=10.3.0.1 --lifetime=60 --spi=2 --write="$dir/out"
refused 'mutations that cannot be signed' 2 'answers a challenge' \
    fuzz "${ends[@]}" --spi=2 --count=1 --write="$dir/out"
echo 'nonsense' >"$dir/scenario"
refused 'a faulty scenario' 2 'scenario:1' scenario "$dir/scenario" --write="$dir/out"
cp "$dir/scenario" "$dir/scenario.was"

# What is read is not written.
refused 'a capture in the key file' 2 'is read' case VAL-01 "${ends[@]}" --spi=0x1000 --write="$dir/keys"
ln "$dir/keys" "$dir/alias"
refused 'the key file by another name' 2 'is read' case VAL-01 "${ends[@]}" --spi=0x1000 --write="$dir/alias"

# The tester, which needs an interface and a namespace of its own for that.
if unshare -Urn true 2>/dev/null; then
    # Words of a command line for a shell in the namespace.
    tests=(test --interface=lo "${ends[@]}" --spi=0x1000 --timeout=0.05)
    refused_there() {
        local what=$1 due=$2 pattern=$3 real=$inject
        shift 3
        cat >"$dir/there" <<END
#!/bin/sh
exec unshare -Urn sh -c 'ip link set lo up; exec "\$0" "\$@"' "$real" "\$@"
END
        chmod +x "$dir/there"
        inject=$dir/there refused "$what" "$due" "$pattern" "${tests[@]}" "$@"
    }
    refused_there 'a source that the interface lacks' 2 'needs --spoof' --html="$dir/report" --junit="$dir/out" VAL-01
    refused_there 'the report in the key file' 2 'file of --keys' --spoof --html="$dir/keys" VAL-01
    refused_there 'two reports in one file' 2 'as well' --spoof --html="$dir/out" --junit="$dir/out" VAL-01
    refused_there 'captures in no folder' 3 'none/there' --spoof --html="$dir/report" --junit="$dir/out" \
        --pcap="$dir/none/there" VAL-01
    refused_there 'a faulty file of expected results' 2 'keys:1' --spoof --expect="$dir/keys" --html="$dir/report" VAL-01
    refused_there 'extension 33 for a correspondent' 2 'foreign-spi' --spoof --foreign-spi=4096 --html="$dir/report" VAL-01
else
    echo "skip: no network namespaces here: the tester's reports are not tried"
fi
[ $faults -eq 0 ]
