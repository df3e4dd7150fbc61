/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What conduct says of who answers whom, which the plugin shows. */
#include "history.h"

struct tied {
    const char *name;
    struct step step[10];      /* the first of them is frame 1 */
    struct history_tie tie[6]; /* up to one about frame 0 */
    int64_t tolerance;         /* 0: 1 ns */
};

/* clang-format off */
static const struct tied histories[] = {
    { "a request is answered by the update with its identification",
      { { .ms = 0,   .kind = BR, .src = CN, .dst = HA, .id = 7 },
        { .ms = 100, .kind = BU, .src = HA, .dst = CN, .coa = FA1, .life = 60, .id = 8 },
        { .ms = 200, .kind = BU, .src = HA, .dst = CN, .coa = FA1, .life = 60, .id = 7 } },
      { { MIPRO_TIE_ANSWER, 3, 1, false } }, 0 },
    { "an update is acknowledged once, its retransmission not again",
      { { .ms = 0,   .kind = BU, .src = HA, .dst = CN, .flags = A, .coa = FA1, .life = 60, .id = 7 },
        { .ms = 100, .kind = BU, .src = HA, .dst = CN, .flags = A, .coa = FA1, .life = 60, .id = 7 },
        { .ms = 200, .kind = BA, .src = CN, .dst = HA, .id = 7 } },
      { { MIPRO_TIE_ACKNOWLEDGE, 3, 1, false } }, 0 },
    { "of two updates that wait the identification decides",
      { { .ms = 0,   .kind = BU, .src = HA, .dst = CN, .flags = A, .coa = FA1, .life = 60, .id = 7 },
        { .ms = 100, .kind = BU, .src = HA, .dst = CN, .flags = A, .coa = FA2, .life = 60, .id = 8 },
        { .ms = 200, .kind = BA, .src = CN, .dst = HA, .id = 7 },
        { .ms = 300, .kind = BA, .src = CN, .dst = HA, .id = 8 } },
      { { MIPRO_TIE_ACKNOWLEDGE, 3, 1, false }, { MIPRO_TIE_ACKNOWLEDGE, 4, 2, false } }, 0 },
    { "an update that the mobile node sends again for a foreign agent",
      { { .ms = 0,   .kind = BU, .src = FA2, .dst = FA1, .flags = A, .coa = FA2, .life = 60, .id = 7 },
        { .ms = 100, .kind = BU, .src = HOME, .dst = FA1, .flags = A, .coa = FA2, .life = 60, .id = 7 },
        { .ms = 200, .kind = BA, .src = FA1, .dst = HOME, .id = 7 } },
      { { MIPRO_TIE_ACKNOWLEDGE, 3, 2, false } }, 0 },
    { "an acknowledge captured a little before its update",
      { { .ms = 0,   .kind = BA, .src = CN, .dst = HA, .id = 7 },
        { .ms = 100, .kind = BU, .src = HA, .dst = CN, .flags = A, .coa = FA1, .life = 60, .id = 7 } },
      { { MIPRO_TIE_ACKNOWLEDGE, 1, 2, false } }, MIPRO_SECOND },
    { "an acknowledge of an update that did not ask is nobody's",
      { { .ms = 0,   .kind = BU, .src = HA, .dst = CN, .coa = FA1, .life = 60, .id = 7 },
        { .ms = 100, .kind = BA, .src = CN, .dst = HA, .id = 7 } },
      { { .frame = 0 } }, 0 },
    { "a forged update and the acknowledge that refuses it",
      { { .ms = 0,   .kind = BU, .src = HA, .dst = CN, .flags = A, .coa = FA1, .life = 60, .id = 7,
          .verdict = MIPRO_BAD },
        { .ms = 100, .kind = BA, .src = CN, .dst = HA, .id = 7, .status = 131 } },
      { { MIPRO_TIE_ACKNOWLEDGE, 2, 1, false } }, 0 },
    { "a forged update answers a request, unproven",
      { { .ms = 0,   .kind = BR, .src = CN, .dst = HA, .id = 7 },
        { .ms = 100, .kind = BU, .src = HA, .dst = CN, .coa = FA1, .life = 60, .id = 7,
          .verdict = MIPRO_BAD } },
      { { MIPRO_TIE_ANSWER, 2, 1, true } }, 0 },
    { "a registration that a foreign agent passes on, hop by hop",
      { { .ms = 0,   .kind = RRQ, .src = HOME, .dst = FA1, .coa = FA1, .life = 60, .id = 7 },
        { .ms = 10,  .kind = RRQ, .src = FA1, .dst = HA, .coa = FA1, .life = 60, .id = 7 },
        { .ms = 20,  .kind = RRP, .src = HA, .dst = FA1, .life = 60, .id = 7 },
        { .ms = 30,  .kind = RRP, .src = FA1, .dst = HOME, .life = 60, .id = 7 } },
      { { MIPRO_TIE_REPLY, 3, 2, false }, { MIPRO_TIE_REPLY, 4, 1, false } }, 0 },
    { "a registration that was sent again is answered where it was sent first",
      { { .ms = 0,   .kind = RRQ, .src = HOME, .dst = FA1, .coa = FA1, .life = 60, .id = 7 },
        { .ms = 10,  .kind = RRQ, .src = HOME, .dst = FA1, .coa = FA1, .life = 60, .id = 7 },
        { .ms = 20,  .kind = RRQ, .src = FA1, .dst = HA, .coa = FA1, .life = 60, .id = 7 },
        { .ms = 30,  .kind = RRP, .src = FA1, .dst = HOME, .life = 60, .id = 7 } },
      { { MIPRO_TIE_REPLY, 4, 1, false } }, 0 },
    { "a forged acknowledge before the true one",
      { { .ms = 0,   .kind = BU, .src = HA, .dst = CN, .flags = A, .coa = FA1, .life = 60, .id = 7 },
        { .ms = 10,  .kind = BA, .src = CN, .dst = HA, .id = 7, .mac = 0x11, .verdict = MIPRO_BAD },
        { .ms = 20,  .kind = BA, .src = CN, .dst = HA, .id = 7, .mac = 0x12 } },
      { { MIPRO_TIE_ACKNOWLEDGE, 2, 1, true }, { MIPRO_TIE_ACKNOWLEDGE, 3, 1, false } }, 0 },
    { "a registration and its reply that no key proves",
      { { .ms = 0,   .kind = RRQ, .src = HOME, .dst = HA, .coa = FA1, .life = 60, .id = 7,
          .verdict = MIPRO_BAD },
        { .ms = 10,  .kind = RRP, .src = HA, .dst = HOME, .life = 60, .id = 7, .verdict = MIPRO_BAD } },
      { { MIPRO_TIE_REPLY, 2, 1, true } }, 0 },
    { "an unproven acknowledge with another identification",
      { { .ms = 0,   .kind = BU, .src = HA, .dst = CN, .flags = A, .coa = FA1, .life = 60, .id = 7 },
        { .ms = 10,  .kind = BA, .src = CN, .dst = HA, .id = 8, .mac = 0x11, .verdict = MIPRO_BAD } },
      { { .frame = 0 } }, 0 },
    { "a warning and the update that it called for",
      { { .ms = 0,   .kind = BW, .src = FA1, .dst = HA, .target = { CN, CN2 } },
        { .ms = 100, .kind = BU, .src = HA, .dst = CN2, .coa = FA2, .life = 60 } },
      { { MIPRO_TIE_WARNED, 2, 1, false } }, 0 },
    { "the update of a notification, that of its request on both hops",
      { { .ms = 0,   .kind = RRQ, .src = HOME, .dst = FA2, .coa = FA2, .life = 60, .id = 7,
          .pfan = { FA1, FA2, 60, 0x77, MIPRO_GOOD } },
        { .ms = 10,  .kind = BU, .src = FA2, .dst = FA1, .flags = A, .coa = FA2, .life = 60, .mac = 0x77 },
        { .ms = 20,  .kind = RRQ, .src = FA2, .dst = HA, .coa = FA2, .life = 60, .id = 7,
          .pfan = { FA1, FA2, 60, 0x77, MIPRO_GOOD } } },
      { { MIPRO_TIE_NOTICE, 2, 1, false }, { MIPRO_TIE_NOTICE, 2, 3, false } }, 0 },
};
/* clang-format on */

static bool
is_told(const struct history *h, const struct history_tie *want)
{
    for (size_t i = 0; i < h->n_ties; i++)
        if (h->tie[i].tie == want->tie && h->tie[i].frame == want->frame &&
            h->tie[i].to == want->to && h->tie[i].unproven == want->unproven)
            return true;
    return false;
}

static void
who_answers_whom_is_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(histories); i++) {
        const struct tied *t = &histories[i];
        struct mipro_conduct_config config = history_config();
        struct history h;
        size_t n = 0;

        if (t->tolerance != 0)
            config.tolerance = t->tolerance;
        history_begin(&h, &config);
        for (size_t k = 0; k < COUNT(t->step) && t->step[k].kind != STOP; k++)
            history_step(&h, &t->step[k], k + 1);
        history_end(&h);
        if (h.fault != NULL)
            fail_msg("%s: %s", t->name, h.fault);
        for (; n < COUNT(t->tie) && t->tie[n].frame != 0; n++)
            if (!is_told(&h, &t->tie[n]))
                fail_msg("%s: frame %d and %d are not tied", t->name, (int)t->tie[n].frame,
                    (int)t->tie[n].to);
        if (h.n_ties != n)
            fail_msg("%s: %zu ties, not %zu", t->name, h.n_ties, n);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(who_answers_whom_is_told) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
