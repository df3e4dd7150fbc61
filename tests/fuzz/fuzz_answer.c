/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any octets as the packets of a tested node: no crash, every case gets a verdict, and
 * one that is not PASS has a reason.  An answer lies within the frames that carried it.
 */
#include <stdlib.h>
#include <string.h>

#include "tester/assess.h"
#include "tester/receive.h"

#define US 0x0a090001u
#define NODE_UNDER_TEST 0x0a090002u
#define HOME 0x0a010009u

static const char keys[] =
    "\"a\",\"10.9.0.1\",\"10.9.0.2\",\"0x1000\",\"text:0123456789abcdef\",\"\",\"\",\"nonce\"\n"
    "\"b\",\"10.1.0.9\",\"*\",\"0x1000\",\"text:0123456789abcdef\"\n";

static const struct inj_scope scope = { .node = NODE_UNDER_TEST, .us = US, .home = HOME };

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

/* One packet of each case, composed once. */
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

/*
 * The octets as one frame, then as frames that each begin with their length in two octets.
 * Returns their total number of octets.
 */
static size_t
receive_frames(struct inj_receiver *r, const uint8_t *data, size_t len, struct inj_heard *heard)
{
    size_t total = len;

    (void)inj_receive(r, data, len, len % 2 == 0, &scope, MIPRO_SECOND, heard);
    while (len >= 2) {
        size_t n = (size_t)data[0] << 8 | data[1];

        data += 2;
        len -= 2;
        n = n < len ? n : len;
        (void)inj_receive(r, data, n, n % 2 == 0, &scope, MIPRO_SECOND, heard);
        total += n;
        data += n;
        len -= n;
    }
    return total;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct inj_heard heard;
    static bool made;
    struct inj_receiver *receiver;
    struct inj_trial trial = { .count = 1, .src = US, .dst = NODE_UNDER_TEST };
    struct inj_bench bench;
    struct inj_judgement j;
    size_t which, total;

    if (len < 2)
        return 0;
    /* Two octets choose role and case; the rest is frames or, without an answer, one. */
    bench = set_bench((enum inj_role)(data[0] % INJ_ROLES));
    which = data[1] % (inj_n_cases < MAX_SENT ? inj_n_cases : MAX_SENT);
    data += 2;
    len -= 2;
    if (!made)
        make_all(&bench);
    made = true;
    receiver = inj_receiver_new();
    if (receiver == NULL)
        return 0;
    heard.unreachable = false;
    inj_forget_heard(&heard);
    total = receive_frames(receiver, data, len, &heard);
    inj_receiver_free(receiver);
    if (heard.used > total)
        abort(); /* the answers have more octets than the frames */
    if (heard.n == 0)
        heard.answers[heard.n++] = (struct inj_answer){
            .src = NODE_UNDER_TEST, .dst = US, .protocol = INJ_UDP, .octets = data, .len = len
        };
    trial.answers = heard.answers;
    trial.n_answers = heard.n;
    trial.asked = heard.asked;
    trial.n_asked = heard.n_asked;
    trial.sent = sent[which].octets;
    trial.len = sent[which].len;
    j = inj_judge_trial(&inj_cases[which], &bench, &trial);
    if ((j.verdict == INJ_PASS) != (j.reason[0] == '\0'))
        abort();
    (void)inj_judge_control(&bench, &trial);
    return 0;
}
