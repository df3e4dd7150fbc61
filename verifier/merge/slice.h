/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slice.h - parse a line of JSON into slices of its text.
 *
 * For lines written by mipro-verify itself: each is an object whose members are looked up by
 * name.  In a line that does not parse, no member is found.
 */
#ifndef VRF_MERGE_SLICE_H
#define VRF_MERGE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A value as in the text; octets is NULL if there is none. */
struct vrf_slice {
    const char *octets;
    size_t n;
};

/* The value of a member. */
struct vrf_slice vrf_slice_find(struct vrf_slice object, const char *name);
/* The next member of an object, or element of an array, at *at, which is initialized to 0. */
bool vrf_slice_member(
    struct vrf_slice object, size_t *at, struct vrf_slice *name, struct vrf_slice *value);
bool vrf_slice_element(struct vrf_slice array, size_t *at, struct vrf_slice *value);
/*
 * Find the values of the members with these names in one pass; octets is NULL for those that are
 * missing.  False: the text is not exactly one object.
 */
bool vrf_slice_take(
    struct vrf_slice text, const char *const *names, struct vrf_slice *values, size_t n);
/* Is it exactly one object? */
bool vrf_slice_is_object(struct vrf_slice text);

/* Convert a value; false if it has another type. */
bool vrf_slice_number(struct vrf_slice s, uint64_t *v);
bool vrf_slice_signed(struct vrf_slice s, int64_t *v);
bool vrf_slice_address(struct vrf_slice s, uint32_t *addr);
/* Is it a string of these characters, none of which needs an escape? */
bool vrf_slice_is(struct vrf_slice s, const char *text);
bool vrf_slice_equal(struct vrf_slice a, struct vrf_slice b);
bool vrf_slice_begins(struct vrf_slice s, struct vrf_slice with);
/* Does s begin with a member "frame" after another, and is there one more after it? */
bool vrf_slice_frame(struct vrf_slice s, uint64_t *frame);
/* A new string without escapes; NULL if the value is not a string. */
char *vrf_slice_string(struct vrf_slice s);

#endif
