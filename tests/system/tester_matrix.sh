#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tester_matrix.sh BUILD [ROW...] - the tester passes the right responder in every role, and
# fails each faulty one in exactly the cases that show its fault.
#
# Every row has two network namespaces of its own, joined by a veth pair.  A row is a line of
# the table below: its number of fields is free, and what is not named must not fail.
source "$(dirname "$0")/../prelude.sh"
set -u
build=${1:?usage: tester_matrix.sh BUILD [ROW...]}
shift
here=$(cd "$(dirname "$0")" && pwd)
timeout=${MATRIX_TIMEOUT:-0.25}
# A responder that died comes back only after the tester has given it up, which takes 5 timeouts,
# and of a mobile node 1.2 s more: so long may it wait before it registers again.
revive=$(awk -v t="$timeout" 'BEGIN { print t * 7 + 1.5 }')
jobs=${MATRIX_JOBS:-6}

# Every case whose answer bears an acknowledge; those of them where it is a good one.
accepted='VAL-01 VAL-08 FLG-02 VAL-03 LEN-11 RSV-01 LIF-01 LIF-02 LIF-03 LIF-04 LIF-05 LIF-06 LIF-07 SPI-03 AUT-10 EXT-01
    PFA-07 NET-01 NET-03 NET-05 NET-06 RUL-03 EXT-14'
refused='ADR-01 ADR-02 ADR-03 ADR-04 ADR-08 SPI-01 SPI-02 SPI-04 AUT-01 AUT-02 AUT-03 AUT-04
    AUT-05 AUT-06 AUT-07 AUT-08 AUT-09 AUT-12 AUT-13 AUT-14 AUT-18 AUT-19 AUT-20 AUT-22 EXT-03 EXT-04 EXT-06 EXT-07 NET-04'
forged='ADR-08 SPI-01 SPI-02 SPI-04 SPI-05 AUT-01 AUT-02 AUT-03 AUT-04 AUT-05 AUT-06 AUT-07 AUT-08
    AUT-12 AUT-13 AUT-14 AUT-15 AUT-16 AUT-17 AUT-18 AUT-19 AUT-20 AUT-22'

# One is dropped by the kernel, one is for a home agent without route optimization, which none of
# the responders is, and the others need --foreign-spi.
unrun='FWD-30 FWD-32 REG-71 REG-82 REG-83 REG-84 REG-86 RSV-05 '

# role association fault: cases that fail; behind a bar those that are inconclusive, "others"
# for all the rest.
table="
correspondent   none       none
correspondent   timestamp  none
correspondent   nonce      none
correspondent   hmac       none
correspondent   master     none
previous-agent  none       none
home-agent      none       none
home-agent      fragments  none
home-agent      timestamp  none
home-agent      hmac       none
home-agent      nonce      none
home-agent      chap       none
new-agent       none       none
new-agent       chap       none
mobile-node     none       none
mobile-node     chap       none

correspondent   none       accepts-forged       $forged
correspondent   none       compares-12-octets   AUT-02 AUT-14 AUT-15 AUT-17
correspondent   none       ignores-a            VAL-02 FLG-01
correspondent   none       all-131              | others
correspondent   none       wrong-ident          $accepted $refused
correspondent   none       wrong-home           $accepted $refused LEN-02 LEN-03 LEN-04
correspondent   none       bad-ack-auth         $accepted ADR-01 ADR-02 ADR-03 ADR-04 AUT-02 AUT-03
    AUT-04 AUT-05 AUT-07 AUT-08 AUT-12 AUT-13 AUT-14 AUT-18 AUT-19 AUT-22 EXT-06 EXT-07
correspondent   none       dies-on-cut          LEN-01 LEN-02 LEN-03 LEN-04
correspondent   none       dies-on-18           | others
correspondent   none       dies-on-overrun      AUT-09 EXT-03 EXT-05 EXT-14 LEN-05 NET-04 TYP-02
correspondent   none       answers-unknown-ext  LEN-06 EXT-02
correspondent   none       refuses-skippable    AUT-10 EXT-01
correspondent   none       refuses-reserved     RSV-01
correspondent   none       withholds-encapsulation  FLG-02
correspondent   timestamp  no-replay-check      IDN-01 IDN-03 IDN-04
correspondent   nonce      no-replay-check      IDN-01 IDN-02
correspondent   nonce      ignores-nonce        IDN-02
correspondent   none       any-spi              SPI-01 SPI-02 SPI-04 SPI-05
correspondent   none       trusts-addresses     ADR-01 ADR-02 ADR-03 ADR-04
previous-agent  none       accepts-forged       $forged FLG-01
previous-agent  none       keeps-deleted        LIF-01 LIF-02 | VAL-02 VAL-08 FLG-01
previous-agent  none       no-rate-limit        RTE-02
home-agent      none       registration-compares-first-12  REG-04 REG-05 REG-78 REG-87
home-agent      none       registration-forged  REG-02 REG-03 REG-04 REG-05 REG-06 REG-07 REG-08 REG-09 REG-10
    REG-11 REG-12 REG-13 REG-14 REG-15 REG-16 REG-17 REG-18 REG-19 REG-22 REG-23 REG-24 REG-25 REG-59 REG-75 REG-76 REG-78 REG-79 REG-87 REG-88 REG-92 REG-97
home-agent      timestamp  no-replay-check      REG-26 REG-27 REG-28 REG-29 REG-30 REG-77
home-agent      nonce      takes-any-nonce      REG-74
home-agent      none       dies-on-cut          REG-32 REG-33 LEN-07
home-agent      none       takes-last-of-two    EXT-08 REG-20
home-agent      none       keeps-deleted        REG-61
home-agent      none       withholds-deletion   REG-56 REG-57 REG-58 REG-61
home-agent      none       withholds-broadcasts REG-50
home-agent      none       withholds-other-port REG-68
home-agent      none       takes-ext-127        REG-41 REG-43 REG-44
home-agent      none       no-rate-limit        ADR-06 RTE-01
home-agent      none       discloses-private    VAL-06 RUL-02
home-agent      none       answers-other-ident  VAL-04 RSV-02 REG-75 REG-76 REG-81
home-agent      none       serves-anybody       ADR-07 EXT-11 REG-60 REG-62 REG-63 REG-64 REG-89 RUL-08
home-agent      none       warns-unprotected    EXT-10
new-agent       none       alters-handoff       PFA-01 PFA-08
new-agent       none       clears-a             PFA-01 PFA-08
new-agent       none       retransmits-handoff  PFA-01 PFA-05 PFA-08
new-agent       none       ignores-33           PFA-06 FWD-13 FWD-14 FWD-15 FWD-16 FWD-17 FWD-26 FWD-27 FWD-28 FWD-33 FWD-34 FWD-37 FWD-40
new-agent       none       trusts-care-of       FWD-08 PFA-03
new-agent       none       relays-all-ext       FWD-05
new-agent       none       withholds-deletion   FWD-06
new-agent       none       withholds-other-port FWD-24
new-agent       none       trusts-addresses     PFA-03 PFA-04
mobile-node     none       never-retransmits    RTE-03 | VAL-07 RSV-03 IDN-06 RUL-01
mobile-node     none       never-stops          VAL-07 RSV-03
mobile-node     none       no-smooth-handoff    none | ADV-01 ADV-05 RTE-03 VAL-07 RSV-03 IDN-06 RUL-01
mobile-node     none       registration-compares-first-12  RPL-03 RPL-16 RPL-20
mobile-node     none       takes-unsigned-reply RPL-05
mobile-node     none       hurries-requests     RPL-15
mobile-node     none       any-advertiser       ADV-02 ADV-03 ADV-04 ADV-06
"

write_keys() {      # ROLE ASSOCIATION
    local a='"keyed-md5","","none"' k='hex:000102030405060708090a0b0c0d0e0f'
    case $2 in
    timestamp | nonce) a="\"keyed-md5\",\"\",\"$2\"" ;;
    hmac) a='"hmac-md5","","none"' ;;
    master) k="master:$k" ;;
    chap) echo '"aaa","10.9.0.77","*","2","hex:505152535455565758595a5b5c5d5e5f","chap"' ;;
    esac
    echo "\"base\",\"10.9.0.1\",\"10.9.0.2\",\"0x1000\",\"$k\",$a"
    case $1 in
    correspondent | previous-agent)
        echo "\"lowest\",\"10.9.0.1\",\"10.9.0.2\",\"256\",\"text:the lowest of all keys\",$a"
        echo "\"highest\",\"10.9.0.1\",\"10.9.0.2\",\"0xffffffff\",\"text:the highest of keys\",$a"
        ;;
    home-agent)
        echo '"to-anybody","10.9.0.2","*","0x1000","hex:101112131415161718191a1b1c1d1e1f"'
        echo "\"to-node\",\"10.9.0.77\",\"10.9.0.2\",\"0x1000\",\"hex:202122232425262728292a2b2c2d2e2f\",$a"
        ;;
    new-agent | mobile-node)
        echo '"node-there","10.9.0.77","10.9.0.2","0x1000","hex:202122232425262728292a2b2c2d2e2f"'
        echo '"node-here","10.9.0.77","10.9.0.1","0x1000","hex:303132333435363738393a3b3c3d3e3f"'
        echo '"node-old","10.9.0.77","10.2.0.1","0x1000","hex:404142434445464748494a4b4c4d4e4f"'
        ;;
    esac
}

# In a namespace of its own already: build the other, play, leave the TAP in DIR/tap.
play() {            # DIR ROLE ASSOCIATION FAULT
    local dir=$1 role=$2 association=$3 fault=$4 holder relay='' spi=0x1000
    [ "$association" != chap ] || spi=2
    trap 'kill $(jobs -p) 2>/dev/null' EXIT
    write_keys "$role" "$association" >"$dir/keys"
    chmod 600 "$dir/keys"
    unshare -n sleep 300 &
    holder=$!
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        [ "$(readlink /proc/$holder/ns/net)" != "$(readlink /proc/self/ns/net)" ] && break
        sleep 0.1
    done
    ip link set lo up
    if [ -n "${MATRIX_LINK:-}" ]; then      # LOSS DUPLICATE DELAY SEED, of lossy_relay.py
        ip link add t0 type veth peer name m0 && ip link add m1 type veth peer name r0 netns $holder &&
            ip link set m0 up && ip link set m1 up || exit 4
        nsenter -t $holder -n python3 "$here/lossy_relay.py" --sums r0 || exit 4
        # shellcheck disable=SC2086  # words on purpose
        python3 "$here/lossy_relay.py" m0 m1 $MATRIX_LINK >"$dir/relay" &
        relay=$!
        for _ in {1..100}; do
            [ ! -s "$dir/relay" ] || break
            sleep 0.1
        done
    else
        ip link add t0 type veth peer name r0 netns $holder || exit 4
    fi
    ip addr add 10.9.0.1/24 dev t0
    ip link set t0 up
    nsenter -t $holder -n sh -c 'ip addr add 10.9.0.2/24 dev r0; ip link set r0 up
        ip link set lo up; ip route add default via 10.9.0.1' || exit 4
    # Its answers come in fragments.
    [ "$association" != fragments ] ||
        nsenter -t $holder -n ip route change 10.9.0.0/24 dev r0 src 10.9.0.2 mtu lock 68 || exit 4
    nsenter -t $holder -n "$build/mipro-inject" respond --role="$role" --source=10.9.0.2 \
        --home=10.9.0.77 --home-agent=10.9.0.1 --keys="$dir/keys" --fault="$fault" --revive="$revive" \
        --update-rate=5/2 --window=300 >"$dir/ready" 2>"$dir/responder" &
    for _ in {1..100}; do
        [ ! -s "$dir/ready" ] || break
        sleep 0.1
    done
    "$build/mipro-inject" test --interface=t0 --source=10.9.0.1 --destination=10.9.0.2 \
        --keys="$dir/keys" --spi="$spi" --home=10.9.0.77 --role="$role" --timeout="$timeout" \
        --update-rate=5/2 --spoof --allow=10.9.0.0/24 --junit="$dir/junit" \
        ${MATRIX_RETRY:+--retry=$MATRIX_RETRY} >"$dir/tap" 2>"$dir/err"
    echo $? >"$dir/status"
    [ -z "$relay" ] || { kill $relay && wait $relay; } 2>/dev/null || :
}

ids() {             # of the points that stdin holds, in order
    sed -n 's/^\(not \)\?ok [0-9]* - \([A-Z]*-[0-9]*\).*/\2/p' | sort | tr '\n' ' '
}

tally() {           # TAP
    echo "$(grep -c '^ok [0-9]* - [^ ]*$' "$1") passed, $(grep -c '# WARN' "$1") warned," \
        "$(grep -c '^not ok [0-9]* - [^ ]*$' "$1") failed," \
        "$(grep -c '# INCONCLUSIVE' "$1") inconclusive, $(grep -c '# SKIP' "$1") not run"
}

# What the row says against what the run said; a line for each difference.
compare() {         # DIR EXPECTED...
    local dir=$1 fail open others got status tap=$1/tap row
    shift
    row="$*"
    fail=$(tr ' ' '\n' <<<"${row%%|*}" | grep -- - | sort | tr '\n' ' ')
    others=$([[ $row == *'| others' ]] && echo yes)
    got=$(grep '^not ok' "$tap" | grep -v '# INCONCLUSIVE' | ids)
    [ "$fail" = "$got" ] || {
        echo "should fail: $fail"
        echo "failed:      $got"
    }
    got=$(grep '# INCONCLUSIVE' "$tap" | ids)
    open=$(tr ' ' '\n' <<<"$row" | sed '1,/|/d' | grep -- - | sort | tr '\n' ' ')
    if [ -n "$others" ]; then
        got=$(grep '^ok' "$tap" | grep -v '# SKIP' | ids)
        [ -z "$got" ] || echo "passed though it shows nothing: $got"
    elif [ "$open" != "$got" ]; then
        echo "should be inconclusive: $open"
        grep '# INCONCLUSIVE' "$tap"
    fi
    status=0
    [ -z "$fail$open$others" ] || status=1
    [ "$(cat "$dir/status")" = $status ] || echo "exit status $(cat "$dir/status"), not $status"
    [ "1..$(grep -c '^\(not \)\?ok' "$tap")" = "$(sed -n 2p "$tap")" ] || echo "the plan is not kept"
    [ "$(grep -c '^not ok' "$tap")" = "$(grep -c '<failure' "$dir/junit")" ] ||
        echo "TAP and JUnit differ"
    # What was not run shows nothing.
    [ "$(grep '^ok' "$tap" | grep -vc '# SKIP')" -gt 0 ] || [ -n "$others" ] || echo "nothing passed"
    ! grep -v 'crashed on this message' "$dir/responder" || :
}

row() {             # DIR ROLE ASSOCIATION FAULT EXPECTED...
    local dir=$1 faults
    mkdir -p "$dir"
    timeout -k 1 150 unshare -Urn bash "$here/tester_matrix.sh" "$build" --play "$dir" "$2" "$3" "$4" \
        >"$dir/log" 2>&1 </dev/null
    shift 4
    if [ ! -s "$dir/status" ]; then
        faults="the run did not end: $(cat "$dir/log" "$dir/err" 2>/dev/null)"
    else
        faults=$(compare "$dir" "$@")
    fi
    echo "$faults" >"$dir/faults"
}

if [ "${1:-}" = --play ]; then
    shift
    play "$@"
    exit
fi
need "$build/mipro-inject"
unshare -Urn sh -c 'ip link add t0 type veth peer name r0 && unshare -n true' 2>/dev/null ||
    skip "no network namespaces here: unshare -Urn and veth pairs are needed"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n=0
bad=0
# A long list of cases goes on over lines that begin with a blank.
table=$(sed -e ':a' -e 'N' -e '$!ba' -e 's/\n  */ /g' <<<"$table")
while read -r role association fault expected; do
    [ -n "$role" ] || continue
    name=$role-$association-$fault
    [ $# -eq 0 ] || [[ " $* " == *" $name "* ]] || continue
    while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n; done
    # shellcheck disable=SC2086  # words on purpose
    row "$work/$name" "$role" "$association" "$fault" $expected &
    n=$((n + 1))
done <<<"$table"
wait
# A machine that is busy elsewhere can spoil a run: what differs is played again, with nothing beside it.
again=0
while read -r role association fault expected; do
    name=$role-$association-$fault
    [ -n "$(cat "$work/$name/faults" 2>/dev/null)" ] || continue
    [ $again -lt 5 ] || break
    again=$((again + 1))
    echo "# $name again:"
    sed 's/^/#     /' "$work/$name/faults"
    rm -rf "${work:?}/$name"
    # shellcheck disable=SC2086  # words on purpose
    row "$work/$name" "$role" "$association" "$fault" $expected
done <<<"$table"
for dir in "$work"/*/; do
    name=$(basename "$dir")
    if [ -n "$(cat "$dir/faults")" ]; then
        bad=$((bad + 1))
        echo "not ok - $name"
        sed 's/^/    /' "$dir/faults"
        [ -z "${MATRIX_KEEP:-}" ] || cp -r "$dir" "$MATRIX_KEEP/"
    else
        echo "ok - $name: $(tally "$dir/tap")"
    fi
done
# No case is passed over by all of them, but those that say why.
if [ $# -eq 0 ]; then
    cat "$work"/*/tap >"$work/all"
    never=$(comm -23 <(ids <"$work/all" | tr ' ' '\n' | sort -u) <(grep -v '# SKIP' "$work/all" | ids | tr ' ' '\n' | sort -u) | tr '\n' ' ')
    [ "$never" = "$unrun" ] || {
        echo "not ok - never run: $never"
        bad=$((bad + 1))
    }
fi
echo "$n rows, $bad not as they should be"
[ $bad -eq 0 ] && [ $n -gt 0 ]
