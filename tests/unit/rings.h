/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rings.h - the keys of a test: a ring that must load, and an association by its name. */
#ifndef RINGS_H
#define RINGS_H

#include "mipro_keys.h"
#include "unit.h"

static inline struct mipro_keyring *
load_ring(const char *text)
{
    struct mipro_key_error err;
    struct mipro_keyring *ring =
        mipro_keyring_parse(text, strlen(text), "dir/keys.txt", NULL, NULL, &err);
    char said[600];

    if (ring == NULL) {
        mipro_key_error_text(&err, said, sizeof(said));
        fail_msg("%s", said);
    }
    return ring;
}

/* NULL if there is no such association. */
static inline const struct mipro_association *
named(const struct mipro_keyring *ring, const char *name)
{
    for (size_t i = 0; i < mipro_keyring_count(ring); i++)
        if (strcmp(mipro_keyring_at(ring, i)->name, name) == 0)
            return mipro_keyring_at(ring, i);
    return NULL;
}

#endif
