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
And faults:
    dies-after=N        ends after N messages
    stray               the padding of its frames is not 0
"""
import select
import socket
import struct
import sys
import time

from odd_wire import KEY, KNOWN, PORT, REPLY, UPDATE, ACK, checksum, dotted, extensions, ntp_now, packed, sign

role = sys.argv[1]
settings = dict(word.split('=', 1) for word in sys.argv[2:] if '=' in word)
words = {word for word in sys.argv[2:] if '=' not in word}
me = settings.get('address', '10.9.0.2')
home = packed(settings.get('home', '10.9.0.77'))
agent = settings.get('agent', '10.9.0.1')
replay = settings.get('replay', 'none')
BROADCAST = packed(me)[:3] + b'\xff'
WINDOW = 300 << 32
LOW = 0xffffffff
REVOCATION = 7
UDP = 17


def does(word):
    return word in words


def number(word, other=None):
    return float(settings[word]) if word in settings else other


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
        if does('chatter') or does('stray'):
            self.link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
            self.link.bind(('r0', 0))
            self.mac = self.link.getsockname()[4]

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
        if does('no-sum'):
            s.setsockopt(socket.SOL_SOCKET, 11, 1)      # SO_NO_CHECK
        s.bind((addr, port))
        return s

    def later(self, seconds, what):
        self.timers.append((time.monotonic() + seconds, what))

    def send(self, octets, to):
        """An answer, or a message of our own."""
        wait = number('delay', 0.12 if does('late') else 0)
        if wait and octets[0] in (REPLY, ACK, UPDATE):
            self.later(wait, lambda: self.send_now(octets, to))
        else:
            self.send_now(octets, to)

    def send_now(self, octets, to):
        if to[1] == 0 or len(octets) > 65507:
            return              # nobody has port 0
        if does('chatter') and to[0] == '10.9.0.1':     # whom the kernel has no address for fills its queue
            self.chat(to[0])
        for _ in range(2 if does('twice') else 1):
            self.put(octets, to)
        if does('revokes'):
            self.put(struct.pack('!BBH', REVOCATION, 0, 0) + home + packed(me) * 2 + b'\0\0\0\1', (to[0], PORT))

    def put(self, octets, to):
        if does('stray'):
            self.put_padded(octets, to)
        elif does('ephemeral'):
            with self.open(0, me) as s:
                s.sendto(octets, to)
        else:
            # Another socket at port 434 would take what comes meanwhile.
            source = packed('10.9.0.66' if does('multihomed') else me)
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
        self.link.send(to + self.mac + struct.pack('!H', ethertype) + octets)

    def put_padded(self, octets, to):
        """Ten octets of memory after the datagram."""
        udp = struct.pack('!4H', PORT, to[1], 8 + len(octets), 0) + octets
        ip = struct.pack('!2B3H2BH', 0x45, 0, 20 + len(udp), 1, 0, 64, UDP, 0) + packed(me) + packed(to[0])
        ip = ip[:10] + struct.pack('!H', checksum(ip)) + ip[12:]
        self.put_frame(self.mac_of(to[0]), 0x0800, ip + udp + b'root:x:0:0')

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
            if old or ident > clock() + WINDOW or (back and not does('takes-old')):
                return False
        elif kind in self.last and ident & LOW != self.last[kind] >> 32:
            return False
        self.last[kind] = ident
        return True

    def may_tell(self, whom):
        """The rate limit: five in two seconds."""
        now = time.monotonic()
        self.sent = [(t, w) for t, w in self.sent if now - t < 2]
        if sum(w == whom for _, w in self.sent) >= 5:
            return False
        self.sent.append((now, whom))
        return True

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
            for s in select.select([self.udp, *self.others], [], [], wait)[0]:
                if s in self.others:
                    self.others[s](s.recv(65536))
                    continue
                octets, control, _, frm = s.recvmsg(65536, 256)
                to = next((dotted(v[8:12]) for _, kind, v in control if kind == 8), me)
                self.received += 1
                if self.received > number('dies-after', 1e9):
                    sys.exit(3)
                time.sleep(number('slow', 0))
                if time.monotonic() >= self.shunned:
                    self.receive(octets, frm, to)
            while self.timers and self.timers[0][0] <= time.monotonic():
                self.timers.pop(0)[1]()
