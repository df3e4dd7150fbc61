#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# mutants.sh BUILD - a sample of scripts/mutants: the correct node of each role passes, and the
# faults of the sample are detected.  All of them, by hand: scripts/mutants build
exec "$(dirname "$0")/../../scripts/mutants" --sample="${MUTANTS_SAMPLE:-17}" --seed=3 "$1"
