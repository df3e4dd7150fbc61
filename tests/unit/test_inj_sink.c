/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sinks: what remains when memory runs out. */
#include "unit.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "send/sink.h"

static size_t
open_files(void)
{
    DIR *dir = opendir("/proc/self/fd");
    size_t n = 0;

    assert_non_null(dir);
    while (readdir(dir) != NULL)
        n++;
    closedir(dir);
    return n;
}

static void
without_memory_no_file_stays_open(void **state)
{
    struct rlimit before, none;
    struct inj_sink *sinks[64];
    const size_t files = open_files();
    char why[80] = "";
    size_t n = 0;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
    none = (struct rlimit){ 0, before.rlim_max };
    assert_int_equal(setrlimit(RLIMIT_AS, &none), 0);
    while (n < COUNT(sinks) && (sinks[n] = inj_sink_file("/dev/null", why, sizeof(why))) != NULL)
        n++; /* number of blocks that fit in the heap */
    assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
    assert_true(n < COUNT(sinks));
    assert_string_equal(why, "out of memory");
    assert_int_equal(open_files(), files + n);
    while (n > 0)
        assert_true(inj_sink_close(sinks[--n], why, sizeof(why)));
    assert_int_equal(open_files(), files);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_memory_no_file_stays_open),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
