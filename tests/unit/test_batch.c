/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "auth.h"

#define MESSAGE_MAX 512

static const char batch_keys[] =
    "\"0\",\"10.0.0.1\",\"10.0.0.2\",\"300\",\"text:a\"\n"
    "\"1\",\"10.0.0.1\",\"10.0.0.2\",\"301\",\"text:0123456789abcdef\",,\"type-length-spi\"\n"
    "\"2\",\"10.0.0.1\",\"10.0.0.2\",\"302\",\"text:b\",\"hmac-md5\"\n"
    "\"3\",\"10.0.0.0/24\",\"10.0.0.2\",\"303\",\"text:c\",\"hmac-md5\",\"type-length\"\n"
    "\"4\",\"10.0.0.1\",\"*\",\"304\",\"master:text:d\"\n"
    "\"5\",\"10.0.0.1\",\"*\",\"305\",\"master:text:e\",\"hmac-md5\"\n"
    "\"6\",\"10.0.0.1\",\"*\",\"306\",\"text:f\",\"any\"\n"
    "\"7\",\"10.0.0.1\",\"*\",\"307\",\"text:g\",,,,\"\",\"1999-01-01T00:00:00Z\"\n"
    "\"8\",\"10.0.0.1\",\"10.0.0.2\",\"308\",\"text:"
    "0123456789abcdef0123456789abcdef0123456789abcdef"
    "0123456789abcdef0123456789abcdef\"\n"
    "\"9\",\"10.0.0.1\",\"*\",\"309\",\"text:0123456789abcdef0123456789abcdef0123456789abcdef"
    "0123456789abcdef0123456789abcdef\",\"hmac-md5\"\n"
    "\"10\",\"10.0.0.1\",\"10.0.0.2\",\"310\",\"text:fedcba9876543210\"\n"
    "\"11\",\"10.0.0.1\",\"10.0.0.2\",\"311\",\"master:text:fedcba9876543210\"\n";

#define ASSOCIATIONS 12

/* A random message whose authenticator is right, or nearly. */
static size_t
make_message(uint8_t *buf, const struct mipro_keyring *ring)
{
    static const char *const heads[] = { UPDATE,
        "124"
        "00e100a0109090a030002"
        "0000000000000001",
        "130000000a010909", "100000000a010909",
        "01000e100a0109090a0100010a0300020000000000000001" NOTICE
        "00112233445566778899aabbccddeeff" };
    static const uint8_t types[] = { 35, 35, 35, 34, 36, 32 };
    const struct mipro_association *s = mipro_keyring_at(ring, (size_t)rand() % ASSOCIATIONS);
    size_t len = unit_octets(heads[(size_t)rand() % COUNT(heads)], buf, MESSAGE_MAX);

    for (int n = buf[0] == MIPRO_BINDING_WARNING ? rand() % 40 : 0; n > 0; n--) /* targets */
        len += unit_octets("0a030002", buf + len, MESSAGE_MAX - len);
    for (int n = rand() % 3; n > 0; n--) { /* other extensions before it */
        buf[len++] = 131;
        buf[len] = (uint8_t)(rand() % 60);
        memset(buf + len + 1, rand(), buf[len]);
        len += 1u + buf[len];
    }
    len = sign(buf, len, types[(size_t)rand() % COUNT(types)], s, 0x0a000002);
    if (rand() % 2 == 0)
        buf[(size_t)rand() % len] ^= (uint8_t)(1u << rand() % 8);
    if (rand() % 8 == 0)
        len -= (size_t)rand() % 20;
    if (rand() % 8 == 0 && len > 21 && buf[len - 21] == 20) { /* an authenticator of another size */
        int more = rand() % 3 - 1;

        buf[len - 21] = (uint8_t)(20 + more);
        buf[len] = 0xff;
        len = (size_t)((int)len + more);
        if (more == 1) /* right in its last 16 octets, and yet wrong */
            mipro_auth_compute(s, 0x0a000002, buf, len - 21, s->spi, buf + len - 16);
    }
    return len;
}

#define BATCH 64
#define MOST 8 /* authenticators of a message */

/* One authenticator on its way through the batch. */
struct work {
    struct mipro_message m;
    struct mipro_ext e;
    struct mipro_auth auth;
    struct mipro_lane_job job;
};

static void
run_batch(struct work *work, size_t n)
{
    struct mipro_lane_job *jobs[BATCH * MOST];
    struct work *of[BATCH * MOST];
    size_t left = 0;

    for (size_t i = 0; i < n; i++)
        if (work[i].job.n_spans > 0)
            of[left++] = &work[i];
    while (left > 0) {
        size_t again = 0;

        for (size_t i = 0; i < left; i++)
            jobs[i] = &of[i]->job;
        mipro_lanes_run(jobs, left);
        for (size_t i = 0; i < left; i++)
            if (mipro_auth_step(&of[i]->auth, &of[i]->job))
                of[again++] = of[i];
        left = again;
    }
}

static void
check_same(const struct mipro_auth *got, const struct mipro_auth *want, unsigned round)
{
    if (got->ext != want->ext || got->off != want->off || got->len != want->len ||
        got->verdict != want->verdict || got->has_spi != want->has_spi || got->spi != want->spi ||
        got->size_wrong != want->size_wrong || got->association != want->association ||
        got->node != want->node || got->algorithm != want->algorithm ||
        got->coverage != want->coverage || got->has_calculated != want->has_calculated ||
        memcmp(&got->reading, &want->reading, sizeof(want->reading)) != 0 ||
        (want->has_calculated && memcmp(got->calculated, want->calculated, MIPRO_AUTH_LEN) != 0))
        fail_msg("round %u: SPI %u: %s, not %s", round, want->spi, mipro_verdict_name(got->verdict),
            mipro_verdict_name(want->verdict));
}

static void
the_batch_says_what_the_reference_says(void **state)
{
    static uint8_t bufs[BATCH][MESSAGE_MAX];
    static struct work work[BATCH * MOST];
    struct mipro_keyring *ring = load_ring(batch_keys);
    const struct mipro_scene scene = { 0x0a000001, 0x0a000002, NOON, ring };
    unsigned verdicts[MIPRO_VERDICTS] = { 0 };

    (void)state;
    srand(434);
    for (unsigned round = 0; round < 400; round++) {
        size_t n = 0;

        for (size_t i = 0; i < BATCH; i++) {
            size_t len = make_message(bufs[i], ring);
            struct mipro_message m;
            struct mipro_ext e = { 0 };

            mipro_message_parse(&m, bufs[i], len, len, &draft_08, MIPRO_IDENT_UNKNOWN);
            while (n < COUNT(work) && mipro_ext_next(&m, &e)) {
                if (e.def == NULL || (!e.def->auth && e.type != MIPRO_EXT_PFAN))
                    continue;
                work[n].m = m;
                work[n].e = e;
                if (!mipro_auth_begin(&m, &e, &scene, &work[n].auth, &work[n].job))
                    work[n].job.n_spans = 0;
                n++;
            }
        }
        run_batch(work, n);
        for (size_t i = 0; i < n; i++) {
            struct mipro_auth want;

            mipro_auth_judge(&work[i].m, &work[i].e, &scene, &want);
            verdicts[want.verdict]++;
            check_same(&work[i].auth, &want, round);
        }
    }
    for (unsigned v = 0; v < MIPRO_TRUNCATED; v++)
        if (verdicts[v] < 100)
            fail_msg("only %u of verdict %s", verdicts[v], mipro_verdict_name(v));
    mipro_keyring_free(ring);
}

/* What the wave takes, and that it takes what it is for. */
static void
the_wave_says_what_the_reference_says(void **state)
{
    static uint8_t bufs[MIPRO_WAVE][MESSAGE_MAX];
    static struct mipro_auth_wave wave;
    struct mipro_keyring *ring = load_ring(batch_keys);
    const struct mipro_scene scene = { 0x0a000001, 0x0a000002, NOON, ring };
    unsigned taken[ASSOCIATIONS][MIPRO_VERDICTS] = { { 0 } };

    (void)state;
    srand(4344);
    for (unsigned round = 0; round < 2000; round++) {
        struct mipro_message m[MIPRO_WAVE];
        struct mipro_auth auths[MIPRO_WAVE];
        unsigned n = 0;

        for (unsigned i = 0; i < MIPRO_WAVE; i++) {
            size_t len = make_message(bufs[i], ring);
            struct mipro_pair pair;

            mipro_message_parse(&m[i], bufs[i], len, len, &draft_08, MIPRO_IDENT_UNKNOWN);
            if (!mipro_auth_pair(&m[i], &scene, &pair) ||
                !mipro_auth_wave_add(&wave, &m[i], &scene, &pair, &auths[i], i))
                continue;
            assert_int_equal(wave.wave.n, ++n);
        }
        assert_true(n <= MIPRO_WAVE);
        mipro_auth_wave_run(&wave, auths);
        for (unsigned k = 0; k < n; k++) {
            unsigned i = wave.whose[k];
            struct mipro_auth want;

            mipro_auth_judge(&m[i], &m[i].first, &scene, &want);
            assert_non_null(want.association);
            taken[want.association->index][want.verdict]++;
            check_same(&auths[i], &want, round);
        }
    }
    for (unsigned a = 0; a < ASSOCIATIONS; a++) {
        bool short_keyed = a == 1 || a == 10;

        for (unsigned v = 0; v < MIPRO_VERDICTS; v++) {
            if (short_keyed && v <= MIPRO_BAD && taken[a][v] < 100)
                fail_msg("association %u: only %u of verdict %u", a, taken[a][v], v);
            if ((!short_keyed || v > MIPRO_BAD) && taken[a][v] != 0)
                fail_msg("association %u: %u of verdict %u in the wave", a, taken[a][v], v);
        }
    }
    mipro_keyring_free(ring);
}

/* An update that a wave is made for. */
static size_t
make_plain(uint8_t buf[MESSAGE_MAX], const struct mipro_keyring *ring)
{
    size_t len = unit_octets(UPDATE, buf, MESSAGE_MAX);

    return sign(buf, len, MIPRO_EXT_AUTH, mipro_keyring_at(ring, 10), 0);
}

/* Extension 35 is that of -08 alone: in later drafts it is not what must be there. */
static void
the_wave_takes_no_extension_of_another_draft(void **state)
{
    struct mipro_keyring *ring = load_ring(batch_keys);
    const struct mipro_scene scene = { 0x0a000001, 0x0a000002, NOON, ring };
    uint8_t buf[MESSAGE_MAX];
    size_t len = make_plain(buf, ring);
    struct mipro_message m;
    struct mipro_pair pair;

    (void)state;
    mipro_message_parse(&m, buf, len, len, &draft_08, MIPRO_IDENT_UNKNOWN);
    assert_true(mipro_auth_pair(&m, &scene, &pair));
    mipro_message_parse(&m, buf, len, len, &draft_09, MIPRO_IDENT_UNKNOWN);
    assert_false(mipro_auth_pair(&m, &scene, &pair));
    mipro_keyring_free(ring);
}

/* The last test: where no width agrees with GLib, there is no wave. */
static void
without_lanes_there_is_no_wave(void **state)
{
    static struct mipro_auth_wave wave;
    struct mipro_keyring *ring = load_ring(batch_keys);
    const struct mipro_scene scene = { 0x0a000001, 0x0a000002, NOON, ring };
    uint8_t buf[MESSAGE_MAX];
    size_t len = make_plain(buf, ring);
    struct mipro_message m;
    struct mipro_auth auth;
    struct mipro_pair pair;

    (void)state;
    mipro_message_parse(&m, buf, len, len, &draft_08, MIPRO_IDENT_UNKNOWN);
    assert_true(mipro_auth_pair(&m, &scene, &pair));
    assert_true(mipro_auth_wave_add(&wave, &m, &scene, &pair, &auth, 0));
    mipro_auth_wave_run(&wave, &auth);
    assert_int_equal(auth.verdict, MIPRO_GOOD);
    while (mipro_lanes_width(0) != 0)
        mipro_lanes_drop(mipro_lanes_width(0));
    assert_false(mipro_auth_wave_add(&wave, &m, &scene, &pair, &auth, 0));
    mipro_auth_judge_alone(&m, &m.first, &scene, &auth);
    assert_int_equal(auth.verdict, MIPRO_GOOD);
    mipro_keyring_free(ring);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_wave_says_what_the_reference_says),
        cmocka_unit_test(the_wave_takes_no_extension_of_another_draft),
        cmocka_unit_test(the_batch_says_what_the_reference_says),
        cmocka_unit_test(without_lanes_there_is_no_wave),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
