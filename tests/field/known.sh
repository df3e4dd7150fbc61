#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# known.sh BUILD - compare a build with the histories and the rulings.  Those not judged correctly yet are
# in known-wrong, one per line: another wrong one fails, and so does a listed one that is correct.
# Once with one thread, and once with seven, whose settlers must exchange enough.
set -euo pipefail
export LC_ALL=C # one order of names
verify=$(realpath "$1")/mipro-verify
cd "$(dirname "$0")"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# The chapter "What a capture can prove" names the histories that hold it.
awk '/<!-- held by:/ { on = 1 } on { print } /-->/ { on = 0 }' ../../docs/auditing.md | sed 's/<!-- held by:\|-->//g' | tr -s ' ' '\n' | grep . >"$dir/named"
sed -n 's/^  "name": "\(.*\)",$/\1/p' rulings.json rulings/*.json | sort -u >"$dir/names"
sort -u "$dir/named" | comm -23 - "$dir/names" >"$dir/absent"
[ "$(wc -l <"$dir/named")" -gt 40 ] && [ ! -s "$dir/absent" ] ||
    { echo "docs/auditing.md names histories that do not exist: $(cat "$dir/absent")"; exit 1; }

# Both print "NAME: reason" for each wrong one, and a last line "N of M ...".
for threads in 1 7; do
    printf '#!/bin/sh\nexec "%s" --threads=%s "$@"\n' "$verify" $threads >"$dir/verify"
    chmod +x "$dir/verify"
    python3 histories/check "$dir/verify" >"$dir/histories" || true
    python3 rulings.py "$dir/verify" >"$dir/rulings" || true
    for part in histories rulings; do
        tail -n 1 "$dir/$part" | grep -qE '^[1-9][0-9]* of [1-9][0-9]* histories' ||
            { echo "$part: did not run to the end"; exit 1; }
        echo "--threads=$threads: $(tail -n 1 "$dir/$part")" >&2
        sed -nE "s/^([a-z0-9][^ :]*): .*/$part \1/p" "$dir/$part"
    done >"$dir/all"
    sort "$dir/all" >"$dir/wrong"
    grep -v '^#' known-wrong | sort | diff - "$dir/wrong" ||
        { echo "< known-wrong, > wrong now with --threads=$threads"; exit 1; }
done
