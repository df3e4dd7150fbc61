/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compat.h - all differences between Wireshark 4.0, 4.2, 4.4 and 4.6 that affect this
 * plugin, so that the other files are written for the newest version only.
 * Built and tested on 4.0, 4.4 and 4.6; for 4.2 only its interface was compared.
 */
#ifndef MIPRO_COMPAT_H
#define MIPRO_COMPAT_H

#include <ws_version.h>

#define MIPRO_WIRESHARK (WIRESHARK_VERSION_MAJOR * 100 + WIRESHARK_VERSION_MINOR)

/* 4.0 installs ws_posix_compat.h without the config.h that defines HAVE_SSIZE_T. */
#if MIPRO_WIRESHARK < 402 && !defined(HAVE_SSIZE_T)
#define HAVE_SSIZE_T 1
#endif

#include <wireshark.h>
#include <epan/packet.h>

/* GLib's boolean was replaced by C's in callbacks and preference variables. */
#if MIPRO_WIRESHARK < 404
#define ws_bool gboolean
#else
#include <stdbool.h>
#define ws_bool bool
#endif

/* Subtree indices had to be initialized to -1. */
#if MIPRO_WIRESHARK < 404
#define ETT_INIT -1
#else
#define ETT_INIT 0
#endif

/* UNS() marks the string table of a unit, which used to be a plain pointer. */
#if MIPRO_WIRESHARK >= 404
#include <epan/unit_strings.h>
#endif

#endif
