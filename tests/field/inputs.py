#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""inputs.py MIPRO-VERIFY: captures that caused problems in the field, and the correct result of each.

Status 1 if any result differs.
"""
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter

FOLDER = os.path.join(os.path.dirname(os.path.realpath(__file__)), 'inputs')
BACKWARDS = r'timestamps run backwards here.*reordercap'
# captures, key file, options, status, verdicts, findings as RULE: frames, copies, standard error
ROWS = [
    ('rate-none', 'mipro', '', 0, {'good': 12}, {}, 6, None),
    ('erspan-forged', 'mipro', '', 1, {'bad': 1, 'good': 1}, {'forged-accepted': [2]}, 0, None),
    ('enc-plain', 'mipro', '', 0, {'good': 1}, {}, 0, None),
    ('enc-vxlan', 'mipro', '', 0, {'good': 1}, {}, 0, None),
    ('enc-gtpu', 'mipro', '', 0, {'good': 1}, {}, 0, None),
    ('fr-vlans', 'mipro', '', 1, {'good': 1, 'bad': 1}, {}, 0, None),
    ('reverse-tunnel', 'mipro', '', 1, {'good': 4}, {'privacy': [3]}, 0, None),
    ('reverse-tunnel', 'mipro', '--p-bit=reverse-tunnel', 0, {'good': 4}, {}, 0, None),
    ('cdma-zero', 'cdma', '', 1, {'good': 6, 'no-key': 2}, {}, 0, None),
    ('gre-key48', 'cdma', '', 0, {'good': 1}, {}, 0, None),
    ('nai', 'nai1', '', 1, {'good': 1, 'no-key': 1}, {}, 0, None),
    ('nai', 'nai2', '', 2, {}, {}, 0, 'nai2.*:2: end A: .* fits as well as "alice" of line 1'),
    ('nai', 'nai3', '', 0, {'good': 2}, {}, 0, None),
    ('pfan-bad', 'mipro', '', 1, {'good': 1, 'bad': 1}, {'pfan-care-of': [1]}, 0, None),
    ('junit-twice', 'mipro', '', 1, {'good': 1, 'bad': 1}, {'extension-misplaced': [1]}, 0, None),
    ('ro-file', 'mipro', '', 0, {'good': 2}, {}, 0, BACKWARDS),
    ('ring/s.pcap*', 'mipro', '--continue', 0, {'good': 24}, {}, 0, BACKWARDS),
    ('enc-plain', 'bom', '', 0, {'good': 1}, {}, 0, None),
]


def run(verify, name, keys, options, scratch):
    captures = sorted(glob.glob(os.path.join(FOLDER, name if '*' in name else name + '.pcap')))
    copy = os.path.join(scratch, keys)
    shutil.copy(os.path.join(FOLDER, 'k.bom' if keys == 'bom' else keys + '.keys'), copy)
    os.chmod(copy, 0o600)
    return subprocess.run([verify, '-o', 'json', '-k', copy] + options.split() + captures,
                          capture_output=True, text=True, timeout=60)


def faults(ran, status, verdicts, findings, copies, stderr):
    records = [json.loads(line) for line in ran.stdout.splitlines()]
    found = {}
    for r in records:
        if r['record'] == 'finding':
            found.setdefault(r['rule'], []).append(r['frame'])
            if r['rule'] == 'privacy' and '--p-bit=reverse-tunnel' not in r['text']:
                yield 'the privacy finding does not name the option'
    judged = Counter(r['verdict'] for r in records if r['record'] == 'authenticator')
    if ran.returncode != status:
        yield 'status %d' % ran.returncode
    if judged != Counter(verdicts):
        yield 'verdicts %s' % dict(judged)
    if found != findings:
        yield 'findings %s' % found
    if records and records[-1]['copies'] != copies:
        yield '%d copies' % records[-1]['copies']
    if stderr is None and ran.stderr or stderr is not None and (
            ran.stderr.count('\n') != 1 or not re.search(stderr, ran.stderr)):
        yield 'standard error: ' + ran.stderr


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    wrong = 0
    with tempfile.TemporaryDirectory() as scratch:
        for name, keys, options, *right in ROWS:
            for fault in faults(run(sys.argv[1], name, keys, options, scratch), *right):
                print('%s, keys %s %s: %s' % (name, keys, options, fault))
                wrong += 1
    print('%d rows, %d faults' % (len(ROWS), wrong))
    sys.exit(wrong != 0)


main()
