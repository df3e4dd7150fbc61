/* SPDX-License-Identifier: GPL-2.0-or-later */
/* await.h - waiting for the answers to a message. */
#ifndef INJ_AWAIT_H
#define INJ_AWAIT_H

#include "tester/talk.h"

/* Listen until an answer decides, or the wait is over; serve the requests in the answers. */
void inj_listen_for(struct inj_exchange *x, int64_t wait);

#endif
