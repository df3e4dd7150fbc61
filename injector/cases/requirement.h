/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * requirement.h - what the draft and RFC 2002 require, and what tests it.
 *
 * One row for each requirement, in our own words.  It names the cases and rules of
 * mipro-verify that test it, or says why nothing does.  docs/requirements.md is made from this
 * table; a unit test compares it with the catalogue of cases and the table of rules, in both
 * directions.  Ids never change.
 */
#ifndef INJ_REQUIREMENT_H
#define INJ_REQUIREMENT_H

#include <stdbool.h>
#include <stddef.h>

struct inj_requirement {
    const char *id;      /* "D4.3-16": of the draft's section 4.3; "R3.4-1": of RFC 2002 3.4 */
    const char *section; /* "4.3", "RFC 2002 3.4" */
    const char *level;   /* as in the document: "MUST", "SHOULD", "required", "should", ... */
    const char *text;
    const char *cases; /* IDs separated by spaces, or "" */
    const char *rules; /* the same */
    const char *why;   /* if nothing tests it: "untestable: ..." or "out of scope: ..."; or NULL */
};

const struct inj_requirement *inj_requirement_at(size_t i); /* NULL after the last */

/*
 * Step through a list of ids: copy the next word of *list to word, and advance *list past it.
 * False at the end.
 */
#define INJ_ID_MAX 40
bool inj_next_id(const char **list, char word[INJ_ID_MAX]);

#endif
