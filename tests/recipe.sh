# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Commands of a chapter of docs/, which tests run word for word.  To be sourced, with the
# chapter in $chapter.

# recipe PATTERN: the first command that contains PATTERN.
recipe() {
    awk -v pattern="$1" '
        /^    \$ / { if (found) exit; command = "" }
        !/^    / { if (found) exit; command = ""; next }
        { sub(/^    (\$ )?/, ""); command = command $0 "\n"; if (index($0, pattern)) found = 1 }
        END { if (found) printf "%s", command }' "${chapter:?}"
}
