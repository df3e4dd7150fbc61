/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench_auth [ASSOCIATIONS] - nanoseconds to judge a Binding Update of 42 octets: framing,
 * look-up among that many associations, hash and comparison, in batches of 256 and one
 * by one; the best of many rounds.
 */
#include "mipro_auth.h"
#include "mipro_sign.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define BATCH 256
#define BATCHES 64
#define LEN 42
#define ROUNDS 50

static uint8_t messages[BATCH * BATCHES][LEN];
static uint32_t of[BATCH * BATCHES]; /* the association of each message */
static struct mipro_message parsed[BATCH];
static struct mipro_ext ext[BATCH];
static struct mipro_scene scene[BATCH];
static struct mipro_auth auth[BATCH];
static struct mipro_auth_queue *queue;
static const struct mipro_settings settings = MIPRO_SETTINGS;

static double
now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static struct mipro_keyring *
make_ring(unsigned n)
{
    size_t size = n * 96u + 1;
    char *text = malloc(size), *p = text;
    struct mipro_keyring *ring;

    for (unsigned i = 0; i < n; i++)
        p += snprintf(p, size - (size_t)(p - text),
            "\"n%u\",\"10.1.0.1\",\"172.%u.%u.%u\",\"%u\",\"hex:%032x\"\n", i, 16 + (i >> 16),
            i >> 8 & 255, i & 255, 4096 + i % 16, i * 2654435761u);
    ring = mipro_keyring_parse(text, (size_t)(p - text), "bench", NULL, NULL, NULL);
    free(text);
    return ring;
}

static void
put_be(uint8_t *p, unsigned n, uint64_t v)
{
    while (n-- > 0)
        *p++ = (uint8_t)(v >> 8 * n);
}

static void
make_messages(const struct mipro_keyring *ring)
{
    size_t n = mipro_keyring_count(ring);

    for (size_t i = 0; i < BATCH * BATCHES; i++) {
        uint8_t *m = messages[i];
        const struct mipro_association *s;

        of[i] = (uint32_t)((size_t)rand() % n);
        s = mipro_keyring_at(ring, of[i]);
        m[0] = MIPRO_BINDING_UPDATE;
        m[1] = MIPRO_BU_A | MIPRO_BU_I;
        put_be(m + 2, 2, 300);
        put_be(m + 4, 4, 0x0a010000u + i);
        put_be(m + 8, 4, 0x0a030001u);
        put_be(m + 12, 8, i);
        m[20] = MIPRO_EXT_AUTH;
        m[21] = 20;
        put_be(m + 22, 4, s->spi);
        mipro_auth_compute(s, 0, m, 22, s->spi, m + 26);
    }
}

static void
take_batch(const struct mipro_keyring *ring, size_t first)
{
    for (size_t i = 0; i < BATCH; i++) {
        uint32_t dst = 0xac100000u + of[first + i];

        scene[i] = (struct mipro_scene){ 0x0a010001, dst, 0, ring };
        mipro_message_parse(
            &parsed[i], messages[first + i], LEN, LEN, &settings, MIPRO_IDENT_UNKNOWN);
        mipro_ext_find(&parsed[i], MIPRO_EXT_AUTH, &ext[i]);
    }
}

/* Returns the number of good ones. */
static size_t
parse_only(const struct mipro_keyring *ring, size_t first)
{
    take_batch(ring, first);
    return BATCH;
}

static size_t
judge_batch(const struct mipro_keyring *ring, size_t first)
{
    const struct mipro_association *only[BATCH];
    struct mipro_pair pair[BATCH];
    size_t good = 0;

    take_batch(ring, first);
    for (size_t i = 0; i < BATCH; i++)
        if (!mipro_auth_pair(&parsed[i], &scene[i], &pair[i]))
            return 0; /* none is good: the bench fails */
    for (size_t i = 0; i < BATCH; i++)
        only[i] = mipro_keyring_only(ring, &pair[i]);
    for (size_t i = 0; i < BATCH; i++)
        if (only[i] == NULL || !mipro_auth_queue_add_usual(
                                   queue, &parsed[i], only[i], scene[i].time, auth, (uint32_t)i))
            mipro_auth_queue_add(queue, &parsed[i], &ext[i], &scene[i], auth, (uint32_t)i);
    mipro_auth_queue_run(queue, auth);
    for (size_t i = 0; i < BATCH; i++)
        good += auth[i].verdict == MIPRO_GOOD;
    return good;
}

static size_t
judge_singly(const struct mipro_keyring *ring, size_t first)
{
    size_t good = 0;

    take_batch(ring, first);
    for (size_t i = 0; i < BATCH; i++) {
        mipro_auth_judge(&parsed[i], &ext[i], &scene[i], &auth[i]);
        good += auth[i].verdict == MIPRO_GOOD;
    }
    return good;
}

static double
time_best(const struct mipro_keyring *ring,
    size_t (*judge)(const struct mipro_keyring *ring, size_t first))
{
    double best = 1e18;

    for (unsigned r = 0; r < ROUNDS; r++) {
        double start = now(), took;
        size_t good = 0;

        for (size_t b = 0; b < BATCHES; b++)
            good += judge(ring, b * BATCH);
        took = (now() - start) / (BATCH * BATCHES);
        best = took < best ? took : best;
        if (good != BATCH * BATCHES) {
            printf("only %zu are good\n", good);
            exit(1);
        }
    }
    return best;
}

int
main(int argc, char **argv)
{
    unsigned n = argc > 1 ? (unsigned)atoi(argv[1]) : 1000;
    double start = now(), parse;
    struct mipro_keyring *ring = make_ring(n);

    printf("%u associations, loaded in %.1f ms; ns a message:\n", n, (now() - start) / 1e6);
    make_messages(ring);
    queue = mipro_auth_queue_new();
    parse = time_best(ring, parse_only);
    printf("framing alone     %6.1f\n", parse);
    printf("batches of %d    %6.1f more\n", BATCH, time_best(ring, judge_batch) - parse);
    if (argc <= 2) /* more arguments: to profile only the batches */
        printf("one by one, GLib  %6.1f more\n", time_best(ring, judge_singly) - parse);
    mipro_auth_queue_free(queue);
    mipro_keyring_free(ring);
    return 0;
}
