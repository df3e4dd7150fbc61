# SPDX-License-Identifier: GPL-2.0-or-later
"""How the Python tests of this folder report: a test goes on after a fault, so that one run shows them all."""

SHOWN = 30
count = 0


def fault(*words):
    """One thing that is wrong; only the first ones are printed."""
    global count
    count += 1
    if count <= SHOWN:
        print(*words)
