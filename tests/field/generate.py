#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""generate.py SEED EXCHANGES NAME [TRANSFORMATION...]: write conformant exchanges to NAME.pcapng and NAME.keys.

The transformations of captures.py follow one another, as named: span any_device trunk tunnelled taps
wrapped jitter shuffled overlapped loss snap one_way one_link middle fragments nat step no_time.
"""
import os
import random
import sys
import time

import captures
from packets import write_keys, write_pcapng
from traffic import World


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    seed, exchanges, name = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    steps = [getattr(captures, word) for word in sys.argv[4:]]
    began = time.time()
    world = World(seed, mobiles=max(4, min(1000, exchanges // 50))).run(exchanges)
    packets = captures.apply(world.tail(world.sorted()), steps, random.Random(seed))
    write_pcapng(name + '.pcapng', packets)
    write_keys(name + '.keys', world.associations)
    os.chmod(name + '.keys', 0o600)
    took = time.time() - began
    print('%d exchanges, %d frames, %d associations; %.0f exchanges a second' % (
        world.exchanges, len(packets), len(world.associations), world.exchanges / took))


if __name__ == '__main__':
    main()
