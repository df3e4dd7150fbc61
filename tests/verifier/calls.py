#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""calls.py BUILD - a system call fails, or the program is killed at it, in each step of an archive.

Each call that the step makes after it has read its keys fails once, by strace, as on a full or broken disk. The
step's result is then what it is without, or the status is 2 or 3, something is said, and there is no whole result. Of a map
task that is killed at a call, or fails, nothing is taken for whole, and when it is run again it leaves what it should.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

import faults

build = sys.argv[1]
root = os.path.abspath(os.path.join(os.path.dirname(__file__), '..', '..'))
verify = os.path.join(os.path.abspath(build), 'mipro-verify')
captures = ['%s/pcaps/%s.pcap' % (root, name) for name in ('smooth-handoff', 'replay-attack', 'correspondent')]
# Errors of a full disk, a broken one, permissions, and too many open files.
ERRORS = {'openat': ('ENOENT', 'EACCES', 'EMFILE'), 'mkdir': ('EACCES',), 'getdents64': ('EIO',),
          'newfstatat': ('EIO',), 'fstat': ('EIO',), 'lseek': ('EIO',), 'read': ('EIO',),
          'write': ('ENOSPC', 'EIO', 'KILL'), 'flock': ('ENOLCK',), 'sync_file_range': ('EINVAL',),
          'fsync': ('EIO', 'ENOSPC', 'KILL'), 'close': ('EIO', 'EDQUOT'), 'rename': ('EIO', 'ENOSPC', 'KILL')}
base = [verify, '-k', 'keys', '--threads=1']
steps = {
    'map': base + ['--events=events', '--shard=2', '--'] + captures,
    'reduce': base + ['-o', 'json', '--compact', '--shard=1/2', 'made'],
    'merge': base + ['-o', 'json', '--merge', 'part-1', 'part-2', 'made'],
}


def run(command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=120, check=False, env=dict(os.environ, ASAN_OPTIONS='exitcode=86:detect_leaks=0'))
    return done.returncode, done.stdout, done.stderr.decode(errors='replace')


def folder(path):
    """What is in it, by name; files under temporary names apart."""
    found, unfinished = {}, []
    for name in os.listdir(path) if os.path.isdir(path) else ():
        if name.startswith('.'):
            unfinished.append(name)
        else:
            with open(os.path.join(path, name), 'rb') as file:
                found[name] = file.read()
    return found, unfinished


def calls(command):
    """Each call after the keys were opened: its name, its number among calls of that name, and its text."""
    run(['strace', '-f', '-o', 'trace', '-s', '60'] + command)
    with open('trace', encoding='ascii', errors='replace') as file:
        lines = file.read().splitlines()
    number, found, begun = {}, [], False
    for line in lines:
        process, _, text = line.partition(' ')
        call = re.match(r'(\w+)\(', text.strip())
        if call is None or process != lines[0].split()[0]:
            continue
        name = call.group(1)
        number[name] = number.get(name, 0) + 1
        begun |= name == 'openat' and '"keys"' in text
        if begun:
            found.append((name, number[name], text.strip()))
    return found


def fail(step, name, number, error):
    """Run the step so that the call fails; say what is wrong with that."""
    shutil.rmtree('events', ignore_errors=True)
    how = 'signal=KILL' if error == 'KILL' else 'error=' + error
    status, out, said = run(['strace', '-o', '/dev/null', '-e', 'inject=%s:%s:when=%d' % (name, how, number)] +
                            steps[step])
    found, unfinished = folder('events')
    if step == 'map':
        # A size that nobody can tell gives other names.
        if name == 'newfstatat' and status == 0:
            return None
        # The events say so if a capture could not be read.
        unread = status == 3 and any(capture in said for capture in captures)
        if not unread and any(good_events.get(file) != octets for file, octets in found.items()):
            return 'there are other events'
        if status == 0 and found != good_events:
            return 'status 0 without all events'
        if error != 'KILL' and unfinished:
            return 'it leaves %s' % ' '.join(unfinished)
    elif (status, out) != good[step] and re.search(rb'{"record":"summary".*}\n$', out):
        return 'there is another report'
    if error != 'KILL' and (status, out) != good[step] and (status not in (2, 3) or not said):
        return 'status %d: %s' % (status, said)
    if step == 'map' and (run(steps[step])[0] != good[step][0] or folder('events') != (good_events, [])):
        return 'run again, it leaves %s' % os.listdir('events')
    return None


if not shutil.which('strace') or run(['strace', '-o', '/dev/null', '-e', 'inject=close:error=EIO:when=9', 'true'])[0] == 1:
    print('skip: no strace, or it may not trace')
    sys.exit(77)
with tempfile.TemporaryDirectory() as work:
    os.chdir(work)
    shutil.copy(root + '/pcaps/mipro.keys', 'keys')
    os.chmod('keys', 0o600)
    good = {'map': run(steps['map'])[:2]}
    good_events = folder('events')[0]
    os.rename('events', 'made')
    for part in 1, 2:
        with open('part-%d' % part, 'wb') as file:
            file.write(run(base + ['-o', 'json', '--compact', '--shard=%d/2' % part, 'made'])[1])
    good.update({step: run(steps[step])[:2] for step in ('reduce', 'merge')})
    tried = 0
    for step, command in steps.items():
        for name, number, text in calls(command):
            for error in ERRORS.get(name, ()):
                if error == 'KILL' and step != 'map':
                    continue
                tried += 1
                wrong = fail(step, name, number, error)
                if wrong:
                    faults.fault('%s, %s: %s\n  %s' % (step, error, wrong, text))
    print('%d calls that failed, %d faults' % (tried, faults.count))
    if tried < 100:
        faults.fault('too few')
    os.chdir('/')
sys.exit(faults.count != 0)
