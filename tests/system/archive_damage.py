#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""archive_damage.py SCRIPT SEED RUNS - damage one file of an audit between its steps, at random.

In the current folder are one.jsonl, the report of one process, and good, a finished audit by SCRIPT
(archive-parallel).  Each run takes a copy in which some steps are done, damages a file in it (an octet, its end,
all of it, or another file in its place), and lets the script go on.  Either the report is that of one process, or
the status is 2 or 3, the file or its task is named, and there is no other report.
"""
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys

script, seed, runs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
HOW = ('a bit', 'an octet', 'an octet', 'a block', 'cut off', 'longer', 'removed', 'empty', 'another')


def files(folder):
    return sorted(os.path.join(where, name) for where, _, names in os.walk(folder) for name in names)


def kind(path):
    """Files of one kind are equally likely together, however many there are."""
    return re.sub(r'[0-9a-f]{16}|\d+', 'N', path)


def prepare(rng):
    """A copy in which some steps are done."""
    shutil.rmtree('bad', ignore_errors=True)
    shutil.copytree('good', 'bad')
    done = rng.choice(('plan', 'map', 'some of map', 'reduce', 'some of reduce', 'merge'))
    if done != 'merge':
        os.remove('bad/report.jsonl')
        os.remove('bad/report.status')
    for step in ('reduce', 'map'):
        if done.endswith(step):
            if done.startswith('some'):
                os.remove(rng.choice([f for f in files('bad/' + step) if f.endswith('.status')]))
            break
        if done != 'merge':
            shutil.rmtree('bad/' + step)
    return done


def damage(rng):
    """Damage a file; return its name and what was done."""
    # The report is the user's by then; of the lock and the logs nothing is read.
    found = [f for f in files('bad') if not re.match('bad/(report.jsonl|lock|log/)', f)]
    chosen = rng.choice(sorted({kind(f) for f in found}))
    found = [f for f in found if kind(f) == chosen]
    path, how = rng.choice(found), rng.choice(HOW)
    octets = bytearray(pathlib.Path(path).read_bytes())
    at = rng.randrange(len(octets)) if rng.random() < 0.7 else min(rng.randrange(80), len(octets) - 1)
    if how == 'a bit':
        octets[at] ^= 1 << rng.randrange(8)
    elif how == 'an octet':
        octets[at] = rng.choice([c for c in range(256) if c != octets[at]])
    elif how == 'a block':
        octets[at:at + 512] = bytes(len(octets[at:at + 512]))
    elif how == 'cut off':
        del octets[at:]
    elif how == 'longer':
        octets += rng.choice((b'\n', b'\0', b'x', bytes(octets)))
    elif how == 'empty':
        octets = b''
    elif how == 'another':
        octets = pathlib.Path(rng.choice(found)).read_bytes()
    if how == 'removed':
        os.remove(path)
    else:
        pathlib.Path(path).write_bytes(octets)
    return path, '%s at %d' % (how, at)


def is_named(path, said):
    """The file, or the task that it belongs to."""
    if path.startswith('bad/plan/'):
        return 'bad/plan/' in said
    task = re.match(r'(bad/(?:map|reduce)/\d+|bad/report)', path).group(1)
    number = task.rsplit('/', 1)[1]
    return task in said or 'map task %s ' % number in said or 'map-%s,' % number in said


def run(number, one):
    rng = random.Random(number)
    done = prepare(rng)
    path, how = damage(rng)
    got = subprocess.run([script, '--work=bad', '-j', '2', '--attempts=1'], stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, check=False)
    said = got.stdout.decode(errors='replace')
    report = pathlib.Path('bad/report.jsonl').read_bytes() if os.path.exists('bad/report.jsonl') else None
    same = report == one
    if got.returncode == 1 and same:
        return 'same'
    if got.returncode in (2, 3) and (same or report is None) and is_named(path, said):
        return 'named'
    print('seed %d: after %s, %s: %s: status %d, %s report, and it says:\n%s' %
          (number, done, path, how, got.returncode, 'the same' if same else 'no' if report is None else 'ANOTHER', said))
    return 'wrong'


def main():
    one = pathlib.Path('one.jsonl').read_bytes()
    results = [run(number, one) for number in range(seed, seed + runs)]
    count = {word: results.count(word) for word in ('same', 'named', 'wrong')}
    print('%d times damaged: %s' % (runs, ', '.join('%s %d' % item for item in count.items())))
    return count['wrong'] != 0 or (runs >= 20 and not (count['same'] and count['named']))


if __name__ == '__main__':
    sys.exit(main())
