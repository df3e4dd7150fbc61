#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""forms.py MIPRO-VERIFY [--form=NAME,...] [NAME...]: judge the histories in other forms.

What a capture does to frames without adding or losing anything must change nothing: a mirror port, a
router's "any" device, a VLAN trunk, both ends of a tunnel, a second tap, a tunnel around everything;
nor must cutting the file in parts that --continue joins, or a number of threads.
Status 1 if any history is judged differently.
"""
import os
import sys
import tempfile

import packets
from rulings import History, histories
US = 1000


def changed(packet, **changes):
    """The packet with other headers: if it is cut, as many octets of it are left."""
    out = packet.copy(**changes)
    if packet.snap:
        out.snap += len(packets.frame(out)) - len(packets.frame(packet))
    return out


def doubled(order, after, tunnel=(), ttl=0, **changes):
    """Each frame, and the same datagram once more that much later."""
    out = []
    for packet in order:
        out += [packet, changed(packet, time=packet.time + after, tunnels=packet.tunnels + tunnel,
                                ttl=packet.ttl + ttl, **changes)]
    return out


def span(order):
    return doubled(order, 3 * US)


def any_device(order):
    return doubled(order, 15 * US, ttl=-1, link=packets.COOKED)


def trunk(order):
    return doubled(order, 8 * US, vlan=77)


def provider(order):
    """A provider's edge: two tags, the outer one its own."""
    return doubled(order, 8 * US, vlan=77, outer_vlan=100)


def core(order):
    """A provider's core, which marks what it carries."""
    return doubled(order, 2000 * US, ttl=-3, tos=0xb8, labels=(16, 17000))


def tunnel(order):
    return doubled(order, 2000 * US, (('gre', b'\xc6\x33\x64\1', b'\xc6\x33\x64\2'),))


def tap(order):
    return doubled(order, 20000 * US, interface=7)


def wrapped(order):
    return [changed(packet, tunnels=packet.tunnels + (('vxlan', b'\xc6\x33\x64\3', b'\xc6\x33\x64\4'),))
            for packet in order]


def cut(order):
    return order


# name: what is done to the frames, and options
FORMS = {'span': (span, ()), 'any': (any_device, ()), 'trunk': (trunk, ()), 'provider': (provider, ()),
         'core': (core, ()), 'tunnel': (tunnel, ()), 'tap': (tap, ()), 'wrapped': (wrapped, ()),
         'cut': (cut, ('--continue',)), 'threads': (cut, ('--threads=3',))}
# What counts copies itself, whose times would be moved, or that lies on the edge of a time limit.
TAGGED = ('tolerance-none', 'zero-', 'silence-text', 'vlan-fragments-apart')
FAR = ('zero-', 'copies-cut', 'tolerance-narrower', 'tolerance-none', 'clock-', 'no-time', 'order-',
                 'silence-text')
EDGES = {'tap': ('zero-', 'tolerance-', 'copies-', 'leap-', 'lifetime-just', 'stale-retr', 'rate-window',
                 'backwards-', 'clock-', 'no-time', 'order-', 'silence-text'),
         'tunnel': FAR, 'core': FAR + ('vlan-fragments-apart',),
         'span': ('tolerance-none', 'silence-text'),
         'any': TAGGED, 'trunk': TAGGED, 'provider': TAGGED}


class Formed(History):
    def __init__(self, told, form):
        self.form = form
        History.__init__(self, told)

    def write(self, path):
        change, more = FORMS[self.form]
        told = self.told = dict(self.told)
        told['options'] = list(told.get('options', ())) + list(more)
        told.pop('copies', None)
        told.pop('counts', None)
        if self.form == 'cut' and 'split' not in told:
            stamps = sorted({packet.time for packet in self.order})
            told['split'] = [(stamps[len(stamps) * part // 3] - History.ZERO) / packets.SECOND
                             for part in (1, 2) if len(stamps) > 2]
        if not told.get('unsorted'):
            self.order.sort(key=lambda packet: packet.time)
        self.order = change(self.order)
        History.write(self, path)


def main():
    names = [word for word in sys.argv[2:] if not word.startswith('--')]
    forms = next((word[7:].split(',') for word in sys.argv[1:] if word.startswith('--form=')), FORMS)
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    failed = tried = 0
    with tempfile.TemporaryDirectory() as folder:
        for form in forms:
            for told in histories():
                if names and told['name'] not in names or told['name'].startswith(EDGES.get(form, ())) \
                        or form == 'cut' and (told.get('unsorted') or 'split' in told):
                    continue
                tried += 1
                wrong = Formed(told, form).check(sys.argv[1], os.path.join(folder, told['name']))
                if wrong:
                    failed += 1
                    print('%s as %s: %s\n%s' % (told['name'], form, told['words'], ''.join(
                        '    %s\n' % line for line in wrong)), end='')
    print('%d of %d histories as they say' % (tried - failed, tried))
    return failed != 0


if __name__ == '__main__':
    sys.exit(main())
