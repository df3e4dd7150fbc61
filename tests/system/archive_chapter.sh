#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# archive_chapter.sh BUILD - the commands of docs/auditing.md for an archive, word for word: by hand and
# with GNU parallel, the report is that of one process.  archive_slurm.sh runs those for
# Slurm, verifier_archive.sh those for files that do not continue each other.
source "$(dirname "$0")/../prelude.sh"
set -u
build=$(cd "$1" && pwd)
top=$(cd "$(dirname "$0")/../.." && pwd)
export LC_ALL=C.UTF-8
need "$build/mipro-verify"
"$build/mipro-verify" --help | grep -q -- --events || skip "this mipro-verify has no --events"
chapter=$top/docs/auditing.md
source "$top/tests/recipe.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export HOME=$work PATH=$build:$PATH
umask 077

# follow PATTERN [STATUS]: run the command that contains PATTERN, over our archive.
follow() {
    local command
    command=$(recipe "$1" | sed "s|/archive/|$work/archive/|g; s|find /archive|find $work/archive|; s|/usr/share/mipro|$top/scripts|")
    [[ -n $command ]] || { fault "the chapter has no command with $1"; return; }
    bash -c "$command" >out 2>err
    local status=$?
    [[ $status =~ ^${2-0}$ ]] || fault "$command: status $status, not ${2-0}: $(cat out err)"
}

# Every command of the chapter is run by one of the tests.
while read -r command; do
    case $command in
    *--events=* | *--shard=* | *--merge* | *archive-parallel* | *archive-slurm* | 'mkdir events' | find* | sbatch* | cat* | jq*) ;;
    *) fault "no test runs: $command" ;;
    esac
done < <(sed -n '/^## An archive/,/^## /s/^    \$ //p' "$chapter")

python3 "$top/tests/system/archive_history.py" . 60 500 || exit 1
mkdir archive/2026-01 archive/2026-02
gzip archive/*.pcapng
for file in archive/*.gz; do
    number=$(basename "$file" .pcapng.gz)
    mv "$file" "archive/2026-0$((1 + (10#$number > 33)))/$number.pcap.gz"
done
"$build/mipro-verify" -k keys -o json --continue "$work"/archive/*/*.gz >one.jsonl 2>one.err
[[ $? == 1 ]] || { echo "one process: not status 1"; exit 1; }

follow 'mkdir events'
follow 'events=events/1'
follow 'events=events/2'
follow 'shard=$k/4' '[01]' # that of the last part
follow '--merge shard-' 1
cmp one.jsonl report.jsonl || fault "map, reduce and merge by hand: the report is not that of one process"

if command -v parallel >/dev/null && parallel --version 2>/dev/null | grep -q '^GNU parallel'; then
    # Instead of ssh; the remote side of parallel needs SHELL, which sshd sets.
    cat >ssh <<'END'
#!/bin/sh
while [ "$1" != -- ]; do shift; done
shift
SHELL=/bin/sh exec sh -c "$*"
END
    chmod +x ssh
    export PARALLEL_SSH=$work/ssh
    follow '| sort >files'
    follow 'archive-parallel -k keys --work=audit ' 1
    cmp one.jsonl audit/report.jsonl || fault "archive-parallel: the report is not that of one process"
    follow '-S :,node1,node2' 1
    cmp one.jsonl audit-2/report.jsonl || fault "archive-parallel over ssh: the report is not that of one process"
else
    echo "skip: GNU parallel is not here; its commands were not tried"
fi
echo "$faults faults"
[[ $faults == 0 ]]
