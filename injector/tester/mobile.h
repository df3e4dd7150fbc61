/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mobile.h - the Registration Requests that a mobile node sends after our advertisements. */
#ifndef INJ_MOBILE_H
#define INJ_MOBILE_H

#include "tester/trial.h"

/* Remember the care-of addresses that an advertisement of ours offers. */
void inj_note_offers(struct inj_bench *bench, const uint8_t *icmp, size_t len);

/*
 * Its fields, by RFC 2002 3.6.1: a care-of address that was offered, sent to the agent that offers
 * it, for no longer than the agent allows.  Its authenticator is not judged here.
 */
struct inj_judgement inj_judge_request(const struct inj_bench *bench, const struct inj_trial *trial,
    const struct inj_answer *a, const struct mipro_message *request);

/*
 * A request for a care-of address that this advertisement is the first to offer, with the
 * identification of an earlier request; NULL: there is none.
 */
const struct inj_answer *inj_find_stale_request(
    const struct inj_bench *bench, const struct inj_trial *trial);

#endif
