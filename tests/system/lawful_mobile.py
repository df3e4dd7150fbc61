# SPDX-License-Identifier: GPL-2.0-or-later
"""lawful_mobile.py - the mobile node of lawful_node.py.

Its manners:
    base            no smooth handoffs
    with-33         extension 33 in its requests
    solicits        asks for advertisements before it registers (RFC 2002 2.4)
    dawdles         registers 0.15 s after the advertisement
    group-only      hears no advertisement that was sent to it alone (see --advertise)
    insists         sends its request again after a second, as long as nothing answers it
    anew            the same, with a new identification each time (RFC 3344 3.6.3)
    renews          registers every 1.2 s again with the agent that it has
    leisurely       sends its Binding Update again after 1 s, 2 s, 4 s
    warns           has a Binding Warning extension in its requests
    gives-up        stops its Binding Updates after 2 s, when its old registration would end
    flags=N, life=N, nai    of its requests
    lazy            moves only when it has heard the new agent twice
    bu-no-ident     its Binding Updates have no identification
    pfan-deletes, pfan-home     leaves no forwarding pointer with the agent before
    checks-agent    takes no reply of another home agent
    random-ident    has no clock, where nothing protects from replays
And faults:
    compares=N      compares so many octets of extension 32
    takes-unsigned, takes-unknown, takes-any-ident, takes-any-home   of replies
    other-key       signs with another key
    hurries         sends its request again at once
    any-advertiser  believes what says neither F nor H
    never-again     sends its Binding Update once
    goes-on         sends it again although it was acknowledged
    same-ident      of all its requests
    wrong-care-of, wrong-agent, no-auth, two-32, too-long    what it asks for
    takes-two, takes-overrun    of replies
    bu-bad, bu-ident, bu-life   in a notification: not what its Binding Update says
    takes-high-ident    of replies: looks at the other half of the identification
    source-care-of  registers the address that an advertisement came from
    ident-back      its timestamps go backwards
    reserved-bit    of its requests
    takes-bad-sum   of advertisements
"""
import socket
import struct
import time

from lawful_base import LOW, Node, agent, clock, does, fits, home, me, number, same_spi, sign
from odd_wire import ACK, KEY, PORT, REPLY, RRQ, UPDATE, checksum, digest, dotted, extensions, packed

SPI = struct.pack('!I', 0x1000)


def is_good(octets, ext):
    """Is this extension 32 right, as far as this node looks?"""
    _, at, end = ext
    return end - at == 22 and same_spi(octets[at + 2:at + 6]) and \
        fits(octets[:at + 2], octets[at + 6:end], lambda covered: [digest(covered)])


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
        self.heard = None       # from whom an advertisement came last
        self.update = None      # retransmitted until it is acknowledged
        self.answered = False

    def hear(self, packet):
        icmp = packet[(packet[0] & 15) * 4:]
        if does('group-only') and packet[16:20] == packed(me):
            return
        if checksum(icmp) and not does('takes-bad-sum'):
            return
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
        if not found or len(found) < 12 or (len(found) - 8) % 4 or (not found[6] & 0x30 and not does('any-advertiser')):
            return
        if does('source-care-of'):
            found = found[:8] + packed(src) + found[12:]
        if found[8:12] != self.coa:
            if does('lazy') and self.heard != found[8:12]:
                self.heard = found[8:12]
                return
            if does('solicits'):
                self.solicit()
            smooth = bool(found[7] & 0x80)
            if does('dawdles'):
                self.later(0.15, lambda: self.register(src, found[8:12], smooth))
            else:
                self.register(src, found[8:12], smooth)

    @staticmethod
    def solicit():
        octets = b'\x0a\0\0\0\0\0\0\0'
        octets = octets[:2] + struct.pack('!H', checksum(octets)) + octets[4:]
        with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as s:
            s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
            s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, packed(me))
            s.sendto(octets, ('224.0.0.2', 0))

    def register(self, src, coa, smooth):
        old, self.visited, self.coa = self.visited, src, coa
        self.ident = self.ident if does('same-ident') and self.ident else max(clock(), self.ident + 1)
        if does('random-ident'):
            self.ident = self.draw() << 32 | self.draw()
        if does('ident-back'):
            self.ident -= (self.received + 1) << 36
        ident = struct.pack('!Q', self.ident)
        flags = int(number('flags', 0)) | does('reserved-bit')
        out = struct.pack('!BBH', RRQ, flags, 0xfffe if does('too-long') else int(number('life', 60))) + home
        out += packed(me if does('wrong-agent') else agent) + (packed(me) if does('wrong-care-of') else coa) + ident
        out += b'\x83\x05a@b.c' if does('extras') or does('nai') else b''
        if does('warns'):
            out += bytes([16, 10, 0, 0]) + home + packed('10.9.0.5')
        out += self.extra()
        handoff = smooth and old and not does('base')
        pfan = b''
        if handoff:
            life, there = 0 if does('pfan-deletes') else 10, home if does('pfan-home') else coa
            bits = (flags & 0x10) << 1 | (flags & 8) << 1
            body = struct.pack('!BBH', UPDATE, (0x80 if does('bu-no-ident') else 0xc0) | bits, life) + home + there
            body += b'' if does('bu-no-ident') else ident
            self.update = sign(body, 35)
            pfan = bytes([96, 30]) + struct.pack('!H', 11 if does('bu-life') else life) + packed(old) + there
            pfan += self.update[-20:-1] + bytes([self.update[-1] ^ does('bu-bad')])
            if does('bu-ident'):
                self.update = sign(body[:-1] + bytes([body[-1] ^ 1]), 35)
            wait = 1 if does('leisurely') else 0.3
            self.later(wait, lambda wait=wait, update=self.update: self.again(update, old, 0, wait))
        # The notification is the agent's business, so it may come after 32; or be protected by it.
        key = b'the key of another' if does('other-key') else KEY
        if does('no-auth'):
            out += pfan
        else:
            out = sign(out + pfan, 32, key) if does('extras') else sign(out, 32, key) + pfan
        if does('two-32'):
            out = sign(out, 32, key)
        if does('with-33'):
            out = sign(out, 33)
        self.answered = False
        self.request(out, src)
        if does('insists'):
            self.later(1.0, lambda mine=self.ident: self.answered or mine != self.ident or self.request(out, src))
        if does('anew'):
            self.later(1.0, lambda mine=self.ident: self.answered or mine != self.ident or self.register(src, coa, False))
        if does('renews'):
            self.later(1.2, lambda mine=self.ident: mine == self.ident and self.register(src, coa, False))
        if does('hurries'):
            self.later(0.1, lambda: self.request(out, src))

    def request(self, out, src):
        if does('ephemeral'):
            s = self.open(0, me)
            s.sendto(out, (src, PORT))
            self.others[s] = self.take_reply
        else:
            self.send_now(out, (src, PORT))

    def again(self, update, old, tries, wait):
        most = 0 if does('never-again') else 6 if does('gives-up') else 20
        if (self.update is update or does('goes-on')) and tries < most:
            self.send_now(update, (old, PORT))
            wait *= 2 if does('leisurely') else 1
            self.later(wait, lambda: self.again(update, old, tries + 1, wait))

    def is_for_us(self, octets):
        if len(octets) < 20 or octets[0] != REPLY or self.is_discarded(octets, 20):
            return False
        if octets[4:8] != home and not does('takes-any-home'):
            return False
        low = struct.unpack('!I', octets[16:20])[0] == self.ident & LOW
        if does('takes-high-ident'):
            low = struct.unpack('!I', octets[12:16])[0] == self.ident >> 32
        if not low and not does('takes-any-ident'):
            return False
        if octets[8:12] != packed(agent) and does('checks-agent'):
            return False
        exts = extensions(octets, 20)
        macs = [e for e in exts if e[0] == 32]
        if (any(e[0] is None for e in exts) and not does('takes-overrun')) or (len(macs) > 1 and not does('takes-two')):
            return False
        return is_good(octets, macs[0]) if macs else does('takes-unsigned')

    def take_reply(self, octets):
        if self.is_for_us(octets):
            self.answered = True
            if octets[1] == 133:
                self.later(1.0, lambda: self.register(self.visited, self.coa, False))

    def receive(self, octets, frm, to):
        if octets[:1] == bytes([REPLY]):
            self.take_reply(octets)
        elif octets[:1] == bytes([ACK]) and self.update and len(octets) >= 16 and octets[3] == 0 and \
                octets[4:8] == home and (does('bu-no-ident') or octets[8:16] == self.update[12:20]):
            self.update = None
