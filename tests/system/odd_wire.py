# SPDX-License-Identifier: GPL-2.0-or-later
"""odd_wire.py - messages, extensions and authenticators, as the second implementations of the
tests read and write them.  It shares no code with mipro, so that both cannot share a mistake.
"""
import hashlib
import socket
import struct
import time

KEY = bytes(range(16))
SPI = 0x1000
PORT = 434
RRQ, REPLY, WARNING, REQUEST, UPDATE, ACK = 1, 3, 16, 17, 18, 19
KNOWN = (16, 32, 33, 34, 35, 36, 96)


def packed(addr):
    return socket.inet_aton(addr)


def dotted(octets):
    return socket.inet_ntoa(octets)


def is_unicast(octets, broadcast=b''):
    return octets[0] not in (0, 127) and octets[0] < 224 and octets != broadcast


def ntp_now():
    return int((time.time() + 2208988800) * 2 ** 32)


def digest(octets, key=KEY):
    """Keyed MD5, prefix and suffix (RFC 2002 3.5.1)."""
    return hashlib.md5(key + octets + key).digest()


def sign(octets, kind, key=KEY, spi=SPI):
    """Append an authentication extension."""
    head = octets + bytes([kind, 20])
    return head + struct.pack('!I', spi) + digest(head, key)


def extensions(octets, at):
    """(type, offset, end) of each; a last one of type None if they overrun."""
    found = []
    while at < len(octets):
        if at + 2 > len(octets) or at + 2 + octets[at + 1] > len(octets):
            return found + [(None, at, len(octets))]
        found.append((octets[at], at, at + 2 + octets[at + 1]))
        at += 2 + octets[at + 1]
    return found


def is_good(octets, ext, compared=16):
    """Is this authentication extension correct, as far as it is compared?"""
    _, at, end = ext
    if end - at != 22 or octets[at + 2:at + 6] != struct.pack('!I', SPI):
        return False
    return octets[at + 6:end][:compared] == digest(octets[:at + 2])[:compared]


def checksum(octets):
    if len(octets) % 2:
        octets += b'\0'
    total = sum(struct.unpack('!%dH' % (len(octets) // 2), octets))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff
