/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/form.h"

#include <glib.h>
#include <string.h>

#include "mipro_mix.h"

enum { SETS = 4096 }; /* a power of two */

struct vrf_form_key
vrf_form_key(const struct vrf_record *r)
{
    return (struct vrf_form_key){
        .association = r->association,
        .src = r->src,
        .dst = r->dst,
        .spi = r->spi,
        .message = r->message,
        .ext = r->ext,
        .algorithm = r->algorithm,
        .coverage = r->coverage,
        .reading = (uint8_t)(r->reading.ident | r->reading.minimal << 1 | r->reading.gre << 2 |
                             r->reading.from_update << 3),
        .has = (uint8_t)(r->has_spi | r->has_home << 1),
    };
}

/* Which of the sets it belongs to: what else is in the key differs little between pairs. */
static inline size_t
set_of(const struct vrf_form_key *key)
{
    return mipro_mix((uint64_t)key->src << 32 | key->dst, (uint64_t)key->spi << 8 | key->message) &
           (SETS - 1);
}

static inline bool
is_alike(const struct vrf_form *form, const struct vrf_form_key *key)
{
    return memcmp(&form->key, key, sizeof(*key)) == 0;
}

const struct vrf_form *
vrf_forms_find(const struct vrf_forms *f, const struct vrf_form_key *key)
{
    const struct vrf_form *set;

    if (f->sets == NULL)
        return NULL;
    set = &f->sets[2 * set_of(key)];
    if (is_alike(&set[0], key))
        return set[0].n != 0 ? &set[0] : NULL;
    return is_alike(&set[1], key) && set[1].n != 0 ? &set[1] : NULL;
}

void
vrf_forms_keep(struct vrf_forms *f, const struct vrf_form_key *key, const char *text, size_t n)
{
    struct vrf_form *set;

    if (n > VRF_FORM_TEXT)
        return;
    if (f->sets == NULL)
        f->sets = g_new0(struct vrf_form, (gsize)2 * SETS);
    set = &f->sets[2 * set_of(key)];
    set[1] = set[0];
    set[0].key = *key;
    set[0].n = (uint32_t)n;
    memcpy(set[0].text, text, n);
}

void
vrf_forms_clear(struct vrf_forms *f)
{
    g_free(f->sets);
    g_free(f->place);
    *f = (struct vrf_forms){ 0 };
}
