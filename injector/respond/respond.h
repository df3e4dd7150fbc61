/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * respond.h - a reference node to run the tester against.
 *
 * It plays one role at one address and does what `mipro-inject cases` expects of an
 * implementation.  A fault makes it do exactly one thing wrong; the
 * table of faults is in fault.c.  It keeps a binding cache, replay protection as the
 * association requires it (timestamps of RFC 2002 5.6, nonces of the draft's 4.3), and
 * the rate limits of 7.1 and 8.3.
 *
 * It answers what it receives and starts nothing by itself, except that a mobile node
 * registers when it receives an advertisement and retransmits until it is answered.
 */
#ifndef INJ_RESPOND_H
#define INJ_RESPOND_H

#include "cli/options.h"
#include "respond/fault.h"

struct inj_respond_setup {
    enum inj_role role;
    const struct inj_fault *fault; /* never NULL */
    uint32_t address;              /* the node's own */
    uint32_t netmask;              /* of the network that the address is on */
    uint32_t home;                 /* the mobile node that it serves or is */
    uint32_t agent;                /* a mobile node's home agent */
    const struct mipro_keyring *ring;
    struct mipro_settings set;
    unsigned rate_limit;   /* messages to one node about one binding ... */
    int64_t rate_interval; /* ... in this many nanoseconds */
    int64_t window;        /* nanoseconds by which a timestamp may differ from the clock */
    double revive;         /* seconds until a node that crashed because of its fault restarts */
};

/*
 * Serve until a signal ends the process.  Returns only if a socket cannot be opened, after
 * reporting why.
 */
enum inj_status inj_respond(const struct inj_respond_setup *setup);

/* commands/respond.c */
enum inj_status inj_respond_command(const struct inj_options *o);

#endif
