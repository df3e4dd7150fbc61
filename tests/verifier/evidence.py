#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""evidence.py BUILD [STEP] - the file of --write holds what the captures hold, and is judged as they are.

Every STEPth history of tests/field, as mirror ports, routers, trunks, tunnels and second taps show it, in a file,
in several that continue each other, and in a pcapng file of sections that differ in the order of octets, the
resolution and offset of their times, and their interfaces, one of which each frame is on. For each packet of the
evidence: its octets, time, link type and interface are those of the frame that its comment names, which this
program reads by itself; and mipro-verify finds in it what it found in the captures.
"""
import json
import os
import random
import re
import struct
import subprocess
import sys
import tempfile

here = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, here + '/../field')
import faults  # noqa: E402
from faults import fault  # noqa: E402
from forms import FORMS, EDGES, Formed  # noqa: E402
from rulings import histories  # noqa: E402

verify = os.path.realpath(sys.argv[1]) + '/mipro-verify'
step = int(sys.argv[2]) if len(sys.argv) > 2 else 1


class Frame:
    def __init__(self, time, octets, length, link, interface, comments):
        self.time, self.octets, self.length, self.link = time, octets, length, link
        self.interface, self.comments = interface, comments

    def same(self):
        return self.time, self.octets, self.length, self.link, self.interface


def options(octets, order):
    at = 0
    while at + 4 <= len(octets):
        code, size = struct.unpack(order + 'HH', octets[at:at + 4])
        if code == 0:
            return
        yield code, octets[at + 4:at + 4 + size]
        at += 4 + size + -size % 4


def read(path):
    """The frames of a pcapng file; times in nanoseconds."""
    with open(path, 'rb') as file:
        octets = file.read()
    at, frames, interfaces, order = 0, [], [], '<'
    while at < len(octets):
        if octets[at:at + 4] == b'\x0a\x0d\x0d\x0a':
            order = '<' if octets[at + 8:at + 12] == b'\x4d\x3c\x2b\x1a' else '>'
            interfaces = []
        kind, size = struct.unpack(order + 'II', octets[at:at + 8])
        body = octets[at + 8:at + size - 4]
        if kind == 1:
            link, = struct.unpack(order + 'H', body[:2])
            told = dict(options(body[8:], order))
            unit = told.get(9, b'\6')[0]
            offset, = struct.unpack(order + 'q', told.get(14, bytes(8)))
            interfaces.append((link, unit, offset, told.get(2, b'').decode()))
        elif kind == 6:
            number, high, low, kept, length = struct.unpack(order + 'IIIII', body[:20])
            link, unit, offset, name = interfaces[number]
            ticks = high << 32 | low
            time = ticks * 10**9 >> (unit & 127) if unit & 128 else ticks * 10**9 // 10**unit
            end = 20 + kept + -kept % 4
            frames.append(Frame(time + offset * 10**9, body[20:20 + kept], length, link, name,
                                [value.decode() for code, value in options(body[end:], order) if code == 1]))
        at += size
    return frames


def option(order, code, octets):
    return struct.pack(order + 'HH', code, len(octets)) + octets + bytes(-len(octets) % 4)


def write_mixed(path, frames, rng):
    """The frames in sections of a few, none like the one before."""
    def block(kind, body):
        size = len(body) + 12
        return struct.pack(order + 'II', kind, size) + body + struct.pack(order + 'I', size)

    out, at, number = b'', 0, 0
    # Two for each link type, numbered alike in all sections: a number is what tells copies apart, whatever the name.
    links = {link: n for n, link in enumerate((link, which) for link in sorted({f.link for f in frames})
                                              for which in range(2))}
    while at < len(frames):
        order = '<>'[number % 2]
        some = frames[at:at + rng.randrange(1, 5 + len(frames) // 500)]   # names are kept in 1,024 sections
        at += len(some)
        out += block(0x0a0d0d0a, struct.pack(order + 'IHHq', 0x1a2b3c4d, 1, 0, -1))
        # 1 us, 1 ns, 2^-30 s, 0.1 us; the last with an offset
        unit, offset = ((6, 0), (9, 0), (128 | 30, 0), (7, 919000000))[number % 4]
        for (link, which), index in links.items():
            name = b'if%d' % rng.randrange(4) if which else b''
            out += block(1, struct.pack(order + 'HHI', link, 0, 0) + (option(order, 2, name) if name else b'')
                         + option(order, 9, bytes((unit,)))
                         + option(order, 14, struct.pack(order + 'q', offset)) + option(order, 0, b''))
        for frame in some:
            index = rng.choice([n for (link, _), n in links.items() if link == frame.link])
            time = frame.time - offset * 10**9
            ticks = -(-(time << 30) // 10**9) if unit & 128 else time * 10**unit // 10**9
            out += block(6, struct.pack(order + 'IIIII', index, ticks >> 32, ticks & 0xffffffff, len(frame.octets),
                                        frame.length) + frame.octets + bytes(-len(frame.octets) % 4))
        number += 1
    with open(path, 'wb') as file:
        file.write(out)


def judged(what, *arguments):
    ran = subprocess.run([verify, '-o', 'json', *arguments], capture_output=True, text=True, timeout=120)
    if ran.returncode not in (0, 1, 4):
        fault(arguments, 'ends with', ran.returncode, ran.stderr)
        return []
    out = []
    for record in map(json.loads, ran.stdout.splitlines()):
        record.pop('why', None)     # may name what else was seen
        if record['record'] == 'finding':
            record.pop('text')      # the length of a silence
        elif not record.get('verdict') or what == 'findings' and record['verdict'] not in ('bad', 'expired', 'missing'):
            continue
        out.append(json.dumps(record, sort_keys=True))
    return sorted(set(out))     # a silence may be told of two answers at once


def compare(name, what, keys, more, paths, folder):
    evidence = folder + '/evidence.pcapng'
    first = judged(what, '-k', keys, *more, '--write=' + evidence, '--write-what=' + what, *paths)
    packets = read(evidence)
    sources = {path: read(path) for path in paths}
    for packet in packets:
        origin = re.match(r'frame ([0-9]+) of "(.*)"\n', packet.comments[0] + '\n') if packet.comments else None
        if origin is None or origin[2] not in sources:
            fault(name, what, 'has a packet of', packet.comments)
            continue
        frame = sources[origin[2]][int(origin[1]) - 1]
        if 'kept for its time' in packet.comments[0]:
            frame = Frame(frame.time, b'', frame.length, frame.link, frame.interface, [])
        if packet.same() != frame.same():
            fault(name, what, 'has another frame', origin[1], str(packet.same())[:200], str(frame.same())[:200])
    if packets:
        second = judged(what, '-k', keys, *more, evidence)
        if first != second:
            fault(name, what, 'is judged differently:', str(sorted(set(first) ^ set(second))[:2])[:300], len(first), len(second))
    elif first:
        fault(name, what, 'has no evidence of', first[0])
    return len(packets)


# These were judged differently when they were tried for the first time.
ALWAYS = {'continue-fragments', 'copies-exact-later', 'fragments-from-two-taps', 'request-other-home-answered',
          'zero-copies-1.1ms'}


def main():
    total = compared = turn = 0
    with tempfile.TemporaryDirectory() as folder:
        for form in FORMS:
            for told in histories():
                if told['name'].startswith(EDGES.get(form, ())) or form == 'cut' and \
                        (told.get('unsorted') or 'split' in told):
                    continue
                turn += 1
                if turn % step != 0 and told['name'] not in ALWAYS:
                    continue
                history = Formed(told, form)
                path = os.path.join(folder, told['name'])
                history.write(path)
                stems = sorted(name[:-7] for name in os.listdir(folder)
                               if name.startswith(told['name']) and name.endswith('.pcapng'))
                paths = [os.path.join(folder, stem + '.pcapng') for stem in stems]
                more = list(history.told.get('options', ()))
                rng = random.Random(turn)
                name = told['name'] + ' as ' + form
                both = ('findings', 'messages')
                mixed = [one[:-7] + '.mixed.pcapng' for one in paths]
                for one, other in zip(paths, mixed):
                    write_mixed(other, read(one), rng)
                for what in both if told['name'] in ALWAYS else both[turn // step % 2:][:1]:
                    total += compare(name, what, path + '.keys', more, paths, folder)
                    total += compare(name + ', mixed', what, path + '.keys', more, mixed, folder)
                    compared += 2
                for name in os.listdir(folder):
                    os.unlink(os.path.join(folder, name))
    print('%d comparisons, %d packets, %d faults' % (compared, total, faults.count))
    sys.exit(faults.count != 0 or compared == 0)


main()
