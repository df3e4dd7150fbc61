#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# upstream-checks.sh FOLDER [SOURCE] - what Wireshark's own checkers say of plugin/*.c.
# They come from Debian's source package of the Wireshark that is installed, fetched into
# FOLDER once; SOURCE is an unpacked one that is there already.
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
[ $# -gt 0 ] || { echo "usage: upstream-checks.sh FOLDER [SOURCE]" >&2; exit 2; }
mkdir -p "$1"
folder=$(cd "$1" && pwd)
checkers=(checkAPIs.pl checkhf.pl checkfiltername.pl check_typed_item_calls.py check_tfs.py)

skip() {
    printf 'skip: %s; %d checkers did not run\n' "$*" ${#checkers[@]}
    exit 77
}

# apt with lists, cache and sources of its own: nothing of the machine's is touched.
private_apt() {
    apt-get -qq -o Dir::Etc::SourceList="$folder/apt/sources.list" -o Dir::Etc::SourceParts=/dev/null \
        -o Dir::State::Lists="$folder/apt/lists" -o Dir::Cache="$folder/apt/cache" \
        -o APT::Sandbox::User=root -o Acquire::Languages=none "$@" </dev/null
}

fetch() {
    local version keyring=
    command -v dpkg-query >/dev/null || skip "no Debian, no source package"
    version=$(dpkg-query -W -f '${source:Upstream-Version}' wireshark-dev 2>/dev/null) ||
        skip "wireshark-dev is not installed"
    mkdir -p "$folder/apt/lists/partial" "$folder/apt/cache/archives/partial"
    [ ! -e /usr/share/keyrings/debian-archive-keyring.gpg ] ||
        keyring='[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] '
    # shellcheck disable=SC2016  # apt's variables
    apt-get indextargets --format '$(ORIGIN) $(REPO_URI) $(RELEASE) $(COMPONENT)' \
        'Created-By: Packages' |
        sed -n "s,^Debian ,deb-src $keyring,p" >"$folder/apt/sources.list"
    [ -s "$folder/apt/sources.list" ] || skip "apt knows no Debian mirror"
    private_apt update >"$folder/apt/log" 2>&1 || skip "no list of sources: $(tail -n 1 "$folder/apt/log")"
    (cd "$folder" && private_apt source --download-only --tar-only wireshark >"$folder/apt/log" 2>&1) ||
        skip "no source package: $(grep -m 1 '^E:' "$folder/apt/log")"
    # The checkers want little more than themselves.
    mkdir -p "$folder/source"
    tar -C "$folder/source" --strip-components=1 --wildcards -xf "$folder"/wireshark_*.orig.tar.* \
        '*/tools/check*' '*/epan/tfs.c' '*/epan/tfs.h'
    rm -rf "$folder"/wireshark_*
    echo "$version" >"$folder/source/of-version"
}

source=${2:-$folder/source}
[ -e "$source/tools/checkhf.pl" ] || fetch
for tool in perl python3; do
    command -v $tool >/dev/null || skip "no $tool"
done

cd "$source"
files=("$top"/plugin/*.c)
faults=0
# Their exit status says little: what counts is whether they found anything to say.
run() {     # NAME COMMAND...
    local name=$1 file found=
    shift
    if [ ! -e "tools/$name" ]; then
        printf 'skip: this Wireshark has no %s; 1 checker did not run\n' "$name"
        return
    fi
    for file in "${files[@]}"; do
        found+=$("$@" "$file" 2>&1 |
            grep -vE '^(Examining:.*|.*/plugin/[^ :]*\.c *|0 (warnings|errors).*|)$') || true
    done
    if [ -n "$found" ]; then
        printf '%s:\n%s\n' "$name" "$found"
        faults=$((faults + 1))
    else
        printf '%s: nothing to say of %d files\n' "$name" ${#files[@]}
    fi
}
run checkAPIs.pl perl tools/checkAPIs.pl
run checkhf.pl perl tools/checkhf.pl
run checkfiltername.pl perl tools/checkfiltername.pl
run check_typed_item_calls.py python3 tools/check_typed_item_calls.py --mask --consecutive --file
run check_tfs.py python3 tools/check_tfs.py --file
[ "$faults" -eq 0 ]
