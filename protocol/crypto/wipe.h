/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wipe.h - wipe what functions that have returned left on the stack.
 *
 * A compiler keeps copies of keys in registers and spills them to places that no
 * explicit_bzero() reaches.  Those copies lie below the frame of the caller, which overwrites
 * them with this function.
 */
#ifndef MIPRO_WIPE_H
#define MIPRO_WIPE_H

/* Wipes 2 KiB below the caller's frame: more than any function that hashes takes. */
void mipro_wipe_stack(void);

#endif
