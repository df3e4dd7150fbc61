#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Run shellcheck on the shell scripts.
source "$(dirname "$0")/prelude.sh"
cd "$(dirname "$0")/.." || exit 1
need shellcheck
mapfile -t scripts < <(find scripts tests packaging .ci -type f -print0 | xargs -0 grep -lE '^(#!/bin/(ba)?sh|# shellcheck shell=)')
# Words that are split on purpose, and variables used by name, are not faults.
shellcheck --severity=warning --exclude=SC2034,SC2046 "${scripts[@]}"
