/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any octets as a key file: no crash; a fault is described, does not show the key
 * column and loads nothing; what was loaded is found again between its own ends, and by
 * the network access identifiers that the text seems to contain.
 */
#include "mipro_keys.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

/* An address of this end. */
static uint32_t
some_address(const struct mipro_end *end)
{
    return end->any ? 0xc0000201u : end->addr;
}

static void
find_again(const struct mipro_keyring *ring, const struct mipro_association *s)
{
    const struct mipro_ends ends[2] = { { some_address(&s->a), some_address(&s->b) },
        { some_address(&s->b), some_address(&s->a) } };
    struct mipro_candidate one[MIPRO_MAX_CANDIDATES], other[MIPRO_MAX_CANDIDATES];
    const struct mipro_association *only;
    struct mipro_pair pair;
    bool valid, valid_too;
    int64_t time = s->not_before == INT64_MIN ? s->not_after : s->not_before;
    size_t n = mipro_keyring_find(ring, s->spi, &ends[0], 1, time, one, &valid);
    size_t m = mipro_keyring_find(ring, s->spi, &ends[1], 1, time, other, &valid_too);

    /* At least s is found, and valid as s is; the order of the ends does not matter. */
    if (n == 0 || n != m || !valid || !valid_too || one[0].association != other[0].association)
        abort();
    pair = mipro_keyring_pair(ring, s->spi, ends);
    only = mipro_keyring_only(ring, &pair);
    if (only != NULL && only != one[0].association)
        abort();
}

/* An association found by this identifier has an NAI as an end, has the SPI, and was loaded. */
static void
find_by_nai(const struct mipro_keyring *ring, uint32_t spi, const uint8_t *octets, size_t len)
{
    const struct mipro_nai nai = { octets, len };
    const uint32_t other = 0x0a010001u;
    struct mipro_candidate out[MIPRO_MAX_CANDIDATES];
    bool valid = false;
    size_t n;

    for (unsigned known = 0; known < 2; known++) {
        n = mipro_keyring_find_nai(
            ring, spi, &nai, known != 0 ? &other : NULL, MIPRO_TIME_NONE, out, &valid);
        for (size_t i = 0; i < n; i++)
            if (out[i].association->spi != spi ||
                out[i].association->a.nai == out[i].association->b.nai)
                abort();
    }
}

/* Look up each "nai:" of the text, up to a quote, as from a message. */
static void
find_identifiers(const struct mipro_keyring *ring, const uint8_t *octets, size_t len)
{
    for (size_t i = 0, n, found = 0; i + 4 < len && found < 8; i++) {
        if (memcmp(octets + i, "nai:", 4) != 0)
            continue;
        for (n = 0; i + 4 + n < len && n < MIPRO_NAI_MAX && octets[i + 4 + n] != '"'; n++)
            ;
        found++;
        for (size_t k = 0; k < mipro_keyring_count(ring) && k < 8; k++)
            find_by_nai(ring, mipro_keyring_at(ring, k)->spi, octets + i + 4, n);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    struct mipro_key_error err = { .line = 0 };
    struct mipro_keyring *ring;
    char *exact = malloc(len + 1), text[600];

    memcpy(exact + 1, octets, len); /* ends where the block ends */
    ring = mipro_keyring_parse(exact + 1, len, "corpus/keys", NULL, NULL, &err);
    if (ring == NULL) {
        mipro_key_error_text(&err, text, sizeof(text));
        if (err.text[0] == '\0' || strncmp(text, "corpus/keys:", 12) != 0)
            abort();
        for (const char *p = text; *p != '\0'; p++)
            if ((unsigned char)*p < 0x20 || (unsigned char)*p > 0x7e)
                abort(); /* it could control a terminal */
    }
    for (size_t i = 0; ring != NULL && i < mipro_keyring_count(ring); i++) {
        const struct mipro_association *s = mipro_keyring_at(ring, i);

        const bool may_be_chap = s->algorithm == MIPRO_CHAP || s->algorithm == MIPRO_ANY;

        if ((s->spi < 256 && s->spi != 3 && !(s->spi == 2 && may_be_chap)) || s->index != i)
            abort();
        if (!s->a.nai && !s->b.nai)
            find_again(ring, s);
        else if (s->a.nai && s->b.nai)
            abort();
    }
    if (ring != NULL)
        find_identifiers(ring, octets, len);
    mipro_keyring_free(ring);
    free(exact);
    return 0;
}
