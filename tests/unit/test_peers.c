/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is found does not depend on how the correspondents of a home address are looked up. */
#include "history.h"

#include <limits.h>

#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

/* Few addresses and identifications, so that nearly everything meets something that it fits. */
static uint32_t
some_node(unsigned n)
{
    static const uint32_t nodes[] = { HA, FA1, FA2, HOME, 0 };
    unsigned i = (unsigned)rand() % (COUNT(nodes) + n);

    return i < COUNT(nodes) ? nodes[i] : CN + i;
}

static struct step
some_step(int ms, unsigned n)
{
    static const enum kind kinds[] = { BU, BU, BU, BU, BA, BA, BA, BA, BR, BR, BW, RRQ, RRP, TUN };
    static const unsigned statuses[] = { 0, 0, 0, 131, 133, 128 };
    struct step s = { .ms = ms,
        .kind = kinds[(unsigned)rand() % COUNT(kinds)],
        .src = some_node(n),
        .dst = some_node(n),
        .home = rand() % 4 == 0 ? HOME2 : HOME,
        .flags = rand() % 3 != 0 ? A : 0,
        .life = (unsigned)rand() % 3 * 30,
        .coa = rand() % 2 == 0 ? FA1 : FA2,
        .id = (uint64_t)(rand() % 5 + ms / 500) << 32 | (uint64_t)rand() % 3,
        .verdict = rand() % 5 == 0 ? MIPRO_BAD : MIPRO_GOOD,
        .replay = (enum mipro_replay)(rand() % 3),
        .begun = rand() % 40 == 0 };

    if (s.kind == BA || s.kind == RRP)
        s.status = statuses[(unsigned)rand() % COUNT(statuses)];
    if (s.kind == BW)
        s.target[0] = some_node(n);
    return s;
}

static void
compare_findings(const struct history *a, const struct history *b, unsigned seed, unsigned i)
{
    bool same = a->n_found == b->n_found;

    for (size_t k = 0; same && k < a->n_found; k++)
        same = a->found[k].rule == b->found[k].rule && a->found[k].frame == b->found[k].frame &&
               strcmp(a->found[k].text, b->found[k].text) == 0;
    if (!same)
        fail_msg(
            "seed %u, step %u: %zu and %zu findings, or others", seed, i, a->n_found, b->n_found);
}

static void
a_table_of_correspondents_changes_nothing(void **state)
{
    enum { SEEDS = 60, STEPS = 2000 };
    size_t findings = 0;

    (void)state;
    for (unsigned seed = 1; seed <= SEEDS; seed++) {
        struct mipro_conduct_config config = history_config();
        struct mipro_conduct_totals totals[2];
        static struct history list, table;
        int ms = 0;

        srand(seed);
        if (seed % 2 == 0)
            config.tolerance = MIPRO_SECOND / 2;
        config.shards = 1;
        config.crowd = UINT_MAX;
        history_begin(&list, &config);
        config.crowd = seed % 3 * 8 + 1;
        history_begin(&table, &config);
        for (unsigned i = 1; i <= STEPS; i++) {
            struct step s = some_step(ms, seed % 5 * 10 + 2);

            ms += rand() % (seed % 4 == 0 ? 400 : 40);
            history_step(&list, &s, i);
            history_step(&table, &s, i);
            compare_findings(&list, &table, seed, i);
            findings += list.n_found;
            list.n_found = table.n_found = 0;
        }
        mipro_conduct_end(list.c);
        mipro_conduct_end(table.c);
        compare_findings(&list, &table, seed, STEPS);
        mipro_conduct_totals(list.c, &totals[0]);
        mipro_conduct_totals(table.c, &totals[1]);
        assert_memory_equal(&totals[0], &totals[1], sizeof(totals[0]));
        mipro_conduct_free(list.c);
        mipro_conduct_free(table.c);
    }
    assert_true(findings > 10000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_of_correspondents_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
