/* SPDX-License-Identifier: GPL-2.0-or-later */
/* warn.h - what the user is told on standard error. */
#ifndef VRF_WARN_H
#define VRF_WARN_H

/*
 * "mipro-verify: ..." and a line feed.  Whatever names the text holds, it is one line and
 * commands no terminal.
 */
void vrf_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same without the program's name in front and without the line feed. */
void vrf_show(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
