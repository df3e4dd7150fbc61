/* SPDX-License-Identifier: GPL-2.0-or-later */
/* options.h - the user's options: read-only once the work begins. */
#ifndef VRF_OPTIONS_H
#define VRF_OPTIONS_H

#include "mipro_conduct.h"
#include "mipro_decap.h"
#include "mipro_keys.h"
#include "report/format.h"

struct vrf_baseline;

/* An option that verdicts, findings or the status depend on. */
struct vrf_setting {
    const char *name;
    uint64_t hash; /* of its value */
    bool given;    /* on the command line */
};
#define VRF_MAX_SETTINGS 32u

struct vrf_options {
    const char *const *files;
    unsigned n_files;
    const struct vrf_format *format; /* of the report */
    bool quiet;
    bool follow;       /* the only capture, or directory of captures, is still being written */
    bool carry_on;     /* --continue */
    bool strict;       /* undecided cases count as faults */
    bool without_good; /* good authenticators are only counted, in every format */
    bool compact;      /* the report of a part is as in compact.h */
    bool allow_empty;  /* an input without a message is not a fault */
    unsigned threads;
    bool rules[MIPRO_RULES]; /* those that are reported */
    struct mipro_conduct_config conduct;
    struct mipro_ports ports;
    const struct mipro_keyring *ring; /* NULL: no keys */
    const char *metrics;              /* the file of --metrics, or NULL */
    struct vrf_baseline *baseline; /* NULL: none; the report marks the entries that it has seen */
    const char *write;             /* the evidence file, or NULL */
    bool write_messages;           /* the evidence includes all messages */
    const char *write_baseline;    /* a path, or NULL */
    const char *html;              /* the file of --html, or NULL */
    const char *events;            /* the folder to write events into, or NULL */
    /* Parts of the home addresses: to write events for, or to judge conduct.part of; else 0. */
    unsigned n_parts;
    struct vrf_setting settings[VRF_MAX_SETTINGS]; /* of VRF_SCOPE_JUDGEMENT, as option_table.h */
    unsigned n_settings;
    uint64_t hash; /* of all settings */
};

/* Does the report of a part leave out good authenticators that the events list (events/goods.h)? */
static inline bool
vrf_leaves_goods(const struct vrf_options *o)
{
    return o->compact && !o->without_good;
}

/* Are records needed for everything that is not good, even if nothing is printed? */
static inline bool
vrf_wants_records(const struct vrf_options *o)
{
    return !o->quiet || o->baseline != NULL || o->write_baseline != NULL || o->html != NULL ||
           o->write != NULL;
}

#endif
