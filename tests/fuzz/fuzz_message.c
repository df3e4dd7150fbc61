/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any octets in: no crash, what was framed tiles the payload without gap or
 * overlap, every authenticator gets the same verdict one by one and in lanes, no
 * authenticator that answers a challenge is judged without one, and the fast path of the rules
 * agrees with their functions.
 *
 * The first two octets choose the settings, and how much the capture lacks.
 */
#include "mipro_rules.h"

#include "../unit/same_message.h"

#include <stdlib.h>
#include <string.h>

#define MAX_AUTHS 64

static const char keys[] =
    "\"plain\",\"*\",\"*\",\"0x1000\",\"text:abcd\"\n"
    "\"any\",\"10.0.0.0/8\",\"*\",\"0x1000\",\"text:abcd\",\"any\"\n"
    "\"hmac\",\"*\",\"*\",\"0x1001\",\"text:abcd\",\"hmac-md5\"\n"
    "\"master\",\"10.1.0.1\",\"*\",\"0x1002\",\"master:text:abcd\"\n"
    "\"aaa\",\"10.1.0.9\",\"*\",\"2\",\"text:abcd\",\"chap\"\n"
    "\"some aaa\",\"*\",\"*\",\"2\",\"text:abcd\",\"any\"\n"
    "\"alice\",\"nai:alice@example.net\",\"*\",\"0x1000\",\"text:abcd\"\n"
    "\"realm\",\"nai:*@example.net\",\"10.1.0.1\",\"2\",\"text:abcd\",\"chap\"\n";

struct auths {
    struct mipro_auth auth[MAX_AUTHS];
    size_t n;
};

static void
demand(bool holds)
{
    if (!holds)
        abort();
}

static void
keep_auth(void *ctx, const struct mipro_auth *auth)
{
    struct auths *a = ctx;

    if (a->n < MAX_AUTHS)
        a->auth[a->n++] = *auth;
}

/* Read every octet of a field. */
static unsigned
touch_fields(const struct mipro_message *m, const struct mipro_ext *e)
{
    unsigned sum = 0;

    for (const struct mipro_field_def *f = mipro_ext_fields(e); f->id != MIPRO_F_END; f++) {
        size_t len;
        const uint8_t *octets = mipro_ext_octets(m, e, f->id, &len);

        for (size_t i = 0; octets != NULL && i < len; i++)
            sum += octets[i];
        for (size_t i = 0; i < mipro_ext_addresses(m, e, f->id); i++)
            sum += mipro_ext_address(m, e, f->id, i);
    }
    return sum;
}

static void
demand_same(const struct mipro_auth *one, const struct mipro_auth *other)
{
    demand(one->verdict == other->verdict && one->association == other->association &&
           one->size_wrong == other->size_wrong && one->coverage == other->coverage &&
           one->algorithm == other->algorithm && one->calculated_len == other->calculated_len);
    demand(memcmp(one->calculated, other->calculated, one->calculated_len) == 0);
}

/* Can this message answer a challenge: one that it carries, or the value 0? */
static bool
has_challenge(const struct mipro_message *m)
{
    struct mipro_ext e;

    if (mipro_message_type(m) != MIPRO_REGISTRATION_REQUEST)
        return false;
    return mipro_ext_find(m, MIPRO_EXT_CHALLENGE, &e)
               ? e.body_len != 0
               : (mipro_value(m, MIPRO_F_FLAGS) & MIPRO_RRQ_D) != 0;
}

/* A network access identifier that is reported lies in the captured octets. */
static void
check_nai(const struct mipro_message *m, const struct mipro_ext *e)
{
    struct mipro_nai nai;

    if (!mipro_auth_nai(m, e, &nai))
        return;
    demand(nai.len != 0 && nai.len <= MIPRO_NAI_MAX && nai.octets >= m->buf &&
           nai.len <= (size_t)(m->buf + m->captured - nai.octets));
}

static void
judge_in_lanes(
    const struct mipro_message *m, const struct mipro_ext *e, const struct mipro_scene *scene)
{
    static struct mipro_auth_queue *queue;
    struct mipro_auth one, queued[3];
    const struct mipro_association *only = NULL;
    struct mipro_pair pair;

    if (queue == NULL)
        queue = mipro_auth_queue_new();
    check_nai(m, e);
    mipro_auth_judge(m, e, scene, &one);
    if (one.association != NULL && one.algorithm == MIPRO_CHAP && !one.size_wrong)
        demand(has_challenge(m));
    mipro_auth_judge_one(m, e, scene, &queued[0]);
    mipro_auth_queue_add(queue, m, e, scene, queued, 1);
    if (mipro_auth_pair(m, scene, &pair))
        only = mipro_keyring_only(scene->ring, &pair);
    if (only == NULL || !mipro_auth_queue_add_usual(queue, m, only, scene->time, queued, 2))
        mipro_auth_queue_add(queue, m, e, scene, queued, 2);
    mipro_auth_queue_run(queue, queued);
    for (size_t i = 0; i < 3; i++)
        demand_same(&one, &queued[i]);
}

static volatile unsigned sink;

static void
walk(const struct mipro_message *m, const struct mipro_scene *scene)
{
    size_t end = m->ext_off;
    unsigned n = 0;
    struct mipro_ext cut;

    for (struct mipro_ext e = { 0 }; mipro_ext_next(m, &e);) {
        demand(e.off == end && (e.hdr_len == 2 || e.hdr_len == 4));
        end += mipro_ext_len(&e);
        n++;
        sink += touch_fields(m, &e);
        if (e.def != NULL && (e.def->auth || e.def->type == MIPRO_EXT_PFAN))
            judge_in_lanes(m, &e, scene);
    }
    demand(end == m->ext_end && n == m->n_ext && m->n_unknown <= n);
    demand(end <= m->len && m->err_off <= m->len);
    if (m->err == MIPRO_OK)
        demand(end == m->len && m->captured == m->len);
    if (m->err == MIPRO_ERR_CUT)
        demand(m->captured < m->len);
    if (mipro_ext_cut(m, &cut)) {
        demand(cut.off == end && cut.off < m->captured && end + mipro_ext_len(&cut) <= m->len &&
               end + mipro_ext_len(&cut) > m->captured);
        sink += touch_fields(m, &cut);
    }
    for (size_t i = 0; i < m->n_targets; i++)
        sink += mipro_target(m, i);
    demand(m->n_targets == 0 || m->def->fixed_len + 4 * m->n_targets == m->ext_off);
}

static void
check_rules(const struct mipro_message *m, const struct mipro_scene *scene)
{
    static struct auths auths;
    static struct mipro_finding found[MIPRO_RULES_ON_ONE], each[MIPRO_RULES_ON_ONE];
    struct mipro_evidence ev = { m, auths.auth, 0, 434, 434, 1, 0, scene->src, scene->dst };
    size_t n;

    auths.n = 0;
    mipro_auth_each(m, scene, keep_auth, &auths);
    ev.n_auth = auths.n;
    n = mipro_rules_check(&ev, found);
    demand(n == mipro_rules_check_each(&ev, each));
    for (size_t i = 0; i < n; i++) {
        demand(found[i].rule == each[i].rule && strcmp(found[i].text, each[i].text) == 0);
        demand(i == 0 || found[i - 1].rule < found[i].rule);
        demand(found[i].off <= m->captured && found[i].len <= m->captured - found[i].off);
    }
    for (size_t i = 0; i < n; i++) {
        mipro_finding_clear(&found[i]);
        mipro_finding_clear(&each[i]);
    }
    if (m->def != NULL && m->err == MIPRO_ERR_TRUNCATED)
        demand(n == (mipro_is_draft(m) ? 1u : 0u));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const enum mipro_draft drafts[] = { MIPRO_DRAFT_08, MIPRO_DRAFT_08, MIPRO_DRAFT_09,
        MIPRO_DRAFT_11 };
    static const enum mipro_reading readings[] = { MIPRO_READING_AUTO, MIPRO_READING_AUTO,
        MIPRO_READING_DRAFT, MIPRO_READING_IANA };
    static const enum mipro_ident_hint hints[] = { MIPRO_IDENT_UNKNOWN, MIPRO_IDENT_UNKNOWN,
        MIPRO_IDENT_ABSENT, MIPRO_IDENT_PRESENT };
    static struct mipro_keyring *ring;
    struct mipro_settings set = MIPRO_SETTINGS;
    struct mipro_scene scene = { 0x0a010001, 0xc0000207, MIPRO_TIME_NONE, NULL };
    struct mipro_message m, general;
    struct mipro_advert advert;

    if (ring == NULL) {
        struct mipro_key_error err;

        ring = mipro_keyring_parse(keys, sizeof(keys) - 1, "keys", NULL, NULL, &err);
        demand(ring != NULL);
    }
    if (len < 2)
        return 0;
    set.draft = drafts[data[0] & 3];
    set.reading = readings[data[0] >> 2 & 3];
    if ((data[0] & 0x40) != 0)
        set.warning_ext = 200;
    if ((data[0] & 0x80) == 0)
        scene.ring = ring;
    mipro_message_parse(&m, data + 2, len - 2, len - 2 + data[1], &set, hints[data[0] >> 4 & 3]);
    mipro_message_parse_general(
        &general, data + 2, len - 2, len - 2 + data[1], &set, hints[data[0] >> 4 & 3]);
    demand(same_message(&m, &general));
    walk(&m, &scene);
    check_rules(&m, &scene);
    demand(!mipro_ident_is_open(&m) || m.def->type == MIPRO_BINDING_ACKNOWLEDGE);
    if (mipro_advert_parse(&advert, data + 2, len - 2, len - 2 + data[1]))
        demand(advert.off + 8 + 4 * advert.n_coa <= len - 2);
    return 0;
}
