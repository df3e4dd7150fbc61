#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""hostile.py BUILD - names and texts from elsewhere do no harm in any report.

Names of captures, key files, baselines, associations, interfaces and nodes, comments, and reasons are made of
markup, control characters, characters that change the direction of writing, and octets that are not UTF-8.
Every report must be well formed, must not contain such characters as they are, and must have no
more elements, lines or results than with harmless names.
"""
import html.parser
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

root = os.path.join(os.path.dirname(os.path.realpath(__file__)), '../..')
build = os.path.realpath(sys.argv[1])
os.chdir(root)
sys.path.insert(0, 'tests/field')
import faults  # noqa: E402
import packets  # noqa: E402
from faults import fault  # noqa: E402
from packets import SECOND, Association, Packet, address, registration  # noqa: E402

verify = build + '/mipro-verify'
MARKUP = '<script>alert(1)</script><b title="x" \'&amp;]]>--><!--'
CONTROLS = '\x1b[2J\x07\r\x7f\x9b0m\t'
TURNS = '\u202e\u2066\u200f\u061c\u2028'
TEXT = (MARKUP + CONTROLS + TURNS).replace('/', '\u2215')
NAME = TEXT.encode() + b'\n\xff\xed\xa0\x80{x="1"} 2'     # of a file: any octets but NUL and a slash
UNWANTED = re.compile('[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]')


def shown(what, octets, tab=False):
    """The text, which must not disturb where it is shown."""
    try:
        text = octets.decode()
    except UnicodeDecodeError as error:
        fault(what, 'is not UTF-8:', error)
        text = octets.decode(errors='replace')
    found = UNWANTED.search(text.replace('\t', '') if tab else text)
    if found:
        at = max(0, found.start() - 40)
        fault(what, 'has U+%04X:' % ord(found[0]), repr(text[at:at + 80]))
    return text


def escaped(text):
    """In a column of a key file or baseline."""
    return ''.join('\\x%02x' % octet for octet in text.encode())


def nai_extension(octets):
    return bytes((131, len(octets))) + octets


def block(kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack('<II', kind, len(body) + 12) + body + struct.pack('<I', len(body) + 12)


def option(code, octets):
    return struct.pack('<HH', code, len(octets)) + octets + bytes(-len(octets) % 4)


def write_capture(path, frames, hostile):
    """A pcapng file that names itself, its interfaces, and what its packets are."""
    name, comment = (NAME, TEXT.encode() + b'\xff') if hostile else (b'eth0', b'a comment')
    end = option(0, b'')
    octets = block(0x0a0d0d0a, struct.pack('<IHHq', 0x1a2b3c4d, 1, 0, -1)
                   + option(1, comment) + option(2, name) + option(3, name) + option(4, name) + end)
    octets += block(1, struct.pack('<HHI', 1, 0, 0) + option(1, comment) + option(2, name) + option(3, name) + end)
    for number, frame in enumerate(frames, 1):
        stamp = 919944000000000 + number * 1000000
        lie = b'frame %d of "%s"' % (number, TEXT.encode()) if number == 1 else b'frame x of "' + NAME
        octets += block(6, struct.pack('<IIIII', 0, stamp >> 32, stamp & 0xffffffff, len(frame), len(frame))
                        + frame + bytes(-len(frame) % 4) + option(1, comment)
                        + (option(1, lie) if hostile else b'') + end)
    with open(path, 'wb') as file:
        file.write(octets)


def frames(nai, association):
    """Registrations of a node without a home address: no key, forged, good; and one with two that is undecided."""
    node, agent, nobody = address('10.3.0.1'), address('10.1.0.1'), address('0.0.0.0')
    messages = []
    for number in range(4):
        message = registration(0, 300, nobody, agent, address('10.3.0.9'),
                               packets.timestamp((919944000 + number) * SECOND)) + nai_extension(nai)
        sign = (association.forge, association.sign)[number & 1]
        messages.append(sign(message, 32) if number else message + bytes((32, 20)) + bytes(20))
    return [packets.frame(Packet(0, node, agent, message, number + 1, number, 'registration'))
            for number, message in enumerate(messages)]


class Elements(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.names = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.names.append(tag)


def run(*arguments, status=(0, 1)):
    ran = subprocess.run([verify, *arguments], capture_output=True, timeout=120)
    if ran.returncode not in status:
        fault(arguments, 'ends with', ran.returncode, ran.stderr[:300])
    shown('the errors', ran.stderr)
    return ran.stdout


def comments(path):
    """The comments of the packets of an evidence file."""
    with open(path, 'rb') as file:
        octets = file.read()
    at = 0
    while at < len(octets):
        kind, length = struct.unpack('<II', octets[at:at + 8])
        if kind == 6:
            kept, = struct.unpack('<I', octets[at + 20:at + 24])
            option_at = at + 28 + kept + -kept % 4
            while option_at < at + length - 8:
                code, size = struct.unpack('<HH', octets[option_at:option_at + 4])
                if code == 1:
                    yield octets[option_at + 4:option_at + 4 + size]
                option_at += 4 + size + -size % 4
        at += length


def reports(folder, hostile):
    """All reports of the same two captures, checked one by one; returns what must not depend on names."""
    name = (lambda what: os.path.join(os.fsencode(folder), what + NAME)) if hostile else \
        (lambda what: os.path.join(os.fsencode(folder), what))
    association = Association('x', address('10.3.0.1'), address('10.1.0.1'), 0x1001, b'sixteen octets..')
    keys, capture, forged = name(b'keys'), name(b'nai.pcapng'), name(b'forged.pcap')
    with open('pcaps/mipro.keys', 'rb') as file:
        lines = file.read()
    title = escaped(TEXT) if hostile else 'an association'
    with open(keys, 'wb') as file:
        file.write(lines.replace(b'home-agent-to-correspondent', title.encode()))
        file.write(association.line.replace('"x"', '"%s2"' % title).encode() + b'\n')
    os.chmod(keys, 0o600)
    write_capture(capture, frames((TEXT.encode() + b'\xff@example.net') if hostile else b'alice@example.net',
                                  association), hostile)
    shutil.copy('pcaps/forged-update.pcap', forged)
    known, again = name(b'known'), name(b'again')
    page, metrics, evidence = name(b'page'), name(b'metrics'), name(b'evidence')
    run('-q', '-k', keys, b'--write-baseline=' + known, capture, forged)
    with open(known, 'rb') as file:
        baseline = shown('the baseline', file.read())
    reason = TEXT.replace('\u2028', '').translate({c: None for c in range(32)}).replace('\x7f', '').replace('\x9b', '')
    if hostile:     # one line of UTF-8: anything else is refused
        baseline = re.sub('"not reviewed[^"]*"', lambda _: '"%s"' % escaped(reason), baseline)
        with open(known, 'wb') as file:
            file.write(baseline.encode())
    same = {'baseline': baseline.count('\n')}
    for format in ('text', 'json', 'junit', 'sarif'):
        for more in ([], [b'--baseline=' + known]):
            what = '%s%s' % (format, ' with a baseline' if more else '')
            out = run('-k', keys, '-o', format, b'--html=' + page, b'--metrics=' + metrics, b'--write=' + evidence,
                      b'--write-baseline=' + again, *more, capture, forged)
            text = shown(what, out, tab=format == 'junit')
            same[what] = text.count('\n')
            if format == 'json':
                records = [json.loads(line) for line in text.splitlines()]
                wanted = {os.fsdecode(forged).encode(errors='surrogateescape').decode(errors='replace')}
                if {r['file'] for r in records if r.get('rule') == 'forged-accepted'} != wanted:
                    fault(what, 'names another file')
                if title not in ('an association',) and TEXT not in {r.get('association') for r in records}:
                    fault(what, 'does not have the name of the association as it is')
            elif format == 'junit':
                same[what + ' elements'] = [e.tag for e in xml.etree.ElementTree.fromstring(text).iter()]
            elif format == 'sarif':
                results = json.loads(text)['runs'][0]['results']
                same[what + ' results'] = [r['ruleId'] for r in results]
            for path, made in ((page, 'the page'), (metrics, 'the metrics'), (again, 'the next baseline')):
                with open(path, 'rb') as file:
                    octets = file.read()
                text = shown('%s of %s' % (made, what), octets)
                if path == page:
                    names = Elements(text).names
                    same['page of ' + what] = {name: names.count(name) for name in set(names)} | \
                        {'text': 0, 'tspan': 0}     # lines are broken elsewhere
                else:
                    same['%s of %s' % (made, what)] = text.count('\n')
            for comment in comments(evidence):
                shown('a comment of the evidence', comment)
    both = [json.loads(line) for line in run('-k', keys, '-o', 'json', evidence).splitlines()]
    same['evidence'] = [(r['record'], r.get('frame'), r.get('verdict')) for r in both if r.get('verdict') != 'good'][:-1]
    with open(again, 'rb') as file:
        if run('-q', '-k', keys, b'--baseline=' + again, capture, forged, status=(0,)):
            fault('-q prints')
    # Named in errors.
    run(b'-k', name(b'none'), capture, status=(2,))
    run(b'-q', b'--baseline=' + keys, capture, status=(2,))
    run(b'-q', b'--html=' + name(b'no') + b'/page', capture, status=(3,))
    run(b'-q', name(b'none'), status=(3,))
    run(b'-q', keys, status=(3,))
    run(b'-q', b'--' + NAME.replace(b'/', b''), capture, status=(2,))
    return same


def tshark_shows(folder):
    """The comments, by tshark without our plugin."""
    if shutil.which('tshark') is None:
        print('skip: no tshark')
        return
    path = os.path.join(os.fsencode(folder), b'evidence' + NAME)
    shutil.copy(path, folder + '/plain.pcapng')
    out = subprocess.run(['tshark', '-r', folder + '/plain.pcapng', '-T', 'fields', '-e', 'frame.comment'],
                         capture_output=True, timeout=120).stdout
    shown('what tshark shows', out)
    if b'frame 4 of' not in out or b'forged-accepted' not in out:
        fault('tshark does not show the comments:', out[:300])


with tempfile.TemporaryDirectory() as folder:
    plain, hostile = folder + '/plain', folder + '/hostile'
    os.mkdir(plain)
    os.mkdir(hostile)
    a, b = reports(plain, False), reports(hostile, True)
    for what in sorted(a):
        if a[what] != b[what]:
            fault(what, 'depends on names:', str(a[what])[:300], str(b[what])[:300])
    tshark_shows(hostile)
print('%d reports compared, %d faults' % (len(a), faults.count))
sys.exit(faults.count != 0)
