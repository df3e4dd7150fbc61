/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "events/codec.h"

#include <glib.h>
#include <string.h>

#include "events/stream.h"
#include "mipro_reader.h"
#include "names.h"

/* A stream of events of which the messages are judged. */
struct messages {
    struct stream s;
    bool is_own;            /* its events are about home addresses of this part */
    bool lists;             /* the merge lists good authenticators of plain messages (goods.h) */
    struct mipro_leaf leaf; /* of plain messages, which do not set all of it */
};

static void
get_ends(struct stream *s, uint32_t *src, uint32_t *dst)
{
    s->c.src += (uint32_t)vrf_unpack_signed(&s->u);
    s->c.dst += (uint32_t)vrf_unpack_signed(&s->u);
    *src = s->c.src;
    *dst = s->c.dst;
}

static struct mipro_span
get_payload(struct vrf_unpack *u)
{
    uint64_t captured = vrf_unpack_number(u), more = vrf_unpack_number(u);
    const uint8_t *octets =
        captured <= u->left && more <= UINT32_MAX ? vrf_unpack_octets(u, (size_t)captured) : NULL;

    if (octets == NULL) {
        u->failed = true;
        return (struct mipro_span){ NULL, 0, 0 };
    }
    return (struct mipro_span){ octets, (size_t)captured, (size_t)(captured + more) };
}

/* Does an extension of this type hold an authenticator? */
static bool
is_auth(uint8_t type, const struct mipro_settings *set)
{
    const struct mipro_ext_def *def = mipro_ext_def(type, set);

    return type == MIPRO_EXT_PFAN || (def != NULL && def->auth);
}

static void
get_auth(struct vrf_unpack *u, struct mipro_auth *a, const struct mipro_keyring *ring,
    const struct mipro_settings *set)
{
    uint64_t flags, index;

    memset(a, 0, sizeof(*a));
    a->ext = (uint8_t)vrf_unpack_number(u);
    flags = vrf_unpack_number(u);
    a->verdict = (enum mipro_verdict)(flags & 7);
    a->has_spi = (flags >> 3 & 1) != 0;
    a->size_wrong = (flags >> 4 & 1) != 0;
    a->hint = (enum mipro_hint)(flags >> 5 & 3);
    a->off = (uint32_t)vrf_unpack_number(u);
    a->len = (uint32_t)vrf_unpack_number(u);
    if (a->has_spi)
        a->spi = (uint32_t)vrf_unpack_number(u);
    index = vrf_unpack_number(u);
    if (index != 0) {
        uint64_t how = vrf_unpack_number(u);

        if (ring == NULL || index > mipro_keyring_count(ring))
            u->failed = true;
        else
            mipro_auth_associate(a, mipro_keyring_at(ring, (size_t)index - 1));
        a->algorithm = (enum mipro_algorithm)(how & 15);
        a->coverage = (enum mipro_coverage)(how >> 4 & 0xff);
        a->node = (uint32_t)vrf_unpack_number(u);
    }
    if (a->ext == MIPRO_EXT_PFAN) {
        uint64_t reading = vrf_unpack_number(u);

        a->reading = (struct mipro_pfan_reading){ (reading & 1) != 0, (reading & 2) != 0,
            (reading & 4) != 0, (reading & 8) != 0 };
    }
    if (a->verdict >= MIPRO_VERDICTS || !is_auth(a->ext, set))
        u->failed = true;
}

/* Is a message of the stream about a home address of this part?  If it is not, note that. */
static bool
is_own(struct vrf_batch *b, const struct messages *in, struct vrf_message *message,
    const struct vrf_options *o)
{
    if (in->is_own || vrf_is_own(&o->conduct, message))
        return true;
    vrf_disown(b, message);
    return false;
}

static void
get_message(struct vrf_batch *b, struct messages *in, const struct vrf_options *o)
{
    struct stream *s = &in->s;
    struct vrf_unpack *u = &s->u;
    struct mipro_leaf leaf = { .kind = MIPRO_DATAGRAM };
    struct vrf_message *message;
    const uint8_t *octets;
    uint32_t way = 0, before = b->messages.n;
    uint64_t n;

    get_ends(s, &leaf.src, &leaf.dst);
    leaf.sport = (uint16_t)(vrf_unpack_number(u) ^ MIPRO_PORT);
    leaf.dport = (uint16_t)(vrf_unpack_number(u) ^ MIPRO_PORT);
    octets = vrf_unpack_octets(u, sizeof(way));
    if (octets != NULL)
        memcpy(&way, octets, sizeof(way));
    octets = vrf_unpack_octets(u, sizeof(leaf.ident_ip));
    if (octets != NULL)
        memcpy(&leaf.ident_ip, octets, sizeof(leaf.ident_ip));
    leaf.payload = get_payload(u);
    n = vrf_unpack_number(u);
    if (u->failed || n > leaf.payload.len + 1)
        u->failed = true;
    else
        vrf_add_leaf(b, &leaf, s->c.frame, s->time, o);
    if (u->failed || b->messages.n == before) { /* it was encoded as a message */
        u->failed = true;
        return;
    }
    message = &b->messages.at[b->messages.n - 1];
    message->way = way;
    message->first_auth = b->judged.auths.n;
    message->n_auth = (uint32_t)n;
    for (uint64_t i = 0; i < n && !u->failed; i++) {
        struct mipro_auth *auth = VRF_ARRAY_ADD(&b->judged.auths);

        get_auth(u, auth, o->ring, &o->conduct.set);
        message->has_pfan |= auth->ext == MIPRO_EXT_PFAN;
    }
    if (u->failed) {
        message->n_auth = 0;
        return;
    }
    if (is_own(b, in, message, o) &&
        mipro_rules_notice(&message->m, b->judged.auths.at + message->first_auth, message->n_auth,
            message->sport, message->dport))
        *VRF_ARRAY_ADD(&b->noticed) = b->messages.n - 1;
}

/* The authenticator of a plain message.  False: it cannot be that. */
static bool
get_plain_auth(struct mipro_auth *a, const struct plain *plain, const struct mipro_message *m,
    const struct mipro_keyring *ring)
{
    *a = (struct mipro_auth){
        .off = m->first.off,
        .len = (uint32_t)mipro_ext_len(&m->first),
        .spi = m->first.body_len >= 4 ? mipro_be32(m->buf + m->first.off + m->first.hdr_len) : 0,
        .ext = m->first.type,
        .verdict = (enum mipro_verdict)PLAIN_VERDICT(plain),
        .algorithm = (enum mipro_algorithm)PLAIN_ALGORITHM(plain),
        .coverage = (enum mipro_coverage)PLAIN_COVERAGE(plain),
        .has_spi = true,
        .hint = (enum mipro_hint)PLAIN_HINT(plain),
        .size_wrong = PLAIN_SIZE_WRONG(plain),
    };
    if (plain->association == 0)
        return a->verdict < MIPRO_VERDICTS && a->verdict != MIPRO_GOOD && m->first.body_len >= 4;
    if (ring == NULL || plain->association > mipro_keyring_count(ring))
        return false;
    mipro_auth_associate(a, mipro_keyring_at(ring, plain->association - 1u));
    return a->verdict < MIPRO_VERDICTS && m->first.body_len >= 4;
}

static void
get_plain(struct vrf_batch *b, struct messages *in, const struct vrf_options *o)
{
    struct stream *s = &in->s;
    const struct plain *plain = &s->plain;
    struct mipro_leaf *leaf = &in->leaf;
    struct vrf_message *message;

    leaf->payload.octets = vrf_unpack_octets(&s->u, plain->len);
    leaf->payload.captured = leaf->payload.len = plain->len;
    leaf->src = plain->src;
    leaf->dst = plain->dst;
    leaf->ident_ip = plain->ip_id;
    message = vrf_add_message(b, leaf, s->c.frame, s->time, o);
    if (message == NULL || !message->m.plain || plain->auth != message->m.first.off) {
        s->u.failed = true;
        return;
    }
    message->way = plain->way;
    message->first_auth = b->judged.auths.n;
    if (!get_plain_auth(VRF_ARRAY_ADD(&b->judged.auths), plain, &message->m, o->ring)) {
        s->u.failed = true;
        return;
    }
    message->n_auth = 1;
    message->listed = in->lists && PLAIN_VERDICT(plain) == MIPRO_GOOD;
    if (is_own(b, in, message, o) && PLAIN_NOTICED(plain))
        *VRF_ARRAY_ADD(&b->noticed) = b->messages.n - 1;
}

static void
get_fragment(struct vrf_batch *b, struct stream *s, const struct vrf_options *o)
{
    struct vrf_unpack *u = &s->u;
    struct mipro_leaf leaf = { .kind = MIPRO_FRAGMENT };
    uint64_t offset;

    get_ends(s, &leaf.src, &leaf.dst);
    leaf.ident_ip = (uint16_t)vrf_unpack_number(u);
    leaf.protocol = (uint8_t)vrf_unpack_number(u);
    leaf.ttl = (uint8_t)vrf_unpack_number(u);
    offset = vrf_unpack_number(u);
    leaf.offset = (uint16_t)(offset >> 1);
    leaf.more = (offset & 1) != 0;
    leaf.route = (uint32_t)vrf_unpack_number(u);
    leaf.vlans = (uint32_t)vrf_unpack_number(u);
    leaf.depth = (unsigned)(vrf_unpack_number(u) & 0xff);
    leaf.payload = get_payload(u);
    if (!u->failed)
        vrf_add_leaf(b, &leaf, s->c.frame, s->time, o);
}

static void
get_care_of(struct vrf_unpack *u, struct mipro_advert *advert)
{
    const uint64_t n = vrf_unpack_number(u);

    if (n > UINT8_MAX / 4) /* more than the extension has room for */
        u->failed = true;
    else if (n != 0)
        advert->coa = vrf_unpack_octets(u, 4 * (size_t)n);
    advert->n_coa = advert->coa != NULL ? (size_t)n : 0;
}

static void
get_challenge(struct vrf_unpack *u, struct mipro_advert *advert)
{
    uint64_t len = vrf_unpack_number(u);

    if (len > UINT8_MAX)
        u->failed = true;
    else if (len != 0)
        advert->challenge = vrf_unpack_octets(u, (size_t)len);
    advert->challenge_len = advert->challenge != NULL ? (uint8_t)len : 0;
}

static void
get_tunnel(struct vrf_batch *b, struct stream *s, const struct vrf_options *o)
{
    struct mipro_leaf leaf = { .kind = MIPRO_NOTHING, .n_tunnels = 1 };

    get_ends(s, &leaf.tunnels[0].src, &leaf.tunnels[0].dst);
    leaf.tunnels[0].homeaddr = (uint32_t)vrf_unpack_number(&s->u);
    vrf_add_leaf(b, &leaf, s->c.frame, s->time, o);
}

static void
get_advert(struct vrf_batch *b, struct stream *s)
{
    struct vrf_advert advert = { 0 };

    advert.agent = (uint32_t)vrf_unpack_number(&s->u);
    advert.advert.flags = (uint16_t)vrf_unpack_number(&s->u);
    get_care_of(&s->u, &advert.advert);
    get_challenge(&s->u, &advert.advert);
    vrf_add_advert(b, &advert, s->c.frame, s->time);
}

/* An event that is not plain. */
__attribute__((noinline)) static void
get_other(struct vrf_batch *b, struct messages *in, const struct vrf_options *o)
{
    struct stream *s = &in->s;
    const size_t after = s->u.left - s->n;

    switch (s->kind) {
    case KIND_END:
    case KIND_PLAIN:
    case KINDS:
        return;
    case KIND_MESSAGE:
        get_message(b, in, o);
        break;
    case KIND_TUNNEL:
        get_tunnel(b, s, o);
        break;
    case KIND_ADVERT:
        get_advert(b, s);
        break;
    case KIND_FRAGMENT:
        get_fragment(b, s, o);
        break;
    }
    s->u.failed |= s->u.left != after;
}

static void
get_event(struct vrf_batch *b, struct messages *in, const struct vrf_options *o)
{
    if (in->s.kind == KIND_PLAIN)
        get_plain(b, in, o);
    else
        get_other(b, in, o);
    get_start(&in->s);
}

static void
get_parts(struct vrf_batch *b, struct vrf_unpack *u, uint64_t first_frame)
{
    uint64_t n = vrf_unpack_number(u);

    for (uint64_t i = 0; i < n && !u->failed; i++) {
        uint64_t before = vrf_unpack_number(u) + first_frame - 1;
        int64_t shift = vrf_unpack_signed(u);
        uint64_t how = vrf_unpack_number(u);
        char *name = vrf_unpack_string(u);

        if (name == NULL)
            return;
        *VRF_ARRAY_ADD(&b->parts) = (struct vrf_part){
            .before = before,
            .shift = (uint64_t)shift - first_frame,
            .name = vrf_name_keep(name),
            .begins = (how & 1) != 0,
            .counts = (how & 2) != 0,
        };
        g_free(name);
    }
}

static void
get_ticks(struct vrf_batch *b, struct vrf_unpack *u, uint64_t first_frame, uint64_t end)
{
    uint64_t n = vrf_unpack_number(u), frame = first_frame;
    int64_t time = 0;

    for (uint64_t i = 0; i < n && !u->failed; i++) {
        frame += vrf_unpack_number(u);
        u->failed |= frame >= end;
        time = (int64_t)((uint64_t)time + (uint64_t)vrf_unpack_signed(u));
        *VRF_ARRAY_ADD(&b->ticks) = (struct vrf_tick){ frame, time };
    }
}

static void
get_error(struct vrf_batch *b, struct vrf_unpack *u, bool first)
{
    char *error = vrf_unpack_string(u);

    b->broken = first;
    g_strlcpy(b->error, error != NULL ? error : "", sizeof(b->error));
    g_free(error);
}

/* What encode.c puts before the events. */
static struct batch_start
get_batch(struct vrf_batch *b, struct vrf_unpack *u, bool first)
{
    const struct batch_start start = get_batch_start(u);
    const uint64_t flags = start.flags, frames = start.n_frames;
    const uint64_t first_frame = b->first_frame + b->block.n_frames;
    const size_t after = u->left - start.n;
    uint64_t n;

    b->n_begun += (flags & 1) != 0;
    b->ends_file = (flags & 2) != 0;
    if ((flags & 4) != 0)
        get_error(b, u, first);
    b->block.n_frames += frames;
    get_parts(b, u, first_frame);
    get_ticks(b, u, first_frame, first_frame + frames);
    b->in |= (unsigned)vrf_unpack_number(u);
    n = vrf_unpack_number(u);
    for (uint64_t i = 0; i < n && !u->failed; i++) {
        uint64_t type = vrf_unpack_number(u), count = vrf_unpack_number(u);

        if (first)
            b->types[type & 0xff] += count;
    }
    n = vrf_unpack_number(u);
    for (uint64_t i = 0; i < n && !u->failed; i++) {
        struct vrf_unopened unopened;

        unopened.what.kind = (uint16_t)vrf_unpack_number(u);
        unopened.what.number = (uint16_t)vrf_unpack_number(u);
        unopened.n = vrf_unpack_number(u);
        if (unopened.what.kind >= MIPRO_UNOPENED_KINDS)
            u->failed = true;
        else if (first)
            *VRF_ARRAY_ADD(&b->unopened) = unopened;
    }
    u->failed |= u->left != after;
    return start;
}

/* Add what is encoded at octets. */
static bool
decode(struct vrf_batch *b, const uint8_t *octets, const struct vrf_encoded *e,
    const struct vrf_options *o)
{
    const uint64_t first_frame = b->first_frame + b->block.n_frames;
    struct messages common = { .s.u = { octets, e->n_common, false }, .lists = e->lists };
    struct messages own = { .s.u = { octets + e->n_common, e->n_own, false }, .lists = e->lists };
    const struct batch_start start = get_batch(b, &common.s.u, o->conduct.part == 0);

    own.is_own = true;
    common.leaf.kind = own.leaf.kind = MIPRO_DATAGRAM;
    common.leaf.sport = common.leaf.dport = own.leaf.sport = own.leaf.dport = MIPRO_PORT;
    common.s.end = own.s.end = first_frame + start.n_frames;
    common.s.c = own.s.c = (struct context){ .frame = first_frame, .time = start.time };
    get_start(&common.s);
    get_start(&own.s);
    while (!common.s.u.failed && !own.s.u.failed) {
        if (own.s.kind != KIND_END &&
            (common.s.kind == KIND_END || own.s.c.index <= common.s.c.index))
            get_event(b, &own, o);
        else if (common.s.kind != KIND_END)
            get_event(b, &common, o);
        else
            break;
    }
    return !common.s.u.failed && !own.s.u.failed && common.s.u.left == 0 && own.s.u.left == 0;
}

bool
vrf_events_decode(struct vrf_batch *b, const struct vrf_options *o)
{
    const uint8_t *octets = b->block.octets;
    bool good = true;

    b->block.n_frames = 0;
    for (uint32_t i = 0; i < b->encoded.n && good; i++) {
        const struct vrf_encoded *e = &b->encoded.at[i];

        good = decode(b, octets, e, o);
        octets += e->n_common + e->n_own;
    }
    vrf_check_noticed(b);
    return good;
}
