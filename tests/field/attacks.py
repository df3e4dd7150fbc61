# SPDX-License-Identifier: GPL-2.0-or-later
"""Attacks and faults, each between its own nodes, and the findings that they must cause.

An attack is a function of a Stage; it plays its frames and states what must be found (any of some
rules at any of some datagrams), and what may be found. Anything else is a false positive.
"""
from packets import (A, Association, INFINITY, P, Packet, S, SECOND, acknowledge, address,
                     advertisement, carried_out, registration, reply, request, timestamp, update,
                     warning)
from traffic import Node

MILLI = SECOND // 1000
ATTACKS = []


def attack(function):
    ATTACKS.append(function)
    return function


class Stage:
    """Nodes, keys and a clock for one attack. Times are seconds from its start."""

    def __init__(self, world, rng, begin):
        self.world, self.rng, self.begin, self.now = world, rng, begin, 0.0
        self.must, self.may, self.uids, self.proof = [], set(), set(), True
        self.chaffed = set()
        self.nodes, self.keys, self.idents = {}, {}, 0
        for name, where in (('ha', '10.77.0.1'), ('ha2', '10.78.0.1'), ('mn', '10.77.1.9'),
                            ('mn2', '10.77.1.10'), ('cn', '203.0.113.7'), ('cn2', '203.0.113.8'),
                            ('fa', '172.31.1.1'), ('fa2', '172.31.2.1'), ('eve', '203.0.113.66')):
            self.nodes[name] = Node(address(where), rng)
            self.nodes[name].skew = 0
        self.ha, self.mn, self.cn, self.fa, self.fa2 = (self.where(name) for name in (
            'ha', 'mn', 'cn', 'fa', 'fa2'))
        self.old = self.fa

    def where(self, name):
        return self.nodes[name].address

    def key(self, a, b, replay=''):
        pair = tuple(sorted((a, b)))
        if pair not in self.keys:
            self.world.spi += 1
            one = Association('stage-%s-%s' % pair, self.where(a), self.where(b), self.world.spi,
                              self.rng.randbytes(16), '', '', replay)
            self.world.associations.append(one)
            self.keys[pair] = one
        return self.keys[pair]

    def wait(self, seconds):
        self.now += seconds

    def time(self):
        return self.begin + int(self.now * SECOND)

    def stamp(self, back=0):
        self.idents += 1
        return timestamp(self.time() - int(back * SECOND)) + self.idents

    def send(self, source, destination, payload, after=0.02, kind='stage', tunnels=(), protocol=17):
        """From a node to a node, with the source's address; then time passes."""
        packet = self.world.emit(self.time(), self.nodes[source], self.where(destination)
                                 if isinstance(destination, str) else destination, payload, kind,
                                 tunnels=tunnels, protocol=protocol)
        packet.keep = True
        self.uids.add(packet.uid)
        self.now += after
        return packet.uid

    def find(self, rules, *uids):
        self.must.append((frozenset(rules.split()), frozenset(uids)))

    def allow(self, rules, *uids):
        self.may.update((rule, uid) for rule in rules.split() for uid in uids)

    # --- honest exchanges

    def register(self, flags=0, lifetime=600, code=0, agent='ha', after=1.3, mobile='mn', to='fa',
                 replay='timestamp', between=None):
        """A registration through a foreign agent; returns the uids of its four frames."""
        pair = self.key(mobile, agent, replay)
        ident = self.stamp()
        message = pair.sign(registration(flags, lifetime, self.where(mobile), self.where(agent),
                                         self.where(to), ident), 32)
        uids = [self.send(mobile, to, message), self.send(to, agent, message)]
        if between is not None:
            between()
        back = pair.sign(reply(code, lifetime, self.where(mobile), self.where(agent), ident), 32)
        uids += [self.send(agent, to, back), self.send(to, mobile, back, after)]
        return uids

    def update(self, lifetime=60, flags=0, care_of=None, ident=None, to='cn', agent='ha', home='mn',
               seal='good', after=0.02, replay='timestamp', key=None):
        """An update under the home agent's address; seal: good, bad, bare, or an unknown SPI."""
        pair = key or self.key(agent, to, replay)
        message = update(flags, lifetime, home if isinstance(home, bytes) else self.where(home),
                         care_of or self.fa, ident)
        return self.send(agent, to, self.seal(pair, message, seal), after)

    def seal(self, pair, message, how):
        if how == 'bare':
            return message
        if how == 'unknown':
            other = Association('-', b'\0' * 4, b'\0' * 4, 0x7ffffff0, self.rng.randbytes(16))
            return other.sign(message)
        return pair.forge(message) if how == 'bad' else pair.sign(message)

    def answer(self, status=0, ident=None, source='cn', to='ha', home='mn', after=0.02, seal='good',
               replay='timestamp'):
        pair = self.key(source, to, replay)
        message = acknowledge(status, home if isinstance(home, bytes) else self.where(home), ident)
        return self.send(source, to, self.seal(pair, message, seal), after)

    # --- floods: what any node can send with a spoofed address

    def chaff(self, count, kind=None, gap=0.001):
        rng, uids = self.rng, []
        kind = kind or rng.choice(('requests', 'updates', 'forged', 'unknown', 'registrations',
                                   'notices', 'acknowledges', 'homes', 'replies', 'warnings'))
        for _ in range(count):
            ident = rng.getrandbits(62) | 3 << 62       # not the beginning of an extension
            other = bytes((10, 77, 2 + rng.randrange(200), 1 + rng.randrange(250)))
            if kind == 'requests':
                uids.append(self.send('cn', 'ha', self.seal(self.key('ha', 'cn', 'timestamp'),
                                      request(self.mn, ident), rng.choice(('bare', 'bad'))), gap))
            elif kind in ('updates', 'forged', 'unknown'):
                how = {'updates': 'bare', 'forged': 'bad', 'unknown': 'unknown'}[kind]
                uids.append(self.update(flags=A, ident=ident, seal=how, after=gap))
            elif kind == 'homes':
                uids.append(self.update(flags=A, ident=ident, home=other, after=gap,
                                        seal=rng.choice(('bare', 'bad', 'unknown'))))
            elif kind in ('registrations', 'notices'):
                message = registration(rng.choice((0, P)), 300, self.mn, self.ha, self.fa, ident)
                if kind == 'notices':
                    bond = Association('-', self.mn, self.old, 0x7ffffff1, rng.randbytes(16))
                    message = bond.notify(message, 60, self.old, self.mn, self.fa2)
                uids.append(self.send(rng.choice(('mn', 'fa')), 'ha' if rng.random() < 0.5 else 'fa2',
                                      message, gap))
            elif kind == 'acknowledges':
                uids.append(self.answer(0, ident, after=gap, seal=rng.choice(('bare', 'bad'))))
            elif kind == 'replies':
                uids.append(self.send('ha', 'fa', reply(0, 1, self.mn, self.ha, ident), gap))
            else:
                uids.append(self.send('fa', 'ha', warning(self.mn, [self.cn]), gap))
        # Only what the spoofed message itself lacks is reported.
        self.allow('update-no-auth registration-no-auth warning-unanswered request-unanswered '
                   'update-unacknowledged acknowledge-unsolicited pfan-care-of', *uids)
        if kind in ('warnings', 'replies'):
            self.allow('rate-warnings reply-mismatch', *uids)
        self.chaffed.update(uids)
        return uids


def flood(stage, most=2000):
    """Sometimes a flood of some kind, small or large."""
    if stage.rng.random() < 0.6:
        stage.chaff(stage.rng.choice((1, 3, 20, 70, 300, most)), gap=0.0004)


# --- forged-accepted, genuine-refused

@attack
def forged_update_accepted(stage):
    ident = stage.stamp()
    stage.update(flags=A, ident=ident, seal=stage.rng.choice(('bad', 'bad', 'bad')))
    flood(stage)
    stage.find('forged-accepted', stage.answer(0, ident))


@attack
def bare_update_accepted(stage):
    ident = stage.rng.choice((None, stage.stamp()))
    stage.key('ha', 'cn', 'timestamp')
    bare = stage.update(flags=A, ident=ident, seal='bare')
    flood(stage, 300)
    stage.find('forged-accepted', stage.answer(0, ident))
    stage.find('update-no-auth', bare)


@attack
def forged_then_honest(stage):
    """A forged update is accepted, and then an honest one."""
    first, second = stage.stamp(), stage.stamp() + 99
    stage.update(flags=A, ident=first, seal='bad')
    stage.find('forged-accepted', stage.answer(0, first, after=1.4))
    stage.update(flags=A, ident=second + 10 * 2**32)
    stage.answer(0, second + 10 * 2**32)


@attack
def forged_many_accepted(stage):
    idents = [stage.stamp() for _ in range(stage.rng.choice((5, 40, 64)))]
    for ident in idents:
        stage.update(flags=A, ident=ident, seal='bad', after=0.005)
    for ident in idents:
        stage.find('forged-accepted', stage.answer(0, ident, after=0.005))


@attack
def genuine_update_refused(stage):
    ident = stage.stamp()
    stage.update(flags=A, ident=ident)
    flood(stage)
    stage.find('genuine-refused', stage.answer(131, ident))


@attack
def forged_registration_granted(stage):
    pair, ident = stage.key('mn', 'ha', 'timestamp'), stage.stamp()
    how = stage.rng.choice(('bad', 'bare'))
    message = registration(0, 600, stage.mn, stage.ha, stage.fa, ident)
    message = message if how == 'bare' else pair.forge(message, 32)
    asked = [stage.send('mn', 'fa', message), stage.send('fa', 'ha', message)]
    back = pair.sign(reply(0, 600, stage.mn, stage.ha, ident), 32)
    granted = [stage.send('ha', 'fa', back), stage.send('fa', 'mn', back)]
    stage.find('forged-accepted', *granted)
    stage.allow('forged-accepted', *granted)
    if how == 'bare':
        stage.find('registration-no-auth', asked[0])
        stage.allow('registration-no-auth', *asked)


@attack
def genuine_registration_refused(stage):
    uids = stage.register(code=131)
    stage.find('genuine-refused', *uids[2:])
    stage.allow('genuine-refused', *uids[2:])


@attack
def registration_without_authentication(stage):
    stage.key('mn', 'ha', 'timestamp')
    message = registration(0, 600, stage.mn, stage.ha, stage.fa, stage.stamp())
    stage.find('registration-no-auth', stage.send('mn', 'fa', message))


@attack
def reply_without_authentication(stage):
    pair, ident = stage.key('mn', 'ha', 'timestamp'), stage.stamp()
    message = pair.sign(registration(0, 600, stage.mn, stage.ha, stage.fa, ident), 32)
    stage.send('fa', 'ha', message)
    stage.find('registration-no-auth',
               stage.send('ha', 'fa', reply(stage.rng.choice((0, 1, 128, 133)), 600, stage.mn, stage.ha,
                                            ident)))


@attack
def reply_mismatched(stage):
    replay = stage.rng.choice(('timestamp', 'nonce'))
    pair, ident = stage.key('mn', 'ha', replay), stage.stamp()
    asked = stage.send('fa', 'ha', pair.sign(registration(0, 600, stage.mn, stage.ha, stage.fa, ident),
                                             32))
    wrong = pair.sign(reply(0, 600, stage.mn, stage.ha, ident ^ stage.rng.randrange(1, 2**32)), 32)
    stage.find('reply-mismatch', stage.send('ha', 'fa', wrong))
    stage.proof = False


# --- answers

@attack
def update_never_acknowledged(stage):
    stage.find('update-unacknowledged', stage.update(flags=A, ident=stage.stamp()))
    flood(stage)


@attack
def acknowledge_of_nothing(stage):
    stage.wait(6)
    stage.find('acknowledge-unsolicited', stage.answer(0, stage.stamp()))


@attack
def acknowledge_mismatched(stage):
    ident = stage.stamp()
    asked = stage.update(flags=A, ident=ident)
    stage.find('acknowledge-mismatch', stage.answer(0, ident ^ stage.rng.randrange(1, 2**64)))
    stage.allow('update-unacknowledged', asked)


@attack
def request_never_answered(stage):
    pair = stage.key('ha', 'cn', stage.rng.choice(('timestamp', '')))
    stage.find('request-unanswered', stage.send('cn', 'ha', pair.sign(request(stage.mn, stage.stamp()))))
    flood(stage)


@attack
def answer_mismatched(stage):
    pair, ident = stage.key('ha', 'cn', 'timestamp'), stage.stamp()
    asked = stage.send('cn', 'ha', pair.sign(request(stage.mn, ident)))
    told = stage.update(ident=ident ^ stage.rng.randrange(1, 2**31))
    stage.find('answer-mismatch request-unanswered', told, asked)
    stage.allow('answer-mismatch request-unanswered', told, asked)
    stage.proof = False


@attack
def warning_never_answered(stage):
    pair = stage.key('ha', 'fa')
    stage.find('warning-unanswered', stage.send('fa', 'ha', pair.sign(warning(stage.mn, [stage.cn]))))


# --- replay

@attack
def identification_used_again(stage):
    """New content under an old identification."""
    replay = stage.rng.choice(('timestamp', 'nonce'))
    ident = stage.stamp()
    stage.update(60, ident=ident, replay=replay, after=stage.rng.choice((1.3, 3, 100)))
    again = stage.update(59, ident=ident, replay=replay)
    stage.find('replay', again)
    stage.allow('nonce-chain', again)


@attack
def replay_after_newer(stage):
    """An old update is replayed after n newer ones."""
    replay = stage.rng.choice(('timestamp', 'nonce'))
    pair, count = stage.key('ha', 'cn', replay), stage.rng.choice((1, 2, 3, 7, 20, 50, 60))
    nonces = [stage.rng.getrandbits(32) for _ in range(count + 3)]
    sent = []
    for at in range(count + 1):
        ident = stage.stamp() if replay == 'timestamp' else nonces[at + 1] << 32 | nonces[at]
        message = pair.sign(update(0, 60, stage.mn, stage.fa, ident))
        sent.append(message)
        stage.send('ha', 'cn', message, 2.6)
    stage.wait(stage.rng.choice((0, 0, 3600, 100000)))
    again = stage.send('ha', 'cn', sent[0])
    stage.find('replay', again)
    stage.allow('nonce-chain', again)


@attack
def replay_in_a_flood(stage):
    """The newer ones, then a flood, then the old one."""
    pair = stage.key('ha', 'cn', 'timestamp')
    first = pair.sign(update(0, 60, stage.mn, stage.fa, stage.stamp()))
    stage.send('ha', 'cn', first, 1.5)
    stage.update(ident=stage.stamp(), after=1.5)
    flood(stage)
    stage.wait(1.5)
    stage.find('replay', stage.send('ha', 'cn', first))


@attack
def timestamp_backwards(stage):
    stage.update(ident=stage.stamp(), after=1.5)
    stage.update(ident=stage.stamp(), after=1.5)
    stage.find('replay', stage.update(ident=stage.stamp(back=stage.rng.choice((10, 100, 4000)))))


@attack
def registration_replayed(stage):
    pair = stage.key('mn', 'ha', 'timestamp')
    ident = stage.stamp()
    old = pair.sign(registration(0, 600, stage.mn, stage.ha, stage.fa, ident), 32)
    stage.send('fa', 'ha', old)
    stage.send('ha', 'fa', pair.sign(reply(0, 600, stage.mn, stage.ha, ident), 32), 1.5)
    stage.register(after=1.5)
    flood(stage, 300)
    stage.wait(1.5)
    stage.find('replay', stage.send('fa', 'ha', old))


@attack
def nonce_wrong(stage):
    nonces = [stage.rng.getrandbits(32) for _ in range(6)]
    for at in range(stage.rng.choice((1, 3))):
        stage.update(ident=nonces[at + 1] << 32 | nonces[at], replay='nonce', after=2.6)
    stage.find('nonce-chain', stage.update(ident=nonces[5] << 32 | stage.rng.getrandbits(32),
                                           replay='nonce'))


# --- privacy and lifetimes

@attack
def privacy_disclosed(stage):
    replay = stage.rng.choice(('timestamp', ''))
    stage.register(P, replay=replay, between=lambda: flood(stage, 300))
    flood(stage, 300)
    stage.wait(1.3)
    stage.find('privacy', stage.update(stage.rng.choice((1, 60, INFINITY)), ident=stage.stamp()))


@attack
def privacy_disclosed_in_answer(stage):
    stage.register(P)
    pair, ident = stage.key('ha', 'cn', 'timestamp'), stage.stamp()
    stage.send('cn', 'ha', pair.sign(request(stage.mn, ident)))
    stage.find('privacy', stage.update(60, A, ident=ident))
    stage.answer(0, ident)


@attack
def privacy_lifted_by_forgery(stage):
    """A spoofed request without P and its spoofed grant do not end the privacy."""
    stage.register(P)
    pair, ident = stage.key('mn', 'ha', 'timestamp'), stage.stamp()
    how = stage.rng.choice(('bad', 'bare'))
    asked, granted = registration(0, 600, stage.mn, stage.ha, stage.fa, ident), \
        reply(0, 600, stage.mn, stage.ha, ident)
    if how == 'bad':
        asked, granted = pair.forge(asked, 32), pair.forge(granted, 32)
    uids = [stage.send('fa', 'ha', asked), stage.send('ha', 'fa', granted, 1.5)]
    stage.allow('registration-no-auth forged-accepted', *uids)
    stage.chaffed.update(uids)
    stage.find('privacy', stage.update(60, ident=stage.stamp()))


@attack
def privacy_without_keys(stage):
    """No association is known between the ends: their messages are taken at face value."""
    stage.register(P)
    other = Association('-', stage.ha, stage.where('cn2'), 0x5000, b'k' * 16)
    wild = any('"*","*"' in one.line for one in stage.world.associations)
    found = stage.allow if wild else stage.find     # such a key makes the SPI an unknown one
    found('privacy', stage.update(60, ident=stage.stamp(), to='cn2', key=other))


@attack
def lifetime_exceeded(stage):
    lifetime = stage.rng.choice((60, 300, 600))
    stage.register(0, lifetime, after=1.5)
    flood(stage, 300)
    stage.wait(1.3)
    stage.find('lifetime-exceeds', stage.update(lifetime + stage.rng.choice((10, 1000)),
                                                ident=stage.stamp()))


# --- rates

@attack
def updates_too_many(stage):
    replay, count = stage.rng.choice(('timestamp', '')), stage.rng.choice((6, 7, 12))
    uids = [stage.update(ident=stage.stamp() if replay else None, replay=replay, after=7.5 / count)
            for _ in range(count)]
    stage.find('rate-updates', *uids[4:6])      # if two are within the tolerance, either may be the sixth
    stage.allow('rate-updates', *uids[4:])


@attack
def retransmissions_too_many(stage):
    pair = stage.key('ha', 'cn', 'timestamp')
    message = pair.sign(update(A, 60, stage.mn, stage.fa, stage.stamp()))
    stage.nodes['ha'].zero = False
    uids = [stage.send('ha', 'cn', message, 1.3) for _ in range(6)]
    stage.find('rate-updates', uids[5])
    stage.allow('update-unacknowledged', uids[0])


@attack
def warnings_too_many(stage):
    pair = stage.key('ha', 'fa')
    targets = [address('203.0.113.%d' % n) for n in range(100, 107)]
    uids = [stage.send('fa', 'ha', pair.sign(warning(stage.mn, [targets[n]])), 1.2) for n in range(6)]
    stage.find('rate-warnings', uids[5])
    stage.allow('warning-unanswered', *uids)


# --- smooth handoff

def handoff(stage, made, flags=0, between=None, acknowledged=None, chaff=None):
    """The registration with a PFAN, the foreign agent's update of it, made(octets) or None."""
    pair, bond = stage.key('mn', 'ha', 'timestamp'), stage.key('mn', 'fa')
    ident = stage.stamp()
    message = registration(flags, 600, stage.mn, stage.ha, stage.fa2, ident)
    at = len(message)
    message = pair.sign(bond.notify(message, 60, stage.fa, stage.mn, stage.fa2), 32)
    uids = [stage.send('mn', 'fa2', message)]
    if chaff:
        flood(stage, chaff)
    notice = None
    if made is not None:
        notice = stage.send('fa2', 'fa', made(carried_out(message, at, stage.mn)))
        if acknowledged is not None:
            back = bond.sign(acknowledge(acknowledged, stage.mn))
            uids.append(stage.send('fa', 'mn', back, tunnels=(('ipip', stage.fa, stage.fa2),)))
    uids.append(stage.send('fa2', 'ha', message))
    back = pair.sign(reply(0, 600, stage.mn, stage.ha, ident), 32)
    uids += [stage.send('ha', 'fa2', back), stage.send('fa2', 'mn', back)]
    return uids, notice


@attack
def handoff_never_told(stage):
    uids, _ = handoff(stage, None, chaff=stage.rng.choice((None, 300)))
    stage.find('handoff-no-update', *uids)
    stage.allow('handoff-no-update', *uids)


@attack
def handoff_without_a(stage):
    _, notice = handoff(stage, lambda octets: octets[:1] + bytes((octets[1] & 0x7f,)) + octets[2:],
                        chaff=stage.rng.choice((None, 300)))
    stage.find('handoff-no-a', notice)
    stage.allow('handoff-altered', notice)


@attack
def handoff_altered(stage):
    at = stage.rng.choice((3, 11, 20, -1))      # lifetime, care-of address, SPI, authenticator
    status = stage.rng.choice((None, 0, 131)) if at in (3, 11, -1) else None

    def alter(octets):
        changed = bytearray(octets)
        changed[at] ^= 1
        return bytes(changed)

    uids, notice = handoff(stage, alter, acknowledged=status, chaff=stage.rng.choice((None, 300)))
    stage.find('handoff-altered', notice)
    stage.allow('update-unacknowledged', notice)
    if status == 0:
        stage.find('forged-accepted', uids[1])
    stage.allow('handoff-no-update', *uids)


@attack
def handoff_to_an_agent_without_s(stage):
    for number in (1, 2):
        for name in ('fa', 'fa2'):
            stage.send(name, address('224.0.0.1'), advertisement(number, 1800, 0x9000,
                                                                 [stage.where(name)]), 1.2, protocol=1)
    uids, notice = handoff(stage, lambda octets: octets, acknowledged=0)
    stage.find('handoff-advertised', *uids)
    stage.allow('handoff-advertised', notice, *uids)


@attack
def stale_forwarding(stage):
    first, second = stage.stamp(), stage.stamp() + 2**33
    stage.update(60, A, ident=first)
    stage.answer(0, first, after=3)
    stage.update(60, A, stage.fa2, ident=second)
    stage.answer(0, second, after=stage.rng.choice((3, 20)))
    late = stage.send('cn', 'mn', bytes(24), kind='data', tunnels=(('ipip', stage.cn, stage.fa),))
    stage.find('stale-forwarding', late)


# --- floods only: no honest node may be blamed

@attack
def flood_around_honest_nodes(stage):
    stage.register(after=1.3)
    flood(stage)
    stage.wait(1.2)
    ident = stage.stamp()
    stage.update(60, A, ident=ident)
    flood(stage)
    stage.answer(0, ident, after=1.3)
    pair, ident = stage.key('ha', 'cn', 'timestamp'), stage.stamp()
    stage.send('cn', 'ha', pair.sign(request(stage.mn, ident)))
    flood(stage)
    stage.update(60, ident=ident, after=1.3)
    flood(stage)


@attack
def flood_around_handoff(stage):
    handoff(stage, lambda octets: octets, acknowledged=0, chaff=2000)
    flood(stage)


def plant(world, rng, begin, which=None):
    """Play one attack; the Stage says what must be found."""
    stage = Stage(world, rng, begin)
    (which or rng.choice(ATTACKS))(stage)
    return stage
