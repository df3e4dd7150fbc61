#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""schema.py BUILD: validate every JSON record, and the list of cases, with the installed schemas.

The test closes the objects of the schemas: a member that no schema describes is a fault here, though a
reader of the report must allow it. It also breaks good records, which the schema must refuse.
"""
import copy
import glob
import json
import os
import struct
import subprocess
import sys
import tempfile

import faults
from faults import fault

try:
    import jsonschema
    Validator = jsonschema.Draft202012Validator
except (ImportError, AttributeError):
    print('skip: no jsonschema for Python, or one that is too old')
    sys.exit(77)

build = os.path.realpath(sys.argv[1])
os.chdir(os.path.join(os.path.dirname(os.path.realpath(__file__)), '../..'))
verify, inject = build + '/mipro-verify', build + '/mipro-inject'


def close(schema):
    """Refuse members that are not described, in every object that describes some."""
    if isinstance(schema, list):
        for part in schema:
            close(part)
    elif isinstance(schema, dict):
        if schema.get('type') == 'object' and 'properties' in schema and 'oneOf' not in schema:
            schema.setdefault('additionalProperties', False)
        for part in schema.values():
            close(part)


def load(name):
    with open('docs/schemas/' + name) as file:
        schema = json.load(file)
    Validator.check_schema(schema)
    close(schema)
    return schema


schema = load('mipro-verify.schema.json')
whole = Validator(schema)
# One kind of record at a time: a validator of all kinds tries each, and reports errors less precisely.
kinds = {kind: Validator({**schema['$defs'][kind], '$defs': schema['$defs']})
         for kind in schema['properties']['record']['enum']}
shapes = {}     # one record of each shape, for the faults below
seen = {kind: set() for kind in kinds}
records = 0


def hold(name, *arguments):
    global records
    ran = subprocess.run([verify, '-o', 'json', *arguments], capture_output=True, timeout=120)
    try:
        lines = [json.loads(line) for line in ran.stdout.decode('utf-8').splitlines()]
    except ValueError as error:
        return fault('%s: not JSON in UTF-8: %s' % (name, error))
    if not lines or lines[-1].get('record') != 'summary':
        fault('%s: the last line is no summary' % name)
    for record in lines:
        kind = record.get('record')
        if kind not in kinds:
            fault('%s: a record %s' % (name, kind))
            continue
        records += 1
        seen[kind] |= record.keys()
        for error in kinds[kind].iter_errors(record):
            fault('%s: %s: %s in %s' % (name, error.json_path, error.message, json.dumps(record)[:300]))
            break
        shapes.setdefault((kind, record.get('verdict'), *sorted(record)), record)


def revocations():
    """A Registration Revocation and its acknowledgement (RFC 3543), as raw IP; extension 34 overruns in the last."""
    home, agent, foreign = bytes((10, 1, 0, 9)), bytes((10, 1, 0, 1)), bytes((10, 3, 0, 1))
    auth = bytes((34, 20)) + struct.pack('>I', 0x1003) + bytes(16)
    revocation = bytes((7, 0, 0, 0)) + home + agent + foreign + bytes(4)
    acknowledgement = bytes((15, 0, 0, 0)) + home + bytes(4)
    capture = struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101)
    for second, message in enumerate((revocation + auth, acknowledgement + auth, revocation + auth[:9])):
        datagram = struct.pack('>BBHHHBBH', 0x45, 0, 28 + len(message), second, 0, 64, 17, 0) + agent + foreign + \
            struct.pack('>HHHH', 434, 434, 8 + len(message), 0) + message
        capture += struct.pack('<IIII', 919944000 + second, 0, len(datagram), len(datagram)) + datagram
    return capture


def hold_captures(folder):
    keys = folder + '/keys'

    def take(path):
        with open(path, 'rb') as source, open(keys, 'wb') as target:
            target.write(source.read())
        os.chmod(keys, 0o600)

    take('pcaps/mipro.keys')
    captures = sorted(glob.glob('pcaps/*.pcap'))
    for path in captures:
        hold(path, '-k', keys, path)
        hold(path + ' without keys', path)
    hold('all with --continue', '-k', keys, '--continue', *captures)
    # Parts of an archive, with open findings.
    events = folder + '/events'
    subprocess.run([verify, '-k', keys, '--events=' + events, '--shard=2', 'pcaps/cases.pcap'], check=True)
    for part in '1/2', '2/2':
        hold('part ' + part, '-k', keys, '--shard=' + part, events)
    hold('a compact part', '-k', keys, '--shard=1/2', '--compact', '--without-good', events)
    # One whose good authenticators are all left to the events: none is in binary.
    subprocess.run([verify, '-k', keys, '--events=' + folder + '/usual', '--shard=1', 'pcaps/forged-update.pcap'], check=True)
    hold('a compact part of usual messages', '-k', keys, '--shard=1/1', '--compact', folder + '/usual')
    subprocess.run([verify, '--strict', '--events=' + folder + '/strict', '--shard=1', 'pcaps/forged-update.pcap'], check=True)
    hold('a strict part', '--strict', '--shard=1/1', folder + '/strict')
    # Every frame twice, as on a SPAN port: records of copies.
    twice = folder + '/twice.pcapng'
    subprocess.run(['mergecap', '-w', twice, 'pcaps/cases.pcap', 'pcaps/cases.pcap'], check=True)
    hold('twice', '-k', keys, twice)
    # A baseline whose entries match, have ended, and match nothing.
    known = folder + '/known'
    subprocess.run([verify, '-q', '-k', keys, '--write-baseline=' + known, *captures], capture_output=True)
    hold('known', '-k', keys, '--baseline=' + known, *captures)
    with open(known) as file:
        lines = file.read().splitlines()
    with open(known, 'w') as file:
        file.writelines(line + (',"1999-02-24"' if i % 2 else '') + '\n' for i, line in enumerate(lines))
        file.write('"bad:32:0x00001000","10.3.0.1","10.1.0.1","nai:bob@example.net","without a home address"\n')
    hold('ended', '-k', keys, '--baseline=' + known, *captures[:len(captures) // 2])
    for draft in ('09', '11'):
        hold('draft ' + draft, '-k', keys, '--draft=' + draft, *captures)
    revoke = folder + '/revoke.pcap'
    with open(revoke, 'wb') as file:
        file.write(revocations())
    hold('revocations', '-k', keys, revoke)
    # An input that is truncated, is not a capture, does not exist, or has a name that is not UTF-8.
    with open(captures[0], 'rb') as file:
        octets = file.read()
    for name, part in ((b'cut', octets[:-3]), (b'none', b''), (b'other', b'#!/bin/sh\n'),
                       (b'"\xff\x1b[2J<script>\n', octets)):
        with open(os.path.join(os.fsencode(folder), name), 'wb') as file:
            file.write(part)
        hold(repr(name), '-k', keys, os.fsdecode(os.path.join(os.fsencode(folder), name)))
    hold('nowhere', folder + '/nowhere')
    for path in sorted(glob.glob('tests/field/histories/*.keys')):
        take(path)
        name = path[:-len('.keys')]
        with open(name + '.expected.json') as file:
            options = json.load(file)['options']
        hold(name, '-k', keys, *options, name + '.pcapng')


def break_records():
    """What the schema refuses: a missing member, one of another type, or one too many."""
    for record in list(shapes.values()):
        kind = record['record']
        if not whole.is_valid(record):
            fault('the schema of one kind takes what the whole does not: %s' % json.dumps(record))
        required = schema['$defs'][kind]['required']
        for member in record:
            broken = [{**record, member: []}]
            if member in required:
                broken.append({k: v for k, v in record.items() if k != member})
            for other in broken:
                if other != record and whole.is_valid(other):
                    fault('taken: %s without a right %s: %s' % (kind, member, json.dumps(other)))
        if whole.is_valid({**record, 'colour': 'red'}):
            fault('taken: a %s with a member that is not described' % kind)
        for member, value in (('frame', 0), ('frame', 1.5), ('time', '1999-02-25 12:00:00'), ('home', '10.1.0'),
                              ('verdict', 'fine'), ('severity', 'fatal'), ('spi', -1), ('spi', 1 << 32)):
            if member in record and whole.is_valid({**record, member: value}):
                fault('taken: a %s whose %s is %s' % (kind, member, value))


def hold_cases():
    cases = load('mipro-inject-cases.schema.json')
    validator = Validator(cases)
    for draft in ('08', '09', '11'):
        text = subprocess.run([inject, 'cases', '--json', '--draft=' + draft], capture_output=True, check=True).stdout
        listed = json.loads(text)
        for error in validator.iter_errors(listed):
            fault('cases of draft %s: %s: %s' % (draft, error.json_path, error.message))
        for member in listed[0]:
            broken = copy.deepcopy(listed[:1])
            broken[0][member] = 7
            if validator.is_valid(broken):
                fault('taken: a case whose %s is 7' % member)
            del broken[0][member]
            if validator.is_valid(broken):
                fault('taken: a case without %s' % member)


with tempfile.TemporaryDirectory() as folder:
    hold_captures(folder)
break_records()
hold_cases()
for kind in kinds:
    for member in sorted(set(schema['$defs'][kind]['properties']) - seen[kind]):
        fault('%s: %s is described, and no capture here has it' % (kind, member))
print('%d records of %d shapes, %d faults' % (records, len(shapes), faults.count))
sys.exit(faults.count != 0)
