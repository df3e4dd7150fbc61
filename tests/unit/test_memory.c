/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Out of memory: each allocation of the state machine fails in turn.  The linker replaces
 * mmap() by __wrap_mmap(), and so on (CMakeLists.txt).
 */
#include "history.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pipeline.h"
#include "report/format.h"

static unsigned n_allocations; /* so far */
static unsigned first_failure; /* from this one on, counted from 1, all fail; 0: none fails */
static size_t n_mapped;

static bool
fails(void)
{
    n_allocations++;
    return first_failure != 0 && n_allocations >= first_failure;
}

void *__real_mmap(void *at, size_t size, int how, int flags, int fd, off_t off);
void *__wrap_mmap(void *at, size_t size, int how, int flags, int fd, off_t off);
void *
__wrap_mmap(void *at, size_t size, int how, int flags, int fd, off_t off)
{
    void *pages = fails() ? MAP_FAILED : __real_mmap(at, size, how, flags, fd, off);

    n_mapped += pages != MAP_FAILED;
    return pages;
}

int __real_munmap(void *at, size_t size);
int __wrap_munmap(void *at, size_t size);
int
__wrap_munmap(void *at, size_t size)
{
    n_mapped--;
    return __real_munmap(at, size);
}

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *
__wrap_calloc(size_t n, size_t size)
{
    return fails() ? NULL : __real_calloc(n, size);
}

static void
begin_failing(unsigned first)
{
    n_allocations = 0;
    first_failure = first;
}

static void
a_state_machine_without_memory_is_NULL_and_keeps_none(void **state)
{
    struct mipro_conduct_config config = mipro_conduct_defaults();
    const struct mipro_conduct_sink sink = { 0 };
    struct mipro_conduct *c = NULL;
    unsigned k;

    (void)state;
    config.shards = 2;
    for (k = 1; c == NULL; k++) {
        begin_failing(k);
        c = mipro_conduct_new(&config, &sink);
        begin_failing(0);
        if (c == NULL && n_mapped != 0)
            fail_msg("allocation %u fails, and %zu mappings are left", k, n_mapped);
        assert_true(k < 100);
    }
    assert_true(k > 3); /* the state machine, the table of copies, that of home addresses */
    mipro_conduct_free(c);
    assert_int_equal(n_mapped, 0);
}

static void
a_state_machine_that_gets_no_more_memory_drops_state_and_continues(void **state)
{
    unsigned n = 0;

    (void)state;
    begin_failing(0);
    for (unsigned k = 0; k == 0 || k <= n; k++) {
        struct mipro_conduct_config config = history_config();
        struct history h;
        unsigned before;

        config.shards = 1;
        history_begin(&h, &config);
        before = n_allocations;
        if (k != 0)
            first_failure = n_allocations + k;
        for (uint32_t i = 0; i < 40000; i++) {
            struct step s = { 0,
                i % 3 == 0   ? RRQ
                : i % 3 == 1 ? BU
                             : BR,
                HA, CN, .home = HOME + i / 4, .life = 60, .coa = FA2, .flags = MIPRO_BU_A,
                .id = i + 1, .replay = MIPRO_REPLAY_TIMESTAMP };

            history_step(&h, &s, i + 1);
        }
        first_failure = 0;
        if (k == 0)
            n = n_allocations - before;
        else if (mipro_conduct_dropped(h.c) == 0)
            fail_msg("allocation %u fails, and nothing was dropped", k);
        history_end(&h);
        if (h.fault != NULL)
            fail_msg("%s", h.fault);
    }
    assert_true(n >= 3);
    assert_int_equal(n_mapped, 0);
}

static void
a_verifier_without_memory_says_so(void **state)
{
    static const char *const files[] = { MIPRO_SOURCE_DIR "/pcaps/auth-bad.pcap" };
    struct vrf_options o = { .files = files,
        .n_files = 1,
        .format = &vrf_json_format,
        .threads = 1,
        .conduct = mipro_conduct_defaults() };
    int out = dup(STDOUT_FILENO), none = open("/dev/null", O_WRONLY);

    (void)state;
    mipro_ports_add(&o.ports, MIPRO_PORT);
    assert_true(out >= 0 && none >= 0);
    fflush(stdout);
    for (unsigned k = 0; k < 3; k++) {
        struct vrf_result result = { .no_memory = k == 0 };

        dup2(none, STDOUT_FILENO);
        begin_failing(k);
        vrf_run(&o, &result);
        begin_failing(0);
        dup2(out, STDOUT_FILENO);
        if (result.no_memory != (k != 0) || result.empty != (k != 0))
            fail_msg("allocation %u fails: %s", k, result.no_memory ? "read on" : "went on");
    }
    close(none);
    close(out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_state_machine_without_memory_is_NULL_and_keeps_none),
        cmocka_unit_test(a_state_machine_that_gets_no_more_memory_drops_state_and_continues),
        cmocka_unit_test(a_verifier_without_memory_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
