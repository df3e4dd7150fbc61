/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * names.h - the names of captures.  Each is kept once, until the program ends.
 *
 * Not g_intern_string(): its table of n names leaves n * n / 512 octets unused, which is 2 GB for
 * the million captures that an archive may have.
 */
#ifndef VRF_NAMES_H
#define VRF_NAMES_H

/* Equal names give the same pointer, in any thread. */
const char *vrf_name_keep(const char *name);
/* How reports in JSON show it, with quotes; the caller frees it.  Several may be shown alike. */
char *vrf_name_shown(const char *name);

#endif
