/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ring.h - what the files that make up the keyring share.
 *
 * Each uses only those before it:
 *   secret_file.c  a file -> its octets
 *   column.c       a column -> what it says
 *   published.c    keys that anybody may have read
 *   ring.c         a row -> an association; holds the keys and wipes them
 *   overlap.c      refuses associations that fit equally well
 *   ends.c         the whole -> who has an association with whom
 *   nai.c          the whole -> a look-up by network access identifiers
 *   lookup.c       the whole -> a look-up
 *   keyfile.c      the octets of a key file -> rows of ten columns
 *   words.c        keys that can be guessed
 *
 * Those who compute authenticators read struct mipro_key.
 */
#ifndef MIPRO_RING_H
#define MIPRO_RING_H

#include "mipro_keys.h"

#include <glib.h>

#define MIPRO_KEY_MAX 4096u                    /* octets of a key */
#define MIPRO_KEY_LINE_MAX (64u * 1024)        /* octets of a line of the key file */
#define MIPRO_KEY_FILE_MAX (64u * 1024 * 1024) /* octets of the key file */

/* One of 16 octets lies in one cache line. */
struct mipro_key {
    uint32_t inner[4], outer[4]; /* MD5 after the pads of HMAC (RFC 2104) */
    uint32_t len;
    uint8_t octets[];
};

/* A column as it was read; it may hold NUL. */
struct mipro_column {
    const uint8_t *octets;
    size_t len;
};

/* What is wrong with a column, for a message. */
struct mipro_fault {
    char text[256];
};
bool mipro_fault_text(struct mipro_fault *f, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* A column as a message may show it: in quotes, printable, not too long.  Never a key. */
struct mipro_shown {
    char text[72];
};
struct mipro_shown mipro_show(const struct mipro_column *c);

/* A key as it stands in the file, taken apart. */
struct mipro_key_text {
    bool master;
    enum { MIPRO_FORM_HEX, MIPRO_FORM_TEXT, MIPRO_FORM_FILE } form;
    struct mipro_column rest;
    struct mipro_column nai; /* of the end that is one; no octets if none is */
};

/* Read a column into the members of s and k that are its; false, and f says why. */
bool mipro_column_read(enum mipro_key_field field, const struct mipro_column *c,
    struct mipro_association *s, struct mipro_key_text *k, struct mipro_fault *f);

/* Memory that holds keys, wiped as a whole. */
struct mipro_key_chunk {
    struct mipro_key_chunk *next;
    size_t size, used; /* octets, this header included */
};

/* The associations of one SPI with one pair of ends, one after the other in time. */
struct mipro_slot {
    uint32_t spi, a, b; /* masked by the shape */
    uint16_t shape;     /* see lookup.h; 0: the slot is free */
    uint32_t first;     /* in order[]; of an only one the association itself */
    uint32_t count;
    const struct mipro_key *key; /* of an only one, to be prefetched */
};

/* An SPI and the shapes that its associations have, in shapes[], best first. */
struct mipro_spi {
    uint32_t spi;
    uint32_t first, count; /* count 0: the slot is free */
    uint32_t some;         /* one of its associations */
};

struct mipro_ring_nais;

struct mipro_keyring {
    char *path;   /* of the key file, for messages; borrowed by nobody */
    char *folder; /* where file: begins: "" or with a slash at its end */
    mipro_key_warning *warn;
    void *warn_ctx;
    char *read_path;    /* of the file that was read besides, for the associations ... */
    size_t read_from;   /* ... from this one on */
    GHashTable *warned; /* paths that were warned of */

    struct mipro_association *associations; /* in the order of the file */
    size_t n, room;
    GStringChunk *names;
    const char **nai_texts; /* the NAIs that are ends, as the file has them; in names */
    size_t n_nais, room_nais;
    struct mipro_ring_nais *nais; /* nai.c: associations by them */
    struct mipro_key_chunk *chunks;

    uint32_t *order; /* indices of associations, by ends and then by time */
    struct mipro_slot *slots;
    size_t slot_mask;
    struct mipro_spi *spis;
    size_t spi_mask;
    uint16_t *shapes;
    struct mipro_ring_ends *ends; /* ends.c: associations by their ends */
};

/* Fill err (may be NULL); always false, to be returned.  field may be MIPRO_KEY_FIELDS: none. */
bool mipro_ring_fail(struct mipro_key_error *err, const struct mipro_keyring *ring, unsigned line,
    enum mipro_key_field field, const char *format, ...) G_GNUC_PRINTF(5, 6);
/* The file that an association stands in. */
const char *mipro_ring_source(const struct mipro_keyring *ring, const struct mipro_association *s);
/* As mipro_ring_fail(), of a field of the association s. */
bool mipro_ring_fail_at(struct mipro_key_error *err, const struct mipro_keyring *ring,
    const struct mipro_association *s, enum mipro_key_field field, const char *format, ...)
    G_GNUC_PRINTF(5, 6);
/* Set path and folder; the caller frees those that were there. */
void mipro_ring_name(struct mipro_keyring *ring, const char *path);
/* Add the association that a row describes. */
bool mipro_ring_add(struct mipro_keyring *ring, const struct mipro_column row[MIPRO_KEY_FIELDS],
    unsigned line, struct mipro_key_error *err);
/* Note between which ends there are associations, for mipro_keyring_between(). */
void mipro_ring_index_ends(struct mipro_keyring *ring);
void mipro_ring_free_ends(struct mipro_keyring *ring);
/* The look-up by NAI; false if two fit equally well. */
bool mipro_ring_index_nais(struct mipro_keyring *ring, struct mipro_key_error *err);
void mipro_ring_free_nais(struct mipro_keyring *ring);
/* Say once of each path that others may read it, if its mode lets them. */
void mipro_ring_warn(struct mipro_keyring *ring, const char *path, unsigned mode);
/* The length of a key without the newline at its end, LF or CR LF; its own if there is none. */
size_t mipro_key_bare_len(const struct mipro_key *key);

#endif
