#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# lawful_nodes.sh BUILD [ROW...] - all cases against a second implementation of each role: one that
# does everything right, each time in another lawful way, and one with a fault.  Of the rows of
# lawful_nodes.txt every LAWFUL_SAMPLE-th is played, with LAWFUL_SAMPLE=1 all, and all that are named.
set -u
here=$(cd "$(dirname "$0")" && pwd)
sample=${LAWFUL_SAMPLE:-31}
[ $# -le 1 ] || sample=1
table=$(mktemp)
trap 'rm -f "$table"' EXIT
grep -v '^#' "$here/lawful_nodes.txt" | grep . | awk -v n="$sample" 'NR % n == 1 || n == 1' >"$table"
VERDICTS_TABLE=$table MATRIX_TIMEOUT=${MATRIX_TIMEOUT:-0.4} bash "$here/tester_verdicts.sh" "$@"
