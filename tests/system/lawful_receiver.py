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
"""
import hashlib
import hmac
import socket
import struct
import time

from lawful_base import BROADCAST, LOW, Node, agent, does, fits, me, number, replay, role
from odd_wire import (ACK, KEY, PORT, REQUEST, UPDATE, WARNING, digest, dotted, extensions, is_unicast, packed, sign)

SPI = struct.pack('!I', 0x1000)


def is_good(octets, ext):
    """Is this extension 35 right, as far as this node looks?"""
    _, at, end = ext
    if end - at != 22 or (octets[at + 2:at + 6] != SPI and not does('any-spi')):
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
        if role == 'previous-agent':
            tunnel = socket.socket(socket.AF_INET, socket.SOCK_RAW, 4)
            self.others[tunnel] = self.detunnel

    def receive(self, octets, frm, to):
        if octets[:1] != bytes([UPDATE]) or to != me or len(octets) < 12:
            return
        at = 20 if octets[1] & 0x40 else 12
        if len(octets) >= at and self.is_discarded(octets, at):
            return
        status = self.judge(octets, at, frm)
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
        if life == 0 or octets[8:12] == octets[4:8]:
            if not does('keeps-deleted'):
                self.entry.pop(octets[4:8], None)
        elif not does('no-cache'):
            end = time.monotonic() + (life if life < 0xffff else 1e9)
            if does('forgets') or does('ignores-lifetime') or does('never-expires'):
                end = time.monotonic() + (0.2 if does('forgets') else 60 if does('ignores-lifetime') else 1e9)
            self.entry[octets[4:8]] = octets[8:12], end, frm[0]

    def ask(self, who, whom):
        """Where is it now?  It may ask before the binding ends (8.2)."""
        ident = struct.pack('!2I', self.draw(), self.draw())
        self.send_now(struct.pack('!BBH', REQUEST, 0, 0) + who + ident, (whom, PORT))

    def acknowledge(self, update, status, frm):
        if not update[1] & 0x80 and not does('acks-unasked'):
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
        if does('ack-spi'):
            out = sign(out, 35, spi=0x1099)
        elif does('auth-15'):
            out += bytes([35, 19]) + SPI
            out += digest(out[:-4])[:15]
        elif not does('unsigned-acks') and not (status == 131 and does('unsigned-131')):
            out = sign(out, 35, b'the key of another' if does('other-key') else KEY)
        if does('extras'):
            out += b'\xf0\x00'
        self.send(out, (frm[0], PORT) if does('answers-434') else frm)

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
