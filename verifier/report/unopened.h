/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unopened.h - count the frames that were not decoded, by the protocol that was not supported. */
#ifndef VRF_UNOPENED_H
#define VRF_UNOPENED_H

#include "batch.h"

struct vrf_unopened_counts {
    uint64_t *of[MIPRO_UNOPENED_KINDS]; /* 65,536 each, allocated on first use */
};

struct vrf_unopened_name {
    char *name;
    uint64_t n;
};

void vrf_unopened_add(struct vrf_unopened_counts *counts, const struct vrf_unopened *unopened);
void vrf_unopened_clear(struct vrf_unopened_counts *counts);
/* All names, each once, the most frequent first.  Free with the function below. */
struct vrf_unopened_name *vrf_unopened_list(const struct vrf_unopened_counts *counts, size_t *n);
void vrf_unopened_list_free(struct vrf_unopened_name *list, size_t n);

#endif
