#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Typical mistakes in key files, with mipro-verify: byte order marks, other encodings, newlines, published
# keys, a capture instead of a key file and the reverse; and the report on a missing key.
set -u # no pipefail: mipro-verify ends with 1 on purpose
build=$1
verify=$build/mipro-verify
cd "$(dirname "$0")/../.." || exit 1
[[ -x $verify ]] || { echo "skip: no mipro-verify"; exit 77; }
for tool in jq iconv; do
    command -v $tool >/dev/null || { echo "skip: $tool is not here"; exit 77; }
done
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
umask 077
good=pcaps/correspondent.pcap # Binding Updates of 10.1.0.1 to 192.0.2.7, SPI 4096
faults=0

fault() {
    echo "$*"
    faults=$((faults + 1))
}

# judge STATUS ARGUMENT...: the output is left in out and err.
judge() {
    local status=$1 got=0
    shift
    "$verify" "$@" >"$dir/out" 2>"$dir/err" </dev/null || got=$?
    [[ $got == "$status" ]] || fault "$*: status $got, not $status: $(head -n 1 "$dir/err")"
}
says() { # FILE WORDS
    grep -qF -- "$2" "$dir/$1" || fault "std$1 lacks '$2': $(head -n 3 "$dir/$1")"
}

cp pcaps/mipro.keys "$dir/keys"
judge 0 -k "$dir/keys" $good
cp "$dir/out" "$dir/plain"
{ printf '\xef\xbb\xbf'; cat "$dir/keys"; } >"$dir/marked"
judge 0 -k "$dir/marked" $good
cmp -s "$dir/out" "$dir/plain" || fault "with a byte order mark it is judged differently"

iconv -f UTF-8 -t UTF-16 "$dir/keys" >"$dir/utf16"
judge 2 -k "$dir/utf16" $good
says err "is UTF-16; save it again as UTF-8"

judge 2 -k $good "$dir/keys"
says err "$good: is a capture (pcap), not a key file"
judge 3 -k "$dir/keys" "$dir/keys"
says err "$dir/keys: is a key file, not a capture"
judge 3 "$dir/marked"
says err "$dir/marked: is a key file, not a capture"
"$verify" - <"$dir/keys" >"$dir/out" 2>"$dir/err"
says err "is a key file, not a capture"
printf '%s\n' '"a","10.1.0.1","192.0.2.7","4096","text:x"' |
    "$verify" - >"$dir/out" 2>"$dir/err"
says err "is a key file, not a capture"
printf 'hello "world", this is no capture\n' >"$dir/text"
judge 3 "$dir/text"
! grep -q "key file" "$dir/err" || fault "any text is recognized as a key file"

# --- a newline that an editor left
printf 'a key of 16 octs' >"$dir/k"
printf '%s\n' '"a","10.1.0.1","192.0.2.7","4096","file:k"' >"$dir/bare"
"$build/mipro-inject" update --home=10.1.9.9 --care-of=10.3.0.2 --lifetime=60 --seed=1 \
    --source=10.1.0.1 --destination=192.0.2.7 --keys="$dir/bare" --spi=4096 \
    --write="$dir/update.pcap" || fault "mipro-inject: $?"
judge 0 -k "$dir/bare" "$dir/update.pcap"
[[ ! -s $dir/err ]] || fault "a key without newline: $(cat "$dir/err")"
echo >>"$dir/k"
for format in text json junit; do
    judge 1 -k "$dir/bare" -o $format "$dir/update.pcap"
    says err "$dir/k: the key ends in a newline"
    says out "without the newline at the end of the key's file it would be good"
done

# --- no association: its ends, its SPI in both bases, near misses
printf '%s\n' '"a","10.1.0.1","192.0.2.7","1000","text:a key of 16 octs"' >"$dir/base"
for format in text json junit; do
    judge 1 -k "$dir/base" -o $format "$dir/update.pcap"
    says out "no association has SPI 0x1000 (4096) between 10.1.0.1 and 192.0.2.7, or 10.1.9.9 and 192.0.2.7; known between them: SPI 0x3e8 (1000); the key file may mean 0x1000 where it says 1000"
done
judge 1 -k "$dir/base" -o json "$dir/update.pcap"
[[ $(jq -r 'select(.record == "authenticator").verdict' "$dir/out") == no-key ]] || fault "no-key is not"
judge 1 -o json "$dir/update.pcap"
says out '"why":"no keys were given; it has SPI 0x1000 (4096)"'

# --- published keys
printf '%s\n' '"a","10.1.0.1","192.0.2.7","4096","hex:15111111111111111111111111111111"' >"$dir/sample"
judge 1 -k "$dir/sample" -o json "$dir/update.pcap"
jq -r 'select(.rule == "key-weak").text' "$dir/out" >"$dir/text"
grep -q 'of association "a" is published as a sample (Solaris' "$dir/text" ||
    fault "published key: $(cat "$dir/text")"
! grep -q 1511111 "$dir/out" "$dir/err" || fault "a key is shown"

[[ $faults == 0 ]]
