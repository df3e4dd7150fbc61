# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Shared by the scripts; to be sourced.  It changes to the top of the source tree, $top.

set -euo pipefail
export LC_ALL=C.UTF-8
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$top"

# Print a heading on standard output; bold on a terminal.
say() {
    if [ -t 1 ]; then
        printf '\n\033[1m== %s\033[0m\n' "$*"
    else
        printf '\n== %s\n' "$*"
    fi
}

# Report an error and exit.
die() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

am_root() {
    [ "$(id -u)" -eq 0 ]
}

# Build what users get, in build/, without the tests, unless they are already configured.
build_release() {
    local without=-DMIPRO_TESTS=OFF
    [ ! -e build/CMakeCache.txt ] || without=
    say "Building in build/"
    cmake --preset release ${without:+"$without"} "$@" >/dev/null
    cmake --build --preset release -- --quiet
}

# Create a folder that every user may read and that is removed when the script ends: $stage.
# As root, tshark ignores WIRESHARK_PLUGIN_DIR, so an ordinary user runs it; and that
# user may not be able to read the source tree (a clone under /root, say).
make_stage() {
    stage=$(mktemp -d "${TMPDIR:-/tmp}/mipro.XXXXXX")
    trap 'rm -rf "$stage"' EXIT
    chmod 755 "$stage"
    mkdir "$stage/home"
}

# Give the files in $stage to the user of as_user.  Key files must be readable only by
# their owner: otherwise the programs print a warning.
give_stage() {
    if am_root; then
        chown -R nobody:nogroup "$stage"
    fi
}

# Run a command as an ordinary user: as nobody, if we are root.
as_user() {
    if am_root; then
        setpriv --reuid=nobody --regid=nogroup --clear-groups \
            env -u XDG_CONFIG_HOME HOME="$stage/home" "$@"
    else
        env -u XDG_CONFIG_HOME HOME="$stage/home" "$@"
    fi
}
