/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire/parse_plain.h"

#include "mipro_reader.h"
#include "wire/fields.h"

#include <string.h>

#define LEAST_AFTER 9u /* octets of type and length, and 7 so that one load reads any field */

/* Definitions by type. */
static const struct mipro_msg_def *defs[MIPRO_LAST_TYPE + 1];

/* What the tables say about extensions, by type, except the one whose type is a setting. */
static struct {
    const struct mipro_ext_def *def; /* if it is of the short form, as are most */
    unsigned in;                     /* where it then belongs; 0: there is none */
    bool begins;                     /* mipro_begins_chain() */
} exts[256];

/* Runs before main(), or when the plugin is loaded: no thread can see the tables half built. */
__attribute__((constructor)) static void
find_definitions(void)
{
    const struct mipro_settings set = MIPRO_SETTINGS;

    for (unsigned type = 0; type < 256; type++) {
        const struct mipro_ext_def *ext = mipro_ext_def((uint8_t)type, &set);

        if (ext != NULL && ext->shape == MIPRO_SHAPE_TLV && type != MIPRO_EXT_WARNING) {
            exts[type].def = ext;
            exts[type].in = ext->in;
        }
        exts[type].begins = type != MIPRO_EXT_WARNING && mipro_begins_chain((uint8_t)type, &set);
    }
    for (uint8_t type = 0; type <= MIPRO_LAST_TYPE; type++)
        defs[type] = mipro_def_of(type, &set);
}

/* A list of fields that is known at compile time; the identification comes last. */
struct layout {
    uint8_t type;
    bool is_draft;
    const struct mipro_field_def *fields;
    size_t n; /* of them, without the identification */
};
#define LAYOUT(type, is_draft, list)                                                               \
    ((struct layout){ type, is_draft, list, sizeof(list) / sizeof((list)[0]) - 2 })

/* Read the fields: a load and a store for each.  Returns which they are. */
static inline __attribute__((always_inline)) uint32_t
take_fields(struct mipro_message *m, const struct layout *l)
{
    uint32_t present = 0;

    memset(m->value, 0, sizeof(m->value));
#pragma GCC unroll 8
    for (size_t i = 0; i < l->n; i++) {
        const struct mipro_field_def *f = &l->fields[i];
        const uint8_t *octets = m->buf + f->off;

        m->value[f->id] =
            f->len == 4 ? mipro_be32(octets) : (uint32_t)(mipro_be64(octets) >> (64 - 8 * f->len));
        present |= UINT32_C(1) << f->id;
    }
    return present;
}

/*
 * Read a message of this layout.  Inlined for each, so that the compiler knows where everything is
 * in it.  False: not a plain one.
 */
static inline __attribute__((always_inline)) bool
take(struct mipro_message *m, const uint8_t *buf, size_t len, const struct mipro_settings *set,
    const struct layout *l, bool has_ident)
{
    const size_t ident = l->fields[l->n].off, end = has_ident ? ident + MIPRO_IDENT_LEN : ident;
    const struct mipro_msg_def *def = defs[l->type];
    uint8_t type, body_len;

    if (len < end + LEAST_AFTER)
        return false;
    type = buf[end];
    body_len = buf[end + 1];
    if ((exts[type].in & def->in) == 0 || type == set->warning_ext || end + 2 + body_len != len)
        return false;
    m->buf = buf;
    m->captured = m->len = (uint32_t)len;
    m->set = *set;
    m->def = def;
    m->err = MIPRO_OK;
    m->plain = l->is_draft && type == mipro_auth_ext_type(set);
    m->err_off = m->ext_end = (uint32_t)len;
    m->present = take_fields(m, l) | (uint32_t)has_ident << MIPRO_F_IDENT;
    m->ident = has_ident ? mipro_be64(buf + ident) : 0;
    m->n_targets = 0;
    m->ext_off = (uint32_t)end;
    m->n_ext = 1;
    m->n_unknown = 0;
    m->first.def = exts[type].def;
    m->first.type = type;
    m->first.shape = MIPRO_SHAPE_TLV;
    m->first.off = (uint32_t)end;
    m->first.hdr_len = 2;
    m->first.body_len = body_len;
    return true;
}

bool
mipro_message_parse_plain(
    struct mipro_message *m, const uint8_t *buf, size_t len, const struct mipro_settings *set)
{
    const struct layout update = LAYOUT(MIPRO_BINDING_UPDATE, true, mipro_binding_update_fields);
    const struct layout acknowledge =
        LAYOUT(MIPRO_BINDING_ACKNOWLEDGE, true, mipro_binding_acknowledge_fields);
    const struct layout request = LAYOUT(MIPRO_BINDING_REQUEST, true, mipro_binding_request_fields);
    const struct layout registration =
        LAYOUT(MIPRO_REGISTRATION_REQUEST, false, mipro_registration_request_fields);
    const struct layout reply =
        LAYOUT(MIPRO_REGISTRATION_REPLY, false, mipro_registration_reply_fields);

    if (len < LEAST_AFTER || set->reading == MIPRO_READING_IANA)
        return false;
    if (buf[0] == MIPRO_BINDING_UPDATE)
        return (buf[1] & MIPRO_BU_I) != 0 ? take(m, buf, len, set, &update, true)
                                          : take(m, buf, len, set, &update, false);
    if (buf[0] == MIPRO_BINDING_ACKNOWLEDGE) { /* ruling 1 */
        uint8_t next = buf[acknowledge.fields[acknowledge.n].off];

        return !exts[next].begins && next != set->warning_ext &&
               take(m, buf, len, set, &acknowledge, true);
    }
    switch (buf[0]) {
    case MIPRO_BINDING_REQUEST:
        return take(m, buf, len, set, &request, true);
    case MIPRO_REGISTRATION_REQUEST:
        return take(m, buf, len, set, &registration, true);
    case MIPRO_REGISTRATION_REPLY:
        return take(m, buf, len, set, &reply, true);
    default:
        return false;
    }
}
