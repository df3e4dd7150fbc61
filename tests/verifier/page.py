#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""page.py BUILD: the page of --html is well formed, agrees with -o json, and is self-contained.

For each capture: well-formed, unique ids and valid links, no address of anything
else, no style or script that the page's own policy would refuse, accessible tables and pictures for screen
readers, the counts of the JSON report, and no octet of a key. Then names that contain markup, a full
disk, and a capture too large to show completely. If Chromium is installed, it opens pages (look.py).
"""
import glob
import html.parser
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import faults
import look
from faults import fault

build = os.path.realpath(sys.argv[1])
os.chdir(os.path.join(os.path.dirname(os.path.realpath(__file__)), '../..'))
verify = build + '/mipro-verify'
VOID = {'meta', 'link', 'br', 'hr', 'img', 'input'}
SHAPES = {'line', 'rect', 'circle', 'polygon'}


class Page(html.parser.HTMLParser):
    """The contents of a page, and the errors in its form."""

    def __init__(self, name, text):
        super().__init__(convert_charrefs=True)
        self.name, self.source = name, text
        self.open, self.ids, self.links = [], set(), []
        self.level, self.texts, self.scripts, self.counts = 0, [], 0, {}
        self.cells = []         # for each table row: its texts
        self.pictures = 0
        self.feed(text)
        self.close()
        if self.open:
            fault(name, 'is not closed:', self.open)
        for link in self.links:
            if link.startswith('#') and link[1:] not in self.ids:
                fault(name, 'a link leads nowhere:', link)
            elif not link.startswith('#') and link != 'data:,':
                fault(name, 'a link leads out of the page:', link)

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        if tag not in VOID | SHAPES:
            self.open.append((tag, a))
        if len(a) != len(attributes):
            fault(self.name, 'an attribute is there twice:', tag, attributes)
        if 'id' in a:
            if a['id'] in self.ids:
                fault(self.name, 'an id is there twice:', a['id'])
            self.ids.add(a['id'])
        if 'aria-labelledby' in a:
            self.links.append('#' + a['aria-labelledby'])
        for name in a:
            if name == 'style' or name.startswith('on') or name in ('src', 'srcset', 'background', 'action'):
                fault(self.name, 'has', tag, name, a[name])
        if tag in ('a', 'link'):
            self.links.append(a.get('href', ''))
        if tag in ('img', 'iframe', 'object', 'embed', 'video', 'audio', 'base', 'image', 'use', 'foreignobject'):
            fault(self.name, 'has an element', tag)
        if tag == 'th' and a.get('scope') not in ('row', 'col'):
            fault(self.name, 'a header of a table without its scope')
        if tag == 'svg':
            self.pictures += 1
            if a.get('role') != 'img' or not a.get('aria-label'):
                fault(self.name, 'a picture without words')
        if re.fullmatch('h[1-6]', tag):
            level = int(tag[1])
            if level > self.level + 1:
                fault(self.name, 'a heading of level %d below one of %d' % (level, self.level))
            self.level = level
        if tag == 'tr':
            self.cells.append([])
        if tag in ('td', 'th') and self.cells:
            self.cells[-1].append('')
        self.scripts += tag == 'script'

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)

    def handle_endtag(self, tag):
        if tag in SHAPES:
            return
        if not self.open or self.open[-1][0] != tag:
            fault(self.name, 'closes', tag, 'within', self.open[-1:])
            return
        self.open.pop()

    def handle_data(self, text):
        if any(tag in ('script', 'style') for tag, _ in self.open):
            return
        self.texts.append(text)
        if self.cells and any(tag in ('td', 'th') for tag, _ in self.open):
            self.cells[-1][-1] += text

    def text(self):
        return re.sub(r'\s+', ' ', ' '.join(self.texts))


def run(*arguments, name='page.html', expected=(0, 1, 4)):
    path = os.path.join(folder, name)
    if os.path.exists(path):
        os.unlink(path)
    ran = subprocess.run([verify, '--html=' + path, *arguments], capture_output=True, timeout=300)
    if ran.returncode not in expected:
        fault(arguments, 'ends with', ran.returncode, ran.stderr[:200])
    with open(path, 'rb') as file:
        octets = file.read()
    try:
        text = octets.decode('utf-8')
    except UnicodeDecodeError as error:
        fault(arguments, 'not UTF-8:', error)
        text = octets.decode('utf-8', 'replace')
    for c in set(text):
        if ord(c) < 32 and c != '\n' or 127 <= ord(c) < 160 or c in '\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2028\u2029':
            fault(arguments, 'has the control character U+%04X' % ord(c))
    return Page(' '.join(map(os.path.basename, arguments[-1:])), text), ran.stdout, text


def number(text):
    return int(text.replace(',', ''))


def compare(page, output):
    """The page and the JSON report of one run: verdicts, rules, severities, undecided, unopened."""
    records = [json.loads(line) for line in output.splitlines()]
    summary = records[-1]
    rows = {row[0].strip(): row for row in page.cells if len(row) == 3}
    for verdict, n in summary['authenticators'].items():
        row = next((row for name, row in rows.items() if name.split()[-1:] == [verdict]), None)
        if row is None or number(row[1]) != n:
            fault(page.name, 'verdict', verdict, 'is', n, 'not', row)
    rules, severities = {}, ['note', 'warning', 'error']
    for record in records:
        if record['record'] == 'finding':
            n, worst = rules.get(record['rule'], (0, 0))
            rules[record['rule']] = n + 1, max(worst, severities.index(record['severity']))
    said = {row[1].strip(): (number(row[3]), severities.index(row[0].split()[-1])) for row in page.cells
            if len(row) == 4 and row[0].split()[-1:] and row[0].split()[-1] in severities}
    if rules != said:
        fault(page.name, 'rules are', rules, 'not', said)
    undecided = {}
    for row in page.cells:
        reason = re.search(r'\((\w+)\)$', row[0]) if len(row) == 3 else None
        if reason and re.fullmatch('[a-z]+(-[a-z]+)*', row[1]):
            undecided[reason[1]] = undecided.get(reason[1], 0) + number(row[2])
    if undecided != {k: v for k, v in summary['undecided'].items() if v}:
        fault(page.name, 'undecided are', summary['undecided'], 'not', undecided)
    for what, n in summary['unopened'].items():
        if [what, format(n, ',')] not in page.cells:
            fault(page.name, 'does not tell of', n, 'frames of', what)
    for record in records:
        if record.get('why') and re.sub(r'\s+', ' ', record['why']) not in page.text():
            fault(page.name, 'does not say why:', record['why'])
    wrong = summary['findings']['error'] + sum(summary['authenticators'][k] for k in ('bad', 'missing', 'expired'))
    text = page.text()
    for since in re.findall(r' believes the node to be at [0-9.]+ from ([^,<]*)', page.source):
        if not re.fullmatch(r'[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:.]{15,18}|no time', since):
            fault(page.name, 'says that a belief began at', repr(since))
    if ('Faults found:' in text) != (wrong != 0):
        fault(page.name, 'gives the wrong result:', text[200:400])
    if 'No faults found' in text and sum(summary['authenticators'].values()) != summary['authenticators']['good']:
        fault(page.name, 'calls good what was not checked')


def secrets(path):
    """The keys of a key file, as text and as octets in hexadecimal."""
    with open(path, encoding='utf-8', errors='replace') as file:
        for kind, key in re.findall(r'"(?:master:)?(hex|text):([^"]*)"', file.read()):
            key = key.strip()
            if len(key) >= 8:
                yield key.lower()
                if kind == 'text':
                    yield key.encode().hex()


def take(path, keys):
    shutil.copy(path, keys)
    os.chmod(keys, 0o600)


def hold_captures():
    keys, pictures = folder + '/keys', 0
    captures = [('pcaps/mipro.keys', path) for path in sorted(glob.glob('pcaps/*.pcap'))]
    captures += [(path[:-6] + 'keys', path) for path in sorted(glob.glob('tests/field/histories/*.pcapng'))]
    for key_file, path in captures:
        take(key_file, keys)
        page, output, text = run('-k', keys, '-o', 'json', path)
        compare(page, output)
        pictures += page.pictures
        lower = text.lower()
        for key in secrets(key_file):
            if key in lower:
                fault(path, 'shows a key')
        if page.scripts != 1:
            fault(path, page.scripts, 'scripts')
    if pictures < 100:
        fault('only', pictures, 'pictures in all')
    take('pcaps/mipro.keys', keys)
    page, output, _ = run('-k', keys, '-o', 'json', *sorted(glob.glob('pcaps/*.pcap')))
    compare(page, output)
    page, output, _ = run('-o', 'json', 'pcaps/correspondent.pcap')
    compare(page, output)
    alone = subprocess.run([verify, '-o', 'json', 'pcaps/correspondent.pcap'], capture_output=True)
    if alone.stdout != output:
        fault('--html changes what is printed')
    page, _, _ = run('-q', '-k', keys, 'pcaps/correspondent.pcap', folder + '/nowhere', expected=(3,))
    if 'could not be read' not in page.text():
        fault('the page does not tell of a capture that could not be read')


def hold_classes():
    """What the page draws has a style: a class that nothing in it mentions would be drawn in black."""
    keys, used = folder + '/keys', set()
    take('pcaps/mipro.keys', keys)
    _, _, text = run('-q', '-k', keys, *sorted(glob.glob('pcaps/*.pcap')))
    head, body = text.split('</head>', 1)
    script = body[body.index('<script'):] if '<script' in body else head
    for classes in re.findall(r'<[a-z][^>]* class="([^"]*)"', body):
        used.update(classes.split())
    for name in sorted(used):
        if not re.search(r'\.%s\b' % re.escape(name), head) and 'table.%s' % name not in script + head:
            fault('the class', name, 'has no style')
    if len(used) < 40:
        fault('only', len(used), 'classes are used')
    # A type that is of no protocol known here has no row of its own.
    page, output, _ = run('-k', keys, '-o', 'json', 'pcaps/cases.pcap')
    rows = [row for row in page.cells if len(row) == 3 and row[0] in ('message', 'of other protocols')]
    if len(rows) != 1:
        fault(len(rows), 'rows of messages without a name:', rows[:3])
    seen = sum(number(row[2]) for row in page.cells
               if len(row) == 3 and re.fullmatch(r'[0-9]+( types)?', row[1]) and re.fullmatch(r'[0-9,]+', row[2]))
    if seen != sum(json.loads(output.splitlines()[-1])['messages'].values()):
        fault('the messages by type are', seen, 'in all')


def hold_names():
    """Untrusted names: of captures, associations and reasons."""
    bad = '<script>alert(1)</script><img src=x onerror=alert(2)>"\'&amp;\x1b[2J\u202etxt'
    name = os.fsencode(folder + '/') + bad.replace('/', '\u2215').encode() + b'\xff.pcap'
    shutil.copy('pcaps/forged-update.pcap', name)
    keys = folder + '/keys'
    with open('pcaps/mipro.keys') as file:
        lines = file.read()
    with open(keys, 'wb') as file:
        hostile = ''.join('\\x%02x' % octet for octet in bad.encode() if octet != 0)
        file.write(lines.replace('home-agent-to-correspondent', hostile).encode())
    os.chmod(keys, 0o600)
    page, _, text = run('-q', '-k', keys, os.fsdecode(name))
    if page.scripts != 1 or '<script>alert' in text or '<img' in text:
        fault('a name brings markup into the page')
    if '<script>alert(1)' not in page.text():
        fault('the name of the association is not there, or not as it is')
    return os.fsdecode(name), keys


def hold_mild():
    """A rule of severity error may be broken mildly: then the page speaks of a warning."""
    keys = folder + '/keys'
    take('pcaps/mipro.keys', keys)
    _, output, _ = run('-k', keys, '-o', 'json', 'pcaps/cases.pcap')
    findings = [r for r in map(json.loads, output.splitlines()) if r.get('rule') == 'spi-reserved']
    frames = [str(r['frame']) for r in findings if r['severity'] == 'warning']
    if not frames or len(frames) == len(findings):
        fault('pcaps/cases.pcap has', len(frames), 'of', len(findings), 'that are mild')
    if shutil.which('editcap') is None:
        print('skip: no editcap, which selects frames')
        return
    mild = folder + '/mild.pcap'
    subprocess.run(['editcap', '-F', 'pcap', '-r', 'pcaps/cases.pcap', mild, *frames], check=True, capture_output=True)
    page, output, text = run('-k', keys, '-o', 'json', '--write=' + folder + '/mild.pcapng', mild)
    compare(page, output)
    if re.search('error</span> (<a [^>]*>)?<code>spi-reserved|error: spi-reserved', text):
        fault('a mild finding is shown as an error')
    with open(folder + '/mild.pcapng', 'rb') as file:
        comments = file.read()
    if b'warning: spi-reserved' not in comments or b'error: spi-reserved' in comments:
        fault('the evidence does not call a mild finding a warning')


def hold_order():
    """Of captures in any order the page tells the earliest and the latest time, and names another only where it must."""
    keys = folder + '/keys'
    take('pcaps/mipro.keys', keys)
    told = ' from 1999-02-25 12:00:00.000000 to 1999-02-25 12:00:01.950000 .'
    for paths in (['rate-abuse', 'auth-no-key'], ['auth-no-key', 'rate-abuse']):
        page, _, _ = run('-q', '-k', keys, *('pcaps/' + path + '.pcap' for path in paths))
        if told not in page.text():
            fault(paths, 'does not say', told)
        if 'See frames 2 , 4 , 6 , 8 , 10' not in re.sub(r' ?, ?', ' , ', page.text()):
            fault(paths, 'does not name related frames of the same capture by their numbers')


def hold_disk():
    for path in ('/dev/full', folder, folder + '/none/page.html'):
        ran = subprocess.run([verify, '-q', '--html=' + path, 'pcaps/correspondent.pcap'], capture_output=True)
        if ran.returncode != 3 or not ran.stderr.startswith(('mipro-verify: ' + path).encode()):
            fault('--html=%s: status %d, %s' % (path, ran.returncode, ran.stderr))
    left = [name for name in os.listdir(folder) if name.startswith('.')]
    if left:
        fault('leaves', left)


def hold_bounds():
    """200,000 messages, all with bad authenticators: there is something to report for each."""
    make = build + '/tests/bench/make_capture'
    if not os.path.exists(make):
        print('skip: no make_capture, which the bounds are tried with')
        return
    keys, capture = folder + '/many.keys', folder + '/many.pcap'
    subprocess.run([make, '200000', '30000', '1000', keys, capture], check=True)
    with open(keys) as file:
        lines = file.read()
    with open(keys, 'w') as file:
        file.write(re.sub(r'"hex:[0-9a-f]{2}', '"hex:ff', lines))
    os.chmod(keys, 0o600)
    page, _, text = run('-q', '-k', keys, capture, name='many.html')
    if len(text.encode()) > 5000000:
        fault('the page has %d octets' % len(text.encode()))
    for words in ('Shown are the first 300 of ', 'Pictures are drawn of the '):
        if words not in page.text():
            fault('the page of many does not say what it leaves out:', words)


def hold_contrast():
    """The contrast of text and background, in light and dark: 4.5 to 1 (WCAG 2.1, 1.4.3)."""
    with open('verifier/report/html/page.css') as file:
        style = file.read()

    def light(colour):
        parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
        parts = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    schemes = [dict(re.findall(r'--([a-z-]+): (#[0-9a-f]{6});', block)) for block in re.findall(r':root \{(.*?)\}', style, re.S)]
    pairs = [(front, back) for front in ('text', 'muted', 'link', 'good', 'error', 'warning', 'note', 'unsure')
             for back in ('back', 'panel')]
    pairs += [(kind, kind + '-back') for kind in ('good', 'error', 'warning', 'note', 'unsure')]
    pairs += [('text', kind + '-back') for kind in ('good', 'error', 'unsure')] + [('text', 'bar')]
    if len(schemes) != 3:
        fault('there are %d colour schemes, not light, dark and print' % len(schemes))
    for scheme in schemes:
        for front, back in pairs:
            a, b = sorted((light(scheme[front]), light(scheme[back])))
            if (b + 0.05) / (a + 0.05) < 4.5:
                fault('%s on %s has a contrast of %.2f' % (front, back, (b + 0.05) / (a + 0.05)))


def hold_looks(keys):
    """What a browser and axe-core have against pages; and that they have something against a bad one."""
    browser, axe = look.start(folder), look.find_axe(build)
    if browser is None:
        return
    captures = [['pcaps/cases.pcap', 'pcaps/replay-attack.pcap', 'pcaps/rule-port.pcap'],
                ['pcaps/auth-covers-spi.pcap'], ['pcaps/rule-status-unassigned.pcap'],
                ['pcaps/conduct-handoff-altered.pcap'], sorted(glob.glob('pcaps/*.pcap')), [folder + '/nowhere']]
    for these in captures:
        run('-q', '-k', keys, *these, expected=(0, 1, 3, 4))
        for what in look.look(browser, axe, folder + '/page.html'):
            fault(these[0], what)
    hostile, hostile_keys = hold_names()
    run('-q', '-k', hostile_keys, hostile)
    for what in look.look(browser, axe, folder + '/page.html'):
        fault(hostile, what)
    # A picture without text, grey on grey, a request, a message, a wide line, and a table that a script must show.
    with open(folder + '/page.html', encoding='utf-8') as file:
        page = file.read()
    policy = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')   # which would refuse most of that
    with open(folder + '/page.html', 'w', encoding='utf-8') as file:
        file.write(policy.sub('', page).replace('</main>', """<img src="other.png"><table hidden><tr><td>x</td></tr>
            </table><p style="color: #999; background: #aaa; min-width: 1500px">text</p></main>""", 1))
    found = ' '.join(look.look(browser, axe, folder + '/page.html'))
    wanted = ['it asks for', 'the console says', 'on a phone: the page is 15', 'without scripts']
    for what in wanted + ([] if axe is None else ['image-alt', 'color-contrast']):
        if what not in found:
            fault('nobody finds what was put there:', what, found[:300])
    browser.close()


with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
    if not os.path.exists(verify):
        print('skip: no mipro-verify')
        sys.exit(77)
    hold_captures()
    hold_classes()
    hold_mild()
    hold_order()
    hold_disk()
    hold_bounds()
    hold_contrast()
    take('pcaps/mipro.keys', folder + '/plain.keys')
    hold_looks(folder + '/plain.keys')
print('%d faults' % faults.count)
sys.exit(faults.count != 0)
