/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conduct/doubted.h"

#include "conduct/nodes.h"

#include <stdlib.h>
#include <string.h>

bool
mipro_doubted_waits(const struct mipro_message *m)
{
    return mipro_message_acts(m) &&
           (m->def->type != MIPRO_REGISTRATION_REPLY || !mipro_conduct_names_node(m));
}

bool
mipro_doubted_keep(struct doubted *d, struct shard *s, const struct view *v, bool pfan)
{
    const size_t size = v->ev->n_auth * sizeof(struct mipro_auth);
    uint8_t *octets;

    d->auth = malloc(size + v->m->captured);
    if (d->auth == NULL)
        return false;
    octets = (uint8_t *)d->auth + size;
    memcpy(d->auth, v->ev->auth, size);
    memcpy(octets, v->m->buf, v->m->captured);
    d->frame = v->ev->frame;
    d->shard = s;
    d->pfan = pfan;
    d->view = *v;
    d->event = *v->ev;
    d->message = *v->m;
    d->elsewhere = *v->elsewhere;
    d->message.buf = octets;
    d->event.message = d->view.m = &d->message;
    d->event.auth = d->auth;
    d->event.ahead = NULL;
    d->view.ev = &d->event;
    d->view.elsewhere = &d->elsewhere;
    return true;
}

void
mipro_doubted_see(struct doubted *d, const struct mipro_times *t, int64_t now)
{
    shard_advance(d->shard, t);
    d->view.now = now;
    if (d->shard->nodes != NULL)
        mipro_nodes_act(d->shard, &d->view, d->pfan);
    else
        mipro_shard_act(d->shard, &d->view, d->pfan);
}

void
mipro_doubted_end(struct doubted *d)
{
    free(d->auth);
    d->auth = NULL;
    d->frame = 0;
}
