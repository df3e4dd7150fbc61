#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# One vocabulary: the six verdicts have the same words in each report of mipro-verify, in the
# plugin's Info column, tree, expert infos and statistics, and in the documents that explain them.
source "$(dirname "$0")/../golden/common.sh"
set +eo pipefail   # mipro-verify ends with 1 on purpose; faults are counted
shopt -s lastpipe # in this shell, also those at the end of a pipe
need jq mergecap editcap
words=(good bad expired no-key truncated missing)

# A capture in which each verdict occurs.
editcap -s 70 "$top/pcaps/correspondent.pcap" "$work/cut.pcap"
mergecap -a -w "$P/all.pcapng" "$top"/pcaps/{correspondent,auth-bad,auth-no-key,rule-key-expired,rule-update-no-auth}.pcap \
    "$work/cut.pcap" || { echo "the captures cannot be joined"; exit 1; }
chmod a+r "$P/all.pcapng"

# has WHERE PATTERN < TEXT: WORD in the pattern stands for each word in turn, or for those in only.
only=("${words[@]}")
has() {
    local text word
    text=$(cat)
    for word in "${only[@]}"; do
        grep -qE -- "${2//WORD/$word}" <<<"$text" || fault "$1: does not have '$word'"
    done
}
# knows WHERE < WORDS, one per line: only our words.
knows() {
    local word
    while read -r word; do
        [[ " ${words[*]} " == *" $word "* ]] || fault "$1: '$word' is not one of our words"
    done
}
report() { # [OPTION...]
    verify -k "$K" "$@" "$P/all.pcapng" 2>/dev/null
}
seen() { # [OPTION...]
    keyed_tshark -r "$P/all.pcapng" "$@" 2>/dev/null
}

# The reports.
report -o json >"$work/json"
jq -r 'select(.record == "authenticator").verdict' "$work/json" | has "json, records" '^WORD$'
jq -r 'select(.record == "authenticator").verdict' "$work/json" | knows "json, records"
jq -r 'select(.record == "summary").authenticators | keys[]' "$work/json" | has "json, summary" '^WORD$'
jq -r 'select(.record == "summary").authenticators | keys[]' "$work/json" | knows "json, summary"
report >"$work/text"
grep '^authenticators: ' "$work/text" | has "text, summary" '[0-9] WORD(,|$)'
report --html="$P/page.html" --metrics="$P/metrics" -q
has "page" '\bWORD\b' <"$P/page.html"
has "metrics" '_authenticators.*verdict="WORD"' <"$P/metrics"
sed -n 's/.*_authenticators.*verdict="\([^"]*\)".*/\1/p' "$P/metrics" | knows "metrics"
only=(bad expired no-key truncated missing)
has "text" ':[0-9]+: WORD: ' <"$work/text"
sed -nE 's/.*:[0-9]+: ([a-z-]+): extension .*/\1/p' "$work/text" | knows "text"
report -o sarif | jq -r '.runs[].results[].ruleId' >"$work/sarif"
has "sarif" '^authenticator-WORD$' <"$work/sarif"
sed -n 's/^authenticator-//p' "$work/sarif" | knows "sarif"
report -o junit >"$work/junit"
has "junit" 'type="WORD" message="WORD: ' <"$work/junit"
only=("${words[@]}")

# The plugin.
seen -T fields -e _ws.col.Info >"$work/info"
[[ -n $(tr -d '\n' <"$work/info") ]] || seen -o 'gui.column.format:"Info","%i"' >"$work/info"
has "Info column" ' \[WORD\]' <"$work/info"
seen -V >"$work/tree"
has "tree" 'Authentication.*, WORD\]?$' <"$work/tree"
seen -q -z mipro,tree | sed -n '/^Authenticators/,/^[^ A]/p' | awk '/^ / { print $1 }' >"$work/statistics"
has "statistics" '^WORD$' <"$work/statistics"
knows "statistics" <"$work/statistics"
only=(bad no-key truncated) # the other two break a rule, which has its own words
has "expert infos" 'Expert Info .*: WORD: ' <"$work/tree"
mipro_tshark -G fields 2>/dev/null | awk -F '\t' '$3 ~ /^mipro\.auth\.(bad|no_key|truncated)$/ {
    sub(/:.*/, "", $2); gsub(" ", "-", $2); print tolower($2) }' | has "summaries of expert infos" '^WORD$'
only=("${words[@]}")
seen -T fields -e mipro.verdict | tr , '\n' | sed '/^$/d' >"$work/verdicts"
has "mipro.verdict" '^WORD$' <"$work/verdicts"
knows "mipro.verdict" <"$work/verdicts"

# The plugin's verdict on each frame is also the verifier's: the worst, if there are several.
jq -r 'select(.record == "authenticator") | "\(.frame) \(.verdict)"' "$work/json" |
    awk '!($1 in n) { order[++k] = $1 } { n[$1]++; of[$1] = $2 } END { for (i = 1; i <= k; i++) if (n[order[i]] == 1) print order[i], of[order[i]] }' >"$work/verdicts"
while read -r frame verdict; do
    sed -n "${frame}p" "$work/info" | grep -q " \[$verdict\]" || fault "frame $frame: $verdict by mipro-verify, not by the plugin"
done <"$work/verdicts"
[[ -s $work/verdicts ]] || fault "mipro-verify judged nothing"

# The documents.
has "mipro-verify(1)" '^\.It Cm WORD$' <"$top/docs/mipro-verify.1"
# shellcheck disable=SC2016  # a pattern
has "guide.md" '`WORD`' <"$top/docs/guide.md"
jq -r '.. | objects | select(has("enum")).enum[]? | strings' "$top/docs/schemas/mipro-verify.schema.json" |
    has "schema" '^WORD$'

echo "$faults faults"
[ $faults -eq 0 ]
