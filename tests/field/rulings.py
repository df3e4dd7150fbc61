#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""rulings.py MIPRO-VERIFY [--save=FOLDER] [NAME...]: compare a build with the histories of
rulings.json and rulings/.

Each history quotes the ruling that it illustrates. Its frames are lines

    TIME LABEL KIND FROM>TO WORD...         TIME in seconds; LABEL names the datagram

KIND is warning, request, update, acknowledge, registration, reply, notice (the update that a foreign
agent makes of the PFAN in of=LABEL), advertisement, data, other, again (of=LABEL: the same octets as a
new datagram) or copy (of=LABEL: the same datagram once more). Words, where they make sense:

    home= coa= agent= targets=A,B  addresses by name; of an advertisement coa=A,B too    life=N   flags=AMG or SBDMGVP   status=N   code=N
    ident=time | time-600 | LABEL | LABEL+1 | NUMBER | none          bare, bad, unknown: no, a wrong, or a
    nai=NAME       its name, in a registration or reply, which decides on the key; home=none: 0.0.0.0
    challenge=HEX  the extension of RFC 4721, also in an advertisement or a reply   aaa=HEX  answers that, with the key "aaa"
    key=NAME signs with that association                             foreign authenticator; else a good one
    pfan=OLD:LIFE:COA  in a registration; body: over the body alone; pfan-bad; pkey=NAME signs it
    warn=A,B  the extension     ext33=NAME ext34=NAME  sign after 32 (bad34: with a bad authenticator)
    id=N ttl=N df vlan=N link=cooked|raw over=KIND:FROM>TO interface=N snap=N pieces=N
    piece=N; KIND is ipip, gre, vxlan, minimal (RFC 2004) or udp (RFC 3519)
    hidden: the capture lacks it     times=N every=S   that many of them, labels LABEL1, LABEL2, ...; a new identification each
    in what has times=, #n is the number of the datagram, #rM is M + 1 less it, and # its two octets of an
    address; ident=chain goes on with a chain of nonces

Of a history, must, may and either (one of them at least) are [rule, label], keys are lines "A-B [replay] [algorithm] [from=S] [until=S]
[spi=N] [name=N]" (times as those of the frames; B may be a prefix or *), verdicts give what may be instead of
good, undecided names reasons that the summary must count (decided: it may count none), counts how many of a
verdict, copies how many, clocks the differences of all answers with 133, status the exit status. split
are times at which another file begins. A label may be a pattern in may and verdicts. Unless start or end
say otherwise, there is an unrelated frame 20 s before and 60 s after.
Status 1 if any history is judged differently.
"""
import fnmatch
import glob
import json
import os
import random
import re
import subprocess
import sys
import tempfile

import packets
from packets import SECOND, Association, Packet, address

START = 919944000 * SECOND
NODES = {'ha': '10.1.0.1', 'ha2': '10.5.0.1', 'mn': '10.1.0.9', 'mn2': '10.1.0.10', 'mn3': '10.1.0.11',
         'cn': '192.0.2.7', 'cn2': '192.0.2.8', 'cn3': '192.0.2.9', 'fa': '10.3.0.1', 'fa2': '10.4.0.1',
         'fa3': '10.6.0.1', 'eve': '203.0.113.66', 'x': '192.0.2.98', 'y': '192.0.2.99',
         'all': '224.0.0.1', 'none': '0.0.0.0'}
REGISTRATION_FLAGS = dict(zip('SBDMGVPr', (128, 64, 32, 16, 8, 4, 2, 1)))
UPDATE_FLAGS = {'A': 0x80, 'M': 0x20, 'G': 0x10}
LINKS = {'ethernet': packets.ETHERNET, 'cooked': packets.COOKED, 'cooked2': packets.COOKED2,
         'raw': packets.RAW}


def node(name):
    if name.startswith('nai:'):
        return name
    return address(NODES.get(name, name))


def end_of_key(name):
    return name if '/' in name or name == '*' else node(name)


def numbered(text, number):
    """What # means in what is sent many times."""
    if '#' not in text:
        return text
    text = re.sub('#r([0-9]+)', lambda found: str(int(found[1]) + 1 - number), text)
    return text.replace('#n', str(number)).replace('#', '%d.%d' % (number // 250, number % 250 + 1))


class History:
    ZERO = START + SECOND       # the time 0 of the frames

    def __init__(self, told):
        self.told, self.rng = told, random.Random(told['name'])
        self.keys, self.pairs, self.sent, self.order = {}, {}, {}, []
        self.idents, self.serial, self.chain = {}, 100, 0
        for number, line in enumerate(told.get('keys', ())):
            self.add_key(number, line.split())
        last = 0.0
        if told.get('start', True):
            self.play('-20 - other x>y')
        for line in told['frames']:
            last = max(last, float(line.split()[0]))
            self.play(line)
        if told.get('end', 60):
            self.play('%f - other x>y' % (last + told.get('end', 60)))

    def add_key(self, number, words):
        ends, words = words[0].split('-'), words[1:]
        values = dict(word.split('=') for word in words if '=' in word)
        plain = [word for word in words if '=' not in word]
        replay = next((word for word in plain if word in ('timestamp', 'nonce', 'none')), '')
        algorithm = next((word for word in plain if word in packets.SIZES), '')
        span = ['', '']
        for at, word in enumerate(('from', 'until')):
            if word in values:
                span[at] = packets.rfc3339(START + int(float(values[word]) * SECOND))
        name = values.get('name', 'sa-%d' % number)
        one = Association(name, *map(end_of_key, ends), int(values.get('spi', 0x1001 + number)),
                          self.rng.randbytes(16), algorithm, '', replay, *span)
        self.keys[name] = one
        self.pairs.setdefault(frozenset(map(end_of_key, ends)), one)

    def identify(self, text, when, label):
        if text in (None, 'none'):
            return None
        base, sign, by = text, 1, 0
        for mark in '+-':
            if mark in text[1:]:
                base, by = text.split(mark)
                sign = 1 if mark == '+' else -1
        if base == 'time':
            self.serial += 1
            return packets.timestamp(when + sign * int(float(by or 0) * SECOND)) + self.serial
        if base == 'chain':
            self.chain += 1
            return self.chain + 1 << 32 | self.chain
        if base in self.idents:
            return (self.idents[base] + sign * int(by or 0)) % 2**64
        return int(base, 0)

    def play(self, line):
        time, label, kind, ends, *words = line.split()
        told = dict(word.split('=', 1) for word in words if '=' in word)
        for number in range(int(told.get('times', 1))):
            name = label + (str(number + 1) if 'times' in told else '')
            values = {key: numbered(value, number + 1) for key, value in told.items()}
            self.one(float(time) + number * float(values.get('every', 0)), name, kind,
                     numbered(ends, number + 1), values, {word for word in words if '=' not in word})

    def one(self, time, label, kind, ends, values, words):
        when = History.ZERO + round(time * 1000000) * 1000
        source, destination = map(node, ends.split('>')) if '>' in ends else (None, None)
        if kind in ('again', 'copy'):
            old = self.sent[values['of']]
            packet = old.copy(time=when)
            if kind == 'again':
                self.serial += 1
                packet.ident = self.serial if old.ident else 0
            if source is not None:
                packet.src, packet.dst = source, destination
        else:
            payload, protocol = self.message(kind, source, destination, when, label, values, words)
            self.serial += 1
            packet = Packet(when, source, destination, payload, self.serial, len(self.order), label)
            packet.protocol = protocol
        packet.kind = label
        if 'ttl' in values:
            packet.ttl = packet.ttl + int(values['ttl']) if values['ttl'][0] in '+-' else \
                int(values['ttl'])
        if 'df' in words:
            packet.df, packet.ident = True, 0
        for name in ('vlan', 'snap', 'pieces', 'piece', 'interface'):
            if name in values:
                setattr(packet, name, int(values[name]))
        if 'id' in values:
            packet.ident = int(values['id'])
        if 'link' in values:
            packet.link = LINKS[values['link']]
        if 'over' in values:
            how, pair = values['over'].split(':')
            packet.tunnels += ((how,) + tuple(map(node, pair.split('>'))),)
        self.sent[label] = packet
        if 'hidden' not in words:
            self.order.append(packet)

    def message(self, kind, source, destination, when, label, values, words):
        if kind == 'other':
            return b'\x08\0\xf7\xff\0\0\0\0', 1
        if kind == 'data':
            return bytes(24), 17
        if kind == 'advertisement':
            flags = 0x9000 | (0x0080 if 'S' in values.get('flags', '') else 0)
            self.serial += 1
            return packets.advertisement(self.serial, 1800, flags, [node(one) for one in values.get('coa', 'fa').split(',')],
                                         bytes.fromhex(values.get('challenge', ''))), 1
        ident = self.identify(values.get('ident'), when, label)
        self.idents[label] = ident
        home, agent = node(values.get('home', 'mn')), node(values.get('agent', 'ha'))
        care_of, life = node(values.get('coa', 'fa')), int(values.get('life', 300))
        targets = [node(one) for one in values.get('targets', values.get('warn', '')).split(',') if one]
        flags = sum((REGISTRATION_FLAGS if kind == 'registration' else UPDATE_FLAGS)[one]
                    for one in values.get('flags', ''))
        pair, extension = frozenset((source, destination)), 35
        if kind == 'warning':
            message = packets.warning(home, targets)
        elif kind == 'request':
            message = packets.request(home, ident)
        elif kind == 'update':
            message = packets.update(flags, life, home, care_of, ident)
        elif kind == 'acknowledge':
            message = packets.acknowledge(int(values.get('status', 0)), home, ident)
        elif kind == 'notice':
            of = self.sent[values['of']].payload
            message = bytearray(packets.carried_out(of, 24, of[4:8],
                                                    self.idents[values['of']] if 'ident' in words
                                                    else None))
            for change in values.get('alter', '').split(','):
                if change:
                    message[int(change)] ^= 0x80
            return bytes(message), 17
        else:
            pair, extension = frozenset((home, agent)), 32
            if kind == 'registration':
                message = packets.registration(flags, life, home, agent, care_of, ident)
                if 'pfan' in values:
                    old, cache, new = values['pfan'].split(':')
                    bond = self.keys[values['pkey']] if 'pkey' in values else \
                        self.pairs[frozenset((home, node(old)))]
                    message = bond.notify(message, int(cache), node(old), home, node(new),
                                          ident if 'with-ident' in words else None, 0, 'body' in words)
                    if 'pfan-bad' in words:
                        message = message[:-1] + bytes((message[-1] ^ 0x5a,))
                if 'warn' in values:
                    message += packets.warning_extension(home, targets)
            else:
                message = packets.reply(int(values.get('code', 0)), life, home, agent, ident)
            if 'nai' in values:
                nai = values['nai'].encode('latin-1').decode('unicode_escape').encode('latin-1')
                message += bytes((131, len(nai))) + nai
                called = frozenset(('nai:' + values['nai'].partition('@')[0] + '@'
                                    + values['nai'].partition('@')[2].lower(), agent))
                pair = called if called in self.pairs else pair
            if 'challenge' in values:
                challenge = bytes.fromhex(values['challenge'])
                message += bytes((132, len(challenge))) + challenge
        key = self.keys.get(values['key']) if 'key' in values else self.pairs.get(pair)
        if 'unknown' in words:
            key = Association('-', b'\0' * 4, b'\0' * 4, 0x7ffffff0, b'unknown to everybody')
        if 'bare' in words or key is None:
            return message, 17
        message = (key.forge if 'bad' in words else key.sign)(message, extension)
        for number in (33, 34):
            if 'ext%d' % number in values:
                other = self.keys[values['ext%d' % number]]
                message = (other.forge if 'bad%d' % number in words else other.sign)(message, number)
        if 'aaa' in values:
            message = self.keys['aaa'].answer(message, bytes.fromhex(values['aaa']))
        return message, 17

    def write(self, path):
        if not self.told.get('unsorted'):
            self.order.sort(key=lambda packet: packet.time)
        ends = [History.ZERO + int(at * SECOND) for at in self.told.get('split', ())]
        parts = [[packet for packet in self.order if sum(packet.time >= end for end in ends) == part]
                 for part in range(len(ends) + 1)]
        self.files = {path + ('-%d' % number if number else '') + '.pcapng': part
                      for number, part in enumerate(parts)}
        interfaces = {}         # as those of a ring buffer, the files have the same ones
        for name, part in self.files.items():
            packets.write_pcapng(name, part, 9, interfaces)
        packets.write_keys(path + '.keys', self.keys.values())
        os.chmod(path + '.keys', 0o600)

    def check(self, program, path):
        """The differences from what the history states."""
        self.write(path)
        ran = subprocess.run([program, '-o', 'json', '-k', path + '.keys', *self.told.get('options', ()),
                              *self.files], capture_output=True, text=True, timeout=60)
        wanted = self.told.get('status')
        if ran.returncode not in ((0, 1, 4) if wanted is None else (wanted,)):
            return ['status %d: %s' % (ran.returncode, ran.stderr.strip())]
        return self.hold(ran)

    def hold(self, ran):
        records = [json.loads(line) for line in ran.stdout.splitlines()]
        label = {(name, number): packet.kind for name, part in self.files.items()
                 for number, packet in enumerate(part, 1)}

        def of(record):
            return label[record['file'], record['frame']]

        found = [(record['rule'], of(record)) for record in records if record['record'] == 'finding']
        must = {tuple(one) for one in self.told.get('must', ())}
        either = {tuple(one) for one in self.told.get('either', ())}
        may = must | either | {(rule, name) for rule, name in found for other, pattern in
                               self.told.get('may', ()) if rule == other and fnmatch.fnmatch(name, pattern)}
        wrong = ['missing: %s at %s' % one for one in sorted(must - set(found))]
        if either and not either & set(found):
            wrong.append('missing: %s' % ' or '.join('%s at %s' % one for one in sorted(either)))
        wrong += ['too much: %s at %s' % one for one in sorted(set(found) - may)]
        once = [(record['rule'], of(record)) for record in records
                if record['record'] == 'finding' and 'copy_of' not in record]
        wrong += ['twice: %s at %s' % one for one in sorted({one for one in once if once.count(one) > 1})]
        places = [(list(self.files).index(record['file']), record['frame']) for record in records[:-1]
                  if 'file' in record]
        if '--follow' not in self.told.get('options', ()) and places != sorted(places):
            wrong.append('order: not that of the capture')
        allowed = self.told.get('verdicts', {})
        for record in records:
            if record['record'] == 'authenticator' and allowed is not False:
                name = of(record)
                if record['verdict'] not in next((told for pattern, told in allowed.items()
                                                  if fnmatch.fnmatch(name, pattern)), ['good']):
                    wrong.append('verdict: %s at %s' % (record['verdict'], name))
        for rule, words in self.told.get('text', ()):
            if not any(record['rule'] == rule and words in record['text'] for record in records
                       if record['record'] == 'finding'):
                wrong.append('text: %s does not say "%s"' % (rule, words))
        if self.told.get('stderr', '') not in ran.stderr:
            wrong.append('standard error does not say "%s"' % self.told['stderr'])
        clocks = {of(record): [record['clock_difference'], record['clock_of']]
                  for record in records if 'clock_of' in record}
        if clocks != self.told.get('clocks', clocks):
            wrong.append('clocks: %s' % clocks)
        for verdict, number in self.told.get('counts', {}).items():
            if records[-1]['authenticators'][verdict] != number:
                wrong.append('counts: %s of %s' % (records[-1]['authenticators'][verdict], verdict))
        undecided = records[-1].get('undecided', {})
        for reason in self.told.get('undecided', ()):
            if not undecided.get(reason):
                wrong.append('undecided: nothing for %s' % reason)
        if self.told.get('decided') and any(undecided.values()):
            wrong.append('undecided: %s' % undecided)
        copies = self.told.get('copies')
        if copies is not None and records[-1].get('copies') != copies:
            wrong.append('copies: %s, not %d' % (records[-1].get('copies'), copies))
        return wrong


def histories():
    here = os.path.dirname(os.path.realpath(__file__))
    told = []
    for name in [here + '/rulings.json'] + sorted(glob.glob(here + '/rulings/*.json')):
        with open(name) as file:
            told += json.load(file)
    return told


def main():
    words = [word for word in sys.argv[1:] if not word.startswith('--')]
    save = next((word[7:] for word in sys.argv[1:] if word.startswith('--save=')), None)
    if not words:
        sys.exit(__doc__)
    told = histories()
    failed = tried = 0
    with tempfile.TemporaryDirectory() as folder:
        for one in told:
            if words[1:] and one['name'] not in words[1:]:
                continue
            tried += 1
            if save:
                os.makedirs(save, exist_ok=True)
            wrong = History(one).check(words[0], os.path.join(save or folder, one['name']))
            if wrong:
                failed += 1
                print('%s: %s\n    ruling: %s' % (one['name'], one['words'], one['ruling']))
                print(''.join('    %s\n' % line for line in wrong), end='')
    print('%d of %d histories as stated' % (tried - failed, tried))
    return failed != 0


if __name__ == '__main__':
    sys.exit(main())
