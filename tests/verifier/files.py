#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""files.py BUILD [SEED [RUNS]] - several files without --continue, by any number of threads.

Files are judged side by side, and must not show it.  Each run makes a command line at random:
captures of pcaps/ and of tests/field/histories, whole, cut into pieces, damaged, compressed, in other
formats, given twice; evidence files, which hold parts of several captures; files that are
missing, empty or no captures; standard input and named pipes among them; any format of the report
and any of the files beside it.  The report, what is said on standard error, the status and the
files beside the report must be the same octets with 1, 2 and 7 threads.
"""
import glob
import gzip
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import threading

build = sys.argv[1]
seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
runs = int(sys.argv[3]) if len(sys.argv) > 3 else 30
verify = os.path.join(os.path.abspath(build), 'mipro-verify')
root = os.path.abspath(os.path.join(os.path.dirname(__file__), '..', '..'))
if not os.access(verify, os.X_OK):
    print('skip: no mipro-verify')
    sys.exit(77)
captures = sorted(glob.glob(root + '/pcaps/*.pcap'))
histories = sorted(glob.glob(root + '/tests/field/histories/*.pcapng'))
editcap = shutil.which('editcap')


def read(path):
    with open(path, 'rb') as f:
        return f.read()


def records(octets):
    """The header of a pcap in the order of this machine, and its records."""
    at, found = 24, []
    while at + 16 <= len(octets):
        end = at + 16 + struct.unpack_from('<I', octets, at + 8)[0]
        found.append(octets[at:end])
        at = end
    return octets[:24], found


class Maker:
    """Files of one run, in a folder of its own."""

    def __init__(self, rng, folder):
        self.rng, self.folder, self.n = rng, folder, 0
        self.feeds = []  # of named pipes: path and octets

    def write(self, octets, suffix='.pcap'):
        self.n += 1
        path = os.path.join(self.folder, 'f%03d%s' % (self.n, suffix))
        with open(path, 'wb') as f:
            f.write(octets)
        return path

    def pieces(self):
        head, all_records = records(read(self.rng.choice(captures)))
        cuts = sorted(self.rng.sample(range(len(all_records) + 1),
                                      min(len(all_records), self.rng.randint(1, 12))))
        return [self.write(head + b''.join(all_records[a:b]))
                for a, b in zip([0] + cuts, cuts + [len(all_records)])]

    def mixed(self):
        """Records of several captures in one file: many home addresses, times that run backwards."""
        head, found = b'', []
        for path in self.rng.sample(captures, 6):
            head, some = records(read(path))
            found += some
        self.rng.shuffle(found)
        return [self.write(head + b''.join(found * self.rng.choice([1, 30])))]

    def damaged(self):
        octets = bytearray(read(self.rng.choice(captures + histories)))
        if self.rng.random() < 0.5:
            del octets[self.rng.randrange(len(octets)):]
        else:
            for _ in range(self.rng.randint(1, 3)):
                octets[self.rng.randrange(len(octets))] ^= 1 << self.rng.randrange(8)
        return [self.write(bytes(octets))]

    def compressed(self):
        path = self.rng.choice(captures + histories)
        octets = gzip.compress(read(path), mtime=0)
        if self.rng.random() < 0.2:
            octets = octets[:self.rng.randrange(20, len(octets))]
        return [self.write(octets, '.gz')]

    def other_format(self):
        path = self.rng.choice(captures)
        if editcap is None:
            return [path]
        self.n += 1
        out = os.path.join(self.folder, 'f%03d.other' % self.n)
        subprocess.run([editcap, '-F', self.rng.choice(['snoop', 'nettl', 'ngwsniffer_2_0', 'pcapng',
                                                        'nsecpcap']), path, out],
                       check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return [out]

    def evidence(self):
        self.n += 1
        out = os.path.join(self.folder, 'f%03d.pcapng' % self.n)
        subprocess.run([verify, '-q', '--threads=1', '--write=' + out, '--write-what=' +
                        self.rng.choice(['findings', 'messages'])] + self.rng.sample(captures, 4),
                       check=False, stderr=subprocess.DEVNULL)
        return [out]

    def odd(self):
        return [self.rng.choice([
            lambda: self.folder + '/is-not-here',
            lambda: self.folder,
            lambda: self.write(b''),
            lambda: self.write(read(captures[0])[:24]),  # no frames
            lambda: self.write(b'not a capture\n'),
            lambda: root + '/pcaps/mipro.keys',
        ])()]

    def pipe(self):
        self.n += 1
        path = os.path.join(self.folder, 'f%03d.pipe' % self.n)
        os.mkfifo(path)
        self.feeds.append((path, read(self.rng.choice(captures + histories))))
        return [path]

    def files(self):
        found = []
        ways = [lambda: self.rng.sample(captures, self.rng.randint(1, 9)),
                lambda: [self.rng.choice(histories)],
                self.pieces, self.mixed, self.damaged, self.compressed, self.other_format, self.evidence,
                self.odd, self.pipe]
        for _ in range(self.rng.randint(2, 9)):
            found += self.rng.choice(ways)()
        if self.rng.random() < 0.2:
            found += found[:2]
        self.rng.shuffle(found)
        # Nobody writes into a pipe twice.
        found = [f for i, f in enumerate(found) if not f.endswith('.pipe') or f not in found[:i]]
        # The second finds nothing left.
        for name in self.rng.choice([[], [], ['-'], ['/dev/stdin', '-'], ['-', '/dev/stdin']]):
            found.insert(self.rng.randint(0, len(found)), name)
        return found


def options(rng, folder):
    chosen = ['-o', rng.choice(['text', 'json', 'junit', 'sarif'])]
    beside = []
    if rng.random() < 0.7:
        chosen += ['-k', folder + '/keys']
        if rng.random() < 0.3:
            chosen += ['--words=' + folder + '/words']
    for option in ['--strict', '--allow-empty', '-q']:
        if rng.random() < 0.2:
            chosen.append(option)
    for option in ['--html', '--write', '--metrics', '--write-baseline']:
        if rng.random() < 0.25:
            path = folder + '/beside' + option
            beside.append(path)
            chosen.append('%s=%s' % (option, path))
    if rng.random() < 0.2:
        chosen.append('--baseline=' + folder + '/baseline')
    if rng.random() < 0.2:
        chosen.append('--rules=' + rng.choice(['-replay', 'key-weak,replay', '-key-weak']))
    if rng.random() < 0.2:
        chosen.append('--ack-timeout=1')
    return chosen, beside


def feed(path, octets):
    try:
        with open(path, 'wb') as f:
            f.write(octets)
    except (BrokenPipeError, FileNotFoundError):
        pass  # nobody read it


def judge(command, threads, maker, stdin, beside):
    """What comes out of one run."""
    for path in beside:
        if os.path.exists(path):
            os.remove(path)
    feeders = [threading.Thread(target=feed, args=f, daemon=True) for f in maker.feeds]
    for f in feeders:
        f.start()
    done = subprocess.run(command[:1] + ['--threads=%d' % threads] + command[1:], input=stdin,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300, check=False)
    result = {'status': done.returncode, 'report': done.stdout, 'errors': done.stderr}
    for path in beside:
        octets = read(path) if os.path.exists(path) else None
        if octets is not None and path.endswith('metrics'):
            octets = b''.join(line for line in octets.splitlines(True) if b'_seconds ' not in line)
        result[os.path.basename(path)] = octets
    return result


def run(number):
    rng = random.Random(number)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(root + '/pcaps/mipro.keys', folder + '/keys')
        os.chmod(folder + '/keys', 0o600)
        with open(folder + '/words', 'w', encoding='ascii') as f:
            f.write('smooth handoff\nmipro\n')
        subprocess.run([verify, '-q', '-k', folder + '/keys', '--write-baseline=' + folder + '/baseline'] +
                       rng.sample(captures, 5), check=False, stderr=subprocess.DEVNULL)
        maker = Maker(rng, folder)
        chosen, beside = options(rng, folder)
        command = [verify] + chosen + ['--'] + maker.files()
        stdin = read(maker.mixed()[0])
        if rng.random() < 0.2:
            stdin = b''
        want = judge(command, 1, maker, stdin, beside)
        good = True
        for threads in (2, 7):
            got = judge(command, threads, maker, stdin, beside)
            for what, octets in want.items():
                if got[what] != octets:
                    good = False
                    print('seed %d, %d threads: another %s than with one\n  %s' %
                          (number, threads, what, ' '.join(command)))
                    keep = tempfile.mkdtemp(prefix='files-%d-' % number)
                    for name, content in (('one', octets), ('many', got[what])):
                        with open(os.path.join(keep, name), 'wb') as f:
                            f.write(content if isinstance(content, bytes) else repr(content).encode())
                    print('  see ' + keep)
        return good, len(want['report']), want['status']


wrong, octets, statuses = 0, 0, set()
for i in range(seed, seed + runs):
    good, n, status = run(i)
    wrong += not good
    octets += n
    statuses.add(status)
print('%d command lines, %d octets of reports, statuses %s: %d differ' %
      (runs, octets, sorted(statuses), wrong))
if wrong == 0 and (octets < 1000 * runs or len(statuses) < 2):
    print('that is too little to tell threads apart by')
    wrong = 1
sys.exit(wrong != 0)
