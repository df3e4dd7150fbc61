#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""damage.py BUILD [STRIDE] - damaged files of an archive are named, and nothing is made of them.

A small archive of two map tasks and two parts.  Of each file of events that a part reads, and of
each report of a part that is merged, one bit of every octet is turned, one octet in STRIDE (7); they
are cut off, swapped, exchanged for those of another task, key file, option or version, left out and
given twice.  Each time the status must be 3, standard error must name the file, and no
report may come out: never another report without a word.
"""
import glob
import os
import shutil
import subprocess
import sys
import tempfile

import faults
from faults import fault

build = os.path.abspath(sys.argv[1])
stride = int(sys.argv[2]) if len(sys.argv) > 2 else 7
verify = os.path.join(build, 'mipro-verify')
root = os.path.abspath(os.path.join(os.path.dirname(__file__), '..', '..'))
if not os.access(verify, os.X_OK):
    print('skip: no mipro-verify')
    sys.exit(77)
tried = 0


def read(path):
    with open(path, 'rb') as f:
        return f.read()


def write(path, octets):
    with open(path, 'wb') as f:
        f.write(octets)


def run(*arguments):
    done = subprocess.run([verify, '--threads=1', *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr.decode(errors='replace')


def refused(what, path, status, out, errors, word=''):
    """It was named, and nothing came out that looks like a report."""
    global tried
    tried += 1
    if status != 3 or out or os.path.basename(path) not in errors or word not in errors:
        fault('%s: status %d, %d octets of output, said: %s' % (what, status, len(out), errors))


def damages(octets):
    """Each damage, in words, and what it makes of the octets."""
    for at in range(0, len(octets), stride):
        bit = 1 << (at // stride % 8)
        yield 'octet %d' % at, octets[:at] + bytes([octets[at] ^ bit]) + octets[at + 1:]
    for n in range(0, len(octets), 5 * stride):
        yield 'cut to %d' % n, octets[:n]
    yield 'the last octet is missing', octets[:-1]
    yield 'an octet too many', octets + b'\n'
    half = len(octets) // 2
    yield 'part of it twice', octets[:half] + octets[half // 2:]


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    shutil.copy(root + '/pcaps/mipro.keys', 'keys')
    os.chmod('keys', 0o600)
    tasks = [['correspondent', 'forged-update'], ['smooth-handoff', 'replay-attack']]

    def name_of(capture):
        return '%s/pcaps/%s.pcap' % (root, capture)

    def events_of(where, *more):
        for number, task in enumerate(tasks):
            run('-k', 'keys', *more, '--events=%s/%d' % (where, number), '--shard=2', *map(name_of, task))

    def reduce(part, *where):
        how = ['--compact'] if part == 2 else []
        return run('-k', 'keys', '-o', 'json', *how, '--shard=%d/2' % part, *where)

    events_of('events')
    whole = {}
    for k in (1, 2):
        whole[k] = reduce(k, 'events/0', 'events/1')
        if whole[k][0] not in (0, 1):
            fault('part', k, 'cannot be judged:', whole[k])
        write('part-%d' % k, whole[k][1])
    everything = ('part-1', 'part-2', 'events/0', 'events/1')

    def merge(*what):
        return run('-o', 'json', '--merge', *(what or everything))

    merged = merge()
    if merged[0] not in (0, 1) or b'"record":"summary"' not in merged[1]:
        fault('undamaged, the parts cannot be merged:', merged)

    # What is damaged.
    files = sorted(glob.glob('events/0/*-all-*')) + sorted(glob.glob('events/0/*-01-*'))
    for path in files:
        octets = read(path)
        for what, damaged in damages(octets):
            write(path, damaged)
            refused('%s, %s' % (path, what), path, *reduce(1, 'events/0', 'events/1'))
        write(path, octets)
    # The merge reads the files of all parts, for what compact reports leave out.
    for path in sorted(glob.glob('events/?/*')):
        octets = read(path)
        for what, damaged in damages(octets):
            write(path, damaged)
            refused('%s in the merge, %s' % (path, what), path, *merge())
        os.remove(path)
        refused('%s in the merge, missing' % path, path if '-all-' not in path else 'of-02', *merge())
        write(path, octets)
    for path in ('part-1', 'part-2'):
        octets = read(path)
        for what, damaged in damages(octets):
            write(path, damaged)
            refused('%s, %s' % (path, what), path, *merge())
        # Whole lines: each for itself is in order.
        lines = octets.splitlines(True)
        for i in range(1, len(lines) - 1):
            write(path, b''.join(lines[:i] + lines[i + 1:]))
            refused('%s without line %d' % (path, i), path, *merge())
            write(path, b''.join(lines[:i + 1] + lines[i:]))
            refused('%s, line %d twice' % (path, i), path, *merge())
        write(path, octets)

    # What belongs elsewhere.
    first, second = (sorted(glob.glob('events/%d/*-01-*' % i))[0] for i in (0, 1))
    octets = read(first)
    write(first, read(second))
    refused('the part of another task', first, *reduce(1, 'events/0', 'events/1'), 'another file')
    write(first, read(first.replace('-01-', '-02-')))
    refused('another part', first, *reduce(1, 'events/0', 'events/1'), 'another file')
    # Another version says so in the eighth octet.
    write(first, octets[:7] + b'1' + octets[8:])
    refused('another version', first, *reduce(1, 'events/0', 'events/1'), 'another version')
    # Another version of the program, which writes the same form, in octets 44 to 47.
    write(first, octets[:44] + bytes([octets[44] ^ 1]) + octets[45:])
    refused('another program', first, *reduce(1, 'events/0', 'events/1'), 'another version')
    write(first, octets)
    # The same names and sizes, another content.
    os.mkdir('changed')
    changed = [os.path.join(folder, 'changed', c + '.pcap') for c in tasks[0]]
    for source, path in zip(tasks[0], changed):
        shutil.copy(name_of(source), path)
    run('-k', 'keys', '--events=before', '--shard=2', *changed)
    capture = bytearray(read(changed[0]))
    capture[-1] ^= 1
    write(changed[0], bytes(capture))
    run('-k', 'keys', '--events=after', '--shard=2', *changed)
    own = sorted(glob.glob('before/*-01-*'))[0]
    write(own, read(own.replace('before', 'after')))
    refused('events from before and after a change', own, *reduce(1, 'before'), 'does not belong')

    events_of('other-options', '--ack-timeout=3')
    refused('other options', 'events', *reduce(1, 'other-options/0', 'other-options/1'), 'other options')
    keys = read('keys')
    write('keys', keys.replace(b'"mobile', b'"mobili', 1))
    write('keys', keys + b'"one-more","10.9.9.9","10.9.9.8","0x7777","hex:00112233445566778899aabbccddeeff"\n')
    refused('another key file', 'events', *reduce(1, 'events/0', 'events/1'), 'another key file')
    write('keys', keys)

    # What is missing, or there twice.
    os.rename(first, 'aside')
    refused('a part is missing', 'events/0', *reduce(1, 'events/0', 'events/1'))
    os.rename('aside', first)
    refused('no folder', 'events/2', *reduce(1, 'events/0', 'events/2'))
    twice = reduce(1, 'events/0', 'events/0', 'events/1')
    if twice[1] != whole[1][1]:
        fault('a folder given twice counts twice')
    shutil.copytree('events/0', 'copy')
    twice = reduce(1, 'events/0', 'copy', 'events/1')
    if twice[1] != whole[1][1] or 'given twice' not in twice[2]:
        fault('a task that is there twice:', twice[2])
    turned = reduce(1, 'events/1', 'events/0')
    if turned[1] != whole[1][1]:
        fault('the order of the folders matters')
    refused('a part of a merge is missing', 'part-1', *merge('part-1'))
    refused('a part is given twice', 'part-1', *merge('part-1', 'part-1'))
    # The merge, with other events than the reports were made of.
    refused('no events for a merge', 'part-1', *merge('part-1', 'part-2'), 'name the folders')
    refused('events of one task of two', 'events/1', *merge('part-1', 'part-2', 'events/1'), 'not the events')
    refused('events made with other options', 'all-of-02',
            *merge('part-1', 'part-2', 'other-options/0', 'other-options/1'), 'other options')
    run('-k', 'keys', '--events=four', '--shard=4', *map(name_of, tasks[0] + tasks[1]))
    refused('events for another number of parts', 'four', *merge('part-1', 'part-2', 'four'), 'for 4 parts')
    for how in (('events/1', 'events/0'), ('events/0', 'copy', 'events/1', 'events/1')):
        if merge('part-1', 'part-2', *how)[:2] != merged[:2]:
            fault('the merge with', how)
    # Events from before and after a change: the same names and sizes, which no report can tell apart.
    for k, how in ((1, ()), (2, ('--compact',))):
        write('part-%d' % k, run('-k', 'keys', '-o', 'json', *how, '--shard=%d/2' % k, 'after')[1])
    shutil.rmtree('before')
    write(changed[0], read(name_of(tasks[0][0])))
    run('-k', 'keys', '--events=before', '--shard=2', *changed)
    refused('events from before a change', 'before', *merge('part-1', 'part-2', 'before'), 'not the events')
    write('part-2', run('-k', 'keys', '-o', 'json', '--compact', '--shard=2/2', 'before')[1])
    write('part-1', run('-k', 'keys', '-o', 'json', '--compact', '--shard=1/2', 'after')[1])
    refused('reports of other events', 'part-2', *merge('part-1', 'part-2', 'after'), 'other events')
    write('part-2', run('-k', 'keys', '-o', 'json', '--shard=2/2', 'events/0')[1])
    refused('parts of different archives', 'part-2', *merge('part-1', 'part-2'))

print('%d damages tried, %d faults' % (tried, faults.count))
if tried < 300:
    fault('that is too few')
sys.exit(faults.count != 0)
