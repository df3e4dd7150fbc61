/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * same_message.h - are two parsed messages equal?  To compare the fast path of the
 * parser with the general one.
 */
#ifndef SAME_MESSAGE_H
#define SAME_MESSAGE_H

#include "mipro_message.h"

static inline bool
same_message(const struct mipro_message *a, const struct mipro_message *b)
{
    if (a->buf != b->buf || a->captured != b->captured || a->len != b->len || a->def != b->def ||
        a->err != b->err || a->err_off != b->err_off || a->present != b->present ||
        a->n_targets != b->n_targets || a->ext_off != b->ext_off || a->ext_end != b->ext_end ||
        a->n_ext != b->n_ext || a->n_unknown != b->n_unknown)
        return false;
    for (unsigned id = 0; id < MIPRO_F_MESSAGE_COUNT; id++)
        if (mipro_value(a, (enum mipro_field)id) != mipro_value(b, (enum mipro_field)id))
            return false;
    return a->n_ext == 0 ||
           (a->first.def == b->first.def && a->first.type == b->first.type &&
               a->first.shape == b->first.shape && a->first.off == b->first.off &&
               a->first.hdr_len == b->first.hdr_len && a->first.body_len == b->first.body_len);
}

#endif
