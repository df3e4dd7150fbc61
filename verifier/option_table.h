/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * option_table.h - one row for each option: its name, its line of --help, what it sets, and what
 * depends on it.
 *
 * To add an option: a row and the function that sets it in option_table.c, and a paragraph in
 * mipro-verify(1).
 */
#ifndef VRF_OPTION_TABLE_H
#define VRF_OPTION_TABLE_H

#include "arguments.h"

/* What an option affects. */
enum vrf_scope {
    VRF_SCOPE_TASK = 1, /* what is done at all */
    VRF_SCOPE_REPORT,   /* only how it is reported */
    VRF_SCOPE_KEYS,     /* verdicts, by the keys: all parts of an archive need the same keys */
    VRF_SCOPE_JUDGEMENT /* verdicts, findings or the status: all parts need the same value */
};

/* The steps of an archive, as bits: --events, --shard=K/N and --merge. */
enum vrf_step { VRF_STEP_MAP = 1, VRF_STEP_REDUCE = 2, VRF_STEP_MERGE = 4 };

/* Where in struct vrf_options a value is. */
struct vrf_value_at {
    size_t at, size; /* size 0: none */
};

struct vrf_option {
    const char *name;
    const char *argument; /* "FILE", as --help shows it; NULL: it takes none */
    const char *help;
    /* Sets the value; text is "" if it takes none.  A wrong one ends the program. */
    void (*set)(struct vrf_arguments *a, const char *name, const char *text);
    enum vrf_scope scope;
    unsigned steps; /* of an archive that take it: elsewhere it would have no effect */
    struct vrf_value_at value[2]; /* VRF_SCOPE_JUDGEMENT: what it sets */
    char letter;                  /* of the short option; 0: none */
};

/* In the order of --help, and in which they are set.  The last has no name. */
extern const struct vrf_option vrf_option_table[];
#define VRF_OPTIONS_MAX 64u

void vrf_option_help(void); /* to standard output */
/* Set o->settings, and the hash of all; given has a bit for each row of the command line. */
void vrf_options_settle(struct vrf_options *o, uint64_t given);

#endif
