/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why an authenticator is not good, in words, with hints at the cause. */
#include "auth/claim.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#define MAX_NAMED 4u /* SPIs listed in one sentence */

/* A sentence that grows; whatever does not fit is cut off. */
struct sentence {
    char *text;
    size_t size, len;
};

static void say(struct sentence *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void
say(struct sentence *s, const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(s->text + s->len, s->size - s->len, format, args);
    va_end(args);
    if (n > 0)
        s->len += (size_t)n < s->size - s->len ? (size_t)n : s->size - s->len - 1;
}

/* In both bases, as users write either; hexadecimal first, as Wireshark shows the field. */
static void
say_spi(struct sentence *s, uint32_t spi)
{
    say(s, "SPI 0x%" PRIx32 " (%" PRIu32 ")", spi, spi);
}

/* No node has such an address: it stands for an unknown one. */
static bool
is_nobody(uint32_t addr)
{
    return addr == 0 || addr == UINT32_MAX;
}

static void
say_ends(struct sentence *s, const struct mipro_ends ends[], size_t n_ends)
{
    for (size_t i = 0; i < n_ends; i++)
        say(s, "%s %s and %s", i == 0 ? " between" : ", or", mipro_dotted(ends[i].a).s,
            mipro_dotted(ends[i].b).s);
}

/* The same for a mobile node that has a name, and perhaps no home address. */
static void
say_node(struct sentence *s, const char *nai, const struct mipro_ends *ends)
{
    if (is_nobody(ends->a))
        say(s, " between %.80s", nai);
    else
        say(s, " between %s (%.80s)", mipro_dotted(ends->a).s, nai);
    say(s, " and %s", is_nobody(ends->b) ? "any home agent" : mipro_dotted(ends->b).s);
}

/* Do the two numbers have the same digits, one in decimal, the other in hexadecimal? */
static bool
has_same_digits(uint32_t decimal, uint32_t hex)
{
    char one[16], other[16];

    snprintf(one, sizeof(one), "%" PRIu32, decimal);
    snprintf(other, sizeof(other), "%" PRIx32, hex);
    return strcmp(one, other) == 0;
}

/* The SPIs of these associations, each once. */
static void
say_spis(struct sentence *s, const struct mipro_association *const known[], size_t n)
{
    unsigned named = 0;

    for (size_t i = 0; i < n; i++) {
        bool said = false;

        for (size_t k = 0; k < i; k++)
            said |= known[k]->spi == known[i]->spi;
        if (said)
            continue;
        if (named++ == MAX_NAMED) {
            say(s, " and others");
            break;
        }
        if (named > 1)
            say(s, ", ");
        say_spi(s, known[i]->spi);
    }
}

/* The same, when spi is not among them: was it written in the wrong base? */
static void
say_known(struct sentence *s, uint32_t spi, const struct mipro_association *const known[], size_t n)
{
    say(s, "; known between them: ");
    say_spis(s, known, n);
    for (size_t i = 0; i < n; i++) {
        uint32_t other = known[i]->spi;

        if (has_same_digits(other, spi))
            say(s, "; the key file may mean 0x%" PRIu32 " where it says %" PRIu32, other, other);
        else if (has_same_digits(spi, other))
            say(s, "; the key file may mean %" PRIu32 " where it says 0x%" PRIx32, spi, other);
        else
            continue;
        return;
    }
}

static void
explain_no_key(struct sentence *s, const struct mipro_auth *auth, const struct mipro_ends ends[],
    size_t n_ends, const char *nai, const struct mipro_keyring *ring)
{
    const struct mipro_association *known[16], *elsewhere;
    const size_t most = sizeof(known) / sizeof(known[0]);
    uint8_t octets[MIPRO_NAI_MAX];
    size_t n = 0;

    if (ring == NULL || mipro_keyring_count(ring) == 0) {
        say(s, ring == NULL ? "no keys were given; it has "
                            : "the key file has no associations; it has ");
        say_spi(s, auth->spi);
        return;
    }
    if (auth->hint == MIPRO_HINT_CHALLENGE) {
        say(s, "not checkable: with ");
        say_spi(s, auth->spi);
        say(s,
            " it answers a challenge (RFC 4721); the message carries none, and none that its node "
            "was seen to be given fits");
        return;
    }
    say(s, "no association has ");
    say_spi(s, auth->spi);
    if (nai != NULL && n_ends != 0)
        say_node(s, nai, &ends[0]);
    else
        say_ends(s, ends, n_ends);
    if (auth->hint == MIPRO_HINT_ANYBODY) {
        say(s, "; one for any address, perhaps another node's, does not match");
        return;
    }
    if (nai != NULL && n_ends != 0) {
        const struct mipro_nai name = { octets, mipro_nai_read(nai, octets) };

        n = mipro_keyring_of_nai(
            ring, &name, is_nobody(ends[0].b) ? NULL : &ends[0].b, known, most);
    }
    if (n == 0)
        n = mipro_keyring_between(ring, ends, n_ends, known, most);
    elsewhere = mipro_keyring_with_spi(ring, auth->spi);
    if (n != 0)
        say_known(s, auth->spi, known, n);
    else if (elsewhere != NULL)
        say(s, "; \"%.60s\" has this SPI, but other ends", elsewhere->name);
    else
        say(s, "; none is known between them");
}

static void
explain_bad(struct sentence *s, const struct mipro_auth *auth)
{
    if (auth->association == NULL) {
        say(s, "no room for SPI and authenticator");
        return;
    }
    say(s, "the authenticator does not match \"%.100s\" (%s)", auth->association->name,
        mipro_algorithm_name(auth->association->algorithm));
    if (auth->size_wrong)
        say(s, ": its size is not the algorithm's");
    if (auth->hint == MIPRO_HINT_NEWLINE)
        say(s, "; without the newline at the end of the key's file it would be good");
}

void
mipro_auth_explain(const struct mipro_auth *auth, const struct mipro_ends ends[], size_t n_ends,
    const struct mipro_keyring *ring, char *text, size_t size)
{
    mipro_auth_explain_node(auth, ends, n_ends, NULL, ring, text, size);
}

void
mipro_auth_explain_node(const struct mipro_auth *auth, const struct mipro_ends ends[],
    size_t n_ends, const char *nai, const struct mipro_keyring *ring, char *text, size_t size)
{
    struct sentence s = { text, size, 0 };

    text[0] = '\0';
    switch (auth->verdict) {
    case MIPRO_BAD:
        explain_bad(&s, auth);
        break;
    case MIPRO_EXPIRED:
        say(&s, "it matches \"%.100s\", but outside its validity period",
            auth->association != NULL ? auth->association->name : "");
        break;
    case MIPRO_NO_KEY:
        explain_no_key(&s, auth, ends, n_ends, nai, ring);
        break;
    case MIPRO_TRUNCATED:
        say(&s, "not all octets that it covers were captured");
        break;
    case MIPRO_MISSING:
        say(&s, "the Binding Update has none");
        break;
    case MIPRO_GOOD:
    case MIPRO_VERDICTS:
        break;
    }
}

void
mipro_auth_explain_spi(const uint32_t *spi, const struct mipro_ends *ends,
    const struct mipro_keyring *ring, char *text, size_t size)
{
    const struct mipro_association *known[16];
    struct sentence s = { text, size, 0 };
    size_t n = 0;

    text[0] = '\0';
    if (ring != NULL)
        n = mipro_keyring_between(ring, ends, 1, known, sizeof(known) / sizeof(known[0]));
    if (spi != NULL) {
        say(&s, ", under ");
        say_spi(&s, *spi);
    }
    if (n == 0)
        return;
    say(&s, "; known");
    say_ends(&s, ends, 1);
    say(&s, ": ");
    say_spis(&s, known, n);
}
