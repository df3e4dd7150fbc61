/* SPDX-License-Identifier: GPL-2.0-or-later */
/* options.h - what the user asked for: read-only once the work begins. */
#ifndef VRF_OPTIONS_H
#define VRF_OPTIONS_H

#include "mipro_conduct.h"
#include "mipro_decap.h"
#include "mipro_keys.h"
#include "report/format.h"

struct vrf_baseline;

struct vrf_options {
    const char *const *files;
    unsigned n_files;
    const struct vrf_format *format; /* of the report */
    bool quiet;
    bool follow;      /* the only capture, or directory of such, is still being written */
    bool carry_on;    /* --continue */
    bool strict;      /* what could not be decided counts as a fault */
    bool allow_empty; /* an input without a message is in order */
    unsigned threads;
    bool rules[MIPRO_RULES]; /* those that are reported */
    struct mipro_conduct_config conduct;
    struct mipro_ports ports;
    const struct mipro_keyring *ring; /* NULL: no keys */
    const char *metrics;              /* where --metrics writes, or NULL */
    struct vrf_baseline *baseline;    /* NULL: none; the report marks what it has seen of it */
    const char *write;                /* where the evidence goes, or NULL */
    bool write_messages;              /* it has all messages */
    const char *write_baseline;       /* a path, or NULL */
    const char *html;                 /* where --html writes, or NULL */
    const char *events;               /* the folder to write events into, or NULL */
    unsigned n_parts; /* of the home addresses: to write events for, or conduct.part of which to
                         judge; else 0 */
};

/* Must records be made of what is not good even if nothing is printed? */
static inline bool
vrf_wants_records(const struct vrf_options *o)
{
    return !o->quiet || o->baseline != NULL || o->write_baseline != NULL || o->html != NULL ||
           o->write != NULL;
}

#endif
