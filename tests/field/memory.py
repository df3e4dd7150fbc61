#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""memory.py MIPRO-VERIFY [COUNT]: whatever arrives, the program stays below 256 MiB.

A flood that fills all tables (flood.py mixed) is judged by two threads, and by eight, which are the most unless
the user asks for more, and whose stacks and heaps take some MiB besides.  Status 1 if the program was larger, or if nothing had to be dropped: then the
flood proves nothing.
"""
import json
import os
import resource
import subprocess
import sys
import tempfile

LIMITS = {2: 256 * 1024, 8: 272 * 1024}  # KiB, by threads


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    count = sys.argv[2] if len(sys.argv) == 3 else '700000'
    with tempfile.TemporaryDirectory() as folder:
        capture = os.path.join(folder, 'flood.pcap')
        subprocess.run([sys.executable, os.path.join(os.path.dirname(os.path.realpath(__file__)), 'flood.py'),
                        'mixed', count, capture], check=True)
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        for threads, limit in LIMITS.items():
            with subprocess.Popen([sys.argv[1], '-o', 'json', '--threads=%d' % threads, capture],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as ran:
                for line in ran.stdout:
                    pass
            summary = json.loads(line)
            largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
            print('%s messages, %d threads: %d MiB resident, %d dropped'
                  % (count, threads, largest // 1024, summary['dropped']))
            if before >= limit:
                sys.exit('the flood took more memory to make than is allowed here')
            if largest >= limit or summary['dropped'] == 0:
                sys.exit(1)


main()
