/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rings.h"

#include "mipro_build.h"
#include "mipro_sign.h"

#define ROOM 256

static const char keys[] =
    "\"plain\",\"10.0.0.0/8\",\"*\",\"0x1000\",\"text:abcd\"\n"
    "\"hmac\",\"10.0.0.0/8\",\"*\",\"0x1001\",\"text:abcd\",\"hmac-md5\"\n"
    "\"spi\",\"10.0.0.0/8\",\"*\",\"0x1002\",\"text:abcd\",\"keyed-md5\",\"type-length-spi\"\n"
    "\"any\",\"10.0.0.0/8\",\"*\",\"0x1003\",\"text:abcd\",\"any\"\n"
    "\"master\",\"10.1.0.1\",\"*\",\"0x1004\",\"master:text:abcd\"\n";

static const struct mipro_scene the_scene = { 0x0a010001, 0xc0000207, 0, NULL };

static int
load_keys(void **state)
{
    struct mipro_key_error err;

    *state = mipro_keyring_parse(keys, sizeof(keys) - 1, "keys", NULL, NULL, &err);
    return *state != NULL ? 0 : -1;
}

static int
free_keys(void **state)
{
    mipro_keyring_free(*state);
    return 0;
}

/* The settings under which a definition of this source is read. */
static struct mipro_settings
settings_for(enum mipro_source source)
{
    struct mipro_settings set = MIPRO_SETTINGS;

    set.reading = source == MIPRO_SOURCE_IANA ? MIPRO_READING_IANA : MIPRO_READING_DRAFT;
    return set;
}

/* A distinct value for each field, as wide as the field. */
static uint64_t
value_of(enum mipro_field id, unsigned len)
{
    uint64_t v = UINT64_C(0x8182838485868788) + UINT64_C(0x0101010101010101) * id;

    return len < 8 ? v >> (64 - 8 * len) : v;
}

/* Every field of the definition, in the order of its list. */
static struct mipro_build
build_message(uint8_t *buf, size_t size, const struct mipro_msg_def *def,
    const struct mipro_settings *set, bool with_ident)
{
    struct mipro_build b = mipro_build(buf, size, def, set);

    for (const struct mipro_field_def *f = def->fields; f->id != MIPRO_F_END; f++) {
        if (f->id == MIPRO_F_TYPE)
            continue;
        if (f->len == 0) {
            mipro_put_target(&b, 0xc0000207);
            mipro_put_target(&b, 0xc0000208);
        } else if (f->off < def->fixed_len || with_ident) {
            mipro_put(&b, f->id, value_of(f->id, f->len));
        }
    }
    if (def->tail == MIPRO_TAIL_IDENT_FLAGGED)
        mipro_put(&b, MIPRO_F_FLAGS, with_ident ? MIPRO_BU_A | MIPRO_BU_I : MIPRO_BU_A);
    return b;
}

static void
every_message_of_the_table_is_parsed_as_it_was_built(void **state)
{
    const struct mipro_msg_def *def;

    (void)state;
    for (size_t i = 0; (def = mipro_msg_def_at(i)) != NULL; i++)
        for (int with_ident = 0; with_ident < 2; with_ident++) {
            struct mipro_settings set = settings_for(def->source);
            uint8_t buf[ROOM];
            struct mipro_build b = build_message(buf, sizeof(buf), def, &set, with_ident != 0);
            struct mipro_message m;

            if (b.failed ||
                mipro_message_parse(&m, buf, b.len, b.len, &set, MIPRO_IDENT_UNKNOWN) != MIPRO_OK)
                fail_msg("%s: %s", def->name, b.failed ? "not built" : mipro_strerror(m.err));
            if (m.def != def)
                fail_msg("%s: parsed as %s", def->name, m.def->name);
            if (m.n_targets != (def->tail == MIPRO_TAIL_TARGETS ? 2 : 0))
                fail_msg("%s: %u targets", def->name, m.n_targets);
            for (const struct mipro_field_def *f = def->fields; f->len != 0; f++) {
                bool there = f->off < def->fixed_len || with_ident != 0;
                uint64_t want = f->id == MIPRO_F_TYPE ? def->type : value_of(f->id, f->len);

                if (f->id == MIPRO_F_FLAGS && def->tail == MIPRO_TAIL_IDENT_FLAGGED)
                    want = with_ident ? 0xc0 : 0x80;
                if (mipro_has(&m, f->id) != there || (there && mipro_value(&m, f->id) != want))
                    fail_msg("%s: %s", def->name, mipro_field_name(f->id));
            }
        }
}

/* A message that may have this extension. */
static const struct mipro_msg_def *
bearer(const struct mipro_ext_def *def)
{
    const struct mipro_msg_def *msg = NULL;

    for (size_t i = 0; (msg = mipro_msg_def_at(i)) != NULL; i++)
        if ((msg->in & def->in) != 0 && msg->tail != MIPRO_TAIL_TARGETS)
            return msg;
    return NULL;
}

static void
every_extension_of_the_table_is_parsed_as_it_was_built(void **state)
{
    static const uint8_t octets[5] = { 1, 2, 3, 4, 5 };
    const struct mipro_ext_def *def;

    (void)state;
    for (size_t i = 0; (def = mipro_ext_def_at(i)) != NULL; i++) {
        const struct mipro_msg_def *msg = bearer(def);
        struct mipro_settings set = settings_for(msg->source);
        uint8_t buf[ROOM];
        struct mipro_build b = build_message(buf, sizeof(buf), msg, &set, true);
        struct mipro_message m;
        struct mipro_ext e;
        const struct mipro_field_def *fields;
        size_t len;

        mipro_put_ext(&b, def->type);
        fields = def->fields != NULL
                     ? def->fields
                     : mipro_plain_ext_fields(
                           def->shape == MIPRO_SHAPE_TLV ? MIPRO_SHAPE_TLV : MIPRO_SHAPE_LONG);
        for (const struct mipro_field_def *f = fields; f->id != MIPRO_F_END; f++) {
            if (f->id == MIPRO_F_EXT_TYPE || f->id == MIPRO_F_EXT_LEN)
                continue;
            if (f->len != 0)
                mipro_put_ext_field(&b, f->id, value_of(f->id, f->len));
            else if (f->id == MIPRO_F_WARN_TARGET)
                for (unsigned k = 0; k < 3; k++)
                    mipro_put_ext_field(&b, f->id, 0xc0000207 + k);
            else
                mipro_put_ext_octets(&b, octets, sizeof(octets));
        }
        /* The following extension must not be read as a part of it. */
        mipro_put_ext(&b, 200);
        mipro_put_ext_octets(&b, octets, sizeof(octets));

        if (b.failed ||
            mipro_message_parse(&m, buf, b.len, b.len, &set, MIPRO_IDENT_PRESENT) != MIPRO_OK)
            fail_msg("%s: %s", def->name, b.failed ? "not built" : mipro_strerror(m.err));
        if (m.n_ext != 2 || !mipro_ext_find(&m, def->type, &e))
            fail_msg("%s: %u extensions", def->name, m.n_ext);
        for (const struct mipro_field_def *f = fields; f->id != MIPRO_F_END; f++) {
            uint64_t v = 0;

            if (f->id == MIPRO_F_EXT_TYPE || f->id == MIPRO_F_EXT_LEN)
                continue;
            if (f->len != 0 &&
                (!mipro_ext_value(&m, &e, f->id, &v) || v != value_of(f->id, f->len)))
                fail_msg("%s: %s", def->name, mipro_field_name(f->id));
            if (f->id == MIPRO_F_WARN_TARGET) {
                assert_int_equal(mipro_ext_addresses(&m, &e, f->id), 3);
                assert_int_equal(mipro_ext_address(&m, &e, f->id, 2), 0xc0000209);
            } else if (f->len == 0) {
                const uint8_t *there = mipro_ext_octets(&m, &e, f->id, &len);

                if (there == NULL || len != sizeof(octets) || memcmp(there, octets, len) != 0)
                    fail_msg("%s: %s", def->name, mipro_field_name(f->id));
            }
        }
    }
}

static void
an_unknown_extension_is_type_length_value(void **state)
{
    const struct mipro_settings set = MIPRO_SETTINGS;
    uint8_t buf[ROOM];
    struct mipro_build b = mipro_build(
        buf, sizeof(buf), mipro_msg_def(MIPRO_BINDING_UPDATE, MIPRO_SOURCE_DRAFT), &set);

    (void)state;
    mipro_put_ext(&b, 100);
    assert_false(b.failed);
    assert_int_equal(b.len, 14);
    mipro_put_ext_octets(&b, (const uint8_t *)"abc", 3);
    assert_memory_equal(buf + 12,
        "\x64\x03"
        "abc",
        5);
    mipro_put_ext(&b, 101);
    assert_memory_equal(buf + 17, "\x65\x00", 2);
    assert_int_equal(b.len, 19);
    /* A case may need a false length. */
    mipro_put_ext_field(&b, MIPRO_F_EXT_LEN, 99);
    assert_memory_equal(buf + 17, "\x65\x63", 2);
    assert_false(b.failed);
}

static void
an_identification_put_again_is_replaced(void **state)
{
    const struct mipro_settings set = MIPRO_SETTINGS;
    uint8_t buf[ROOM];
    struct mipro_build b = mipro_build(
        buf, sizeof(buf), mipro_msg_def(MIPRO_BINDING_ACKNOWLEDGE, MIPRO_SOURCE_DRAFT), &set);

    (void)state;
    mipro_put(&b, MIPRO_F_IDENT, 1);
    mipro_put(&b, MIPRO_F_IDENT, 2);
    assert_false(b.failed);
    assert_int_equal(b.len, 16);
    assert_int_equal(buf[15], 2);
}

static void
a_buffer_that_is_too_small_fails_and_is_not_overrun(void **state)
{
    const struct mipro_settings set = MIPRO_SETTINGS;
    struct mipro_keyring *ring = *state;
    const struct mipro_association *s = named(ring, "plain");
    static const uint8_t zeros[ROOM];
    size_t full = 20 + 5 + 22;

    for (size_t size = 0; size <= full; size++) {
        struct unit_exact x = unit_exact(zeros, size);
        struct mipro_build b = mipro_build(
            x.octets, size, mipro_msg_def(MIPRO_BINDING_UPDATE, MIPRO_SOURCE_DRAFT), &set);

        mipro_put(&b, MIPRO_F_FLAGS, MIPRO_BU_I);
        mipro_put(&b, MIPRO_F_IDENT, 1);
        mipro_put_ext(&b, 200);
        mipro_put_ext_octets(&b, (const uint8_t *)"abc", 3);
        mipro_put_auth(&b, MIPRO_EXT_AUTH, s, 0, 0x1000);
        if (b.failed != (size < full) || b.len > size)
            fail_msg(
                "%zu octets of room: %s, %zu written", size, b.failed ? "failed" : "built", b.len);
        free(x.block);
    }
}

static void
put_nothing(struct mipro_build *b)
{
    (void)b;
}

static void
put_too_wide(struct mipro_build *b)
{
    mipro_put(b, MIPRO_F_LIFE, 0x10000);
}

static void
put_too_wide_in_three(struct mipro_build *b)
{
    mipro_put_ext(b, MIPRO_EXT_AUTH);
    mipro_put_ext_field(b, MIPRO_F_SPI, UINT64_C(0x100000000));
}

static void
put_another_message_s_field(struct mipro_build *b)
{
    mipro_put(b, MIPRO_F_STATUS, 0);
}

static void
put_a_list_as_a_field(struct mipro_build *b)
{
    mipro_put(b, MIPRO_F_TARGET, 0);
}

static void
put_a_target(struct mipro_build *b)
{
    mipro_put_target(b, 0xc0000207);
}

static void
put_ident_late(struct mipro_build *b)
{
    mipro_put_ext(b, 200);
    mipro_put(b, MIPRO_F_IDENT, 0);
}

static void
put_ext_field_early(struct mipro_build *b)
{
    mipro_put_ext_field(b, MIPRO_F_SPI, 1);
}

static void
put_ext_octets_early(struct mipro_build *b)
{
    mipro_put_ext_octets(b, (const uint8_t *)"a", 1);
}

static void
put_another_extension_s_field(struct mipro_build *b)
{
    mipro_put_ext(b, MIPRO_EXT_AUTH);
    mipro_put_ext_field(b, MIPRO_F_PFAN_LIFE, 1);
}

static void
put_an_authenticator_as_a_number(struct mipro_build *b)
{
    mipro_put_ext(b, MIPRO_EXT_AUTH);
    mipro_put_ext_field(b, MIPRO_F_AUTHENTICATOR, 1);
}

static void
put_too_long(struct mipro_build *b)
{
    static const uint8_t octets[256];

    mipro_put_ext(b, 200);
    mipro_put_ext_octets(b, octets, sizeof(octets));
}

static void
put_auth_without_key(struct mipro_build *b)
{
    mipro_put_auth(b, MIPRO_EXT_AUTH, NULL, 0, 0x1000);
}

static void
put_pfan_authenticator_elsewhere(struct mipro_build *b)
{
    static const struct mipro_pfan_reading reading;
    static const struct mipro_association s;

    mipro_put_ext(b, MIPRO_EXT_AUTH);
    mipro_put_pfan_authenticator(b, &s, 0, &reading, MIPRO_BODY);
}

static void
what_the_tables_do_not_allow_is_refused(void **state)
{
    static const struct {
        const char *name;
        void (*put)(struct mipro_build *b);
        bool fails;
    } rows[] = {
        { "nothing", put_nothing, false },
        { "a value too wide", put_too_wide, true },
        { "an SPI too wide", put_too_wide_in_three, true },
        { "another message's field", put_another_message_s_field, true },
        { "a list as a field", put_a_list_as_a_field, true },
        { "a target in a Binding Update", put_a_target, true },
        { "an identification after extensions", put_ident_late, true },
        { "an extension's field before any", put_ext_field_early, true },
        { "an extension's octets before any", put_ext_octets_early, true },
        { "another extension's field", put_another_extension_s_field, true },
        { "an authenticator as a number", put_an_authenticator_as_a_number, true },
        { "longer than the length field allows", put_too_long, true },
        { "an authenticator without a key", put_auth_without_key, true },
        { "a PFAN's authenticator elsewhere", put_pfan_authenticator_elsewhere, true },
    };
    const struct mipro_settings set = MIPRO_SETTINGS;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t buf[2 * ROOM];
        struct mipro_build b = mipro_build(
            buf, sizeof(buf), mipro_msg_def(MIPRO_BINDING_UPDATE, MIPRO_SOURCE_DRAFT), &set);

        rows[i].put(&b);
        if (b.failed != rows[i].fails)
            fail_msg("%s: %s", rows[i].name, b.failed ? "failed" : "built");
    }
    assert_true(mipro_build(NULL, 0, NULL, &set).failed);
}

/* Judge the only authenticator of this type in what was built. */
static struct mipro_auth
judge(const struct mipro_build *b, uint8_t type, const struct mipro_keyring *ring,
    struct mipro_message *m)
{
    struct mipro_scene scene = the_scene;
    struct mipro_auth auth;
    struct mipro_ext e;

    scene.ring = ring;
    assert_false(b->failed);
    mipro_message_parse(m, b->buf, b->len, b->len, &b->set, MIPRO_IDENT_PRESENT);
    assert_int_equal(m->err, MIPRO_OK);
    assert_true(mipro_ext_find(m, type, &e));
    mipro_auth_judge(m, &e, &scene, &auth);
    return auth;
}

static void
what_is_signed_is_good_and_one_octet_later_bad(void **state)
{
    static const char *const names[] = { "plain", "hmac", "spi", "any", "master" };
    static const struct {
        uint8_t type, message;
        enum mipro_source source;
    } rows[] = {
        { MIPRO_EXT_AUTH, MIPRO_BINDING_UPDATE, MIPRO_SOURCE_DRAFT },
        { MIPRO_EXT_AUTH, MIPRO_BINDING_ACKNOWLEDGE, MIPRO_SOURCE_DRAFT },
        { MIPRO_EXT_AUTH, MIPRO_BINDING_WARNING, MIPRO_SOURCE_DRAFT },
        { MIPRO_EXT_FOREIGN_HOME, MIPRO_REGISTRATION_REQUEST, MIPRO_SOURCE_BASE },
        { MIPRO_EXT_MOBILE_HOME, MIPRO_REGISTRATION_REPLY, MIPRO_SOURCE_BASE },
        { MIPRO_EXT_GENERALIZED, MIPRO_REGISTRATION_REQUEST, MIPRO_SOURCE_BASE },
        { MIPRO_EXT_GENERALIZED, MIPRO_BINDING_REQUEST, MIPRO_SOURCE_DRAFT },
    };
    const struct mipro_keyring *ring = *state;

    for (size_t i = 0; i < COUNT(rows); i++)
        for (size_t k = 0; k < COUNT(names); k++) {
            const struct mipro_association *s = named(ring, names[k]);
            const struct mipro_msg_def *def = mipro_msg_def(rows[i].message, rows[i].source);
            struct mipro_settings set = settings_for(rows[i].source);
            struct mipro_message m;
            struct mipro_auth auth;
            uint8_t buf[ROOM];
            struct mipro_build b = build_message(buf, sizeof(buf), def, &set, true);
            uint32_t node = the_scene.dst;

            if (def->source == MIPRO_SOURCE_BASE) {
                mipro_put(&b, MIPRO_F_HOMEADDR, the_scene.dst);
                mipro_put(&b, MIPRO_F_HOMEAGENT, the_scene.src);
            }
            if (def->tail !=
                MIPRO_TAIL_TARGETS) /* after targets only 35 is recognized (ruling 2) */
                mipro_put_ext(&b, 200);
            mipro_put_auth(&b, rows[i].type, s, node, s->spi);
            auth = judge(&b, rows[i].type, ring, &m);
            if (auth.verdict != MIPRO_GOOD || auth.association != s)
                fail_msg("%s, extension %u, %s: %s", def->name, rows[i].type, names[k],
                    mipro_verdict_name(auth.verdict));
            buf[1] ^= 1; /* flags, code, reserved: the framing is unchanged */
            if (judge(&b, rows[i].type, ring, &m).verdict != MIPRO_BAD)
                fail_msg("%s, extension %u, %s: another octet is good too", def->name, rows[i].type,
                    names[k]);
        }
}

static void
a_pfan_is_good_by_the_reading_that_it_was_signed_with(void **state)
{
    static const char *const names[] = { "plain", "hmac", "spi", "any" };
    const struct mipro_keyring *ring = *state;
    const struct mipro_msg_def *def = mipro_msg_def(MIPRO_REGISTRATION_REQUEST, MIPRO_SOURCE_BASE);

    for (unsigned row = 0; row < 3 * 16 * COUNT(names); row++) {
        const struct mipro_association *s = named(ring, names[row / 16 % COUNT(names)]);
        const struct mipro_settings set = { (enum mipro_draft)(row / 16 / COUNT(names)),
            MIPRO_READING_AUTO, MIPRO_EXT_WARNING, false };
        struct mipro_pfan_reading reading = { (row & 1) != 0, (row & 2) != 0, (row & 4) != 0,
            false };
        enum mipro_coverage coverage = (row & 8) != 0 ? MIPRO_BODY : MIPRO_BODY_TYPE_LENGTH;
        struct mipro_message m;
        struct mipro_auth auth;
        uint8_t buf[ROOM];
        struct mipro_build b = mipro_build(buf, sizeof(buf), def, &set);

        mipro_put(&b, MIPRO_F_FLAGS, MIPRO_RRQ_M | MIPRO_RRQ_G);
        mipro_put(&b, MIPRO_F_HOMEADDR, 0x0a010009);
        mipro_put(&b, MIPRO_F_COA, 0x0a030001);
        mipro_put(&b, MIPRO_F_IDENT, 0x12345678);
        mipro_put_ext(&b, MIPRO_EXT_PFAN);
        mipro_put_ext_field(&b, MIPRO_F_PFAN_LIFE, 60);
        mipro_put_ext_field(&b, MIPRO_F_PFAN_AGENT, 0x0a020001);
        mipro_put_ext_field(&b, MIPRO_F_PFAN_COA, 0x0a030001);
        mipro_put_ext_field(&b, MIPRO_F_PFAN_SPI, s->spi);
        mipro_put_pfan_authenticator(&b, s, 0, &reading, coverage);
        mipro_put_ext(&b, 200);
        auth = judge(&b, MIPRO_EXT_PFAN, ring, &m);
        if (auth.verdict != MIPRO_GOOD || auth.coverage != coverage ||
            auth.reading.ident != reading.ident || auth.reading.minimal != reading.minimal ||
            auth.reading.gre != reading.gre) {
            char text[12];

            mipro_pfan_reading_text(&reading, text);
            fail_msg("draft %u, %s, %s, %s: %s", (unsigned)set.draft, s->name, text,
                mipro_coverage_name(coverage), mipro_verdict_name(auth.verdict));
        }
        assert_int_equal(buf[25], 30);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_message_of_the_table_is_parsed_as_it_was_built),
        cmocka_unit_test(every_extension_of_the_table_is_parsed_as_it_was_built),
        cmocka_unit_test(an_unknown_extension_is_type_length_value),
        cmocka_unit_test(an_identification_put_again_is_replaced),
        cmocka_unit_test(a_buffer_that_is_too_small_fails_and_is_not_overrun),
        cmocka_unit_test(what_the_tables_do_not_allow_is_refused),
        cmocka_unit_test(what_is_signed_is_good_and_one_octet_later_bad),
        cmocka_unit_test(a_pfan_is_good_by_the_reading_that_it_was_signed_with),
    };

    return cmocka_run_group_tests(tests, load_keys, free_keys);
}
