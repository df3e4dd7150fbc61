/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Explanations of a refusal for administrators: with 131, the SPI of the message, and the SPIs
 * that the two ends have; with 133, the difference between their clocks.
 */
#include "conduct/private.h"

#include <stdio.h>
#include <stdlib.h>

bool
mipro_vouching_spi(const struct mipro_event *ev, uint32_t *spi)
{
    for (size_t i = 0; i < ev->n_auth; i++)
        if (ev->auth[i].ext != MIPRO_EXT_PFAN && ev->auth[i].verdict == MIPRO_GOOD) {
            *spi = ev->auth[i].spi;
            return true;
        }
    return false;
}

void
mipro_refused_write(struct mipro_finding *f, const char *what, const uint32_t *spi,
    const struct mipro_ends *ends, const struct mipro_keyring *ring)
{
    char why[MIPRO_EXPLANATION];

    f->rule = MIPRO_RULE_GENUINE_REFUSED;
    mipro_auth_explain_spi(spi, ends, ring, why, sizeof(why));
    mipro_finding_appendf(
        f, "refuses the %s %s whose authenticator is good%s", what, mipro_dotted(f->home).s, why);
}

/* The other clock: its value in JSON, and a phrase for the user. */
static const struct {
    const char *word, *text;
} clocks[] = {
    [MIPRO_CLOCK_UNKNOWN] = { NULL, NULL },
    [MIPRO_CLOCK_RECEIVER] = { "receiver", "its receiver's clock" },
    [MIPRO_CLOCK_CAPTURE] = { "capture", "the capture's clock" },
};

const char *
mipro_clock_name(enum mipro_clock_of of)
{
    return clocks[of].word;
}

void
mipro_clock_difference_text(const struct mipro_clock_difference *d, char *text, size_t size)
{
    if (d->of == MIPRO_CLOCK_UNKNOWN)
        text[0] = '\0';
    else if (d->seconds == 0)
        snprintf(text, size, "the refused message has the very second of %s", clocks[d->of].text);
    else
        snprintf(text, size, "the refused message is stamped %d s %s %s", abs(d->seconds),
            d->seconds < 0 ? "behind" : "ahead of", clocks[d->of].text);
}

/*
 * Is this the difference of two clocks?  Nonces are random, and the method is not always known:
 * then clocks are assumed to be within a day of each other.
 */
static bool
are_clocks(enum mipro_replay method, int32_t seconds)
{
    const int32_t day = 24 * 60 * 60;

    return method == MIPRO_REPLAY_TIMESTAMP ||
           (method == MIPRO_REPLAY_NONE && seconds > -day && seconds < day);
}

/* The answer does not give its sender's clock. */
static void
compare_with_capture(
    const struct shard *c, const struct view *v, uint64_t asked, enum mipro_replay method)
{
    int32_t seconds;

    if (!is_time(v->now))
        return;
    seconds = mipro_ident_ahead(c, asked, v->now);
    if (are_clocks(method, seconds))
        v->ev->refused = (struct mipro_clock_difference){ seconds, MIPRO_CLOCK_CAPTURE };
}

void
mipro_refused_reply(
    const struct shard *c, const struct view *v, uint64_t asked, enum mipro_replay method)
{
    int32_t seconds = (int32_t)((uint32_t)(asked >> 32) - (uint32_t)(v->ident.value >> 32));

    if (v->ident.state != IDENT_SOME)
        return;
    if (v->ident.value == asked) /* copied as a whole */
        compare_with_capture(c, v, asked, method);
    else if (are_clocks(method, seconds))
        v->ev->refused = (struct mipro_clock_difference){ seconds, MIPRO_CLOCK_RECEIVER };
}

void
mipro_refused_acknowledge(const struct shard *c, const struct view *v, struct ident update)
{
    enum mipro_replay method = MIPRO_REPLAY_NONE;

    if (update.state != IDENT_SOME)
        return;
    for (size_t i = 0; i < v->ev->n_auth; i++)
        if (v->ev->auth[i].association != NULL)
            method = v->ev->auth[i].replay;
    compare_with_capture(c, v, update.value, method);
}
