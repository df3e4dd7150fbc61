# SPDX-License-Identifier: GPL-2.0-or-later
"""lawful_receiver.py - of Binding Updates, in lawful_node.py: a correspondent, or the previous agent.

Its manners:
    quiet, other-codes   says nothing, or 128, where it refuses
    short-acks           an acknowledge of 8 octets for an update without identification
    unsigned-acks        signs no acknowledge
    asks-early           a Binding Request of its own while the binding lasts (8.2)
    asks-agent           a Binding Request after each refusal
    no-cache, forgets    keeps no binding, or only for 0.2 s (3.1, 8.2)
    unsigned-131         does not sign the acknowledge of a bad authenticator
    refuses-unasked      says that it refuses even where A is clear
    scarce=N             has no resources (130) for every Nth good update
    as-asked             tunnels by minimal encapsulation or GRE if the update has M or G
    unreachable-icmp     an ICMP error for what is tunnelled here and has no binding
    hop                  tunnels on with a TTL that is less by one
    holds                tunnels on after 0.15 s
And faults:
    compares=N           compares so many octets of an authenticator
    any-spi, any-algorithm, replays, takes-old, takes-unknown
    alters-last, wrong-home, other-key, answers-434
    acks-unasked         acknowledges though A is clear
    keeps-deleted, records-refused   in its cache
    never-expires, ignores-lifetime  of a binding; the second takes each lifetime for a minute
    ident-before         copies the identification of the update before
    swaps-ident          or its halves, swapped
    reserved             of an acknowledge
    status-1, auth-15, ack-spi   of a good acknowledge
    by-home              looks for the peer of an association nowhere: any sender will do
    no-ident-good        needs no identification, whatever the association demands
    acks-first           accepts before it looks, and then refuses
    first-care-of        never replaces the care-of address of a binding
    deletes-forged       deletes a binding though the authenticator is bad
    any-home             keeps one binding, whatever the home address
    refusal-ident        a refusal returns another identification
    life-8, life-signed  takes 8 bits of a lifetime, or a large one for none
    echoes-mac           its authenticators are those of the updates
"""
import hashlib
import hmac
import socket
import struct
import time

from lawful_base import BROADCAST, LOW, Node, agent, does, fits, me, number, replay, role, same_spi, sign
from odd_wire import (ACK, KEY, PORT, REQUEST, UPDATE, WARNING, checksum, digest, dotted, extensions, is_unicast, packed)

SPI = struct.pack('!I', 0x1000)


def is_good(octets, ext):
    """Is this extension 35 right, as far as this node looks?"""
    _, at, end = ext
    if end - at != 22 or not (same_spi(octets[at + 2:at + 6]) or does('any-spi')):
        return False

    def due(covered):
        return [digest(covered)] + ([hmac.new(KEY, covered + octets[at + 2:at + 6], hashlib.md5).digest()]
                                    if does('any-algorithm') else [])
    return fits(octets[:at + 2], octets[at + 6:end], due)


class Receiver(Node):
    """Of Binding Updates: a correspondent node, or the previous foreign agent."""

    def __init__(self):
        super().__init__()
        self.entry = {}         # home address: care-of address, end, who told
        self.before = b'\0' * 8
        self.good = 0           # updates
        if role == 'previous-agent':
            tunnel = socket.socket(socket.AF_INET, socket.SOCK_RAW, 4)
            self.others[tunnel] = self.detunnel

    def receive(self, octets, frm, to):
        if octets[:1] != bytes([UPDATE]) or to != me or len(octets) < 12:
            return
        at = 20 if octets[1] & 0x40 else 12
        if len(octets) >= at and self.is_discarded(octets, at):
            return
        if does('acks-first') and len(octets) >= at:
            self.acknowledge(octets, 0, frm)
        status = self.judge(octets, at, frm)
        if status == 131:
            self.spoil(octets, 'update')
        if status == 0:
            self.good += 1
            status = 130 if self.good % number('scarce', 1e9) == 0 else 0
        if status == 131 and does('deletes-forged') and (octets[2:4] == b'\0\0' or octets[8:12] == octets[4:8]):
            self.entry.pop(octets[4:8], None)
        if status == 0 or (status == 131 and does('records-refused')):
            self.record(octets, frm)
        if status == 134:
            time.sleep(number('hangs', 0))
        if not (status and self.prohibit(octets, frm)):
            self.acknowledge(octets, status, frm)
        if does('asks-agent') and status and status != 133:
            self.ask(octets[4:8], frm[0])
        if does('asks-early') and status == 0:
            self.later(0.2, lambda: self.ask(octets[4:8], frm[0]))

    def judge(self, octets, at, frm):
        exts = extensions(octets, at)
        if len(octets) < at or (exts and exts[-1][0] is None):
            return 134
        macs = [e for e in exts if e[0] == 35]
        if len(macs) != 1 or (frm[0] not in (agent, '10.9.0.1') and not does('by-home')) or \
                not is_good(octets, macs[0]):
            return 131
        if at == 12 and replay != 'none' and not does('no-ident-good'):
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
        return 129 if octets[8:12] == packed(me) else 0

    def record(self, octets, frm):
        life = struct.unpack('!H', octets[2:4])[0]
        who = packed('10.9.0.77') if does('any-home') else octets[4:8]
        if does('life-8'):
            life &= 0xff
        if does('life-signed') and life > 0x7fff:
            life = 0
        if life == 0 or octets[8:12] == octets[4:8]:
            if not does('keeps-deleted'):
                self.entry.pop(who, None)
        elif not does('no-cache'):
            end = time.monotonic() + (life if life < 0xffff else 1e9)
            if does('forgets') or does('ignores-lifetime') or does('never-expires'):
                end = time.monotonic() + (0.2 if does('forgets') else 60 if does('ignores-lifetime') else 1e9)
            coa = self.entry[who][0] if does('first-care-of') and who in self.entry else octets[8:12]
            self.entry[who] = coa, end, frm[0], octets[1]

    def ask(self, who, whom):
        """Where is it now?  It may ask before the binding ends (8.2)."""
        ident = struct.pack('!2I', self.draw(), self.draw())
        self.send_now(struct.pack('!BBH', REQUEST, 0, 0) + who + ident, (whom, PORT))

    def acknowledge(self, update, status, frm):
        if not update[1] & 0x80 and not does('acks-unasked') and not (status and does('refuses-unasked')):
            return
        if not status:
            self.forged = 0
        if status and not self.may_refuse(status == 131):
            return
        if status and does('other-codes'):
            status = 128
        ident = update[12:20] if update[1] & 0x40 else b''
        if does('ident-before'):
            ident, self.before = self.before, ident
        if does('refusal-ident') and status and ident:
            ident = ident[:2] + bytes([ident[2] ^ 0x10]) + ident[3:]
        if does('swaps-ident'):
            ident = ident[4:] + ident[:4]
        if not (does('short-acks') and not ident):
            ident = ident.ljust(8, b'\0')
        if does('alters-last'):
            ident = ident[:-1] + bytes([ident[-1] ^ 1])
        who = packed('10.9.0.78') if does('wrong-home') else update[4:8]
        if not status and does('status-1'):
            status = 1
        out = struct.pack('!BHB', ACK, 0x4142 if does('reserved') else 0, status) + who + ident + self.extra()
        if does('echoes-mac'):
            out += update[-22:] if len(update) >= 30 else sign(update, 35)[-22:]
        elif does('ack-spi'):
            out = sign(out, 35, spi=0x1099)
        elif does('auth-15'):
            out += bytes([35, 19]) + SPI
            out += digest(out[:-4])[:15]
        elif not does('unsigned-acks') and not (status == 131 and does('unsigned-131')):
            out = sign(out, 35, b'the key of another' if does('other-key') else KEY)
        if does('extras'):
            out += b'\xf0\x00'
        self.send(out, (frm[0], PORT) if does('answers-434') else frm)

    @staticmethod
    def tunnel(inner, to, flags):
        """By IP in IP, or by what the Binding Update allows: GRE (RFC 1701), minimal encapsulation (RFC 2004)."""
        protocol, out = 4, inner
        if does('as-asked') and flags & 0x10:
            protocol, out = 47, b'\0\0\x08\0' + inner
        elif does('as-asked') and flags & 0x20:
            head = inner[9:10] + b'\x80\0\0' + inner[16:20] + inner[12:16]
            protocol, out = 55, head[:2] + struct.pack('!H', checksum(head)) + head[4:] + inner[20:]
        with socket.socket(socket.AF_INET, socket.SOCK_RAW, protocol) as s:
            s.sendto(out, (to, 0))

    def detunnel(self, packet):
        """Tunnelled here for a node that has moved on: to its new place, and a warning (8.3)."""
        inner = packet[(packet[0] & 15) * 4:]
        if len(inner) < 20:
            return
        who = packed('10.9.0.77') if does('any-home') else inner[16:20]
        coa, end, told, flags = self.entry.get(who, (b'', 0, '', 0))
        if end <= time.monotonic():
            if does('unreachable-icmp'):
                error = struct.pack('!2BHI', 3, 1, 0, 0) + inner[:28]
                with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as s:
                    s.sendto(error[:2] + struct.pack('!H', checksum(error)) + error[4:], (dotted(packet[12:16]), 0))
            return
        if does('hop'):
            inner = inner[:8] + bytes([inner[8] - 1]) + inner[9:10] + b'\0\0' + inner[12:]
            inner = inner[:10] + struct.pack('!H', checksum(inner[:20])) + inner[12:]
        self.later(0.15 if does('holds') else 0, lambda: self.tunnel(inner, dotted(coa), flags))
        if not does('quiet') and self.may_tell((told, inner[16:20])):
            self.send_now(struct.pack('!BBH', WARNING, 0, 0) + inner[16:20] + packet[12:16], (told, PORT))
