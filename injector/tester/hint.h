/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hint.h - what may be the cause where a node refuses a good message, and which option helps. */
#ifndef INJ_HINT_H
#define INJ_HINT_H

#include "tester/answers.h"

/*
 * "; the lifetime is too long, --lifetime=300 is not", of a Registration Reply; "" if unknown.
 * is_authentic: its own authenticator is good.
 */
struct inj_text inj_reply_hint(
    const struct inj_bench *bench, const struct mipro_message *reply, bool is_authentic);
/* The same, of a Binding Acknowledge. */
struct inj_text inj_ack_hint(const struct mipro_message *ack, bool is_authentic);

#endif
