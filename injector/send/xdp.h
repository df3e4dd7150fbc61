/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xdp.h - many frames to one interface: an AF_XDP socket that only transmits.
 *
 * The kernel takes the frames of a batch from memory that it shares with us; on a veth pair a loop
 * that does nothing else sends some 40 % more of them than with sendmmsg(2). It copies them
 * (XDP_COPY), so any driver will do, and like a packet socket with PACKET_QDISC_BYPASS it hands
 * them to the driver directly and in order.
 */
#ifndef INJ_XDP_H
#define INJ_XDP_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>

#define INJ_XDP_FRAME 2048u /* octets; longer frames cannot be sent here */

struct inj_xdp;

/* Needs CAP_NET_RAW. NULL: the kernel has no such sockets, or we may not have one. */
struct inj_xdp *inj_xdp_open(void);
void inj_xdp_close(struct inj_xdp *x); /* NULL allowed; frames not yet taken are dropped */
/*
 * Needs no privilege, but 512 KiB of locked memory. False with errno: EBUSY if another socket
 * has the first queue of the interface, or had it some milliseconds ago.
 */
bool inj_xdp_bind(struct inj_xdp *x, unsigned interface);
/*
 * As sendmmsg(2): how many frames the kernel took, from the first on; or -1 with errno,
 * EAGAIN or ENOBUFS if it will take some later. Frames not taken must be given again. After
 * any other error the socket is of no more use; what was not taken has to go another way.
 */
int inj_xdp_send(struct inj_xdp *x, const struct iovec *frame, unsigned n);

#endif
