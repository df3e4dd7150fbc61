/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cases/fuzz.h"

#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* The random numbers of one mutation, in order. */
struct chance {
    uint64_t seed, n;
};

static uint64_t
draw(struct chance *c, uint64_t below)
{
    return inj_random(c->seed, c->n++) % below;
}

/* Mostly Binding Updates, because they change caches. */
static const uint8_t messages[] = { MIPRO_BINDING_UPDATE, MIPRO_BINDING_UPDATE,
    MIPRO_BINDING_UPDATE, MIPRO_BINDING_UPDATE, MIPRO_BINDING_REQUEST, MIPRO_BINDING_WARNING,
    MIPRO_BINDING_ACKNOWLEDGE, MIPRO_REGISTRATION_REQUEST, MIPRO_REGISTRATION_REQUEST };

/* Values that implementations often get wrong. */
static const uint64_t edges[] = { 0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7f000001,
    0xe0000001, 0x7fffffff, 0x80000000, 0xffffffff };
static const uint8_t lengths[] = { 0, 1, 2, 3, 4, 5, 13, 14, 15, 16, 19, 20, 21, 127, 128, 254,
    255 };
static const uint8_t types[] = { 0, 16, 32, 33, 34, 35, 36, 47, 96, 100, 127, 128, 131, 200, 255 };

static struct inj_op
draw_content(struct chance *c)
{
    const uint64_t edge = edges[draw(c, COUNT(edges))];

    switch (draw(c, 7)) {
    case 0:
        return (struct inj_op){ OP_LIFE, 0, edge & 0xffff };
    case 1:
        return (struct inj_op){ OP_FLAGS, 0, draw(c, 256) };
    case 2:
        return (struct inj_op){ OP_HOME, 0, edge };
    case 3:
        return (struct inj_op){ OP_CARE_OF, 0, edge };
    case 4:
        return (struct inj_op){ OP_NO_IDENT, 0, 0 };
    case 5:
        return (struct inj_op){ OP_IDENT, 0, edge << 32 | edge };
    default:
        return (struct inj_op){ OP_TARGETS, (int32_t)draw(c, 12), edge };
    }
}

/* An operation before signing, on what the signature covers. */
static struct inj_op
draw_signed(struct chance *c)
{
    switch (draw(c, 6)) {
    case 0:
        return (struct inj_op){ OP_EXT, (int32_t)draw(c, 40), types[draw(c, COUNT(types))] };
    case 1:
        return (struct inj_op){ OP_OCTETS, (int32_t)draw(c, 8) + 1, inj_random(c->seed, c->n++) };
    case 2:
        return (struct inj_op){ OP_WARN, 0, NODE(HOME) };
    case 3:
        return (struct inj_op){ OP_PFAN, 0, 0 };
    case 4:
        return (struct inj_op){ OP_FLIP, (int32_t)draw(c, 12), 0 };
    default:
        return (struct inj_op){ OP_CUT, -(int32_t)(draw(c, 8) + 1), 0 };
    }
}

static struct inj_op
draw_unsigned(struct chance *c)
{
    switch (draw(c, 7)) {
    case 0:
        return (struct inj_op){ OP_CUT, -(int32_t)(draw(c, 40) + 1), 0 };
    case 1:
        return (struct inj_op){ OP_LEN, 0, lengths[draw(c, COUNT(lengths))] };
    case 2:
        return (struct inj_op){ OP_EXT, (int32_t)draw(c, 12), types[draw(c, COUNT(types))] };
    case 3:
        return (struct inj_op){ OP_OCTETS, (int32_t)draw(c, 4) + 1, inj_random(c->seed, c->n++) };
    case 4:
        return (struct inj_op){ OP_TYPE, 0, draw(c, 32) };
    case 5:
        return (struct inj_op){ OP_SIGN_AGAIN, 0, 0 };
    default:
        return (struct inj_op){ OP_FLIP, -(int32_t)(draw(c, 30) + 1), 0 };
    }
}

void
inj_fuzz_step(uint64_t seed, uint64_t number, struct inj_step *step)
{
    struct chance c = { inj_random(seed, number), 0 };
    size_t n = 0;

    memset(step, 0, sizeof(*step));
    step->message = messages[draw(&c, COUNT(messages))];
    for (uint64_t left = draw(&c, 3); left > 0; left--)
        step->ops[n++] = draw_content(&c);
    for (uint64_t left = draw(&c, 3); left > 0; left--)
        step->ops[n++] = draw_signed(&c);
    if (draw(&c, 4) != 0)
        step->ops[n++] = (struct inj_op){ OP_SIGN, 0, 0 };
    /* Make at least one change. */
    for (uint64_t left = draw(&c, 3) + (n <= 1 ? 1 : 0); left > 0; left--)
        step->ops[n++] = draw_unsigned(&c);
}
