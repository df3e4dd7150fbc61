/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * waiting.h - messages that another one is looked for by: the last that went each way, and Binding
 * Warning extensions by their targets.
 *
 * Each message is looked up twice.  The entries of one table come from slabs and are reused.  All
 * memory has the scope of the open file.
 */
#ifndef MIPRO_WAITING_H
#define MIPRO_WAITING_H

#include "packet-mipro.h"

enum mipro_wait_kind {
    WAITS_AS_WARNING, /* a target of a Binding Warning extension: from the home agent to it */
    LAST_SENT,        /* the message of a type that went this way last, for retransmissions */
    WAIT_KINDS
};

struct mipro_wait_key {
    uint32_t from, to;
    uint32_t homeaddr;
    uint16_t type, kind;
};

struct mipro_waiting {
    struct mipro_waiting *chain; /* the table's */
    struct mipro_record *record;
    uint64_t octets; /* of LAST_SENT: their hash */
    struct mipro_wait_key key;
};

/* What waits under key, or NULL. */
struct mipro_waiting *mipro_waiting_find(const struct mipro_wait_key *key);
/* Enter record under key, in place of what was there. */
struct mipro_waiting *mipro_waiting_put(
    const struct mipro_wait_key *key, struct mipro_record *record);
void mipro_waiting_forget(const struct mipro_wait_key *key);
/* A hash, good enough where both ends, type and home address are equal already. */
uint64_t mipro_hash_octets(const uint8_t *octets, size_t len);
void mipro_register_waiting(void);

#endif
