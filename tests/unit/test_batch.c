/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "auth.h"
#include "crypto/md5/lanes.h"

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
    "\"11\",\"10.0.0.1\",\"10.0.0.2\",\"311\",\"master:text:fedcba9876543210\"\n"
    "\"12\",\"10.0.0.1\",\"10.0.0.2\",\"312\",\"text:h\",\"hmac-sha1\"\n"
    "\"13\",\"10.0.0.1\",\"10.0.0.2\",\"313\",\"text:i\",\"hmac-sha256\",\"type-length\"\n"
    "\"14\",\"10.0.0.1\",\"*\",\"314\",\"master:text:j\",\"hmac-sha1\"\n";

#define ASSOCIATIONS 15

/* A random message whose authenticator is correct, or nearly. */
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
        if (more == 1) /* correct in its last 16 octets, but wrong */
            mipro_auth_compute(s, 0x0a000002, buf, len - 21, s->spi, buf + len - 16);
    }
    return len;
}

#define BATCH 64
#define MOST 8 /* authenticators of a message */

/* One authenticator passing through the queue. */
struct work {
    struct mipro_message m;
    struct mipro_ext e;
};

static void
check_same(const struct mipro_auth *got, const struct mipro_auth *want, unsigned round)
{
    if (got->ext != want->ext || got->off != want->off || got->len != want->len ||
        got->verdict != want->verdict || got->has_spi != want->has_spi || got->spi != want->spi ||
        got->size_wrong != want->size_wrong || got->association != want->association ||
        got->node != want->node || got->algorithm != want->algorithm ||
        got->coverage != want->coverage || got->calculated_len != want->calculated_len ||
        memcmp(&got->reading, &want->reading, sizeof(want->reading)) != 0 ||
        memcmp(got->calculated, want->calculated, want->calculated_len) != 0)
        fail_msg("round %u: SPI %u: %s, not %s", round, want->spi, mipro_verdict_name(got->verdict),
            mipro_verdict_name(want->verdict));
}

static void
the_queue_agrees_with_the_reference(void **state)
{
    static uint8_t bufs[BATCH][MESSAGE_MAX];
    static struct work work[BATCH * MOST];
    static struct mipro_auth auths[BATCH * MOST];
    struct mipro_keyring *ring = load_ring(batch_keys);
    const struct mipro_scene scene = { 0x0a000001, 0x0a000002, NOON, ring };
    struct mipro_auth_queue *queue = mipro_auth_queue_new();
    unsigned verdicts[ASSOCIATIONS][MIPRO_VERDICTS] = { { 0 } }, all[MIPRO_VERDICTS] = { 0 };

    (void)state;
    srand(434);
    for (unsigned round = 0; round < 600; round++) {
        uint32_t n = 0;

        for (size_t i = 0; i < BATCH; i++) {
            size_t len = make_message(bufs[i], ring);
            struct mipro_message m;
            struct mipro_ext e = { 0 };

            mipro_message_parse(&m, bufs[i], len, len, &draft_08, MIPRO_IDENT_UNKNOWN);
            while (n < COUNT(work) && mipro_ext_next(&m, &e)) {
                if (e.def == NULL || (!e.def->auth && e.type != MIPRO_EXT_PFAN))
                    continue;
                work[n] = (struct work){ m, e };
                if (round % 2 == 0)
                    queue_any(queue, &m, &e, &scene, auths, n++);
                else
                    mipro_auth_queue_add(queue, &m, &e, &scene, auths, n++);
            }
        }
        mipro_auth_queue_run(queue, auths);
        for (size_t i = 0; i < n; i++) {
            struct mipro_auth want, alone;

            mipro_auth_judge(&work[i].m, &work[i].e, &scene, &want);
            mipro_auth_judge_one(&work[i].m, &work[i].e, &scene, &alone);
            all[want.verdict]++;
            if (want.association != NULL)
                verdicts[want.association->index][want.verdict]++;
            check_same(&auths[i], &want, round);
            check_same(&alone, &want, round);
        }
    }
    for (unsigned v = 0; v < MIPRO_TRUNCATED; v++)
        if (all[v] < 100)
            fail_msg("only %u of verdict %s", all[v], mipro_verdict_name(v));
    for (unsigned a = 0; a < ASSOCIATIONS; a++)
        for (unsigned v = 0; v <= MIPRO_BAD && a != 7; v++)
            if (verdicts[a][v] < 100)
                fail_msg("association %u: only %u of verdict %u", a, verdicts[a][v], v);
    mipro_auth_queue_free(queue);
    mipro_keyring_free(ring);
}

/* An update that suits the wave. */
static size_t
make_plain(uint8_t buf[MESSAGE_MAX], const struct mipro_keyring *ring)
{
    size_t len = unit_octets(UPDATE, buf, MESSAGE_MAX);

    return sign(buf, len, MIPRO_EXT_AUTH, mipro_keyring_at(ring, 10), 0);
}

/* Extension 35 is required only in draft -08, not in later drafts. */
static void
the_wave_ignores_the_extension_of_another_draft(void **state)
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

/* The last test: if no width agrees with GLib, only GLib is used. */
static void
without_lanes_glib_judges(void **state)
{
    struct mipro_auth_queue *queue = mipro_auth_queue_new();
    struct mipro_keyring *ring = load_ring(batch_keys);
    const struct mipro_scene scene = { 0x0a000001, 0x0a000002, NOON, ring };
    uint8_t buf[MESSAGE_MAX];
    size_t len = make_plain(buf, ring);
    struct mipro_message m;
    struct mipro_auth auth;
    const struct mipro_association *only = mipro_keyring_at(ring, 10);

    (void)state;
    mipro_message_parse(&m, buf, len, len, &draft_08, MIPRO_IDENT_UNKNOWN);
    assert_true(mipro_auth_queue_add_usual(queue, &m, only, NOON, &auth, 0));
    mipro_auth_queue_run(queue, &auth);
    assert_int_equal(auth.verdict, MIPRO_GOOD);
    while (mipro_lanes_width(0) != 0)
        mipro_lanes_drop(mipro_lanes_width(0));
    assert_false(mipro_auth_queue_add_usual(queue, &m, only, NOON, &auth, 0));
    mipro_auth_queue_add(queue, &m, &m.first, &scene, &auth, 0);
    assert_int_equal(auth.verdict, MIPRO_GOOD);
    mipro_auth_judge_one(&m, &m.first, &scene, &auth);
    assert_int_equal(auth.verdict, MIPRO_GOOD);
    mipro_auth_queue_free(queue);
    mipro_keyring_free(ring);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_wave_ignores_the_extension_of_another_draft),
        cmocka_unit_test(the_queue_agrees_with_the_reference),
        cmocka_unit_test(without_lanes_glib_judges),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
