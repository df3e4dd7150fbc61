/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mobile nodes that name themselves by a network access identifier (ruling 9). */
#include "auth.h"

#include <stdio.h>

#define ALICE "\"alice\",\"nai:alice@Example.net\",\"*\",\"300\",\"text:alice's key of 16 o\"\n"
#define REALM "\"realm\",\"10.1.0.1\",\"nai:*@example.net\",\"300\",\"text:key of the realm\"\n"
#define OTHERS "\"others\",\"*\",\"*\",\"300\",\"text:key of anybody..\"\n"
#define WORLD "\"world\",\"0.0.0.0/0\",\"10.1.0.1\",\"300\",\"text:key of the world\"\n"
#define HOME "\"home\",\"10.1.0.9\",\"10.1.0.1\",\"300\",\"text:key of 10.1.0.9\"\n"

/* A Registration Request of a home address and agent, with an NAI, "" for none. */
static size_t
put_request(uint8_t *buf, size_t size, const char *home, const char *agent, const char *nai)
{
    char hex[80];
    size_t n, len = strlen(nai);

    snprintf(hex, sizeof(hex), "01020708%s%s0a030001ba7fb9c000000000", home, agent);
    n = unit_octets(hex, buf, size);
    if (len == 0)
        return n;
    buf[n++] = MIPRO_EXT_NAI;
    buf[n++] = (uint8_t)len;
    memcpy(buf + n, nai, len);
    return n + len;
}

static const struct {
    const char *keys, *signer, *home, *agent, *nai;
    enum mipro_verdict verdict;
    const char *association;
} rows[] = {
    /* Exact before realm, realm before any address; the realm without regard to case. */
    { ALICE REALM OTHERS, "alice", "00000000", "ffffffff", "alice@example.NET", MIPRO_GOOD,
        "alice" },
    { ALICE REALM OTHERS, "realm", "00000000", "ffffffff", "alice@example.net", MIPRO_BAD,
        "alice" },
    { ALICE REALM OTHERS, "realm", "00000000", "ffffffff", "bob@example.net", MIPRO_GOOD, "realm" },
    { ALICE REALM OTHERS, "others", "00000000", "ffffffff", "bob@example.net", MIPRO_BAD, "realm" },
    { ALICE REALM OTHERS, "others", "00000000", "ffffffff", "bob@example.org", MIPRO_GOOD,
        "others" },
    /* The user part is compared octet by octet. */
    { ALICE OTHERS, "alice", "00000000", "ffffffff", "Alice@example.net", MIPRO_NO_KEY, NULL },
    /* The other end must fit, if it is known. */
    { REALM, "realm", "00000000", "0a010001", "bob@example.net", MIPRO_GOOD, "realm" },
    { REALM, "realm", "00000000", "0a010002", "bob@example.net", MIPRO_NO_KEY, NULL },
    /* One for any address is good if it fits, and no-key if it does not. */
    { OTHERS, "others", "00000000", "ffffffff", "bob@example.net", MIPRO_GOOD, "others" },
    { OTHERS HOME, "home", "00000000", "ffffffff", "bob@example.net", MIPRO_NO_KEY, NULL },
    { OTHERS HOME, "home", "ffffffff", "ffffffff", "", MIPRO_NO_KEY, NULL },
    { OTHERS ALICE, "alice", "0a010007", "0a010001", "", MIPRO_BAD, "others" },
    /* So is a prefix that contains an address which identifies no node. */
    { WORLD, "world", "00000000", "0a010001", "", MIPRO_GOOD, "world" },
    { WORLD HOME, "home", "00000000", "0a010001", "", MIPRO_NO_KEY, NULL },
    { WORLD HOME, "home", "00000000", "0a010001", "bob@example.net", MIPRO_NO_KEY, NULL },
    { WORLD HOME, "home", "ffffffff", "0a010001", "", MIPRO_NO_KEY, NULL },
    { WORLD ALICE, "alice", "0a010007", "0a010001", "", MIPRO_BAD, "world" },
    /* The home address is used if no association has the NAI. */
    { HOME OTHERS, "home", "0a010009", "0a010001", "bob@example.net", MIPRO_GOOD, "home" },
    { HOME OTHERS, "others", "0a010009", "0a010001", "bob@example.net", MIPRO_BAD, "home" },
    { HOME ALICE, "alice", "0a010009", "0a010001", "alice@example.net", MIPRO_GOOD, "alice" },
    /* An NAI from a message is never a pattern, and need not be UTF-8. */
    { REALM, "realm", "00000000", "0a010001", "*@example.net", MIPRO_GOOD, "realm" },
    { REALM, "realm", "00000000", "0a010001", "\xff\xfe@example.net", MIPRO_GOOD, "realm" },
    { REALM, "realm", "00000000", "0a010001", "@", MIPRO_NO_KEY, NULL },
    { REALM, "realm", "00000000", "0a010001", "example.net", MIPRO_NO_KEY, NULL },
};

static void
the_nai_selects_the_association_first(void **state)
{
    static const char all[] = ALICE REALM OTHERS WORLD HOME;
    struct mipro_keyring *signers = load_ring(all);

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct mipro_keyring *ring = load_ring(rows[i].keys);
        const struct mipro_scene scene = { 0, NEW_FA, NOON, ring };
        uint8_t buf[400];
        size_t n = put_request(buf, sizeof(buf), rows[i].home, rows[i].agent, rows[i].nai);
        struct seen seen;
        const char *name;

        n = sign(buf, n, MIPRO_EXT_MOBILE_HOME, named(signers, rows[i].signer), 0);
        seen = judge(buf, n, n, &draft_08, &scene);
        name = seen.auth[0].association != NULL ? seen.auth[0].association->name : NULL;
        if (seen.n != 1 || seen.auth[0].verdict != rows[i].verdict ||
            (name == NULL) != (rows[i].association == NULL) ||
            (name != NULL && strcmp(name, rows[i].association) != 0))
            fail_msg("row %zu: %s by %s", i, mipro_verdict_name(seen.auth[0].verdict),
                name != NULL ? name : "nobody");
        mipro_keyring_free(ring);
    }
    mipro_keyring_free(signers);
}

static void
an_nai_of_any_length_is_looked_up(void **state)
{
    struct mipro_keyring *ring = load_ring(ALICE REALM);
    const struct mipro_scene scene = { 0, NEW_FA, NOON, ring };
    char nai[256];

    (void)state;
    for (size_t len = 1; len <= 255; len++) {
        uint8_t buf[400];
        struct seen seen;
        size_t n;

        memset(nai, 'x', len);
        nai[len] = '\0';
        if (len > 12)
            memcpy(nai + len - 12, "@example.net", 12);
        n = put_request(buf, sizeof(buf), "00000000", "ffffffff", nai);
        n = sign(buf, n, MIPRO_EXT_MOBILE_HOME, named(ring, "realm"), 0);
        seen = judge(buf, n, n, &draft_08, &scene);
        if (seen.auth[0].verdict != (len > 12 ? MIPRO_GOOD : MIPRO_NO_KEY))
            fail_msg("%zu octets: %s", len, mipro_verdict_name(seen.auth[0].verdict));
    }
    mipro_keyring_free(ring);
}

static void
validity_counts_for_names_too(void **state)
{
    struct mipro_keyring *ring = load_ring(
        "\"old\",\"nai:a@b\",\"*\",\"300\",\"text:old key\",,,,,\"1999-02-25T11:00:00Z\"\n"
        "\"new\",\"nai:a@b\",\"*\",\"300\",\"text:new key\",,,,\"1999-02-25T11:00:00Z\"\n");
    const struct mipro_nai nai = { (const uint8_t *)"a@B", 3 };
    struct mipro_candidate found[MIPRO_MAX_CANDIDATES];
    bool valid;

    (void)state;
    assert_int_equal(mipro_keyring_find_nai(ring, 300, &nai, NULL, NOON, found, &valid), 1);
    assert_true(valid);
    assert_string_equal(found[0].association->name, "new");
    assert_int_equal(mipro_keyring_find_nai(ring, 301, &nai, NULL, NOON, found, &valid), 0);
    mipro_keyring_free(ring);
}

static void
ambiguous_and_impossible_names_are_refused(void **state)
{
    static const char *const keys[] = {
        "\"a\",\"nai:a@b\",\"*\",\"300\",\"text:x\"\n\"b\",\"*\",\"nai:a@B\",\"300\",\"text:y\"\n",
        "\"a\",\"nai:a@b\",\"nai:c@d\",\"300\",\"text:x\"\n",
        "\"a\",\"10.1.0.1\",\"nai:c@d\",\"300\",\"master:text:x\"\n",
        "\"a\",\"nai:c@d\",\"10.1.0.1\",\"300\",\"master:text:x\"\n",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(keys); i++) {
        struct mipro_key_error err;

        if (mipro_keyring_parse(keys[i], strlen(keys[i]), "k", NULL, NULL, &err) != NULL)
            fail_msg("row %zu was accepted", i);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_nai_selects_the_association_first),
        cmocka_unit_test(an_nai_of_any_length_is_looked_up),
        cmocka_unit_test(validity_counts_for_names_too),
        cmocka_unit_test(ambiguous_and_impossible_names_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
