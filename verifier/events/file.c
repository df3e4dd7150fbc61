/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by writing and reading of events files: the header and the blocks. */
#include "events/file.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "digest.h"
#include "events/layout.h"
#include "mipro_auth.h"
#include "mipro_mix.h"

static const char magic[] = "MIPROEVB"; /* without its NUL in the file */

/* Hashes differ between machines of another kind (mipro_mix.h), and so does the order of octets. */
static uint64_t
machine(void)
{
    const uint32_t order = 0x01020304;
    uint64_t hash = mipro_mix(1, 2);

    return mipro_mix(hash, *(const uint8_t *)&order);
}

/* Another version may judge otherwise what it reads in the same way. */
static uint32_t
program(void)
{
    return (uint32_t)mipro_mix_octets((const uint8_t *)MIPRO_VERSION, strlen(MIPRO_VERSION));
}

static uint64_t
hash_header(const struct vrf_events_header *h)
{
    return mipro_mix_octets((const uint8_t *)h, offsetof(struct vrf_events_header, checksum));
}

struct vrf_events_header
vrf_events_header(
    const struct vrf_events_maker *maker, uint64_t task, unsigned part, unsigned n_parts)
{
    struct vrf_events_header h;

    memset(&h, 0, sizeof(h));
    memcpy(h.magic, magic, sizeof(h.magic));
    h.machine = machine();
    h.program = program();
    h.task = task;
    h.options = maker->options;
    h.keys = maker->keys;
    h.part = part;
    h.n_parts = n_parts;
    h.checksum = hash_header(&h);
    return h;
}

const char *
vrf_events_header_fault(const struct vrf_events_header *h, const struct vrf_events_maker *maker,
    uint64_t task, unsigned part, unsigned n_parts)
{
    if (memcmp(h->magic, magic, sizeof(h->magic) - 1) != 0)
        return "is not a file of events";
    if (memcmp(h->magic, magic, sizeof(h->magic)) != 0)
        return "was written by another version of mipro-verify";
    if (h->machine != machine())
        return "was written on another kind of machine";
    if (h->program != program())
        return "was written by another version of mipro-verify";
    if (h->checksum != hash_header(h))
        return "is damaged: its header was altered";
    if (h->keys != maker->keys)
        return "was made with another key file";
    if (h->options != maker->options)
        return "was made with other options";
    if (h->task != task || h->part != part || h->n_parts != n_parts)
        return "is damaged: its name is that of another file";
    return NULL;
}

uint64_t
vrf_events_block_sum(const struct vrf_events_block *block, const uint8_t *octets, uint64_t number)
{
    struct vrf_digest digest = { 0 };

    vrf_digest_add(&digest, octets, (size_t)block->n);
    return mipro_mix(mipro_mix(vrf_digest_value(&digest) ^ block->kind, block->batch), number);
}

/* ---- keys and options that all tasks must share ---- */

struct vrf_events_maker
vrf_events_maker(const struct vrf_options *o)
{
    struct vrf_events_maker maker = { .options = o->hash };

    if (o->ring != NULL)
        maker.keys = mipro_auth_ring_hash(o->ring);
    return maker;
}
