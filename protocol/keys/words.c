/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Find keys that are in a list of words, which can be guessed (rule key-weak). */
#include "keys/keyring.h"
#include "mipro_mix.h"
#include "mipro_text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Cryptographic keys as the keys of a hash table. */
static guint
hash_key(gconstpointer p)
{
    const struct mipro_key *key = p;

    return (guint)mipro_mix_octets(key->octets, key->len);
}

static gboolean
equal_key(gconstpointer p, gconstpointer q)
{
    const struct mipro_key *a = p, *b = q;

    return a->len == b->len && memcmp(a->octets, b->octets, a->len) == 0;
}

/* Mark the key that consists of these octets, if there is one. */
static void
mark_word(GHashTable *keys, const uint8_t *octets, size_t len, struct mipro_key *probe)
{
    if (len == 0 || len > MIPRO_KEY_MAX)
        return;
    probe->len = (uint32_t)len;
    memcpy(probe->octets, octets, len);
    if (g_hash_table_contains(keys, probe))
        g_hash_table_insert(keys, probe, GINT_TO_POINTER(1)); /* the table keeps the ring's key */
}

/* A line may end in CR LF, and a word may end in CR: try both. */
static void
mark_line(GHashTable *keys, const uint8_t *line, size_t len, struct mipro_key *probe)
{
    mark_word(keys, line, len, probe);
    if (len > 0 && line[len - 1] == '\r')
        mark_word(keys, line, len - 1, probe);
}

/*
 * Read a list of any length, with a buffer that holds two of the longest relevant lines.  Returns
 * false, with err set, if its words are not there as octets.
 */
static bool
mark_words(GHashTable *keys, FILE *f, struct mipro_key *probe, struct mipro_key_error *err)
{
    uint8_t room[2 * (MIPRO_KEY_MAX + 2)] = { 0 };
    size_t len = 0;
    bool skip = false;  /* in a line longer than any key */
    bool begun = false; /* the first octets were looked at */
    size_t n;

    while ((n = fread(room + len, 1, sizeof(room) - len, f)) > 0) {
        size_t pos = 0;
        uint8_t *end;

        len += n;
        if (!begun) {
            const char *encoding = mipro_text_encoding(room, len);
            const char *compression = mipro_text_compression(room, len);

            if (encoding != NULL)
                return mipro_ring_fail(
                    err, NULL, 0, MIPRO_KEY_FIELDS, "is %s; save it again as UTF-8", encoding);
            if (compression != NULL)
                return mipro_ring_fail(err, NULL, 0, MIPRO_KEY_FIELDS,
                    "is compressed (%s); decompress it first", compression);
            pos = mipro_text_mark(room, len);
        }
        begun = true;
        while ((end = memchr(room + pos, '\n', len - pos)) != NULL) {
            if (!skip)
                mark_line(keys, room + pos, (size_t)(end - room) - pos, probe);
            skip = false;
            pos = (size_t)(end - room) + 1;
        }
        if (len - pos > MIPRO_KEY_MAX + 1) {
            skip = true;
            pos = len;
        }
        memmove(room, room + pos, len - pos);
        len -= pos;
    }
    if (!skip)
        mark_line(keys, room, len, probe);
    explicit_bzero(room, sizeof(room));
    if (!ferror(f))
        return true;
    return mipro_ring_fail(err, NULL, 0, MIPRO_KEY_FIELDS, "%s", g_strerror(errno));
}

bool
mipro_keyring_words(struct mipro_keyring *ring, const char *path, struct mipro_key_error *err)
{
    FILE *f = fopen(path, "re");
    GHashTable *keys;
    struct mipro_key *probe;
    bool good = false;

    if (f == NULL) {
        mipro_ring_fail(err, NULL, 0, MIPRO_KEY_FIELDS, "%s", g_strerror(errno));
    } else {
        probe = g_malloc(sizeof(*probe) + MIPRO_KEY_MAX);
        keys = g_hash_table_new(hash_key, equal_key);
        for (size_t i = 0; i < ring->n; i++)
            g_hash_table_insert(keys, (gpointer)(uintptr_t)ring->associations[i].key, NULL);
        good = mark_words(keys, f, probe, err);
        for (size_t i = 0; i < ring->n; i++)
            if (g_hash_table_lookup(keys, ring->associations[i].key) != NULL)
                ring->associations[i].weak |= MIPRO_WEAK_WORD;
        g_hash_table_destroy(keys);
        explicit_bzero(probe, sizeof(*probe) + MIPRO_KEY_MAX);
        g_free(probe);
        fclose(f);
    }
    if (!good && err != NULL)
        snprintf(err->file, sizeof(err->file), "%s", path);
    return good;
}
