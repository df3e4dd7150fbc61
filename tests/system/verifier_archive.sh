#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The recipes of docs/auditing.md for files that do not continue each other, word for word: the merged
# result is that of one run over all files.  Slurm itself is not needed: its tasks are run in turn.
source "$(dirname "$0")/../prelude.sh"
set -u
build=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.." || exit 1
chapter=$PWD/docs/auditing.md
source tests/recipe.sh
need "$build/mipro-verify" jq gzip
dir=$(mktemp -d)
# A recipe of the chapter, over our archive.
ours() {
    recipe "$1" | sed "s|/archive|$dir/archive|"
}
trap 'rm -rf "$dir"' EXIT
export HOME=$dir PATH=$build:$PATH LC_ALL=C
umask 077
mkdir "$dir/archive"
for file in pcaps/*.pcap; do
    gzip -c "$file" >"$dir/archive/$(basename "$file").gz"
done
head -c 100 pcaps/correspondent.pcap | gzip -c >"$dir/archive/cut short.pcap.gz"
cp pcaps/mipro.keys "$dir/keys"
cd "$dir" || exit 1
echo : >hosts

# same NAME: report.jsonl agrees with one run.
same() {
    local part
    bash -c "$(ours 'inputs |')" | jq -S . >sum.json
    diff one-sum.json sum.json || fault "$1: the sum is not one run's"
    # The files may be in another order, the lines of each may not.
    for part in one report; do
        jq -s -c 'map(select(.file)) | group_by(.file)[][]' $part.jsonl >$part.lines
    done
    cmp one.lines report.lines || fault "$1: the records are not one run's"
}

mipro-verify -k keys -o json archive/*.gz 2>/dev/null | sed "s|\"archive/|\"$dir/archive/|" >one.jsonl
[[ ${PIPESTATUS[0]} == 3 ]] || { echo "one run: the truncated file is not reported"; exit 1; }
# An empty object adds nothing to the sum.
jq -S 'select(.record == "summary") | del(.record) | with_entries(select(.value != {}))' one.jsonl >one-sum.json

if command -v parallel >/dev/null && parallel --version 2>/dev/null | grep -q GNU; then
    bash -c "$(ours 'parallel -0')" 2>parallel.err
    same parallel
    jq -c 'select(.file)' one.jsonl | cmp - <(jq -c 'select(.file)' report.jsonl) ||
        fault "parallel: files are not in order"
else
    echo "skip: GNU parallel is not here; its recipe was not tried"
    untried=1
fi

bash -c "$(ours '>files')"
task=$(ours sbatch)
tasks=$(sed -n 's/.*--array=1-\([0-9]*\).*/\1/p' <<<"$task")
task=${task#*\'} task=${task%\'*}
rm -f report.jsonl
for ((i = 1; i <= tasks; i++)); do
    SLURM_ARRAY_TASK_ID=$i sh -c "$task" 2>>slurm.err
done
bash -c "$(ours 'cat part-')"
same Slurm

echo "$faults faults"
[[ $faults -eq 0 ]] || exit 1
exit ${untried:+77}
