#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# changes.sh BUILD - captures that are written to while they are read are named, by one process and by a map task;
# and the files of tasks that died are removed by the next one, but never those of a task that is alive.
source "$(dirname "$0")/../prelude.sh"
set -u
build=$(cd "$1" && pwd)
source=$(cd "$(dirname "$0")/../.." && pwd)
verify=$build/mipro-verify
need "$verify" python3
work=$(mktemp -d)
trap 'kill $others 2>/dev/null; rm -rf "$work"' EXIT
others=
cd "$work" || exit 1
umask 077

# Large enough to be written to while it is read.
python3 - "$source/pcaps/cases.pcap" <<'END'
import sys
with open(sys.argv[1], 'rb') as capture:
    octets = capture.read()
with open('large', 'wb') as large:
    large.write(octets[:24])
    while large.tell() < 20000000:
        large.write(octets[24:])
END

# change HOW CAPTURE: again and again.
change() {
    python3 -c '
import os
import sys
import time
how, path = sys.argv[1:]
fd = os.open(path, os.O_RDWR)
size = os.fstat(fd).st_size
while True:
    if how == "appended to":
        os.pwrite(fd, b"x", os.fstat(fd).st_size)
    elif how.startswith("written over"):
        os.pwrite(fd, os.pread(fd, 1, 0), 0)
        if how != "written over":
            os.utime(fd, (100, 100))
    else:
        size -= 100
        os.ftruncate(fd, size)
        time.sleep(0.0002)
' "$1" "$2" 2>/dev/null &
    others=$!
    while [[ $(stat -c %z "$2") == "$begun" ]]; do sleep 0.02; done
}
for how in "appended to" "written over" "written over, and its time set back" "truncated"; do
    for what in report events; do
        cp large changing
        touch -d @100 changing
        begun=$(stat -c %z changing)
        change "$how" changing
        case $what in
        report) "$verify" -o json --threads=1 --continue changing "$source/pcaps/replay-attack.pcap" >out 2>err ;;
        events)
            "$verify" --events=events --shard=2 --threads=1 changing "$source/pcaps/replay-attack.pcap" >/dev/null 2>err ;;
        esac
        status=$?
        kill $others
        wait $others 2>/dev/null
        [[ $status == 3 ]] && grep -q "changing: .*changed while it was read" err ||
            fault "$how, $what: status $status: $(tail -n 1 err)"
        if [[ $what == events ]]; then
            "$verify" -o json --shard=1/2 events >out 2>err
            [[ $? == 3 ]] || fault "$how: the events are judged as if nothing were wrong"
        fi
        grep -q '"record":"error".*changed while' out || fault "$how, $what: the report does not say so"
        grep '"record":"summary"' out | grep -q '"unread":1' || fault "$how, $what: it does not count as unread: $(tail -c 200 out)"
        rm -rf events
    done
done

# A capture that --write reads again: it is changed while another is read for the first time.
cat >between.py <<'END'
import os
import signal
import subprocess
import sys
import time
how, verify = sys.argv[1:]


def reads_large(pid):
    try:
        return any(os.readlink('/proc/%d/fd/%s' % (pid, fd)).endswith('/large') for fd in os.listdir('/proc/%d/fd' % pid))
    except OSError:
        return False


# On a busy machine it may have ended before it is stopped, or be at the second reading.
for _ in range(50):
    run = subprocess.Popen([verify, '-q', '--threads=1', '--continue', '--write=evidence', 'capture', 'large'])
    while run.poll() is None and not reads_large(run.pid):
        time.sleep(0.0005)
    if run.poll() is None:
        os.kill(run.pid, signal.SIGSTOP)
        if reads_large(run.pid) and not any('evidence' in name for name in os.listdir('.')):
            break
        os.kill(run.pid, signal.SIGCONT)
        run.wait()
if run.poll() is None:
    with open('capture', 'rb') as capture:
        octets = capture.read()
    if how == 'written over':
        with open('capture', 'r+b') as capture:
            capture.write(octets)
        os.utime('capture', (100, 100))
    elif how == 'replaced':
        with open('other', 'wb') as other:
            other.write(octets)
        os.utime('other', (100, 100))
        os.rename('other', 'capture')
    elif how == 'appended to':
        with open('capture', 'ab') as capture:
            capture.write(octets[24:])
    elif how == 'given a second name':
        os.link('capture', 'second')
    os.kill(run.pid, signal.SIGCONT)
sys.exit(run.wait())
END
for how in "written over" replaced "appended to" "given a second name" "left alone"; do
    rm -f evidence second
    cp "$source/pcaps/replay-attack.pcap" capture
    touch -d @100 capture
    python3 between.py "$how" "$verify" >out 2>err
    status=$?
    case $how in
    written* | replaced)
        [[ $status == 3 && ! -e evidence ]] && grep -q "capture: was changed since it was first read" err ||
            fault "between two readings it is $how: status $status: $(tail -n 1 err)" ;;
    *) [[ $status == 1 && -s evidence ]] || fault "between two readings it is $how: status $status: $(tail -n 1 err)" ;;
    esac
done

# What tasks leave.  One waits for its capture, and is alive; another waited, and was killed.
mkfifo alive dead
alive='' dead=''
for name in alive dead; do
    "$verify" --events=events --shard=3 $name 2>err-$name &
    eval "$name=\$!"
done
exec 7<>alive 8<>dead
for ((i = 0; i < 300; i++)); do
    [[ $(find events -name '.*.events.*' 2>/dev/null | wc -l) != 8 ]] || break
    sleep 0.1
done
[[ $i -lt 300 ]] || fault "no two tasks: $(ls -A events)"
others=$alive
kill -9 "$dead"
wait "$dead" 2>/dev/null
mkdir events/.0123456789abcdef-all-of-03.events.ABCDEF
: >events/.other.events.ABCDEF
"$verify" --events=events --shard=3 "$source/pcaps/replay-attack.pcap" 2>err || fault "$(cat err)"
[[ $(find events -type f -name '.*.events.*' | wc -l) == 5 ]] || fault "of 8 files of two tasks, 4 should stay, and one that is none: $(ls -A events)"
cat "$source/pcaps/smooth-handoff.pcap" >&7
exec 7>&- 8>&-
wait "$alive"
[[ $? == 0 ]] || fault "the task that was alive: $(cat err-alive)"
[[ $(find events -type f -name '*.events' ! -name '.*' | wc -l) == 8 && $(find events -type f -name '.*' | wc -l) == 1 ]] ||
    fault "two tasks leave: $(ls -A events)"
others=

[[ $faults -eq 0 ]]
