#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""memory.py MIPRO-VERIFY [COUNT]: whatever arrives, the program stays below 256 MiB.

A flood that fills all tables (flood.py mixed) is judged by two threads, by eight, which are the most unless the user
asks for more, and by sixteen; and a shorter one as eight files that do not continue each other, by as many.
Status 1 if the program was larger, or if nothing had to be dropped: then the flood proves nothing.
"""
import json
import os
import resource
import subprocess
import sys
import tempfile

MIB = 1024              # KiB
LIMIT = 256
# Messages of a file or None for COUNT, files, threads.
RUNS = [(some, files, threads) for some, files in ((90000, 8), (None, 1)) for threads in (2, 8, 16)]


def judge(program, capture, files, threads):
    """What was dropped, and the most that any program took so far."""
    with subprocess.Popen([program, '-o', 'json', '--threads=%d' % threads] + [capture] * files,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as ran:
        for line in ran.stdout:
            pass
    return json.loads(line)['dropped'], resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    flood = os.path.join(os.path.dirname(os.path.realpath(__file__)), 'flood.py')
    with tempfile.TemporaryDirectory() as folder:
        for some, files, threads in RUNS:
            count = some or (int(sys.argv[2]) if len(sys.argv) == 3 else 700000)
            capture = os.path.join(folder, str(count))
            if not os.path.exists(capture):
                subprocess.run([sys.executable, flood, 'mixed', str(count), capture], check=True)
            if resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >= LIMIT * MIB:
                sys.exit('the flood took more memory to make than is allowed here')
            dropped, largest = judge(sys.argv[1], capture, files, threads)
            print('%d messages in each of %d files, %d threads: %d MiB resident, %d dropped'
                  % (count, files, threads, largest // MIB, dropped))
            if largest >= LIMIT * MIB or dropped == 0:
                sys.exit(1)


main()
