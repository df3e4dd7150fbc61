#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""lawful_node.py ROLE [address=A] [home=A] [agent=A] [replay=none|timestamp|nonce] [WORD...]

A node that does all that its role has to do, each time in another of the ways that the RFCs allow:
no case of the tester may fail.  Or with one fault: then the cases that show it fail, and no others.

Roles: correspondent, previous-agent, home-agent, new-agent, mobile-node.  The words are explained at
the head of lawful_base.py and of the module of each role.
"""
from lawful_agent import NewAgent
from lawful_base import role
from lawful_home import HomeAgent
from lawful_mobile import MobileNode
from lawful_receiver import Receiver

ROLES = {'correspondent': Receiver, 'previous-agent': Receiver, 'home-agent': HomeAgent,
         'new-agent': NewAgent, 'mobile-node': MobileNode}
ROLES[role]().run()
