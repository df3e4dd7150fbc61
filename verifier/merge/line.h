/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * line.h - a line of JSON, as slices of its text.
 *
 * For lines that mipro-verify wrote itself: an object, whose members are looked up by name.  In a
 * line that does not parse nothing is found.
 */
#ifndef VRF_MERGE_LINE_H
#define VRF_MERGE_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A value, as it stands in the text; octets NULL: there is none. */
struct vrf_slice {
    const char *octets;
    size_t n;
};

/* The value of a member. */
struct vrf_slice vrf_line_find(struct vrf_slice object, const char *name);
/* The next member of an object, or element of an array, from *at on, which begins as 0. */
bool vrf_line_member(
    struct vrf_slice object, size_t *at, struct vrf_slice *name, struct vrf_slice *value);
bool vrf_line_element(struct vrf_slice array, size_t *at, struct vrf_slice *value);
/*
 * The values of the members with these names, in one pass; of those that are not there, octets is
 * NULL.  False: the text is not one whole object.
 */
bool vrf_line_take(
    struct vrf_slice text, const char *const *names, struct vrf_slice *values, size_t n);
/* Is it a whole object, and nothing else? */
bool vrf_line_is_object(struct vrf_slice text);

/* What a value says; each false if it is something else. */
bool vrf_slice_number(struct vrf_slice s, uint64_t *v);
bool vrf_slice_signed(struct vrf_slice s, int64_t *v);
bool vrf_slice_address(struct vrf_slice s, uint32_t *addr);
/* A string with these characters; none of them needs an escape. */
bool vrf_slice_is(struct vrf_slice s, const char *text);
bool vrf_slice_equal(struct vrf_slice a, struct vrf_slice b);
bool vrf_slice_begins(struct vrf_slice s, struct vrf_slice with);
/* Does s begin with a member "frame" after another, and is there one more after it? */
bool vrf_line_frame(struct vrf_slice s, uint64_t *frame);
/* A new string without escapes; NULL if the value is not a string. */
char *vrf_slice_string(struct vrf_slice s);

#endif
