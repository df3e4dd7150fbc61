# SPDX-License-Identifier: GPL-2.0-or-later
"""Conformant exchanges of home agents, correspondents, mobile nodes and foreign agents.

Every mobile node has its exchanges one after another; many nodes are active at once. What is sent
follows the draft, so any finding about it is wrong. The world also remembers which
message answers which, so that a test knows what a capture lacks.
"""
import heapq
import random
import struct

from packets import (A, Association, INFINITY, P, Packet, S, SECOND, acknowledge, address,
                     advertisement, carried_out, dotted, master_key, registration, reply, request, rfc3339,
                     timestamp, update, warning, warning_extension)

MILLI = SECOND // 1000
START = 919944000 * SECOND      # 1999-02-25T12:00:00Z
RATE, WINDOW = 5, 10 * SECOND   # updates, and warnings, to one node about one binding
SLACK = 1300 * MILLI            # margin to the limit: captures may shorten intervals by up to a second


# '' is the default, keyed-md5; 'keyed-md5' stands for the coverage with the SPI.
ALGORITHMS = ('', '', '', 'keyed-md5', 'hmac-md5', 'hmac-sha1', 'hmac-sha256')


class Node:
    """A node: it numbers its datagrams and has its own clock."""

    def __init__(self, where, rng):
        self.address = where
        self.next = rng.randrange(65536)
        self.zero = rng.random() < 0.2          # identification 0 with DF, as Linux does
        self.ttl = rng.choice((64, 64, 64, 128, 255))
        self.skew = rng.randrange(-20, 21) * MILLI


class Peer:
    """The state shared by a home agent and a correspondent about one home address."""

    def __init__(self):
        self.sent = []                          # times of the updates
        self.nonce = None                       # the next update's, with nonces
        self.busy = 0                           # requests wait until then
        self.told = None                        # the care-of address it last accepted


class Mobile(Node):
    def __init__(self, where, agent, rng):
        Node.__init__(self, where, rng)
        self.agent, self.foreign, self.previous = agent, None, None
        self.expiry, self.private, self.care_of = 0, False, None
        self.lifetime, self.peers, self.now = 0, {}, 0
        self.warned, self.repeated = {}, 0      # until then an update may be retransmitted
        self.nonce = rng.getrandbits(32)        # the home agent's, for the next registration
        self.bindings = []                      # (care-of address, expiry) of simultaneous ones


class World:
    def __init__(self, seed, agents=2, mobiles=4, correspondents=6, foreigns=4, rekey=True,
                 algorithms=ALGORITHMS, start=START):
        self.rng = random.Random(seed)
        self.packets, self.associations = [], []
        self.answers = {}           # group of a message -> uids that answer it
        self.answered = {}          # uid of an answer -> groups it may answer
        self.excused = set()        # groups whose silence the draft allows
        self.refusals = set()       # uids of messages refused for their identification
        self.registrations = []     # (home, agent, uids) of each registration exchange
        self.exchanges, self.spi, self.start = 0, 0x1000, start
        self.keyring, self.rekeyed, self.quiet = {}, {}, []
        rng = self.rng
        self.agents = [Node(address('10.%d.0.1' % n), rng) for n in range(1, agents + 1)]
        self.foreigns = [Node(address('172.16.%d.1' % n), rng) for n in range(1, foreigns + 1)]
        self.correspondents = [Node(bytes((192, 0, 2 + n // 250, 1 + n % 250)), rng)
                               for n in range(correspondents)]
        self.mobiles = []
        for n in range(mobiles):
            agent = self.agents[n % agents]
            where = agent.address[:2] + bytes((1 + n // agents // 250, 1 + n // agents % 250))
            mobile = Mobile(where, agent, rng)
            mobile.now = start + rng.randrange(SECOND)
            self.mobiles.append(mobile)
        self.masters = {agent.address: rng.randbytes(16) for agent in self.agents
                        if rng.random() < 0.3}
        for owner, key in self.masters.items():
            self.spi += 1
            self.associations.append(Association('master-%s' % dotted(owner), owner, '*', self.spi,
                                                 key, written='master:hex:' + key.hex()))
            self.masters[owner] = (key, self.spi)
        self.rekey, self.algorithms = rekey, algorithms

    # --- keys

    def associate(self, a, b, replay='', algorithm=None, plain=False):
        """The associations of two ends, oldest first; (association, from) each."""
        pair = (a, b) if a < b else (b, a)
        if pair in self.keyring:
            return self.keyring[pair]
        rng, found = self.rng, []
        if algorithm is None:
            algorithm = '' if plain else rng.choice(self.algorithms)
        coverage = 'type-length-spi' if not plain and algorithm == 'keyed-md5' else ''
        owner = a if a in self.masters else b if b in self.masters else None
        if owner is not None and not plain and not replay and rng.random() < 0.5:
            other = b if owner == a else a
            key, spi = self.masters[owner]
            found = [(Association('-', owner, other, spi, master_key(key, other)), 0)]
        else:
            name = '%s-%s' % (dotted(a), dotted(b))
            self.spi += 1
            if self.rekey and not plain and rng.random() < 0.15:
                border = self.start + rng.randrange(30, 400) * SECOND
                first, self.spi = self.spi, self.spi + rng.randrange(2)
                stamp = rfc3339(border)
                for part, spi, since, until in ((1, first, '', stamp), (2, self.spi, stamp, '')):
                    one = Association('%s-%d' % (name, part), a, b, spi, rng.randbytes(16), algorithm,
                                      coverage, replay, since, until)
                    self.associations.append(one)
                    found.append((one, border if part == 2 else 0))
                self.rekeyed[pair] = border
            else:
                one = Association(name, a, b, self.spi, rng.randbytes(16), algorithm, coverage,
                                  replay)
                self.associations.append(one)
                found = [(one, 0)]
        self.keyring[pair] = found
        return found

    def key(self, a, b, when):
        held = self.keyring[(a, b) if a < b else (b, a)]
        return held[-1][0] if when >= held[-1][1] else held[0][0]

    def settled(self, a, b, when):
        """No change of keys is near, where a capture's clock could not tell which one was valid."""
        border = self.rekeyed.get((a, b) if a < b else (b, a))
        return border is None or not border - 9 * SECOND < when < border + 9 * SECOND

    # --- sending

    def emit(self, when, source, dst, payload, kind, group=None, tunnels=(), protocol=17, src=None):
        ident = 0 if source.zero else source.next
        source.next = source.next % 65535 + 1
        packet = Packet(when, src or source.address, dst, payload, ident, len(self.packets), kind)
        packet.ttl, packet.df, packet.tunnels = source.ttl, source.zero, tunnels
        packet.protocol = protocol
        if group is not None:
            packet.group = group
        self.packets.append(packet)
        return packet

    def again(self, packet, when, source):
        """The same message once more, as a separate datagram."""
        return self.emit(when, source, packet.dst, packet.payload, packet.kind, packet.group,
                         packet.tunnels)

    def link_answer(self, question, answer):
        self.answers.setdefault(question.group, []).append(answer.uid)
        self.answered.setdefault(answer.uid, []).append(question.group)

    def hop(self, low=1, high=40):
        return self.rng.randrange(low * MILLI, high * MILLI)

    # --- bindings

    def room(self, times, when, most=RATE):
        while times and times[0] < when - WINDOW - SLACK:
            times.pop(0)
        return len(times) < most

    def peer(self, mobile, correspondent):
        found = mobile.peers.get(correspondent.address)
        if found is None:
            found = mobile.peers[correspondent.address] = Peer()
            self.associate(mobile.agent.address, correspondent.address,
                           self.rng.choice(('', 'timestamp', 'timestamp', 'nonce')))
        return found

    def identify(self, mobile, peer, association, when):
        """The identification of a spontaneous update, or None (then replay has no method)."""
        if association.replay == 'nonce':
            this = self.rng.getrandbits(32) if peer.nonce is None else peer.nonce
            peer.nonce = self.rng.getrandbits(32)
            return peer.nonce << 32 | this
        if association.replay == 'timestamp':
            return timestamp(when + mobile.agent.skew)
        return None             # 4.3: otherwise an identification is the requester's

    def binding(self, mobile, when):
        """The care-of address and lifetime that an update may have now."""
        gone = mobile.private or mobile.care_of is None or mobile.expiry <= when + 3 * SECOND
        if gone:
            return mobile.address, 0
        if mobile.expiry == INFINITY * 10**12:
            return mobile.care_of, INFINITY
        return mobile.care_of, max(1, min(0xfffe, (mobile.expiry - when) // SECOND
                                          - self.rng.choice((0, 0, 0, 1, 10))))

    def send_update(self, mobile, correspondent, when, flags=0, ident=False, answer=None):
        """The home agent's update, and the correspondent's answer. Returns the update."""
        rng, agent = self.rng, mobile.agent
        peer = self.peer(mobile, correspondent)
        key = self.key(agent.address, correspondent.address, when)
        if ident is False:
            ident = self.identify(mobile, peer, key, when)
        elif key.replay == 'nonce' and ident is not None:
            peer.nonce = ident >> 32
        care_of, lifetime = self.binding(mobile, when)
        message = key.sign(update(flags, lifetime, mobile.address, care_of, ident))
        packet = self.emit(when, agent, correspondent.address, message, 'update')
        peer.sent.append(when)
        if answer is not None:
            self.link_answer(answer, packet)
        last = packet
        if flags & A:
            if rng.random() < 0.12 and self.room(peer.sent, when + SECOND) \
                    and self.room(peer.sent, when + SECOND, RATE - 1):
                later = when + rng.randrange(700, 1500) * MILLI
                last = self.again(packet, later, agent)
                peer.sent.append(later)
                peer.busy = max(peer.busy, later)
                mobile.repeated = max(mobile.repeated, later)
            delay = rng.randrange(1500, 3300) * MILLI if rng.random() < 0.1 else self.hop(2, 80)
            status = rng.choice((128, 129, 130)) if rng.random() < 0.06 else 0
            back = key.sign(acknowledge(status, mobile.address, ident))
            ack = self.emit(last.time + delay, correspondent, agent.address, back, 'acknowledge')
            self.link_answer(packet, ack)
            peer.busy = max(peer.busy, ack.time)
            peer.told = care_of if status == 0 else None
        else:
            peer.told = care_of
        return packet

    # --- exchanges: each returns when the mobile node's next may begin

    def free(self, mobile, when, most=RATE):
        """A correspondent that may get an update now."""
        for _ in range(4):
            one = self.rng.choice(self.correspondents)
            peer = self.peer(mobile, one)
            if peer.busy < when and self.room(peer.sent, when, most) \
                    and self.settled(mobile.agent.address, one.address, when):
                return one, peer
        return None, None

    def spontaneous(self, mobile, when):
        one, _ = self.free(mobile, when)
        if one is None:
            return when
        self.send_update(mobile, one, when, self.rng.choice((0, A)))
        return when + self.hop()

    def refused_identification(self, mobile, when):
        """A home agent whose clock is ten minutes ahead is refused with 133, and corrects it."""
        one, peer = self.free(mobile, when, RATE - 1)
        if one is None:
            return when
        key = self.key(mobile.agent.address, one.address, when)
        if key.replay != 'timestamp':
            return when
        ident = timestamp(when + 600 * SECOND)
        care_of, lifetime = self.binding(mobile, when)
        first = self.emit(when, mobile.agent, one.address,
                          key.sign(update(A, lifetime, mobile.address, care_of, ident)), 'update')
        peer.sent.append(when)
        refusal = self.emit(when + self.hop(), one, mobile.agent.address,
                            key.sign(acknowledge(133, mobile.address, ident)), 'acknowledge')
        self.link_answer(first, refusal)
        self.refusals.add(first.uid)
        later = refusal.time + 1200 * MILLI
        self.send_update(mobile, one, later, A)
        return later + self.hop()

    def ask(self, mobile, when):
        """A Binding Request, sometimes retransmitted, and the update that answers it."""
        rng = self.rng
        one, peer = self.free(mobile, when)
        if one is None:
            return when
        key = self.key(mobile.agent.address, one.address, when)
        ident = timestamp(when + one.skew) if key.replay == 'timestamp' else rng.getrandbits(64)
        question = self.emit(when, one, mobile.agent.address, key.sign(request(mobile.address, ident)),
                             'request')
        last = question
        if rng.random() < 0.15:
            last = self.again(question, when + rng.randrange(900, 2500) * MILLI, one)
        then = last.time + self.hop()
        peer.busy = then
        self.send_update(mobile, one, then, rng.choice((0, 0, A)), ident, question)
        return then + self.hop()

    def warn(self, mobile, when):
        """A Binding Warning with up to three targets; the home agent may limit its rate (7.1)."""
        rng = self.rng
        source = rng.choice(self.foreigns + self.correspondents[:2])
        times = mobile.warned.setdefault(source.address, [])
        if not self.room(times, when):
            return when
        targets = []
        for _ in range(rng.choice((1, 1, 2, 3))):
            one, _ = self.free(mobile, when)
            if one is not None and one not in targets:
                targets.append(one)
        if not targets:
            return when
        self.associate(mobile.agent.address, source.address)
        if not self.settled(mobile.agent.address, source.address, when):
            return when
        message = warning(mobile.address, [one.address for one in targets])
        if rng.random() < 0.7:
            message = self.key(mobile.agent.address, source.address, when).sign(message)
        advice = self.emit(when, source, mobile.agent.address, message, 'warning')
        times.append(when)
        then = when + self.hop()
        for one in targets:
            peer = self.peer(mobile, one)
            if peer.sent and peer.sent[-1] > then - 6 * SECOND and rng.random() < 0.5:
                self.excused.add(advice.group)
            else:
                self.send_update(mobile, one, then, rng.choice((0, A)), answer=advice)
            then += self.hop(1, 3)
        return then + self.hop()

    def enroll(self, mobile, when, kind):
        """Registration: first, renewal, handoff (with PFAN), return home, refusals."""
        rng, home, agent = self.rng, mobile.address, mobile.agent
        when = max(when, mobile.repeated + MILLI)
        if not self.settled(home, agent.address, when):
            return when + 20 * SECOND
        new = kind in ('first', 'handoff')
        foreign = mobile.foreign
        if new:
            foreign = rng.choice([one for one in self.foreigns if one is not mobile.foreign])
        at_home = kind == 'home'
        care_of = home if at_home else foreign.address
        flags = rng.choice((0, 0, 0, 0x10, 0x18))
        if rng.random() < 0.2 and not at_home:
            flags |= P
        double = kind == 'renew' and rng.random() < 0.3 and mobile.expiry > when + 60 * SECOND \
            and not mobile.private
        if double:
            foreign = rng.choice([one for one in self.foreigns if one is not mobile.foreign])
            care_of, flags = foreign.address, S
        lifetime = 0 if at_home else rng.choice((60, 120, 300, 600, 1800, 1800, INFINITY))
        pair = self.key(home, agent.address, when)
        if pair.replay == 'nonce':
            ident = mobile.nonce << 32 | rng.getrandbits(32)
        else:
            ident = timestamp(when + mobile.skew)
        refuse = rng.random() < 0.12
        stale = refuse and pair.replay != 'nonce' and rng.random() < 0.5
        if stale:
            ident = timestamp(when - rng.choice((-700, 900)) * SECOND)
        message = registration(flags, lifetime, home, agent.address, care_of, ident)
        notify = None
        if kind == 'handoff' and mobile.foreign is not None and rng.random() < 0.8:
            bond = self.associate(home, mobile.foreign.address, plain=True)[0][0]
            cache = rng.choice((0, 30, 60, 60))
            to = rng.choice((care_of, care_of, care_of, home))
            carried = rng.choice((None, None, ident))
            bits = rng.choice((0, (flags & 0x18) << 1))    # M and G of the request
            notify = (len(message), carried, bits, bond, to)
            message = bond.notify(message, cache, mobile.foreign.address, home, to, carried, bits,
                                  rng.random() < 0.3)
        targets = []
        if not refuse and rng.random() < 0.15:
            one, _ = self.free(mobile, when)
            if one is not None:
                targets = [one]
                message += warning_extension(home, [one.address])
        message = pair.sign(message, 32)
        uids = []
        first = self.emit(when, mobile, agent.address if at_home else foreign.address, message,
                          'registration')
        uids.append(first.uid)
        then = when + self.hop(2, 20)
        if not at_home:
            if rng.random() < 0.1:
                late = when + rng.randrange(1100, 1900) * MILLI
                uids.append(self.again(first, late, mobile).uid)
                then = late + self.hop(2, 20)
            if notify is not None:
                at, carried, bits, bond, to = notify
                made = carried_out(message, at, home, carried, bits)
                old = mobile.foreign
                told = self.emit(then, foreign, old.address, made, 'notice')
                status = bond.sign(acknowledge(0, home, carried))
                tunnel = (('ipip', old.address, foreign.address),) if to != home and \
                    made[2:4] != b'\0\0' and rng.random() < 0.8 else ()
                ack = self.emit(then + self.hop(3, 60), old, home, status, 'acknowledge',
                                tunnels=tunnel)
                self.link_answer(told, ack)
                self.answers.setdefault(first.group, []).append(told.uid)
                if tunnel:
                    inside = ack.copy(time=ack.time + self.hop(1, 4), tunnels=(), ttl=ack.ttl - 1)
                    self.packets.append(inside)
            relayed = self.emit(then + MILLI, foreign, agent.address, self.relay(
                message, foreign, agent, then), 'registration', first.group)
            uids.append(relayed.uid)
            then = relayed.time + self.hop()
        code, granted = 0, min(lifetime, rng.choice((lifetime, lifetime, 300)))
        if refuse:
            code, granted = (133 if stale else rng.choice((128, 129, 130, 134))), lifetime
        copied = ident
        if pair.replay == 'nonce':
            mobile.nonce = rng.getrandbits(32)
            copied = mobile.nonce << 32 | ident & 0xffffffff
        elif stale:                         # RFC 2002 5.6.1: the agent's time, their low half
            copied = timestamp(then) & ~0xffffffff | ident & 0xffffffff
        answer = pair.sign(reply(code, granted, home, agent.address, copied), 32)
        back = self.emit(then, agent, home if at_home else foreign.address,
                         answer if at_home else self.relay(answer, foreign, agent, then), 'reply')
        uids.append(back.uid)
        if stale:
            self.refusals.add(first.uid)
            self.link_answer(first, back)
        if not at_home:
            uids.append(self.emit(then + self.hop(2, 20), foreign, home, answer, 'reply').uid)
        self.registrations.append((home, agent.address, tuple(uids), bool(flags & P), code))
        end = self.packets[-1].time + self.hop()
        if refuse:
            return end + 1100 * MILLI
        mobile.private = bool(flags & P)
        expiry = INFINITY * 10**12 if granted == INFINITY else then + granted * SECOND
        if double:
            if mobile.expiry < expiry:
                mobile.care_of, mobile.expiry, mobile.foreign = care_of, expiry, foreign
        else:
            mobile.expiry = expiry
            mobile.care_of = None if at_home else care_of
            mobile.foreign = None if at_home else foreign
        for one in targets:
            self.send_update(mobile, one, end, A, answer=first)
            end += self.hop()
        if new and rng.random() < 0.5:      # 7.3: nodes that got an update before get another
            for one in self.correspondents:
                peer = mobile.peers.get(one.address)
                if peer is not None and peer.sent and peer.busy < end and self.room(peer.sent, end) \
                        and self.settled(agent.address, one.address, end):
                    self.send_update(mobile, one, end, A)
                    end += self.hop(1, 2)
        return end

    def relay(self, message, foreign, agent, when):
        """Between foreign and home agent, extension 34 may be appended."""
        pair = tuple(sorted((foreign.address, agent.address)))
        if pair not in self.keyring:
            self.associate(foreign.address, agent.address)
            self.foreign_home = getattr(self, 'foreign_home', set())
            if self.rng.random() < 0.3:
                self.foreign_home.add(pair)
        if pair in getattr(self, 'foreign_home', ()) and self.settled(*pair, when):
            return self.key(*pair, when).sign(message, 34)
        return message

    def data(self, mobile, when):
        """A correspondent tunnels to the care-of address that it last accepted."""
        told = [(where, peer) for where, peer in mobile.peers.items()
                if peer.told is not None and peer.told != mobile.address and peer.busy < when]
        if not told:
            return when
        where, peer = self.rng.choice(told)
        source = next(one for one in self.correspondents if one.address == where)
        packet = self.emit(when, source, mobile.address, self.rng.randbytes(24), 'data',
                           tunnels=(('ipip', where, peer.told),))
        packet.ports = (5000, 6000)
        return when + self.hop()

    def advertise(self, mobile, when):
        foreign = self.rng.choice(self.foreigns)
        foreign.sequence = getattr(foreign, 'sequence', 0) + 1
        self.emit(when, foreign, address('224.0.0.1'), advertisement(
            foreign.sequence, 1800, 0x8000 | 0x1000 | 0x0080, [foreign.address]), 'advertisement',
            protocol=1).ttl = 1
        return when

    def step(self, mobile):
        """One exchange of this mobile node."""
        rng, when = self.rng, mobile.now
        self.associate(mobile.address, mobile.agent.address, rng.choice(('', 'timestamp',
                                                                         'timestamp', 'nonce')))
        registered = mobile.care_of is not None and mobile.expiry > when + 15 * SECOND
        if mobile.care_of is not None and not registered:
            mobile.care_of = None
        if not registered and rng.random() < 0.8:
            end = self.enroll(mobile, when, 'first')
        else:
            kind = rng.choices(('update', 'ask', 'warn', 'handoff', 'renew', 'home', 'data',
                                'advertise', 'refused'),
                               (24, 24, 12, 10, 8, 2, 12, 4, 4))[0]
            if kind in ('handoff', 'renew', 'home'):
                end = self.enroll(mobile, when, kind) if registered else when
            else:
                end = {'update': self.spontaneous, 'ask': self.ask, 'warn': self.warn,
                       'data': self.data, 'advertise': self.advertise,
                       'refused': self.refused_identification}[kind](mobile, when)
        self.exchanges += end > when or kind in ('data', 'advertise') if registered else 1
        gap = rng.choice((20, 200, 1000, 3000, 3000, 6000, 20000)) if rng.random() < 0.97 \
            else 400000
        mobile.now = max(end, when) + (1 + rng.randrange(gap)) * MILLI

    def run(self, exchanges):
        """Run until this many exchanges have been made; the packets in order of time."""
        goal = self.exchanges + exchanges
        queue = [(mobile.now, number) for number, mobile in enumerate(self.mobiles)]
        heapq.heapify(queue)
        while self.exchanges < goal:
            mobile = self.mobiles[queue[0][1]]
            self.step(mobile)
            heapq.heapreplace(queue, (mobile.now, queue[0][1]))
        return self

    def rest(self, seconds):
        """Silence: no packet for a while."""
        last = max(packet.time for packet in self.packets) if self.packets else self.start
        for mobile in self.mobiles:
            mobile.now = max(mobile.now, last) + seconds * SECOND + self.rng.randrange(SECOND)

    def sorted(self):
        return sorted(self.packets, key=lambda packet: packet.time)

    def tail(self, packets, seconds=60):
        """Something unrelated, later: the capture continues, so time limits pass."""
        last = max(packet.time for packet in packets)
        one = Packet(last + seconds * SECOND, address('192.0.2.251'), address('192.0.2.252'),
                     b'\x08\0' + struct.pack('!H', 0xf7ff) + b'\0\0\0\0', 1, 1 << 30, 'other')
        one.protocol = 1
        return packets + [one]
