#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# check-circles.sh BUILD - no file may need another one that needs it, directly or through
# others: then each can be read, and understood, after those that it stands on.  The files of
# conduct are listed in such an order.
source "$(dirname "$0")/prelude.sh"
set -euo pipefail
shopt -s globstar nullglob
need nm tsort
build=$(realpath "${1:-build}")
cd "$(dirname "$0")/.."

objects=()
for object in "$build"/{protocol,injector,verifier,plugin}/CMakeFiles/{mipro,inject,mipro-verifier,mipro-plugin}.dir/**/*.c.o; do
    folder=${object#"$build/"}
    file=${folder%%/*}/${object#*.dir/}
    [[ -e ${file%.o} ]] && objects+=("$object") # else the file was removed
done
[[ ${#objects[@]} -gt 200 ]] || fault "$build: only ${#objects[@]} objects"
edges=$(nm -gPA "${objects[@]}" | awk -v build="$build/" '
    {
        file = substr($1, length(build) + 1)
        sub(/\.o:$/, "", file)
        sub(/CMakeFiles\/[^\/]*\.dir\//, "", file)
        if ($3 == "U")
            needs[file " " $2]
        else
            from[$2] = file
    }
    END {
        for (need in needs) {
            split(need, part, " ")
            to = from[part[2]]
            if (to != "" && to != part[1])
                print part[1], to
        }
    }' | sort -u)
[[ $(wc -l <<<"$edges") -gt 500 ]] || fault "nm does not tell what the objects need"
while read -r line; do
    fault "${line#tsort: }"
done < <(tsort <<<"$edges" 2>&1 >/dev/null)

# protocol/conduct/private.h lists its files so that none needs one below it.
order=$(sed -n 's#^ [*]   \([a-z_]*\)[.][ch] .*#protocol/conduct/\1.c#p' protocol/conduct/private.h)
for file in protocol/conduct/*.c; do
    grep -qx "$file" <<<"$order" || fault "private.h does not list ${file##*/}"
done
while read -r needing needed; do
    fault "$needing needs $needed, which private.h lists below it"
done < <(awk 'NR == FNR { at[$1] = NR; next } ($1 in at) && ($2 in at) && at[$1] < at[$2]' <(cat <<<"$order") - <<<"$edges")

[ "$faults" -eq 0 ] || { echo "files need each other (after each \"loop\"), or are not in order: see above"; exit 1; }
