/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * open_list.h - open cases (mipro_namesake.h) in the order of time and frame, and by what they have
 * in common.
 *
 * Shards add theirs in turn, so new entries are not in order; but they have late times, so that few
 * of the sorted ones have to move.
 */
#ifndef MIPRO_OPEN_LIST_H
#define MIPRO_OPEN_LIST_H

#include <stddef.h>

#include "mipro_conduct.h"

struct open_entry {
    struct mipro_open open;
    uint64_t lowest; /* frame of a possible finding, for this entry and those after it */
    /* In the chain of its bucket: the entries after and before it, 1 + their index; 0: none. */
    uint32_t next, previous;
    bool linked;
};

/* The entries with one hash, in the order of the list: 1 + the index of the first and the last. */
struct open_bucket {
    uint32_t first, last;
};

struct open_list {
    struct open_entry *at;
    size_t first, n; /* those from first on; at[first] is the earliest, once they are sorted */
    size_t n_sorted, room;
    bool chained;                /* entries are looked up by what they have in common */
    struct open_bucket *buckets; /* room of them, a power of two; NULL: not chained, or no room */
    uint64_t secret; /* mixed into the hashes, so that nobody can choose values that collide */
};

void mipro_open_list_free(struct open_list *l);
/* Takes over the text of the finding.  False if out of memory: it is still the caller's. */
bool mipro_open_list_add(struct open_list *l, const struct mipro_open *open);
/* Sort those that were added; to be called before any of the others. */
void mipro_open_list_sort(struct open_list *l);
/* Remove the first entry, which is in no chain. */
void mipro_open_list_drop_first(struct open_list *l);
/* The lowest frame that a finding may still be about, or UINT64_MAX. */
uint64_t mipro_open_list_lowest(const struct open_list *l);

/* The first entry of the chain of these values; others may be in it, too.  NULL: none. */
struct open_entry *mipro_open_list_find(
    const struct open_list *l, uint8_t message, uint32_t src, uint32_t dst, uint64_t ident);
/* The next in its chain, or NULL. */
struct open_entry *mipro_open_list_next(const struct open_list *l, const struct open_entry *e);
/* Take an entry out of its chain. */
void mipro_open_list_unlink(struct open_list *l, struct open_entry *e);

#endif
