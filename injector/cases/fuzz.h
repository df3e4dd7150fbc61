/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz.h - mutations of good messages, each reproducible from seed and number.
 *
 * A mutation is a recipe like those of the catalogue, generated at random:
 * so it damages structure (lengths, extensions, fields), before or after the
 * message is signed, and not just octets.
 */
#ifndef INJ_FUZZ_H
#define INJ_FUZZ_H

#include "cases/case.h"

/* The recipe of mutation number of this seed. */
void inj_fuzz_step(uint64_t seed, uint64_t number, struct inj_step *step);

enum inj_status inj_fuzz_command(const struct inj_options *o);

#endif
