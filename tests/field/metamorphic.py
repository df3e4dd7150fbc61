# SPDX-License-Identifier: GPL-2.0-or-later
"""Existing captures, with copies of every frame, merged or wrapped: their findings must not change."""
import glob
import os
import struct

MICRO, MILLI, SECOND = 1000, 10**6, 10**9


def read_pcap(path):
    """[(time, octets, original length)] and the link type of a classic pcap; None if it is another."""
    with open(path, 'rb') as file:
        data = file.read()
    form = {b'\xd4\xc3\xb2\xa1': ('<', 1000), b'\xa1\xb2\xc3\xd4': ('>', 1000),
            b'\x4d\x3c\xb2\xa1': ('<', 1), b'\xa1\xb2\x3c\x4d': ('>', 1)}.get(data[:4])
    if form is None:
        return None
    order, unit = form
    link, at, frames = struct.unpack(order + 'I', data[20:24])[0] & 0xffff, 24, []
    while at + 16 <= len(data):
        sec, part, kept, length = struct.unpack(order + 'IIII', data[at:at + 16])
        frames.append((sec * SECOND + part * unit, data[at + 16:at + 16 + kept], length))
        at += 16 + kept
    return link, frames


def write(path, frames):
    """[(time, link, interface, octets, length)], a pcapng."""
    def block(kind, body):
        body += b'\0' * (-len(body) % 4)
        return struct.pack('<II', kind, 12 + len(body)) + body + struct.pack('<I', 12 + len(body))

    interfaces, out = {}, []
    for when, link, interface, octets, length in frames:
        index = interfaces.setdefault((link, interface), len(interfaces))
        out.append(block(6, struct.pack('<IIIII', index, when >> 32, when & 0xffffffff, len(octets),
                                        length) + octets))
    head = block(0x0a0d0d0a, struct.pack('<IHHq', 0x1a2b3c4d, 1, 0, -1))
    for link, _ in interfaces:
        head += block(1, struct.pack('<HHI', link, 0, 0) + struct.pack('<HHB3x', 9, 1, 9)
                      + struct.pack('<HH', 0, 0))
    with open(path, 'wb') as file:
        file.write(head + b''.join(out))


def ip_at(link, octets):
    """The offset of the IPv4 header; None if there is none."""
    at = {1: 14, 101: 0, 113: 16, 276: 20}.get(link)
    if link == 1 and octets[12:14] != b'\x08\0' or at is None or len(octets) < at + 20 \
            or octets[at] >> 4 != 4:
        return None
    return at


def checksum(octets):
    total = sum(struct.unpack('!%dH' % (len(octets) // 2), octets))
    total = (total & 0xffff) + (total >> 16)
    return struct.pack('!H', ~(total + (total >> 16)) & 0xffff)


def lower_ttl(link, octets):
    at = ip_at(link, octets)
    if at is None or octets[at + 8] < 2:
        return octets
    size = (octets[at] & 15) * 4
    head = octets[at:at + 8] + bytes((octets[at + 8] - 1,)) + octets[at + 9:at + 10] + b'\0\0' \
        + octets[at + 12:at + size]
    head = head[:10] + checksum(head) + head[12:]
    return octets[:at] + head + octets[at + size:]


def wrap(link, octets, length, kind, number):
    at = ip_at(link, octets)
    if at is None:
        return octets, length
    shim = b'' if kind == 4 else b'\0\0\x08\0'
    head = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 20 + len(shim) + length - at & 0xffff,
                       number & 0xffff, 0, 60, kind, 0, b'\xc6\x33\x64\x01', b'\xc6\x33\x64\x02')
    head = head[:10] + checksum(head) + head[12:]
    return octets[:at] + head + shim + octets[at:], length + len(head) + len(shim)


def tag(link, octets, length):
    return (octets[:12] + b'\x81\0\0\x2a' + octets[12:], length + 4) if link == 1 \
        else (octets, length)


def cook(link, octets, length):
    if link != 1:
        return link, octets, length
    return 113, b'\0\0\0\1\0\6' + octets[6:12] + b'\0\0' + octets[12:], length + 2


def transformations(rng):
    """name, function of (link, frames) to [(time, link, interface, octets, length, original)]."""
    def plain(link, frames):
        return [(when, link, 0, octets, length, n) for n, (when, octets, length) in enumerate(frames, 1)]

    def with_copies(change, least, most, interface=0):
        def play(link, frames):
            out = plain(link, frames)
            shift = rng.randrange(least, most)
            for when, octets, length, n in [(f[0], f[1], f[2], n) for n, f in enumerate(frames, 1)]:
                other = change(link, octets, length, n)
                out.append((when + shift, other[0], interface, other[1], other[2], n))
            return sorted(out, key=lambda one: one[0])
        return play

    def all_of(change):
        return lambda link, frames: [(when,) + change(link, octets, length, n)[:1] + (0,)
                                     + change(link, octets, length, n)[1:] + (n,)
                                     for n, (when, octets, length) in enumerate(frames, 1)]

    def same(link, octets, length, n):
        return link, octets, length

    def hop(link, octets, length, n):
        return link, lower_ttl(link, octets), length

    def vlan(link, octets, length, n):
        return (link,) + tag(link, octets, length)

    def ipip(link, octets, length, n):
        return (link,) + wrap(link, octets, length, 4, n)

    def gre(link, octets, length, n):
        return (link,) + wrap(link, octets, length, 47, n)

    def cooked(link, octets, length, n):
        return cook(link, octets, length)

    return [('plain', plain, 0),
            ('span', with_copies(same, MICRO, 5 * MICRO), 1),
            ('hop', with_copies(hop, 10 * MICRO, 20 * MICRO), 1),
            ('vlan', with_copies(vlan, 5 * MICRO, 10 * MICRO), 1),
            ('cooked', with_copies(cooked, 5 * MICRO, 30 * MICRO), 1),
            ('tap ahead', with_copies(hop, -900 * MILLI, -MILLI, 1), 1),
            ('tap behind', with_copies(same, MILLI, 900 * MILLI, 1), 1),
            ('ipip copy', with_copies(ipip, MILLI, 40 * MILLI), 1),
            ('gre copy', with_copies(gre, -40 * MILLI, -MILLI), 1),
            ('wrapped in ipip', all_of(ipip), 0), ('wrapped in gre', all_of(gre), 0),
            ('all tagged', all_of(vlan), 0), ('all cooked', all_of(cooked), 0)]


def findings(records, origin):
    return sorted({(record['rule'], origin[record['frame']]) for record in records
                   if record['record'] == 'finding'})


def hold(tool, folder, rng, save):
    """The number of transformed captures of the folder with other findings, and of those tried."""
    wrong = tried = 0
    keys = os.path.join(folder, 'mipro.keys')
    safe = tool.path('same.keys')
    with open(keys, 'rb') as source, open(safe, 'wb') as target:
        target.write(source.read())
    os.chmod(safe, 0o600)
    for path in sorted(glob.glob(os.path.join(folder, '*.pcap'))):
        capture = read_pcap(path)
        if capture is None:
            continue
        link, frames = capture
        base = None
        for name, play, copies in transformations(rng):
            made = play(link, frames)
            write(tool.path('same.pcapng'), [one[:5] for one in made])
            records, said = tool.judge_files(tool.path('same.pcapng'), safe)
            origin = {number: one[5] for number, one in enumerate(made, 1)}
            tried += 1
            if records is None:
                got, why = None, said
            else:
                got, why = findings(records, origin), ''
            if base is None:
                base, before = got, records[-1] if records else {}
                continue
            if got != base:
                why = 'missing %s, too much %s' % (sorted(set(base or ()) - set(got or ())),
                                                   sorted(set(got or ()) - set(base or ())))
            elif records[-1].get('copies') is None:
                why = 'the summary counts no copies'
            elif copies and records[-1]['copies'] < before.get('copies', 0) + sum(
                    before.get('messages', {}).values()) * 9 // 10:
                why = 'copies %s of %s' % (records[-1]['copies'], before.get('messages'))
            if why:
                wrong += 1
                label = 'same-%s-%s' % (os.path.basename(path)[:-5], name.replace(' ', '-'))
                os.makedirs(save, exist_ok=True)
                write(os.path.join(save, label + '.pcapng'), [one[:5] for one in made])
                print('same: %s, %s: %s' % (os.path.basename(path), name, why))
    return wrong, tried
