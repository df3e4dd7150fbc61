#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""flat.py MIPRO-VERIFY [KIND...]: a message of a flood costs the same, however many others there are.

Of each kind of flood.py a small and a four times larger flood are judged, 10 us between messages in
both. Status 1 if the processor time per message in the larger flood is more than RATIO times that in
the smaller; each is the least of several runs, and what a capture of one message takes is subtracted.
"""
import os
import resource
import subprocess
import sys
import tempfile

COUNT, TIMES, RATIO, TRIES = 10000, 4, 2.2, 6
KINDS = ('unmatched', 'namesakes', 'requests', 'updates', 'homes')


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    program, kinds = sys.argv[1], sys.argv[2:] or KINDS
    flood = os.path.join(os.path.dirname(os.path.realpath(__file__)), 'flood.py')
    wrong = False

    def seconds(capture):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([program, '--threads=1', '-q', capture], stderr=subprocess.DEVNULL, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    with tempfile.TemporaryDirectory() as folder:
        for kind in kinds:
            counts = (1, COUNT, TIMES * COUNT)
            names = [os.path.join(folder, '%s-%d.pcap' % (kind, count)) for count in counts]
            for name, count in zip(names, counts):
                subprocess.run([sys.executable, flood, kind, str(count), name], check=True)
            least = [float('inf')] * 3
            for _ in range(TRIES):
                least = [min(old, seconds(name)) for old, name in zip(least, names)]
                small, large = ((one - least[0]) / count for one, count in zip(least[1:], counts[1:]))
                ratio = large / max(small, 1e-9)
                if ratio <= RATIO:
                    break
            print('%-14s %.2f us a message in %d, %.2f in %d: %.2f times' % (
                kind, small * 1e6, counts[1], large * 1e6, counts[2], ratio))
            wrong |= ratio > RATIO
    return wrong


sys.exit(main())
