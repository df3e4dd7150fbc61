#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# verifier_columns.sh BUILD - the queries of docs/queries, run as in docs/auditing.md.  Every member of
# our JSON has its column.  DuckDB itself is tried if it is installed: in PATH, or as npm's
# @duckdb/node-api in MIPRO_DUCKDB, the folder where npm installed it.
source "$(dirname "$0")/../prelude.sh"
set -u
build=$(cd "$1" && pwd)
top=$(cd "$(dirname "$0")/../.." && pwd)
need "$build/mipro-verify" jq
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

columns=$(grep -oE '^ *[a-z_]+: .*' "$top/docs/queries/columns.sql" | grep -oE '[a-z_]+: ' | sort)
# "open" is only in the reports of parts: a merge decides it.
members=$(jq -r '."$defs" | (.authenticator, .finding, .error, .absent) | .properties | keys - ["open"] |
    .[] | . + ": "' \
    "$top/docs/schemas/mipro-verify.schema.json" | sort -u)
grep -q '^verdict: ' <<<"$columns" || fault "columns.sql has no columns?"
diff <(echo "$members") <(sed 's/^record: .*/record: /' <<<"$columns") || fault "< members of our JSON, > columns"

# The chapter's own commands, in order.
mapfile -t commands < <(sed -n '/^## Columns for analysts/,/^## What a capture/s/^    \$ //p' "$top/docs/auditing.md" |
    sed "s|/usr/share/doc/mipro/queries|$top/docs/queries|")
[[ ${#commands[@]} -ge 7 ]] || fault "the chapter has ${#commands[@]} commands"
for file in "$top"/docs/queries/*.sql; do
    grep -qF "$file" <<<"${commands[*]}" || fault "the chapter does not run $(basename "$file")"
done
for command in "${commands[@]}"; do
    case $command in
    'npm install '* | 'duckdb() {'*) ;;
    'duckdb <'*) [[ -r $(sed -E 's/^duckdb <([^ ]+).*/\1/' <<<"$command") ]] || fault "there is no such file: $command" ;;
    *) fault "unknown command: $command" ;;
    esac
done

if [[ -n ${MIPRO_DUCKDB-} ]]; then
    ln -s "$MIPRO_DUCKDB/node_modules" .
    eval "$(printf '%s\n' "${commands[@]}" | grep '^duckdb() {')"
elif ! command -v duckdb >/dev/null; then
    echo "skip: no DuckDB: its queries were not tried"
    echo "$faults faults"
    exit $((faults != 0))
fi
umask 077
cp "$top/pcaps/mipro.keys" keys
# With another magic number the microseconds of a pcap are nanoseconds: of the first frame, 123456789.
cp "$top/pcaps/forged-update.pcap" nanoseconds.pcap
printf '\x4d\x3c' | dd of=nanoseconds.pcap conv=notrunc status=none
printf '\x15\xcd\x5b\x07' | dd of=nanoseconds.pcap conv=notrunc status=none bs=1 seek=28
"$build/mipro-verify" -k keys -o json nanoseconds.pcap "$top"/pcaps/*.pcap >report.jsonl 2>/dev/null
for command in "${commands[@]}"; do
    [[ $command == 'duckdb <'* ]] || continue
    eval "$command" >said 2>&1 || fault "$command: $(cat said)"
    [[ $command == */columns.sql* ]] || grep -qE '10\.1\.0\.1|10\.1\.0\.9|privacy|home-agent-to' said ||
        fault "$command: it found nothing: $(cat said)"
done
expected=$(grep -vc '^{"record":"summary"' report.jsonl)
echo "SELECT count(*) AS n, count(time) AS times, count(verdict) AS verdicts, count(rule) AS rules FROM 'report.parquet'" >count.sql
duckdb <count.sql >said
for number in "$expected" "$(grep -c '"verdict":' report.jsonl)" "$(grep -c '"rule":' report.jsonl)"; do
    grep -qw "$number" said || fault "$number are in the report, not in the columns: $(cat said)"
done
# Of each time, all that the report says.
jq -r 'select(.time) | .time | rtrimstr("Z")' report.jsonl | sort >times.txt
grep -qE '\.[0-9]{9}$' times.txt || fault "no time has nanoseconds"
echo "SELECT strftime(time, '%Y-%m-%dT%H:%M:%S.%n') AS time FROM 'report.parquet'" >times.sql
duckdb <times.sql | grep -oE '[0-9-]+T[0-9:.]+' | sed -E 's/(\.[0-9]{6})000$/\1/' | sort | cmp -s times.txt - ||
    fault "the columns have other times than the report"
echo "$faults faults"
exit $((faults != 0))
