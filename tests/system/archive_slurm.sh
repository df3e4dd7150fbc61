#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# archive_slurm.sh BUILD - scripts/archive-slurm on a real Slurm: munge, a controller and two nodes
# on the loopback device of a namespace.  Tasks, a node, the controller and the script itself
# are killed during the run; the report is still, octet for octet, that of one process.
source "$(dirname "$0")/../prelude.sh"
set -u
build=$(cd "$1" && pwd)
top=$(cd "$(dirname "$0")/../.." && pwd)
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL=C.UTF-8

if [[ ${2-} != inside ]]; then
    need "$build/mipro-verify"
    "$build/mipro-verify" --help | grep -q -- --events || skip "this mipro-verify has no --events"
    for tool in munged mungekey slurmctld slurmd sbatch unshare ip python3; do
        command -v $tool >/dev/null || skip "$tool is not here (Debian: slurmctld slurmd slurm-client munge)"
    done
    # With its own loopback, process numbers (all processes end with the test), and host name.
    namespaces=(--net --pid --uts --mount --fork --mount-proc --kill-child)
    [[ $(id -u) == 0 ]] || namespaces+=(--user --map-current-user --keep-caps)
    unshare "${namespaces[@]}" sh -c 'ip link add t0 type veth peer name r0 && hostname mipro' 2>/dev/null ||
        skip "no namespaces here: unshare ${namespaces[*]} and veth pairs are needed"
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    timeout -k 5 600 unshare "${namespaces[@]}" bash "$0" "$build" inside "$work" </dev/null
    exit
fi

work=$3
ip link set lo up
# Everything uses 127.0.0.1, but resolvers find no IPv4 address on a machine with only loopback.
ip link add t0 type veth peer name r0
ip addr add 192.0.2.1/24 dev t0
ip link set t0 up
hostname mipro
cd "$work" || exit 1
here=$work/slurm
mkdir -p "$here"/{state,log,munge,socket} hold ran
chmod 700 "$here/munge"
export SLURM_CONF=$here/slurm.conf

give_up() {
    echo "$*"
    tail -n 15 driver.log "$here"/log/* 2>/dev/null
    exit 1
}

# until_true WHAT COMMAND...: wait for it, at most a minute, and longer on a busy machine.
until_true() {
    local what=$1 i
    shift
    for ((i = 0; i < 600; i++)); do
        "$@" >/dev/null 2>&1 && return
        sleep 0.2
    done
    give_up "waited in vain: $what"
}

# ---- The cluster

mungekey --create --keyfile="$here/munge/key"
cat >"$SLURM_CONF" <<END
ClusterName=mipro
SlurmctldHost=mipro(127.0.0.1)
SlurmctldPort=6817
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
# A requeued job waits until credentials of its first start have expired.
AuthInfo=socket=$here/socket/munge,cred_expire=5
CredType=cred/munge
StateSaveLocation=$here/state
SlurmdSpoolDir=$here/spool-%n
SlurmctldPidFile=$here/slurmctld.pid
SlurmdPidFile=$here/slurmd-%n.pid
SlurmctldLogFile=$here/log/slurmctld
SlurmdLogFile=$here/log/slurmd-%n
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=batch_sched_delay=1,sched_interval=2,bf_interval=1
ReturnToService=2
SlurmdTimeout=10
SlurmctldTimeout=10
KillWait=2
MinJobAge=30
NodeName=one NodeHostname=mipro NodeAddr=127.0.0.1 Port=6818 CPUs=2
NodeName=two NodeHostname=mipro NodeAddr=127.0.0.1 Port=6819 CPUs=2
PartitionName=all Nodes=one,two Default=YES MaxTime=INFINITE State=UP
END

# In a user namespace, folders such as /tmp belong to no user that munge trusts: --force.
munged --force --key-file="$here/munge/key" --socket="$here/socket/munge" --pid-file="$here/munge/pid" \
    --log-file="$here/log/munge" --seed-file="$here/munge/seed" --num-threads=2 2>"$here/log/munged" ||
    give_up "munged does not start: $(cat "$here/log/munged")"
slurmctld 2>"$here/log/slurmctld.err" || give_up "slurmctld does not start: $(cat "$here/log/slurmctld.err")"
for node in one two; do
    slurmd -N $node 2>"$here/log/slurmd.err" || give_up "slurmd does not start: $(cat "$here/log/slurmd.err")"
done
idle_nodes() {
    [[ $(sinfo --noheader --Node --states=idle --format=%N | wc -l) == 2 ]]
}
until_true "two idle nodes" idle_nodes

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
