/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "waiting.h"

#include <glib.h>

struct waiting {
    struct vrf_message message; /* its payload and auths are copies */
    struct mipro_auth *auths;
    uint8_t *octets;
};

struct vrf_waiting {
    GHashTable *by_frame;
};

static void
free_waiting(gpointer p)
{
    struct waiting *w = p;

    g_free(w->auths);
    g_free(w->octets);
    g_free(w);
}

struct vrf_waiting *
vrf_waiting_new(void)
{
    struct vrf_waiting *w = g_new(struct vrf_waiting, 1);

    w->by_frame = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, free_waiting);
    return w;
}

void
vrf_waiting_free(struct vrf_waiting *w)
{
    g_hash_table_destroy(w->by_frame);
    g_free(w);
}

void
vrf_waiting_add(
    struct vrf_waiting *w, const struct vrf_message *message, const struct mipro_auth *auths)
{
    struct waiting *one = g_new(struct waiting, 1);

    one->message = *message;
    one->octets = g_memdup2(message->m.buf, message->m.captured);
    one->message.m.buf = one->octets;
    one->auths = g_memdup2(auths, message->n_auth * sizeof(struct mipro_auth));
    g_hash_table_replace(w->by_frame, &one->message.frame, one);
}

/* Conduct changed verdicts on extensions other than the PFAN. */
static void
take_verdicts(struct waiting *one, const struct mipro_event *event)
{
    for (uint32_t i = 0; event->rejudged && i < event->n_auth && i < one->message.n_auth; i++)
        if (event->auth[i].ext != MIPRO_EXT_PFAN)
            one->auths[i] = event->auth[i];
}

void
vrf_waiting_tell(
    struct vrf_waiting *w, const struct vrf_message *message, const struct mipro_event *event)
{
    struct waiting *one = g_hash_table_lookup(w->by_frame, &message->frame);

    if (one == NULL)
        return;
    one->message.copy_of = message->copy_of;
    take_verdicts(one, event);
}

void
vrf_waiting_conclude(struct vrf_waiting *w, struct vrf_conclusion *c, uint64_t frame,
    const struct mipro_auth *auth, const struct mipro_event *seen)
{
    struct waiting *one = g_hash_table_lookup(w->by_frame, &frame);
    struct mipro_finding findings[MIPRO_RULES_ON_ONE];
    struct mipro_evidence ev;

    if (one == NULL)
        return;
    /* The verdict comes at once, before vrf_waiting_tell(). */
    if (seen != NULL && seen->frame == frame) {
        one->message.copy_of = seen->copy_of;
        take_verdicts(one, seen);
    }
    for (uint32_t i = 0; auth != NULL && i < one->message.n_auth; i++)
        if (one->auths[i].ext == MIPRO_EXT_PFAN && one->auths[i].off == auth->off)
            one->auths[i] = *auth;
    ev = vrf_evidence(&one->message, one->auths);
    one->message.n_findings = (uint32_t)mipro_rules_check(&ev, findings);
    vrf_conclude(c, &one->message, one->auths, findings);
    for (uint32_t i = 0; i < one->message.n_findings; i++)
        mipro_finding_clear(&findings[i]);
    g_hash_table_remove(w->by_frame, &frame);
}
