/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Build associations and their keys from rows of columns.  keyring.h lists the files.
 */
#include "keys/keyring.h"

#include "crypto/md5/lanes.h"
#include "keys/secret_file.h"
#include "mipro_wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK (64u * 1024)
#define KEY_ALIGN 64u /* a cache line */
#define STRONG 16u    /* octets: 128 bits, the default size (RFC 2002 5.1) */

/* Allocate a key, which stays in place until the ring is freed. */
static struct mipro_key *
new_key(struct mipro_keyring *ring, size_t len)
{
    size_t size = (sizeof(struct mipro_key) + len + KEY_ALIGN - 1) / KEY_ALIGN * KEY_ALIGN;
    struct mipro_key_chunk *chunk = ring->chunks;
    struct mipro_key *key;

    if (chunk == NULL || chunk->size - chunk->used < size) {
        chunk = aligned_alloc(KEY_ALIGN, CHUNK);
        if (chunk == NULL)
            abort(); /* as GLib does */
        *chunk = (struct mipro_key_chunk){ ring->chunks, CHUNK, KEY_ALIGN };
        ring->chunks = chunk;
    }
    key = (struct mipro_key *)(void *)((uint8_t *)chunk + chunk->used);
    chunk->used += size;
    key->len = (uint32_t)len;
    return key;
}

static unsigned
find_weakness(const struct mipro_key *key)
{
    unsigned weak = key->len < STRONG ? MIPRO_WEAK_SHORT : 0;
    size_t i = 1;

    if (mipro_key_publisher(key) != NULL)
        weak |= MIPRO_WEAK_PUBLISHED;
    while (i < key->len && key->octets[i] == key->octets[0])
        i++;
    return i >= key->len ? weak | MIPRO_WEAK_UNIFORM : weak;
}

size_t
mipro_key_bare_len(const struct mipro_key *key)
{
    size_t len = key->len;

    if (len != 0 && key->octets[len - 1] == '\n') {
        len--;
        if (len != 0 && key->octets[len - 1] == '\r')
            len--;
    }
    return len;
}

static void
warn_once(struct mipro_keyring *ring, const char *path, const char *what)
{
    char *text;

    if (ring->warn == NULL)
        return;
    text = g_strdup_printf("%s: %s", path, what);
    if (g_hash_table_add(ring->warned, g_strdup(text)))
        ring->warn(ring->warn_ctx, text);
    g_free(text);
}

/* At least 16 octets in hexadecimal, apart from a newline: probably the octets are meant. */
static bool
is_hexadecimal(const struct mipro_key *key)
{
    size_t len = mipro_key_bare_len(key);

    for (size_t i = 0; i < len; i++)
        if (!g_ascii_isxdigit((char)key->octets[i]))
            return false;
    return len >= 32 && len % 2 == 0;
}

/* Note what is probably a mistake in a file that holds a key. */
static void
warn_of_key(struct mipro_keyring *ring, const char *path, const struct mipro_key *key)
{
    /* Editors and echo(1) end a file with a newline, which then counts as part of the key. */
    if (mipro_key_bare_len(key) < key->len)
        warn_once(ring, path,
            "the key ends in a newline, which is part of it; if that is not meant, write the file "
            "without one, as printf does");
    if (is_hexadecimal(key))
        warn_once(ring, path,
            "the key is these hexadecimal digits themselves; if the octets that they stand for are "
            "meant, write them as hex: in the key file");
}

static const struct mipro_key *
load_key(struct mipro_keyring *ring, const struct mipro_key_text *k, struct mipro_fault *f)
{
    struct mipro_key *key;

    if (k->form == MIPRO_FORM_FILE) {
        char *name = g_strndup((const char *)k->rest.octets, k->rest.len);
        char *path = g_strconcat(name[0] == '/' ? "" : ring->folder, name, NULL);
        const char *why;
        unsigned mode;
        size_t len;
        uint8_t *octets = mipro_secret_read(path, MIPRO_KEY_MAX, false, &len, &mode, &why);

        key = NULL;
        if (octets == NULL)
            mipro_fault_text(f, "file %s: %s", mipro_show(&k->rest).text, why);
        else if (len == 0)
            mipro_fault_text(f, "file %s is empty", mipro_show(&k->rest).text);
        else
            key = new_key(ring, len);
        if (key != NULL) {
            memcpy(key->octets, octets, len);
            mipro_ring_warn(ring, path, mode);
            warn_of_key(ring, path, key);
        }
        mipro_secret_wipe(octets, len);
        g_free(path);
        g_free(name);
    } else if (k->form == MIPRO_FORM_TEXT) {
        key = new_key(ring, k->rest.len);
        memcpy(key->octets, k->rest.octets, k->rest.len);
    } else {
        key = new_key(ring, k->rest.len / 2);
        for (size_t i = 0; i < key->len; i++)
            key->octets[i] = (uint8_t)(g_ascii_xdigit_value((char)k->rest.octets[2 * i]) << 4 |
                                       g_ascii_xdigit_value((char)k->rest.octets[2 * i + 1]));
    }
    if (key != NULL)
        mipro_lanes_hmac(key->octets, key->len, key->inner, key->outer);
    return key;
}

bool
mipro_key_field_check(enum mipro_key_field field, const char *value, struct mipro_key_error *err)
{
    struct mipro_column c = { (const uint8_t *)(value != NULL ? value : ""), 0 };
    struct mipro_association s = { 0 };
    struct mipro_key_text k = { 0 };
    struct mipro_fault f;

    c.len = strlen((const char *)c.octets);
    return mipro_column_read(field, &c, &s, &k, &f) ||
           mipro_ring_fail(err, NULL, 0, field, "%s", f.text);
}

/* Copy the first n, with room for more, each aligned to a cache line. */
static struct mipro_association *
move_aligned(struct mipro_association *old, size_t n, size_t room)
{
    struct mipro_association *new = aligned_alloc(KEY_ALIGN, room * sizeof(*new));

    if (new == NULL)
        abort(); /* as GLib does */
    if (n != 0)
        memcpy(new, old, n * sizeof(*new));
    free(old);
    return new;
}

/* Store an NAI and return its index. */
static uint32_t
add_nai(struct mipro_keyring *ring, const struct mipro_column *nai)
{
    if (ring->n_nais == ring->room_nais) {
        ring->room_nais = ring->room_nais == 0 ? 16 : 2 * ring->room_nais;
        ring->nai_texts = g_renew(const char *, ring->nai_texts, ring->room_nais);
    }
    ring->nai_texts[ring->n_nais] =
        g_string_chunk_insert_len(ring->names, (const char *)nai->octets, (gssize)nai->len);
    return (uint32_t)ring->n_nais++;
}

bool
mipro_ring_add(struct mipro_keyring *ring, const struct mipro_column row[MIPRO_KEY_FIELDS],
    unsigned line, struct mipro_key_error *err)
{
    struct mipro_association s = { .index = (unsigned)ring->n, .line = line };
    struct mipro_key_text k = { 0 };
    struct mipro_fault f;

    for (unsigned i = 0; i < MIPRO_KEY_FIELDS; i++)
        if (!mipro_column_read((enum mipro_key_field)i, &row[i], &s, &k, &f))
            return mipro_ring_fail(err, ring, line, (enum mipro_key_field)i, "%s", f.text);
    if (s.not_after < s.not_before)
        return mipro_ring_fail(err, ring, line, MIPRO_KEY_NOT_AFTER, "%s is before \"not before\"",
            mipro_show(&row[MIPRO_KEY_NOT_AFTER]).text);
    if (s.spi == MIPRO_SPI_CHAP && s.algorithm != MIPRO_CHAP && s.algorithm != MIPRO_ANY)
        return mipro_ring_fail(err, ring, line, MIPRO_KEY_SPI,
            "%s is reserved for CHAP (RFC 4721); the algorithm of this SPI is chap",
            mipro_show(&row[MIPRO_KEY_SPI]).text);
    s.master = k.master;
    if (s.master && !s.a.nai && (s.a.any || s.a.bits != 32))
        return mipro_ring_fail(err, ring, line, MIPRO_KEY_END_A,
            "%s is not an address; with a master key it is the home agent",
            mipro_show(&row[MIPRO_KEY_END_A]).text);
    if (s.a.nai && s.b.nai)
        return mipro_ring_fail(err, ring, line, MIPRO_KEY_END_B,
            "is an NAI like end A; the other end of a mobile node must be an address");
    if (s.master && (s.a.nai || s.b.nai))
        return mipro_ring_fail(err, ring, line, MIPRO_KEY_END_B,
            "is an NAI; the key of a node is derived from its address");
    if (s.coverage == MIPRO_COVERAGE_NONE && s.algorithm != MIPRO_ANY)
        s.coverage = mipro_algorithm_def(s.algorithm)->coverage;
    s.key = load_key(ring, &k, &f);
    if (s.key == NULL)
        return mipro_ring_fail(err, ring, line, MIPRO_KEY_KEY, "%s", f.text);
    s.weak = find_weakness(s.key) & 15u;
    s.newline = k.form == MIPRO_FORM_FILE && mipro_key_bare_len(s.key) < s.key->len;
    s.usual = s.algorithm == MIPRO_KEYED_MD5 && s.key->len == MIPRO_WAVE_KEY && !s.master &&
              !s.newline && s.spi >= MIPRO_FIRST_SPI;
    s.name = g_string_chunk_insert_len(
        ring->names, (const char *)row[MIPRO_KEY_NAME].octets, (gssize)row[MIPRO_KEY_NAME].len);
    if (s.a.nai || s.b.nai)
        (s.a.nai ? &s.a : &s.b)->addr = add_nai(ring, &k.nai);
    if (ring->n == ring->room) {
        ring->room = ring->room == 0 ? 64 : ring->room * 2;
        ring->associations = move_aligned(ring->associations, ring->n, ring->room);
    }
    ring->associations[ring->n++] = s;
    return true;
}

bool
mipro_keyring_add(struct mipro_keyring *ring, const char *const row[MIPRO_KEY_FIELDS],
    unsigned line, struct mipro_key_error *err)
{
    struct mipro_column columns[MIPRO_KEY_FIELDS];

    for (size_t i = 0; i < MIPRO_KEY_FIELDS; i++) {
        columns[i].octets = (const uint8_t *)(row[i] != NULL ? row[i] : "");
        columns[i].len = strlen((const char *)columns[i].octets);
    }
    return mipro_ring_add(ring, columns, line, err);
}

void
mipro_ring_name(struct mipro_keyring *ring, const char *path)
{
    const char *slash = path != NULL ? strrchr(path, '/') : NULL;

    ring->path = g_strdup(path != NULL ? path : "");
    ring->folder = slash != NULL ? g_strndup(path, (gsize)(slash - path) + 1) : g_strdup("");
}

struct mipro_keyring *
mipro_keyring_begin(const char *path, mipro_key_warning *warn, void *ctx)
{
    struct mipro_keyring *ring = g_new0(struct mipro_keyring, 1);

    mipro_ring_name(ring, path);
    ring->warn = warn;
    ring->warn_ctx = ctx;
    ring->warned = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    ring->names = g_string_chunk_new(4096);
    return ring;
}

void
mipro_keyring_free(struct mipro_keyring *ring)
{
    if (ring == NULL)
        return;
    while (ring->chunks != NULL) {
        struct mipro_key_chunk *chunk = ring->chunks;

        ring->chunks = chunk->next;
        explicit_bzero(chunk, chunk->size);
        free(chunk);
    }
    g_hash_table_destroy(ring->warned);
    g_string_chunk_free(ring->names);
    free(ring->associations);
    g_free(ring->order);
    g_free(ring->slots);
    g_free(ring->spis);
    g_free(ring->shapes);
    mipro_ring_free_ends(ring);
    mipro_ring_free_nais(ring);
    g_free(ring->nai_texts);
    g_free(ring->folder);
    g_free(ring->read_path);
    g_free(ring->path);
    g_free(ring);
}

void
mipro_ring_warn(struct mipro_keyring *ring, const char *path, unsigned mode)
{
    char *text;

    if ((mode & 044) == 0 || ring->warn == NULL || g_hash_table_contains(ring->warned, path))
        return;
    g_hash_table_add(ring->warned, g_strdup(path));
    text = g_strdup_printf(
        "%s: users other than its owner can read the keys (mode %04o); chmod 600 prevents that",
        path, mode);
    ring->warn(ring->warn_ctx, text);
    g_free(text);
}

size_t
mipro_keyring_count(const struct mipro_keyring *ring)
{
    return ring->n;
}

const struct mipro_association *
mipro_keyring_at(const struct mipro_keyring *ring, size_t i)
{
    return i < ring->n ? &ring->associations[i] : NULL;
}
