/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Room for records: if there is none, home addresses are dropped. */
#include "conduct/private.h"

/* Home addresses that may be dropped for one record; then it is done without. */
#define MAX_SACRIFICE 8

/* The kind of state that is lost if this pool has no room. */
static enum mipro_dropped
kind_of(const struct shard *c, const struct pool *pool)
{
    if (pool == &c->homes)
        return MIPRO_DROPPED_HOMES;
    if (pool == &c->flows)
        return MIPRO_DROPPED_CORRESPONDENTS;
    if (pool == &c->registries)
        return MIPRO_DROPPED_REGISTRATIONS;
    if (pool == &c->handoffs)
        return MIPRO_DROPPED_HANDOFFS;
    return MIPRO_DROPPED_IDENTS;
}

/* The pool is empty: a record of a home address that is dropped. */
SELDOM static void *
take_from_another(struct shard *c, struct pool *pool, const struct home *keep)
{
    void *record = NULL;

    for (int i = 0; record == NULL && i < MAX_SACRIFICE && c->drop_home(c, keep); i++)
        record = mipro_pool_take_zeroed(pool);
    if (record == NULL)
        dropped(c, kind_of(c, pool));
    return record;
}

void *
mipro_record_make(struct shard *c, struct pool *pool, const struct home *keep)
{
    void *record = mipro_pool_take_zeroed(pool);

    return record != NULL ? record : take_from_another(c, pool, keep);
}
