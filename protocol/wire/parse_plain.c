/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire/parse_plain.h"

#include "mipro_reader.h"
#include "wire/fields.h"

#include <string.h>

#define LEAST_AFTER 9u /* octets of type and length, and 7 so that one load reads any field */

/*
 * What the tables say about a message that was captured whole, without or with an
 * identification, in the form that the fast path needs.
 */
struct plain {
    const struct mipro_msg_def *def; /* NULL: no such message, or it has targets */
    uint32_t present;
    uint8_t end;
    bool is_draft;
};
static struct plain plain[MIPRO_LAST_TYPE + 1][2];

/* Extensions of the short form by type, except the one whose type is a setting. */
static const struct mipro_ext_def *short_ext[256];

static void
find_plain(struct plain *p, const struct mipro_msg_def *def, size_t end)
{
    p->def = def;
    p->end = (uint8_t)end;
    p->is_draft = def->source == MIPRO_SOURCE_DRAFT;
    for (const struct mipro_field_def *f = def->fields; f->off < end; f++)
        p->present |= UINT32_C(1) << f->id;
}

/* Runs before main(), or when the plugin is loaded: no thread can see the table half built. */
__attribute__((constructor)) static void
find_all_plain(void)
{
    const struct mipro_settings set = MIPRO_SETTINGS;

    for (unsigned type = 0; type < 256; type++) {
        const struct mipro_ext_def *ext = mipro_ext_def((uint8_t)type, &set);

        if (ext != NULL && ext->shape == MIPRO_SHAPE_TLV && type != MIPRO_EXT_WARNING)
            short_ext[type] = ext;
    }
    for (uint8_t type = 0; type <= MIPRO_LAST_TYPE; type++) {
        const struct mipro_msg_def *def = mipro_def_of(type, &set);

        if (def == NULL || def->tail == MIPRO_TAIL_TARGETS)
            continue;
        find_plain(&plain[type][0], def, def->fixed_len);
        find_plain(&plain[type][1], def, def->fixed_len + MIPRO_IDENT_LEN);
    }
}

/*
 * Read the fields of a list that is known at compile time: a load and a store for each.
 * An identification, if the message has one, comes last.
 */
static inline __attribute__((always_inline)) void
take_fields(struct mipro_message *m, const struct mipro_field_def *fields, size_t n, bool has_ident)
{
#pragma GCC unroll 8
    for (size_t i = 0; i < n; i++) {
        uint64_t octets = mipro_be64(m->buf + fields[i].off);

        if (fields[i].id == MIPRO_F_END)
            break;
        if (fields[i].id != MIPRO_F_IDENT)
            m->value[fields[i].id] = (uint32_t)(octets >> (64 - 8 * fields[i].len));
        else if (has_ident)
            m->ident = octets;
    }
}

#define TAKE(m, list, has_ident)                                                                   \
    take_fields(m, list, sizeof(list) / sizeof((list)[0]) - 1, has_ident)

/* False for any other message: the general parser reads those. */
static inline bool
take_values(struct mipro_message *m, bool has_ident)
{
    switch (m->def->type) {
    case MIPRO_BINDING_UPDATE:
        TAKE(m, mipro_binding_update_fields, has_ident);
        return true;
    case MIPRO_BINDING_ACKNOWLEDGE:
        TAKE(m, mipro_binding_acknowledge_fields, has_ident);
        return true;
    case MIPRO_BINDING_REQUEST:
        TAKE(m, mipro_binding_request_fields, has_ident);
        return true;
    case MIPRO_REGISTRATION_REQUEST:
        TAKE(m, mipro_registration_request_fields, has_ident);
        return true;
    case MIPRO_REGISTRATION_REPLY:
        TAKE(m, mipro_registration_reply_fields, has_ident);
        return true;
    default:
        return false;
    }
}

bool
mipro_message_parse_plain(
    struct mipro_message *m, const uint8_t *buf, size_t len, const struct mipro_settings *set)
{
    const struct mipro_ext_def *ext;
    const struct plain *p;
    uint8_t type, body_len;
    size_t end;

    if (len == 0 || buf[0] > MIPRO_LAST_TYPE || set->reading == MIPRO_READING_IANA)
        return false;
    p = plain[buf[0]];
    end = p->end;
    if (p->def == NULL || len < end + LEAST_AFTER)
        return false;
    if (p->def->tail == MIPRO_TAIL_IDENT_OPEN && mipro_begins_chain(buf[end], set))
        return false;
    if (p->def->tail == MIPRO_TAIL_IDENT_OPEN ||
        (p->def->tail == MIPRO_TAIL_IDENT_FLAGGED && (buf[1] & MIPRO_BU_I) != 0)) {
        p++;
        end = p->end;
        if (len < end + LEAST_AFTER)
            return false;
    }
    type = buf[end];
    body_len = buf[end + 1];
    ext = short_ext[type];
    if (ext == NULL || (ext->in & p->def->in) == 0 || type == set->warning_ext ||
        end + 2 + body_len != len)
        return false;
    m->buf = buf;
    m->captured = m->len = (uint32_t)len;
    m->set = *set;
    m->def = p->def;
    m->err = MIPRO_OK;
    m->plain = p->is_draft && type == mipro_auth_ext_type(set);
    m->err_off = m->ext_end = (uint32_t)len;
    m->present = p->present;
    memset(m->value, 0, sizeof(m->value));
    m->ident = 0;
    m->n_targets = 0;
    m->ext_off = (uint32_t)end;
    m->n_ext = 1;
    m->n_unknown = 0;
    m->first.def = ext;
    m->first.type = type;
    m->first.shape = MIPRO_SHAPE_TLV;
    m->first.off = (uint32_t)end;
    m->first.hdr_len = 2;
    m->first.body_len = body_len;
    return take_values(m, (p->present >> MIPRO_F_IDENT & 1) != 0);
}
