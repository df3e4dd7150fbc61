#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# upstream.sh BUILD - the files of scripts/upstream for Wireshark are complete: each compiles with the
# warnings that are errors in Wireshark's own build, all link, and tshark passes the suite for
# Wireshark's tests.  The lists of a Wireshark tree are edited only once, however often it is run.
# (The installed Wireshark stands in for the tree, which takes half an hour to build.)
source "$(dirname "$0")/../prelude.sh"
set -euo pipefail
build=$1
top=$(cd "$(dirname "$0")/../.." && pwd)
[[ -d $build/plugins ]] || skip "no plugin in $build"
need tshark
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
version=$(cd "$build/plugins" && echo ./*/epan/mipro.so)
version=${version#./}
version=${version%%/*}

# ---- the lists of a tree ----

tree=$work/tree
mkdir -p "$tree/epan/dissectors" "$tree/doc"
touch "$tree/epan/dissectors/packet-mip.c"
printf 'set(PROJECT_MAJOR_VERSION 4)\nset(PROJECT_MINOR_VERSION 6)\n' >"$tree/CMakeLists.txt"
# shellcheck disable=SC2016  # CMake's variable
printf 'set(DISSECTOR_SRC\n\t${CMAKE_CURRENT_SOURCE_DIR}/packet-mip6.c\n\t${CMAKE_CURRENT_SOURCE_DIR}/packet-mka.c\n)\n' \
    >"$tree/epan/dissectors/CMakeLists.txt"
printf 'add_subdirectory(ftypes)\nadd_library(epan\n\t\t$<TARGET_OBJECTS:ftypes>\n)\n' >"$tree/epan/CMakeLists.txt"
printf '=== New Protocol Support\n\n' >"$tree/doc/release-notes.adoc"
"$top/scripts/upstream" "$tree" >"$work/log"
(cd "$tree" && find . -type f -exec sha256sum {} +) | sort >"$work/once"
"$top/scripts/upstream" "$tree" >"$work/log"
(cd "$tree" && find . -type f -exec sha256sum {} +) | sort | diff "$work/once" - || fault "a second run changes the tree"
for path in "$tree"/epan/dissectors/packet-mi[pn]*.c; do
    name=$(basename "$path")
    [[ $name == packet-mip.c || $(grep -c "/$name\$" "$tree/epan/dissectors/CMakeLists.txt") -eq 1 ]] ||
        fault "$name is not in the list of dissectors once"
done
[[ $(grep -c mipro "$tree/epan/CMakeLists.txt") -eq 2 ]] || fault "epan/CMakeLists.txt: $(<"$tree/epan/CMakeLists.txt")"
grep -q MIPRO "$tree/doc/release-notes.adoc" || fault "not in the release notes"
! grep -nE 'compat\.h|ws_bool|ETT_INIT|plugin_' "$tree"/epan/dissectors/packet-mi[pn]*.[ch] ||
    fault "something of the plugin is left"
mkdir "$work/other"
touch "$work/other/file"
! "$top/scripts/upstream" "$work/other" 2>/dev/null || fault "a folder with other files is accepted"

# ---- as Wireshark compiles it ----

new=$work/new
"$top/scripts/upstream" "$new" "$version" >"$work/log"
mkdir "$work/include" "$work/objects"
echo '#define HAVE_SSIZE_T 1' >"$work/include/config.h" # their build generates it
# Not all versions install the header of the wrappers, which on UNIX are just the functions.
if ! [[ -e $(pkg-config --variable=includedir wireshark)/wireshark/wsutil/file_util.h ]]; then
    mkdir "$work/include/wsutil"
    printf '#include <fcntl.h>\n#include <stdio.h>\n#include <sys/stat.h>\n%s\n' '#define ws_open open' \
        '#define ws_fopen fopen' '#define ws_fstat64 fstat' 'typedef struct stat ws_statb64;' \
        >"$work/include/wsutil/file_util.h"
fi
read -ra headers < <(pkg-config --cflags wireshark glib-2.0 | sed -E 's/-I/-isystem /g')
# From the lists in Wireshark's CMakeLists.txt.
warnings=(-Werror -Wall -Wextra -Wcast-qual -Wdiv-by-zero -Wduplicated-branches -Wendif-labels -Wformat-security
    -Wframe-larger-than=32768 -Wignored-qualifiers -Wlogical-op -Wmissing-declarations -Wmissing-prototypes
    -Wold-style-definition -Woverflow -Wpointer-arith -Wredundant-decls -Wshadow -Wstrict-prototypes
    -Wunused-const-variable -Wvla -Wno-pointer-sign -Wno-format-truncation)
cd "$work"
compile() { # FILE [OPTION...]
    cc -c -std=gnu11 -O1 -fPIC -D_GNU_SOURCE "${warnings[@]}" -Iinclude -Inew -Inew/epan/mipro "${headers[@]}" \
        -o "objects/${1//\//_}.o" "$@"
}
mapfile -t sources < <(find new/epan -name '*.c' | sort)
for path in "${sources[@]}"; do
    compile "$path" || fault "$path does not compile"
done
[[ ${#sources[@]} -gt 50 && $faults -eq 0 ]] || { echo "${#sources[@]} sources, $faults faults"; exit 1; }
# The entry points of a plugin.
{ echo '#include <ws_version.h>'; cat "$top/plugin/plugin.c"; } >new/epan/dissectors/plugin.c
compile new/epan/dissectors/plugin.c '-DMIPRO_VERSION="upstream"'
folder=plugins/$version/epan
mkdir -p "$folder"
read -ra libraries < <(pkg-config --libs wireshark glib-2.0)
cc -shared -o "$folder/mipro.so" objects/*.o -Wl,--version-script="$top/plugin/mipro.map" -Wl,-z,defs "${libraries[@]}" ||
    { echo "it does not link"; exit 1; }

# ---- the suite ----

python=
for name in python3 /usr/bin/python3; do # the first may not be Debian's
    ! "$name" -c 'import pytest' 2>/dev/null || python=$name
done
[[ -n $python ]] || { [[ $faults -eq 0 ]] || exit 1; echo "skip: no pytest, which runs the suite"; exit 77; }
cat >new/test/conftest.py <<'PY'
"""What Wireshark's own fixtures of these names give."""
import os
import pytest

@pytest.fixture
def cmd_tshark():
    return 'tshark'

@pytest.fixture
def capture_file():
    return lambda name: os.path.join(os.path.dirname(__file__), 'captures', name)

@pytest.fixture
def result_file(tmp_path):
    return lambda name: str(tmp_path / name)

@pytest.fixture
def test_env():
    return os.environ
PY
as_user=()
mkdir home
if [[ $(id -u) = 0 ]]; then
    as_user=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
    chown -R nobody home new
fi
chmod -R a+rX .
user() {
    "${as_user[@]}" env HOME="$work/home" TMPDIR="$work/home" LC_ALL=C.UTF-8 WIRESHARK_PLUGIN_DIR="$work/plugins" \
        PYTHONDONTWRITEBYTECODE=1 "$@"
}
user tshark -G plugins | grep -q '^mipro\.so' || fault "tshark does not load what was linked"
user "$python" -m pytest -q -p no:cacheprovider new/test/suite_mipro.py >log 2>&1 || fault "the suite: $(tail -n 40 log)"
# Check that it notices: with the wrong keys everything is bad.
sed -i 's/"hex:../"hex:ee/; s/"text:./"text:~/' new/test/captures/mipro/mipro.keys
! user "$python" -m pytest -q -p no:cacheprovider new/test/suite_mipro.py >log 2>&1 || fault "the suite passes with other keys"
[[ $faults -eq 0 ]]
