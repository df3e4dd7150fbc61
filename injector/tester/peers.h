/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * peers.h - the nodes that the tested node talks to: home agent, mobile node, correspondent,
 * previous agent.  The tester plays them all, and so sends the answers that the node may wait for.
 */
#ifndef INJ_PEERS_H
#define INJ_PEERS_H

#include "tester/talk.h"

/* Answer the requests among what has arrived since the last call, and note what it reveals. */
void inj_serve(struct inj_exchange *x);

/*
 * After an exchange: which nonce does the node expect next (4.3)?  If it asks for one, tell it.
 * quietly: the packet was to be accepted without an answer.
 */
void inj_follow_nonce(struct inj_tester *t, const struct inj_packet *packet,
    const struct inj_trial *trial, bool quietly);

#endif
