#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Typical mistakes in key files, with mipro-verify: byte order marks, other encodings, newlines, published
# keys, a capture instead of a key file and the reverse; and the report on a missing key.
source "$(dirname "$0")/../prelude.sh"
set -u # no pipefail: mipro-verify ends with 1 on purpose
build=$1
verify=$build/mipro-verify
cd "$(dirname "$0")/../.." || exit 1
need "$verify" jq iconv
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
umask 077
good=pcaps/correspondent.pcap # Binding Updates of 10.1.0.1 to 192.0.2.7, SPI 4096

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

for encoding in UTF-16 UTF-16LE UTF-16BE UTF-32 UTF-32LE UTF-32BE; do
    iconv -f UTF-8 -t $encoding "$dir/keys" >"$dir/encoded"
    judge 2 -k "$dir/encoded" $good
    says err "is ${encoding%[LB]E}; save it again as UTF-8"
done
sed 's/$/\r/' "$dir/keys" >"$dir/crlf"
judge 0 -k "$dir/crlf" $good
cmp -s "$dir/out" "$dir/plain" || fault "with carriage returns it is judged otherwise"
tr '\n' '\r' <"$dir/keys" >"$dir/cr"
judge 2 -k "$dir/cr" $good
says err "$dir/cr: ends its lines with carriage returns alone"
for nothing in '' '\xef\xbb\xbf' '# nothing\n'; do
    # shellcheck disable=SC2059  # a format
    printf "$nothing" >"$dir/nothing"
    judge 1 -k "$dir/nothing" $good
    says err "$dir/nothing: has no associations"
done

judge 2 -k $good "$dir/keys"
says err "$good: is a capture (pcap), not a key file"
[[ $(wc -l <"$dir/err") == 1 ]] || fault "more is said of a capture than that it is no key file"
# Compressed, as a key file and as a capture, from a file and from a pipe.
for by in gzip zstd xz bzip2; do
    command -v $by >/dev/null || { echo "skip: $by is not here, so it is not tried"; continue; }
    $by -c <$good >"$dir/packed"
    judge 2 -k "$dir/packed" $good
    says err "$dir/packed: is compressed ($by)"
    case $by in
    gzip | zstd)
        judge 0 -k "$dir/keys" "$dir/packed"
        "$verify" -k "$dir/keys" - <"$dir/packed" >"$dir/out" 2>"$dir/err" || fault "$by on standard input: $?"
        cat "$dir/packed" | "$verify" -k "$dir/keys" - >"$dir/out" 2>"$dir/err" || fault "$by from a pipe: $?"
        sed 's/^-:/x:/' "$dir/out" | cmp -s - <(sed "s,^$good:,x:," "$dir/plain") ||
            fault "$by from a pipe is judged otherwise"
        ;;
    *)
        judge 3 -k "$dir/keys" "$dir/packed"
        says err "is compressed with $by, which cannot be read; decompress it first ($by -d)"
        cat "$dir/packed" | "$verify" -k "$dir/keys" - >"$dir/out" 2>"$dir/err"
        [[ $? == 3 ]] || fault "$by from a pipe: no status 3"
        says err "is compressed with $by, which cannot be read"
        ;;
    esac
done
judge 3 -k "$dir/keys" "$dir/keys"
says err "$dir/keys: is a key file, not a capture"
judge 3 "$dir/marked"
says err "$dir/marked: is a key file, not a capture"
"$verify" - <"$dir/keys" >"$dir/out" 2>"$dir/err"
says err "is a key file, not a capture"
cat "$dir/keys" | "$verify" - >"$dir/out" 2>"$dir/err"
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

# --- compressed captures that are damaged, from a file and from a pipe
damaged() { # STATUS WORDS: of $dir/packed
    judge "$1" -k "$dir/keys" "$dir/packed"
    says err "$2"
    cat "$dir/packed" | "$verify" -k "$dir/keys" - >"$dir/out" 2>"$dir/err"
    [[ ${PIPESTATUS[1]} == "$1" ]] || fault "from a pipe no status $1 where '$2' is due"
    says err "$2"
}
big=pcaps/cases.pcap
for by in gzip zstd; do
    command -v $by >/dev/null || continue
    $by -c <$big >"$dir/whole"
    size=$(stat -c %s "$dir/whole")
    for n in 7 20 $((size / 2)) $((size - 4)) $((size - 1)); do
        head -c "$n" "$dir/whole" >"$dir/packed"
        damaged 3 "cut short in the middle of"
    done
    { head -c $((size / 2)) "$dir/whole"; printf '%050d' 0; tail -c +$((size / 2 + 51)) "$dir/whole"; } >"$dir/packed"
    judge 3 -k "$dir/keys" "$dir/packed"
    $by -c </dev/null >"$dir/packed"
    damaged 3 "has no frames"
    : >"$dir/packed"
    damaged 3 "is empty"
    # Members of one capture, one after the other, are one capture.
    half=$(($(stat -c %s $big) / 2))
    { head -c $half $big | $by -c; tail -c +$((half + 1)) $big | $by -c; } >"$dir/packed"
    judge 1 -k "$dir/keys" $big
    sed "s,^$big:,x:," "$dir/out" >"$dir/plain"
    judge 1 -k "$dir/keys" "$dir/packed"
    sed "s,^$dir/packed:,x:," "$dir/out" | cmp -s - "$dir/plain" || fault "members by $by are judged otherwise"
    # Two captures one after the other are none.
    cat "$dir/whole" "$dir/whole" >"$dir/packed"
    damaged 3 "damaged or corrupt"
done

[[ $faults == 0 ]]
