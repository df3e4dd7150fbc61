/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * waiting.h - the messages that wait for another message, keyed by what that one will contain.
 *
 * Each message is looked up about five times and entered three times, and most are answered
 * soon: so there is one table for all kinds, and its entries come from slabs and are reused.
 * All memory has the scope of the open file.
 */
#ifndef MIPRO_WAITING_H
#define MIPRO_WAITING_H

#include "packet-mipro.h"

enum mipro_wait_kind {
    WAITS_FOR_UPDATE,      /* a Binding Request */
    WAITS_FOR_ACKNOWLEDGE, /* a Binding Update with A */
    WAITS_FOR_ANY_IDENT,   /* the same, whatever the identification */
    WAITS_FOR_HANDOFF,     /* the same, whoever sent it: the mobile node is answered (8.1) */
    WAITS_FOR_REPLY,       /* a Registration Request */
    WAITS_AS_WARNING,      /* a target of a Binding Warning */
    WAITS_AS_PFAN,         /* a PFAN and its copies: the latest to an agent */
    ASKED_BY_PFAN,         /* a PFAN and its copies, by its identification */
    LAST_SENT,             /* the message that went this way last, for retransmissions */
    WAIT_KINDS
};

struct mipro_wait_key {
    uint64_t ident;    /* 0 where it does not matter; of LAST_SENT the type */
    uint32_t from, to; /* the answer goes from "to" to "from"; from is 0 where it does not matter */
    uint32_t homeaddr;
    uint32_t kind;
};

/* A message that waits, followed by its retransmissions. Fits into a cache line. */
struct mipro_waiting {
    struct mipro_waiting *chain;       /* the table's */
    struct mipro_waiting *next, *last; /* last: of the first one only, so that many cost no more */
    struct mipro_record *record;
    union {
        int64_t sent;                /* MIPRO_TIME_NONE: not known */
        uint64_t octets;             /* of LAST_SENT: their hash */
        struct mipro_waiting *asked; /* of WAITS_AS_PFAN: its ASKED_BY_PFAN */
    } u;
    struct mipro_wait_key key;
};

/* The first message that waits under key, or NULL. */
struct mipro_waiting *mipro_waiting_find(const struct mipro_wait_key *key);
/* Enter record under key, replacing all that waited there. */
struct mipro_waiting *mipro_waiting_put(
    const struct mipro_wait_key *key, struct mipro_record *record);
/* Append record to the messages that wait together with first. */
void mipro_waiting_append(struct mipro_waiting *first, struct mipro_record *record);
/* Remove all that waits under key. */
void mipro_waiting_forget(const struct mipro_wait_key *key);
/* Good enough where both ends, type and home address are equal already. */
uint64_t mipro_hash_octets(const uint8_t *octets, size_t len);
void mipro_register_waiting(void);

#endif
