/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * forged.h - forged Binding Updates that the node may still accept after their case was judged.
 *
 * inj_note_lateness() finds the acknowledge, and sets accepted_late of the tester.
 */
#ifndef INJ_FORGED_H
#define INJ_FORGED_H

#include "tester/tester.h"

/* The trial was just sent, with an identification: remember it if it is forged. */
void inj_note_forged(struct inj_tester *t, const struct inj_case *c, const struct inj_trial *trial);
/* Is any remembered? */
bool inj_has_forged(const struct inj_tester *t);
/* The case failed: that the node accepts its message once more is not another fault. */
void inj_forget_forged(struct inj_tester *t, const char *id);
/*
 * The node has accepted one late, of this case or an earlier one.  The acknowledge has its
 * identification and a good authenticator: no other message explains it.
 */
struct inj_judgement inj_blame_late_acceptance(struct inj_tester *t);

#endif
