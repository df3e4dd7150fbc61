/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command `scenario`.
 */
#include <stdlib.h>
#include <string.h>

#include "scenario/scenario.h"
#include "cli/session.h"

struct run {
    struct inj_session session;
    struct inj_scenario scenario;
    struct inj_frame frame;
};

/* Replace the link addresses, which in a file are derived from the IP addresses, by the
 * interface's. */
static void
patch_link(struct run *r, const struct inj_event *event)
{
    struct inj_envelope e = { .dst = event->next_hop };
    uint8_t mac[INJ_MAC_LEN], group[INJ_MAC_LEN];

    inj_session_link(&r->session, &e, mac);
    if (e.src_mac == NULL)
        return;
    memcpy(r->frame.octets + INJ_MAC_LEN, e.src_mac, INJ_MAC_LEN);
    inj_mac_of(event->next_hop, group);
    memcpy(r->frame.octets, e.dst_mac != NULL ? e.dst_mac : group, INJ_MAC_LEN);
}

static enum inj_status
play(struct run *r)
{
    for (size_t i = 0; i < r->scenario.n_events; i++) {
        const struct inj_event *event = &r->scenario.events[i];

        if (!inj_pace_until(&r->session.pace, event->at))
            return INJ_UNSENT;
        memcpy(r->frame.octets, event->octets, event->len);
        r->frame.len = event->len;
        patch_link(r, event);
        if (!inj_session_put(&r->session, r->session.pace.start + event->at, &r->frame))
            return INJ_UNSENT;
    }
    return INJ_DONE;
}

static enum inj_status
carry_out(struct run *r, const struct inj_options *o)
{
    enum inj_status status = inj_session_begin(&r->session, o);
    struct inj_stage stage;

    if (status != INJ_DONE)
        return status;
    if (o->n_operands != 1) {
        inj_complain("scenario: one file at a time, not %zu", o->n_operands);
        return INJ_USAGE;
    }
    stage = (struct inj_stage){ .set = r->session.set,
        .has_draft = inj_given(o, INJ_OPT_DRAFT),
        .has_warning_ext = inj_given(o, INJ_OPT_WARNING_EXT),
        .ring = r->session.ring,
        .keys = o->value[INJ_OPT_KEYS].text,
        .seed = r->session.seed,
        .start = inj_session_time(&r->session),
        .may_open = true };
    if (!inj_scenario_load(&r->scenario, o->operands[0], &stage))
        return INJ_USAGE;
    status = inj_session_open(&r->session);
    return status == INJ_DONE ? play(r) : status;
}

enum inj_status
inj_scenario_command(const struct inj_options *o)
{
    struct run *r = calloc(1, sizeof(*r));
    enum inj_status status;

    if (r == NULL)
        return INJ_UNSENT;
    status = inj_session_end(&r->session, carry_out(r, o));
    inj_scenario_free(&r->scenario);
    free(r);
    return status;
}
