/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/message.h"

#include <stdlib.h>
#include <string.h>

#include "compose/burst.h"
#include "compose/order.h"
#include "cli/session.h"

struct run {
    struct inj_session session;
    struct inj_order order;
    uint8_t mac[INJ_MAC_LEN];
    struct inj_frame frame;
};

/* The frame is built once; the octets that differ are patched into it. */
static bool
send_all(struct run *r)
{
    const bool varies = inj_order_varies(&r->order);
    struct inj_burst *burst = inj_burst_new(&r->order, &r->frame);
    const struct inj_envelope *e = &r->order.envelope;
    const struct inj_payload *p = &r->order.payload;
    bool put = true;
    int64_t time;

    for (uint64_t n = 0; put && inj_pace_next(&r->session.pace, &time); n++) {
        if (burst != NULL) {
            inj_burst_next(burst, n);
        } else if (n > 0 && varies) {
            inj_order_renew(&r->order, n);
            memcpy(r->frame.octets + r->frame.payload_off, p->octets, p->len);
            inj_frame_checksum(&r->frame, e->src, e->dst, e->protocol);
        }
        put = inj_session_put(&r->session, time, &r->frame);
    }
    inj_burst_free(burst);
    return put;
}

static enum inj_status
carry_out(struct run *r, const struct inj_options *o)
{
    struct inj_order *w = &r->order;
    enum inj_status status = inj_session_begin(&r->session, o);

    if (status != INJ_DONE)
        return status;
    w->set = r->session.set;
    w->ring = r->session.ring;
    w->seed = r->session.seed;
    w->time = inj_session_time(&r->session);
    if (!inj_order_read(w, o) || !inj_order_compose(w, o) ||
        !inj_order_frame(w, r->session.framer, &r->frame))
        return INJ_USAGE;
    if (o->command == INJ_CMD_UPDATE && w->payload.auth_def == NULL)
        inj_complain("warning: the Binding Update is not signed, so no correct node accepts it; "
                     "--keys=FILE --spi=N sign it");
    status = inj_session_open(&r->session);
    if (status != INJ_DONE)
        return status;
    /* Again, because now the interface is open whose addresses the frame gets. */
    inj_session_link(&r->session, &w->envelope, r->mac);
    if (!inj_order_frame(w, r->session.framer, &r->frame))
        return INJ_UNSENT;
    return send_all(r) ? INJ_DONE : INJ_UNSENT;
}

enum inj_status
inj_message_command(const struct inj_options *o)
{
    struct run *r = calloc(1, sizeof(*r));
    enum inj_status status;

    if (r == NULL)
        return INJ_UNSENT;
    status = inj_session_end(&r->session, carry_out(r, o));
    inj_order_free(&r->order);
    free(r);
    return status;
}
