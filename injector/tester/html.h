/* SPDX-License-Identifier: GPL-2.0-or-later */
/* html.h - a run as an HTML page. */
#ifndef INJ_HTML_H
#define INJ_HTML_H

#include "tester/points.h"

/* False if it could not be written. */
bool inj_html_write(
    FILE *file, const struct inj_bench *bench, const struct inj_point *points, size_t n);

#endif
