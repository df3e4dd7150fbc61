/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/format.h"

const struct vrf_format *const vrf_formats[VRF_FORMATS] = {
    &vrf_text_format,
    &vrf_json_format,
    &vrf_junit_format,
    &vrf_sarif_format,
};
