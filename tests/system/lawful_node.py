#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""lawful_node.py ROLE [address=A] [home=A] [agent=A] [replay=none|timestamp|nonce] [WORD...]

A node that does all that its role has to do, each time in another of the ways that the RFCs allow:
no case of the tester may fail.  Or with one fault: then the cases that show it fail, and no others.

Roles: correspondent, previous-agent, home-agent, new-agent, mobile-node.
Manners: late, ephemeral, quiet, other-codes, extras, and others; see the uses of does() below.
"""
import select
import socket
import struct
import sys
import time

from odd_wire import (ACK, KEY, KNOWN, PORT, REPLY, REQUEST, RRQ, UPDATE, WARNING, dotted, extensions,
                      is_good, is_unicast, ntp_now, packed, sign)

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


def does(word):
    return word in words


class Node:
    """Sockets, timers, and what all roles have in common."""

    def __init__(self):
        self.udp = self.open(PORT)
        self.others = {}        # further sockets, and who reads them
        self.timers = []        # (when, what)
        self.last = {}          # the identification accepted last, of each kind
        self.nonce = {}         # of registrations: the one that was announced last
        self.sent = []          # (when, to whom), for the rate limit
        self.draws = 0x1000

    @staticmethod
    def open(port, addr=''):
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        s.setsockopt(socket.IPPROTO_IP, 8, 1)     # IP_PKTINFO
        s.bind((addr, port))
        return s

    def later(self, seconds, what):
        self.timers.append((time.monotonic() + seconds, what))

    def send(self, octets, to):
        """An answer, or a message of our own."""
        if does('late') and octets[0] in (REPLY, ACK, UPDATE):
            self.later(0.12, lambda: self.send_now(octets, to))
        else:
            self.send_now(octets, to)

    def send_now(self, octets, to):
        if to[1] == 0 or len(octets) > 65507:
            return              # nobody has port 0
        if does('ephemeral'):
            with self.open(0, me) as s:
                s.sendto(octets, to)
            return
        # Another socket at port 434 would take what comes meanwhile.
        source = packed('10.9.0.66' if does('multihomed') else me)
        self.udp.sendmsg([octets], [(socket.IPPROTO_IP, 8, struct.pack('!I', 0) + source + b'\0' * 4)], 0, to)

    def draw(self):
        self.draws = (self.draws * 69069 + 12345) & LOW
        return self.draws

    def fresh(self, ident, kind):
        """Is the identification good, by timestamps (RFC 2002 5.6.1) or the draft's nonces (4.3)?"""
        if replay == 'none' or does('replays'):
            return True
        if replay == 'timestamp':
            old = ident + WINDOW < ntp_now() and not does('takes-old')
            if old or ident > ntp_now() + WINDOW or (ident <= self.last.get(kind, 0) and not does('takes-old')):
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

    @staticmethod
    def is_discarded(octets, at):
        """Is there an extension that must be understood, and is not (RFC 2002 1.9)?"""
        for kind, begin, _ in extensions(octets, at):
            if (octets[begin] if kind is None else kind) < 128 and \
                    (octets[begin] if kind is None else kind) not in KNOWN:
                return True
        return False

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
                self.receive(octets, frm, to)
            while self.timers and self.timers[0][0] <= time.monotonic():
                self.timers.pop(0)[1]()


class Receiver(Node):
    """Of Binding Updates: a correspondent node, or the previous foreign agent."""

    def __init__(self):
        super().__init__()
        self.entry = {}         # home address: care-of address, end, who told
        if role == 'previous-agent':
            tunnel = socket.socket(socket.AF_INET, socket.SOCK_RAW, 4)
            self.others[tunnel] = self.detunnel

    def receive(self, octets, frm, to):
        if octets[:1] != bytes([UPDATE]) or to != me or len(octets) < 12:
            return
        at = 20 if octets[1] & 0x40 else 12
        if len(octets) >= at and self.is_discarded(octets, at):
            return
        self.acknowledge(octets, self.judge(octets, at, frm), frm)

    def judge(self, octets, at, frm):
        exts = extensions(octets, at)
        if len(octets) < at or (exts and exts[-1][0] is None):
            return 134
        macs = [e for e in exts if e[0] == 35]
        if len(macs) != 1 or frm[0] not in (agent, '10.9.0.1') or not is_good(octets, macs[0]):
            return 131
        if at == 12 and replay != 'none':
            return 133
        if at == 20 and not self.fresh(struct.unpack('!Q', octets[12:20])[0], 'update'):
            if replay == 'nonce':
                # The answer bears the identification of this request: it is what comes next.
                ident = self.draw() << 32 | self.last['update'] >> 32
                self.last['update'] = (ident & LOW) << 32
                self.later(0.02, lambda: self.send_now(
                    struct.pack('!BBH', REQUEST, 0, 0) + octets[4:8] + struct.pack('!Q', ident), (frm[0], PORT)))
            return 133
        if not is_unicast(octets[4:8], BROADCAST) or not is_unicast(octets[8:12], BROADCAST):
            return 134
        if octets[8:12] == packed(me):
            return 129
        life = struct.unpack('!H', octets[2:4])[0]
        if life == 0 or octets[8:12] == octets[4:8]:
            self.entry.pop(octets[4:8], None)
        else:
            end = time.monotonic() + (life if life < 0xffff else 1e9)
            self.entry[octets[4:8]] = octets[8:12], end, frm[0]
        return 0

    def acknowledge(self, update, status, frm):
        if not update[1] & 0x80 or (status and does('quiet')):
            return
        if status and does('other-codes'):
            status = 128
        ident = update[12:20] if update[1] & 0x40 else b''
        if not (does('short-acks') and not ident):
            ident = ident.ljust(8, b'\0')
        out = struct.pack('!BHB', ACK, 0, status) + update[4:8] + ident
        if does('extras'):
            out += b'\xc8\x03abc'
        if not does('unsigned-acks'):
            out = sign(out, 35)
        if does('extras'):
            out += b'\xf0\x00'
        self.send(out, frm)

    def detunnel(self, packet):
        """Tunnelled here for a node that has moved on: to its new place, and a warning (8.3)."""
        inner = packet[(packet[0] & 15) * 4:]
        if len(inner) < 20:
            return
        coa, end, told = self.entry.get(inner[16:20], (b'', 0, ''))
        if end <= time.monotonic():
            return
        with socket.socket(socket.AF_INET, socket.SOCK_RAW, 4) as s:
            s.sendto(inner, (dotted(coa), 0))
        if not does('quiet') and self.may_tell((told, inner[16:20])):
            self.send_now(struct.pack('!BBH', WARNING, 0, 0) + inner[16:20] + packet[12:16], (told, PORT))


class HomeAgent(Node):
    """Of one mobile node."""

    def __init__(self):
        super().__init__()
        self.care_of = None
        self.private = False
        self.ends = 0.0

    def receive(self, octets, frm, to):
        kind = octets[0] if octets else None
        if kind == RRQ:
            self.take_registration(octets, frm, to)
        elif to != me or does('base'):
            return              # a home agent without route optimization knows no other type
        elif kind == REQUEST and len(octets) >= 16 and not self.is_discarded(octets, 16):
            self.tell(octets[4:8], frm[0], octets[8:16], frm[1])
        elif kind == WARNING and len(octets) >= 12 and len(octets) % 4 == 0:
            for at in sorted({octets[at:at + 4] for at in range(8, len(octets), 4)}):
                if is_unicast(at, BROADCAST):
                    self.tell(octets[4:8], dotted(at))

    def tell(self, who, whom, ident=None, port=PORT):
        """A Binding Update; of a private node only that there is nothing to tell (4.6)."""
        if who != home or not self.may_tell((whom, who)) or (self.private and does('quiet')):
            return
        known = self.care_of is not None and not self.private and time.monotonic() < self.ends
        if ident is None and replay == 'timestamp':
            ident = struct.pack('!Q', ntp_now())
        out = struct.pack('!BBH', UPDATE, 0x40 if ident else 0, 60 if known else 0)
        out += who + (self.care_of if known else who) + (ident or b'')
        if does('extras'):
            out += b'\xc8\x02ab'
        self.send(sign(out, 35), (whom, port))

    def reply(self, request, code, life, frm, signed=True):
        ident = struct.unpack('!Q', request[16:24])[0]
        if code == 133 and replay == 'timestamp':
            ident = (ntp_now() & ~LOW) | (ident & LOW)
        if replay == 'nonce':
            self.nonce[request[4:8]] = self.draw()
            ident = self.nonce[request[4:8]] << 32 | (ident & LOW)
        if code >= 64 and does('other-codes') and code not in (134, 136):
            code = 128
        if does('alters-ident'):
            ident ^= 0x5a5a
        named = request[8:12] if request[8:12] == packed(me) else packed('10.9.0.66' if does('multihomed') else me)
        if does('wrong-agent'):
            named = packed('10.9.0.99')
        out = struct.pack('!BBH', REPLY, code, life) + request[4:8] + named + struct.pack('!Q', ident)
        if does('extras'):
            out += b'\xc8\x05extra\x83\x05a@b.c'
        if signed:
            out = sign(out, 32, b'the key of another' if does('other-key') else KEY)
        if does('extras'):
            out += b'\xf0\x01x'         # for the foreign agent
        if does('answers-elsewhere'):
            frm = ('10.9.0.3', frm[1])
        self.send(out, frm)

    def take_registration(self, octets, frm, to):
        if len(octets) < 24:
            if does('dies-on-short'):
                sys.exit(3)
            return
        if self.is_discarded(octets, 24):
            return
        exts = extensions(octets, 24)
        flags, life = struct.unpack('!BH', octets[1:4])
        # Without any association with that node it says nothing (RFC 5944 3.8.2.1).
        if octets[4:8] != home:
            return
        if to != me:
            if not does('quiet'):
                self.reply(octets, 136, 0, frm)
            return
        code = self.judge(octets, exts, flags)
        if code == 0:
            most = 200 if does('cut-life') else 0xffff
            life = min(life, most)
            self.record(octets, flags, life)
            self.reply(octets, 1 if does('one-binding') else 0, life, frm)
            self.follow_warnings(octets, exts)
        elif code == 134 or not does('quiet'):
            self.reply(octets, code, life, frm)

    def judge(self, octets, exts, flags):
        if flags & 1 or (exts and exts[-1][0] is None):
            return 134
        if flags & 2 and does('base'):
            return 134
        if octets[8:12] != packed(me):
            return 136
        macs = [e for e in exts if e[0] == 32]
        compared = 12 if does('compares-12') else 16
        if not does('never-checks') and (len(macs) != 1 or not is_good(octets, macs[0], compared)):
            return 131
        ident = struct.unpack('!Q', octets[16:24])[0]
        if replay == 'nonce' and self.nonce.get(home) != ident >> 32:
            return 133
        if replay == 'timestamp' and not self.fresh(ident, 'registration'):
            return 133
        if flags & 0x18 and does('plain'):
            return 139          # it can do neither encapsulation
        if not is_unicast(octets[12:16], BROADCAST):
            return 134
        return 0

    def record(self, octets, flags, life):
        self.private = bool(flags & 2)
        if life == 0 or octets[12:16] == octets[4:8]:
            self.care_of = None
        else:
            self.care_of = octets[12:16]
            self.ends = time.monotonic() + life

    def follow_warnings(self, octets, exts):
        end = next((e[1] for e in exts if e[0] == 32), 0)
        for kind, at, to in exts:
            if kind == 16 and to <= end and octets[at + 4:at + 8] == home and not does('base'):
                for target in range(at + 8, to - 3, 4):
                    self.tell(home, dotted(octets[target:target + 4]))


class NewAgent(Node):
    """A foreign agent that a mobile node registers with."""

    def __init__(self):
        super().__init__()
        self.pending = {}       # (home address, low half): who asked
        self.denied = 0.0

    def receive(self, octets, frm, to):
        if to != me:
            return
        if octets[:1] == bytes([REPLY]) and len(octets) >= 20:
            back = self.pending.pop((octets[4:8], octets[16:20]), None)
            if back:
                self.send(octets, self.way_back(octets, back))
        elif octets[:1] == bytes([RRQ]) and len(octets) >= 24 and not self.is_discarded(octets, 24):
            self.take_request(octets, frm)

    @staticmethod
    def way_back(message, frm):
        """To the sender (RFC 2002 3.7.2.3), or to the home address (RFC 5944 3.7.2.3)."""
        return (dotted(message[4:8]), frm[1]) if does('to-home') else frm

    def deny(self, request, code, frm):
        if does('quiet') or (does('seldom') and time.monotonic() - self.denied < 1):
            return              # one in a second is enough (RFC 2002 3.7.2)
        self.denied = time.monotonic()
        if does('other-codes'):
            code = 64
        out = struct.pack('!BBH', REPLY, code, struct.unpack('!H', request[2:4])[0])
        self.send(out + request[4:12] + request[16:24], self.way_back(request, frm))

    def take_request(self, octets, frm):
        exts = extensions(octets, 24)
        if octets[1] & 1 or (exts and exts[-1][0] is None):
            return self.deny(octets, 70, frm)
        if not octets[1] & 0x20 and octets[2:4] != b'\0\0' and octets[12:16] != packed(me):
            return self.deny(octets, 77, frm)
        macs = [e for e in exts if e[0] == 32]
        foreign = [e for e in exts if e[0] == 33]
        pfans = [e for e in exts if e[0] == 96]
        if any(e[2] - e[1] < 17 for e in pfans):
            return self.deny(octets, 70, frm)
        if foreign and (len(foreign) > 1 or not is_good(octets, foreign[0])):
            return self.deny(octets, 67, frm)
        if foreign and (not macs or foreign[0][1] < macs[0][1]):
            return self.deny(octets, 70, frm)
        if octets[8:12] == packed(me) or not is_unicast(octets[8:12], BROADCAST):
            return self.deny(octets, 80, frm)
        relayed = octets[:macs[0][2]] if macs else octets
        if does('extras'):
            relayed = sign(relayed + b'\xc8\x02fa', 34)
        self.pending[octets[4:8], octets[20:24]] = frm
        self.send_request(relayed, (dotted(octets[8:12]), PORT))
        if pfans and not does('base'):
            self.hand_off(octets, pfans[0])
        return None

    def send_request(self, octets, to):
        """From a port of its own choice, to which the reply comes."""
        if not does('ephemeral'):
            return self.send_now(octets, to)
        s = self.open(0, me)
        s.sendto(octets, to)
        self.others[s] = lambda reply: self.receive(reply, (to[0], PORT), me)
        self.later(2, lambda: (self.others.pop(s), s.close()))
        return None

    @staticmethod
    def is_sensible(octets, at):
        old, coa = octets[at + 4:at + 8], octets[at + 8:at + 12]
        return is_unicast(old, BROADCAST) and old != packed(me) and coa in (octets[12:16], octets[4:8])

    def hand_off(self, octets, ext):
        """The Binding Update for the previous agent: the notification's, octet for octet (5.1)."""
        at, end = ext[1], ext[2]
        if not self.is_sensible(octets, at):
            return
        flags = 0xc0 | (octets[1] & 0x10) << 1 | (octets[1] & 0x08) << 1
        out = bytes([UPDATE, flags]) + octets[at + 2:at + 4] + octets[4:8] + octets[at + 8:at + 12]
        out += octets[16:24] + bytes([35, 4 + end - at - 16]) + octets[at + 12:end]
        self.send_now(out, (dotted(octets[at + 4:at + 8]), PORT))


class MobileNode(Node):
    """It registers with the agent that it hears, and has the one before notified."""

    def __init__(self):
        super().__init__()
        icmp = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        group = packed('224.0.0.1') + packed(me)
        icmp.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)
        self.others[icmp] = self.hear
        self.visited = self.coa = None
        self.ident = 0
        self.update = None      # retransmitted until it is acknowledged

    def hear(self, packet):
        icmp = packet[(packet[0] & 15) * 4:]
        src = dotted(packet[12:16])
        at = 8 + icmp[4] * icmp[5] * 4 if len(icmp) >= 8 and icmp[0] == 9 else 65536
        found = None
        while at < len(icmp):
            if icmp[at] == 0:
                at += 1
                continue
            if at + 2 > len(icmp) or at + 2 + icmp[at + 1] > len(icmp):
                return
            if icmp[at] == 16:
                found = icmp[at:at + 2 + icmp[at + 1]]
            elif icmp[at] < 128 and icmp[at] not in (19, 24):
                return
            at += 2 + icmp[at + 1]
        if not found or len(found) < 12 or (len(found) - 8) % 4 or not found[6] & 0x30:
            return
        if found[8:12] != self.coa:
            self.register(src, found[8:12], bool(found[7] & 0x80))

    def register(self, src, coa, smooth):
        old, self.visited, self.coa = self.visited, src, coa
        self.ident = max(ntp_now(), self.ident + 1)
        ident = struct.pack('!Q', self.ident)
        out = struct.pack('!BBH', RRQ, 0, 60) + home + packed(agent) + coa + ident
        if does('extras'):
            out += b'\x83\x05a@b.c\xc8\x01x'
        handoff = smooth and old and not does('base')
        pfan = b''
        if handoff:
            body = struct.pack('!BBH', UPDATE, 0xc0, 10) + home + coa + ident
            self.update = sign(body, 35)
            pfan = bytes([96, 30]) + struct.pack('!H', 10) + packed(old) + coa + self.update[22:]
            self.later(0.3, lambda wait=self.update: self.again(wait, old, 0))
        # The notification is the agent's business, so it may come after 32; or be protected by it.
        out = sign(out + pfan, 32) if does('extras') else sign(out, 32) + pfan
        if does('with-33'):
            out = sign(out, 33)
        if does('ephemeral'):
            s = self.open(0, me)
            s.sendto(out, (src, PORT))
            self.others[s] = self.take_reply
        else:
            self.udp.sendto(out, (src, PORT))

    def again(self, update, old, tries):
        if self.update is update and tries < 20:
            self.udp.sendto(update, (old, PORT))
            self.later(0.3, lambda: self.again(update, old, tries + 1))

    def take_reply(self, octets):
        macs = [e for e in extensions(octets, 20) if e[0] == 32] if len(octets) >= 20 else []
        whole = not any(e[0] is None for e in extensions(octets, 20))
        if len(macs) == 1 and whole and octets[0] == REPLY and octets[4:8] == home and \
                struct.unpack('!I', octets[16:20])[0] == self.ident & LOW and \
                is_good(octets, macs[0]) and not self.is_discarded(octets, 20) and octets[1] == 133:
            self.later(1.0, lambda: self.register(self.visited, self.coa, False))

    def receive(self, octets, frm, to):
        if octets[:1] == bytes([REPLY]):
            self.take_reply(octets)
        elif octets[:1] == bytes([ACK]) and self.update and len(octets) >= 16 and octets[3] == 0 and \
                octets[4:8] == home and octets[8:16] == self.update[12:20]:
            self.update = None


ROLES = {'correspondent': Receiver, 'previous-agent': Receiver, 'home-agent': HomeAgent,
         'new-agent': NewAgent, 'mobile-node': MobileNode}
ROLES[role]().run()
