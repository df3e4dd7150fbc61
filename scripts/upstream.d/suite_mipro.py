#
# Wireshark tests
#
# SPDX-License-Identifier: GPL-2.0-or-later
#
'''Mobile IP Route Optimization (MIPRO) tests'''

import os
import shutil
import subprocess

import pytest


@pytest.fixture
def mipro_fields(cmd_tshark, capture_file, tmp_path, test_env):
    '''Dissect a capture in two passes, and return the fields of each frame that matches.'''
    def run(capture, display_filter, *fields, keys=True):
        command = [cmd_tshark, '-2', '-n', '-r', capture_file(os.path.join('mipro', capture)), '-Y', display_filter,
                   '-T', 'fields']
        for field in fields:
            command += ['-e', field]
        if keys:
            # Others must not be able to read a key file, and git does not keep that.
            key_file = str(tmp_path / 'mipro.keys')
            shutil.copyfile(capture_file(os.path.join('mipro', 'mipro.keys')), key_file)
            os.chmod(key_file, 0o600)
            command += ['-o', 'mipro.key_file:' + key_file]
        stdout = subprocess.check_output(command, encoding='utf-8', env=test_env)
        return [line.split('\t') for line in stdout.splitlines()]
    return run


class TestMipro:
    def test_registered(self, cmd_tshark, test_env):
        '''Both protocols are there, and MobileIP still is.'''
        stdout = subprocess.check_output((cmd_tshark, '-G', 'protocols'), encoding='utf-8', env=test_env)
        names = [line.split('\t')[2] for line in stdout.splitlines() if line.count('\t') >= 2]
        for name in ('mip', 'mipro', 'minenc'):
            assert name in names

    def test_good(self, mipro_fields):
        '''The authenticators of a whole exchange verify.'''
        statuses = mipro_fields('correspondent.pcap', 'mipro.auth.status', 'mipro.auth.status')
        assert len(statuses) >= 2
        assert all(field.split(',') == ['1'] * len(field.split(',')) for field, in statuses)

    def test_forged(self, mipro_fields):
        '''A care-of address that was changed on the way; the refusal that should have come.'''
        assert mipro_fields('forged-update.pcap', 'mipro.auth.status == "Bad"', 'frame.number', 'mipro.homeaddr',
                            'mipro.coa') == [['1', '10.1.0.9', '203.0.113.66'], ['3', '10.1.0.9', '203.0.113.66']]
        assert mipro_fields('forged-update.pcap', 'mipro.rule.forged_accepted', 'frame.number') == [['4']]

    def test_unverified(self, mipro_fields):
        '''Without keys nothing is called good, and nothing bad.'''
        for display_filter in ('mipro.auth.status == "Good"', 'mipro.auth.status == "Bad"'):
            assert mipro_fields('correspondent.pcap', display_filter, 'frame.number', keys=False) == []
        assert mipro_fields('auth-no-key.pcap', 'mipro.auth.status == "Unverified"', 'frame.number') == [['1']]

    def test_replay(self, mipro_fields):
        '''A message that was sent before.'''
        assert len(mipro_fields('replay-attack.pcap', 'mipro.rule.replay', 'frame.number')) >= 1

    def test_links(self, mipro_fields):
        '''A Binding Update and its Binding Acknowledge name each other.'''
        pairs = mipro_fields('correspondent.pcap', 'mipro.response_in && mipro.type == 18', 'frame.number',
                             'mipro.response_in')
        assert pairs
        for request, response in pairs:
            assert [request] in mipro_fields('correspondent.pcap', 'frame.number == %s' % response,
                                             'mipro.response_to')

    def test_handoff(self, mipro_fields):
        '''A Previous Foreign Agent Notification and the Binding Update that it led to.'''
        assert mipro_fields('smooth-handoff.pcap', 'mipro.pfan.status == "Good"', 'frame.number')
        assert mipro_fields('smooth-handoff.pcap', 'mipro.pfan_in', 'frame.number')

    def test_mip_as_before(self, cmd_tshark, capture_file, test_env):
        '''Registrations are dissected by MobileIP, as they were.'''
        stdout = subprocess.check_output((cmd_tshark, '-r', capture_file(os.path.join('mipro', 'smooth-handoff.pcap')),
                                          '-Y', 'mip.type == 1', '-T', 'fields', '-e', 'mip.homeaddr'),
                                         encoding='utf-8', env=test_env)
        assert '10.1.0.9' in stdout
