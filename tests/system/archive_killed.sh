#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# archive_killed.sh BUILD [SEED [RUNS [slurm]]] - an audit whose processes are killed at random moments, by SIGKILL or
# SIGTERM: tasks, programs in them, the script, GNU parallel; and with "slurm", by hand, the controller, and a node with
# all that runs on it.  Whatever was killed, the script is called again, and the report is that of one process.
source "$(dirname "$0")/../prelude.sh"
set -u
seed=${2-1} runs=${3-3} what=${4-parallel} minutes=60
if [[ $what == slurm ]]; then
    source "$(dirname "$0")/../slurm.sh"
else
    source "$(dirname "$0")/../archive.sh"
    command -v setsid >/dev/null || skip "setsid is not here"
fi

python3 "$top/tests/system/archive_history.py" . 24 200 || exit 1
find archive -name '*.pcapng' | LC_ALL=C sort >files
"$build/mipro-verify" -k keys -o json --continue $(cat files) >one.jsonl 2>/dev/null
# Slower, so that there is time to be killed in.
cat >slow <<END
#!/bin/bash
sleep "0.\$((RANDOM % 3))\$((RANDOM % 10))"
"$build/mipro-verify" "\$@"
got=\$?
sleep "0.\$((RANDOM % 3))\$((RANDOM % 10))"
exit \$got
END
chmod +x slow

# start: the script, in a session of its own, with its number in $driver.
start() {
    local given=(--work=audit --attempts=20)
    [[ -e audit/plan ]] || given+=(-k keys --verify="$work/slow" --tasks=5 --shards=4 --files=files)
    if [[ $what == slurm ]]; then
        given+=(--poll=1)
    else
        given+=(-j 2)
    fi
    setsid "$top/scripts/archive-$what" "${given[@]}" >>said 2>&1 </dev/null &
    driver=$!
}

# of_audit: the processes of the script and of tasks.
of_audit() {
    if [[ $what == slurm ]]; then
        pgrep -f 'archive-slurm|archive-task|slurmstepd|mipro-verify'
    else
        ps -o pid= -s "$driver"
    fi
}

# strike: kill something.
strike() {
    local signal=$((RANDOM % 2 ? 9 : 15)) victims node
    mapfile -t victims < <(of_audit)
    if [[ $what == slurm && $((RANDOM % 4)) == 0 ]]; then
        echo "the controller" >>struck
        kill -9 "$(cat "$here/slurmctld.pid")"
        sleep $((RANDOM % 4))
        slurmctld
    elif [[ $what == slurm && $((RANDOM % 4)) == 0 ]]; then
        node=$((RANDOM % 2 ? 1 : 2))
        node=$([[ $node == 1 ]] && echo one || echo two)
        echo "node $node" >>struck
        kill -9 "$(cat "$here/slurmd-$node.pid")" $(pgrep -f '^slurmstepd: ') $(pgrep -f 'archive-task')
        sleep $((RANDOM % 4))
        slurmd -N $node
    elif [[ $((RANDOM % 5)) == 0 && $what == parallel ]]; then
        echo "all" >>struck
        kill -$signal "${victims[@]}"
    elif [[ ${#victims[@]} -gt 0 ]]; then
        victims=("${victims[RANDOM % ${#victims[@]}]}")
        echo "$signal $(tr '\0' ' ' <"/proc/${victims[0]// /}/cmdline" | cut -c 1-60)" >>struck
        kill -$signal "${victims[@]}"
    fi
} 2>/dev/null

for ((run = seed; run < seed + runs; run++)); do
    RANDOM=$run
    rm -rf audit said struck
    start
    for ((strikes = 0; strikes < 12; strikes++)); do
        sleep "0.$((RANDOM % 10))"
        [[ $what != slurm ]] || sleep $((RANDOM % 3))
        strike
        kill -0 "$driver" 2>/dev/null || start
    done
    # Now it may end.  The merge of a script that was killed may still hold the folder for a moment.
    for ((i = 0; i < 50; i++)); do
        wait "$driver"
        got=$?
        [[ ! -e audit/report.jsonl || $got != 1 ]] || break
        start
        sleep 0.2
    done
    [[ $got == 1 ]] && cmp -s one.jsonl audit/report.jsonl || fault "seed $run: status $got, struck: $(cat struck)
$(tail -n 20 said)"
    left=$(find audit -name '*.out.*' -o -name '.*.events.*' -o -name failed)
    [[ -z $left ]] || fault "seed $run leaves $left"
    echo "seed $run: $(wc -l <struck) strikes, $(grep -c 'has no result\|no report yet' said) times without a result"
done 2>/dev/null

echo "$faults faults"
[[ $faults == 0 ]]
