#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# archive_slurm.sh BUILD - scripts/archive-slurm on a real Slurm: munge, a controller and two nodes
# on the loopback device of a namespace.  Tasks, a node, the controller and the script itself
# are killed during the run; the report is still, octet for octet, that of one process.
source "$(dirname "$0")/../prelude.sh"
set -u
source "$(dirname "$0")/../slurm.sh"

# ---- The archive, and the report of one process

python3 "$top/tests/system/archive_history.py" . 300 2000 || give_up "no history was made"
"$build/mipro-verify" -k keys -o json --continue archive/*.pcapng >one.jsonl 2>one.err
status=$?
[[ $status == 1 ]] || give_up "one process over all files: status $status"
for rule in replay handoff; do
    grep "\"rule\":\"$rule" one.jsonl | grep -q related_files || give_up "the history has no $rule across files"
done

# mipro-verify with a gate: it notes that it runs, waits while hold/KIND or hold/PID exists, and continues.
cat >gated <<END
#!/bin/bash
kind=reduce
for word; do
    case \$word in --events=*) kind=map ;; --merge) kind=merge ;; esac
done
printf '%s\n' "\$@" >>"$work/arguments"
echo "\$SLURMD_NODENAME \$SLURM_JOB_ID \$\$ \$PPID \${SLURM_ARRAY_TASK_ID-}" >"$work/ran/.\$\$"
mv "$work/ran/.\$\$" "$work/ran/\$kind-\${SLURM_ARRAY_TASK_ID-}-\$\$"
while [[ -e $work/hold/\$kind || -e $work/hold/\$\$ ]]; do sleep 0.1; done
exec "$build/mipro-verify" "\$@"
END
chmod +x gated

# running NODE KIND: "JOB PID PPID TASK" of the tasks that Slurm runs there, and that wait at the gate.
running() {
    local node job pid parent task
    squeue --noheader --states=running --nodelist="$1" --format='%A' >running.jobs 2>/dev/null || return
    cat ran/"$2"-* 2>/dev/null | while read -r node job pid parent task; do
        [[ $node == "$1" && -d /proc/$pid ]] && grep -qx "$job" running.jobs && echo "$job $pid $parent $task"
    done
}
both_busy() {
    [[ -n $(running one map) && -n $(running two map) ]]
}
node_is() {
    [[ $(sinfo --noheader --Node --nodes="$1" --format=%T) =~ ^($2)$ ]]
}
gone() {
    [[ -z $(running one map | grep "^$1 "; running two map | grep "^$1 ") ]]
}

# ---- Map: a task, a node, the controller and the script are killed

touch hold/map hold/reduce
chapter=$top/docs/auditing.md
source "$top/tests/recipe.sh"
# The commands of the chapter, word for word, with additions for this test.
begin="exec $(recipe 'archive-slurm -k') --verify=$work/gated --tasks=9 --shards=5 --poll=1 --attempts=20"
go_on="exec $(recipe 'archive-slurm --work') --poll=1 --attempts=20"
begin=${begin/"/usr/share/mipro"/"$top/scripts"} go_on=${go_on/"/usr/share/mipro"/"$top/scripts"}
find archive -name '*.pcapng' | LC_ALL=C sort >files
bash -c "$begin" >driver.out 2>driver.log &
driver=$!
until_true "map tasks on both nodes" both_busy

echo "the controller dies; the script waits for it"
kill -9 "$(cat "$here/slurmctld.pid")"
until_true "the script's word" grep -q 'does not answer' driver.log
slurmctld
until_true "the script's word" grep -q 'answers again' driver.log
for node in one two; do
    until_true "node $node" node_is $node 'idle|mixed|allocated'
done
until_true "map tasks on both nodes" both_busy

echo "a task dies by SIGKILL"
read -r job pid parent task < <(running one map)
head -c 100 /dev/zero >"audit-3/map/$task/half-written.tmp"
kill -9 "$parent" "$pid"
until_true "Slurm to notice" gone "$job"

echo "a node is lost, but its tasks run on"
until_true "map tasks on both nodes" both_busy
lost=$(running two map)
while read -r job pid parent task; do
    touch "hold/$pid"
    echo "$task" >>lost.tasks
done <<<"$lost"
kill -9 "$(cat "$here/slurmd-two.pid")" $(pgrep -f '^slurmstepd: ' | while read -r pid; do
    tr '\0' '\n' <"/proc/$pid/environ" 2>/dev/null | grep -qx 'SLURMD_NODENAME=two' && echo "$pid"
done)
until_true "the lost node to be noticed" node_is two 'down.*'

echo "the script is interrupted, and called again"
kill "$driver"
wait "$driver"
[[ $? == 3 ]] || give_up "the interrupted script does not end with status 3"
bash -c "$go_on" >driver.out 2>>driver.log &
driver=$!

echo "the node comes back"
slurmd -N two
rm hold/map
run_again() {
    local task
    while read -r task; do
        [[ $(ls ran/map-"$task"-* | wc -l) -ge 2 && -e audit-3/map/$task.status ]] || return 1
    done <lost.tasks
}
until_true "the tasks of the lost node, again" run_again

# ---- Reduce

echo "a shard's task dies by SIGKILL"
reducing() {
    [[ -n $(running one reduce; running two reduce) ]]
}
until_true "reduce tasks" reducing
read -r job pid parent task < <(running one reduce; running two reduce)
kill -9 "$parent" "$pid"
ls audit-3/map/*/*.events >events.before

echo "the tasks that seemed lost end after all"
while read -r job pid parent task; do
    rm "hold/$pid"
    until_true "task $task" [ ! -d "/proc/$parent" ]
done <<<"$lost"
done_before=$(stat -c '%n %Y %i' audit-3/map/*.status)
rm hold/reduce

wait "$driver"
status=$?
[[ $status == 1 ]] || give_up "archive-slurm: status $status, not 1"
cmp one.jsonl audit-3/report.jsonl || give_up "the report is not that of one process"
[[ $done_before == "$(stat -c '%n %Y %i' audit-3/map/*.status)" ]] || give_up "a map task with a result ran again"
ls audit-3/map/*/*.events | cmp -s - events.before || give_up "late tasks left other events"
[[ $(grep -c 'attempt.*map tasks' driver.log) -ge 2 && $(grep -c 'attempt.*shards' driver.log) -ge 2 ]] ||
    give_up "no task was submitted again: nothing was tried"

echo "with nothing missing, nothing runs"
ls ran >ran.before
bash -c "$go_on" 2>again.log
[[ $? == 1 ]] && ls ran | cmp -s - ran.before || give_up "it ran again: $(cat again.log)"

echo "names that Slurm would replace, and jobs that say nothing"
mkdir 'at %j'
"$top/scripts/archive-slurm" -k keys --verify="$build/mipro-verify" --work='at %j/%a "$x"' --tasks=2 --shards=2 --poll=1 \
    --files=files 2>again.log
[[ $? == 1 ]] && cmp -s one.jsonl 'at %j/%a "$x"/report.jsonl' && [[ -e 'at %j/%a "$x"/log/map-2' ]] ||
    give_up "a folder with odd characters: $(cat again.log)"
"$top/scripts/archive-slurm" -k keys --work='back\slash' --files=files 2>again.log
[[ $? == 2 ]] && grep -q "a backslash in its name" again.log && [[ ! -e 'back\slash' ]] || give_up "a backslash: $(cat again.log)"
"$top/scripts/archive-slurm" -k keys --verify="$build/mipro-verify" --work=nowhere --tasks=2 --shards=2 --poll=1 --attempts=1 \
    --sbatch=--partition=nowhere --files=files 2>again.log
[[ $? == 3 ]] && grep -q "no task says why; see $work/nowhere/log" again.log || give_up "no partition: $(cat again.log)"

# ---- Keys

echo "no key left its file"
grep -v '^#' keys | grep -oE '(hex|text):[^"]+' | sed -E 's/^(hex|text)://' >secrets
[[ $(wc -l <secrets) -ge 10 ]] || give_up "the key file has no keys?"
found=$(grep -rlaFf secrets . --exclude=keys --exclude=secrets)
[[ -z $found ]] || give_up "a key is in: $found"

echo "ok: 300 captures, $(wc -l <one.jsonl) records"
