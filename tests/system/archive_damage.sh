#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# archive_damage.sh BUILD [SEED [RUNS]] - files of an audit are damaged between its steps, at random: see
# archive_damage.py.
source "$(dirname "$0")/../prelude.sh"
set -u
source "$(dirname "$0")/../archive.sh"

python3 "$top/tests/system/archive_history.py" . 12 120 || exit 1
mapfile -t captures < <(find archive -name '*.pcapng' | sort)
mipro-verify -k keys -o json --continue "${captures[@]}" >one.jsonl 2>/dev/null
archive -k keys --work=good --shards=3 --tasks=3 -- "${captures[@]}"
[[ $? == 1 ]] && cmp one.jsonl good/report.jsonl || { cat err; exit 1; }
python3 "$top/tests/system/archive_damage.py" "$top/scripts/archive-parallel" "${2-1}" "${3-25}"
