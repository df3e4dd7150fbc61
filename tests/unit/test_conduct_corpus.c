/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Correct nodes, in random order: there must be no finding.
 *
 * Each mobile node has its own story: it moves, by smooth handoffs, from agent to
 * agent and home again, private or not; its correspondents get updates, ask,
 * cause warnings, and acknowledge.  The stories are then merged into one capture by
 * their times.  Where the network loses an answer, the request is retransmitted.
 */
#include "history.h"

#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#define NODES 40
#define MOVES 12
#define MAX_STEPS 60000

struct corpus {
    struct step *steps;
    size_t n;
    uint32_t random;
    unsigned loss; /* how many of 100 answers are lost once */
};

struct node {
    struct corpus *c;
    uint32_t home;
    int now;     /* ms */
    uint32_t at; /* care-of address; home address: at home */
    bool private;
    enum mipro_replay replay;
    uint64_t ident;    /* of registrations */
    bool adopts;       /* the home agent takes its next nonce from its answers */
    uint32_t nonce[2]; /* the home agent's next nonce for each correspondent */
    int granted;       /* ms */
    unsigned life;
};

static unsigned
chance(struct corpus *c, unsigned n)
{
    c->random = c->random * 1664525u + 1013904223u;
    return (c->random >> 8) % n;
}

static void
say(struct node *n, struct step s)
{
    struct corpus *c = n->c;

    assert_true(c->n < MAX_STEPS);
    s.ms = n->now;
    s.home = n->home;
    c->steps[c->n++] = s;
    n->now += 1 + (int)chance(c, 20);
}

static bool
is_lost(struct node *n)
{
    return chance(n->c, 100) < n->c->loss;
}

/* NTP, as far as it matters: later is greater. */
static uint64_t
stamp_of(const struct node *n)
{
    return ((uint64_t)n->now << 24) + UINT64_C(0xba00000000000000);
}

static uint64_t
next_ident(struct node *n, unsigned peer)
{
    uint64_t low = n->nonce[peer];

    if (n->replay != MIPRO_REPLAY_NONCE)
        return stamp_of(n);
    n->nonce[peer] = (uint32_t)(chance(n->c, 1u << 20) | 0x100000u);
    return (uint64_t)n->nonce[peer] << 32 | low;
}

/* The remaining lifetime of the registration, in whole seconds. */
static unsigned
life_left(const struct node *n)
{
    int left = (int)n->life - (n->now - n->granted) / 1000;

    return left > 0 ? (unsigned)left : 0;
}

static struct step
binding(struct node *n, uint32_t peer)
{
    struct step s = { .kind = BU, .src = HA, .dst = peer, .replay = n->replay };

    s.mac = (uint8_t)(1 + chance(n->c, 200));
    if (n->private || n->at == n->home || life_left(n) == 0) {
        s.coa = n->home;
    } else {
        s.coa = n->at;
        s.life = life_left(n);
    }
    return s;
}

/* An answer has the remaining lifetime at the time it is sent. */
static void
answer_now(struct node *n, struct step answer)
{
    if (answer.kind == BU && answer.life != 0)
        answer.life = life_left(n);
    if (answer.kind == BU && answer.life == 0)
        answer.coa = n->home;
    say(n, answer);
}

/* Send a request, and repeat it until it is answered. */
static void
ask(struct node *n, struct step question, struct step answer)
{
    say(n, question);
    for (int again = 0; again < 2 && is_lost(n); again++) {
        n->now += 1500;
        if (chance(n->c, 2) == 0) /* it was answered, and the answer was lost behind the tap */
            answer_now(n, answer);
        say(n, question);
    }
    answer_now(n, answer);
}

static void
tell(struct node *n, unsigned i)
{
    struct step update = binding(n, CN + i);
    struct step ack = { .kind = BA, .src = CN + i, .dst = HA };

    update.id = chance(n->c, 4) != 0 || n->replay != MIPRO_REPLAY_NONE ? next_ident(n, i) : 0;
    ack.id = update.id;
    if (chance(n->c, 3) == 0) {
        say(n, update);
    } else {
        update.flags = A;
        ask(n, update, ack);
    }
    n->now += 9000;
}

static void
request(struct node *n, unsigned i)
{
    struct step question = { .kind = BR, .src = CN + i, .dst = HA };
    struct step answer;

    /* The node's clock is slightly off; a nonce may have any value. */
    question.id = stamp_of(n) + ((uint64_t)chance(n->c, 100) << 30) - (UINT64_C(50) << 30);
    answer = binding(n, CN + i);
    answer.id = question.id;
    ask(n, question, answer);
    if (n->adopts)
        n->nonce[i] = (uint32_t)(question.id >> 32);
    n->now += 9000;
}

static void
warn(struct node *n, uint32_t agent)
{
    unsigned i = chance(n->c, 2);
    struct step warning = { .kind = BW, .src = agent, .dst = HA, .target = { CN + i } };

    say(n, warning);
    tell(n, i);
}

static void
move(struct node *n, uint32_t to)
{
    struct step request = { .kind = RRQ, .src = n->home, .dst = to, .coa = to };
    struct step reply = { .kind = RRP };
    struct step update = { .kind = BU, .src = to, .dst = n->at, .coa = to, .life = 30, .flags = A };
    struct step ack = { .kind = BA, .src = n->at, .dst = n->home };
    bool early = chance(n->c, 2) == 0;

    n->private = chance(n->c, 4) == 0;
    n->ident = stamp_of(n);
    n->life = 60 + chance(n->c, 600);
    request.id = reply.id = n->ident;
    request.life = n->life + chance(n->c, 50);
    request.flags = n->private ? P : 0;
    request.replay = reply.replay = MIPRO_REPLAY_TIMESTAMP;
    reply.life = n->life;
    if (n->at != n->home) {
        uint8_t mac = (uint8_t)(1 + chance(n->c, 200));

        request.pfan.previous = n->at;
        request.pfan.coa = to;
        request.pfan.life = 30;
        request.pfan.mac = update.mac = mac;
    }
    request.foreign = 1;
    say(n, request);
    if (early && n->at != n->home)
        say(n, update);
    request.src = to;
    request.dst = HA;
    request.foreign = 2;
    say(n, request);
    reply.src = HA;
    reply.dst = to;
    n->granted = n->now;
    say(n, reply);
    reply.src = to;
    reply.dst = n->home;
    if (!early && n->at != n->home)
        say(n, update);
    say(n, reply);
    if (n->at != n->home) {
        if (is_lost(n)) { /* the mobile node retransmits it */
            n->now += 2000;
            update.src = n->home;
            say(n, update);
        }
        say(n, ack);
        if (chance(n->c, 2) == 0) {
            ack.dst = to;
            if (update.src == to)
                say(n, ack);
        }
    }
    n->at = to;
    n->now += 9000;
}

static void
return_home(struct node *n)
{
    struct step request = { .kind = RRQ, .src = n->home, .dst = HA, .coa = n->home };
    struct step reply = { .kind = RRP, .src = HA, .dst = n->home };

    request.id = reply.id = stamp_of(n);
    request.replay = reply.replay = MIPRO_REPLAY_TIMESTAMP;
    n->at = n->home;
    n->life = 0;
    n->private = false;
    n->granted = n->now;
    ask(n, request, reply);
    for (unsigned i = 0; i < 2; i++)
        tell(n, i);
}

static void
live(struct node *n)
{
    static const uint32_t agents[] = { FA1, FA2, FA3 };

    for (int i = 0; i < MOVES; i++) {
        uint32_t before = n->at;
        uint32_t to = agents[chance(n->c, COUNT(agents))];

        if (to == n->at || chance(n->c, 6) == 0) {
            if (n->at != n->home)
                return_home(n);
            continue;
        }
        move(n, to);
        for (unsigned k = chance(n->c, 5); k > 0; k--) {
            switch (chance(n->c, 3)) {
            case 0:
                tell(n, chance(n->c, 2));
                break;
            case 1:
                request(n, chance(n->c, 2));
                break;
            default:
                warn(n, before != n->home ? before : FA3);
                break;
            }
        }
    }
}

static int
by_time(const void *a, const void *b)
{
    const struct step *x = a, *y = b;

    if (x->ms != y->ms)
        return x->ms < y->ms ? -1 : 1;
    /* Within a story all times differ. */
    return x->home < y->home ? -1 : x->home > y->home;
}

static void
run(uint32_t seed, unsigned loss)
{
    struct corpus c = { .random = seed, .loss = loss };
    struct history h;

    c.steps = calloc(MAX_STEPS, sizeof(*c.steps));
    assert_non_null(c.steps);
    for (uint32_t i = 0; i < NODES; i++) {
        struct node n = { .c = &c, .home = HOME + i, .now = (int)chance(&c, 10000) };

        n.at = n.home;
        n.replay = (enum mipro_replay)(i % 3);
        n.adopts = chance(&c, 2) == 0;
        n.nonce[0] = n.nonce[1] = 1 + chance(&c, 1000);
        live(&n);
    }
    qsort(c.steps, c.n, sizeof(*c.steps), by_time);
    history_begin(&h, NULL);
    for (size_t i = 0; i < c.n; i++) {
        history_step(&h, &c.steps[i], i + 1);
        if (h.n_found != 0)
            fail_msg("seed %u, loss %u: step %zu of %zu: frame %u of 0x%08x: %s: %s", seed, loss,
                i + 1, c.n, (unsigned)h.found[0].frame, c.steps[h.found[0].frame - 1].home,
                mipro_rule_def(h.found[0].rule)->id, h.found[0].text);
    }
    history_end(&h);
    if (h.fault != NULL)
        fail_msg("seed %u: %s", seed, h.fault);
    free(c.steps);
}

static void
correct_nodes_are_not_blamed(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 40; seed++)
        run(seed, 0);
}

static void
correct_nodes_that_retransmit_are_not_blamed(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 40; seed++)
        run(seed, 30);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(correct_nodes_are_not_blamed),
        cmocka_unit_test(correct_nodes_that_retransmit_are_not_blamed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
