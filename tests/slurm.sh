# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A Slurm of the test's own: munge, a controller and two nodes on the loopback device of a namespace.  To be sourced
# after prelude.sh by a test whose first argument is the folder of the build; the test begins again inside, in the
# folder $work, and all ends with it.  It may take $minutes (10).
build=$(cd "$1" && pwd)
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL=C.UTF-8

if [[ -z ${INSIDE-} ]]; then
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
    INSIDE=$work timeout -k 5 $((${minutes:-10} * 60)) unshare "${namespaces[@]}" bash "$0" "$@" </dev/null
    exit
fi

work=$INSIDE
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
