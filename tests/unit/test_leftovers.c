/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * No octets of a key are left in memory once its ring is freed: the test searches its own
 * stack and heap, for the key and for its layouts in the hashes' registers and blocks.
 */
#include "auth.h"
#include "crypto/md5/lanes.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define KEY_LEN 16u
#define MESSAGES 48u

/* The key, computed when it is used, so that its only copies are those of the code. */
static uint8_t
key_octet(size_t i)
{
    return (uint8_t)(0x90 + 7 * i);
}

/* Are the words of the key here, step octets apart, each octet masked, big or little endian? */
static bool
lies_at(const uint8_t *p, size_t left, size_t step, uint8_t mask, bool swapped)
{
    if (left < 3 * step + 4)
        return false;
    for (size_t i = 0; i < KEY_LEN; i++) {
        const size_t octet = swapped ? 3 - i % 4 : i % 4;

        if ((p[i / 4 * step + octet] ^ mask) != key_octet(i))
            return false;
    }
    return true;
}

static void
search(const uint8_t *p, size_t len, const char *where, const char *what, unsigned width)
{
    static const size_t steps[] = { 4, 16, 32, 64 };
    static const uint8_t masks[] = { 0, 0x36, 0x5c };

    for (size_t i = 0; i + KEY_LEN <= len; i++)
        for (size_t m = 0; m < COUNT(masks); m++) {
            /* Cheap check first: the first word, in either order. */
            const bool plain = (p[i] ^ masks[m]) == key_octet(0);
            const bool swapped = (p[i + 3] ^ masks[m]) == key_octet(0);

            for (size_t s = 0; (plain || swapped) && s < COUNT(steps); s++)
                if ((plain && lies_at(p + i, len - i, steps[s], masks[m], false)) ||
                    (swapped && lies_at(p + i, len - i, steps[s], masks[m], true)))
                    fail_msg("%s, width %u: the key is in %s (words %zu apart, mask %#x)", what,
                        width, where, steps[s], masks[m]);
        }
}

/* Search the stack and the heap, read through the kernel; a copy, so that nothing changes. */
static void
search_memory(const char *what, unsigned width)
{
    static uint8_t copy[1024 * 1024];
    FILE *maps = fopen("/proc/self/maps", "re");
    int mem = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    char line[512];

    assert_non_null(maps);
    assert_true(mem >= 0);
    while (fgets(line, sizeof(line), maps) != NULL) {
        const char *where = strstr(line, "[stack]") != NULL  ? "the stack"
                            : strstr(line, "[heap]") != NULL ? "the heap"
                                                             : NULL;
        unsigned long from, to;

        if (where == NULL || sscanf(line, "%lx-%lx", &from, &to) != 2)
            continue;
        for (unsigned long at = from; at < to; at += sizeof(copy) - 256) {
            const size_t some = to - at < sizeof(copy) ? to - at : sizeof(copy);
            const ssize_t n = pread(mem, copy, some, (off_t)at);

            if (n > 0)
                search(copy, (size_t)n, where, what, width);
        }
    }
    memset(copy, 0, sizeof(copy));
    close(mem);
    (void)fclose(maps);
}

/* Write a key file line whose key is given in some form; the caller wipes it. */
static size_t
write_line(char *out, size_t size, const char *form, const char *folder, const char *columns)
{
    size_t n = (size_t)snprintf(out, size, "\"a\",\"10.1.0.1\",\"192.0.2.7\",\"4096\",\"%s", form);

    if (strstr(form, "hex:") != NULL) {
        for (size_t i = 0; i < KEY_LEN; i++)
            n += (size_t)snprintf(out + n, size - n, "%02x", key_octet(i));
    } else if (strstr(form, "file:") != NULL) {
        n += (size_t)snprintf(out + n, size - n, "%s", folder);
    } else {
        for (size_t i = 0; i < KEY_LEN; i++)
            n += (size_t)snprintf(out + n, size - n, "\\x%02x", key_octet(i));
    }
    return n + (size_t)snprintf(out + n, size - n, "\"%s\n", columns);
}

static void
write_secret(const char *path, const char *octets, size_t n)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, octets, n), (ssize_t)n);
    close(fd);
}

/* Load the file, judge in every way, sign, free. */
static __attribute__((noinline)) void
use_keys(const char *path)
{
    struct mipro_key_error err;
    struct mipro_keyring *ring = mipro_keyring_load(path, NULL, NULL, &err);
    const struct mipro_scene scene = { HA, CN, NOON, ring };
    static uint8_t bufs[MESSAGES][128];
    static struct mipro_auth auths[MESSAGES];
    static uint8_t out[MESSAGES][MIPRO_AUTH_MAX];
    const uint8_t *octets[MESSAGES];
    struct mipro_auth_queue *queue = mipro_auth_queue_new();
    const struct mipro_association *s;

    assert_non_null(ring);
    s = mipro_keyring_at(ring, 0);
    for (uint32_t i = 0; i < MESSAGES; i++) {
        size_t len = unit_octets(UPDATE, bufs[i], sizeof(bufs[i]));
        struct mipro_message m;

        if (i % 3 == 1) { /* longer than a wave allows */
            bufs[i][len++] = 131;
            bufs[i][len++] = 70;
            memset(bufs[i] + len, 'n', 70);
            len += 70 - 32;
            bufs[i][13] = 70 - 32;
        }
        len = sign(bufs[i], len, MIPRO_EXT_AUTH, s, CN);
        if (i % 5 == 2)
            bufs[i][len - 1] ^= 1;
        mipro_message_parse(&m, bufs[i], len, len, &draft_08, MIPRO_IDENT_UNKNOWN);
        for (struct mipro_ext e = { 0 }; mipro_ext_next(&m, &e);) {
            if (e.type != MIPRO_EXT_AUTH)
                continue;
            mipro_auth_judge(&m, &e, &scene, &auths[i]);
            mipro_auth_judge_one(&m, &e, &scene, &auths[i]);
            if (i % 2 == 0)
                queue_any(queue, &m, &e, &scene, auths, i);
            else
                mipro_auth_queue_add(queue, &m, &e, &scene, auths, i);
        }
        octets[i] = bufs[i];
    }
    mipro_auth_queue_run(queue, auths);
    for (uint32_t i = 0; i < MESSAGES; i++)
        assert_int_equal(auths[i].verdict, i % 5 == 2 ? MIPRO_BAD : MIPRO_GOOD);
    mipro_auth_compute_many(s, CN, octets, 14, MESSAGES, out);
    mipro_auth_queue_free(queue);
    mipro_keyring_free(ring);
}

static void
no_key_is_left_in_memory(void **state)
{
    static const char *const forms[] = { "hex:", "text:", "file:", "master:hex:" };
    static const char *const columns[] = { "", ",,\"type-length-spi\"", ",\"hmac-md5\"",
        ",\"hmac-sha1\"", ",\"hmac-sha256\"", ",\"any\"" };
    char folder[] = "/tmp/mipro-leftovers-XXXXXX", path[64], key_path[64];
    static char line[512];
    unsigned width;

    (void)state;
#if defined(__SANITIZE_ADDRESS__)
    skip(); /* its stack frames and freed blocks differ from those of a release */
#endif
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/keys", folder);
    snprintf(key_path, sizeof(key_path), "%s/key", folder);
    for (size_t i = 0; i < KEY_LEN; i++)
        line[i] = (char)key_octet(i);
    write_secret(key_path, line, KEY_LEN);
    explicit_bzero(line, sizeof(line));
    for (size_t w = 0; (width = mipro_lanes_width(w)) != 0; w++) {
        assert_true(mipro_lanes_use(width));
        for (size_t f = 0; f < COUNT(forms); f++)
            for (size_t c = 0; c < COUNT(columns); c++) {
                char what[96];
                size_t n = write_line(line, sizeof(line), forms[f], key_path, columns[c]);

                write_secret(path, line, n);
                explicit_bzero(line, sizeof(line));
                use_keys(path);
                snprintf(what, sizeof(what), "%s%s", forms[f], columns[c]);
                search_memory(what, width);
            }
    }
    unlink(path);
    unlink(key_path);
    rmdir(folder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_key_is_left_in_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
