#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# plugin-memory.sh BUILD [MESSAGES] - the memory of tshark per additional message, in one pass and
# in two, without the plugin and with it.
source "$(dirname "$0")/plugin-common.sh"
messages=${2:-1000000}
need /usr/bin/time
# So many nodes that none gets too many updates: a finding would be remembered too.
use_capture "$messages" 20000 500

kib() { # PLUGINS OPTION...
    in_tshark "$1" /usr/bin/time -f "%M" -- "${@:2}" 2>&1 >/dev/null | tail -n 1
}
growth() { # PLUGINS OPTION...
    local few all tenth=$((messages / 10))
    few=$(kib "$@" -c $tenth)
    all=$(kib "$@")
    echo $(((all - few) * 1024 / (messages - tenth)))
}
for passes in 1 2; do
    way=()
    [[ $passes -eq 1 ]] || way=(-2)
    without=$(growth none "${way[@]}")
    with=$(growth plugins "${way[@]}" "${keys[@]}")
    echo "$passes pass(es): $without octets per message without the plugin, $with with it"
done
