#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# unchanged.sh BUILD [CAPTURE...] - with the plugin, mip, icmp, ip and all others show, octet for
# octet, what they show without it, except for its own trees, and the mip of messages 16-19, which
# reports them as malformed.  Minimal encapsulation is not decoded: its contents would count as a
# conversation.
#
# MIPRO_CAPTURES=FOLDER  other captures, every file of which is compared too
source "$(dirname "$0")/common.sh"
shift

# The packets of a PDML, without our trees.  In the packets whose numbers are in LIST, without
# what the built-in shows for types 16-19: its tree, its error, its entry in the protocols.
others() { # LIST
    awk -v list="$1" '
         BEGIN { while ((getline number <list) > 0) taken[number] }
         /^<packet>/ { count++; packet = 1; odd = count in taken }
         !packet { next }
         /^  <proto / {
             split($2, name, "\"")
             drop = name[2] == "mipro" || odd && (name[2] == "mip" || name[2] ~ /^_ws\.(malformed|short)$/)
             if (drop && /\/>$/) { drop = 0; next }
         }
         odd && /<field name="frame\.protocols"|<proto name="_ws\.(malformed|short)"[^>]*\/>/ { next }
         !drop { print }
         /^  <\/proto>/ { drop = 0 }
         /^<\/packet>/ { packet = 0 }'
}

captures=("$@")
[ $# != 0 ] || captures=("$P"/*.pcap)
if [ -d "${MIPRO_CAPTURES:-}" ]; then
    cp -rL "$MIPRO_CAPTURES" "$work/captures"
    chmod -R u+w,a+rX "$work/captures"
    mapfile -d '' -t -O "${#captures[@]}" captures < <(find "$work/captures" -type f -print0 | sort -z)
else
    echo "skip: MIPRO_CAPTURES names no folder with captures from elsewhere"
fi

unread=0 packets=0 ours=0
for file in "${captures[@]}"; do
    status=(0 0)
    plain_tshark -r "$file" -T pdml >"$work/plain.pdml" 2>"$work/errors" || status[0]=$?
    mipro_tshark -r "$file" --disable-protocol minenc -T pdml >"$work/ours.pdml" 2>"$work/errors" ||
        status[1]=$?
    awk '/^<packet>/ { count++ }
         / name="mipro\.type"/ && last != count { print last = count }' "$work/ours.pdml" >"$work/list"
    others "$work/list" <"$work/plain.pdml" >"$work/plain"
    others "$work/list" <"$work/ours.pdml" >"$work/ours"
    if [ ! -s "$work/plain" ]; then
        unread=$((unread + 1))
        [[ $file != "$P"/* ]] || fault "${file#"$work/"}: tshark reads no frame"
    fi
    packets=$((packets + $(grep -c '^<packet>' "$work/plain" || true)))
    ours=$((ours + $(wc -l <"$work/list")))
    if [ "${status[0]}" != "${status[1]}" ] || [ "${status[0]}" -gt 2 ]; then
        echo "${file#"$work/"}: tshark ends with status ${status[0]} without us, ${status[1]} with us"
    elif diff -u --label "without ${file#"$work/"}" --label "with ${file#"$work/"}" \
        "$work/plain" "$work/ours" >"$work/difference"; then
        continue
    else
        head -n 20 "$work/difference"
    fi
    faults=$((faults + 1))
done
echo "${#captures[@]} captures ($unread without a frame that tshark reads)," \
    "$packets frames, $ours of them with types 16-19; $faults captures differ"
[ "$packets" != 0 ] && [ "$ours" != 0 ] && [ $faults = 0 ]
