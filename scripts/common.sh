# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the scripts share.  Source it; it leaves you at the top of the source tree, in $top.

set -euo pipefail
export LC_ALL=C.UTF-8
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$top"

# A heading on standard output; bold where somebody looks.
say() {
    if [ -t 1 ]; then
        printf '\n\033[1m== %s\033[0m\n' "$*"
    else
        printf '\n== %s\n' "$*"
    fi
}

# The way out of a script that cannot do its work.
die() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

am_root() {
    [ "$(id -u)" -eq 0 ]
}

# Build what users get, in build/.  The tests are left out, unless somebody had them in.
build_release() {
    local without=-DMIPRO_TESTS=OFF
    [ ! -e build/CMakeCache.txt ] || without=
    say "Building in build/"
    cmake --preset release ${without:+"$without"} "$@" >/dev/null
    cmake --build --preset release -- --quiet
}

# A folder that vanishes with the script and that every user may read: $stage.
# As root, tshark ignores WIRESHARK_PLUGIN_DIR, so an ordinary user runs it; and that
# user may not be able to read the source tree (a clone under /root, say).
make_stage() {
    stage=$(mktemp -d "${TMPDIR:-/tmp}/mipro.XXXXXX")
    trap 'rm -rf "$stage"' EXIT
    chmod 755 "$stage"
    mkdir "$stage/home"
}

# Hand over what lies in $stage to the user that as_user becomes.  Key files are for
# their owner only: the programs warn about others.
give_stage() {
    if am_root; then
        chown -R nobody:nogroup "$stage"
    fi
}

# Run a command as an ordinary user: nobody, where we are root.
as_user() {
    if am_root; then
        setpriv --reuid=nobody --regid=nogroup --clear-groups \
            env -u XDG_CONFIG_HOME HOME="$stage/home" "$@"
    else
        env -u XDG_CONFIG_HOME HOME="$stage/home" "$@"
    fi
}
