# SPDX-License-Identifier: GPL-2.0-or-later
"""lawful_home.py - the home agent of lawful_node.py, of one mobile node.

Its manners:
    base            no route optimization: it knows no message but the Registration Request
    quiet           never says that it refuses
    other-codes     refuses with 128 where the code is its own choice
    cut-life, life=N  grants no more than 200 s, or N
    one-binding     grants with code 1
    plain           can do neither encapsulation
    clock=S         its clock is wrong by S seconds; a refusal for that tells its time (RFC 2002 5.6.1)
    own-high        the high half of the identification that it returns is its own, without replay protection
    appends-34      extension 34 after 32, for a foreign agent
    asks-for=31|34|D|T  refuses a request without an NAI, one good extension 34, D or T
    full, closed    refuses all: too many bindings, or no service here
    denial-life     the lifetime of a denial, which says nothing, is not 0
    unsigned-131    does not sign a denial for a bad authenticator
    other-spi       signs replies under another association of the two
    remaining       a Binding Update has the lifetime that remains
    asks-ack        sets A, M and G in its Binding Updates, and sends them three times
    keeps-list      tells those that it told before, when the node registers anew (7.3)
    single          refuses simultaneous bindings (135)
    clock-steps     its clock is corrected by three seconds after every ten messages
    unknown-131     says 131, unsigned, to a node with which it has no association
    life-varies, rounds-life    grants a lifetime between 60 s and what was asked for; whole minutes
    other-136       names another of its addresses in a denial with 136
    one-if-s        grants with code 1 where S is set
    pings-first     looks for the care-of address before it answers
    bu-434, bu-short, bu-ident  Binding Updates to port 434, for 5 s, always with an identification
    scarce=N        has no resources (130) for every Nth good request
    proxies-home    answers ARP for the home address
    auth-first      looks at the authenticator before the form
And faults:
    compares=N, compares-last=N  compares so many octets of an authenticator
    never-checks, any-spi, any-algorithm, covers-spi, takes-short, last-of-two
    replays, takes-old, remembers-one   of timestamps
    alters-ident, alters-last, zero-ident, wrong-agent, wrong-home, wrong-life, no-life, longer=N
    other-key, other-algorithm, unsigned, twice-signed, short-auth, unsigned-zero
    answers-elsewhere, answers-434      where the reply goes
    takes-unknown, refuses-skippable, takes-reserved, obeys-unprotected, obeys-refused, obeys-old, grants-anybody
    ignores-deletion, keeps-deleted
    swaps-ident, swaps-life         the halves of what it returns
    dereg-life      grants 600 s to a deregistration
    answers-first   grants before it checks, but records only what is good
    forgets, first-care-of, bu-other, bu-longer    what it tells others of the binding
    reply-spi       an SPI in its replies that nobody knows
    auth-15         an authenticator of 15 octets
    odd-code        grants with code 2
    echoes-agent    returns a home agent that is not itself
    dies-on-short, dies-on-zero-port
    min-life=N      grants no less than N
    any-care-of, any-agent, grants-broadcast    of a request
    never-ends      tells others of a binding that has expired
    denial-ident    what a denial returns is not the identification
    unsigned-133    does not sign this denial
    echoes-mac      its authenticators are those of the requests
    takes-long      takes more octets for an authenticator than the algorithm makes
    home-prefix     takes a node for another whose address differs only in the last octet
    dies-on-own-care-of
    locks-out       refuses everything after one bad authenticator
    fills=N         has too many bindings after N registrations of one node
    first-ext-only  looks for extension 32 only directly after the fixed part
"""
import hashlib
import hmac
import socket
import struct
import sys
import time

from lawful_base import (BROADCAST, LOW, Node, clock, does, fits, home, me, number, replay, same_spi, settings,
                         sign, words)
from odd_wire import (ACK, KEY, PORT, REPLY, REQUEST, RRQ, UPDATE, WARNING, checksum, digest, dotted, extensions, is_unicast,
                      packed)

SPI = struct.pack('!I', 0x1000)
MOBILE_HOME, FOREIGN_HOME, NAI, WARN = 32, 34, 131, 16
PRIVATE = 2         # also T, of an agent without route optimization


def hmac_md5(octets):
    return hmac.new(KEY, octets, hashlib.md5).digest()


def is_good(octets, ext):
    """Is this extension 32 right, as far as this agent looks?"""
    _, at, end = ext
    mac = octets[at + 6:end]
    if not same_spi(octets[at + 2:at + 6]) and not does('any-spi'):
        return False
    if does('takes-long'):
        mac = mac[:16]
    if len(mac) != 16:
        return does('takes-short') and len(mac) > 0 and digest(octets[:at + 2]).startswith(mac)

    def due(covered):
        return [digest(covered)] + ([hmac_md5(covered + octets[at + 2:at + 6])] if does('any-algorithm') else []) + \
            ([digest(covered + octets[at + 2:at + 6])] if does('covers-spi') else [])
    return fits(octets[:at + 2], mac, due)


class HomeAgent(Node):
    """Of one mobile node."""

    def __init__(self):
        super().__init__()
        self.care_of = None
        self.private = False
        self.ends = 0.0
        self.granted = b''
        self.first = None
        self.told = set()
        self.acked = set()      # who acknowledged the last Binding Update about whom
        self.good = 0           # requests
        self.locked = False
        self.mac_of_request = b''

    def receive(self, octets, frm, to):
        kind = octets[0] if octets else None
        if kind == RRQ:
            self.take_registration(octets, frm, to)
        elif to != me or does('base'):
            return              # a home agent without route optimization knows no other type
        elif kind == ACK and len(octets) >= 8:
            self.acked.add((frm[0], octets[4:8]))
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
        known = self.care_of is not None and not self.private and (time.monotonic() < self.ends or does('never-ends'))
        if len(self.told) < 4:
            self.told.add(whom)
        if ident is None and (replay == 'timestamp' or does('bu-ident')):
            ident = struct.pack('!Q', clock())
        life = int(self.ends - time.monotonic()) if does('remaining') else 60
        life = min(0xffff, int(self.ends - time.monotonic()) + 5) if does('bu-longer') else life
        life = 5 if does('bu-short') else life
        port = PORT if does('bu-434') else port
        flags = (0x40 if ident else 0) | (0xb0 if does('asks-ack') else 0)
        out = struct.pack('!BBH', UPDATE, flags, max(1, life) if known else 0)
        out += who + (self.told_care_of() if known else who) + (ident or b'')
        out = sign(out + self.extra(), 35)
        self.acked.discard((whom, who))
        self.send(out, (whom, port))
        for n in range(2 if does('asks-ack') and known else 0):
            self.later(0.5 + n, lambda: self.remind(out, who, (whom, port)))

    def remind(self, update, who, to):
        """Nobody has acknowledged it yet."""
        if (to[0], who) not in self.acked and self.may_tell((to[0], who)):
            self.send_now(update, to)

    def told_care_of(self):
        if does('bu-other'):
            return packed('10.9.0.99')
        return self.first if does('first-care-of') else self.care_of

    # Replies.

    def ident_of(self, request, code):
        """What a reply returns for the identification of the request (RFC 2002 5.6)."""
        ident = struct.unpack('!Q', request[16:24])[0]
        if code == 133 and replay == 'timestamp':
            ident = (clock() & ~LOW) | (ident & LOW)
        if replay == 'nonce':
            self.nonce[request[4:8]] = self.draw()
            ident = self.nonce[request[4:8]] << 32 | (ident & LOW)
        if does('own-high'):
            ident = self.draw() << 32 | (ident & LOW)
        if does('zero-ident'):
            return 0
        if does('denial-ident') and code >= 64:
            ident ^= 1 << 5
        if does('swaps-ident'):
            ident = (ident & LOW) << 32 | ident >> 32
        return ident ^ (0x5a5a if does('alters-ident') else 0) ^ (1 if does('alters-last') else 0)

    def sign_reply(self, out):
        if does('unsigned') or (does('unsigned-zero') and out[1] == 0) or (does('unsigned-131') and out[1] == 131) or \
                (does('unsigned-133') and out[1] == 133):
            return out
        if does('echoes-mac'):
            return out + bytes([MOBILE_HOME, 20]) + SPI + self.mac_of_request
        if does('reply-spi') or does('other-spi'):
            return sign(out, MOBILE_HOME, spi=0x1001 if does('other-spi') else 0x1099)
        if does('auth-15'):
            out += bytes([MOBILE_HOME, 19]) + SPI
            return out + digest(out[:-4])[:15]
        if does('other-algorithm'):
            out += bytes([MOBILE_HOME, 20]) + SPI
            return out + hmac_md5(out)
        if does('short-auth'):
            out += bytes([MOBILE_HOME, 12]) + SPI
            return out + digest(out[:-4])[:8]
        out = sign(out, MOBILE_HOME, b'the key of another' if does('other-key') else KEY)
        return sign(out, MOBILE_HOME) if does('twice-signed') else out

    def reply(self, request, code, life, frm):
        if code >= 64 and does('other-codes') and code not in (134, 136):
            code = 128
        named = request[8:12] if request[8:12] == packed(me) else packed('10.9.0.66' if does('multihomed') else me)
        if does('echoes-agent'):
            named = request[8:12]
        if does('swaps-life'):
            life = life >> 8 | (life & 0xff) << 8
        if code >= 64 and does('denial-life'):
            life = 0xfffe
        named = packed('10.9.0.99') if does('wrong-agent') else named
        who = packed('10.9.0.78') if does('wrong-home') else request[4:8]
        if does('other-136') and code == 136:
            named = packed('10.9.0.66')
        out = struct.pack('!BBH', REPLY, code, life) + who + named + struct.pack('!Q', self.ident_of(request, code))
        out += self.extra()
        if does('extras'):
            out += b'\x83\x05a@b.c'
        out = self.sign_reply(out)
        if does('extras'):
            out += b'\xf0\x01x'         # for the foreign agent
        if does('appends-34'):
            out = sign(out, FOREIGN_HOME)
        if does('answers-elsewhere'):
            frm = ('10.9.0.3', frm[1])
        self.send(out, (frm[0], PORT) if does('answers-434') else frm)

    # Requests.

    def take_registration(self, octets, frm, to):
        if len(octets) < 24:
            if does('dies-on-short'):
                sys.exit(3)
            return
        if frm[1] == 0 and does('dies-on-zero-port'):
            sys.exit(3)
        if self.is_discarded(octets, 24):
            return
        if does('dies-on-own-care-of') and octets[12:16] == packed(me):
            sys.exit(3)
        exts = extensions(octets, 24)
        self.mac_of_request = next((octets[e[1] + 6:e[2]] for e in exts if e[0] == MOBILE_HOME), b'').ljust(16, b'\0')[:16]
        # Without any association with that node it says nothing (RFC 5944 3.8.2.1).
        if octets[4:8] != home and not does('grants-anybody') and not (does('home-prefix') and octets[4:7] == home[:3]):
            if does('unknown-131') and to == me and self.may_refuse(True):
                out = struct.pack('!BBH', REPLY, 131, 0) + octets[4:8] + packed(me) + octets[16:24]
                self.send(out, frm)
            return
        if to != me and not does('grants-broadcast'):
            if self.may_refuse():
                self.reply(octets, 136, 0, frm)
            return
        if does('clock-steps') and self.received % 10 == 0:
            settings['clock'] = str(number('clock', 0) + (3 if self.received % 20 else -3))
        code = self.judge(octets, exts)
        if exts and exts[-1][0] is None:
            time.sleep(number('hangs', 0))
        if code == 131:
            self.spoil(octets, 'registration')
            self.locked = does('locks-out')
        if self.locked:
            code = 131
        if code == 0 and self.good >= number('fills', 1e9):
            code = 135
        if code == 0:
            self.forged = 0
            self.good += 1
            if self.good % number('scarce', 1e9) == 0:
                self.reply(octets, 130, 0, frm)
            elif does('pings-first') and octets[2:4] != b'\0\0' and is_unicast(octets[12:16], BROADCAST):
                self.ping(dotted(octets[12:16]))
                self.later(0.1, lambda: self.grant(octets, exts, frm))
            else:
                self.grant(octets, exts, frm)
            return
        if code == 131 and does('answers-first'):
            self.reply(octets, 0, struct.unpack('!H', octets[2:4])[0], frm)
            return
        if (does('obeys-refused') and code == 131) or (does('obeys-old') and code == 133):
            self.record(octets, struct.unpack('!H', octets[2:4])[0])
        if code != 134 and self.prohibit(octets, frm):
            return
        if self.may_refuse(code == 131) or code == 134:
            self.reply(octets, code, 0 if replay == 'none' else struct.unpack('!H', octets[2:4])[0], frm)

    @staticmethod
    def ping(whom):
        echo = struct.pack('!2B3H', 8, 0, 0, 1, 1) + b'ping'
        echo = echo[:2] + struct.pack('!H', checksum(echo)) + echo[4:]
        with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as s:
            s.sendto(echo, (whom, 0))

    def grant(self, octets, exts, frm):
        life = struct.unpack('!H', octets[2:4])[0]
        if life == 0 and does('ignores-deletion'):
            return
        life = min(life, int(number('life', 200 if does('cut-life') else 0xffff)))
        if does('life-varies') and life > 60:
            life = 60 + self.draw() % (life - 59)
        if does('rounds-life') and life > 60:
            life -= life % 60
        if life:
            life = max(life, int(number('min-life', 0)))
        if not (life == 0 and does('keeps-deleted')):
            self.record(octets, life)
        if does('wrong-life') or (does('no-life') and life):
            life = 0 if does('no-life') else 0xfffe
        elif life and life + number('longer', 0) <= 0xffff:
            life += int(number('longer', 0))
        if not life and does('dereg-life'):
            life = 600
        one = does('one-binding') or (does('one-if-s') and octets[1] & 0x80)
        self.reply(octets, 2 if does('odd-code') else 1 if one else 0, life, frm)
        if does('proxies-home'):
            self.put_arp(1, home, home)
        self.follow_warnings(octets, exts)
        if does('keeps-list'):
            for whom in sorted(self.told):
                self.tell(home, whom)

    def wants(self, octets, exts):
        """The code for what this agent asks of a request besides."""
        kinds = [e[0] for e in exts]
        asked = settings.get('asks-for')
        if (asked == '31' and NAI not in kinds) or (asked == 'D' and not octets[1] & 0x20):
            return 129
        if asked == '34' and (kinds.count(FOREIGN_HOME) != 1 or
                              not is_good(octets, next(e for e in exts if e[0] == FOREIGN_HOME))):
            return 132
        if asked == 'T' and not octets[1] & PRIVATE:
            return 138
        if does('single') and octets[1] & 0x80:
            return 135
        return 135 if does('full') else 129 if does('closed') else 0

    def authenticate(self, octets, exts):
        macs = [e for e in exts if e[0] == MOBILE_HOME]
        if does('never-checks'):
            return True
        if does('first-ext-only') and exts and exts[0][0] != MOBILE_HOME:
            return False
        if does('last-of-two'):
            macs = macs[-1:]
        return len(macs) == 1 and is_good(octets, macs[0])

    def judge(self, octets, exts):
        flags = octets[1]
        if does('auth-first') and not self.authenticate(octets, exts):
            return 131
        if (flags & 1 and not does('takes-reserved')) or (exts and exts[-1][0] is None):
            return 134
        if flags & PRIVATE and does('base') and settings.get('asks-for') != 'T':
            return 134
        if octets[8:12] != packed(me) and not words & {'any-agent', 'grants-broadcast'}:
            return 136
        if does('refuses-skippable') and any(e[0] > 199 for e in exts):
            return 134
        if not self.authenticate(octets, exts):
            return 131
        ident = struct.unpack('!Q', octets[16:24])[0]
        if replay == 'nonce' and self.nonce.get(home) != ident >> 32:
            return 133
        if replay == 'timestamp' and not self.fresh(ident, 'registration'):
            return 133
        if flags & 0x18 and does('plain'):
            return 139          # it can do neither encapsulation
        if not is_unicast(octets[12:16], BROADCAST) and not does('any-care-of'):
            return 134
        return self.wants(octets, exts)

    def record(self, octets, life):
        self.private = bool(octets[1] & PRIVATE)
        if does('forgets'):
            return
        if self.first is None:
            self.first = octets[12:16]
        if life == 0 or octets[12:16] == octets[4:8]:
            self.care_of = None
        else:
            self.care_of = octets[12:16]
            self.ends = time.monotonic() + life

    def follow_warnings(self, octets, exts):
        end = next((e[1] for e in exts if e[0] == MOBILE_HOME), 0)
        for kind, at, to in exts:
            if kind == WARN and (to <= end or does('obeys-unprotected')) and octets[at + 4:at + 8] == home and \
                    not does('base'):
                for target in range(at + 8, to - 3, 4):
                    self.tell(home, dotted(octets[target:target + 4]))
