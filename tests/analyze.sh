#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# analyze.sh - run cppcheck and gcc -fanalyzer over protocol/, verifier/, injector/ and plugin/.  By
# hand: it takes minutes.  Prints the reports that are not answered below; the status is 1 if there are any.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# FILE: MESSAGE, as patterns, each with the reason why the report is a false positive.
answers='
injector/scenario/packets.c: leak of           the event is in the list, which owns the frame
injector/tester/plan.c: leak of                inj_plan_free() closes what the plan holds
plugin/draw.c: use of uninitialized value      mipro_parties() returns the structure
protocol/conduct/acknowledge.c: dereference of NULL  weigh_acknowledge() first asks whether there is a home address
protocol/conduct/homes.c: .*h!=keep            the condition of the loop tests c->first
protocol/conduct/homes.c: dereference of NULL  a full ring has an oldest, and a queue that is not empty a first
protocol/conduct/namesake.c: leak of           the list owns it
protocol/conduct/registry.c: dereference of NULL  whoever is granted something has a registry
protocol/conduct/shard.c: dereference of NULL  what was put aside acts: mipro_doubted_asks()
protocol/conduct/tables.h: dereference of NULL  the same, where it is inlined in acknowledge.c
protocol/conduct/waits.c: dereference of NULL  a home address that has as many waits as it may has an oldest one
protocol/keys/ring.c: dereference of NULL      a word of the key file that was read is an algorithm
verifier/events/decode.c: use of uninitialized value  decode() sets it before the first event
verifier/events/encode.c: Null pointer dereference  __typeof__ evaluates nothing
verifier/events/read.c: leak of                the array owns the file until it is closed at the end
verifier/events/stream.h: use of uninitialized value  the same as of decode.c
verifier/option_table.c: .*slash==NULL          vrf_reproach() does not return
verifier/pipeline.c: Assigning an integer      g_new() is not known to cppcheck
verifier/stream.c: Assigning an integer        the same
verifier/report/html/sequence.c: Uninitialized variables  the loop fills all n of them, and qsort() reads no more
'
patterns=$(sed -nE 's/^([^ ]+: .*[^ ])  +[^ ].*$/\1/p; s/^([^ ]+: [^ ]+) {2,}.*/\1/p' <<<"$answers" | sort -u)

reports=$work/reports
: >"$reports"
if command -v cppcheck >/dev/null; then
    cppcheck --enable=warning,performance,portability --inline-suppr --std=c11 -q \
        -I protocol -I verifier -I injector --template='{file}: {message}' \
        --template-location='' protocol verifier injector plugin 2>&1 | grep . >>"$reports" || true
else
    echo "skip: no cppcheck"
fi
if gcc -fanalyzer -x c -c -o /dev/null - <<<'int x;' 2>/dev/null; then
    read -ra flags < <(pkg-config --cflags glib-2.0 wireshark)
    while read -r file; do
        gcc -std=gnu11 -O1 -fanalyzer -fdiagnostics-format=text -D_GNU_SOURCE -I protocol \
            -I "${file%%/*}" "${flags[@]}" -c -o /dev/null "$file" 2>&1 |
            sed -nE 's/^([^:]+):[0-9]+:[0-9]+: warning: (.*)/\1: \2/p' >>"$reports" || true
    done < <(find protocol verifier injector plugin -name '*.c')
else
    echo "skip: no gcc -fanalyzer"
fi
if sort -u "$reports" | grep -vEf <(printf '%s\n' "$patterns"); then
    exit 1
fi
