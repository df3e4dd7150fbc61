#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""agree.py BUILD [OPTION...] [NAME...]: the plugin in two passes says what mipro-verify says.

Over the histories and those of rulings.json and rulings/, or only those of these NAMEs, it compares verdicts,
findings with their related frames, copies, clock differences, and what the statistics count: verdicts,
findings, undecided cases by reason, copies, and state that was dropped.

--captures=FOLDER    these too
--text               compare the sentences of findings, too; Wireshark cuts them at 240 octets
--every=N            only one of N, and all that are about fragments

Status 1 if anything differs; 77, after a line "skip: why", if there is no tshark that loads the plugin.
"""
import collections
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

import rulings

HERE = os.path.dirname(os.path.realpath(__file__))
STATUS = {'good': '1', 'expired': '1', 'bad': '0', 'no-key': '2', 'truncated': '2', 'missing': '3'}
WORDS = ('status', 'association', 'algorithm', 'coverage')
# Options that change what is judged, not how it is reported, are preferences of the same name.
PREFERENCES = ('tolerance', 'ack-timeout', 'update-rate', 'warning-rate', 'p-bit', 'draft', 'reading',
               'warning-ext', 'words', 'rules')


class Programs:
    """mipro-verify, and tshark with the plugin: as root it ignores WIRESHARK_PLUGIN_DIR."""

    def __init__(self, build, folder):
        self.verify, self.folder = os.path.join(os.path.realpath(build), 'mipro-verify'), folder
        shutil.copytree(os.path.join(build, 'plugins'), os.path.join(folder, 'plugins'))
        self.environment = dict(os.environ, HOME=os.path.join(folder, 'home'), LC_ALL='C.UTF-8', TZ='UTC',
                                WIRESHARK_PLUGIN_DIR=os.path.join(folder, 'plugins'))
        os.mkdir(self.environment['HOME'])
        self.as_user = []
        os.chmod(folder, 0o755)
        if os.getuid() == 0:
            self.as_user = ['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups']
            subprocess.run(['chown', '-R', 'nobody', folder], check=True)
        self.rules = [line.split()[0] for line in
                      subprocess.run([self.verify, '--list-rules'], capture_output=True, text=True,
                                     check=True).stdout.splitlines()]
        self.reasons = {}

    def has_plugin(self):
        if not shutil.which('tshark'):
            return False
        return 'mipro.so' in self.tshark('-G', 'plugins')

    def tshark(self, *words):
        ran = subprocess.run(self.as_user + ['tshark', *words], capture_output=True, text=True,
                             timeout=300, env=self.environment)
        if ran.returncode != 0:
            raise RuntimeError('tshark: status %d: %s' % (ran.returncode, ran.stderr[-500:]))
        return ran.stdout

    def lend(self, path, mode):
        """A copy that the ordinary user can read."""
        to = os.path.join(self.folder, os.path.basename(path))
        shutil.copyfile(path, to)
        os.chmod(to, mode)
        if self.as_user:
            shutil.chown(to, 'nobody')
        return to


def count(pairs):
    return {name: n for name, n in pairs if n}


def by_verifier(programs, capture, keys, options):
    """What mipro-verify says: of each frame, and in all."""
    ran = subprocess.run([programs.verify, '-o', 'json', *(['-k', keys] if keys else []), *options, capture],
                         capture_output=True, text=True, timeout=300)
    if ran.returncode not in (0, 1, 3, 4):
        raise RuntimeError('mipro-verify: status %d: %s' % (ran.returncode, ran.stderr[-500:]))
    frames, texts = collections.defaultdict(list), collections.defaultdict(list)
    records = [json.loads(line) for line in ran.stdout.splitlines()]
    for record in records[:-1]:
        frame = record['frame']
        if record.get('copy_of'):
            frames[frame, 'copy_of'] = [str(record['copy_of'])]
        if 'clock_difference' in record:
            frames[frame, 'clock_difference'] = [str(record['clock_difference'])]
        if record['record'] == 'finding':
            frames[frame, 'rules'].append(record['rule'])
            frames[frame, 'severities'].append(record['severity'])
            frames[frame, 'related'] += map(str, record.get('related', ()))
            texts[frame].append(record['text'])
        else:
            kind = 'pfan' if record['extension'] == 96 else 'auth'
            frames[frame, kind + '.status'].append(STATUS[record['verdict']])
            for word in WORDS[1:] + ('reading',):
                if record.get(word) is not None:
                    frames[frame, kind + '.' + word].append(str(record[word]))
    total = records[-1]
    totals = {'authenticators': count(total['authenticators'].items()),
              'findings': count(total['findings'].items()),
              'undecided': count(total['undecided'].items()),
              'dropped': count(total['dropped_by_kind'].items()),
              'copies': total['copies']}
    return frames, texts, totals


def read_tree(programs, text):
    """What tshark -z mipro,tree prints, as mipro-verify's summary has it."""
    heads = {'Authenticators': 'authenticators', 'Undecided cases': 'undecided',
             'Dropped for want of room': 'dropped', 'Copies of datagrams captured before': 'copies',
             'Findings: errors': 'error', 'Findings: warnings': 'warning', 'Findings: notes': 'note'}
    totals = {'authenticators': {}, 'findings': {}, 'undecided': {}, 'dropped': {}, 'copies': 0}
    head = None
    for line in text.splitlines():
        name = line[:line.find('  ')] if '  ' in line.strip() else line
        if not name.strip() or line.startswith(('=', '-')):
            continue
        numbers = line[len(name):].split()
        if not line.startswith(' '):
            head = heads.get(name)
            if not numbers or not numbers[0].isdigit() or not int(numbers[0]):
                continue
            if head == 'copies':
                totals['copies'] = int(numbers[0])
            elif head in ('error', 'warning', 'note'):
                totals['findings'][head] = int(numbers[0])
        elif head in ('authenticators', 'undecided', 'dropped') and numbers:
            word = name.strip()
            totals[head][programs.words.get(word, word)] = int(numbers[0])
    return totals


def by_plugin(programs, capture, keys, options):
    columns = ['frame.number', 'mipro.finding', 'mipro.finding.severity', 'mipro.related', 'mipro.copy_of',
               'mipro.clock_difference']
    names = [None, 'rules', 'severities', 'related', 'copy_of', 'clock_difference']
    for kind in ('auth', 'pfan'):
        for word in WORDS + (('reading',) if kind == 'pfan' else ()):
            columns.append('mipro.%s.%s' % (kind, word))
            names.append('%s.%s' % (kind, word))
    columns.append('_ws.expert.message')
    names.append(None)
    words = ['-2', '-n', '-r', capture, '-z', 'mipro,tree', '-T', 'fields', '-E', 'separator=/t', '-E',
             'aggregator=|']
    if keys:
        words += ['-o', 'mipro.key_file:' + keys]
    for option in options:
        name, _, value = option[2:].partition('=')
        if name in PREFERENCES:
            words += ['-o', 'mipro.%s:%s' % (name.replace('-', '_'), value)]
        elif name == 'port':
            for port in value.split(','):
                words += ['-d', 'udp.port==%s,mipro' % port]
    for column in columns:
        words += ['-e', column]
    printed = programs.tshark(*words)
    at = printed.find('\n=====')
    frames, texts = {}, {}
    for line in printed[:at].splitlines():
        values = line.split('\t')
        if len(values) != len(columns):
            continue
        for name, value in zip(names, values):
            if name and value:
                frames[int(values[0]), name] = value.split('|')
        if values[-1]:
            texts[int(values[0])] = values[-1]
    return frames, texts, read_tree(programs, printed[at:])


def compare(programs, name, capture, keys, options, with_text):
    """The lines of what differs."""
    capture = programs.lend(capture, 0o644)
    keys = programs.lend(keys, 0o600) if keys else None
    verifier, said, sums = by_verifier(programs, capture, keys, options)
    plugin, shown, sums_shown = by_plugin(programs, capture, keys, options)
    wrong = []
    for key in sorted(set(verifier) | set(plugin)):
        one, other = verifier.get(key, []), plugin.get(key, [])
        # These are members of other records, which the message may have none of.
        if key[1] in ('copy_of', 'clock_difference') and not any(frame == key[0] for frame, _ in verifier):
            continue
        # mipro-verify prints in the order of rules; a message may come twice in a frame.
        if sorted(one) != sorted(other):
            wrong.append('frame %d %s: %s, in the plugin %s' % (key[0], key[1], one, other))
    for frame in said if with_text else ():
        for text in said[frame]:
            # Where it stands alone it begins with a capital letter.
            if text[1:] not in shown.get(frame, ''):
                wrong.append('frame %d: the plugin does not say "%s" but "%s"' % (frame, text, shown.get(frame)))
    for what, n in sums.items():
        if n != sums_shown[what]:
            wrong.append('%s: %s, in the plugin %s' % (what, n, sums_shown[what]))
    for path in (capture, keys):
        if path:
            os.unlink(path)
    return ['%s: %s' % (name, line) for line in wrong]


def phrases():
    """The words of JSON for the phrases of the statistics."""
    with open(os.path.join(HERE, '../../protocol/conduct/undecided.c')) as file:
        lines = [line.split('"') for line in file if line.startswith('    [MIPRO_')]
    return {line[3]: line[1] for line in lines}


def captures_of(words, folder):
    """Name, capture, keys and options of each."""
    wanted = [word for word in words if not word.startswith('--')]
    for expected in sorted(glob.glob(os.path.join(HERE, 'histories', '*.expected.json'))):
        path = expected[:-len('.expected.json')]
        with open(expected) as file:
            yield os.path.basename(path), path + '.pcapng', path + '.keys', json.load(file)['options']
    for told in rulings.histories():
        path = os.path.join(folder, told['name'])
        if len(told.get('split', ())) != 0:     # tshark reads one file
            continue
        if not wanted or told['name'] in wanted:
            rulings.History(told).write(path)
        yield told['name'], path + '.pcapng', path + '.keys', told.get('options', [])
    for word in words:
        if not word.startswith('--captures='):
            continue
        all_keys = sorted(glob.glob(os.path.join(word[11:], '*.keys')))
        for path in sorted(glob.glob(os.path.join(word[11:], '*.pcap*'))):
            own = path.rsplit('.', 1)[0] + '.keys'
            # Its own keys, or the only ones in the folder.
            yield (os.path.basename(path), path,
                   own if own in all_keys else all_keys[0] if len(all_keys) == 1 else None, [])


def main():
    words = sys.argv[1:]
    if not words or words[0].startswith('--'):
        sys.exit(__doc__)
    wanted = [word for word in words[1:] if not word.startswith('--')]
    every = next((int(word[8:]) for word in words if word.startswith('--every=')), 1)
    tried = failed = 0
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as made:
        programs = Programs(words[0], folder)
        programs.words = phrases()
        if not programs.has_plugin():
            print('skip: no tshark that loads the plugin')
            return 77
        for number, (name, capture, keys, options) in enumerate(captures_of(words[1:], made)):
            if wanted and name not in wanted:
                continue
            if number % every and 'piece' not in name and 'frag' not in name:
                continue
            tried += 1
            wrong = compare(programs, name, capture, keys, options, '--text' in words)
            failed += bool(wrong)
            if wrong:
                print('\n'.join(wrong), flush=True)
    print('%d of %d captures: plugin and mipro-verify agree' % (tried - failed, tried))
    return failed != 0 or not tried


if __name__ == '__main__':
    sys.exit(main())
