#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""archive_history.py FOLDER FILES EXCHANGES: one continuous history, cut into many captures.

FOLDER/archive/NNNN.pcapng follow each other like ring files; FOLDER/keys verifies them. Between
conformant exchanges are replays, forgeries and faulty handoffs, whose frames are in different files.
"""
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'field'))
import attacks  # noqa: E402
from packets import SECOND, write_keys, write_pcapng  # noqa: E402
from traffic import World  # noqa: E402

PLANTED = ('identification_used_again', 'handoff_never_told', 'replay_after_newer', 'handoff_altered',
           'registration_replayed', 'handoff_without_a', 'stale_forwarding', 'forged_update_accepted',
           'update_never_acknowledged', 'lifetime_exceeded', 'timestamp_backwards', 'reply_mismatched')


def main():
    folder, files, exchanges = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    world = World(16, agents=3, mobiles=24, correspondents=8).run(exchanges)
    last = max(packet.time for packet in world.packets)
    known = {one.__name__: one for one in attacks.ATTACKS}
    for number, name in enumerate(PLANTED):
        begin = world.start + (last - world.start) * (number + 1) // (len(PLANTED) + 1)
        attacks.plant(world, random.Random(number), begin // SECOND * SECOND, known[name])
    for one in world.associations:
        one.line = one.line.replace('"%s"' % one.name, '"%s-%x"' % (one.name, one.spi), 1)  # stages use the same names
    packets = world.sorted()
    os.mkdir(os.path.join(folder, 'archive'))
    for number in range(files):
        part = packets[number * len(packets) // files:(number + 1) * len(packets) // files]
        write_pcapng(os.path.join(folder, 'archive', '%04d.pcapng' % (number + 1)), part)
    keys = os.path.join(folder, 'keys')
    write_keys(keys, world.associations)
    os.chmod(keys, 0o600)


if __name__ == '__main__':
    main()
