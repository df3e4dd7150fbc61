/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "crypto/hash.h"
#include "mipro_auth.h"
#include "mipro_message.h"
#include "mipro_wire.h"

static const struct mipro_settings set = MIPRO_SETTINGS;

/* A list is ascending, its fields do not overlap, and an open one is last. */
static void
check_fields(const char *whose, const struct mipro_field_def *fields)
{
    unsigned end = 0;

    for (const struct mipro_field_def *f = fields; f->id != MIPRO_F_END; f++) {
        if (f->off < end)
            fail_msg("%s: %s overlaps the previous field", whose, mipro_field_name(f->id));
        if (f->len == 0 && f[1].id != MIPRO_F_END)
            fail_msg("%s: %s is open, but not the last", whose, mipro_field_name(f->id));
        if (f->len > 8)
            fail_msg("%s: %s is wider than an integer", whose, mipro_field_name(f->id));
        if (mipro_find_field(fields, f->id) != f)
            fail_msg("%s: %s appears twice", whose, mipro_field_name(f->id));
        end = f->off + f->len;
    }
}

static void
fields_of_a_message_lie_in_its_fixed_part_or_tail(void **state)
{
    const struct mipro_msg_def *def;

    (void)state;
    for (size_t i = 0; (def = mipro_msg_def_at(i)) != NULL; i++) {
        check_fields(def->name, def->fields);
        for (const struct mipro_field_def *f = def->fields; f->id != MIPRO_F_END; f++) {
            if (f->len > sizeof(((struct mipro_message *)NULL)->value[0]) &&
                (f->id != MIPRO_F_IDENT || f->len != MIPRO_IDENT_LEN))
                fail_msg("%s: %s does not fit in a value", def->name, mipro_field_name(f->id));
            if (f->id >= MIPRO_F_MESSAGE_COUNT)
                fail_msg("%s: %s is not a field of messages", def->name, mipro_field_name(f->id));
            if (f->off + f->len <= def->fixed_len && f->len != 0)
                continue;
            if (f->off != def->fixed_len)
                fail_msg("%s: %s begins in the fixed part and ends after it", def->name,
                    mipro_field_name(f->id));
            if ((f->id == MIPRO_F_TARGET) != (def->tail == MIPRO_TAIL_TARGETS) ||
                (f->id == MIPRO_F_IDENT) !=
                    (def->tail == MIPRO_TAIL_IDENT_FLAGGED || def->tail == MIPRO_TAIL_IDENT_OPEN))
                fail_msg("%s: %s does not match the tail", def->name, mipro_field_name(f->id));
        }
    }
}

/* Sizes that the compiler cannot derive from the tables. */
static void
fixed_sizes_are_large_enough_for_the_tables(void **state)
{
    const struct mipro_msg_def *update = mipro_msg_def(MIPRO_BINDING_UPDATE, MIPRO_SOURCE_DRAFT);
    const struct mipro_msg_def *def;
    const struct mipro_ext_def *ext;

    (void)state;
    for (unsigned i = 0; i < MIPRO_ALGORITHMS; i++) {
        const struct mipro_algorithm_def *a = &mipro_algorithm_defs[i];

        if (a->id != i || a->size == 0 || a->size > MIPRO_AUTH_MAX || a->size > a->block ||
            a->block > MIPRO_HASH_BLOCK_MAX)
            fail_msg("%s: size %u, block %u", a->name, a->size, a->block);
    }
    for (size_t i = 0; (ext = mipro_ext_def_at(i)) != NULL; i++)
        if (ext->auth)
            assert_true(
                update->fixed_len + MIPRO_IDENT_LEN + (ext->spi_off != 0 ? ext->spi_off : 0u) <=
                MIPRO_PFAN_SIGNED_MAX);
    for (size_t i = 0; (def = mipro_msg_def_at(i)) != NULL; i++) {
        unsigned n = 0;

        while (def->fields[n].id != MIPRO_F_END)
            n++;
        if (def->type > MIPRO_LAST_TYPE || n > 8) /* as many as parse_plain.c unrolls */
            fail_msg("%s: type %u, %u fields", def->name, def->type, n);
    }
}

static void
a_message_begins_with_its_type_and_is_found_by_it(void **state)
{
    const struct mipro_msg_def *def;
    unsigned bits = 0;

    (void)state;
    for (size_t i = 0; (def = mipro_msg_def_at(i)) != NULL; i++) {
        if (def->fields[0].id != MIPRO_F_TYPE || def->fields[0].off != 0)
            fail_msg("%s: does not begin with its type", def->name);
        if (mipro_msg_def(def->type, def->source) != def)
            fail_msg("%s: is not the definition of its type", def->name);
        if (def->in == 0 || (def->in & (def->in - 1)) != 0)
            fail_msg("%s: not one bit", def->name);
        if ((bits & def->in) != 0 && def->source != MIPRO_SOURCE_IANA)
            fail_msg("%s: another one has the same bit", def->name);
        bits |= def->in;
    }
    assert_null(mipro_msg_def(0, MIPRO_SOURCE_BASE));
    assert_null(mipro_msg_def(MIPRO_BINDING_UPDATE, MIPRO_SOURCE_BASE));
    assert_null(mipro_msg_def(20, MIPRO_SOURCE_DRAFT));
}

static void
an_extension_is_found_by_its_type_and_its_smallest_length_holds_its_fields(void **state)
{
    const struct mipro_ext_def *def;
    uint8_t before = 0;

    (void)state;
    for (size_t i = 0; (def = mipro_ext_def_at(i)) != NULL; i++) {
        const struct mipro_field_def *fields = def->fields, *spi, *authenticator;
        unsigned end = 0, header;

        if (mipro_ext_def(def->type, &set) != def)
            fail_msg("%s: is not the definition of type %u", def->name, def->type);
        if (def->type <= before)
            fail_msg("%s: out of order", def->name);
        before = def->type;
        if (fields == NULL)
            fields = mipro_plain_ext_fields(def->shape);
        check_fields(def->name, fields);
        assert_int_equal(fields[0].id, MIPRO_F_EXT_TYPE);
        spi =
            mipro_find_field(fields, def->type == MIPRO_EXT_PFAN ? MIPRO_F_PFAN_SPI : MIPRO_F_SPI);
        authenticator = mipro_find_field(fields,
            def->type == MIPRO_EXT_PFAN ? MIPRO_F_PFAN_AUTHENTICATOR : MIPRO_F_AUTHENTICATOR);
        if ((spi != NULL) != (def->auth || def->type == MIPRO_EXT_PFAN))
            fail_msg("%s: SPI and kind do not match", def->name);
        if (def->spi_off != (spi != NULL ? spi->off : 0))
            fail_msg("%s: its SPI offset is %u", def->name, def->spi_off);
        if (spi != NULL && (authenticator == NULL || authenticator->off != spi->off + 4))
            fail_msg("%s: its authenticator does not follow the SPI", def->name);
        header = def->shape == MIPRO_SHAPE_LONG ? 4 : 2;
        if (mipro_find_field(fields, MIPRO_F_EXT_LEN)->off +
                mipro_find_field(fields, MIPRO_F_EXT_LEN)->len !=
            (int)header)
            fail_msg("%s: the length field is not last in the header", def->name);
        for (const struct mipro_field_def *f = fields; f->id != MIPRO_F_END; f++) {
            if (f->id < MIPRO_F_MESSAGE_COUNT)
                fail_msg("%s: %s is a field of messages", def->name, mipro_field_name(f->id));
            end = f->off + f->len;
        }
        /* An authenticator has at least one octet, a list of targets at least one target. */
        if (def->auth || def->type == MIPRO_EXT_PFAN)
            end += 1;
        else if (def->type == MIPRO_EXT_WARNING)
            end += 4;
        if (header + def->min_len != end)
            fail_msg(
                "%s: its fields need %u octets, not %u", def->name, end - header, def->min_len);
        if (def->auth && (mipro_find_field(fields, MIPRO_F_SPI) == NULL ||
                             mipro_find_field(fields, MIPRO_F_AUTHENTICATOR) == NULL))
            fail_msg("%s: has no SPI or no authenticator", def->name);
    }
    assert_null(mipro_ext_def(0, &set));
    assert_null(mipro_ext_def(51, &set));
    /* All types assigned by IANA are known. */
    for (uint8_t type = 32; type <= 50; type++)
        assert_non_null(mipro_ext_def(type, &set));
    for (uint8_t type = 128; type <= 145; type++)
        assert_non_null(mipro_ext_def(type, &set));
    assert_null(mipro_ext_def(100, &set));
    assert_null(mipro_ext_def(255, &set));
}

static void
the_binding_warning_extension_is_where_the_settings_say(void **state)
{
    struct mipro_settings moved = set;

    (void)state;
    moved.warning_ext = 200;
    assert_string_equal(mipro_ext_def(200, &moved)->name, "Binding Warning");
    assert_null(mipro_ext_def(MIPRO_EXT_WARNING, &moved));
    assert_null(mipro_ext_def(200, &set));
}

static void
the_binding_warning_extension_takes_no_place_of_the_drafts_own(void **state)
{
    static const struct {
        uint8_t type;
        bool free;
    } rows[] = { { 0, false }, { MIPRO_EXT_WARNING, true }, { 200, true }, { 131, true },
        { 32, false }, { MIPRO_EXT_AUTH, false }, { MIPRO_EXT_GENERALIZED, false },
        { MIPRO_EXT_PFAN, false } };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if ((mipro_warning_ext_clash(rows[i].type) == NULL) != rows[i].free)
            fail_msg("type %u should %sbe free", rows[i].type, rows[i].free ? "" : "not ");
}

static void
every_field_has_its_own_name(void **state)
{
    (void)state;
    for (int id = MIPRO_F_END + 1; id < MIPRO_F_COUNT; id++) {
        const char *name = mipro_field_name((enum mipro_field)id);

        if (name == NULL)
            fail_msg("field %d has no name", id);
        else if (mipro_field_by_name(name) != (enum mipro_field)id)
            fail_msg("%s: two fields have this name", name);
    }
    assert_int_equal(mipro_field_by_name("no such field"), MIPRO_F_END);
    assert_int_equal(mipro_field_by_name(""), MIPRO_F_END);
    assert_null(mipro_field_name(MIPRO_F_END));
    assert_null(mipro_field_name(MIPRO_F_COUNT));
}

static void
check_flags(const char *whose, const struct mipro_flag_def *flags, unsigned rest, unsigned all)
{
    for (; flags->letter != 0; flags++) {
        if ((flags->mask & (flags->mask - 1)) != 0)
            fail_msg("%s: %c is not one bit", whose, flags->letter);
        if ((rest & flags->mask) != 0)
            fail_msg("%s: %c has the bit of another", whose, flags->letter);
        rest |= flags->mask;
    }
    if (rest != all)
        fail_msg("%s: bits 0x%x belong to no flag", whose, all & ~rest);
}

static void
every_bit_of_the_flags_has_one_owner(void **state)
{
    struct mipro_settings later = set;

    (void)state;
    later.draft = MIPRO_DRAFT_09;
    check_flags("Binding Update", mipro_update_flags(), MIPRO_BU_RESERVED, 0xff);
    check_flags("Registration Request", mipro_request_flags(&set), 0x01, 0xff);
    check_flags("Registration Request of -09", mipro_request_flags(&later), 0, 0xff);
    check_flags("advertisement", mipro_advert_flags(), 0x007f, 0xffff);
}

/* The draft and its successors, typed from the specification. */
static void
drafts_differ_in_the_private_bit_and_in_what_authenticates(void **state)
{
    static const struct {
        enum mipro_draft draft;
        uint8_t private_bit, auth_ext;
    } rows[] = {
        { MIPRO_DRAFT_08, 0x02, 35 },
        { MIPRO_DRAFT_09, 0x01, 36 },
        { MIPRO_DRAFT_11, 0x01, 36 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct mipro_settings s = set;

        s.draft = rows[i].draft;
        assert_int_equal(mipro_private_bit(&s), rows[i].private_bit);
        assert_int_equal(mipro_auth_ext_type(&s), rows[i].auth_ext);
        for (const struct mipro_flag_def *f = mipro_request_flags(&s); f->letter != 0; f++)
            if (f->letter == 'P')
                assert_int_equal(f->mask, rows[i].private_bit);
    }
}

/* Lengths and offsets, typed from the specification. */
static void
layouts_are_those_of_the_specification(void **state)
{
    static const struct {
        uint8_t type;
        uint8_t fixed_len;
        enum mipro_field id;
        uint8_t off, len;
    } rows[] = {
        { 16, 8, MIPRO_F_RESERVED, 1, 3 },
        { 16, 8, MIPRO_F_HOMEADDR, 4, 4 },
        { 16, 8, MIPRO_F_TARGET, 8, 0 },
        { 17, 16, MIPRO_F_RESERVED, 1, 3 },
        { 17, 16, MIPRO_F_HOMEADDR, 4, 4 },
        { 17, 16, MIPRO_F_IDENT, 8, 8 },
        { 18, 12, MIPRO_F_FLAGS, 1, 1 },
        { 18, 12, MIPRO_F_LIFE, 2, 2 },
        { 18, 12, MIPRO_F_HOMEADDR, 4, 4 },
        { 18, 12, MIPRO_F_COA, 8, 4 },
        { 18, 12, MIPRO_F_IDENT, 12, 8 },
        { 19, 8, MIPRO_F_RESERVED, 1, 2 },
        { 19, 8, MIPRO_F_STATUS, 3, 1 },
        { 19, 8, MIPRO_F_HOMEADDR, 4, 4 },
        { 19, 8, MIPRO_F_IDENT, 8, 8 },
        { 1, 24, MIPRO_F_FLAGS, 1, 1 },
        { 1, 24, MIPRO_F_LIFE, 2, 2 },
        { 1, 24, MIPRO_F_HOMEADDR, 4, 4 },
        { 1, 24, MIPRO_F_HOMEAGENT, 8, 4 },
        { 1, 24, MIPRO_F_COA, 12, 4 },
        { 1, 24, MIPRO_F_IDENT, 16, 8 },
        { 3, 20, MIPRO_F_CODE, 1, 1 },
        { 3, 20, MIPRO_F_LIFE, 2, 2 },
        { 3, 20, MIPRO_F_HOMEADDR, 4, 4 },
        { 3, 20, MIPRO_F_HOMEAGENT, 8, 4 },
        { 3, 20, MIPRO_F_IDENT, 12, 8 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct mipro_msg_def *def =
            mipro_msg_def(rows[i].type, rows[i].type < 16 ? MIPRO_SOURCE_BASE : MIPRO_SOURCE_DRAFT);
        const struct mipro_field_def *f;

        assert_non_null(def);
        f = mipro_find_field(def->fields, rows[i].id);
        if (f == NULL || f->off != rows[i].off || f->len != rows[i].len ||
            def->fixed_len != rows[i].fixed_len)
            fail_msg("message %u: %s", rows[i].type, mipro_field_name(rows[i].id));
    }
}

static void
statuses_are_those_of_the_draft(void **state)
{
    static const uint8_t want[] = { 0, 128, 129, 130, 131, 133, 134 };
    size_t n = 0;
    uint8_t status;
    const char *name;

    (void)state;
    while (mipro_status_at(n, &status, &name)) {
        assert_true(n < COUNT(want));
        assert_int_equal(status, want[n]);
        assert_string_equal(mipro_status_name(status), name);
        n++;
    }
    assert_int_equal(n, COUNT(want));
    assert_null(mipro_status_name(132));
    assert_null(mipro_status_name(1));
    assert_null(mipro_status_name(135));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_of_a_message_lie_in_its_fixed_part_or_tail),
        cmocka_unit_test(fixed_sizes_are_large_enough_for_the_tables),
        cmocka_unit_test(a_message_begins_with_its_type_and_is_found_by_it),
        cmocka_unit_test(
            an_extension_is_found_by_its_type_and_its_smallest_length_holds_its_fields),
        cmocka_unit_test(the_binding_warning_extension_is_where_the_settings_say),
        cmocka_unit_test(the_binding_warning_extension_takes_no_place_of_the_drafts_own),
        cmocka_unit_test(every_field_has_its_own_name),
        cmocka_unit_test(every_bit_of_the_flags_has_one_owner),
        cmocka_unit_test(drafts_differ_in_the_private_bit_and_in_what_authenticates),
        cmocka_unit_test(layouts_are_those_of_the_specification),
        cmocka_unit_test(statuses_are_those_of_the_draft),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
