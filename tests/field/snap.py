#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""snap.py MIPRO-VERIFY SEED [--seconds=N] [NAME...]: cut the frames of the histories.

Octets that a capture lacks prove nothing: a history whose frames are cut, all at one snap length, or one of
them somewhere behind the fixed part, breaks no rule of severity error that it does not break when it is whole.
Status 1 if one does.
"""
import json
import os
import random
import subprocess
import sys
import tempfile
import time

import packets
from rulings import History, histories

FIXED = 24      # octets, of the longest message
HEADERS = 42    # of Ethernet, IP and UDP, which a fragment has at least in part
LONGEST = 1000  # frames of a history
# Without the octets that show this, these are other histories, in which somebody is at fault: the labels of
# the frames (None: all of them, cut together), and what they show.
OTHERS = {
    'request-lost-answer-late': ('w', 'that the last update has no acknowledge'),
    'nai-passed-on': ('ors', 'who registers, or asks for an address'),
    'assigned-to-another-node': ('o', 'who asks for an address'),
    'nai-assigned-unseen': ('or', 'who registers, or asks for an address'),
    'nai-granted-unasked-and-passed-on': ('por', 'who is granted an address, registers, or asks for one'),
    'nai-reply-and-fragments-before-its-request': ('r', 'whose the second request is'),
    'identification-that-hides-the-authenticator': (None, 'that an authenticator follows the identification'),
    'mismatch-while-messages-are-lost': ('p', 'that the capture lacks messages'),
}


def rules_of(program, history, path, options):
    """The rules broken with severity error; None if the program did not end well."""
    history.write(path)
    ran = subprocess.run([program, '-o', 'json', '-k', path + '.keys', *options, *history.files],
                         capture_output=True, text=True, timeout=60)
    if ran.returncode not in (0, 1, 3, 4):
        print(ran.stderr, end='')
        return None
    records = [json.loads(line) for line in ran.stdout.splitlines()]
    return {one['rule'] for one in records if one['record'] == 'finding' and one['severity'] == 'error'}


def shorten(packet, length):
    if not packet.snap or packet.snap > length:
        packet.snap = length


def cuts(whole, rng):
    """(which frame, or None for all; at which length)"""
    for length in rng.sample(range(42, 140), 3):
        yield None, length
    some = range(len(whole.order))
    for at in some if len(some) <= 20 else rng.sample(some, 20):
        length = len(packets.frame(whole.order[at]))
        least = max(length - len(whole.order[at].payload) + FIXED, HEADERS)
        if least < length:
            yield at, rng.randrange(least, length)


def main():
    words = [word for word in sys.argv[1:] if not word.startswith('--')]
    seconds = next((float(word[10:]) for word in sys.argv[1:] if word.startswith('--seconds=')), 1e9)
    if len(words) < 2:
        sys.exit(__doc__)
    end = time.monotonic() + seconds
    told = [one for one in histories() if not words[2:] or one['name'] in words[2:]]
    random.Random(words[1]).shuffle(told)
    tried = failed = seen = 0
    with tempfile.TemporaryDirectory() as folder:
        for one in told:
            if time.monotonic() > end:
                break
            whole, path, options = History(one), os.path.join(folder, 'x'), one.get('options', ())
            if len(whole.order) > LONGEST:
                continue
            seen += 1
            may = rules_of(words[0], whole, path, options)
            if may is None:  # this history is about a mistake on the command line, or in a file
                continue
            may |= {rule for name in ('must', 'either', 'may') for rule, _ in one.get(name, ())}
            for at, length in cuts(whole, random.Random(words[1] + one['name'])):
                history = History(one)
                for packet in history.order if at is None else history.order[at:at + 1]:
                    shorten(packet, length)
                label = 'all' if at is None else history.order[at].kind
                other = OTHERS.get(one['name'])
                if other and (other[0] is None if at is None else label in (other[0] or '')):
                    continue
                tried += 1
                rules = rules_of(words[0], history, path, options)
                if rules is None or rules - may:
                    failed += 1
                    print('%s, %s cut at %d: %s' % (one['name'], label, length,
                                                    'status' if rules is None else ' '.join(rules - may)))
    print('%d of %d histories, %d captures with cut frames, %d wrong'
          % (seen, len(told), tried, failed))
    return failed != 0 or tried == 0


if __name__ == '__main__':
    sys.exit(main())
