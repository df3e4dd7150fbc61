/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * agree.h - options that are given to --merge must be those that the parts were made with.
 *
 * What is not given is taken from the parts.
 */
#ifndef VRF_MERGE_AGREE_H
#define VRF_MERGE_AGREE_H

#include "merge/part.h"
#include "options.h"

/* False: they are not, which was reported, with the path of a part. */
bool vrf_agrees(const struct vrf_parts *parts, const struct vrf_options *o, const char *path);

#endif
