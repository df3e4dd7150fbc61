#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""run.py MIPRO-VERIFY SEED COUNT [OPTIONS]: check properties of the verifier over COUNT exchanges.

honest    conformant exchanges, with the effects of capturing: no finding of severity error, and no
          other that the capture does not prove
planted   the same with one attack or fault: it is found, or counted as undecided, and nothing else is found
same      captures of FOLDER (--pcaps), with copies, merged or wrapped: the findings stay, copies are recognized

Each failure is printed with its seed, minimized, and saved (--save=FOLDER). Status 1 if
there was any. --case=SEED plays one of them again; --property=NAME checks only one property;
--seconds=N ends earlier; --attack=NAME plants only this; --keep-going does not stop after 20 failures;
--list prints every failure in one line, as its capture was generated.
"""
import argparse
import collections
import json
import os
import random
import subprocess
import sys
import tempfile
import time

import attacks
import captures
import metamorphic
import visitors
from packets import SECOND, Packet, address, dotted, write_keys, write_pcapng
from traffic import ALGORITHMS, World

# Findings that are allowed for one conformant message.
REMARKS = {'private-half', 'delete-half', 'key-expired', 'extension-misplaced'}
LIMIT = 5 * SECOND
# Rules over several messages ignore copies; those over one may report each with "copy_of".
SEVERAL = {'forged-accepted', 'genuine-refused', 'reply-mismatch', 'update-unacknowledged',
           'acknowledge-unsolicited', 'acknowledge-mismatch', 'request-unanswered', 'answer-mismatch',
           'replay', 'nonce-chain', 'privacy', 'rate-updates', 'rate-warnings', 'lifetime-exceeds',
           'handoff-no-update', 'handoff-no-a', 'handoff-altered', 'stale-forwarding',
           'warning-unanswered'}


class Tool:
    """The program, and a folder for what it is given."""

    def __init__(self, program, folder):
        self.program, self.folder, self.runs = os.path.abspath(program), folder, 0
        self.algorithms = ALGORITHMS if self.knows('hmac-sha1') else \
            tuple(one for one in ALGORITHMS if 'sha' not in one)

    def path(self, name):
        return os.path.join(self.folder, name)

    def knows(self, algorithm):
        with open(self.path('probe.keys'), 'w') as file:
            file.write('"a","10.0.0.1","10.0.0.2","256","hex:00112233","%s"\n' % algorithm)
        os.chmod(self.path('probe.keys'), 0o600)
        ran = subprocess.run([self.program, '-k', self.path('probe.keys'), os.devnull],
                             capture_output=True, text=True)
        return ran.returncode != 2

    def judge(self, packets, associations, options=(), resolution=9):
        short = write_pcapng(self.path('case.pcapng'), packets, resolution)
        write_keys(self.path('case.keys'), associations)
        os.chmod(self.path('case.keys'), 0o600)
        return self.judge_files(self.path('case.pcapng'), self.path('case.keys'), options), short

    def judge_files(self, capture, keys, options=()):
        self.runs += 1
        ran = subprocess.run([self.program, '-o', 'json', '-k', keys, *options, capture],
                             capture_output=True, text=True, timeout=120)
        if ran.returncode not in (0, 1, 4):
            return None, 'status %d: %s' % (ran.returncode, ran.stderr.strip()[-300:])
        return [json.loads(line) for line in ran.stdout.splitlines()], ran.stderr


class Failure:
    def __init__(self, rule, uid, why, kind=''):
        self.rule, self.uid, self.why, self.kind = rule, uid, why, kind

    def __eq__(self, other):
        return (self.rule, self.uid, self.kind) == (other.rule, other.uid, other.kind)


class Case:
    """One capture, which is determined by its seed, the exchanges and their transformations."""

    def __init__(self, seed, planted, tool, exchanges=None, steps=None, attack=None):
        rng = random.Random(seed)
        self.seed, self.tool = seed, tool
        size = rng.choice((5, 20, 60, 200)) if not planted else rng.choice((0, 5, 20, 60))
        shape = dict(agents=rng.choice((1, 2, 3)), mobiles=rng.choice((1, 2, 5, 12)),
                     correspondents=rng.choice((2, 6, 30)), foreigns=rng.choice((2, 3, 6)))
        self.exchanges = size if exchanges is None else exchanges
        chosen = captures.choose(rng, harmless=planted)
        losing = planted and rng.random() < 0.3 and [rng.choice((captures.loss, captures.one_way,
                                                                 captures.middle))]
        if losing:
            chosen = losing + chosen
        self.steps = chosen if steps is None else steps
        self.names = {step.__name__ for step in self.steps}
        self.resolution = rng.choice((9, 9, 6))
        world = self.world = World(seed, rekey='step' not in self.names and 'no_time' not in self.names,
                                   algorithms=tool.algorithms, **shape)
        silence = rng.choice((None, None, None, 600, 7200, 3 * 86400))
        world.run(self.exchanges // 2)
        if silence and world.packets:
            world.rest(silence)
        world.run(self.exchanges - self.exchanges // 2)
        guests = random.Random('%d visitors' % seed)
        if guests.random() < 0.4:
            visitors.add(world, guests, guests.choice((1, 3, 12)))
        self.stage = None
        if planted:
            which = attack or rng.choice(attacks.ATTACKS)
            self.stage = attacks.plant(world, random.Random(seed + 1), world.start
                                       + rng.randrange(6 * SECOND, 30 * SECOND), which)
            self.which = which
        packets = world.sorted()
        if packets and (rng.random() < 0.8 or planted):
            packets = world.tail(packets, rng.choice((60, 60, 20000)))
            packets[-1].keep = True
        if planted:
            first = Packet(world.start - SECOND, address('192.0.2.251'), address('192.0.2.252'),
                           b'\x08\0\xf7\xff\0\0\0\0', 2, 1 << 29, 'other')
            first.protocol, first.keep = 1, True
            packets.insert(0, first)
        budget = captures.Budget()
        for step in self.steps:
            packets = packets and step(packets, random.Random('%d %s' % (seed, step.__name__)), budget)
        self.packets = packets
        self.kinds = {packet.uid: packet.kind for packet in world.packets}

    def words(self):
        return '%d exchanges, %s%s' % (self.exchanges, ' + '.join(
            step.__name__ for step in self.steps) or 'as sent',
            ', ' + self.which.__name__ if self.stage else '')

    # --- judgement

    def judge(self, packets=None):
        """The failures of this capture."""
        packets = self.packets if packets is None else packets
        self.fewer = packets is not self.packets
        if not packets:
            return []
        (records, said), short = self.tool.judge(packets, self.world.associations,
                                                 resolution=self.resolution)
        if records is None:
            return [Failure('status', 0, said)]
        self.see(packets, short)
        failures, told = [], collections.Counter()
        found = set()
        for record in records:
            if record['record'] == 'authenticator':
                failures += self.weigh_verdict(record, packets[record['frame'] - 1])
            if record['record'] != 'finding':
                continue
            packet = packets[record['frame'] - 1]
            found.add((record['rule'], packet.uid))
            datagram = self.datagram(packet)
            key = record['rule'], datagram, packet.mangled, record['text']
            told[key] += 1
            why = self.weigh(record, packet)
            if why is None and told[key] > len(self.same[datagram]) and record['rule'] in SEVERAL:
                why = 'reported more than once'
            if why is not None:
                failures.append(Failure(record['rule'], packet.uid, '%s at frame %d (%s): %s' % (
                    record['severity'], record['frame'], why, record['text']), why))
        if self.stage is not None and packets is self.packets:
            failures += self.missing(found, records[-1])
        return failures

    def see(self, packets, short):
        """Which datagrams the capture has completely, and since when."""
        pieces, self.seen, self.part = {}, {}, {}
        for number, packet in enumerate(packets, 1):
            self.part.setdefault(packet.uid, 0)
            if number in short:
                kept = packet.snap - 14 - 28 - sum(50 if how == 'vxlan' else 28 for how, *_ in packet.tunnels)
            else:
                kept = len(packet.payload)
            if packet.pieces > 1:
                pieces.setdefault(packet.uid, set()).add(packet.piece)
                kept = 24 if packet.piece == 0 else 0
                if number in short or len(pieces[packet.uid]) < packet.pieces:
                    continue
            self.part[packet.uid] = max(self.part[packet.uid], kept)
            if number not in short:
                self.seen[packet.uid] = min(self.seen.get(packet.uid, packet.time), packet.time)
        self.first, self.same = {}, {}
        for packet in packets:
            self.same.setdefault(self.datagram(packet), set()).add(packet.uid)
            self.first[packet.group] = min(self.first.get(packet.group, packet.time), packet.time)
        self.begin = min(packet.time for packet in packets)

    @staticmethod
    def datagram(packet):
        """What is the same in all copies; with identification 0 also in what was sent again."""
        return packet.uid if packet.ident else (packet.src, packet.dst, packet.payload)

    def weigh_verdict(self, record, packet):
        """No authenticator of an honest message is bad or missing."""
        # A key that is derived from an address does not fit after a NAT changed the address.
        derived = packet.mangled and (record['association'] or '').startswith('master-')
        if record['verdict'] in ('bad', 'missing') and not derived and not (
                self.stage and packet.uid in self.stage.uids):
            return [Failure('verdict', packet.uid, '%s at frame %d, extension %d' % (
                record['verdict'], record['frame'], record['extension']))]
        return []

    def weigh(self, record, packet):
        """Why this finding is wrong; None if it is allowed."""
        rule, uid = record['rule'], packet.uid
        if self.stage is not None and uid in self.stage.uids:
            named = {(one, each) for rules, uids in self.stage.must for one in rules for each in uids}
            if (rule, uid) in named or (rule, uid) in self.stage.may or rule in REMARKS:
                return None
            return 'no part of the attack'
        if rule in REMARKS:
            return None
        if rule in ('privacy', 'lifetime-exceeds') and self.unseen_registration(packet):
            return None         # a whole exchange is missing: this cannot be known
        if rule == 'replay' and any(answer not in self.seen for uid in self.world.refusals
                                    for answer in self.world.answers.get(uid, ())):
            return 'honest, a refusal may be lost'
        if record['severity'] == 'error':
            return 'honest'
        if self.names & captures.TIMELESS or 'nat' in self.names:
            return None
        lossy = self.fewer or bool(self.names & captures.LOSSY)
        if rule in ('update-unacknowledged', 'request-unanswered'):
            return self.answered(packet.group, 'was answered')
        if rule == 'acknowledge-unsolicited':
            if self.seen.get(uid, packet.time) < self.begin + LIMIT - SECOND:
                return 'the capture had just begun'
            if any(group in self.first and -SECOND < packet.time - self.first[group] < LIMIT - SECOND
                   for group in self.world.answered.get(uid, ())):
                return 'its update was there'
            return None
        if rule == 'warning-unanswered':
            if lossy:
                return None
            answers = self.world.answers.get(packet.group, ())
            targets = {dotted(one.dst) for one in self.world.packets if one.uid in answers}
            return 'the update was there, or limited' if packet.group in self.world.excused or any(
                target in record['text'] for target in targets) else None
        if rule == 'handoff-no-update':
            return self.answered(packet.group, 'the update was there', 'notice')
        return None if lossy else 'honest'

    def answered(self, group, words, kind=None):
        for uid in self.world.answers.get(group, ()):
            if kind is not None and self.kinds.get(uid) != kind:
                continue
            if uid in self.seen and self.seen[uid] < self.first[group] + LIMIT - SECOND:
                return words
        return None

    def unseen_registration(self, packet):
        home = packet.payload[4:8]
        return any(home == mobile and code in (0, 1) and not any(
            self.part.get(uid, 0) >= 20 for uid in uids)
            for mobile, _, uids, _, code in self.world.registrations)

    def blank(self, packet):
        """Something unrelated instead of the attack, so that time passes as before."""
        if packet.uid not in self.stage.uids:
            return packet
        return packet.copy(src=address('192.0.2.251'), dst=address('192.0.2.252'), protocol=1,
                           payload=b'\x08\0\xf7\xff\0\0\0\0', pieces=0, tunnels=())

    def missing(self, found, summary):
        """The parts of the attack that were missed."""
        lost = [(rules, uids) for rules, uids in self.stage.must
                if not any((rule, uid) in found for rule in rules for uid in uids)]
        if not lost:
            return []
        after = summary.get('undecided', {})
        without = [self.blank(packet) for packet in self.packets]
        (records, _), _ = self.tool.judge(without, self.world.associations,
                                          resolution=self.resolution)
        before = records[-1].get('undecided', {}) if records else {}
        if any(count > before.get(reason, 0) for reason, count in after.items()):
            return []
        return [Failure('/'.join(sorted(rules)), min(uids), 'passed in silence: %s at datagram %s' % (
            ' or '.join(sorted(rules)), sorted(uids))) for rules, uids in lost]

    # --- minimizing

    def shrink(self, failure, program_seconds=20):
        """Reduce transformations, exchanges and frames while the same kind of failure remains."""
        best, until = self, time.time() + program_seconds
        planted, attack = self.stage is not None, self.stage and self.which

        def fails(case):
            return any((one.rule, one.kind) == (failure.rule, failure.kind) for one in case.judge())

        for step in list(best.steps):
            case = Case(self.seed, planted, self.tool, best.exchanges,
                        [one for one in best.steps if one is not step], attack)
            if time.time() < until and fails(case):
                best = case
        for exchanges in (0 if planted else 1, 2, 3, 5, 8, 12, 20, 40, 80, 120):
            if exchanges >= best.exchanges or time.time() > until:
                break
            case = Case(self.seed, planted, self.tool, exchanges, best.steps, attack)
            if fails(case):
                best = case
                break
        failure = next((one for one in best.judge() if (one.rule, one.kind) ==
                        (failure.rule, failure.kind)), failure)
        def needed(packet):         # the attack stays, except for its floods
            return planted and packet.keep and packet.uid not in best.stage.chaffed

        packets = best.packets
        chunk = max(1, len(packets) // 2)
        while chunk and time.time() < until and 'passed in silence' not in failure.why:
            at = 0
            while at < len(packets) and time.time() < until:
                fewer = packets[:at] + [one for one in packets[at:at + chunk] if needed(one)] \
                    + packets[at + chunk:]
                if len(fewer) == len(packets):
                    at += chunk
                    continue
                again = [one for one in best.judge(fewer) if one == failure]
                if again:
                    packets, failure = fewer, again[0]
                else:
                    at += chunk
            chunk //= 2
        best.small = packets
        return best, failure

    def save(self, folder, name, failure, packets):
        os.makedirs(folder, exist_ok=True)
        write_pcapng(os.path.join(folder, name + '.pcapng'), packets, self.resolution)
        write_keys(os.path.join(folder, name + '.keys'), self.world.associations)
        os.chmod(os.path.join(folder, name + '.keys'), 0o600)
        with open(os.path.join(folder, name + '.txt'), 'w') as file:
            file.write('seed %d: %s\n%s: %s\n' % (self.seed, self.words(), failure.rule, failure.why))
            for number, packet in enumerate(packets, 1):
                file.write('%5d %.6f %s > %s %s uid=%d group=%d\n' % (
                    number, (packet.time - self.world.start) / SECOND, dotted(packet.src),
                    dotted(packet.dst), packet.kind, packet.uid, packet.group))


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument('program')
    parser.add_argument('seed', type=int)
    parser.add_argument('count', type=int)
    parser.add_argument('--pcaps')
    parser.add_argument('--save', default='field-failures')
    parser.add_argument('--property', default='honest,planted,same')
    parser.add_argument('--case', type=int)
    parser.add_argument('--attack')
    parser.add_argument('--seconds', type=float, default=1e9)
    parser.add_argument('--clean', action='store_true')
    parser.add_argument('--keep-going', action='store_true')
    parser.add_argument('--list', action='store_true')
    options = parser.parse_args()
    properties, began = options.property.split(','), time.time()
    attack = options.attack and getattr(attacks, options.attack)
    failed, kinds = 0, collections.Counter()
    done = {'honest': 0, 'planted': 0, 'same': 0}
    with tempfile.TemporaryDirectory() as folder:
        tool = Tool(options.program, folder)
        exchanges, seed = 0, options.seed * 1000003
        while exchanges < options.count and time.time() - began < options.seconds:
            for name in ('honest', 'planted'):
                if name not in properties:
                    continue
                case = Case(options.case if options.case is not None else seed, name == 'planted',
                            tool, attack=attack, steps=[] if options.clean else None)
                done[name] += 1
                exchanges += max(1, case.world.exchanges)
                failures = case.judge()
                for rule, why in sorted({(one.rule, one.kind) for one in failures}):
                    kind = name, rule, why, case.which.__name__ if case.stage else ''
                    kinds[kind] += 1
                    failed += 1
                    failure = next(one for one in failures if (one.rule, one.kind) == (rule, why))
                    if options.list:
                        print('%s: seed %d: %s: %s' % (name, case.seed, failure.rule, failure.why),
                              flush=True)
                        continue
                    if kinds[kind] > 1 and options.case is None:
                        continue        # one of a kind is enough
                    small, failure = case.shrink(failure)
                    label = '%s-%d-%s' % (name, case.seed, rule.replace('/', '+')) \
                        + (why and '-' + why.split()[-1])
                    small.save(options.save, label, failure, small.small)
                    print('%s: seed %d: %s\n    %s: %s\n    saved: %s/%s (%d frames)' % (
                        name, case.seed, small.words(), failure.rule, failure.why, options.save, label,
                        len(small.small)), flush=True)
            seed += 1
            if options.case is not None or failed and len(kinds) >= 20 and not options.keep_going:
                break
        if 'same' in properties and options.pcaps:
            wrong, done['same'] = metamorphic.hold(tool, options.pcaps, random.Random(options.seed),
                                                   options.save)
            failed += wrong
        runs = tool.runs
    for kind, count in sorted(kinds.items()):
        print('%6d %s' % (count, ' '.join(kind)))
    print('%d exchanges, %s captures, %d runs in %.0f s: %s' % (
        exchanges, '/'.join(str(done[name]) for name in done), runs, time.time() - began,
        '%d failures' % failed if failed else 'all properties hold'))
    return failed != 0


if __name__ == '__main__':
    sys.exit(main())
