/* SPDX-License-Identifier: GPL-2.0-or-later */
/* temporary.h - what does not fit in memory, or must be read twice: unnamed files in TMPDIR. */
#ifndef VRF_TEMPORARY_H
#define VRF_TEMPORARY_H

#include <stdio.h>

/* An empty file to write and read, without a name.  On error NULL, with errno set. */
FILE *vrf_temporary(void);
/* Report that such a file failed, and where it is: the disk may be another than that of any output.
 */
void vrf_temporary_failed(int error);

#endif
