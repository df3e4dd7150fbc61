#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""parts.py MIPRO-VERIFY SEED COUNT: judge COUNT captures of the generator in parts, and each history of
rulings.json and rulings/unseen.json.

Exchanges, attacks and the effects of capturing, cut into files: tasks write their events, in any
grouping and order, several parts are judged, and the reports are merged.  The result must be what one
process prints for all files, octet for octet.  Captures whose files are not in order of time are
skipped, and counted.
"""
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

from packets import write_keys, write_pcapng
from rulings import History
from run import Case, Tool


def cut(packets, rng):
    """The packets in files; None if the first timestamps of the files are not in order."""
    borders = sorted(rng.sample(range(1, len(packets)), min(len(packets) - 1, rng.choice((1, 3, 9)))))
    files = [packets[a:b] for a, b in zip([0] + borders, borders + [len(packets)])]
    order = [(file[0].time or 0, file[-1].time or 0) for file in files]
    return files if all(file[0].time is not None for file in files) and order == sorted(order) else None


def run(*arguments):
    ran = subprocess.run(arguments, capture_output=True, timeout=120)
    return ran.stdout, ran.returncode, ran.stderr.decode()


def judge_case(tool, case, files, rng):
    """How the two results differ, or None."""
    keys, names = tool.path('case.keys'), []
    write_keys(keys, case.world.associations)
    os.chmod(keys, 0o600)
    for number, file in enumerate(files):
        names.append(tool.path('part-%02d.pcapng' % number))
        write_pcapng(names[-1], file, case.resolution)
    return judge(tool, keys, names, rng.choice((1, 2, 3, 5, 16, 64)), rng)


def judge_rulings(tool):
    """The number of histories that differ, and of all; those with their own options are skipped."""
    told, failed = [], 0
    for name in ('rulings.json', 'rulings/unseen.json'):
        with open(os.path.join(os.path.dirname(os.path.realpath(__file__)), name)) as file:
            told += [one for one in json.load(file) if 'options' not in one]
    for number, one in enumerate(told):
        path = tool.path('ruling')
        History(one).write(path)
        why = judge(tool, path + '.keys', [path + '.pcapng'], 2 + number % 3, random.Random(number))
        if why is not None:
            failed += 1
            print('%s: %s' % (one['name'], why), flush=True)
    return failed, len(told)


def judge(tool, keys, names, n, rng):
    """The same, in n parts."""
    verify = tool.program
    events = tool.path('events')
    shutil.rmtree(events, ignore_errors=True)
    one, status, _ = run(verify, '-k', keys, '-o', 'json', '--continue', *names)
    size = rng.choice((1, 2, len(names)))
    tasks = [names[i:i + size] for i in range(0, len(names), size)]
    rng.shuffle(tasks)
    for task in tasks:
        _, code, said = run(verify, '-k', keys, '--events=' + events, '--shard=%d' % n, *task)
        if code != 0:
            return 'map: status %d: %s' % (code, said)
    reports = []
    for part in range(1, n + 1):
        how = rng.choice(([], ['--compact']))
        report, code, said = run(verify, '-k', keys, '-o', 'json', '--shard=%d/%d' % (part, n), *how, events)
        if code not in (0, 1, 4):
            return 'part %d of %d: status %d: %s' % (part, n, code, said)
        reports.append(tool.path('report-%d' % part))
        with open(reports[-1], 'wb') as file:
            file.write(report)
    rng.shuffle(reports)
    merged, code, said = run(verify, '--merge', *reports, events)
    if code != status:
        return '%d parts: status %d, not %d: %s' % (n, code, status, said)
    if merged != one:
        lines = zip(one.splitlines() + [b''], merged.splitlines() + [b''])
        return '%d parts: %s' % (n, next((b'%s\n    not %s' % (b, a)).decode() for a, b in lines if a != b))
    return None


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    seed, count, failed, tried, left_out = int(sys.argv[2]), int(sys.argv[3]), 0, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        tool = Tool(sys.argv[1], folder)
        while tried < count:
            rng = random.Random(seed)
            case = Case(seed, rng.random() < 0.5, tool)
            files = cut(case.packets, rng) if len(case.packets) > 1 else None
            seed += 1
            if files is None:
                left_out += 1
                continue
            tried += 1
            why = judge_case(tool, case, files, rng)
            if why is not None:
                failed += 1
                print('seed %d: %s (%s)' % (seed - 1, why, case.words()), flush=True)
        wrong, told = judge_rulings(tool)
    print('%d captures in parts, %d failures; %d left out' % (tried, failed, left_out))
    print('%d histories in parts, %d failures' % (told, wrong))
    return failed + wrong != 0


if __name__ == '__main__':
    sys.exit(main())
