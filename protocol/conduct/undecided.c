/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine's counts other than findings: undecided cases, copies, dropped state. */
#include "conduct/private.h"

/* clang-format off */
static const struct {
    const char *name, *text;
} reasons[MIPRO_UNDECIDED_REASONS] = {
    [MIPRO_UNDECIDED_SILENCE]   = { "silence",   "no frame was captured for more than a day while an answer was due" },
    [MIPRO_UNDECIDED_CLOCK]     = { "clock",     "the clock of the capture was changed, or a time is missing" },
    [MIPRO_UNDECIDED_END]       = { "end",       "the capture ends before the time limit" },
    [MIPRO_UNDECIDED_BEGINNING] = { "beginning", "what led to it may lie before the capture" },
    [MIPRO_UNDECIDED_FORGOTTEN] = { "forgotten", "state was dropped, or a message was not captured whole" },
    [MIPRO_UNDECIDED_OUTCOME]   = { "outcome",   "the answer that decides it was not captured, or may be that of another message" },
    [MIPRO_UNDECIDED_KEYS]      = { "keys",      "there is no key for an authenticator that it depends on" },
    [MIPRO_UNDECIDED_ORDER]     = { "order",     "frames are closer than the tolerance: either may be the first" },
};
/* clang-format on */

/* clang-format off */
static const struct {
    const char *name, *text;
} kinds[MIPRO_DROPPED_KINDS] = {
    [MIPRO_DROPPED_HOMES]          = { "homes",           "home addresses" },
    [MIPRO_DROPPED_CORRESPONDENTS] = { "correspondents",  "correspondents of a home address" },
    [MIPRO_DROPPED_IDENTS]         = { "identifications", "sequences of identifications" },
    [MIPRO_DROPPED_REGISTRATIONS]  = { "registrations",   "registrations" },
    [MIPRO_DROPPED_HANDOFFS]       = { "handoffs",        "handoffs" },
    [MIPRO_DROPPED_WAITING]        = { "waiting",         "messages that waited for another" },
    [MIPRO_DROPPED_COPIES]         = { "copies",          "datagrams by which copies are recognized" },
    [MIPRO_DROPPED_AGENTS]         = { "agents",          "agents that advertised" },
    [MIPRO_DROPPED_FRAGMENTS]      = { "fragments",       "datagrams of which fragments were missing" },
    [MIPRO_DROPPED_CHALLENGES]     = { "challenges",      "challenges that mobile nodes were given" },
    [MIPRO_DROPPED_UNMATCHED]      = { "unmatched",       "questions and answers that did not match" },
};
/* clang-format on */

const char *
mipro_dropped_name(enum mipro_dropped kind)
{
    return kinds[kind].name;
}

const char *
mipro_dropped_text(enum mipro_dropped kind)
{
    return kinds[kind].text;
}

const char *
mipro_undecided_name(enum mipro_undecided reason)
{
    return reasons[reason].name;
}

const char *
mipro_undecided_text(enum mipro_undecided reason)
{
    return reasons[reason].text;
}

void
mipro_conduct_totals_add(struct mipro_conduct_totals *to, const struct mipro_conduct_totals *more)
{
    for (unsigned rule = 0; rule < MIPRO_RULES; rule++)
        for (unsigned i = 0; i < MIPRO_UNDECIDED_REASONS; i++)
            to->undecided[rule][i] += more->undecided[rule][i];
    to->copies += more->copies;
    for (unsigned i = 0; i < MIPRO_DROPPED_KINDS; i++)
        to->dropped[i] += more->dropped[i];
    if (to->disorder.n == 0)
        to->disorder.frame = more->disorder.frame;
    to->disorder.n += more->disorder.n;
    if (to->disorder.n_little == 0)
        to->disorder.frame_little = more->disorder.frame_little;
    to->disorder.n_little += more->disorder.n_little;
}

uint64_t
mipro_undecided_of_reason(const struct mipro_conduct_totals *t, enum mipro_undecided reason)
{
    uint64_t n = 0;

    for (unsigned rule = 0; rule < MIPRO_RULES; rule++)
        n += t->undecided[rule][reason];
    return n;
}

uint64_t
mipro_undecided_of_all(const struct mipro_conduct_totals *t)
{
    uint64_t n = 0;

    for (unsigned i = 0; i < MIPRO_UNDECIDED_REASONS; i++)
        n += mipro_undecided_of_reason(t, i);
    return n;
}

uint64_t
mipro_dropped_of_all(const struct mipro_conduct_totals *t)
{
    uint64_t n = 0;

    for (unsigned i = 0; i < MIPRO_DROPPED_KINDS; i++)
        n += t->dropped[i];
    return n;
}
