/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ties.h - what answers what, where the rules do not say: a question or an answer that is unproven
 * changes nothing for them, but the user wants to see what it belongs to.
 *
 * An answer goes back between the ends of its question, about the same home address, with the same
 * identification.  Nothing is judged by it.  Memory is constant: an old question is dropped for a
 * new one.
 */
#ifndef MIPRO_CONDUCT_TIES_H
#define MIPRO_CONDUCT_TIES_H

#include "mipro_conduct.h"

struct ties {
    struct question *questions; /* NULL until there is one */
    uint64_t tied;              /* the frame of the last answer that the rules tied */
};

void mipro_ties_free(struct ties *ties);
/* Remember what the message asks. */
void mipro_ties_ask(struct ties *ties, const struct mipro_event *ev);
/* The frame of the question that the message answers, which is no longer open; or 0. */
uint64_t mipro_ties_answer(struct ties *ties, const struct mipro_event *ev, enum mipro_tie *tie);

#endif
