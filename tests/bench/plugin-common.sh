# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Shared by the measurements of the plugin: tshark with it, as in the golden tests, and
# a capture to read.  To be sourced with the build tree in $1; then call use_capture.
source "$(dirname "${BASH_SOURCE[0]}")/../golden/common.sh"
shopt -s inherit_errexit # if tshark fails, nothing is measured

# use_capture MESSAGES NODES ASSOCIATIONS - make $work/all.pcap, and $keys, the options that
# give tshark its keys.
use_capture() {
    "$build/tests/bench/make_capture" "$@" "$work/keys" "$work/all.pcap"
    chmod 644 "$work/all.pcap"
    chmod 600 "$work/keys"
    [[ ${#as_user[@]} -eq 0 ]] || chown nobody "$work/keys"
    keys=(-o "mipro.key_file:$work/keys")
}

# in_tshark PLUGINS WRAPPER... -- OPTION...: let tshark dissect the capture without output.
in_tshark() {
    local plugins=$1 wrapper=()
    shift
    while [[ $1 != -- ]]; do
        wrapper+=("$1")
        shift
    done
    shift
    "${as_user[@]}" env HOME="$work/home" WIRESHARK_PLUGIN_DIR="$work/$plugins" "${wrapper[@]}" \
        tshark -q -z io,stat,0 -r "$work/all.pcap" "$@"
}
