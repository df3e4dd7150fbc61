/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sum.h - add up the summaries of all parts. */
#ifndef VRF_MERGE_SUM_H
#define VRF_MERGE_SUM_H

#include "merge/slice.h"
#include "pipeline.h"
#include "report/out.h"

struct vrf_sum;
struct vrf_sum *vrf_sum_new(void);
void vrf_sum_free(struct vrf_sum *s);
/* Add a summary.  False: it is not a summary. */
bool vrf_sum_add(struct vrf_sum *s, struct vrf_slice summary);
/* Add n to one number of one of its objects. */
void vrf_sum_count(struct vrf_sum *s, const char *object, const char *name, int64_t n);
/* Write it as a record. */
void vrf_sum_put(const struct vrf_sum *s, struct vrf_out *out);
/* Set the result, which determines the exit status; strict: undecided cases count as faults. */
void vrf_sum_judge(const struct vrf_sum *s, bool strict, struct vrf_result *result);

#endif
