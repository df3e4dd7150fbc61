#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# check-layers.sh [LIBRARY] - which files may include which headers, and what protocol/ may call.
# LIBRARY is protocol/'s archive; without it only the includes are checked.
source "$(dirname "$0")/prelude.sh"
set -euo pipefail
cd "$(dirname "$0")/.."

# Folders, lowest first: a file may include the private headers of its own folder and of those
# that its row names, and of the public headers (protocol/mipro_*.h) those that its row names.
# The first row whose pattern matches a file decides.  All may use the C library's headers;
# own/ means any header of the file's own program.
layers='
protocol/mipro_*.h          mipro_*.h glib.h
protocol/time.c             mipro_time.h
protocol/mix.c              mipro_mix.h mipro_reader.h
protocol/crypto/*           crypto/* mipro_algorithm.h glib.h
protocol/wire/*             wire/* mipro_wire.h mipro_reader.h mipro_message.h mipro_build.h mipro_algorithm.h
protocol/keys/*             keys/* crypto/md5/lanes.h mipro_algorithm.h mipro_keys.h mipro_mix.h mipro_text.h mipro_time.h mipro_wire.h glib.h
protocol/auth/*             auth/* crypto/*.h keys/keyring.h mipro_algorithm.h mipro_auth.h mipro_build.h mipro_sign.h mipro_keys.h mipro_message.h mipro_mix.h mipro_reader.h mipro_time.h mipro_wire.h
protocol/text/*             mipro_text.h mipro_junit.h glib.h
protocol/decap/*            decap/* mipro_decap.h mipro_plain.h mipro_fragment.h mipro_mix.h mipro_reader.h mipro_time.h mipro_wire.h glib.h
protocol/rules/*            rules/* mipro_rules.h mipro_auth.h mipro_keys.h mipro_message.h mipro_reader.h mipro_time.h mipro_wire.h glib.h
protocol/conduct/*          conduct/* mipro_*.h
plugin/*                    own/ mipro_*.h glib.h epan/* wiretap/wtap.h wsutil/* ws_*.h config.h wireshark.h
injector/compose/frame.*    own/ mipro_*.h libnet.h
injector/cases/*            cases/* compose/* cli/* mipro_*.h
injector/*                  own/ mipro_*.h pcap/* pcap.h glib.h
verifier/capture/*          own/ mipro_*.h glib.h pcap/* pcap.h wiretap/* wsutil/* ws_*.h
verifier/report/html/page.c own/ html_assets.h mipro_*.h glib.h
verifier/*                  own/ mipro_*.h glib.h
'
# Headers that do not belong to the C library.
foreign='^(glib|gmodule|gio/.*|epan/.*|wsutil/.*|wiretap/.*|ui/.*|ws_.*|wireshark|config|pcap|pcap/.*|libnet|gcrypt|openssl/.*|nettle/.*|zlib|zstd)\.h$'

allowed() {     # FILE HEADER
    local file=$1 header=$2 pattern rest may
    while read -r pattern rest; do
        # shellcheck disable=SC2053  # a pattern on purpose
        [[ -n $pattern && $file == $pattern ]] || continue
        for may in $rest; do
            [[ $may == own/ && $header != *../* && -e "${file%%/*}/$header" ]] && return 0
            # shellcheck disable=SC2053
            [[ $header == $may ]] && return 0
        done
        return 1
    done <<<"$layers"
    return 1
}

includes=$(grep -rn --include='*.[ch]' '^[[:space:]]*#[[:space:]]*include' protocol plugin injector verifier)
while IFS=: read -r file line text; do
    if [[ $text =~ \#[[:space:]]*include[[:space:]]*([\<\"])([^\>\"]+)[\>\"] ]]; then
        quote=${BASH_REMATCH[1]} header=${BASH_REMATCH[2]}
        [[ $quote == '"' || $header =~ $foreign ]] || continue
        set -f
        allowed "$file" "$header" || fault "$file:$line: may not include $header"
        set +f
    fi
done <<<"$includes"

if [ $# -gt 0 ]; then
    # The library returns what is wrong and where; reporting it, and exiting, is up to the programs.
    symbols=$(nm -u "$1" | awk '{ print $NF }' | sort -u)
    grep -qx memcpy <<<"$symbols" || fault "$1: nm does not tell what it calls"
    while read -r symbol; do
        fault "$1: calls $symbol"
    done < <(grep -xE '_*(printf|vprintf|puts|putchar|perror|fputs|fputc|putc|fwrite|fprintf|vfprintf|exit|_exit|assert_fail|g_print|g_printerr|g_log.*|syslog)(_chk)?|stdout|stderr' <<<"$symbols")
    # The plugin loads the library into other programs: no name may collide with theirs.
    symbols=$(nm -g --defined-only "$1" | awk 'NF == 3 { print $3 }' | sort -u)
    grep -qx mipro_conduct_new <<<"$symbols" || fault "$1: nm does not tell what it defines"
    while read -r symbol; do
        fault "$1: defines $symbol, without the prefix mipro_"
    done < <(grep -v '^mipro_' <<<"$symbols")
fi

[ "$faults" -eq 0 ] || { printf '%d faults\n' "$faults"; exit 1; }
