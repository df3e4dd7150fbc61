# SPDX-License-Identifier: GPL-2.0-or-later
"""lawful_base.py - what all roles of lawful_node.py have in common: settings, sockets, timers.

Manners of every role, each lawful:
    late, delay=S       answers after 0.12 s, or after S
    ephemeral           sends from a port of its own choice
    multihomed          sends from another of its addresses
    extras, vendor      adds extensions that may be skipped
    large               adds so many that the answer comes in fragments
    twice               sends every answer twice
    ttl=N, tos=N        in the IP header
    df, options, no-sum sets DF; has IP options; computes no UDP checksum
    chatter             other traffic beside its answers: ARP, ICMP, agent advertisements, UDP
    revokes             a Registration Revocation (RFC 3543) beside its answers
    busy                no more than five refusals in two seconds
    slow=S              takes S for each message
    shuns               ignores for a second who sent three messages in a row whose authenticators are bad
    lags=N              every Nth answer is late: it comes after 0.6 s, when the tester waits for another
    drops=N             one of N answers is lost
    reboots=N           after every N messages it hears nothing for 0.3 s
    prohibits           where it would refuse, its firewall says so (ICMP 3, code 13)
    quenches            ICMP source quench beside each answer
    slow-arp            says its link address only after 0.3 s
    fails-over=N        after N messages another machine takes over, at another link address
    tagged              sends with a priority tag (IEEE 802.1p)
    shuffled            sends in fragments, the last first
    window=S            accepts timestamps that differ by as much
    icmp-first=T.C      before each answer, an ICMP message of type T and code C about what it answers
    pads                pads its frames to 60 octets, as Ethernet requires
    arp-storm           asks for 64 neighbours before each answer
    neighbours          its link has spanning tree, LLDP, IPv6, IGMP and DHCP besides
    jitter              each answer waits for up to 0.15 s
    reorders            sends what it answers within 0.05 s in reverse order
    polls               looks only every 0.1 s for what has come
    copies-later        sends each answer once more after 0.5 s
    alternates          sends from its two addresses in turn
    record-route        has IP options that record the route
    cold=S              takes S for its first answer
    twice-fragments     sends in fragments, each of them twice
    from-port-0         sends from port 0, which is none
    broadcast-frames    sends to the broadcast address of the link
    other-keys          has other keys than the tester
    silent-copies       does not answer the octets of the message before once more
And faults:
    dies-after=N        ends after N messages
    dies-on=TYPE        ends on a message of this type, dies-on=empty on an empty one
    stray               the padding of its frames is not 0
    stray-inside        octets of memory after the UDP datagram, within the IP datagram
    skips=N             compares all octets of an authenticator but the Nth
    unprotected=N       octet N of a message is not covered by the authenticator that it computes
    hangs=S             takes S for a message whose extensions overrun
    mute-after=N        answers nothing after N messages
    loops-on-zero       never gets past an extension of length 0
    dies-on-many=N      ends on a message with more than N extensions
    dies-on-ext=T       ends on an extension of type T, dies-on-ext=T.L on one of type T and length L
    dies-on-long-ext=N  ends on an extension with more than N octets
    string-compare      compares authenticators as strings that end at an octet 0
    spi-bits=N          compares only the low N bits of an SPI
    masks-type          takes no notice of the high bit of a message's type
    ip-sum, udp-length  wrong in what it sends
    coarse              compares only the seconds of timestamps
    remembers-forged    the timestamps of messages that are not authentic
    mac-body-only       does not protect the extensions before its authenticators
    zero-mac            its authenticators are 0
    float-ident         keeps identifications as floating-point numbers, and verifies what it writes again from them
    tail=HEX            these octets follow the last extension of its messages
    cuts=N              the last N octets of its messages are missing
    stale-peer          answers to where the message before came from
    dies-late           ends 1.2 s after a message of a type that it does not know
"""
import select
import socket
import struct
import subprocess
import sys
import time

import odd_wire
from odd_wire import KEY, KNOWN, PORT, REPLY, UPDATE, ACK, checksum, dotted, extensions, ntp_now, packed

role = sys.argv[1]
settings = dict(word.split('=', 1) for word in sys.argv[2:] if '=' in word)
words = {word for word in sys.argv[2:] if '=' not in word}
me = settings.get('address', '10.9.0.2')
home = packed(settings.get('home', '10.9.0.77'))
agent = settings.get('agent', '10.9.0.1')
replay = settings.get('replay', 'none')
BROADCAST = packed(me)[:3] + b'\xff'
LOW = 0xffffffff
REVOCATION = 7
# What only frames of its own can show.
RAW = {'stray', 'stray-inside', 'tagged', 'shuffled', 'pads', 'twice-fragments', 'from-port-0', 'broadcast-frames',
       'ip-sum', 'udp-length'}
UDP = 17


def does(word):
    return word in words


def number(word, other=None):
    return float(int(settings[word], 0) if settings[word][:2] == '0x' else settings[word]) if word in settings else other


WINDOW = int(number('window', 300)) << 32


def packed_header(src, dst, size):
    """The IP header of a datagram that came."""
    return struct.pack('!2B3H2BH', 0x45, 0, 20 + size, 0, 0, 64, UDP, 0) + packed(src) + packed(dst)


def fits(covered, mac, compute):
    """Is this the authenticator, as far as this node looks?  compute() makes the right ones."""
    if does('other-keys'):
        return False
    if 'unprotected' in settings:
        at = int(settings['unprotected'])
        tries = [covered[:at] + bytes([v]) + covered[at + 1:] for v in range(256)]
    else:
        tries = [covered]
    first, last, skipped = int(number('compares', 16)), int(number('compares-last', 16)), int(number('skips', 99))

    def seen(octets):
        octets = octets[:first][-last:]
        if does('string-compare'):
            octets = octets.split(b'\0')[0]
        return octets[:skipped] + octets[skipped + 1:]
    if does('masks-type'):
        tries += [bytes([covered[0] | 0x80]) + covered[1:]]
    return any(seen(mac) == seen(due) for covered in tries for due in compute(covered))


def same_spi(octets):
    """Is it the SPI of our association, as far as this node looks?"""
    differs = int.from_bytes(octets, 'big') ^ odd_wire.SPI
    return len(octets) == 4 and differs & ((1 << int(number('spi-bits', 32))) - 1) == 0


def sign(octets, kind, key=KEY, spi=odd_wire.SPI):
    """Append an authentication extension, unless this node does that wrong."""
    if does('other-keys'):
        key = b'the key of another'
    if not words & {'mac-body-only', 'zero-mac'}:
        return odd_wire.sign(octets, kind, key, spi)
    body = 20 if octets[0] == REPLY or (octets[0] == UPDATE and octets[1] & 0x40) else 16 if octets[0] == ACK else 12
    right = odd_wire.sign(octets if does('zero-mac') else octets[:body], kind, key, spi)
    return octets + right[-22:-16] + (b'\0' * 16 if does('zero-mac') else right[-16:])


def rounded(octets):
    """The message with its identification as a floating-point number of seconds keeps it."""
    at = {1: 16, UPDATE: 12}.get(octets[0], len(octets)) if octets else 0
    if len(octets) < at + 8 or (octets[0] == UPDATE and not octets[1] & 0x40):
        return octets
    ident = int(int.from_bytes(octets[at:at + 8], 'big') / 2 ** 32 * 2 ** 32) & (1 << 64) - 1
    return octets[:at] + ident.to_bytes(8, 'big') + octets[at + 8:]


def clock():
    """By this node's clock, which may be wrong."""
    return ntp_now() + (int(number('clock', 0)) << 32)


class Node:
    """Sockets, timers, and what all roles have in common."""

    def __init__(self):
        self.udp = self.open(PORT)
        self.others = {}        # further sockets, and who reads them
        self.timers = []        # (when, what)
        self.last = {}          # the identification accepted last, of each kind
        self.nonce = {}         # of registrations: the one that was announced last
        self.sent = []          # (when, to whom), for the rate limit
        self.refused = []       # when, for busy
        self.shunned = 0.0      # until when
        self.forged = 0         # messages in a row
        self.draws = 0x1000
        self.received = 0
        self.answers = 0
        self.datagrams = 77
        self.deaf = 0.0         # until when
        self.copy = None        # the octets of the message before
        self.peer = None        # where that came from
        self.held = []          # answers that wait to be sent in reverse order
        self.asked = None       # (octets, from whom): the message that is being answered
        if words & (RAW | {'chatter', 'prohibits', 'quenches', 'slow-arp', 'arp-storm', 'neighbours', 'proxies-home'}) or \
                settings.keys() & {'fails-over', 'icmp-first'}:
            self.link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
            self.link.bind(('r0', 0))
            self.mac = self.link.getsockname()[4]
        if words & {'slow-arp', 'proxies-home'}:
            arp = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0806))
            arp.bind(('r0', 0x0806))
            self.others[arp] = self.take_arp

    @staticmethod
    def open(port, addr=''):
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        s.setsockopt(socket.IPPROTO_IP, 8, 1)     # IP_PKTINFO
        if 'ttl' in settings:
            s.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, int(settings['ttl']))
        if 'tos' in settings:
            s.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, int(settings['tos'], 0))
        if does('df'):
            s.setsockopt(socket.IPPROTO_IP, 10, 2)      # IP_MTU_DISCOVER, IP_PMTUDISC_DO
        if does('options'):
            s.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS, b'\x94\x04\0\0')     # router alert
        if does('record-route'):
            s.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS, b'\x07\x0b\x04' + b'\0' * 8 + b'\0')
        if does('no-sum'):
            s.setsockopt(socket.SOL_SOCKET, 11, 1)      # SO_NO_CHECK
        s.bind((addr, port))
        return s

    def later(self, seconds, what):
        self.timers.append((time.monotonic() + seconds, what))

    def send(self, octets, to):
        """An answer, or a message of our own."""
        self.answers += 1
        if 'drops' in settings and (self.draw() >> 8) % int(settings['drops']) == 0:
            return
        wait = number('delay', 0.12 if does('late') else 0)
        if self.answers % number('lags', 1e9) == 0:
            wait = 0.6
        if does('jitter'):
            wait = (self.draw() >> 8) % 150 / 1000
        if self.answers == 1:
            wait = number('cold', wait)
        if 'icmp-first' in settings and self.asked:
            kind, code = settings['icmp-first'].split('.')
            self.report(int(kind), int(code), *self.asked)
        if does('copies-later'):
            self.later(0.5, lambda: self.send_now(octets, to))
        if does('reorders'):
            self.held.append((octets, to))
            if len(self.held) == 1:
                self.later(0.05, self.release)
            return
        if wait and octets[0] in (REPLY, ACK, UPDATE):
            self.later(wait, lambda: self.send_now(octets, to))
        else:
            self.send_now(octets, to)

    def release(self):
        for held in reversed(self.held):
            self.send_now(*held)
        self.held.clear()

    def send_now(self, octets, to):
        if to[1] == 0 or len(octets) > 65507:
            return              # nobody has port 0
        octets = octets[:len(octets) - int(number('cuts', 0))] + bytes.fromhex(settings.get('tail', ''))
        if does('chatter') and to[0] == '10.9.0.1':     # whom the kernel has no address for fills its queue
            self.chat(to[0])
        if does('neighbours'):
            self.crowd()
        for n in range(64 if does('arp-storm') else 0):
            self.put_arp(1, packed(me), packed('10.9.0.%d' % (100 + n)))
        for _ in range(2 if does('twice') else 1):
            self.put(octets, to)
        if does('quenches'):
            self.report(4, 0, octets, to)
        if does('revokes'):
            self.put(struct.pack('!BBH', REVOCATION, 0, 0) + home + packed(me) * 2 + b'\0\0\0\1', (to[0], PORT))

    def put(self, octets, to):
        if words & RAW and len(octets) < 1400:
            self.put_datagram(octets, to)
        elif does('ephemeral'):
            with self.open(0, me) as s:
                s.sendto(octets, to)
        else:
            # Another socket at port 434 would take what comes meanwhile.
            source = packed('10.9.0.66' if does('multihomed') or (does('alternates') and self.answers % 2) else me)
            control = struct.pack('!I', 0) + source + b'\0' * 4
            self.udp.sendmsg([octets], [(socket.IPPROTO_IP, 8, control)], 0, to)

    # Frames of its own.

    @staticmethod
    def mac_of(addr):
        """The link address of a neighbour that the kernel knows already."""
        with open('/proc/net/arp', encoding='ascii') as table:
            for line in table:
                if line.split()[0] == addr:
                    return bytes.fromhex(line.split()[3].replace(':', ''))
        return b'\xff' * 6

    def put_frame(self, to, ethertype, octets):
        tag = b'\x81\0\xa0\0' if does('tagged') else b''
        self.link.send(to + self.mac + tag + struct.pack('!H', ethertype) + octets)

    @staticmethod
    def ip_header(size, protocol, to, at=0, more=False, ident=77):
        ip = struct.pack('!2B3H2BH', 0x45, 0, 20 + size, ident & 0xffff, at // 8 | more << 13, 64, protocol, 0)
        ip += packed(me) + packed(to)
        return ip[:10] + struct.pack('!H', checksum(ip)) + ip[12:]

    def put_datagram(self, octets, to):
        """In one frame, perhaps with octets of memory after it; or in three, the last first."""
        size = 8 + len(octets) + (40 if does('udp-length') else 0)
        udp = struct.pack('!4H', 0 if does('from-port-0') else PORT, to[1], size, 0) + octets
        if not words & {'stray', 'stray-inside', 'udp-length'}:
            total = checksum(packed(me) + packed(to[0]) + struct.pack('!2H', UDP, size) + udp)
            udp = udp[:6] + struct.pack('!H', total or 0xffff) + udp[8:]
        if does('stray-inside'):
            udp += b'root:x:0:0'
        step = max(8, len(udp) // 24 * 8) if words & {'shuffled', 'twice-fragments'} else len(udp)
        parts = range(0, len(udp), step)
        if does('twice-fragments'):
            parts = [at for at in parts for _ in range(2)]
        self.datagrams += 1
        for at in reversed(parts):
            part = udp[at:at + step]
            ip = self.ip_header(len(part), UDP, to[0], at, at + step < len(udp), self.datagrams)
            if does('ip-sum'):
                ip = ip[:10] + bytes([ip[10] ^ 1]) + ip[11:]
            frame = ip + part + (b'root:x:0:0' if does('stray') else b'')
            self.put_frame(b'\xff' * 6 if does('broadcast-frames') else self.mac_of(to[0]), 0x0800,
                           frame.ljust(46, b'\0') if does('pads') else frame)

    def report(self, kind, code, octets, to):
        """An ICMP error about the message that we answer: its headers, as far as we know them."""
        udp = struct.pack('!4H', to[1], PORT, 8 + len(octets), 0)
        icmp = struct.pack('!2BHI', kind, code, 0, 0) + packed_header(to[0], me, 8 + len(octets)) + udp
        icmp = icmp[:2] + struct.pack('!H', checksum(icmp)) + icmp[4:]
        self.put_frame(self.mac_of(to[0]), 0x0800, self.ip_header(len(icmp), 1, to[0]) + icmp)

    def take_arp(self, frame):
        """Somebody asks for our address: he has to wait."""
        ours = (packed(me), packed('10.9.0.66')) if does('slow-arp') else (home,)
        if frame[20:22] == b'\0\1' and frame[38:42] in ours:
            reply = frame[14:20] + b'\0\2' + self.mac + frame[38:42] + frame[22:32]
            self.later(0.3 if does('slow-arp') else 0, lambda: self.put_frame(frame[22:28], 0x0806, reply))

    def fail_over(self):
        """The machine that takes over announces itself (RFC 3344 4.6)."""
        self.mac = self.mac[:5] + bytes([self.mac[5] ^ 0x5a])
        subprocess.run(['ip', 'link', 'set', 'r0', 'address', self.mac.hex(':')], check=True)
        self.announce()

    def announce(self):
        for addr in (packed(me), packed('10.9.0.66')):
            self.put_arp(1, addr, addr)

    def put_arp(self, operation, sender, target):
        arp = struct.pack('!2H2BH', 1, 0x0800, 6, 4, operation) + self.mac + sender + b'\0' * 6 + target
        self.put_frame(b'\xff' * 6, 0x0806, arp)

    def crowd(self):
        """Frames of others on the link, which are none of our business."""
        self.put_frame(bytes.fromhex('0180c2000000'), 38, b'\x42\x42\x03' + b'\0' * 43)        # spanning tree
        self.put_frame(bytes.fromhex('0180c200000e'), 0x88cc, b'\x02\x07\x04' + self.mac + b'\0' * 37)
        ipv6 = struct.pack('!IHBB', 6 << 28, 12, UDP, 1) + b'\xfe\x80' + b'\0' * 13 + b'\1' + b'\xff\x02' + b'\0' * 13 + b'\1'
        self.put_frame(bytes.fromhex('333300000001'), 0x86dd, ipv6 + struct.pack('!4H', PORT, PORT, 12, 0) + b'\x03\0\0\0')
        igmp = b'\x11\x64\xee\x9b\0\0\0\0'
        ip = struct.pack('!2B3H2BH', 0x45, 0, 28, 5, 0, 1, 2, 0) + packed('10.9.0.250') + packed('224.0.0.1')
        self.put_frame(bytes.fromhex('01005e000001'), 0x0800, ip[:10] + struct.pack('!H', checksum(ip)) + ip[12:] + igmp)
        dhcp = struct.pack('!4H', 68, 67, 248, 0) + b'\1\1\6\0' + b'\0' * 236
        ip = struct.pack('!2B3H2BH', 0x45, 0, 268, 6, 0, 64, UDP, 0) + b'\0' * 4 + b'\xff' * 4
        self.put_frame(b'\xff' * 6, 0x0800, ip[:10] + struct.pack('!H', checksum(ip)) + ip[12:] + dhcp)

    def chat(self, to):
        """What else a router sends: none of it answers anything."""
        mac = self.mac_of(to)
        for addr in (packed(me), home, packed('10.9.0.66')):        # gratuitous ARP
            arp = struct.pack('!2H2BH', 1, 0x0800, 6, 4, 1) + self.mac + addr + b'\0' * 6 + addr
            self.put_frame(b'\xff' * 6, 0x0806, arp)
        advert = struct.pack('!2BH2BH', 9, 16, 0, 0, 2, 60) + struct.pack('!2B3H', 16, 6, 7, 60, 0x2000)
        redirect = struct.pack('!2BH', 5, 1, 0) + packed('10.9.0.66') + bytes.fromhex('4500001c00000000400100000a09004d0a090063')
        echo = struct.pack('!2B3H', 8, 0, 0, 1, 1) + b'ping'
        for octets, whom in ((advert, '224.0.0.1'), (advert, to), (redirect + b'\0' * 8, to), (echo, to)):
            octets = octets[:2] + struct.pack('!H', checksum(octets)) + octets[4:]
            ip = struct.pack('!2B3H2BH', 0x45, 0, 20 + len(octets), 2, 0, 1, 1, 0) + packed(me) + packed(whom)
            ip = ip[:10] + struct.pack('!H', checksum(ip)) + ip[12:]
            self.put_frame(mac if whom == to else bytes.fromhex('01005e000001'), 0x0800, ip + octets)
        for port, octets in ((PORT, b'\xc8\0\0\0' + home), (53, b'?' * 12), (PORT, b'')):
            self.udp.sendto(octets, (to, port))

    # What it knows.

    def draw(self):
        self.draws = (self.draws * 69069 + 12345) & LOW
        return self.draws

    def fresh(self, ident, kind):
        """Is the identification good, by timestamps (RFC 2002 5.6.1) or the draft's nonces (4.3)?"""
        if replay == 'none' or does('replays'):
            return True
        if replay == 'timestamp':
            old = ident + WINDOW < clock() and not does('takes-old')
            back = ident == self.last.get(kind) if does('remembers-one') else ident <= self.last.get(kind, 0)
            if does('coarse'):
                back = ident >> 32 < self.last.get(kind, 0) >> 32
            if old or ident > clock() + WINDOW or (back and not does('takes-old')):
                return False
        elif kind in self.last and ident & LOW != self.last[kind] >> 32:
            return False
        self.last[kind] = ident
        return True

    def spoil(self, octets, kind):
        """A message whose authenticator was found bad: its identification must leave no trace."""
        if does('remembers-forged') and len(octets) >= 20:
            at = 16 if octets[0] == 1 else 12
            self.last[kind] = max(self.last.get(kind, 0), struct.unpack('!Q', octets[at:at + 8])[0])

    def dies(self, octets):
        """Does this message end this node, or keep it busy for ever?"""
        at = {1: 24, REPLY: 20, 17: 16, 16: 8, ACK: 16}.get(octets[0] & 0x7f, 0) if octets else 0
        if octets and octets[0] == UPDATE:
            at = 20 if octets[1:2] and octets[1] & 0x40 else 12
        exts = [e for e in extensions(octets, at) if e[0] is not None] if at and len(octets) > at else []
        named = settings.get('dies-on-ext', '-').split('.')
        for kind, begin, end in exts:
            if end - begin == 2 and does('loops-on-zero'):
                while True:
                    time.sleep(1)
            if named[0] == str(kind) and (len(named) == 1 or named[1] == str(end - begin - 2)):
                return True
            if end - begin - 2 > number('dies-on-long-ext', 1e9):
                return True
        return len(exts) > number('dies-on-many', 1e9)

    def may_tell(self, whom):
        """The rate limit: five in two seconds."""
        now = time.monotonic()
        self.sent = [(t, w) for t, w in self.sent if now - t < 2]
        if sum(w == whom for _, w in self.sent) >= 5:
            return False
        self.sent.append((now, whom))
        return True

    def prohibit(self, octets, frm):
        """A firewall that refuses in its own way."""
        if does('prohibits'):
            self.report(3, 13, octets, frm)
        return does('prohibits')

    def may_refuse(self, forged=False):
        """False: it says nothing, for there have been too many, or it will have nothing of the sender."""
        now = time.monotonic()
        self.forged = self.forged + 1 if forged else 0
        if does('shuns') and self.forged == 3:
            self.shunned, self.forged = now + 1, 0
        self.refused = [t for t in self.refused if now - t < 2]
        if does('quiet') or (does('busy') and len(self.refused) >= 5):
            return False
        self.refused.append(now)
        return True

    @staticmethod
    def is_discarded(octets, at):
        """Is there an extension that must be understood, and is not (RFC 2002 1.9)?"""
        for kind, begin, _ in extensions(octets, at):
            if (octets[begin] if kind is None else kind) < 128 and \
                    (octets[begin] if kind is None else kind) not in KNOWN and not does('takes-unknown'):
                return True
        return False

    @staticmethod
    def extra(kind=200):
        """Extensions that whoever does not know them skips."""
        out = b''
        if does('extras'):
            out += bytes([kind, 5]) + b'extra'
        if does('vendor'):
            out += b'\x86\x0a\0\0\0\0\x23\x99\0\1\0\2'      # normal vendor extension (RFC 3115)
        if does('large'):
            out += (b'\xc9\xff' + b'.' * 255) * 7
        return out

    def run(self):
        print('ready', flush=True)
        while True:
            self.timers.sort(key=lambda t: t[0])
            wait = max(0, self.timers[0][0] - time.monotonic()) if self.timers else None
            if does('polls') and not select.select([self.udp, *self.others], [], [], 0)[0]:
                select.select([self.udp, *self.others], [], [], wait)
                time.sleep(0.1)
                wait = 0
            for s in select.select([self.udp, *self.others], [], [], wait)[0]:
                if s in self.others:
                    self.others[s](s.recv(65536))
                    continue
                octets, control, _, frm = s.recvmsg(65536, 256)
                to = next((dotted(v[8:12]) for _, kind, v in control if kind == 8), me)
                self.received += 1
                if self.received > number('dies-after', 1e9) or \
                        settings.get('dies-on') == (str(octets[0]) if octets else 'empty'):
                    sys.exit(3)
                if self.dies(octets):
                    sys.exit(3)
                if self.received == number('fails-over'):
                    self.fail_over()
                if self.received % number('reboots', 1e9) == 0:
                    self.deaf = time.monotonic() + 0.3
                time.sleep(number('slow', 0))
                if does('float-ident'):
                    octets = rounded(octets)
                if does('masks-type') and octets:
                    octets = bytes([octets[0] & 0x7f]) + octets[1:]
                before, self.copy = self.copy, octets
                if does('silent-copies') and octets == before:
                    continue
                if does('stale-peer'):
                    self.peer, frm = frm, self.peer or frm
                if does('dies-late') and octets and octets[0] not in (1, REPLY, 16, 17, UPDATE, ACK):
                    self.later(1.2, lambda: sys.exit(3))
                if time.monotonic() >= max(self.shunned, self.deaf) and self.received <= number('mute-after', 1e9):
                    self.asked = octets, frm
                    self.receive(octets, frm, to)
                    self.asked = None
            while self.timers and self.timers[0][0] <= time.monotonic():
                self.timers.pop(0)[1]()
