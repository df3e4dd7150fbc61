# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What archive-slurm, archive-parallel and archive-task share.  Source it.
#
# An archive may have thousands of tasks, and to start a program takes as long as to judge ten thousand
# messages: so as much as can be is done by the shell itself.
#
# The folder of an audit, --work, holds all there is to know about it, so that any of the
# three can go on where another stopped:
#
#   plan/settings      what was asked for, a "name value" a line; made whole, by one rename
#   plan/captures      the captures in order, one a line
#   plan/tasks/T       those of map task T, T from 1
#   plan/archive-task  the program that does a task, with this file, as they were at the start
#   plan/sums          checksums of all these
#   map/T/             the events of map task T
#   map/T.status       there once they are complete: mipro-verify's status, how their names begin, of each
#                      capture the size and the time of modification before it was read, and a checksum
#   reduce/K.part      the report of shard K, for the merge; reduce/K.status likewise
#   failed/map-T       why the last attempt failed; gone when one succeeds
#   report.jsonl       the merged report; report.status likewise
#   log/               what Slurm or parallel wrote
#   lock               held by the driver, which is named in it
#
# Whatever counts is written under a temporary name and renamed.  A task that is killed
# therefore leaves nothing that counts, and one that runs twice leaves the same as once.

set -euo pipefail
export LC_ALL=C.UTF-8
program=${0##*/}
scripts=${BASH_SOURCE[0]%/*}
[[ $scripts == /* ]] || scripts=$PWD/$scripts
read -r host </proc/sys/kernel/hostname

# note TEXT...: tell the user, on standard error.
note() {
    printf '%s: %s\n' "$program" "$*" >&2
}

# leave STATUS: the only way out with a status that means something.
leave() {
    left=yes
    exit "$1"
}

# Anything else that ends the script, such as a full disk, is no result.
left=''
trap '[[ $? -eq 0 || -n $left ]] || { note "cannot go on after this error"; exit 3; }' EXIT

# fail STATUS TEXT...: give up; STATUS as mipro-verify's.
fail() {
    local status=$1
    shift
    note "$*"
    leave "$status"
}

# check_keys FILE: end with status 2 unless FILE is a key file that only this user can read.
# Only its name is ever passed on: argument lists, logs and Slurm's spool can be read by others.
check_keys() {
    local mode owner here=$host
    [[ -e $1 ]] || fail 2 "$1: there is no such key file on $here; it must have the same path on every node"
    [[ -f $1 ]] || fail 2 "$1: the key file must be a regular file"
    read -r mode owner < <(stat -L -c '%a %u' -- "$1")
    [[ $owner == "$EUID" ]] || fail 2 "$1: the key file belongs to user $owner, not to you; make a copy of your own"
    (((8#$mode & 8#077) == 0)) || fail 2 "$1: others may read the key file on $here (mode $mode); use chmod 600"
    [[ -r $1 ]] || fail 2 "$1: the key file cannot be read on $here (mode $mode); use chmod 600"
}

# What each task needs of the plan, besides its captures.
plan_files=(settings archive-task archive.sh)

# check_plan WORK [TASK]: end with status 3 unless that, and the list of the task, are as they were made.
check_plan() {
    local plan=$1/plan files=("${plan_files[@]}") sums=() own=() i said=''
    { mapfile -t -n "${#files[@]}" sums <"$plan/sums"; } 2>/dev/null || said=sums
    [[ -z ${2-} || -n $said ]] || {
        mapfile -t -s $((${#files[@]} + $2 - 1)) -n 1 own <"$plan/sums"
        files+=("tasks/$2") sums+=("${own[@]}")
    }
    for ((i = 0; i < ${#files[@]}; i++)); do
        [[ -n $said || ${sums[i]-} == *"  ${files[i]}" ]] || said=sums
    done
    [[ -n $said ]] || said=$(cd "$plan" && printf '%s\n' "${sums[@]}" | sha256sum --check --strict --quiet 2>/dev/null) ||
        said=${said:-sums}
    [[ -z $said ]] || altered "$1" "$said"
}

# check_all_of_plan WORK: the same of all that is in it.
check_all_of_plan() {
    local said
    said=$(cd "$1/plan" && sha256sum --check --strict --quiet sums 2>/dev/null) || said=${said:-sums}
    [[ -z $said ]] || altered "$1" "$said"
}

# altered WORK TEXT: TEXT begins with the name of a file of the plan, as sha256sum says it.
altered() {
    fail 3 "$1/plan/${2%%:*}: was altered since the audit was begun; start again with another --work"
}

# load_settings WORK: set keys, verify, shards, asked (for tasks), tasks, folder, good, and the array options.
load_settings() {
    local line name value
    keys='' verify='' shards='' asked='' tasks='' folder='' good='' options=()
    [[ -r $1/plan/settings ]] || fail 3 "$1/plan/settings: cannot be read"
    while IFS= read -r line; do
        name=${line%% *} value=${line#* }
        case $name in
        format) [[ $value == 3 ]] || fail 2 "$1/plan: made by another version of these scripts (format $value)" ;;
        keys | verify | shards | asked | tasks | folder | good) printf -v "$name" %s "$value" ;;
        option) options+=("$value") ;;
        esac
    done <"$1/plan/settings"
    [[ -n $verify && -n $folder && $shards =~ ^[0-9]+$ && $tasks =~ ^[0-9]+$ ]] ||
        fail 3 "$1/plan/settings: is damaged; start again with another --work"
}

# The first line of a status file: mipro-verify's status, and once more in words, so that neither can be altered alone.
declare -A meaning=([0]="all good" [1]="not all good" [3]="not all read" [4]="no message")

# status_in FILE: set status to what that says.  False: the file is not there, or damaged.
status_in() {
    local words=''
    status=''
    { read -r status words <"$1"; } 2>/dev/null && [[ $status == [0134] && $words == "${meaning[$status]}" ]]
}

# has_result map|reduce|merge [NUMBER]: whether that task is done.  What is left of a result that was
# removed, altered or cut off is none.
has_result() {
    local status=''
    case $1 in
    map | reduce) status_in "$work/$1/$2.status" || return 1 ;;
    merge) status_in "$work/report.status" || return 1 ;;
    esac
    case $1 in
    map) [[ $status == [03] && -d $work/map/$2 ]] ;;
    reduce) [[ -s $work/reduce/$2.part ]] ;;
    merge) has_summary "$work/report.jsonl" ;;
    esac
}

# has_summary FILE: whether a report was written to its end.
has_summary() {
    local last
    { last=$(tail -n 1 "$1"); } 2>/dev/null # the shell complains of NUL in what was cut off
    [[ $last == '{"record":"summary"'*'}' ]]
}

# missing map|reduce: the numbers of the tasks without a result, one a line.
missing() {
    local k last=$shards
    [[ $1 != map ]] || last=$tasks
    for ((k = 1; k <= last; k++)); do
        has_result "$1" "$k" || echo "$k"
    done
}

# ---- The drivers

common_help="  -k, --keys=FILE      mobility security associations, see mipro-keys(5); readable by you alone,
                       and under the same path wherever tasks run
      --work=DIR       the folder of this audit, which every machine must see; created if missing
      --files=LIST     the captures, one per line, in order of time; - is standard input
      --shards=N       reduce tasks [one per 256 MiB of captures, 4 to 16]
      --tasks=N        map tasks, each with about the same amount of captures
                       [one per 256 MiB of them, 4 to 1000]
      --attempts=N     how often a task is started if it dies [3]
      --option=OPTION  an option for mipro-verify, such as --option=--tolerance=2; repeatable
      --verify=PROGRAM the mipro-verify to use [the one in PATH]
      --without-good   leave good authenticators out of the report; its summary counts them
      --retry-unread   read again the captures that could not be read, or have changed since
  -h, --help           this text

Run it again with the same --work to continue after an interruption: it does only what is missing.
The report is DIR/report.jsonl.  The exit status is that of mipro-verify: 0 all good, 1 something
is not, 2 usage or keys, 3 something could not be read or has no result, 4 no message at all."

# read_arguments ARGUMENT...: set what was given, and the array captures; what only one driver
# knows goes through its function own_option NAME VALUE, which fails for what it does not know.
read_arguments() {
    local name value
    keys='' work='' list='' shards='' asked='' attempts=3 verify='' good=yes options=() captures=() retry_unread=''
    while [[ $# -gt 0 ]]; do
        name=$1 value=''
        case $1 in
        --) shift; captures+=("$@"); break ;;
        -h | --help) usage; exit 0 ;;
        --without-good) good=no; shift; continue ;;
        --retry-unread) retry_unread=yes; shift; continue ;;
        --*=*) name=${1%%=*} value=${1#*=} ;;
        -k | --keys | --work | --files | --shards | --tasks | --attempts | --option | --verify)
            [[ $# -gt 1 ]] || fail 2 "$1 needs a value"
            value=$2
            shift ;;
        -?*)
            # Of a driver's own options; -j 2 and -j2 alike.
            if [[ $1 != --* && ${#1} -gt 2 ]]; then
                name=${1:0:2} value=${1:2}
            elif [[ $# -gt 1 ]]; then
                value=$2
                shift
            else
                own_option "$name" "$value" || fail 2 "$name: no such option; --help lists them"
                fail 2 "$name needs a value"
            fi ;;
        *) captures+=("$1"); shift; continue ;;
        esac
        shift
        [[ $value != *$'\n'* ]] || fail 2 "$name: the value must be a single line"
        case $name in
        -k | --keys) keys=$value ;;
        --work) work=$value ;;
        --files) list=$value ;;
        --shards | --tasks | --attempts)
            [[ $value =~ ^[1-9][0-9]{0,5}$ ]] || fail 2 "$name=$value: must be a number from 1"
        [[ $name != --shards || $value -le 64 ]] || fail 2 "--shards=$value: at most 64"
            case $name in
            --shards) shards=$value ;;
            --tasks) asked=$value ;;
            --attempts) attempts=$value ;;
            esac ;;
        --option)
            case $value in
            '' | -- | -[hqV]* | --he* | --q* | --vers* | --li*)
                fail 2 "--option=$value: there is no report with that option" ;;
            -k* | --k* | -o* | --o* | --ev* | --sh* | --me* | --cont* | --comp* | --fo* | --th* | --wi*)
                fail 2 "--option=$value: the script itself sets that option" ;;
            esac
            options+=("$value") ;;
        --verify) verify=$value ;;
        *) own_option "$name" "$value" || fail 2 "$name: no such option; --help lists them" ;;
        esac
    done
    [[ -n $work ]] || fail 2 "--work=DIR is missing; --help lists the options"
    work=$(realpath -m -- "$work")
    [[ $work != *$'\n'* ]] || fail 2 "--work: a name with a line break cannot be used"
    [[ -z $keys ]] || keys=$(realpath -ms -- "$keys")
    if [[ -n $list ]]; then
        [[ ${#captures[@]} -eq 0 ]] || fail 2 "captures are given both by --files and by name"
        read_list "$list"
    fi
}

# read_list LIST: set the array captures.
read_list() {
    local parts
    if [[ $1 == - ]]; then
        mapfile -d '' -t parts
    else
        [[ -r $1 ]] || fail 2 "$1: cannot be read"
        mapfile -d '' -t parts <"$1"
    fi
    # Of a line, mapfile keeps what precedes a NUL, and says nothing.
    [[ ${#parts[@]} -le 1 ]] || fail 2 "$1: has NUL characters, as from find -print0; give one name per line"
    [[ -n ${parts[0]-} ]] || fail 2 "$1: names no capture"
    mapfile -t captures <<<"${parts[0]%$'\n'}"
}

# A second driver on the same folder would submit everything again.
lock_work() {
    local status=0 who=''
    exec 9>>"$work/lock" || fail 3 "$work: cannot be written"
    flock -n 9 || status=$?
    case $status in
    0) ;;
    1)
        read -r who <"$work/lock" || true
        fail 2 "$work: another archive-slurm or archive-parallel is using it${who:+ ($who)}" ;;
    *) fail 3 "$work/lock: cannot be locked" ;;
    esac
    echo "process $$ on $host" >"$work/lock"
}

# between LEAST N MOST: N, unless it is less or more than that.
between() {
    echo $(($2 < $1 ? $1 : $2 > $3 ? $3 : $2))
}

# write_plan: plan/ out of what was given.  It appears by one rename: there is no half a plan.
write_plan() {
    local new=$work/new size given
    rm -rf "$new"
    mkdir "$new" "$new/tasks"
    for given in "${captures[@]}"; do
        [[ -n $given ]] || fail 2 "one of the captures has an empty name"
        [[ $given != *$'\n'* ]] || fail 2 "$(printf %q "$given"): a name with a line break cannot be used"
    done
    printf '%s\n' "${captures[@]}" >"$new/captures"
    given=$(LC_ALL=C sort "$new/captures" | LC_ALL=C uniq -d | head -n 3)
    [[ -z $given ]] || fail 2 "given twice: ${given//$'\n'/, }"

    # Runs of captures that follow each other, of about as many octets each.  One that cannot
    # be read counts as empty here; its task reports it.
    xargs -d '\n' stat -L -c '%s %n' -- <"$new/captures" >"$new/sizes" 2>/dev/null || true
    size=$(awk '{ n += $1 } END { printf "%d", n / 2 ^ 28 }' "$new/sizes") # in 256 MiB
    asked=${asked:-$(between 4 "$size" 1000)}
    shards=${shards:-$(between 4 "$size" 16)}
    tasks=$(into=$new/tasks/ LC_ALL=C awk -v most="$asked" '
        BEGIN { into = ENVIRON["into"] } # as it is, with its backslashes
        FILENAME == ARGV[1] { file = $0; sub(/^[0-9]+ /, "", file); size[file] = $1; total += $1; next }
        { name[++n] = $0; octets[n] = size[$0] + total / 1e6 + 1; all += octets[n] }
        END {
            for (i = 1; i <= n; i++) {
                slot = int((before + octets[i] / 2) / all * most)
                before += octets[i]
                if (task == 0 || slot != last) {
                    if (task != 0) close(into task)
                    task++
                    last = slot
                }
                print name[i] >(into task)
            }
            print task
        }' "$new/sizes" "$new/captures")
    # What one program can be given as arguments.
    size=$(find "$new/tasks" -type f -size +1500k | wc -l)
    [[ $size -eq 0 ]] || fail 2 "a task has too many captures for one command; give more --tasks"
    rm "$new/sizes"

    {
        echo "format 3"
        echo "keys $keys"
        echo "verify $verify"
        echo "shards $shards"
        echo "asked $asked"
        echo "tasks $tasks"
        echo "folder $PWD"
        echo "good $good"
        [[ ${#options[@]} -eq 0 ]] || printf 'option %s\n' "${options[@]}"
    } >"$new/settings"
    cp -- "$scripts/archive-task" "$scripts/archive.sh" "$new/"
    # The tasks in the order of their numbers, so that each finds its line.
    (cd "$new" && { printf '%s\n' "${plan_files[@]}" && seq -f tasks/%.0f "$tasks" && echo captures; } |
        xargs sha256sum -- >sums)
    mv -T "$new" "$work/plan"
}

# same_or_fail NAME GIVEN SETTLED: what is given again must be what it was.
same_or_fail() {
    [[ -z $2 || $2 == "$3" ]] ||
        fail 2 "$work was begun with $1 '$3', not '$2': give the same, or another --work for another audit"
}

# prepare: WORK with its plan, made or checked against what is given now; then the settings
# are those of the plan.
prepare() {
    local given_keys=$keys given_shards=$shards given_asked=$asked given_verify=$verify given_good=$good given_options=${options[*]-}
    [[ -z $verify ]] || verify=$(type -P -- "$verify") || fail 2 "$given_verify: no such program"
    [[ -z $verify ]] || verify=$(realpath -s -- "$verify")
    given_verify=$verify
    [[ ! -e $work || -O $work ]] ||
        fail 2 "$work: belongs to user $(stat -L -c %U -- "$work"), not to you; an audit is one user's, so use another --work"
    if [[ ! -e $work/plan ]]; then
        [[ ${#captures[@]} -gt 0 ]] || fail 2 "$work: no audit was begun there, and no captures are given"
        [[ -z $keys ]] || check_keys "$keys"
        (umask 077 && mkdir -p -- "$work") || fail 3 "$work: cannot be created"
        # Another driver may begin just now.
        [[ -z $(find "$work" -mindepth 1 -maxdepth 1 ! -name new ! -name lock) || -e $work/plan ]] ||
            fail 2 "$work: is neither empty nor the folder of an audit"
    fi
    lock_work
    if [[ ! -e $work/plan ]]; then
        [[ -n $verify ]] || verify=$(type -P mipro-verify) ||
            fail 2 "there is no mipro-verify in PATH; --verify=PROGRAM names one"
        write_plan
    else
        load_settings "$work"
        check_all_of_plan "$work"
        same_or_fail --keys "$given_keys" "$keys"
        same_or_fail --shards "$given_shards" "$shards"
        same_or_fail --tasks "$given_asked" "$asked"
        same_or_fail --option "$given_options" "${options[*]-}"
        same_or_fail --verify "$given_verify" "$verify"
        [[ $given_good == yes || $good == no ]] || fail 2 "$work was begun without --without-good: another --work for another report"
        [[ ${#captures[@]} -eq 0 ]] || printf '%s\n' "${captures[@]}" | cmp -s - "$work/plan/captures" ||
            fail 2 "$work was begun with other captures (plan/captures lists them): give the same, or another --work"
        [[ -z $keys ]] || check_keys "$keys"
    fi
    load_settings "$work"
    mkdir -p "$work"/{map,reduce,failed,log}
    rm -f "$work"/failed/*
    find_changed
    [[ -z $retry_unread ]] || forget_unread
}

# sum_of TASK: the last line of that map task's status file, which is on standard input without it.
sum_of() {
    local sum
    sum=$(sha256sum)
    echo "${sum%% *}  map/$1"
}

# has_sum TASK: whether its status file has that.
has_sum() {
    [[ $(tail -n 1 "$work/map/$1.status") == "$(head -n -1 "$work/map/$1.status" | sum_of "$1")" ]]
} 2>/dev/null # the shell complains of NUL in what was altered

# find_changed: set the array changed, by task: what is to be said of a capture that is not as it was when the task
# began to read it.  (Only size and time, which a copy of an archive keeps.)
find_changed() {
    local task capture
    changed=()
    compgen -G "$work/map/*.status" >/dev/null || return 0
    while IFS=' ' read -r task capture; do
        if has_sum "$task"; then
            changed[task]="$capture changed since a task began to read it"
        else
            changed[task]="$work/map/$task.status is damaged, so it cannot be told whether captures of that task changed"
        fi
    done < <({ cd -- "$folder" && xargs -d '\n' stat -L -c '%s %.Y %n' -- <"$work/plan/captures"; } 2>/dev/null |
        LC_ALL=C awk '
            FILENAME != "-" {
                number = FILENAME
                sub(/.*\//, "", number)
                if (sub(/[.]status$/, "", number)) {
                    done[number]
                    if (FNR > 2) was[$0]
                } else {
                    task[$0] = number
                }
                next
            }
            !($0 in was) {
                name = $0
                sub(/^[0-9]+ [^ ]+ /, "", name)
                if (task[name] in done) print task[name], name
            }' "$work"/map/*.status "$work"/plan/tasks/* -)
}

# Of map tasks that had a capture they could not read, or that changed since, forget the result, and
# all that was made of it.
forget_unread() {
    local k status any=''
    for ((k = 1; k <= tasks; k++)); do
        has_result map "$k" || continue
        status_in "$work/map/$k.status"
        if [[ $status == 3 || -n ${changed[k]-} ]]; then
            any=yes
            unset "changed[k]"
            rm -f "$work/map/$k.status"
            rm -rf "${work:?}/map/$k"
        fi
    done
    [[ -z $any ]] || rm -f "$work"/reduce/* "$work"/report.*
}

# Whether a failure is one that trying again does not mend: usage, or keys.
hopeless() {
    grep -lqx 'status 2' "$work"/failed/* 2>/dev/null
}

# list_failures: why the last attempts failed, each reason once.
list_failures() {
    local file reason
    local -A first=() more=()
    for file in "$work"/failed/*; do
        # One with a point in its name was not written to its end.
        [[ -e $file && ${file##*/} != *.* ]] || continue
        reason=$(sed -n '/^status/p; /^$/,$p' "$file")
        if [[ -z ${first[$reason]-} ]]; then
            first[$reason]="$(basename "$file"), node $(sed -n 's/^node //p' "$file")"
        else
            more[$reason]=$((${more[$reason]-0} + 1))
        fi
    done
    [[ ${#first[@]} -gt 0 ]] || echo "$program: no task says why; see $work/log"
    for reason in "${!first[@]}"; do
        echo "$program: ${first[$reason]}${more[$reason]+ (and ${more[$reason]} more)}: ${reason/$'\n'/}"
    done
}

# number N WORD: "1 capture", "2 captures".
number() {
    echo "$1 $2$([[ $1 == 1 ]] || echo s)"
}

# report: say what could not be read or done, and end with the status of the whole.
report() {
    local status=0 what count
    # What the tasks said, each once: captures that could not be read, warnings.
    find "$work/map" "$work/reduce" "$work" -maxdepth 1 -name '*.err' -exec cat {} + | awk '!seen[$0]++' >&2
    if has_result merge; then
        status_in "$work/report.status"
        find_changed
        for what in "${changed[@]}"; do
            note "$what; --retry-unread repeats that task"
            status=3
        done
        rm -rf "$work"/failed "$work"/{map/,reduce/,}*.out.*
        note "$(number "$(wc -l <"$work/plan/captures")" capture), $(number "$tasks" "map task"), $(number "$shards" shard):" \
            "$work/report.jsonl, status $status"
    else
        status=3
        list_failures >&2
        ! hopeless || status=2
        for what in map reduce; do
            count=$(missing $what | wc -l)
            [[ $count -eq 0 ]] || note "no result from $(number "$count" "$what task"): $(missing $what | head -n 10 | tr '\n' ' ')"
        done
        note "there is no report yet; run it again with --work=$work to go on"
    fi
    leave "$status"
}
