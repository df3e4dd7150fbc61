/* SPDX-License-Identifier: GPL-2.0-or-later */
/* control.h - the good messages around a case, and waiting for the rate limits of the node. */
#ifndef INJ_CONTROL_H
#define INJ_CONTROL_H

#include "tester/talk.h"

/* Set the time of the next message: now, or that of a file, and always after the last one. */
void inj_wind_clock(struct inj_tester *t);

/* The number of Binding Updates received within the interval of the rate limit. */
size_t inj_count_recent(const struct inj_tester *t, int64_t *oldest);
/* An answer that the node's rate limit holds back would prove nothing: wait for room. */
void inj_wait_for_room(struct inj_tester *t);
/* A foreign agent need not deny a request within a second of its last denial: wait that long. */
void inj_wait_for_denial(struct inj_tester *t);

/* Send the good message that a live node of this role answers, up to tries times until it does. */
struct inj_control inj_play_control(struct inj_tester *t, unsigned tries);

/* Delete the entry that a control has created, if it would hide the effect of the case. */
void inj_delete_entry(struct inj_tester *t);

#endif
