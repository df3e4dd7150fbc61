#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# check-commands.sh BUILD - every command of README.md, CONTRIBUTING.md, docs/ and the manual pages
# works: those that can run here are run, with files of the names that the pages use, and must end as a
# valid command should.  For the others the table below says what runs them.  A new command that
# does neither fails.  (check-screens.sh compares the output of commands about pcaps/.)
source "$(dirname "$0")/prelude.sh"
set -euo pipefail
build=$(cd "$1" && pwd)
top=$(cd "$(dirname "$0")/.." && pwd)
need jq
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Commands that do not run here, by their beginning, and what runs them, or why nothing can.
elsewhere='
git clone                       it needs the address of the repository
scripts/demo                    scripts/versions, on three Debians
scripts/install                 system-install, system-install_user; scripts/versions
scripts/packages                scripts/versions
sudo apt install ./build/*.deb  scripts/versions
sudo apt install ./build/source scripts/upgrade, on three Debians
sudo mipro-wireshark-rebuild    system-rebuild, without sudo
tshark -G plugins               golden tests
wireshark                       scripts/screenshots
dumpcap                         it captures forever; verifier-follow writes such files
tcpdump -i eth0                 it captures forever; verifier-follow gives such pipes
mipro-verify -k keys --follow   it reads forever: verifier-follow
useradd                         it changes the system
install -d                      it changes the system
install -D                      it changes the system
cp /usr/share                   it changes the system
systemctl                       it changes the system
journalctl                      it changes the system
unshare -Urn sh first-run       system-first_run
mipro-inject test               system-tester_matrix; system-first_run
find /archive                   system-verifier_archive, system-archive_chapter
mipro-verify -k keys --events=ev system-archive_chapter
mipro-verify -k keys -o json --s verifier-shards; it needs events
mipro-verify --merge part-      verifier-shards
for k in 1 2 3 4                system-archive_chapter
mipro-verify -o json --merge sh system-archive_chapter
sbatch                          system-verifier_archive, without Slurm
cat part-                       system-verifier_archive
jq -n                           system-verifier_archive
npm install                     it needs a network
duckdb                          it needs what npm installs
tshark -i                       system-install_user
'

# One command per line, NUL-terminated: FILE:LINE, a tab, the command with its continuations.
commands() {
    local page
    for page in "$@"; do
        case $page in
        *.md)
            # After "$ " or "# " in indented or fenced text, or the whole fence without a prompt,
            # or indented text that begins with one of our programs or tshark.
            awk -v page="$(basename "$page")" '
                function flush() { if (command != "") printf "%s:%d\t%s%c", page, at, command, 0; command = "" }
                function take(text) { command = text; at = FNR; open = text ~ /(\\|\||\x27)$/ || quotes(text) }
                function quotes(text, n) { n = gsub(/\x27/, "", text); return n % 2 }
                /^```/ { flush(); fence = !fence; plain = fence && $0 == "```"; next }
                command != "" && open && (/^    / || fence) {
                    sub(/^    /, ""); command = command "\n" $0; open = $0 ~ /(\\|\|)$/ || quotes(command); next }
                { flush() }
                fence && /^\$ / { take(substr($0, 3)); next }
                fence && plain && /^[a-z]+[\/ ]/ { take($0); next }
                /^    (\$|#) [a-z]/ && !/^    # (summary|sent|received|requirement)/ { take(substr($0, 7)); next }
                /^    (tshark|mipro-verify|mipro-inject) / { take(substr($0, 5)); next }
                END { flush() }' "$page"
            ;;
        *)
            awk -v page="$(basename "$page")" '
                function flush() { if (command != "") printf "%s:%d\t%s%c", page, at, command, 0; command = "" }
                /^\.Dl / { sub(/^\.Dl /, ""); sub(/^[$#] /, ""); gsub(/\\\(dq/, "\""); gsub(/\\\(aq/, "\x27"); gsub(/\\e/, "\\")
                           if (/^[a-z]/) { command = $0; at = FNR; flush() } next }
                /^\.Bd/ { inside = 1; next }
                /^\.Ed/ { inside = 0; flush(); next }
                inside && /^(\$ )?(mipro-|tshark)[a-z]* / && command == "" { sub(/^\$ /, ""); gsub(/\\e/, "\\"); command = $0; at = FNR; next }
                inside && command ~ /\\$/ { gsub(/\\e/, "\\"); command = command "\n" $0; next }
                { flush() }
                END { flush() }' "$page"
            ;;
        esac
    done
}

who_runs() { # COMMAND
    awk -v command="$1" 'length($0) > 32 {
        begin = substr($0, 1, 32); sub(/ +$/, "", begin)
        if (index(command, begin) == 1) { found = 1; exit } } END { exit !found }' <<<"$elsewhere"
}

# The files that the pages mention.
stage=$work/stage
mkdir -p "$stage"
cd "$stage"
cp -r "$top/pcaps" "$top/scenarios" .
chmod 600 pcaps/mipro.keys
cp pcaps/mipro.keys keys
cp pcaps/mipro.keys mipro.keys
cp pcaps/forged-update.pcap trace.pcap
cp pcaps/forged-update.pcap run.pcap
cp pcaps/correspondent.pcap tomorrow.pcap
cp pcaps/correspondent.pcap ring_00001.pcapng
cp pcaps/correspondent.pcap capture.pcap
gzip -c pcaps/forged-update.pcap >trace.pcapng.gz
mkdir -p metrics run
mkdir "$work/bin" "$work/home"
cp "$build/mipro-verify" "$build/mipro-inject" "$work/bin"
cp -r "$build/plugins" "$work/plugins"
chmod -R a+rX "$work"
as_user=()
if [[ $(id -u) = 0 ]]; then # root's tshark would not load the plugin
    as_user=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
    chown -R nobody "$stage" "$work/home"
fi
chmod 600 keys mipro.keys pcaps/mipro.keys
export PATH=$work/bin:$PATH HOME=$work/home WIRESHARK_PLUGIN_DIR=$work/plugins capture=trace.pcap

ran=0 named=0
while IFS= read -r -d '' entry; do
    where=${entry%%$'\t'*} command=${entry#*$'\t'}
    if who_runs "$command"; then
        named=$((named + 1))
        printf '%s\n' "$command" >>"$work/named"
        continue
    fi
    # System folders, and interfaces, that this machine does not provide.
    run=$(sed -E 's,/etc/mipro/keys,keys,g; s,/var/lib/prometheus/node-exporter,metrics,; s,/var/captures/last-hour/\*\.pcapng,ring_*.pcapng,
        s,--interface=eth1,--write=live.pcap,; s,--rate=10 --duration=60,--count=3,' <<<"$command")
    status=0
    (ulimit -t 60; timeout 120 "${as_user[@]}" bash -o pipefail -c "$run") >"$work/out" 2>"$work/err" </dev/null || status=$?
    ran=$((ran + 1))
    # 1: mipro-verify found something.  A pipe that its reader closes ends with another status.
    if ! [[ $status -eq 0 || ($status -eq 1 && $command == mipro-verify*) || ($status -eq 141 && $command == *'| head'*) ]]; then
        fault "$where: $command: status $status: $(head -n 3 "$work/err")"
    fi
    ! grep -E 'command not found|No such file|usage:' "$work/err" || fault "$where: $command"
done < <(commands "$top/README.md" "$top/CONTRIBUTING.md" "$top"/docs/*.md "$top"/docs/*.[158])
# Every entry of the table must be on some page.
while IFS= read -r line; do
    begin=$(sed 's/ *$//' <<<"${line:0:32}")
    [[ ${#line} -le 32 ]] || grep -qF -- "$begin" "$work/named" || fault "the table: no page has '$begin'"
done <<<"$elsewhere"
echo "$ran commands ran, $named are run elsewhere, $faults faults"
[[ $faults -eq 0 && $ran -ge 20 ]]
