#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# upstream-checks.sh FOLDER [SOURCE] - run Wireshark's own checkers on plugin/*.c, and on the
# files that scripts/upstream makes from the plugin and the library.
# They come from Debian's source package of the installed Wireshark, downloaded into
# FOLDER once; SOURCE is an existing unpacked one.
source "$(dirname "$0")/prelude.sh"
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

# apt with its own lists, cache and sources: those of the machine are not touched.
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
    private_apt update >"$folder/apt/log" 2>&1 || skip "no list of source packages could be fetched"
    (cd "$folder" && private_apt source --download-only --tar-only wireshark >"$folder/apt/log" 2>&1) ||
        skip "the mirror does not have the source package of Wireshark $version"
    # The checkers need little more than themselves.
    mkdir -p "$folder/source"
    tar -C "$folder/source" --strip-components=1 --wildcards -xf "$folder"/wireshark_*.orig.tar.* \
        '*/tools/check*' '*/epan/tfs.c' '*/epan/tfs.h'
    rm -rf "$folder"/wireshark_*
    echo "$version" >"$folder/source/of-version"
}

source=${2:-$folder/source}
# Remove what was downloaded for another version of Wireshark.
[ $# -gt 1 ] || cmp -s "$source/of-version" <(dpkg-query -W -f '${source:Upstream-Version}\n' wireshark-dev 2>/dev/null) ||
    fetch
for tool in perl python3; do
    command -v $tool >/dev/null || skip "no $tool"
done

# checkfiltername.pl recognizes the file of a protocol by its name, and ignores all others:
# our fields are in another file than the protocol, so it gets both in one.  And a copy with a fault for
# each checker: the silence of one that does not find it means nothing.
whole=$folder/whole/packet-mipro.c faulty=$folder/faulty/packet-mipro.c
mkdir -p "${whole%/*}" "${faulty%/*}"
# Nor do they recognize a field that is an array element or a member.
cat "$top"/plugin/packet-mipro.c "$top"/plugin/fields.c |
    sed -E 's/\<(hf_mipro(_auth|_pfan)?)(\[([A-Z0-9_]+)\]|\.([a-z]+))/\1_\4\5/g' >"$whole"
{
    sed 's/"mipro\.target"/"wrong.target"/; s/FT_UINT16, BASE_HEX, NULL, 0,/FT_UINT16, BASE_HEX, NULL, 0x123456,/' "$whole"
    echo 'static int hf_mipro_of_nobody = -1;'
    echo 'static const true_false_string tfs_known = { "Yes", "No" };'
    echo 'static void unsafe(char *to, const char *from) { strcpy(to, from); }'
} >"$faulty"

cd "$source"
# The output of a checker except for its progress.  Its exit status says little.
say() {     # COMMAND... FILE
    "$@" 2>&1 | grep -vE '^(Examining:.*|.*/[^ :]*\.c *|0 (warnings|errors).*|)$' || true
}
run() {     # NAME COMMAND...
    local name=$1 file found=
    shift
    if [ ! -e "tools/$name" ]; then
        printf 'skip: this Wireshark has no %s; 1 checker did not run\n' "$name"
        return
    fi
    for file in "$top"/plugin/*.c "$whole"; do
        found+=$(say "$@" "$file")
    done
    [ -n "$(say "$@" "$faulty")" ] || found+="finds nothing in $faulty, which has a fault for it"
    if [ -n "$found" ]; then
        printf '%s:\n%s\n' "$name" "$found"
        faults=$((faults + 1))
    else
        printf '%s: nothing to say\n' "$name"
    fi
}
run checkAPIs.pl perl tools/checkAPIs.pl
run checkhf.pl perl tools/checkhf.pl
run checkfiltername.pl perl tools/checkfiltername.pl
run check_typed_item_calls.py python3 tools/check_typed_item_calls.py --mask --consecutive --file
run check_tfs.py python3 tools/check_tfs.py --file

# All files for Wireshark, as tools/pre-commit calls the checker.  (A member with the name of
# a function of the C library is only a warning there.)
rm -rf "$folder/new"
"$top/scripts/upstream" "$folder/new" >/dev/null
mapfile -t new < <(find "$folder/new/epan" -name '*.[ch]')
[ ${#new[@]} -gt 50 ] || fault "scripts/upstream made only ${#new[@]} files"
found=$(perl tools/checkAPIs.pl -p "${new[@]}" 2>&1 | grep -v 'Warning: Found shadow variable' || true)
if [ -n "$found" ]; then
    printf 'checkAPIs.pl, of the files of scripts/upstream:\n%s\n' "$found"
    faults=$((faults + 1))
else
    printf 'checkAPIs.pl, of the %d files of scripts/upstream: nothing to say\n' ${#new[@]}
fi
[ "$faults" -eq 0 ]
