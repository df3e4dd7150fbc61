#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""crowd.py NODES BEHIND COUNT KEYS CAPTURE: COUNT correspondents, of NODES in turn, ask where a mobile
node is, are told, and acknowledge it after BEHIND others were told. Each of them asks every 5 s. All
is signed under one association with timestamps."""
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'field'))
from packets import A, Association, acknowledge, address, ip_header, request, update  # noqa: E402

START = 920000000
NTP = 2208988800  # seconds from 1900 to 1970


def main():
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    nodes, behind, count = (int(a) for a in sys.argv[1:4])
    home, agent, foreign = address('10.1.0.9'), address('10.1.0.1'), address('172.16.0.1')
    keys = Association('crowd', '10.1.0.1', '12.0.0.0/8', 0x1000, bytes(range(16, 32)),
                       replay='timestamp')
    number = 0

    def node(i):
        return struct.pack('!I', 12 << 24 | i % nodes)

    def ident(i):
        us = i * 5000000 // nodes
        return START + NTP + us // 1000000 << 32 | us % 1000000 * 4294

    with open(sys.argv[4], 'w', encoding='ascii') as file:
        os.chmod(sys.argv[4], 0o600)
        print(keys.line, file=file)
    with open(sys.argv[5], 'wb') as file:
        file.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101))

        def send(src, dst, message):
            nonlocal number
            payload = keys.sign(message)
            octets = ip_header(src, dst, 8 + len(payload), 17, number % 65535 + 1, 64, 0) \
                + struct.pack('!HHHH', 434, 434, 8 + len(payload), 0) + payload
            us = number * 5000000 // (3 * nodes)
            file.write(struct.pack('<IIII', START + us // 1000000, us % 1000000, len(octets),
                                   len(octets)) + octets)
            number += 1

        for i in range(count + behind):
            if i < count:
                send(node(i), agent, request(home, ident(i)))
                send(agent, node(i), update(A, 60, home, foreign, ident(i)))
            if i >= behind:
                send(node(i - behind), agent, acknowledge(0, home, ident(i - behind)))


if __name__ == '__main__':
    main()
