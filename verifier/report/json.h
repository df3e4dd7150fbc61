/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json.h - what json.c and json_summary.c share. */
#ifndef VRF_REPORT_JSON_H
#define VRF_REPORT_JSON_H

#include "report/report.h"

/* The line before all records, if the report is of one part. */
void vrf_json_begin(struct vrf_report *r);
/* The lines after them: what the baseline has and the captures do not, and the summary. */
void vrf_json_end(struct vrf_report *r);
/* Another member, whose value needs no escapes; NULL: null. */
void vrf_json_word(struct vrf_out *out, const char *name, const char *word);

#endif
