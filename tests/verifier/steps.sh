#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# steps.sh BUILD - each option with each step of an archive, --events, --shard=K/N and --merge: none is ignored.
# It works there, or is refused by name, or what was made without it is named and nothing is made of it.
source "$(dirname "$0")/../prelude.sh"
set -u
build=$(cd "$1" && pwd)
source=$(cd "$(dirname "$0")/../.." && pwd)
need "$build/mipro-verify" "$build/mipro-inject"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
umask 077
cp "$source/pcaps/mipro.keys" keys
sed '$d' keys >fewer
echo 'sample key no. 3' >words
# An acknowledge of nothing, at the beginning: only --strict minds.
printf 'node a 10.1.0.1\nnode b 10.9.9.9\ndefault home=10.1.0.9\nat 0.1 a > b acknowledge status=0 ident=7\n' >early
"$build/mipro-inject" scenario early --write=early.pcap 2>err || fault "$(cat err)"
capture=early.pcap

# What each step does with an option: works, refused, or checked.  For the last two columns, "checked"
# means that it must be as in the step before.
table='
keys=keys              works    checked  checked
keys=fewer             works    checked  checked
output=json            refused  works    works
output=text            refused  works    json
rules=-replay          works    checked  checked
list-rules             -        -        -
draft=09               works    checked  checked
warning-ext=200        works    checked  checked
reading=iana           works    checked  checked
update-rate=6/10       works    checked  checked
warning-rate=5/11      works    checked  checked
ack-timeout=6          works    checked  checked
tolerance=2            works    checked  checked
p-bit=reverse-tunnel   works    checked  checked
port=4340              works    checked  checked
words=words            keys     keys     keys
write=out              refused  refused  refused
write-what=messages    refused  refused  refused
baseline=out           refused  refused  refused
write-baseline=out     refused  refused  refused
follow                 refused  refused  refused
continue               works    works    works
strict                 works    checked  checked
allow-empty            works    works    works
without-good           refused  works    checked
html=out               refused  refused  refused
metrics=out            refused  refused  refused
threads=2              works    works    works
events=other           -        -        refused
shard=1/2              -        -        refused
compact                refused  json     refused
merge                  refused  refused  -
quiet                  works    works    works
help                   -        -        -
version                -        -        -'
listed=$(sed -nE 's/^([a-z-]+).*/\1/p' <<<"$table" | sort -u)
known=$("$build/mipro-verify" --help | sed -nE 's/^ .*--([a-z-]+).*/\1/p' | sort -u)
diff <(echo "$listed") <(echo "$known") || fault "< options in this table, > options of the program"

# run STEP [OPTION...]: into out, err and $status; --events into the folder $into.
into=events
run() {
    local step=$1
    shift
    case $step in
    map) set -- "$@" --events=$into --shard=2 -- $capture ;;
    reduce) set -- "$@" --shard=2/2 -- events ;;
    merge) set -- "$@" --merge -- part-1 part-2 ;;
    esac
    "$build/mipro-verify" "$@" >out 2>err
    status=$?
}
# make [OPTION...]: events and parts with these options.
make() {
    local k
    rm -rf events part-?
    "$build/mipro-verify" "$@" --events=events --shard=2 $capture 2>/dev/null
    for k in 1 2; do
        "$build/mipro-verify" "$@" -o json --shard=$k/2 events >part-$k 2>/dev/null
    done
}
make
count=0
while read -r option map reduce merge; do
    [[ -n $option && $option != *: ]] || continue
    name=${option%%=*}
    for step in map reduce merge; do
        count=$((count + 1))
        into=events-other
        case ${!step} in
        works)
            run $step --$option
            [[ $status != [23] ]] || fault "--$option, $step: status $status: $(cat err)" ;;
        refused)
            run $step --$option
            [[ $status == 2 ]] && grep -qE -- "^mipro-verify: --($name|merge|events|shard) cannot be used with --" err && grep -q -- "--$name" err ||
                fault "--$option, $step is not refused: status $status: $(cat err)" ;;
        checked)
            run $step --$option
            case $step-$name in
            *-keys) wanted="another key file" ;;
            reduce-*) wanted="with other options" ;;
            merge-without-good) wanted="without --without-good" ;;
            *) wanted="another --$name," ;;
            esac
            [[ $status == 3 && ! -s out ]] && grep -q -- "$wanted" err || fault "--$option, $step is not noticed: status $status: $(cat err)" ;;
        json)
            run $step --$option
            [[ $status == 2 ]] && grep -qi json err || fault "--$option, $step: status $status: $(cat err)" ;;
        keys)
            run $step --$option
            [[ $status == 2 ]] && grep -q "needs --keys" err || fault "--$option, $step: status $status: $(cat err)" ;;
        esac
        rm -rf events-other
    done
    [[ ! -e out.pcap && ! -e other ]] || fault "--$option: it wrote a file"
    # Made with it throughout, or with it but in the merge, the result is that of one process with it.
    [[ $map == works && $merge == checked ]] || continue
    make --$option
    "$build/mipro-verify" --$option -o json --continue $capture >one 2>/dev/null
    one=$?
    for again in "" --$option; do
        run merge $again
        [[ $status == "$one" ]] && cmp -s one out || fault "--$option, then a merge with '$again': status $status, not $one: $(cat err)"
    done
    make
done <<<"$table"
echo "$count times an option and a step"
[[ $count -ge 100 ]] || fault "too few"

# With --strict that counts; and a merge knows it.
make --strict
run merge
[[ $status == 1 ]] || fault "a merge of parts that are strict: status $status"
make --keys=keys --words=words
run merge --keys=keys
[[ $status == 3 ]] && grep -q "other --words" err || fault "words that the merge is not given: status $status: $(cat err)"
run merge --keys=keys --words=words
[[ $status != [23] ]] || fault "keys and words: status $status: $(cat err)"
make
for k in 1 2; do
    "$build/mipro-verify" --without-good -o json --shard=$k/2 events >part-$k 2>/dev/null
done
run merge --without-good
[[ $status != [23] ]] || fault "--without-good throughout: status $status: $(cat err)"

[[ $faults -eq 0 ]]
