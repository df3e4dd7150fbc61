/* SPDX-License-Identifier: GPL-2.0-or-later */
/* talk.h - sending to the tested node and receiving its answers, for play.c and tester.c. */
#ifndef INJ_TALK_H
#define INJ_TALK_H

#include "tester/tester.h"

/* A good message that is not in the catalogue: a recipe of up to three operations. */
struct inj_recipe {
    struct inj_step step;
    struct inj_case c;
};

void inj_write_recipe(struct inj_recipe *r, enum inj_target target, uint8_t message,
    const struct inj_op *ops, size_t n);
enum inj_target inj_target_of(enum inj_role role);

/* Ask the link for the node's MAC address, unless the kernel knows it or it is given. */
void inj_resolve_node(struct inj_tester *t);

/* Send a frame, a complete one (an inj_frame_fn; ctx is the tester). */
bool inj_put_frame(void *ctx, const uint8_t *frame, size_t len);
/* Add a complete message to the transcript of its case, and print it as a comment. */
void inj_show(const struct inj_tester *t, bool sent, const struct inj_answer *a);

uint32_t inj_outermost_dst(const struct inj_envelope *e);
/* Send the packet, if its destination is allowed. */
bool inj_send_packet(struct inj_tester *t, const struct inj_packet *packet);
/* If it is a registration that a home agent granted: when does it end? */
void inj_learn_grant(struct inj_tester *t, const struct inj_trial *trial);
/* inj_send_packet() as an inj_packet_fn; ctx is the tester. */
bool inj_just_send(void *ctx, const struct inj_packet *packet);
void inj_send_recipe(struct inj_tester *t, uint8_t message, const struct inj_op *ops, size_t n);

/* An exchange: what was sent, and when to stop waiting. */
struct inj_exchange {
    struct inj_tester *t;
    const struct inj_case *c; /* NULL: a control */
    struct inj_trial trial;
    size_t served, served_asked; /* how many answers and ARP requests were served */
};

struct inj_trial inj_trial_of(const struct inj_tester *t, const struct inj_packet *packet);
void inj_forget(struct inj_tester *t);
/* If it answers one of the first `before` messages of the run: how late is it? */
void inj_note_lateness(struct inj_tester *t, const struct inj_answer *a, size_t before);
/* Discard late answers. */
void inj_drain(struct inj_tester *t);
void inj_drain_until(struct inj_tester *t, int64_t until);

#endif
