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
"$build/mipro-verify" -k keys -o json "$top"/pcaps/*.pcap >report.jsonl 2>/dev/null
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
echo "$faults faults"
exit $((faults != 0))
