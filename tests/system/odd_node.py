#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""odd_node.py ROLE KEY=VALUE... - a second implementation of the protocol, with peculiarities.

The tester is checked with it: what the RFCs allow must not fail, what they forbid must fail for
that reason and no other.  It shares no code with mipro, so that both cannot share a mistake.  It is small:
lawful_node.py does everything that a role has to do.

Roles: home-agent, new-agent, mobile-node, correspondent.  Settings:
  address=A home=A agent=A   its own address, the mobile node's, and the home agent's
  odd=WORD[,WORD...]         what is odd about it; see the uses of odd() below
"""
import select
import socket
import struct
import sys
import threading
import time

from odd_wire import (ACK, KEY, PORT, REPLY, REQUEST, RRQ, UPDATE, WARNING, checksum, dotted, extensions,
                      is_good, ntp_now, packed, sign)

settings = dict(word.split('=', 1) for word in sys.argv[2:])
role = sys.argv[1]
oddities = set(filter(None, settings.get('odd', '').split(',')))
me = settings.get('address', '10.9.0.2')
home = settings.get('home', '10.9.0.77')
agent = settings.get('agent', '10.9.0.1')


def odd(word):
    return word in oddities


def number(word, default):
    return int(settings.get(word, default))


class Node:
    def __init__(self):
        self.udp = self.open(PORT)
        self.registered = None
        self.forged = 0

    @staticmethod
    def open(port, addr=''):
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        s.setsockopt(socket.IPPROTO_IP, socket.IP_PKTINFO if hasattr(socket, 'IP_PKTINFO') else 8, 1)
        s.bind((addr, port))
        return s

    def read(self, s):
        octets, control, _, frm = s.recvmsg(65536, 256)
        to = me
        for level, kind, value in control:
            if level == socket.IPPROTO_IP and kind == 8:
                to = dotted(value[8:12])
        return octets, frm, to

    def send(self, octets, to, source=None):
        """As the kernel sends it, or as a raw frame with its peculiarity."""
        if source is not None:
            s = self.open(PORT, source)
            s.sendto(octets, to)
            s.close()
        elif odd('bad-sum') or odd('stray'):
            self.send_frame(octets, to)
        else:
            self.udp.sendto(octets, to)

    def send_frame(self, octets, to):
        udp = struct.pack('!HHHH', PORT, to[1], 8 + len(octets), 0) + octets
        pseudo = packed(me) + packed(to[0]) + struct.pack('!HH', 17, len(udp))
        total = checksum(pseudo + udp) ^ (0x1111 if odd('bad-sum') else 0)
        udp = udp[:6] + struct.pack('!H', total) + udp[8:]
        ip = struct.pack('!BBHHHBBH', 0x45, 0, 20 + len(udp), 7, 0, 64, 17, 0) + packed(me) + packed(to[0])
        ip = ip[:10] + struct.pack('!H', checksum(ip)) + ip[12:]
        s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        s.bind(('r0', 0x0800))
        mac = s.getsockname()[4]
        s.send(b'\xff' * 6 + mac + b'\x08\x00' + ip + udp + (b'secret of the kernel' if odd('stray') else b''))
        s.close()

    # A home agent.

    def reply(self, request, code, life, frm, signed=True):
        ident = request[16:24]
        who, by = request[4:8], packed(me)
        if odd('alters-ident'):
            ident = bytes([ident[0]]) + ident[1:4] + bytes(b ^ 0x5a for b in ident[4:])
        if odd('alters-high-ident'):
            ident = bytes(b ^ 0x5a for b in ident[:4]) + ident[4:]
        if odd('alters-home'):
            who = packed('10.9.0.78')
        if odd('alters-agent'):
            by = packed('10.9.0.99')
        out = struct.pack('!BBH', REPLY, code, life) + who + by + ident
        if signed and not odd('unsigned'):
            out = sign(out, 32, b'another key here' if odd('signs-badly') else KEY)
        if odd('trailing'):
            out += b'\xc8'
        port = PORT if odd('to-434') else frm[1]
        self.send(out, (frm[0], port), settings.get('reply-from'))

    def home_agent(self, octets, frm, to):
        kind = octets[0] if octets else None
        if kind == RRQ:
            self.take_registration(octets, frm, to)
        elif kind == REQUEST and len(octets) == 16 and to == me and not odd('base'):
            if octets[4:8] == packed(home) and self.registered and frm[0] != settings.get('deaf-to'):
                out = struct.pack('!BBH', UPDATE, 0x40, 120) + packed(home) + self.registered + octets[8:16]
                self.send(sign(out, 35), frm)
        elif kind == WARNING and to == me and not odd('base') and octets[4:8] == packed(home):
            for at in range(8, len(octets) - 3, 4):
                target = dotted(octets[at:at + 4])
                if self.registered and not octets[at] >> 4 == 14 and not octets[at] == 255:
                    out = struct.pack('!BBH', UPDATE, 0, 120) + packed(home) + self.registered
                    if target == agent and odd('asks-only'):
                        self.ask_link(target)
                    else:
                        self.send(sign(out, 35), (target, PORT))

    @staticmethod
    def ask_link(target):
        """An ARP request, and nothing after it."""
        s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        s.bind(('r0', 0x0806))
        mac = s.getsockname()[4]
        s.send(b'\xff' * 6 + mac + b'\x08\x06' + struct.pack('!HHBBH', 1, 0x0800, 6, 4, 1) + mac + packed(me) +
               b'\0' * 6 + packed(target))
        s.close()

    def take_registration(self, octets, frm, to):
        if 'code' in settings:
            return self.reply(octets.ljust(24, b'\0'), number('code', 0), number('lifetime', 0), frm)
        if odd('silent') or len(octets) < 24:
            if odd('dies-on-short') and len(octets) < 24:
                sys.exit(3)
            return None
        exts = extensions(octets, 24)
        for ext in exts:
            if ext[0] is not None and ext[0] < 128 and ext[0] not in (16, 32, 33, 34, 35, 96):
                return None
        nai = [octets[at + 2:end] for kind, at, end in exts if kind == 131]
        if 'nai' in settings and nai != [settings['nai'].encode()]:
            return self.reply(octets, 99, 0, frm)
        flags = number('wants-flags', 0)
        if octets[1] & flags != flags:
            return self.reply(octets, 129, 0, frm)
        life = struct.unpack('!H', octets[2:4])[0]
        if life > number('most-life', 65535):
            return self.reply(octets, 69, number('most-life', 65535), frm)
        if to != me:
            return None if odd('no-shoulds') else self.reply(octets, 136, 0, frm)
        if octets[1] & 1 or (exts and exts[-1][0] is None):
            return self.reply(octets, 134, 0, frm)
        macs = [e for e in exts if e[0] == 32]
        if not odd('never-checks') and (len(macs) != 1 or not is_good(octets, macs[0], 12 if odd('compares-12') else 16)):
            return None if odd('no-shoulds') else self.reply(octets, 131, 0, frm)
        self.registered = octets[12:16] if life and octets[12:16] != octets[4:8] else None
        return self.reply(octets, 0, life, frm)

    # A foreign agent that relays from a port that it chooses, as most do.

    def new_agent(self, octets, frm, to):
        kind = octets[0] if octets else None
        if kind != RRQ or len(octets) < 24:
            return
        exts = extensions(octets, 24)
        if octets[1] & 1 or (exts and exts[-1][0] is None):
            self.reply_as_agent(octets, 70, frm)
            return
        macs = [e for e in exts if e[0] == 32]
        mobile_foreign = [e for e in exts if e[0] == 33]
        if mobile_foreign and (not macs or mobile_foreign[0][1] < macs[0][1]):
            self.reply_as_agent(octets, 70, frm)
            return
        if mobile_foreign and not is_good(octets, mobile_foreign[0]):
            self.reply_as_agent(octets, 67, frm)
            return
        end = macs[0][2] if macs else len(octets)
        if odd('ephemeral'):
            up = self.open(0, settings.get('relay-from', ''))
        else:
            up = self.udp
        if odd('grants'):
            # As its home agent would, if it were another node; nothing of it is seen on this link.
            self.send(sign(struct.pack('!BBH', REPLY, 0, 60) + octets[4:12] + octets[16:24], 32), frm)
            return
        if odd('alters-relayed'):
            octets = octets[:2] + b'\x11' + octets[3:]
        up.sendto(octets[:end], (dotted(octets[8:12]), PORT))
        if up is not self.udp:
            ready, _, _ = select.select([up], [], [], 0.2)
            if ready:
                answer, _, _ = self.read(up)
                print('granted', flush=True)
                self.send(answer, frm)
            up.close()

    def reply_as_agent(self, request, code, frm):
        self.send(struct.pack('!BBH', REPLY, code, 0) + request[4:12] + request[16:24], frm)

    # A correspondent.

    def correspondent(self, octets, frm, to):
        if not octets or octets[0] != UPDATE or len(octets) < 12 or to != me:
            return
        flags = octets[1]
        at = 20 if flags & 0x40 else 12
        if len(octets) < at:
            return self.acknowledge(octets, 134, frm)
        exts = extensions(octets, at)
        for ext in exts:
            if ext[0] is None:
                return self.acknowledge(octets, 134, frm)
            if ext[0] < 128 and ext[0] not in (32, 33, 34, 35, 96):
                return None
        macs = [e for e in exts if e[0] == 35]
        if 'code' in settings:
            return self.acknowledge(octets, number('code', 0), frm)
        if not macs or not is_good(octets, macs[0], 12 if odd('compares-12') else 16):
            self.forged += 1
            if odd('relents') or odd('lingers'):
                threading.Timer(0.45 if odd('lingers') else 0.1, self.acknowledge, (octets, 0, frm)).start()
            if odd('lingers'):
                return None
            return self.acknowledge(octets, 0 if odd('forgets') and self.forged == 1 else 131, frm)
        return self.acknowledge(octets, 0, frm)

    def acknowledge(self, update, status, frm):
        if not update[1] & 0x80 or (status and odd('no-shoulds')):
            return
        out = struct.pack('!BHB', ACK, 0x4142 if odd('reserved') else 0, status) + update[4:8]
        out += (update[12:20] if update[1] & 0x40 else b'').ljust(8, b'\0')
        self.send(sign(out, 35), frm, settings.get('reply-from'))

    # A mobile node that registers with any agent that advertises, from its own port and address.

    def mobile_node(self, octets, frm, to):
        return None

    def advert(self, packet):
        ihl = (packet[0] & 15) * 4
        src, dst, icmp = dotted(packet[12:16]), dotted(packet[16:20]), packet[ihl:]
        if icmp[0] != 9 or (odd('multicast-only') and dst != '224.0.0.1'):
            return
        at = 8 + icmp[4] * icmp[5] * 4
        if len(icmp) < at + 12 or icmp[at] != 16:
            return
        coa = icmp[at + 8:at + 12]
        if coa == self.registered:
            return
        ident = struct.pack('!Q', ntp_now())
        out = struct.pack('!BBH', RRQ, 0, 60) + packed(home) + packed(agent) + coa + ident
        s = self.open(0 if odd('ephemeral') else PORT, settings.get('register-from', ''))
        s.sendto(sign(out, 32), (src, PORT))
        # It keeps the care-of address only after its registration is granted.
        ready, _, _ = select.select([s], [], [], 0.2)
        if ready:
            reply, _, _ = self.read(s)
            if reply[:2] == bytes([REPLY, 0]) and reply[12:20] == ident:
                self.registered = coa
                print('granted', flush=True)
        s.close()

    def serve(self):
        socks = [self.udp]
        icmp = None
        if role == 'mobile-node':
            icmp = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
            group = packed('224.0.0.1') + packed(me)
            icmp.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)
            socks.append(icmp)
            if odd('ephemeral'):
                self.udp.close()
                socks.remove(self.udp)
        print('ready', flush=True)
        while True:
            for s in select.select(socks, [], [])[0]:
                if s is icmp:
                    self.advert(s.recv(65536))
                else:
                    octets, frm, to = self.read(s)
                    getattr(self, role.replace('-', '_'))(octets, frm, to)


if role == 'nobody':
    print('ready', flush=True)
    time.sleep(100)
Node().serve()
