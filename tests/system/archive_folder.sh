#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# archive_folder.sh BUILD - the folder of an audit: whatever happens to what is in it, and whoever uses it, the report
# is that of one process, or what is wrong is named and the status is 3 (2 if it is how the script was called).
source "$(dirname "$0")/../prelude.sh"
set -u
source "$(dirname "$0")/../archive.sh"

# same WHAT FOLDER: the report is that of one process.
same() {
    cmp -s one.jsonl "$2/report.jsonl" || fault "$1: the report is not that of one process"
}

python3 "$top/tests/system/archive_history.py" . 24 200 || exit 1
find archive -name '*.pcapng' | sort >files
mapfile -t captures <files
mipro-verify -k keys -o json --continue "${captures[@]}" >one.jsonl 2>/dev/null
[[ $? == 1 ]] || { echo "one process: not status 1"; exit 1; }
expect "an audit" 1 "status 1" -k keys --work=good --shards=3 --tasks=4 --files=files
same "an audit" good
[[ -z $(find good \( -name '*.out.*' -o -name '.*.events.*' -o -name failed \) -print) ]] || fault "left: $(find good)"

echo "the plan was altered"
for file in settings captures tasks/2 archive-task archive.sh sums; do
    for how in "one octet" truncated removed "a line more"; do
        cp -r good bad
        rm -r bad/report.* bad/map bad/reduce
        case $how in
        "one octet") python3 - "bad/plan/$file" <<'END'
import sys
with open(sys.argv[1], 'r+b') as file:
    octets = file.read()
    file.seek(len(octets) * 2 // 3)
    file.write(bytes([octets[len(octets) * 2 // 3] ^ 1]))
END
            ;;
        truncated) truncate -s "$(($(stat -c %s "bad/plan/$file") / 2))" "bad/plan/$file" ;;
        removed) rm "bad/plan/$file" ;;
        "a line more") echo "archive/0001.pcapng" >>"bad/plan/$file" ;;
        esac
        archive --work=bad
        got=$?
        [[ $got == 3 ]] && grep -q "bad/plan/.*\(altered\|damaged\|cannot be read\)" err && [[ ! -e bad/report.jsonl ]] ||
            fault "plan/$file, $how: status $got, and it says: $(cat err)"
        [[ $file == sums ]] || grep -q "bad/plan/$file" err || fault "plan/$file, $how, is not named: $(cat err)"
        rm -r bad
    done
done
# While tasks run: each looks at what it needs.
for file in settings tasks/2 archive.sh; do
    cp -r good bad
    rm -r bad/report.* bad/reduce/* bad/map/*
    echo "# more" >>"bad/plan/$file"
    bad/plan/archive-task map "$work/bad" 2 2>err
    got=$?
    [[ $got == 3 ]] && grep -q "bad/plan/$file" bad/failed/map-2 || fault "a task, and an altered plan/$file: status $got, $(cat err bad/failed/*)"
    bad/plan/archive-task map "$work/bad" 1 2>err
    got=$?
    [[ $got == $([[ $file == tasks/2 ]] && echo 0 || echo 3) ]] || fault "another task, and an altered plan/$file: status $got: $(cat err)"
    rm -r bad
done

echo "results were altered"
for file in map/2.status reduce/2.status report.status report.jsonl; do
    for how in empty 'nonsense' 'not to its end'; do
        cp -r good bad
        case $file in
        reduce/2.status) rm bad/report.* ;;
        map/2.status) rm bad/report.* bad/reduce/* ;;
        esac
        case $how in
        empty) : >"bad/$file" ;;
        nonsense) echo 'nonsense' >"bad/$file" ;;
        *) truncate -s "$(($(stat -c %s "bad/$file") / 2))" "bad/$file" ;;
        esac
        archive --work=bad
        got=$?
        { [[ $got == 1 ]] && cmp -s one.jsonl bad/report.jsonl; } || { [[ $got == 3 && ! -e bad/report.jsonl ]] && grep -q "bad/${file%.*}" err; } ||
            # Without its end, what it says of captures is not believed.
            { [[ $got == 3 && $file == map/2.status && $how == 'not to its end' ]] && grep -q "map/2.status is damaged" err; } ||
            fault "$file, $how: status $got, and it says: $(cat err)"
        rm -r bad
    done
done

echo "several at a time"
for ((i = 1; i <= 4; i++)); do
    "$top/scripts/archive-parallel" -k keys --work=crowd --shards=3 --tasks=4 --files=files >out-$i 2>err-$i </dev/null &
    pids[i]=$!
done
done=0
for ((i = 1; i <= 4; i++)); do
    wait "${pids[i]}"
    case $? in
    1) done=$((done + 1)) ;;
    2) # Who holds it may not be written yet.
        grep -q "another archive-slurm or archive-parallel is using it" err-$i || fault "one of several: $(cat err-$i)" ;;
    *) fault "one of several: $(cat err-$i)" ;;
    esac
done
[[ $done -ge 1 ]] || fault "of several, none has a result"
same "several at a time" crowd
# The same tasks, each twice at a time: as if a node only seemed lost.
cp -r good bad
rm -r bad/report.* bad/reduce/* bad/map/*
for kind in map reduce; do
    for number in 1 2 3 4; do
        [[ $kind$number != reduce4 ]] || continue
        for twin in 1 2 3; do
            bad/plan/archive-task $kind "$work/bad" $number 2>>err-twins &
        done
        wait
    done
done
expect "tasks that ran thrice at a time" 1 "status 1" --work=bad
same "tasks that ran thrice at a time" bad
[[ -z $(find bad -name '*.out.*' -o -name '.*.events.*') ]] || fault "twins left: $(find bad)"
rm -r bad

echo "a disk that says late that it is full"
mkdir bin
printf '#!/bin/sh\necho "sync: error syncing \x27$1\x27: No space left on device" >&2\nexit 1\n' >bin/sync
chmod +x bin/sync
for kind in map reduce merge; do
    cp -r good bad
    rm -f bad/report.*
    [[ $kind == merge ]] || rm bad/reduce/2.status
    [[ $kind != map ]] || rm bad/map/2.status
    PATH=$work/bin:$PATH archive --work=bad --attempts=1
    got=$?
    [[ $got == 3 && ! -e bad/report.jsonl ]] && grep -q "$kind.*, node" err && grep -q "No space left on device" err ||
        fault "$kind: status $got, and it says: $(cat err)"
    expect "$kind, and now there is room" 1 "status 1" --work=bad
    same "$kind, and now there is room" bad
    rm -r bad
done

echo "what tasks left that were killed"
cp -r good bad
rm bad/report.* bad/reduce/2.*
: >bad/reduce/2.part.out.other.1
: >"bad/reduce/2.out.$(hostname).4194304"
: >"bad/reduce/2.out.$(hostname).$$"
bad/plan/archive-task reduce "$work/bad" 2 2>err
[[ ! -e bad/reduce/2.out.$(hostname).4194304 && -e bad/reduce/2.out.$(hostname).$$ ]] || fault "it left, or removed: $(ls bad/reduce)"
expect "after that" 1 "status 1" --work=bad
[[ -z $(find bad -name '*.out.*') ]] || fault "in the end it leaves: $(find bad -name '*.out.*')"
rm -r bad

echo "another user"
if [[ $(id -u) == 0 ]] && command -v setpriv >/dev/null; then
    chmod 711 "$work"
    for mode in 700 711 755 777; do
        chmod $mode good
        setpriv --reuid=nobody --regid=nogroup --clear-groups "$BASH" "$top/scripts/archive-parallel" --work="$work/good" >out 2>err </dev/null
        got=$?
        [[ $got == 2 ]] && grep -q "$work/good: belongs to user root, not to you" err || fault "another user, mode $mode: status $got, $(cat err)"
    done
    chmod 700 good "$work"
else
    echo "skip: not root, so there is no other user"
fi

echo "captures that change while tasks run"
cat >slow <<END
#!/bin/bash
"$build/mipro-verify" "\$@"
got=\$?
[[ \$* != *--events=* ]] || { while [[ ! -e $work/go ]]; do sleep 0.05; done; }
exit \$got
END
chmod +x slow
cp archive/0003.pcapng second.pcapng
for how in appended replaced "replaced by one that is older" removed; do
    rm -f go
    cp archive/0002.pcapng first.pcapng
    "$top/scripts/archive-parallel" -k keys --verify="$work/slow" --work=during --shards=2 --tasks=1 first.pcapng second.pcapng >out 2>err </dev/null &
    driver=$!
    for ((i = 0; i < 200; i++)); do
        [[ ! -e during/map/1 || -z $(find during/map/1 -name '*-all-of-*') ]] || break
        sleep 0.05
    done
    case $how in
    appended) cat archive/0001.pcapng >>first.pcapng ;;
    replaced) cp archive/0001.pcapng other && mv other first.pcapng ;;
    removed) rm first.pcapng ;;
    *) cp archive/0001.pcapng other && touch -d '1 January 2020' other && mv other first.pcapng ;;
    esac
    touch go
    wait $driver
    got=$?
    if [[ $how == removed ]]; then
        [[ $got == 0 ]] || fault "a capture is removed once it was read: status $got: $(cat err)"
    else
        [[ $got == 3 ]] && grep -q "first.pcapng changed since" err || fault "a capture is $how: status $got: $(cat err)"
        archive --work=during --retry-unread
        [[ $? == [01] ]] || fault "a capture is $how, and read again: $(cat err)"
        mipro-verify -k keys -o json --continue first.pcapng second.pcapng 2>/dev/null | cmp -s - during/report.jsonl ||
            fault "a capture is $how, and read again: the report is not that of one process"
    fi
    rm -rf during
done

echo "$faults faults"
[[ $faults == 0 ]]
