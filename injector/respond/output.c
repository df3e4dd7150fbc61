/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * output.c - outgoing messages.
 *
 * A message is composed, changed by a fault, signed, changed again, and sent, so that no role
 * needs code for what a fault does to its messages.
 */
#include "respond/parts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#define UNKNOWN_SPI 0x00abcdefu
#define OTHER_PORT 4434u

void
inj_begin(struct inj_responder *r, struct inj_outgoing *o, uint8_t type)
{
    const enum mipro_source source =
        type >= MIPRO_BINDING_WARNING ? MIPRO_SOURCE_DRAFT : MIPRO_SOURCE_BASE;

    o->type = type;
    o->b = mipro_build(o->octets, sizeof(o->octets), mipro_msg_def(type, source), &r->set);
}

static void
hold_back(struct inj_responder *r, const uint8_t *octets, size_t n, uint32_t dst, uint16_t port)
{
    for (size_t i = 0; i < INJ_MAX_LATE && n <= INJ_MAX_OUT; i++) {
        struct inj_late *late = &r->late[i];

        if (late->used)
            continue;
        *late = (struct inj_late){ .used = true,
            .due = r->now + (int64_t)r->fault->arg * (MIPRO_SECOND / 1000),
            .dst = dst,
            .port = port,
            .len = n };
        memcpy(late->octets, octets, n);
        return;
    }
}

static void
transmit(struct inj_responder *r, uint32_t dst, uint16_t port, const uint8_t *octets, size_t n)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };

    if (port == 0)
        return; /* no answer can be sent to port 0 */
    to.sin_addr.s_addr = htonl(dst);
    /* An ICMP error reported here is about an earlier answer, not about this one. */
    if (sendto(r->udp, octets, n, 0, (struct sockaddr *)&to, sizeof(to)) < 0 &&
        errno != ECONNREFUSED)
        inj_complain("%s: %s", mipro_dotted(dst).s, strerror(errno));
}

void
inj_send_late(struct inj_responder *r)
{
    for (size_t i = 0; i < INJ_MAX_LATE; i++) {
        struct inj_late *late = &r->late[i];

        if (!late->used || late->due > r->now)
            continue;
        late->used = false;
        transmit(r, late->dst, late->port, late->octets, late->len);
    }
}

/* Send a finished message; octets has space for room octets. */
static void
dispatch(struct inj_responder *r, uint8_t type, bool is_signed, uint8_t *octets, size_t n,
    size_t room, uint32_t dst, uint16_t port)
{
    const struct inj_fault *f = r->fault;

    if (is_signed)
        inj_fault_change(f, type, true, octets, n);
    if (f->kind == INJ_FAULT_LENGTH && f->about == type) {
        if (f->at > 0 && (size_t)f->at <= room - n)
            memset(octets + n, 0, (size_t)f->at);
        if (f->at > 0 ? (size_t)f->at <= room - n : (size_t)-f->at <= n)
            n = (size_t)((long)n + f->at);
    }
    if (inj_fault_sends(f, type, INJ_NOT_SENT))
        return;
    if (inj_fault_sends(f, type, INJ_SENT_TO_434))
        port = MIPRO_PORT;
    if (inj_fault_sends(f, type, INJ_SENT_TO_OTHER_PORT))
        port = OTHER_PORT;
    if (inj_fault_sends(f, type, INJ_SENT_TO_OTHER_NODE))
        dst ^= 4;
    if (inj_fault_sends(f, type, INJ_SENT_LATE)) {
        hold_back(r, octets, n, dst, port);
        return;
    }
    transmit(r, dst, port, octets, n);
    if (inj_fault_sends(f, type, INJ_SENT_TWICE))
        transmit(r, dst, port, octets, n);
}

void
inj_finish(struct inj_responder *r, struct inj_outgoing *o, const struct inj_signer *by,
    uint32_t dst, uint16_t port)
{
    const struct inj_fault *f = r->fault;
    const bool unknown_spi = inj_fault_sends(f, o->type, INJ_SENT_WITH_OTHER_SPI);
    const bool is_signed =
        by != NULL && by->association != NULL && !inj_fault_sends(f, o->type, INJ_SENT_UNSIGNED);

    inj_fault_change(f, o->type, false, o->octets, o->b.len);
    if (inj_fault_sends(f, o->type, INJ_SENT_WITH_UNKNOWN_EXT))
        mipro_put_ext(&o->b, (uint8_t)f->arg);
    if (is_signed) {
        unsigned times = inj_fault_sends(f, o->type, INJ_SENT_SIGNED_TWICE) ? 2 : 1;

        for (unsigned i = 0; i < times; i++)
            mipro_put_auth(
                &o->b, by->ext, by->association, by->node, unknown_spi ? UNKNOWN_SPI : by->spi);
    }
    if (!o->b.failed)
        dispatch(r, o->type, is_signed, o->octets, o->b.len, sizeof(o->octets), dst, port);
}

void
inj_pass_on(struct inj_responder *r, uint8_t type, const uint8_t *octets, size_t n, uint32_t dst,
    uint16_t port)
{
    static uint8_t copy[INJ_MAX_DATAGRAM];

    if (n > sizeof(copy))
        return;
    memcpy(copy, octets, n);
    inj_fault_change(r->fault, type, false, copy, n);
    dispatch(r, type, true, copy, n, sizeof(copy), dst, port);
}
