# SPDX-License-Identifier: GPL-2.0-or-later
"""lawful_agent.py - the foreign agent of lawful_node.py that a mobile node registers with.

Its manners:
    base            no route optimization
    quiet, seldom   never denies, or no more than once in a second (RFC 2002 3.7.2)
    other-codes     denies with 64 where the code is its own choice
    to-home         sends replies and denials to the home address (RFC 5944 3.7.2.3)
    asks-for=33|challenge|T   denies a request without extension 33, an own challenge, T
    most=N          denies a lifetime above N
    patient         passes a request on after half a second, and again a second after that
    protects        extension 33 after a reply, for the mobile node
    offers=A        the care-of address that it offers is not its own
    pending=N       denies (66) what would be the N+1st request that waits for its reply (3.7.1)
    times-out=S     denies (78) what waited for S
    unreachable     denies (80) at once what it cannot pass on to a home agent that its network knows
    strips-replies  removes what follows extension 32 in a reply
    after-reply     sends the Binding Update to the previous agent when the home agent has granted
    relays-66       passes requests on from another of its addresses
    bu-no-flags, bu-no-ident    what the draft leaves open of a Binding Update (5.1)
And faults:
    compares=N      compares so many octets of extension 33
    unchecked-33    does not look at it
    alters-request  sets a flag in what it passes on
    elsewhere       passes it on to another home agent
    strips          passes it on without the extensions that may be skipped
    keeps-all       passes on what followed extension 32
    takes-unknown, takes-reserved, takes-care-of
    grants-itself   grants without asking the home agent
    drops-replies, alters-replies, passes-strays    what it does with the home agent's replies
    answers-434     denials go to port 434
    denial-ident, denial-agent, denial-128    what a denial says
    relays-short, relays-port, inserts        what the home agent gets: an octet less, at port 435, with another extension
    any-ident       takes a reply for any identification
    bu-home, bu-ident, bu-short    what the previous agent gets
    lowers-life=N   of what it passes on
    caps-reply=N    passes back no lifetime above N
    turns-code      passes a denial of the home agent back as a grant
    bu-port         sends the Binding Update to port 435
    bu-mine         signs the Binding Update itself
"""
import socket
import struct
import time

from lawful_base import BROADCAST, LOW, Node, does, fits, home, me, number, same_spi, settings, sign
from odd_wire import (KEY, PORT, REPLY, RRQ, UPDATE, digest, dotted, extensions, is_unicast, packed)

SPI = struct.pack('!I', 0x1000)
PFAN = 96


def is_good(octets, ext):
    """Is this extension 33 right, as far as this agent looks?"""
    _, at, end = ext
    return does('unchecked-33') or (end - at == 22 and same_spi(octets[at + 2:at + 6]) and
                                    fits(octets[:at + 2], octets[at + 6:end], lambda covered: [digest(covered)]))


class NewAgent(Node):
    """A foreign agent that a mobile node registers with."""

    def __init__(self):
        super().__init__()
        self.pending = {}       # (home address, low half): who asked
        self.updates = {}       # of the same: the Binding Update that waits for the reply
        self.denied = 0.0

    def receive(self, octets, frm, to):
        if to not in (me, '10.9.0.66'):
            return
        if octets[:1] == bytes([REPLY]) and len(octets) >= 20:
            back = self.pending.pop((octets[4:8], octets[16:20]), None)
            if back is None and does('any-ident') and octets[4:8] == home:
                back = ('10.9.0.1', PORT)
            update = self.updates.pop((octets[4:8], octets[16:20]), None)
            if update and octets[1] < 2:
                self.send_now(*update)
            if back is None and does('passes-strays'):
                back = ('10.9.0.1', PORT)
            if back and not does('drops-replies'):
                self.pass_back(octets, back)
        elif octets[:1] == bytes([RRQ]) and len(octets) >= 24 and not self.is_discarded(octets, 24):
            self.take_request(octets, frm)

    def pass_back(self, reply, back):
        if does('alters-replies'):
            reply = reply[:2] + b'\0\1' + reply[4:]
        if struct.unpack('!H', reply[2:4])[0] > number('caps-reply', 1e9):
            reply = reply[:2] + struct.pack('!H', int(number('caps-reply'))) + reply[4:]
        if does('turns-code') and reply[1] > 1:
            reply = reply[:1] + b'\0' + reply[2:]
        macs = [e for e in extensions(reply, 20) if e[0] == 32]
        if does('strips-replies') and macs:
            reply = reply[:macs[0][2]]
        if does('protects'):
            reply = sign(reply, 33)
        self.send(reply, self.way_back(reply, back))

    @staticmethod
    def way_back(message, frm):
        """To the sender (RFC 2002 3.7.2.3), or to the home address (RFC 5944 3.7.2.3)."""
        return (dotted(message[4:8]), frm[1]) if does('to-home') else frm

    def deny(self, request, code, frm):
        if (does('seldom') and time.monotonic() - self.denied < 1) or not self.may_refuse(code == 67):
            return              # one in a second is enough (RFC 2002 3.7.2)
        self.denied = time.monotonic()
        if self.prohibit(request, frm):
            return
        if does('other-codes'):
            code = 64
        if does('denial-128'):
            code += 64
        life = int(number('most', 0)) if code == 69 else struct.unpack('!H', request[2:4])[0]
        out = struct.pack('!BBH', REPLY, code, life)
        back = self.way_back(request, frm)
        named = packed(me) if does('denial-agent') else request[8:12]
        ident = request[16:23] + bytes([request[23] ^ does('denial-ident')])
        self.send(out + request[4:8] + named + ident, (back[0], PORT) if does('answers-434') else back)

    @staticmethod
    def wants(octets, foreign, kinds):
        """The code for what this agent asks of a request besides."""
        asked = settings.get('asks-for')
        if asked == '33' and not foreign:
            return 67
        if asked == 'challenge' and octets[2:4] != b'\0\0':
            return 104 if 132 in kinds else 105
        if asked == 'T' and not octets[1] & 2:
            return 75
        return 69 if struct.unpack('!H', octets[2:4])[0] > number('most', 0xffff) else 0

    def judge(self, octets, exts):
        """The code of the denial, or 0."""
        macs = [e for e in exts if e[0] == 32]
        foreign = [e for e in exts if e[0] == 33]
        if (octets[1] & 1 and not does('takes-reserved')) or (exts and exts[-1][0] is None):
            return 70
        own = octets[1] & 0x20 or octets[2:4] == b'\0\0' or octets[12:16] == packed(settings.get('offers', me))
        if not own and not does('takes-care-of'):
            return 77
        if any(e[0] == PFAN and e[2] - e[1] < 17 for e in exts):
            return 70
        if foreign and not does('unchecked-33') and (len(foreign) > 1 or not is_good(octets, foreign[0])):
            return 67
        if foreign and (not macs or foreign[0][1] < macs[0][1]):
            return 70
        if octets[8:12] == packed(me) or not is_unicast(octets[8:12], BROADCAST):
            return 80
        return self.wants(octets, foreign, [e[0] for e in exts])

    @staticmethod
    def relayed(octets, exts):
        """What the home agent gets: all up to extension 32, and no more."""
        macs = [e for e in exts if e[0] == 32]
        out = octets[:macs[0][2]] if macs and not does('keeps-all') else octets
        if does('alters-request'):
            out = out[:1] + bytes([out[1] ^ 0x40]) + out[2:]
        if does('strips'):
            out = out[:24] + b''.join(out[e[1]:e[2]] for e in exts if e[0] is not None and e[0] < 128 and
                                      e[2] <= len(out))
        if struct.unpack('!H', out[2:4])[0] > number('lowers-life', 1e9):
            out = out[:2] + struct.pack('!H', int(number('lowers-life'))) + out[4:]
        if does('relays-short'):
            out = out[:-1]
        if does('inserts'):
            out = out[:24] + b'\xc8\x02fa' + out[24:]
        return sign(out + b'\xc8\x02fa', 34) if does('extras') else out

    def take_request(self, octets, frm):
        exts = extensions(octets, 24)
        code = self.judge(octets, exts)
        if code:
            self.deny(octets, code, frm)
            return
        if does('grants-itself'):
            self.send(struct.pack('!BB', REPLY, 0) + octets[2:12] + octets[16:24], frm)
            return
        if exts and exts[-1][0] is None:
            time.sleep(number('hangs', 0))
        self.forged = 0
        key = octets[4:8], octets[20:24]
        if key not in self.pending and len(self.pending) >= number('pending', 1e9):
            self.deny(octets, 66, frm)
            return
        relayed = self.relayed(octets, exts)
        self.pending[key] = frm
        if 'times-out' in settings:
            self.later(number('times-out'), lambda: self.pending.pop(key, None) and self.deny(octets, 78, frm))
        to = ('10.9.0.99' if does('elsewhere') else dotted(octets[8:12]), 435 if does('relays-port') else PORT)
        if does('unreachable') and not to[0].startswith('10.9.0.1'):
            self.deny(octets, 80, frm)
            return
        if does('patient'):
            self.later(0.15, lambda: self.send_request(relayed, to))
            self.later(1.2, lambda: self.again(octets, relayed, to))
        else:
            self.send_request(relayed, to)
        pfans = [e for e in exts if e[0] == PFAN]
        if pfans and not does('base'):
            self.hand_off(octets, pfans[0])

    def again(self, octets, relayed, to):
        if (octets[4:8], octets[20:24]) in self.pending:
            self.send_request(relayed, to)

    def send_request(self, octets, to):
        """From a port of its own choice, to which the reply comes."""
        if does('relays-66'):
            self.udp.sendmsg([octets], [(socket.IPPROTO_IP, 8, b'\0' * 4 + packed('10.9.0.66') + b'\0' * 4)], 0, to)
            return None
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
        flags = 0xc0 | (0 if does('bu-no-flags') else (octets[1] & 0x10) << 1 | (octets[1] & 0x08) << 1)
        out = bytes([UPDATE, flags]) + octets[at + 2:at + 4] + octets[4:8] + octets[at + 8:at + 12]
        out += octets[16:24] + bytes([35, 4 + end - at - 16]) + octets[at + 12:end]
        if does('bu-no-ident'):
            out = out[:1] + bytes([out[1] & ~0x40]) + out[2:12] + out[20:]
        if does('bu-mine'):
            out = sign(out[:20], 35, b'a key of my own')
        if does('bu-home'):
            out = out[:4] + packed(me) + out[8:]
        if does('bu-ident'):
            out = out[:19] + bytes([out[19] ^ 1]) + out[20:]
        if does('bu-short'):
            out = out[:-1]
        to = dotted(octets[at + 4:at + 8]), 435 if does('bu-port') else PORT
        if does('after-reply'):
            self.updates[octets[4:8], octets[20:24]] = out, to
        else:
            self.send_now(out, to)
