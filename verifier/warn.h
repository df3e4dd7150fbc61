/* SPDX-License-Identifier: GPL-2.0-or-later */
/* warn.h - messages to the user on standard error. */
#ifndef VRF_WARN_H
#define VRF_WARN_H

/*
 * Print "mipro-verify: ..." and a line feed.  The text is escaped: whatever names it contains, it
 * is one line without control characters.
 */
void vrf_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same without the program's name and without the line feed. */
void vrf_show(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
