# SPDX-License-Identifier: GPL-2.0-or-later
"""The effects of capturing on traffic. Each function takes the packets of a tap, and returns those of a capture.

Frames less than the tolerance apart have no order, so everything that moves frames shares one
Budget: together they never move two frames by the tolerance relative to each other.
"""
from packets import COOKED, COOKED2, ETHERNET, RAW, SECOND, cut_pieces, transport

MICRO, MILLI = 1000, 10**6


class Budget:
    def __init__(self, seconds=0.97):
        self.left = int(seconds * SECOND)

    def draw(self, rng, most):
        """A part of what is left, at most this much."""
        most = min(self.left, most)
        part = rng.randrange(most // 2, most + 1) if most > 1 else 0
        self.left -= part
        return part


def order(packets):
    return sorted(packets, key=lambda packet: packet.time)


class Delay:
    """The delay of each frame, at most this much.

    With identification 0 only the time distinguishes a second datagram with the same octets from a copy,
    so all copies of a datagram on one way get the same delay.
    """

    def __init__(self, rng, most):
        self.rng, self.most, self.anonymous = rng, most, {}

    def of(self, packet):
        if packet.ident != 0:
            return self.rng.randrange(self.most + 1)
        if packet.uid not in self.anonymous:
            self.anonymous[packet.uid] = self.rng.randrange(self.most + 1)
        return self.anonymous[packet.uid]


# --- copies

def span(packets, rng, budget):
    """A mirror port: in and out of the switch, the same octets."""
    every = rng.random() < 0.7
    copies = [packet.copy(time=packet.time + rng.randrange(MICRO, 6 * MICRO)) for packet in packets
              if every or rng.random() < 0.5]
    return order(packets + copies)


def any_device(packets, rng, budget):
    """A router's "any" device: in, and out again with the next TTL."""
    link, out = rng.choice(((COOKED, COOKED), (COOKED2, COOKED2), (COOKED, ETHERNET), (RAW, COOKED)))
    first = [packet.copy(link=link) for packet in packets]
    return order(first + [packet.copy(time=packet.time + 15 * MICRO, ttl=packet.ttl - 1, link=out)
                          for packet in first if packet.ttl > 1])


def trunk(packets, rng, budget):
    """Each frame untagged and tagged."""
    tag = rng.randrange(1, 4095)
    return order(packets + [packet.copy(time=packet.time + 8 * MICRO, vlan=tag)
                            for packet in packets])


def tunnelled(packets, rng, budget):
    """Both sides of a tunnel: the datagram again inside it, before or after."""
    ends = bytes((198, 51, 100, 1)), bytes((198, 51, 100, 2))
    kind = rng.choice(('ipip', 'gre', 'vxlan'))
    late = Delay(rng, budget.draw(rng, 40 * MILLI))
    return order(packets + [packet.copy(
        time=packet.time + late.of(packet), tunnels=packet.tunnels + ((kind,) + ends,),
        ttl=packet.ttl - 1) for packet in packets if packet.ttl > 2])


def taps(packets, rng, budget):
    """mergecap of two taps, whose clocks differ; one may see only part."""
    offset = budget.draw(rng, 900 * MILLI)
    spread = Delay(rng, budget.draw(rng, 100 * MILLI))
    sign = rng.choice((-1, 1))
    less = rng.choice((0, 1, 2, 3))
    part = rng.choice((1, 1, 0.5))
    second = [packet.copy(time=packet.time + sign * offset + spread.of(packet), interface=1,
                          ttl=max(1, packet.ttl - less))
              for packet in packets if rng.random() < part and packet.ttl > 4]
    return order(packets + second)


# --- moved frames

def wrapped(packets, rng, budget):
    """Everything is in one more tunnel, or on another link."""
    ends = bytes((198, 51, 100, 3)), bytes((198, 51, 100, 4))
    how = rng.choice(('ipip', 'gre', 'vxlan', 'link'))
    if how == 'link':
        link = rng.choice((RAW, COOKED, COOKED2))
        return [packet.copy(link=link) for packet in packets]
    return [packet.copy(tunnels=packet.tunnels + ((how,) + ends,)) for packet in packets]


def jitter(packets, rng, budget):
    """Queues: frames overtake each other."""
    late = Delay(rng, budget.draw(rng, rng.choice((2, 30, 300, 900)) * MILLI))
    return order([packet.copy(time=packet.time + late.of(packet)) for packet in packets])


def shuffled(packets, rng, budget):
    """The timestamps are correct, but the frames are not in their order."""
    keyed = [(packet.time + rng.randrange(200 * MILLI), packet) for packet in packets]
    return [packet for _, packet in sorted(keyed, key=lambda pair: pair[0])]


def overlapped(packets, rng, budget):
    """One frame in fifty is a little before its predecessor (multi-queue cards)."""
    packets = list(packets)
    for at in range(1, len(packets)):
        if rng.random() < 0.02 and packets[at].time - packets[at - 1].time < 900 * MILLI:
            packets[at - 1], packets[at] = packets[at], packets[at - 1]
    return packets


# --- lost frames

def loss(packets, rng, budget):
    """Frames that the capture dropped, sometimes several in a row."""
    rate, kept, run = rng.choice((0.01, 0.05, 0.2, 0.5)), [], 0
    for packet in packets:
        if run == 0 and rng.random() < rate:
            run = rng.choice((1, 1, 1, 2, 5))
        if run == 0 or packet.keep:
            kept.append(packet)
        run = max(0, run - 1)
    return kept


def snap(packets, rng, budget):
    """A snaplen, for all frames or for one in five."""
    length, some = rng.choice((54, 64, 68, 80, 96, 110)), rng.random() < 0.5
    return [packet.copy(snap=length, whole=False) if not packet.keep
            and (not some or rng.random() < 0.2) else packet for packet in packets]


def one_way(packets, rng, budget):
    """Only what goes to some nodes, or only what comes from them."""
    ends = sorted({packet.dst for packet in packets})
    chosen = set(rng.sample(ends, max(1, len(ends) // 2)))
    source = rng.random() < 0.5
    return [packet for packet in packets
            if packet.keep or (packet.src if source else packet.dst) in chosen]


def one_link(packets, rng, budget):
    """Only what touches one node."""
    node = rng.choice(sorted({packet.src for packet in packets if packet.kind != 'other'}))
    return [packet for packet in packets if packet.keep or node in (packet.src, packet.dst)]


def middle(packets, rng, budget):
    """The capture begins and ends somewhere in the middle."""
    a, b = sorted(rng.randrange(len(packets)) for _ in range(2))
    kept = [packet for at, packet in enumerate(packets) if packet.keep or a <= at <= b]
    return kept or packets


def fragments(packets, rng, budget):
    """Some datagrams are fragmented, in any order, and one in six lacks a fragment."""
    out = []
    for packet in packets:
        size = len(packet.payload) + 8
        if packet.protocol != 17 or packet.df or packet.tunnels or packet.snap or packet.keep \
                or rng.random() < 0.5:
            out.append(packet)
            continue
        wanted = min(rng.choice((2, 2, 3)), max(1, size // 8))
        count = len(cut_pieces(transport(packet), wanted))
        if count < 2:
            out.append(packet)
            continue
        pieces = [packet.copy(pieces=wanted, piece=number,
                              time=packet.time + rng.randrange(400 * MICRO))
                  for number in range(count)]
        if rng.random() < 0.16:
            pieces.pop(rng.randrange(count))
            pieces = [piece.copy(whole=False) for piece in pieces]
        else:
            pieces = [piece.copy(whole=piece.piece == 0) for piece in pieces]
        out += pieces
    return order(out)


# --- altered frames

def nat(packets, rng, budget):
    """Addresses of some correspondents differ on the other side of a NAT, which may be seen too."""
    ends = {packet.dst for packet in packets if packet.dst[0] == 192 and packet.kind != 'other'}
    if not ends:
        return packets
    inside = {end: bytes((192, 168)) + end[2:] for end in rng.sample(sorted(ends),
                                                                     max(1, len(ends) // 2))}
    both, out = rng.random() < 0.5, []
    for packet in packets:
        if packet.src not in inside and packet.dst not in inside:
            out.append(packet)
            continue
        if both:
            out.append(packet)
        out.append(packet.copy(src=inside.get(packet.src, packet.src),
                               dst=inside.get(packet.dst, packet.dst), ttl=max(1, packet.ttl - 1),
                               time=packet.time + 20 * MICRO, mangled=True))
    return order(out)


def step(packets, rng, budget):
    """The capture's clock is set, once or twice, where frames are close together."""
    packets, by = list(packets), 0
    spots = [at for at in range(1, len(packets))
             if 0 <= packets[at].time - packets[at - 1].time < SECOND]
    for at in sorted(rng.sample(spots, min(len(spots), rng.choice((1, 1, 2))))):
        by = rng.choice((-5, -30, -3600, -86400, 3600, 7200, 86400 * 3)) * SECOND
        packets[at:] = [packet.copy(time=packet.time + by) for packet in packets[at:]]
    return packets


def no_time(packets, rng, budget):
    """All timestamps are equal."""
    return [packet.copy(time=packets[0].time) for packet in packets]


COPYING = (span, any_device, trunk, tunnelled, taps)
MOVING = (wrapped, jitter, fragments)
LOSING = (loss, snap, one_way, one_link, middle)
FINAL = (shuffled, overlapped, step, no_time)
LOSSY = {'loss', 'snap', 'one_way', 'one_link', 'middle', 'fragments', 'nat'}
TIMELESS = {'step', 'no_time'}


def choose(rng, harmless=False):
    """A list of effects, in an order that can occur. harmless: nothing is lost or altered."""
    if rng.random() < 0.1:
        return []
    chosen = []
    if not harmless and rng.random() < 0.15:
        chosen.append(nat)
    if not harmless and rng.random() < 0.2:
        chosen.append(fragments)
    chosen += [one for one in (wrapped,) if rng.random() < 0.15]
    if not harmless and rng.random() < 0.5:
        chosen.append(rng.choice((loss, one_way, one_link)))
    chosen += rng.sample(COPYING, rng.choice((0, 1, 1, 2)))
    if rng.random() < 0.4:
        chosen.append(jitter)
    if not harmless and rng.random() < 0.5:
        chosen += rng.sample((loss, middle, snap), rng.choice((1, 1, 2)))
    if not harmless and rng.random() < 0.2:
        chosen.append(rng.choice(FINAL))
    elif rng.random() < 0.1:
        chosen.append(overlapped)
    return chosen


def apply(packets, transformations, rng):
    budget = Budget()
    for one in transformations:
        packets = one(packets, rng, budget)
    return packets
