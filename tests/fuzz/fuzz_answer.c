/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any octets as what a tested node sends: no crash, every case comes to a verdict, and
 * one that is not PASS has a reason.
 */
#include <stdlib.h>
#include <string.h>

#include "tester/listen.h"

#define US 0x0a090001u
#define NODE_UNDER_TEST 0x0a090002u
#define HOME 0x0a010009u

static const char keys[] =
    "\"a\",\"10.9.0.1\",\"10.9.0.2\",\"0x1000\",\"text:0123456789abcdef\",\"\",\"\",\"nonce\"\n"
    "\"b\",\"10.1.0.9\",\"*\",\"0x1000\",\"text:0123456789abcdef\"\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct inj_bench
set_bench(enum inj_role role)
{
    static struct mipro_keyring *ring;
    struct mipro_key_error error;
    struct inj_bench bench = { .role = role,
        .source = US,
        .destination = NODE_UNDER_TEST,
        .home = HOME,
        .care_of = 0x0a030001,
        .set = MIPRO_SETTINGS,
        .rate_limit = 5 };

    if (ring == NULL)
        ring = mipro_keyring_parse(keys, strlen(keys), "keys", NULL, NULL, &error);
    bench.ring = ring;
    bench.association = mipro_keyring_at(ring, 0);
    bench.set.reading = MIPRO_READING_DRAFT;
    return bench;
}

/* One packet of each case, made once. */
#define MAX_SENT 256
static struct sent {
    size_t len;
    uint8_t octets[2048];
} sent[MAX_SENT];

static bool
keep_first(void *ctx, const struct inj_packet *packet)
{
    struct sent *s = ctx;

    s->len = packet->len < sizeof(s->octets) ? packet->len : sizeof(s->octets);
    if (s->len > 0)
        memcpy(s->octets, packet->payload, s->len);
    return false;
}

static void
make_all(const struct inj_bench *bench)
{
    for (size_t i = 0; i < inj_n_cases && i < MAX_SENT; i++) {
        struct inj_world w = { .set = bench->set,
            .ring = bench->ring,
            .spi = 0x1000,
            .source = US,
            .destination = NODE_UNDER_TEST,
            .home = HOME,
            .care_of = bench->care_of,
            .agent = US,
            .previous = 0x0a020001,
            .other = 0xc6336407,
            .signer = { .association = bench->association },
            .seed = 1,
            .time = MIPRO_SECOND };

        (void)inj_case_make(&inj_cases[i], &w, keep_first, &sent[i]);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct inj_answer answer;
    static bool made;
    struct inj_asked asked;
    struct inj_trial trial = { .count = 1, .src = US, .dst = NODE_UNDER_TEST };
    struct inj_bench bench;
    struct inj_judgement j;
    size_t which;

    if (len < 2)
        return 0;
    /* Two octets choose the role and the case, the rest is a frame; if it is none, a payload. */
    bench = set_bench((enum inj_role)(data[0] % INJ_ROLES));
    which = data[1] % (inj_n_cases < MAX_SENT ? inj_n_cases : MAX_SENT);
    data += 2;
    len -= 2;
    if (!made)
        make_all(&bench);
    made = true;
    (void)inj_asked_read(data, len, NODE_UNDER_TEST, &asked);
    if (!inj_answer_read(data, len, NODE_UNDER_TEST, &answer)) {
        answer = (struct inj_answer){ .src = NODE_UNDER_TEST, .dst = US, .protocol = INJ_UDP };
        answer.len = len < sizeof(answer.octets) ? len : sizeof(answer.octets);
        if (answer.len > 0)
            memcpy(answer.octets, data, answer.len);
    }
    trial.answers = &answer;
    trial.n_answers = 1;
    trial.sent = sent[which].octets;
    trial.len = sent[which].len;
    j = inj_judge_trial(&inj_cases[which], &bench, &trial);
    if ((j.verdict == INJ_PASS) != (j.reason[0] == '\0'))
        abort();
    (void)inj_judge_control(&bench, &trial);
    return 0;
}
