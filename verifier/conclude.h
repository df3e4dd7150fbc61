/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conclude.h - conclude a message whose verdicts are final: count them, and make records of its
 * authenticators and findings.
 */
#ifndef VRF_CONCLUDE_H
#define VRF_CONCLUDE_H

#include "batch.h"

/* Where the results of one settler go. */
struct vrf_conclusion {
    const struct vrf_options *o;
    bool wants_records;      /* vrf_wants_records() */
    bool lists_good;         /* good authenticators are records, too */
    bool leaves_goods;       /* vrf_leaves_goods() */
    bool traces;             /* messages leave traces */
    struct vrf_tally *tally; /* of the batch that is being settled, ... */
    struct vrf_share *share; /* ... and what the settler makes of it */
    uint64_t *weak;          /* by association: the frame of the first key-weak, 0 if none */
    struct mipro_clock_difference refused; /* by the message that conduct saw last */
};

void vrf_conclude_record(struct vrf_conclusion *c, const struct vrf_record *record);
/*
 * Record a finding; message is NULL for a finding of conduct, which is about several messages.
 * weak: the association of key-weak, otherwise NULL.
 */
void vrf_conclude_finding(struct vrf_conclusion *c, const struct vrf_message *message,
    const struct mipro_finding *finding, const struct mipro_association *weak);
/* Conclude a message that may need records. */
void vrf_conclude_closely(struct vrf_conclusion *c, const struct vrf_message *message,
    const struct mipro_auth *auths, const struct mipro_finding *findings);

/* Do the events list the only authenticator of the message as it would be recorded? */
static inline bool
vrf_is_listed(const struct vrf_conclusion *c, const struct vrf_message *message,
    const struct mipro_auth *auths)
{
    return c->leaves_goods && message->listed && auths->verdict == MIPRO_GOOD &&
           message->copy_of == 0 && c->refused.of == MIPRO_CLOCK_UNKNOWN;
}

/* Conclude an own message, with its authenticators and findings. */
static inline void
vrf_conclude(struct vrf_conclusion *c, const struct vrf_message *message,
    const struct mipro_auth *auths, const struct mipro_finding *findings)
{
    if (message->n_findings != 0 || message->n_auth != 1 ||
        (c->wants_records && !vrf_is_listed(c, message, auths)))
        vrf_conclude_closely(c, message, auths, findings);
    else
        vrf_tally_verdict(c->tally, auths->verdict);
}

#endif
