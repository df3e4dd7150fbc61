#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# archive_tools.sh BUILD - the scripts for an archive where GNU parallel, Slurm or mipro-verify is not
# installed: a message that names the package, status 2, and nothing written.
source "$(dirname "$0")/../prelude.sh"
set -u
build=$(cd "$1" && pwd)
top=$(cd "$(dirname "$0")/../.." && pwd)
export LC_ALL=C.UTF-8
need "$build/mipro-verify"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
umask 077
cp "$top/pcaps/mipro.keys" keys
captures=("$top"/pcaps/{correspondent,smooth-handoff}.pcap)

# All programs of this machine but those.
mkdir bin
ln -s /usr/bin/* bin/ 2>/dev/null
rm -f bin/{parallel,sbatch,squeue,scancel,mipro-verify}
# give NAME LINE...: a program of that name.
give() {
    rm -f "bin/$1"
    printf '#!/bin/sh\n%s\n' "$2" >"bin/$1"
    chmod +x "bin/$1"
}
listing() {
    find "$1" -printf '%p %s %T@\n' 2>/dev/null | sort
}
# refused WHAT SCRIPT TEXT ARGUMENT...: status 2, TEXT, and the folder of the audit is as it was.
refused() {
    local what=$1 script=$2 text=$3 got before
    shift 3
    before=$(listing audit)
    PATH=$work/bin "$top/scripts/$script" --work=audit "$@" >out 2>err </dev/null
    got=$?
    [[ $got == 2 && $(cat err) == "$script: $text" && ! -s out ]] || fault "$what: status $got, and it says: $(cat out err)"
    [[ $(listing audit) == "$before" ]] || fault "$what: it wrote: $(find audit)"
}
without() {
    refused "no GNU parallel$1" archive-parallel "there is no GNU parallel (Debian: parallel)" "${@:2}"
    give parallel 'echo parallel from moreutils'
    refused "the parallel of moreutils$1" archive-parallel "there is no GNU parallel (Debian: parallel)" "${@:2}"
    give parallel 'exit 127'
    refused "a parallel that does not start$1" archive-parallel "there is no GNU parallel (Debian: parallel)" "${@:2}"
    rm -f bin/parallel
    for tool in sbatch squeue scancel; do
        refused "no $tool$1" archive-slurm "there is no $tool (Debian: slurm-client)" "${@:2}"
        give $tool 'exit 1'
    done
    rm -f bin/{sbatch,squeue,scancel}
}

new=(-k keys --verify="$build/mipro-verify" --shards=2 --tasks=2 "${captures[@]}")
without "" "${new[@]}"
[[ ! -e audit ]] || fault "there is a folder"

# An audit that was begun where they are.
command -v parallel >/dev/null && {
    "$top/scripts/archive-parallel" --work=audit "${new[@]}" >out 2>err </dev/null
    [[ $? == [01] ]] || fault "it cannot be begun: $(cat err)"
    rm audit/report.*
    without ", to go on"
    "$top/scripts/archive-parallel" --work=audit >out 2>err </dev/null
    [[ $? == [01] && -s audit/report.jsonl ]] || fault "it does not go on: $(cat err)"
    rm -r audit
}

# Without mipro-verify, no audit is begun; it can be as soon as there is one.
give parallel 'echo GNU parallel'
PATH=$work/bin "$top/scripts/archive-parallel" -k keys --work=audit "${captures[@]}" >out 2>err </dev/null
got=$?
[[ $got == 2 && $(cat err) == *"there is no mipro-verify in PATH; --verify=PROGRAM names one" ]] ||
    fault "no mipro-verify: status $got, and it says: $(cat err)"
[[ ! -e audit/plan && ! -e audit/report.jsonl ]] || fault "no mipro-verify: it wrote $(find audit)"
if command -v parallel >/dev/null; then
    PATH=$build:$PATH "$top/scripts/archive-parallel" -k keys --work=audit "${captures[@]}" >out 2>err </dev/null
    [[ $? == [01] && -s audit/report.jsonl ]] || fault "it cannot be begun afterwards: $(cat err)"
fi

echo "$faults faults"
[[ $faults == 0 ]]
