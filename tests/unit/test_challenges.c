/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is remembered of the challenges that agents advertise (RFC 4721). */
#include "conduct/challenges.h"
#include "unit.h"

#define MOST_COA 62u /* what one agent advertisement has room for */

static bool
has(const struct challenges *c, uint32_t agent, const char *challenge)
{
    const struct challenge_set *set = mipro_challenges_find(c, agent);
    const size_t len = strlen(challenge);

    for (unsigned i = 0; set != NULL && i < CHALLENGE_WINDOW; i++)
        if (set->len[i] == len && memcmp(set->octets[i], challenge, len) == 0)
            return true;
    return false;
}

static void
see(struct challenges *c, uint32_t agent, const char *challenge)
{
    mipro_challenges_see(c, agent, (const uint8_t *)challenge, (uint8_t)strlen(challenge));
}

/* Whatever their addresses: a step of 1 is a subnet, the others are spread over the table. */
static void
all_care_of_addresses_of_an_agent_keep_its_challenge(void **state)
{
    static const uint32_t steps[] = { 1, 256, 0x10001, 0x9e3779b1 };

    (void)state;
    for (size_t s = 0; s < COUNT(steps); s++)
        for (uint32_t first = 1; first < 200; first++) {
            struct challenges c = { 0 };

            for (uint32_t i = 0; i < MOST_COA; i++)
                see(&c, first + i * steps[s], "nonce");
            for (uint32_t i = 0; i < MOST_COA; i++)
                if (!has(&c, first + i * steps[s], "nonce"))
                    fail_msg("address %u of %u, by steps of %u, is forgotten", i, first, steps[s]);
            assert_int_equal(c.dropped, 0);
            mipro_challenges_free(&c);
        }
}

static void
the_last_two_count(void **state)
{
    struct challenges c = { 0 };

    (void)state;
    assert_null(mipro_challenges_find(&c, 7));
    see(&c, 7, "first");
    see(&c, 7, "second");
    see(&c, 7, "second"); /* advertised once more */
    assert_true(has(&c, 7, "first") && has(&c, 7, "second"));
    see(&c, 7, "third");
    assert_true(!has(&c, 7, "first") && has(&c, 7, "second") && has(&c, 7, "third"));
    assert_null(mipro_challenges_find(&c, 8));
    assert_null(mipro_challenges_find(&c, 0)); /* a free place has no address */
    mipro_challenges_free(&c);
}

/* An agent that is heard all the time outlives any number of others, and what is lost is counted.
 */
static void
an_agent_that_is_heard_is_kept(void **state)
{
    const uint32_t others = 20000;
    struct challenges c = { 0 };
    uint32_t left = 0;

    (void)state;
    for (uint32_t i = 1; i <= others; i++) {
        see(&c, 0x0a000000, "kept");
        see(&c, 0x0b000000 + i, "other");
    }
    assert_true(has(&c, 0x0a000000, "kept"));
    for (uint32_t i = 1; i <= others; i++)
        left += has(&c, 0x0b000000 + i, "other");
    assert_in_range(left, 512, 1023); /* of 1,024 places */
    assert_int_equal(c.dropped, others - left);
    mipro_challenges_free(&c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_care_of_addresses_of_an_agent_keep_its_challenge),
        cmocka_unit_test(the_last_two_count),
        cmocka_unit_test(an_agent_that_is_heard_is_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
