/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The last word on a PFAN, and the Binding Update that has its authenticator: with keys. */
#include "history.h"
#include "mipro_build.h"
#include "mipro_sign.h"

static const char keys[] =
    "\"mobile-to-old-agent\",\"10.1.0.9\",\"10.2.0.1\",\"0x1000\",\"text:abcd\"\n";

static const struct mipro_settings set = MIPRO_SETTINGS;

struct scene {
    struct history h;
    struct mipro_keyring *ring;
    const struct mipro_association *association;
    struct mipro_auth auth[4]; /* of the message seen last */
    size_t n_auth;
};

static void
begin(struct scene *s)
{
    struct mipro_key_error err;

    history_begin(&s->h, NULL);
    s->ring = mipro_keyring_parse(keys, strlen(keys), "keys", NULL, NULL, &err);
    assert_non_null(s->ring);
    s->association = mipro_keyring_at(s->ring, 0);
}

static void
end(struct scene *s)
{
    history_end(&s->h);
    if (s->h.fault != NULL)
        fail_msg("%s", s->h.fault);
    mipro_keyring_free(s->ring);
}

static void
keep(void *ctx, const struct mipro_auth *auth)
{
    struct scene *s = ctx;

    assert_true(s->n_auth < COUNT(s->auth));
    s->auth[s->n_auth++] = *auth;
}

static void
see(struct scene *s, uint64_t frame, int ms, uint32_t src, uint32_t dst, const uint8_t *octets,
    size_t n)
{
    struct mipro_message m;
    struct unit_exact x = unit_exact(octets, n);
    struct mipro_scene scene = { src, dst, ms * (MIPRO_SECOND / 1000), s->ring };
    struct mipro_event ev = { .frame = frame,
        .time = scene.time,
        .src = src,
        .dst = dst,
        .message = &m,
        .auth = s->auth,
        .ring = s->ring };

    mipro_message_parse(&m, x.octets, n, n, &set, MIPRO_IDENT_UNKNOWN);
    s->n_auth = 0;
    mipro_auth_each(&m, &scene, keep, s);
    ev.n_auth = s->n_auth;
    mipro_conduct_see(s->h.c, &ev);
    history_horizon(&s->h, frame);
    free(x.block);
}

/* The Binding Update body: A, a reserved bit that no reading rebuilds, lifetime 30. */
static const uint8_t odd_body[12] = { 18, 0x84, 0, 30, 10, 1, 0, 9, 10, 3, 0, 1 };
static const uint8_t plain_body[12] = { 18, 0x80, 0, 30, 10, 1, 0, 9, 10, 3, 0, 1 };

/* A request with a PFAN signed over body, with or without type and length. */
static size_t
make_request(const struct scene *s, const uint8_t body[12], bool type_length, uint64_t ident,
    uint8_t out[256])
{
    struct mipro_build b = mipro_build(out, 256, mipro_msg_def(1, MIPRO_SOURCE_BASE), &set);
    uint8_t signed_octets[14];
    uint8_t authenticator[16];

    memcpy(signed_octets, body, 12);
    signed_octets[12] = 35;
    signed_octets[13] = 20;
    mipro_auth_compute_as(s->association, 0, MIPRO_KEYED_MD5, MIPRO_TYPE_LENGTH, signed_octets,
        type_length ? 14 : 12, 0x1000, authenticator);
    mipro_put(&b, MIPRO_F_LIFE, 600);
    mipro_put(&b, MIPRO_F_HOMEADDR, HOME);
    mipro_put(&b, MIPRO_F_HOMEAGENT, HA);
    mipro_put(&b, MIPRO_F_COA, FA2);
    mipro_put(&b, MIPRO_F_IDENT, ident);
    mipro_put_ext(&b, MIPRO_EXT_PFAN);
    mipro_put_ext_field(&b, MIPRO_F_PFAN_LIFE, 30);
    mipro_put_ext_field(&b, MIPRO_F_PFAN_AGENT, FA1);
    mipro_put_ext_field(&b, MIPRO_F_PFAN_COA, FA2);
    mipro_put_ext_field(&b, MIPRO_F_PFAN_SPI, 0x1000);
    mipro_put_ext_octets(&b, authenticator, sizeof(authenticator));
    assert_false(b.failed);
    return b.len;
}

/* The update that a new foreign agent builds from it. */
static size_t
make_update(const uint8_t body[12], const uint8_t *request, uint8_t out[64])
{
    memcpy(out, body, 12);
    out[12] = 35;
    out[13] = 20;
    memcpy(out + 14, request + 24 + 12, 20); /* SPI and authenticator of the PFAN */
    return 34;
}

static void
the_update_settles_a_notification_that_no_rebuilt_body_does(void **state)
{
    uint8_t request[256], update[64];
    size_t n;
    struct scene s;

    (void)state;
    begin(&s);
    n = make_request(&s, odd_body, true, 1, request);
    see(&s, 1, 0, HOME, FA2, request, n);
    assert_int_equal(s.auth[0].verdict, MIPRO_BAD);
    assert_int_equal(s.h.n_pfan, 0);
    assert_int_equal(mipro_conduct_horizon(s.h.c), 1);
    n = make_update(odd_body, request, update);
    see(&s, 2, 5, FA2, FA1, update, n);
    assert_int_equal(s.h.n_pfan, 1);
    assert_int_equal(s.h.pfan[0], 1);
    assert_non_null(s.h.pfan_auth[0]);
    assert_int_equal(s.h.pfan_auth[0]->verdict, MIPRO_GOOD);
    assert_true(s.h.pfan_auth[0]->reading.from_update);
    end(&s);
    assert_int_equal(s.h.n_pfan, 1);
}

static void
a_notification_that_is_wrong_stays_bad(void **state)
{
    static const struct {
        const char *name;
        int ms; /* when the update comes; 0: never */
    } rows[] = { { "the update does not settle it", 5 }, { "the limit", 6000 }, { "the end", 0 } };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t request[256], update[64];
        struct scene s;
        size_t n;

        begin(&s);
        n = make_request(&s, odd_body, true, 1, request);
        request[24 + 31] ^= 1;
        see(&s, 1, 0, HOME, FA2, request, n);
        n = make_update(odd_body, request, update);
        if (rows[i].ms != 0)
            see(&s, 2, rows[i].ms, FA2, FA1, update, n);
        if (s.h.n_pfan != (rows[i].ms != 0))
            fail_msg("%s: %zu last words", rows[i].name, s.h.n_pfan);
        end(&s);
        if (s.h.n_pfan != 1 || s.h.pfan[0] != 1 || s.h.pfan_auth[0] != NULL)
            fail_msg("%s: no last word that leaves the verdict unchanged", rows[i].name);
    }
}

static void
a_notification_that_is_good_has_its_last_word_at_once(void **state)
{
    uint8_t request[256];
    struct scene s;
    size_t n;

    (void)state;
    begin(&s);
    n = make_request(&s, plain_body, false, 1, request);
    see(&s, 1, 0, HOME, FA2, request, n);
    assert_int_equal(s.auth[0].verdict, MIPRO_GOOD);
    assert_int_equal(s.h.n_pfan, 1);
    assert_null(s.h.pfan_auth[0]);
    end(&s);
    assert_int_equal(s.h.n_pfan, 1);
}

static void
each_hop_of_a_request_has_its_own_last_word(void **state)
{
    uint8_t request[256], update[64];
    struct scene s;
    size_t n;

    (void)state;
    begin(&s);
    n = make_request(&s, odd_body, true, 1, request);
    see(&s, 1, 0, HOME, FA2, request, n);
    see(&s, 2, 3, FA2, HA, request, n);
    n = make_update(odd_body, request, update);
    see(&s, 3, 5, FA2, FA1, update, n);
    assert_int_equal(s.h.n_pfan, 2);
    assert_int_equal(s.h.pfan[0], 1);
    assert_int_equal(s.h.pfan[1], 2);
    assert_non_null(s.h.pfan_auth[0]);
    assert_non_null(s.h.pfan_auth[1]);
    end(&s);
}

static void
an_update_for_another_notification_does_not_settle_this_one(void **state)
{
    uint8_t first[256], second[256], update[64];
    struct scene s;
    size_t n;

    (void)state;
    begin(&s);
    n = make_request(&s, odd_body, true, 1, first);
    see(&s, 1, 0, HOME, FA2, first, n);
    n = make_request(&s, odd_body, false, 2, second);
    see(&s, 2, 3, HOME, FA2, second, n);
    n = make_update(odd_body, second, update);
    see(&s, 3, 5, FA2, FA1, update, n);
    assert_int_equal(s.h.n_pfan, 1);
    assert_int_equal(s.h.pfan[0], 2);
    assert_non_null(s.h.pfan_auth[0]);
    end(&s);
    assert_int_equal(s.h.n_pfan, 2);
    assert_int_equal(s.h.pfan[1], 1);
    assert_null(s.h.pfan_auth[1]);
}

/* 5.1: the mobile node may have covered only the body. */
static void
a_foreign_agents_update_is_good_by_its_body_alone(void **state)
{
    uint8_t request[256], update[64];
    struct scene s;
    size_t n;

    (void)state;
    begin(&s);
    n = make_request(&s, plain_body, false, 1, request);
    make_update(plain_body, request, update);
    see(&s, 1, 0, FA2, FA1, update, 34); /* its PFAN was not captured */
    assert_int_equal(s.auth[0].verdict, MIPRO_GOOD);
    see(&s, 2, 10, HOME, FA2, request, n);
    see(&s, 3, 15, FA2, FA1, update, 34);
    assert_int_equal(s.auth[0].verdict, MIPRO_GOOD);
    assert_int_equal(s.auth[0].coverage, MIPRO_BODY);
    /* Altered, it is bad, and reported as not as it was signed. */
    update[3] = 31;
    see(&s, 4, 20, FA2, FA1, update, 34);
    assert_int_equal(s.auth[0].verdict, MIPRO_BAD);
    /* Signed over only the body, but different from the PFAN. */
    mipro_auth_compute_as(
        s.association, 0, MIPRO_KEYED_MD5, MIPRO_TYPE_LENGTH, update, 12, 0x1000, update + 18);
    see(&s, 5, 25, FA2, FA1, update, 34);
    assert_int_equal(s.auth[0].verdict, MIPRO_GOOD);
    assert_int_equal(s.h.n_found, 0);
    end(&s);
}

/* Whatever is dropped, each frame gets its last word exactly once. */
static void
no_last_word_is_lost_when_home_addresses_are_dropped(void **state)
{
    struct mipro_conduct_config config = history_config();
    struct history h;
    bool had[64] = { false };

    (void)state;
    config.max_homes = 3;
    config.shards = 1;
    history_begin(&h, &config);
    for (uint32_t i = 0; i < 60; i++) {
        struct step s = { 0, RRQ, HOME, FA2, .home = HOME + i % 7, .life = 600, .coa = FA2,
            .id = i + 1, .pfan = { FA1, FA2, 30, 0x77, MIPRO_BAD } };

        history_step(&h, &s, i + 1);
    }
    assert_true(mipro_conduct_dropped(h.c) > 0);
    history_end(&h);
    if (h.fault != NULL)
        fail_msg("%s", h.fault);
    assert_int_equal(h.n_pfan, 60);
    for (size_t i = 0; i < h.n_pfan; i++) {
        if (had[h.pfan[i]])
            fail_msg("frame %u got two last words", (unsigned)h.pfan[i]);
        had[h.pfan[i]] = true;
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_update_settles_a_notification_that_no_rebuilt_body_does),
        cmocka_unit_test(a_notification_that_is_wrong_stays_bad),
        cmocka_unit_test(a_notification_that_is_good_has_its_last_word_at_once),
        cmocka_unit_test(each_hop_of_a_request_has_its_own_last_word),
        cmocka_unit_test(an_update_for_another_notification_does_not_settle_this_one),
        cmocka_unit_test(a_foreign_agents_update_is_good_by_its_body_alone),
        cmocka_unit_test(no_last_word_is_lost_when_home_addresses_are_dropped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
