#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""memory.py MIPRO-VERIFY [COUNT]: whatever arrives, the program stays below 256 MiB.

A flood that fills all tables (flood.py mixed) is judged by two threads.  Status 1 if the program was
larger, or if nothing had to be dropped: then the flood proves nothing.
"""
import json
import os
import resource
import subprocess
import sys
import tempfile

LIMIT = 256 * 1024  # KiB


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    count = sys.argv[2] if len(sys.argv) == 3 else '700000'
    with tempfile.TemporaryDirectory() as folder:
        capture = os.path.join(folder, 'flood.pcap')
        subprocess.run([sys.executable, os.path.join(os.path.dirname(os.path.realpath(__file__)), 'flood.py'),
                        'mixed', count, capture], check=True)
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        with subprocess.Popen([sys.argv[1], '-o', 'json', '--threads=2', capture],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as ran:
            for line in ran.stdout:
                pass
        summary = json.loads(line)
        largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print('%s messages: %d MiB resident, %d dropped' % (count, largest // 1024, summary['dropped']))
    if before >= LIMIT:
        sys.exit('the flood took more memory to make than is allowed here')
    sys.exit(largest >= LIMIT or summary['dropped'] == 0)


main()
