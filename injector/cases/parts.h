/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * case_parts.h - what the interpreter of recipes is made of; nobody else includes it.
 *
 *   case.c         the good message of each kind, a step, a case
 *   case_recipe.c  what each operation does to it
 *   case_frames.c  the frames of the packet that comes of it
 */
#ifndef INJ_CASE_PARTS_H
#define INJ_CASE_PARTS_H

#include "cases/case.h"

#define MAX_TARGETS 365u

/* How the next signature differs. */
struct inj_signature {
    bool has_spi;
    uint32_t spi;
    bool flips_spi, flips_algorithm, body_only;
};

struct inj_maker {
    struct inj_world *w;
    inj_packet_fn *fn;
    void *ctx;
    unsigned step;
    unsigned attempt; /* of a search for octets that OP_BALANCE or OP_OVERRUN want */
    uint64_t ident;   /* of the step: the same in each attempt */

    struct inj_content content;
    uint32_t targets[MAX_TARGETS];
    uint32_t pfan_agent, pfan_care_of;
    struct inj_signature signature;
    struct inj_packet packet;
    unsigned repeat, round; /* packets of the step, and which of them it is */
    bool sweeps;            /* they share one identification */
    bool composed, resend, balance, overrun;
    struct inj_payload payload;
    size_t former_len;
    uint8_t former[INJ_PAYLOAD_MAX]; /* the payload of the step before */
};

uint32_t inj_resolve(const struct inj_world *w, uint64_t arg);
uint64_t inj_next_time_ident(struct inj_world *w, int64_t shift);
void inj_set_targets(struct inj_maker *k, size_t n, uint32_t first, bool same);
/* Compose the message, if that is not done. */
bool inj_compose_step(struct inj_maker *k);

/* Operations on what the message shall say, and where it goes; false: not one of these. */
bool inj_run_on_content(struct inj_maker *k, const struct inj_op *op);
/* Operations on its octets; false: the recipe does not fit the message. */
bool inj_run_on_octets(struct inj_maker *k, const struct inj_op *op);

#endif
