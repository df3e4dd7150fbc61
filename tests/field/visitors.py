# SPDX-License-Identifier: GPL-2.0-or-later
"""Mobile nodes without a home address (RFC 2794), among the exchanges of a World.

Each names itself by a network access identifier, asks with home address 0.0.0.0, is assigned one of the
few that its home agent has for visitors, renews its registration and leaves; the next one is assigned
the same. Their clocks, nonces and identifications have nothing to do with each other.
"""
import struct

from packets import A, Association, P, SECOND, registration, reply, timestamp
from traffic import MILLI, Mobile, Node

NOBODY = (b'\0\0\0\0', b'\0\0\0\0', b'\xff\xff\xff\xff')
NAMES = (b'%d@example.net', b'%d@Example.NET', b'%d', b'\xff\xfe%d@example.net', b'a\0%d@b', b'%d@' + b'x' * 250)


def named(message, nai):
    return message + struct.pack('!BB', 131, len(nai)) + nai


class Visitor(Node):
    """Who it is, and what it has together with its home agent."""

    def __init__(self, world, number, agent, rng):
        Node.__init__(self, NOBODY[0], rng)
        self.agent, self.nai = agent, (rng.choice(NAMES) % number)[:255]
        self.skew = rng.randrange(-6000, 6001) * MILLI      # within what RFC 2002 5.6.1 lets pass
        self.nonce = rng.getrandbits(32)
        world.spi += 1
        # In the key file a NUL cannot stand: such a node has the key of all.
        end = 'nai:' + ''.join(chr(o) if 32 < o < 127 else '\\x%02x' % o for o in self.nai)
        self.key = Association('visitor-%d' % number, '*' if b'\0' in self.nai else end, '*', world.spi,
                               rng.randbytes(16), rng.choice(world.algorithms), '',
                               rng.choice(('', 'timestamp', 'timestamp', 'nonce')))
        world.associations.append(self.key)

    def identify(self, when, rng):
        return self.nonce << 32 | rng.getrandbits(32) if self.key.replay == 'nonce' \
            else timestamp(when + self.skew)

    def copied(self, ident, rng):
        """In a reply that grants, or refuses for another reason than the identification."""
        if self.key.replay != 'nonce':
            return ident
        self.nonce = rng.getrandbits(32)
        return self.nonce << 32 | ident & 0xffffffff


def register(world, one, mobile, when, rng, homeless):
    """One request through a foreign agent, and its reply. Returns when it is over, and whether it was granted."""
    foreign, agent = rng.choice(world.foreigns), one.agent
    flags = P if rng.random() < 0.3 else 0
    lifetime = rng.choice((60, 120, 300))
    home = NOBODY[0] if homeless else mobile.address
    named_agent = rng.choice(NOBODY) if homeless and rng.random() < 0.3 else agent.address
    ident = one.identify(when, rng)
    code = rng.choice((128, 129)) if rng.random() < 0.12 else 0
    stale = code != 0 and one.key.replay == 'timestamp' and rng.random() < 0.5
    if stale:
        code, ident = 133, timestamp(when - rng.choice((-700, 900)) * SECOND)
    message = one.key.sign(named(registration(flags, lifetime, home, named_agent, foreign.address, ident),
                                 one.nai), 32)
    source = one if homeless else mobile
    first = world.emit(when, source, foreign.address, message, 'registration')
    uids, then = [first.uid], when + world.hop(2, 20)
    if rng.random() < 0.1:
        late = when + rng.randrange(1100, 1900) * MILLI
        uids.append(world.again(first, late, source).uid)
        then = late + world.hop(2, 20)
    passed = world.emit(then, foreign, agent.address, message, 'registration', first.group)
    then = passed.time + world.hop()
    copied = timestamp(then) & ~0xffffffff | ident & 0xffffffff if stale else one.copied(ident, rng)
    told = home if code else mobile.address
    answer = one.key.sign(named(reply(code, lifetime, told, agent.address, copied), one.nai), 32)
    back = world.emit(then, agent, foreign.address, answer, 'reply')
    last = world.emit(then + world.hop(2, 20), foreign, mobile.address, answer, 'reply')
    uids += [passed.uid, back.uid, last.uid]
    if stale:
        world.refusals.add(first.uid)
        world.link_answer(first, back)
    world.registrations.append((mobile.address, agent.address, tuple(uids), bool(flags & P), code))
    if code == 0:
        mobile.private, mobile.care_of = bool(flags & P), foreign.address
        mobile.expiry = then + lifetime * SECOND
    return last.time + 1100 * MILLI, code == 0


def add(world, rng, most):
    """Up to so many visits, one after the other at each address; the packets go to the world."""
    if not world.packets:
        return
    end = max(packet.time for packet in world.packets)
    places = [Mobile(agent.address[:2] + bytes((200, 1 + n)), agent, rng)
              for agent in world.agents for n in range(rng.choice((1, 2)))]
    for place in places:
        place.now = world.start + rng.randrange(4000) * MILLI
    known = []
    for number in range(most):
        place = min(places, key=lambda one: one.now)
        if place.now > end:
            return
        again = [one for one in known if one.agent is place.agent and one.now < place.now]
        if again and rng.random() < 0.4:
            one = rng.choice(again)         # it may be assigned another address than before
        else:
            one = Visitor(world, number, place.agent, rng)
            known.append(one)
        when, granted = register(world, one, place, place.now, rng, True)
        for _ in range(rng.randrange(4) if granted else 0):
            when += rng.randrange(2500) * MILLI
            other, _ = world.free(place, when)
            if rng.random() < 0.5 and other is not None:
                when = world.send_update(place, other, when, rng.choice((0, A))).time + 3500 * MILLI
            else:
                when, _ = register(world, one, place, when, rng, False)
        one.now = place.now = when + rng.choice((6, 10, 40)) * SECOND
