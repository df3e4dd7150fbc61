# SPDX-License-Identifier: GPL-2.0-or-later
"""Messages, authenticators, key files and pcapng, written from the draft's text, without our code.

These tests must be able to disagree with protocol/, so they share no code with it.
Addresses are four octets, times are whole nanoseconds since 1970.
"""
import hashlib
import hmac
import struct
import time

SECOND = 10**9
NTP = 2208988800            # 1900 to 1970, seconds

WARNING, REQUEST, UPDATE, ACKNOWLEDGE = 16, 17, 18, 19
REGISTRATION, REPLY = 1, 3
A, I, M, G = 0x80, 0x40, 0x20, 0x10
P, S = 0x02, 0x80           # of a Registration Request
INFINITY = 0xffff

ETHERNET, RAW, COOKED, COOKED2 = 1, 101, 113, 276


def address(text):
    return bytes(int(part) for part in text.split('.'))


def dotted(octets):
    return '%d.%d.%d.%d' % tuple(octets)


def timestamp(when):
    """An identification by timestamp: NTP, 64 bits."""
    return (when // SECOND + NTP) % 2**32 << 32 | (when % SECOND << 32) // SECOND


# --- messages (wire-formats: the draft's section 4, 5.1, 5.2, 6; RFC 2002 3.3, 3.4)

def warning(home, targets):
    return b'\x10\0\0\0' + home + b''.join(targets)


def request(home, ident):
    return b'\x11\0\0\0' + home + struct.pack('!Q', ident)


def update(flags, lifetime, home, care_of, ident=None):
    message = struct.pack('!BBH4s4s', UPDATE, flags | (0 if ident is None else I), lifetime, home,
                          care_of)
    return message if ident is None else message + struct.pack('!Q', ident)


def acknowledge(status, home, ident=None):
    message = b'\x13\0\0' + bytes((status,)) + home
    return message if ident is None else message + struct.pack('!Q', ident)


def registration(flags, lifetime, home, agent, care_of, ident):
    return struct.pack('!BBH4s4s4sQ', REGISTRATION, flags, lifetime, home, agent, care_of, ident)


def reply(code, lifetime, home, agent, ident):
    return struct.pack('!BBH4s4sQ', REPLY, code, lifetime, home, agent, ident)


def warning_extension(home, targets):
    return struct.pack('!BBH4s', 16, 6 + 4 * len(targets), 0, home) + b''.join(targets)


def advertisement(sequence, lifetime, flags, care_of, challenge=b''):
    body = struct.pack('!BBHHH', 16, 6 + 4 * len(care_of), sequence, lifetime, flags) \
        + b''.join(care_of)
    if challenge:
        body += bytes((24, len(challenge))) + challenge
    message = struct.pack('!BBHBBH', 9, 0, 0, 0, 2, 1800) + body
    return message[:2] + struct.pack('!H', checksum(message)) + message[4:]


# --- mobility security associations

SIZES = {'keyed-md5': 16, 'hmac-md5': 16, 'hmac-sha1': 20, 'hmac-sha256': 32, 'chap': 16}


class Association:
    def __init__(self, name, end_a, end_b, spi, key, algorithm='', coverage='', replay='',
                 not_before='', not_after='', written=None):
        self.name, self.spi, self.key, self.replay = name, spi, key, replay
        self.algorithm = algorithm or 'keyed-md5'
        covers = coverage or ('type-length' if self.algorithm == 'keyed-md5' else 'type-length-spi')
        self.spi_octets = struct.pack('!I', spi)
        self.covers_spi = covers == 'type-length-spi'
        self.size = SIZES[self.algorithm]
        fields = [name, end_a if isinstance(end_a, str) else dotted(end_a),
                  end_b if isinstance(end_b, str) else dotted(end_b), '0x%x' % spi,
                  written or 'hex:' + key.hex(), algorithm, coverage, replay, not_before, not_after]
        while not fields[-1]:
            fields.pop()
        self.line = ','.join('"%s"' % field for field in fields)

    def authenticator(self, protected):
        if self.covers_spi:
            protected += self.spi_octets
        if self.algorithm == 'keyed-md5':
            return hashlib.md5(self.key + protected + self.key).digest()
        return hmac.digest(self.key, protected, self.algorithm[5:])

    def sign(self, message, extension=35):
        """The message with an authentication extension appended."""
        protected = message + bytes((extension, 4 + self.size))
        return protected + self.spi_octets + self.authenticator(protected)

    def answer(self, message, challenge):
        """The message with a Mobile-AAA extension that answers a challenge (RFC 4721 8)."""
        signed = message + struct.pack('!BBH', 36, 1, 4 + self.size) + self.spi_octets
        return signed + hashlib.md5(challenge[:1] + self.key + hashlib.md5(signed).digest()
                                    + challenge[-237:]).digest()

    def notify(self, message, lifetime, agent, home, new_care_of, ident=None, flags=0,
               body_only=False):
        """A Registration Request with a Previous Foreign Agent Notification (5.1)."""
        body = update(A | flags, lifetime, home, new_care_of, ident)
        tail = b'' if body_only else bytes((35, 4 + self.size))
        return message + struct.pack('!BBH4s4s', 96, 14 + self.size, lifetime, agent, new_care_of) \
            + self.spi_octets + self.authenticator(body + tail)

    def forge(self, message, extension=35):
        """Like sign(), but without knowing the key."""
        good = self.sign(message, extension)
        return good[:-1] + bytes((good[-1] ^ 0x5a,))


def carried_out(notified, at, home, ident=None, flags=0):
    """The Binding Update that a foreign agent builds from the PFAN at that offset (8.1)."""
    length = notified[at + 1]
    lifetime, agent, care_of, spi = struct.unpack('!H4s4s4s', notified[at + 2:at + 16])
    return update(A | flags, lifetime, home, care_of, ident) + bytes((35, length - 10)) + spi \
        + notified[at + 16:at + 2 + length]


def master_key(master, node):
    return hashlib.md5(node + master + node).digest()


def rfc3339(when):
    return time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(when // SECOND))


def write_keys(path, associations):
    with open(path, 'w') as file:
        file.write('# Made by tests/field: these keys protect nothing.\n')
        file.writelines(association.line + '\n' for association in associations)


# --- datagrams and frames

def checksum(octets):
    if len(octets) & 1:
        octets += b'\0'
    total = sum(struct.unpack('!%dH' % (len(octets) // 2), octets))
    total = (total & 0xffff) + (total >> 16)
    return ~(total + (total >> 16)) & 0xffff


class Packet:
    """A datagram as one tap sees it.

    uid names the datagram that was sent: copies of it share it. group names the first
    transmission of a message. tunnels are (kind, source, destination), from the inside out.
    """
    __slots__ = ('time', 'src', 'dst', 'payload', 'ident', 'ttl', 'df', 'tunnels', 'uid', 'group',
                 'protocol', 'ports', 'link', 'vlan', 'snap', 'pieces', 'piece', 'interface',
                 'kind', 'whole', 'keep', 'mangled', 'tos', 'outer_vlan',
                 'labels')

    def __init__(self, when, src, dst, payload, ident, uid, kind):
        self.time, self.src, self.dst, self.payload = when, src, dst, payload
        self.ident, self.uid, self.group, self.kind = ident, uid, uid, kind
        self.ttl, self.df, self.tunnels, self.protocol, self.ports = 64, False, (), 17, (434, 434)
        self.link, self.vlan, self.snap, self.pieces, self.piece = ETHERNET, None, 0, 0, 0
        self.interface, self.whole, self.keep, self.mangled = 0, True, False, False
        self.tos, self.outer_vlan, self.labels = 0, None, ()    # labels of MPLS, from the outside in

    def copy(self, **changes):
        other = Packet.__new__(Packet)
        for name in Packet.__slots__:
            setattr(other, name, getattr(self, name))
        for name, value in changes.items():
            setattr(other, name, value)
        return other


def ip_header(src, dst, length, protocol, ident, ttl, fragment, tos=0):
    head = struct.pack('!BBHHHBBH4s4s', 0x45, tos, 20 + length, ident, fragment, ttl, protocol, 0, src,
                       dst)
    return head[:10] + struct.pack('!H', checksum(head)) + head[12:]


def transport(packet):
    if packet.protocol != 17:
        return packet.payload
    length = 8 + len(packet.payload)
    head = struct.pack('!HHHH', packet.ports[0], packet.ports[1], length, 0)
    total = checksum(packet.src + packet.dst + struct.pack('!HH', 17, length) + head
                     + packet.payload)
    return head[:6] + struct.pack('!H', total or 0xffff) + packet.payload


def cut_pieces(octets, pieces):
    """The offsets of the fragments: each except the last has a multiple of eight octets."""
    step = max(8, len(octets) // pieces // 8 * 8)
    return [at for at in range(0, len(octets), step)][:pieces]


def datagram(packet):
    octets, flags = transport(packet), 0x4000 if packet.df else 0
    if packet.pieces > 1:
        starts = cut_pieces(octets, packet.pieces)
        at = starts[packet.piece]
        last = packet.piece == len(starts) - 1
        octets = octets[at:] if last else octets[at:starts[packet.piece + 1]]
        flags = at // 8 | (0 if last else 0x2000)
    octets = ip_header(packet.src, packet.dst, len(octets), packet.protocol, packet.ident, packet.ttl,
                       flags, packet.tos) + octets
    for kind, src, dst in packet.tunnels:
        if kind == 'minimal':       # RFC 2004: the inner header becomes the outer one
            shim = octets[9:10] + b'\x80' + octets[16:20] + octets[12:16]
            shim = shim[:2] + struct.pack('!H', checksum(shim)) + shim[2:]
            octets = ip_header(src, dst, len(octets) - 8, 55, packet.ident, packet.ttl,
                               0x4000 if packet.df else 0) + shim + octets[20:]
            continue
        protocol, shim = {'ipip': (4, b''), 'gre': (47, b'\0\0\x08\0'), 'vxlan': (17, None),
                          'udp': (17, b'')}[kind]
        if kind == 'udp':           # RFC 3519 3.3
            shim = struct.pack('!HHHHBBH', 434, 434, 12 + len(octets), 0, 4, 4, 0)
        elif shim is None:
            inner = b'\x02\0\0\0\0\x02\x02\0\0\0\0\x01\x08\0' + octets
            shim = struct.pack('!HHHHII', 50000, 4789, 16 + len(inner), 0, 0x08000000, 0x00002a00)
            octets = inner
        octets = ip_header(src, dst, len(shim) + len(octets), protocol,
                           (packet.uid * 7 + 1) & 0xffff, 62, 0) + shim + octets
    return octets


def frame(packet):
    octets = datagram(packet)
    if packet.link == ETHERNET:
        head = b'\x02\0\0\0\0\x02\x02\0\0\0\0\x01'
        tags = [one for one in (packet.outer_vlan, packet.vlan) if one is not None]
        for left, tag in zip(range(len(tags), 0, -1), tags):
            head += (b'\x88\xa8' if left == 2 else b'\x81\0') + struct.pack('!H', tag)
        head += b'\x88\x47' if packet.labels else b'\x08\0'
        for left, label in zip(range(len(packet.labels), 0, -1), packet.labels):
            head += struct.pack('!I', label << 12 | (left == 1) << 8 | 64)
    elif packet.link == COOKED:
        head = struct.pack('!HHH8sH', 0 if packet.ttl & 1 else 4, 1, 6, b'\x02\0\0\0\0\x01\0\0', 0x0800)
    elif packet.link == COOKED2:
        head = struct.pack('!HHIHBB8s', 0x0800, 0, 1 + packet.interface, 1, 0, 6, b'\x02\0\0\0\0\x01\0\0')
    else:
        head = b''
    return head + octets


def write_pcapng(path, packets, resolution=9, interfaces=None):
    """The packets in this order; returns the numbers of the frames that are cut.

    One interface for each link type and interface number, those of interfaces first, to which new ones
    are added; resolution 6 or 9.
    """
    interfaces, blocks, short = {} if interfaces is None else interfaces, [], set()
    unit = 10**(9 - resolution)

    def block(kind, body):
        body += b'\0' * (-len(body) % 4)
        length = 12 + len(body)
        return struct.pack('<II', kind, length) + body + struct.pack('<I', length)

    for number, packet in enumerate(packets, 1):
        index = interfaces.setdefault((packet.link, packet.interface), len(interfaces))
        octets = frame(packet)
        kept = octets[:packet.snap] if packet.snap else octets
        stamp = packet.time // unit
        blocks.append(block(6, struct.pack('<IIIII', index, stamp >> 32, stamp & 0xffffffff,
                                           len(kept), len(octets)) + kept))
        if len(kept) < len(octets):
            short.add(number)
    head = block(0x0a0d0d0a, struct.pack('<IHHq', 0x1a2b3c4d, 1, 0, -1))
    for link, interface in interfaces:
        head += block(1, struct.pack('<HHI', link, 0, 0) + struct.pack('<HHB3x', 9, 1, resolution)
                      + struct.pack('<HH', 0, 0))
    with open(path, 'wb') as file:
        file.write(head + b''.join(blocks))
    return short
