/* SPDX-License-Identifier: GPL-2.0-or-later */
/* interrupt.h - SIGINT and SIGTERM end a run after the current packet. */
#ifndef INJ_INTERRUPT_H
#define INJ_INTERRUPT_H

#include <stdbool.h>

/* From now on an interrupt ends the run instead of the program. */
void inj_catch_interrupts(void);
bool inj_interrupted(void);

#endif
