# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Bare Debians in folders of their own, for scripts/versions and scripts/upgrade.  Source it after
# common.sh.  Needs root, and keeps SUITE.tar in $place for the next time.

am_root || die "need root to make a Debian of its own"
place=${MIPRO_CHROOTS:-/var/tmp/mipro-chroots}
mkdir -p "$place"

# Nothing but the base system, as debootstrap leaves it.
make_base() {
    local suite=$1
    [ -e "$place/$suite.tar" ] && return
    scripts/deps versions
    say "Making a bare $suite"
    mkdir -p "$place/base"
    debootstrap --variant=minbase "$suite" "$place/base/$suite" >"$place/$suite.log" 2>&1 ||
        die "debootstrap $suite failed: see $place/$suite.log"
    tar -C "$place/base" -cf "$place/$suite.tar" "$suite"
    rm -rf "$place/base/$suite"
}

# Run a command with $1 as the root of its own mounts: none is left behind.
inside() {
    local root=$1
    shift
    # shellcheck disable=SC2016  # expanded inside
    unshare --mount --pid --fork --kill-child --propagation private bash -c '
        set -e
        root=$1; shift
        mount --bind "$root" "$root"
        cd "$root"
        mount -t proc proc proc
        mount --rbind /sys sys
        mount --rbind /dev dev
        mkdir -p .outside
        pivot_root . .outside
        umount -l .outside
        cd /root/mipro
        exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb "$@"
    ' inside "$root" "$@" </dev/null
}

# $1 becomes the root of a bare Debian of suite $2.
unpack() {
    rm -rf "$1"
    mkdir -p "$1"
    tar -C "$1" --strip-components=1 -xf "$place/$2.tar"
    cp /etc/resolv.conf "$1/etc/resolv.conf"
    # A mirror that stands still is as good.
    echo 'Acquire::Check-Valid-Until "false";' >"$1/etc/apt/apt.conf.d/99mirror"
    mkdir "$1/root/mipro"
}
