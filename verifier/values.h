/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * values.h - the values of options, read from text.
 *
 * An invalid value is reported with the name of its option, and ends the program with status 2.
 */
#ifndef VRF_VALUES_H
#define VRF_VALUES_H

#include "options.h"

/* Report what is wrong with the arguments, and end the program. */
_Noreturn void vrf_reproach(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A whole number from low to high, with nothing after it. */
unsigned long vrf_parse_number(
    const char *name, const char *text, unsigned long low, unsigned long high);

/* Seconds, possibly with decimals, as nanoseconds: from one nanosecond to 366 days. */
int64_t vrf_parse_seconds(const char *name, const char *text);
/* The same; 0 is a nanosecond: then only frames with the same stamp have no order. */
int64_t vrf_parse_tolerance(const char *name, const char *text);

/* "N/S": N messages in S seconds. */
struct mipro_rate vrf_parse_rate(const char *name, const char *text);

/* The index of one of the n words. */
int vrf_parse_word(const char *name, const char *text, const char *const words[], int n);

const struct vrf_format *vrf_parse_format(const char *name, const char *text);

/* The type of an extension, but not one that another extension needs. */
uint8_t vrf_parse_warning_ext(const char *name, const char *text);

/* Add ports, separated by commas. */
void vrf_parse_ports(struct mipro_ports *ports, const char *text);

/* "a,b": only these rules.  "-a": all except this one.  Both: the named ones except "-a". */
void vrf_parse_rules(bool rules[MIPRO_RULES], const char *text);

#endif
