#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# archive_parallel.sh BUILD - scripts/archive-parallel, on this machine and over a substitute for ssh:
# tasks that die, interruptions, captures that cannot be read, and wrong arguments of every kind.
source "$(dirname "$0")/../prelude.sh"
set -u
source "$(dirname "$0")/../archive.sh"

python3 "$top/tests/system/archive_history.py" . 60 500 || exit 1
find archive -name '*.pcapng' | sort >files
"$build/mipro-verify" -k keys -o json --continue $(cat files) >one.jsonl 2>one.err
[[ $? == 1 ]] || { echo "one process: not status 1"; exit 1; }

# The program of every task: it dies once, by SIGKILL, if die/KIND exists; and waits while hold/KIND exists.
mkdir die hold
cat >checked <<END
#!/bin/bash
kind=reduce
for word; do
    case \$word in --events=*) kind=map ;; --merge) kind=merge ;; esac
done
echo "\$kind \$\$ \${FAR-near}" >>"$work/ran"
! rmdir "$work/die/\$kind" 2>/dev/null || kill -9 \$\$
while [[ -e $work/hold/\$kind ]]; do sleep 0.1; done
exec "$build/mipro-verify" "\$@"
END
# Instead of ssh: run [OPTION...] LOGIN -- COMMAND... here.  Parallel needs SHELL, which sshd sets.
cat >far <<'END'
#!/bin/sh
while [ "$1" != -- ]; do shift; done
shift
FAR=far SHELL=/bin/sh exec sh -c "$*"
END
chmod +x checked far

echo "two machines, each kind of task dies once"
mkdir die/map die/reduce
archive -k keys --verify="$work/checked" --work=good --shards=5 --tasks=7 --files=files -j 2 -S : -S "$work/far other"
status=$?
[[ $status == 1 ]] || fault "status $status: $(cat err)"
cmp one.jsonl good/report.jsonl || fault "the report is not that of one process"
[[ ! -e die/map && ! -e die/reduce ]] || fault "no task died"
grep -q far ran && grep -q near ran || fault "not both machines were used: $(sort ran | uniq -c)"
tail -n 1 err | grep -qF "60 captures, 7 map tasks, 5 shards: $work/good/report.jsonl, status 1" ||
    fault "the last line: $(tail -n 1 err)"

echo "with nothing missing, nothing runs"
cp ran before
archive --work=good
[[ $? == 1 ]] && cmp -s ran before || fault "it ran again: $(cat err)"
mkdir bin
printf '#!/bin/sh\n# GNU parallel\ntouch %q\n' "$work/started" >bin/parallel
chmod +x bin/parallel
PATH=$work/bin:$PATH archive --work=good
[[ $? == 1 && ! -e started ]] || fault "parallel is started for nothing: $(cat err)"

echo "without good authenticators"
archive -k keys --work=short --without-good --shards=3 --tasks=2 --files=files
[[ $? == 1 ]] || fault "--without-good: $(cat err)"
grep -v '"verdict":"good"' one.jsonl | cmp - short/report.jsonl || fault "--without-good: not that of one process without them"
expect "it later" 2 "begun without --without-good" --work=good --without-good

echo "interrupted in the middle, it continues"
touch hold/map
rm ran
"$top/scripts/archive-parallel" -k keys --verify="$work/checked" --work=cut --shards=3 --tasks=4 -j 2 --files=files >out 2>err &
driver=$!
for ((i = 0; i < 300; i++)); do
    [[ ! -e ran || $(wc -l <ran) -lt 2 ]] || break
    sleep 0.1
done
expect "a second one meanwhile" 2 "another archive-slurm or archive-parallel is using it" --work=cut
kill -9 "$driver"
while read -r _ pid _; do kill -9 "$pid"; done <ran
rm hold/map
# What parallel started may still run for a moment.
archive --work=cut
status=$?
[[ $status == 1 ]] || fault "after an interruption: status $status: $(cat err)"
cmp one.jsonl cut/report.jsonl || fault "after an interruption the report is not that of one process"

echo "captures that cannot be read"
sed '7s/.*/archive\/away.pcapng/' files >away
head -c 1000 archive/0020.pcapng >archive/0020.cut
sed -i '20s/.*/archive\/0020.cut/' away
"$build/mipro-verify" -k keys -o json --continue $(cat away) >away.jsonl 2>away.err
[[ $? == 3 ]] || { echo "one process: not status 3"; exit 1; }
expect "a capture that is not there" 3 archive/away.pcapng -k keys --work=unread --shards=3 --tasks=4 --files=away
grep -q 0020.cut err || fault "the capture that is cut is not named: $(cat err)"
cmp away.jsonl unread/report.jsonl || fault "with captures missing, the report is not that of one process"
cp archive/0007.pcapng archive/away.pcapng
cp archive/0020.pcapng archive/0020.cut
archive --work=unread
[[ $? == 3 ]] || fault "a result is not kept: $(cat err)"
"$build/mipro-verify" -k keys -o json --continue $(cat away) >away.jsonl
expect "--retry-unread" 1 "status 1" --work=unread --retry-unread
cmp away.jsonl unread/report.jsonl || fault "after --retry-unread the report is not that of one process"

echo "a capture that changes after it was read"
cp -p archive/0001.pcapng changes.pcapng
archive -k keys --work=changed --shards=2 changes.pcapng archive/0002.pcapng
cp archive/0003.pcapng changes.pcapng
touch -d '1 minute' changes.pcapng
expect "it changed" 3 ": changes.pcapng changed since a task began to read it; --retry-unread repeats that task" --work=changed
touch changes.pcapng
archive --work=changed --retry-unread
"$build/mipro-verify" -k keys -o json --continue archive/0002.pcapng changes.pcapng 2>/dev/null | cmp - changed/report.jsonl ||
    fault "after a change, --retry-unread does not read it again"

echo "captures that are links to one another, compressed, of two formats, and in any order"
ln archive/0001.pcapng hard.pcapng
ln -s archive/0001.pcapng soft.pcapng
expect "links" 0 "archive/0001.pcapng is given twice, the second time as soft.pcapng; it counts once" \
    -k keys --work=links --shards=2 --tasks=2 archive/0001.pcapng archive/0020.pcapng hard.pcapng soft.pcapng
"$build/mipro-verify" -k keys -o json --continue archive/0001.pcapng archive/0020.pcapng 2>/dev/null | cmp - links/report.jsonl ||
    fault "links to a capture: the report is not that of one process without them"
mkdir mixed
for number in 0001 0002 0003 0004 0005; do cp archive/$number.pcapng mixed; done
gzip mixed/0001.pcapng
! command -v zstd >/dev/null || zstd -q --rm mixed/0002.pcapng
! command -v lz4 >/dev/null || lz4 -q --rm mixed/0003.pcapng mixed/0003.pcapng.lz4
! command -v editcap >/dev/null || { editcap -F pcap mixed/0004.pcapng mixed/0004.pcap && rm mixed/0004.pcapng; }
archive -k keys --work=mix --shards=3 --tasks=2 mixed/0003* mixed/0002* mixed/0005* mixed/0001* mixed/0004*
"$build/mipro-verify" -k keys -o json --continue mixed/* 2>/dev/null | cmp - mix/report.jsonl || fault "mixed captures: $(cat err)"

echo "a capture that vanishes before it is read, and comes back"
cp archive/0001.pcapng fleeting.pcapng
printf '#!/bin/sh\n# GNU parallel\nsleep 1000 &\necho $! >left\nexit 1\n' >bin/parallel # a real one may leave that, too
PATH=$work/bin:$PATH archive -k keys --work=fleeting --shards=2 --tasks=2 fleeting.pcapng archive/0002.pcapng
[[ $? == 3 ]] && grep -q 'no result from 2 map tasks: 1 2' err || fault "a plan without results: $(cat err)"
flock -n fleeting/lock true || fault "the folder is locked, although the script has ended"
kill "$(cat left)"
mv fleeting.pcapng away-for-now
expect "it is gone" 3 "fleeting.pcapng: No such file or directory" --work=fleeting
mv away-for-now fleeting.pcapng
expect "it is back" 3 "fleeting.pcapng changed since a task began to read it" --work=fleeting
archive --work=fleeting --retry-unread
[[ $? == [01] ]] || fault "it is read again: $(cat err)"
"$build/mipro-verify" -k keys -o json --continue fleeting.pcapng archive/0002.pcapng 2>/dev/null | cmp - fleeting/report.jsonl ||
    fault "a capture that came back: the report is not that of one process"

echo "none of the captures can be read"
expect "no capture is there" 3 "away-2.pcapng: No such file or directory" -k keys --work=none away-1.pcapng away-2.pcapng
"$build/mipro-verify" -k keys -o json --continue away-1.pcapng away-2.pcapng 2>/dev/null | cmp - none/report.jsonl ||
    fault "of captures that are not there, the report is not that of one process"

echo "names and options of every kind"
mkdir names
for name in $'no\377text' 'back\\nslash' ' blank ' '*' $'escape\e[1m' '-k'; do
    cp archive/0005.pcapng "names/$name"
    archive -k keys --work="$work/at \\t \$x $name" --shards=3 -- "names/$name"
    "$build/mipro-verify" -k keys -o json --continue "names/$name" 2>/dev/null | cmp - "at \\t \$x $name/report.jsonl" ||
        fault "a capture $(printf %q "$name"): $(cat err)"
done
echo password >words
archive -k keys --work=words-too --shards=2 --option=--words=words archive/0005.pcapng
"$build/mipro-verify" -k keys --words=words -o json --continue archive/0005.pcapng 2>/dev/null | cmp - words-too/report.jsonl ||
    fault "with --words: $(cat err)"
for option in -q --quiet -V --help --list-rules '' --; do
    expect "--option=$option" 2 "there is no report with that option" -k keys --work=w --option="$option" archive/0005.pcapng
done

echo "keys"
cp keys mine
expect "no key file" 2 "there is no such key file" -k nowhere --work=w --files=files
expect "a folder for a key file" 2 "must be a regular file" -k archive --work=w --files=files
for mode in 644 640 604 660; do
    chmod $mode mine
    expect "keys of mode $mode" 2 "(mode $mode); use chmod 600" -k mine --work=w --files=files
done
chmod 400 mine
if [[ $(id -u) == 0 ]]; then
    chown 65534 mine
    expect "somebody else's keys" 2 "belongs to user 65534" -k mine --work=w --files=files
    chown 0 mine
fi
[[ ! -e w/plan ]] || fault "it was begun anyway"
archive -k mine --work=mode --shards=2 --tasks=2 --files=files
rm -f mode/*/*.status mode/report.*
chmod 644 mine
expect "keys that others can read by now" 2 "use chmod 600" --work=mode
rm mine
expect "keys that have gone" 2 "there is no such key file" --work=mode

echo "a different audit than the one that was begun"
expect "another number of shards" 2 "begun with --shards '5', not '6'" --work=good --shards=6
expect "another number of tasks" 2 "begun with --tasks '7', not '8'" --work=good --tasks=8
expect "other keys" 2 "begun with --keys '$work/keys', not '$work/mine'" --work=good -k mine
expect "other options" 2 "begun with --option" --work=good --option=--strict
expect "other captures" 2 "begun with other captures" --work=good --files=away
expect "the same again" 1 "status 1" --work=good --shards=5 --tasks=7 -k keys --files=files

echo "results that were removed"
cp -r good part
rm part/report.jsonl part/reduce/2.part
: >part/map/3.status
expect "what is missing is made again" 1 "status 1" --work=part
cmp one.jsonl part/report.jsonl || fault "after results were removed the report is not that of one process"

echo "events that were altered"
for what in "truncated" "of other keys" "of other options" "of another task" "of one more task"; do
    cp -r good bad
    rm bad/reduce/* bad/report.*
    case $what in
    truncated)
        for file in bad/map/3/*-02-of-*.events; do truncate -s 20 "$file"; done ;;
    "of other keys")
        sed '$d' keys >fewer.keys
        "$build/mipro-verify" -k fewer.keys --events=other --shard=5 $(cat good/plan/tasks/3) 2>/dev/null
        rm bad/map/3/* && mv other/* bad/map/3/ ;;
    "of other options")
        "$build/mipro-verify" -k keys --tolerance=3 --events=other --shard=5 $(cat good/plan/tasks/3) 2>/dev/null
        rm bad/map/3/* && mv other/* bad/map/3/ ;;
    "of another task")
        rm bad/map/3/* && cp bad/map/2/* bad/map/3/ ;;
    "of one more task")
        "$build/mipro-verify" -k keys --events=bad/map/3 --shard=5 changes.pcapng 2>/dev/null ;;
    esac
    expect "events $what" 3 "bad/map/3" --work=bad
    [[ ! -e bad/report.jsonl ]] || fault "events $what: there is a report"
    rm -rf bad other
done

echo "usage"
expect "no folder" 2 "--work=DIR is missing" -k keys archive/0001.pcapng
expect "no captures" 2 "no captures are given" -k keys --work=w
expect "an empty list" 2 "names no capture" -k keys --work=w --files=/dev/null
expect "an option without its value" 2 "-j needs a value" --work=w -j
expect "an option that there is not, last" 2 "-x: no such option" --work=w -x
tr '\n' '\0' <files >files0
expect "a list of find -print0" 2 "has NUL" -k keys --work=w --files=files0
expect "no list" 2 "nowhere: cannot be read" -k keys --work=w --files=nowhere
expect "a capture twice" 2 "given twice: archive/0001.pcapng" -k keys --work=w archive/0001.pcapng archive/0002.pcapng archive/0001.pcapng
expect "a folder of something else" 2 "is neither empty nor the folder of an audit" -k keys --work=archive --files=files
expect "no program" 2 "no such program" --verify=nowhere --work=w --files=files
expect "an option that is set here" 2 "the script itself sets that option" --option=-kkeys --work=w --files=files
expect "an unknown option" 2 "--unknown: no such option" --unknown=1 --work=w --files=files
expect "no shards" 2 "must be a number from 1" --shards=0 --work=w --files=files
expect "too many shards" 2 "at most 64" --shards=65 --work=w --files=files
expect "what mipro-verify refuses" 2 "map-1, node $(hostname): status 2" -k keys --option=--nonsense --work=refused archive/0001.pcapng

echo "no key left its file"
grep -v '^#' keys | grep -oE '(hex|text):[^"]+' | sed -E 's/^(hex|text)://' >secrets
found=$(grep -rlaFf secrets . --exclude=keys --exclude=fewer.keys --exclude=secrets)
[[ -z $found ]] || fault "a key is in: $found"

echo "$faults faults"
[[ $faults == 0 ]]
