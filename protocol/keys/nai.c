/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Associations of a mobile node identified by its network access identifier (RFC 2794,
 * RFC 4282): "alice@example.net", or any user of a realm, "*@example.net".
 *
 * The realm of an NAI is compared case-insensitively, the user part octet by octet.  An NAI
 * need not be UTF-8.
 */
#include "keys/shape.h"

#include <stdlib.h>
#include <string.h>

#include "mipro_text.h"

/* An NAI as a key: the realm in lower case, padded with zeros. */
struct nai {
    uint8_t len;
    uint8_t octets[MIPRO_NAI_MAX];
};

/* The key of the hash table. */
struct key {
    uint32_t spi;
    struct nai nai;
};

/* One association during sorting. */
struct row {
    struct key key;
    struct mipro_end other;
    int64_t not_before, not_after;
    uint32_t index;
};

struct mipro_ring_nais {
    GHashTable *first; /* struct key to its first position in order[], + 1 */
    uint32_t *order;   /* indices of associations: by key, then the narrowest other end first */
    size_t n;
    /* Whatever their SPI: struct key with SPI 0 to the first association of its list, + 1. */
    GHashTable *any;
    uint32_t *next; /* by index of the association: that of the next one, + 1; 0 ends the list */
};

size_t
mipro_nai_fold(const struct mipro_nai *nai, uint8_t out[MIPRO_NAI_MAX])
{
    size_t len = nai->len < MIPRO_NAI_MAX ? nai->len : MIPRO_NAI_MAX;
    bool realm = false;

    for (size_t i = 0; i < len; i++) {
        out[i] = realm ? (uint8_t)g_ascii_tolower((char)nai->octets[i]) : nai->octets[i];
        realm |= nai->octets[i] == '@';
    }
    return len;
}

/* The octets of a character that may stand in a text as it is; 0: there is none. */
static size_t
printable(const uint8_t *octets, size_t n)
{
    gunichar c = g_utf8_get_char_validated((const char *)octets, (gssize)n);

    if (octets[0] == '"' || octets[0] == '\\' || c == (gunichar)-1 || c == (gunichar)-2 ||
        !mipro_text_is_plain(c))
        return 0;
    return (size_t)(g_utf8_next_char((const char *)octets) - (const char *)octets);
}

void
mipro_nai_text(const struct mipro_nai *nai, char text[MIPRO_NAI_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    size_t n = 0;

    for (size_t i = 0, run; i < nai->len && i < MIPRO_NAI_MAX; i += run) {
        size_t left = (nai->len < MIPRO_NAI_MAX ? nai->len : MIPRO_NAI_MAX) - i;

        run = printable(nai->octets + i, left);
        memcpy(text + n, nai->octets + i, run);
        n += run;
        if (run != 0)
            continue;
        run = 1;
        text[n++] = '\\';
        text[n++] = 'x';
        text[n++] = digits[nai->octets[i] >> 4];
        text[n++] = digits[nai->octets[i] & 15];
    }
    text[n] = '\0';
}

size_t
mipro_nai_read(const char *text, uint8_t out[MIPRO_NAI_MAX])
{
    size_t n = 0;

    for (; *text != '\0' && n < MIPRO_NAI_MAX; n++) {
        if (text[0] == '\\' && text[1] == 'x' && g_ascii_isxdigit(text[2]) &&
            g_ascii_isxdigit(text[3])) {
            out[n] = (uint8_t)(g_ascii_xdigit_value(text[2]) << 4 | g_ascii_xdigit_value(text[3]));
            text += 4;
        } else {
            out[n] = (uint8_t)*text++;
        }
    }
    return n;
}

static struct nai
make_nai(const uint8_t *octets, size_t len)
{
    struct nai nai = { 0 };

    nai.len = (uint8_t)mipro_nai_fold(&(struct mipro_nai){ octets, len }, nai.octets);
    return nai;
}

/* "*@example.net" for "alice@example.net"; false if it has no realm. */
static bool
make_anybody(const uint8_t *octets, size_t len, struct nai *nai)
{
    const uint8_t *at = len != 0 ? memchr(octets, '@', len) : NULL;
    uint8_t anybody[MIPRO_NAI_MAX + 1] = "*";
    size_t n;

    if (at == NULL || (n = len - (size_t)(at - octets)) + 1 > MIPRO_NAI_MAX)
        return false;
    memcpy(anybody + 1, at, n);
    *nai = make_nai(anybody, n + 1);
    return true;
}

static guint
hash_key(gconstpointer p)
{
    const struct key *key = p;
    guint h = key->spi * 0x9e3779b1u + key->nai.len;

    for (size_t i = 0; i < key->nai.len; i++)
        h = (h ^ key->nai.octets[i]) * 0x01000193u;
    return h;
}

static int
compare_keys(const struct key *x, const struct key *y)
{
    if (x->spi != y->spi)
        return MIPRO_ORDER(x->spi, y->spi);
    if (x->nai.len != y->nai.len)
        return MIPRO_ORDER(x->nai.len, y->nai.len);
    return memcmp(x->nai.octets, y->nai.octets, x->nai.len);
}

static gboolean
equal_key(gconstpointer p, gconstpointer q)
{
    return compare_keys(p, q) == 0;
}

/* Order by key, then the narrowest other end first, then by time. */
static int
compare_rows(const void *p, const void *q)
{
    const struct row *x = p, *y = q;
    int order = compare_keys(&x->key, &y->key);

    if (order != 0)
        return order;
    if (mipro_length_of(&x->other) != mipro_length_of(&y->other))
        return MIPRO_ORDER(mipro_length_of(&y->other), mipro_length_of(&x->other));
    if (x->other.addr != y->other.addr)
        return MIPRO_ORDER(x->other.addr, y->other.addr);
    if (x->not_before != y->not_before)
        return MIPRO_ORDER(x->not_before, y->not_before);
    return MIPRO_ORDER(x->index, y->index);
}

static bool
same_ends(const struct row *x, const struct row *y)
{
    return compare_keys(&x->key, &y->key) == 0 &&
           mipro_length_of(&x->other) == mipro_length_of(&y->other) &&
           x->other.addr == y->other.addr;
}

static bool
refuse_overlap(
    const struct mipro_keyring *ring, const struct row *rows, size_t n, struct mipro_key_error *err)
{
    for (size_t i = 1, last = 0; i < n; i++) {
        const struct mipro_association *x = &ring->associations[rows[last].index];
        const struct mipro_association *y = &ring->associations[rows[i].index];

        if (!same_ends(&rows[last], &rows[i]))
            last = i;
        else if (rows[i].not_before < rows[last].not_after)
            return mipro_ring_fail_at(err, ring, y, MIPRO_KEY_END_A,
                "with this SPI, these ends and these times it fits as well as the association of "
                "line %u",
                x->line);
        else if (rows[i].not_after >= rows[last].not_after)
            last = i;
    }
    return true;
}

bool
mipro_ring_index_nais(struct mipro_keyring *ring, struct mipro_key_error *err)
{
    struct mipro_ring_nais *nais = g_new0(struct mipro_ring_nais, 1);
    struct row *rows = g_new(struct row, ring->n_nais + 1);
    size_t n = 0;
    bool good;

    ring->nais = nais;
    for (size_t i = 0; i < ring->n; i++) {
        const struct mipro_association *s = &ring->associations[i];
        const struct mipro_end *end = s->a.nai ? &s->a : &s->b;
        const char *text;

        if (!end->nai)
            continue;
        text = ring->nai_texts[end->addr];
        rows[n++] = (struct row){ .key = { s->spi, make_nai((const uint8_t *)text, strlen(text)) },
            .other = s->a.nai ? s->b : s->a,
            .not_before = s->not_before,
            .not_after = s->not_after,
            .index = s->index };
    }
    qsort(rows, n, sizeof(rows[0]), compare_rows);
    good = refuse_overlap(ring, rows, n, err);
    nais->first = g_hash_table_new_full(hash_key, equal_key, g_free, NULL);
    nais->order = g_new(uint32_t, n + 1);
    nais->n = n;
    nais->any = g_hash_table_new_full(hash_key, equal_key, g_free, NULL);
    nais->next = g_new0(uint32_t, ring->n + 1);
    for (size_t i = n; i-- > 0;) {
        struct key any = { 0, rows[i].key.nai };

        nais->next[rows[i].index] = GPOINTER_TO_UINT(g_hash_table_lookup(nais->any, &any));
        g_hash_table_insert(
            nais->any, g_memdup2(&any, sizeof(any)), GUINT_TO_POINTER(rows[i].index + 1));
        nais->order[i] = rows[i].index;
        if (i == 0 || compare_keys(&rows[i - 1].key, &rows[i].key) != 0)
            g_hash_table_insert(
                nais->first, g_memdup2(&rows[i].key, sizeof(rows[i].key)), GUINT_TO_POINTER(i + 1));
    }
    g_free(rows);
    return good;
}

void
mipro_ring_free_nais(struct mipro_keyring *ring)
{
    if (ring->nais == NULL)
        return;
    g_hash_table_destroy(ring->nais->first);
    g_hash_table_destroy(ring->nais->any);
    g_free(ring->nais->order);
    g_free(ring->nais->next);
    g_free(ring->nais);
}

/* "*@realm" in a message is not a wildcard: it must not match that entry exactly. */
static bool
is_pattern(const struct mipro_nai *nai)
{
    return nai->len >= 2 && nai->octets[0] == '*' && nai->octets[1] == '@';
}

/* If addr is NULL, the other end is unknown, and every end matches. */
static bool
matches(const struct mipro_end *end, const uint32_t *addr)
{
    return addr == NULL || end->any || (*addr & mipro_mask_of(mipro_length_of(end))) == end->addr;
}

/* The state of a look-up. */
struct search {
    const struct mipro_keyring *ring;
    const uint32_t *other;
    int64_t time;
    struct mipro_candidate *out;
    size_t n;
    bool valid;
};

/*
 * Add the associations of one key: the narrowest valid ones, or if none is valid, all that were
 * or will be valid at another time.
 */
static void
add_key(struct search *s, const struct key *key)
{
    const struct mipro_ring_nais *nais = s->ring->nais;
    guint first = GPOINTER_TO_UINT(g_hash_table_lookup(nais->first, key));
    unsigned narrowest = 0;

    for (size_t i = first; first != 0 && i <= nais->n && s->n < MIPRO_MAX_CANDIDATES; i++) {
        const struct mipro_association *a = &s->ring->associations[nais->order[i - 1]];
        const struct mipro_end *own = a->a.nai ? &a->a : &a->b;
        const struct mipro_end *other = a->a.nai ? &a->b : &a->a;
        const char *text = s->ring->nai_texts[own->addr];
        const struct nai nai = make_nai((const uint8_t *)text, strlen(text));
        bool valid = mipro_association_valid(a, s->time);

        if (a->spi != key->spi || nai.len != key->nai.len ||
            memcmp(nai.octets, key->nai.octets, nai.len) != 0 ||
            (s->valid && mipro_length_of(other) < narrowest))
            return; /* another key, or a wider prefix */
        if (!matches(other, s->other) || (s->valid && !valid))
            continue;
        if (valid && !s->valid) {
            s->valid = true;
            s->n = 0;
            narrowest = mipro_length_of(other);
        }
        s->out[s->n++] = (struct mipro_candidate){ a, 0 };
    }
}

/* Add the associations of this NAI, or pattern, with the other end to the n that were found. */
static size_t
add_joined(const struct mipro_keyring *ring, const struct key *any, const uint32_t *other,
    const struct mipro_association *out[], size_t n, size_t max)
{
    const struct mipro_ring_nais *nais = ring->nais;
    uint32_t i = GPOINTER_TO_UINT(g_hash_table_lookup(nais->any, any));

    for (; i != 0 && n < max; i = nais->next[i - 1]) {
        const struct mipro_association *s = &ring->associations[i - 1];

        if (matches(s->a.nai ? &s->b : &s->a, other))
            out[n++] = s;
    }
    return n;
}

size_t
mipro_keyring_of_nai(const struct mipro_keyring *ring, const struct mipro_nai *nai,
    const uint32_t *other, const struct mipro_association *out[], size_t max)
{
    struct key any = { .spi = 0 };
    size_t n = 0;

    if (ring->nais == NULL || ring->nais->n == 0 || nai->len == 0 || nai->len > MIPRO_NAI_MAX)
        return 0;
    any.nai = make_nai(nai->octets, nai->len);
    if (!is_pattern(nai))
        n = add_joined(ring, &any, other, out, n, max);
    if (make_anybody(nai->octets, nai->len, &any.nai))
        n = add_joined(ring, &any, other, out, n, max);
    return n;
}

bool
mipro_keyring_joins_nai(
    const struct mipro_keyring *ring, const struct mipro_nai *nai, const uint32_t *other)
{
    const struct mipro_association *one[1];

    return mipro_keyring_of_nai(ring, nai, other, one, 1) != 0;
}

size_t
mipro_keyring_find_nai(const struct mipro_keyring *ring, uint32_t spi, const struct mipro_nai *nai,
    const uint32_t *other, int64_t time, struct mipro_candidate out[MIPRO_MAX_CANDIDATES],
    bool *valid)
{
    struct search s = { ring, other, time, out, 0, false };
    struct key key = { .spi = spi };

    *valid = false;
    if (ring->nais == NULL || ring->nais->n == 0 || nai->len == 0 || nai->len > MIPRO_NAI_MAX)
        return 0;
    key.nai = make_nai(nai->octets, nai->len);
    if (!is_pattern(nai))
        add_key(&s, &key);
    if (!s.valid && make_anybody(nai->octets, nai->len, &key.nai))
        add_key(&s, &key);
    *valid = s.valid;
    return s.n;
}
