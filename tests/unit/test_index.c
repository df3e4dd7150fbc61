/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which association applies: look-ups, and rings that are refused as ambiguous. */
#include "rings.h"

#include <stdio.h>

/* Look-ups, in a ring whose names describe the associations. */
static const char look_up_keys[] =
    "\"any\",\"*\",\"*\",\"4097\",\"text:a\"\n"
    "\"a-any\",\"10.1.0.1\",\"*\",\"4097\",\"text:a\"\n"
    "\"net8-net8\",\"10.0.0.0/8\",\"10.0.0.0/8\",\"4097\",\"text:a\"\n"
    "\"net16-net24\",\"10.1.0.0/16\",\"10.2.0.0/24\",\"4097\",\"text:a\"\n"
    "\"b-net16\",\"10.2.0.0/16\",\"10.1.0.2\",\"4097\",\"text:a\"\n"
    "\"pair\",\"10.2.0.9\",\"10.1.0.1\",\"4097\",\"text:a\"\n"
    "\"master\",\"10.9.0.1\",\"*\",\"4098\",\"master:text:a\"\n"
    "\"master-net\",\"10.9.0.2\",\"10.9.0.0/16\",\"4098\",\"master:text:a\"\n"
    "\"other-spi\",\"10.1.0.1\",\"10.2.0.9\",\"4098\",\"text:a\"\n";

static const struct {
    struct mipro_ends ends[2];
    unsigned n_ends;
    uint32_t spi;
    const char *name; /* NULL: none */
    uint32_t node;    /* of a master key */
} look_ups[] = {
    { { { 0x0a010001, 0x0a020009 } }, 1, 4097, "pair", 0 },
    { { { 0x0a020009, 0x0a010001 } }, 1, 4097, "pair", 0 },
    { { { 0x0a020009, 0x0a010001 } }, 1, 4098, "other-spi", 0 },
    { { { 0x0a020009, 0x0a010001 } }, 1, 4099, NULL, 0 },
    { { { 0x0a010002, 0x0a020009 } }, 1, 4097, "b-net16", 0 },
    { { { 0x0a020009, 0x0a010002 } }, 1, 4097, "b-net16", 0 },
    { { { 0x0a010003, 0x0a020009 } }, 1, 4097, "net16-net24", 0 },
    { { { 0x0a020009, 0x0a010003 } }, 1, 4097, "net16-net24", 0 },
    { { { 0x0a010003, 0x0a020109 } }, 1, 4097, "net8-net8", 0 },
    { { { 0x0a010001, 0x0a020109 } }, 1, 4097, "net8-net8", 0 }, /* prefixes before "*" */
    { { { 0x0a010001, 0xc0000201 } }, 1, 4097, "a-any", 0 },
    { { { 0xc0000201, 0x0a010001 } }, 1, 4097, "a-any", 0 },
    { { { 0xc0000201, 0xc0000202 } }, 1, 4097, "any", 0 },
    { { { 0x0a090001, 0xc0000202 } }, 1, 4098, "master", 0xc0000202 },
    { { { 0xc0000202, 0x0a090001 } }, 1, 4098, "master", 0xc0000202 },
    { { { 0x0a090002, 0x0a090003 } }, 1, 4098, "master-net", 0x0a090003 },
    { { { 0x0a090003, 0x0a090002 } }, 1, 4098, "master-net", 0x0a090003 },
    { { { 0x0a090002, 0x0a090002 } }, 1, 4098, "master-net", 0x0a090002 },
    { { { 0x0a090002, 0x0a080002 } }, 1, 4098, NULL, 0 },
    /* The first ends come first, but all pairs before prefixes, these before "*". */
    { { { 0xc0000201, 0xc0000202 }, { 0x0a010001, 0x0a020009 } }, 2, 4097, "pair", 0 },
    { { { 0x0a010003, 0x0a020109 }, { 0x0a010001, 0x0a020009 } }, 2, 4097, "pair", 0 },
    { { { 0x0a010001, 0xc0000201 }, { 0x0a010003, 0x0a020109 } }, 2, 4097, "net8-net8", 0 },
    { { { 0x0a010003, 0x0a020109 }, { 0x0a010003, 0x0a020009 } }, 2, 4097, "net16-net24", 0 },
};

/* The fast path finds what the look-up does: an association of two addresses, in either order. */
static void
check_only(const struct mipro_keyring *ring, uint32_t spi, const struct mipro_ends *ends,
    const struct mipro_association *found)
{
    const struct mipro_ends back = { ends->b, ends->a };
    const struct mipro_pair pair = mipro_keyring_pair(ring, spi, ends);
    const struct mipro_pair pair_back = mipro_keyring_pair(ring, spi, &back);
    const struct mipro_association *only = mipro_keyring_only(ring, &pair);

    assert_ptr_equal(mipro_keyring_only(ring, &pair_back), only);
    if (only != NULL)
        assert_ptr_equal(only, found);
    else if (found != NULL)
        assert_false(!found->master && !found->a.any && !found->b.any && found->a.bits == 32 &&
                     found->b.bits == 32 && found->a.addr != found->b.addr &&
                     (found->a.addr == ends->a || found->a.addr == ends->b) &&
                     (found->b.addr == ends->a || found->b.addr == ends->b));
}

static void
the_best_association_is_found(void **state)
{
    struct mipro_keyring *ring = load_ring(look_up_keys);
    struct mipro_candidate out[MIPRO_MAX_CANDIDATES];

    (void)state;
    for (size_t i = 0; i < COUNT(look_ups); i++) {
        bool valid;
        size_t n = mipro_keyring_find(
            ring, look_ups[i].spi, look_ups[i].ends, look_ups[i].n_ends, 0, out, &valid);
        const char *name = n > 0 ? out[0].association->name : "none";

        check_only(ring, look_ups[i].spi, look_ups[i].ends, n > 0 ? out[0].association : NULL);
        if (strcmp(name, look_ups[i].name != NULL ? look_ups[i].name : "none") != 0)
            fail_msg("row %zu found %s", i, name);
        if (n > 0 && (n != 1 || !valid))
            fail_msg("row %zu: %zu candidates", i, n);
        if (n > 0 && out[0].association->master && out[0].node != look_ups[i].node)
            fail_msg("row %zu: node %08x", i, out[0].node);
    }
    mipro_keyring_free(ring);
}

#define FEBRUARY "\"1999-02-01T00:00:00Z\",\"1999-02-28T23:59:59Z\""
#define MARCH "\"1999-03-01T00:00:00Z\",\"1999-03-31T23:59:59Z\""
#define MIDDLE "\"1999-02-15T00:00:00Z\",\"1999-03-15T00:00:00Z\""
#define FROM_MARCH "\"1999-02-28T23:59:59Z\",\"\""

static void
validity_comes_before_fit(void **state)
{
    struct mipro_keyring *ring = load_ring(
        "\"pair-february\",\"10.1.0.1\",\"10.2.0.1\",\"4097\",\"text:a\",,,," FEBRUARY "\n"
        "\"net\",\"10.0.0.0/8\",\"10.0.0.0/8\",\"4097\",\"text:b\"\n"
        "\"pair-march\",\"10.2.0.1\",\"10.1.0.1\",\"4097\",\"text:c\",,,," MARCH "\n"
        "\"old-1\",\"10.1.0.1\",\"10.2.0.1\",\"4098\",\"text:a\",,,," FEBRUARY "\n"
        "\"old-2\",\"10.2.0.0/16\",\"10.1.0.1\",\"4098\",\"text:b\",,,," MARCH "\n"
        "\"touch-1\",\"10.1.0.1\",\"10.2.0.1\",\"4099\",\"text:a\",,,," FEBRUARY "\n"
        "\"touch-2\",\"10.1.0.1\",\"10.2.0.1\",\"4099\",\"text:a\",,,," FROM_MARCH "\n");
    static const struct {
        uint32_t spi;
        int64_t time; /* seconds */
        unsigned n;
        bool valid;
        const char *name;
    } rows[] = {
        { 4097, 917827199, 1, true, "net" }, /* January */
        { 4097, 917827200, 1, true, "pair-february" },
        { 4097, 920246399, 1, true, "pair-february" },
        { 4097, 920246400, 1, true, "pair-march" },
        { 4097, 922924799, 1, true, "pair-march" },
        { 4097, 922924800, 1, true, "net" }, /* April */
        { 4098, 922924800, 2, false, "old-1" },
        { 4098, 920000000, 1, true, "old-1" },
        { 4098, 921000000, 1, true, "old-2" },
        { 4099, 920246398, 1, true, "touch-1" },
        { 4099, 920246399, 2, true, "touch-1" },
        { 4099, 920246400, 1, true, "touch-2" },
    };
    const struct mipro_ends ends = { 0x0a010001, 0x0a020001 };
    struct mipro_candidate out[MIPRO_MAX_CANDIDATES];
    bool valid;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t n = mipro_keyring_find(
            ring, rows[i].spi, &ends, 1, rows[i].time * MIPRO_SECOND, out, &valid);

        if (n != rows[i].n || valid != rows[i].valid ||
            strcmp(out[0].association->name, rows[i].name) != 0)
            fail_msg("row %zu: %zu, %s", i, n, n > 0 ? out[0].association->name : "");
    }
    /* If the time is unknown, all that fit equally well may apply. */
    assert_int_equal(mipro_keyring_find(ring, 4097, &ends, 1, MIPRO_TIME_NONE, out, &valid), 2);
    assert_true(valid);
    mipro_keyring_free(ring);
}

static void
many_successive_keys_are_searched_from_the_time_outwards(void **state)
{
    static char text[1000 * 120];
    struct mipro_candidate out[MIPRO_MAX_CANDIDATES];
    const struct mipro_ends ends = { 0x0a010001, 0x0a020001 };
    struct mipro_keyring *ring;
    size_t n = 0;
    bool valid;

    (void)state;
    /* Valid in the first ten seconds of each minute, the last minute first. */
    for (unsigned i = 1000; i-- > 0;)
        n += (size_t)sprintf(text + n,
            "\"%u\",\"10.1.0.1\",\"10.2.0.1\",\"4097\",\"text:a\",,,,\"1970-01-01T%02u:%02u:00Z\","
            "\"1970-01-01T%02u:%02u:10Z\"\n",
            i, i / 60, i % 60, i / 60, i % 60);
    ring = load_ring(text);
    for (unsigned i = 0; i < 1000; i++) {
        assert_int_equal(mipro_keyring_find(
                             ring, 4097, &ends, 1, (int64_t)i * 60 * MIPRO_SECOND + 1, out, &valid),
            1);
        assert_true(valid);
        assert_int_equal(atoi(out[0].association->name), i);
    }
    assert_int_equal(mipro_keyring_find(ring, 4097, &ends, 1, 30030 * MIPRO_SECOND, out, &valid),
        MIPRO_MAX_CANDIDATES);
    assert_false(valid);
    for (unsigned i = 0; i < MIPRO_MAX_CANDIDATES; i++)
        assert_in_range(atoi(out[i].association->name), 500 - 32, 500 + 32);
    mipro_keyring_free(ring);
}

static void
associations_that_fit_equally_well_are_refused(void **state)
{
#define LINE(name, a, b, rest) "\"" name "\",\"" a "\",\"" b "\",\"4097\",\"text:a\"" rest "\n"
    static const struct {
        bool good;
        const char *text;
    } rows[] = {
        { false, LINE("a", "10.1.0.1", "10.2.0.1", "") LINE("b", "10.1.0.1", "10.2.0.1", "") },
        { false, LINE("a", "10.1.0.1", "10.2.0.1", "") LINE("b", "10.2.0.1", "10.1.0.1", "") },
        { true, LINE("a", "10.1.0.1", "10.2.0.1", "") LINE("b", "10.1.0.1", "10.2.0.2", "") },
        { false, LINE("a", "*", "10.2.0.1", "") LINE("b", "10.2.0.1", "*", "") },
        { false, LINE("a", "*", "*", "") LINE("b", "*", "*", "") },
        { false, LINE("a", "10.1.0.0/16", "10.2.0.0/24", "")
                     LINE("b", "10.1.3.0/24", "10.2.0.0/16", "") },
        { true, LINE("a", "10.1.0.0/16", "10.2.0.0/24", "")
                    LINE("b", "10.1.3.0/24", "10.3.0.0/16", "") },
        { true, LINE("a", "10.1.0.0/16", "10.2.0.0/24", "")
                    LINE("b", "10.1.3.0/24", "10.2.0.0/17", "") },
        { false, LINE("a", "10.1.0.0/16", "10.2.0.0/24", "")
                     LINE("b", "10.2.0.0/16", "10.1.7.0/24", "") },
        { false,
            LINE("a", "10.0.0.0/8", "10.1.0.0/24", "") LINE("b", "10.1.0.0/24", "10.0.0.0/8", "") },
        { true,
            LINE("a", "10.0.0.0/8", "11.1.0.0/24", "") LINE("b", "10.0.0.0/8", "11.2.0.0/24", "") },
        { false, LINE("a", "10.0.0.0/8", "10.1.0.0/16", "")
                     LINE("b", "10.0.0.0/12", "10.0.0.0/12", "") },
        /* A pair of these two ends would fit both. */
        { false,
            LINE("a", "10.0.0.0/8", "10.1.0.0/24", "") LINE("b", "10.0.0.0/8", "10.2.0.0/24", "") },
        /* One that fits both ways round is not two. */
        { true, LINE("a", "10.0.0.0/8", "10.1.0.0/16", "") },
        /* The class distinguishes them: a pair, and a master key for the same pair. */
        { true, LINE("a", "10.1.0.1", "10.2.0.1",
                    "") "\"b\",\"10.1.0.1\",\"10.2.0.1\",\"4097\",\"master:text:b\"" },
        { false,
            LINE("a", "10.1.0.1", "*", "") "\"b\",\"10.1.0.1\",\"*\",\"4097\",\"master:text:b\"" },
        { true,
            LINE("a", "10.1.0.1", "*", "") "\"b\",\"10.1.0.1\",\"*\",\"4098\",\"master:text:b\"" },
        { false, LINE("a", "10.1.0.1", "*", "") LINE("b", "10.2.0.1", "*", "") },
        /* The times distinguish them. */
        { true, LINE("a", "10.1.0.1", "10.2.0.1", ",,,," FEBRUARY)
                    LINE("b", "10.1.0.1", "10.2.0.1", ",,,," MARCH) },
        { true, LINE("a", "10.1.0.1", "10.2.0.1", ",,,," FEBRUARY)
                    LINE("b", "10.1.0.1", "10.2.0.1", ",,,," FROM_MARCH) },
        { false, LINE("a", "10.1.0.1", "10.2.0.1", ",,,," FEBRUARY)
                     LINE("b", "10.2.0.1", "10.1.0.1", ",,,," MIDDLE) },
        { false,
            LINE("a", "10.1.0.1", "10.2.0.1", ",,,," MARCH) LINE("b", "10.1.0.1", "10.2.0.1", "") },
        { true, LINE("a", "10.1.0.0/16", "10.2.0.0/24", ",,,," FEBRUARY)
                    LINE("b", "10.1.3.0/24", "10.2.0.0/16", ",,,," MARCH) },
        { true, LINE("a", "10.1.0.0/16", "10.2.0.0/24", ",,,," FEBRUARY)
                    LINE("b", "10.1.3.0/24", "10.2.0.0/16", ",,,," FROM_MARCH) },
        { false, LINE("a", "10.1.0.0/16", "10.2.0.0/24", ",,,," MIDDLE)
                     LINE("b", "10.1.3.0/24", "10.2.0.0/16", ",,,," MARCH) },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct mipro_key_error err = { .line = 0 };
        struct mipro_keyring *ring =
            mipro_keyring_parse(rows[i].text, strlen(rows[i].text), "k", NULL, NULL, &err);

        if ((ring != NULL) != rows[i].good)
            fail_msg("row %zu: %s: %s", i, rows[i].text, ring != NULL ? "accepted" : err.text);
        if (ring == NULL && (err.line != 2 || strstr(err.text, "\"a\" of line 1") == NULL))
            fail_msg("row %zu: line %u: %s", i, err.line, err.text);
        mipro_keyring_free(ring);
    }
}

/* A linear search by the rules, to compare the look-up with. */
static bool
end_matches(const struct mipro_end *end, uint32_t addr)
{
    return end->any || end->bits == 0 || (addr ^ end->addr) >> (32 - end->bits) == 0;
}

static unsigned
plain_rank(const struct mipro_association *s)
{
    unsigned class = s->master || s->a.any || s->b.any    ? 2
                     : s->a.bits == 32 && s->b.bits == 32 ? 0
                                                          : 1;

    return class * 100 + 64 - (s->a.any ? 0 : s->a.bits) - (s->b.any ? 0 : s->b.bits);
}

static bool
fits(const struct mipro_association *s, uint32_t x, uint32_t y)
{
    return (end_matches(&s->a, x) && end_matches(&s->b, y)) ||
           (end_matches(&s->a, y) && end_matches(&s->b, x));
}

/* One of the few addresses that random ends are made of. */
static uint32_t
pick(unsigned i)
{
    return 0x0a000000u | (i & 8) << 13 | (i & 4) << 6 | (i & 3);
}

/* Do two of an SPI fit a pair equally well?  Prefixes that overlap contain one of the few
 * addresses. */
static bool
is_ambiguous(const struct mipro_keyring *ring)
{
    for (size_t i = 0; i < mipro_keyring_count(ring); i++)
        for (size_t k = 0; k < i; k++) {
            const struct mipro_association *s = mipro_keyring_at(ring, i);
            const struct mipro_association *t = mipro_keyring_at(ring, k);

            for (unsigned pair = 0; pair < 256; pair++)
                if (s->spi == t->spi && plain_rank(s) == plain_rank(t) &&
                    fits(s, pick(pair / 16), pick(pair % 16)) &&
                    fits(t, pick(pair / 16), pick(pair % 16)))
                    return true;
        }
    return false;
}

static void
hold_against_the_plain_rule(const struct mipro_keyring *ring, unsigned round)
{
    for (unsigned pair = 0; pair < 256; pair++) {
        const struct mipro_ends ends = { pick(pair / 16), pick(pair % 16) };
        const struct mipro_association *best = NULL;
        struct mipro_candidate out[MIPRO_MAX_CANDIDATES];
        bool valid;
        size_t n;

        for (size_t i = 0; i < mipro_keyring_count(ring); i++) {
            const struct mipro_association *s = mipro_keyring_at(ring, i);

            if (s->spi == 300 && fits(s, ends.a, ends.b) &&
                (best == NULL || plain_rank(s) < plain_rank(best)))
                best = s;
        }
        n = mipro_keyring_find(ring, 300, &ends, 1, 0, out, &valid);
        if (n != (best != NULL) || (n == 1 && out[0].association != best))
            fail_msg("round %u: %08x %08x", round, ends.a, ends.b);
    }
}

static void
random_rings_load_and_find_as_a_linear_search_does(void **state)
{
    static const unsigned bits[] = { 32, 32, 32, 24, 16, 31, 0, 8 };
    unsigned good = 0;

    (void)state;
    srand(2002);
    for (unsigned round = 0; round < 3000; round++) {
        struct mipro_keyring *ring = mipro_keyring_begin("k", NULL, NULL);
        struct mipro_key_error err;
        bool ambiguous;

        for (int i = rand() % 12; i >= 0; i--) {
            char name[16], end[2][32];
            const char *const row[MIPRO_KEY_FIELDS] = { name, end[0], end[1],
                rand() % 2 == 0 ? "300" : "301", rand() % 4 == 0 ? "master:text:a" : "text:a" };

            snprintf(name, sizeof(name), "%d", i);
            for (unsigned k = 0; k < 2; k++) {
                unsigned n = bits[(size_t)rand() % COUNT(bits)];
                uint32_t addr = pick((unsigned)rand() % 16) & (n == 0 ? 0 : UINT32_MAX << (32 - n));

                if (rand() % 8 == 0)
                    strcpy(end[k], "*");
                else
                    snprintf(end[k], sizeof(end[k]), "%u.%u.%u.%u/%u", addr >> 24, addr >> 16 & 255,
                        addr >> 8 & 255, addr & 255, n);
            }
            mipro_keyring_add(ring, row, 1, &err); /* master keys without an address are left out */
        }
        ambiguous = is_ambiguous(ring);
        if (mipro_keyring_finish(ring, &err) == ambiguous)
            fail_msg("round %u: ambiguous, but loaded, or the reverse", round);
        if (!ambiguous)
            hold_against_the_plain_rule(ring, round);
        good += !ambiguous;
        mipro_keyring_free(ring);
    }
    assert_in_range(good, 300, 2700); /* both outcomes occur often enough */
}

static void
a_hundred_thousand_associations_load_and_are_found(void **state)
{
    size_t size = 100000 * 64, n = 0;
    char *text = malloc(size);
    struct mipro_keyring *ring;

    (void)state;
    for (unsigned i = 0; i < 100000; i++)
        n += (size_t)snprintf(text + n, size - n,
            "\"n%u\",\"10.%u.%u.%u\",\"192.0.2.0/%u\",\"4097\",\"hex:%08x\"\n", i, i >> 16,
            i >> 8 & 255, i & 255, i % 3 == 0 ? 32 : 24, i);
    ring = mipro_keyring_parse(text, n, "k", NULL, NULL, NULL);
    assert_non_null(ring);
    for (unsigned i = 0; i < 100000; i++) {
        const struct mipro_ends ends = { 0xc0000200u | (i % 3 == 0 ? 0 : i & 255),
            0x0a000000u + i };
        struct mipro_candidate out[MIPRO_MAX_CANDIDATES];
        bool valid;

        assert_int_equal(mipro_keyring_find(ring, 4097, &ends, 1, 0, out, &valid), 1);
        check_only(ring, 4097, &ends, out[0].association);
        assert_int_equal(out[0].association->index, i);
    }
    mipro_keyring_free(ring);
    free(text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_association_is_found),
        cmocka_unit_test(validity_comes_before_fit),
        cmocka_unit_test(many_successive_keys_are_searched_from_the_time_outwards),
        cmocka_unit_test(associations_that_fit_equally_well_are_refused),
        cmocka_unit_test(random_rings_load_and_find_as_a_linear_search_does),
        cmocka_unit_test(a_hundred_thousand_associations_load_and_are_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
