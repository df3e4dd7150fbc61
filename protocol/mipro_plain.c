/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mipro_plain.h"

#include "mipro_reader.h"

#define LEAST_BEHIND 9u /* type, length and 7 octets, so that any field is one load */

/*
 * What the tables say of a message that is captured whole, without or with
 * identification, as the short way wants it.
 */
struct plain {
    const struct mipro_msg_def *def; /* NULL: its targets, or there is none */
    uint32_t present;
    uint8_t end, n;
    struct {
        uint8_t off, shift, id;
    } field[MIPRO_F_MESSAGE_COUNT];
};
static struct plain plain[MIPRO_LAST_TYPE + 1][2];

static void
find_plain(struct plain *p, const struct mipro_msg_def *def, size_t end)
{
    p->def = def;
    p->end = (uint8_t)end;
    for (const struct mipro_field_def *f = def->fields; f->off < end; f++) {
        p->field[p->n].off = f->off;
        p->field[p->n].shift = (uint8_t)(64 - 8 * f->len);
        p->field[p->n].id = (uint8_t)f->id;
        p->n++;
        p->present |= UINT32_C(1) << f->id;
    }
}

/* Before main() or when the plugin is loaded: no thread can see it half done. */
__attribute__((constructor)) static void
find_all_plain(void)
{
    const struct mipro_settings set = MIPRO_SETTINGS;

    for (uint8_t type = 0; type <= MIPRO_LAST_TYPE; type++) {
        const struct mipro_msg_def *def = mipro_def_of(type, &set);

        if (def == NULL || def->tail == MIPRO_TAIL_TARGETS)
            continue;
        find_plain(&plain[type][0], def, def->fixed_len);
        find_plain(&plain[type][1], def, def->fixed_len + MIPRO_IDENT_LEN);
    }
}

bool
mipro_parse_plain(
    struct mipro_message *m, const uint8_t *buf, size_t len, const struct mipro_settings *set)
{
    const struct mipro_ext_def *ext;
    const struct plain *p;
    size_t end;

    if (len == 0 || buf[0] > MIPRO_LAST_TYPE || set->reading == MIPRO_READING_IANA)
        return false;
    p = plain[buf[0]];
    end = p->end;
    if (p->def == NULL || len < end + LEAST_BEHIND)
        return false;
    if (p->def->tail == MIPRO_TAIL_IDENT_OPEN && mipro_begins_chain(buf[end], set))
        return false;
    if (p->def->tail == MIPRO_TAIL_IDENT_OPEN ||
        (p->def->tail == MIPRO_TAIL_IDENT_FLAGGED && (buf[1] & MIPRO_BU_I) != 0)) {
        p++;
        end = p->end;
        if (len < end + LEAST_BEHIND)
            return false;
    }
    ext = mipro_ext_def(buf[end], set);
    if (ext == NULL || ext->shape != MIPRO_SHAPE_TLV || (ext->in & p->def->in) == 0 ||
        end + 2 + buf[end + 1] != len)
        return false;
    m->buf = buf;
    m->captured = m->len = len;
    m->set = *set;
    m->def = p->def;
    m->err = MIPRO_OK;
    m->err_off = m->ext_end = len;
    m->present = p->present;
    for (unsigned i = 0; i < p->n; i++)
        m->value[p->field[i].id] = mipro_be64(buf + p->field[i].off) >> p->field[i].shift;
    m->n_targets = 0;
    m->ext_off = end;
    m->n_ext = 1;
    m->n_unknown = 0;
    m->first.def = ext;
    m->first.type = buf[end];
    m->first.shape = MIPRO_SHAPE_TLV;
    m->first.off = end;
    m->first.hdr_len = 2;
    m->first.body_len = buf[end + 1];
    return true;
}
