/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * keyring.h - shared by the files of the keyring.
 *
 * Each uses only those before it:
 *   secret_file.c  read a file that holds keys
 *   column.c       read and check a column
 *   error.c        say what is wrong, and where
 *   published.c    keys published in manuals and sample files
 *   overlap.c      refuse associations that match equally well
 *   ends.c         the associations between two ends, with any SPI
 *   nai.c          the look-up by network access identifier
 *   lookup.c       the look-up by SPI and ends
 *   ring.c         make an association from a row; holds the keys and wipes them
 *   keyfile.c      split a key file into rows of ten columns
 *   words.c        keys that can be guessed
 *
 * auth/ reads struct mipro_key to compute authenticators.
 */
#ifndef MIPRO_KEYRING_H
#define MIPRO_KEYRING_H

#include "mipro_keys.h"

#include <glib.h>

#define MIPRO_KEY_MAX 4096u                    /* octets of a key */
#define MIPRO_KEY_LINE_MAX (64u * 1024)        /* octets of a line of the key file */
#define MIPRO_KEY_FILE_MAX (64u * 1024 * 1024) /* octets of the key file */

/* With 16 octets of key it fits into one cache line. */
struct mipro_key {
    uint32_t inner[4], outer[4]; /* MD5 after the pads of HMAC (RFC 2104) */
    uint32_t len;
    uint8_t octets[];
};

/* A column as it was read; it may contain NUL octets. */
struct mipro_column {
    const uint8_t *octets;
    size_t len;
};

/* An error in a column, for a message. */
struct mipro_fault {
    char text[256];
};
bool mipro_fault_text(struct mipro_fault *f, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* A column for use in a message: quoted, printable, shortened.  Never a key. */
struct mipro_shown {
    char text[72];
};
struct mipro_shown mipro_show(const struct mipro_column *c);

/* A key as it is written in the file, split into its parts. */
struct mipro_key_text {
    bool master;
    enum { MIPRO_FORM_HEX, MIPRO_FORM_TEXT, MIPRO_FORM_FILE } form;
    struct mipro_column rest;
    struct mipro_column nai; /* of the end that is an NAI; empty if none is */
};

/* Read a column into its members of s and k; on error false, and f holds the reason. */
bool mipro_column_read(enum mipro_key_field field, const struct mipro_column *c,
    struct mipro_association *s, struct mipro_key_text *k, struct mipro_fault *f);

/* A block of memory that holds keys and is wiped as a whole. */
struct mipro_key_chunk {
    struct mipro_key_chunk *next;
    size_t size, used; /* octets, including this header */
};

/*
 * A shape: the class, then the length plus one of the longer and of the
 * shorter prefix; 0 is "*".  (Unrelated to enum mipro_shape.)
 */
enum { MIPRO_CLASS_PAIR = 1, MIPRO_CLASS_PREFIX, MIPRO_CLASS_OPEN };
#define MIPRO_SHAPE_OF(class, longer, shorter)                                                     \
    ((uint16_t)((class) << 12 | (longer) << 6 | (shorter)))
#define MIPRO_SHAPE_PAIR MIPRO_SHAPE_OF(MIPRO_CLASS_PAIR, 33, 33)

/* The associations of one SPI and one pair of ends, in the order of time. */
struct mipro_slot {
    uint64_t ends;      /* both, masked by the shape, each in 32 bits */
    uint64_t spi_shape; /* the shape above the SPI; 0: the slot is free */
    uint32_t first;     /* in order[]; if count is 1, the index of the association itself */
    uint32_t count;
    const struct mipro_key *key; /* if count is 1, for prefetching */
};

static inline uint64_t
mipro_slot_ends(uint32_t a, uint32_t b)
{
    return (uint64_t)a << 32 | b;
}

static inline uint64_t
mipro_slot_spi_shape(uint32_t spi, uint16_t shape)
{
    return (uint64_t)shape << 32 | spi;
}

/* An SPI and the shapes that its associations have, in shapes[], best first. */
struct mipro_spi {
    uint32_t spi;
    uint32_t first, count; /* count 0: the slot is free */
    uint32_t some;         /* index of one of its associations */
};

struct mipro_ring_nais;

struct mipro_keyring {
    char *path;   /* of the key file, for messages; never lent out */
    char *folder; /* that file: keys are relative to: "" or with a trailing slash */
    mipro_key_warning *warn;
    void *warn_ctx;
    char *read_path;    /* of the additional file, the source of the associations ... */
    size_t read_from;   /* ... from this index on */
    GHashTable *warned; /* paths about which a warning was given */

    struct mipro_association *associations; /* in the order of the file */
    size_t n, room;
    GStringChunk *names;
    const char **nai_texts; /* the NAIs of ends, as written in the file; stored in names */
    size_t n_nais, room_nais;
    struct mipro_ring_nais *nais; /* nai.c: associations by NAI */
    struct mipro_key_chunk *chunks;

    uint32_t *order; /* indices of associations, ordered by ends and then by time */
    struct mipro_slot *slots;
    size_t slot_mask;
    struct mipro_spi *spis;
    size_t spi_mask;
    uint16_t *shapes;
    struct mipro_ring_ends *ends; /* ends.c: associations by their ends */
};

/* Fill err (may be NULL); always returns false.  field may be MIPRO_KEY_FIELDS: none. */
bool mipro_ring_fail(struct mipro_key_error *err, const struct mipro_keyring *ring, unsigned line,
    enum mipro_key_field field, const char *format, ...) G_GNUC_PRINTF(5, 6);
/* The file that contains an association. */
const char *mipro_ring_source(const struct mipro_keyring *ring, const struct mipro_association *s);
/* As mipro_ring_fail(), for a field of the association s. */
bool mipro_ring_fail_at(struct mipro_key_error *err, const struct mipro_keyring *ring,
    const struct mipro_association *s, enum mipro_key_field field, const char *format, ...)
    G_GNUC_PRINTF(5, 6);
/* Set path and folder; the caller frees the previous ones. */
void mipro_ring_name(struct mipro_keyring *ring, const char *path);
/* Add the association that a row describes. */
bool mipro_ring_add(struct mipro_keyring *ring, const struct mipro_column row[MIPRO_KEY_FIELDS],
    unsigned line, struct mipro_key_error *err);
/* Index the associations by their ends, for mipro_keyring_between(). */
void mipro_ring_index_ends(struct mipro_keyring *ring);
void mipro_ring_free_ends(struct mipro_keyring *ring);
/* Index the associations by NAI; false if two match equally well. */
bool mipro_ring_index_nais(struct mipro_keyring *ring, struct mipro_key_error *err);
void mipro_ring_free_nais(struct mipro_keyring *ring);
/* Warn, once for each path, if its mode lets other users read it. */
void mipro_ring_warn(struct mipro_keyring *ring, const char *path, unsigned mode);
/* The length of a key without its trailing newline, LF or CR LF, if it has one. */
size_t mipro_key_bare_len(const struct mipro_key *key);

#endif
